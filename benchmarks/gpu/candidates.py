"""Other ways to run a stack's two programs, measured beside the one that ships before any of them may replace it.

Each is a context: a StackedLearner made inside it runs the candidate, and goes on to do so outside. What ships is its
eager twin; `trial` first holds the one to the other, then times both. Cheap ones come first: to compile takes a minute.
"""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from benchmarks.gpu.runner import Bench
from passk_lab.lm import capture, model, stacked
from passk_lab.lm.model import Transformer

Function = Callable[[], object]
Inside = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Candidate:
    """What is tried in place of what, and how far its gradient may be from that of what ships."""

    replaces: str
    inside: Inside
    predicted: str
    """How fast a step of 15 x 2,048 on an H100 was thought to be beside what ships, before any was measured."""
    needs: Callable[[Bench], str] = lambda bench: ""
    """Why it cannot be tried here, in words; empty if it can."""
    tolerance: float = 1e-5
    """Of the norm of the difference, relative to the norm, in a run's first step; tokens are to be equal."""


@contextmanager
def programs(change: Callable[[Function], Function]) -> Iterator[None]:
    """Have the function of each program changed that is made inside."""
    before = stacked.Program

    class Changed(before):
        def __init__(self, function: Function, kept: Sequence[Tensor], capture: bool) -> None:
            super().__init__(change(function), kept, capture)

    stacked.Program = Changed
    try:
        yield
    finally:
        stacked.Program = before


def within(surroundings: Inside) -> Inside:
    """Have each program that is made inside run in these surroundings, whenever it runs."""

    def change(function: Function) -> Function:
        def run() -> None:
            with surroundings():
                function()

        return run

    return partial(programs, change)


def both(first: Inside, second: Inside) -> Inside:
    """Have two candidates at once: the first one's change is done first, and lies inside."""

    @contextmanager
    def inside() -> Iterator[None]:
        with second(), first():
            yield

    return inside


@contextmanager
def replaced(*what: tuple[object, str, object]) -> Iterator[None]:
    """Put other things in the place of attributes while inside: (whose, name, what instead)."""
    with ExitStack() as stack:
        for whose, name, instead in what:
            stack.callback(setattr, whose, name, getattr(whose, name))
            setattr(whose, name, instead)
        yield


def folded_gains() -> AbstractContextManager[None]:
    r"""Surroundings in which the gain of an RMS norm is part of the matrix after it.

    .. math:: (\hat x \odot g)\, W = \hat x\, (g^\top \odot W)

    Once for each model and run of a program: in a rollout all T tokens use the matrices of the first. The last norm
    keeps its gain, since signal to noise is defined on what the output matrix reads. On a CPU, where 0.98 of a step's
    time was predicted for 8 x 128 and 0.95 for 15 x 512, it took 0.96 and 0.90 (medians of 40 and 9 pairs on a busy
    core, where what ships took 1.01 and 0.97 of its own time): no gain that stands out, and other bits. So it waits.
    """
    gain_of, made = {"query_key_value": "norm_attention", "up": "norm_mlp"}, {}
    plain_part, plain_norm = Transformer.part, model._norm

    def part(self: Transformer, name: str, layer: int) -> Tensor | None:
        if name in gain_of.values():
            return None
        weight = plain_part(self, name, layer)
        if name in gain_of and (self, name, layer) not in made:
            made[self, name, layer] = plain_part(self, gain_of[name], layer).mT * weight
        return made.get((self, name, layer), weight)

    def norm(x: Tensor, gain: Tensor | None) -> Tensor:
        return torch.nn.functional.rms_norm(x, x.shape[-1:]) if gain is None else plain_norm(x, gain)

    return replaced((Transformer, "part", part), (model, "_norm", norm))


def triton_attention() -> AbstractContextManager[None]:
    """Surroundings in which a stack attends by `attention_triton`."""
    from benchmarks.gpu import attention_triton  # Triton is only where torch came with CUDA

    return replaced(
        (capture, "attend_shared", attention_triton.attend_shared), (capture, "_causally", attention_triton.causally)
    )


@contextmanager
def compiled(backend: str = "inductor") -> Iterator[None]:
    """Both programs through torch.compile, in one piece each, then captured as they are."""
    import torch._dynamo  # takes seconds to load

    def change(function: Function) -> Function:
        traced = torch.compile(function, fullgraph=True, dynamic=False, backend=backend)

        def run() -> None:
            # The update takes its gradients inside the program.
            with torch._dynamo.config.patch(trace_autograd_ops=True):
                traced()

        return run

    with programs(change):
        yield


def triton_on_a_gpu(bench: Bench) -> str:
    if importlib.util.find_spec("triton") is None:
        return "Triton is not installed"
    return "" if bench.on_gpu else "Triton writes for a GPU"


def a_gpu(bench: Bench) -> str:
    return "" if bench.on_gpu else "it takes a minute to compile and is meant for a GPU"


ATTENTION, FOLDED = within(triton_attention), within(folded_gains)
CANDIDATES = {
    "attention in Triton": Candidate("capture.attend_shared, _causally", ATTENTION, "1.5x", triton_on_a_gpu),
    "folded gains": Candidate("the product with its gain after each norm but the last", FOLDED, "1.09x"),
    "attention in Triton, folded gains": Candidate("both", both(ATTENTION, FOLDED), "1.7x", triton_on_a_gpu),
    "torch.compile": Candidate("the kernels between two matmuls", compiled, "1.4x", a_gpu),
    "torch.compile, attention in Triton": Candidate("both", both(compiled, ATTENTION), "2.5x", triton_on_a_gpu),
}
