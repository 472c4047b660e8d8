"""evalchemy: results_DATE.json, in which a benchmark keeps its examples with all answers of the model."""

from collections.abc import Iterable, Iterator
from typing import Any

from passk_lab.readers import own_scores
from passk_lab.readers.evaluation import Score
from passk_lab.readers.format import Format
from passk_lab.readers.sample import BadRow, Choices, Sample
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts


class _Evalchemy(Format):
    name = "evalchemy"
    writes = "results_DATE.json"
    problem_is = "the id of an example"
    sample_is = "the place in model_answers; model_answer is the only one"
    correct_is = (
        "the file has no verdict: the answer is the expected one, as text without blanks or as a number (the tool "
        "itself compares LaTeX more freely)"
    )
    trap = "benchmarks repeat with do_sample False: where the backend heeds that, n repetitions are n copies"

    def recognises(self, head: Head) -> bool:
        return head.holds("results", dict) and any(_examples(task) for task in head.first["results"].values())

    def records(self, file: File) -> Iterator[tuple[str, Any]]:
        for task, results in file.document["results"].items():
            for index, example in enumerate(_examples(results)):
                yield f"{task}, example {index + 1}", (task, index, example)

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        task, index, example = record
        expected = example["expected_answer"] if "expected_answer" in example else example["answer"]
        texts = example.get("model_outputs") or [example.get("model_output")]
        answers = example["model_answers"] if "model_answers" in example else [example["model_answer"]]
        if not isinstance(answers, list):
            raise BadRow("model_answers is no list")
        for at, answer in enumerate(answers):
            yield Sample(
                example.get("id", index),
                {"answer": _plain(answer) == _plain(expected)},
                sample=at,
                answer=answer,
                text=texts[at] if at < len(texts) else None,
                run=task,
            )

    def settings(self, file: File) -> dict[str, object]:
        config = file.document.get("config")
        return {"model": config.get("model_args") or config.get("model")} if isinstance(config, dict) else {}

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        for file in files:
            for results in file.document["results"].values():
                examples = _examples(results)
                ids = [str(example.get("id", index)) for index, example in enumerate(examples)]
                if ids == list(counts.problems) and own_scores.is_number(stated := results.get("accuracy_avg")):
                    by_us = own_scores.mean(counts, "answer")
                    yield Score("accuracy_avg", stated, by_us, "mean over repetitions of the share solved", file.name)


def _examples(results: Any) -> list[Any]:
    examples = results.get("examples") if isinstance(results, dict) else None
    first = examples[0] if isinstance(examples, list) and examples else None
    if isinstance(examples, list) and isinstance(first, dict) and {"model_answers", "model_answer"} & first.keys():
        return examples
    return []


def _plain(answer: Any) -> str | float:
    """An answer as a number where it is one, else as text without blanks."""
    text = "".join(str(answer).split()).strip("$")
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return text


FORMAT = _Evalchemy()
