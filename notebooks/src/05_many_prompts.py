# %% [markdown]
# # Many prompts
#
# So far one prompt at a time, and there pass@k shows no new direction. But a model has many prompts and *one* set of
# parameters. The gradient is then a sum over prompts, each with its own weight, and a weighted sum can point anywhere
# between its parts. This notebook is about where the paper's claim stops.
#
# **After this notebook** you can show two prompts on which pass@k trains *against* pass@1, a policy for which pass@k has a
# different and better-covering optimum, and say which of the two cuts which way in the argument. It takes about 45 minutes; the
# computer needs {measured}.

# %%
import pandas as pd

from passk_lab import exact, explorers, objectives
from passk_lab.course import check, predict, predicted, progress, quiz

progress("05_many_prompts")

# %% [markdown]
# ## Two prompts, one parameter
#
# Prompt x is solved with chance p_x = sigmoid(a_x + b_x θ). With b = +1 a larger θ helps, with b = -1 it hurts. An easy
# prompt with b = +1 and a hard one with b = -1 pull against each other: what is good for one is bad for the other.
#
# ### Exercise 1. The gradient over prompts (medium, 8 minutes)
#
# The slope of p_x in θ is b_x p_x (1 - p_x).

# %%
def shared_gradient(p, b, k):
    """Derivative in theta of the mean pass@k over prompts that share this one parameter: prompt x is solved with
    chance p[x] = sigmoid(a[x] + b[x] theta). p and b are lists.
    """
    # solution
    terms = [k * (1 - q) ** (k - 1) * s * q * (1 - q) for q, s in zip(p, b, strict=True)]
    return sum(terms) / len(terms)
    # end solution


check.shared_gradient(shared_gradient)

# %% [markdown]
# An easy prompt with p = 3/4 and a hard one with p = 1/8:

# %%
{k: shared_gradient([3 / 4, 1 / 8], [1, -1], k) for k in (1, 2, 4, 8)}

# %% [markdown]
# pass@1 wants a larger θ, pass@2 and all after it a smaller one. The weight of the easy prompt has fallen faster than that
# of the hard one, and the sign of the sum has turned.
#
# ### Exercise 2. Do they disagree? (easy, 4 minutes)

# %%
def points_against(p, b, k):
    """True if the derivatives in theta of mean pass@k and of mean pass@1 have opposite signs, else False (also if
    one of them is 0). Prompt x is solved with chance p[x] = sigmoid(a[x] + b[x] theta); p and b are lists.
    """
    # solution
    return shared_gradient(p, b, k) * shared_gradient(p, b, 1) < 0
    # end solution


check.points_against(points_against)

# %% [markdown]
# ## Two parameters: an angle instead of a sign
#
# With more parameters the two gradients stand at an angle. Below, an easy prompt (p = 0.8) and a hard one; you choose the
# angle between *their* gradients, which says how far they help or hurt each other (**interference**).

# %%
predict(
    "first disagreement",
    "The two prompts pull 150 degrees apart, p = 0.8 and p = 0.1, seven prompts in ten are easy. From which k on do pass@k and pass@1 "
    "stand at more than 90 degrees?",
    low=1,
    high=64,
)

# %%
explorers.interference(angle=150, k=1, p_hard=0.1, share_easy=0.7)

# %%
prompts = exact.easy_and_hard(angle=150, p_easy=0.8, p_hard=0.1, share_easy=0.7)


def angle(k):
    return exact.angle_between(prompts.gradient("pass@1"), prompts.gradient(objectives.get("pass@k", k=k)))


{"you said": predicted("first disagreement"), **{f"k = {k}": round(angle(k), 1) for k in (1, 2, 3, 4, 8)}}

# %% [markdown]
# **What you see.** From k = 3 on the two disagree. Left, the orange arrow swings from the blue one to the hard prompt's;
# right, what a step along it does: the hard prompt gains, the easy one loses. For two prompts that help each other (an
# angle below 90 degrees) nothing of this happens at any k. Press *many easy prompts*: with one hard prompt in ten, hardly
# ever solved, the easy ones still win at k = 3 and lose at k = 4. It is a question of shares, weights *and* angles
# ([arXiv 2602.21189](https://arxiv.org/abs/2602.21189)).
#
# So "no new direction" is a statement about one prompt. Over many prompts pass@k can even lower pass@1, and that is
# something pass@1 training never does by itself.

# %%
quiz("why pass@1 falls")

# %% [markdown]
# ## Spot the bug
#
# A trainer wants the weight of pass@k from the batch. Someone writes:

# %%
def shipped_mean_weight(p, k):
    return k * (1 - sum(p) / len(p)) ** (k - 1)


{str(p): shipped_mean_weight(p, 16) for p in ([0.0, 1.0], [0.02, 0.1, 0.5, 0.9, 0.99])}

# %% [markdown]
# A batch of one unsolved and one solved prompt gets weight 0.0005. But the unsolved one alone should get 16.
#
# ### Exercise 3. Repair it (easy, 3 minutes)

# %%
def fixed_mean_weight(p, k):
    """Mean over prompts of the weight k (1-p)^(k-1), p being a list with the chance of each prompt."""
    # solution
    return sum(k * (1 - q) ** (k - 1) for q in p) / len(p)
    # end solution


check.fixed_mean_weight(fixed_mean_weight)

# %% tags=["teacher"]
# The same slip as pooling samples in notebook 01: a curved function of a mean is not the mean of the function.
[(shipped_mean_weight(p, 16), fixed_mean_weight(p, 16)) for p in ([0.0, 1.0], [0.02, 0.1, 0.5, 0.9, 0.99])]

# %% [markdown]
# ## Two strategies and a policy that cannot see
#
# Now a case for pass@k. There are two strategies, A and B. Some prompts are solved by A only, a share w of them; the rest by
# B only. The policy cannot tell which kind it has before it, so all it has is x, the chance of using A. Then
#
# - pass@1 = w x + (1 - w)(1 - x): a straight line. If w > 1/2, best at x = 1.
# - pass@k = w (1 - (1-x)^k) + (1 - w)(1 - x^k): a hill.
#
# ### Exercise 4. One step of the derivation (medium, 6 minutes)

# %%
def mixture_slope(x, w, k):
    """Derivative in x of the mean pass@k, w (1 - (1-x)^k) + (1-w) (1 - x^k): by hand, not as a difference quotient.
    A share w of the prompts is solved by strategy A, the rest by strategy B only; x is the chance to use A. Both
    from 0 to 1.
    """
    # solution
    return k * (w * (1 - x) ** (k - 1) - (1 - w) * x ** (k - 1))
    # end solution


check.mixture_slope(mixture_slope)

# %% [markdown]
# Where it is zero is the top of the hill. For k = 2 that is w (1 - x) = (1 - w) x. Before you solve it:

# %%
predict("best mixture", "w = 0.75 and k = 2: which chance of A gives the best pass@2?", low=0.0, high=1.0)

# %%
explorers.strategies(k=2, w=0.75)

# %% [markdown]
# For k = 2 the best mixture uses each strategy as often as it is right, here 0.75 (you said what?), and the larger k the
# nearer to one half each. Press ▶ beside the time: training on pass@1 drops the weaker strategy for good, training on pass@k comes to rest on its hill.

# %%
def trained_on(k, w=0.6, start=0.3):
    run = exact.flow(exact.two_strategies(w, start), objectives.get("pass@k", k=k), until_time=1e5)
    return {"chance of A": run.p[-1][0], "pass@1": run.pass_at_k(1)[-1], "pass@4": run.pass_at_k(4)[-1], "pass@16": run.pass_at_k(16)[-1]}


print("you said", predicted("best mixture"), "for w = 0.75; it is 0.75")
pd.DataFrame({f"pass@{k}": trained_on(k) for k in (1, 2, 4, 16)}).T.rename_axis("trained on").round(4)

# %% [markdown]
# **How to read it.** Trained on pass@1, the policy solves 60 % at one draw, and 60 % at sixteen: the other 40 % are never solved again.
# Trained on pass@4 it solves 51 % at one draw, 94 % at four and 99.998 % at sixteen. Here pass@k is not the same
# goal on another clock: it has another optimum, one that covers more, and it *keeps* two strategies alive, because the
# two serve different prompts. It pays with nine points of pass@1.
#
# Is that a refutation of the paper? It is its border. On one prompt no F(p) prefers two right answers to one (notebook
# 04). Over prompts that share parameters and cannot be told apart, pass@k does prefer a mixture. Which of the two a real
# model resembles is a matter of measurement: notebooks 06 to 08 measure it in a small language model.

# %%
quiz("no new direction")

# %% [markdown]
# ## Take with you
#
# - Over prompts with shared parameters ∇pass@k is not a multiple of ∇pass@1; it can point against it.
# - That needs prompts that pull against each other *and* weights that differ enough.
# - Where one blind policy serves different prompts, pass@k has a mixture as its optimum; pass@1 has not.
# - "No new direction" is true prompt by prompt, and only there.
#
# **Next:** a real network, trained before your eyes: notebook 06.
#
# To read: Barakat et al. ([arXiv 2602.21189](https://arxiv.org/abs/2602.21189)) on interference; those who train on pass@k
# and report gains: [arXiv 2505.15201](https://arxiv.org/abs/2505.15201),
# [arXiv 2508.10751](https://arxiv.org/abs/2508.10751), [arXiv 2602.02710](https://arxiv.org/abs/2602.02710).
