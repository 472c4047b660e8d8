"""A widget of which the page may set only what is declared: what every live thing of the lab is in the kernel."""

from __future__ import annotations

import base64
from typing import Any, ClassVar

import anywidget


class Widget(anywidget.AnyWidget):
    """An anywidget that takes from the page the traits named in `FROM_PAGE`, with values that `fits` allows.

    An ordinary widget takes any of its synchronised traits from whatever runs in the page, its own program included.

    Examples
    --------
    >>> import traitlets
    >>> class Dial(Widget):
    ...     FROM_PAGE = ("turned",)
    ...     _esm = "export default {}"
    ...     turned, scale = traitlets.Any(0).tag(sync=True), traitlets.Any(10).tag(sync=True)
    ...     def fits(self, name, value):
    ...         return type(value) is int and 0 <= value <= self.scale
    >>> dial = Dial()
    >>> for told in ({"turned": 3}, {"turned": 11}, {"scale": 99}, {"_esm": "other code"}):
    ...     dial.set_state(told)  # as a message from the page does
    >>> dial.turned, dial.scale, dial._esm
    (3, 10, 'export default {}')
    """

    FROM_PAGE: ClassVar[tuple[str, ...]] = ()
    """Traits that the page may set."""
    PLAYS_ALONE: ClassVar[bool] = False
    """Whether its front end has all it needs on a page without a kernel, with what `for_a_page` returns."""

    def for_a_page(self) -> dict[str, Any]:
        """Return what a page without a kernel has to know: the class, the traits, and those that the page may set.

        >>> import traitlets
        >>> class Dial(Widget):
        ...     FROM_PAGE = ("turned",)
        ...     _esm = "export default {}"
        ...     turned, data = traitlets.Any(3).tag(sync=True), traitlets.Bytes(b"abc").tag(sync=True)
        >>> told = Dial().for_a_page()
        >>> told["fixed"], told["set"]
        ({'data': {'base64': 'YWJj'}}, {'turned': 3})
        """
        mine = set(type(self).class_trait_names(sync=True)) - set(anywidget.AnyWidget.class_trait_names(sync=True))
        told = {name: _as_json(getattr(self, name)) for name in sorted(mine) if name not in _ANYWIDGETS}
        return {
            "widget": f"{type(self).__module__}.{type(self).__qualname__}",
            "fixed": {name: value for name, value in told.items() if name not in (*self.FROM_PAGE, "_still")},
            "set": {name: told[name] for name in self.FROM_PAGE},
        }

    def fits(self, name: str, value: Any) -> bool:
        """Whether a value from the page is one that this trait can have."""
        return True

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the page may say; of all else the page hears how it is."""
        said = {name: value for name, value in sync_data.items() if name in self.FROM_PAGE and self.fits(name, value)}
        if said:
            super().set_state(said)
        if refused := [name for name in sync_data if name not in said and name in self.keys]:
            self.send_state(refused)


def _as_json(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


_ANYWIDGETS = ("_anywidget_id", "_esm", "_css")
"""Traits that anywidget gives each widget when it is made."""
