"""BigCodeBench: `bigcodebench.evaluate` writes NAME_eval_results.json and NAME_pass_at_k.json."""

from collections.abc import Iterable, Iterator
from typing import Any

from passk_lab.readers import own_scores
from passk_lab.readers.documents import first_row, rows
from passk_lab.readers.evaluation import Score
from passk_lab.readers.format import Format
from passk_lab.readers.sample import BadRow, Choices, Sample
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts


class _BigCodeBench(Format):
    name = "BigCodeBench"
    writes = "NAME_eval_results.json"
    problem_is = "the keys of eval"
    sample_is = "the place in the list of the task"
    correct_is = 'status is "pass"'
    trap = "a timeout is a failure; tasks whose own reference failed are in the file, and the tool leaves them in"
    summaries = ("*_pass_at_k.json",)

    def recognises(self, head: Head) -> bool:
        first = first_row(head, "eval")
        return isinstance(first, dict) and "status" in first

    def records(self, file: File) -> Iterator[tuple[str, Any]]:
        yield from rows(file, "eval")

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        task, index, row = record
        if not isinstance(row["status"], str):
            raise BadRow(f"the status is {type(row['status']).__name__}, and no text")
        yield Sample(task, {"status": row["status"] == "pass"}, sample=index, text=row.get("solution"))

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        stems = [file.path.name.partition("_eval_results")[0] for file in files]
        for summary in beside:
            if summary.path.name.partition("_pass_at_k")[0] in stems:
                yield from own_scores.pass_ats(summary.document, counts, summary.name)


FORMAT = _BigCodeBench()
