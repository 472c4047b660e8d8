"""lm-evaluation-harness: `--log_samples` writes samples_TASK_DATE.jsonl, a line for each document and filter."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from passk_lab.arguments import Floats
from passk_lab.metrics import pass_at_k
from passk_lab.readers import own_scores
from passk_lab.readers.evaluation import Score
from passk_lab.readers.format import Format
from passk_lab.readers.rules import ONE
from passk_lab.readers.sample import BadRow, Choices, Sample
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts

_PASS_AT = re.compile(r"pass@(\d+)")
_DATED = re.compile(r"(.*)_(\d{4}-\d\d-\d\dT.*)")
_NO_METRICS = {
    "doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics", "doc_hash", "prompt_hash",
    "target_hash", "bypass",
}  # fmt: skip


class _LmEval(Format):
    name = "lm-evaluation-harness"
    writes = "samples_TASK_DATE.jsonl"
    problem_is = "doc_hash (doc_id counts the lines of one run only)"
    sample_is = "the index in resps[0]; where the metric is one number for all of them, the line"
    correct_is = "the metric of the filtered answer is 1; of pass@k metrics c = n pass@1"
    trap = (
        "a line for each document AND filter; the filter take_first scores the first of n answers, and the rest have "
        "no verdict"
    )
    rule = ONE
    summaries = ("results_*.json",)

    def recognises(self, head: Head) -> bool:
        return head.has("doc_id", "filtered_resps")

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        problem = record.get("doc_hash", record["doc_id"])
        which = str(record.get("filter", ""))
        answers = _answers(record)
        metrics = _metrics(record)
        greedy = _greedy(record)
        one = Sample(problem, {}, filter=which, greedy=greedy)
        passes = {int(found[1]): value for name, value in metrics.items() if (found := _PASS_AT.fullmatch(name))}
        if passes:
            n, verdicts = len(answers), {}
            c = _right(n, passes)
            verdicts["pass"] = [index < c for index in range(n)]
        else:
            verdicts = {name: value for name, value in metrics.items() if isinstance(value, list)}
            n = len(next(iter(verdicts.values()))) if verdicts else 1
        if passes or verdicts:
            for index in range(n):
                yield one._replace(
                    verdicts={name: values[index] for name, values in verdicts.items() if len(values) == n},
                    sample=f"{record['doc_id']}/{index}",
                    text=answers[index] if index < len(answers) and not passes else None,
                )
            return
        filtered = record.get("filtered_resps")
        if len(answers) > 1 and _texts(answers):
            file.notice(
                "first_only",
                f"{{rows}} lines hold several answers and one verdict, that of the filter {which!r}: the others were "
                "never judged, so n is 1. Let the task score them all (a metric pass@k, or a filter that keeps all).",
            )
        answer = filtered[0] if isinstance(filtered, list) and len(filtered) == 1 else filtered
        yield one._replace(
            verdicts=metrics, sample=f"{record['doc_id']}", answer=answer if isinstance(answer, str) else None
        )

    def settings(self, file: File) -> dict[str, object]:
        first = file.head().first
        given = _arguments(first) if isinstance(first, dict) else {}
        return {key: given.get(key) for key in ("temperature", "top_p", "do_sample")}

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        samples = next(iter(files))
        for summary in beside:
            of_task = _stated(summary, samples)
            stated = {
                name.partition(",")[0]: value
                for name, value in of_task.items()
                if own_scores.is_number(value) and name.partition(",")[2] in (counts.filter, "")
            }
            yield from own_scores.pass_ats(stated, counts, summary.name)
            for name in (name for name in stated if name in counts.scores):
                by_us = own_scores.mean(counts, name, each_problem=True)
                yield Score(name, stated[name], by_us, "mean over documents", summary.name)


def _stated(summary: File, samples: File) -> dict[str, Any]:
    """What a summary says of the task of these samples; nothing where it is of another task or another date."""
    results = summary.document["results"]
    task, date = _task(samples.stem_whole.removeprefix("samples_"))
    if date:
        return results.get(task, {}) if _task(summary.stem_whole)[1] == date else {}
    fits = [name for name in results if task == name or task.startswith(f"{name}_")]
    return results[max(fits, key=len)] if fits else {}


def _task(name: str) -> tuple[str, str]:
    """The task and the date in the name of a file; no date where somebody gave it another name."""
    found = _DATED.fullmatch(name)
    return (found[1], found[2]) if found else (name, "")


def _metrics(record: dict[str, Any]) -> dict[str, Any]:
    names = record.get("metrics") or [name for name in record if name not in _NO_METRICS]
    found = {name: record[name] for name in names if name in record}
    return {name: value for name, value in found.items() if isinstance(value, bool | int | float | list)}


@lru_cache
def _estimates(n: int, k: int) -> Floats:
    """What pass@k is for every number of right ones among n."""
    return pass_at_k(n, np.arange(n + 1), k)


def _right(n: int, passes: dict[int, float]) -> int:
    """How many of n samples were right, from what their pass@k are."""
    told = [np.abs(_estimates(n, k) - value) < 1e-6 for k, value in passes.items() if k <= n]
    fits = np.flatnonzero(np.all(told, axis=0)) if told else range(n + 1)
    shown = ", ".join(f"pass@{k} = {value:g}" for k, value in passes.items())
    if len(fits) != 1:
        which = "more than one" if len(fits) else "no"
        raise BadRow(f"{shown} of {n} samples is what {which} number of right ones gives; pass@1 would tell")
    return int(fits[0])


def _answers(record: dict[str, Any]) -> list[Any]:
    """What the model answered: one list of n texts, or one answer for each of the choices."""
    all_of_them = record.get("resps", record.get("filtered_resps"))
    if not isinstance(all_of_them, list):
        raise BadRow("resps is no list")
    return all_of_them[0] if all_of_them and isinstance(all_of_them[0], list) else all_of_them


def _arguments(record: dict[str, Any]) -> dict[str, Any]:
    """How the first request was sampled; the requests are a list, or in newer files a dict."""
    requests = record.get("arguments") or []
    for request in requests.values() if isinstance(requests, dict) else requests:
        parts = request.values() if isinstance(request, dict) else request
        return next((part for part in parts if isinstance(part, dict)), {})
    return {}


def _greedy(record: dict[str, Any]) -> bool:
    given = _arguments(record)
    return given.get("do_sample") is False or given.get("temperature") == 0


def _texts(answers: list[Any]) -> bool:
    return all(isinstance(answer, str) for answer in answers)


FORMAT = _LmEval()
