"""An objective of one's own, for tests that register some."""

import numpy as np

from passk_lab.objectives import Credit, Face, Objective


def toy(scale=0.5, **more):
    """F = scale * p, with REINFORCE's table times scale."""
    usual = {
        "equation": r"s\,p", "source": "a test", "unbiased": True,
        "F": Face(lambda xp, p: scale * p, 0.0, scale),
        "slope": Face(lambda xp, p: 0 * p + scale, scale, scale),
        "table": lambda n: Credit(np.full(n + 1, scale), np.zeros(n + 1)),
    }  # fmt: skip
    return Objective(**{**usual, **more})
