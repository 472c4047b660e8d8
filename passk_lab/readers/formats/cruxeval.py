"""CRUXEval: the published sample files hold the verdicts of ten generations for each program."""

from collections.abc import Iterable, Iterator
from typing import Any

from passk_lab.readers import own_scores
from passk_lab.readers.documents import rows
from passk_lab.readers.evaluation import Score
from passk_lab.readers.format import Format
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts


class _CruxEval(Format):
    name = "CRUXEval"
    writes = "NAME.json"
    problem_is = "the keys of raw_scored_generations"
    sample_is = "the place in the list of the problem"
    correct_is = "the entry of raw_scored_generations is true"
    trap = "raw_generations and raw_scored_generations list the problems in different orders; scores are in percent"

    def recognises(self, head: Head) -> bool:
        return head.holds("raw_scored_generations", dict)

    def records(self, file: File) -> Iterator[tuple[str, Any]]:
        yield from rows(file, "raw_scored_generations")

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        problem, index, verdict = record
        texts = (file.document.get("raw_generations") or {}).get(problem) or []
        yield Sample(problem, {"scored": verdict}, sample=index, text=texts[index] if index < len(texts) else None)

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        for file in files:
            yield from own_scores.pass_ats(file.document, counts, file.name, " in percent", percent=True)


FORMAT = _CruxEval()
