"""To be played with: a live race of two objectives, and a question asked again and again.

Both are a widget (`race`, `ask_again`) and a part of a page (`race_part`, `ask_again_part`). A page with several of
them, or with other things, is made so:

- `part.place(id, without)` is the HTML of the place, with what stands there where no program runs (as
  `part.still()` gives it); `part.data` and `part.state` are plain values, to be written as JSON.
- `style()` is the style sheet.
- The front end is ES modules to import, as `front.joined` bundles them: ``import { MOUNTS } from
  "../../play/front/page.js";`` (or `mountRace` of race.js, `mountAskAgain` of ask_again.js). `front_end()` is that
  module alone, as a text that defines ``front.MOUNTS``.
- ``const view = MOUNTS[part.mount](element, data, state, { onState, heading })`` fills the place. A state is a flat
  object of numbers and names, so that an address can hold it: {world, k, n, left, right, seed, level} of a race,
  {p, seed} of "ask again". onState hears of each new state; ``view.state()``, ``view.setState(state)`` and
  ``view.destroy()`` do as they say; heading is "h1", "h2" or "h3". ``CONTROLS[part.mount](data.spec)`` are its controls
  as `readView` of ../../explorers/front/address.js takes them, so that `query` and `readView` write and read its state.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from passk_lab import look
from passk_lab.metrics import success_at_k
from passk_lab.play.part import Part, front_end, style
from passk_lab.play.settings import ASK, ASKS, CHANCES, RACE, accept
from passk_lab.play.still import of_asking, of_race
from passk_lab.play.tables import packed
from passk_lab.play.widgets import AskAgain, Race

__all__ = ["AskAgain", "Part", "Race", "ask_again", "ask_again_part", "front_end", "race", "race_part", "style"]

_RACE_TOLD = (
    "Where a program may run, a race stands here: two objectives train one policy on 16 prompts, in the same rain of "
    "sampled answers, and the reader bets first."
)
_ASK_TOLD = (
    "Where a program may run, a question is asked here again and again: answers drop one at a time, and the share of "
    "plays with a right one among the first k grows along the exact line, pass@k."
)


def race(**state: Any) -> Race:
    """Open a live race of two objectives, in a state such as ``k=8, left="grpo", right="maxrl"``.

    Raises
    ------
    KeyError, ValueError
        For a setting that a race does not have, or a value that a setting cannot have.

    Examples
    --------
    >>> race(left="grpo", right="maxrl").state["right"]
    'maxrl'
    """
    return Race(race_part, **state)


def race_part(**state: Any) -> Part:
    """Return a race as a part of a page."""
    accepted, (spec, block) = accept(RACE, state), packed()
    return Part("race", "A live race", spec, block, accepted, _RACE_TOLD, of_race(accepted))


def ask_again(**state: Any) -> AskAgain:
    """Open a question that is asked again and again, in a state such as ``p=0.2``.

    Raises
    ------
    KeyError, ValueError
        For a setting that it does not have, or a value that a setting cannot have.

    Examples
    --------
    >>> ask_again(p=0.2).state
    {'p': 0.2, 'seed': 51}
    """
    return AskAgain(ask_again_part, **state)


def ask_again_part(**state: Any) -> Part:
    """Return "ask again" as a part of a page."""
    accepted, k = accept(ASK, state), np.arange(1, ASKS + 1)
    chances = [{"p": p, "words": words, "exact": success_at_k(p, k).tolist()} for p, words in CHANCES.items()]
    spec = {"tries": ASKS, "chances": chances, "look": look.for_the_page()}
    return Part("ask-again", "Ask again", spec, b"", accepted, _ASK_TOLD, of_asking(accepted))
