"""What notebook 06 asks: what is read off a real network that can be evaluated exactly."""

import math
from fractions import Fraction as F
from typing import Any

from passk_lab.course.content._fractions import average, shown
from passk_lab.course.exercise import Case, Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "06_train_a_model"


def _chances(log_chances: Any) -> list[float]:
    return [math.exp(value) for value in log_chances]


def _success_work(log_chances: Any) -> str:
    if not log_chances:
        return "no answer is right: the sum has no terms, and p = 0"
    rows = [f"exp({value}) = {q:.6g}" for value, q in zip(log_chances, _chances(log_chances), strict=True)]
    return "\n".join([*rows, f"one answer excludes the others, so the chances add: {sum(_chances(log_chances)):.6g}"])


_LOGS: tuple[Any, ...] = (
    (-1,), (-1, -2), (-2, -2), (-2, -3, -3), (-1, -3, F(-5, 2)), (F(-3, 2), F(-3, 2), -4, -4), (-9, -8), (-1, -2, -2, -5, -20), (),
)  # fmt: skip

SUCCESS_PROBABILITY = Exercise(
    name="success_probability",
    notebook=NOTEBOOK,
    task="Chance p that one sample is right. log_chances lists the natural log of the chance of each right answer to a "
    "prompt; it may be empty.",
    arguments=("log_chances",),
    oracle=lambda log_chances: sum(_chances(log_chances)),
    cases=tuple((logs,) for logs in _LOGS),
    work=_success_work,
    mistakes=(
        Mistake(
            "logs summed", lambda logs: float(sum(logs)),
            "You add the LOGS: that is the log of a product, and below 0. Chances are what adds up.",
            "Turn each log back into a chance first.",
        ),
        Mistake(
            "product", lambda logs: math.exp(sum(logs)),
            "exp of the sum of logs is the PRODUCT of the chances: right for the tokens of one answer, which must all come. Of the right answers "
            "any one will do.",
            "First exp, then the sum.",
        ),
        Mistake(
            "largest", lambda logs: math.exp(max(logs, default=-math.inf)),
            "You take the likeliest right answer only. The others are right as well, and add to p.",
            "Sum over all of them.",
        ),
        Mistake(
            "first only", lambda logs: math.exp(logs[0]),
            "You take the first right answer of the list only. The others are right as well; and the list may be empty.",
            "Sum over all of them.",
        ),
        Mistake(
            "mean", lambda logs: sum(_chances(logs)) / max(len(logs), 1),
            "You take the mean chance of a right answer. A prompt with more right answers is easier, not the same.",
            "Do not divide.",
        ),
        Mistake(
            "equal chances once", lambda logs: sum(_chances(set(logs))),
            "Two different answers with the same chance are counted once (a set, or a dictionary keyed by the chance). Each entry of the list is an "
            "answer of its own.",
            "Sum over the list as it is.",
        ),
        Mistake(
            "independent", lambda logs: 1 - math.prod(1 - q for q in _chances(logs)),
            "1 - prod (1 - q) is for INDEPENDENT events that can happen together. One sample is one answer: the events exclude each other.",
            "The chances of events that exclude each other add up.",
        ),
        Mistake(
            "still a log", lambda logs: math.log(sum(_chances(logs))) if logs else -math.inf,
            "That is log p (logsumexp), the number training works with. Asked is p.",
            "Leave the last log out.",
        ),
        Mistake(
            "base 2", lambda logs: sum(2.0**value for value in logs),
            "You raise 2 to the log. The logs are natural, as torch's log_softmax gives them.",
            "math.exp",
        ),
    ),
    hints=(
        "A sample is exactly one answer. What do the chances of events that exclude each other do?",
        "p = sum over right answers y of exp(log pi(y))",
        "return sum(math.exp(value) for value in log_chances)",
    ),
)  # fmt: skip


def _may_train(prompt: Any, held_out: Any) -> bool:
    return sorted(prompt[:3]) not in [sorted(other[:3]) for other in held_out]


def _split_work(prompt: Any, held_out: Any) -> str:
    mine = sorted(prompt[:3])
    rows = [f"held out {tuple(other)}: numbers in order {sorted(other[:3])}" for other in held_out]
    verdict = (
        "the prompt's numbers are not held out, so it may be trained on: True"
        if _may_train(prompt, held_out)
        else "the prompt's numbers are held out, so it may not be trained on: False"
    )
    return "\n".join([f"prompt {tuple(prompt)}: numbers in order {mine}", *rows, verdict])


_HELD: Any = ((1, 2, 3, 6), (5, 2, 2, 9))
_PROMPTS: tuple[Any, ...] = (
    (1, 2, 3, 6), (1, 2, 3, 7), (3, 2, 1, 6), (3, 1, 2, 5), (4, 5, 6, 7), (4, 5, 6, 9), (2, 2, 5, 4), (2, 5, 5, 9), (2, 5, 9, 2), (7, 1, 1, 8),
    (4, 1, 1, 6),
)  # fmt: skip
_SPLITS: tuple[Case, ...] = (
    *((prompt, _HELD) for prompt in _PROMPTS),
    ((4, 5, 6, 7), ()),
    ((9, 4, 9, 9), ((9, 9, 4, 9),)),
)

MAY_TRAIN = Exercise(
    name="may_train",
    notebook=NOTEBOOK,
    task="True if a prompt, a list of three numbers and a target, may be trained on: its numbers, in whatever order, "
    "are not those of a prompt in held_out, a list of such prompts as tuples. A number that stands there twice "
    "counts twice; targets do not matter.",
    arguments=("prompt", "held_out"),
    oracle=_may_train,
    cases=_SPLITS,
    work=_split_work,
    mistakes=(
        Mistake(
            "by prompt", lambda prompt, held: tuple(prompt) not in held,
            "You keep out exactly the held-out prompts. The same numbers with another target, or in another order, are nearly the same exercise: "
            "in a test they would measure memory.",
            "Compare numbers only, and in sorted order.",
        ),
        Mistake(
            "by numbers in order", lambda prompt, held: tuple(prompt[:3]) not in [h[:3] for h in held],
            "You compare the numbers in the order given. 3 2 1 offers the same sums and products as 1 2 3.",
            "Sort both sides.",
        ),
        Mistake(
            "by numbers and target", lambda prompt, held: (sorted(prompt[:3]), prompt[3]) not in [(sorted(h[:3]), h[3]) for h in held],
            "You ask for the same numbers AND the same target. With another target the first steps are the same, so those numbers are not new.",
            "Leave the target out.",
        ),
        Mistake(
            "sorted with the target", lambda prompt, held: sorted(prompt) not in [sorted(h) for h in held],
            "You sort the target in with the numbers. It then passes for one of them, and prompts that share numbers look different.",
            "Cut the target off before sorting: prompt[:3].",
        ),
        Mistake(
            "set", lambda prompt, held: set(prompt[:3]) not in [set(h[:3]) for h in held],
            "A set forgets how often a number is there: 2 2 5 and 2 5 5 become the same, though their solutions differ.",
            "sorted(...) keeps both copies.",
        ),
        Mistake(
            "by sum", lambda prompt, held: sum(prompt[:3]) not in [sum(h[:3]) for h in held],
            "You compare a sum. It does not depend on the order, but different numbers share it: 4 + 1 + 1 = 1 + 2 + 3.",
            "Compare the sorted numbers themselves.",
        ),
        Mistake(
            "list and tuple", lambda prompt, held: True,
            "You let every prompt in. Perhaps you compare a list with tuples: [1, 2, 3] == (1, 2, 3) is False in Python, whatever the numbers.",
            "Make both sides lists, for example with sorted(...).",
        ),
        Mistake(
            "verdict turned round", lambda prompt, held: not _may_train(prompt, held),
            "You return True for the prompts that must stay OUT.",
            "Put a not before it.",
        ),
    ),
    hints=(
        "Which form is equal for two prompts exactly if they have the same numbers, order aside?",
        "sorted(prompt[:3]), compared with the same of each held-out prompt",
        "return sorted(prompt[:3]) not in [sorted(other[:3]) for other in held_out]",
    ),
)  # fmt: skip


def _silent_share(c: Any, n: int) -> F:
    return F(sum(x in (0, n) for x in c), len(c))


def _silent_work(c: Any, n: int) -> str:
    wrong, right = sum(x == 0 for x in c), sum(x == n for x in c)
    return (
        f"right samples of {n}, group by group: {' '.join(map(str, c))}\n"
        f"all wrong (0): {wrong} of {len(c)} groups = {F(wrong, len(c))};  all right ({n}): {right} of {len(c)} = {F(right, len(c))}\n"
        f"without contrast: {_silent_share(c, n)}"
    )


_COUNTS: tuple[Case, ...] = (
    ((0, 2), 4), ((4, 2), 4), ((0, 4, 1, 2), 4), ((1, 2, 3), 4), ((0, 0, 0, 4), 4), ((4, 4), 4), ((0, 8, 8, 8, 1), 8), ((1, 1, 8), 8),
    ((0,), 2), ((0, 3, 31, 32, 32, 32, 16, 0), 32),
)  # fmt: skip

SILENT_SHARE = Exercise(
    name="silent_share",
    notebook=NOTEBOOK,
    task="Share of groups that teach nothing when a group's samples are only compared with each other. c lists how "
    "many of its n samples are right, for each group of a batch; it is not empty, and n is a whole number from 2 on.",
    arguments=("c", "n"),
    oracle=_silent_share,
    cases=_COUNTS,
    work=_silent_work,
    mistakes=(
        Mistake(
            "all wrong only", lambda c, n: sum(x == 0 for x in c) / len(c),
            "You count the groups without a right sample. A group that is right throughout has no contrast either, and late in training that end "
            "is the longer one.",
            "Two counts have no contrast: which?",
        ),
        Mistake(
            "all right only", lambda c, n: sum(x == n for x in c) / len(c),
            "You count the groups that are right throughout. A group without a right sample has no contrast either.",
            "Two counts have no contrast: which?",
        ),
        Mistake(
            "contrast", lambda c, n: sum(0 < x < n for x in c) / len(c),
            "That is the share of groups WITH contrast, those that do teach.",
            "Take it from 1.",
        ),
        Mistake(
            "number of groups", lambda c, n: sum(x in (0, n) for x in c),
            "That is how MANY groups are silent. Asked is their share of the batch.",
            "Divide by the number of groups.",
        ),
        Mistake(
            "1 for all right", lambda c, n: sum(x in (0, 1) for x in c) / len(c),
            "You compare the COUNT with 1, as if it were a rate. One right sample of n is the strongest contrast there is; all right is c = n.",
            "Compare with n.",
        ),
        Mistake(
            "expected at the mean", lambda c, n: (m := sum(c) / len(c) / n) ** n + (1 - m) ** n,
            "p^n + (1-p)^n at the batch's mean p is the chance of such a group if all prompts were equally hard. They are not: most silent groups "
            "come from the two ends.",
            "Count the groups themselves.",
        ),
        Mistake(
            "expected of each", lambda c, n: sum((x / n) ** n + (1 - x / n) ** n for x in c) / len(c),
            "You estimate p as c/n in each group and ask how likely a NEW group from it would be silent. The groups are drawn already: count them.",
            "A group with 0 < c < n is not silent, not even a little.",
        ),
    ),
    hints=(
        "When do all n samples of a group get the same reward?",
        "(groups with c = 0, plus groups with c = n) / all groups",
        "return sum(x in (0, n) for x in c) / len(c)",
    ),
)  # fmt: skip


def _by_solution(chances: Any, solution: Any) -> dict[int, Any]:
    together: dict[int, Any] = {}
    for q, s in zip(chances, solution, strict=True):
        together[s] = together.get(s, 0) + q
    return together


def _found(q: Any, n: int) -> Any:
    return 1 - (1 - q) ** n


def _distinct(chances: Any, solution: Any, n: int) -> F:
    return F(sum(_found(q, n) for q in _by_solution(chances, solution).values()))


def _distinct_work(chances: Any, solution: Any, n: int) -> str:
    rows = [
        f"solution {s}: chance {q}, met in {n} samples with chance 1 - ({1 - q})^{n} = {shown(F(_found(q, n)))}"
        for s, q in _by_solution(chances, solution).items()
    ]
    return "\n".join([*rows, f"expected number met: {shown(_distinct(chances, solution, n))}"])


_SPELLED: tuple[tuple[Any, Any], ...] = (
    ((F(1, 2),), (0,)), ((F(1, 4), F(1, 4)), (0, 1)), ((F(1, 4), F(1, 4)), (0, 0)), ((F(1, 2), F(1, 8), F(1, 8)), (0, 1, 1)),
    ((F(1, 10), F(3, 10), F(1, 5)), (4, 2, 4)), ((F(1, 100), F(1, 50), F(1, 2), F(1, 50)), (3, 0, 1, 0)),
)  # fmt: skip

DISTINCT_SOLUTIONS = Exercise(
    name="distinct_solutions",
    notebook=NOTEBOOK,
    task="Expected number of different solutions among n samples. Right answer i has chance chances[i] and spells "
    "solution number solution[i] (2 + 3 and 3 + 2 are one solution).",
    arguments=("chances", "solution", "n"),
    oracle=_distinct,
    cases=tuple((q, s, n) for n in (1, 2, 3, 16) for q, s in _SPELLED),
    work=_distinct_work,
    mistakes=(
        Mistake(
            "spellings", lambda q, s, n: sum(_found(x, n) for x in q),
            "You count spellings: 2 + 3 and 3 + 2 as two. The chances of all spellings of a solution add up first.",
            "Collect the chances by solution, in a dictionary say.",
        ),
        Mistake(
            "right samples", lambda q, s, n: n * sum(q),
            "n times the chance is the expected number of right SAMPLES. A solution met twice still counts once.",
            "How likely is a solution met at least once?",
        ),
        Mistake(
            "any right", lambda q, s, n: _found(sum(q), n),
            "That is pass@n: whether ANY solution is met. Count each solution by itself.",
            "Expectations add: one term for each solution.",
        ),
        Mistake(
            "sum cut off", lambda q, s, n: sum(min(1.0, n * x) for x in _by_solution(q, s).values()),
            "min(1, n q) for each solution: n q counts repeats, and cutting it at 1 does not take them out.",
            "Being met is the opposite of n misses.",
        ),
        Mistake(
            "all of n", lambda q, s, n: sum(x**n for x in _by_solution(q, s).values()),
            "q^n is the chance that ALL n samples are this solution.",
            "At least once is the opposite of never.",
        ),
        Mistake(
            "missed", lambda q, s, n: sum((1 - x) ** n for x in _by_solution(q, s).values()),
            "That is the expected number of solutions NOT met.",
            "1 - (1 - q)^n for each.",
        ),
        Mistake(
            "mean", lambda q, s, n: float(_distinct(q, s, n)) / len(set(s)),
            "You divide by the number of solutions: that is the share of them met.",
            "Do not divide.",
        ),
        Mistake(
            "one spelling each", lambda q, s, n: sum(_found(x, n) for x in dict(zip(s[::-1], q[::-1], strict=True)).values()),
            "Of each solution you keep the chance of its first spelling only. The others are met as well.",
            "together[s] = together.get(s, 0) + q adds them up.",
        ),
        Mistake(
            "last spelling each", lambda q, s, n: sum(_found(x, n) for x in dict(zip(s, q, strict=True)).values()),
            "Of each solution you keep the chance of its last spelling only: a dictionary forgets what an entry was before.",
            "together[s] = together.get(s, 0) + q adds them up.",
        ),
    ),
    hints=(
        "Expectations add, whether or not things are independent: one term for each solution, the chance that it is met.",
        "sum over solutions s of 1 - (1 - q_s)^n, with q_s the sum of the chances of its spellings",
        "together = {}; for q, s in zip(chances, solution): together[s] = together.get(s, 0) + q; return sum(1 - (1 - q) ** n for q in together.values())",
    ),
)  # fmt: skip


def _spread(values: Any) -> Any:
    """Population variance."""
    values = list(values)
    return average((value - average(values)) ** 2 for value in values)


def _groups(values: Any, multiset: Any) -> list[list[Any]]:
    return [[v for v, m in zip(values, multiset, strict=True) if m == name] for name in dict.fromkeys(multiset)]


def _means(values: Any, multiset: Any) -> list[Any]:
    return [average(group) for group in _groups(values, multiset)]


def _mean_variance(values: Any, multiset: Any) -> F:
    means = _means(values, multiset)
    return F(_spread(means)) / len(means)


def _variance_work(values: Any, multiset: Any) -> str:
    means = [F(m) for m in _means(values, multiset)]
    return (
        f"means of the {len(means)} multisets: {', '.join(map(str, means))};  of them all: {average(means)}\n"
        f"mean squared distance from it: {_spread(means)}\n"
        f"the mean of {len(means)} such draws: {_spread(means)} / {len(means)} = {_mean_variance(values, multiset)}"
    )


_VALUES: tuple[Case, ...] = (
    ((1, 1, 0, 0), (0, 0, 1, 1)), ((1, 0, 1, 0), (0, 0, 1, 1)), ((1, 0, 1, 1), (0, 0, 1, 1)), ((1, 0, 1, 0), (0, 1, 0, 1)),
    ((F(1, 2), F(1, 4), 1, F(3, 4)), (0, 1, 0, 1)), ((1, 1, 0, 0, 0, 1), (0, 0, 1, 1, 2, 2)),
    ((F(9, 10), 1, F(1, 10), F(1, 5), F(1, 2), F(2, 5)), (7, 7, 3, 3, 5, 5)), ((1, 1, 1, 0, 0, 0, 1, 0, 1), (0, 1, 2, 0, 1, 2, 0, 1, 2)),
)  # fmt: skip

FIXED_VARIANCE = Exercise(
    name="fixed_variance",
    notebook=NOTEBOOK,
    task="Variance of the mean when whole multisets are drawn again, with replacement, as many as there are. values[i] "
    "is the result of prompt i, multiset[i] says which numbers it uses; each multiset has equally many prompts.",
    arguments=("values", "multiset"),
    oracle=_mean_variance,
    cases=_VALUES,
    work=_variance_work,
    mistakes=(
        Mistake(
            "prompts", lambda v, m: _spread(v) / len(v),
            "You draw PROMPTS again. Two prompts with the same numbers succeed and fail together: they are not two witnesses, and the bar comes out "
            "too narrow where multisets differ.",
            "Take the mean of each multiset first.",
        ),
        Mistake(
            "over all prompts", lambda v, m: _spread(_means(v, m)) / len(v),
            "The means of the multisets are right, but you divide by the number of PROMPTS. As many multisets are drawn as there are.",
            "Divide by the number of multisets.",
        ),
        Mistake(
            "one less", lambda v, m: _spread(_means(v, m)) / (len(set(m)) - 1),
            "You divide by G - 1 somewhere: the unbiased estimate for new multisets, and a good number. Drawing again from those at hand gives "
            "exactly the mean squared distance over G.",
            "Divide by G twice, once for the mean square and once for the mean of G draws.",
        ),
        Mistake(
            "one draw", lambda v, m: _spread(_means(v, m)),
            "That is the variance of ONE multiset's mean. The mean of G draws has a G-th of it.",
            "Divide by the number of multisets.",
        ),
        Mistake(
            "root", lambda v, m: math.sqrt(_mean_variance(v, m)),
            "That is the standard error. Asked is its square, the variance.",
            "Leave the root out.",
        ),
        Mistake(
            "within", lambda v, m: average(_spread(g) for g in _groups(v, m)) / len(set(m)),
            "You measure how far prompts WITHIN a multiset differ. A multiset is drawn whole, so what counts is how far their means differ.",
            "One number for each multiset: its mean.",
        ),
    ),
    hints=(
        "What is drawn is a multiset, with its mean result. So there are G numbers, and a mean of G draws from them.",
        "(1/G) * (1/G) sum over multisets of (m_g - m)^2, with m the mean of the m_g",
        "means = [...one for each multiset...]; m = sum(means) / G; return sum((x - m) ** 2 for x in means) / G ** 2",
    ),
    afterwards="What the bug did: prompts with the same numbers were taken for independent witnesses. In the example the variance was 0.027 instead of "
    "0.08, as if there were 6 of them and not 2: an error bar 1.7 times too short.",
)  # fmt: skip


def _softmax(values: Any) -> list[float]:
    top = max(values)
    grown = [math.exp(value - top) for value in values]
    return [one / sum(grown) for one in grown]


def _heated_work(logits: Any, i: int, temperature: Any) -> str:
    cooled = [F(z) / F(temperature) for z in logits]
    grown = [math.exp(value) for value in cooled]
    return (
        f"z / temperature: {', '.join(map(shown, cooled))}\n"
        f"exp of each: {', '.join(f'{value:.6g}' for value in grown)};  their sum: {sum(grown):.6g}\n"
        f"token {i}: {grown[i]:.6g} / {sum(grown):.6g} = {grown[i] / sum(grown):.6g}"
    )


_LOGITS: tuple[Case, ...] = (
    ((0, 1), 1, 1), ((0, 1), 1, 2), ((0, 1), 1, F(1, 2)), ((2, 2), 0, 3), ((1, 0, -1), 0, 2), ((3, 1, 0, -2), 2, F(3, 2)),
    ((-1, F(1, 2), 4), 1, F(3, 10)), ((5, 5, 0), 2, 2), ((-3, -3, -4), 2, 100),
)  # fmt: skip

TOKEN_CHANCE = Exercise(
    name="token_chance",
    notebook=NOTEBOOK,
    task="Chance that token i is drawn at a temperature above 0. logits lists the network's logits, one for each token of the "
    "vocabulary; i is a place in that list, counted from 0.",
    arguments=("logits", "i", "temperature"),
    oracle=lambda logits, i, temperature: _softmax([float(z) / float(temperature) for z in logits])[i],
    cases=_LOGITS,
    work=_heated_work,
    mistakes=(
        Mistake(
            "multiplied", lambda z, i, T: _softmax([x * T for x in z])[i],
            "You MULTIPLY the logits by the temperature (or raise the chances to it). Then heat makes the likely likelier: that is the temperature's inverse.",
            "Divide by it.",
        ),
        Mistake(
            "not normalised", lambda z, i, T: math.exp(z[i] / T),
            "exp(z/T) alone is no chance yet: over the tokens it does not sum to 1.",
            "Divide by the sum of exp(z/T) over the tokens.",
        ),
        Mistake(
            "normalised at 1", lambda z, i, T: math.exp(z[i] / T) / sum(math.exp(x) for x in z),
            "The sum you divide by is that of temperature 1. It changes with the temperature as well.",
            "The same exp(z/T) above and below, below summed over the tokens.",
        ),
        Mistake(
            "chance divided", lambda z, i, T: _softmax(z)[i] / T,
            "You divide the CHANCE by the temperature: over the tokens that sums to 1/T. It is the logits that are divided, before exp.",
            "First z / temperature, then the softmax.",
        ),
        Mistake(
            "root, not normalised", lambda z, i, T: _softmax(z)[i] ** (1 / T),
            "The chance to the power 1/T is right up to a factor: over the tokens these do not sum to 1.",
            "Divide by the sum of the chances to the power 1/T.",
        ),
        Mistake(
            "chances for logits", lambda z, i, T: _softmax([q / T for q in _softmax(z)])[i],
            "You take the softmax, divide it, and take the softmax again. Chances are no logits: that makes all tokens nearly alike.",
            "One softmax, of z / temperature.",
        ),
        Mistake(
            "no temperature", lambda z, i, T: _softmax(z)[i],
            "That is the softmax at temperature 1. The temperature does not enter.",
            "Divide the logits by it first.",
        ),
        Mistake(
            "likeliest", lambda z, i, T: float(z[i] == max(z)),
            "You give the likeliest token everything: that is the limit of temperature 0.",
            "exp(z/T) over its sum.",
        ),
        Mistake(
            "log chance", lambda z, i, T: math.log(_softmax([x / T for x in z])[i]),
            "That is the natural LOG of the chance (log_softmax), and below 0.",
            "Take exp of it, or leave the log out.",
        ),
    ),
    hints=(
        "A temperature rescales the logits, and nothing else changes: what does the softmax do with them?",
        "exp(z_i / T) / sum over tokens v of exp(z_v / T)",
        "return math.exp(logits[i] / temperature) / sum(math.exp(z / temperature) for z in logits)",
    ),
)  # fmt: skip

EXERCISES = (SUCCESS_PROBABILITY, DISTINCT_SOLUTIONS, MAY_TRAIN, SILENT_SHARE, TOKEN_CHANCE, FIXED_VARIANCE)

QUESTIONS = (
    Question(
        "why pass@256 falls",
        "On unseen prompts, 400 steps of GRPO took pass@1 from 0.23 to 0.62 and pass@256 from 0.99 to 0.83. How can both be?",
        (
            Choice("Among 256 samples more are wrong than before, and spoil the result.", False,
                   "Pass@k asks for one right answer among k. More samples never harm it, however many are wrong.",
                   "One of 255 samples is right. Which sample, added to them, would take it away?"),
            Choice("Many prompts are now solved nearly always, and some hardly ever.", True,
                   "Prompts with p below 0.02 went from 3 % to 23 % (weighted as they are drawn, mean of three seeds). At p = 0.02, 256 draws find "
                   "an answer with chance 0.99; at p = 0.001 with chance 0.23. The mean of p hardly sees the difference, pass@256 hardly sees anything else."),
            Choice("Pass@256 from 256 samples is noisy: another seed may show a rise.", False,
                   "These numbers are not sampled: the chances of all right answers are added up. And all three seeds show it.",
                   "How many samples were drawn for these curves?"),
        ),
    ),
    Question(
        "what held-out numbers show",
        "The base has pass@1 = 0.25 on the prompts used in training and 0.23 on unseen ones, whose numbers are never trained on. After GRPO: 0.75 and 0.62. "
        "What follows?",
        (
            Choice("The gain is memory: only prompts it was trained on improved much.", False,
                   "Then the unseen prompts would not have gained. They rose by 0.39."),
            Choice("Most of the gain carries over to new numbers; about a fifth does not.", True,
                   "0.50 gained where it trained, 0.39 where it did not. Without the split, all 0.50 would have passed for skill."),
            Choice("Nothing: the unseen prompts may just be harder than those it saw.", False,
                   "The base finds them nearly as easy (0.23 against 0.25). Compare what was GAINED on each side."),
        ),
    ),
)  # fmt: skip
