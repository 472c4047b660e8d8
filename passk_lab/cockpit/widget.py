"""The cockpit: train the compact model live, turn its knobs while it learns, and watch exploration go or stay."""

from __future__ import annotations

import html
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import traitlets

from passk_lab import arguments
from passk_lab.cockpit.choices import FIXED, Choices, draws_of, offered, run_of, told_of
from passk_lab.cockpit.names import SIDES
from passk_lab.cockpit.news import News
from passk_lab.cockpit.pictures import of_runs
from passk_lab.cockpit.status import sentence
from passk_lab.cockpit.suggestions import SUGGESTIONS
from passk_lab.cockpit.thread import BUTTONS, ENDED, LiveRun
from passk_lab.explorers.payload import style
from passk_lab.front import module
from passk_lab.lm import Run
from passk_lab.look import for_the_page
from passk_lab.stand_in import StandIn, for_a_page
from passk_lab.widget import Widget

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from passk_lab.explorers.description import Description
    from passk_lab.lm import Learner, TrainConfig

P = ParamSpec("P")
R = TypeVar("R")
TITLE = "Train the compact model, and watch what is left to explore"
FRONT = Path(__file__).parent / "front"
STILL = (
    "Where a kernel runs, a cockpit stands here: choices of objective, mechanism and learning rate, buttons to start, "
    "pause, step, stop and reset, a race of two runs, and live pictures of pass@k, entropy and silent groups while the "
    "compact model learns."
)


@cache
def sheet() -> str:
    """Return its style sheet, after that of the explorers."""
    return style() + "\n" + (FRONT / "cockpit.css").read_text(encoding="utf-8")


def _of_the_loop(method: Callable[Concatenate[LiveRun, P], R]) -> Callable[Concatenate[Cockpit, P], R]:
    """Make a method of the cockpit that is its loop's."""

    @wraps(method)
    def passed_on(self: Cockpit, *given: P.args, **named: P.kwargs) -> R:
        return method(self._loop, *given, **named)

    return passed_on


class Cockpit(Widget):
    """Runs to drive by hand: one, or two in a race. `cockpit.open` and `cockpit.race` make one."""

    _esm = module(FRONT / "widget.js")
    _css = sheet()
    _spec = traitlets.Dict().tag(sync=True)
    _view = traitlets.Dict().tag(sync=True)
    """What the controls show and what can be pressed."""
    _all = traitlets.Dict().tag(sync=True)
    """The runs up to the last change of phase; between those the page hears of new rows in messages."""
    _still = traitlets.Unicode().tag(sync=True)

    def __init__(self, choices: Sequence[Choices]) -> None:
        self._choices, self._hint, self._refused, self._turns = list(choices), "", "", 0
        configs = self._configs
        self._news, self._stand_in = News([Run(config) for config in configs]), StandIn("bring the cockpit up")
        spec = {
            "title": TITLE,
            "steps": configs[0].steps,
            "look": for_the_page(),
            **offered(self._choices),
            "suggestions": [one.label for one in SUGGESTIONS],
        }
        super().__init__(_spec=spec, _still=self._stand_in.name)
        self.on_msg(self._heard)
        _answer_where_asked(self.comm)
        _take_cell(self)
        self._loop = LiveRun(configs, self._told)
        self._loop.renew(configs)

    # What the buttons do

    start, pause, step = _of_the_loop(LiveRun.start), _of_the_loop(LiveRun.pause), _of_the_loop(LiveRun.step)
    stop, wait = _of_the_loop(LiveRun.stop), _of_the_loop(LiveRun.wait)

    def reset(self) -> None:
        """Go back to the base, with the choices as they are now; what was trained stays faintly in the pictures."""
        self._loop.renew(self._configs)

    def clear(self) -> None:
        """Take out of the pictures what was trained before the last reset."""
        with self._loop.lock:
            self._news.clear()
            self._all = self._news.all(self._loop)

    def change(self, name: str, value: Any, side: str = "") -> None:
        """Change a choice: at any time "rate", "k" or "mechanism.coefficient"; before Start also the fixed ones.

        Parameters
        ----------
        name : str
            "objective", "mechanism", "n", "seed", "rate", "k", or a coefficient as in "entropy.coefficient".
        value : str or float
        side : str
            In a race "A" or "B" for one of the runs; "" for both. The seed is always that of both.

        Raises
        ------
        KeyError, ValueError
            For a name that is not there, or a value out of its range; nothing changes then.
        RuntimeError
            If the choice is fixed now, or the run has ended.
        """
        loop = self._loop
        if loop.phase == "preparing":
            loop.wait()
        if not loop.choosing and name in FIXED:
            raise RuntimeError(f"the {name} is fixed from Start to Reset: reset the run to choose another.")
        meant = self._meant(name, side)
        choices = [one.changed(name, value) if i in meant else one for i, one in enumerate(self._choices)]
        if loop.choosing:
            self._choose(choices)
            return
        draws = {place: draws_of(choices[place].values["objective"]) for place in meant}
        for place in meant:
            if name == "k" and not draws[place]:
                raise ValueError(f"{choices[place].values['objective']} has no k to change.")
        loop.change({place: draws[place] if name == "k" else name for place in meant}, value)
        self._choices = choices
        with loop.lock:
            self._told(loop, "rows")
            self._show(loop)

    def race(self, objective: str = "", **told: Any) -> None:
        """Add a second run to race against, before Start; one that is there is replaced.

        Parameters
        ----------
        objective : str
            Its objective; "" for one to compare the first with.
        **told
            What else is not as in the first run: "k", "mechanism", "coefficients", "rate" or "n".

        Raises
        ------
        KeyError, ValueError
            For a name that is not there, or a value out of its range.
        RuntimeError
            If a run is under way or has ended: reset it first.
        """
        self._see_that_it_is_open("race")
        first = self._choices[0]
        objective = objective or ("pass@k" if first.values["objective"] != "pass@k" else "pass@k-loo-1")
        as_first = {name: first.values[name] for name in ("k", "mechanism", "rate", "n")}
        coefficients = {} if "mechanism" in told else {"coefficients": first.coefficients}
        run = {**as_first, **coefficients, "objective": objective, **told_of("the second run", told)}
        self._choose([first, run_of(run, first.values["seed"], first.fixed)])

    def alone(self) -> None:
        """Go on without the second run, before Start.

        Raises
        ------
        RuntimeError
            If a run is under way or has ended: reset it first.
        """
        self._see_that_it_is_open("alone")
        self._choose(self._choices[:1])

    def suggest(self, label: str) -> None:
        """Choose what a suggestion says, back at the base; what has been trained stays faintly in the pictures.

        Parameters
        ----------
        label : str
            As on its button.

        Raises
        ------
        KeyError
            If there is no such suggestion.
        RuntimeError
            If a run goes on: pause it first.
        """
        known = {one.label: one for one in SUGGESTIONS}
        chosen = known[arguments.known("suggestion", label, list(known))]
        if self._loop.phase == "running":
            raise RuntimeError("the run goes on: pause it first, then take a suggestion.")
        first = self._choices[0]
        self._choose([Choices({**first.values, **side}, {}, first.fixed) for side in chosen.sides], chosen.sentence)

    def close(self) -> None:
        """End the thread and close the widget; `learner` and `run` stay."""
        # Widgets are also closed half made, when their constructor refused a value.
        if (loop := getattr(self, "_loop", None)) is not None:
            loop.close()
        super().close()

    # What there is to see

    @property
    def run(self) -> Run:
        """Config and history, as `train` returns them; in a race those of A."""
        return self.runs[0]

    @property
    def runs(self) -> tuple[Run, ...]:
        """The run, or A and B of a race."""
        return tuple(self._loop.runs)

    @property
    def learner(self) -> Learner:
        """The learner, with the model as it is now; in a race that of A."""
        return self.learners[0]

    @property
    def learners(self) -> tuple[Learner, ...]:
        """The learner, or those of A and B."""
        if self._loop.phase == "preparing":
            self._loop.wait()
        return tuple(self._loop.learners)

    @property
    def phase(self) -> str:
        """One of "preparing", "ready", "running", "paused", "stopped", "finished", "broken" and "failed"."""
        return self._loop.phase

    @property
    def done(self) -> int:
        """Steps done, in a race by each."""
        return self._loop.done

    @property
    def words(self) -> str:
        """What the pictures show, in sentences."""
        with self._loop.lock:
            return self._news.pictures.words()

    @property
    def status(self) -> str:
        """What the run is doing, in a sentence."""
        return sentence(self._loop)

    def figure(self, theme: str = "light") -> Figure:
        """Draw what the pictures show as a matplotlib figure; `theme` is "light" or "dark"."""
        from passk_lab.explorers.static import figure

        with self._loop.lock:
            description = of_runs(self._loop.runs, self._news.pictures.before)
        return figure(description, {}, theme)

    # Choices

    @property
    def _configs(self) -> list[TrainConfig]:
        return [one.config for one in self._choices]

    def _choose(self, choices: list[Choices], hint: str = "") -> None:
        before = self._choices, self._hint
        self._choices, self._hint = choices, hint  # the loop tells of them while it renews
        try:
            self._loop.renew(self._configs)
        except BaseException:
            self._choices, self._hint = before
            raise

    def _see_that_it_is_open(self, what: str) -> None:
        if self._loop.phase == "preparing":
            self._loop.wait()
        if not self._loop.choosing:
            raise RuntimeError(f"{what}: how many runs there are is fixed from Start to Reset; reset first.")

    def _meant(self, name: Any, side: str) -> list[int]:
        """Places of the runs in which a choice is to change."""
        there, known = range(len(self._choices)), SIDES[: len(self._choices)]
        if side != "" and name != "seed":
            return [known.index(arguments.known("side", side, list(known)))]
        mechanism, dot, _ = name.partition(".") if isinstance(name, str) else ("", "", "")
        having = [i for i in there if dot and self._choices[i].values["mechanism"] == mechanism]
        return having or list(there)

    # Between the loop and the page

    def _told(self, loop: LiveRun, what: str) -> None:
        """Pass on what the loop says; it holds its lock, so that rows come in order and none twice."""
        if what == "rows":
            rows, block = self._news.more(loop)
            self.send({"rows": rows}, [block])
            return
        self._refused = ""
        self._all = self._news.all(loop)
        self._show(loop)
        if loop.phase in ENDED:
            self._stand_in.renew(partial(_still, self._news.pictures.description()))

    def _show(self, loop: LiveRun) -> None:
        self._turns += 1  # a refused value leaves all else as it was, and still the page has to take it back
        self._view = {
            "turn": self._turns,
            "phase": loop.phase,
            "buttons": [*BUTTONS[loop.phase], *(["suggest"] if loop.phase not in ("preparing", "running") else [])],
            "open": ["rate", "k", "coefficients"] if loop.choosing or loop.phase in ("running", "paused") else [],
            "choosing": loop.choosing,
            "said": self._refused or sentence(loop, self._hint),
            "refused": bool(self._refused),
            "sides": [one.shown() for one in self._choices],
        }

    def _heard(self, _: Any, asked: dict[str, Any], __: Any) -> None:
        """Answer the page. A refusal becomes a sentence on the page; there is no cell that could show an exception."""
        loop, what = self._loop, asked.get("do") if isinstance(asked, dict) else None
        try:
            if what == "change":
                self._refused = ""
                self.change(asked.get("name", ""), asked.get("value"), asked.get("side", ""))
            elif what == "suggest":
                self.suggest(asked.get("name", ""))
            elif what == "look":  # a view that has just opened, perhaps in the middle of a run
                with loop.lock:
                    self._all = self._news.all(loop)
            elif what == "left":
                loop.pause()
            elif what in ("start", "pause", "step", "stop", "reset", "clear", "race", "alone"):
                getattr(self, what)()
        except Exception as error:
            self._refused = str(error.args[0] if error.args else error)
            with loop.lock:
                self._show(loop)

    def _ipython_display_(self, **_: Any) -> None:
        """Show the cockpit, and below it what stands in for it where no kernel runs (the live one hides it)."""
        picture = _begun(self._configs[0]) if for_a_page() else ""
        self._stand_in.show(self, f"<p>{html.escape(STILL)}</p>{picture}", STILL)


def _begun(config: TrainConfig) -> str:
    """What the pictures show of a run that has gone some way."""
    from passk_lab.lm import train

    return f"<p>Its pictures after {_SOME} steps:</p>{_still(of_runs([train(replace(config, steps=_SOME))]))[0]}"


_SOME = 60
"""Steps: enough that the pictures have something to say."""


def _still(description: Description) -> tuple[str, str]:
    from passk_lab.explorers.static import still

    return still(description, {})


def _answer_where_asked(comm: Any) -> None:
    """Have the page's messages handled on the subshell they name, so that they are answered while a cell runs.

    ipykernel 7.4 sends them to the shell that last used the channel instead. Our thread uses it in the name of the
    last cell, so that would be the main shell, and the buttons would be dead until that cell has ended.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda data, named: named


_CELLS: dict[str, tuple[str, weakref.WeakSet[Cockpit]]] = {}
"""The last execution of each cell that made cockpits, and those."""


def _take_cell(made: Cockpit) -> None:
    """Close the cockpits that an earlier run of this cell made: nobody sees them any more."""
    import IPython

    shell = IPython.get_ipython()
    if not hasattr(shell, "get_parent"):
        return
    parent = shell.get_parent()
    cell, execution = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id", "")
    if cell is None:
        return
    known, theirs = _CELLS.get(cell, ("", weakref.WeakSet()))
    if known != execution:
        for old in list(theirs):
            old.close()
        theirs = weakref.WeakSet()
        _CELLS[cell] = execution, theirs
    theirs.add(made)
