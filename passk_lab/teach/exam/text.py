"""An exam and its key as Markdown, two texts that share no sentence."""

from __future__ import annotations

from collections.abc import Sequence

from passk_lab.teach.exam.task import Key, Task

LETTERS = (
    "p is the chance that one sample of the model is right. pass@k: at least one of k samples is right; pass^k: "
    "all of them are. The weight of a goal is the factor that it puts before the gradient of pass@1 of one "
    "prompt. A group is n samples of one prompt, c of them right. An objective's credit is what a sample of a "
    "group is multiplied with in the update, which is a mean over the group. ln is the natural logarithm, and "
    "entropies and divergences are in nats."
)


def exam(letter: str, seed: int, asked: Sequence[tuple[Task, str, Key]]) -> str:
    """Write a form as the students get it: title, rules, letters, questions, lines for the numbers."""
    points = sum(task.points for task, _, _ in asked)
    parts = [
        f"# Exam, form {letter}",
        f"{len(asked)} questions, {points} points. Drawing {seed}.",
        "Name: ______________________________",
        "You may use a pocket calculator and one sheet written by hand. Write how you got there: most of the points "
        "are for the way. Round at the end only, as it says behind the line for the number.",
        f"**Words and letters.** {LETTERS}",
    ]
    for place, (task, question, key) in enumerate(asked, start=1):
        parts += [f"## {place}. {task.title} ({task.points} points)", question]
        parts += [f"{answer.name} = ____________ ({answer.rounding}{_unit(answer.unit)})" for answer in key.answers]
    return "\n\n".join(parts) + "\n"


def key(letter: str, seed: int, asked: Sequence[tuple[Task, Key]]) -> str:
    """Write the key of a form: for each question the answer, the points of its parts, and the wrong answers."""
    points = sum(task.points for task, _ in asked)
    parts = [
        f"# Key, form {letter}",
        f"{len(asked)} questions, {points} points. Drawing {seed}. For the teacher alone. The numbers were computed by "
        "passk_lab when this was written; the arithmetic beside each gives it on a pocket calculator. A number with "
        "the right way and a slip of the keys costs one point. An error carried on costs once.",
    ]
    for place, (task, one) in enumerate(asked, start=1):
        parts += [f"## {place}. {task.title} ({task.points} points)", f"Notebook {task.notebook}, {task.level}."]
        parts += [f"**{answer.name} = {answer.text}**, by `{answer.work}`" for answer in one.answers]
        parts.append("\n".join(["Points:", "", *(f"- {step.points}: {step.says}" for step in one.steps)]))
        parts.append(_slips(one))
    return "\n\n".join(parts) + "\n"


def _slips(one: Key) -> str:
    rows = ["| wrong answer | what was done | what it reveals | points left |", "|---|---|---|---|"]
    for slip in one.slips:
        value = "in words" if slip.value is None else one.answers[slip.of].written(slip.value)
        if slip.value is not None and len(one.answers) > 1:
            value = f"{one.answers[slip.of].name}: {value}"
        cells = (cell.replace("|", "\\|") for cell in (value, slip.did, slip.reveals, str(slip.left)))
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _unit(unit: str) -> str:
    return f", in {unit}" if unit else ""
