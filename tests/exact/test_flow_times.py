"""How long a flow takes: the known figures, the closed form, quadrature, and twenty decades of time."""

import numpy as np
import pytest

from passk_lab import objectives
from passk_lab.exact import Bandit, entropy_bonus, flow, one_among, plateau_time, several_correct, two_strategies
from tests.exact import oracles
from tests.exact.oracles import SLOPES


def named(label):
    name, _, inside = label.partition(" (k = ")
    return objectives.get(name, **({"k": int(inside[:-1])} if inside else {}))


def time_to(p_from, p_to, label, arms=100):
    return flow(one_among(arms, p_from), named(label), until_p=p_to).time[-1]


# --- one correct answer of a hundred --------------------------------------------------------------------------------

FIGURES = {
    "pass@1": ("93.95", "26.30"),
    "pass@k (k = 4)": ("25.51", "836.5"),
    "pass@k (k = 16)": ("9.284", "4.847e+13"),
}


@pytest.mark.parametrize("label", FIGURES)
def test_the_plateau_and_the_slow_end_to_four_digits(label):
    rise, finish = FIGURES[label]
    assert f"{time_to(0.01, 0.1, label):.4g}" == f"{float(rise):.4g}"
    assert f"{time_to(0.1, 0.9, label):.4g}" == f"{float(finish):.4g}"
    # In one go from 1/100, the default start, it takes the two together.
    assert f"{flow(one_among(100), named(label), until_p=0.9).time[-1]:.4g}" == f"{float(rise) + float(finish):.4g}"


@pytest.mark.parametrize("label", SLOPES)
@pytest.mark.parametrize(
    ("arms", "p_from", "p_to"), [(100, 0.01, 0.1), (100, 0.1, 0.9), (2, 0.5, 0.95), (7, 1e-4, 0.6)]
)
def test_times_by_quadrature(arms, p_from, p_to, label):
    wanted = oracles.flow_time(SLOPES[label], arms, oracles.log_odds(p_from), oracles.log_odds(p_to))
    assert time_to(p_from, p_to, label, arms) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("label", SLOPES)
def test_twenty_decades_of_time(label):
    # Wherever the path stands, the time there is what quadrature gives from the start to that p. By log odds: 1 - p
    # goes down to 1e-20 for pass@1, which no float p can show.
    # The weight of grpo is unbounded at p = 1; it is right as long as a float p can tell 1 - p, down to some 1e-14.
    last = 1e6 if label == "grpo" else 1e20
    path = flow(one_among(100), named(label), states=60, until_time=last)
    assert path.time[-1] == pytest.approx(last, rel=1e-6)
    z = path.start.logits[0] + path.theta
    odds = z[:, 0] - z[:, 1] - np.log(99)
    assert (np.diff(odds) > 0).all()
    for i in (1, 15, 30, 45, 59):
        assert path.time[i] == pytest.approx(oracles.flow_time(SLOPES[label], 100, odds[0], odds[i]), rel=1e-6)


@pytest.mark.parametrize("time", [1.0, 1e2, 1e5, 1e10, 1e15, 1e20])
def test_pass_at_1_stands_where_the_closed_form_says(time):
    path = flow(one_among(100), "pass@1", until_time=time, states=2)
    z = path.start.logits[0] + path.theta[-1]
    wanted = oracles.pass_at_1_log_odds(100, -np.log(99), time)
    assert z[0] - z[1] - np.log(99) == pytest.approx(wanted, abs=1e-7)


def test_the_slow_end_falls_as_a_power_of_time():
    # Near p = 1 dq/dt = -k q^(k+1) arms/(arms - 1), so q^-k grows by k^2 arms/(arms - 1) a unit of time.
    for k in (1, 2, 4, 16):
        path = flow(one_among(100), objectives.get("pass@k", k=k), until_time=1e18, states=2)
        z = path.start.logits[0] + path.theta[-1]
        q = 1 / (1 + np.exp(z[0] - z[1] - np.log(99)))
        assert q == pytest.approx((k**2 * 100 / 99 * 1e18) ** (-1 / k), rel=0.05 if k == 16 else 1e-3)


# --- the closed form ----------------------------------------------------------------------------------------------


def test_plateau_time_as_known():
    assert plateau_time(100, 0.01, 0.1) == pytest.approx(93.9478326, abs=5e-8)
    assert plateau_time(100, 0.1, 0.9) == pytest.approx(26.3010093, abs=5e-8)


@pytest.mark.parametrize("arms", [2, 7, 100, 10**6])
@pytest.mark.parametrize(("p_from", "p_to"), [(0.01, 0.1), (0.1, 0.9), (1e-8, 0.5), (0.5, 1 - 1e-8), (0.9, 0.2)])
def test_plateau_time_by_quadrature(arms, p_from, p_to):
    wanted = oracles.flow_time(SLOPES["pass@1"], arms, oracles.log_odds(p_from), oracles.log_odds(p_to))
    assert plateau_time(arms, p_from, p_to) == pytest.approx(wanted, rel=1e-9)


def test_a_tenth_of_the_chance_takes_ten_times_as_long():
    assert plateau_time(100, 1e-3, 0.5) / plateau_time(100, 1e-2, 0.5) == pytest.approx(10, rel=0.1)
    assert plateau_time(100, 1e-9, 0.5) / plateau_time(100, 1e-8, 0.5) == pytest.approx(10, rel=1e-6)


def test_plateau_time_takes_lists():
    got = plateau_time(100, [0.01, 0.02], 0.1)
    assert got == pytest.approx([plateau_time(100, 0.01, 0.1), plateau_time(100, 0.02, 0.1)], rel=1e-15)
    assert type(plateau_time(100, 0.01, 0.1)) is float
    assert plateau_time(100, 0.3, 0.3) == 0.0


# --- several correct answers, unequal wrong ones ---------------------------------------------------------------------


def test_times_and_path_of_an_uneven_bandit_against_an_integration_by_p():
    z, correct = np.log([0.05, 0.02, 0.03, 0.4, 0.3, 0.2]), [True, True, True, False, False, False]
    ends = [0.2, 0.5, 0.9]
    labels = ["pass@1", "pass@k (k = 4)", "pass@k (k = 16)", "maxrl", "grpo"]
    logits, times = oracles.path_by_p(z, correct, ends, [SLOPES[label] for label in labels])
    for i, end in enumerate(ends):
        for j, label in enumerate(labels):
            path = flow(Bandit(z, correct), named(label), until_p=end)
            assert path.time[-1] == pytest.approx(times[i, j], rel=1e-6)
            np.testing.assert_allclose(z + path.theta[-1], logits[i], rtol=0, atol=1e-6)


# --- where it stops -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("until_time", [1e-3, 1.0, 77.0, 1e9])
def test_it_stops_at_a_time(until_time):
    path = flow(several_correct(), "pass@k", until_time=until_time)
    assert path.time[-1] == pytest.approx(until_time, rel=1e-9)
    assert not path.at_rest


@pytest.mark.parametrize("until_p", [0.141, 0.3, 0.9, 0.999])
def test_it_stops_at_a_success_probability(until_p):
    path = flow(several_correct(), "pass@k", until_p=until_p)
    assert path.p[-1] == pytest.approx(until_p, rel=1e-9)
    assert not path.at_rest


def test_it_stops_at_the_mean_over_prompts_by_their_weights():
    bandit = Bandit(np.log([[0.2, 0.8], [0.5, 0.5]]), [[True, False], [True, False]], weights=[3, 1])
    path = flow(bandit, "pass@1", until_p=0.7)
    assert path.p[-1] @ [0.75, 0.25] == pytest.approx(0.7, rel=1e-9)


def test_the_earlier_of_time_and_success_counts():
    assert flow(one_among(100), "pass@1", until_p=0.1, until_time=1e3).time[-1] == pytest.approx(93.9478326, rel=1e-6)
    with pytest.raises(
        ValueError, match=r"p = 0\.1 is not reached: the flow ends at p = 0\.0\d+ after 90 time units\. "
    ):
        flow(one_among(100), "pass@1", until_p=0.1, until_time=90.0)


def test_a_success_probability_it_never_passes_is_said():
    with pytest.raises(ValueError, match=r"p = 0\.005 is not reached.*p = 1 after 1e\+20 time units\. Choose"):
        flow(one_among(100), "pass@1", until_p=0.005)
    with pytest.raises(ValueError, match=r"p = 0\.9 is not reached.*at rest\. Choose a p it passes"):
        flow(two_strategies(0.6), "pass@k", until_p=0.9)
    with pytest.raises(ValueError, match=r"p = 0\.9 is not reached.*at rest\."):
        flow(several_correct(), "pass@1", until_p=0.9, anchor=entropy_bonus(1.0))
