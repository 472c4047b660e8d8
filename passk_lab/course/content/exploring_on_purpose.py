"""What notebook 08 asks: what rare answers are paid, and how wide a policy is."""

import math
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

from passk_lab.course.exercise import Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "08_exploring_on_purpose"


def _novelty(solutions: Any, i: int) -> F:
    return F(0) if solutions[i] == -1 else F(1, solutions.count(solutions[i]))


def _novelty_work(solutions: Any, i: int) -> str:
    if solutions[i] == -1:
        return f"sample {i} is wrong (-1): 0"
    copies = solutions.count(solutions[i])
    return f"sample {i} spells solution {solutions[i]}, which is there {copies} time{'s' if copies > 1 else ''}: 1/{copies}"


def _if_right(reward: Callable[[Any, int, int], Any]) -> Callable[[Any, int], Any]:
    """0 for a wrong sample, else something made of the group, the place and the number of copies."""
    return lambda s, i: 0 if s[i] == -1 else reward(s, i, s.count(s[i]))


_SOLUTIONS: tuple[Any, ...] = (
    (0, -1),
    (0, 0),
    (0, 1),
    (0, 0, 1, -1),
    (4, 2, 2, 2),
    (-1, -1, 3, -1),
    (0, 1, 0, 2, -1, 0, -1, 2),
    (7, 7, -1, 7, 7, 5, -1, -1),
)

NOVELTY_REWARD = Exercise(
    name="novelty_reward",
    notebook=NOTEBOOK,
    task="Reward of sample i: 1, shared evenly among the copies of its solution in the group; 0 if it is wrong. "
    "solutions[j] is the number of the solution that sample j spells, or -1 if it is wrong.",
    arguments=("solutions", "i"),
    oracle=_novelty,
    cases=tuple((s, i) for s in _SOLUTIONS for i in range(len(s))),
    work=_novelty_work,
    mistakes=(
        Mistake(
            "wrong ones too", lambda s, i: 1 / s.count(s[i]),
            "Wrong samples get a reward too: -1 is counted like a solution, and a rare mistake would be worth more than a common right answer.",
            "0 first, if solutions[i] is -1.",
        ),
        Mistake(
            "not shared", _if_right(lambda s, i, copies: 1),
            "That is the plain reward: every right sample 1, copies or not.",
            "Divide by the number of copies.",
        ),
        Mistake(
            "by number of right", _if_right(lambda s, i, copies: 1 / sum(x != -1 for x in s)),
            "You divide by the number of RIGHT samples. Shared are only copies of the same solution.",
            "solutions.count(solutions[i])",
        ),
        Mistake(
            "by number of solutions", _if_right(lambda s, i, copies: 1 / len(set(s) - {-1})),
            "You divide by the number of DIFFERENT solutions: the more there are, the less each is paid. That rewards sameness.",
            "solutions.count(solutions[i])",
        ),
        Mistake(
            "first only", _if_right(lambda s, i, copies: int(s.index(s[i]) == i)),
            "The first copy gets everything and the others nothing. Each solution adds up to 1, but which copy came first is chance: share evenly.",
            "Divide by the number of copies.",
        ),
        Mistake(
            "unique only", _if_right(lambda s, i, copies: int(copies == 1)),
            "You pay only solutions without a copy. A solution found twice is then worth nothing, like a wrong one.",
            "Divide by the number of copies.",
        ),
        Mistake(
            "less its share", _if_right(lambda s, i, copies: 1 - (copies - 1) / len(s)),
            "You take off the share of other copies. That is a bonus of another kind; here the copies of a solution share 1.",
            "The rewards of all copies add up to 1.",
        ),
        Mistake(
            "root", _if_right(lambda s, i, copies: 1 / math.sqrt(copies)),
            "1 over the ROOT of the copies: then a solution with four copies is worth 2 in all. (The lab's `strength` 0.5 does this.)",
            "The rewards of all copies add up to 1.",
        ),
    ),
    hints=(
        "How many samples of the group spell the same solution as sample i?",
        "0 if wrong, else 1 / (number of j with solutions[j] = solutions[i])",
        "return 0 if solutions[i] == -1 else 1 / solutions.count(solutions[i])",
    ),
)  # fmt: skip


def _places(log_chances: Any, i: int) -> tuple[int, int]:
    """How many samples are less likely than i, and how many as likely (i included)."""
    return sum(x < log_chances[i] for x in log_chances), list(log_chances).count(log_chances[i])


def _rank(log_chances: Any, i: int) -> F:
    less, equal = _places(log_chances, i)
    return less + F(equal - 1, 2)


def _unlikely(log_chances: Any, right: Any, i: int, beta: Any) -> F:
    return right[i] * (1 - F(beta) * _rank(log_chances, i) / len(right))


def _unlikely_work(log_chances: Any, right: Any, i: int, beta: Any) -> str:
    less, equal = _places(log_chances, i)
    places = (
        f"place {less}" if equal == 1 else f"places {less} to {less + equal - 1}, on average {_rank(log_chances, i)}"
    )
    return (
        f"from the least likely: {', '.join(map(str, sorted(log_chances)))}\n"
        f"sample {i} ({log_chances[i]}, {'right' if right[i] else 'wrong'}): {less} less likely, so {places}\n"
        f"{right[i]} * (1 - {beta} * {_rank(log_chances, i)}/{len(right)}) = {_unlikely(log_chances, right, i, beta)}"
    )


def _ranked(rank: Callable[[Any, int], Any], n: Callable[[int], int] = lambda n: n) -> Callable[..., Any]:
    return lambda logs, right, i, beta: right[i] * (1 - beta * rank(logs, i) / n(len(right)))


_RANKED: tuple[Any, ...] = (
    ((-1, -2), (1, 1)), ((-2, -1), (1, 0)), ((-3, -1, -2), (1, 1, 0)), ((-1, -1, -4, -2), (1, 1, 0, 1)), ((-5, -5, -5, -1), (1, 1, 0, 1)),
    ((-6, -2, -3, -2, -9, -2), (0, 1, 1, 1, 1, 1)),
)  # fmt: skip

FIXED_UNLIKELY_REWARD = Exercise(
    name="fixed_unlikely_reward",
    notebook=NOTEBOOK,
    task="right[i] (1 or 0) times 1 - beta rank / n, n being the size of the group. Rank 0 is the LEAST likely sample "
    "by log_chances, right or wrong; equally likely samples share the mean of the places they fill.",
    arguments=("log_chances", "right", "i", "beta"),
    oracle=_unlikely,
    cases=tuple((logs, right, i, beta) for beta in (F(1, 2), F(1, 4), F(1)) for logs, right in _RANKED for i in range(len(right))),
    work=_unlikely_work,
    mistakes=(
        Mistake(
            "rank turned round", _ranked(lambda logs, i: sorted(logs, reverse=True).index(logs[i])),
            "Rank 0 is still the LIKELIEST sample, which is so paid in full: the rule sharpens what it should spread.",
            "Sort from the least likely.",
        ),
        Mistake(
            "wrong ones too", lambda logs, right, i, beta: 1 - beta * float(_rank(logs, i)) / len(right),
            "Wrong samples are paid too, and the unlikeliest of them most. The factor right[i] is missing.",
            "Multiply by right[i].",
        ),
        Mistake(
            "from 1", _ranked(lambda logs, i: _rank(logs, i) + 1),
            "You count places from 1. The least likely sample has rank 0 and keeps its whole reward.",
            "How many samples are LESS likely?",
        ),
        Mistake(
            "n - 1", _ranked(lambda logs, i: float(_rank(logs, i)), lambda n: n - 1),
            "You divide the rank by n - 1. The rule divides by n, so that with beta = 1 the likeliest right sample still gets something.",
            "len(right)",
        ),
        Mistake(
            "rank not divided", _ranked(lambda logs, i: float(_rank(logs, i)), lambda n: 1),
            "The rank is not divided by n: in a large group the reward of a right sample becomes negative.",
            "rank / n",
        ),
        Mistake(
            "beta forgotten", lambda logs, right, i, beta: right[i] * (1 - float(_rank(logs, i)) / len(right)),
            "beta is missing: it says how much of the reward depends on the rank.",
            "beta * rank / n",
        ),
        Mistake(
            "among the right", lambda logs, right, i, beta: right[i] * (
                1 - beta * (sum(x < logs[i] for x, r in zip(logs, right, strict=True) if r) + (sum(x == logs[i] for x, r in zip(logs, right, strict=True) if r) - 1) / 2) / len(right)),
            "You rank among the RIGHT samples only. The rule ranks the whole group.",
            "Compare with every sample.",
        ),
        Mistake(
            "lowest place", _ranked(lambda logs, i: sorted(logs).index(logs[i])),
            "Equally likely samples all get the LOWEST of their places. (Copies of one answer are common, so this is no rare case.) They share the mean.",
            "Add half of the number of OTHER equal ones.",
        ),
        Mistake(
            "place by position", _ranked(lambda logs, i: sorted(range(len(logs)), key=lambda j: logs[j]).index(i)),
            "Equally likely samples are ranked by where they stand in the group (argsort does that). The same answer is then paid differently for no reason.",
            "Add half of the number of OTHER equal ones.",
        ),
    ),
    hints=(
        "How many samples are less likely than sample i? Those, and half of the others that are equally likely, are its rank.",
        "right_i (1 - beta rank_i / n), rank_i = #(log chance below mine) + (#(equal to mine) - 1) / 2",
        "rank = sum(x < log_chances[i] for x in log_chances) + (log_chances.count(log_chances[i]) - 1) / 2; return right[i] * (1 - beta * rank / len(right))",
    ),
    afterwards="What the bug did: places were counted from the likeliest sample, so the reward was turned round. In the example the likeliest got 1 and "
    "the least likely 0.67, where it is 0.67 and 1: it pushed towards what is written most already.",
)  # fmt: skip


def _uniform(credit: Any, q: Any, i: int, tau: Any) -> Any:
    m, inverse = len(q), [1 / x for x in q]
    return credit * m * ((1 - tau) / m + tau * inverse[i] / sum(inverse))


def _uniform_work(credit: Any, q: Any, i: int, tau: Any) -> str:
    inverse = [F(1) / x for x in q]
    even, share = (1 - F(tau)) / len(q), F(tau) * inverse[i] / sum(inverse)
    return (
        f"1/q: {', '.join(map(str, inverse))};  their sum {sum(inverse)}\n"
        f"even part: (1 - {tau}) / {len(q)} = {even};  by 1/q: {tau} * {inverse[i]} / {sum(inverse)} = {share}\n"
        f"of the credit in all, {len(q)} * {credit}: {len(q) * credit} * ({even} + {share}) = {F(_uniform(F(credit), q, i, F(tau)))}"
    )


def _spread(part: Callable[[Any, int, Any], Any]) -> Callable[..., Any]:
    """Credit times a factor made of the chances, the place and tau."""
    return lambda credit, q, i, tau: credit * part(q, i, tau)


def _by_inverse(q: Any, i: int) -> Any:
    return (1 / q[i]) / sum(1 / x for x in q)


UNIFORM_CREDIT = Exercise(
    name="uniform_credit",
    notebook=NOTEBOOK,
    task="Part of sample i when the SUM of the credits of a group's right samples is dealt out anew: a share 1 - tau "
    "of it evenly, a share tau in proportion to 1/q. All had the same credit; q lists the chances of the right "
    "samples.",
    arguments=("credit", "q", "i", "tau"),
    oracle=lambda credit, q, i, tau: F(_uniform(F(credit), q, i, F(tau))),
    cases=tuple(
        (credit, q, i, tau)
        for credit, tau in ((1, F(1, 2)), (2, F(1, 4)), (F(1, 2), F(3, 10)), (1, F(0)), (3, F(1)))
        for q in ((F(1, 2), F(1, 4)), (F(1, 2),), (F(1, 2), F(1, 4), F(1, 8)), (F(1, 2), F(1, 2), F(1, 4)), (F(9, 10), F(3, 10), F(1, 10), F(9, 10)))
        for i in range(len(q))
    ),
    work=_uniform_work,
    mistakes=(
        Mistake(
            "in proportion to q", _spread(lambda q, i, tau: 1 - tau + tau * len(q) * q[i] / sum(q)),
            "You deal in proportion to q: the likely answer gets more. 1/q gives more to the rare one.",
            "1/q in place of q.",
        ),
        Mistake(
            "sum lost", _spread(lambda q, i, tau: (1 - tau) / len(q) + tau * _by_inverse(q, i)),
            "Your parts add up to ONE credit. What is dealt out is the sum of all m.",
            "Multiply by len(q).",
        ),
        Mistake(
            "sum lost in one part", _spread(lambda q, i, tau: 1 - tau + tau * _by_inverse(q, i)),
            "The even part is a whole credit and the other adds up to tau only. Both are shares of the sum of all m.",
            "Multiply the second part by len(q) as well.",
        ),
        Mistake(
            "tau turned round", _spread(lambda q, i, tau: tau + (1 - tau) * len(q) * _by_inverse(q, i)),
            "tau and 1 - tau have changed places. With tau = 0 nothing is moved.",
            "(1 - tau) belongs to the even part.",
        ),
        Mistake(
            "all by 1/q", _spread(lambda q, i, tau: len(q) * _by_inverse(q, i)),
            "You deal all of it by 1/q, whatever tau is.",
            "(1 - tau) evenly, tau by 1/q.",
        ),
        Mistake(
            "not normalised", _spread(lambda q, i, tau: 1 - tau + tau / q[i]),
            "1/q is not divided by its sum: the credits grow, and with them the step.",
            "Divide by the sum of 1/q over the right samples.",
        ),
        Mistake(
            "1 - q", _spread(lambda q, i, tau: 1 - tau + tau * len(q) * (1 - q[i]) / sum(1 - x for x in q)),
            "You use 1 - q. Two rare answers, one ten times rarer than the other, would be paid nearly the same.",
            "1/q in place of 1 - q.",
        ),
        Mistake(
            "nothing moved", _spread(lambda q, i, tau: 1),
            "Every sample keeps its credit. That is tau = 0.",
            "A share tau of the sum goes by 1/q.",
        ),
    ),
    hints=(
        "First how much is there in all, then two ways of dealing it out.",
        "credit * m * [ (1 - tau)/m + tau (1/q_i) / sum_j (1/q_j) ]",
        "return credit * len(q) * ((1 - tau) / len(q) + tau / q[i] / sum(1 / x for x in q))",
    ),
)  # fmt: skip


def _moved(coefficient: Any, entropy: Any, target: Any, delta: Any) -> Any:
    return coefficient + delta if entropy <= target else coefficient - delta


def _within(coefficient: Any) -> Any:
    return max(0, min(1, coefficient))


def _next_work(coefficient: Any, entropy: Any, target: Any, delta: Any) -> str:
    b, d, low = F(coefficient), F(delta), F(entropy) <= F(target)
    moved = b + d if low else b - d
    bound = f", held at {_within(moved)}" if moved != _within(moved) else ""
    return f"entropy {entropy}, target {target}: {'not above it, so up' if low else 'above it, so down'}\n{b} {'+' if low else '-'} {d} = {moved}{bound}"


NEXT_COEFFICIENT = Exercise(
    name="next_coefficient",
    notebook=NOTEBOOK,
    task="Next coefficient of the bonus, by a controller that holds the entropy near a target: it rises by delta where "
    "the entropy is at the target or below, falls by delta where it is above, and stays between 0 and 1.",
    arguments=("coefficient", "entropy", "target", "delta"),
    oracle=lambda *case: F(_within(_moved(*map(F, case)))),
    cases=tuple(
        (coefficient, entropy, 3, delta)
        for coefficient, delta in (
            (F(1, 10), F(1, 100)), (F(1, 4), F(1, 10)), (F(0), F(1, 10)), (F(1, 100), F(1, 50)), (F(19, 20), F(1, 10)),
        )
        for entropy in (2, 3, 4, F(1, 2), F(21, 4), 9)
    ),
    work=_next_work,
    mistakes=(
        Mistake(
            "sign", lambda b, h, target, delta: _within(b - delta if h <= target else b + delta),
            "The sign is turned: with too much entropy your bonus grows, which makes still more of it: it explodes.",
            "Up where entropy <= target.",
        ),
        Mistake(
            "below 0", lambda b, h, target, delta: min(1, _moved(b, h, target, delta)),
            "The coefficient can go below 0, and a negative bonus pushes entropy DOWN. The task says: between 0 and 1.",
            "max(0, ...)",
        ),
        Mistake(
            "above 1", lambda b, h, target, delta: max(0, _moved(b, h, target, delta)),
            "The coefficient can rise above 1. While nothing brings entropy back it would grow for ever, and explode when something does.",
            "min(1, ...)",
        ),
        Mistake(
            "sign kept out", lambda b, h, target, delta: min(1, abs(_moved(b, h, target, delta))),
            "You take the size instead of stopping at 0: near 0 the bonus bounces up again.",
            "max(0, ...)",
        ),
        Mistake(
            "never falls", lambda b, h, target, delta: _within(b + delta) if h <= target else b,
            "The coefficient only rises. Once entropy is back, the bonus must come down again.",
            "coefficient - delta where entropy > target",
        ),
        Mistake(
            "forgets", lambda b, h, target, delta: delta if h <= target else 0,
            "You start from 0 each time. At the target the bonus would be as small as after one step, and not what holds the entropy there.",
            "Add to the coefficient there was.",
        ),
        Mistake(
            "drops", lambda b, h, target, delta: _within(b + delta) if h <= target else 0,
            "You go to 0 at once. Above the target no bonus is paid, but the coefficient is remembered and comes down by delta only.",
            "coefficient - delta where entropy > target",
        ),
        Mistake(
            "in proportion", lambda b, h, target, delta: _within(b + delta * (target - h)),
            "You move by delta for EACH nat that is missing. The rule takes steps of one size, however much is missing.",
            "+ delta or - delta, by the side of the target alone",
        ),
        Mistake(
            "still at the target", lambda b, h, target, delta: _within(b + delta * ((target > h) - (target < h))),
            "At the target itself you stay. The rule counts it as not enough: up.",
            "entropy <= target",
        ),
        Mistake(
            "factor", lambda b, h, target, delta: _within(b * (1 + delta if h <= target else 1 - delta)),
            "You multiply. A coefficient that has come to 0 would stay there for ever.",
            "coefficient + delta, coefficient - delta",
        ),
    ),
    hints=(
        "On which side of the target is the entropy? Take one step of size delta, and mind both ends.",
        "max(0, min(1, coefficient +- delta)), plus where entropy <= target",
        "return max(0, min(1, coefficient + (delta if entropy <= target else -delta)))",
    ),
)  # fmt: skip


def _entropy(chances: Any) -> float:
    return sum(-q * math.log(q) for q in chances if q)  # from 0 on, so that no -0 is shown


def _unguarded(chances: Any) -> float:
    return -sum(q * math.log(q) for q in chances)


def _answer_entropy(first: Any, second: Any) -> float:
    return _entropy(first) + sum(float(q) * _entropy(row) for q, row in zip(first, second, strict=True))


def _entropy_work(first: Any, second: Any) -> str:
    rows = [
        f"after token {a} (chance {q}): {_entropy(row):.6g}, counts {float(q) * _entropy(row):.6g}"
        for a, (q, row) in enumerate(zip(first, second, strict=True))
    ]
    return "\n".join(
        [
            f"first token: -sum q ln q = {_entropy(first):.6g}",
            *rows,
            f"together: {_answer_entropy(first, second):.6g} nats",
        ]
    )


def _marginal(first: Any, second: Any) -> Any:
    return [sum(q * row[b] for q, row in zip(first, second, strict=True)) for b in range(len(second[0]))]


_EVEN, _LEAN, _SURE, _OTHER = (0.5, 0.5), (0.25, 0.75), (1.0, 0.0), (0.0, 1.0)

ANSWER_ENTROPY = Exercise(
    name="answer_entropy",
    notebook=NOTEBOOK,
    task="Entropy, in nats, of an answer of two tokens: token a comes first with chance first[a], then token b with "
    "chance second[a][b]. A chance of 0 adds nothing.",
    arguments=("first", "second"),
    oracle=_answer_entropy,
    cases=(
        ((F(1, 2), F(1, 2)), (_EVEN, _EVEN)), ((F(1, 4), F(3, 4)), (_EVEN, _EVEN)), ((F(1, 4), F(3, 4)), (_EVEN, _LEAN)),
        ((F(1, 10), F(9, 10)), (_LEAN, _EVEN)), ((F(1, 4), F(3, 4)), (_LEAN, (0.75, 0.25))), ((F(1, 4), F(1, 4), F(1, 2)), (_LEAN, _EVEN, (0.9, 0.1))),
        ((F(1, 4), F(3, 4)), (_SURE, _EVEN)), ((F(1, 2), F(1, 2)), (_SURE, _OTHER)), ((F(1), F(0)), (_LEAN, _EVEN)), ((F(1), F(0)), (_SURE, _EVEN)),
    ),
    work=_entropy_work,
    mistakes=(
        Mistake(
            "not weighed", lambda f, s: _entropy(f) + sum(map(_entropy, s)),
            "You add the entropies after EVERY first token, as if all of them came. Each counts as often as its prefix is written.",
            "Weigh the entropy after token a with first[a].",
        ),
        Mistake(
            "mean over prefixes", lambda f, s: _entropy(f) + sum(map(_entropy, s)) / len(s),
            "You take the plain mean over first tokens. A prefix that is hardly ever written hardly counts.",
            "Weigh the entropy after token a with first[a].",
        ),
        Mistake(
            "second alone", lambda f, s: float(_answer_entropy(f, s) - _entropy(f)),
            "The entropy of the first token is missing.",
            "Add it.",
        ),
        Mistake(
            "first alone", lambda f, s: _entropy(f),
            "That is the entropy of the first token. What comes after it can still vary.",
            "Add the entropy of the second token, prefix by prefix.",
        ),
        Mistake(
            "tokens apart", lambda f, s: _entropy(f) + _entropy(_marginal(f, s)),
            "You add the entropy of the second token as it comes OVERALL. If it depends on the first, that counts too much: a copied token has entropy but "
            "adds nothing.",
            "Take the entropy after each prefix, then the weighted mean.",
        ),
        Mistake(
            "bits", lambda f, s: _answer_entropy(f, s) / math.log(2),
            "That is in bits, with log2. Nats are wanted, with the natural log.",
            "math.log",
        ),
        Mistake(
            "a token", lambda f, s: _answer_entropy(f, s) / 2,
            "You divide by the number of tokens: the mean entropy a TOKEN, which many trainers log. Asked is the whole answer's.",
            "Do not divide.",
        ),
        Mistake(
            "log of 0", lambda f, s: _unguarded(f) + sum(q * _unguarded(row) for q, row in zip(f, s, strict=True)),
            "Right where no chance is 0. There you take log(0), which has no value; q ln q goes to 0 with q.",
            "Leave out the terms with q = 0: ... for q in chances if q",
        ),
    ),
    hints=(
        "Chain rule: the uncertainty of the first token, and then what is left once it is known.",
        "H(first) + sum over a of first[a] * H(second[a]), with H(q) = -sum q ln q",
        "H = lambda chances: -sum(q * math.log(q) for q in chances if q); return H(first) + sum(q * H(row) for q, row in zip(first, second))",
    ),
)  # fmt: skip


def _kl(first: Any, second: Any) -> float:
    return sum(float(a) * math.log(a / b) for a, b in zip(first, second, strict=True) if a)


def _kl_work(base: Any, policy: Any) -> str:
    rows = [
        f"token {a}: base {b}, policy {q}: "
        + (f"{b} * ln(({b}) / ({q})) = {_kl([b], [q]):.6g}" if b else "the base never writes it: 0")
        for a, (b, q) in enumerate(zip(base, policy, strict=True))
    ]
    return "\n".join([*rows, f"sum: {_kl(base, policy):.6g} nats"])


def _middle(base: Any, policy: Any) -> Any:
    return [(b + q) / 2 for b, q in zip(base, policy, strict=True)]


COVERING_KL = Exercise(
    name="covering_kl",
    notebook=NOTEBOOK,
    task="Of the two KL divergences between base and policy the one that covers, in nats: the mean, over tokens as the "
    "BASE writes them, of the log of how much likelier the base makes them. Both list the chance of each token; "
    "the policy's is above 0 where the base's is, and one that the base never writes adds nothing.",
    arguments=("base", "policy"),
    oracle=_kl,
    cases=(
        ((F(1, 2), F(1, 2)), (F(1, 4), F(3, 4))), ((F(1, 4), F(3, 4)), (F(1, 2), F(1, 2))), ((F(1, 2), F(1, 2)), (F(1, 2), F(1, 2))),
        ((F(1, 2), F(1, 4), F(1, 4)), (F(9, 10), F(1, 20), F(1, 20))), ((F(1, 2), F(3, 10), F(1, 5)), (F(98, 100), F(1, 100), F(1, 100))),
        ((F(1), F(0)), (F(3, 4), F(1, 4))), ((F(0), F(1, 2), F(1, 2)), (F(1, 10), F(8, 10), F(1, 10))),
    ),
    work=_kl_work,
    mistakes=(
        Mistake(
            "other direction", lambda b, q: _kl(q, b),
            "That is KL(policy || base), the other direction: its mean is over what the POLICY writes. A token the policy has given up hardly counts in it.",
            "Weigh with base, and put base above policy in the log.",
        ),
        Mistake(
            "sign", lambda b, q: -_kl(b, q),
            "The sign is turned: a divergence is never below 0.",
            "ln(base / policy)",
        ),
        Mistake(
            "weighed by the policy", lambda b, q: sum(y * math.log(x / y) for x, y in zip(b, q, strict=True) if x),
            "The log is right, but you weigh it with the POLICY. The mean is over what the base writes.",
            "Weigh with base.",
        ),
        Mistake(
            "bits", lambda b, q: _kl(b, q) / math.log(2),
            "That is in bits, with log2. Nats are wanted, with the natural log.",
            "math.log",
        ),
        Mistake(
            "both added", lambda b, q: _kl(b, q) + _kl(q, b),
            "You add both directions. The sum treats them alike, and the question is what only one of them does.",
            "Keep the part weighed with base.",
        ),
        Mistake(
            "to the middle", lambda b, q: _kl(b, _middle(b, q)) / 2 + _kl(q, _middle(b, q)) / 2,
            "That is the Jensen-Shannon divergence, by way of the middle of the two. It never exceeds ln 2, however much is given up.",
            "Compare base with policy directly.",
        ),
        Mistake(
            "cross entropy", lambda b, q: -sum(x * math.log(y) for x, y in zip(b, q, strict=True)),
            "That is the cross entropy. It has the same gradient in the policy, but is not 0 where the two agree: take the base's entropy off.",
            "ln(base / policy) in place of -ln(policy)",
        ),
        Mistake(
            "not weighed", lambda b, q: sum(math.log(x / y) for x, y in zip(b, q, strict=True) if x),
            "The logs are not weighed. A token counts as often as the base writes it.",
            "Multiply each log by the base's chance.",
        ),
        Mistake(
            "log of 0", lambda b, q: sum(x * math.log(x / y) for x, y in zip(b, q, strict=True)),
            "Right where the base writes every token. Where its chance is 0 you take log(0); such a term is 0.",
            "... for b, q in zip(base, policy) if b",
        ),
    ),
    hints=(
        "The mean is over what the base writes: what the base would write and the policy would not must cost much.",
        "KL(base || policy) = sum of base * ln(base / policy)",
        "return sum(b * math.log(b / q) for b, q in zip(base, policy) if b)",
    ),
)  # fmt: skip

EXERCISES = (NOVELTY_REWARD, FIXED_UNLIKELY_REWARD, UNIFORM_CREDIT, NEXT_COEFFICIENT, ANSWER_ENTROPY, COVERING_KL)

QUESTIONS = (
    Question(
        "entropy explosion",
        "A policy with p near 0.9 on most prompts goes on with pass@16 and an entropy bonus. Entropy shoots up, and nothing is right any more. Why?",
        (
            Choice("Pass@16 pays for wrong samples, and the bonus finds more of them.", False,
                   "It never gives a wrong sample more than a right one. It just says nearly nothing here."),
            Choice("Nothing holds against it: pass@16 weighs such a prompt 1.6e-14.", True,
                   "At p = 0.9 the weight is 16 * 0.1^15. The bonus keeps its size while the pull towards right answers is gone. When p has fallen and the weight is back, right answers may be "
                   "too rare to be sampled: raise the bonus by a controller, never blindly."),
            Choice("The bonus was too large: no objective could have held against it.", False,
                   "How much is too much depends on what stands against it. The weight of pass@1 is 1 at every p."),
        ),
    ),
    Question(
        "which kl",
        "The base writes A and B half and half; after training the policy writes B once in a thousand. Which divergence from the base rings the alarm?",
        (
            Choice("Reverse KL, KL(policy || base): 0.69 nats.", False,
                   "It is a mean over what the POLICY writes, and that is nearly always A. Even if B died out it could not exceed ln 2 = 0.693.",
                   "Who writes what this mean is over, and how often does B come up there?"),
            Choice("Forward KL, KL(base || policy): 2.76 nats.", True,
                   "A mean over what the BASE writes, and for half of that it is ln(0.5 / 0.001). It grows without bound as B dies out, so it keeps every mode of the base "
                   "alive."),
            Choice("Either: both are 0 only where the two agree.", False,
                   "True, but far from there they differ: 0.69 against 2.76 here, and bounded against unbounded as B dies out.",
                   "Let B become rarer still: which of the two goes on rising?"),
        ),
    ),
)  # fmt: skip
