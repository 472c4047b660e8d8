"""What is left of a race, or of "ask again", where no program runs: the exact curves as a figure, and their words."""

from __future__ import annotations

from typing import Any

from passk_lab.explorers.description import Axis, Description, Dots, Line, Panel, Readout
from passk_lab.explorers.expression import Coordinate, Table, Value
from passk_lab.metrics import success_at_k
from passk_lab.play import paths
from passk_lab.play.racers import TRIES, called, takes_k, why_not
from passk_lab.play.settings import ASKS, State
from passk_lab.play.worlds import world

_SIDES = {"left": "pass@1", "right": "pass@k"}
"""The role in which each side is drawn, as in a race of the cockpit."""


def of_race(state: State) -> Description | None:
    """Describe the exact paths of a race: shares solved step by step, and with time taken out; None if it cannot run.

    >>> from passk_lab.play.settings import RACE, accept
    >>> still = of_race(accept(RACE, {}))
    >>> still.words(still.start)[0]
    'By the exact mean of each step, 4 tries go from 47 % to 45 % of the prompts under pass@1, and to 72 % under
    pass@4-loo-1.'
    """
    k, n = state["k"], state["n"]
    if any(why_not(state[side], k, n) for side in _SIDES):
        return None
    tables, names = {}, {side: called(state[side], k) for side in _SIDES}
    for side in _SIDES:
        racer = state[side]
        rows = paths.shipped()[paths.name_of(state["world"], racer, k, n)]
        many = rows[1 if takes_k(racer) else 1 + TRIES.index(k)]
        for name, row in (("one", rows[0]), ("many", many)):
            tables[f"{side} {name}"] = Table(("step",), [value / paths.WHOLE for value in row])
    share, end = Axis("share of prompts solved", 0, 1), paths.TIMES[-1]

    def along(side: str, name: str) -> Value:
        return Value(f"{side} {name}", along="step")

    def reads(name: str, side: str, step: int) -> Readout:
        return _percent(name, Value(f"{side} many", step=step))

    return Description(
        name="a-live-race",
        title=f"A race of {names['left']} and {names['right']}: {world(state['world']).title}",
        summary="",
        controls=[],
        axes={"step": list(paths.TIMES)},
        tables=tables,
        panels=[
            Panel(
                f"share solved in one try, and in {k}", Axis("step", 0, end), share,
                [
                    mark
                    for side, role in _SIDES.items()
                    for mark in (
                        Line(role=role, x=Coordinate("step"), y=along(side, "many"), label=f"{names[side]}, {k} tries"),
                        Line(role=role, x=Coordinate("step"), y=along(side, "one"), label=f"{names[side]}, 1 try"),
                    )
                ],
                name="Steps",
            ),
            Panel(
                f"time taken out: solved in {k} tries, by what is solved in one",
                Axis("solved in one try (pass@1)", tight=True), Axis(f"solved in {k} tries", tight=True),
                [Line(role=role, x=along(side, "one"), y=along(side, "many"), label=names[side])
                 for side, role in _SIDES.items()],
                name="Time taken out",
            ),
        ],
        readouts=[reads("from", "left", 0), reads("left", "left", end), reads("right", "right", end)],
        sentences=[
            f"By the exact mean of each step, {k} tries go from {{from}} to {{left}} of the prompts under "
            f"{names['left']}, and to {{right}} under {names['right']}."
        ],
    )  # fmt: skip


def of_asking(state: State) -> Description:
    """Describe the exact line of "ask again".

    >>> from passk_lab.play.settings import ASK, accept
    >>> still = of_asking(accept(ASK, {"p": 0.4}))
    >>> still.words(still.start)
    ['A single answer is right 40 % of the time; of ten, at least one is right 99 % of the time.']
    """
    asks = list(range(1, ASKS + 1))
    exact: Any = Value("exact", along="k")
    return Description(
        name="ask-again",
        title="Ask again",
        summary="",
        controls=[],
        axes={"k": asks},
        tables={"exact": Table(("k",), success_at_k(state["p"], asks))},
        panels=[
            Panel(
                "chance of a right answer among the first k", Axis("asks k", 1, ASKS), Axis("pass@k", 0, 1),
                [Line(role="exact", x=Coordinate("k"), y=exact), Dots(role="exact", x=Coordinate("k"), y=exact)],
                name="Asks",
            )
        ],
        readouts=[_percent("one", Value("exact", k=1)), _percent("all", Value("exact", k=ASKS))],
        sentences=["A single answer is right {one} of the time; of ten, at least one is right {all} of the time."],
    )  # fmt: skip


def _percent(name: str, share: Value) -> Readout:
    return Readout(name, share, digits=2, scale=100, form="{} %")
