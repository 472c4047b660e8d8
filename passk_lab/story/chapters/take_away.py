"""What to take away, and where to go on."""

from passk_lab.story.chapter import Chapter

PROSE = """
*pass@k* is the chance that one of *k* answers is right. Watch it beside pass@1: the gap between them is what asking
again still finds, and when it closes, exploration is over.

*The paper's claim holds* for a problem by itself. To train on pass@k is to train on pass@1 with another weight; the
weight is gone where the problem is solved, right answers are missing where it is not, and in the policy shown above one
right answer wins, whichever *k* is trained on.

*It stops* where many problems share one model. There pass@k can want what pass@1 throws away, and it can be
worth having, if noise does not drown it. How that balance falls in large models is open: what is shown here is exact in
small worlds, measured in one small network and in a few public ones, and no more.

*If you train models*: report pass@k beside pass@1, and look for answers that have gone. If you want exploring, reward
exploring itself. And check the verifier.
"""

AFTER = """
Where to go on: each chapter names a notebook of the lab, in which you derive, check and dispute what is said here, and
train the small network yourself. With Python and the project's folder, `make lab` opens it. If you have counts of your
own, `passk-lab diagnose trained.jsonl --base base.jsonl` says what they show, with intervals, and what they do not.
"""


def chapter() -> Chapter:
    """Return the chapter."""
    return Chapter(name="take-away", title="What to take away", prose=PROSE, after=AFTER, notebook="12_verdict")
