"""The race and "ask again" as widgets of a notebook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import traitlets

from passk_lab.front import module
from passk_lab.play.part import FRONT, Part, style, write_page
from passk_lab.play.settings import ASK, RACE, Controls, State, accept
from passk_lab.stand_in import StandIn
from passk_lab.widget import Widget


class Playable(Widget):
    """A part as a widget: what the reader chooses is in `state`, and `to_html` writes it as a page.

    Parameters
    ----------
    make : callable
        Makes the part of a state.
    **state
        Where it starts.
    """

    FROM_PAGE = ("_state",)
    CALL: ClassVar[str]
    """What the reader can do after running the cell."""
    CONTROLS: ClassVar[Controls]
    _css = style()
    _spec = traitlets.Dict().tag(sync=True)
    _block = traitlets.Bytes().tag(sync=True)
    _state = traitlets.Dict().tag(sync=True)
    _still = traitlets.Unicode().tag(sync=True)

    def __init__(self, make: Callable[..., Part], **state: Any) -> None:
        self._make, self._stand_in = make, StandIn(self.CALL)
        part = make(**state)
        super().__init__(_spec=part.spec, _block=part.block, _state=dict(part.state), _still=self._stand_in.name)

    def fits(self, name: str, value: Any) -> bool:
        """Whether this is a state it can have."""
        try:
            return value.keys() == self._state.keys() and accept(self.CONTROLS, value) == value
        except (AttributeError, KeyError, TypeError, ValueError):
            return False

    @property
    def state(self) -> State:
        """Where it stands; set it, in whole or in part, to move it there."""
        return dict(self._state)

    @state.setter
    def state(self, changes: State) -> None:
        self._state = accept(self.CONTROLS, changes, self._state)

    def to_html(self, path: str | Path) -> Path:
        """Write it, in its present state, as one HTML file that needs no kernel and no network."""
        return write_page(self._make(**self._state), path)

    def _ipython_display_(self, **_: Any) -> None:
        self._stand_in.show(self, *self._make(**self._state).still())


class Race(Playable):
    """A live race of two objectives; `play.race` makes one."""

    CALL, CONTROLS = "run the race", RACE
    _esm = module(FRONT / "race_widget.js")


class AskAgain(Playable):
    """A question asked again and again; `play.ask_again` makes one."""

    CALL, CONTROLS = "ask", ASK
    _esm = module(FRONT / "ask_widget.js")
