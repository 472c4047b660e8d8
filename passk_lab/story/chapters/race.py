"""Bet, then race: two objectives train one policy side by side."""

import numpy as np

from passk_lab import play
from passk_lab.play import paths
from passk_lab.play.racers import TRIES, called
from passk_lab.play.settings import RACE, accept
from passk_lab.play.worlds import PROMPTS
from passk_lab.story.chapter import Chapter

PROSE = """
See it happen. Two goals train the same policy, each on its own side, on the same {prompts} problems that share a few strategies.
Both sides have the same luck: each answer is drawn with the same random number. Right answers are counted, each answer
gets its credit, and one step is taken. On the left the goal is pass@1: an answer earns what it is better than the others.
On the right it is pass@{k}, in the form called *{right}*: it earns what it adds to sets of {others} others, which is much
where they are wrong. Where both solve equally many in one try, which side will solve more in {k}? With your bet it begins.
"""

AFTER = """
Without the luck of single draws, training on pass@1 lifts what is solved within {k} tries from {start:.0f} to {peak:.0f} %
and then lets it fall to {first:.0f} %; training on pass@{k} ends at {second:.0f} %. That has its price: at the end one try
solves {first_one:.0f} % on the left and {second_one:.0f} % on the right. And press *40 more seeds* when it has run: a
single race may be luck.

Now choose other goals, or problems that share no strategies. There pass@1 throws no strategy away; still pass@{k} is [ahead
where both solve equally many in one try]{own_ahead}, since it turns to the hard problems first.
"""


_START = accept(RACE, {})


def _solved(racer: str, world: str = _START["world"]) -> tuple[list[float], list[float]]:
    """Per cent that is solved in one try, and within k, along the path of the exact mean update."""
    k, n = _START["k"], _START["n"]
    rows = paths.shipped()[paths.name_of(world, racer, k, n)]
    many = rows[1] if len(rows) == 2 else rows[1 + TRIES.index(k)]
    one, within = ([100 * height / paths.WHOLE for height in row] for row in (rows[0], many))
    return one, within


def _ahead_where_nothing_is_shared() -> bool:
    """Whether pass@k solves more at each pass@1 that both reach, from a tenth of the way on, on prompts of their own."""
    (one, many), (other_one, other_many) = (_solved(_START[side], "own") for side in ("left", "right"))
    start, end = one[0], min(max(one), max(other_one))
    levels = [start + share / 10 * (end - start) for share in range(1, 10)]
    return all(np.interp(at, other_one, other_many) > np.interp(at, one, many) for at in levels)


def chapter() -> Chapter:
    """Return the chapter."""
    (first_one, first), (second_one, second) = (_solved(_START[side]) for side in ("left", "right"))
    return Chapter(
        name="race",
        title="Bet, then let two goals race",
        prose=PROSE,
        numbers={
            "prompts": lambda: PROMPTS,
            "right": lambda: called(_START["right"], _START["k"]),
            "others": lambda: _START["k"] - 1,
            "k": lambda: _START["k"],
            "start": lambda: first[0],
            "own_ahead": _ahead_where_nothing_is_shared,
            "peak": lambda: max(first),
            "first": lambda: first[-1],
            "second": lambda: second[-1],
            "first_one": lambda: first_one[-1],
            "second_one": lambda: second_one[-1],
        },
        played=play.race_part(),
        after=AFTER,
        notebook="05_many_prompts",
    )
