"""Exercises of notebook 08, how wide a policy is: the entropy of an answer, and the distance from the base."""

import math
from fractions import Fraction as F
from typing import Any

from passk_lab.course.content.exploring import NOTEBOOK
from passk_lab.course.exercise import Exercise, Mistake


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
    task="An answer is two tokens: token a comes first with chance first[a], then token b with chance second[a][b]. Write the entropy of the whole answer, "
    "in nats. (A chance of 0 adds nothing.)",
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
    task="Of the two KL divergences between the base and the policy, write the one that covers: the mean, over tokens as the BASE writes them, of the log of "
    "how much likelier the base makes them, in nats. (A token the base never writes adds nothing.)",
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

EXERCISES = (ANSWER_ENTROPY, COVERING_KL)
