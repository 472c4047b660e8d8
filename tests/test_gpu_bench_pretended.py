"""The bench's own code for a GPU, on tensors that say they lie there: a minute on a card is not for finding slips."""

from functools import partial

import pytest
import torch

from benchmarks.gpu import around, correctness, floors, speed
from benchmarks.gpu.runner import Bench, attempt
from tests.lm.pretend_device import PretendGPU


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """A bench on a pretended GPU, with the books of its memory, which the pretended one does not keep."""
    for name, value in {"reset_peak_memory_stats": None, "memory_reserved": 0, "max_memory_reserved": 10**9}.items():
        monkeypatch.setattr(torch.cuda, name, lambda value=value: value)
    monkeypatch.setattr(torch.cuda, "set_sync_debug_mode", lambda mode: None)
    monkeypatch.setattr(floors, "EMPTY_KERNELS", 10)
    with PretendGPU() as gpu:
        yield Bench("cuda", True, tmp_path)
    assert not gpu.races


CAPTURES = [
    correctness.captured_is_eager, correctness.gradient_is_that_of_float64, correctness.no_step_waits,
    around.checkpoint_of_a_stack, partial(speed.beside_eager, runs=1, samples=32, capture=True),
]  # fmt: skip
"""Pretending takes 5 to 10 times as long, and these capture whole stacks."""
SHORT = [
    around.right_answers, around.sampled_answers, floors.empty_kernels, floors.small_products, floors.copy,
    partial(floors.matmul, tf32=True),
]  # fmt: skip


@pytest.mark.parametrize(
    "call",
    [*SHORT, *(pytest.param(call, marks=pytest.mark.long) for call in CAPTURES)],
    ids=lambda call: getattr(call, "func", call).__name__,
)
def test_what_is_asked_of_a_gpu_goes_there(bench, call):
    line = attempt("it", partial(call, bench, what="it"))
    assert "failed" not in line, line["failed"]
    assert line["found"]
    assert line.get("passed", True)
