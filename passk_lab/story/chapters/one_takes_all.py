"""One right answer takes all: gradient flow on a problem with several right answers."""

from passk_lab import explorers
from passk_lab.explorers.shipped._flows import CORRECT, TIMES, WRONG
from passk_lab.story.chapter import Chapter, Figure

PROSE = """
Many problems can be solved in more than one way. Here are {answers} answers, {right} of them right, and a *policy*: a
chance for each answer. There is no luck in it: training follows the average nudge, for a time *t*.

Press ▶, or [train on pass@1](k=1&t=100). Of the right answers the first begins just ahead, with {first:.0f} %
against {second:.0f} % of the second. It is drawn a little more often, so it is rewarded a little more often, so it is drawn
more often still: by t = {time:.0f} it has {won:.0f} %, and the other right answers starve.

Surely [training on pass@16](k=16&t=100) keeps them alive? At this moment, yes: {alive:.1f} of the {right} still live, where
{right} that are equally likely count {right}, and one that has taken over counts [1]{given}. But it has also learnt less: an answer
is right with chance {held_p:.2f}, and not {won_p:.2f}. [Wait long enough](k=16&t={late:.0f}) and its right answers go the same way, at a far slower clock: a
difference in practice, though not in direction. With one problem there is one path, and *k* just sets how fast it is walked.

When the policy has one answer left, pass@16 is pass@1: who asks again hears the same again. This is *exploration
collapse*.
"""


def chapter() -> Chapter:
    """Return the chapter."""
    won = explorers.collapse(k=1, t=100).numbers
    held = explorers.collapse(k=16, t=100).numbers
    return Chapter(
        name="one-takes-all",
        title="One right answer takes all",
        prose=PROSE,
        numbers={
            "answers": lambda: len(CORRECT) + WRONG,
            "right": lambda: len(CORRECT),
            "first": lambda: 100 * CORRECT[0],
            "second": lambda: 100 * CORRECT[1],
            "time": lambda: 100,
            "won": lambda: 100 * won["first"],
            "won_p": lambda: won["p"],
            "held_p": lambda: held["p"],
            "alive": lambda: held["effective"],
            "late": lambda: TIMES[-1],
        },
        figure=Figure(explorers.collapse(k=1, t=0), ["Policy"], ["t", "k"]),
        notebook="04_exploration_collapse",
    )
