"""The whole pass@k curve of a million problems, beside one np.bincount over their counts.

No program can average over problems without looking once at each count, and np.bincount does little more than look:
the ratio says how near the curve for all 1024 values of k comes to the least that it could cost.
"""

import numpy as np

from benchmarks.measure import Result, Row, interleaved, times
from passk_lab import metrics

PROBLEMS, SAMPLES, TARGET = 1_000_000, 1024, 15.0


def run() -> Result:
    generator = np.random.default_rng(0)
    # Many prompts nearly always or nearly never solved, all counts from 0 to n present.
    counts = generator.binomial(SAMPLES, generator.beta(0.4, 0.8, PROBLEMS)).astype(np.int64)
    curve = metrics.pass_at_k_curve(SAMPLES, counts)
    assert curve.size == SAMPLES
    assert np.isclose(curve[0], counts.mean() / SAMPLES, rtol=1e-12)
    taken = interleaved(
        {
            "ours": lambda: metrics.pass_at_k_curve(SAMPLES, counts),
            "bincount": lambda: np.bincount(counts),
            "min and max": lambda: (counts.min(), counts.max()),
        },
        repeats=31,
    )
    ratio = taken["ours"].median / taken["bincount"].median
    fastest = taken["ours"].fastest / taken["bincount"].fastest
    row = Row(
        f"mean pass@k for all k = 1..{SAMPLES} over {PROBLEMS:,} problems, beside one np.bincount",
        taken["ours"].text(), taken["bincount"].text(),
        f"{times(ratio)} the time", f"at most {TARGET:g}x", ratio <= TARGET,
    )  # fmt: skip
    figures = {
        "ratio": ratio, "ratio_of_fastest": fastest, "distinct_counts": int(np.unique(counts).size),
        **{name.replace(" ", "_"): t.figures() for name, t in taken.items()},
    }  # fmt: skip
    return Result([row], figures)
