"""Which objectives, with which parameters and in which groups, the tests look at. Nothing here knows of passk_lab."""

from collections.abc import Iterator
from typing import Any, NamedTuple

ONE_SAMPLE = (
    "reinforce",
    "pass@1",
    "mean-centred",
    "nsr",
    "maxrl",
    "maxrl-centred",
    "grpo-verl",
    "grpo-trl",
    "grpo-loo",
)
OF_K = (
    "pass@k", "pass@k-loo", "pass@k-loo-1", "pass@k-centred", "pass@k-training-raw", "pass@k-training", "tang",
    "mahdavi-plugin",
)  # fmt: skip

PARAMETERS: dict[str, list[dict[str, Any]]] = {
    **{name: [{}] for name in ONE_SAMPLE},
    "grpo": [{}, {"ddof": 1}, {"eps": 0.5}, {"ddof": 1, "eps": 0.01}],
    "w-reinforce": [{}, {"lam": 0.0}, {"lam": 3.0}],
    "quantile": [{}, {"K": 0.0}, {"K": 0.25}, {"K": 0.9}, {"K": 1.0}],
    "risk-sensitive": [{}, {"beta": -2.0}, {"beta": 1e-3}, {"beta": 30.0}],
    **{name: [{"k": k} for k in (1, 2, 3, 4, 7)] for name in OF_K},
    "tang-std": [{"k": k} for k in (2, 3, 4, 7)] + [{"k": 4, "ddof": 0, "eps": 0.25}],
    "tang-std-verl": [{"k": k} for k in (2, 4, 7)],
    "maxrl-order": [{"order": order} for order in (1, 2, 4, 7)],
}
"""Every objective that has a credit table, with parameters that fit groups of at most 8."""

LARGE: dict[str, list[dict[str, Any]]] = {
    **{name: [{"k": 16}, {"k": 64}, {"k": 300}] for name in (*OF_K, "tang-std", "tang-std-verl", "log-pass@k")},
    "log-pass@k": [{"k": k} for k in (1, 2, 3, 4, 16, 64, 300)],
    "maxrl-order": [{"order": 16}, {"order": 64}, {"order": 300}],
    "risk-sensitive": [{"beta": beta} for beta in (0.5, -5.0, 500.0, -500.0)],
    "grpo": [{"eps": eps} for eps in (1.0, 1e-2, 1e-4, 1e-8, 1e-12)],
}
"""More parameters, for the forms that know no group."""


def sizes(name: str, parameters: dict[str, Any], largest: int = 8) -> list[int]:
    """Group sizes for which a table exists, by the words of its definition."""
    k = parameters.get("k", parameters.get("order", 4))
    if name.startswith("tang"):
        return [k]  # the k draws are the group
    least = {
        **dict.fromkeys(("reinforce", "nsr", "w-reinforce", "quantile", "maxrl"), 1),
        # a sample is compared with others
        **dict.fromkeys(("pass@1", "mean-centred", "grpo", "grpo-verl", "grpo-trl"), 2),
        **dict.fromkeys(("risk-sensitive", "maxrl-centred", "mahdavi-plugin"), 2),
        # k different samples of the n, or of the n - 1 others
        **dict.fromkeys(("pass@k", "pass@k-loo-1", "pass@k-training-raw", "pass@k-training", "maxrl-order"), k),
        "grpo-loo": 3,  # two others have a deviation
        "pass@k-loo": k + 1,
        "pass@k-centred": k + 1,
    }[name]
    return list(range(least, largest + 1))


class Case(NamedTuple):
    name: str
    parameters: dict[str, Any]

    def __str__(self) -> str:
        return " ".join([self.name, *(f"{key}={value:g}" for key, value in self.parameters.items())])


CASES = [Case(name, parameters) for name, sets in PARAMETERS.items() for parameters in sets]
POPULATION = [*CASES, *(Case(name, parameters) for name, sets in LARGE.items() for parameters in sets)]


def in_groups(name: str, largest: int = 8) -> Iterator[tuple[Case, int]]:
    """Every case of an objective in every group that it takes."""
    for case in CASES:
        if case.name == name:
            yield from ((case, n) for n in sizes(*case, largest=largest))


UNBIASED = {
    "reinforce", "pass@1", "nsr", "w-reinforce", "pass@k", "pass@k-loo", "pass@k-loo-1", "pass@k-centred", "tang",
    "tang-std", "tang-std-verl", "maxrl-order",
}  # fmt: skip
