"""Inspect: a log is NAME.eval, a zip file (once NAME.json) with a score for each sample, epoch and scorer."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from passk_lab.metrics import pass_at_k
from passk_lab.readers import archive, own_scores
from passk_lab.readers.evaluation import Notice, Score
from passk_lab.readers.format import Format
from passk_lab.readers.rules import AT_LEAST_ONE
from passk_lab.readers.sample import BadFile, Choices, Sample
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts

_LETTERS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
_WORDS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
_HEADERS = ("header.json", "start.json", "_journal/start.json")
"""What is known of the whole, the newest first: a log that was cut off has only what was written at its start."""


class _Inspect(Format):
    name = "Inspect"
    writes = "DATE_TASK_ID.eval, DATE_TASK_ID.json"
    problem_is = "the id of a sample"
    sample_is = "its epoch"
    correct_is = "the value of the scorer is C, true, or at least 1; I and N are 0, P is a half"
    trap = (
        "several scorers; P counts .5 in the mean and 0 in pass_at_k; a sample that ended in an error has no score; a "
        "log whose status is not success may be cut short"
    )
    rule = AT_LEAST_ONE

    def recognises(self, head: Head) -> bool:
        if head.kind == "zip":
            try:
                with archive.opened(head.file) as log:
                    return any(name in log.names for name in _HEADERS)
            except BadFile:
                return head.file.path.name.endswith(".eval")
        return head.holds("eval", dict) and head.has("status") and "task" in head.first["eval"]

    def lacks(self, head: Head) -> str | None:
        if head.kind == "document" and self.recognises(head) and not head.first.get("samples"):
            return (
                "the log holds no samples, only what is said of the whole. Was it read with header_only, or evaluated "
                "with --no-log-samples? Name the log with its samples (.eval)."
            )
        return None

    def records(self, file: File) -> Iterator[tuple[str, Any]]:
        for number, sample in enumerate(_samples(file), 1):
            yield f"sample {number}", sample

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        error = record.get("error")
        scores = record.get("scores") or ({"score": record["score"]} if record.get("score") else {})
        verdicts = {}
        for scorer, score in scores.items():
            for part, value in _parts(score["value"]):
                verdicts[f"{scorer}/{part}" if part else scorer] = _number(value, file)
        answers = {str(score["answer"]) for score in scores.values() if score.get("answer") is not None}
        output = record.get("output")
        yield Sample(
            record["id"],
            verdicts,
            sample=record.get("epoch", 1),
            answer=answers.pop() if len(answers) == 1 else None,
            text=output.get("completion") if isinstance(output, dict) else None,
            greedy=self.settings(file).get("temperature") == 0,
            left_out="it ended in an error" if error and not scores else None if scores else "no scorer judged it",
            left_out_code="failed" if error else "unscored",
        )

    def settings(self, file: File) -> dict[str, object]:
        header = _header(file)
        given = {**(header["eval"].get("model_generate_config") or {}), **(header.get("plan", {}).get("config") or {})}
        return {"model": header["eval"].get("model"), **{key: given.get(key) for key in ("temperature", "top_p")}}

    def notices(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Notice]:
        for file in files:
            status = _header(file).get("status", "started")
            if status != "success":
                text = f"The log {file.name} has the status {status!r}: it may be cut short."
                yield Notice("unfinished", text, int(counts.n.sum()))

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        for file in files:
            results = _header(file).get("results") or {}
            for stated in results.get("scores") or []:
                names = (stated["name"], f"{stated.get('scorer')}/{stated['name']}")
                verdict = next((name for name in names if name in counts.scores), None)
                for metric in ("accuracy", "mean"):
                    value = (stated.get("metrics") or {}).get(metric, {}).get("value")
                    if verdict is None or not own_scores.is_number(value):
                        continue
                    reducer = stated.get("reducer")
                    by_us, rule = _reduced(counts, verdict, reducer)
                    if by_us is not None:
                        of = f" ({reducer})" if reducer else ""
                        yield Score(f"{stated['name']} {metric}{of}", value, by_us, rule, file.name)


def _header(file: File) -> dict[str, Any]:
    """What a log says of the whole."""
    if "header" not in file.kept:
        if file.kind != "zip":
            header = {key: value for key, value in file.document.items() if key != "samples"}
        else:
            with archive.opened(file) as log:
                header = log.json(next(name for name in _HEADERS if name in log.names))
                if "results.json" in log.names:
                    header |= log.json("results.json")
        file.kept["header"] = header
    return file.kept["header"]


def _samples(file: File) -> Iterator[dict[str, Any]]:
    """The samples of a log: their summaries where all are there, else the samples themselves."""
    if file.kind != "zip":
        yield from file.document.get("samples") or []
        return
    with archive.opened(file) as log:
        whole = sorted(name for name in log.names if name.startswith("samples/") and name.endswith(".json"))
        for name in ("summaries.json", "summary.json"):
            if name in log.names and len(summaries := log.json(name)) >= len(whole):
                yield from summaries
                return
        for name in whole:
            yield log.json(name)


def _parts(value: Any) -> list[tuple[str, Any]]:
    """The values of a score: one, or those of a dict or a list by name."""
    if isinstance(value, dict):
        return [(str(key), part) for key, part in value.items()]
    if isinstance(value, list):
        return [(str(index), part) for index, part in enumerate(value)]
    return [("", value)]


def _number(value: Any, file: File) -> float | bool | None:
    """A value as Inspect turns it into a number; None where it says nothing of right and wrong."""
    if not isinstance(value, str):
        return value
    if value in _LETTERS:
        return _LETTERS[value]
    if value.lower() in _WORDS:
        return _WORDS[value.lower()]
    try:
        return float(value)
    except ValueError:
        file.notice("unknown_values", "{rows} scores are texts that Inspect takes for 0; here they are not judged.")
        return None


def _reduced(counts: Counts, verdict: str, reducer: str | None) -> tuple[float | None, str]:
    """The mean over samples of what the reducer makes of their epochs."""
    if reducer in (None, "mean"):
        return own_scores.mean(counts, verdict, each_problem=True), "mean over samples of the mean over epochs"
    if reducer.startswith("pass_at_") and reducer.removeprefix("pass_at_").isdecimal():
        k = int(reducer.removeprefix("pass_at_"))
        there = counts.scores[verdict]
        n = np.array([sum(rows for score, rows in of_one.items() if score is not None) for of_one in there])
        c = np.array(
            [sum(rows for score, rows in of_one.items() if score is not None and score >= 1) for of_one in there]
        )
        if 1 <= k <= n.min():
            return float(np.mean(pass_at_k(n, c, k))), own_scores.ESTIMATOR
    return None, ""


FORMAT = _Inspect()
