"""verl: `trainer.validation_data_dir` and `rollout_data_dir` hold STEP.jsonl, a row for each answer."""

from collections.abc import Iterator
from typing import Any

from passk_lab.readers.format import Format
from passk_lab.readers.rules import LARGER
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head


class _Verl(Format):
    name = "verl"
    writes = "DIR/STEP.jsonl"
    problem_is = "the text of the prompt (input): the uid is not written"
    sample_is = "each row; they have no id"
    correct_is = "the score is the larger of two (0 and 1; DAPO: -1 and 1); acc, where the reward function writes it"
    trap = "one file for each step; the tool's own best@N is the mean of the best of N drawn with replacement"
    rule = LARGER
    primary = "acc"
    parts = True

    def recognises(self, head: Head) -> bool:
        return head.has("input", "output", "score")

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        verdicts = {name: record[name] for name in ("acc", "score") if name in record}
        yield Sample(
            record["input"], verdicts, answer=record.get("pred"), text=record.get("output"), step=record.get("step")
        )

    def run(self, file: File) -> str:
        return file.folder

    def step(self, file: File) -> int | None:
        return int(file.stem) if file.stem.isdecimal() else None


FORMAT = _Verl()
