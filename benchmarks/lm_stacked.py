"""A grid of runs as one program: beside the same runs one after another, captured beside eager, and beside its floors.

On a CPU the question is up to which batch stacking pays: the plain Learner reads equal answers once and so does less
arithmetic, the stack calls fewer and larger operations. On a GPU the question is what capturing the two programs saves,
and how far they then are from the arithmetic and the memory traffic they cannot do without, at the matmul and copy
rates that the same card reaches in the same run. Without a GPU that part says so and is left out.
"""

from collections.abc import Callable

import torch

from benchmarks.measure import Result, Row, duration, interleaved, times
from passk_lab import lm
from passk_lab.lm.stacked import StackedLearner

OBJECTIVES = (
    ("grpo", {}), ("reinforce", {}), ("maxrl", {}), ("pass@k", {"k": 2}), ("pass@k", {"k": 4}),
)  # fmt: skip
SEEDS = (0, 1, 2)
ON_CPU = ((1, 8, 31), (4, 8, 15), (16, 8, 9), (16, 32, 3))
"""Prompts, samples of each, rounds."""
ON_GPU = ((8, 16, 32), (15, 16, 32), (15, 64, 128))
"""Runs, prompts, samples of each."""
AT_ONCE = 10
"""Steps of one measurement on a GPU: the host runs ahead, as in training."""
ABSENT = "not measured on a GPU"


def run() -> Result:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        rows, figures = on_cpu()
    finally:
        torch.set_num_threads(threads)
    if torch.cuda.is_available():
        more, found = on_gpu()
        return Result(rows + more, {**figures, "gpu": found})
    print(f"  {ABSENT}", flush=True)
    absent = Row("stacked runs captured as CUDA graphs, beside the same programs eager", ABSENT, "", "", "", None)
    return Result([*rows, absent], {**figures, "gpu": ABSENT})


def grid(runs: int, **shared: object) -> list[lm.TrainConfig]:
    """Objectives and seeds in turn."""
    base = lm.TrainConfig(steps=4000, watch=4, **shared)
    pairs = [(objective, seed) for seed in SEEDS for objective in OBJECTIVES]
    return [base.but(objective=name, parameters=given, seed=seed) for (name, given), seed in (pairs * runs)[:runs]]


def on_cpu() -> tuple[list[Row], dict]:
    rows, figures = [], {}
    for prompts, n, rounds in ON_CPU:
        configs = grid(8, prompts=prompts, n=n, device="cpu")
        stacked, plain = StackedLearner(configs), [lm.Learner(config) for config in configs]

        def one_after_another(trainers: list[lm.Learner] = plain) -> None:
            for trainer in trainers:
                trainer.step()

        taken = interleaved({"stacked": stacked.step, "plain": one_after_another}, rounds)
        ratio = taken["plain"].median / taken["stacked"].median
        rows.append(
            Row(f"a step of 8 runs with {prompts * n} samples each, stacked, beside one after another (one core)",
                taken["stacked"].text(), taken["plain"].text(), f"{times(ratio)} as fast", "", None)
        )  # fmt: skip
        figures[f"cpu_{prompts * n}"] = {"ratio": ratio, **{name: t.figures() for name, t in taken.items()}}
    return rows, figures


def on_gpu() -> tuple[list[Row], dict]:
    flops, copies = ceilings()
    card = torch.cuda.get_device_name()
    rows, figures = [], {"card": card, "flop_per_s": flops, "bytes_per_s": copies}
    for runs, prompts, n in ON_GPU:
        configs = grid(runs, prompts=prompts, n=n, device="cuda")
        trainers = {"captured": StackedLearner(configs), "eager": StackedLearner(configs, capture=False)}
        calls = {name: steps_of(trainer) for name, trainer in trainers.items()}
        taken = interleaved(calls, repeats=9)
        step = {name: t.median / AT_ONCE for name, t in taken.items()}
        tokens = runs * prompts * n * configs[0].task.answer_length
        bound = floors(configs[0], trainers["captured"].stack.model.shape, runs)
        least = max(bound["flop"] / flops, bound["bytes"] / copies)
        what = f"a step of {runs} runs with {prompts * n} samples each on {card}"
        ratio = step["eager"] / step["captured"]
        shown = [f"{duration(seconds)}, {tokens / seconds:,.0f} tokens/s" for seconds in step.values()]
        rows += [
            Row(f"{what}, captured, beside eager", *shown, f"{times(ratio)} as fast", "", None),
            Row(f"{what}, captured, beside its floor", duration(step["captured"]), duration(least),
                f"{times(step['captured'] / least)} the floor", "at most 5x", step["captured"] <= 5 * least),
        ]  # fmt: skip
        figures[f"{runs}x{prompts}x{n}"] = {"seconds": step, "tokens": tokens, "floor_s": least, **bound}
    return rows, figures


def steps_of(trainer: StackedLearner) -> Callable[[], None]:
    """Some steps, and wait for them."""

    def call() -> None:
        for _ in range(AT_ONCE):
            trainer.step()
        torch.cuda.synchronize()

    return call


def floors(config: lm.TrainConfig, shape: lm.Shape, runs: int) -> dict[str, float]:
    """Arithmetic and memory traffic that a step in float32 cannot do without, if all between two matmuls is fused.

    Rows: each prompt's tokens once and each sample's tokens but the last. A row costs 24 d^2 FLOP a layer and 2 d V
    for the logits; training costs three times the rollout. Traffic of the rollout: keys and values written once and
    read at every later token, all weights once a token. Of the update: the values kept for the backward pass (11 d a
    layer, 2 d + V at the end) written and read once, weights and Adam's moments nine times. Attention's own
    arithmetic (under 3 % here) is left out.
    """
    task, d, layers = config.task, shape.width, shape.layers
    samples, later = runs * config.prompts * config.n, task.answer_length - 1
    rows = runs * config.prompts * task.prompt_length + samples * later
    weights = runs * sum(weight.numel() for weight in lm.Transformer(task, shape).parameters())
    rollout = rows * (24 * d * d * layers + 2 * d * task.vocabulary)
    cache = 2 * layers * d * samples * (later + later * (later + 1) // 2)
    kept = rows * (11 * d * layers + 2 * d + task.vocabulary)
    return {
        "flop": 4.0 * rollout,
        "bytes": 4.0 * (cache + task.answer_length * weights + 2 * kept + 9 * weights),
    }


def ceilings() -> tuple[float, float]:
    """What the card reaches: FLOP/s of a large float32 matmul, bytes/s of a large copy."""
    size, block = 8192, torch.empty(2**28, device="cuda")
    a, b, there = (
        torch.randn(size, size, device="cuda"),
        torch.randn(size, size, device="cuda"),
        torch.empty_like(block),
    )

    def waited(call: Callable[[], object]) -> Callable[[], None]:
        def then() -> None:
            call()
            torch.cuda.synchronize()

        return then

    taken = interleaved({"matmul": waited(lambda: a @ b), "copy": waited(lambda: there.copy_(block))}, repeats=9)
    return 2 * size**3 / taken["matmul"].fastest, 2 * 4 * block.numel() / taken["copy"].fastest
