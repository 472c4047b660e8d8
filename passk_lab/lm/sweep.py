"""Several runs at once: processes side by side on one machine, or the tasks of a Ray cluster."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from itertools import product
from pathlib import Path
from typing import Any

import torch

from passk_lab.lm.config import TrainConfig
from passk_lab.lm.training import train
from passk_lab.objectives.objective import one_whole

_PATIENCE = 10
"""How often a worker may die before the sweep gives up: a run that kills its process every time never ends."""


def grid_of(spec: Mapping[str, Any]) -> dict[str, TrainConfig]:
    """Read a grid: settings that all runs share, and lists of settings to cross.

    Parameters
    ----------
    spec : mapping
        As {"shared": {"steps": 120}, "crossed": {"rate": [2e-4, 4e-4], "seed": [0, 1, 2]}}.

    Returns
    -------
    dict of name to TrainConfig.

    Raises
    ------
    ValueError
        If there is something else in it, or a setting is wrong.

    Examples
    --------
    >>> list(grid_of({"shared": {"steps": 10}, "crossed": {"seed": [0, 1]}}))
    ['seed=0', 'seed=1']
    """
    for name in spec:
        if name not in ("shared", "crossed"):
            raise ValueError(f'a grid has "shared" and "crossed" settings, not {name!r}.')
    crossed = spec.get("crossed", {})
    for name, values in crossed.items():
        if not isinstance(values, list) or not values:
            raise ValueError(f"crossed settings are lists of values, but {name} = {values!r}.")
    configs = {}
    for values in product(*crossed.values()):
        given = dict(zip(crossed, values, strict=True))
        name = ",".join(f"{key}={_short(value)}" for key, value in given.items()) or "run"
        configs[name] = TrainConfig.from_json({**spec.get("shared", {}), **given})
    return configs


def sweep(
    configs: Mapping[str, TrainConfig], out: str | Path, jobs: int | None = None, ray: str | None = None,
    watch: Callable[[str, str], None] | None = None,
) -> dict[str, str]:  # fmt: skip
    """Run a grid, each run in a folder of its own; what is finished stays, what was cut off goes on.

    Parameters
    ----------
    configs : mapping of name to TrainConfig
    out : path
        Each run's folder is made in it. On a cluster every node must see it.
    jobs : int, optional
        Processes side by side, each with one thread; None for one a core.
    ray : str, optional
        Address of a Ray cluster ("auto" or "HOST:PORT"); Ray then starts a run again, from its folder, if one dies.
    watch : callable, optional
        Called with name and ending of each run that ends.

    Returns
    -------
    dict of name to how the run ended.

    Raises
    ------
    RuntimeError
        If workers die again and again, or Ray is not installed.
    """
    out = Path(out).absolute()
    out.mkdir(parents=True, exist_ok=True)
    work = {name: (json.dumps(config.to_json()), str(out / folder_of(name))) for name, config in configs.items()}
    ended = {}
    for name, how in _on_ray(work, ray) if ray else _on_this_machine(work, jobs):
        ended[name] = how
        if watch is not None:
            watch(name, how)
    return {name: ended[name] for name in configs}


def run_one(config: str, folder: str) -> str:
    """Run one config to its end in its folder, on one thread, and say how it ended."""
    torch.set_num_threads(1)
    return train(TrainConfig.from_json(json.loads(config)), folder).ended


def _on_this_machine(work: dict[str, tuple[str, str]], jobs: int | None) -> Iterator[tuple[str, str]]:
    left, deaths = dict(work), 0
    workers = one_whole("jobs", jobs if jobs is not None else os.cpu_count() or 1)
    while left:
        # Spawned processes start clean: a fork would inherit torch's threads in an unknown state.
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            futures = {pool.submit(run_one, *task): name for name, task in left.items()}
            try:
                for future in as_completed(futures):
                    how = future.result()
                    name = futures[future]
                    del left[name]
                    yield name, how
            except BrokenProcessPool:
                deaths += 1
                if deaths >= _PATIENCE:
                    raise RuntimeError(
                        f"worker processes died {deaths} times (killed, or out of memory). {len(left)} of {len(work)} "
                        "runs are left; started again, perhaps with fewer jobs, the sweep goes on from their folders."
                    ) from None


def _on_ray(work: dict[str, tuple[str, str]], address: str) -> Iterator[tuple[str, str]]:
    try:
        import ray
    except ImportError:
        raise RuntimeError('a sweep on a cluster needs Ray: pip install "passk-lab[ray]".') from None
    ray.init(address=address, ignore_reinit_error=True, log_to_driver=False)
    try:
        remote = ray.remote(num_cpus=1, max_retries=_PATIENCE)(run_one)
        names = {remote.remote(*task): name for name, task in work.items()}
        waiting = list(names)
        while waiting:
            ready, waiting = ray.wait(waiting, num_returns=1)
            yield names[ready[0]], ray.get(ready[0])
    finally:
        ray.shutdown()


def _short(value: Any) -> str:
    return json.dumps(value).replace('"', "").replace(" ", "") if isinstance(value, dict | list) else f"{value}"


def folder_of(name: str) -> str:
    """Name of a run's folder: the run's name with what a file system may not like replaced."""
    return "".join(letter if letter.isalnum() or letter in "-_.=,+@" else "_" for letter in name)
