"""What notebook 12 asks: when a run has fallen, how often an alarm was right, and what a gauge is good for."""

from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

from passk_lab.course.exercise import Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "12_verdict"


def _down(values: Any, by: Any) -> list[bool]:
    return [max(values[: i + 1]) - value >= by for i, value in enumerate(values)]


def _first_of_the_last(down: Any) -> int | None:
    """Place from which all are down, None if the last is not."""
    if not down[-1]:
        return None
    return max((i + 1 for i, so in enumerate(down) if not so), default=0)


def _fell_work(values: Any, by: Any) -> str:
    rows = [
        f"place {i}: {value}, highest so far {max(values[: i + 1])}: {max(values[: i + 1]) - value} below"
        for i, value in enumerate(values)
    ]
    place = _first_of_the_last(_down(values, by))
    end = (
        "the last one is not so far down: None"
        if place is None
        else f"{by} or more below from place {place} to the end"
    )
    return "\n".join([*rows, end])


FELL_AT = Exercise(
    name="fell_at",
    notebook=NOTEBOOK,
    task="Place in values, counted from 0, of the first value from which every value to the end lies by or more below "
    "the highest value so far (up to its own place). None where the last value does not. values is a list of whole "
    "numbers and not empty, by = 1, 2, 3, ...",
    arguments=("values", "by"),
    oracle=lambda values, by: _first_of_the_last(_down(values, by)),
    cases=(
        ((98,), 10), ((98, 88), 10), ((98, 89), 10), ((98, 80, 85), 10), ((98, 80, 95), 10), ((98, 80, 95, 85), 10), ((80, 98, 85, 84), 10),
        ((98, 95, 90, 86, 84), 10), ((98, 97, 80, 99, 90, 70), 10), ((85, 90, 84, 82, 80), 5), ((60, 90, 82, 71, 79), 10), ((98, 91, 88, 90, 87), 8),
        ((70, 95, 80, 99, 98), 10),
    ),
    work=_fell_work,
    mistakes=(
        Mistake(
            "first dip", lambda v, by: next((i for i, so in enumerate(_down(v, by)) if so), None),
            "You give the first value that is down, though a later one comes back. A fall has to stay.",
            "From the end: while values are down, go back.",
        ),
        Mistake(
            "last value alone", lambda v, by: len(v) - 1 if _down(v, by)[-1] else None,
            "You look at the LAST value alone. The fall began where the row of values that are down begins.",
            "From the end: while values are down, go back.",
        ),
        Mistake(
            "from the start", lambda v, by: _first_of_the_last([v[0] - x >= by for x in v]),
            "You measure from the FIRST value. Where the run rose before it fell, the fall is from its highest.",
            "max(values[:i + 1])",
        ),
        Mistake(
            "more than by", lambda v, by: _first_of_the_last([max(v[: i + 1]) - x > by for i, x in enumerate(v)]),
            "A value exactly `by` below counts as a fall here.",
            ">=, not >",
        ),
        Mistake(
            "from 1", lambda v, by: None if (i := _first_of_the_last(_down(v, by))) is None else i + 1,
            "You count places from 1.",
            "The first value has place 0.",
        ),
        Mistake(
            "before it", lambda v, by: None if (i := _first_of_the_last(_down(v, by))) is None else i - 1,
            "You give the last value that is NOT down. Asked is the one after it.",
            "Add 1.",
        ),
        Mistake(
            "one step", lambda v, by: next((i for i in range(1, len(v)) if v[i - 1] - v[i] >= by), None),
            "You look for a fall from one value to the NEXT. A slow fall is one too.",
            "max(values[:i + 1]) - values[i]",
        ),
        Mistake(
            "0 for no fall", lambda v, by: _first_of_the_last(_down(v, by)) or 0,
            "Where the last value is not down there was no fall. You give the place 0, which is the first evaluation.",
            "return None",
        ),
    ),
    hints=(
        "Mark the values that are down; then find where the last unbroken row of marks begins.",
        "down_i: max(v_0 .. v_i) - v_i >= by; the place after the last i that is not down, if the last value is",
        "down = [max(values[:i + 1]) - v >= by for i, v in enumerate(values)]; return max(i + 1 for i, d in enumerate(down) if not d) if down[-1] else None",
    ),
)  # fmt: skip

_NONE = -1


def _in_time(alarm: Any, fall: Any) -> bool:
    return alarm != _NONE and alarm < fall


def _warned(alarms: Any, falls: Any) -> F:
    fell = [(alarm, fall) for alarm, fall in zip(alarms, falls, strict=True) if fall != _NONE]
    if not fell:
        raise ValueError("no run fell")
    return F(sum(_in_time(alarm, fall) for alarm, fall in fell), len(fell))


def _work(alarms: Any, falls: Any) -> str:
    rows = []
    for alarm, fall in zip(alarms, falls, strict=True):
        rang = "no alarm" if alarm == _NONE else f"alarm at {alarm}"
        if fall == _NONE:
            rows.append(f"{rang}, no fall: not among those that fell")
        else:
            rows.append(f"{rang}, fall at {fall}: {'warned' if _in_time(alarm, fall) else 'not warned'}")
    fell = sum(fall != _NONE for fall in falls)
    hits = sum(_in_time(alarm, fall) for alarm, fall in zip(alarms, falls, strict=True) if fall != _NONE)
    return "\n".join([*rows, f"{hits} of {fell}" if fell else "no run fell: no share"])


def _share(hit: Callable[[Any, Any], Any], counts: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A share of hits among the runs that count, with the same refusal where no run fell."""

    def wrong(alarms: Any, falls: Any) -> Any:
        if all(fall == _NONE for fall in falls):
            raise ValueError
        both = [(alarm, fall) for alarm, fall in zip(alarms, falls, strict=True) if counts(alarm, fall)]
        return sum(bool(hit(alarm, fall)) for alarm, fall in both) / len(both) if both else 0

    return wrong


def _fell(alarm: Any, fall: Any) -> bool:
    return bool(fall != _NONE)


def _forgets(alarms: Any, falls: Any) -> Any:
    fell = [(alarm, fall) for alarm, fall in zip(alarms, falls, strict=True) if fall != _NONE]
    return sum(_in_time(alarm, fall) for alarm, fall in fell) / len(fell) if fell else 0


WARNED_SHARE = Exercise(
    name="warned_share",
    notebook=NOTEBOOK,
    task="Share of the runs that fell in which the alarm came BEFORE the fall. alarms[i] is the step of run i's first "
    "alarm and falls[i] that of its fall, -1 where there was no such step; an alarm at the very step of the fall is too "
    "late. If no run fell, raise a ValueError.",
    arguments=("alarms", "falls"),
    oracle=_warned,
    cases=(
        ((10,), (30,)), ((30,), (30,)), ((-1,), (30,)), ((10,), (-1,)), ((40,), (30,)), ((10, 20), (30, -1)), ((-1, 20), (30, -1)), ((10, 50, -1), (30, 40, 60)),
        ((10, 20, -1, 40), (30, -1, -1, 50)), ((10, -1, 30, 60, 5), (20, 20, 20, -1, -1)), ((10, 10, 10), (-1, 10, 20)), ((-1, -1, 10, 10), (30, -1, 20, -1)),
        ((-1, 20), (-1, -1)),
    ),
    work=_work,
    mistakes=(
        Mistake(
            "too late counts", _share(lambda alarm, fall: alarm != _NONE, _fell),
            "You count an alarm that came AFTER the fall. It warned nobody.",
            "alarm < fall",
        ),
        Mistake(
            "at the fall counts", _share(lambda alarm, fall: alarm != _NONE and alarm <= fall, _fell),
            "An alarm at the very step of the fall is too late: there is no step left to act in.",
            "<, not <=",
        ),
        Mistake(
            "no alarm counts", _share(lambda alarm, fall: alarm < fall, _fell),
            "-1 is below every step, so a run without any alarm counts for you as warned.",
            "alarm != -1 and alarm < fall",
        ),
        Mistake(
            "of all runs", _share(lambda alarm, fall: fall != _NONE and _in_time(alarm, fall), lambda alarm, fall: True),
            "You divide by ALL runs. Asked is a share of those that fell; of the others an alarm is false, which is another number.",
            "Divide by the number of falls that are not -1.",
        ),
        Mistake(
            "of the alarms", _share(_in_time, lambda alarm, fall: alarm != _NONE),
            "You divide by the ALARMS. That is how often an alarm is right; asked is how many falls had one.",
            "Divide by the number of falls that are not -1.",
        ),
        Mistake(
            "false ones too", lambda alarms, falls: _share(lambda a, f: a != _NONE and (f == _NONE or a < f), lambda a, f: True)(alarms, falls)
            * len(falls) / sum(fall != _NONE for fall in falls),
            "Alarms of runs that did not fall are among your hits. Those are false alarms.",
            "Look only at runs whose fall is not -1.",
        ),
        Mistake(
            "a number", lambda alarms, falls: _share(_in_time, _fell)(alarms, falls) * sum(fall != _NONE for fall in falls),
            "That is how MANY falls had a warning. Asked is their share.",
            "Divide by the number of falls that are not -1.",
        ),
        Mistake(
            "of falls with an alarm", _share(_in_time, lambda alarm, fall: alarm != _NONE and fall != _NONE),
            "You leave out the falls without any alarm. They fell too, and nobody was warned.",
            "Divide by the number of falls that are not -1.",
        ),
        Mistake(
            "missed", _share(lambda alarm, fall: not _in_time(alarm, fall), _fell),
            "That is the share of falls WITHOUT a warning.",
            "One minus yours.",
        ),
        Mistake(
            "no refusal", _forgets,
            "Where no run fell there is no share: 0 would say that falls were missed. Raise a ValueError.",
            "Check first whether any fall is not -1.", refusal=True,
        ),
    ),
    hints=(
        "First keep the runs that fell. Of how many of them did the alarm come before?",
        "#(fell, and -1 < alarm < fall) / #(fell)",
        "fell = [(a, f) for a, f in zip(alarms, falls) if f != -1]; return sum(-1 < a < f for a, f in fell) / len(fell)",
    ),
)  # fmt: skip


def _others(highest: Any, group: Any, i: int) -> list[Any]:
    return [value for value, own in zip(highest, group, strict=True) if own != group[i]]


def _false(highest: Any, group: Any) -> F:
    if len(set(group)) < 2:
        raise ValueError("no other group")
    return F(sum(value > max(_others(highest, group, i)) for i, value in enumerate(highest)), len(highest))


def _false_work(highest: Any, group: Any) -> str:
    if len(set(group)) < 2:
        return "every run is of one group: none is left to choose a limit"
    rows = [
        f"run {i} of group {group[i]}: {value}, the others' limit {max(_others(highest, group, i))}: "
        + ("rings" if value > max(_others(highest, group, i)) else "quiet")
        for i, value in enumerate(highest)
    ]
    rings = sum(value > max(_others(highest, group, i)) for i, value in enumerate(highest))
    return "\n".join([*rows, f"{rings} of {len(highest)}"])


def _ringing(rings: Callable[[Any, Any, int], Any]) -> Callable[[Any, Any], Any]:
    """The share of runs that ring by some other rule, refused where there is one group."""

    def wrong(highest: Any, group: Any) -> Any:
        if len(set(group)) < 2:
            raise ValueError
        return sum(bool(rings(highest, group, i)) for i in range(len(highest))) / len(highest)

    return wrong


def _without_me(highest: Any, i: int) -> list[Any]:
    return [value for j, value in enumerate(highest) if j != i]


FIXED_FALSE_SHARE = Exercise(
    name="fixed_false_share",
    notebook=NOTEBOOK,
    task="Share of standing runs that ring, each tested with a limit that its own group had no part in. highest[i] is how "
    "far the signal of run i goes, group[i] the number of its group: run i rings if it goes ABOVE the highest of the "
    "runs of all other groups. There is one run at least; if there is only one group, raise a ValueError.",
    arguments=("highest", "group"),
    oracle=_false,
    cases=(
        ((3, 2), (0, 1)), ((2, 2), (0, 1)), ((3, 2), (0, 0)), ((3, 4, 2), (0, 0, 1)), ((5, 1, 4, 2), (0, 0, 1, 1)), ((5, 6, 4, 2), (0, 0, 1, 1)),
        ((1, 9, 3, 8), (0, 1, 1, 2)), ((7, 7, 7), (0, 1, 2)), ((9, 8, 7, 1, 2), (0, 0, 0, 1, 2)), ((1, 2, 3, 9, 8, 7), (0, 0, 1, 1, 2, 2)), ((5,), (3,)),
    ),
    work=_false_work,
    mistakes=(
        Mistake(
            "limit of all", _ringing(lambda h, g, i: h[i] > max(h)),
            "The limit is still the highest of ALL runs, the tested one among them, so nobody can ring.",
            "Take the highest of the runs whose group is not group[i].",
        ),
        Mistake(
            "itself left out", _ringing(lambda h, g, i: h[i] > max(_without_me(h, i))),
            "You leave out the run itself, but not its group: its neighbours, which go as it does, have a part in its limit.",
            "Leave out all runs with group[j] == group[i].",
        ),
        Mistake(
            "own group", _ringing(lambda h, g, i: h[i] >= max(x for x, own in zip(h, g, strict=True) if own == g[i])),
            "You take the limit from the run's OWN group.",
            "!= in place of ==",
        ),
        Mistake(
            "at the limit", _ringing(lambda h, g, i: h[i] >= max(_others(h, g, i))),
            "A run exactly at the limit does not ring: it has to go above.",
            ">, not >=",
        ),
        Mistake(
            "lowest", _ringing(lambda h, g, i: h[i] > min(_others(h, g, i))),
            "You take the LOWEST of the others. With that limit most of them would have rung themselves.",
            "max, not min",
        ),
        Mistake(
            "mean", _ringing(lambda h, g, i: h[i] > sum(_others(h, g, i)) / len(_others(h, g, i))),
            "You take the MEAN of the others. With that limit about half of them would have rung themselves.",
            "max of the others",
        ),
        Mistake(
            "quiet ones", _ringing(lambda h, g, i: h[i] <= max(_others(h, g, i))),
            "That is the share of runs that stay quiet.",
            "One minus yours.",
        ),
        Mistake(
            "a number", lambda h, g: _ringing(lambda h, g, i: h[i] > max(_others(h, g, i)))(h, g) * len(h),
            "That is how MANY runs ring. Asked is their share.",
            "Divide by the number of runs.",
        ),
        Mistake(
            "lowest limit", _ringing(lambda h, g, i: h[i] > min(max(x for x, own in zip(h, g, strict=True) if own == other) for other in set(g) - {g[i]})),
            "You take the lowest limit that any other group would set. It has to be above ALL of them.",
            "One max over the runs of all other groups.",
        ),
        Mistake(
            "no refusal", lambda h, g: sum(x > max(_others(h, g, i), default=0) for i, x in enumerate(h)) / len(h),
            "Where all runs are of one group, nobody is left to choose a limit. Raise a ValueError.",
            "len(set(group)) < 2", refusal=True,
        ),
    ),
    hints=(
        "Each run has a limit of its own: that of the runs that have nothing to do with it.",
        "run i rings if highest_i > max of highest_j over all j with group_j != group_i",
        "rings = [h > max(o for o, g in zip(highest, group) if g != group[i]) for i, h in enumerate(highest)]; return sum(rings) / len(rings)",
    ),
    afterwards="What the bug did: the limit was the highest of the very runs that it was tested on. None of them can go above it, so it promised 0 false alarms "
    "for any signal. In the example it is 0.33.",
)  # fmt: skip

EXERCISES = (FELL_AT, WARNED_SHARE, FIXED_FALSE_SHARE)

QUESTIONS = (
    Question(
        "gauge or alarm",
        "At one step the gap tells well which of two runs falls soon. Why does a threshold on it make a poor alarm for one run?",
        (
            Choice("The gap of a small batch is noise: of two runs, chance decides which is lower.", False,
                   "Then it could not tell two runs at one step apart either; and it is the mean of ten steps.",
                   "If it is noise, how can it tell two runs at one step apart?"),
            Choice("Runs that stand close it too: a line low enough for them comes too late for most that fall.", True,
                   "The gap ends below its start in 130 of the 151 runs that stand. At the limit that a fifth of them pass, 98 of the 110 that fall pass it as well, but "
                   "before the fall 34 of them. Held against another run at the same step, the common part falls out."),
            Choice("The gap falls after coverage does: by then an alarm has come too late for any run.", False,
                   "For some it does come before, by 12 steps in the median: it is right in part, and not late in all.",
                   "In every run? In how many of them does the alarm come in time?"),
        ),
    ),
)  # fmt: skip
