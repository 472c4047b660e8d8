"""NeMo-RL: the logger writes val_data_stepN.jsonl and train_data_stepN.jsonl, a row for each answer."""

import re
from collections.abc import Iterator
from typing import Any

from passk_lab.readers.format import Format
from passk_lab.readers.rules import ONE
from passk_lab.readers.sample import BadRow, Choices, Sample
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
        problem, text = _parted(record["content"])
        yield Sample(problem, {"rewards": record["rewards"]}, sample=record["idx"], text=text)

    def run(self, file: File) -> str:
        found = _NAME.fullmatch(file.stem)
        return found[1] if found else file.stem

    def step(self, file: File) -> int | None:
        found = _NAME.fullmatch(file.stem)
        return int(found[2]) if found else None


def _parted(content: Any) -> tuple[Any, str]:
    """The conversation up to the model's last turn, and that turn; turns are texts, or have a role."""
    if not isinstance(content, list) or len(content) < 2:
        raise BadRow("question and answer are one text, so nothing tells which rows are of one problem")
    roles = [turn["role"] if isinstance(turn, dict) else "" for turn in content]
    last = len(roles) - roles[::-1].index("assistant") - 1 if "assistant" in roles else len(roles) - 1
    turn = content[last]
    return content[:last], str(turn["content"] if isinstance(turn, dict) else turn)


FORMAT = _NemoRL()
