"""From scores to right and wrong: each tool has its rule, and two of them may part on the same file."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from passk_lab.readers.sample import Undecided


class Rule(NamedTuple):
    """How a tool decides that a score is right."""

    words: str
    right: Callable[[float], bool]
    of_a_tool: bool = True
    """Whether a tool counts by it. Tables, and tools that know rewards alone, do not say from where on one is right."""


TRUE = Rule("true, or 1", lambda score: score == 1)
OF_NO_TOOL = Rule("true, or 1", lambda score: score == 1, of_a_tool=False)
ONE = Rule("exactly 1", lambda score: score == 1)
NEARLY_ONE = Rule("1, up to a millionth", lambda score: 1 - 1e-6 <= score <= 1 + 1e-6)
AT_LEAST_ONE = Rule("at least 1", lambda score: score >= 1)
ABOVE_ZERO = Rule("above 0", lambda score: score > 0)
LARGER = Rule("the larger of two scores", lambda score: score > 0, of_a_tool=False)

MOST_VALUES = 1000
"""Different scores that are kept apart. A file with more gives partial credit, whatever they are."""


def decide(
    name: str, values: Collection[float], rule: Rule, threshold: float | str | None, how_many: Callable[[float], int]
) -> tuple[Callable[[float], bool], str]:
    """Return what of these scores is right, and the rule in words; or say that the user has to decide.

    Nobody need decide about two scores of which one is right by the tool's rule, nor where the larger of two is the
    only difference there is (0.1 for the form, 1.1 for form and answer). But if the larger is below 1, it may be what
    is given for the form, and no answer was right.

    Parameters
    ----------
    name : str
        The verdict's.
    values : collection of float
        The different scores in the files.
    rule : Rule
        The tool's.
    threshold : float, "tool" or None
        What the user decided.
    how_many : function
        Rows with a score, for the sentence.

    Raises
    ------
    Undecided
        If there are scores in between, or nothing says whether the one score there is means right.

    Examples
    --------
    >>> right, words = decide("reward", {0.1, 1.1}, LARGER, None, lambda score: 8)
    >>> right(0.1), right(1.1), words
    (False, True, 'reward is 1.1 (the only other score is 0.1)')
    """
    if isinstance(threshold, str) and rule.of_a_tool:
        return rule.right, f"{name} is {rule.words}, the tool's own rule"
    if threshold is not None and not isinstance(threshold, str):
        least = threshold
        return (lambda score: score >= least), f"{name} is at least {least:g}"
    there = sorted(values)
    if set(there) <= {0.0, 1.0}:
        return (lambda score: score == 1), f"{name} is 1 (the only other score is 0)"
    if set(there) <= {-1.0, 1.0}:
        return (lambda score: score == 1), f"{name} is 1 (the only other score is -1)"
    one_is_right = len(there) == 2 and rule.right(there[1]) and not rule.right(there[0])
    if len(there) == 2 and there[1] >= 1 and (one_is_right or rule is LARGER or there[0] <= 0):
        top = there[1]
        return (lambda score: score == top), f"{name} is {top:g} (the only other score is {there[0]:g})"
    shown = ", ".join(f"{score:g} ({how_many(score)} rows)" for score in there[:6])
    more = f" and {len(there) - 6} more" if len(there) > 6 else ""
    said = f"{name} holds the scores {shown}{more}"
    largest = {
        f"{there[-1]:g}": f"right is a score of at least {there[-1]:g}, the largest there is (any number will do)"
    }
    if rule is not OF_NO_TOOL:
        of_tool = {"tool": f"the tool's own rule: right is {rule.words}"} if rule.of_a_tool else {}
        raise Undecided(
            f"{said}: partial credit, and nothing in the files says from where on a sample is right.",
            "threshold",
            {**of_tool, **largest},
        )
    if all(score >= 0 and score == int(score) for score in there):
        raise Undecided(
            f"{said}: are they counts of right samples? If they are grades of one sample each, --threshold N says from "
            "which on it is right.",
            "columns",
            {"problem=NAME,n=NAME,c=NAME": "counts: n samples of each problem, of which c were right"},
        )
    raise Undecided(
        f"{said}: partial credit, and nothing in the table says from where on a sample is right. If each is the share "
        "of several samples, their number is missing: add a column of it, and name both (--columns "
        "problem=NAME,n=NAME,rate=NAME).",
        "threshold",
        largest,
    )
