"""Other ways to run a stack's two programs, measured beside the one that ships before any of them may replace it.

A candidate is a name, why it cannot be tried (in words, from the bench; empty if it can), and a context: a
StackedLearner made inside it runs the candidate, and goes on to do so outside.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from benchmarks.gpu.runner import Bench
from passk_lab.lm import stacked
from passk_lab.lm.capture import Program

Inside = Callable[[], AbstractContextManager[None]]


@contextmanager
def compiled() -> Iterator[None]:
    """Both programs through torch.compile, then captured as they are."""
    import torch._dynamo  # takes seconds to load

    class Compiled(Program):
        def __init__(self, function: Callable[[], object], kept: Sequence[torch.Tensor], capture: bool) -> None:
            super().__init__(torch.compile(function, fullgraph=True, dynamic=False), kept, capture)

    before, stacked.Program = stacked.Program, Compiled
    try:
        # The update takes its gradients inside the program.
        with torch._dynamo.config.patch(trace_autograd_ops=True):
            yield
    finally:
        stacked.Program = before


def only_on_a_gpu(bench: Bench) -> str:
    return "" if bench.on_gpu else "it takes a minute to compile and is meant for a GPU"


CANDIDATES: dict[str, tuple[Callable[[Bench], str], Inside]] = {
    "torch.compile": (only_on_a_gpu, compiled),
}
