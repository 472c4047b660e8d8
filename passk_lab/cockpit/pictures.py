"""The pictures of a run: one description, drawn live in the cockpit, as a figure, or of a run that has ended."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from passk_lab.cockpit import report
from passk_lab.cockpit.choices import draws_of
from passk_lab.explorers.description import Axis, Band, Cloud, Description, Heat, Line, Mark, Panel, Rule
from passk_lab.explorers.expression import Coordinate, Number, Table, Value
from passk_lab.lm.run import ChangeRecord, EvaluationRecord, StepRecord, is_change, is_evaluation, is_step

if TYPE_CHECKING:
    from passk_lab.lm import Run

NAMES = ("curve", "map", "batch", "silent", "entropy", "distinct", "norm")
"""The pictures, in order."""
GROWING = ("step", "evaluated", "changed")
"""Dimensions that grow as the run goes on."""
DRAWS = 2 ** np.arange(11)
"""Values of k at which a run is evaluated."""
OVER = 10
"""Steps of the trailing mean that a noisy line is drawn as."""
ROWS = 200
"""Most prompts in the map: of more, each would be less than a pixel high."""
STEPS, EVALUATIONS = 1000, 300
"""Most steps and evaluations in a description: more of them would share a pixel. Means are taken before thinning."""

_CLOUDS = ("pass_at_1", "pass_at_k", "entropy", "distinct", "gradient_norm")
"""Diagnostics drawn for each step by itself."""
_MEANS = ("pass_at_1", "pass_at_k", "gap", "wrong", "alike", "silent", "entropy", "distinct", "gradient_norm")
"""Diagnostics drawn as a trailing mean."""
_ENDS = (50, 100, 200, 400, 800, 1600)
"""Where the axis of steps may end before the run has reached its last one."""


def of_run(run: Run) -> Description:
    """Describe a run, finished or not: its pass@k, its prompts, and seven diagnostics as it went.

    Parameters
    ----------
    run : Run
        As `lm.train` and `lm.load_run` return it, or a cockpit's.

    Returns
    -------
    Description
        To be drawn as any other: `explorers.Explorer(description)` shows it, its `figure()` prints it.

    Examples
    --------
    >>> from passk_lab.lm import TrainConfig, train
    >>> run = train(TrainConfig(objective="grpo", steps=3, prompts=4, n=8, watch=8, judged=2))
    >>> description = of_run(run)
    >>> description.axes["step"]
    [1.0, 2.0, 3.0]
    >>> description.title
    'A run of grpo, seed 0'
    """
    pictures = Pictures(run)
    pictures.follow()
    return pictures.description()


class Place(NamedTuple):
    """How far somebody has been told of a run: so many steps, evaluations and changes."""

    steps: int = 0
    evaluations: int = 0
    changes: int = 0


class Pictures:
    """The numbers of a run's pictures, kept up with the run: each record is read once.

    Parameters
    ----------
    run : Run
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._read = 0
        self._raw: dict[str, list[float]] = {name: [] for name in dict.fromkeys(_CLOUDS + _MEANS)}
        self._mean: dict[str, list[float]] = {name: [] for name in _MEANS}
        self._steps: list[float] = []
        self._evaluated: list[float] = []
        self._chances: list[np.ndarray] = []
        self._changed: list[float] = []
        self._shown = np.zeros(0, dtype=int)
        none = np.full(len(DRAWS), math.nan)
        self._curves: dict[str, Any] = {"base": none, "seen": none, "unseen": none}
        # Where a mechanism moves the objective, no one k is the one that is trained on.
        draws = "" if run.config.make_mechanisms().filling("objective") else draws_of(run.config.objective)
        self._draws, self._k = draws, float(run.config.parameters.get(draws, math.nan)) if draws else math.nan

    def follow(self) -> None:
        """Read the records that are new in the run's history."""
        history = self.run.history
        for record in history[self._read :]:
            if is_step(record):
                self._step(record)
            elif is_evaluation(record):
                self._evaluation(record)
            elif is_change(record):
                self._change(record)
            self._read += 1

    @property
    def place(self) -> Place:
        """How far this has read."""
        return Place(len(self._steps), len(self._evaluated), len(self._changed))

    def numbers(self, since: Place | None = None) -> tuple[dict[str, Any], dict[str, Table]]:
        """Give axes and tables: all, at most `STEPS` and `EVALUATIONS` of each; or what is new since a place."""
        steps, evaluations = (
            (_thinned(len(self._steps), STEPS), _thinned(len(self._evaluated), EVALUATIONS))
            if since is None
            else (np.arange(since.steps, len(self._steps)), np.arange(since.evaluations, len(self._evaluated)))
        )
        rows = len(self._shown)
        axes = {
            "step": [self._steps[i] for i in steps],
            "evaluated": [self._evaluated[i] for i in evaluations],
            "changed": self._changed[since.changes if since else 0 :],
            "k": DRAWS.tolist(),
            "prompt": list(range(rows)),
            "border": (np.arange(rows + 1) / max(rows, 1)).tolist(),
        }
        tables = {name: Table(("step",), [self._raw[name][i] for i in steps]) for name in _CLOUDS}
        tables |= {f"{name} mean": Table(("step",), [self._mean[name][i] for i in steps]) for name in _MEANS}
        chances = np.reshape([self._chances[i] for i in evaluations], (len(evaluations), rows))
        tables |= {"chance": Table(("evaluated", "prompt"), chances)}
        tables |= {name: Table(("k",), curve) for name, curve in self._curves.items()}
        tables |= {name: Table((), value) for name, value in self._single().items()}
        return axes, tables

    def titles(self) -> list[str]:
        """Say over each picture what it shows, or what it has found so far."""
        found = report.captions(self.run)
        watch, n = self.run.config.watch, self.run.config.n
        return [
            found["curve"],
            found["map"],
            f"In the batch: pass@1, pass@{watch}, and the gap between them",
            "Groups that teach nothing: all wrong, or all right",
            "Entropy: how open an answer is while it is written",
            f"Distinct right solutions in a group of {n}",
            "Raw gradient norm, before clipping and before Adam rescales it",
        ]

    def description(self) -> Description:
        """Describe the run so far."""
        config = self.run.config
        on = "all" if config.judged is None else config.judged
        axes, tables = self.numbers()
        return Description(
            name="run",
            title=f"A run of {config.label}, seed {config.seed}" + (", on a GPU" if config.device == "cuda" else ""),
            summary="Exact pass@k of a training run beside its base, its prompts, and its diagnostics step by step.",
            controls=[],
            axes=axes,
            tables=tables,
            panels=_panels(self.titles(), config.watch),
            readouts=[],
            sentences=[report.words(self.run)],
            source=f"Evaluated exactly, every {config.evaluate_every} steps, on the prompts of {on} "
            "held-out sets of numbers and as many seen ones. "
            f"Lines over steps are means of the last {OVER} steps; dots are single steps; a dashed upright "
            "line marks a change made while the run went on.",
        )

    def _single(self) -> dict[str, float]:
        """Numbers that belong to no step: where axes end, where the last column of the map ends, k."""
        config, done = self.run.config, self._steps[-1] if self._steps else 0
        reach = next((end for end in _ENDS if end >= done + 1), config.steps)
        norms = [norm for norm in self._raw["gradient_norm"] if norm > 0]
        return {
            "trained k": self._k,
            "last step": min(max(1, config.steps), reach),
            "until": (self._evaluated[-1] if self._evaluated else 0) + config.evaluate_every,
            "room": math.nan if self._steps else 4.0,
            "least norm": 2.0 ** math.floor(math.log2(min(norms))) if norms else 0.5,
            "largest norm": 2.0 ** math.ceil(math.log2(1.01 * max(norms))) if norms else 8.0,
        }

    # One record

    def _step(self, record: StepRecord) -> None:
        self._steps.append(float(record["step"]))
        wrong, right = _finite(record.get("all_wrong")), _finite(record.get("all_right"))
        for name, column in self._raw.items():
            own = {"wrong": wrong, "alike": wrong + right}
            column.append(own[name] if name in own else _finite(record.get(name)))
        for name, column in self._mean.items():
            column.append(_mean(self._raw[name][-OVER:]))

    def _evaluation(self, record: EvaluationRecord) -> None:
        chances = np.asarray(record["unseen"]["p"], dtype=np.float64)
        if not self._evaluated:
            self._shown = shown_prompts(chances)
            self._curves["base"] = record["unseen"]["pass_at"]
        self._evaluated.append(float(record["step"]))
        self._chances.append(chances[self._shown])
        self._curves |= {"seen": record["seen"]["pass_at"], "unseen": record["unseen"]["pass_at"]}

    def _change(self, record: ChangeRecord) -> None:
        self._changed.append(float(record["step"]))
        if record["name"] == self._draws:
            self._k = float(record["value"])


def shown_prompts(base: np.ndarray) -> np.ndarray:
    """Prompts of the map, from the base's hardest to its easiest, evenly along that order.

    >>> shown_prompts(np.array([0.5, 0.1, 0.9])).tolist()
    [1, 0, 2]
    """
    order = np.argsort(base, kind="stable")
    return order[np.linspace(0, len(order) - 1, min(ROWS, len(order))).round().astype(int)]


def _panels(titles: list[str], watch: int) -> list[Panel]:
    steps = Axis("training step", 0, Value("last step"))
    changes = Rule(role="guide", x=Coordinate("changed"))

    def share(label: str) -> Axis:
        return Axis(label, 0, 1)

    axes_and_marks: list[tuple[Axis, Axis, list[Mark]]] = [
        (
            Axis("draws k", 1, 1024, scale="log2"),
            share("pass@k, exact"),
            [
                Rule(role="guide", x=Value("trained k"), label="trained k"),
                _curve("base", "before", "base", 0.2, below=True),
                _curve("seen", "exact", "seen numbers", 0.2),
                _curve("unseen", "pass@k", "held-out numbers", 0.8, below=True),
            ],
        ),
        (
            steps,
            share("share of prompts, hardest below"),
            [
                Heat(
                    role="guide",
                    x=Coordinate("evaluated"),
                    until=Value("until"),
                    y=Coordinate("border"),
                    z=Value("chance", along="evaluated", across="prompt"),
                    ends=("never, p = 0", "p = 1, always"),
                )
            ],
        ),
        (
            steps,
            share("success in the batch"),
            [
                _layer(Value("pass_at_1 mean", along="step"), "pass_at_k", "gap", strength=0.2),
                changes,
                _cloud("pass_at_1", "pass@1"),
                _cloud("pass_at_k", "pass@k"),
                _trend("pass_at_1", "pass@1", "pass@1", 0.5),
                _trend("pass_at_k", "pass@k", f"pass@{watch}", 0.5),
                _trend("gap", "gap", "gap", 0.15),
            ],
        ),
        (
            steps,
            share("share of groups"),
            [
                _layer(Number(0), "wrong", "wrong", "all wrong", 0.25),
                _layer(Value("wrong mean", along="step"), "alike", "correct", "all right", 0.6),
                changes,
                _trend("silent", "exact", "no signal", 0.95),
            ],
        ),
        (
            steps,
            Axis("nats an answer", 0, Value("room")),
            [changes, _cloud("entropy", "pass@1"), _trend("entropy", "pass@1")],
        ),
        (
            steps,
            Axis("solutions", 0, Value("room")),
            [changes, _cloud("distinct", "correct"), _trend("distinct", "correct")],
        ),
        (
            steps,
            Axis("gradient norm", Value("least norm"), Value("largest norm"), scale="log2"),
            [changes, _cloud("gradient_norm", "exact"), _trend("gradient_norm", "exact")],
        ),
    ]
    return [Panel(title, *rest) for title, rest in zip(titles, axes_and_marks, strict=True)]


def _curve(table: str, role: str, label: str, label_at: float, below: bool = False) -> Line:
    curve = Value(table, along="k")
    return Line(role=role, label=label, x=Coordinate("k"), y=curve, label_at=label_at, below=below)


def _cloud(table: str, role: str) -> Cloud:
    return Cloud(role=role, x=Coordinate("step"), y=Value(table, along="step"))


def _trend(table: str, role: str, label: str = "", label_at: float = 0.6) -> Line:
    mean = Value(f"{table} mean", along="step")
    return Line(role=role, label=label, x=Coordinate("step"), y=mean, label_at=label_at)


def _layer(low: Any, table: str, role: str, label: str = "", label_at: float = 0.6, strength: float = 0.55) -> Band:
    high = Value(f"{table} mean", along="step")
    return Band(role=role, label=label, x=Coordinate("step"), low=low, high=high, label_at=label_at, strength=strength)


def _thinned(length: int, most: int) -> np.ndarray:
    """Positions evenly from the first to the last, `most` at most."""
    return np.linspace(0, length - 1, min(length, most)).round().astype(int)


def _finite(value: Any) -> float:
    return float(value) if value is not None and math.isfinite(value) else math.nan


def _mean(values: list[float]) -> float:
    """Mean of the values that are there."""
    there = [value for value in values if not math.isnan(value)]
    return sum(there) / len(there) if there else math.nan
