"""The finding the lab is about, live and exact: training on pass@1 buys pass@1 with pass@k, on numbers never met."""

import numpy as np
import pytest
import torch

from passk_lab.lm import KS, TrainConfig, train

torch.set_num_threads(1)  # small matrices are no work to share

STEPS = 100


@pytest.fixture(scope="module")
def run():
    return train(TrainConfig(objective="grpo", seed=0, steps=STEPS, evaluate_every=STEPS))


@pytest.fixture(scope="module")
def ends(run):
    """The exact evaluations on held-out numbers before and after."""
    evaluations = run.evaluation_records
    assert [record["step"] for record in evaluations] == [0, STEPS]
    return [record["unseen"] for record in evaluations]


def at(evaluation, k):
    return evaluation["pass_at"][KS.index(k)]


def test_pass_at_1_rises_on_held_out_numbers(ends):
    before, after = ends
    assert at(after, 1) > at(before, 1) + 0.1
    # Beyond what another choice of held-out numbers would explain: the intervals do not touch.
    assert after["low"][0] > before["high"][0]


def test_pass_at_256_falls_below_the_base(ends):
    before, after = ends
    assert at(before, 256) > 0.95
    assert at(after, 256) < at(before, 256) - 0.03
    assert after["high"][KS.index(256)] < before["low"][KS.index(256)]


def test_the_curves_cross_once(ends):
    before, after = (np.array(evaluation["pass_at"]) for evaluation in ends)
    above = after > before
    crossing = np.flatnonzero(np.diff(above))
    assert len(crossing) == 1
    assert above[0]
    assert 1 <= KS[crossing[0]] <= 16


def test_what_is_left_to_explore_shrinks(ends, run):
    before, after = ends
    assert at(after, 16) - at(after, 1) < 0.75 * (at(before, 16) - at(before, 1))
    # So say the batches, which training saw.
    steps = run.step_records
    first, last = steps[:10], steps[-10:]

    def mean(name, records):
        return np.mean([record[name] for record in records])

    assert mean("gap", last) < 0.75 * mean("gap", first)
    assert mean("entropy", last) < 0.75 * mean("entropy", first)
    assert mean("unique", last) < mean("unique", first)
    assert mean("silent", last) > mean("silent", first)


def test_distinct_solutions_grow_fewer(ends):
    before, after = ends
    assert after["distinct_256"] < before["distinct_256"] - 0.3
    assert after["effective"] < 0.8 * before["effective"]


def test_some_prompts_are_lost_and_some_are_solved(ends):
    before, after = ends
    assert after["lost"] > before["lost"]
    assert after["solved"] > before["solved"]
