"""What a step cannot be faster than: its arithmetic and memory traffic, at the rates that the card itself reaches."""

import time
from collections.abc import Callable, Iterator
from functools import partial

import torch

from benchmarks.gpu.journal import Line, left_out, measured
from benchmarks.gpu.runner import Bench, attempt
from benchmarks.measure import Times, duration, interleaved
from passk_lab import lm

EMPTY_KERNELS = 1000


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


def least(bench: Bench, config: lm.TrainConfig, shape: lm.Shape, runs: int) -> float | None:
    """Seconds below which no step can be at the rates that `ceilings` found; None where they were not measured."""
    bound = floors(config, shape, runs)
    flops, copies = (bench.figure("ceilings", name) for name in ("flop_per_s", "bytes_per_s"))
    return max(bound["flop"] / flops, bound["bytes"] / copies) if flops and copies else None


def ceilings(bench: Bench) -> Iterator[Line]:
    """FLOP/s of a large matmul in float32 and TF32, bytes/s of a large copy, launches a second inside a graph."""
    for what, call in (
        ("matmul, float32", matmul),
        ("matmul, TF32", partial(matmul, tf32=True)),
        ("copy", copy),
        ("a graph of 1,000 empty kernels", empty_kernels),
        ("bmm of many batches of 1 x 16 with 16 x 12, beside the same as products and sums", small_products),
        ("embedding's backward pass inside a graph", embedding_backward),
    ):
        yield attempt(what, partial(call, bench, what))


def waited(bench: Bench, call: Callable[[], object]) -> Callable[[], None]:
    def then() -> None:
        call()
        bench.wait()

    return then


def taken(bench: Bench, call: Callable[[], object]) -> Times:
    return interleaved({"it": waited(bench, call)}, bench.size(9, 3))["it"]


def matmul(bench: Bench, what: str, tf32: bool = False) -> Line:
    if tf32 and not bench.on_gpu:
        return left_out(what, "TF32 is a GPU's")
    size = bench.size(8192, 256)
    a, b = (torch.randn(size, size, device=bench.device) for _ in range(2))
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = tf32
    try:
        rate = 2 * size**3 / taken(bench, lambda: a @ b).fastest
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before
    return measured(what, f"{rate / 1e12:.3g} TFLOP/s", **{"tf32_flop_per_s" if tf32 else "flop_per_s": rate})


def copy(bench: Bench, what: str) -> Line:
    block = torch.empty(2 ** bench.size(28, 18), device=bench.device)
    there = torch.empty_like(block)
    rate = 2 * 4 * block.numel() / taken(bench, lambda: there.copy_(block)).fastest
    return measured(what, f"{rate / 1e12:.3g} TB/s", bytes_per_s=rate)


def empty_kernels(bench: Bench, what: str) -> Line:
    if not bench.on_gpu:
        return left_out(what, "graphs of kernels are a GPU's")
    kernels, small = EMPTY_KERNELS, torch.zeros(1, device="cuda")
    graph = torch.cuda.CUDAGraph()
    torch.cuda.synchronize()
    with torch.cuda.graph(graph):
        for _ in range(kernels):
            small.add_(1)
    each = taken(bench, graph.replay).fastest / kernels
    begin = time.perf_counter()
    for _ in range(kernels):
        small.add_(1)
    launch = (time.perf_counter() - begin) / kernels
    torch.cuda.synchronize()
    return measured(
        what, f"{duration(each)} a kernel; launched one by one, {duration(launch)}", kernel_s=each, launch_s=launch
    )


def small_products(bench: Bench, what: str) -> Line:
    batches = bench.size(122_880, 256)
    q, k = torch.randn(batches, 1, 16, device=bench.device), torch.randn(batches, 16, 12, device=bench.device)
    both = interleaved(
        {
            "bmm": waited(bench, lambda: q @ k),
            "sums": waited(bench, lambda: (q.transpose(1, 2) * k).sum(1)),
        },
        bench.size(9, 3),
    )
    return measured(
        what, f"{duration(both['bmm'].median)} beside {duration(both['sums'].median)}, {batches:,} batches",
        bmm_s=both["bmm"].median, sums_s=both["sums"].median,
    )  # fmt: skip


def embedding_backward(bench: Bench, what: str) -> Line:
    if not bench.on_gpu:
        return left_out(what, "graphs are a GPU's")
    rows = 2048 * 16 * 7
    table = torch.randn(33 * 15, 64, device="cuda", requires_grad=True)
    index = torch.randint(33 * 15, (rows,), device="cuda")
    pushed = torch.randn(rows, 64, device="cuda")

    def backward() -> torch.Tensor:
        return torch.autograd.grad(torch.nn.functional.embedding(index, table), table, pushed)[0]

    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        expected = backward()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        found = backward()
    seconds = taken(bench, graph.replay).median
    away = float((found - expected).norm() / expected.norm())
    return measured(what, f"{duration(seconds)} for {rows:,} rows; relative difference from eager {away:.1e}",
                    embedding_s=seconds, difference=away)  # fmt: skip
