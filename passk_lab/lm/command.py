"""What `passk-lab train`, `runs` and `sweep` do and print."""

from __future__ import annotations

import json
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, TextIO

import numpy as np
import tyro
from tqdm import tqdm

from passk_lab.lm.config import TrainConfig
from passk_lab.lm.loop import train
from passk_lab.lm.run import FAILED, KS, Record, Run, is_step
from passk_lab.lm.runs import load_run
from passk_lab.lm.sweep import folder_of, grid_of, run_grid
from passk_lab.metrics.comparison import first_crossing

RUNS = Path("passk-lab-runs")
"""Where runs go that were given no folder."""
SHOWN = (1, 4, 16, 64, 256)
_SMOOTH = 10
"""Steps whose entropy is averaged: one batch of 16 prompts is a noisy witness."""
_INTERRUPTED = 130
"""Exit status of a command ended by Ctrl-C, as shells have it."""


@dataclass(frozen=True)
class _Options(TrainConfig):
    """Train the compact model from its base, and print what became of pass@k on numbers it never met."""

    parameters: Annotated[Mapping[str, float], tyro.conf.Suppress] = field(default_factory=dict)
    mechanisms: Annotated[Mapping[str, Mapping[str, float]], tyro.conf.Suppress] = field(default_factory=dict)
    k: int | None = None
    """The objective's number of draws, short for --parameter k=..."""
    parameter: Annotated[tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="NAME=VALUE")] = ()
    """Another parameter of the objective."""
    mechanism: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="NAME[:COEFFICIENT=VALUE,...]")
    ] = ()
    """An exploration mechanism, as in entropy:coefficient=0.05."""
    out: Path | None = None
    """The run's folder; None for one under ./passk-lab-runs. A run that lies there unfinished goes on."""

    def __post_init__(self) -> None:
        """Leave the checks to the config that is made of these."""


def train_command(argv: Sequence[str]) -> int:
    """Train as the options say, show how far it is, and print what came of it; 1 if the run broke down."""
    given = tyro.cli(_Options, args=list(argv), prog="passk-lab train")
    config = config_of(given)
    folder = given.out or default_folder(config)
    bar: tqdm[Any] | None = None

    def watch(record: Record) -> None:
        nonlocal bar
        if not is_step(record):
            return
        if bar is None:
            bar = tqdm(total=config.steps, initial=record["step"] - 1, unit="step", desc="training")
        bar.set_postfix_str(f"pass@1 {record['pass_at_1']:.3f} in the batch", refresh=False)
        bar.update(record["step"] - bar.n)

    try:
        with _warnings_as_sentences():
            run = train(config, folder, watch)
    except KeyboardInterrupt:
        at = f" at step {bar.n}" if bar is not None else ""
        print(f"\nStopped{at}. The same command goes on from the last checkpoint in {folder}.", file=sys.stderr)
        return _INTERRUPTED
    finally:
        if bar is not None:
            bar.close()
    if bar is None:
        print("This run had ended before; nothing was trained now.")
    print(result(run))
    print(f"The run lies in {folder}.")
    if run.ended != "finished":
        print(f"passk-lab: {run.ended}", file=sys.stderr)
        return 1
    return 0


def config_of(given: _Options) -> TrainConfig:
    """Turn the command's options into a config.

    Raises
    ------
    ValueError
        If a parameter or a mechanism is not spelt as it should be, or given twice, or a setting is out of range.
    KeyError
        For an objective or a mechanism that is not there.
    """
    parameters = _pairs("--parameter", given.parameter)
    if given.k is not None:
        if "k" in parameters:
            raise ValueError("k is given twice, by --k and by --parameter k=...: leave one out.")
        parameters["k"] = given.k
    mechanisms: dict[str, dict[str, float]] = {}
    for text in given.mechanism:
        name, _, rest = text.partition(":")
        if name in mechanisms:
            raise ValueError(f"the mechanism {name} is given twice: put its coefficients into one, after a comma.")
        mechanisms[name] = _pairs(f"--mechanism {name}", rest.split(",") if rest else ())
    settings = {one.name: getattr(given, one.name) for one in fields(TrainConfig)}
    return TrainConfig(**{**settings, "parameters": parameters, "mechanisms": mechanisms})


def _pairs(where: str, texts: Sequence[str]) -> dict[str, float]:
    """Read "name=value" texts; whole numbers stay whole."""
    read: dict[str, float] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not (name and sign) or not np.isfinite(number):
            raise ValueError(f"{where} takes name=number, as in k=4, but got {text!r}.")
        if name in read:
            raise ValueError(f"{where} gives {name} twice: leave one out.")
        read[name] = int(number) if number.is_integer() else number
    return read


def default_folder(config: TrainConfig) -> Path:
    """Name the folder of a run that was given none.

    >>> default_folder(TrainConfig(objective="pass@k", parameters={"k": 4}, mechanisms={"novelty": {}})).name
    'pass@k-k=4+novelty-seed0'
    """
    short = re.sub(r", (\w+ gradient)", r"-\1", config.label).replace(", ", ",").replace(" (", "-").replace(")", "")
    return RUNS / folder_of(f"{short.replace(' gradient', '').replace(' ', '')}-seed{config.seed}")


def result(run: Run) -> str:
    """Say in a short table what training did on held-out numbers, and where the two curves cross."""
    seen = run.evaluation_records
    before, after = seen[0]["unseen"], seen[-1]["unseen"]
    places = {k: KS.index(k) for k in SHOWN}
    rows = [(f"pass@{k}", before["pass_at"][at], after["pass_at"][at], ".3f") for k, at in places.items()]
    old, new = (side["pass_at"][places[16]] - side["pass_at"][places[1]] for side in (before, after))
    rows.append(("gap, pass@16 - pass@1", old, new, ".3f"))
    rows.append(("distinct right solutions in 256 samples", before["distinct_256"], after["distinct_256"], ".2f"))
    entropy = [record["entropy"] for record in run.step_records if "entropy" in record]
    if entropy:
        old, new = float(np.mean(entropy[:_SMOOTH])), float(np.mean(entropy[-_SMOOTH:]))
        rows.append(("entropy of an answer in training, nats", old, new, ".2f"))
    wide = max(len(name) for name, *_ in rows)
    lines = [f"{'held-out numbers':{wide}}   before    after"]
    lines += [f"{name:{wide}}  {old:7{form}}  {new:7{form}}" for name, old, new, form in rows]
    return "\n".join([*lines, crossing(before["pass_at"], after["pass_at"])])


def crossing(before: Sequence[float], after: Sequence[float]) -> str:
    """Say between which of the recorded k the curve that starts lower comes out on top.

    >>> crossing([0.2, 0.5, 0.9], [0.4, 0.6, 0.8])
    'The curves cross between k = 2 and k = 4: above, the base solves more.'
    """
    ks, gain = np.array(KS[: len(before)]), np.asarray(after) - np.asarray(before)
    apart = np.abs(gain) > 1e-12
    if not apart.any():
        return "The two curves are the same."
    rises = gain[apart.argmax()] > 0
    first = first_crossing(-gain if rises else gain, ks)
    if not np.isfinite(first):
        return (
            f"The curves do not cross up to k = {ks[-1]}: training {'raised' if rises else 'lowered'} the whole curve."
        )
    at = int(np.searchsorted(ks, first))
    above = "the base" if rises else "the trained model"
    return f"The curves cross between k = {ks[at - 1]} and k = {ks[at]}: above, {above} solves more."


def runs_command(folder: Path) -> int:
    """Print the runs under a folder."""
    print(table_of(folder))
    return 0


def table_of(folder: Path) -> str:
    """List the runs under a folder, those that cannot be read with a sentence.

    Raises
    ------
    ValueError
        If there are none.
    """
    rows: list[tuple[str, ...]] = [("run", "rate", "seed", "step", "ended", "pass@1", "pass@256")]
    told = []
    for path in sorted(folder.rglob("config.json")):
        try:
            rows.append(_row(load_run(path.parent)))
        except (ValueError, KeyError, OSError) as error:
            told.append(f"{path.parent.relative_to(folder)}: {sentence(error)}")
    if len(rows) == 1 and not told:
        raise ValueError(f"there is no run under {folder}: `passk-lab train` makes one, or name another folder.")
    wide = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(size) for cell, size in zip(row, wide, strict=True)).rstrip() for row in rows]
    return "\n".join((lines if len(rows) > 1 else []) + told)


def _row(run: Run) -> tuple[str, ...]:
    config, curve = run.config, [record["unseen"]["pass_at"] for record in run.evaluation_records[-1:]]
    done = len(run.step_records)
    after = [f"{curve[0][KS.index(k)]:.3f}" if curve else "-" for k in (1, 256)]
    ended = "broke down" if run.broke_down else run.ended or "not yet"
    return (config.label, f"{config.rate:g}", str(config.seed), f"{done}/{config.steps}", ended, *after)


def sweep_command(
    grid: Path, out: Path, jobs: int | None, ray: str | None, device: str | None = None, stack: bool | None = None
) -> int:
    """Run a grid from a file, show how far it is, and print its runs; 1 if a run could not be trained."""
    configs = grid_of(_read_grid(grid))
    try:
        with _warnings_as_sentences(), tqdm(total=len(configs), unit="run", desc="sweep") as bar:
            ended = run_grid(configs, out, jobs, ray, lambda _name, _how: bar.update(), device, stack, tell=tqdm.write)
    except KeyboardInterrupt:
        print(f"\nStopped. The same command goes on with the runs in {out}.", file=sys.stderr)
        return _INTERRUPTED
    print(table_of(out))
    for name, how in ended.items():
        if how != "finished":
            print(f"{name}: {how}")
    failed = [name for name, how in ended.items() if how.startswith(FAILED)]
    if failed:
        many = f"{len(failed)} of {len(configs)} runs"
        print(f"passk-lab: {many} could not be trained; the same command tries only these again.", file=sys.stderr)
    return 1 if failed else 0


def _read_grid(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8", errors="replace"))
    except json.JSONDecodeError as error:
        raise ValueError(f'{path} is no JSON ({error}); a grid is {{"shared": ..., "crossed": ...}}.') from None


@contextmanager
def _warnings_as_sentences() -> Iterator[None]:
    """Print warnings, such as that of a damaged checkpoint, as the command's other sentences."""

    def show(
        message: Warning | str, category: type[Warning], filename: str, lineno: int,
        file: TextIO | None = None, line: str | None = None,
    ) -> None:  # fmt: skip
        tqdm.write(f"passk-lab: {message}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield


def sentence(error: Exception) -> str:
    """Say an error in a line, without its type: the system's errors name the file they are about.

    >>> sentence(FileNotFoundError(2, "No such file or directory", "grid.json"))
    'grid.json: No such file or directory'
    """
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename is not None else error.strerror
    return str(error.args[0]) if error.args else type(error).__name__
