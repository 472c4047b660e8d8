"""TRL: `log_completions` of GRPOTrainer writes completions/completions_STEP.parquet, a row for each completion."""

from passk_lab.readers.columns import batches
from passk_lab.readers.counting import count
from passk_lab.readers.format import Format, Tallies
from passk_lab.readers.layout import Layout
from passk_lab.readers.rules import LARGER
from passk_lab.readers.sample import BadFile, Choices
from passk_lab.readers.source import File, Head

_NO_REWARDS = {"step", "prompt", "completion", "advantage", "images", "image"}


class _Trl(Format):
    name = "TRL"
    writes = "completions/completions_STEP.parquet"
    problem_is = "the text of the prompt: it has no id, and comes again at a later step"
    sample_is = "each row; they have no id"
    correct_is = "the value of one reward function: weights and shaping are not in the file"
    trap = "prompts have no id, and the same one comes again at a later step"
    rule = LARGER
    primary = "accuracy_reward"
    parts = True

    def recognises(self, head: Head) -> bool:
        return head.kind == "parquet" and {"step", "prompt", "completion", "advantage"} <= set(head.columns)

    def fill(self, file: File, choices: Choices, tallies: Tallies) -> None:
        names = file.head().columns
        at = {name: place for place, name in enumerate(names)}
        rewards = tuple(place for name, place in at.items() if name not in _NO_REWARDS)
        if choices.verdict in at:
            rewards = (at[choices.verdict],)
        if not rewards:
            raise BadFile(file.name, "it has no column of a reward function. Was it written by GRPOTrainer?")
        layout = Layout("samples", names, at["prompt"], rewards, step=at["step"], text=at["completion"])
        count(file, layout, batches(file, layout.positions()), self.step(file), tallies)

    def run(self, file: File) -> str:
        return file.folder

    def step(self, file: File) -> int | None:
        number = file.stem.rpartition("_")[2]
        return int(number) if number.isdecimal() and len(number) <= 12 else None


FORMAT = _Trl()
