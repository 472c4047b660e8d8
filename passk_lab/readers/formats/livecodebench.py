"""LiveCodeBench: the runner writes NAME_eval_all.json, a row for each problem, and NAME_eval.json, the test results."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from passk_lab.readers import own_scores
from passk_lab.readers.evaluation import Score
from passk_lab.readers.format import Format
from passk_lab.readers.sample import BadRow, Choices, Sample
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts

_SAMPLED = re.compile(r"_(\d+)_(\d+(?:\.\d+)?)$")


class _LiveCodeBench(Format):
    name = "LiveCodeBench"
    writes = "SCENARIO_N_T_eval_all.json, SCENARIO_N_T_eval.json"
    problem_is = "question_id; in _eval.json the place in the benchmark"
    sample_is = "the place in the list of the problem"
    correct_is = "graded_list is true; in _eval.json the results of all tests are above 0"
    trap = "in _eval.json -1, -2, -3 and -4 stand for programs that failed, and Python holds them to be true"
    summaries = ("*_eval.json",)

    def recognises(self, head: Head) -> bool:
        return head.has("graded_list", "question_id") or _is_short(head.record)

    def views(self, files: list[File]) -> tuple[list[File], list[File]]:
        long = [file for file in files if _is_long(file)]
        return (long, [file for file in files if file not in long]) if long else (files, [])

    def run(self, file: File) -> str:
        return _stem(file)

    def records(self, file: File) -> Iterator[tuple[str, Any]]:
        if _is_short(file.document if file.kind == "document" else None):
            for index, results in file.document[1].items():
                yield f"problem {index}", {"question_id": index, "graded_list": results}
        else:
            yield from super().records(file)

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        answers = record.get("code_list") or record.get("output_list") or []
        for index, results in enumerate(record["graded_list"]):
            text = answers[index] if index < len(answers) else None
            greedy = self.settings(file).get("temperature") == 0
            yield Sample(record["question_id"], {"graded": _passes(results)}, sample=index, text=text, greedy=greedy)

    def settings(self, file: File) -> dict[str, object]:
        found = _SAMPLED.search(_stem(file))
        return {"n": int(found[1]), "temperature": float(found[2])} if found else {}

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        files = list(files)
        for file in (*files, *beside):
            if _stem(file) == _stem(files[0]) and _is_short(file.document):
                yield from own_scores.pass_ats(file.document[0], counts, file.name)


def _is_short(document: Any) -> bool:
    return (
        isinstance(document, list)
        and len(document) >= 2
        and isinstance(document[0], dict)
        and isinstance(document[1], dict)
        and "detail" in document[0]
    )


def _is_long(file: File) -> bool:
    return file.path.name.partition(".json")[0].endswith("_eval_all")


def _stem(file: File) -> str:
    return file.path.name.partition(".json")[0].removesuffix("_all").removesuffix("_eval")


def _passes(results: Any) -> bool | None:
    """Whether all tests passed: each is true, or above 0."""
    if results is None or isinstance(results, bool):
        return results
    if not isinstance(results, list):
        raise BadRow(f"the results of the tests are {type(results).__name__}, and no list")
    if not all(isinstance(result, bool | int | float) for result in results):
        raise BadRow("the result of a test is true, false or a number, and here one is something else")
    return bool(results) and all(result > 0 for result in results)


FORMAT = _LiveCodeBench()
