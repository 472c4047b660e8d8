"""The live explorer: an ordinary ipywidgets widget whose picture is drawn in the page, without the kernel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from passk_lab import arguments
from passk_lab.explorers.address import parsed, state_text
from passk_lab.explorers.description import Description, State
from passk_lab.explorers.payload import pack, plain, style, widget_module
from passk_lab.stand_in import StandIn
from passk_lab.widget import Widget

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Explorer(Widget):
    """An explorer to touch. Every control is an attribute: `explorer.k = 16` moves it, `observe` hears it.

    Parameters
    ----------
    description : Description
        What to show.
    **state
        Where the controls start, as in `Explorer(description, k=16)`.

    Raises
    ------
    KeyError, ValueError
        For a control or a value that the description does not have, or a control named as a part of every explorer.

    Examples
    --------
    >>> from passk_lab import explorers
    >>> explorer = explorers.pass_at_k(k=4)
    >>> explorer.k = 16
    >>> explorer.state
    'pass-at-k?k=16&p=0.1'
    """

    FROM_PAGE = ("_values",)
    _esm = widget_module()
    _css = style()
    _spec = traitlets.Dict().tag(sync=True)
    _data = traitlets.Bytes().tag(sync=True)
    _values = traitlets.Dict().tag(sync=True)
    _still = traitlets.Unicode().tag(sync=True)

    @arguments.takes(description=Description)
    def __init__(self, description: Description, **state: Any) -> None:
        self.description, self._stand_in = description, StandIn("move it")
        taken = dir(self)
        for control in description.controls:
            if control.name in taken:
                raise ValueError(
                    f"a control cannot be called {control.name!r}, since every explorer has something of that name; "
                    "choose another."
                )
        values = _plain_state(description.accept(state))
        spec, data = pack(description)
        self.add_traits(**{name: traitlets.Any(value) for name, value in values.items()})
        super().__init__(
            _spec=spec,
            _data=data,
            _values=values,
            _still=self._stand_in.name,
        )
        if values:  # without names, all that a widget has would be observed
            self.observe(self._from_attributes, names=list(values))
        self.observe(self._from_page, names="_values")

    def _from_attributes(self, change: Any) -> None:
        values = dict(self._values)
        try:
            accepted = self.description.accept({change.name: change.new}, values)
        except ValueError:
            # Leave the explorer as it was: a value the page does not have would split what is seen from what is said.
            setattr(self, change.name, values[change.name])
            raise
        accepted = _plain_state(accepted)
        if accepted[change.name] != change.new:
            setattr(self, change.name, accepted[change.name])
        elif accepted != values:
            self._values = accepted

    def fits(self, name: str, value: Any) -> bool:
        """Whether these are values that the controls have, one for each."""
        try:
            return value.keys() == self._values.keys() and _plain_state(self.description.accept(value)) == value
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            return False

    def _from_page(self, change: Any) -> None:
        for name, value in change.new.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    @property
    def state(self) -> str:
        """The whole state as one short string; set it, or hand it to `explorers.from_state`, to get the view back."""
        return state_text(self.description, self._values)

    @state.setter
    def state(self, text: str) -> None:
        self._values = _plain_state(parsed(self.description, text))

    @property
    def words(self) -> str:
        """What the picture shows, in sentences."""
        return " ".join(self.description.words(self._values))

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers in those sentences, by name and in their unit, before they are rounded: for your own tables.

        >>> from passk_lab import explorers
        >>> round(explorers.visits(visit=0).numbers["wrong"], 2)
        36.31
        """
        return self.description.numbers(self._values)

    def figure(self, theme: str = "light") -> Figure:
        """Draw the present state as a matplotlib figure."""
        from passk_lab.explorers.static import figure

        return figure(self.description, self._values, theme)

    def to_html(self, path: str | Path, *, picture: bool = True) -> Path:
        """Write the explorer, in its present state, as one HTML file that needs no kernel and no network.

        With its `picture`, some 50 kB, it is also something to see where no script may run.
        """
        from passk_lab.explorers.page import write_page

        return write_page(self.description, self._values, path, picture=picture)

    def _ipython_display_(self, **_: Any) -> None:
        """Show the live explorer, and below it a still picture for where no kernel runs (the live one hides it)."""
        from passk_lab.explorers.static import still

        self._stand_in.show(self, *still(self.description, self._values))


def _plain_state(state: State) -> State:
    return {name: plain(value) for name, value in state.items()}
