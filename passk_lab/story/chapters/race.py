"""Bet, then race: two objectives train one policy side by side."""

from passk_lab import play
from passk_lab.play import paths
from passk_lab.play.racers import TRIES
from passk_lab.play.settings import RACE, accept
from passk_lab.play.worlds import PROMPTS
from passk_lab.story.chapter import Chapter

PROSE = """
See it happen. Two goals train the same policy, each on its own side, on the same {prompts} problems that share a few strategies.
Both sides have the same luck: each answer is drawn with the same random number. Right answers are counted, credit is given
by the goal's own table, and one step is taken. Which side will solve more problems within {k} tries? Bet, then let it run.
"""

AFTER = """
Without the luck of single draws, training on pass@1 takes what is solved within {k} tries from {start:.0f} to
{first:.0f} %, and training on pass@{k} to {second:.0f} %. Now choose other goals, or problems that share no strategies, where pass@k
has much less to give. And press *40 more seeds* before you believe a single race.
"""


_START = accept(RACE, {})


def _solved(racer: str) -> list[float]:
    """Per cent that is solved within k tries, along the path of the exact mean update."""
    k, n = _START["k"], _START["n"]
    rows = paths.shipped()[paths.name_of(_START["world"], racer, k, n)]
    row = rows[1] if len(rows) == 2 else rows[1 + TRIES.index(k)]
    return [100 * height / paths.WHOLE for height in row]


def chapter() -> Chapter:
    """Return the chapter."""
    first, second = (_solved(_START[side]) for side in ("left", "right"))
    return Chapter(
        name="race",
        title="Bet, then let two goals race",
        prose=PROSE,
        numbers={
            "prompts": lambda: PROMPTS,
            "k": lambda: _START["k"],
            "start": lambda: first[0],
            "first": lambda: first[-1],
            "second": lambda: second[-1],
        },
        played=play.race_part(),
        after=AFTER,
        notebook="05_many_prompts",
    )
