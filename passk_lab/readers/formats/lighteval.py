"""lighteval: `--save-details` writes details_TASK_DATE.parquet, a row for each document with its metrics."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from passk_lab.readers.columns import batches, text_of
from passk_lab.readers.evaluation import Score
from passk_lab.readers.format import Format, Tallies
from passk_lab.readers.rules import ONE
from passk_lab.readers.sample import BadFile, Choices
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import LEAST_TEXT, Counts

_SHARE = re.compile(r"pass@k:k=1(?:&n=(\d+))?|\w*pass@1:(\d+)(?:_samples)?|avg@n:n=(\d+)|avg@(\d+)")
"""Metrics that are the share of right samples of one document, and how many samples they name."""
_OF_MANY = re.compile(r"pass@|maj@|g-pass@|avg@|cons@")


class _Lighteval(Format):
    name = "lighteval"
    writes = "details_TASK_DATE.parquet"
    problem_is = "doc.id, or the text of doc.query where that is missing"
    sample_is = "each text of model_response; they have no id"
    correct_is = "its share in the metric: the tool counts scores of exactly 1 and keeps none"
    trap = "the tool takes n from the first document, whatever the others have"
    rule = ONE

    def recognises(self, head: Head) -> bool:
        names = head.columns
        return (
            head.kind == "parquet"
            and any(name in names for name in ("doc.id", "doc.query"))
            and any(name.startswith("metric.") for name in names)
        )

    def beside(self, head: Head) -> bool:
        return head.has("config_general", "results")

    def fill(self, file: File, choices: Choices, tallies: Tallies) -> None:
        names = file.head().columns
        metrics = _metrics(file, names)
        ids = [name for name in ("doc.id", "doc.query") if name in names]
        texts = [name for name in ("model_response.text",) if name in names]
        wanted = [*ids, *texts, *(f"metric.{name}" for name in metrics)]
        tally = tallies(None)
        first = None
        for batch in batches(file, [names.index(name) for name in wanted]):
            cells = [[*column.values, None] for column in batch.columns]
            for row in range(batch.rows):
                values = dict(
                    zip(
                        wanted,
                        (there[c.codes[row]] for there, c in zip(cells, batch.columns, strict=True)),
                        strict=True,
                    )
                )
                problem = next((text_of(values[name]) for name in ids if values[name] is not None), "")
                answers = values.get("model_response.text")
                there = len(answers) if isinstance(answers, list) else None
                first = there if first is None else first
                if not problem:
                    tally.leave_out("no id of a document", there or 1)
                    continue
                scores = {
                    name: _scores(values[f"metric.{name}"], named or first, there) for name, named in metrics.items()
                }
                known = [found for found in scores.values() if found is not None]
                if len(known) < len(scores):
                    tally.leave_out("the metric is no share of the samples there are", there or 1)
                    continue
                judged = max(sum(found.values()) for found in known)
                if there is not None and there > judged:
                    tally.leave_out("a text beyond the n that the tool takes from the first document", there - judged)
                tally.add_judged(problem, {name: found for name, found in scores.items() if found})
                long = [text for text in answers or [] if isinstance(text, str) and len(text) >= LEAST_TEXT]
                tally.add_copies(len(long) - len(set(long)))

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        mean = float((counts.c / counts.n).mean())
        for file in beside:
            for task, found in file.document["results"].items():
                for name, stated in found.items() if isinstance(found, dict) else ():
                    mine = any(
                        task.partition("|")[0].replace(":", "") in other.name.replace(":", "") for other in files
                    )
                    if mine and _SHARE.fullmatch(name) and isinstance(stated, int | float):
                        yield Score(name, float(stated), mean, "the mean over documents of c/n", file.name)


def _metrics(file: File, names: tuple[str, ...]) -> dict[str, int | None]:
    """The metrics that say how many samples of a document are right, with the n that their names have."""
    every = [name.removeprefix("metric.") for name in names if name.startswith("metric.")]
    shares = {name: found for name in every if (found := _SHARE.fullmatch(name))}
    if shares:
        return {name: next((int(n) for n in found.groups() if n), None) for name, found in shares.items()}
    single = {name: 1 for name in every if not _OF_MANY.search(name)}
    if single:
        return dict(single)
    raise BadFile(
        file.name,
        f"of its metrics ({', '.join(every)}) none says how many samples of a document are right. Let lighteval also "
        "compute pass@k with k = 1, or avg@n.",
    )


def _scores(share: Any, n: int | None, there: int | None) -> dict[float | None, int] | None:
    """How many samples are right and wrong; None if the metric does not say so.

    lighteval divides by the n of the first document, also where a document has fewer texts, and passes over the rest
    where it has more.
    """
    n = n if n is not None else there
    if n is None or not isinstance(share, int | float):
        return None
    judged = n if there is None else min(n, there)
    right = share * n
    if not 0 <= share <= 1 or abs(right - round(right)) > 1e-6 or round(right) > judged or not judged:
        return None
    return {1.0: round(right), 0.0: judged - round(right)}


FORMAT = _Lighteval()
