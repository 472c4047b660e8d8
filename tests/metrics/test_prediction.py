"""Predictions beyond n: models worked by hand, what the words may say, the published counts."""

import re

import numpy as np
import pytest

from passk_lab.metrics import (
    curve_interval,
    fit_prior,
    fit_spread,
    pass_at_k_beyond,
    pass_at_k_curve,
    predict_pass_at_k,
)
from passk_lab.metrics.prediction import power_law
from tests.metrics.published import counts

HARD = [0] * 80 + [1] * 5 + [2] * 4 + [4] * 4 + [6] * 3 + [8] * 4


def test_up_to_n_it_is_the_estimate_with_its_interval():
    found = predict_pass_at_k(8, HARD, [1, 8, 9])
    assert found.estimate == pytest.approx(dict(zip([1, 8], pass_at_k_curve(8, HARD, [1, 8]), strict=True)))
    np.testing.assert_allclose(np.array(found.interval)[:, :2], curve_interval(8, HARD, [1, 8]), rtol=1e-7)


def test_each_model_says_what_its_fit_says():
    ks, found = np.array([16, 500]), predict_pass_at_k(8, HARD, [16, 500])
    np.testing.assert_array_equal(found.models["Beta"], fit_prior(8, HARD, masses=False).pass_at_k(ks))
    np.testing.assert_array_equal(found.models["Beta with masses"], fit_prior(8, HARD).pass_at_k(ks))
    np.testing.assert_array_equal(found.models["likeliest spread"], fit_spread(8, HARD).pass_at_k(ks))
    np.testing.assert_array_equal(found.interval, pass_at_k_beyond(8, HARD, ks))
    low, high = found.range
    assert (low < high).all()
    assert low[1] == min(values[1] for values in found.models.values())


def test_nothing_beyond_n_is_said_without_the_word_predicted():
    for groups in (None, np.repeat(np.arange(25), 4)):
        found = predict_pass_at_k(8, HARD, [4, 8, 9, 32, 33, 10**6], groups=groups)
        lines = str(found).split("\n")
        assert [("predicted" in line, "depends on the model" in line) for line in lines] == [
            (False, False), (False, False), (True, False), (True, False), (True, True), (True, True),
        ]  # fmt: skip
        for line in lines[2:]:  # no number but k itself stands before the word
            assert not re.search(r"\d\.\d", line.split("predicted")[0])
        assert found.depends_on_the_model.tolist() == [False] * 4 + [True] * 2


def test_the_words_name_the_models_at_both_ends():
    found = predict_pass_at_k(8, HARD, 1000)
    low, high = (end[0] for end in found.range)
    at = {name: values[0] for name, values in found.models.items()}
    assert f"{low:.3f} ({min(at, key=at.get)}) to {high:.3f} ({max(at, key=at.get)}); k is 125 times n = 8" in str(
        found
    )


def test_a_power_law_is_carried_on():
    # -log pass@k at k = 1, 2, 4, 8 of the counts themselves, worked by least squares.
    c = [0] * 50 + [1] * 30 + [3] * 15 + [7] * 5
    at = np.unique(np.array([1, 1.4142, 2, 2.8284, 4, 5.6569, 8]).round().astype(int))
    slope, start = np.polyfit(np.log(at), np.log(-np.log(pass_at_k_curve(8, c, at))), 1)
    got = predict_pass_at_k(8, c, [16]).models["power law"][0]
    assert got == pytest.approx(np.exp(-np.exp(start + slope * np.log(16))), rel=1e-9)


def test_a_power_law_that_is_one_is_found():
    # Of 4 problems with 2 samples: pass@1 = 1/8, pass@2 = 1/4. -log: log 8, log 4; each doubling takes 2/3.
    assert power_law(2, [1, 0, 0, 0], np.array([2, 4, 8])) == pytest.approx([1 / 4, 4 ** (-2 / 3), 4 ** (-4 / 9)])


@pytest.mark.parametrize("c", [[0] * 20, [8] * 20])
def test_a_curve_without_a_power_law_has_none(c):
    found = predict_pass_at_k(8, c, [16, 10**6])
    assert "power law" not in found.models
    assert "power" not in str(found)
    assert np.isfinite(np.stack(list(found.models.values()))).all()


def test_pythia_from_32_of_its_ten_thousand_samples():
    n, c = counts("monkeys_pythia_math_n10000.csv", model="Pythia 160M")
    few = np.random.default_rng(1).hypergeometric(c, n - c, 32)
    ks = [64, 128, 10_000]
    found, truth = predict_pass_at_k(32, few, ks), pass_at_k_curve(n, c, ks)
    assert (np.abs(found.models["Beta"] - truth)[:2] < 0.06).all()
    low, high = found.range
    assert high[2] - low[2] > 0.2


def test_bad_input_is_told():
    with pytest.raises(ValueError, match="at least two problems"):
        predict_pass_at_k(8, [3], 16)
    with pytest.raises(ValueError, match=r"one number or a list here, but has shape \(1, 2\)"):
        predict_pass_at_k(8, [1, 2], [[1, 2]])
