# %% [markdown]
# # The gradient
#
# Notebook 01 measured pass@k. Now suppose we *train* on it. A model is a set of numbers that decide how likely each
# answer is; training moves them a little in the direction in which the goal grows fastest, the **gradient**. The paper
# this laboratory is built around ([arXiv 2511.16231](https://arxiv.org/abs/2511.16231)) says: for one prompt the gradient
# of pass@k is the gradient of pass@1, times a positive number. So pass@k shows no new direction.
#
# **After this notebook** you can derive that statement, check it in three independent ways, and say what a *group of n
# samples* makes of it, for pass@k and for twenty other training goals. It takes about 60 minutes; the computer needs
# {measured}.

# %%
import math

import numpy as np
import pandas as pd

from passk_lab import exact, explorers, objectives
from passk_lab.course import check, predict, predicted, progress, quiz
from passk_lab.exact import derivations

progress("02_the_gradient")

# %% [markdown]
# ## A model small enough to see whole
#
# Four answers, the first one right. The model keeps one number per answer, its **logit** z; the **softmax** turns logits
# into chances: pi_a = exp(z_a) divided by the sum of all exp(z). Training moves the logits.

# %%
model = exact.Bandit(np.log([0.1, 0.2, 0.3, 0.4]), correct=[0])
{"policy": model.policy, "p = pass@1": model.p, "gradient of p in the logits": model.gradient("pass@1").round(4)}

# %% [markdown]
# Raising the right answer's logit raises p; raising any other lowers it, and most so the likely ones. The rule behind it:
# the slope of p in logit a is **pi_a (r_a - p)**, with r_a = 1 for a right answer and 0 for a wrong one.
#
# ## From pass@1 to pass@k
#
# pass@k = 1 - (1 - p)^k. To know how it changes with the logits we first need how it changes with p.
#
# ### Exercise 1. One step of the derivation (easy, 4 minutes)

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
# Take it from 1 and use the chain rule. Here is the whole derivation, as the laboratory keeps it: claim, steps, reasons.

# %%
derivations.get("gradient")

# %% [markdown]
# The last line is the same number seen differently: draw k answers in all possible ways, and let every outcome with a
# right answer push up the answers it was made of.
#
# ### Exercise 2. A gradient by hand (medium, 8 minutes)
#
# `pi` is a list of chances, `correct` lists the right answers, `a` is the logit you are asked about.

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
# ## By hand, by autograd, by listing every outcome
#
# A formula is worth what its checks are worth. `check()` computes the same gradient three times: by the closed form
# above, by automatic differentiation in float64, and by adding up *all* outcomes of k draws in exact fractions. The last
# column is the relative difference; 1e-16 is one rounding.

# %%
derivations.get("gradient").check()

# %% [markdown]
# `passk-lab verify` in a terminal does this for every result and every training goal of the laboratory, and prints the
# ledger.
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
{"you said": predicted("weight of pass@16"), "it is": objectives.get("pass@k", k=16).weight(0.9)}

# %% [markdown]
# Sixteen millionths of a billionth: as good as nothing. At p = 0 it is 16. The area under the weight is 1 for every k, so
# what a large k gives to rarely solved prompts it takes from all others: the weight is the density of the Beta(1, k)
# distribution.

# %%
derivations.get("density")

# %%
explorers.objective_weights(a="pass@k", b="pass@1", k=4)

# %% [markdown]
# **What you see.** Left, the weight (on a log axis); middle, the goal F(p) itself, whose slope it is; right, what reaches
# a single logit. Choose other goals for a and b. Each is a function F of p, so each gives *one prompt* the same direction
# and differs only in loudness. GRPO's division by the standard deviation makes 2 arcsin √p of the goal; maximum likelihood
# weighs 1/p and never lets go of a solved prompt (its weight goes to 1, not to 0).

# %%
quiz("only a factor")

# %% [markdown]
# ## What a group of n samples makes of it
#
# Nobody knows p while training. One draws a **group** of n answers, c of them right, and gives each right one the credit
# A⁺(c), each wrong one A⁻(c); the update is the mean of credit times the slope of log-chance. That is all a training rule
# is here: a table with two rows. For the leave-one-out baseline (RLOO) in groups of four:

# %%
table = objectives.get("pass@1").credit(4)
pd.DataFrame({"right sample": table.correct, "wrong sample": table.wrong}, index=pd.Index(range(5), name="c")).round(3)

# %% [markdown]
# What does such a rule push on average? Remarkably, always one number w(p) times the gradient of p, whatever the policy:

# %%
derivations.get("group-weight")

# %% [markdown]
# ### Exercise 3. The weight of any table (medium, 10 minutes)
#
# `right[c]` and `wrong[c]` are the credits when c of the n are right, as lists over c = 0 ... n.

# %%
def effective_weight(right, wrong, n, p):
    """Weight w for which the mean update, (1/n) sum of credit times score, is w times the gradient of p. In a group
    of n samples with c right ones, each right sample gets credit right[c] and each wrong one wrong[c]; a sample is
    right with chance p, from 0 to 1.
    """
    # solution
    total = 0
    for j in range(n):
        chance = math.comb(n - 1, j) * p**j * (1 - p) ** (n - 1 - j)
        total += chance * (right[j + 1] - wrong[j])
    return total
    # end solution


check.effective_weight(effective_weight)

# %% [markdown]
# The library's `objectives.effective_weight` is the same sum for every goal. Beside the weight that was promised:

# %%
explorers.group_weights(objective="pass@k-training", n=8, k=4, p=0.1)

# %% [markdown]
# **What you see.** Left, the promised weight and the one the group gives; middle, their ratio; right, the table. Pass@k
# Training standardises group rewards, and the ratio bends with p. Press *centring costs 1 - k/n*: subtracting the group's
# own mean from a credit for sets of k takes exactly k/n away, and at k = n everything. Choose `pass@k-loo-1` or
# `pass@k-centred`: their ratio is 1 everywhere. They are different tables, with different noise (notebook 03), for one
# and the same mean.

# %%
rows = pd.DataFrame(objectives.overview()).set_index("name")
with pd.option_context("display.max_colwidth", None):
    display(rows.assign(F="$" + rows.equation + "$")[["also", "F", "needs", "unbiased", "note"]])

# %% [markdown]
# Some faces do not exist, and the list says why. No group gives an unbiased gradient of log p: the mean of any table is a
# polynomial in p, and log p is none.

# %%
rows.loc[rows.credit.str.startswith("absent"), "credit"].to_dict()

# %%
quiz("what a group sees")

# %% [markdown]
# ## Spot the bug
#
# Here is a rule of public code, rewritten: the estimator of pass@k in the repository of MaxRL. It begins with a sound
# credit: a right sample gets k times the chance that its k - 1 companions are all wrong (PKPO's loo-1). Then it subtracts
# the mean of the others' credits as a baseline.

# %%
def shipped_credit(n, c, k, is_right):
    def credit(right):
        return k * math.comb(n - c, k - 1) / math.comb(n - 1, k - 1) if right else 0.0

    others = c * credit(True) - credit(is_right)
    return credit(is_right) - others / (n - 1)


shipped = objectives.Credit(
    correct=[0, *(shipped_credit(8, c, 4, True) for c in range(1, 9))],
    wrong=[*(shipped_credit(8, c, 4, False) for c in range(8)), 0],
)
some_p = np.array([0.05, 0.3, 0.5, 0.9])
got, promised = objectives.effective_weight(shipped, 8, some_p), objectives.get("pass@k", k=4).weight(some_p)
pd.DataFrame({"weight it gives": got, "weight of pass@4": promised, "ratio": got / promised}, index=pd.Index(some_p, name="p"))

# %% [markdown]
# 2.3 % too much at p = 0.05, 18.4 % at 0.3, almost five times too much at 0.9. No test with k = 1 would have shown it.
#
# ### Exercise 4. Repair it (medium, 8 minutes)
#
# What is wrong with the baseline? Ask whether the others' credits depend on *this* sample.

# %%
def fixed_credit(n, c, k, is_right):
    """k times the chance that a right sample's k - 1 companions, drawn without replacement from the other n - 1
    samples, are all wrong; 0 for a wrong sample. c of the n are right, is_right says what this one is. For k > n
    raise a ValueError.
    """
    # solution
    if k > n:
        raise ValueError(f"cannot draw k = {k} different samples from n = {n}")
    return k * math.comb(n - c, k - 1) / math.comb(n - 1, k - 1) if is_right else 0
    # end solution


check.fixed_credit(fixed_credit)

# %% tags=["teacher"]
# For the class: why is leave-one-out sound for REWARDS and not here? Because r_j of another sample knows nothing of
# sample i, while its credit does: through c. The bias is exactly (k-1)/(n-1) * p/(1-p).
[(k - 1) / 7 * p / (1 - p) for k, p in ((4, 0.05), (4, 0.3), (4, 0.9))]

# %% [markdown]
# ## Take with you
#
# - For one prompt ∇pass@k = k (1-p)^(k-1) ∇pass@1: same direction, another loudness. So it is for every goal F(p).
# - The weight is k at p = 0 and 0 at p = 1; its area is 1.
# - A training rule is a table A⁺(c), A⁻(c). Its mean push is w_n(p) ∇p, exactly computable; that unmasks biased rules.
#
# **Next:** `03_vanishing_signal`. The weight dies at one end, and at the other end the samples do.
#
# To read: the paper, [arXiv 2511.16231](https://arxiv.org/abs/2511.16231); PKPO
# ([arXiv 2505.15201](https://arxiv.org/abs/2505.15201)) for the estimators; MaxRL
# ([arXiv 2602.02710](https://arxiv.org/abs/2602.02710)) for the case that another weight is the better goal.
