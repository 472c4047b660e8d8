"""Bad input to objectives is a ValueError that says what came and what is allowed; good input in other dress is taken.

Unknown names are in test_registry, rewards in test_max_at_k_credit.
"""

import math
import re

import numpy as np
import pandas as pd
import pytest

from passk_lab import objectives
from passk_lab.objectives import (
    Credit,
    effective_share,
    effective_weight,
    finite_value,
    get,
    gradient_moments,
    silent_groups,
)

NAN, INF = math.nan, math.inf


def refuses(function, *args, match):
    with pytest.raises(ValueError, match=match) as caught:
        function(*args)
    assert caught.type is ValueError, "not a subclass that numpy or json raised"
    assert str(caught.value).endswith("."), "a sentence"


# --- group sizes ------------------------------------------------------------------------------------------------

OF_N = {
    "credit": lambda n: get("pass@k").credit(n),
    "effective_weight": lambda n: effective_weight("pass@k", n, 0.5),
    "finite_value": lambda n: finite_value("pass@k", n, 0.5),
    "gradient_moments": lambda n: gradient_moments("pass@k", n, 0.5),
    "silent_groups": lambda n: silent_groups(n, 0.5),
}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "n must be at least 1, but n = 0"),
        (-3, "n must be at least 1, but n = -3"),
        (1.5, r"n must be whole numbers, but n = 1\.5"),
        (NAN, "n must be whole numbers, but n = nan"),
        (INF, "n must be whole numbers, but n = inf"),
        (True, "n came as True/False"),
        ("8", r"n must be whole numbers, but got '8' \(str\)"),
        (None, "n must be whole numbers, but n = None"),
        ([8, 9], r"n is one whole number here, but got an array of shape \(2,\)"),
        (np.array([8]), r"n is one whole number here, but got an array of shape \(1,\)"),
        ([], "n is empty"),
        (2**60, r"n must be at most 2\*\*53"),
    ],
)
@pytest.mark.parametrize("name", OF_N)
def test_bad_n(name, value, words):
    refuses(OF_N[name], value, match=words)


NEEDS = [
    ("pass@k", {"k": 8}, 7, r"pass@k \(k = 8\) needs groups of at least 8 samples \(it draws k = 8 different ones\)"),
    ("pkpo", {"k": 4}, 3, r"pass@k \(k = 4\) needs groups of at least 4 samples"),
    ("pass@k-loo-1", {"k": 5}, 4, r"pass@k-loo-1 \(k = 5\) needs groups of at least 5 samples"),
    ("pass@k-training", {"k": 5}, 4, "needs groups of at least 5 samples"),
    ("pass@k-training-raw", {"k": 5}, 4, "needs groups of at least 5 samples"),
    ("pass@k-loo", {"k": 4}, 4, r"at least 5 samples \(the baseline draws k = 4 from the n - 1 others\)"),
    ("pass@k-centred", {"k": 4}, 4, r"at least 5 samples \(at n = k = 4 centring leaves nothing\)"),
    ("pass@1", {}, 1, r"pass@1 needs groups of at least 2 samples \(one sample has nothing to be compared with\)"),
    ("mean-centred", {}, 1, "at least 2 samples"),
    ("grpo", {}, 1, "at least 2 samples"),
    ("grpo-verl", {}, 1, r"grpo-verl \(ddof = 1, eps = 1e-06\) needs groups of at least 2 samples"),
    ("risk-sensitive", {}, 1, "at least 2 samples"),
    ("mahdavi-plugin", {}, 1, "at least 2 samples"),
    ("maxrl-centred", {}, 1, "at least 2 samples"),
    ("maxrl-order", {"order": 4}, 3, r"at least 4 samples \(a polynomial of degree 3 needs it\)"),
]


@pytest.mark.parametrize(("name", "given", "n", "words"), NEEDS, ids=[f"{row[0]} n={row[2]}" for row in NEEDS])
def test_a_group_too_small(name, given, n, words):
    objective = get(name, **given)
    said = words + f".* but n = {n}: take a larger n"
    assert re.search(said, objective.missing("credit", n))
    for call in (
        lambda: objective.credit(n),
        lambda: effective_weight(objective, n, 0.5),
        lambda: finite_value(objective, n, 0.5),
        lambda: gradient_moments(objective, n, 0.5),
    ):
        refuses(call, match=said)
    assert objective.missing("credit", n + 1) == ""
    assert objective.credit(n + 1).n == n + 1


@pytest.mark.parametrize("n", [1, 3, 5, 8])
@pytest.mark.parametrize("name", ["tang", "tang-std", "tang-std-verl", "grpo-passk"])
def test_tang_takes_one_size(name, n):
    words = f"takes groups of exactly 4 samples, but n = {n}: the k samples of the objective are the group"
    refuses(lambda: get(name).credit(n), match=words)
    refuses(lambda: effective_weight(name, n, 0.5), match=words)


# --- chances ----------------------------------------------------------------------------------------------------

OF_P = {
    **{f"value of {name}": get(name).value for name in ("pass@k", "maxrl", "grpo-verl")},
    **{f"weight of {name}": get(name).weight for name in ("pass@k", "log-pass@k", "pass@k-training")},
    "effective_weight": lambda p: effective_weight("pass@k", 8, p),
    "finite_value": lambda p: finite_value("grpo", 8, p),
    "gradient_moments": lambda p: gradient_moments("pass@k", 8, p),
    "silent_groups": lambda p: silent_groups(8, p),
}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.5, r"p must lie in \[0, 1\], but p = 1\.5"),
        (-0.25, r"p must lie in \[0, 1\], but p = -0\.25"),
        (NAN, r"p must lie in \[0, 1\], but p = nan"),
        ([0.5, INF], r"p must lie in \[0, 1\], but entry 1: p = inf"),
        ([[0.5, 0.1], [2.0, 0.1]], r"entry \(1, 0\): p = 2\.0"),
        ("0.5", r"p must be numbers in \[0, 1\], but got '0\.5'"),
        (None, r"p must be numbers in \[0, 1\]"),
        (1j, r"p must be numbers in \[0, 1\]"),
        ([], r"p is empty: pass at least one number in \[0, 1\]"),
        ([[0.1, 0.2], [0.3]], "p must be numbers in rows of one length"),
    ],
)
@pytest.mark.parametrize("name", OF_P)
def test_bad_p(name, value, words):
    refuses(OF_P[name], value, match=words)


# --- parameters -------------------------------------------------------------------------------------------------

OF_K = [
    "pass@k", "pass@k-loo", "pass@k-loo-1", "pass@k-centred", "pass@k-training-raw", "pass@k-training", "tang",
    "tang-std", "mahdavi-plugin", "log-pass@k",
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "must be at least 1, but {} = 0"),
        (-1, "must be at least 1, but {} = -1"),
        (1.5, r"must be whole numbers, but {} = 1\.5"),
        (NAN, "must be whole numbers, but {} = nan"),
        (True, "came as True/False"),
        ("4", "must be whole numbers, but got '4'"),
        ([4, 8], r"{} is one whole number here, but got an array of shape \(2,\)"),
    ],
)
@pytest.mark.parametrize("name", [*OF_K, "maxrl-order"])
def test_bad_draws(name, value, words):
    draws = "order" if name == "maxrl-order" else "k"
    refuses(lambda: get(name, **{draws: value}), match=words.format(draws))


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("grpo", {"ddof": 2}, r"ddof is 0 \(divide by n\) or 1 \(divide by n - 1\), not 2"),
        ("grpo", {"ddof": -1}, "ddof must be at least 0, but ddof = -1"),
        ("grpo", {"ddof": 0.5}, r"ddof must be whole numbers, but ddof = 0\.5"),
        ("grpo", {"ddof": True}, "ddof came as True/False"),
        ("grpo", {"eps": -1e-6}, "eps must lie at or above 0 and at or below 1, but eps = -1e-06"),
        ("grpo", {"eps": 2}, "eps must lie .*but eps = 2"),
        ("grpo", {"eps": NAN}, "eps must lie .*but eps = nan"),
        ("grpo", {"eps": "small"}, "eps must be a number, but got 'small'"),
        ("grpo", {"eps": None}, "eps must be a number, but got None"),
        ("grpo", {"eps": [1e-6, 1e-4]}, "eps must be a number"),
        ("grpo", {"eps": 1j}, "eps must be a number, but got 1j"),
        ("grpo-verl", {"eps": -1}, "eps must lie .*but eps = -1"),
        ("tang-std", {"eps": -1}, "eps must lie .*but eps = -1"),
        ("tang-std", {"k": 1}, "the standard deviation of a group of k = 1 is zero or undefined: take k >= 2"),
        ("tang", {"std": True, "k": 1, "ddof": 0}, "a group of k = 1 is zero or undefined"),
        ("w-reinforce", {"lam": -0.1}, "lam must lie at or above 0 .*but lam = -0.1"),
        ("w-reinforce", {"lam": INF}, "lam must lie .*but lam = inf"),
        ("w-reinforce", {"lam": NAN}, "lam must lie .*but lam = nan"),
        ("quantile", {"K": -0.1}, "K must lie at or above 0 and at or below 1, but K = -0.1"),
        ("quantile", {"K": 1.1}, "K must lie .*but K = 1.1"),
        ("quantile", {"K": NAN}, "K must lie .*but K = nan"),
        ("risk-sensitive", {"beta": 0}, "beta = 0 divides by zero; its limit is the objective mean-centred"),
        ("risk-sensitive", {"beta": 0.0}, "beta = 0 divides by zero"),
        ("risk-sensitive", {"beta": -0.0}, "beta = 0 divides by zero"),
        ("risk-sensitive", {"beta": INF}, "beta must lie at or above -500 and at or below 500, but beta = inf"),
        ("risk-sensitive", {"beta": -INF}, "beta must lie .*but beta = -inf"),
        ("risk-sensitive", {"beta": NAN}, "beta must lie .*but beta = nan"),
        ("risk-sensitive", {"beta": 501}, "beta must lie .*but beta = 501"),
        ("rs-grpo", {"beta": "two"}, "beta must be a number, but got 'two'"),
    ],
)
def test_bad_parameters(name, given, words):
    refuses(lambda: get(name, **given), match=words)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("grpo", {"eps": "0.5"}, r"eps must be a number, but got '0\.5'"),
        ("quantile", {"K": "0.4"}, r"K must be a number, but got '0\.4'"),
        ("tang", {"std": "no"}, "std .*'no'"),
    ],
)
def test_text_does_not_turn_into_a_number_or_a_yes_in_silence(name, given, words):
    refuses(lambda: get(name, **given), match=words)


@pytest.mark.parametrize("beta", [-500.0, -100.0, -38.0, -37.0, 1e-300, 37.0, 500.0])
def test_every_beta_that_is_taken_has_a_table(beta):
    objective = get("risk-sensitive", beta=beta)
    for n in (2, 8):
        credit = objective.credit(n)
        assert np.isfinite(credit.contrast).all()
        # All right or all wrong: e^(beta r) is its own mean, nothing is compared.
        assert credit.correct[n] == 0
        assert credit.wrong[0] == 0
    # One correct of two: the mean is (1 + e^beta)/2, so A = (e^beta - 1)/(e^beta + 1)/beta up and down.
    half = math.tanh(beta / 2) / beta
    two = objective.credit(2)
    assert (two.correct[1], two.wrong[1]) == pytest.approx((half, -half), rel=1e-12)


# --- credit and shares ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Credit([0, 1], [0, 1], [1, 1]), r"contrast has one entry per j = 0\.\.n-1, here 1, not \(2,\)"),
        (lambda: Credit([0, 1, 1], [0, 0, 0], 1.0), r"contrast has one entry per .*here 2, not \(\)"),
        (lambda: Credit([0, NAN], [0, 0]), r"credit must be finite, but correct\[1\] = nan"),
        (lambda: Credit([0, 1, 1], [0, -INF, 0]), r"credit must be finite, but wrong\[1\] = -inf"),
        (lambda: Credit([0, 1, 1], [0, 0, 0], [1, INF]), r"credit must be finite, but contrast\[1\] = inf"),
        (lambda: Credit([0, 1, 1], [0, 0]), r"one entry per c = 0\.\.n .*correct has shape \(3,\) and wrong \(2,\)"),
        (lambda: Credit([0], [0]), r"n at least 1, but correct has shape \(1,\)"),
        (lambda: Credit([], []), r"correct has shape \(0,\)"),
        (lambda: Credit(1.0, 1.0), r"correct has shape \(\)"),
        (lambda: Credit([[0, 1]], [[0, 1]]), r"correct has shape \(1, 2\)"),
        (lambda: effective_share([]), "weights is empty: pass at least one number"),
        (lambda: effective_share(3.0), r"weights has one entry per prompt, but its shape is \(\)"),
        (lambda: effective_share([[1.0, 2.0]]), r"but its shape is \(1, 2\)"),
        (lambda: effective_share([1.0, NAN]), "weights must lie in the finite numbers, but entry 1: weights = nan"),
        (lambda: effective_share([INF, 1.0]), "weights must lie in the finite numbers, but entry 0: weights = inf"),
    ],
)
def test_bad_tables_and_weights(call, words):
    refuses(call, match=words)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: effective_share(["1", "2"]), "weights .*numbers.*'1'"),
        (lambda: effective_share(["a", "b"]), "weights .*numbers.*'a'"),
        (lambda: effective_share([1j, 1]), "weights .*numbers.*1j"),
        (lambda: effective_share([[1, 2], [3]]), "weights .*numbers"),
        (lambda: Credit(["a", "b"], [0, 0]), "correct .*numbers.*'a'"),
        (lambda: Credit([0, 1], ["0", "0"]), "wrong .*numbers.*'0'"),
        (lambda: Credit([0, 1j], [0, 0]), "correct .*numbers"),
        (lambda: Credit([0, 1], [0, 0], ["x"]), "contrast .*numbers.*'x'"),
    ],
)
def test_what_is_no_number_gets_a_sentence_too(call, words):
    refuses(call, match=words)


def test_corners_may_be_anything_finite_or_not():
    # They never occur, so what stands there is not looked at.
    assert Credit([NAN, 1], [0, INF]).contrast == [1.0]


# --- good input in another dress --------------------------------------------------------------------------------


@pytest.mark.parametrize("dress", [list, tuple, np.array, pd.Series, lambda x: np.array(x, np.float32)])
def test_chances_in_any_dress(dress):
    plain = [0.0, 0.25, 1.0]
    for call in (get("pass@k").value, get("log-pass@k").weight, lambda p: effective_weight("grpo", 8, p)):
        np.testing.assert_array_equal(call(dress(plain)), call(np.array(plain)))


@pytest.mark.parametrize("dress", [int, float, np.int8, np.uint64, np.float32, np.array])
def test_whole_numbers_in_any_dress(dress):
    np.testing.assert_array_equal(
        get("pass@k", k=dress(3)).credit(dress(8)).correct, get("pass@k", k=3).credit(8).correct
    )
    assert get("pass@k", k=dress(3)).weight(0.5) == get("pass@k", k=3).weight(0.5)
    assert silent_groups(dress(8), 0.5) == silent_groups(8, 0.5)


def test_small_integer_types_do_not_overflow():
    wide, narrow = get("pass@k", k=100), get("pass@k", k=np.int8(100))
    np.testing.assert_array_equal(narrow.credit(np.uint8(250)).contrast, wide.credit(250).contrast)
    assert narrow.weight(0.001) == wide.weight(0.001)
    assert max(objectives.max_at_k_credit(np.array([100, 120], np.int8), 2)) == 240
