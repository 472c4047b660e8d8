"""Training in the small worlds of a race, against the exact world and numbers worked by hand."""

import numpy as np
import pytest

from passk_lab import objectives
from passk_lab.exact import Bandit
from passk_lab.play import training
from passk_lab.play.racers import RACERS, objective_of
from passk_lab.play.worlds import WORLDS, World, world


def tiny(**changed) -> World:
    """One prompt, two answers of equal chance, the first of them right."""
    told = {"name": "", "title": "", "told": "", "label": "", "rows": ("",), "letters": "ab", "shared": False}
    numbers = {"logits": np.zeros((1, 2)), "right": np.array([[True, False]]), "index": np.array([[0, 1]]), "rate": 1.0}
    return World(**{**told, **numbers, **changed})


def test_one_step_by_hand():
    # Of four samples two are right, so pass@1's credit is 1 - 1/3 and -2/3. The score of the right answer is
    # 1 - p = 1/2 in its own logit, that of the wrong one -1/2: (2 * 2/3 * 1/2 + 2 * -2/3 * -1/2) / 4 = 1/3.
    path = training.sampled(tiny(), "pass@1", [[[0.1, 0.2, 0.7, 0.9]]])
    assert path == pytest.approx(np.array([[[0, 0]], [[1 / 3, -1 / 3]]]), abs=1e-15)


def test_a_number_on_an_edge_belongs_to_the_answer_behind_it():
    right = training.sampled(tiny(), "reinforce", [[[0.5 - 2**-54] * 2]])
    wrong = training.sampled(tiny(), "reinforce", [[[0.5] * 2]])
    assert right[1, 0, 0] > 0
    assert (wrong[1] == 0).all()


@pytest.mark.parametrize(("name", "racer"), [("own", "grpo"), ("shared", "maxrl"), ("shared", "pass@k")])
def test_sampled_steps_have_the_mean_and_the_variance_of_the_exact_world(name, racer):
    n, many, one = 8, 300, world(name)
    objective, size = objective_of(racer, 4), training.step_size(one, objective_of(racer, 4), n)
    exact = one.bandit.group_update(objective, n)
    parameters = int(one.index.max()) + 1
    found = np.zeros((many, parameters))
    for seed in range(many):
        moved = training.sampled(one, objective, training.uniforms(seed, 1, n))
        found[seed, one.index.ravel()] = (moved[1] - moved[0]).ravel() / size
    z = (found.mean(axis=0) - exact.mean) / np.sqrt(exact.variance / many)
    assert np.abs(z).max() < 4.5
    assert found.var(axis=0).sum() == pytest.approx(exact.variance.sum(), rel=0.25)


def test_the_step_is_bounded_by_the_largest_credit():
    one = world("own")
    assert training.step_size(one, "pass@1", 16) == 8
    assert training.step_size(one, "grpo", 16) == 8  # its largest credit is the root of 15
    assert training.step_size(one, objectives.get("pass@k", k=16), 16) == 2
    for racer in RACERS:
        objective = objective_of(racer, 4)
        reach = training.step_size(one, objective, 16) * training.largest_credit(objective, 16)
        assert reach <= 4 * one.rate * (1 + 1e-15)


def test_without_the_bound_one_digit_decides_and_with_it_none_does(monkeypatch):
    one, plain, chances = world("shared"), objectives.get("pass@k", k=16), training.uniforms(1, 200, 16)
    nudged = World(**{**vars(one), "logits": np.nextafter(one.logits, 9)})

    def apart() -> float:
        return float(np.abs(training.sampled(one, plain, chances) - training.sampled(nudged, plain, chances)).max())

    assert apart() < 1e-12
    monkeypatch.setattr(training, "REACH", 1e9)
    assert apart() > 1e-3


def test_the_exact_path_goes_by_the_exact_update():
    one, size = world("shared"), training.step_size(world("shared"), "grpo", 8)
    path = training.mean_path(one, "grpo", 8, steps=2)
    first = one.bandit.at(size * one.bandit.expected_update("grpo", 8))
    second = first.at(first.theta + size * first.expected_update("grpo", 8))
    assert path == pytest.approx(np.array([one.bandit.p, first.p, second.p]), rel=1e-13)


def test_the_share_solved_is_that_of_listing_all_tries():
    p = np.array([0.2, 0.7])
    wrong_thrice = (0.8**3 + 0.3**3) / 2
    assert training.solved(p, 3) == pytest.approx(1 - wrong_thrice, rel=1e-14)


def test_uniforms_are_even_and_do_not_hang_together():
    u = np.array([training.uniforms(seed, 50, 16) for seed in range(5)])
    assert 0 <= u.min() < 1e-4
    assert 1 - 1e-4 < u.max() < 1
    counts = np.histogram(u, 64, (0, 1))[0]
    chi2 = ((counts - u.size / 64) ** 2 / (u.size / 64)).sum()
    assert chi2 < 63 + 5 * np.sqrt(2 * 63)
    for axis in range(4):
        one, next_one = u.take(range(u.shape[axis] - 1), axis), u.take(range(1, u.shape[axis]), axis)
        assert abs(np.corrcoef(one.ravel(), next_one.ravel())[0, 1]) < 5 / np.sqrt(one.size)


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_is_a_policy_with_right_answers_first(name):
    one = world(name)
    assert one.bandit.policy.sum(axis=1) == pytest.approx(1)
    assert (np.diff(one.right.astype(int), axis=1) <= 0).all()
    assert one.right.any(axis=1).all()
    assert len(one.rows) == 16
    assert np.unique(one.index).tolist() == list(range(one.index.max() + 1))
    if one.shared:
        for x, solvers in enumerate(one.rows):
            assert {one.letters[a] for a in one.index[x][one.right[x]]} == set(solvers.split(" or "))
    else:
        alone = Bandit(one.logits, one.right)  # without features: prompts share nothing
        assert one.bandit.gradient("pass@1") == pytest.approx(alone.gradient("pass@1").ravel())
