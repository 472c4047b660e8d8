"""A view as a text: the explorer, the value of each control, and how it is shown; one form for links, lists, commands.

``pass-at-k?k=16&p=0.9`` names the explorer and all of its controls, also those that stand as they start: a link sent
today shows the same when an explorer comes to start elsewhere. After the # of a page with one explorer its name is left
out. `front/address.js` is this file for the page; a test holds both to each other.

Besides its controls a view may say ``panel=2`` (that panel alone), ``hide=answer`` (for a vote, where there is one),
``present=1`` (for a projector) and ``keys=off`` (digits and P do nothing: who dictates says them unmeant).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from passk_lab import arguments
from passk_lab.explorers.description import RESERVED, Description, Slider, State, number_in
from passk_lab.explorers.expression import number_text

_EXAMPLE = "a text, as in 'pass-at-k?k=16'"


@dataclass(frozen=True)
class View:
    """What a text says: where the controls stand, which panel is alone (0: none), what is hidden, how it is shown.

    Also whether a page listens to `keys` that are characters.
    """

    state: State
    panel: int = 0
    hides: bool = False
    presents: bool = False
    keys: bool = True


def state_text(description: Description, state: State, view: View | None = None) -> str:
    """Return the text of a state; of a view besides, if one is given.

    >>> from passk_lab import explorers
    >>> state_text(explorers.pass_at_k().description, {"k": 16, "p": 0.9})
    'pass-at-k?k=16&p=0.9'
    """
    return f"{quote(description.name, safe='')}?{query(state, view)}"


def query(state: State, view: View | None = None) -> str:
    """Return that text without the explorer's name, as it stands after the # of a page.

    >>> query({"k": 16, "p": 0.9}, View({}, panel=2, hides=True))
    'k=16&p=0.9&panel=2&hide=answer'
    """
    parts = [f"{name}={_written(value)}" for name, value in state.items()]
    if view is not None:
        parts += [f"panel={view.panel}"] * bool(view.panel)
        parts += ["hide=answer"] * view.hides + ["present=1"] * view.presents + ["keys=off"] * (not view.keys)
    return "&".join(parts)


def _written(value: Any) -> str:
    return quote(value if isinstance(value, str) else number_text(value, 12), safe="")


def parsed(description: Description, text: str) -> State:
    """Return the state that a text stands for: a number within a slider's range is taken to its nearest value.

    Raises
    ------
    ValueError
        If it belongs to another explorer, cannot be read, or names a control or a value that the explorer has not.

    Examples
    --------
    >>> from passk_lab import explorers
    >>> parsed(explorers.pass_at_k().description, "pass_at_k?k=17&p=.904")
    {'k': 17, 'p': 0.9}
    """
    return view(description, text).state


def view(description: Description, text: str) -> View:
    """Return all that a text says; what it leaves out is as the explorer starts. It raises as `parsed` does.

    >>> from passk_lab import explorers
    >>> view(explorers.pass_at_k().description, "k=64&panel=2")
    View(state={'k': 64, 'p': 0.1}, panel=2, hides=False, presents=False, keys=True)
    """
    name, asked = split(text)
    if name and not is_name_of(name, description.name):
        raise ValueError(
            f"this state string belongs to the explorer {arguments.short(name)}, not to {description.name!r}."
        )
    try:
        pairs = dict(parse_qsl(asked, keep_blank_values=True, strict_parsing=bool(asked), max_num_fields=1000))
    except ValueError:
        raise ValueError(
            f"cannot read the state string {arguments.short(text)}: it is written as in "
            f"{state_text(description, description.start)!r}."
        ) from None
    shown = {name: pairs.pop(name) for name in RESERVED if name in pairs}
    hides = _which(shown, "hide", ["answer"]) > 0
    if hides and not description.vote:
        raise ValueError(f"hide = 'answer' says nothing here: {description.name} asks nothing, so there is no answer.")
    controls = {control.name: control for control in description.controls}
    try:
        state = description.accept({name: _nearest(controls.get(name), value) for name, value in pairs.items()})
    except KeyError as error:
        raise ValueError(f"cannot read the state string {arguments.short(text)}: {error.args[0]}") from None
    return View(
        state,
        panel=_which(shown, "panel", [str(i + 1) for i in range(len(description.panels))]),
        hides=hides,
        presents=_which(shown, "present", ["1"]) > 0,
        keys=_which(shown, "keys", ["off"], nothing=("", "on")) == 0,
    )


def split(text: str) -> tuple[str, str]:
    """Return the name in front, "" where there is none, and the rest.

    >>> split("pass_at_k?k=16"), split("#k=16"), split("collapse")
    (('pass_at_k', 'k=16'), ('', 'k=16'), ('collapse', ''))
    """
    text = arguments.as_one_of("a state string", text, str, _EXAMPLE).strip().removeprefix("#")
    name, mark, rest = text.partition("?")
    return ("", text) if not mark and "=" in text else (unquote(name), rest)


def is_name_of(name: str, explorer: str) -> bool:
    """Whether a name in front is that explorer's: written as its function is, with _ for -, it is too.

    >>> is_name_of("pass_at_k", "pass-at-k")
    True
    """
    return name.replace("_", "-") == explorer.replace("_", "-")


def _nearest(control: Any, value: str) -> Any:
    """Return the value of a slider nearest to a number within its range; anything else is left to be refused."""
    if isinstance(control, Slider):
        number = number_in(value)
        if min(control.values) <= number <= max(control.values):
            return min(control.values, key=lambda one: abs(one - number))
    return value


def _which(said: dict[str, str], name: str, allowed: list[str], nothing: Sequence[str] = ("", "0")) -> int:
    """Return which of the values allowed is said, counted from one; 0 where nothing is."""
    value = said.get(name, "")
    if value in nothing:
        return 0
    if value not in allowed:
        raise ValueError(f"{name} = {arguments.short(value)} says nothing here; there is: {', '.join(allowed)}.")
    return allowed.index(value) + 1
