"""open-instruct: `--save_traces` writes RUN_rollouts_NNNNNN.jsonl, a row for each answer of training."""

import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from passk_lab.readers.format import Format
from passk_lab.readers.rules import LARGER
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head

_NAME = re.compile(r"(.*)_rollouts_\d+")


class _OpenInstruct(Format):
    name = "open-instruct"
    writes = "RUN_rollouts_NNNNNN.jsonl"
    problem_is = "a hash of prompt_tokens: prompt_idx counts within a step only"
    sample_is = "sample_idx within its step"
    correct_is = "reward is the larger one, where all rewards are one of two numbers (0 and 10, as a rule)"
    trap = "a right answer is worth 10, and other rewards may be added; one evaluation for each step of training"
    rule = LARGER
    parts = True

    def recognises(self, head: Head) -> bool:
        return head.has("prompt_idx", "prompt_tokens", "response_tokens", "reward")

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        prompt = blake2b(str(record["prompt_tokens"]).encode(), digest_size=8).hexdigest()
        yield Sample(
            f"{record.get('dataset', 'prompt')}/{prompt}",
            {"reward": record["reward"]},
            sample=record.get("sample_idx"),
            text=str(record["response_tokens"]),
            step=record["step"],
        )

    def run(self, file: File) -> str:
        found = _NAME.fullmatch(file.stem_whole)
        return found[1] if found else file.stem


FORMAT = _OpenInstruct()
