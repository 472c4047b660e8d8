# %% [markdown]
# # The vanishing signal
#
# The paper names two ways in which training on pass@k goes quiet. Where a prompt is solved, p near 1, the weight
# k (1 - p)^(k-1) is gone. Where it is never solved, p near 0, no right sample is drawn, and there is nothing to weigh.
# The second is just where one would like to explore.
#
# **After this notebook** you can say exactly what vanishes at each end and what does not, how loud the signal of a group
# is against its noise, and how many groups of a real training run were silent. It takes about 60 minutes; the computer
# needs {measured}.

# %%
import numpy as np
import pandas as pd

from passk_lab import data, exact, explorers, metrics, objectives
from passk_lab.course import check, predict, predicted, progress, quiz
from passk_lab.exact import derivations

progress("03_vanishing_signal")

# %% [markdown]
# ## p near 0: waiting for a success
#
# A prompt is solved one time in a hundred. Groups have eight samples. Before you compute:

# %%
predict(
    "groups until signal",
    "p = 0.01, groups of n = 8. How many groups, on average, up to the first with a right sample in it?",
    low=1,
    high=200,
)

# %% [markdown]
# ### Exercise 1. Groups until the first signal (easy, 5 minutes)

# %%
def groups_until_signal(p, n):
    """Expected number of groups of n samples that are drawn until one holds at least one right sample, that one
    included. A sample is right with chance p, from 0 to 1. For p = 0 it never comes: raise a ValueError.
    """
    # solution
    if p == 0:
        raise ValueError("with p = 0 no group ever holds a right sample")
    return 1 / (1 - (1 - p) ** n)
    # end solution


check.groups_until_signal(groups_until_signal)

# %%
{"you said": predicted("groups until signal"), "it is": groups_until_signal(0.01, 8)}

# %% [markdown]
# ## p near 1: the weight is gone
#
# Take a model with a single logit z, where p = 1/(1 + exp(-z)). Its p has slope p (1 - p) in z, so pass@k has slope
# k (1-p)^(k-1) times p (1-p), which is k p (1-p)^k.
#
# ### Exercise 2. Where is it loudest? (medium, 6 minutes)
#
# Set the derivative of k p (1-p)^k to zero and solve for p.

# %%
def strongest_at(k):
    """The p between 0 and 1 at which k p (1-p)^k, the slope of pass@k in z for p = sigmoid(z), is largest. k = 1,
    2, ...
    """
    # solution
    return 1 / (k + 1)
    # end solution


check.strongest_at(strongest_at)

# %% [markdown]
# Now both ends in one picture.

# %%
explorers.vanishing_signal(n=8, k=4, p=0.01)

# %% [markdown]
# **What you see.** Left, the share of groups that are all wrong, all right, or mixed. Middle, the slope in one logit: as k
# grows its peak moves to 1/(k+1), towards prompts that are hardly ever solved. Right, the *signal over noise* of one
# group's update: the mean divided by the standard deviation.
#
# ## What vanishes at p → 0, and what does not
#
# It is tempting to say that the pass@k gradient vanishes at p → 0. It does not: the weight is k there. Two other things
# do: the gradient of p itself, which shrinks like p for *every* goal, and the chance that a group sees a success. With
# infinitely many samples pass@16 leaves a hard prompt ten times as fast as pass@1. Exact training (the *gradient flow*),
# one right answer of a hundred:

# %%
predict(
    "time ratio",
    "From p = 0.1 to 0.9, training on pass@16 takes 10^x times as long as on pass@1. Which x?",
    low=0,
    high=20,
)

# %%
def time_between(low, high, k):
    start = exact.one_among(100, p=low)
    return exact.flow(start, objectives.get("pass@k", k=k), until_p=high).time[-1]


times = {(low, high): [time_between(low, high, k) for k in (1, 4, 16)] for low, high in ((0.01, 0.1), (0.1, 0.9))}
pd.DataFrame(times, index=pd.Index([1, 4, 16], name="k")).rename_axis(columns=["from p", "to p"]).map("{:.4g}".format)

# %%
slow, quick = times[0.1, 0.9][2], times[0.1, 0.9][0]
{"you said": predicted("time ratio"), "it is": round(float(np.log10(slow / quick)), 2)}

# %% [markdown]
# Getting off the ground, pass@16 is ten times as fast; finishing, it is a million million times as slow. The dramatic end
# is p → 1. At p → 0 even pass@1 waits: the time to leave p is about 1/p, and pass@k inherits that plateau, shortened by k.

# %%
derivations.get("plateau")

# %%
quiz("what vanishes at zero")

# %% [markdown]
# ## Signal against noise
#
# Real training has samples, so the size of the mean is half of the story. Adam and other optimisers rescale it anyway;
# what they cannot repair is a mean buried in noise. Take REINFORCE without a baseline on one logit: a right sample pushes
# by 1 - p, a wrong one not at all.
#
# ### Exercise 3. Signal over noise, squared (medium, 8 minutes)
#
# Mean squared over variance, of the *mean of n samples*.

# %%
def squared_signal_to_noise(p, n):
    """Mean squared over variance of an estimate, the mean over n samples. One logit, p = sigmoid(z), reward 1 or 0,
    no baseline: a right sample (chance p) adds 1 - p, a wrong one 0. At p = 0 take the limit; at p = 1 there is
    none: raise a ValueError.
    """
    # solution
    if p == 1:
        raise ValueError("at p = 1 mean and variance are both 0")
    return n * p / (1 - p)
    # end solution


check.squared_signal_to_noise(squared_signal_to_noise)

# %% [markdown]
# Near p = 0 that is n p: to have signal over noise 1 one needs about one success per group. Does a larger k help? Here
# with ten answers, one of them right, at p = 0.001, in groups of 16:

# %%
def loudness(name, k, answers=10, p=0.001, n=16):
    objective = objectives.with_draws(name, k)
    mean, variance = exact.one_among(answers, p).group_update(objective, n)
    return float(np.linalg.norm(mean) / np.sqrt(variance.sum()))


rules = ["pass@k-loo-1", "pass@k-centred", "pass@k-loo", "pass@k"]
pd.DataFrame({k: [loudness(rule, k) for rule in rules] for k in (1, 4, 8)}, index=rules).rename_axis(columns="k").round(4)

# %% [markdown]
# For `pass@k-loo-1`, where wrong samples get no credit, the ratio is 0.127 for every k: weighing up a rare success weighs up its
# noise just as much. For PKPO's plain `pass@k`, which lets wrong samples share in a success, a larger k *halves* it, because the
# shared credit pushes whichever wrong answers happened to be drawn. So at p → 0 a larger k is louder, but no clearer.

# %%
quiz("more draws more signal")

# %% [markdown]
# ## Which estimate is the quietest?
#
# Four tables have the same mean, the exact gradient of pass@k. Which has the least variance?

# %%
explorers.least_variance(n=8, k=2, p=0.3)

# %% [markdown]
# **What you see.** No order holds everywhere. In groups of 8, at k = 2 and p = 0.3 the centred table beats loo-1; for
# larger k loo-1 wins almost everywhere; where k is close to n the leave-one-out baseline is the loudest.
#
# Mind the model behind the map: with a single logit there is only one wrong answer. With ten answers the wrong samples
# point in different directions, and a rule that credits them pays for it. The order turns:

# %%
many = {rule: float(exact.one_among(10, 0.3).group_update(objectives.get(rule, k=2), 8).variance.sum()) for rule in rules}
one = {rule: objectives.gradient_moments(objectives.get(rule, k=2), 8, 0.3).variance for rule in rules}
pd.DataFrame({"one wrong answer": one, "nine wrong answers": many}).round(5)

# %% [markdown]
# ## Who still speaks?
#
# Over many prompts the question is how many of them carry the gradient. Take the real chances of notebook 01 (500
# problems, 128 samples each, p estimated by c/n) and ask for the *effective share*: 1 if all prompts weigh the same.

# %%
pair = data.problems("math500")
shares = {
    model: {k: objectives.effective_share(metrics.weight_at_k(c / n, k) * (c / n) * (1 - c / n)) for k in (1, 2, 4, 8, 16)}
    for model in pair.models
    for n, c in [pair.counts(model)]
}
pd.DataFrame(shares).rename_axis("k").round(3)

# %% [markdown]
# For the base model two thirds of the prompts carry the pass@1 gradient, and under pass@16 one in six. After training
# (SimpleRL-Zoo) it is a quarter under pass@1 and a twelfth under pass@16: 61 % of its problems are always or never solved
# in 128 samples, and say nothing.
#
# ## Silent groups in real training
#
# The bundled logs hold, for each step, the share of groups that were all right or all wrong.

# %%
explorers.training_logs(run="dapo-lr1e5", step=200)

# %% [markdown]
# **What you see.** In this run three groups in four are all right by step 200: the signal is lost at the *solved* end,
# and most samples are drawn for nothing. (Methods that drop or redraw such groups exist: DAPO's dynamic sampling.) At the
# other end the unsolved rest stays: in another run, on 1,209 harder problems,

# %%
explorers.visits()

# %% [markdown]
# the all-wrong share [falls from 36 to 27 %]{all_wrong} over [some fifty]{visits_shown} visits, while the all-right share [rises from 8 to 25 %]{all_right}.
#
# %% tags=["claims"]
_last = int(max(explorers.visits().description.axes["visit"]))
_ends = [explorers.visits(visit=visit).numbers for visit in (0, _last)]


def all_wrong():
    return [numbers["wrong"] for numbers in _ends]


def all_right():
    return [numbers["right"] for numbers in _ends]


def visits_shown():
    return _last


# %% [markdown]
# ## Spot the bug
#
# A rule for pass@n in groups of n credits only the best sample: its reward less the second best (Tang et al.; verl calls it
# `grpo_passk`). One public trainer shipped this (EasyR1, issue 585; rewritten, without its division by the standard
# deviation):

# %%
def shipped_best_credit(rewards, i):
    if len(rewards) < 2:
        raise ValueError("a group of one has no second best")
    credits = list(rewards)
    best, second = sorted(rewards, reverse=True)[:2]
    credits[rewards.index(best)] = best - second
    return credits[i]


shipped_best_credit([1, 1, 0, 0], 0), shipped_best_credit([1, 1, 0, 0], 1)

# %% [markdown]
# In a group of eight at p = 0.9 its mean push is 6.9 where pass@8 has 0.0000008: the users saw their training collapse.
#
# ### Exercise 4. Repair it (easy, 5 minutes)

# %%
def fixed_best_credit(rewards, i):
    """Credit of sample i in a group with these rewards (a list): the first of the best gets its reward less the
    second largest, everyone else 0. For fewer than two samples raise a ValueError.
    """
    # solution
    if len(rewards) < 2:
        raise ValueError("a group of one has no second best")
    best, second = sorted(rewards, reverse=True)[:2]
    return best - second if i == rewards.index(best) else 0
    # end solution


check.fixed_best_credit(fixed_best_credit)

# %% tags=["teacher"]
# A good question: when does the repaired rule fire at all? Only in groups with exactly one right sample, with chance
# n p (1-p)^(n-1); so it is unbiased for pass@n and silent almost always.
8 * 0.3 * 0.7**7, objectives.effective_weight(objectives.get("tang", k=8), 8, 0.3) * 0.3

# %% [markdown]
# ## Take with you
#
# - p → 1: the weight k (1-p)^(k-1) dies, exponentially in k, even with exact gradients.
# - p → 0: the weight does not die. ∇p does (like p, for every goal), and so does the chance of a success in the group.
# - Signal over noise at p → 0 is about √(np) for every k where wrong samples get no credit; where they do it is worse.
# - No unbiased estimate is the quietest everywhere.
#
# **Next:** `04_exploration_collapse`. What happens to the answers themselves while p rises.
#
# To read: [arXiv 2505.15201](https://arxiv.org/abs/2505.15201) on variance;
# [arXiv 2503.14476](https://arxiv.org/abs/2503.14476) (DAPO) on silent groups.
