"""SkyRL: `trainer.dump_eval_results` writes DATASET.jsonl, a row for each answer, and aggregated_results.jsonl."""

from collections.abc import Iterable, Iterator
from typing import Any

from passk_lab.readers import own_scores
from passk_lab.readers.evaluation import Score
from passk_lab.readers.format import Format
from passk_lab.readers.rules import ABOVE_ZERO
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts


class _SkyRL(Format):
    name = "SkyRL"
    writes = "dumped_evals/global_step_N_evals/DATASET.jsonl"
    problem_is = "the text of the prompt (input_prompt)"
    sample_is = "each row; they have no id"
    correct_is = "score, or its last token where it is a list of tokens, is above 0"
    trap = "score is a number, or a list with one for each token; avg_score is their sum, pass@n asks for the last"
    rule = ABOVE_ZERO
    primary = "score"
    parts = True
    summaries = ("aggregated_results.jsonl",)

    def recognises(self, head: Head) -> bool:
        return head.has("input_prompt", "output_response", "score")

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        score = record["score"]
        verdicts = {"score": score}
        if isinstance(score, list):
            verdicts = {"score": score[-1] if score else None, "sum of tokens": sum(score)}
        yield Sample(record["input_prompt"], verdicts, text=record["output_response"])

    def run(self, file: File) -> str:
        return file.stem

    def step(self, file: File) -> int | None:
        return file.step_of_folder

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        names = [file.stem for file in files]
        verdict = "sum of tokens" if "sum of tokens" in counts.scores else "score"
        for summary in beside:
            _, stated = next(summary.records(), ("", {}))
            for name, value in stated.items():
                of, _, what = name.removeprefix("eval/").rpartition("/")
                if of not in (*names, "all") or (of == "all" and len(_datasets(stated)) > 1):
                    continue
                if what == "avg_score":
                    yield Score(name, value, own_scores.mean(counts, verdict), "mean over rows", summary.name)
                elif what == f"pass_at_{counts.n.max()}":
                    solved = float((counts.c > 0).mean())
                    yield Score(name, value, solved, "share of prompts that a sample solved", summary.name)


def _datasets(stated: dict[str, Any]) -> set[str]:
    return {name.split("/")[1] for name in stated if name.count("/") > 1} - {"all"}


FORMAT = _SkyRL()
