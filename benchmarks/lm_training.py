"""The compact language model: training, exact evaluation, memory, in CPU-seconds of one torch thread.

Training: 400 steps of GRPO, 16 prompts x 32 answers, beside TRL's GRPOTrainer on a Llama of as many parameters whose
base was trained on the same demonstrations; by turns of 20 steps in one process, in TRL's own environment (`make trl`;
`benchmarks/trl_side`). Our cost falls as answers come to share their prefixes and TRL's does not, so the first and the
last 100 steps are given too, and steps from random weights, where next to nothing is shared.
Evaluation: exact pass@k of 96 held-out prompts beside drawing 256 answers a prompt, with a sampler written here that
keeps keys and values but no prefix tree, and with the lab's, which has the tree; they must agree on what they find.
Then where the time of the base, of a whole run and of its parts goes, and what a kernel that trains takes in memory.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import torch
from nbclient import NotebookClient

from benchmarks.measure import Result, Row, duration, interleaved, times
from passk_lab import bundled, lm
from passk_lab.course.builder import build, sources
from passk_lab.lm import base as base_model
from passk_lab.lm import diagnostics, loop, training
from passk_lab.lm.model import plain_attend
from passk_lab.lm.rollout import pick

ROOT = Path(__file__).parents[1]
TRL = ROOT / ".venv-trl" / "bin" / "python"
STEPS, FEW, RANDOM_STEPS = 400, 100, 60
PROMPTS, SAMPLES, AT_ONCE = 96, 256, 8
"""AT_ONCE: prompts whose samples the plain sampler draws together, the fastest of 2, 4, 8, 16, 32 and 96 (measured)."""
MEMORY = 420e6
NOTEBOOK = "06_train_a_model"


def run() -> Result:
    torch.set_num_threads(1)
    rows, figures = [], {}
    for part in (memory, exact_evaluation, beside_trl, where_time_goes):
        more, found = part()
        rows += more
        figures[part.__name__] = found
    return Result(rows, figures)


def beside_trl() -> tuple[list[Row], dict[str, Any]]:
    trained, untrained = trl_side("trained", STEPS), trl_side("random", RANDOM_STEPS)
    versions = ", ".join(f"{name} {version}" for name, version in trained["versions"].items())
    what = f"GRPO, 16 x 32 answers: steps per CPU-second, {STEPS} steps from bases of equal training, beside {versions}"
    size = trained["turn"]
    rows = [
        versus(what, trained, slice(None), 12, judged=True),
        versus(f"the same, the first {FEW} steps", trained, slice(0, FEW // size)),
        versus(f"the same, the last {FEW} steps", trained, slice(-(FEW // size), None)),
        versus(
            f"the same from random weights, {RANDOM_STEPS} steps (TRL's answers may end early)", untrained, slice(None)
        ),
    ]
    return rows, {"trained": trained, "random": untrained}


def trl_side(start: str, steps: int) -> dict[str, Any]:
    """Run both sides in TRL's environment."""
    if not TRL.exists():
        raise FileNotFoundError("there is no environment with TRL in .venv-trl; `make trl` makes it.")
    command = [str(TRL), "-m", "benchmarks.trl_side", "--start", start, "--steps", str(steps)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        raise RuntimeError(f"benchmarks.trl_side ended with {found.returncode}; its last words: {found.stderr[-2000:]}")
    return json.loads(found.stdout.splitlines()[-1])


def versus(what: str, found: dict[str, Any], turns: slice, least: float | None = None, judged: bool = False) -> Row:
    each, words = {}, {}
    for side, taken in found["seconds"].items():
        each[side] = sum(taken[turns]) / (len(taken[turns]) * found["turn"])
        words[side] = f"{1 / each[side]:.3g} ({duration(each[side])} a step)"
        if judged:
            before, after = (found["held_out_pass_at_1"][when][side] for when in ("before", "after"))
            words[side] += f"; held-out pass@1 {before:.3f}, then {after:.3f}"
    ratio = each["TRL"] / each["ours"]
    target, met = ("", None) if least is None else (f"at least {least:g}x", ratio >= least)
    return Row(what, words["ours"], words["TRL"], f"{times(ratio)} as many", target, met)


def exact_evaluation() -> tuple[list[Row], dict[str, Any]]:
    model, prompts = lm.bundled_base(0), some_held_out(PROMPTS)
    rng = np.random.Generator(np.random.PCG64(0))
    uniforms = torch.from_numpy(rng.random((PROMPTS, SAMPLES, prompts.task.answer_length)))
    tokens = torch.from_numpy(prompts.tokens)
    every_k = np.arange(1, 1025)

    def exact() -> lm.Exact:
        found = lm.success(model, prompts)
        found.curve(every_k)
        return found

    def plain() -> torch.Tensor:
        blocks = zip(tokens.split(AT_ONCE), uniforms.split(AT_ONCE), strict=True)
        answers = torch.cat([sample_with_cache(model, *block) for block in blocks])
        return prompts.task.verify(tokens[:, None], answers)

    def on_tree() -> torch.Tensor:
        tree = lm.sample(model, tokens, uniforms)
        return prompts.task.verify(tokens[:, None], tree.traces.unflatten(0, (PROMPTS, SAMPLES)))

    taken = interleaved({"exact": exact, "plain": plain, "tree": on_tree}, repeats=5, clock=time.process_time)
    p, right = exact().p, plain()
    assert (right == on_tree()).double().mean() > 0.999  # the same uniforms: only rounding can part them
    deviation = right.sum(1).numpy() - SAMPLES * p
    variance = SAMPLES * p * (1 - p)
    z = float(deviation.sum() / np.sqrt(variance.sum()))
    spread = float((deviation**2 / variance).mean())
    ratio, beside_tree = (taken[side].median / taken["exact"].median for side in ("plain", "tree"))
    what = f"pass@k of {PROMPTS} held-out prompts, CPU time: exact for k = 1..1024"
    rows = [
        Row(f"{what}, beside {SAMPLES} answers a prompt with cached keys and values", taken["exact"].text(),
            taken["plain"].text(), f"{times(ratio)} as fast", "at least 15x", ratio >= 15),
        Row(f"the same beside {SAMPLES} answers a prompt on the lab's prefix tree", taken["exact"].text(),
            taken["tree"].text(), f"{times(beside_tree)} as fast", "", None),
        Row(f"pass@1 of these prompts, exact and from {SAMPLES} answers each", f"{p.mean():.4f}",
            f"{right.double().mean():.4f}", f"z = {z:+.2f}; mean z² over prompts {spread:.2f}", "z from -3 to 3",
            abs(z) < 3),
    ]  # fmt: skip
    figures = {
        "right_answers": len(prompts.right.owner), "ratio_plain": ratio, "ratio_tree": beside_tree, "z": z,
        "mean_z_squared": spread, "plain_tokens_per_second": uniforms.numel() / taken["plain"].median,
        **{name: t.figures() for name, t in taken.items()},
    }  # fmt: skip
    return rows, figures


def some_held_out(count: int) -> lm.Prompts:
    """Draw different held-out prompts, likelier ones sooner; each then counts alike."""
    every = lm.Countdown().prompts("unseen")
    rng = np.random.Generator(np.random.PCG64(1))
    which = np.sort(rng.choice(len(every), count, replace=False, p=every.weight))
    return replace(
        every, tokens=every.tokens[which], weight=np.full(count, 1 / count), multiset=every.multiset[which],
        right=every.answers_of(which),
    )  # fmt: skip


@torch.no_grad()
def sample_with_cache(model: lm.Transformer, prompts: torch.Tensor, uniforms: torch.Tensor) -> torch.Tensor:
    """Draw answers one row a sample: each prompt read once, keys and values kept, no two samples joined.

    Arguments as `lm.sample`; returns the tokens, (G, n, T).
    """
    groups, n, length = uniforms.shape
    asked, heads = prompts.shape[1], model.shape.heads
    size = (2, model.shape.layers, groups, n, heads, asked + length - 1, model.shape.width // heads)
    keys, values = torch.empty(size)
    written = torch.empty(groups * n, length, dtype=torch.long)

    def read_prompt(layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        q, k, v = (side.unflatten(1, (groups, asked)) for side in (q, k, v))
        keys[layer, ..., :asked, :] = k[0].transpose(1, 2)[:, None]
        values[layer, ..., :asked, :] = v[0].transpose(1, 2)[:, None]
        return plain_attend(layer, q, k, v).flatten(1, 2)

    hidden = model.hidden(prompts.flatten()[None], torch.arange(asked).repeat(groups), read_prompt)
    logits = model.logits(hidden.unflatten(1, (groups, asked))[:, :, -1])[0].repeat_interleave(n, 0)
    for depth in range(length):
        written[:, depth] = pick(logits, uniforms[:, :, depth].flatten())
        if depth + 1 < length:
            place = asked + depth

            def attend(layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, place: int = place) -> Any:
                seen = [kept[layer].flatten(0, 1) for kept in (keys, values)]
                for kept, new in zip(seen, (k, v), strict=True):
                    kept[:, :, place] = new[0]
                k, v = (kept[:, :, : place + 1] for kept in seen)
                return torch.nn.functional.scaled_dot_product_attention(q[0][:, :, None], k, v)[:, :, 0][None]

            position = torch.full((groups * n,), place)
            logits = model.logits(model.hidden(written[None, :, depth], position, attend))[0]
    return written.unflatten(0, (groups, n))


def where_time_goes() -> tuple[list[Row], dict[str, Any]]:
    parts_of_base = {
        "demonstrations": (lm.Prompts, "demonstrations"), "forward": (lm.Transformer, "hidden"),
        "backward": (torch.Tensor, "backward"), "Adam": (base_model.Adam, "step"),
    }  # fmt: skip
    parts_of_run = {
        "sampling": (training, "sample"), "verifier": (lm.Countdown, "verify"),
        "forward": (training, "read"), "credit": (training.SampledPush, "loss"), "backward": (torch.Tensor, "backward"),
        "clipping": (torch.nn.utils, "clip_grad_norm_"), "Adam": (training.Adam, "step"),
        "diagnostics": (diagnostics, "describe"), "signal to noise": (diagnostics, "signal_to_noise"),
        "evaluation": (loop, "judge"),
    }  # fmt: skip
    lm.Countdown().prompts("seen")  # listed once a process, and kept
    base = split(lm.train_base, parts_of_base)
    whole = split(lambda: lm.train(lm.TrainConfig(steps=STEPS, evaluate_every=20, seed=0)), parts_of_run)
    rows = [
        Row("base model from demonstrations, 800 steps of 128: CPU time", in_words(base), "", "", "", None),
        Row(f"GRPO, {STEPS} steps and 21 exact evaluations of both splits: CPU time", in_words(whole), "", "", "",
            None),
    ]  # fmt: skip
    return rows, {"base": base, "grpo": whole}


def split(call: Callable[[], Any], parts: Mapping[str, tuple[Any, str]]) -> dict[str, float]:
    """CPU-seconds of a call, and of the functions it goes through; of functions in each other, the outermost counts."""
    seconds = dict.fromkeys(parts, 0.0)
    with timed(parts, seconds):
        begin = time.process_time()
        call()
        total = time.process_time() - begin
    return {"total": total, **seconds, "rest": total - sum(seconds.values())}


@contextmanager
def timed(parts: Mapping[str, tuple[Any, str]], seconds: dict[str, float]) -> Iterator[None]:
    """Let functions, named by where they live, add up the CPU time spent in them."""
    inside = False
    before = {name: getattr(place, function) for name, (place, function) in parts.items()}

    def around(name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal inside
            if inside:
                return before[name](*args, **kwargs)
            inside, begin = True, time.process_time()
            try:
                return before[name](*args, **kwargs)
            finally:
                inside = False
                seconds[name] += time.process_time() - begin

        return call

    try:
        for name, (place, function) in parts.items():
            setattr(place, function, around(name))
        yield
    finally:
        for name, (place, function) in parts.items():
            setattr(place, function, before[name])


def in_words(seconds: dict[str, float]) -> str:
    parts = "; ".join(f"{name} {taken / seconds['total']:.0%}" for name, taken in seconds.items() if name != "total")
    return f"{duration(seconds['total'])}: {parts}"


def memory() -> tuple[list[Row], dict[str, Any]]:
    trains = kernel_memory(["""
import torch
from passk_lab import explorers, lm
torch.set_num_threads(1)
if (lm.recorded.place() / "manifest.json").exists():
    lm.recorded.cells(), lm.recorded.curves(), lm.recorded.steps()
run = lm.train(lm.TrainConfig(steps=20))
"""])  # fmt: skip
    found = {"trains 20 steps": trains}
    rows = [in_memory("a kernel that loads lm, explorers and the recorded runs, and trains 20 steps", trains)]
    course = notebook_memory(NOTEBOOK)
    if course:
        found[NOTEBOOK] = course
        rows.append(in_memory(f"the kernel of notebook {NOTEBOOK}, solved, after its last cell", course))
    return rows, found


def in_memory(what: str, found: dict[str, float]) -> Row:
    text = f"{found['rss'] / 1e6:.0f} MB ({found['own'] / 1e6:.0f} MB its own)"
    return Row(f"resident memory of {what}", text, "", "", f"at most {MEMORY / 1e6:.0f} MB", found["rss"] <= MEMORY)


def notebook_memory(stem: str) -> dict[str, float] | None:
    """Memory of a course notebook's kernel, solved and run to its end; None where the course has no such notebook."""
    if not (bundled.folder("notebooks") / f"{stem}.ipynb").exists():
        return None
    source = next(source for source in sources() if source.stem == stem)
    cells = nbformat.reads(build(source, "solved"), as_version=4).cells
    return kernel_memory([cell.source for cell in cells if cell.cell_type == "code"])


def kernel_memory(codes: list[str]) -> dict[str, float]:
    """Bytes that a Jupyter kernel holds after some cells: resident, and of these its own, shared with no process."""
    asks = """
import psutil as _psutil
_held = _psutil.Process().memory_full_info()
print(_held.rss, _held.uss)
"""
    cells = [nbformat.v4.new_code_cell(code) for code in [*codes, asks]]
    with tempfile.TemporaryDirectory() as folder:
        # The kernel inherits these: readers' answers stay untouched, and no GPU helps.
        env = os.environ | {"PASSK_LAB_HOME": str(Path(folder) / "home"), "CUDA_VISIBLE_DEVICES": ""}
        client = NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=3600, kernel_name="python3")
        notebook = client.execute(cwd=folder, env=env)
    rss, own = notebook.cells[-1].outputs[0].text.split()
    return {"rss": float(rss), "own": float(own)}


if __name__ == "__main__":
    print(json.dumps(run().figures, indent=1))
