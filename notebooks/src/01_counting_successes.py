# %% [markdown]
# # Counting successes
#
# In notebook 00 we knew p. Nobody does. What one has is a count: **n** samples of a problem, **c** of them right. How
# large is pass@k then, and how sure can one be?
#
# **After this notebook** you can
#
# - compute pass@k from counts without bias, and say why the obvious formula is too low,
# - average it over problems without three common mistakes, one of them shipped in a public tool,
# - read the curves of a base model and its RL-trained child, and say where and how surely they cross.
#
# About 40 minutes; the computer needs {measured}. You need notebook 00, and binomial coefficients C(n, k): the number of
# ways to choose k of n things.

# %%
import math

import numpy as np
import pandas as pd

from passk_lab import data, explorers, metrics
from passk_lab.course import check, predict, predicted, progress, quiz

progress("01_counting_successes")

# %% [markdown]
# ## Draw k of the samples you have
#
# You sampled a problem n = 4 times; one answer was right (R), three were wrong (w). What is pass@2? Imagine drawing 2 of
# your 4 samples. There are six such draws, all equally likely:
#
# | | | | | | |
# |---|---|---|---|---|---|
# | **Rw** | **Rw** | **Rw** | ww | ww | ww |
#
# Three of them hold the right one, so pass@2 is estimated as 3/6 = 1/2. That is the whole idea. To count without
# listing: of all C(n, k) draws, C(n-c, k) are entirely wrong.
#
# ### Exercise 1. The estimator (medium, 8 minutes)
#
# Think about k > n before you start: what can eight draws from three samples be?

# %%
def pass_at_k(n, c, k):
    """Chance that at least one of k samples is right, drawn without replacement from n of which c are. 0 <= c <= n,
    k = 1, 2, ... For k > n raise a ValueError.
    """
    # solution
    if k > n:
        raise ValueError(f"cannot draw k = {k} different samples from n = {n}")
    return 1 - math.comb(n - c, k) / math.comb(n, k)
    # end solution


check.pass_at_k(pass_at_k)

# %% tags=["teacher"]
# The checker's bank for this exercise, each with the place where it was really shipped where there is one. A good
# question for the class: which of these would a test with k = 1 only have caught? (None of the first two.)
{mistake.name: mistake.message for mistake in check.pass_at_k.exercise.mistakes}

# %% [markdown]
# The library's `metrics.pass_at_k` is the same number, for whole arrays, and exact to the last digits where shortcuts
# are not. With a million samples, one of them right, and one draw, the answer is one in a million:

# %%
metrics.pass_at_k(1_000_000, 1, 1), metrics.pass_at_k(n=4, c=[0, 1, 2, 3, 4], k=2)

# %% [markdown]
# ## Unbiased is not the same as better
#
# A shorter formula comes to mind: put c/n in the place of p, and compute 1 - (1 - c/n)^k. It draws *with* replacement,
# so the same sample may be drawn twice. Before you look:

# %%
predict(
    "plug-in mean",
    "n = 10 samples, true p = 0.1, so the true pass@10 is 0.651. What does the short formula give on average?",
    low=0.0,
    high=1.0,
)

# %%
explorers.estimator_lab(n=10, k=10, p=0.1)

# %% [markdown]
# **What you see.** Left, every value the two estimates can take, and how often each comes out. At k = n the unbiased
# estimate only ever says 0 or 1: it is right on average, and wide. The plug-in lies at 0.494 on average, far below 0.651.
# Now press *a rare success*: there the plug-in's **squared error** is the smaller one, although it is biased. Unbiased
# matters when you average over many problems, where bias stays and noise cancels.

# %%
chance_of = [math.comb(10, c) * 0.1**c * 0.9 ** (10 - c) for c in range(11)]
plugin_mean = sum(chance * metrics.pass_at_k_plugin(10, c, 10) for c, chance in enumerate(chance_of))
{"you said": predicted("plug-in mean"), "it is": round(plugin_mean, 4)}

# %%
quiz("why unbiased")

# %% [markdown]
# ## From one problem to a benchmark
#
# A benchmark has many problems. Some are easy and some are hard, and this is where it is easy to go wrong: by pooling all
# samples, by counting problems where samples belong, by leaving out the problems with too few samples.
#
# ### Exercise 2. The mean over problems (easy, 5 minutes)
#
# `ns` and `cs` are lists with one entry per problem. You may call your `pass_at_k`.

# %%
def mean_pass_at_k(ns, cs, k):
    """Mean pass@k over problems: problem i has ns[i] samples, of which cs[i] are right (two lists, equally long).
    If a problem has fewer than k samples, raise a ValueError.
    """
    # solution
    return sum(pass_at_k(n, c, k) for n, c in zip(ns, cs, strict=True)) / len(ns)
    # end solution


check.mean_pass_at_k(mean_pass_at_k)

# %% [markdown]
# ## A base model and its RL-trained child
#
# Now the real thing. Qwen2.5-7B is a *base model*: a language model before training with rewards. Its child
# Qwen-2.5-7B-SimpleRL-Zoo (below: SimpleRL-Zoo) was trained from it with reinforcement learning, an answer checker giving
# the reward. Each answered the 500 problems of MATH500 128 times. At one draw the trained model leads by far.

# %%
pair = data.problems("math500")
base, trained = pair.counts("Qwen2.5-7B"), pair.counts("SimpleRL-Zoo")

predict(
    "crossing",
    "From how many draws on does the base model solve more problems than its trained child?",
    low=1,
    high=128,
)

# %%
explorers.real_curves("math500", guess=predicted("crossing"))

# %% [markdown]
# **What you see.** Pull the line at k, or press ▶. The trained model starts far ahead; the base model catches up, and
# passes. The bands say how much the curves would move had other problems been chosen; the right panel compares problem by
# problem, which is sharper, and its band holds for all k at once. Choose a difficulty: where is the turn for the hardest problems?
#
# *About these data.* The counts were transcribed by hand from a published file of a reproduction whose repository states
# no licence; only counts, which are facts, are kept here (`data/SOURCES.md`). For the same figure on data under a clear
# licence (EvalPerf, Apache-2.0) change one name: `explorers.real_curves("evalperf")`. It holds 34 models on coding tasks,
# and opens with two unrelated ones whose order turns at once.
#
# ### Exercise 3. Where do they cross? (easy, 4 minutes)

# %%
def crossing(base, trained):
    """First k (counting from 1) at which base is strictly ahead of trained, or None if it never is. Both are lists
    of pass@k for k = 1, 2, 3, ..., equally long.
    """
    # solution
    for k, (b, t) in enumerate(zip(base, trained, strict=True), start=1):
        if b > t:
            return k
    return None
    # end solution


check.crossing(crossing)

# %% [markdown]
# With your function, or with the library's `compare`, which also says how sure this is:

# %%
curves = [metrics.pass_at_k_curve(n, c) for n, c in (base, trained)]
print("first ahead at k =", crossing(*curves))

some = [1, 2, 4, 8, 15, 16, 32, 64, 128]
rows = {name: [100 * curve[k - 1] for k in some] for name, curve in zip(pair.models, curves, strict=True)}
pd.DataFrame(rows, index=pd.Index(some, name="k")).round(1)

# %%
found = metrics.compare(*base, *trained, seed=1)
print(found.crossover)
print(f"only base {len(found.only_a)}, only trained {len(found.only_b)}, both {len(found.both)}, neither {len(found.neither)}")

# %% [markdown]
# **How to read it.** The base model is first ahead at k = 15. But another choice of 500 problems might have moved that.
# A crossing is a finding only because the band of the difference leaves zero on both sides: the trained model is surely
# ahead up to k = 6, the base model from about k = 49 on, and in between, from 7 to 34, the order turns. With eight samples of
# each problem the turn could not have been seen, which is not the same as seeing that there is none. Within 128 draws nineteen
# problems are solved by the base model alone, three by the trained one alone. The trained model is right in all 128
# samples on 269 problems, the base model on 7.
#
# Do not read more into it than is there: one pair of models, one way of sampling (top-p 0.95 cuts off rare tokens, and
# with them some answers), and only final answers are checked. `data.load("rlvr-curves")` holds runs that do *not* fall
# below their base model, and some that do.

# %%
quiz("what crossing shows")

# %% [markdown]
# ## Coverage and reliability
#
# An agent that books flights is not helped by being right once in four tries. **pass^k** asks that *all* k draws are
# right.
#
# ### Exercise 4. All right (easy, 3 minutes)

# %%
def all_right(n, c, k):
    """Chance that ALL k samples are right (pass^k), drawn without replacement from n of which c are. 0 <= c <= n, k
    = 1, 2, ... For k > n raise a ValueError.
    """
    # solution
    if k > n:
        raise ValueError(f"cannot draw k = {k} different samples from n = {n}")
    return math.comb(c, k) / math.comb(n, k)
    # end solution


check.all_right(all_right)

# %% [markdown]
# The same four trials of GPT-4o at 50 airline tasks, read both ways: coverage rises, reliability falls.

# %%
solved = data.load("taubench").groupby("problem_id").success.sum().to_numpy()
draws = [1, 2, 3, 4]
rows = {
    "at least one right": [metrics.pass_at_k(4, solved, k).mean() for k in draws],
    "all right": [metrics.pass_hat_k(4, solved, k).mean() for k in draws],
}
pd.DataFrame(rows, index=pd.Index(draws, name="k")).round(3)

# %% [markdown]
# ## Beyond the samples you have
#
# No unbiased estimate of pass@100 exists from eight samples. One can state a belief instead: take a prior over p, and add
# the samples. Beware: with the flat prior, nothing right in eight gives pass@100 = 0.92 on average. That is mostly the
# prior speaking (before any sample it says 0.99), and on hard problems it is far too hopeful: of 128 problems, Pythia 70M
# never solves 94 in ten thousand samples.

# %%
belief = metrics.pass_at_k_posterior(n=8, c=[0, 1, 4], k=100, prior=(1, 1))
pd.DataFrame(belief._asdict(), index=["0 of 8 right", "1 of 8 right", "4 of 8 right"]).round(3)

# %% [markdown]
# Over many problems a prior can be fitted instead of chosen, and, better, one can ask what all priors agree on that fit the
# samples. Here are eight of the 128 samples of each MATH500 problem; what 16 and 128 draws find is known from all of them. At
# twice the samples the bounds are useful. At sixteen times they are wide, and each model says something else.

# %%
n, c = base
eight = np.random.default_rng(0).hypergeometric(c, n - c, 8)
print(metrics.pass_at_k_beyond(8, eight, [16, 128]))
print("known from 128 samples:", metrics.pass_at_k_curve(n, c, [16, 128]).round(3))

# %%
quiz("k beyond n")

# %% [markdown]
# ## Take with you
#
# - pass@k from counts: 1 - C(n-c, k)/C(n, k), problem by problem, then the mean. For k > n: no answer without a model.
# - The short formula 1 - (1 - c/n)^k is too low on average, and still sometimes closer for a single problem.
# - On MATH500 the base model passes its trained child at k = 15 (interval 7 to 34). The order of two models depends on how
#   many draws you grant them; what lies beyond the draws you made is not visible.
#
# **Next:** what training on pass@k would do. The gradient, and where it vanishes: `02_the_gradient`.
#
# To read: Chen et al. 2021 ([arXiv 2107.03374](https://arxiv.org/abs/2107.03374)), section 2.1, for the estimator; Yue et
# al. 2025 ([arXiv 2504.13837](https://arxiv.org/abs/2504.13837)), for crossings on many models and tasks.
