"""NeMo-Skills: `ns eval` writes output-rsN.jsonl, one file for each seed and one line in it for each problem."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from passk_lab.readers import own_scores
from passk_lab.readers.evaluation import Score
from passk_lab.readers.format import Format
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts

_SEED = re.compile(r"output-rs(\d+)")
_CHUNK = re.compile(r"_chunk_\d+")
"""In the name of a part of one file, which the tool puts together in the end and may leave there."""
_JUDGED = re.compile(r"judgement:\**\s*(yes|no)", re.IGNORECASE)
_AVERAGE = re.compile(r"pass@1\[(?:avg-of-)?(\d+)\]")
_VERDICTS = {
    "symbolic_correct": "symbolic_correct",
    "is_correct": "symbolic_correct",  # its name until 2025
    "judge_correct": "judge_correct",
    "passing_base_tests": "passing_base_tests",
    "passing_plus_tests": "passing_plus_tests",
}


class _NemoSkills(Format):
    name = "NeMo-Skills"
    writes = "output-rsN.jsonl, output.jsonl"
    problem_is = "the text of the problem (the tool itself goes by the number of the line)"
    sample_is = "the file: each seed has one line for each problem"
    correct_is = 'symbolic_correct (once is_correct) is true, or the judge wrote "Judgement: Yes"'
    trap = "output.jsonl is the greedy answer, and no sample; files of a run that was stopped differ in length"
    parts = True
    repeats = True
    summaries = ("metrics.json",)

    def recognises(self, head: Head) -> bool:
        judged = head.has_any(*_VERDICTS, "judgement")
        return (
            judged
            and head.has_any("generation", "predicted_answer")
            and head.has_any("problem", "question", "expected_answer", "task_id")
        )

    def lacks(self, head: Head) -> str | None:
        path = head.file.path
        if not self.recognises(head):
            return None
        if path.name.endswith("-async"):
            return "the tool had not finished it: it holds some of the problems, in no order."
        whole = _CHUNK.sub("", path.name)
        if whole != path.name and (path.parent / whole).is_file():
            return f"a part of {whole}, which lies whole beside it."
        return None

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        verdicts = {name: record[key] for key, name in _VERDICTS.items() if key in record}
        if "judgement" in record:
            verdicts["judge_correct"] = _judged(record["judgement"])
        if not verdicts:
            raise KeyError("symbolic_correct or judgement")
        names = ("problem", "question", "task_id")
        problem = next((record[name] for name in names if record.get(name) is not None), f"line {file.rows}")
        yield Sample(
            problem,
            verdicts,
            answer=record.get("predicted_answer"),
            text=record.get("generation"),
            greedy=_CHUNK.sub("", file.stem) == "output",
        )

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        for summary in beside:
            for benchmark in summary.document.values():
                for name, stated in benchmark.items():
                    value = stated.get(counts.verdict) if isinstance(stated, dict) else None
                    if value is None or not own_scores.is_number(value):
                        continue
                    average = _AVERAGE.fullmatch(name)
                    if average and int(average[1]) == counts.n.max():
                        yield Score(
                            f"{name} in percent",
                            value,
                            100 * own_scores.mean(counts, counts.verdict, each_problem=True),
                            "mean over problems of the share of right samples",
                            summary.name,
                            digits=0.005,
                        )
                    elif name == f"pass@{counts.n.max()}" and counts.n.max() > 1:
                        yield Score(
                            f"{name} in percent",
                            value,
                            100 * float((counts.c > 0).mean()),
                            "share of problems that a sample solved",
                            summary.name,
                            digits=0.005,
                        )


def _judged(text: Any) -> bool | None:
    """What the judge wrote; None where neither yes nor no is in it."""
    if isinstance(text, bool) or text is None:
        return text
    found = _JUDGED.findall(str(text))
    return found[-1].lower() == "yes" if found else None


FORMAT = _NemoSkills()
