"""An answer of the network as an equation, as in "(3+4)*5 = 35", and what is wrong with one that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from passk_lab.lm.countdown import Countdown

_ATOM, _FACTOR, _TERM = 3, 2, 1
"""How tightly an expression holds together: a number, a product, a sum or difference."""


def equation(task: Countdown, prompt: Any, tokens: Any) -> tuple[str, str]:
    """Write an answer as one equation, and say why it is wrong; nothing where it is right.

    The steps of an answer are put into one another: "3 + 4 7, 7 * 5 35" is (3+4)*5 = 35. A step that is not true, or
    takes a number that is not there, cannot be; then the steps stand one after the other, as they were written.

    Parameters
    ----------
    task : Countdown
    prompt : sequence of int, length numbers + 1
        The numbers, and last the target.
    tokens : sequence of int, length T
        Any tokens.

    Returns
    -------
    equation, fault : str

    Examples
    --------
    >>> from passk_lab.lm import Countdown
    >>> task, plus, minus, times = Countdown(), 30, 31, 32
    >>> equation(task, [2, 3, 4, 20], [2, plus, 3, 5, 5, times, 4, 20])
    ('(2+3)*4 = 20', '')
    >>> equation(task, [2, 3, 4, 24], [2, plus, 3, 5, 5, times, 4, 20])
    ('(2+3)*4 = 20', '20 is not 24')
    >>> equation(task, [2, 3, 4, 24], [2, plus, 3, 6, 6, times, 4, 24])
    ('2+3 = 6, 6*4 = 24', '2+3 is 5')
    """
    *numbers, target = (int(number) for number in prompt)
    answer = [int(token) for token in tokens]
    steps = [answer[i : i + 4] for i in range(0, len(answer), 4)]
    if any(_misplaced(task, step) for step in steps):
        return task.spell(answer), "this is no calculation"
    pool = [(number, str(number), _ATOM) for number in numbers]
    for a, op, b, c in steps:
        sign, taken = "+-*"[op - task.values], []
        for value in (a, b):
            place = next((i for i, (there, _, _) in enumerate(pool) if there == value), None)
            if place is None:
                return _one_by_one(task, steps), f"there is no {value} to take"
            taken.append(pool.pop(place))
        result = {"+": a + b, "-": a - b, "*": a * b}[sign]
        if c != result:
            return _one_by_one(task, steps), f"{a}{sign}{b} is {result}"
        pool.append((c, *_joined(sign, taken[0], taken[1])))
    value, text, _ = pool[-1]
    return f"{text} = {value}", "" if value == target else f"{value} is not {target}"


def _misplaced(task: Countdown, step: list[int]) -> bool:
    a, op, b, c = step
    return op < task.values or max(a, b, c) >= task.values


def _one_by_one(task: Countdown, steps: list[list[int]]) -> str:
    return ", ".join(f"{a}{'+-*'[op - task.values]}{b} = {c}" for a, op, b, c in steps)


def _joined(sign: str, left: tuple[int, str, int], right: tuple[int, str, int]) -> tuple[str, int]:
    """Join two expressions by a sign, in as few parentheses as keep the meaning."""
    holds = _FACTOR if sign == "*" else _TERM
    least_right = _FACTOR if sign == "-" else holds  # a - (b - c), but a + b - c and a * b * c
    sides = [
        text if tight >= least else f"({text})" for (_, text, tight), least in ((left, holds), (right, least_right))
    ]
    return sign.join(sides), holds
