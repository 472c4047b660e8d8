"""Bad input is a ValueError that says what came and how to mend it; good input in another dress is taken."""

import re

import numpy as np
import pandas as pd
import pytest

from passk_lab.metrics import (
    answer_entropy,
    compare,
    cover_at_tau,
    curve_interval,
    distinct_at_k,
    g_pass_at_k,
    gap_at_k,
    gap_peak,
    majority_at_k,
    max_at_k,
    pass_at_k,
    pass_at_k_curve,
    pass_at_k_plugin,
    pass_at_k_posterior,
    pass_at_k_posterior_mean,
    pass_at_k_variance,
    pass_hat_k,
    success_at_k,
    weight_at_k,
)

NAN, INF = float("nan"), float("inf")

# Every public function that takes counts, brought to the one signature (n, c, k).
COUNTS = {
    "pass_at_k": pass_at_k,
    "pass_at_k_plugin": pass_at_k_plugin,
    "pass_hat_k": pass_hat_k,
    "g_pass_at_k": lambda n, c, k: g_pass_at_k(n, c, k, 0.5),
    "pass_at_k_curve": pass_at_k_curve,
    "curve_interval": curve_interval,
    "curve_interval t": lambda n, c, k: curve_interval(n, c, k, method="t"),
    "curve_interval these": lambda n, c, k: curve_interval(n, c, k, target="these problems"),
    "pass_at_k_posterior": pass_at_k_posterior,
    "pass_at_k_posterior_mean": pass_at_k_posterior_mean,
    "compare a": lambda n, c, k: compare(n, c, 9, [1, 2, 3], ks=k, resamples=100),
    "compare b": lambda n, c, k: compare(9, [1, 2, 3], n, c, ks=k, resamples=100),
}
# Those that answer only for k <= n.
WITHIN_N = [name for name in COUNTS if "posterior" not in name and "plugin" not in name]

# Those for which k = None means every k.
NONE_IS_EVERY_K = {
    "pass_at_k_curve",
    "curve_interval",
    "curve_interval t",
    "curve_interval these",
    "compare a",
    "compare b",
}

KNOWN_P = {"success_at_k": success_at_k, "weight_at_k": weight_at_k, "gap_at_k": gap_at_k}

# Every public function of k, with everything else right.
OF_K = {
    **{name: lambda k, f=f: f(4, [1, 2, 3], k) for name, f in COUNTS.items()},
    **{name: lambda k, f=f: f(0.5, k) for name, f in KNOWN_P.items()},
    "gap_peak": gap_peak,
    "max_at_k": lambda k: max_at_k([1.0, 2.0, 3.0, 4.0], k),
    "pass_at_k_variance": lambda k: pass_at_k_variance(0.5, 4, k),
    "majority_at_k": lambda k: majority_at_k([3, 1], 0, k),
    "distinct_at_k": lambda k: distinct_at_k([3, 1], k),
}

# What every list of whole numbers refuses, and the words it refuses it with.
NOT_WHOLE = {
    "2.5": (2.5, "whole numbers.*2.5"),
    "nan": (NAN, "whole numbers.*nan"),
    "inf": (INF, "whole numbers.*inf"),
    "2**53 + 1": (2**53 + 1, "at most 2.*9007199254740993"),
    "1e300": (1e300, "at most 2"),
    "10**30": (10**30, f"2.*53.*{10**30}"),
    "True": (True, "True/False.*sum the marks"),
    "text": ("two", r"whole numbers.*two.*(as a number|sum the marks)"),
    "text of digits": ("2", r"whole numbers.*'2'.*int\("),
    "None": (None, r"whole numbers.*None"),
    "1j": (2 + 1j, r"whole numbers.*\(2\+1j\)"),
    "-1": (-1, "at least [012].*-1"),
    "empty": ([], "empty: pass at least one"),
}


def refuses(call, *args, match):
    with pytest.raises(ValueError, match=match) as caught:
        call(*args)
    text = str(caught.value)
    assert text.endswith(".")
    assert len(text) < 400, "a sentence or two"


@pytest.mark.parametrize("value", ["two", ["2", "3"], np.array([2 + 1j]), np.float64(2.5), np.array([-1])])
def test_the_value_is_shown_as_it_came_not_as_numpy_holds_it(value):
    with pytest.raises(ValueError, match="k must be") as caught:
        pass_at_k(4, 1, value)
    assert not re.search(r"np\.|array\(|_\)|128|float64", str(caught.value)), str(caught.value)


# --- counts and draws -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", NOT_WHOLE)
@pytest.mark.parametrize("name", OF_K)
def test_bad_k(name, bad):
    value, words = NOT_WHOLE[bad]
    if value is None and name in NONE_IS_EVERY_K:
        OF_K[name](None)
        return
    refuses(OF_K[name], value, match=f"k .*{words}")


@pytest.mark.parametrize("bad", [b for b in NOT_WHOLE if b != "empty"])
@pytest.mark.parametrize("name", COUNTS)
def test_bad_n_and_c_among_good_ones(name, bad):
    value, words = NOT_WHOLE[bad]
    # One text (or complex number) makes the column text, and the first is shown; else the bad entry must be found.
    row = [value, 3, 2] if isinstance(value, str | complex) else [3, value, 2]
    row = np.array([True, False, True]) if value is True else row
    refuses(COUNTS[name], row, [1, 1, 1], 1, match=f"n .*{words}")
    refuses(COUNTS[name], [4, 4, 4], row, 1, match=f"c .*{words}")


@pytest.mark.parametrize("name", COUNTS)
def test_empty_counts(name):
    refuses(COUNTS[name], [], [], 1, match="n is empty: pass at least one")
    refuses(COUNTS[name], 4, [], 1, match="c is empty")


@pytest.mark.parametrize("name", COUNTS)
def test_no_samples(name):
    refuses(COUNTS[name], 0, [0, 0, 0], 1, match=r"n must be at least 1, but n = 0")
    refuses(COUNTS[name], [4, 0, 4], [0, 0, 0], 1, match=r"n must be at least 1, but problem 1: n = 0")


@pytest.mark.parametrize("name", COUNTS)
def test_the_problem_with_a_bad_count_is_named(name):
    refuses(COUNTS[name], [4, 4, 4], [0, 1, -2], 1, match=r"c must be at least 0, but problem 2: c = -2\.")
    refuses(COUNTS[name], [4, 4, 4], [0, 1.5, 2], 1, match=r"whole numbers, but problem 1: c = 1\.5")
    refuses(COUNTS[name], [4, 4, 4], [0, 5, 6], 1, match=r"more correct.*problem 1: c = 5 but n = 4.*order.*n, c, k")
    refuses(COUNTS[name], 4, [0, 1, 5], 1, match=r"problem 2: c = 5 but n = 4")


@pytest.mark.parametrize("name", WITHIN_N)
def test_the_problem_with_too_few_samples_is_named(name):
    refuses(COUNTS[name], [4, 4, 3], [0, 1, 2], 4, match=r"k = 4 draws.*4 samples.*problem 2 has n = 3.*Use k <= 3")
    refuses(COUNTS[name], 3, [0, 1, 2], 4, match=r"k = 4 draws need at least 4 samples, but .*n = 3\. Use k <= 3")


@pytest.mark.parametrize("name", ["pass_at_k_curve", "curve_interval", "compare a", "compare b"])
def test_among_several_k_the_problem_is_named_too(name):
    refuses(COUNTS[name], [9, 8, 6], [0, 1, 2], [1, 4, 7], match=r"k = 7 draws.*problem 2 has n = 6.*Use k <= 6")


def test_the_crossed_problem_is_the_row():
    n = np.array([9, 5, 9])[:, None]
    for function in (pass_at_k, pass_hat_k):
        refuses(function, n, 1, [1, 2, 6], match=r"k = 6 draws.*problem 1 has n = 5")


@pytest.mark.parametrize("function", [pass_at_k, pass_at_k_curve])
def test_beyond_n_the_bounds_are_recommended(function):
    refuses(function, 8, [1, 2], 16, match=r"k = 16.*n = 8\. Use k <= 8, or pass_at_k_beyond, which bounds the mean")


def test_k_beyond_n_elsewhere():
    refuses(max_at_k, [1.0, 2.0], 3, match=r"k = 3 draws need at least 3 samples, but n = 2\. Use k <= 2")
    refuses(majority_at_k, [3, 2], 0, 6, match=r"k = 6 .*n = 5")
    refuses(majority_at_k, [3, 2], 0, 9, 3, match=r"k = 9 .*n = 8")
    refuses(distinct_at_k, [[3, 2], [1, 1]], 3, match=r"k = 3 .*problem 1 has n = 2")
    refuses(pass_at_k_variance, 0.5, [4, 2], 3, match=r"k = 3 .*problem 1 has n = 2")


@pytest.mark.parametrize("name", COUNTS)
def test_shapes_of_n_and_c_that_do_not_fit(name):
    refuses(COUNTS[name], [4, 4], [1, 1, 1], 1, match=r"shapes do not fit.*n \(2,\).*c \(3,\).*c\[:, None\]")


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: pass_at_k([4, 4], [1, 1], [1, 2, 3]), r"n \(2,\).*k \(3,\)"),
        (lambda: pass_hat_k(4, [1, 1], [1, 2, 3]), r"c \(2,\).*k \(3,\)"),
        (lambda: pass_at_k_plugin(4, [1, 1], [1, 2, 3]), r"c \(2,\).*k \(3,\)"),
        (lambda: pass_at_k_posterior(4, [1, 1], [1, 2, 3]), r"c \(2,\).*k \(3,\)"),
        (lambda: pass_at_k_variance([0.1, 0.2], 9, [1, 2, 3]), r"p \(2,\).*k \(3,\)"),
        (lambda: pass_at_k_variance([0.1, 0.2], [9, 9, 9], 1), r"p \(2,\).*n \(3,\)"),
        (lambda: success_at_k([0.1, 0.2], [1, 2, 3]), r"p \(2,\).*k \(3,\)"),
        (lambda: max_at_k(np.ones((2, 5)), [1, 2, 3]), r"rewards \(2,\).*k \(3,\)"),
        (lambda: majority_at_k(np.ones((2, 5), int), 0, [1, 2, 3]), r"\(2,\).*k \(3,\)"),
        (lambda: majority_at_k(np.ones((2, 5), int), 0, 1, [0, 1, 2]), r"counts \(2,\).*unparsed \(3,\)"),
        (lambda: distinct_at_k(np.ones((2, 5), int), [1, 2, 3]), r"\(2,\).*k \(3,\)"),
    ],
)
def test_other_shapes_that_do_not_fit(call, match):
    refuses(call, match="shapes do not fit.*" + match)


# --- chances and real numbers -----------------------------------------------------------------------------------

OF_P = {
    **{name: lambda p, f=f: f(p, 3) for name, f in KNOWN_P.items()},
    "pass_at_k_variance": lambda p: pass_at_k_variance(p, 4, 2),
    "cover_at_tau": lambda p: cover_at_tau(p if np.ndim(p) else [p], 0.5),
    "cover_at_tau's tau": lambda tau: cover_at_tau([0.5], tau),
    "g_pass_at_k's tau": lambda tau: g_pass_at_k(4, 2, 2, tau),
}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.5, r"\[0, 1\].*1\.5"),
        (-0.25, r"\[0, 1\].*-0\.25"),
        (NAN, r"\[0, 1\].*nan"),
        (INF, r"\[0, 1\].*inf"),
        ("half", r"numbers in \[0, 1\].*half"),
        ("0.5", r"numbers in \[0, 1\].*0\.5"),
        (None, r"\[0, 1\]"),
        (1j, r"numbers in \[0, 1\].*1j"),
        ([], r"empty: pass at least one number in \[0, 1\]"),
    ],
)
@pytest.mark.parametrize("name", OF_P)
def test_bad_chance(name, value, words):
    if value == [] and name == "g_pass_at_k's tau":
        words = ""  # the same sentence, or that one number is wanted
    refuses(OF_P[name], value, match=f"(p|tau) .*{words}")


def test_the_bad_entry_is_named():
    refuses(success_at_k, [0.5, 2.0], 1, match=r"p must lie in \[0, 1\], but entry 1: p = 2\.0")
    refuses(cover_at_tau, [[0.5, 0.1], [0.2, -1]], 1, match=r"entry \(1, 1\): p = -1")


@pytest.mark.parametrize("tau", [[0.5, 0.7], [0.5]])
def test_g_pass_takes_one_tau(tau):
    refuses(g_pass_at_k, 4, 2, 2, tau, match="tau .*0\\.5")


def test_tau_0_asks_for_nothing():
    refuses(g_pass_at_k, 4, 2, 2, 0, match="tau = 0.*use 0 < tau <= 1")


def test_cover_of_one_number():
    refuses(cover_at_tau, 0.5, 0.5, match="one entry per problem")


@pytest.mark.parametrize(
    ("rewards", "words"),
    [
        ([1.0, NAN], "finite.*entry 1.*nan"),
        ([1.0, -INF], "finite.*-inf"),
        (["good", "bad"], "numbers.*good"),
        ([], "empty"),
        (3.0, "rewards must be a list"),
        ([[1, 2], [3]], "rewards.*numbers"),
    ],
)
def test_bad_rewards(rewards, words):
    refuses(max_at_k, rewards, 1, match=words)


def test_gap_peak_needs_two_draws():
    refuses(gap_peak, 1, match="k must be at least 2, but k = 1")
    refuses(gap_peak, [2, 1], match="k = 1")


# --- answers ----------------------------------------------------------------------------------------------------

OF_ANSWERS = {
    "majority_at_k": lambda counts: majority_at_k(counts, 0, 1),
    "distinct_at_k": lambda counts: distinct_at_k(counts, 1),
    "answer_entropy": answer_entropy,
}


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([0, 0], "no sample at all: every count is 0"),
        ([[1, 2], [0, 0]], "no sample at all"),
        ([3, -1], "counts must be at least 0.*-1"),
        ([3, 0.5], "whole numbers.*0.5"),
        ([3, NAN], "whole numbers.*nan"),
        ([True, False], "True/False"),
        (["A", "B"], "whole numbers.*A"),
        ([], "counts is empty"),
        (4, "counts must list"),
        ([[1, 2], [3]], "counts"),  # lists of different lengths: pad with zeros
    ],
)
@pytest.mark.parametrize("name", OF_ANSWERS)
def test_bad_answers(name, counts, words):
    refuses(OF_ANSWERS[name], counts, match=words)


@pytest.mark.parametrize(
    ("correct", "words"),
    [
        (2, "correct = 2 points past the 2 answers; indices run from 0 to 1"),
        ([0, 7], "correct = 7"),
        (-1, "correct must be at least 0.*-1"),
        ([0, 0], r"names an answer twice: \[0, 0\]"),
        (0.5, "whole numbers.*0.5"),
        ([True, False], "True/False"),
        ("A", "whole numbers.*A"),
    ],
)
def test_bad_correct(correct, words):
    refuses(majority_at_k, [3, 1], correct, 1, match=words)


@pytest.mark.parametrize(("unparsed", "words"), [(-1, "-1"), (0.5, "0.5"), (True, "True/False"), ("one", "one")])
def test_bad_unparsed(unparsed, words):
    refuses(majority_at_k, [3, 1], 0, 1, unparsed, match=f"unparsed .*{words}")


@pytest.mark.parametrize("correction", ["jackknife", "", 1, True])
def test_unknown_correction(correction):
    refuses(answer_entropy, [3, 1], correction, match=f"None or 'miller-madow', not {correction!r}")


# --- intervals and comparisons ----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0, 1, 1.5, -0.5, 95, NAN, INF, "high", None, [0.9, 0.95], True])
@pytest.mark.parametrize("name", ["posterior", "posterior_mean", "curve_interval", "compare"])
def test_bad_level(name, level):
    call = {
        "posterior": lambda: pass_at_k_posterior(4, 1, 2, level=level),
        "posterior_mean": lambda: pass_at_k_posterior_mean(4, [1, 2], 2, level=level),
        "curve_interval": lambda: curve_interval(4, [1, 2], level=level),
        "compare": lambda: compare(4, [1, 2], 4, [2, 2], level=level),
    }[name]
    refuses(call, match=r"level .*strictly between 0 and 1, as in 0\.95.*" + re.escape(repr(level)))


@pytest.mark.parametrize(
    "prior", [(0, 1), (1, -1), (1,), (1, 1, 1), 1, (1, NAN), (1, INF), ("a", "b"), None, ((1, 1), (1, 1))]
)
@pytest.mark.parametrize("function", [pass_at_k_posterior, pass_at_k_posterior_mean])
def test_bad_prior(function, prior):
    refuses(function, 4, [1, 2], 2, prior, match="prior ")


@pytest.mark.parametrize("method", ["jackknife", "Normal", "", None, 1])
def test_unknown_method(method):
    refuses(lambda: curve_interval(4, [1, 2], method=method), match=f"'gaffke' or 't', not {method!r}")


@pytest.mark.parametrize("resamples", [99, 0, -5, 1000.5, NAN, "1000", None])
def test_bad_resamples(resamples):
    refuses(lambda: compare(4, [1, 2], 4, [2, 2], resamples=resamples), match=f"resamples.*{resamples}")


def test_one_problem_has_no_interval_over_problems():
    for method in ("gaffke", "t"):
        refuses(lambda m=method: curve_interval(4, [1], method=m), match="at least two problems.*'these problems'")
    refuses(compare, 4, [1], 4, [2], match="at least two problems")
    refuses(compare, 4, 1, 4, 2, match="at least two problems")


def test_models_with_different_problems():
    refuses(compare, 4, [1, 2, 3], 4, [1, 2], match=r"same problems.*a has 3 and b has 2.*Join the two tables")


@pytest.mark.parametrize("ks", [[2, 1], [1, 1], [1, 3, 2]])
def test_k_of_a_comparison_must_increase(ks):
    refuses(lambda: compare(4, [1, 2], 4, [2, 2], ks=ks), match="ks must increase.*" + re.escape(str(ks)))


@pytest.mark.parametrize("which", ["a", "b"])
def test_a_comparison_takes_one_axis(which):
    square, line = [[1, 2], [3, 4]], [1, 2]
    args = (4, square, 4, line) if which == "a" else (4, line, 4, square)
    refuses(compare, *args, match=rf"model {which}: give one entry per problem.*\(2, 2\)")


# --- good input in another dress --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dress",
    [
        list,
        tuple,
        lambda x: np.array(x, np.uint8),
        lambda x: np.array(x, np.int16),
        lambda x: np.array(x, np.float32),
        lambda x: np.array(x, np.uint64),
        lambda x: np.array(x)[::-1][::-1],
        pd.Series,
        lambda x: pd.Series(x, index=[7, 3, 5]),
        lambda x: pd.Series(x, dtype="Int64"),
        lambda x: pd.Series(x, dtype="float64"),
    ],
)
@pytest.mark.parametrize("name", COUNTS)
def test_counts_in_any_dress(name, dress):
    plain = COUNTS[name](np.array([250, 200, 9]), np.array([100, 200, 3]), [3])
    dressed = COUNTS[name](dress([250, 200, 9]), dress([100, 200, 3]), [3])
    parts = (plain.interval, dressed.interval) if name.startswith("compare") else (plain, dressed)
    np.testing.assert_array_equal(*parts)


def test_small_integer_types_do_not_overflow():
    counts = np.array([200, 100, 50], np.uint8)
    assert distinct_at_k(counts, 2) == distinct_at_k([200, 100, 50], 2)
    assert answer_entropy(counts) == answer_entropy([200, 100, 50])
    small = pass_at_k_posterior(np.int8(100), np.int8(100), np.int8(100), (1, 1))
    assert small.mean == pass_at_k_posterior(100, 100, 100, (1, 1)).mean
