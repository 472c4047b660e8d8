# %% [markdown]
# # The gradient
#
# Notebook 01 measured pass@k. Now suppose we *train* on it. A model is a set of numbers that decide how likely each
# answer is; training moves them a little in the direction in which the goal grows fastest, the **gradient**. The paper
# this laboratory is built around ([arXiv 2511.16231](https://arxiv.org/abs/2511.16231)) says: for one prompt the gradient
# of pass@k is the gradient of pass@1, times a number that is positive for p < 1. So pass@k shows no new direction.
#
# **After this notebook** you can derive that statement from the one line on which policy gradients turn, check it in
# independent ways, and say what a *group of n samples* makes of it, for pass@k and for other training goals. The computer
# needs {measured}.
#
# Words and letters: [glossary](glossary.md).

# %%
import math

import numpy as np
import pandas as pd

from passk_lab import exact, explorers, objectives
from passk_lab.course import check, predict, progress, quiz, reveal
from passk_lab.exact import derivations

progress("02_the_gradient")

# %% [markdown]
# ## A model small enough to see whole
#
# [Four]{answers} answers, the first one right. The model keeps one number per answer, its **logit** z; the **softmax** turns
# logits into chances: pi_a is exp(z_a) divided by the sum of exp(z) over the answers. These chances are the **policy**.
# Training moves the logits. As before, p is the chance that one sample is right, which for one prompt is the same as
# pass@1; derivations write J_k for pass@k, so that p = J_1.

# %%
model = exact.Bandit(np.log([0.1, 0.2, 0.3, 0.4]), correct=[0])
{"policy": model.policy, "p = pass@1": round(model.p, 4), "gradient of p in the logits": model.gradient("pass@1").round(4)}

# %% [markdown]
# Raising the right answer's logit raises p; raising another one lowers it, and [most so the likeliest]{likeliest_lowers_most}.
# Where does this rule come from, and how could one follow it *without* knowing p?
#
# %% tags=["claims"]
def answers():
    return len(model.policy)


def likeliest_lowers_most():
    slopes = model.gradient("pass@1")
    order = np.argsort(model.policy[1:])
    return bool(slopes[0] > 0 and np.all(slopes[1:] < 0) and np.all(np.diff(slopes[1:][order]) < 0))


# %% [markdown]
# ## The hinge: a gradient that samples can estimate
#
# The answers of a language model cannot be listed; one can draw some, and have each rewarded: r is one for a right answer,
# zero for a wrong one. So the gradient of p has to be written as a mean over samples. What a sample contributes is its reward
# times its **score**: the slope of log π(y), with y the answer drawn. As log π(y) is z_y less the logarithm of the sum of
# exp(z), the score of y in logit a is
#
# > (one if y = a, else zero) - pi_a.
#
# ### Exercise 1. The mean push (medium)
#
# `pi` is a list of chances that add up to one, `correct` lists the right answers (counted from zero), `b` is any number. One
# answer is drawn from pi. Write the mean of (reward - b) times its score in logit `a`. As a sum over the answers or as a short
# formula: both are right, and no input has to be refused. Is it an error if b drops out?

# %%
def mean_push(pi, correct, b, a):
    """One answer y is drawn from the softmax policy pi; its reward is 1 if it is listed in correct, else 0. Write the
    mean of (reward - b) times the score of y in logit a, which is the slope of log pi[y] in that logit. Here b may
    be any number; nothing has to be refused.
    """
    # solution
    return sum(pi[y] * ((y in correct) - b) * ((y == a) - pi[a]) for y in range(len(pi)))
    # end solution


check.mean_push(mean_push)

# %% [markdown] tags=["teacher"]
# - *Ask* before `mean_push` runs: what happens to the update if each reward is raised by one?
# - *Expect* "it doubles" or "it grows": the baseline is felt as a change of goal. The wrong functions show which part
#   of the idea is missing: `mean_push`, *score without - pi_a* forgets that the logits share one sum; `mean_push`, *not
#   averaged* lists the answers as if each came once; `mean_push`, *wrong samples left out* lets b act on the right ones
#   alone, and then it does matter.
# - *Time:* this line carries the rest of the course, so do it on the board with the chances above.
# - *Skip* the reading of the derivation object aloud.

# %% [markdown]
# It is no error. [Four]{lines} lines say what was computed, and the rest of this course stands on them.

# %%
derivations.get("score")

# %% [markdown]
# In words: draw an answer, look at its reward, and move the logits by the reward times the score, which is the direction in
# which this answer becomes likelier. On average that climbs p. This is **REINFORCE** (Williams 1992), the simplest of the
# training rules here. A number b taken off the reward is a **baseline**: [on average it changes nothing]{baseline_is_free}, since
# the score has mean zero, provided that b does not depend on the answer. How noisy the estimate is does depend on b
# (notebook 03). For the model above, `scores` having a row for each answer that may be drawn, and a column for each logit:

# %%
scores = np.eye(4) - model.policy
rewards = np.array([1, 0, 0, 0])
means = {
    "score": model.policy @ scores,
    "reward times score": model.policy @ (rewards[:, None] * scores),
    "(reward - 0.1) times score": model.policy @ ((rewards - 0.1)[:, None] * scores),
}
pd.DataFrame(means, index=[f"logit {a}" for a in range(4)]).T.rename_axis("mean of").round(4)

# %% tags=["claims"]
def lines():
    return len(derivations.get("score").steps)


def baseline_is_free():
    from passk_lab.exact.derivations import oracles

    draw, found = np.random.default_rng(0), []
    for correct in ([0], [1, 3], [0, 2, 3]):
        policy = exact.Bandit(draw.normal(size=4), correct=correct)
        for b in (-2.0, 0.0, 0.3, 1.0, 7.0):
            pushes = [
                policy.policy[y] * ((y in correct) - b) * np.array(oracles.score(policy.policy, y)) for y in range(4)
            ]
            found.append(np.allclose(np.sum(pushes, axis=0), policy.gradient("pass@1"), atol=1e-12))
    return all(found)


# %% [markdown]
# ## From pass@1 to pass@k
#
# pass@k = 1 - (1 - p)^k. To know how it changes with the logits we first need how it changes with p.
#
# ### Exercise 2. One step of the derivation (easy)
#
# `p` lies between zero and one, `k` is a whole number from one on; no input has to be refused.

# %%
def slope_of_failure(p, k):
    """Derivative with respect to p of (1 - p)^k, the chance that all k draws are wrong: by hand, not as a
    difference quotient. p from 0 to 1, k = 1, 2, ...
    """
    # solution
    return -k * (1 - p) ** (k - 1)
    # end solution


check.slope_of_failure(slope_of_failure)

# %% [markdown]
# pass@k is one minus that power, so its slope in p is yours with the other sign; the chain rule does the rest. Here is the
# whole derivation, as the laboratory keeps it: claim, steps, reasons.

# %%
derivations.get("gradient")

# %% [markdown]
# The last line is the hinge once more, with k draws in the place of one: their reward is one if any of them is right, and
# their score is the sum of their scores.
#
# ### Exercise 3. A gradient by hand (medium)
#
# `pi` is a list of chances that add up to one, `correct` lists the right answers (counted from zero), `a` is the logit you are
# asked about, `k` a whole number from one on. No input has to be refused: with no right answer the slope is zero.

# %%
def gradient_entry(pi, correct, k, a):
    """Derivative of pass@k with respect to the logit of answer a. The policy is a softmax that gives answer i with
    chance pi[i]; correct lists the right answers, perhaps none. k = 1, 2, ...
    """
    # solution
    p = sum(pi[i] for i in correct)
    return k * (1 - p) ** (k - 1) * pi[a] * ((a in correct) - p)
    # end solution


check.gradient_entry(gradient_entry)

# %% [markdown]
# ## By hand, by autograd, by listing what may be drawn
#
# A formula is worth what its checks are worth. `check()` computes the same gradient by the closed form above, by automatic
# differentiation in float64, and by adding up [all outcomes]{all_listed} of k draws in exact fractions; and it compares with
# numbers worked out by hand. The last column is the relative difference; [1e-16]{one_rounding} is one rounding.

# %%
derivations.get("gradient").check()

# %% tags=["claims"]
def all_listed():
    from passk_lab.exact.derivations import oracles

    cases = derivations.get("gradient").cases
    return all(
        len(listed := list(oracles.outcomes(pi, k))) == len(pi) ** k and sum(chance for chance, _ in listed) == 1
        for pi, _, k in cases
    )


def one_rounding():
    return np.finfo(float).eps / 2


# %% [markdown]
# `passk-lab verify` in a terminal does this for the results and the training goals of the laboratory, and prints the ledger.
#
# ## The number in front
#
# The factor k (1 - p)^(k-1) is called the **weight**. Before you look:

# %%
predict(
    "weight of pass@16",
    "A prompt is solved nine times in ten (p = 0.9). Training on pass@16 multiplies its pass@1 gradient by ...?",
    low=0.0,
    high=16.0,
)

# %%
reveal("weight of pass@16", objectives.get("pass@k", k=16).weight(0.9))

# %% [markdown] tags=["teacher"]
# - *Ask* for the prediction *weight of pass@16* and let somebody defend a large number.
# - *Expect* 16, or "a bit less than one": the first has the weight at the other end in mind, the other thinks that a
#   solved prompt is merely less urgent.
# - *They see* [1.6e-14]{weight_when_solved}. Let the class find the p at which the factor is one:
#   [0.169]{told_weight_one} for k = 16, and the same number comes back as the top of the gap in notebook 04. In code
#   the slips are `slope_of_failure`, *sign lost* and `slope_of_failure`, *exponent kept*.
# - *Skip* the density of the Beta distribution if the class does not know it: "the area stays one" is what is needed.

# %% tags=["claims"]
def told_weight_one():
    from passk_lab import metrics as _metrics

    peak = float(_metrics.gap_peak(16))
    assert abs(objectives.get("pass@k", k=16).weight(peak) - 1) < 1e-9
    return peak


# %% [markdown]
# [1.6e-14]{weight_when_solved}: practically gone. At p = 0 it is [16]{weight_at_zero}. The area under the weight is
# [1 for every k]{area}, so what a large k gives to rarely solved prompts it takes from the others: the weight is the density
# of the Beta(1, k) distribution.

# %%
derivations.get("density")

# %% tags=["claims"]
def weight_when_solved():
    return objectives.get("pass@k", k=16).weight(0.9)


def weight_at_zero():
    return objectives.get("pass@k", k=16).weight(0.0)


def area():
    x, w = np.polynomial.legendre.leggauss(40)  # exact up to degree 79
    areas = [float(w / 2 @ objectives.get("pass@k", k=k).weight((x + 1) / 2)) for k in range(1, 65)]
    return areas[0], bool(np.allclose(areas, 1, rtol=1e-12))


# %%
explorers.objective_weights(a="pass@k", b="pass@1", k=4)

# %% [markdown] tags=["teacher"]
# - *The picture:* in *Weight* pass@4 falls from [4 to 0, and meets the flat line of pass@1 at p = 0.37]{told_meets}; in
#   *Objective* its curve is steep on the left and flat on the right.
# - *Ask* for a goal that pulls harder at both ends and let them search the menu: GRPO (press *standard deviation*).
# - *Expect* the question *only a factor* to be answered with "towards answers that pass@1 neglects": whoever says so
#   has the picture of several answers in mind and not of one number p. Send them back to the chain rule.
# - *Skip* the names at the end of the list; they come when they are needed.
# - *Time:* give the menu to pairs.

# %% tags=["claims"]
def told_meets():
    weight = objectives.get("pass@k", k=4).weight
    meets = 1 - 4 ** (-1 / 3)
    assert abs(weight(meets) - 1) < 1e-12
    return weight(0.0), weight(1.0), meets, True


# %% [markdown]
# **What you see.** *The weight*, on a log axis. *What is climbed*, the goal F(p) itself, whose slope the weight is. *What
# reaches one logit*, the weight times p(1 - p), where that logit's answer is the right one and no other is. Choose other goals for a and b. Each is a function F that grows with p, so each
# gives *one prompt* the same direction, and another weight. The names you will meet first:
#
# - `grpo`: **GRPO** takes the group's mean off each reward and divides by the group's standard deviation. In large groups its
#   goal is [2 arcsin √p]{grpo_goal}, with weight 1/√(p(1-p)). This [grows without bound at both ends, where a prompt is hardly
#   ever solved and where it nearly always is]{grpo_at_the_ends} (press *standard deviation*).
# - `maxrl`: **MaxRL** divides by the number of right samples. Its goal is log p, maximum likelihood, with weight 1/p. It
#   [never lets go of a solved prompt]{maxrl_at_one}: the weight goes to [1]{maxrl_last}, not to zero.
# - `pass@k-training`: **Pass@k Training** rewards sets of k samples, and divides by the standard deviation over the sets.
#
# %% tags=["claims"]
def grpo_goal():
    p = np.linspace(0.01, 0.99, 99)
    multiples = objectives.get("grpo").value(p) / np.arcsin(np.sqrt(p))
    return float(multiples.mean() if np.ptp(multiples) < 1e-12 else np.nan)


def grpo_at_the_ends():
    weight, ends = objectives.get("grpo").weight, 10.0 ** -np.arange(1, 13)
    return all(bool(np.all(np.diff(weight(p)) > 0)) and weight(p)[-1] > 1e5 for p in (ends, 1 - ends))


def maxrl_at_one():
    return bool(np.all(objectives.get("maxrl").weight(np.linspace(0.5, 1, 101)) >= 1))


def maxrl_last():
    weight = objectives.get("maxrl").weight(1.0)
    return weight, weight == 1


# %%
quiz("only a factor")

# %% [markdown]
# ## What a group of n samples makes of it
#
# Nobody knows p while training. One draws a **group** of n answers, c of them right, and gives each right one the credit
# A⁺(c), each wrong one A⁻(c); the update is the mean over the group of credit times score. That is what a training rule is
# here: a table with a line for each c and a column for either kind of sample. **RLOO** (`pass@1` in the lab) takes the mean of
# the *other* rewards as the baseline, "leave one out", so that the baseline does not look at the sample itself. In groups of four (a zero also
# stands where there is no such sample):

# %%
table = objectives.get("pass@1").credit(4)
pd.DataFrame({"right sample": table.correct, "wrong sample": table.wrong}, index=pd.Index(range(5), name="c")).round(3)

# %% [markdown]
# What does such a rule push on average? Remarkably, [always one number w(p) times the gradient of p, whatever the
# policy]{one_number}. The argument follows one sample, which may stand for the others because the samples are **exchangeable**:
# shuffle the group, and it is as likely as before, so each place in it has the same mean.

# %%
derivations.get("group-weight")

# %% tags=["claims"]
def one_number():
    from passk_lab.exact.derivations import oracles

    draw, found = np.random.default_rng(0), []
    for n in (1, 2, 4):
        right, wrong = [0, *draw.normal(size=n)], [*draw.normal(size=n), 0]
        for correct in ([0], [1, 2], [0, 1, 3]):
            policy = exact.Bandit(draw.normal(size=4), correct=correct)
            w = objectives.effective_weight(objectives.Credit(right, wrong), n, policy.p)
            listed = np.array(oracles.group_update(policy.policy.tolist(), correct, right, wrong), dtype=float)
            found.append(np.allclose(listed, w * policy.gradient("pass@1"), atol=1e-12))
    return all(found)


# %% [markdown]
# ### Exercise 4. The weight of any table (medium)
#
# `right[c]` and `wrong[c]` are the credits when c of the n are right, as lists over c = 0 ... n. `right[0]` and `wrong[n]` belong
# to no sample, and are not read. `p` lies between zero and one, both included; no input has to be refused.

# %%
def effective_weight(right, wrong, n, p):
    """Weight w for which the mean update, (1/n) sum of credit times score, is w times the gradient of p. In a group of
    n samples with c right ones, each right sample gets credit right[c] and each wrong one wrong[c]; a sample is
    right with chance p, from 0 to 1. n = 1, 2, ...
    """
    # solution
    total = 0
    for j in range(n):
        chance = math.comb(n - 1, j) * p**j * (1 - p) ** (n - 1 - j)
        total += chance * (right[j + 1] - wrong[j])
    return total
    # end solution


check.effective_weight(effective_weight)

# %% [markdown] tags=["teacher"]
# - This is the step that takes longest.
# - *Ask:* you are one sample of a group; what changes for the group if you turn from wrong to right?
# - *Expect* `effective_weight`, *same group*: credits compared at the same c, as if nobody noticed that c went up by
#   one. Next come `effective_weight`, *n others* (you are not your own companion) and `effective_weight`, *added*. Work
#   a group of [two]{given} on the board before code: RLOO gives [1 and -1 in a mixed group, 0 else, and the weight
#   comes out as 1]{told_two}.
# - *Time:* many may take `check.effective_weight.hint()`; that is fine.
# - *Skip* the repair of the shipped rule in class if you are late: it makes good homework.

# %% tags=["claims"]
def told_two():
    pair = objectives.get("pass@1").credit(2)
    assert pair.correct[2] == pair.wrong[0] == 0
    weights = [objectives.effective_weight("pass@1", 2, p) for p in (0.1, 0.5, 0.9)]
    return pair.correct[1], pair.wrong[1], 0, weights[0], max(weights) - min(weights) < 1e-12


# %% [markdown]
# The library's `objectives.effective_weight` is the same sum, for any goal. Beside the weight that was promised:

# %%
explorers.group_weights(objective="pass@k-training", n=8, k=4, p=0.1)

# %% [markdown]
# **What you see.** *Promised weight* and the one the group gives; *Their ratio*; *The credit table*. Pass@k Training
# standardises, and [the ratio bends with p]{ratio_bends}.
#
# Now take the plain rule. **PKPO** (`pass@k` in the lab) gives each sample k times the mean of the best reward over the sets of k
# that hold it; it is unbiased. Press *centring leaves 1 - k/n*: with the group's own mean subtracted, exactly k/n of the gradient
# is gone, and [at k = n, everything]{centring_at_n}. For other tables of this gradient centring costs another share, or even adds:

# %%
derivations.get("centring")

# %% [markdown]
# Choose `pass@k-loo-1` or `pass@k-centred`: their ratio is [1 everywhere]{unbiased_tables}. They are different tables, with
# different noise (notebook 03), for one and the same mean. The goals of this notebook, side by side, for
# k = 4 (`objectives.overview()` has the whole list):

# %%
rows = pd.DataFrame(objectives.overview()).set_index("name")
spoken_of = ["pass@1", "grpo", "maxrl", "pass@k", "pass@k-loo-1", "pass@k-training"]
with pd.option_context("display.max_colwidth", None):
    display(rows.assign(F="$" + rows.equation + "$").loc[spoken_of, ["F", "needs", "unbiased"]])

# %% tags=["claims"]
_ps = np.linspace(0.01, 0.99, 99)


def _ratio(name, n, k):
    objective = objectives.get(name, k=k)
    return objectives.effective_weight(objective, n, _ps) / objective.weight(_ps)


def ratio_bends():
    ratio = _ratio("pass@k-training", 8, 4)
    return bool(ratio.max() > 2 * ratio.min())


def centring_at_n():
    return all(np.all(objectives.get("pass@k-training-raw", k=n).credit(n).correct == 0) for n in (1, 2, 4, 8, 16))


def unbiased_tables():
    ratios = [_ratio(name, n, k) for name in ("pass@k-loo-1", "pass@k-centred") for n in (4, 8) for k in (2, 3)]
    return float(np.mean(ratios)), bool(np.allclose(ratios, 1, rtol=1e-9))


# %% [markdown]
# The weight of any table is a polynomial in p, and 1/p is not. So no group gives an unbiased gradient of log p: `maxrl`
# climbs the first terms of its series, as many as the group has samples. For log pass@k the lab has no rule, and says so:

# %%
rows.loc[rows.credit.str.startswith("absent"), "credit"].to_dict()

# %%
quiz("what a group sees")

# %% [markdown]
# ## Spot the bug
#
# Here is a rule of public code, rewritten: the estimator of pass@k in the repository of MaxRL. It begins with a sound
# credit: a right sample gets k times the chance that its k - 1 companions are all wrong (PKPO's loo-1, `pass@k-loo-1`). Then it
# subtracts the mean of the others' credits as a baseline.

# %%
def shipped_credit(n, c, k, is_right):
    def credit(right):
        return k * math.comb(n - c, k - 1) / math.comb(n - 1, k - 1) if right else 0.0

    others = c * credit(True) - credit(is_right)
    return credit(is_right) - others / (n - 1)


def shipped_table(n, k):
    return objectives.Credit(
        correct=[0, *(shipped_credit(n, c, k, True) for c in range(1, n + 1))],
        wrong=[*(shipped_credit(n, c, k, False) for c in range(n)), 0],
    )


some_p = np.array([0.05, 0.3, 0.5, 0.9])
got = objectives.effective_weight(shipped_table(8, 4), 8, some_p)
promised = objectives.get("pass@k", k=4).weight(some_p)
pd.DataFrame({"weight it gives": got, "weight of pass@4": promised, "ratio": got / promised}, index=pd.Index(some_p, name="p"))

# %% [markdown]
# In groups of 8 that is [2.3 % too much at p = 0.05, 18.4 % too much at p = 0.3, and 4.86 times as much as it should be at p = 0.9]{too_much}.
# So this rule pulls several times too hard at nearly solved prompts, which pass@4 was to leave almost alone. [No test with k = 1]{fine_for_one_draw} would
# have shown it.
#
# ### Exercise 5. Repair it (medium)
#
# What is wrong with the baseline? Ask whether the others' credits depend on *this* sample. Give a right sample k times the
# chance that its k - 1 companions, drawn from the other n - 1 samples, are all wrong; a wrong one gets zero. For k > n there
# are no such draws: raise a `ValueError`.

# %%
def fixed_credit(n, c, k, is_right):
    """k times the chance that a right sample's k - 1 companions, drawn without replacement from the other n - 1
    samples, are all wrong; 0 for a wrong sample. c of the n are right, 0 <= c <= n (at least 1 for a right sample),
    is_right says what this one is. k = 1, 2, ... For k > n raise a ValueError.
    """
    # solution
    if k > n:
        raise ValueError(f"cannot draw k = {k} different samples from n = {n}")
    return k * math.comb(n - c, k - 1) / math.comb(n - 1, k - 1) if is_right else 0
    # end solution


check.fixed_credit(fixed_credit)

# %% tags=["claims"]
def too_much():
    ratio = dict(zip(some_p.tolist(), (got / promised).tolist(), strict=True))
    return [100 * (ratio[0.05] - 1), 0.05, 100 * (ratio[0.3] - 1), 0.3, ratio[0.9], 0.9]


def fine_for_one_draw():
    return 1, bool(np.allclose(objectives.effective_weight(shipped_table(8, 1), 8, _ps), 1))


# %% tags=["teacher"]
# For the class: why is leave-one-out sound for REWARDS and not here? Because r_j of another sample knows nothing of
# sample i, while its credit does: through c. The bias is exactly (k-1)/(n-1) * p/(1-p).
[(k - 1) / 7 * p / (1 - p) for k, p in ((4, 0.05), (4, 0.3), (4, 0.9))]

# %% [markdown]
# ## Take with you
#
# - ∇p is the mean of reward times score, and [a baseline changes nothing in it]{baseline_is_free}. In a logit it is pi_a (r_a - p).
# - For one prompt ∇pass@k = k (1-p)^(k-1) ∇pass@1: same direction, another weight. So it is for any goal F(p)
#   that grows with p.
# - The weight is k at p = 0 and zero at p = 1 (for k above one); its area is [1 for every k]{area}.
# - A training rule is a table A⁺(c), A⁻(c). Its mean push is w_n(p) ∇p, exactly computable; that unmasks biased rules.
#
# **Next:** [03_vanishing_signal](03_vanishing_signal.ipynb). The weight dies at one end, and at the other end the samples do.
#
# To read: the paper, [arXiv 2511.16231](https://arxiv.org/abs/2511.16231); PKPO
# ([arXiv 2505.15201](https://arxiv.org/abs/2505.15201)) for the estimators; MaxRL
# ([arXiv 2602.02710](https://arxiv.org/abs/2602.02710)) for the case that another weight is the better goal.
