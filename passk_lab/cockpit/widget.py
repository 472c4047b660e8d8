"""The cockpit: train the compact model live, turn its knobs while it learns, and watch exploration go or stay."""

from __future__ import annotations

import html
import weakref
from collections.abc import Callable, Mapping
from functools import cache, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import traitlets

from passk_lab.cockpit import report
from passk_lab.cockpit.choices import FIXED, NONE, Choices, draws_of
from passk_lab.cockpit.news import News
from passk_lab.cockpit.pictures import GROWING, NAMES, of_run
from passk_lab.cockpit.thread import BUTTONS, ENDED, LiveRun
from passk_lab.explorers.payload import pack, style
from passk_lab.front import module
from passk_lab.lm import Run
from passk_lab.lm.device import to_device
from passk_lab.stand_in import StandIn
from passk_lab.widget import Widget

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from passk_lab.explorers.description import Description
    from passk_lab.lm import Learner

P = ParamSpec("P")
R = TypeVar("R")
TITLE = "Train the compact model, and watch what is left to explore"
FRONT = Path(__file__).parent / "front"
STILL = (
    "Where a kernel runs, a cockpit stands here: choices of objective, mechanism and learning rate, buttons to start, "
    "pause, step, stop and reset, and live pictures of pass@k, entropy and silent groups while the compact model "
    "learns."
)


def open(
    objective: str = "grpo", *, k: int = 8, mechanism: str = "", coefficients: Mapping[str, float] | None = None,
    rate: float = 4e-4, seed: int = 0, steps: int = 400, prompts: int = 16, n: int = 32, judged: int = 10,
    evaluate_every: int = 20, base: str = "", device: str = "cpu",
) -> Cockpit:  # fmt: skip
    """Open a cockpit that trains the compact model live, in a background thread of the kernel.

    Parameters
    ----------
    objective : str
        Where the choice of objective starts; any that has a credit table for groups of n.
    k : int
        Draws of the objective, where it has any.
    mechanism : str
        An exploration mechanism to add, or "" for none.
    coefficients : mapping of str to float, optional
        Its coefficients; those not named have their defaults.
    rate : float in (0, 1]
        Learning rate.
    seed : int
        Which of the three bundled bases, and the stream of prompts and samples.
    steps : int
        Steps of the whole run.
    prompts, n : int
        Prompts in a batch, samples of each.
    judged : int
        Multisets of numbers to evaluate on, from each split. Ten are about 350 held-out prompts and 0.2 s.
    evaluate_every : int
        Steps between evaluations.
    base : str
        Where to begin: "" for the bundled base; see `TrainConfig.base`.
    device : str
        "cpu", "cuda", or "auto" for the GPU where there is one. On the CPU a run has the same bits each time.

    Returns
    -------
    Cockpit
        A widget; its methods `start`, `pause`, `step`, `stop`, `reset`, `change` and `wait` do what its buttons do.

    Raises
    ------
    KeyError, ValueError
        For a name that is not there, a value out of its range, or a GPU where there is none.

    Examples
    --------
    >>> pit = open("pass@k", k=4, steps=3, prompts=4, n=8, judged=2)
    >>> pit.start()
    >>> pit.wait(), pit.phase
    (3, 'finished')
    >>> pit.run.evaluations.step.unique().tolist()
    [0, 3]
    >>> pit.close()
    """
    values = {"objective": objective, "k": k, "mechanism": mechanism or NONE, "rate": rate, "seed": seed}
    fixed = {
        "steps": steps, "prompts": prompts, "n": n, "judged": judged, "evaluate_every": evaluate_every,
        "watch": min(16, n), "base": base, "device": to_device(device).type,
    }  # fmt: skip
    return Cockpit(Choices(values, dict(coefficients or {}), fixed))


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
    """A run to drive by hand. `open` makes one; `learner` and `run` hold the model and its history."""

    _esm = module(FRONT / "widget.js")
    _css = sheet()
    _spec = traitlets.Dict().tag(sync=True)
    _block = traitlets.Bytes().tag(sync=True)
    """The numbers of the pictures before any run."""
    _view = traitlets.Dict().tag(sync=True)
    """What the controls show and what can be pressed."""
    _all = traitlets.Dict().tag(sync=True)
    """The run up to its last change of phase; between those the page hears of new rows in messages."""
    _still = traitlets.Unicode().tag(sync=True)

    def __init__(self, choices: Choices) -> None:
        self._choices, self._refused, self._turns = choices, "", 0
        self._news, self._stand_in = News(Run(choices.config)), StandIn("bring the cockpit up")
        pictures, block = pack(self._news.pictures.description())
        spec = {
            "title": TITLE,
            "steps": choices.config.steps,
            **choices.offered(),
            "names": list(NAMES),
            "growing": list(GROWING),
            "pictures": pictures,
        }
        super().__init__(_spec=spec, _block=block, _still=self._stand_in.name)
        self.on_msg(self._heard)
        _answer_where_asked(self.comm)
        _take_cell(self)
        self._loop = LiveRun(choices.config, self._told)
        self._loop.renew(choices.config)

    # What the buttons do

    start, pause, step = _of_the_loop(LiveRun.start), _of_the_loop(LiveRun.pause), _of_the_loop(LiveRun.step)
    stop, wait = _of_the_loop(LiveRun.stop), _of_the_loop(LiveRun.wait)

    def reset(self) -> None:
        """Go back to the base, with the choices as they are now."""
        self._loop.renew(self._choices.config)

    def change(self, name: str, value: Any) -> None:
        """Change a choice: at any time "rate", "k" or "mechanism.coefficient"; before Start also the fixed ones.

        Parameters
        ----------
        name : str
            "objective", "mechanism", "seed", "rate", "k", or a coefficient as in "entropy.coefficient".
        value : str or float

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
        choices = self._choices.changed(name, value)
        if loop.choosing:
            before, self._choices = self._choices, choices  # the loop tells of them while it renews
            try:
                loop.renew(choices.config)
            except BaseException:
                self._choices = before
                raise
            return
        draws = draws_of(choices.values["objective"])
        if name == "k" and not draws:
            raise ValueError(f"{choices.values['objective']} has no k to change.")
        loop.change(draws if name == "k" else name, value)
        self._choices = choices
        with loop.lock:
            self._told(loop, "rows")
            self._show(loop)

    def close(self) -> None:
        """End the thread and close the widget; `learner` and `run` stay."""
        # Widgets are also closed half made, when their constructor refused a value.
        if (loop := getattr(self, "_loop", None)) is not None:
            loop.close()
        super().close()

    # What there is to see

    @property
    def run(self) -> Run:
        """Config and history, as `train` returns them."""
        return self._loop.run

    @property
    def learner(self) -> Learner:
        """The learner, with the model as it is now."""
        if self._loop.phase == "preparing":
            self._loop.wait()
        learner = self._loop.learner
        assert learner is not None
        return learner

    @property
    def phase(self) -> str:
        """One of "preparing", "ready", "running", "paused", "stopped", "finished", "broken" and "failed"."""
        return self._loop.phase

    @property
    def done(self) -> int:
        """Steps done."""
        return self._loop.done

    @property
    def words(self) -> str:
        """What the pictures show, in sentences."""
        with self._loop.lock:
            return report.words(self._loop.run)

    @property
    def status(self) -> str:
        """What the run is doing, in a sentence."""
        return _sentence(self._loop)

    def figure(self, theme: str = "light") -> Figure:
        """Draw the run so far as a matplotlib figure; `theme` is "light" or "dark"."""
        from passk_lab.explorers.static import figure

        with self._loop.lock:
            description = of_run(self._loop.run)
        return figure(description, {}, theme)

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
            "buttons": list(BUTTONS[loop.phase]),
            "open": ["rate", "k", "coefficients"] if loop.choosing or loop.phase in ("running", "paused") else [],
            "choosing": loop.choosing,
            "said": self._refused or _sentence(loop),
            "refused": bool(self._refused),
            **self._choices.shown(),
        }

    def _heard(self, _: Any, asked: dict[str, Any], __: Any) -> None:
        """Answer the page. A refusal becomes a sentence on the page; there is no cell that could show an exception."""
        loop, what = self._loop, asked.get("do") if isinstance(asked, dict) else None
        try:
            if what == "change":
                self._refused = ""
                self.change(asked.get("name", ""), asked.get("value"))
            elif what == "look":  # a view that has just opened, perhaps in the middle of a run
                with loop.lock:
                    self._all = self._news.all(loop)
            elif what == "left":
                loop.pause()
            elif what in ("start", "pause", "step", "stop", "reset"):
                getattr(self, what)()
        except Exception as error:
            self._refused = str(error.args[0] if error.args else error)
            with loop.lock:
                self._show(loop)

    def _ipython_display_(self, **_: Any) -> None:
        """Show the cockpit, and below it what stands in for it where no kernel runs (the live one hides it)."""
        self._stand_in.show(self, f"<p>{html.escape(STILL)}</p>", STILL)


def _still(description: Description) -> tuple[str, str]:
    from passk_lab.explorers.static import still

    return still(description, {})


def _sentence(loop: LiveRun) -> str:
    after, there = f"after step {loop.done}", " on the GPU" if loop.run.config.device == "cuda" else ""
    return {
        "preparing": "Evaluating the base exactly on both splits.",
        "ready": f"Ready, at the base{there}. Try: Start, and watch the curves cross; then Reset, choose pass@k with "
        "k = 8, and Start again: what is kept, and at what price?",
        "running": f"Training in the background{there}: other cells answer. Learning rate, k and coefficients can be "
        "changed.",
        "paused": f"Paused {after}. Start goes on, Step does one step, Stop evaluates a last time and ends the run.",
        "stopped": f"Stopped {after} and evaluated. Python has the model and its history in .learner and .run. "
        "Reset goes back to the base.",
        "finished": f"Finished {after}. Python has the model and its history in .learner and .run. "
        "Reset goes back to the base.",
        "broken": f"The run {loop.run.ended} Reset goes back to the base.",
        "failed": f"The training thread {loop.run.ended}. Reset goes back to the base.",
    }[loop.phase]


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
