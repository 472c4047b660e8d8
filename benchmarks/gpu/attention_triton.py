"""Attention over a prompt that a group shares and at most some dozen own tokens, as a Triton kernel and its way back.

A candidate for `capture.attend_shared` and `capture._causally`, which are its eager twins and say what it computes.
They take some fourteen kernels a layer and token, among them `bmm` over hundreds of thousands of matrices of 1 x 16,
and write every score to memory and read it again. Here a program takes some samples of one head, goes through their
queries and keys one by one, and keeps a running softmax; four threads share a row of 16 numbers, so no sum leaves its
warp. The way back works the shares out again from each query's log sum, `log_sum`, in two kernels: one for what
belongs to samples, one for a prompt's tokens, whose slopes one program adds up in the order of the samples. So no sum
has an order that changes, and no atomics are needed. All of it is float32; TF32 has no part in it.

It is an operator of torch's own kind (`torch.library`), so torch.compile takes it as one call and looks no further.
On a machine without a GPU it runs in Triton's interpreter where TRITON_INTERPRET=1 is set before Triton is imported.
"""

from collections.abc import Sequence

import torch
import triton
import triton.language as tl
from torch import Tensor

ROWS = 32
"""Samples of a program, at most: four warps, four threads a row."""


def attend_shared(q: Tensor, prompt: Sequence[Tensor], own: Sequence[Tensor], hidden: Tensor | None = None) -> Tensor:
    """Attend as `capture.attend_shared`; `hidden` may only hide what comes later, and its values are not looked at."""
    asked, there = q.shape[-2], own[0].shape[-2]
    if asked != (1 if hidden is None else there):
        raise ValueError(
            f"this kernel attends for one query that sees all own tokens, or causally for one query a token, but here "
            f"are {asked} queries of {there} tokens {'without' if hidden is None else 'with'} a mask."
        )
    return attend(q, *prompt, *own)[0]


def causally(q: Tensor, k: Tensor, v: Tensor, _after: Tensor) -> Tensor:
    """Attend as `capture._causally`: as samples of one group whose prompt is empty."""
    nothing = q.new_empty(len(q), 1, q.shape[2], 0, q.shape[-1])
    return attend(q[:, None], nothing, nothing, k[:, None], v[:, None])[0][:, 0]


@torch.library.custom_op("passk_lab_bench::attend", mutates_args=())
def attend(q: Tensor, prompt_k: Tensor, prompt_v: Tensor, own_k: Tensor, own_v: Tensor) -> tuple[Tensor, Tensor]:
    """(E, G, n, heads, t, w), (E, G, heads, S, w) twice, (E, G, n, heads, u, w) twice -> as q, log sums.

    Query i sees the prompt and the own tokens up to u - t + i.
    """
    sides = _as_the_kernels_read(q, prompt_k, prompt_v, own_k, own_v)
    out, log_sum = _fresh(q), q.new_empty(q.shape[:-1])
    with _on(q):
        _gather[_samples(q)](*sides, out, log_sum, *_steps(sides), _step(out), *_counts(sides), **_sizes(q))
    return out, log_sum


@attend.register_fake
def _(q: Tensor, prompt_k: Tensor, prompt_v: Tensor, own_k: Tensor, own_v: Tensor) -> tuple[Tensor, Tensor]:
    return _fresh(q), q.new_empty(q.shape[:-1])


@torch.library.custom_op("passk_lab_bench::attend_slopes", mutates_args=())
def attend_slopes(
    slope: Tensor, out: Tensor, log_sum: Tensor, q: Tensor, prompt_k: Tensor, prompt_v: Tensor, own_k: Tensor,
    own_v: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
    """Slopes by all five sides of `attend`, from the slope by what it gathered."""
    sides = _as_the_kernels_read(q, prompt_k, prompt_v, own_k, own_v)
    slope = slope if slope.stride(-1) == 1 else slope.contiguous()
    slopes = by_q, by_prompt_k, by_prompt_v, by_own_k, by_own_v = tuple(
        _fresh(side) for side in (q, prompt_k, prompt_v, own_k, own_v)
    )
    given = (*sides, slope, out, log_sum)
    steps = (*_steps(sides), _step(slope), _step(out))
    with _on(q):
        _push_samples[_samples(q)](
            *given, by_q, by_own_k, by_own_v, *steps, _step(by_q), _step(by_own_k), *_counts(sides), **_sizes(q)
        )
        if by_prompt_k.numel():
            _push_prompt[(_samples(q)[0], prompt_k.shape[-2])](
                *given, by_prompt_k, by_prompt_v, *steps, _step(by_prompt_k), *_counts(sides), **_sizes(q)
            )
    return slopes


@attend_slopes.register_fake
def _(
    slope: Tensor, out: Tensor, log_sum: Tensor, q: Tensor, prompt_k: Tensor, prompt_v: Tensor, own_k: Tensor,
    own_v: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
    return tuple(_fresh(side) for side in (q, prompt_k, prompt_v, own_k, own_v))


attend.register_autograd(
    lambda ctx, slope, _log_sum: attend_slopes(slope, *ctx.saved_tensors),
    setup_context=lambda ctx, inputs, output: ctx.save_for_backward(*output, *inputs),
)


def _as_the_kernels_read(q: Tensor, *sides: Tensor) -> tuple[Tensor, ...]:
    """Refuse what the kernels are not written for; copy only what does not lie as they read it."""
    width = q.shape[-1]
    if q.dtype != torch.float32 or width & (width - 1):
        raise ValueError(f"the kernel reads float32 and heads 2, 4, 8, 16, ... wide, but came {q.dtype} and {width}.")
    read = [q if q.stride(-1) == 1 else q.contiguous()]
    for k, v in (sides[:2], sides[2:]):
        good = k.stride(-1) == 1 and k.stride() == v.stride()
        read += [k, v] if good else [k.contiguous(), v.contiguous()]
    return tuple(read)


def _fresh(side: Tensor) -> Tensor:
    """Memory for a side, heads next to each other in a token's row, as the matmuls before and after it have them."""
    return side.new_empty(side.transpose(-2, -3).shape).transpose(-2, -3)


def _step(side: Tensor) -> tuple[int, ...]:
    return side.stride()[:-1]


def _steps(sides: Sequence[Tensor]) -> tuple[tuple[int, ...], ...]:
    q, prompt_k, _, own_k, _ = sides
    return _step(q), _step(prompt_k), _step(own_k)


def _counts(sides: Sequence[Tensor]) -> tuple[int, ...]:
    q, prompt_k, _, own_k, _ = sides
    return q.shape[1], q.shape[2], q.shape[3], q.shape[4], prompt_k.shape[-2], own_k.shape[-2]


def _sizes(q: Tensor) -> dict[str, int]:
    """Compile-time sizes; the number of tokens is none of them, so that all tokens of an answer share their kernels."""
    rows = min(triton.next_power_of_2(q.shape[2]), ROWS)
    return {"ROWS": rows, "WIDTH": q.shape[-1], "num_warps": max(1, rows // 8)}


def _samples(q: Tensor) -> tuple[int, int]:
    """Programs: each run's heads of each group, and blocks of samples."""
    return q.shape[0] * q.shape[1] * q.shape[3], triton.cdiv(q.shape[2], _sizes(q)["ROWS"])


def _on(q: Tensor) -> torch.cuda.device:
    return torch.cuda.device(q.device if q.is_cuda else -1)  # -1: as it is


@triton.jit
def _mine(step, shared, groups, heads):
    """Where this program's run, group and head begin: in a tensor with samples, or in one they share.

    Wide, since a stack may hold more than 2**31 numbers.
    """
    which = tl.program_id(0)
    run, group, head = (which // (groups * heads)).to(tl.int64), which // heads % groups, which % heads
    if shared:
        first = run * step[0] + group * step[1] + head * step[2]
    else:
        first = run * step[0] + group * step[1] + head * step[3]
    return first


@triton.jit
def _rows(step, sample, groups, heads, WIDTH: tl.constexpr):
    """Where the samples' rows begin: (samples, width); a token's row is its place times step[4] further."""
    return _mine(step, False, groups, heads) + sample[:, None] * step[2] + tl.arange(0, WIDTH)[None, :]


@triton.jit
def _log_sum_rows(sample, groups, n, heads, asked):
    """Where the samples' log sums begin."""
    which = tl.program_id(0)
    run, group, head = (which // (groups * heads)).to(tl.int64), which // heads % groups, which % heads
    return (((run * groups + group) * n + sample) * heads + head) * asked


@triton.jit
def _one_more(asking, k, v, top, whole, found, WIDTH: tl.constexpr):
    """A key and its value enter the running softmax."""
    score = tl.sum(asking * k, 1) * (WIDTH**-0.5)
    higher = tl.maximum(top, score)
    shrunk, share = tl.exp(top - higher), tl.exp(score - higher)
    return higher, whole * shrunk + share, found * shrunk[:, None] + share[:, None] * v


@triton.jit
def _share_and_slope(asking, wanted, mean, log_sum, k, v, WIDTH: tl.constexpr):
    """A key's share of each query, and the slope by its score."""
    share = tl.exp(tl.sum(asking * k, 1) * (WIDTH**-0.5) - log_sum)
    return share, share * (tl.sum(wanted * v, 1) - mean) * (WIDTH**-0.5)


@triton.jit
def _gather(
    q, prompt_k, prompt_v, own_k, own_v, out, log_sum, q_step, prompt_step, own_step, out_step, groups, n, heads, asked,
    start, own, ROWS: tl.constexpr, WIDTH: tl.constexpr,
):  # fmt: skip
    """What the queries of some samples gather in one head."""
    sample = tl.program_id(1) * ROWS + tl.arange(0, ROWS)
    there = (sample < n)[:, None]
    q_at, own_at = _rows(q_step, sample, groups, heads, WIDTH), _rows(own_step, sample, groups, heads, WIDTH)
    prompt_at = _mine(prompt_step, True, groups, heads) + tl.arange(0, WIDTH)[None, :]
    out_at, log_sum_at = _rows(out_step, sample, groups, heads, WIDTH), _log_sum_rows(sample, groups, n, heads, asked)
    for i in range(asked):
        asking = tl.load(q + q_at + i * q_step[4], mask=there, other=0.0)
        top, whole = tl.full([ROWS], -float("inf"), tl.float32), tl.zeros([ROWS], tl.float32)
        found = tl.zeros([ROWS, WIDTH], tl.float32)
        for j in range(start):
            k, v = (
                tl.load(prompt_k + prompt_at + j * prompt_step[3]),
                tl.load(prompt_v + prompt_at + j * prompt_step[3]),
            )
            top, whole, found = _one_more(asking, k, v, top, whole, found, WIDTH)
        for j in range(own - asked + i + 1):
            k = tl.load(own_k + own_at + j * own_step[4], mask=there, other=0.0)
            v = tl.load(own_v + own_at + j * own_step[4], mask=there, other=0.0)
            top, whole, found = _one_more(asking, k, v, top, whole, found, WIDTH)
        tl.store(out + out_at + i * out_step[4], found / whole[:, None], mask=there)
        tl.store(log_sum + log_sum_at + i, top + tl.log(whole), mask=sample < n)


@triton.jit
def _push_samples(
    q, prompt_k, prompt_v, own_k, own_v, slope, out, log_sum, by_q, by_own_k, by_own_v, q_step, prompt_step, own_step,
    slope_step, out_step, by_q_step, by_own_step, groups, n, heads, asked, start, own, ROWS: tl.constexpr,
    WIDTH: tl.constexpr,
):  # fmt: skip
    """Slopes by the queries of some samples in one head, then by their own keys and values."""
    sample = tl.program_id(1) * ROWS + tl.arange(0, ROWS)
    there = (sample < n)[:, None]
    q_at, own_at = _rows(q_step, sample, groups, heads, WIDTH), _rows(own_step, sample, groups, heads, WIDTH)
    slope_at, out_at = _rows(slope_step, sample, groups, heads, WIDTH), _rows(out_step, sample, groups, heads, WIDTH)
    prompt_at = _mine(prompt_step, True, groups, heads) + tl.arange(0, WIDTH)[None, :]
    log_sum_at = _log_sum_rows(sample, groups, n, heads, asked)
    by_q_at = _rows(by_q_step, sample, groups, heads, WIDTH)
    for i in range(asked):
        asking = tl.load(q + q_at + i * q_step[4], mask=there, other=0.0)
        wanted = tl.load(slope + slope_at + i * slope_step[4], mask=there, other=0.0)
        mean = tl.sum(wanted * tl.load(out + out_at + i * out_step[4], mask=there, other=0.0), 1)
        logs = tl.load(log_sum + log_sum_at + i, mask=sample < n, other=0.0)
        by_asking = tl.zeros([ROWS, WIDTH], tl.float32)
        for j in range(start):
            k, v = (
                tl.load(prompt_k + prompt_at + j * prompt_step[3]),
                tl.load(prompt_v + prompt_at + j * prompt_step[3]),
            )
            _, by_score = _share_and_slope(asking, wanted, mean, logs, k, v, WIDTH)
            by_asking += by_score[:, None] * k
        for j in range(own - asked + i + 1):
            k = tl.load(own_k + own_at + j * own_step[4], mask=there, other=0.0)
            v = tl.load(own_v + own_at + j * own_step[4], mask=there, other=0.0)
            _, by_score = _share_and_slope(asking, wanted, mean, logs, k, v, WIDTH)
            by_asking += by_score[:, None] * k
        tl.store(by_q + by_q_at + i * by_q_step[4], by_asking, mask=there)
    by_own_at = _rows(by_own_step, sample, groups, heads, WIDTH)
    for j in range(own):
        k = tl.load(own_k + own_at + j * own_step[4], mask=there, other=0.0)
        v = tl.load(own_v + own_at + j * own_step[4], mask=there, other=0.0)
        by_k, by_v = tl.zeros([ROWS, WIDTH], tl.float32), tl.zeros([ROWS, WIDTH], tl.float32)
        for i in range(max(0, j - own + asked), asked):
            asking = tl.load(q + q_at + i * q_step[4], mask=there, other=0.0)
            wanted = tl.load(slope + slope_at + i * slope_step[4], mask=there, other=0.0)
            mean = tl.sum(wanted * tl.load(out + out_at + i * out_step[4], mask=there, other=0.0), 1)
            logs = tl.load(log_sum + log_sum_at + i, mask=sample < n, other=0.0)
            share, by_score = _share_and_slope(asking, wanted, mean, logs, k, v, WIDTH)
            by_k += by_score[:, None] * asking
            by_v += share[:, None] * wanted
        tl.store(by_own_k + by_own_at + j * by_own_step[4], by_k, mask=there)
        tl.store(by_own_v + by_own_at + j * by_own_step[4], by_v, mask=there)


@triton.jit
def _push_prompt(
    q, prompt_k, prompt_v, own_k, own_v, slope, out, log_sum, by_prompt_k, by_prompt_v, q_step, prompt_step, own_step,
    slope_step, out_step, by_prompt_step, groups, n, heads, asked, start, own, ROWS: tl.constexpr, WIDTH: tl.constexpr,
):  # fmt: skip
    """Slopes by the key and value of one token of a prompt in one head, over all samples."""
    j, number = tl.program_id(1), tl.arange(0, WIDTH)[None, :]
    prompt_at = _mine(prompt_step, True, groups, heads) + j * prompt_step[3] + number
    k, v = tl.load(prompt_k + prompt_at), tl.load(prompt_v + prompt_at)
    # Each row's part by itself until the end: so the sum across warps is taken once.
    by_k, by_v = tl.zeros([ROWS, WIDTH], tl.float32), tl.zeros([ROWS, WIDTH], tl.float32)
    for first in range(0, n, ROWS):
        sample = first + tl.arange(0, ROWS)
        there = (sample < n)[:, None]
        q_at, slope_at = _rows(q_step, sample, groups, heads, WIDTH), _rows(slope_step, sample, groups, heads, WIDTH)
        out_at, log_sum_at = (
            _rows(out_step, sample, groups, heads, WIDTH),
            _log_sum_rows(sample, groups, n, heads, asked),
        )
        for i in range(asked):
            asking = tl.load(q + q_at + i * q_step[4], mask=there, other=0.0)
            wanted = tl.load(slope + slope_at + i * slope_step[4], mask=there, other=0.0)
            mean = tl.sum(wanted * tl.load(out + out_at + i * out_step[4], mask=there, other=0.0), 1)
            logs = tl.load(log_sum + log_sum_at + i, mask=sample < n, other=0.0)
            share, by_score = _share_and_slope(asking, wanted, mean, logs, k, v, WIDTH)
            by_k += by_score[:, None] * asking
            by_v += share[:, None] * wanted
    at = _mine(by_prompt_step, True, groups, heads) + j * by_prompt_step[3] + number
    tl.store(by_prompt_k + at, tl.sum(by_k, 0)[None, :])
    tl.store(by_prompt_v + at, tl.sum(by_v, 0)[None, :])
