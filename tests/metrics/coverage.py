"""How often intervals hold the truth: designs with known truths, and the tables of docs/intervals.md.

python -m tests.metrics.coverage    measure all of it (some ten minutes) and write the tables
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import betaln, expit

from passk_lab.metrics import (
    compare,
    curve_interval,
    pass_at_k,
    pass_at_k_beyond,
    pass_at_k_posterior_mean,
    success_at_k,
)
from tests.metrics.published import counts

PAGE = Path(__file__).parents[2] / "docs" / "intervals.md"
LEVEL = 0.95
SIMULATIONS, FITS, BEYONDS, SPLITS = 2000, 400, 300, 1000


# --- where p comes from -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mixture:
    """p = 0, p = 1, some value, or a Beta: each with a share."""

    name: str
    a: float = 1.0
    b: float = 1.0
    never: float = 0.0
    always: float = 0.0
    value: float | None = None
    """Instead of the Beta."""

    def draw(self, rng: np.random.Generator, size: int) -> Any:
        p = rng.beta(self.a, self.b, size) if self.value is None else np.full(size, self.value)
        u = rng.random(size)
        return np.where(u < self.never, 0.0, np.where(u > 1 - self.always, 1.0, p))

    def truth(self, k: int) -> float:
        if self.value is None:
            inner = 1 - np.exp(betaln(self.a, self.b + k) - betaln(self.a, self.b))
        else:
            inner = 1 - (1 - self.value) ** k
        return float(self.always + (1 - self.never - self.always) * inner)

    def draw_in(self, rng: np.random.Generator, groups: Any, shared: float) -> Any:
        """Each problem has its group's p with this chance, and else its own."""
        own, of_group = self.draw(rng, groups.size), self.draw(rng, int(groups.max()) + 1)[groups]
        return np.where(rng.random(groups.size) < shared, of_group, own)


@dataclass(frozen=True)
class Effects:
    """The log odds of p are normal; with groups, part of their variance is an effect that a group shares."""

    name: str
    centre: float
    sd: float

    def draw(self, rng: np.random.Generator, size: int) -> Any:
        return expit(self.centre + self.sd * rng.standard_normal(size))

    def draw_in(self, rng: np.random.Generator, groups: Any, shared: float) -> Any:
        """`shared` is the part of the variance that is the group's."""
        of_group = rng.standard_normal(int(groups.max()) + 1)[groups]
        own = rng.standard_normal(groups.size)
        return expit(self.centre + self.sd * (np.sqrt(shared) * of_group + np.sqrt(1 - shared) * own))

    def truth(self, k: int) -> float:
        z = np.linspace(-9, 9, 4001)
        weight = np.exp(-(z**2) / 2)
        return float(success_at_k(expit(self.centre + self.sd * z), k) @ weight / weight.sum())


UNIFORM, HARD, EASY = Mixture("uniform"), Mixture("Beta(.2, 4)", 0.2, 4), Mixture("Beta(20, 1)", 20, 1)
ENDS = Mixture("Beta(.5, .5)", 0.5, 0.5)
FEW_SOLVABLE = Mixture("5 % have p = .3, else 0", never=0.95, value=0.3)
SOME_SURE = Mixture("30 % have p = 1, else Beta(.2, 4)", 0.2, 4, always=0.3)
NEARLY_ALL_SURE = Mixture("98 % have p = 1, else 0", never=0.02, always=0.98, value=0.5)


@dataclass(frozen=True)
class Design:
    """So many problems, sampled so often, read at k."""

    of: Mixture | Effects
    problems: int
    n: tuple[int, ...]
    """One number for all, or dealt out in turn."""
    k: int
    in_groups_of: tuple[int, ...] = (1,)
    """One size for all groups, or dealt out in turn."""
    shared: float = 0.7
    """Of groups: see `draw_in`. For a mixture .7 is an intraclass correlation of .49, and 1 makes copies."""

    @property
    def name(self) -> str:
        n = str(self.n[0]) if len(self.n) == 1 else "{" + ", ".join(map(str, self.n)) + "}"
        return f"{self.of.name} | {self.problems}{self.groups_in_words} | {n} | {self.k}"

    @property
    def groups_in_words(self) -> str:
        if self.in_groups_of == (1,):
            return ""
        if self.shared == 1:
            return f", copies by {self.in_groups_of[0]}"
        return ", in groups of " + " or ".join(map(str, self.in_groups_of))

    def draw(self, rng: np.random.Generator) -> tuple[Any, Any, Any, Any]:
        """p, n, c and groups of one data set."""
        if self.in_groups_of == (1,):
            p, groups = self.of.draw(rng, self.problems), None
        else:
            groups = np.repeat(np.arange(self.problems), np.resize(self.in_groups_of, self.problems))[: self.problems]
            p = self.of.draw_in(rng, groups, self.shared)
        n = np.resize(self.n, self.problems)
        return p, n, rng.binomial(n, p), groups


DESIGNS = (
    Design(UNIFORM, 5, (16,), 4),
    Design(EASY, 5, (4,), 4),
    Design(FEW_SOLVABLE, 10, (16,), 16),
    Design(FEW_SOLVABLE, 50, (16,), 8),
    Design(NEARLY_ALL_SURE, 20, (16,), 4),
    Design(SOME_SURE, 20, (16,), 1),
    Design(ENDS, 20, (8, 16, 32, 128), 4),
    Design(HARD, 1000, (8,), 1),
    Design(EASY, 200, (4,), 4),
    Design(HARD, 100, (128,), 64),
    Design(UNIFORM, 200, (16,), 8),
    Design(HARD, 150, (16,), 4, in_groups_of=(5,)),
)


# --- intervals of one curve -------------------------------------------------------------------------------------

Ends = tuple[float, float]


def bootstrap(n: Any, c: Any, k: int, rng: np.random.Generator) -> Ends:
    """The percentile bootstrap over problems, which the lab does not offer: what it would have said."""
    values, how_many = np.unique(pass_at_k(n, c, k), return_counts=True)
    means = rng.multinomial(c.size, how_many / c.size, size=1000) @ values / c.size
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


METHODS = ("gaffke", "t", "bootstrap", "these problems", "fitted prior")
PROMISED = {"gaffke": 0.95, "t": 0.93, "these problems": 0.92}
"""The least coverage that is stated; what is missing here is shown without a promise."""


def interval(method: str, n: Any, c: Any, k: int, groups: Any, rng: np.random.Generator) -> Ends:
    if method == "bootstrap":
        return bootstrap(n, c, k, rng)
    if method == "these problems":
        return tuple(curve_interval(n, c, k, LEVEL, target="these problems"))
    if method == "fitted prior":
        belief = pass_at_k_posterior_mean(n, c, k, level=LEVEL)
        return belief.low, belief.high
    return tuple(curve_interval(n, c, k, LEVEL, method=method, groups=groups))


@dataclass(frozen=True)
class Measured:
    hits: int
    of: int
    width: float

    @property
    def share(self) -> float:
        return self.hits / self.of


def measured(design: Design, method: str, simulations: int, seed: int = 0) -> Measured:
    """How often the interval holds the truth: of the population, or of the very problems drawn."""
    rng = np.random.default_rng([seed, DESIGNS.index(design), METHODS.index(method)])
    own = method in ("these problems", "fitted prior")
    hits, width = 0, 0.0
    for _ in range(simulations):
        p, n, c, groups = design.draw(rng)
        low, high = interval(method, n, c, design.k, groups, rng)
        truth = float(np.mean(success_at_k(p, design.k))) if own else design.of.truth(design.k)
        hits += low - 1e-9 <= truth <= high + 1e-9
        width += high - low
    return Measured(hits, simulations, width / simulations)


# --- beyond n ---------------------------------------------------------------------------------------------------

BEYOND = (
    Design(HARD, 200, (16,), 32),
    Design(HARD, 200, (16,), 64),
    Design(HARD, 200, (16,), 256),
    Design(Mixture("30 % have p = 0, else Beta(.3, 3)", 0.3, 3, never=0.3), 200, (16,), 64),
    Design(FEW_SOLVABLE, 100, (8,), 16),
    Design(ENDS, 60, (8, 16, 32), 32),
)


def measured_beyond(design: Design, simulations: int, seed: int = 1) -> Measured:
    rng = np.random.default_rng([seed, BEYOND.index(design)])
    hits, width = 0, 0.0
    for _ in range(simulations):
        _, n, c, _ = design.draw(rng)
        low, high = (end[0] for end in pass_at_k_beyond(n, c, [design.k], LEVEL))
        hits += low - 1e-9 <= design.of.truth(design.k) <= high + 1e-9
        width += high - low
    return Measured(hits, simulations, width / simulations)


# --- problems that belong together ------------------------------------------------------------------------------

NORMAL = Effects("log odds normal, -1.5 and 2", -1.5, 2.0)
GROUPED = (
    Design(HARD, 240, (8,), 4, in_groups_of=(4,), shared=1.0),
    Design(UNIFORM, 120, (16,), 8, in_groups_of=(4,), shared=1.0),
    Design(NORMAL, 150, (16,), 4, in_groups_of=(5,), shared=0.5),
    Design(NORMAL, 200, (8,), 8, in_groups_of=(2, 5, 13), shared=0.3),
    Design(HARD, 240, (8,), 16, in_groups_of=(4,), shared=1.0),
    Design(UNIFORM, 120, (4,), 8, in_groups_of=(4,), shared=1.0),
    Design(NORMAL, 150, (16,), 32, in_groups_of=(5,), shared=0.5),
)
IN_GROUPS = (
    ("population", True),
    ("population, t", True),
    ("population", False),
    ("fitted prior", True),
    ("fitted prior", False),
)
"""What is asked, and whether it is told the groups."""


def measured_in_groups(design: Design, method: str, told: bool, simulations: int, seed: int = 7) -> Measured | None:
    """Count as `measured` does, with the groups told or left out; beyond n the population's are the bounds, if told."""
    beyond = design.k > min(design.n)
    if beyond and (method, told) in (("population, t", True), ("population", False)):
        return None
    rng = np.random.default_rng([seed, GROUPED.index(design)])
    hits, width = 0, 0.0
    for _ in range(simulations):
        p, n, c, groups = design.draw(rng)
        groups = groups if told else None
        truth = design.of.truth(design.k)
        if method == "fitted prior":
            belief = pass_at_k_posterior_mean(n, c, design.k, level=LEVEL, groups=groups)
            low, high, truth = belief.low, belief.high, float(np.mean(success_at_k(p, design.k)))
        elif beyond:
            low, high = (end[0] for end in pass_at_k_beyond(n, c, [design.k], LEVEL, groups=groups))
        else:
            how = "t" if method == "population, t" else "gaffke"
            low, high = curve_interval(n, c, design.k, LEVEL, method=how, groups=groups)
        hits += low - 1e-9 <= truth <= high + 1e-9
        width += high - low
    return Measured(hits, simulations, width / simulations)


# --- two models -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """Of so many comparisons: bands that missed the truth at some k, crossings claimed, and of these the wrong ones."""

    of: int
    missed: int
    claimed: int
    off: int
    turned: int
    """Curves that change their order at some k, whatever a band says."""


def halves(simulations: int, seed: int = 2, arm: str = "base") -> Told:
    """A against A: the 128 samples of one model on MATH500, split in two at random."""
    n, c = counts("math500_qwen2.5-7b_base_vs_simplerl.csv", arm=arm)
    rng = np.random.default_rng(seed)

    def pairs() -> Iterator[Any]:
        while True:
            one = rng.hypergeometric(c, n - c, 64)
            yield one, c - one, None

    return _told(pairs(), 64, simulations, None, lambda ks: np.zeros(len(ks)))


def exchangeable(problems: int, simulations: int, seed: int = 3) -> Told:
    """Two models as good as each other, each with its own p at each problem: Beta(.2, 4)."""
    rng = np.random.default_rng([seed, problems])

    def pairs() -> Iterator[Any]:
        while True:
            yield *(rng.binomial(16, HARD.draw(rng, problems)) for _ in "ab"), None

    return _told(pairs(), 16, simulations, None, lambda ks: np.zeros(len(ks)))


def total_loss_on_few(problems: int, simulations: int, seed: int = 4) -> Told:
    """b is better by a little nearly everywhere and loses all on 3 %: equal in the mean at k = 1 = n."""
    rng = np.random.default_rng([seed, problems])

    def pairs() -> Iterator[Any]:
        while True:
            lost = rng.random(problems) < 0.03
            a = rng.binomial(64, np.where(lost, 1.0, 0.5))
            yield a, rng.binomial(64, np.where(lost, 0.0, 0.5 + 0.03 / 0.97)), None

    return _told(pairs(), 64, simulations, (1,), lambda ks: np.zeros(len(ks)))


def tenth_that_crosses(problems: int, simulations: int, seed: int = 5) -> Told:
    """b is right more often on nine tenths of the problems; on the last tenth only a ever is, rarely: they cross."""
    rng = np.random.default_rng([seed, problems])
    p_a, p_b = np.array([0.3, 0.03]), np.array([0.42, 0.0])
    share = np.array([0.9, 0.1])

    def pairs() -> Iterator[Any]:
        while True:
            which = (rng.random(problems) < share[1]).astype(int)
            yield rng.binomial(64, p_a[which]), rng.binomial(64, p_b[which]), None

    def truth(ks: Any) -> Any:
        return share @ (success_at_k(p_b[:, None], ks) - success_at_k(p_a[:, None], ks))

    return _told(pairs(), 64, simulations, None, truth)


def grouped_pairs(groups: int, simulations: int, seed: int = 6) -> Told:
    """Equal models again, but each problem stands there four times."""
    rng = np.random.default_rng([seed, groups])

    def pairs() -> Iterator[Any]:
        while True:
            p_a, p_b = (np.repeat(HARD.draw(rng, groups), 4) for _ in "ab")
            yield rng.binomial(16, p_a), rng.binomial(16, p_b), np.repeat(np.arange(groups), 4)

    return _told(pairs(), 16, simulations, None, lambda ks: np.zeros(len(ks)))


def _told(pairs: Iterator[Any], n: int, simulations: int, ks: Any, truth: Callable[[Any], Any]) -> Told:
    missed = claimed = off = turned = 0
    for i in range(simulations):
        a, b, groups = next(pairs)
        found = compare(n, a, n, b, ks=ks, level=LEVEL, seed=i, resamples=2000, groups=groups)
        real = truth(found.ks)
        missed += bool(((real < found.interval.low - 1e-9) | (real > found.interval.high + 1e-9)).any())
        turned += found.crossover.k is not None
        if found.crossover.shown:
            claimed += 1
            inside = found.ks[(real[:-1] * real[1:] <= 0).argmax()] if (real[:-1] * real[1:] <= 0).any() else -1
            off += not (real.any() and found.crossover.low <= inside + 1 and inside <= found.crossover.high)
    return Told(simulations, missed, claimed, off, turned)


PAIRS: dict[str, Callable[[int], Told]] = {
    "halves of one model's 128 samples, MATH500, 500 problems": halves,
    "equal models, p of both from Beta(.2, 4), 20 problems": partial(exchangeable, 20),
    "equal models, p of both from Beta(.2, 4), 100 problems": partial(exchangeable, 100),
    "a little better, lost on 3 %, 60 problems": partial(total_loss_on_few, 60),
    "a crossing carried by a tenth of 500 problems": partial(tenth_that_crosses, 500),
    "equal models, 60 problems of which each stands there four times (groups)": partial(grouped_pairs, 60),
}


# --- the page ---------------------------------------------------------------------------------------------------


def rows_of_curves(simulations: int = SIMULATIONS, fits: int = FITS) -> list[str]:
    lines = [
        "| p | problems | n | k | Gaffke | t | bootstrap | these problems | fitted prior |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for design in DESIGNS:
        cells = [measured(design, m, fits if m == "fitted prior" else simulations) for m in METHODS]
        lines.append(f"| {design.name} | " + " | ".join(f"{m.share:.3f} ({m.width:.3f})" for m in cells) + " |")
    return lines


def rows_of_beyond(simulations: int = BEYONDS) -> list[str]:
    lines = ["| p | problems | n | k | holds the truth | width |", "|---|---|---|---|---|---|"]
    for design in BEYOND:
        found = measured_beyond(design, simulations)
        lines.append(f"| {design.name} | {found.share:.3f} | {found.width:.3f} |")
    return lines


def rows_of_groups(simulations: int = SIMULATIONS, bounds: int = SIMULATIONS // 2, fits: int = FITS) -> list[str]:
    lines = [
        "| p | problems | n | k | population | population, t | told no groups | fitted prior | told no groups |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for design in GROUPED:
        cells = []
        for method, told in IN_GROUPS:
            beyond = fits if method == "fitted prior" else bounds
            found = measured_in_groups(design, method, told, beyond if design.k > min(design.n) else simulations)
            cells.append("" if found is None else f"{found.share:.3f} ({found.width:.3f})")
        lines.append(f"| {design.name} | " + " | ".join(cells) + " |")
    return lines


def rows_of_pairs(simulations: int = SPLITS) -> list[str]:
    lines = [
        "| two models | comparisons | band misses the truth at some k | crossings claimed | of these, off |",
        "|---|---|---|---|---|",
    ]
    for name, told in PAIRS.items():
        found = told(simulations)
        lines.append(f"| {name} | {found.of} | {found.missed / found.of:.3f} | {found.claimed} | {found.off} |")
    return lines


TABLES: dict[str, Callable[[], list[str]]] = {
    "curves": rows_of_curves,
    "beyond": rows_of_beyond,
    "groups": rows_of_groups,
    "pairs": rows_of_pairs,
}


def with_table(text: str, name: str, lines: list[str]) -> str:
    """Put lines between the marks of a table."""
    start, end = re.search(rf"<!-- {name}: python -m [\w.]+ -->", text), f"<!-- end of {name} -->"
    assert start, f"no mark for the table {name}"
    return text[: start.end()] + "\n\n" + "\n".join(lines) + "\n\n" + text[text.index(end) :]


def table(name: str) -> list[list[str]]:
    """Cells of a table as the page has them, without its head."""
    block = PAGE.read_text(encoding="utf-8").split(f"<!-- {name}: ")[1].split("<!-- end")[0]
    rows = re.findall(r"^\| (.*) \|$", block, re.MULTILINE)
    return [row.split(" | ") for row in rows[1:]]


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, rows in TABLES.items():
        text = with_table(text, name, rows())
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
