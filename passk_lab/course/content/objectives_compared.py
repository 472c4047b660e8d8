"""What notebook 07 asks: what samples are worth, and how runs are compared where they end."""

import math
from collections.abc import Callable
from fractions import Fraction as F
from itertools import pairwise
from typing import Any

import numpy as np

from passk_lab.course.content._fractions import average, shown
from passk_lab.course.exercise import Case, Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "07_objectives_compared"


def _standardised(rewards: Any, i: int) -> float:
    mean = F(average([F(r) for r in rewards]))
    square = average((r - mean) ** 2 for r in rewards)
    return 0.0 if square == 0 else float(rewards[i] - mean) / math.sqrt(square)


def _standardised_work(rewards: Any, i: int) -> str:
    mean = average([F(r) for r in rewards])
    square = average((r - mean) ** 2 for r in rewards)
    if square == 0:
        return "all rewards are equal: nothing to compare, every credit is 0"
    return (
        f"mean {mean}, mean squared distance from it {square}, its root {math.sqrt(square):.6g}\n"
        f"sample {i}: ({rewards[i]} - {mean}) / {math.sqrt(square):.6g} = {_standardised(rewards, i):.6g}"
    )


def _over(scale: Callable[[float, int], float]) -> Callable[..., float]:
    """Reward less mean, over something made of the mean square and n."""

    def function(rewards: Any, i: int) -> float:
        mean = average(rewards)
        square = average((r - mean) ** 2 for r in rewards)
        return float((rewards[i] - mean) / scale(square, len(rewards))) if square else 0.0

    return function


_REWARDS: tuple[Any, ...] = (
    (0, 1),
    (0, 0),
    (1, 1),
    (1, 0, 0, 0),
    (1, 1, 1, 0),
    (1, 1, 0, 0, 0),
    (3, 1, 2),
    (0, 0, 0, 0, 0, 0, 0, 1),
)

STANDARDISED_CREDIT = Exercise(
    name="standardised_credit",
    notebook=NOTEBOOK,
    task="GRPO's credit of sample i: its reward less the mean of the group's rewards, over their standard deviation "
    "(the root of the MEAN squared distance, divided by n). If all rewards are equal, 0.",
    arguments=("rewards", "i"),
    oracle=_standardised,
    cases=tuple((rewards, i) for rewards in _REWARDS for i in range(len(rewards))),
    work=_standardised_work,
    mistakes=(
        Mistake(
            "n - 1", _over(lambda s, n: math.sqrt(s * n / (n - 1))),
            "You divide by n - 1 inside the root, as torch.std and pandas do unless told otherwise. The difference is a factor, 0.71 for two samples "
            "and nearly 1 for many. This course takes the n form.",
            "Divide the sum of squares by len(rewards).",
        ),
        Mistake(
            "not divided", _over(lambda s, n: 1),
            "Reward less mean, without the division, is the rule of 'Dr. GRPO' and of REINFORCE with the group's mean. It weighs all prompts alike; "
            "GRPO's division weighs very hard and very easy ones up.",
            "Divide by the standard deviation.",
        ),
        Mistake(
            "variance", _over(lambda s, n: s),
            "You divide by the VARIANCE. Then a group with one right sample of many gets a huge credit.",
            "Take the root.",
        ),
        Mistake(
            "sum of squares", _over(lambda s, n: math.sqrt(s * n)),
            "You take the root of the SUM of squares. The standard deviation has their mean in it; your credit shrinks as groups grow.",
            "Divide the sum by n before the root.",
        ),
        Mistake(
            "small number added", _over(lambda s, n: math.sqrt(s) + 1e-4),
            "You add a small number to the standard deviation, as trainers do against division by 0. It draws every credit a little towards 0; here "
            "an exact answer and an explicit case for equal rewards are wanted.",
            "if all are equal: return 0; else divide by the deviation itself.",
        ),
        Mistake(
            "mean distance", lambda r, i: 0.0 if len(set(r)) == 1 else (r[i] - average(r)) / average(abs(x - average(r)) for x in r),
            "You divide by the mean ABSOLUTE distance. The standard deviation squares the distances.",
            "Squares, mean, root.",
        ),
        Mistake(
            "mean not taken off", lambda r, i: 0.0 if len(set(r)) == 1 else r[i] / math.sqrt(average((x - average(r)) ** 2 for x in r)),
            "You divide the reward itself. Without the mean taken off, a sample of reward 0 gets no credit at all, where one below the mean is to be pushed down.",
            "rewards[i] - mean",
        ),
        Mistake(
            "mean of the others",
            lambda r, i: 0.0 if len(set(r)) == 1 else (r[i] - average(r[:i] + r[i + 1 :])) / math.sqrt(average((x - average(r)) ** 2 for x in r)),
            "You take off the mean of the OTHERS (leave-one-out, as RLOO does). GRPO takes off the mean of all, the sample included.",
            "mean = sum(rewards) / len(rewards)",
        ),
    ),
    hints=(
        "Mean, then the root of the mean squared distance from it, then one division; and think of the group whose samples agree.",
        "(r_i - mean) / sqrt( (1/n) sum (r_j - mean)^2 )",
        "mean = sum(rewards) / n; spread = (sum((r - mean) ** 2 for r in rewards) / n) ** 0.5; return (rewards[i] - mean) / spread if spread else 0",
    ),
)  # fmt: skip


CENTRED_WEIGHT = Exercise(
    name="centred_weight",
    notebook=NOTEBOOK,
    task="The w for which the mean update is w times the gradient of p, whatever p is, when a group of n with c right "
    "gives 1 - c/n to a right sample and -c/n to a wrong one: the mean over j of (credit of a right sample if j "
    "of the OTHER n - 1 are right) - (that of a wrong one).",
    arguments=("n",),
    oracle=lambda n: F(n - 1, n),
    cases=tuple((n,) for n in (2, 3, 4, 5, 8, 32, 1000, 1)),
    work=lambda n: (
        f"with j of the other {n - 1} right: right sample, c = j + 1: 1 - (j+1)/{n};  wrong sample, c = j: -j/{n}\n"
        f"difference: 1 - (j+1)/{n} + j/{n} = 1 - 1/{n} = {F(n - 1, n)}, the same for every j, so also on average"
    ),
    mistakes=(
        Mistake(
            "1", lambda n: 1.0,
            "1 would hold for the true p as baseline, or for the mean of the OTHERS. The group's own mean contains the sample itself, and takes a bit of "
            "its reward back.",
            "A right sample makes c = j + 1, a wrong one leaves c = j.",
        ),
        Mistake(
            "n/(n-1)", lambda n: n / (n - 1) if n > 1 else math.inf,
            "n/(n-1) is the factor that REPAIRS the shrinking. Asked is how much it shrinks.",
            "Turn it over.",
        ),
        Mistake(
            "1/n", lambda n: 1 / n,
            "1/n is what is lost: the part of a sample's own reward in its baseline.",
            "Take it from 1.",
        ),
        Mistake(
            "1 + 1/n", lambda n: 1 + 1 / n,
            "The sign of 1/n is turned: a right sample has c = j + 1, which raises the mean taken off its reward.",
            "1 - (j+1)/n - (-j/n)",
        ),
        Mistake(
            "n - 1", lambda n: n - 1,
            "You have n times too much: the credits are divided by n.",
            "1 - (j+1)/n + j/n",
        ),
        Mistake(
            "0", lambda n: 0.0,
            "The credits of a GROUP add up to 0. That does not make the update 0: right samples are pushed up and wrong ones down.",
            "Take the difference of the two credits, for the same j.",
        ),
        Mistake(
            "(n-2)/n", lambda n: (n - 2) / n,
            "One 1/n too many is taken off: the two counts differ by one, not by two.",
            "c = j + 1 for a right sample and c = j for a wrong one.",
        ),
    ),
    hints=(
        "Put c = j + 1 into the first credit and c = j into the second, and subtract. Does j stay?",
        "1 - (j+1)/n - (-j/n)",
        "return (n - 1) / n",
    ),
)  # fmt: skip


def _pulls(p: Any, k: int) -> list[Any]:
    """Slope of pass@k in a prompt's logit."""
    return [k * q * (1 - q) ** k for q in p]


def _effective(pulls: Any) -> Any:
    squares = sum(s * s for s in pulls)
    return sum(pulls) ** 2 / squares if squares else 0


def _carriers_work(p: Any, k: int) -> str:
    rows = [
        f"prompt {x}: {k} * {q} * ({1 - q})^{k} = {shown(F(s))}"
        for x, (q, s) in enumerate(zip(p, _pulls(p, k), strict=True))
    ]
    total, squares = F(sum(_pulls(p, k))), F(sum(s * s for s in _pulls(p, k)))
    if not squares:
        return "\n".join([*rows, "nothing pulls: 0"])
    return "\n".join(
        [
            *rows,
            f"sum {shown(total)}, sum of squares {shown(squares)}",
            "m equal pulls a: m a = sum and m a^2 = sum of squares, so a = squares / sum and m = sum^2 / squares",
            f"m = {float(_effective(_pulls(p, k))):.6g}",
        ]
    )


def _perplexity(pulls: Any) -> float:
    total = sum(pulls)
    return math.exp(-sum(s / total * math.log(s / total) for s in pulls if s)) if total else 0.0


EFFECTIVE_PROMPTS = Exercise(
    name="effective_prompts",
    notebook=NOTEBOOK,
    task="Effective number of prompts (Kish): how many with EQUAL pulls would have the same sum of pulls and the same "
    "sum of squared pulls. Prompt x pulls its logit with strength k q (1-q)^k, q = p[x]. If nothing pulls, 0. "
    "p is not empty, and k is a whole number from 1 on.",
    arguments=("p", "k"),
    oracle=lambda p, k: F(_effective(_pulls(p, k))),
    cases=tuple(
        (p, k)
        for k in (1, 2, 4, 16)
        for p in ((F(1, 2),), (F(1, 2), F(1, 2)), (F(1, 2), F(1, 4)), (F(1, 4), F(0)), (F(1), F(0)), (F(1, 2), F(1, 2), F(1, 10), F(9, 10)),
                  (F(1, 100), F(1, 20), F(1, 4), F(3, 4), F(19, 20)))
    ),
    work=_carriers_work,
    mistakes=(
        Mistake(
            "share", lambda p, k: _effective(_pulls(p, k)) / len(p),
            "You divide by the number of prompts: that is the effective SHARE, which the lab logs as carriers. Asked is the number.",
            "Do not divide by len(p).",
        ),
        Mistake(
            "weight only", lambda p, k: _effective([k * (1 - q) ** (k - 1) for q in p]),
            "You use the weight k (1-p)^(k-1) alone. A prompt that is never solved has the largest weight and no gradient: the pull has p (1-p) in it too.",
            "k p (1-p)^k",
        ),
        Mistake(
            "k forgotten", lambda p, k: _effective(_pulls(p, 1)),
            "Your pulls are p (1-p), those of pass@1, whatever k is. (The FACTOR k may be left out, since it cancels; the power may not.)",
            "p (1-p)^k",
        ),
        Mistake(
            "who pulls at all", lambda p, k: sum(s > 0 for s in _pulls(p, k)),
            "You count every prompt that pulls at all. One that pulls a thousandth of another hardly counts.",
            "Weigh them by how strongly they pull.",
        ),
        Mistake(
            "over the strongest", lambda p, k: sum(s) / max(s) if max(s := _pulls(p, k)) else 0,
            "Sum over the LARGEST pull keeps the sum and the largest. Asked is to keep the sum and the sum of squares.",
            "m a = sum, m a^2 = sum of squares: solve for m.",
        ),
        Mistake(
            "perplexity", lambda p, k: _perplexity(_pulls(p, k)),
            "exp of the entropy of the shares is another effective number. It keeps the entropy; Kish's keeps the sum of squares.",
            "m a = sum, m a^2 = sum of squares: solve for m.",
        ),
        Mistake(
            "upside down", lambda p, k: 1 / m if (m := _effective(_pulls(p, k))) else 0,
            "Sum of squares over squared sum is how concentrated the signal is: 1 over the number asked for.",
            "Turn the fraction over.",
        ),
        Mistake(
            "sum not squared", lambda p, k: _effective(s) / sum(s) if sum(s := _pulls(p, k)) else 0,
            "You divide the sum by the sum of squares. Doubling all pulls would halve your number, and it should not change.",
            "Square the sum.",
        ),
    ),
    hints=(
        "Say there are m prompts with pull a each. Two equations, two unknowns.",
        "m a = S and m a^2 = Q give m = S^2 / Q",
        "s = [k * q * (1 - q) ** k for q in p]; Q = sum(x * x for x in s); return sum(s) ** 2 / Q if Q else 0",
    ),
)  # fmt: skip


def _beats(x: Any, y: Any) -> bool:
    """At least as good in both, better in one."""
    return bool(x[0] >= y[0] and x[1] >= y[1] and x != y)


def _on_frontier(one: Any, many: Any, i: int) -> bool:
    points = list(zip(one, many, strict=True))
    return not any(_beats(other, points[i]) for other in points)


def _frontier_work(one: Any, many: Any, i: int) -> str:
    points = list(zip(one, many, strict=True))
    rows = [
        f"run {j}: pass@1 {a}, pass@256 {b}{'   <- the run asked about' if j == i else ''}"
        for j, (a, b) in enumerate(points)
    ]
    better = [j for j, other in enumerate(points) if _beats(other, points[i])]
    verdict = (
        f"run {better[0]} is at least as good in both and better in one: False" if better else "no run beats it: True"
    )
    return "\n".join([*rows, verdict])


def _on_hull(one: Any, many: Any, i: int) -> bool:
    """On the frontier and not under the straight line between two other runs."""
    points = sorted(set(zip(one, many, strict=True)))
    x, y = one[i], many[i]
    under = any(
        a[0] < x < b[0] and y < a[1] + (x - a[0]) / (b[0] - a[0]) * (b[1] - a[1]) for a in points for b in points
    )
    return _on_frontier(one, many, i) and not under


_RUNS: tuple[tuple[Any, Any], ...] = (
    ((F(1, 4),), (F(3, 4),)),
    ((F(1, 4), F(1, 2)), (1, F(3, 4))),
    ((F(1, 4), F(1, 2)), (F(1, 2), F(3, 4))),
    ((F(1, 2), F(1, 2)), (F(3, 4), F(3, 4))),
    ((F(1, 2), F(1, 2)), (F(3, 4), F(7, 8))),
    ((F(1, 4), F(1, 2)), (F(3, 4), F(3, 4))),
    ((F(1, 4), F(3, 8), F(1, 2)), (1, F(13, 16), F(3, 4))),
    ((F(3, 10), F(3, 5), F(2, 5), F(3, 5)), (F(9, 10), F(4, 5), F(17, 20), F(7, 10))),
)

ON_FRONTIER = Exercise(
    name="on_frontier",
    notebook=NOTEBOOK,
    task="True if run i is on the frontier: no run is at least as good in both and better in at least one. Run j ends "
    "at pass@1 one[j] and pass@256 many[j]; two runs at the same point do not beat each other.",
    arguments=("one", "many", "i"),
    oracle=_on_frontier,
    cases=tuple((one, many, i) for one, many in _RUNS for i in range(len(one))),
    work=_frontier_work,
    mistakes=(
        Mistake(
            "strictly better in both", lambda x, y, i: not any(a > x[i] and b > y[i] for a, b in zip(x, y, strict=True)),
            "You only drop a run if another is STRICTLY better in both. One that is equal in pass@1 and better in pass@256 beats it too.",
            ">= in both, and not the same point.",
        ),
        Mistake(
            "equal points beat each other",
            lambda x, y, i: not any(a >= x[i] and b >= y[i] for j, (a, b) in enumerate(zip(x, y, strict=True)) if j != i),
            "Two runs at the same point throw each other out, and the frontier has a hole there. To beat means to be better in at least one.",
            "Ask also for a > or for different points.",
        ),
        Mistake(
            "beaten by itself", lambda x, y, i: False,
            "You say False for every run: compared with >= in both, a run beats itself.",
            "Ask for > in at least one of the two.",
        ),
        Mistake(
            "best in one", lambda x, y, i: x[i] == max(x) or y[i] == max(y),
            "You keep the runs that are best in pass@1 or in pass@256. Between the two ends lie runs that give a little of both and are beaten by none.",
            "Compare run i with every other run, one at a time.",
        ),
        Mistake(
            "best in both", lambda x, y, i: x[i] == max(x) and y[i] == max(y),
            "You ask run i to be best in BOTH. Mostly no run is; the frontier holds all that are not beaten.",
            "Not beaten by any is less than beating all.",
        ),
        Mistake(
            "sum", lambda x, y, i: x[i] + y[i] == max(a + b for a, b in zip(x, y, strict=True)),
            "You keep the largest sum of the two. That sets a price, one point of pass@1 for one of pass@256, which the frontier leaves open.",
            "Compare the two numbers one by one.",
        ),
        Mistake(
            "hull", _on_hull,
            "You drop runs that lie under a straight line between two others. No run IS on that line: a mixture of two policies is not a run of yours.",
            "Compare with other runs only.",
        ),
        Mistake(
            "verdict turned round", lambda x, y, i: not _on_frontier(x, y, i),
            "You return True for the runs that are beaten.",
            "Put a not before it.",
        ),
    ),
    hints=(
        "Look for a run that beats run i. If there is none, run i is on the frontier.",
        "beats: a >= one[i] and b >= many[i] and (a > one[i] or b > many[i])",
        "return not any(a >= one[i] and b >= many[i] and (a, b) != (one[i], many[i]) for a, b in zip(one, many))",
    ),
)  # fmt: skip


def _at_equal_progress(one: Any, many: Any, level: Any) -> Any:
    for (a, b), (u, v) in zip(pairwise(one), pairwise(many), strict=True):
        if a == level:
            return u
        if min(a, b) <= level <= max(a, b):
            return u + (level - a) / (b - a) * (v - u)
    raise ValueError("never reached")


def _progress_work(one: Any, many: Any, level: Any) -> str:
    for j, ((a, b), (u, v)) in enumerate(zip(pairwise(one), pairwise(many), strict=True)):
        if a == level:
            return f"evaluation {j} has pass@1 = {level} itself: {u}"
        if min(a, b) <= level <= max(a, b):
            t = F(level - a) / (b - a)
            return (
                f"first stretch that meets {level}: evaluations {j} and {j + 1}, pass@1 {a} to {b}, pass@256 {u} to {v}\n"
                f"part of the way: ({level} - {a}) / ({b} - {a}) = {t}\n"
                f"pass@256 there: {u} + {t} * ({v - u}) = {_at_equal_progress(one, many, level)}"
            )
    return f"pass@1 goes from {min(one)} to {max(one)} and never meets {level}: raise a ValueError."


def _stretch(pick: Callable[[Any, Any, Any], Any]) -> Callable[..., Any]:
    """The first stretch that meets the level, with something else done on it: pick(t, u, v)."""

    def function(one: Any, many: Any, level: Any) -> Any:
        for (a, b), (u, v) in zip(pairwise(one), pairwise(many), strict=True):
            if a == level or min(a, b) <= level <= max(a, b):
                return pick((level - a) / (b - a) if b != a else 0, u, v)
        raise ValueError

    return function


def _sorted_first(one: Any, many: Any, level: Any) -> Any:
    pairs = sorted(zip(one, many, strict=True))
    return _at_equal_progress([a for a, _ in pairs], [b for _, b in pairs], level)


def _last_time(one: Any, many: Any, level: Any) -> Any:
    return _at_equal_progress(one[::-1], many[::-1], level)


def _clamped(one: Any, many: Any, level: Any) -> Any:
    """What numpy.interp does outside the range."""
    inside = min(one) <= level <= max(one)
    return (
        _at_equal_progress(one, many, level) if inside else many[one.index(max(one) if level > max(one) else min(one))]
    )


def _extended(one: Any, many: Any, level: Any) -> Any:
    if min(one) <= level <= max(one):
        return _at_equal_progress(one, many, level)
    return many[-2] + (level - one[-2]) / (one[-1] - one[-2]) * (many[-1] - many[-2])


_RISING: Any = ((F(1, 4), F(1, 2)), (1, F(3, 4)))
_LONG: Any = ((F(1, 4), F(3, 8), F(5, 8), F(3, 4)), (1, F(15, 16), F(7, 8), F(3, 4)))
_BACK: Any = ((F(1, 4), F(1, 2), F(3, 8), F(5, 8)), (1, F(7, 8), F(13, 16), F(1, 2)))
_FALLING: Any = ((F(3, 4), F(1, 4)), (F(3, 4), 1))
_PROGRESS: tuple[Case, ...] = (
    *((*_RISING, level) for level in (F(1, 4), F(3, 8), F(5, 16), F(7, 16))), *((*_LONG, level) for level in (F(3, 8), F(1, 2), F(9, 16), F(11, 16))),
    *((*_BACK, level) for level in (F(3, 8), F(7, 16), F(1, 2), F(9, 16))), *((*_FALLING, level) for level in (F(5, 8), F(3, 8))),
    (*_RISING, F(3, 4)), (*_LONG, F(7, 8)), (*_LONG, F(1, 8)), (*_FALLING, F(1, 8)),
)  # fmt: skip

AT_EQUAL_PROGRESS = Exercise(
    name="at_equal_progress",
    notebook=NOTEBOOK,
    task="A run's pass@256 where its pass@1 FIRST equals level, with straight lines between evaluations. In order of "
    "time these have pass@1 one[j] and pass@256 many[j]. If pass@1 never equals level, raise a ValueError.",
    arguments=("one", "many", "level"),
    oracle=_at_equal_progress,
    cases=_PROGRESS,
    work=_progress_work,
    mistakes=(
        Mistake(
            "evaluation before", _stretch(lambda t, u, v: u),
            "You take the evaluation BEFORE the level is reached. Runs then differ by how long ago they were last evaluated.",
            "Go part of the way to the next one.",
        ),
        Mistake(
            "evaluation after", _stretch(lambda t, u, v: v if t else u),
            "You take the first evaluation AT or beyond the level: it has progressed further than the level says.",
            "Go only part of the way from the one before.",
        ),
        Mistake(
            "nearest", _stretch(lambda t, u, v: u if t <= 0.5 else v),
            "You take the nearest evaluation. Two runs are then compared at two different levels of pass@1.",
            "Go part of the way from one to the next.",
        ),
        Mistake(
            "middle", _stretch(lambda t, u, v: (u + v) / 2 if t else u),
            "You take the mean of the two evaluations around the level, however near it is to one of them.",
            "Weigh them by how far away each is.",
        ),
        Mistake(
            "part turned round", _stretch(lambda t, u, v: v + t * (u - v) if t else u),
            "The parts have changed places: near the first evaluation you give the value of the second.",
            "The part of the way is (level - one[j]) / (one[j+1] - one[j]).",
        ),
        Mistake(
            "sorted by pass@1", _sorted_first,
            "You sort the evaluations by pass@1 first (numpy.interp needs that). Where pass@1 fell in between, early and late ones are mixed.",
            "Keep the order of time, and go through neighbours.",
        ),
        Mistake(
            "last time", _last_time,
            "You take the LAST time pass@1 equals the level. Where it rises, falls and rises again, that is later than asked.",
            "Stop at the first stretch that meets the level.",
        ),
        Mistake(
            "clamped", _clamped,
            "Every number is right, but where the level is never met you return the end of the run, as numpy.interp does without a word. Such a run "
            "has no value at this level: raise a ValueError.",
            "raise ValueError(...) after the loop",
            refusal=True,
        ),
        Mistake(
            "np.interp", lambda one, many, level: float(np.interp(level, one, many)),
            "np.interp asks for pass@1 that rises throughout, and does not look whether it does. A run goes back and forth, and the FIRST time counts.",
            "Go through neighbouring evaluations in order of time.",
        ),
        Mistake(
            "extended", _extended,
            "Every number is right, but where the level is never met you extend the last line. Nobody knows how the run would have gone on: raise a "
            "ValueError.",
            "raise ValueError(...) after the loop",
            refusal=True,
        ),
    ),
    hints=(
        "Go through neighbouring evaluations in order of time; the first pair with the level between its two pass@1 is the place.",
        "t = (level - a) / (b - a), then u + t (v - u), for pass@1 from a to b and pass@256 from u to v",
        "for j in range(len(one) - 1): ... if min(a, b) <= level <= max(a, b): return u + (level - a) / (b - a) * (v - u)   (and if a == level: return u)",
    ),
)  # fmt: skip


def _hits(p: Any, k: int) -> list[Any]:
    return [1 - (1 - q) ** k for q in p]


def _noise(p: Any, k: int) -> F:
    return F(sum(q * (1 - q) for q in _hits(p, k))) / len(p) ** 2


def _noise_work(p: Any, k: int) -> str:
    rows = [
        f"prompt {x}: one of {k} right with chance {shown(F(q))}, variance {shown(F(q * (1 - q)))}"
        for x, q in enumerate(_hits(p, k))
    ]
    return "\n".join([*rows, f"of the mean of {len(p)}: their sum / {len(p)}^2 = {shown(_noise(p, k))}"])


FIXED_NOISE = Exercise(
    name="fixed_noise",
    notebook=NOTEBOOK,
    task="VARIANCE of the share of prompts with a right one among k samples, over new samples of the same prompts. p "
    "lists the chance of each prompt and is not empty; k is a whole number from 1 on.",
    arguments=("p", "k"),
    oracle=_noise,
    cases=tuple(
        (p, k)
        for k in (1, 2, 4, 16)
        for p in ((F(1, 2),), (F(1, 4), F(1, 4)), (F(1, 2), F(1, 4)), (F(0), F(1)), (F(1, 10), F(1, 2), F(9, 10)), (F(1, 100), F(1, 50), F(1, 4), F(1)))
    ),
    work=_noise_work,
    mistakes=(
        Mistake(
            "one coin for all", lambda p, k: (m := average(_hits(p, k))) * (1 - m) / len(p),
            "Still m (1-m) / P, as if every prompt had the mean chance m. That is the variance if the PROMPTS are drawn anew as well; on the same prompts "
            "solved and hopeless ones add no noise.",
            "q (1-q) for each prompt, then add.",
        ),
        Mistake(
            "at the mean p", lambda p, k: (q := 1 - (1 - average(p)) ** k) * (1 - q) / len(p),
            "You compute pass@k at the mean p. Each prompt has its own chance.",
            "Work prompt by prompt.",
        ),
        Mistake(
            "one sample", lambda p, k: sum(q * (1 - q) for q in p) / len(p) ** 2,
            "p (1-p) is the variance of ONE sample. What is averaged is whether any of k was right, with chance 1 - (1-p)^k.",
            "Put q = 1 - (1-p)^k in place of p.",
        ),
        Mistake(
            "divided by k", lambda p, k: sum(q * (1 - q) for q in p) / len(p) ** 2 / k,
            "That is the variance of the estimate of pass@1 from the k samples. Pass@k from k samples is a yes or no for each prompt, and nothing is "
            "averaged within it.",
            "q (1-q) with q = 1 - (1-p)^k, without a division by k.",
        ),
        Mistake(
            "divided by P once", lambda p, k: average(q * (1 - q) for q in _hits(p, k)),
            "You take the mean of the variances. The variance of a MEAN of P independent numbers is their sum over P squared.",
            "Divide by len(p) once more.",
        ),
        Mistake(
            "sum", lambda p, k: float(sum(q * (1 - q) for q in _hits(p, k))),
            "That is the variance of the NUMBER of prompts solved. Asked is that of their share.",
            "Divide by len(p) ** 2.",
        ),
        Mistake(
            "root", lambda p, k: math.sqrt(_noise(p, k)),
            "That is the standard error. Asked is its square.",
            "Leave the root out.",
        ),
    ),
    hints=(
        "Each prompt is a coin of its own, solved with chance q. What is the variance of one, and of the mean of several?",
        "(1/P^2) sum over prompts of q (1-q), with q = 1 - (1-p)^k",
        "q = [1 - (1 - x) ** k for x in p]; return sum(x * (1 - x) for x in q) / len(p) ** 2",
    ),
    afterwards="What the bug did: it took for noise that prompts differ. That would come back as other prompts; new samples of the SAME prompts only "
    "bring each prompt's own coin. In the example it gave 0.0625 where nothing varies at all.",
)  # fmt: skip

EXERCISES = (STANDARDISED_CREDIT, CENTRED_WEIGHT, EFFECTIVE_PROMPTS, ON_FRONTIER, AT_EQUAL_PROGRESS, FIXED_NOISE)

QUESTIONS = (
    Question(
        "one learning rate",
        "At one learning rate, after 240 steps, GRPO ends at pass@1 0.57 and pass@256 0.85, training on pass@4 at 0.29 and 0.96. What does that show "
        "of the two objectives?",
        (
            Choice("Pass@4 is the better one for coverage: it ends at 0.96, not 0.85.", False,
                   "It has moved less. On its way GRPO passes pass@1 = 0.29 with pass@256 at 0.96 as well, and at half the rate it ends at 0.50 and 0.89: "
                   "stopping early keeps coverage too.",
                   "Where would a run stand in this comparison that was not trained at all?"),
            Choice("Little: pass@256 is to be compared where pass@1 is EQUAL.", True,
                   "Then what is left is the price an objective pays for its gain, apart from how fast it pays. If one path lies above the other at every "
                   "level they share, that says something."),
            Choice("GRPO is the better one: at the same steps it has twice the pass@1.", False,
                   "Adam divides each gradient by its own size, so one rate means another speed for each objective. Equal steps are not equal progress.",
                   "Give the other run more steps, or a larger rate: is it still behind?"),
        ),
    ),
    Question(
        "what exact separates",
        "Trained on pass@4 the network comes to pass@1 = 0.44 by its exact gradient, and to 0.29 by groups of 32 samples with the plain credit table. What "
        "held it down?",
        (
            Choice("The objective: pass@4 gives no pass@1 this high.", False,
                   "Both runs have the same objective, and one of them rose.",
                   "Which objective had the run that rose?"),
            Choice("The sampling: its update is unbiased, but noisy.", True,
                   "Network, start, prompts and objective are the same; only what a group sees differs. With the table loo-1, same mean and less "
                   "noise, groups of 32 come to 0.43."),
            Choice("The network: its prompts interfere with each other.", False,
                   "It is the same network in both runs. Interference is there with the exact gradient too.",
                   "Make a list of what differs between the two runs. Is the network on it?"),
        ),
    ),
)  # fmt: skip
