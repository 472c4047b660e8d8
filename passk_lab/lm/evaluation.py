"""Exact evaluation: a prompt's success probability is the sum of the chances of its right answers.

So pass@k is known for every k without a sample, and so is whatever else is a function of those chances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from passk_lab import arguments, metrics
from passk_lab.arguments import Floats
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.countdown import Prompts
from passk_lab.lm.model import Transformer
from passk_lab.lm.run import KS, EvaluationRecord, Split
from passk_lab.lm.threads import one_thread
from passk_lab.lm.tree import Block, Tree, tree_of
from passk_lab.metrics._units import Units, at_least_two
from passk_lab.metrics.bounded_mean import padded_t

_AT_ONCE = 256
"""Right answers in one forward pass: enough to fill the processor, few enough to stay in its cache."""
_ROWS_AT_ONCE = 2**18
"""Rows of all runs in one forward pass on a GPU. A CPU reads run after run: eight at once took it a third longer."""


@dataclass(frozen=True, eq=False)
class Exact:
    """What a policy does on a set of prompts, without sampling error (float32 logits, summed in float64)."""

    prompts: Prompts
    answers: Floats
    """The chance of each right answer, in the order of `prompts.right`."""

    @cached_property
    def p(self) -> Floats:
        """Success probability of each prompt."""
        sums = np.bincount(self.prompts.right.owner, self.answers, minlength=len(self.prompts))
        p: Floats = np.minimum(sums, 1.0)  # rounding in the sum of float32 chances can pass 1 by 1e-7
        p.flags.writeable = False
        return p

    def curve(self, ks: Any) -> Floats:
        r"""Pass@k over the prompts, each with its chance under the generator.

        .. math:: J_k = \sum_x w_x \bigl[1 - (1 - p_x)^k\bigr]

        >>> from passk_lab.lm import Countdown, Transformer
        >>> policy = success(Transformer(Countdown()), Countdown().prompts("unseen"))
        >>> bool(policy.curve([10**6])[0] > policy.curve([1])[0])
        True
        """
        ks = np.atleast_1d(np.asarray(ks))
        return self.prompts.weight @ self._success_at(ks)

    def by_multiset(self, ks: Any) -> tuple[Floats, Floats]:
        """Weight of each multiset of numbers, and its weighted sum of pass@k: (B,) and (B, len(ks))."""
        ks = np.atleast_1d(np.asarray(ks))
        rows = self.prompts.weight[:, None] * self._success_at(ks)
        size = self.prompts.multisets
        sums = np.array([np.bincount(self.prompts.multiset, row, minlength=size) for row in rows.T], dtype=float).T
        return np.bincount(self.prompts.multiset, self.prompts.weight, minlength=size).astype(float), sums

    def interval(
        self,
        ks: Any,
        level: float = 0.95,
        resamples: int | None = None,
        seed: int | None = None,
        *,
        method: Literal["t", "percentile"] = "t",
    ) -> tuple[Floats, Floats]:
        """Interval of `curve` over the population of MULTISETS of numbers, for each k by itself.

        Two prompts with the same numbers are not two witnesses; an interval over prompts is too narrow.

        "t" puts one multiset that fails and one that succeeds in, as `metrics.mean_interval` does for groups. The
        "percentile" bootstrap resamples the multisets; it is what runs record, and too narrow where few multisets carry
        the curve. How often each holds the truth was measured (`docs/intervals.md`).

        Parameters
        ----------
        ks : array_like of int >= 1
            Draws, one axis.
        level : float in (0, 1)
            Confidence.
        resamples, seed : int or None
            Of the percentile bootstrap alone: 2000 and 0 unless named.
        method : "t" or "percentile"

        Returns
        -------
        (low, high), one entry per k each.

        Raises
        ------
        ValueError
            For an unknown method, resamples or a seed without the bootstrap, or a single multiset with "t".

        Examples
        --------
        >>> from passk_lab.lm import Countdown, bundled_base
        >>> exact = success(bundled_base(0), Countdown().prompts("unseen"))
        >>> [end.round(2).tolist() for end in exact.interval([1, 256])]
        [[0.21, 0.92], [0.3, 1.0]]
        >>> [end.round(2).tolist() for end in exact.interval([1, 256], method="percentile")]
        [[0.22, 0.98], [0.27, 0.99]]
        """
        weight, sums = self.by_multiset(ks)
        level = arguments.level(level)
        if method == "percentile":
            resamples = 2000 if resamples is None else arguments.one_whole("resamples", resamples, least=1)
            return percentile_interval(weight, sums, level, resamples, 0 if seed is None else seed)
        if method != "t":
            raise ValueError(f"method is 't' or 'percentile', not {arguments.short(method)}.")
        if resamples is not None or seed is not None:
            raise ValueError(
                "resamples and seed are for method='percentile': the t interval draws nothing. Leave them."
            )
        return t_interval(weight, sums, level)

    def distinct(self, n: int) -> float:
        r"""Expected number of distinct right solutions among n samples, up to the order of operands.

        .. math:: \sum_x w_x \sum_{s} \bigl[1 - (1 - q_s)^n\bigr]

        where q_s is the chance of all spellings of solution s together.
        """
        n = arguments.one_whole("n", n)
        owner, chance = self._solutions
        return float(self.prompts.weight[owner] @ np.asarray(metrics.success_at_k(np.minimum(chance, 1.0), n)))

    def effective_solutions(self) -> float:
        r"""Effective number of solutions, :math:`\sum_x w_x\, p_x^2 / \sum_s q_s^2`, 0 for a prompt never solved."""
        owner, chance = self._solutions
        together = np.bincount(owner, chance, minlength=len(self.prompts)) ** 2
        squares = np.bincount(owner, chance**2, minlength=len(self.prompts))
        return float(self.prompts.weight @ np.divide(together, squares, out=np.zeros_like(squares), where=squares > 0))

    @cached_property
    def _solutions(self) -> tuple[Any, Any]:
        owner, which = self.prompts.solutions
        return owner, np.bincount(which, self.answers, minlength=len(owner))

    def _success_at(self, ks: Any) -> Floats:
        """(P, len(ks)): pass@k of each prompt; kept for the last ks, which curve and interval share."""
        asked = ks.tolist()
        if self._kept.get("ks") != asked:
            self._kept.update(ks=asked, at=metrics.success_at_k(self.p[:, None], ks[None, :]))
        at: Floats = self._kept["at"]
        return at

    @cached_property
    def _kept(self) -> dict[str, Any]:
        return {}


def t_interval(weight: Floats, sums: Floats, level: float) -> tuple[Floats, Floats]:
    """Interval of sum/weight over independent units (rows of `sums`: values times weight), with two more put in."""
    units = Units(weight, np.ones(weight.shape))
    at_least_two(units)
    return padded_t(sums.T, units, level)


def percentile_interval(weight: Floats, sums: Floats, level: float, resamples: int, seed: int) -> tuple[Floats, Floats]:
    """Interval of sum/weight by resampling the units."""
    times = _resampled(len(weight), resamples, seed)
    curves = (times @ sums) / (times @ weight)[:, None]
    low, high = np.quantile(curves.T.copy(), [(1 - level) / 2, (1 + level) / 2], axis=1)
    return low, high


@lru_cache(maxsize=8)
def _resampled(size: int, resamples: int, seed: int) -> Floats:
    """(resamples, size): how often each of `size` comes in as many draws with replacement; the same for every run."""
    rng = np.random.Generator(np.random.PCG64(seed))
    times = rng.multinomial(size, np.full(size, 1 / size), size=resamples).astype(float)
    times.flags.writeable = False
    return times


def success(model: Transformer, prompts: Prompts) -> Exact:
    """Evaluate a policy exactly on every prompt of a set, by listing the right answers.

    Parameters
    ----------
    model : Transformer with one run
    prompts : Prompts
        As from `Countdown().prompts("unseen")`.

    Returns
    -------
    Exact

    Raises
    ------
    ValueError
        If the model has several runs.
    """
    _see_that_it_is_one(model, "success_of_runs")
    return success_of_runs(model, prompts)[0]


@one_thread()
@torch.no_grad()
def success_of_runs(model: Transformer, prompts: Prompts) -> list[Exact]:
    """Evaluate each of a stack of policies exactly, all in the same passes; arguments as `success`.

    Each gets the numbers it would get alone, up to rounding (on a CPU to the bit).
    """
    device = model.logit.device
    listed = _listed(prompts, device)
    several = 1 if device.type == "cpu" else max(1, _ROWS_AT_ONCE // max(len(block.tokens) for block in listed.blocks))
    parts = [range(first, min(first + several, model.runs)) for first in range(0, model.runs, several)]
    read = []
    for part in parts:
        some = model if len(parts) == 1 else model.only(part)
        read.append(torch.cat([block.log_chances(some) for block in listed.blocks], 1))
    answers = np.empty((model.runs, len(prompts.right.owner)))
    answers[:, listed.rows] = torch.cat(read).double().exp().cpu().numpy()
    return [Exact(prompts, own) for own in answers]


def judged_on(config: TrainConfig) -> tuple[Prompts, Prompts]:
    """Return the prompts a run is judged on: seen and unseen, as many multisets of numbers of each.

    So the two curves cost and mean the same.
    """
    unseen = config.task.prompts("unseen", config.orders and max(1, config.orders // 3))
    if config.judged is not None:
        unseen = unseen.of_multisets(config.judged)
    return config.task.prompts("seen", config.orders).of_multisets(unseen.multisets), unseen


def judge(model: Transformer, step: int, seen: Prompts, unseen: Prompts) -> EvaluationRecord:
    """Evaluate a policy exactly on both splits: curves, distinct solutions, and on the unseen one intervals and each p.

    Parameters
    ----------
    model : Transformer with one run
    step : int
        How many steps it has been trained.
    seen, unseen : Prompts
        As from `judged_on`.

    Raises
    ------
    ValueError
        If the model has several runs.

    Examples
    --------
    >>> from passk_lab import lm
    >>> config = lm.TrainConfig(judged=2)
    >>> record = judge(lm.bundled_base(0), 0, *judged_on(config))
    >>> record["unseen"]["pass_at"][0] < record["unseen"]["pass_at"][-1]
    True
    """
    _see_that_it_is_one(model, "judge_runs")
    return judge_runs(model, [step], seen, unseen)[0]


def judge_runs(model: Transformer, steps: Sequence[int], seen: Prompts, unseen: Prompts) -> list[EvaluationRecord]:
    """Judge each of a stack of policies, which has been trained for so many steps; else as `judge`."""
    both = (success_of_runs(model, prompts) for prompts in (seen, unseen))
    return [_record(step, here, there) for step, here, there in zip(steps, *both, strict=True)]


def _see_that_it_is_one(model: Transformer, otherwise: str) -> None:
    if model.runs != 1:
        raise ValueError(
            f"one policy is evaluated here, but the model holds {model.runs} runs: take evaluation.{otherwise} for all "
            "of them, or model.only([0]) for the first."
        )


def _record(step: int, here: Exact, there: Exact) -> EvaluationRecord:
    low, high = there.interval(KS, resamples=500, method="percentile")
    single: Split = {**_split(there), "low": low.tolist(), "high": high.tolist(), "p": there.p.round(6).tolist()}
    return {"kind": "evaluation", "step": step, "seen": _split(here), "unseen": single}


def _split(exact: Exact) -> Split:
    weight = exact.prompts.weight
    return {
        "pass_at": exact.curve(KS).tolist(),
        "distinct_256": exact.distinct(256),
        "effective": exact.effective_solutions(),
        "lost": float(weight @ (exact.p < 0.02)),
        "solved": float(weight @ (exact.p > 0.95)),
    }


def trace_log_probs(model: Transformer, prompts: Prompts, which: Any) -> tuple[Tensor, Tensor]:
    """Owner (along `which`) and log chance of every right answer of some prompts, differentiable."""
    tree = _tree(prompts, which, model.logit.device)
    return tree.owner, tree.trace_log_probs(log_policy(model, tree.hidden(model)))


def log_policy(model: Transformer, hidden: Tensor) -> Tensor:
    """Log chances of the next token, (readers, vocabulary)."""
    return model.logits(hidden[None])[0].log_softmax(-1)


class _Listed(NamedTuple):
    """All right answers of a set of prompts, laid out to be read by one policy after another."""

    blocks: list[Block]
    rows: Any
    """Where in `prompts.right` the answers of the blocks stand."""


_LISTED: WeakKeyDictionary[Prompts, dict[torch.device, _Listed]] = WeakKeyDictionary()
"""Kept as long as someone holds the prompts: a run evaluates on the same two sets again and again. Some 3 MB each."""


def _listed(prompts: Prompts, device: torch.device) -> _Listed:
    kept = _LISTED.setdefault(prompts, {})
    if device not in kept:
        kept[device] = _list(prompts, device)
    return kept[device]


def _list(prompts: Prompts, device: torch.device) -> _Listed:
    """Lay out about _AT_ONCE right answers at a time, of prompts whose trees are of a size: that pads least."""
    order = np.argsort(_prefixes(prompts), kind="stable")
    ends = np.cumsum(np.bincount(prompts.right.owner, minlength=len(prompts))[order])
    blocks, first = [], 0
    while first < len(order):
        begun = ends[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(ends, begun + _AT_ONCE)))
        # Laid out on the host, where the many small steps of it cost least, whatever the device.
        blocks.append(_tree(prompts, order[first:last], torch.device("cpu")).block().to(device))
        first = last
    return _Listed(blocks, prompts.rows_of(order)[0])


def _prefixes(prompts: Prompts) -> Any:
    """How many inner nodes the tree of each prompt's right answers has."""
    whose, tokens = prompts.right.owner[:, None], prompts.right.tokens
    longest = tokens.shape[1] - 1
    owners = [np.unique(np.hstack([whose, tokens[:, :depth]]), axis=0)[:, 0] for depth in range(1, longest + 1)]
    return np.bincount(np.concatenate(owners), minlength=len(prompts))


def _tree(prompts: Prompts, which: Any, device: torch.device) -> Tree:
    right = prompts.answers_of(which)
    owner, tokens = torch.as_tensor(right.owner, device=device), torch.as_tensor(prompts.tokens[which], device=device)
    return tree_of(tokens, owner, torch.as_tensor(right.tokens, device=device))
