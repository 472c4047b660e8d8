"""What Countdown, the network and the credit rules must give, by the plainest code there is. Knows no passk_lab.

A step of an answer is the four tokens `a op b c`; operations follow the values, so with 30 values 30 is plus, 31 minus
and 32 times. Numbers are taken from a list and results put back, one trace after another.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations_with_replacement, product
from typing import Any

import torch
from torch import Tensor

torch.set_num_threads(1)

Pool = tuple[int, ...]
Trace = tuple[int, ...]

# --- Countdown ----------------------------------------------------------------------------------------------------


def legal(pool: Pool, values: int = 30) -> dict[Trace, int]:
    """Every legal answer to some numbers, and what it comes to."""
    found: dict[Trace, int] = {}
    if len(pool) == 1:
        return {(): pool[0]}
    for i, a in enumerate(pool):
        for j, b in enumerate(pool):
            if i == j:
                continue
            rest = tuple(x for place, x in enumerate(pool) if place not in (i, j))
            for op, c in enumerate((a + b, a - b, a * b)):
                if 0 <= c < values:
                    for tail, result in legal((*rest, c), values).items():
                        found[(a, values + op, b, c, *tail)] = result
    return found


def right(pool: Pool, target: int, values: int = 30) -> list[Trace]:
    return sorted(trace for trace, result in legal(pool, values).items() if result == target)


def is_right(prompt: Sequence[int], answer: Sequence[int], values: int = 30) -> bool:
    """Check one answer step by step, as a person would with a pencil."""
    *left, target = prompt
    for at in range(0, len(answer), 4):
        a, op, b, c = answer[at : at + 4]
        for number in (a, b):
            if number not in left:
                return False
            left.remove(number)
        if op not in (values, values + 1, values + 2) or not 0 <= c < values:
            return False
        if c != (a + b, a - b, a * b)[op - values]:
            return False
        left.append(c)
    return left == [target]


def pools(numbers: int = 3) -> Iterator[Pool]:
    """Every order of numbers from 1 to 9."""
    return product(range(1, 10), repeat=numbers)


def multisets(numbers: int = 3) -> list[Pool]:
    return list(combinations_with_replacement(range(1, 10), numbers))


def solution(trace: Trace, values: int = 30) -> Any:
    """The expression that an answer evaluates, operands of + and * in one order: equal for spellings of one solution.

    A value that equals an earlier result is taken to be that result.
    """
    made: list[tuple[int, Any]] = []

    def expression(value: int) -> Any:
        for place, (result, whole) in enumerate(made):
            if result == value:
                del made[place]
                return whole
        return value

    for at in range(0, len(trace), 4):
        a, op, b, c = trace[at : at + 4]
        sides = [expression(a), expression(b)]
        if op != values + 1:
            sides.sort(key=repr)
        made.append((c, (op - values, *sides)))
    (whole,) = (expression for _, expression in made)
    return whole


def is_plain(pool: Pool, trace: Trace) -> bool:
    """Whether no result on the way equals a number still there, so that an answer has one expression."""
    left = list(pool)
    for at in range(0, len(trace), 4):
        a, _, b, c = trace[at : at + 4]
        left.remove(a)
        left.remove(b)
        if c in left:
            return False
        left.append(c)
    return True


# --- the network --------------------------------------------------------------------------------------------------


def logits(weights: Mapping[str, Tensor], tokens: Tensor, layers: int = 2, heads: int = 4) -> Tensor:
    """Scores after every token of whole sequences, (B, S) -> (B, S, vocabulary): one head after another."""
    w = {name: value[0] for name, value in weights.items()}
    length, width = tokens.shape[1], w["token"].shape[1]
    size = width // heads
    future = torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1)
    x = w["token"][tokens] + w["position"][:length]
    for layer in range(layers):
        inside = scaled(x) * w[f"norm_attention_{layer}"] @ w[f"query_key_value_{layer}"]
        gathered = []
        for head in range(heads):
            q, k, v = (inside[..., side * width + head * size :][..., :size] for side in range(3))
            scores = (q @ k.transpose(1, 2) / math.sqrt(size)).masked_fill(future, -math.inf)
            gathered.append(torch.exp(scores - torch.logsumexp(scores, -1, keepdim=True)) @ v)
        x = x + torch.cat(gathered, -1) @ w[f"gathered_{layer}"]
        hidden = scaled(x) * w[f"norm_mlp_{layer}"] @ w[f"up_{layer}"]
        x = x + hidden * (hidden > 0) @ w[f"down_{layer}"]
    return scaled(x) * w["norm_out"] @ w["logit"]


def scaled(x: Tensor) -> Tensor:
    return x / torch.sqrt((x**2).mean(-1, keepdim=True))


def next_log_chances(weights: Mapping[str, Tensor], prompts: Tensor, answers: Tensor) -> Tensor:
    """(B, T, vocabulary): log chances of each token of an answer given what stands before it."""
    whole = torch.cat([prompts, answers], 1)
    return logits(weights, whole)[:, prompts.shape[1] - 1 : -1].log_softmax(-1)


def token_log_chances(weights: Mapping[str, Tensor], prompts: Tensor, answers: Tensor) -> Tensor:
    """(B, T): log chance of each token of whole answers."""
    return next_log_chances(weights, prompts, answers).gather(-1, answers[..., None])[..., 0]


def in_double(model: Any) -> dict[str, Tensor]:
    """The weights of a model in float64, ready to be differentiated."""
    return {name: weight.detach().double().requires_grad_() for name, weight in model.named_parameters()}


def success(weights: Mapping[str, Tensor], prompt: Sequence[int], values: int = 30) -> Tensor:
    """The chance of being right: the sum over the right answers, listed by hand."""
    answers = torch.tensor(right(tuple(prompt[:-1]), prompt[-1], values))
    return token_log_chances(weights, torch.tensor([prompt]).expand(len(answers), -1), answers).sum(1).exp().sum()


# --- what a sample is worth -----------------------------------------------------------------------------------------


def grpo(c: int, n: int) -> tuple[float, float]:
    """A right and a wrong sample's credit in a group of n with c right."""
    if c in (0, n):
        return 0.0, 0.0
    spread = math.sqrt(c / n * (1 - c / n))
    return (1 - c / n) / spread, -c / n / spread


def reinforce_with_others(c: int, n: int) -> tuple[float, float]:
    """pass@1: a reward less the mean of the other samples'."""
    return 1 - (c - 1) / (n - 1), -c / (n - 1)


def w_reinforce(c: int, n: int) -> tuple[float, float]:
    return 0.1, -1.0


def maxrl(c: int, n: int) -> tuple[float, float]:
    return n / max(c, 1), 0.0


def pass_at_4(c: int, n: int) -> tuple[float, float]:
    """A sample's share in the mean over all quadruples of "one of them is right", times n."""
    if c == n:
        return 4.0, 0.0
    return 4.0, 4 * (1 - math.comb(n - 1 - c, 3) / math.comb(n - 1, 3))


def climbed(rule: Any, n: int, p: float) -> float:
    """The factor on grad p that groups of n give on average: E over the n - 1 others of A+(j + 1) - A-(j)."""
    return sum(
        math.comb(n - 1, j) * p**j * (1 - p) ** (n - 1 - j) * (rule(j + 1, n)[0] - rule(j, n)[1]) for j in range(n)
    )
