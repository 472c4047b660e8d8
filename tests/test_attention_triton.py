"""Attention in Triton beside its eager twins, for every shape that occurs: on a GPU as it is, elsewhere interpreted.

Skipped where Triton is not: it comes with torch for CUDA. Its interpreter has to be asked for before anything loads
Triton, so without a GPU one long test here runs the others in a process of their own, a minute or more.
"""

import importlib
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch

from benchmarks.gpu.candidates import ATTENTION, FOLDED, both, compiled
from passk_lab import lm
from passk_lab.lm import capture
from tests.test_gpu_candidates import DEVICE, apart, beside, tiny  # noqa: F401

ROOT = Path(__file__).parent.parent
TASKS = (lm.Countdown(), lm.Countdown(4, 50))
READY = DEVICE == "cuda" or os.environ.get("TRITON_INTERPRET") == "1"


@pytest.mark.long
def test_the_others_pass_in_the_interpreter():
    # Before 3.9 it cannot take a number of rounds from an argument where numpy is new.
    pytest.importorskip("triton", minversion=None if READY else "3.9", reason="Triton is not installed, or before 3.9")
    if READY:
        pytest.skip("they run in this process")
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", __file__],
        cwd=ROOT, env={**os.environ, "TRITON_INTERPRET": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout


@pytest.fixture(scope="module")
def kernels():
    if not READY:
        pytest.skip("Triton runs on a GPU, or in its interpreter in a process of its own")
    pytest.importorskip("triton", reason="Triton is not installed")
    return importlib.import_module("benchmarks.gpu.attention_triton")


def sides_of(task, asked, own, size=(1, 1, 3, 2), width=16):
    """Queries, the prompt's keys and values, the samples' own: views of rows, as the network leaves them."""
    rng = torch.Generator().manual_seed(own)
    runs, groups, n, heads = size

    def rows(*places, tokens):
        return torch.randn(*places, tokens, 3, heads, width, generator=rng).to(DEVICE).movedim(-3, 0).transpose(-2, -3)

    of_samples, of_prompt = rows(runs, groups, n, tokens=own), rows(runs, groups, tokens=task.prompt_length)
    sides = [of_samples[0][..., own - asked :, :], *of_prompt[1:], *of_samples[1:]]
    return [side.detach().requires_grad_() for side in sides]


def held_to_its_twin(attend, twin, sides, tolerance=1e-5):
    """Hold what it gathers and all slopes to those of its eager twin, in float32."""
    mine, theirs = attend(), twin()
    assert mine.shape == theirs.shape
    assert apart(mine, theirs) < tolerance
    slope = torch.randn(theirs.shape, generator=torch.Generator().manual_seed(1)).to(DEVICE)
    for ours, wanted in zip(*(torch.autograd.grad(out, sides, slope) for out in (mine, theirs)), strict=True):
        assert apart(ours, wanted) < tolerance


def attends_as_the_twin(kernels, sides, hidden, tolerance=1e-5):
    q, *pairs = sides
    prompt, own = pairs[:2], pairs[2:]
    held_to_its_twin(
        lambda: kernels.attend_shared(q, prompt, own, hidden),
        lambda: capture.attend_shared(q, prompt, own, hidden),
        sides,
        tolerance,
    )


@pytest.mark.parametrize("task", TASKS, ids=["countdown-3", "countdown-4"])
def test_one_query_attends_as_its_eager_twin(kernels, task):
    for written in range(1, task.answer_length):
        attends_as_the_twin(kernels, sides_of(task, 1, written), None)


@pytest.mark.parametrize("task", TASKS, ids=["countdown-3", "countdown-4"])
def test_all_queries_attend_as_their_eager_twin(kernels, task):
    later = task.answer_length - 1
    after = torch.ones(later, later, dtype=torch.bool, device=DEVICE).triu(1)
    attends_as_the_twin(kernels, sides_of(task, later, later), after)


def test_runs_groups_heads_and_blocks_of_samples_are_kept_apart(kernels):
    after = torch.ones(2, 2, dtype=torch.bool, device=DEVICE).triu(1)
    attends_as_the_twin(kernels, sides_of(TASKS[0], 2, 2, size=(2, 2, 33, 2)), after)


def test_prompts_attend_as_their_eager_twin(kernels):
    for task in TASKS:
        length = task.prompt_length
        q, _, _, k, v = (side[0] for side in sides_of(task, length, length, size=(1, 2, 5, 2)))
        sides = [side.detach().requires_grad_() for side in (q, k, v)]
        after = torch.ones(length, length, dtype=torch.bool, device=DEVICE).triu(1)
        held_to_its_twin(lambda s=sides, a=after: kernels.causally(*s, a),
                         lambda s=sides, a=after: capture._causally(*s, a), sides)  # fmt: skip


def test_a_far_key_and_a_near_one_overflow_nothing(kernels):
    # Scores of a few hundred, whose exp is no float32; their own rounding, 3e-5, is what both ways then differ by.
    sides = [(8 * side).detach().requires_grad_() for side in sides_of(TASKS[0], 1, 3)]
    q, prompt_k = sides[0].detach()[:, :, 0, :, 0], sides[1].detach()
    assert (q[..., None, :] * prompt_k).sum(-1).max() / 4 > 100
    attends_as_the_twin(kernels, sides, None, tolerance=1e-3)


def test_what_the_kernels_are_not_written_for_is_refused_in_a_sentence(kernels):
    q, *pairs = sides_of(TASKS[0], 2, 2)
    with pytest.raises(ValueError, match=r"but here are 2 queries of 2 tokens without a mask\."):
        kernels.attend_shared(q, pairs[:2], pairs[2:])
    with pytest.raises(ValueError, match=r"came torch\.float64 and 16\."):
        kernels.attend_shared(q[..., :1, :].double(), *([s.double() for s in p] for p in (pairs[:2], pairs[2:])))


@pytest.mark.parametrize("inside", [ATTENTION, both(ATTENTION, FOLDED), both(partial(compiled, "eager"), ATTENTION)],
                         ids=["alone", "folded", "traced"])  # fmt: skip
def test_a_stack_that_attends_in_triton_learns_as_what_ships(kernels, tiny, inside):  # noqa: F811
    shipped, other = beside(tiny, inside)
    assert torch.equal(shipped.tokens, other.tokens)
    assert apart(other.gradient, shipped.gradient) < 1e-5


def test_the_kernels_compile_for_a_gpu_that_is_not_here():
    # The interpreter takes what the compiler refuses: names that change their type in a loop, for one.
    pytest.importorskip("triton")
    surroundings = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    told = subprocess.run(
        [sys.executable, "-c", FOR_HOPPER], env=surroundings, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.split() == ["_gather", "_push_samples", "_push_prompt"]


FOR_HOPPER = """
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from benchmarks.gpu import attention_triton

for kernel in (attention_triton._gather, attention_triton._push_samples, attention_triton._push_prompt):
    def kind(name):
        if name in ("ROWS", "WIDTH"):
            return "constexpr"
        if name.endswith("_step"):
            return ("i32",) * (4 if "prompt" in name else 5)
        return "i32" if name in ("groups", "n", "heads", "asked", "start", "own") else "*fp32"
    names = kernel.arg_names
    sizes = {(names.index("ROWS"),): 32, (names.index("WIDTH"),): 16}
    source = ASTSource(kernel, {name: kind(name) for name in names}, sizes)
    assert "ptx" in triton.compile(source, target=GPUTarget("cuda", 90, 32)).asm
    print(kernel.__name__)
"""
