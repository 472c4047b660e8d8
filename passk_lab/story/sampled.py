"""Answers that the small network really wrote, before and after training: `sampled.json`, with the prompts.

The samples are kept with the code, so that the page needs no torch; `python -m passk_lab.story.sampled` draws them
anew, and a test holds one against the other.
"""

from __future__ import annotations

import html
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

PLACE = Path(__file__).parent / "sampled.json"
PROMPTS = (((2, 3, 4), 24), ((3, 4, 6), 6))
"""Numbers and target: one prompt that training gave to one answer, and one that it took from all."""
SAMPLES, SEED = 32, 0
KINDS = {"base": "Before training", "collapsed": "After {steps} steps of training"}


def draw() -> dict[str, Any]:
    """Draw the samples from the bundled models."""
    from passk_lab import lm

    found: dict[str, Any] = {"parameters": 0, "prompts": []}
    for numbers, target in PROMPTS:
        prompt: dict[str, Any] = {"numbers": list(numbers), "target": target}
        for kind in KINDS:
            model = lm.bundled_base(0, kind=kind)
            found["parameters"] = sum(weight.numel() for weight in model.parameters())
            samples = lm.sampled_answers(model, numbers, target, n=SAMPLES, seed=SEED)
            right = lm.right_answers(model, numbers, target)
            prompt[kind] = {
                "p": float(f"{right.chance.sum():.3g}"),
                "answers": [[row.answer, int(row.copies), bool(row.right)] for row in samples.itertuples(index=False)],
            }
        found["prompts"].append(prompt)
    return found


@cache
def kept() -> dict[str, Any]:
    """Return the samples that are kept."""
    found: dict[str, Any] = json.loads(PLACE.read_text(encoding="utf-8"))
    return found


def prompt(number: int, kind: str) -> dict[str, Any]:
    """Return p and the samples of a prompt under one of `KINDS`."""
    found: dict[str, Any] = kept()["prompts"][number][kind]
    return found


def right(number: int, kind: str) -> list[tuple[str, int]]:
    """Return the right answers among the samples, with their copies."""
    return [(text, copies) for text, copies, is_right in prompt(number, kind)["answers"] if is_right]


def as_html(steps: int) -> str:
    """Return the samples of all prompts as they stand in the story."""
    return "\n".join(_prompt(number, steps) for number in range(len(PROMPTS)))


def _prompt(number: int, steps: int) -> str:
    asked = kept()["prompts"][number]
    *first, last = asked["numbers"]
    title = f"Make {asked['target']} from {', '.join(map(str, first))} and {last}"
    sides = "\n".join(_side(number, kind, words.format(steps=steps)) for kind, words in KINDS.items())
    return f'<div class="samples"><h3>{title}</h3>\n<div class="sides">{sides}</div></div>'


def _side(number: int, kind: str, title: str) -> str:
    answers = prompt(number, kind)["answers"]
    total = sum(copies for _, copies, _ in answers)
    good = right(number, kind)
    hit = sum(copies for _, copies in good)
    ways = {1: "in one way"}.get(len(good), f"in {len(good)} ways")
    marks = "".join(
        f'<i class="of-{place if is_right else "wrong"}"></i>' * copies
        for place, (_, copies, is_right) in enumerate(sorted(answers, key=lambda answer: not answer[2]))
    )
    said = f"{total} answers, {hit} right" + (f", {ways}" if hit else "")
    wrong = [(text, copies) for text, copies, is_right in answers if not is_right]
    rows = [_row(text, copies, place) for place, (text, copies) in enumerate(good)]
    rows += [_row(text, copies, "wrong") for text, copies in wrong[: max(1, 6 - len(good))]]
    left = sum(copies for _, copies in wrong[max(1, 6 - len(good)) :])
    more = f'<li class="left">and {left} more wrong ones</li>' if left else ""
    return (
        f'<div><h4>{html.escape(title)}</h4><p class="marks" aria-hidden="true">{marks}</p><p>{said}:</p>'
        f"<ul>{''.join(rows)}{more}</ul></div>"
    )


def _row(answer: str, copies: int, kind: object) -> str:
    verdict = '<b class="no">✗</b><span class="passk-spoken"> wrong</span>' if kind == "wrong" else (
        '<b class="yes">✓</b><span class="passk-spoken"> right</span>')  # fmt: skip
    times = f' <span class="copies">{copies} times</span>' if copies > 1 else ""
    return f'<li><i class="of-{kind}" aria-hidden="true"></i>{html.escape(_equation(answer))} {verdict}{times}</li>'


def _equation(answer: str) -> str:
    """Write an answer's tokens as equations.

    >>> _equation("3 * 4 12, 2 - 12 -10")
    '3 × 4 = 12, 2 − 12 = −10'
    """
    steps = [re.sub(r" (-?\d+)$", r" = \1", step) for step in answer.split(", ")]
    return ", ".join(steps).replace("*", "×").replace("-", "−")


if __name__ == "__main__":
    PLACE.write_text(json.dumps(draw(), indent=1) + "\n", encoding="utf-8")
