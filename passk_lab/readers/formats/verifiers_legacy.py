"""vf-eval of verifiers: `vf-eval --save-results` writes results.jsonl, a row for each rollout, and metadata.json."""

from collections.abc import Iterable, Iterator
from typing import Any

from passk_lab.readers import own_scores
from passk_lab.readers.evaluation import Score
from passk_lab.readers.format import Format
from passk_lab.readers.rules import LARGER
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts


class _VerifiersLegacy(Format):
    name = "vf-eval"
    writes = "results.jsonl (verifiers: vf-eval --save-results)"
    problem_is = "example_id; before there was one, the prompt (the id of those files is the same for several prompts)"
    sample_is = "each row; they have no id"
    correct_is = "reward is the larger one, where all rewards are one of two numbers"
    trap = "reward is a weighted sum, of form and answer say, so a wrong answer may have one above 0"
    rule = LARGER
    primary = "reward"
    summaries = ("metadata.json",)

    def recognises(self, head: Head) -> bool:
        return head.has("reward", "completion") and (head.has("example_id") or head.has("id", "prompt", "task"))

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        if "key" not in file.kept:
            file.kept["key"] = "example_id" if file.head().has("example_id") else "prompt"
        metrics, completion = record.get("metrics") or {}, record["completion"]
        yield Sample(
            record[file.kept["key"]],
            {
                **{name: value for name, value in metrics.items() if own_scores.is_number(value)},
                "reward": record["reward"],
            },
            text=completion if isinstance(completion, str) else str(completion) if completion else None,
            left_out="the rollout ended in an error" if record.get("error") else None,
        )

    def settings(self, file: File) -> dict[str, object]:
        for summary in self.beside_on_disk([file], []):
            about = summary.document
            sampling = about.get("sampling_args") or {}
            return {"model": about.get("model"), **{key: sampling.get(key) for key in ("temperature", "top_p")}}
        return {}

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        for summary in beside:
            if own_scores.is_number(stated := summary.document.get("avg_reward")):
                yield Score("avg_reward", stated, own_scores.mean(counts, "reward"), "mean over rows", summary.name)


FORMAT = _VerifiersLegacy()
