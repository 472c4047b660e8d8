"""What a verifier that errs does to pass@k."""

from typing import Any

from passk_lab import explorers
from passk_lab.story.chapter import Chapter, Figure

PROSE = """
One more thing can go wrong: the judge. Say the verifier lets one wrong answer in {in_a:.0f} pass.

[A model that is wrong every time](p=0&k=1&a=0.01) is then seen to solve {once:.0f} % of its problems with one try. That looks
harmless. [With 128 tries](p=0&k=128&a=0.01) it is seen to solve {many:.0f} %. Asking again finds the verifier's mistakes just as it
finds the model's rare successes.

[If the model is right one time in 100](p=0.01&k=128&a=0.01), the verifier reports {seen:.0f} % solved where {true:.0f} % are; and if one accepted answer is picked (*best of k*), it is right in {chosen:.0f} % of cases. So before you believe a large pass@k, read
some of the answers that were accepted.
"""


def chapter() -> Chapter:
    """Return the chapter."""

    def said(p: float, k: int) -> dict[str, Any]:
        return explorers.imperfect_verifier(p=p, a=0.01, b=0.0, k=k).numbers

    rare = said(0.01, 128)
    return Chapter(
        name="verifier",
        title="And if the verifier errs?",
        prose=PROSE,
        numbers={
            "in_a": lambda: 1 / 0.01,
            "once": lambda: 100 * said(0.0, 1)["seen"],
            "many": lambda: 100 * said(0.0, 128)["seen"],
            "seen": lambda: 100 * rare["seen"],
            "true": lambda: 100 * rare["true"],
            "chosen": lambda: 100 * rare["chosen"],
        },
        figure=Figure(explorers.imperfect_verifier(p=0.01, a=0.01, b=0.0, k=128), ["Seen"], ["k", "a", "p"]),
        notebook="10_detective",
    )
