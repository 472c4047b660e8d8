"""NeMo-RL: the logger writes val_data_stepN.jsonl and train_data_stepN.jsonl, a row for each answer."""

import re
from collections.abc import Iterator
from typing import Any

from passk_lab.readers.format import Format
from passk_lab.readers.rules import ONE
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head

_NAME = re.compile(r"(.*_data)_step(\d+)")


class _NemoRL(Format):
    name = "NeMo-RL"
    writes = "val_data_stepN.jsonl, train_data_stepN.jsonl"
    problem_is = "the conversation before the model's last turn: no id is written"
    sample_is = "idx, the row within the step"
    correct_is = "rewards is 1"
    trap = "the tool's pass@k sums the rewards to get c, which with partial credit is no count"
    rule = ONE
    parts = True

    def recognises(self, head: Head) -> bool:
        return head.has("content", "rewards", "idx")

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        content = record["content"]
        text = None
        if isinstance(content, list):
            turns = [turn["role"] for turn in content]
            last = len(turns) - turns[::-1].index("assistant") - 1 if "assistant" in turns else len(turns)
            problem: Any = content[:last]
            text = str(content[last]["content"]) if last < len(turns) else None
        else:
            problem = content
        yield Sample(problem, {"rewards": record["rewards"]}, sample=record["idx"], text=text)

    def run(self, file: File) -> str:
        found = _NAME.fullmatch(file.stem)
        return found[1] if found else file.stem

    def step(self, file: File) -> int | None:
        found = _NAME.fullmatch(file.stem)
        return int(found[2]) if found else None


FORMAT = _NemoRL()
