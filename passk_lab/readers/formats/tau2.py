"""tau2-bench: one JSON document, a simulation for each trial of each task."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from passk_lab.readers.evaluation import Notice
from passk_lab.readers.format import Format
from passk_lab.readers.rules import NEARLY_ONE
from passk_lab.readers.sample import BadRow, Choices, Sample, label
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts


class _Tau2(Format):
    name = "tau2-bench"
    writes = "NAME.json"
    problem_is = "task_id"
    sample_is = "trial"
    correct_is = "reward_info.reward is 1, up to a millionth"
    trap = "a simulation that an infrastructure error ended never ran: it is no trial, and its reward of 0 no failure"
    rule = NEARLY_ONE

    def recognises(self, head: Head) -> bool:
        return head.holds("simulations", list)

    def records(self, file: File) -> Iterator[tuple[str, Any]]:
        for number, simulation in enumerate(file.document["simulations"], 1):
            yield f"simulation {number}", simulation

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        if record.get("termination_reason") == "infrastructure_error":
            yield Sample(record["task_id"], {}, left_out="an infrastructure error ended it: no trial")
            return
        judged = record["reward_info"]
        yield Sample(record["task_id"], {"reward": judged["reward"] if judged else None}, sample=record.get("trial"))

    def settings(self, file: File) -> dict[str, object]:
        info = file.document.get("info")
        agent = info.get("agent_info") if isinstance(info, dict) else None
        if not isinstance(agent, dict):
            return {}
        given = agent.get("llm_args")
        return {"model": agent.get("llm"), "temperature": given.get("temperature") if isinstance(given, dict) else None}

    def notices(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Notice]:
        tasks = {name for file in files for name in _names(file.document.get("tasks"))}
        if dropped := len(tasks - set(counts.problems)):
            yield Notice("problems_dropped", f"{dropped} tasks of the file have no trial that was judged.", dropped)


def _names(tasks: Any) -> Iterator[str]:
    """The names of the tasks that a file lists; what has none is no task."""
    for task in tasks if isinstance(tasks, list) else ():
        if isinstance(task, dict):
            with suppress(BadRow):
                yield label(task.get("id"))


FORMAT = _Tau2()
