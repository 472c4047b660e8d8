"""evalplus: `evalplus.evaluate` writes NAME_eval_results.json, a list of judged solutions for each task."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from passk_lab.readers import own_scores
from passk_lab.readers.documents import first_row, rows
from passk_lab.readers.evaluation import Score
from passk_lab.readers.format import Format
from passk_lab.readers.sample import BadRow, Choices, Sample
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
        return (isinstance(first, dict) and "base_status" in first) or _is_early(head.first)

    def records(self, file: File) -> Iterator[tuple[str, Any]]:
        if _is_early(file.document):
            yield from _early_rows(file)
        else:
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


def _is_early(document: Any) -> bool:
    """Whether this is the form of 2023: for each task its results by "base" and "plus", and no texts."""
    if not isinstance(document, dict) or not isinstance(document.get("eval"), dict):
        return False
    first = next(iter(document["eval"].values()), None)
    return isinstance(first, dict) and isinstance(first.get("base"), list) and "nfiles" in first


def _early_rows(file: File) -> Iterator[tuple[str, tuple[str, int, Any]]]:
    """The rows of that form, as the later one writes them."""
    for task, its in file.document["eval"].items():
        base, plus = (its.get(key) if isinstance(its, dict) else None for key in ("base", "plus"))
        if not isinstance(base, list) or not base:
            file.leave_out("the problem has no list of samples", f"problem {task}")
            continue
        plus = plus if isinstance(plus, list) else []
        for index, result in enumerate(base):
            row = {"base_status": _early_status(result)}
            if index < len(plus):
                row["plus_status"] = _early_status(plus[index])
            yield f"problem {task}, entry {index + 1}", (task, index, row)


def _early_status(result: Any) -> Any:
    """The status in ["success", [true, ...]], by the word that came later."""
    status = result[0] if isinstance(result, list) and result else result
    return "pass" if status == "success" else status


def _passes(status: Any) -> bool:
    if not isinstance(status, str):
        raise BadRow(f"the status is {type(status).__name__}, and no text")
    return status == "pass"


FORMAT = _Evalplus()
