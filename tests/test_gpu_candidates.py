"""The candidates of `make gpu` beside what ships: as right, as far as a CPU can say; nothing is timed."""

from functools import partial
from pathlib import Path

import pytest
import torch

from benchmarks.gpu import candidates, trial
from benchmarks.gpu.candidates import CANDIDATES, FOLDED, Candidate, compiled
from benchmarks.gpu.runner import Bench
from passk_lab import lm
from passk_lab.lm import capture, checkpoint, model, stacked

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Two runs with all that a stack can have, of a network that is quickly traced."""
    base = tmp_path_factory.mktemp("tiny") / "base.safetensors"
    checkpoint.write(base, lm.Transformer(lm.Countdown(), lm.Shape(8, 1, 2), seed=3))
    first = lm.TrainConfig(
        base=str(base), prompts=1, n=3, watch=2, orders=40, judged=3, steps=3, device=DEVICE, clip=1e9
    )
    return [
        first.but(mechanisms={"entropy": {"coefficient": 0.05}}),
        first.but(objective="pass@k", parameters={"k": 2}, seed=1, mechanisms={"kl-reverse": {"coefficient": 0.1}}),
    ]


def beside(configs, inside, steps=1):
    """Steps of what ships and of a candidate: their stacks."""
    shipped = lm.StackedLearner(configs)
    with inside():
        other = lm.StackedLearner(configs)
    for _ in range(steps):
        shipped.step()
        other.step()
    return shipped.stack, other.stack


def apart(ours, theirs):
    ours, theirs = ours.detach(), theirs.detach()
    return float((ours - theirs).norm() / theirs.norm())


def test_each_candidate_says_what_it_replaces_and_where_it_cannot_be_tried():
    bench = Bench("cpu", True, Path())
    for candidate in CANDIDATES.values():
        assert candidate.replaces
        assert candidate.predicted.endswith("x")
        assert 0 < candidate.tolerance <= 1e-4
    assert [name for name, candidate in CANDIDATES.items() if not candidate.needs(bench)] == ["folded gains"]


def test_folded_gains_are_exact_algebra(tiny):
    shipped, other = beside(tiny, FOLDED)
    assert torch.equal(shipped.tokens, other.tokens)
    assert shipped.gradient.norm() > 0
    assert apart(other.gradient, shipped.gradient) < 1e-5
    assert not torch.equal(other.gradient, shipped.gradient)  # it is another way to compute them
    torch.testing.assert_close(other.records, shipped.records, rtol=1e-4, atol=1e-6)


def test_the_gradient_by_a_gain_that_is_not_one_goes_through_the_fold(tiny):
    learners = [lm.StackedLearner(tiny)]
    with FOLDED():
        learners.append(lm.StackedLearner(tiny))
    for learner in learners:
        with torch.no_grad():
            for name, weight in learner.stack.model.named_parameters():
                if name.startswith("norm"):
                    weight.mul_(torch.linspace(0.5, 2, weight.numel(), device=DEVICE).view_as(weight))
        learner.step()
    shipped, other = (learner.stack for learner in learners)
    assert torch.equal(shipped.tokens, other.tokens)
    named = (capture.parts_of(stack.model, stack.gradient) for stack in (shipped, other))
    for (name, _), theirs, ours in zip(shipped.model.named_parameters(), *named, strict=True):
        if theirs.norm() > 0:
            assert apart(ours, theirs) < 1e-4, name


def test_a_learner_made_inside_goes_on_outside_and_others_are_left_alone(tiny):
    ways = capture.attend_shared, capture._causally, model._norm, lm.Transformer.part, stacked.Program
    called = []

    def surroundings():
        called.append(1)
        return candidates.replaced((capture, "attend_shared", capture.attend_shared))

    with candidates.within(surroundings)():
        inside = lm.StackedLearner(tiny)
    lm.StackedLearner(tiny).step()
    assert not called
    inside.step()
    assert len(called) == 2  # a rollout and an update
    beside(tiny, FOLDED)
    assert ways == (capture.attend_shared, capture._causally, model._norm, lm.Transformer.part, stacked.Program)


def test_a_candidate_that_is_wrong_is_not_passed():
    def doubled():
        plain = capture._causally
        return candidates.replaced((capture, "_causally", lambda *given: 2 * plain(*given)))

    found = trial.candidate_is_right(Bench("cpu", True, Path()), "wrong", Candidate("", candidates.within(doubled), ""))
    assert not found["passed"]


def test_both_programs_trace_in_one_piece(tiny):
    # fullgraph=True raises at whatever dynamo would leave to Python; the backend compiles nothing.
    shipped, other = beside(tiny, partial(compiled, "eager"), steps=2)
    assert torch.equal(shipped.tokens, other.tokens)
    assert apart(other.gradient, shipped.gradient) < 1e-5
