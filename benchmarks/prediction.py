"""How far predictions beyond n were off, how often their intervals held the truth, and what is found where nothing is.

    python -m benchmarks.prediction            measure (some eight minutes of one core) and write
    python -m benchmarks.prediction --pages    only write the page anew from data/

Writes data/prediction_coverage.csv and data/aa_splits.csv, which notebook 09 shows, and results/prediction.md.

Predictions: data sets are drawn from a population whose pass@k is known, for real models problems with replacement and
from each problem n of its samples without; each method says from them what lies at 2n, 4n, 16n and 64n. Error is the
mean distance from the truth. A model's own interval is its value +- 1.96 standard deviations over data sets whose
problems are drawn again (bootstrap), cut to [0, 1].

A against A: one model's 128 samples of each MATH500 problem are split in two halves at random and compared.
"""

import argparse
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from passk_lab.metrics import (
    pass_at_k_beyond,
    pass_at_k_curve,
    pass_at_k_plugin,
    pass_at_k_posterior_mean,
)
from passk_lab.metrics.prediction import MODELS
from tests.metrics.coverage import LEVEL, Effects, Mixture, halves
from tests.metrics.published import counts, rows

ROOT = Path(__file__).parent.parent
COVERAGE, SPLITS = ROOT / "data" / "prediction_coverage.csv", ROOT / "data" / "aa_splits.csv"
PAGE = Path(__file__).parent / "results" / "prediction.md"
SETS, RESAMPLES, HALVES, SEED = 35, 50, 1000, 0


# --- populations ------------------------------------------------------------------------------------------------

Draw = Callable[[np.random.Generator], tuple[Any, Any]]
"""A data set of n samples a problem: the counts, and the population's pass@k as a function of k."""


def real(table: str, n: int, where: dict[str, str]) -> Draw:
    """Problems of a bundled table, drawn with replacement; of their samples, n without."""
    have, right = counts(table, **where)

    def draw(rng: np.random.Generator) -> tuple[Any, Any]:
        which = rng.integers(0, right.size, right.size)
        c = rng.hypergeometric(right[which], (have - right)[which], n)
        return c, lambda ks: pass_at_k_curve(have, right, ks)

    return draw


def simulated(of: Mixture | Effects, problems: int, n: int) -> Draw:
    def draw(rng: np.random.Generator) -> tuple[Any, Any]:
        return rng.binomial(n, of.draw(rng, problems)), lambda ks: np.array([of.truth(int(k)) for k in ks])

    return draw


PYTHIA, MATH500 = "monkeys_pythia_math_n10000.csv", "math500_qwen2.5-7b_base_vs_simplerl.csv"


@dataclass(frozen=True)
class Population:
    name: str
    n: int
    times: tuple[int, ...]
    """k over n."""
    draws: tuple[Draw, ...]
    """Taken in turn."""


def populations() -> list[Population]:
    models = list(dict.fromkeys(row["model"] for row in rows(PYTHIA)))
    pythia = [(n, tuple(real(PYTHIA, n, {"model": model}) for model in models)) for n in (16, 64)]
    made = [
        Mixture("30 % have p = 0, else Beta(.3, 3)", 0.3, 3, never=0.3),
        Mixture("Beta(.2, 4)", 0.2, 4),
        Effects("log odds normal, -4 and 3", -4.0, 3.0),
        Mixture("half have p = .002, else 1", always=0.5, value=0.002),
    ]
    return [
        *(Population("Pythia, 7 models, 128 MATH problems", n, (2, 4, 16, 64), draws) for n, draws in pythia),
        Population("MATH500, base and RL", 8, (2, 4, 16), tuple(real(MATH500, 8, {"arm": a}) for a in ("base", "rl"))),
        *(Population(f"{of.name}; 200 problems", 16, (2, 4, 16, 64), (simulated(of, 200, 16),)) for of in made),
    ]


# --- methods ----------------------------------------------------------------------------------------------------

Said = tuple[Any, Any, Any]
"""Value, lower and upper end for each k; an interval that has no value of its own has None."""


def by_model(n: int, c: Any, ks: Any, resamples: int, rng: np.random.Generator) -> dict[str, Said]:
    """Each model's value, with its own interval; and the range over them."""
    values = {name: model(n, c, ks) for name, model in MODELS.items()}
    again: dict[str, list[Any]] = {name: [] for name in MODELS}
    for _ in range(resamples):
        other = rng.choice(c, c.size)
        for name, model in MODELS.items():
            again[name].append(model(n, other, ks))
    found: dict[str, Said] = {}
    for name, value in values.items():
        if value is not None:
            half = 1.96 * np.std([a for a in again[name] if a is not None], axis=0)
            found[name] = value, np.maximum(value - half, 0), np.minimum(value + half, 1)
    said = np.stack([value for value in values.values() if value is not None])
    found["range over the models"] = None, said.min(axis=0), said.max(axis=0)
    return found


def by_problem(n: int, c: Any, ks: Any, rng: np.random.Generator) -> dict[str, Said]:
    """What looks at each problem by itself: the flat prior, and c/n taken for p (with the bootstrap over problems)."""
    flat = pass_at_k_posterior_mean(n, c, ks, prior=(1, 1), level=LEVEL)
    each = pass_at_k_plugin(n, c[:, None], ks)
    means = rng.multinomial(c.size, np.full(c.size, 1 / c.size), size=400) @ each / c.size
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return {
        "flat prior on each problem": (flat.mean, flat.low, flat.high),
        "plug-in, c/n for p": (each.mean(axis=0), low, high),
    }


METHODS = ("flat prior on each problem", "plug-in, c/n for p", *MODELS, "range over the models", "bounds")


@dataclass(frozen=True)
class Cell:
    """One method at one k, over the data sets of one population."""

    population: str
    n: int
    k: int
    method: str
    sets: int
    error: float | None
    """Mean distance from the truth; None for a range or bounds, which are no one value."""
    covers: float
    width: float


def measured(of: Population, sets: int, seed: int = SEED, resamples: int = RESAMPLES) -> list[Cell]:
    rng = np.random.default_rng([seed, of.n, *of.name.encode()])
    ks = of.n * np.array(of.times)
    off: dict[str, list[Any]] = {method: [] for method in METHODS}
    held: dict[str, list[Any]] = {method: [] for method in METHODS}
    wide: dict[str, list[Any]] = {method: [] for method in METHODS}
    for i in range(sets):
        c, truth_at = of.draws[i % len(of.draws)](rng)
        truth = truth_at(ks)
        said = {**by_problem(of.n, c, ks, rng), **by_model(of.n, c, ks, resamples, rng)}
        said["bounds"] = None, *pass_at_k_beyond(of.n, c, ks, LEVEL)
        for method, (value, low, high) in said.items():
            off[method].append(np.full(ks.size, np.nan) if value is None else np.abs(value - truth))
            held[method].append((low - 1e-9 <= truth) & (truth <= high + 1e-9))
            wide[method].append(high - low)
    cells = []
    for i, k in enumerate(ks.tolist()):
        for method in filter(held.get, METHODS):
            error, covers, width = (float(np.mean(a[method], axis=0)[i]) for a in (off, held, wide))
            value = None if np.isnan(error) else round(error, 4)
            cells.append(
                Cell(of.name, of.n, k, method, len(held[method]), value, round(covers, 4), round(width, 4))
            )  # fmt: skip
    return cells


# --- A against A ------------------------------------------------------------------------------------------------

ARMS = {"base": "Qwen2.5-7B", "rl": "SimpleRL-Zoo"}


@dataclass(frozen=True)
class Split:
    """Halves of one model's samples, compared with each other: shares of the comparisons."""

    model: str
    splits: int
    curves_change_order: float
    band_leaves_zero: float
    crossing_claimed: float


def split(arm: str, splits: int) -> Split:
    found = halves(splits, arm=arm)
    return Split(ARMS[arm], found.of, found.turned / found.of, found.missed / found.of, found.claimed / found.of)


# --- files ------------------------------------------------------------------------------------------------------


def write(path: Path, kind: type, lines: list[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as text:
        table = csv.writer(text, lineterminator="\n")
        names = [field.name for field in fields(kind)]
        table.writerow(names)
        table.writerows([["" if (v := getattr(line, name)) is None else v for name in names] for line in lines])


def page(cells: list[dict[str, str]], splits: list[dict[str, str]]) -> str:
    """The tables as text: of each cell the error, the share that held the truth, and the width."""
    lines = [
        "# Predictions beyond n, and A against A",
        "",
        f"Written by `python -m benchmarks.prediction`: seed {SEED}, {SETS} data sets a cell, {RESAMPLES} resamples.",
        "How it was measured stands at the head of `benchmarks/prediction.py`; the figures are in",
        "`data/prediction_coverage.csv` and `data/aa_splits.csv`. In each cell: mean distance from the truth /",
        "share of 95 % intervals that hold it / their mean width. "
        f"The standard error of a share near .9 is {(0.09 / SETS) ** 0.5:.2f}.",
        "",
    ]
    for name, n in dict.fromkeys((cell["population"], cell["n"]) for cell in cells):
        here = [cell for cell in cells if (cell["population"], cell["n"]) == (name, n)]
        ks = list(dict.fromkeys(cell["k"] for cell in here))
        lines += [
            f"## {name}, n = {n}",
            "",
            "| | " + " | ".join(f"k = {k}" for k in ks) + " |",
            "|---" * (len(ks) + 1) + "|",
        ]
        for method in METHODS:
            at = {cell["k"]: cell for cell in here if cell["method"] == method}
            shown = [
                " / ".join([_digits(at[k]["error"]), _digits(at[k]["covers"], 2), _digits(at[k]["width"])]) for k in ks
            ]
            lines.append(f"| {method} | " + " | ".join(shown) + " |")
        lines.append("")
    lines += [
        "## Halves of one model's samples (MATH500, 500 problems, 64 samples each)",
        "",
        "| model | splits | curves change their order at some k | the band leaves zero | a crossing is claimed |",
        "|---|---|---|---|---|",
        *(f"| {' | '.join(row.values())} |" for row in splits),
    ]
    return "\n".join(lines) + "\n"


def _digits(number: str, places: int = 3) -> str:
    return f"{float(number):.{places}f}".removeprefix("0") if number else "-"


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prediction", description="Coverage beyond n; A/A.")
    parser.add_argument("--pages", action="store_true", help="measure nothing, only write the page from data/")
    if not parser.parse_args().pages:
        write(SPLITS, Split, [split(arm, HALVES) for arm in ARMS])
        write(COVERAGE, Cell, list(_progress(partial(measured, sets=SETS))))
    PAGE.write_text(page(_table(COVERAGE), _table(SPLITS)), encoding="utf-8")


def _progress(measure: Callable[[Population], list[Cell]]) -> Iterator[Cell]:
    for of in populations():
        print(f"{of.name}, n = {of.n} ...", flush=True)
        yield from measure(of)


if __name__ == "__main__":
    main()
