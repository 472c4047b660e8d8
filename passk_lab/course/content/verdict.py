"""What notebook 12 asks: how often an alarm was right, and what a gauge is good for."""

from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

from passk_lab.course.exercise import Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "12_verdict"


def _in_time(alarm: Any, fall: Any) -> bool:
    return alarm is not None and alarm < fall


def _warned(alarms: Any, falls: Any) -> F:
    fell = [(alarm, fall) for alarm, fall in zip(alarms, falls, strict=True) if fall is not None]
    if not fell:
        raise ValueError("no run fell")
    return F(sum(_in_time(alarm, fall) for alarm, fall in fell), len(fell))


def _work(alarms: Any, falls: Any) -> str:
    rows = []
    for alarm, fall in zip(alarms, falls, strict=True):
        rang = "no alarm" if alarm is None else f"alarm at {alarm}"
        if fall is None:
            rows.append(f"{rang}, no fall: not among those that fell")
        else:
            rows.append(f"{rang}, fall at {fall}: {'warned' if _in_time(alarm, fall) else 'not warned'}")
    fell = [fall for fall in falls if fall is not None]
    hits = sum(_in_time(alarm, fall) for alarm, fall in zip(alarms, falls, strict=True) if fall is not None)
    return "\n".join([*rows, f"{hits} of {len(fell)}" if fell else "no run fell: no share"])


def _share(hit: Callable[[Any, Any], Any], counts: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A share of hits among the runs that count, with the same refusal where no run fell."""

    def wrong(alarms: Any, falls: Any) -> Any:
        if all(fall is None for fall in falls):
            raise ValueError
        both = [(alarm, fall) for alarm, fall in zip(alarms, falls, strict=True) if counts(alarm, fall)]
        return sum(bool(hit(alarm, fall)) for alarm, fall in both) / len(both) if both else 0

    return wrong


def _fell(alarm: Any, fall: Any) -> bool:
    return fall is not None


def _forgets(alarms: Any, falls: Any) -> Any:
    fell = [(alarm, fall) for alarm, fall in zip(alarms, falls, strict=True) if fall is not None]
    return sum(_in_time(alarm, fall) for alarm, fall in fell) / len(fell) if fell else 0


WARNED_SHARE = Exercise(
    name="warned_share",
    notebook=NOTEBOOK,
    task="Share of the runs that fell in which the alarm came BEFORE the fall. alarms[i] is the step of run i's first "
    "alarm and falls[i] that of its fall, None where there was none; an alarm at the very step of the fall is too late. "
    "If no run fell, raise a ValueError.",
    arguments=("alarms", "falls"),
    oracle=_warned,
    cases=(
        ((10,), (30,)), ((30,), (30,)), ((None,), (30,)), ((10,), (None,)), ((40,), (30,)), ((), ()),
        ((10, 20), (30, None)), ((None, 20), (30, None)), ((10, 50, None), (30, 40, 60)), ((10, 20, None, 40), (30, None, None, 50)),
        ((0, 10), (20, 0)), ((10, None, 30, 60, 5), (20, 20, 20, None, None)), ((10, 10, 10), (None, 10, 20)), ((None, None, 10, 10), (30, None, 20, None)),
    ),
    work=_work,
    mistakes=(
        Mistake(
            "too late counts", _share(lambda alarm, fall: alarm is not None, _fell),
            "You count an alarm that came AFTER the fall. It warned nobody.",
            "alarm < fall",
        ),
        Mistake(
            "at the fall counts", _share(lambda alarm, fall: alarm is not None and alarm <= fall, _fell),
            "An alarm at the very step of the fall is too late: there is no step left to act in.",
            "<, not <=",
        ),
        Mistake(
            "of all runs", _share(lambda alarm, fall: fall is not None and _in_time(alarm, fall), lambda alarm, fall: True),
            "You divide by ALL runs. Asked is a share of those that fell; of the others an alarm is false, which is another number.",
            "Divide by the number of falls that are not None.",
        ),
        Mistake(
            "of the alarms", _share(lambda alarm, fall: fall is not None and _in_time(alarm, fall), lambda alarm, fall: alarm is not None),
            "You divide by the ALARMS. That is how often an alarm is right; asked is how many falls had one.",
            "Divide by the number of falls that are not None.",
        ),
        Mistake(
            "false ones too", lambda alarms, falls: _share(lambda a, f: a is not None and (f is None or a < f), lambda a, f: True)(alarms, falls)
            * len(falls) / sum(fall is not None for fall in falls),
            "Alarms of runs that never fell are among your hits. Those are false alarms.",
            "Look only at runs whose fall is not None.",
        ),
        Mistake(
            "missed", _share(lambda alarm, fall: not _in_time(alarm, fall), _fell),
            "That is the share of falls WITHOUT a warning.",
            "One minus yours.",
        ),
        Mistake(
            "step 0 is none", _share(lambda alarm, fall: alarm and alarm < fall, _fell),
            "An alarm at step 0 counts for you as none: in Python 0 is as false as None. Ask for `is not None`.",
            "alarm is not None and alarm < fall",
        ),
        Mistake(
            "a fall at step 0 is none", _share(lambda alarm, fall: fall and _in_time(alarm, fall), lambda alarm, fall: bool(fall)),
            "A fall at step 0 counts for you as none: in Python 0 is as false as None. Ask for `is not None`.",
            "fall is not None",
        ),
        Mistake(
            "no refusal", _forgets,
            "Where no run fell there is no share: 0 would say that falls were missed. Raise a ValueError.",
            "Check first whether any fall is not None.", refusal=True,
        ),
    ),
    hints=(
        "First keep the runs that fell. Of how many of them did the alarm come before?",
        "#(fell, and alarm < fall) / #(fell)",
        "fell = [(a, f) for a, f in zip(alarms, falls) if f is not None]; return sum(a is not None and a < f for a, f in fell) / len(fell)",
    ),
)  # fmt: skip

EXERCISES = (WARNED_SHARE,)

QUESTIONS = (
    Question(
        "gauge or alarm",
        "At one step the gap tells well which of two runs falls soon. Why does a threshold on it make a poor alarm for one run?",
        (
            Choice("The gap of a small batch is noise: of two runs, chance decides which is lower.", False,
                   "Then it could not tell two runs at one step apart either; and it is the mean of ten steps."),
            Choice("Every run's gap closes as it learns: a run that stands crosses the line too, only later.", True,
                   "A low gap says: little left to explore in this batch. Learning closes it as collapse does, and a run that stands gives the alarm more time to ring. Held against "
                   "another run at the same step, that common part falls out."),
            Choice("The gap falls after coverage does: by then an alarm has come too late for any run.", False,
                   "For some it does come before, by a few steps in the median: it is right in part, and not late in all."),
        ),
    ),
)  # fmt: skip
