"""What the numbers allow to be said, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """One finding, or the lack of one."""

    code: str
    """One word of a fixed list, for programs: "better_at_1", "worse_by_last", "crossing", "no_difference", ..."""
    text: str
    """A sentence that says no more than was observed."""
    evidence: Mapping[str, Any]
    """The numbers it stands on."""
