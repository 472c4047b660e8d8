"""evalplus: `evalplus.evaluate` writes NAME_eval_results.json, a list of judged solutions for each task."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from passk_lab.readers import own_scores
from passk_lab.readers.documents import first_row, rows
from passk_lab.readers.evaluation import Score
from passk_lab.readers.format import Format
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts

_TEMPERATURE = re.compile(r"_temp_(\d+(?:\.\d+)?)")


class _Evalplus(Format):
    name = "evalplus"
    writes = "MODEL_BACKEND_temp_T_eval_results.json"
    problem_is = "the keys of eval"
    sample_is = "the place in the list of the task"
    correct_is = 'base: base_status is "pass"; plus: plus_status is "pass" too (as the tool counts it)'
    trap = "two verdicts; a timeout is a failure; plus_status is null where only the base tests were run"

    def recognises(self, head: Head) -> bool:
        first = first_row(head, "eval")
        return isinstance(first, dict) and "base_status" in first

    def records(self, file: File) -> Iterator[tuple[str, Any]]:
        yield from rows(file, "eval")

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        task, index, row = record
        base = _passes(row["base_status"])
        verdicts = {"base": base}
        if (plus := row.get("plus_status")) is not None:
            verdicts["plus"] = base and _passes(plus)
        greedy = self.settings(file).get("temperature") == 0
        yield Sample(task, verdicts, sample=index, text=row.get("solution"), greedy=greedy)

    def settings(self, file: File) -> dict[str, object]:
        found = _TEMPERATURE.search(file.path.name)
        return {"temperature": float(found[1])} if found else {}

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        for file in files:
            stated = file.document.get("pass_at_k", {})
            yield from own_scores.pass_ats(stated.get(counts.verdict, {}), counts, file.name, f" ({counts.verdict})")


def _passes(status: Any) -> bool:
    if not isinstance(status, str):
        raise ValueError(f"the status is {type(status).__name__}, and no text")
    return status == "pass"


FORMAT = _Evalplus()
