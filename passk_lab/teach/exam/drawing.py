"""Two parallel forms: the same questions with other numbers and other statements, drawn from the bank with a seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar

from passk_lab.teach.exam import text
from passk_lab.teach.exam.bank import TASKS
from passk_lab.teach.exam.task import Key, Task

NOTEBOOKS = tuple(dict.fromkeys(task.notebook for task in TASKS.values()))
"""What there are questions on."""
LEAST_OF_A_KIND = 1 / 4
"""Of a form at least this share asks for numbers, and at least this share for words alone or beside them."""
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Drawn:
    """A question of the bank in one of its variants."""

    task: Task
    variant: Mapping[str, Any]

    @property
    def question(self) -> str:
        """The question as it is asked."""
        return self.task.question(self.variant)

    @cached_property
    def key(self) -> Key:
        """Its key, computed."""
        return self.task.key_of(self.variant)


@dataclass(frozen=True)
class Form:
    """One form of the exam: what the students get, and apart from it what the teacher keeps."""

    letter: str
    seed: int
    drawn: tuple[Drawn, ...]

    def __iter__(self) -> Iterator[str]:
        """The two texts, so that `exam, key = form`."""
        return iter((self.exam, self.key))

    @property
    def points(self) -> int:
        """The sum of its points."""
        return sum(drawn.task.points for drawn in self.drawn)

    @property
    def topics(self) -> tuple[tuple[str, str, int], ...]:
        """Notebook, question and points, in the order of the form: the same for both forms."""
        return tuple((drawn.task.notebook, drawn.task.name, drawn.task.points) for drawn in self.drawn)

    @cached_property
    def exam(self) -> str:
        """The exam as Markdown, without a word of the key."""
        return text.exam(self.letter, self.seed, [(one.task, one.question, one.key) for one in self.drawn])

    @cached_property
    def key(self) -> str:
        """The key as Markdown: answers, partial points, wrong answers and what they reveal."""
        return text.key(self.letter, self.seed, [(one.task, one.key) for one in self.drawn])


def forms(seed: int, notebooks: Sequence[str] | None = None) -> tuple[Form, Form]:
    """Draw two parallel forms: one question on each notebook, the same questions in other variants.

    Both forms have the same topics, levels and points. A seed gives the same two forms today and tomorrow.

    Parameters
    ----------
    seed : int
        Which draw.
    notebooks : sequence of str, optional
        Their numbers, as ("00", "01", "02"), where not the whole course was taught.

    Returns
    -------
    (Form, Form), each with `exam` and `key`, two Markdown texts.

    Raises
    ------
    TypeError
        If the seed is no whole number.
    ValueError
        If a notebook is named on which there is no question, or none is.

    Examples
    --------
    >>> a, b = forms(seed=3, notebooks=["00", "01", "02"])
    >>> [one.task.notebook for one in a.drawn]
    ['00_start_here', '01_counting_successes', '02_the_gradient']
    >>> forms(seed=3)[0].points
    80
    """
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(f"seed is a whole number, not {seed!r}.")
    taught = [notebook for notebook in NOTEBOOKS if notebooks is None or notebook[:2] in notebooks]
    if unknown := [one for one in notebooks or () if one not in {notebook[:2] for notebook in NOTEBOOKS}]:
        known = ", ".join(notebook[:2] for notebook in NOTEBOOKS)
        raise ValueError(f"there is no question on notebook {', '.join(map(repr, unknown))}; there are: {known}.")
    if not taught:
        raise ValueError("name a notebook at least, as '00', or leave notebooks out for all of them.")
    chosen = _chosen(seed, taught)
    pairs = [_shuffled(f"{seed}: {task.name}", task.variants)[:2] for task in chosen]
    return tuple(  # type: ignore[return-value]
        Form(letter, seed, tuple(Drawn(task, pair[i]) for task, pair in zip(chosen, pairs, strict=True)))
        for i, letter in enumerate("AB")
    )


def _chosen(seed: int, taught: Sequence[str]) -> list[Task]:
    """A question on each notebook, of 13 three hard and five easy, neither all numbers nor all words."""
    hard, easy = round(3 * len(taught) / 13), round(5 * len(taught) / 13)
    levels = ["hard"] * hard + ["easy"] * easy + ["medium"] * (len(taught) - hard - easy)
    least = int(LEAST_OF_A_KIND * len(taught))
    for attempt in count():
        level = dict(zip(_shuffled(f"{seed}, {attempt}", taught), levels, strict=True))
        found = [
            _shuffled(
                f"{seed}, {notebook}",
                [t for t in TASKS.values() if (t.notebook, t.level) == (notebook, level[notebook])],
            )[0]
            for notebook in taught
        ]
        with_words = sum(task.words for task in found)
        if min(with_words, len(found) - with_words) >= least or attempt > 1000:
            return found
    raise AssertionError("unreachable")


def _shuffled(salt: str, things: Sequence[Thing]) -> list[Thing]:
    """The same order for the same salt, with whatever Python: by hash, not by a generator."""
    order = sorted(range(len(things)), key=lambda i: sha256(f"{salt}; {i}".encode()).digest())
    return [things[i] for i in order]
