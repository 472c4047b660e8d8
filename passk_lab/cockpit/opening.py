"""How a cockpit is opened: on one run, or on a race of two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from passk_lab.cockpit.choices import run_of, told_of
from passk_lab.cockpit.widget import Cockpit
from passk_lab.lm.device import to_device


def open(
    objective: str = "grpo", *, k: int = 8, mechanism: str = "", coefficients: Mapping[str, float] | None = None,
    rate: float = 4e-4, seed: int = 0, steps: int = 400, prompts: int = 16, n: int = 32, judged: int = 10,
    evaluate_every: int = 20, base: str = "", device: str = "cpu",
) -> Cockpit:  # fmt: skip
    """Open a cockpit that trains the compact model live, in a background thread of the kernel.

    Parameters
    ----------
    objective : str
        Where the choice of objective starts; any that has a credit table for groups of n.
    k : int
        Draws of the objective, where it has any.
    mechanism : str
        An exploration mechanism to add, or "" for none.
    coefficients : mapping of str to float, optional
        Its coefficients; those not named have their defaults.
    rate : float in (0, 1]
        Learning rate.
    seed : int
        Which of the three bundled bases, and the stream of prompts and samples.
    steps : int
        Steps of the whole run.
    prompts, n : int
        Prompts in a batch, samples of each.
    judged : int
        Multisets of numbers to evaluate on, from each split. Ten are about 350 held-out prompts and 0.2 s.
    evaluate_every : int
        Steps between evaluations.
    base : str
        Where to begin: "" for the bundled base; see `TrainConfig.base`.
    device : str
        "cpu", "cuda", or "auto" for the GPU where there is one. On the CPU a run has the same bits each time.

    Returns
    -------
    Cockpit
        A widget; its methods `start`, `pause`, `step`, `stop`, `reset`, `clear`, `change`, `race`, `alone`, `suggest`
        and `wait` do what its buttons do.

    Raises
    ------
    KeyError, ValueError
        For a name that is not there, a value out of its range, or a GPU where there is none.

    Examples
    --------
    >>> pit = open("pass@k", k=4, steps=3, prompts=4, n=8, judged=2)
    >>> pit.start()
    >>> pit.wait(), pit.phase
    (3, 'finished')
    >>> pit.run.evaluations.step.unique().tolist()
    [0, 3]
    >>> pit.close()
    """
    run = {"objective": objective, "k": k, "mechanism": mechanism, "coefficients": coefficients, "rate": rate, "n": n}
    fixed = _fixed(steps, prompts, judged, evaluate_every, base, device)
    return Cockpit([run_of(run, seed, fixed)])


def race(
    a: str | Mapping[str, Any], b: str | Mapping[str, Any], *, seed: int = 0, steps: int = 400, prompts: int = 16,
    judged: int = 10, evaluate_every: int = 20, base: str = "", device: str = "cpu",
) -> Cockpit:  # fmt: skip
    """Open a cockpit in which two runs train from one base and one seed, a step of each in turn, in the same pictures.

    Both see the same prompts, and with the same n their answers are drawn with the same random numbers. They are
    compared at the same step; which of them needs more seconds for a step is not seen.

    Parameters
    ----------
    a, b : str or mapping
        What each run is told: the name of an objective, or a mapping with any of "objective", "k", "mechanism",
        "coefficients", "rate" and "n", which mean what they mean in `open`.
    seed, steps, prompts, judged, evaluate_every, base, device
        Of both; as in `open`.

    Returns
    -------
    Cockpit
        Its buttons and methods are for both runs; `change` takes the `side` that is meant. `runs` and `learners` hold
        both.

    Raises
    ------
    KeyError, ValueError
        For a name that is not there, a value out of its range, or a GPU where there is none.

    Examples
    --------
    >>> small = {"k": 4, "n": 8}
    >>> a, b = {"objective": "pass@k-loo-1", **small}, {"objective": "pass@k", **small}
    >>> pit = race(a, b, steps=3, prompts=4, judged=2)
    >>> pit.start()
    >>> pit.wait(), pit.phase, [run.config.objective for run in pit.runs]
    (3, 'finished', ['pass@k-loo-1', 'pass@k'])
    >>> pit.close()
    """
    fixed = _fixed(steps, prompts, judged, evaluate_every, base, device)
    return Cockpit([run_of(told_of(side, told), seed, fixed) for side, told in (("a", a), ("b", b))])


def _fixed(
    steps: int, prompts: int, judged: int, evaluate_every: int, base: str, device: str
) -> dict[str, Any]:  # fmt: skip
    """What no control moves, and both runs of a race share."""
    return {
        "steps": steps, "prompts": prompts, "judged": judged, "evaluate_every": evaluate_every, "base": base,
        "device": to_device(device).type,
    }  # fmt: skip
