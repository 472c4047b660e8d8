"""Several runs at once: processes side by side on one machine, or the tasks of a Ray cluster."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import product
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import torch

from passk_lab import arguments
from passk_lab.lm.checkpoint import write_whole
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.loop import train
from passk_lab.lm.plan import Plan, plan_of
from passk_lab.lm.run import FAILED
from passk_lab.lm.runs import RunFolder, ended_in
from passk_lab.lm.stack_loop import train_stacked

_PATIENCE = 10
"""How often a worker may die before the sweep gives up: a run that kills its process every time never ends."""
_STACKS = ".stacks"
"""Where in a sweep's folder the checkpoints of stacks lie while they train."""


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
            raise ValueError(f"crossed settings are lists of values, but {name} = {arguments.short(values)}.")
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
    watch: Callable[[str, str], None] | None = None, device: str | None = None, stack: bool | None = None,
    tell: Callable[[str], None] | None = None,
) -> dict[str, str]:  # fmt: skip
    """Run a grid, each run in a folder of its own; what is finished stays, what was cut off goes on.

    Runs that go to a GPU train together there, as stacks (`plan_of` says which can). A run that fails, because its
    folder is damaged, say, stops no other.

    Parameters
    ----------
    configs : mapping of name to TrainConfig
    out : path
        Each run's folder is made in it. On a cluster every node must see it.
    jobs : int, optional
        Processes side by side, each with one thread; None for one a core.
    ray : str, optional
        Address of a Ray cluster ("auto" or "HOST:PORT"); Ray then starts a run again, from its folder, if one dies, and
        gives each stack a GPU of its own.
    watch : callable, optional
        Called with name and ending of each run that ends.
    device : str, optional
        "auto", "cpu" or "cuda" for all runs; None for what each config says. A sweep uses a GPU for stacks, and for
        other runs only if they ask for "cuda" by name.
    stack : bool, optional
        Whether runs that can be are stacked; None stacks those that go to a GPU. What was begun goes on as it was
        begun, alone or in its stack.
    tell : callable, optional
        Called with the plan in words before the first run starts.

    Returns
    -------
    dict of name to how the run ended; "failed: " and the reason for one that could not be trained.

    Raises
    ------
    ValueError
        If two runs would share a folder, or a GPU is asked for where there is none.
    OSError
        If the folder cannot be made, or there is no cluster at the address.
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
    workers = arguments.one_whole("jobs", jobs if jobs is not None else os.cpu_count() or 1)
    ended: dict[str, str] = {}

    def note(name: str, how: str) -> None:
        ended[name] = how
        if watch is not None:
            watch(name, how)

    damaged: dict[str, str] = {}
    for name, config in configs.items():
        try:
            how = ended_in(out / folder_of(name), config)
        except ValueError as error:
            how = damaged[name] = f"{FAILED}{error}"
        if how:
            note(name, how)
    begun = []
    for names in _begun(out, configs):
        if bad := next((name for name in names if name in damaged), None):
            for name in names:
                if name not in ended:
                    note(name, f"{FAILED}its stack waits for {bad}, which cannot be taken up.")
        else:
            begun.append(names)
    in_stacks = {name for names in begun for name in names}
    left = {name: config for name, config in configs.items() if name in in_stacks or name not in ended}
    apart = {
        name: "begun alone, they go on so" for name in left
        if name not in in_stacks and RunFolder(out / folder_of(name)).checkpoints.newest_first()
    }  # fmt: skip
    with _connected(ray) if ray else nullcontext() as cluster:
        gpu = None if cluster is None else cluster.cluster_resources().get("GPU", 0) > 0
        plan = plan_of(left, device, stack, workers, gpu, begun, apart)
        if tell is not None and left:
            tell(plan.text)
        tasks = _tasks(out, plan)
        for task, hows in _on_this_machine(tasks, workers) if cluster is None else _on_ray(cluster, tasks):
            for name, how in zip(task.names, hows, strict=True):
                if name not in ended:
                    note(name, how)
    with suppress(OSError):  # not there, or another sweep's stacks are in it
        (out / _STACKS).rmdir()
    return {name: ended[name] for name in configs}


@dataclass(frozen=True)
class _Task:
    """What one worker does at a time: a run, or a stack of runs."""

    names: tuple[str, ...]
    gpu: bool
    call: Callable[..., list[str]]
    given: tuple[Any, ...]
    """Plain values, since they go to another process."""


def _tasks(out: Path, plan: Plan) -> list[_Task]:
    """Say what is to be done, stacks first: they take longest."""
    tasks = []
    for names in [*plan.stacks, *((name,) for name in plan.singly)]:
        on_gpu = plan.configs[names[0]].device == "cuda"
        told = [json.dumps(plan.configs[name].to_json()) for name in names]
        folders = [str(out / folder_of(name)) for name in names]
        if names in plan.stacks:
            digest = hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]
            given: tuple[Any, ...] = (told, folders, str(out / _STACKS / digest), list(names))
            tasks.append(_Task(names, on_gpu, run_stack, given))
        else:
            tasks.append(_Task(names, on_gpu, run_one, (told[0], folders[0])))
    return tasks


def _begun(out: Path, configs: Mapping[str, TrainConfig]) -> list[tuple[str, ...]]:
    """Find stacks of this grid that were begun in a folder and have not ended, the last begun first.

    One that shares a run with a later one can go on no more, and is let go.
    """
    found: list[tuple[str, ...]] = []
    for path in sorted((out / _STACKS).glob("*/runs.json"), key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            names = json.loads(path.read_text(encoding="utf-8", errors="replace"))
        except json.JSONDecodeError:
            continue
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            continue
        if any(name in others for name in names for others in found):
            shutil.rmtree(path.parent, ignore_errors=True)
        elif all(name in configs for name in names):
            found.append(tuple(names))
    return found


def run_one(config: str, folder: str) -> list[str]:
    """Run one config to its end in its folder, on one thread, and say how it ended."""
    torch.set_num_threads(1)
    return [train(TrainConfig.from_json(json.loads(config)), folder).ended]


def run_stack(configs: list[str], folders: list[str], kept: str, names: list[str]) -> list[str]:
    """Run a stack to its end, each run in its folder, and say how each ended."""
    torch.set_num_threads(1)
    Path(kept).mkdir(parents=True, exist_ok=True)
    # Whoever starts the sweep again finds by it which runs belong together.
    write_whole(Path(kept) / "runs.json", json.dumps(names).encode())
    read = [TrainConfig.from_json(json.loads(config)) for config in configs]
    ended = [run.ended for run in train_stacked(read, folders, kept)]
    (Path(kept) / "runs.json").unlink()
    with suppress(OSError):  # what could not be used was put aside there
        Path(kept).rmdir()
    return ended


def _on_this_machine(tasks: list[_Task], workers: int) -> Iterator[tuple[_Task, list[str]]]:
    # A GPU is given to one task at a time; those on the CPU go side by side.
    yield from _in_processes([task for task in tasks if task.gpu], 1)
    yield from _in_processes([task for task in tasks if not task.gpu], workers)


def _in_processes(tasks: list[_Task], workers: int) -> Iterator[tuple[_Task, list[str]]]:
    left, deaths = list(tasks), 0
    others = set(multiprocessing.active_children())
    while left:
        # Spawned processes start clean: a fork would inherit torch's threads in an unknown state.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(workers, len(left)), context, _tie_to_parent) as pool:
            try:
                futures = {pool.submit(task.call, *task.given): task for task in left}
                for future in as_completed(futures):
                    task = futures[future]
                    try:
                        hows = future.result()
                    except BrokenProcessPool:
                        raise
                    except Exception as error:
                        hows = _failed(task, error)
                    left.remove(task)
                    yield task, hows
            except BrokenProcessPool:
                deaths += 1
                if deaths >= _PATIENCE:
                    raise RuntimeError(
                        f"worker processes died {deaths} times (killed, or out of memory). "
                        f"{sum(len(task.names) for task in left)} runs are left; started again, perhaps with fewer "
                        "jobs, the sweep goes on from their folders."
                    ) from None
            except BaseException:
                # Stopped by hand: what was begun can go on later, what waits must not start.
                pool.shutdown(wait=False, cancel_futures=True)
                ours = set(multiprocessing.active_children()) - others
                for child in ours:
                    child.terminate()
                for child in ours:
                    child.join(10)
                raise


def _failed(task: _Task, error: BaseException) -> list[str]:
    """How the runs of a task ended that raised."""
    said = str(error.args[-1] if error.args else "") or type(error).__name__
    known = isinstance(error, ValueError | KeyError | OSError)
    return [f"{FAILED}{said if known else f'{type(error).__name__}: {said}'}"] * len(task.names)


def _as_a_sentence(message: Warning | str, *_where: Any, **_more: Any) -> None:
    """Print a warning of a worker, such as that of a damaged checkpoint, as the command's other sentences."""
    print(f"passk-lab: {message}", file=sys.stderr)


def _tie_to_parent() -> None:
    """End this worker when its parent ends, however that ends, and at Ctrl-C without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    warnings.showwarning = _as_a_sentence
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Ray, connected to a cluster."""
    try:
        import ray
    except ImportError:
        raise RuntimeError('a sweep on a cluster needs Ray: pip install "passk-lab[ray]".') from None
    ours = not ray.is_initialized()
    if ours:
        _see_that_someone_answers(address)
        ray.init(address=address, log_to_driver=False)
    try:
        yield ray
    finally:
        if ours:
            ray.shutdown()


def _on_ray(ray: Any, tasks: list[_Task]) -> Iterator[tuple[_Task, list[str]]]:
    # Ray hides the GPUs from a task that asks for none, and gives one that asks a GPU of its own.
    running = {
        ray.remote(num_cpus=1, num_gpus=int(task.gpu), max_retries=_PATIENCE)(task.call).remote(*task.given): task
        for task in tasks
    }
    waiting = list(running)
    while waiting:
        ready, waiting = ray.wait(waiting, num_returns=1)
        task = running[ready[0]]
        try:
            hows = ray.get(ready[0])
        except ray.exceptions.RayTaskError as error:
            hows = _failed(task, error.cause)
        except ray.exceptions.RayError as error:
            raise RuntimeError(
                f"the cluster gave up on a run ({type(error).__name__}). Started again, the sweep goes on from the "
                "folders."
            ) from error
        yield task, hows


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
