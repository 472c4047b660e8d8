"""What holds answers open: nothing, an entropy bonus, a KL term."""

from typing import Any

from passk_lab import explorers
from passk_lab.explorers.shipped._flows import CORRECT
from passk_lab.story.chapter import Chapter, Figure

PROSE = """
The paper's advice: use pass@k to *see* whether a model still explores, and pay for exploring by other means. Back to the
policy with {right} right answers, trained on pass@1.

[Held by nothing](hold=nothing&t=1000), it collapses. [An entropy bonus](hold=entropy bonus&strength=0.1&t=1000), a
payment for being unsure, keeps {bonus:.1f} right answers alive. [A weaker one](hold=entropy bonus&strength=0.03&t=1000)
comes too late at first: at the same moment {bonus_weak:.2f} live, and [ages later](hold=entropy bonus&strength=0.03&t=1e5)
they are back, {bonus_late:.0f} of them. [A forward KL](hold=forward KL to the start&strength=0.1&t=1000) pays for
staying near the policy that training began with. It pulls the harder the rarer an answer has become, and {kl:.1f} live.

There is a price. Unheld, the policy is right with chance {free_p:.2f}, with the bonus {bonus_p:.2f}, with the KL
{kl_p:.2f}, for it keeps wrong answers open too. In these few answers the bonus is the better buy. In a network it can run
away and undo what was learnt, as the notebook shows.
"""


def chapter() -> Chapter:
    """Return the chapter."""

    def said(hold: str, strength: float, t: float) -> dict[str, Any]:
        return explorers.held_open(objective="pass@1", hold=hold, strength=strength, t=t).numbers

    kl, bonus = (said(hold, 0.1, 1000) for hold in ("forward KL to the start", "entropy bonus"))
    assert kl["p"] < bonus["p"]
    assert kl["effective"] < bonus["effective"]
    return Chapter(
        name="held-open",
        title="What holds answers open",
        prose=PROSE,
        numbers={
            "right": lambda: len(CORRECT),
            "bonus": lambda: bonus["effective"],
            "bonus_p": lambda: bonus["p"],
            "bonus_weak": lambda: said("entropy bonus", 0.03, 1000)["effective"],
            "bonus_late": lambda: said("entropy bonus", 0.03, 1e5)["effective"],
            "kl": lambda: kl["effective"],
            "kl_p": lambda: kl["p"],
            "free_p": lambda: said("nothing", 0.1, 1000)["p"],
        },
        figure=Figure(
            explorers.held_open(objective="pass@1", hold="nothing", strength=0.1, t=0),
            ["Policy"],
            ["t", "hold", "strength"],
        ),
        notebook="08_exploring_on_purpose",
    )
