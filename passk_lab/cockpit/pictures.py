"""The pictures of a run, or of two in a race: one description, drawn live in the cockpit, or as a figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from passk_lab.cockpit import report
from passk_lab.cockpit.names import SIDES, names
from passk_lab.cockpit.numbers import EVALUATIONS, GROWING, OVER, Numbers, Place
from passk_lab.explorers.description import Axis, Band, Cloud, Description, Heat, Line, Mark, Panel, Rule
from passk_lab.explorers.expression import Coordinate, Number, Table, Value

if TYPE_CHECKING:
    from passk_lab.lm import Run

BEFORE = "before"
"""How a run is labelled that has gone before and stays behind the others."""

_SHARED = ("k",)
"""Dimensions that all runs have in common."""
_ROLES = ("pass@1", "pass@k")
"""In a race a colour and a dash mean a run, and not a quantity."""
_ENDS = (50, 100, 200, 400, 800, 1600)
"""Where the axis of steps may end before the run has reached its last one."""
_OVER_STEPS = {
    "silent": ("silent", Axis("share of groups", 0, 1)),
    "entropy": ("entropy", Axis("nats an answer", 0, Value("room"))),
    "distinct": ("distinct", Axis("solutions", 0, Value("room"))),
    "norm": ("gradient_norm", Axis("gradient norm", Value("least norm"), Value("largest norm"), scale="log2")),
}
"""Pictures of one diagnostic over the steps."""


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
    return of_runs([run])


def of_runs(runs: Sequence[Run], before: Sequence[Run] = ()) -> Description:
    """Describe a run or a race of two in the same pictures, with runs that went before faintly behind.

    Parameters
    ----------
    runs : sequence of one or two Run
    before : sequence of at most two Run

    Examples
    --------
    >>> from passk_lab.lm import TrainConfig, train
    >>> small = TrainConfig(steps=2, prompts=4, n=8, watch=8, judged=2)
    >>> runs = [train(small.but(objective=name)) for name in ("grpo", "maxrl")]
    >>> of_runs(runs).title
    'A race of A: grpo and B: maxrl, seed 0'
    """
    pictures = Pictures(runs, before)
    pictures.follow()
    return pictures.description()


@dataclass(frozen=True)
class Voice:
    """A run in the pictures: its numbers, what their names begin with, its label and its role."""

    numbers: Numbers
    prefix: str
    label: str
    role: str

    @property
    def run(self) -> Run:
        """The run."""
        return self.numbers.run

    def value(self, table: str, along: str, across: str = "") -> Value:
        """Give a table of this run along a dimension of it."""
        across = self.dim(across) if across else ""
        return Value(self.prefix + table, along=self.dim(along), **({"across": across} if across else {}))

    def at(self, dim: str) -> Coordinate:
        """Give the coordinates of a dimension of this run."""
        return Coordinate(self.dim(dim))

    def dim(self, dim: str) -> str:
        """Name a dimension of this run."""
        return dim if dim in _SHARED else self.prefix + dim


class Pictures:
    """The pictures of one run or of two, kept up with them, and of those that went before.

    Parameters
    ----------
    runs : sequence of one or two Run
    before : sequence of at most two Run
        They have ended: they are told once, with all there is.
    """

    def __init__(self, runs: Sequence[Run], before: Sequence[Run] = ()) -> None:
        self.runs, self.before = tuple(runs), tuple(before)
        race = len(self.runs) > 1
        self.voices = [
            Voice(Numbers(run), prefix, side if race else "", role)
            for run, prefix, side, role in zip(self.runs, ("", "b "), SIDES, _ROLES, strict=False)
        ]
        self.ghosts = [
            Voice(Numbers(run), prefix, f"{BEFORE} {side}" if len(self.before) > 1 else BEFORE, "guide")
            for run, prefix, side in zip(self.before, ("before ", "before b "), SIDES, strict=False)
        ]
        for ghost in self.ghosts:
            ghost.numbers.follow()

    @property
    def names(self) -> list[dict[str, str]]:
        """What each picture is of, in order: in a word, and in words."""
        of = {"curve": "pass@k"}
        of |= {f"map{voice.label.lower()}": f"prompts {voice.label}".strip() for voice in self.voices}
        of |= {"batch": "the batch", "silent": "groups that teach nothing", "entropy": "entropy"}
        of |= {"distinct": "distinct solutions", "norm": "gradient norm"}
        return [{"name": name, "words": words} for name, words in of.items()]

    @property
    def growing(self) -> list[str]:
        """Dimensions that grow as the runs go on."""
        return [voice.dim(dim) for voice in self.voices for dim in GROWING]

    def follow(self) -> None:
        """Read the records that are new in the runs' histories."""
        for voice in self.voices:
            voice.numbers.follow()

    @property
    def place(self) -> list[Place]:
        """How far this has read."""
        return [voice.numbers.place for voice in self.voices]

    def numbers(self, since: Sequence[Place] | None = None) -> tuple[dict[str, Any], dict[str, Table]]:
        """Give axes and tables: all, thinned; or what is new since a place."""
        axes: dict[str, Any] = {}
        tables: dict[str, Table] = {}
        places: Sequence[Place | None] = since or [None] * len(self.voices)
        told = [*zip(self.voices, places, strict=True), *((ghost, None) for ghost in self.ghosts if since is None)]
        for voice, place in told:
            its_axes, its_tables = voice.numbers.numbers(place, EVALUATIONS // len(self.voices))
            # What went before has no map, the heaviest part.
            seen = set(its_axes) if voice in self.voices else {"step", "k"}
            axes |= {voice.dim(dim): values for dim, values in its_axes.items() if dim in seen}
            tables |= {
                voice.prefix + name: Table(tuple(voice.dim(dim) for dim in table.dims), table.values)
                for name, table in its_tables.items()
                if seen >= set(table.dims)
            }
        return axes, tables | {name: Table((), value) for name, value in self._ends().items()}

    def titles(self) -> list[str]:
        """Say over each picture what it shows, or what it has found so far."""
        configs = [run.config for run in self.runs]
        maps = [(f"{voice.label}: " if voice.label else "") + report.reach(voice.run) for voice in self.voices]
        watched = " and ".join(f"pass@{k}" for k in dict.fromkeys(config.watch for config in configs))
        groups = " and ".join(str(n) for n in dict.fromkeys(config.n for config in configs))
        return [
            report.standing(self.runs),
            *maps,
            f"In the batch: pass@1, {watched}, and the gap"
            if len(configs) == 1
            else f"In the batch: pass@1, above it {watched}",
            "Groups that teach nothing: all wrong, or all right",
            "Entropy: how open an answer is",
            f"Distinct right solutions in a group of {groups}",
            "Gradient norm, before it is clipped",
        ]

    def legend(self) -> list[dict[str, str]]:
        """Name the runs where there is more than one: their roles, and how they are called beside each other."""
        shown = [*self.voices, *self.ghosts]
        called = zip(shown, names([voice.run for voice in shown]), strict=True)
        # The colours of a single run are those of quantities, so that it has none of its own.
        return [
            {"role": voice.role if voice.label else "", "text": f"{voice.label or 'now'}: {name}"}
            for voice, name in called
            if len(shown) > 1
        ]

    def words(self) -> str:
        """Say in sentences what the pictures show."""
        said = [report.words(self.runs)]
        called = names([voice.run for voice in (*self.voices, *self.ghosts)])[len(self.voices) :]
        said += [
            report.gone(f"{ghost.label} ({name})", ghost.run) for ghost, name in zip(self.ghosts, called, strict=True)
        ]
        return " ".join(sentence for sentence in said if sentence)

    def description(self) -> Description:
        """Describe the runs so far."""
        config = self.runs[0].config
        on = "all" if config.judged is None else config.judged
        axes, tables = self.numbers()
        return Description(
            name="run",
            title=self._title(),
            summary="Exact pass@k of a training run beside its base, its prompts, and its diagnostics step by step.",
            controls=[],
            axes=axes,
            tables=tables,
            panels=self._panels(),
            readouts=[],
            sentences=[self.words()],
            source=f"Evaluated exactly, every {config.evaluate_every} steps, on the prompts of {on} "
            "held-out sets of numbers and as many seen ones. "
            f"Lines over steps are means of the last {OVER} steps; dots are single steps; a dashed upright "
            "line marks a change made while the run went on." + self._of_a_race(),
        )

    def _title(self) -> str:
        config = self.runs[0].config
        seed = f", seed {config.seed}" + (", on a GPU" if config.device == "cuda" else "")
        if len(self.runs) == 1:
            return f"A run of {config.label}{seed}"
        called = zip(SIDES, names(self.runs), strict=True)
        return "A race of " + " and ".join(f"{side}: {name}" for side, name in called) + seed

    def _of_a_race(self) -> str:
        if len(self.runs) == 1:
            return ""
        n = [run.config.n for run in self.runs]
        drawn = (
            "with the same random numbers"
            if n[0] == n[1]
            else f"but draw {n[0]} and {n[1]} answers to each, so that a step is not the same work"
        )
        return (
            " In a race A and B do a step each in turn: they are compared at the same step, which says nothing of "
            f"seconds. Both see the same prompts, {drawn}. It is one seed: another may turn the order round."
        )

    def _ends(self) -> dict[str, float]:
        """Where axes end: they hold what went before as well."""
        all_of = [voice.numbers for voice in (*self.voices, *self.ghosts)]
        done = max(numbers.done for numbers in all_of)
        steps = max(numbers.run.config.steps for numbers in all_of)
        least, largest = (min(of.norms[0] for of in all_of), max(of.norms[1] for of in all_of))
        reach = next((end for end in _ENDS if end >= done + 1), steps)
        return {
            "last step": min(max(1, steps), reach),
            "room": math.nan if done else 4.0,
            "least norm": 2.0 ** math.floor(math.log2(least)) if largest else 0.5,
            "largest norm": 2.0 ** math.ceil(math.log2(1.01 * largest)) if largest else 8.0,
        }

    # The panels

    def _panels(self) -> list[Panel]:
        steps, race = Axis("training step", 0, Value("last step")), len(self.voices) > 1
        batch = self._race_in_the_batch() if race else self._batch(self.voices[0])
        axes_and_marks: list[tuple[Axis, Axis, list[Mark]]] = [
            (Axis("draws k", 1, 1024, scale="log2"), Axis("pass@k, exact", 0, 1), self._curves()),
            *((steps, Axis("prompts, hardest low", 0, 1), _map(voice)) for voice in self.voices),
            (
                steps,
                Axis("success in the batch", 0, 1),
                [*self._ghosts("pass_at_k"), *self._ghosts("pass_at_1"), *batch],
            ),
        ]
        for name, (table, axis) in _OVER_STEPS.items():
            alone = self._silent if name == "silent" else self._alone
            lines = [_trend(voice, table, label_at=0.4 + 0.4 * i) for i, voice in enumerate(self.voices)]
            marks = [*self._changes(), *lines] if race else alone(self.voices[0], table)
            axes_and_marks.append((steps, axis, [*self._ghosts(table), *marks]))
        return [Panel(title, *rest) for title, rest in zip(self.titles(), axes_and_marks, strict=True)]

    def _curves(self) -> list[Mark]:
        first, *others = self.voices
        marks: list[Mark] = [Rule(role="guide", x=Value("trained k"), label="trained k")]
        marks += [Rule(role="guide", x=Value(f"{other.prefix}trained k")) for other in others]
        marks += [_curve(first, "base", "before", "base", 0.2, below=True)]
        marks += [
            _curve(ghost, "unseen", ghost.role, ghost.label, 0.4 + 0.15 * i) for i, ghost in enumerate(self.ghosts)
        ]
        if not others:
            return [
                *marks,
                _curve(first, "seen", "exact", "seen numbers", 0.2),
                _curve(first, "unseen", "pass@k", "held-out numbers", 0.8, below=True),
            ]
        places = zip(self.voices, (0.1, 0.3), (False, True), strict=True)
        return marks + [_curve(voice, "unseen", voice.role, voice.label, at, below) for voice, at, below in places]

    def _batch(self, voice: Voice) -> list[Mark]:
        return [
            _layer(voice, voice.value("pass_at_1 mean", "step"), "pass_at_k", "gap", strength=0.2),
            *self._changes(),
            _cloud(voice, "pass_at_1", "pass@1"),
            _cloud(voice, "pass_at_k", "pass@k"),
            _trend(voice, "pass_at_1", "pass@1", "pass@1", 0.5),
            _trend(voice, "pass_at_k", "pass@k", f"pass@{voice.run.config.watch}", 0.5),
            _trend(voice, "gap", "gap", "gap", 0.15),
        ]

    def _race_in_the_batch(self) -> list[Mark]:
        above = [_trend(voice, "pass_at_k", label="") for voice in self.voices]
        below = [_trend(voice, "pass_at_1", label_at=0.3 + 0.4 * i) for i, voice in enumerate(self.voices)]
        return [*self._changes(), *above, *below]

    def _silent(self, voice: Voice, table: str) -> list[Mark]:
        return [
            _layer(voice, Number(0), "wrong", "wrong", "all wrong", 0.25),
            _layer(voice, voice.value("wrong mean", "step"), "alike", "correct", "all right", 0.6),
            *self._changes(),
            _trend(voice, table, "exact", "no signal", 0.95),
        ]

    def _alone(self, voice: Voice, table: str) -> list[Mark]:
        role = {"entropy": "pass@1", "distinct": "correct"}.get(table, "exact")
        return [*self._changes(), _cloud(voice, table, role), _trend(voice, table, role, "")]

    def _ghosts(self, table: str) -> list[Mark]:
        return [_trend(ghost, table, label="") for ghost in self.ghosts]

    def _changes(self) -> list[Mark]:
        return [Rule(role="guide", x=voice.at("changed")) for voice in self.voices]


def _map(voice: Voice) -> list[Mark]:
    until, chance = Value(f"{voice.prefix}until"), voice.value("chance", "evaluated", "prompt")
    ends = ("never, p = 0", "p = 1, always")
    return [Heat(role="guide", x=voice.at("evaluated"), until=until, y=voice.at("border"), z=chance, ends=ends)]


def _curve(voice: Voice, table: str, role: str, label: str, label_at: float, below: bool = False) -> Line:
    curve = voice.value(table, "k")
    return Line(role=role, label=label, x=voice.at("k"), y=curve, label_at=label_at, below=below)


def _cloud(voice: Voice, table: str, role: str) -> Cloud:
    return Cloud(role=role, x=voice.at("step"), y=voice.value(table, "step"))


def _trend(voice: Voice, table: str, role: str = "", label: str | None = None, label_at: float = 0.6) -> Line:
    """Draw a trailing mean, in the voice's own manner where no other is named."""
    mean, label = voice.value(f"{table} mean", "step"), voice.label if label is None else label
    return Line(role=role or voice.role, label=label, x=voice.at("step"), y=mean, label_at=label_at)


def _layer(
    voice: Voice, low: Any, table: str, role: str, label: str = "", label_at: float = 0.6, strength: float = 0.55
) -> Band:
    high, x = voice.value(f"{table} mean", "step"), voice.at("step")
    return Band(role=role, label=label, x=x, low=low, high=high, label_at=label_at, strength=strength)
