"""A widget of which the page may set only what is declared: what every live thing of the lab is in the kernel."""

from __future__ import annotations

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
