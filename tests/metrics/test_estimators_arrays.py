"""Whole arrays equal their entries taken one by one; and the best of k rewards."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passk_lab.metrics import g_pass_at_k, max_at_k, pass_at_k, pass_at_k_plugin, pass_hat_k
from tests.metrics import oracles

modest = settings(max_examples=60)
FUNCTIONS = {
    "pass_at_k": pass_at_k,
    "pass_hat_k": pass_hat_k,
    "plugin": pass_at_k_plugin,
    "g_pass": lambda n, c, k: g_pass_at_k(n, c, k, 0.5),
}

# Counts at random may look like early stops.
pytestmark = pytest.mark.filterwarnings("ignore::passk_lab.arguments.Doubt")


def one_by_one(function, n, c, k):
    n, c, k = np.broadcast_arrays(n, c, k)
    out = [function(*map(int, entry)) for entry in zip(n.ravel(), c.ravel(), k.ravel(), strict=True)]
    return np.array(out).reshape(n.shape)


def layouts():
    """Shapes on both sides of the 64 entries from which the work is done once per distinct triple."""
    rng = np.random.default_rng(7)
    ragged = rng.integers(20, 30, 90)
    correct = rng.integers(0, ragged + 1)
    ks = np.array([1, 2, 5, 20])
    # As many problems as different n, with k up to the n of each: the table of pairs and k has cells with k > n.
    stairs = np.arange(1, 13)
    far = rng.integers(10**5, 10**6, 80)
    return {
        "small": (6, np.arange(7), 3),
        "n one number, c array": (30, rng.integers(0, 31, 200), 4),
        "n array, c one number": (ragged, 3, 4),
        "n and c numbers, k array": (200, 17, np.arange(1, 201)),
        "c number, k array, n array": (ragged, 20, np.minimum(ragged, rng.integers(1, 30, 90))),
        "ragged, k of each its own": (ragged, correct, np.minimum(ragged, rng.integers(1, 30, 90))),
        "ragged, all of each n": (ragged, correct, ragged),
        "(P,1) x (K,)": (ragged[:, None], correct[:, None], ks),
        "(P,1) x (K,), n one number": (30, correct[:, None], ks),
        "(K,1) x (P,)": (ragged, correct, ks[:, None]),
        "(2,45,1) x (4,)": (ragged.reshape(2, 45, 1), correct.reshape(2, 45, 1), ks),
        "stairs repeated": (
            np.repeat(stairs, 12),
            np.tile(stairs, 12) % (np.repeat(stairs, 12) + 1),
            np.minimum(np.repeat(stairs, 12), np.tile(stairs, 12)),
        ),
        "n far apart": (far, rng.integers(0, 50, 80), rng.integers(1, 40, 80)),
        "c far apart": (10**6, np.concatenate([[0, 10**6], rng.integers(0, 10**6, 80)]), 3),
        "c with gaps": (50, rng.choice([0, 7, 8, 50], 100), rng.choice([1, 49], 100)),
        "all the same": (np.full(100, 8), np.full(100, 3), np.full(100, 2)),
        "no axis but size over 64 by one of them": (np.full((5, 1, 3), 9), np.arange(10)[:, None], 4),
    }


@pytest.mark.parametrize("layout", layouts())
@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_array_equals_its_entries(name, layout):
    function, (n, c, k) = FUNCTIONS[name], layouts()[layout]
    got = function(n, c, k)
    assert got.shape == np.broadcast_shapes(np.shape(n), np.shape(c), np.shape(k))
    np.testing.assert_allclose(got, one_by_one(function, n, c, k), rtol=1e-13, atol=0)


@modest
@given(st.data())
def test_an_array_equals_its_entries_for_any_shape(data):
    problems, columns = data.draw(st.integers(1, 20)), data.draw(st.integers(1, 12))
    n = np.array(data.draw(st.lists(st.integers(1, 40), min_size=problems, max_size=problems)))
    c = np.array([data.draw(st.integers(0, int(a))) for a in n])
    ks = np.array(data.draw(st.lists(st.integers(1, int(n.min())), min_size=columns, max_size=columns)))
    got = pass_at_k(n[:, None], c[:, None], ks)
    assert got.shape == (problems, columns)
    np.testing.assert_allclose(got, one_by_one(pass_at_k, n[:, None], c[:, None], ks), rtol=1e-15, atol=0)


def test_a_million_problems():
    c = np.arange(10**6) % 129
    got = pass_at_k(128, c, 16)
    np.testing.assert_array_equal(got[:129], got[129:258])
    np.testing.assert_allclose(got[:129], one_by_one(pass_at_k, 128, np.arange(129), 16), rtol=1e-15)


def test_inputs_are_left_alone_and_the_output_is_the_callers():
    n, c, k = np.full(100, 9), np.arange(100) % 10, np.full(100, 3)
    for array in (n, c, k):
        array.flags.writeable = False
    for function in FUNCTIONS.values():
        out = function(n, c, k)
        out += 1  # a view of a cached table, or a read-only broadcast, would be caught here
        assert (function(n, c, k) <= 1).all()


# --- max@k ------------------------------------------------------------------------------------------------------


rewards = st.lists(st.integers(-1000, 1000).map(lambda i: i / 8), min_size=1, max_size=8)


@modest
@given(rewards, st.data())
def test_max_at_k_against_every_subset(values, data):
    k = data.draw(st.integers(1, len(values)))
    exact = oracles.mean_over_subsets(list(map(Fraction, values)), k, max)
    assert exact == oracles.max_at_k(values, k)
    assert max_at_k(values, k) == pytest.approx(float(exact), rel=1e-13, abs=1e-12)


@pytest.mark.parametrize(("n", "k"), [(1, 1), (5, 1), (5, 5), (40, 7), (300, 299), (2000, 1000)])
def test_max_at_k_against_exact_rationals(n, k):
    values = np.random.default_rng(n).normal(size=n)
    assert max_at_k(values, k) == pytest.approx(float(oracles.max_at_k(values.tolist(), k)), rel=1e-12)


@modest
@given(st.integers(1, 60), st.data())
def test_max_at_k_of_verdicts_is_pass_at_k(n, data):
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    verdicts = data.draw(st.permutations(oracles.verdicts(n, c)))
    assert max_at_k(verdicts, k) == pytest.approx(pass_at_k(n, c, k), rel=1e-13, abs=1e-15)
    assert max_at_k(np.array(verdicts, bool), k) == pytest.approx(pass_at_k(n, c, k), rel=1e-13, abs=1e-15)


@modest
@given(rewards, st.data())
def test_max_at_k_ends_order_and_scale(values, data):
    curve = max_at_k(values, np.arange(1, len(values) + 1))
    assert curve[0] == pytest.approx(np.mean(values), abs=1e-12), "one draw: the mean"
    assert curve[-1] == max(values), "all drawn: the best"
    assert (np.diff(curve) >= -1e-11).all()
    shuffled = data.draw(st.permutations(values))
    np.testing.assert_array_equal(max_at_k(shuffled, np.arange(1, len(values) + 1)), curve)
    np.testing.assert_allclose(
        max_at_k(3 * np.array(values) - 5, np.arange(1, len(values) + 1)), 3 * curve - 5, atol=1e-10
    )


def test_max_at_k_of_the_first_integers():
    # E max of k of 0..n-1 is k(n + 1)/(k + 1) - 1: the gaps left and right of k sorted draws are all alike.
    n = 10**5
    for k in (1, 10, 1000, n - 1, n):
        assert max_at_k(np.arange(n), k) == pytest.approx(k * (n + 1) / (k + 1) - 1, rel=1e-11)


def test_max_at_k_does_not_truncate_integer_rewards():
    assert max_at_k([0, 1], 1) == 0.5
    assert max_at_k(np.array([0, 1], np.int8), 1) == 0.5
    np.testing.assert_array_equal(max_at_k([[0, 1], [1, 2]], [1, 2]), [0.5, 2.0])


def test_max_at_k_leaves_its_input_alone():
    values = np.array([3.0, 1.0, 2.0])
    max_at_k(values, 2)
    np.testing.assert_array_equal(values, [3.0, 1.0, 2.0])


@pytest.mark.parametrize(
    ("shape", "k"),
    [
        ((6,), 2),
        ((6,), [1, 2, 6]),
        ((3, 6), 4),
        ((3, 6), [1, 2, 3]),
        ((3, 1, 6), [1, 2]),
        ((2, 3, 6), [[1], [5]]),
    ],
)
def test_max_at_k_broadcasts_k_against_the_leading_axes(shape, k):
    values = np.random.default_rng(3).normal(size=shape)
    got = np.asarray(max_at_k(values, k))
    assert got.shape == np.broadcast_shapes(shape[:-1], np.shape(k))
    rows = np.broadcast_to(values, (*got.shape, shape[-1]))
    for index in np.ndindex(got.shape):
        draws = int(np.broadcast_to(k, got.shape)[index])
        assert got[index] == pytest.approx(float(oracles.max_at_k(rows[index].tolist(), draws)), abs=1e-13)
