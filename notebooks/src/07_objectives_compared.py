# %% [markdown]
# # Objectives compared
#
# Twenty goals in place of pass@1, each with its weight and its credit table: you know them from notebooks 02 and 03. What do
# they do to a real network? This notebook has eight of them, at three learning rates and three seeds each, and asks the question
# fairly, which is harder than it sounds.
#
# **After this notebook** you can compare ways to train by frontiers and at equal progress; say what pass@k training gives
# across prompts and what it costs; and separate what an objective wants from what its samples let it have. It takes about 50 minutes;
# the computer needs {measured}.

# %%
import math

import pandas as pd

from passk_lab import explorers, lm, objectives
from passk_lab.course import check, predict, predicted, progress, quiz
from passk_lab.lm import recorded

progress("07_objectives_compared")

# %% [markdown]
# ## From a group to an update
#
# Training needs one number a sample, its **credit**. GRPO standardises the rewards of a group.
#
# ### Exercise 1. GRPO's credit (easy, 5 minutes)

# %%
def standardised_credit(rewards, i):
    """Reward of sample i less the group's mean, over the group's standard deviation (the n form); 0 if all are equal."""
    # solution
    mean = sum(rewards) / len(rewards)
    spread = math.sqrt(sum((r - mean) ** 2 for r in rewards) / len(rewards))
    return (rewards[i] - mean) / spread if spread else 0.0
    # end solution


check.standardised_credit(standardised_credit)

# %% [markdown]
# The training loop has no formula of its own: it looks the credit up in the objective's table, by c. Here are four tables at
# n = 8, what a right sample gets when c of the 8 are right (plain pass@4 pays the same whatever c: remember that column):

# %%
tables = {"GRPO": "grpo", "pass@4": ("pass@k", 4), "pass@4-loo-1": ("pass@k-loo-1", 4), "MaxRL": "maxrl"}
tables = {label: objectives.get(name) if isinstance(name, str) else objectives.get(name[0], k=name[1]) for label, name in tables.items()}
pd.DataFrame({label: objective.credit(8).correct for label, objective in tables.items()}).rename_axis("c").round(2)

# %% [markdown]
# ### Exercise 2. One step of the derivation (medium, 5 minutes)
#
# A rule that only subtracts the group's mean, r - c/n, pushes ∇p with a weight that depends on n alone. Take E[A⁺(j+1) - A⁻(j)]
# with j right ones among the n - 1 others.

# %%
def centred_weight(n):
    """Weight on grad p of the credit r - c/n in groups of n, whatever p."""
    # solution
    return (n - 1) / n
    # end solution


check.centred_weight(centred_weight)

# %% [markdown]
# ## The table one would like to print
#
# One learning rate, the last step, mean of three seeds. All on held-out numbers, pass@k exact, as in notebook 06. Each run was made
# on one CPU core; `passk-lab sweep --device cuda` trains such a grid on a GPU as one program where it can, how fast is not measured yet.

# %%
curves = recorded.curves().query("split == 'unseen'")
ends = curves.query("part == 'objectives' and step == 240 and rate == 4e-4 and k in (1, 4, 16, 256)")
ends.pivot_table(index="method", columns="k", values="pass_at_k").sort_values(1, ascending=False).round(3)

# %% [markdown]
# So GRPO is best? Or is pass@16 with leave-one-out, from k = 16 on? The question is ill put, twice. First, the rate: Adam
# rescales every gradient, so one step of one objective is not one step of another. A method that has simply moved *less* keeps more
# of the base's coverage. Second, two numbers: pass@1 and pass@256 trade against each other.
#
# For the second there is the **frontier**: the runs that no other run beats.
#
# ### Exercise 3. On the frontier? (medium, 6 minutes)

# %%
def on_frontier(one, many, i):
    """True if no run is at least as good as run i in both one and many, and better in at least one."""
    # solution
    return not any(
        a >= one[i] and b >= many[i] and (a > one[i] or b > many[i]) for a, b in zip(one, many, strict=True)
    )
    # end solution


check.on_frontier(on_frontier)

# %% [markdown]
# For the first there is **equal progress**: compare two runs where they have the same pass@1.
#
# ### Exercise 4. At equal progress (medium, 8 minutes)

# %%
def at_equal_progress(one, many, level):
    """The run's pass@256 where its pass@1 first equals level, straight lines between evaluations."""
    # solution
    for j in range(len(one)):
        if one[j] == level:
            return many[j]
        if j + 1 < len(one) and min(one[j], one[j + 1]) < level < max(one[j], one[j + 1]):
            share = (level - one[j]) / (one[j + 1] - one[j])
            return many[j] + share * (many[j + 1] - many[j])
    raise ValueError(f"the run never has pass@1 = {level}.")
    # end solution


check.at_equal_progress(at_equal_progress)

# %% [markdown]
# Every evaluation of every run is a point below. Where GRPO has pass@1 = 40 %, it has pass@256 = 93 % at best.

# %%
predict(
    "maxrl at equal progress",
    "MaxRL weighs prompts by about 1/p. Where it too has pass@1 = 40 %, what is its pass@256? (The base: 98.6 %.)",
    low=0.8,
    high=1.0,
)

# %%
explorers.frontier_of_runs(method="MaxRL", beside="GRPO", k=256, progress=0.4)

# %%
print("you said", predicted("maxrl at equal progress"))
equal = recorded.equal_progress(0.4, k=256).query("part == 'objectives'")
equal.set_index("method")[["rate", "mean", "low", "high"]].sort_values("mean", ascending=False).round(4)

# %% [markdown]
# **What you see.** At equal pass@1, at all rates, MaxRL, Pass@k Training and pass@4 with leave-one-out keep more of pass@256 than
# GRPO, pass@1 and W-REINFORCE: .94 to .97 against .85 to .93. `low` and `high` are the lowest and the highest of three seeds. It is not early
# stopping: they are further out on the plane, at the same pass@1. Press *MaxRL or GRPO* and pull the line.
#
# (Smaller rates keep a little more for every method: part of what looks like an objective's merit is a slow rate's.)
#
# And what is missing from the table? Plain pass@4, and pass@16 of either kind, never reach pass@1 = .4. Look at pass@4:

# %%
explorers.recorded_runs(method="pass@4", beside="pass@4-loo-1", rate=4, step=240)

# %% [markdown]
# The same objective, the same expected gradient, and one of them hardly moves. Notebook 03 computed why: the plain table credits
# right samples by what they add up to, without a baseline, and its variance is many times larger.
#
# ### The exact gradient: an objective without its samples
#
# Here is what only a world with known p can do: train on F'(p)∇p itself, no samples at all. What differs then is the objective,
# and nothing but the objective.

# %%
pairs = ["pass@1", "exact pass@1", "pass@4", "pass@4-loo-1", "exact pass@4"]
pairs += ["pass@16", "pass@16-loo-1", "exact pass@16", "MaxRL", "exact log p"]
last = curves.query("method in @pairs and step == 240 and rate == 4e-4 and k in (1, 16, 256)")
last.pivot_table(index="method", columns="k", values="pass_at_k", aggfunc=["mean", "min", "max"]).loc[pairs].round(3)

# %% [markdown]
# **How to read it.**
#
# - *What the objective wants*: without noise pass@4 raises pass@1 as well, from .23 to .44, and holds pass@256 at .965 where
#   exact pass@1 falls to .84. Over prompts that share weights, pass@k is another goal than pass@1, as notebook 05 said it could be.
# - *What samples let it have*: plain pass@4 gets .29, leave-one-out .43, next to the exact .44. The noise, not the goal, was the
#   trouble. Plain pass@16 from groups of 32 falls *below* the base at every k shown; with leave-one-out it is where the exact one is.
# - The paper's warning, that the signal of pass@k vanishes for what is nearly solved, is here too: even the exact pass@16 takes
#   pass@1 from .23 to .27 only. It holds pass@256 at .99, and that is all it asks for.
# - log p, which MaxRL aims at, has the best of both in this network: .465 and .983, without noise.
#
# ### Exercise 5. How many prompts carry the signal? (medium, 6 minutes)
#
# One reason for the noise. A prompt pulls on its own logit with k p (1-p)^k, the slope of notebook 03. The effective NUMBER of
# prompts behind pulls s is (Σ s)²/Σ s² (Kish).

# %%
def effective_prompts(p, k):
    """Effective number of prompts whose pulls k p (1-p)^k carry the gradient; 0 if none pulls."""
    # solution
    pulls = [k * q * (1 - q) ** k for q in p]
    squares = sum(s * s for s in pulls)
    return sum(pulls) ** 2 / squares if squares else 0.0
    # end solution


check.effective_prompts(effective_prompts)

# %% [markdown]
# Of 16 prompts of a batch, with the p of the base and of the collapsed model:

# %%
seen = lm.Countdown().prompts("seen")
batch = seen.draw([(i + 0.5) / 16 for i in range(16)])
p_of = {kind: lm.success(lm.bundled_base(seed=0, kind=kind), seen).p[batch] for kind in ("base", "collapsed")}
pd.DataFrame({kind: {k: effective_prompts(p, k) for k in (1, 4, 16, 64)} for kind, p in p_of.items()}).rename_axis("k")

# %% [markdown]
# ## After the collapse
#
# Can pass@k bring back what GRPO has lost? From the collapsed models of notebook 06, 120 more steps, three seeds:

# %%
after = curves.query("part == 'after' and k in (1, 16, 256) and step in (0, 120)")
after.pivot_table(index=["method", "step"], columns="k", values="pass_at_k", aggfunc=["mean", "min", "max"]).round(3)

# %% [markdown]
# **How to read it.** More GRPO changes little (the control). Plain pass@k makes it worse everywhere: noise again. With leave-one-out
# pass@16 brings pass@256 from .83 back to .92, more than half of what was lost against the base's .986, and takes pass@1 from .62
# to .43; pass@4 gives back .89 for .06 of pass@1. MaxRL gives back .87 and takes nothing. So the strong form, *pass@k cannot bring
# exploration back once it is gone*, does not show in this network: it buys coverage back, and pays in pass@1. On one prompt (notebook
# 04) it could not have; here the prompts share weights.

# %%
quiz("one learning rate")

# %% [markdown]
# ## Spot the bug
#
# Not all have exact p. A script draws k samples of each prompt, reports the share of prompts with a right one as pass@k, and gives
# it the error bar of a coin that is thrown once a prompt:

# %%
def shipped_noise(p, k):
    mean = sum(1 - (1 - q) ** k for q in p) / len(p)
    return mean * (1 - mean) / len(p)


shipped_noise([0.0, 0.0, 1.0, 1.0], 256)

# %% [markdown]
# Two prompts are never solved and two always: whoever samples again gets exactly the same share. Yet the variance is 0.06.
#
# ### Exercise 6. Its error bar (medium, 5 minutes)

# %%
def fixed_noise(p, k):
    """Variance of the share of prompts with a right sample among k, over new samples of the same prompts."""
    # solution
    hits = [1 - (1 - q) ** k for q in p]
    return sum(q * (1 - q) for q in hits) / len(p) ** 2
    # end solution


check.fixed_noise(fixed_noise)

# %%
unseen = lm.success(lm.bundled_base(seed=0), lm.Countdown().prompts("unseen"))
some = unseen.p[::16][:96].tolist()
{k: fixed_noise(some, k) for k in (1, 16, 256)}

# %% [markdown]
# For 94 prompts of the base: the square root is the standard error of a point on such a curve, from sampling alone, .035 at k = 1
# and .007 at k = 256. That is as large as many differences that are reported.

# %%
quiz("what exact separates")

# %% [markdown]
# ## Verdict, so far
#
# | claim | in this network |
# |---|---|
# | pass@1 training raises pass@1 and lowers pass@256 below the base | yes: every rate, every seed, sampled and exact |
# | pass@k training cannot keep more than pass@1 training does | no: at equal pass@1 it keeps more, and so does MaxRL |
# | pass@k from groups is a weak and noisy teacher | yes for the plain table, and the more the larger k; hardly with leave-one-out |
# | large k as a goal gives little pass@1 | yes, even with the exact gradient |
# | after a collapse pass@k brings nothing back | no: it buys back coverage and pays in pass@1 |
#
# ## Take with you
#
# - Compare at equal progress and as frontiers, over rates and seeds; end points at one rate mislead.
# - Across prompts with shared weights pass@k is a goal of its own: with a good estimate it keeps coverage at equal pass@1.
# - Its plain estimate is noise; leave-one-out is nearly the exact gradient.
#
# **Next:** the paper says: do not train on pass@k, explore on purpose. Notebook 08 does.
#
# To read: PKPO ([arXiv 2505.15201](https://arxiv.org/abs/2505.15201)), Pass@k Training
# ([arXiv 2508.10751](https://arxiv.org/abs/2508.10751)), MaxRL ([arXiv 2602.02710](https://arxiv.org/abs/2602.02710)), W-REINFORCE
# ([arXiv 2506.01347](https://arxiv.org/abs/2506.01347)).
