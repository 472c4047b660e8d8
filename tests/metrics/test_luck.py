"""Luck of a model that knows nothing: by hand, by every outcome, and on the bundled answers."""

from itertools import product

import numpy as np
import pytest

from passk_lab import data, metrics


def test_a_key_is_hit_as_often_as_wrong_samples_of_other_problems_say_it():
    problem, answer = [1, 1, 2, 2, 3, 3, 3], ["5", "7", "5", "3", None, "5", "7"]
    key = {1: "5", 2: "7", 3: "5"}
    right = [1, 0, 0, 0, 0, 1, 0]
    # Problem 2: wrong samples of 1 and 3 (key 5) say 7, nothing, 7. Problems 1 and 3: those of 2 say 5 and 3.
    assert metrics.blind_luck(problem, answer, right, key) == {1: 1 / 2, 2: 2 / 3, 3: 1 / 2}
    assert metrics.blind_luck([*problem, 9], [*answer, "5"], [*right, 0], key) == {1: 1 / 2, 2: 2 / 3, 3: 1 / 2}


def test_no_answer_is_a_wrong_sample_that_hits_nothing():
    assert metrics.blind_luck([1, 2, 2], ["3", float("nan"), "3"], [0, 0, 0], {1: "3", 2: "4"}) == {1: 0.5, 2: 0}


@pytest.mark.parametrize("solved", range(4))
def test_the_chance_to_solve_so_many_by_luck_is_that_of_all_outcomes(solved):
    luck, n = np.array([0.1, 0.5, 0.02]), np.array([4, 1, 30])
    hit = 1 - (1 - luck) ** n
    total = sum(np.prod(np.where(x, hit, 1 - hit)) for x in product((0, 1), repeat=3) if sum(x) >= solved)
    assert metrics.chance_by_luck(luck, n, solved) == pytest.approx(total, rel=1e-13)


@pytest.fixture(scope="module")
def aime():
    """Bundled answers without 2024-14, whose key may be wrong; the runs that know little and left an answer mostly."""
    table = data.load("otis-answers")
    table = table[table["problem_id"] != "2024-14"]
    right = table[table["correct"] == 1]
    key = right.groupby("problem_id")["answer"].agg(lambda given: given.value_counts().index[0]).to_dict()
    by_run = table.groupby("run_id")
    few = (by_run["correct"].mean() < 0.1) & (by_run["answer"].agg(lambda given: given.isna().mean()) <= 0.5)
    return table, key, list(few.index[few])


def test_luck_on_the_bundled_answers(aime):
    table, key, runs = aime
    weak = table[table["run_id"].isin(runs)]
    luck = metrics.blind_luck(weak["problem_id"], weak["answer"], weak["correct"], key)
    chances = np.array(list(luck.values()))
    assert (len(runs), len(key)) == (34, 44)
    assert (round(chances.mean(), 5), round(float(np.median(chances)), 5)) == (0.00189, 0.00067)
    assert max(luck, key=luck.get) == "2024-02"
    assert (key["2024-02"], round(luck["2024-02"], 4)) == ("5", 0.0145)
    ks = [16, 100, 1000]
    shown = [
        metrics.seen_at_k(0, ks, 0.001),
        [np.mean(metrics.seen_at_k(0, k, chances)) for k in ks],
        metrics.seen_at_k(0, ks, chances.mean()),
    ]
    np.testing.assert_allclose(shown, [[0.016, 0.095, 0.632], [0.029, 0.138, 0.484], [0.030, 0.173, 0.850]], atol=5e-4)


def test_some_models_that_solve_a_few_beat_luck_and_some_do_not(aime):
    table, key, runs = aime
    weak = table[table["run_id"].isin(runs)]
    luck = np.array(list(metrics.blind_luck(weak["problem_id"], weak["answer"], weak["correct"], key).values()))
    by_run = table.groupby("run_id")["correct"].mean()
    chances, expected, found, models = [], 0.0, 0, data.load("otis-runs").set_index("run_id")["model"]
    for run in (run for run in runs if by_run[run] < 0.03):
        counts = table[table["run_id"] == run].groupby("problem_id")["correct"].agg(["size", "sum"]).loc[list(key)]
        chance = metrics.chance_by_luck(luck, counts["size"].to_numpy(), int((counts["sum"] > 0).sum()))
        chances.append((models[run], chance))
        expected, found = expected + float(counts["size"] @ luck), found + int(counts["sum"].sum())
    assert (len(chances), found, round(expected, 1)) == (12, 110, 12.7)
    assert sum(chance < 0.03 for _, chance in chances) == 9
    by_model = dict(chances)
    assert by_model[next(m for m in by_model if "llama-3-8b" in m.lower())] == pytest.approx(0.12, abs=0.01)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: metrics.blind_luck([1, 2], [3], [0, 0], {1: 3}), "there are 2, 1 and 2 of them"),
        (lambda: metrics.blind_luck([1], [3], [0.5], {1: 3}), "sample 0: right is 1 or 0"),
        (lambda: metrics.blind_luck([1], [[3]], [0], {1: 3}), "sample 0: answer is a number or a text"),
        (lambda: metrics.blind_luck([1], [3], [0], {1: [3]}), "the key of problem 1 is .*: write it as a text"),
        (lambda: metrics.blind_luck("ab", [3, 3], [0, 0], {}), "problem is a list or a column"),
        (lambda: metrics.blind_luck([1, 2], [3, 3], [0, 0], {1: 3, 2: 3}), "problem 1: no wrong sample"),
        (lambda: metrics.chance_by_luck([0.1], 3, 2), "solved = 2, but there are 1 problems"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()
