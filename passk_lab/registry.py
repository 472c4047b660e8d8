"""Things by name, the lab's own and the reader's, with the same promises wherever something can be registered.

The lab's own are sealed: nobody takes their names or removes them. A reader's own may be registered again, as when a
cell is run twice, and forgotten. No two entries share a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

from passk_lab import arguments

Thing = TypeVar("Thing")


class Registry(Generic[Thing]):
    """Entries of one kind, by name.

    Parameters
    ----------
    kind : str
        What an entry is called in sentences, as in "objective".

    Examples
    --------
    >>> shapes = Registry("shape")
    >>> shapes.add("square", 4)
    >>> shapes.seal()
    >>> shapes.add("triangle", 3, also=("trigon",))
    >>> shapes["trigon"], shapes.names(), shapes.names(own=True)
    (3, ('square', 'triangle'), ('triangle',))
    >>> shapes.forget("triangle")
    >>> shapes.forget("square")
    Traceback (most recent call last):
    ValueError: square is one of the lab's own shapes and stays.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Thing] = {}
        self._also: dict[str, tuple[str, ...]] = {}
        self._sealed: frozenset[str] = frozenset()

    def add(self, name: str, thing: Thing, also: Sequence[str] = ()) -> None:
        """Put an entry under a name and others it goes by; one's own of the same name is replaced.

        Raises
        ------
        ValueError
            If its names are not all different texts, or one is taken.
        """
        every = (name, *also)
        for text in every:
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"{self._a} is called by a text that is not empty, but {arguments.short(text)} came.")
            arguments.writable(f"the name of {self._a}", text)
        if len(set(every)) < len(every):
            raise ValueError(f"{name}: its own names must differ, but are {', '.join(every)}.")
        for text in every:
            holder = self.holder(text)
            if holder is not None and (holder != name or holder in self._sealed):
                raise ValueError(f"{self._a} called {text!r} is there already ({holder}); choose another name.")
        self._entries[name], self._also[name] = thing, tuple(also)

    def forget(self, name: str) -> None:
        """Remove an entry of the reader's own.

        Raises
        ------
        KeyError, ValueError
            For a name that is not there, or one of the lab's own.
        """
        arguments.known(self.kind, name, list(self._entries))
        if name in self._sealed:
            raise ValueError(f"{name} is one of the lab's own {self.kind}s and stays.")
        del self._entries[name], self._also[name]

    def seal(self) -> None:
        """Make all entries there are now the lab's own."""
        self._sealed = frozenset(self._entries)

    def holder(self, name: str) -> str | None:
        """Name of the entry that goes by a name, or None."""
        if not isinstance(name, str):
            return None
        return name if name in self._entries else next((n for n, also in self._also.items() if name in also), None)

    def names(self, own: bool = False) -> tuple[str, ...]:
        """Names of the entries in the order they came, without the others they go by; with `own`, the reader's."""
        own = arguments.switch("own", own)
        return tuple(name for name in self._entries if not (own and name in self._sealed))

    def __getitem__(self, name: str) -> Thing:
        """Return the entry that goes by a name.

        Raises
        ------
        KeyError
            For a name that is not there; the message lists those there are.
        """
        holder = self.holder(name)
        if holder is None:
            every = [text for held in self._entries for text in (held, *self._also[held])]
            arguments.known(self.kind, name, every)
            raise AssertionError
        return self._entries[holder]

    @contextmanager
    def replaced(self, name: str, thing: Thing) -> Iterator[None]:
        """Put something else in an entry's place for a while, even the lab's own, as a test does."""
        arguments.known(self.kind, name, list(self._entries))
        before = self._entries[name]
        self._entries[name] = thing
        try:
            yield
        finally:
            self._entries[name] = before

    @property
    def _a(self) -> str:
        return f"{'an' if self.kind[0] in 'aeiou' else 'a'} {self.kind}"
