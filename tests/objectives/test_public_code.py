"""Credit tables beside the code that is published for them, written here anew from what that code does.

Each function takes the rewards of one group and gives the advantages; the lab's table must give the same once it is in
the lab's scale, where the estimate is a mean over the group. Where the code adds a small number to a denominator, the
comparison is in floats with that number, and the lab's table without it lies as near as that number allows.
"""

import itertools

import numpy as np
import pytest

from passk_lab import objectives

GROUPS = [row for n in (3, 4, 5, 8) for row in itertools.product((0.0, 1.0), repeat=n)]


def verl_grpo(r, eps=1e-6):
    """verl core_algos.compute_grpo_outcome_advantage; DAPO's recipe uses it as it is (BytedTsinghua-SIA/DAPO)."""
    return (r - r.mean()) / (r.std(ddof=1) + eps)


def dr_grpo(r):
    """sail-sg/understand-r1-zero, critic_type "drgrpo"; verl norm_adv_by_std_in_grpo=False: centred, not divided."""
    return r - r.mean()


def rloo(r):
    """Mean of the others as baseline: TRL's RLOOTrainer, verl compute_rloo_outcome_advantage."""
    n = len(r)
    return r * n / (n - 1) - r.mean() * n / (n - 1)


def maxrl_code(r, eps=1e-6):
    """tajwarfahim/maxrl core_algos.compute_p_normalization_outcome_advantage."""
    return (r - r.mean()) / (r.mean() + eps)


def maxrl_paper(r):
    """arXiv 2602.02710: the scores of the successes, averaged over the successes; no success, no update."""
    return len(r) * r / r.sum() if r.any() else 0 * r


def nemo(r, eps=1e-6):
    """NVIDIA-NeMo/RL calculate_baseline_and_std_per_prompt(leave_one_out_baseline=True), then normalize_rewards.

    Mean and deviation (over one less than their number) of the OTHER samples; where they are all alike, not divided.
    """
    out = []
    for i in range(len(r)):
        others = np.delete(r, i)
        spread = others.std(ddof=1)
        out.append((r[i] - others.mean()) / (spread + eps if spread > 0 else 1.0))
    return np.array(out)


def tabled(r, name, **parameters):
    """What the lab's table gives each sample of the group."""
    table, c = objectives.get(name, **parameters).credit(len(r)), int(r.sum())
    return np.where(r == 1, table.correct[c], table.wrong[c])


@pytest.mark.parametrize(
    ("name", "code", "near"),
    [
        ("grpo-verl", verl_grpo, 1e-12),
        ("dr-grpo", dr_grpo, 1e-15),
        ("rloo", rloo, 1e-14),
        ("maxrl", maxrl_paper, 1e-15),
        ("maxrl-centred", maxrl_code, 1e-4),  # the code's 1e-6 against a mean of at least 1/8, and credit up to 7
        ("grpo-loo", nemo, 1e-5),  # the code's 1e-6 against a deviation of at least .37
    ],
)
def test_the_table_is_the_public_code(name, code, near):
    for row in GROUPS:
        r = np.array(row)
        np.testing.assert_allclose(tabled(r, name), code(r), rtol=0, atol=near, err_msg=str(row))


def test_the_small_numbers_are_all_that_differs():
    for row in GROUPS:
        r = np.array(row)
        np.testing.assert_allclose(tabled(r, "grpo-loo"), nemo(r, 0.0), rtol=0, atol=1e-14)
        if r.any():
            np.testing.assert_allclose(tabled(r, "maxrl-centred"), maxrl_code(r, 0.0), rtol=0, atol=1e-14)


def test_dapos_dynamic_sampling_drops_what_has_no_credit():
    """DAPO keeps groups with 0 < c < n only; the others have no credit, so what it changes is how many count."""
    for n in (2, 8, 32):
        table = objectives.get("grpo-verl").credit(n)
        assert table.correct[n] == table.wrong[0] == 0
        assert (table.correct[1:n] > 0).all()


def test_with_leave_one_out_no_baseline_holds_the_sample_itself():
    """So the weight is a mean of 1/deviation over what the others may be: for n = 3 by hand."""
    p = 0.3
    # Two others: alike with chance p^2 + q^2, then 1; else their deviation is sqrt(1/2).
    wanted = (p**2 + 0.7**2) + 2 * p * 0.7 * 2**0.5
    assert float(objectives.effective_weight(objectives.get("grpo-loo"), 3, p)) == pytest.approx(wanted, rel=1e-14)
