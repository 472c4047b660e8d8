"""Objectives of k samples: pass@k and its relatives, with the tables of several papers for one and the same F."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.metrics import pass_at_k as share_solved
from passk_lab.metrics._products import ratios_of_binomials
from passk_lab.objectives.objective import Credit, Face, Missing, Objective
from passk_lab.objectives.one_sample import CENTRED, counts, spread
from passk_lab.objectives.registry import register


def all_wrong(n: int, wrong: Any, k: int) -> Floats:
    """C(wrong, k)/C(n, k): chance that k of n samples are all wrong; 1 for k = 0, though n be 0 too."""
    return ratios_of_binomials(n, k)[np.asarray(wrong)]


def solved_by_others(n: int, k: int) -> Floats:
    """Chance that k - 1 of the n - 1 others hold a right one, c = 0..n of them being right; small ones keep digits."""
    c = np.minimum(np.arange(n + 1), n - 1)
    return np.asarray(share_solved(n - 1, c, k - 1)) if k > 1 else np.zeros(n + 1)


def pivotal(n: int, k: int) -> Floats:
    """C(n-1-j, k-1)/C(n-1, k-1), j = 0..n-1: chance that k - 1 of the n - 1 others are all wrong, j being correct."""
    return all_wrong(n - 1, n - 1 - np.arange(n), k - 1)


def rest(xp: Any, x: Any) -> Any:
    """1 - e^x for x <= 0. Near 0 by expm1; further off as written, since autograd of expm1 adds 1 to its own result."""
    return xp.where(x > -math.log(2), -xp.expm1(x), 1 - xp.exp(x))


def at_least_one(k: int, scale: float = 1.0) -> tuple[Face, Face]:
    """F = scale * (1 - (1-p)^k) and its slope."""
    return (
        Face(lambda xp, p: scale * rest(xp, k * xp.log1p(-p)), 0.0, scale),
        Face(
            lambda xp, p: scale * k * xp.exp((k - 1) * xp.log1p(-p)), scale * k, 0.0 if k > 1 else scale
        ),
    )  # fmt: skip


def _pass_at_k(k: int, source: str, table: Any, **more: Any) -> Objective:
    F, slope = at_least_one(k)
    usual = {
        "equation": "1-(1-p)^k", "F": F, "slope": slope, "unbiased": True,
        "least": k, "least_because": f"it draws k = {k} different ones",
    }  # fmt: skip
    return Objective(source=source, table=table, **{**usual, **more})


@register("pass@k", aliases=("pkpo",), draws="k")
def pass_at_k(k: int = 4) -> Objective:
    """PKPO's s: each sample gets the mean of max r over all k-subsets that hold it; no baseline."""
    k = arguments.one_whole("k", k)

    def table(n: int) -> Credit:
        # Wrong: k rho(n-1, c, k-1). The closed contrast keeps its digits where correct - wrong would lose them all.
        return Credit(np.full(n + 1, float(k)), k * solved_by_others(n, k), k * pivotal(n, k))

    return _pass_at_k(k, "2505.15201, theorem 2 (times n: the lab takes means)", table)


@register("pass@k-loo", draws="k")
def pass_at_k_loo(k: int = 4) -> Objective:
    """PKPO's loo: s less the mean of max r over the k-subsets of the other n - 1 samples."""
    k = arguments.one_whole("k", k)

    def table(n: int) -> Credit:
        c = np.arange(n + 1)
        scale = n * k / (n - 1)

        def baseline(others: Any) -> Floats:
            return scale * (1 - all_wrong(n - 1, np.clip(n - 1 - others, 0, n - 1), k))

        return Credit(k - baseline(c - 1), k * solved_by_others(n, k) - baseline(c), k * pivotal(n, k))

    return _pass_at_k(
        k, "2505.15201, eq. 29", table, least=k + 1,
        least_because=f"the baseline draws k = {k} from the n - 1 others",
    )  # fmt: skip


@register("pass@k-loo-1", aliases=("mahdavi-unbiased",), draws="k")
def pass_at_k_loo_1(k: int = 4) -> Objective:
    """PKPO's loo-1: only a correct sample whose k - 1 companions are all wrong gets credit; wrong ones get none."""
    k = arguments.one_whole("k", k)

    def table(n: int) -> Credit:
        contrast = k * pivotal(n, k)
        return Credit(np.concatenate([[0.0], contrast]), np.zeros(n + 1), contrast)

    return _pass_at_k(
        k, "2505.15201, eq. 33; as an unbiased mend of Mahdavi et al. (AI4Math@ICML 2025)", table,
        note="at k = 1 it is reinforce, at k = n it is tang",
    )  # fmt: skip


@register("pass@k-centred", draws="k")
def pass_at_k_centred(k: int = 4) -> Objective:
    """PKPO's s less the group's own mean, times n/(n - k), which undoes exactly the bias of centring."""
    k = arguments.one_whole("k", k)

    def table(n: int) -> Credit:
        c = counts(n)
        correct = n * k / (n - k) * all_wrong(n, n - np.arange(n + 1), k)
        wrong = -k * c / (n - k) * np.append(pivotal(n, k), 0.0)
        return Credit(correct, wrong, k * pivotal(n, k))

    return _pass_at_k(
        k, "ours: the mean over the group of s is k rho, so centring leaves the factor 1 - k/n; cf. 2606.06080", table,
        note="credits add up to 0 in every group", least=k + 1,
        least_because=f"at n = k = {k} centring leaves nothing",
    )  # fmt: skip


def _analytical(n: int, k: int) -> tuple[Floats, Floats]:
    """Group reward's complement for correct samples, and the (negative) credit of wrong ones, before the scale."""
    c = np.arange(n + 1)
    return all_wrong(n, n - c, k), -c / n * np.append(pivotal(n, k), 0.0)


@register("pass@k-training-raw", draws="k")
def pass_at_k_training_raw(k: int = 4) -> Objective:
    """Pass@k Training before its normalisation: the mean-centred s over k; weight (1 - k/n)(1-p)^(k-1)."""
    k = arguments.one_whole("k", k)
    F, slope = at_least_one(k, 1 / k)
    return _pass_at_k(
        k, "2508.10751, analytical derivation, without the standard deviation",
        lambda n: Credit(*_analytical(n, k), (1 - k / n) * pivotal(n, k)),
        equation=r"\tfrac1k\bigl(1-(1-p)^k\bigr)", F=F, slope=slope, unbiased=False,
        note="centring leaves exactly 1 - k/n of it; at n = k every credit is 0",
    )  # fmt: skip


@register("pass@k-training", draws="k")
def pass_at_k_training(k: int = 4) -> Objective:
    """Pass@k Training: group rewards of k-subsets, standardised; groups with no spread among subsets get 0."""
    k = arguments.one_whole("k", k)

    def table(n: int) -> Credit:
        missed, wrong = _analytical(n, k)
        variance = missed * (1 - missed)
        scale = np.where(variance > 0, 1 / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0)
        return Credit(missed * scale, wrong * scale)

    return _pass_at_k(
        k, "2508.10751; population form: 2510.23049", table,
        equation=r"\tfrac2k \arcsin\sqrt{1-(1-p)^k}",
        F=Face(
            lambda xp, p: 2 / k * xp.arctan2(
                xp.sqrt(rest(xp, k * xp.log1p(-p))), xp.exp(k / 2 * xp.log1p(-p))
            ), 0.0, math.pi / k,
        ),
        slope=Face(
            lambda xp, p: xp.exp((k / 2 - 1) * xp.log1p(-p)) / xp.sqrt(rest(xp, k * xp.log1p(-p))),
            math.inf, math.inf if k == 1 else 1.0 if k == 2 else 0.0,
        ),
        unbiased=False,
        note="the standard deviation of the group shrinks it by a factor that depends on p; at n = k there is one set, "
        "no spread, and every credit is 0",
    )  # fmt: skip


@register(
    "tang", aliases=("grpo-passk",), draws="k",
    variants={"tang-std": {"std": True}, "tang-std-verl": {"std": True, "eps": 1e-6}},
)  # fmt: skip
def tang(k: int = 4, std: bool = False, ddof: int = 1, eps: float = 0.0) -> Objective:
    """Tang's k-sample objective (verl's grpo_passk): the best sample gets max - second best; the group is the k."""
    k, (ddof, eps) = arguments.one_whole("k", k), spread(ddof, eps)
    std = arguments.switch("std", std)
    if std and k <= max(ddof, 1):
        raise ValueError(f"the standard deviation of a group of k = {k} is zero or undefined: take k >= 2.")
    # Credit is given to groups with one correct sample only, so the deviation divided by is always the same.
    scale = 1 / (math.sqrt((1 - 1 / k) / (k - ddof)) + eps) if std else 1.0

    def table(n: int) -> Credit:
        lone = np.where(counts(n) == 1, n * scale, 0.0)
        return Credit(lone, np.zeros(n + 1), lone[1:])

    F, slope = at_least_one(k, scale)
    return _pass_at_k(
        k, "2503.19595; verl's grpo_passk", table, F=F, slope=slope,
        equation="1-(1-p)^k" if scale == 1 else r"s\,\bigl(1-(1-p)^k\bigr),\ s = 1/(\sigma+\epsilon)",
        only=k, least_because="the k samples of the objective are the group",
        note="fires only in groups with exactly one correct sample" + (f"; scaled by {scale:.4g}" if std else ""),
    )  # fmt: skip


@register("mahdavi-plugin", draws="k")
def mahdavi_plugin(k: int = 4) -> Objective:
    """The weight k(1-p)^(k-1) with c/n in the place of p, as a factor on RLOO: biased, and easy to write."""
    k = arguments.one_whole("k", k)

    def table(n: int) -> Credit:
        c = counts(n)
        factor = k * (1 - c / n) ** (k - 1)
        return Credit(factor * (n - c) / (n - 1), -factor * c / (n - 1))

    return _pass_at_k(
        k, "Mahdavi et al., AI4Math@ICML 2025", table, unbiased=k == 1, least=2, least_because=CENTRED,
        note="takes any k, also k > n; the mean of a curved function of c/n is not the function of the mean",
    )  # fmt: skip


@register("log-pass@k", draws="k")
def log_pass_at_k(k: int = 4) -> Objective:
    """log pass@k, the loss of direct coverage optimisation: weight alpha_k / J_k."""
    k = arguments.one_whole("k", k)

    def value(xp: Any, p: Any) -> Any:
        x = k * xp.log1p(-p)  # log(1 - e^x): from whichever end keeps the digits
        near = x > -math.log(2)
        far = xp.log1p(-xp.exp(xp.where(near, -1.0, x)))
        return xp.where(near, xp.log(rest(xp, x)), far)

    return Objective(
        equation=r"\log\bigl(1-(1-p)^k\bigr)",
        source="2502.07154 (DCO), there for supervised training",
        F=Face(value, -math.inf, 0.0),
        slope=Face(
            lambda xp, p: k * xp.exp((k - 1) * xp.log1p(-p)) / rest(xp, k * xp.log1p(-p)),
            math.inf, 1.0 if k == 1 else 0.0,
        ),
        table=Missing(
            "the weight of log(1 - (1-p)^k) is not a polynomial in p, and that of a table always is one"
        ),
        unbiased=False,
    )  # fmt: skip
