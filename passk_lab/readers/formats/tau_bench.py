"""tau-bench: run.py writes one JSON list, an entry for each trial of each task."""

from collections.abc import Iterator
from typing import Any

from passk_lab.readers.format import Format
from passk_lab.readers.rules import NEARLY_ONE
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head


class _TauBench(Format):
    name = "tau-bench"
    writes = "STRATEGY-MODEL-TEMPERATURE_range_START-END_user-MODEL_DATE.json"
    problem_is = "task_id"
    sample_is = "trial"
    correct_is = "reward is 1, up to a millionth"
    trap = "a run that an exception ended has reward 0 and the error in info; the tool counts it as a failure"
    rule = NEARLY_ONE

    def recognises(self, head: Head) -> bool:
        return head.has("task_id", "reward", "trial") and head.has_any("traj", "info")

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        info = record.get("info")
        if isinstance(info, dict) and info.get("error"):
            file.notice("errors", "{rows} trials were ended by an exception; as in the tool they count as failures.")
        yield Sample(record["task_id"], {"reward": record["reward"]}, sample=record["trial"])


FORMAT = _TauBench()
