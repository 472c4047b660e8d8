"""The whole pass@k curve of a million problems, beside one np.bincount over their counts.

No program can average over problems without looking once at each count, and np.bincount does little more than look:
the ratio says how near the curve for all 1024 values of k comes to the least that it could cost.
"""

import numpy as np

from benchmarks.measure import Result, Row, interleaved
from passk_lab import metrics

PROBLEMS, SAMPLES, TARGET = 1_000_000, 1024, 15.0


def run() -> Result:
    generator = np.random.default_rng(0)
    # Many prompts nearly always or nearly never solved, all counts from 0 to n present.
    counts = generator.binomial(SAMPLES, generator.beta(0.4, 0.8, PROBLEMS)).astype(np.int64)
    curve = metrics.pass_at_k_curve(SAMPLES, counts)
    assert curve.size == SAMPLES and np.isclose(curve[0], counts.mean() / SAMPLES, rtol=1e-12)
    times = interleaved(
        {
            "ours": lambda: metrics.pass_at_k_curve(SAMPLES, counts),
            "bincount": lambda: np.bincount(counts),
            "min and max": lambda: (counts.min(), counts.max()),
        },
        repeats=31,
    )
    ratio = times["ours"].median / times["bincount"].median
    fastest = times["ours"].fastest / times["bincount"].fastest
    row = Row(
        f"mean pass@k for all k = 1..{SAMPLES} over {PROBLEMS:,} problems, beside one np.bincount",
        times["ours"].text(), times["bincount"].text(), ratio, f"at most {TARGET:g}x", ratio <= TARGET,
    )  # fmt: skip
    figures = {
        "ratio": ratio, "ratio_of_fastest": fastest, "distinct_counts": int(np.unique(counts).size),
        **{name.replace(" ", "_"): t.figures() for name, t in times.items()},
    }  # fmt: skip
    return Result([row], figures)
