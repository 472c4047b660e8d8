"""Which runs of a grid train together as one program, and which alone and why: decided, and said, before any starts."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from passk_lab import arguments
from passk_lab.lm.base import load_base
from passk_lab.lm.capture import Stack
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.device import check_name, to_device
from passk_lab.lm.model import Shape
from passk_lab.lm.stacked import SHARED, alone

_SHARE = 0.6
"""Of a device's memory that stacks may fill, by the count of `memory_of_run`: kernels need room to work in."""
_UNKNOWN = 4 * 2**30
"""Bytes to reckon with where a device does not say how many it has: what a small laptop's GPU has."""
_SHOWN = 3
"""Names of runs shown for one reason."""


@dataclass(frozen=True)
class Plan:
    """How a grid is run: runs that train as one program, and runs that train alone."""

    configs: Mapping[str, TrainConfig]
    """The grid, each run with the device it goes to."""
    stacks: tuple[tuple[str, ...], ...]
    """Names of the runs of each stack."""
    begun: tuple[tuple[str, ...], ...]
    """Those of the stacks that were begun before and go on."""
    singly: Mapping[str, str]
    """Names of the runs that train alone, each with the reason; empty if stacks were not wanted."""

    @property
    def text(self) -> str:
        """Say the plan in a few lines.

        >>> print(plan_of({"a": TrainConfig(), "b": TrainConfig(seed=1)}, device="cpu").text)
        2 runs, each alone on the CPU
        >>> odd = {"c": TrainConfig(mechanisms={"novelty": {}})}
        >>> print(plan_of({"a": TrainConfig(), "b": TrainConfig(seed=1), **odd}, device="cpu", stack=True).text)
        1 stack of 2 runs on the CPU
        1 run alone on the CPU: stacks have entropy and kl-reverse with fixed coefficients, and this run has novelty (c)
        """
        lines = []
        kinds = [
            f"of {_runs(len(names))} on the {_called(self.configs[names[0]].device)}"
            + ", taken up again" * (names in self.begun)
            for names in self.stacks
        ]
        for kind, count in Counter(kinds).items():
            lines.append(f"{count} stacks {kind}" if count > 1 else f"1 stack {kind}")
        by_reason: dict[tuple[str, str], list[str]] = {}
        for name, why in self.singly.items():
            by_reason.setdefault((self.configs[name].device, why), []).append(name)
        for (device, why), names in by_reason.items():
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            each = "each alone" if len(names) > 1 else "alone"
            head = f"{_runs(len(names))}{',' * (len(names) > 1)} {each} on the {_called(device)}"
            lines.append(f"{head}: {why} ({', '.join(names[:_SHOWN])}{more})" if why else head)
        return "\n".join(lines)


def plan_of(
    configs: Mapping[str, TrainConfig], device: str | None = None, stack: bool | None = None, jobs: int = 1,
    gpu: bool | None = None, begun: Sequence[tuple[str, ...]] = (), apart: Mapping[str, str] = MappingProxyType({}),
) -> Plan:  # fmt: skip
    """Decide how a grid is run.

    Parameters
    ----------
    configs : mapping of name to TrainConfig
    device : str, optional
        "auto", "cpu" or "cuda" for all runs; None for what each config says.
    stack : bool, optional
        Whether runs that can be are stacked; None stacks those that go to a GPU. On a CPU it pays only for small
        batches (`StackedLearner`).
    jobs : int
        How many stacks on a CPU are to keep busy.
    gpu : bool, optional
        Whether there is a GPU; None looks for one on this machine.
    begun : sequence of tuple of names
        Stacks that were begun before: they go on as they are.
    apart : mapping of name to str
        Runs that are not to be stacked, with the reason.

    Returns
    -------
    Plan

    Raises
    ------
    ValueError
        If a GPU is asked for where there is none.
    """
    for name, config in arguments.as_one_of("configs", configs, Mapping, "a dict of name to TrainConfig").items():
        arguments.as_one_of(f"configs[{name!r}]", config, TrainConfig, "a TrainConfig")
    jobs = arguments.one_whole("jobs", jobs)
    stack = stack if stack is None else arguments.switch("stack", stack)
    gpu = torch.cuda.is_available() if gpu is None else arguments.switch("gpu", gpu)
    _see_that_stacks_are_of(configs, begun)
    arguments.as_one_of("apart", apart, Mapping, "a dict of name to a reason")
    if device is not None:
        check_name(arguments.as_one_of("device", device, str, "a text"))
    if device is not None and not gpu:
        to_device(device)  # refuses, in its words
    placed: dict[str, TrainConfig] = {}
    singly: dict[str, str] = {}
    together: dict[tuple[Any, ...], list[str]] = {}
    going_on = {name: names[0] for names in begun for name in names}
    for name, config in configs.items():
        wanted = device or configs[going_on.get(name, name)].device
        there = "cuda" if gpu and wanted in ("auto", "cuda") else "cpu"
        if name in going_on:
            placed[name] = config.but(device=there)
            continue
        stacked = there == "cuda" if stack is None else stack
        why = apart.get(name) or _why_alone(config) if stacked else ""
        if why or not stacked:
            # One context for each process on one GPU, and a host that waits: only where it was asked for by name.
            placed[name], singly[name] = config.but(device="cuda" if wanted == "cuda" else "cpu"), why
            continue
        placed[name] = config.but(device=there)
        together.setdefault(_shared(placed[name]), []).append(name)
    stacks = list(begun)
    for names in together.values():
        first = placed[names[0]]
        on_cpu = first.device == "cpu"
        # On a CPU as many stacks as there are jobs lie in memory at once; a GPU has one at a time.
        most = int(_SHARE * _memory(first.device) / (jobs if on_cpu else 1)) // memory_of_run(first)
        if on_cpu and (len(names) == 1 or most < 2):
            why = "no other run of the grid shares its settings" if len(names) == 1 else "two would fill the memory"
            singly |= dict.fromkeys(names, why)
            continue
        parts = max(ceil(len(names) / max(1, most)), min(jobs, len(names) // 2) if on_cpu else 1)
        stacks += [tuple(names[part::parts]) for part in range(parts)]
    return Plan(placed, tuple(stacks), tuple(begun), {name: singly[name] for name in configs if name in singly})


def _see_that_stacks_are_of(configs: Mapping[str, TrainConfig], begun: Sequence[tuple[str, ...]]) -> None:
    for names in arguments.as_one_of("begun", begun, (list, tuple), "a list of stacks"):
        for name in arguments.as_one_of("a stack", names, tuple, "a tuple of names"):
            arguments.known("run", name, configs)


def _why_alone(config: TrainConfig) -> str:
    """Say why a run is not for a stack, its base among the reasons; alone it then fails by itself."""
    try:
        load_base(config)
    except (ValueError, OSError) as error:
        return f"its base cannot be loaded: {error}".rstrip(".")
    return alone(config)


def memory_of_run(config: TrainConfig) -> int:
    """Count the bytes that one run of a stack keeps: its state, and what an update saves for its backward pass.

    Counted on tensors that have shapes and no values, so it costs a tenth of a second and no memory.

    Parameters
    ----------
    config : TrainConfig

    Examples
    --------
    >>> small, large = (memory_of_run(TrainConfig(prompts=4, n=n, watch=4)) for n in (8, 64))
    >>> small < large < 10 * small
    True
    """
    saved: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        saved[tensor.untyped_storage()._cdata] = tensor
        return tensor

    stack = Stack([config], torch.device("meta"))
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        stack.update()
    held = [value for value in vars(stack).values() if isinstance(value, Tensor)]
    whole = {tensor.untyped_storage()._cdata: tensor for tensor in held} | saved
    return sum(tensor.untyped_storage().nbytes() for tensor in whole.values())


def _shared(config: TrainConfig) -> tuple[Any, ...]:
    """What runs of one stack have in common."""
    shape: Shape = load_base(config).shape
    return (*(getattr(config, name) for name in SHARED), shape)


def _memory(device: str) -> int:
    """Bytes of a device, as far as it says."""
    if device == "cuda":
        return torch.cuda.get_device_properties(0).total_memory if torch.cuda.is_available() else _UNKNOWN
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return _UNKNOWN


def _runs(count: int) -> str:
    return f"{count} run{'s' if count != 1 else ''}"


def _called(device: str) -> str:
    return "GPU" if device == "cuda" else "CPU"
