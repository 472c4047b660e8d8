"""Input that means something else than it says: refused in a sentence that fits, or doubted aloud."""

import inspect
import math
import warnings
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import torch

from passk_lab import arguments, metrics
from passk_lab.arguments import Doubt
from passk_lab.metrics import (
    answer_entropy,
    compare,
    cover_at_tau,
    curve_interval,
    distinct_at_k,
    majority_at_k,
    max_at_k,
    pass_at_k,
    pass_at_k_curve,
    pass_at_k_posterior,
    pass_at_k_variance,
    success_at_k,
)


def refuses(call, *args, match, **more):
    with pytest.raises(ValueError, match=match) as caught:
        call(*args, **more)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 400
    return str(caught.value)


# --- what is masked, unordered, ragged ----------------------------------------------------------------------------


def test_a_masked_entry_is_no_number():
    c = np.ma.masked_array([3, 99, 2], mask=[False, True, False])
    for call in (lambda: pass_at_k(8, c, 2), lambda: curve_interval(8, c), lambda: compare(8, c, 8, [1, 2, 3])):
        refuses(call, match=r"c has 1 masked entry, the first entry 1\. Leave those problems out of every argument")
    refuses(success_at_k, np.ma.masked_array([0.5, 0.1], mask=[True, False]), 2, match="p has 1 masked entry")
    refuses(pass_at_k, 8, np.ma.masked, 2, match="c has 1 masked")
    assert pass_at_k(8, np.ma.masked_array([3, 2], mask=False), 1) == pytest.approx([0.375, 0.25])


@pytest.mark.parametrize(
    ("values", "said"),
    [({"a": 1}.values(), "dict_values"), ({"a": 1}, "dict"), ({1, 2}, "set"), ((x for x in (1, 2)), "generator"),
     (map(int, "12"), "map"), (iter([1, 2]), "list_iterator")],
)  # fmt: skip
def test_what_has_no_order_or_length_is_to_be_listed(values, said):
    text = refuses(pass_at_k, 8, values, 2, match=rf"c must be a number, a list or an array, but a {said} came.*list\(")
    assert "int(" not in text


def test_ragged_rows_are_not_to_be_filled_up():
    text = refuses(pass_at_k, 8, [[1, 2, 3], [1]], 2, match="row 0 has 3 of them and row 1 has 1.*one by one")
    assert "Fill" not in text
    refuses(answer_entropy, [[1, 2], [3]], match="rows of one length")


def test_a_tensor_on_a_graph_says_how_to_take_it_off():
    refuses(success_at_k, torch.tensor([0.5], requires_grad=True), 2, match=r"\.detach\(\)\.cpu\(\)\.")
    assert success_at_k(torch.tensor([0.5]), 2).tolist() == [0.75]


# --- labels -------------------------------------------------------------------------------------------------------

ONE = pd.Series([8, 8, 8], index=["x", "y", "z"])
OTHER = pd.Series([1, 2, 3], index=["y", "x", "z"])


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (lambda a, b: pass_at_k(a, b, 1), "n and c"),
        (lambda a, b: pass_at_k(a, 1, b), "n and k"),
        (lambda a, b: metrics.pass_hat_k(a, b, 1), "n and c"),
        (lambda a, b: metrics.pass_at_k_plugin(a, 1, b), "n and k"),
        (lambda a, b: metrics.g_pass_at_k(a, 1, b, 0.5), "n and k"),
        (pass_at_k_curve, "n and c"),
        (curve_interval, "n and c"),
        (lambda a, b: pass_at_k_posterior(a, b, 1), "n and c"),
        (lambda a, b: metrics.pass_at_k_posterior_mean(a, b, 1), "n and c"),
        (lambda a, b: pass_at_k_variance(0.5, a, b), "n and k"),
        (lambda a, b: success_at_k(a / 10, b), "p and k"),
        (lambda a, b: metrics.weight_at_k(a / 10, b), "p and k"),
        (lambda a, b: metrics.gap_at_k(a / 10, b), "p and k"),
        (lambda a, b: compare(a, [1, 2, 3], 8, b), "n_a and c_b"),
        (lambda a, b: compare(8, a, 8, b), "c_a and c_b"),
        (metrics.stopping_test, "n and c"),
        (lambda a, b: metrics.pass_at_k_stopped(a, 0, b, cap=8), "n and k"),
        (lambda a, b: metrics.predict_pass_at_k(a, b, 9), "n and c"),
        (lambda a, b: metrics.problems_needed(8, a, 8, b, 1, 0.1), "c_a and c_b"),
        (lambda a, b: metrics.samples_needed(8, a, 8, b, 1, 0.1), "c_a and c_b"),
        (lambda a, b: metrics.detectable_difference(8, a, 8, b, 1), "c_a and c_b"),
        (lambda a, b: metrics.problems_for_crossing(8, a, 8, b, (1, 2), (0.1, -0.1)), "c_a and c_b"),
        (lambda a, b: metrics.spend(8, a, 1, against=(8, b)), "c and c_other"),
        (lambda a, b: distinct_at_k(pd.DataFrame({"m": a, "o": a}), b), "counts and k"),
        (lambda a, b: majority_at_k(pd.DataFrame({"m": a, "o": a}), 0, 1, unparsed=b), "counts and unparsed"),
        (lambda a, b: max_at_k(pd.DataFrame({"m": a, "o": a, "r": a}), b), "rewards and k"),
    ],
)
def test_columns_labelled_differently_are_not_matched_by_position(call, names):
    refuses(call, ONE, OTHER, match=rf"{names} are labelled differently, 'x' against 'y' in row 0.*to_numpy\(\)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Doubt)
        call(ONE, OTHER.reindex(ONE.index))
        call(ONE, OTHER.to_numpy())


def test_every_function_of_two_lists_looks_at_their_labels():
    """A new one is to be added to the list above."""
    listed = {"n", "c", "k", "p", "ks", "counts", "unparsed", "rewards", "n_a"}
    functions = {name: getattr(metrics, name) for name in metrics.__all__ if inspect.isfunction(getattr(metrics, name))}
    several = {name for name, f in functions.items() if len(listed & set(inspect.signature(f).parameters)) > 1}
    source = {name: inspect.getsource(getattr(metrics, name)) for name in several}
    assert {name for name, text in source.items() if "aligned(" not in text and "counts(n, c)" not in text
            and "_p_and_k(" not in text} == set()  # fmt: skip


# --- marks, texts, bools ------------------------------------------------------------------------------------------

MARKS = np.array([[0, 1, 0, 0], [1, 1, 0, 1], [0, 0, 0, 0]])


@pytest.mark.parametrize("n", [4, [4, 4, 4], np.full((3, 1), 4), 4.0])
@pytest.mark.parametrize("dress", [np.array, pd.DataFrame, lambda x: x.tolist()])
def test_a_table_of_marks_is_no_count(n, dress):
    for call in (lambda: pass_at_k(n, dress(MARKS), 2), lambda: pass_at_k_curve(n, dress(MARKS))):
        refuses(call, match=r"c has shape \(3, 4\) and holds only 0 and 1, like a mark.*c\.sum\(axis=-1\)")


def test_counts_that_only_look_like_marks_are_taken():
    pass_at_k(8, MARKS, 2)  # four problems a row
    pass_at_k(4, [0, 1, 1, 0], 2)
    pass_at_k(4, MARKS[0], 2)
    pass_at_k(np.full(4, 9), MARKS, 2)
    pass_at_k(1, [[0], [1]], 1)


@pytest.mark.parametrize("verdict", ["C", "pass", "correct"])
def test_verdicts_are_to_be_counted(verdict):
    for values in ([verdict, "F"], verdict, pd.Series([verdict, "F"])):
        text = refuses(pass_at_k, 4, values, 2, match=rf"\(column == '{verdict}'\)\.sum\(\)")
        assert "int(" not in text
    refuses(pass_at_k, 4, ["3", "2"], 2, match=r"int\(")


def test_a_product_that_rounding_spoilt():
    for value in (0.29 * 100, [0.29 * 100, 3], np.float64(0.57 * 100)):
        refuses(pass_at_k, 100, value, 2, match=r"It is (29|57) but for rounding: .*np\.rint")
    assert "rint" not in refuses(pass_at_k, 100, 2.5, 2, match="2.5")


@pytest.mark.parametrize("bad", [True, np.True_, [True, False], [True, 2], [True, 0.5], np.array([True])])
def test_true_and_false_are_no_numbers(bad):
    refuses(success_at_k, bad, 2, match="True")
    refuses(cover_at_tau, [bad, 0.5] if np.ndim(bad) == 0 else bad, 0.5, match="True")
    refuses(pass_at_k, 4, bad, 1, match="True")
    refuses(pass_at_k_variance, 0.5, 4, bad, match="True")


def test_verdicts_are_rewards_though():
    assert max_at_k([True, False, False, False], 2) == 0.5
    refuses(max_at_k, [True, 2.5, 0.0], 2, match="True or False among its numbers")


@pytest.mark.parametrize("level", ["0.95", b"0.95", True, np.True_, np.str_("0.9"), [0.9], np.array([0.9]), 1j, None])
def test_a_level_is_a_number(level):
    refuses(lambda: pass_at_k_posterior(4, 1, 2, level=level, prior=(1, 1)), match=r"level must lie strictly between")
    assert pass_at_k_posterior(4, 1, 2, level=np.float32(0.5), prior=(1, 1)).mean


def test_objects_that_are_whole_numbers_are_taken_and_a_long_column_of_them_soon():
    assert pass_at_k(4, np.array([Fraction(1), 2.0, 3], object), 1) == pytest.approx([0.25, 0.5, 0.75])
    refuses(pass_at_k, 4, pd.Series([1, None, 2], dtype="Int64"), 1, match=r"problem 1: c = nan\. It is missing: leave")
    assert pass_at_k(4, np.ones(10**5, object), 1).size == 10**5


# --- doubts -------------------------------------------------------------------------------------------------------


def test_n_that_depends_on_c_is_doubted():
    rng = np.random.default_rng(0)
    first = rng.geometric(0.2, 40)
    n, c = np.minimum(first, 8), (first <= 8).astype(int)
    for call in (lambda: pass_at_k(n, c, 1), lambda: curve_interval(n, c), lambda: pass_at_k_posterior(n, c, 2)):
        with pytest.warns(Doubt, match="stopped at right answer 1.*too high.*fixed beforehand"):
            call()
    with pytest.warns(Doubt, match="stopped at right answer 2"):
        pass_at_k([4, 6, 9, 9], [2, 2, 1, 0], 1)


@pytest.mark.parametrize(
    ("n", "c"),
    [([8, 8, 8], [1, 1, 1]), ([4, 8, 16], 1), ([4, 8, 16], [0, 1, 2]), ([4, 6, 9], [0, 0, 0]), ([4, 8], [1, 0])],
)
def test_n_that_only_differs_is_not(n, c):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pass_at_k(n, c, 1)


def test_the_doubt_is_said_at_the_readers_own_line():
    with pytest.warns(Doubt) as said:
        pass_at_k_curve([1, 2, 3, 8], [1, 1, 1, 0])
    assert said[0].filename == __file__
    assert issubclass(Doubt, UserWarning)
    assert arguments.Doubt is Doubt


def test_the_curve_of_one_problem_gets_a_word():
    for c in (3, [3]):
        with pytest.warns(Doubt, match=r"curve of one problem, not of a data set.*pass_at_k\(n, c, ks\) is the same"):
            curve = pass_at_k_curve(8, c)
        np.testing.assert_allclose(curve, pass_at_k(8, 3, np.arange(1, 9)), rtol=1e-14)


# --- sums that run over, and work without end ---------------------------------------------------------------------


def test_sums_of_counts_do_not_run_over():
    assert answer_entropy([2**53] * 2000) == pytest.approx(math.log(2000), rel=1e-14)
    assert answer_entropy([2**53] * 2000, "miller-madow") == pytest.approx(math.log(2000), rel=1e-14)
    assert distinct_at_k([2**40] * 2049, 1) == pytest.approx(1.0, rel=1e-12)
    refuses(distinct_at_k, [2**53] * 2049, 1, match=r"add up to at most 2\*\*53 samples, but to 1.846e\+19")
    refuses(majority_at_k, [[1, 1], [2**53, 2**53]], 0, 1, match="but problem 1: to 1.801e")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: majority_at_k([10**4] * 3, 0, 5000), "exact vote of k = 5000.*multiplications.*take a smaller k"),
        (lambda: majority_at_k([10**9, 1], 0, 1), "multiplications"),
        (lambda: pass_at_k_curve(10**9, [1, 2]), r"n = 1,000,000,000 asks for a table.*ks=\[1, 10, 100\]"),
        (lambda: curve_interval(10**9, [1, 2]), "ks="),
        (lambda: pass_at_k_variance(0.5, 10**9, 5 * 10**8), "sum of k terms"),
        (lambda: compare(8, [1, 2], 8, [2, 1], resamples=10**9), "1,000,000"),
    ],
)
def test_work_without_end_is_refused_before_it_begins(call, said):
    refuses(call, match=said)


def test_a_share_of_half_a_billion_draws_is_no_table():
    # The hypergeometric is nearly normal here: half of it lies below its mean, and half of the middle term.
    half = 0.5 + 0.5 / math.sqrt(math.pi / 8 * 1e9)  # the chance of the mean itself is 1/sqrt(2 pi n/16)
    assert metrics.g_pass_at_k(10**9, 5 * 10**8, 5 * 10**8, 0.5) == pytest.approx(half, rel=1e-8)
    assert metrics.g_pass_at_k(10**9, 5 * 10**8, 5 * 10**8, 0.9) == 0
