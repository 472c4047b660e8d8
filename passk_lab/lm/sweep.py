"""Several runs at once: processes side by side on one machine, or the tasks of a Ray cluster."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from itertools import product
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import torch

from passk_lab import arguments
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.loop import train

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
        If there is something else in it, a setting is wrong, or two runs would be the same.
    KeyError
        If there is no objective or mechanism of a name in it.

    Examples
    --------
    >>> list(grid_of({"shared": {"steps": 10}, "crossed": {"seed": [0, 1]}}))
    ['seed=0', 'seed=1']
    """
    if not isinstance(spec, Mapping) or not all(isinstance(part, Mapping) for part in spec.values()):
        raise ValueError('a grid is {"shared": {name: value}, "crossed": {name: [values]}}, but another shape came.')
    for name in spec:
        if name not in ("shared", "crossed"):
            raise ValueError(f'a grid has "shared" and "crossed" settings, not {name!r}.')
    shared, crossed = spec.get("shared", {}), spec.get("crossed", {})
    for name, values in crossed.items():
        if not isinstance(values, list) or not values:
            raise ValueError(f"crossed settings are lists of values, but {name} = {values!r}.")
        if name in shared:
            raise ValueError(f"{name} is both shared and crossed: leave it out of one of them.")
    configs: dict[str, TrainConfig] = {}
    for values in product(*crossed.values()):
        given = dict(zip(crossed, values, strict=True))
        name = ",".join(f"{key}={_short(value)}" for key, value in given.items()) or "run"
        if name in configs:
            raise ValueError(f"the grid has {name} twice: leave out one of the equal values.")
        try:
            configs[name] = TrainConfig.from_json({**shared, **given})
        except TypeError as error:
            raise ValueError(f"a setting of {name} is of the wrong kind: {error}.") from None
    return configs


def run_grid(
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
    ValueError
        If two runs would share a folder, or a run's folder holds another run.
    OSError
        If a disk is full, or there is no cluster at the address.
    RuntimeError
        If workers die again and again, or Ray is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run_grid(grid_of({"shared": {"steps": 1, "orders": 60, "judged": 1}}), folder, jobs=1)
    {'run': 'finished'}
    """
    out = Path(out).absolute()
    out.mkdir(parents=True, exist_ok=True)
    folders: dict[str, str] = {}
    for name in configs:
        if other := folders.get(folder_of(name)):
            raise ValueError(f"the runs {other!r} and {name!r} would share the folder {folder_of(name)!r}: rename one.")
        folders[folder_of(name)] = name
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
    workers = arguments.one_whole("jobs", jobs if jobs is not None else os.cpu_count() or 1)
    others = set(multiprocessing.active_children())
    while left:
        # Spawned processes start clean: a fork would inherit torch's threads in an unknown state.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(workers, len(left)), context, _tie_to_parent) as pool:
            try:
                futures = {pool.submit(run_one, *task): name for name, task in left.items()}
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
            except BaseException:
                # Stopped by hand, or a run that cannot be: what was begun can go on later, what waits must not start.
                pool.shutdown(wait=False, cancel_futures=True)
                ours = set(multiprocessing.active_children()) - others
                for child in ours:
                    child.terminate()
                for child in ours:
                    child.join(10)
                raise


def _tie_to_parent() -> None:
    """End this worker when its parent ends, however that ends, and at Ctrl-C without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _on_ray(work: dict[str, tuple[str, str]], address: str) -> Iterator[tuple[str, str]]:
    try:
        import ray
    except ImportError:
        raise RuntimeError('a sweep on a cluster needs Ray: pip install "passk-lab[ray]".') from None
    ours = not ray.is_initialized()
    if ours:
        _see_that_someone_answers(address)
        ray.init(address=address, log_to_driver=False)
    try:
        remote = ray.remote(num_cpus=1, max_retries=_PATIENCE)(run_one)
        names = {remote.remote(*task): name for name, task in work.items()}
        waiting = list(names)
        while waiting:
            ready, waiting = ray.wait(waiting, num_returns=1)
            yield names[ready[0]], ray.get(ready[0])
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None
    except ray.exceptions.RayError as error:
        raise RuntimeError(
            f"the cluster gave up on a run ({type(error).__name__}). Started again, the sweep goes on from the folders."
        ) from error
    finally:
        if ours:
            ray.shutdown()


def _see_that_someone_answers(address: str) -> None:
    """Refuse an address at which nobody listens: Ray itself tries it for many minutes."""
    host, _, port = address.rpartition(":")
    if not port.isdigit() or "://" in address:
        return
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OSError(
            getattr(error, "errno", None), f"no Ray cluster answers at {address} ({reason}): start one, or name another"
        ) from None


def _short(value: Any) -> str:
    return json.dumps(value).replace('"', "").replace(" ", "") if isinstance(value, dict | list) else f"{value}"


def folder_of(name: str) -> str:
    """Name of a run's folder: the run's name with what a file system may not like replaced."""
    return "".join(letter if letter.isalnum() or letter in "-_.=,+@" else "_" for letter in name)
