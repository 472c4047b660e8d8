# %% [markdown]
# # Train a model
#
# Bandits and single logits are worlds one can finish on paper. Now a real network: a transformer with 103,616 parameters,
# trained by reinforcement with a verifier, on a task so small that *every* right answer can be listed. So its success
# probability p is known, not estimated, and pass@k for a million draws costs no more than pass@1.
#
# **After this notebook** you can say what happens to pass@1 and pass@256 when GRPO trains this network, on numbers it has seen
# and on numbers it has not; where the silent groups come from; and with which error bars. It takes about 50 minutes; the
# computer needs {measured}, and half a minute more where you train yourself.

# %%
import numpy as np
import pandas as pd

from passk_lab import cockpit, explorers, lm
from passk_lab.course import check, predict, predicted, progress, quiz
from passk_lab.lm import recorded

progress("06_train_a_model")

# %% [markdown]
# ## The task
#
# **Countdown**: three numbers from 1 to 9 and a target. An answer writes two steps, each with + - or *, each using up two of
# the values at hand, and ends at the target. Every number is one token, so an answer has 8 tokens and no end mark.
#
# The model has learnt from demonstrations to write legal steps. Half of its demonstrations carried somebody else's target,
# so it is *wide*: it knows many ways, and only leans towards the target. That is the **base**.

# %%
base = lm.bundled_base(seed=0)
lm.sampled_answers(base, [2, 3, 4], target=24, n=32).head(8)

# %% [markdown]
# Thirty-two samples. `chance` is what the network gives the whole answer: the product of eight token chances, exact. And
# these are all the right answers there are:

# %%
right = lm.right_answers(base, [2, 3, 4], target=24)
right

# %% [markdown]
# ### Exercise 1. From answers to p (easy, 3 minutes)
#
# A sample is one answer and not another. So what is the chance p that it is right?

# %%
def success_probability(log_chances):
    """Chance p that one sample is right. log_chances lists the natural log of the chance of each right answer to a
    prompt; it may be empty.
    """
    # solution
    return sum(np.exp(log_chances))
    # end solution


check.success_probability(success_probability)

# %% [markdown]
# Beside it a hundred thousand samples:

# %%
sampled = lm.sampled_answers(base, [2, 3, 4], target=24, n=100_000)
share = sampled.copies[sampled.right].sum() / 100_000
error = (share * (1 - share) / 100_000) ** 0.5
pd.Series({"exact": right.chance.sum(), "sampled": share, "standard error": error}).round(5)

# %% [markdown]
# And a hard prompt. Its p is below one in two thousand; of 32 samples most likely none is right, so a group of 32 has nothing to
# learn from here.

# %%
lm.right_answers(base, [3, 8, 1], target=25)

# %% [markdown]
# The last column numbers the *solutions*: 8 * 3 and 3 * 8 are two answers and one solution. We shall count distinct
# solutions, so that writing the same thing in another order does not pass for exploring.
#
# ### Exercise 2. How many solutions will n samples show? (medium, 6 minutes)
#
# Each solution is missed by all n samples, or not.

# %%
def distinct_solutions(chances, solution, n):
    """Expected number of different solutions among n samples. Right answer i has chance chances[i] and spells
    solution number solution[i] (2 + 3 and 3 + 2 are one solution).
    """
    # solution
    together = {}
    for q, which in zip(chances, solution, strict=True):
        together[which] = together.get(which, 0) + q
    return sum(1 - (1 - q) ** n for q in together.values())
    # end solution


check.distinct_solutions(distinct_solutions)

# %% [markdown]
# ## What may be trained on
#
# If a model trains on 2 3 4 → 24 and is judged on 4 3 2 → 24, it is judged on what it has seen. So the split goes by the
# numbers, in whatever order: a **multiset** of numbers is trained on with all its orders and targets, or with none.
#
# ### Exercise 3. The split (easy, 4 minutes)

# %%
def may_train(prompt, held_out):
    """True if a prompt, a list of three numbers and a target, may be trained on: its numbers, in whatever order,
    are not those of a prompt in held_out, a list of such prompts as tuples. A number that stands there twice counts
    twice; targets do not matter.
    """
    # solution
    return sorted(prompt[:3]) not in [sorted(other[:3]) for other in held_out]
    # end solution


check.may_train(may_train)

# %%
task = base.task
seen, unseen = task.prompts("seen"), task.prompts("unseen")
pd.DataFrame(
    {
        name: {"multisets of numbers": prompts.multisets, "prompts": len(prompts), "right answers": len(prompts.right.owner)}
        for name, prompts in (("trained on", seen), ("held out", unseen))
    }
)

# %% [markdown]
# ## The base, exactly
#
# One forward pass over all right answers of all held-out prompts gives every p. Prompts count as often as the generator
# draws them.

# %%
exact = lm.success(base, unseen)
pd.DataFrame({"k": [1, 4, 16, 64, 256, 10**6], "pass@k": exact.curve([1, 4, 16, 64, 256, 10**6])}).round(4)

# %% [markdown]
# A quarter right at one draw, 98.6 % at 256. Few policies can be wider. Now GRPO: 16 prompts a step, 32 samples each, a right
# sample is credited (r - mean)/std of its group, 400 steps.

# %%
predict(
    "pass256 after grpo",
    "After 400 steps of GRPO pass@1 on held-out numbers has risen from 23 % to 62 %. The base has pass@256 = 98.6 %. What is it then?",
    low=0.0,
    high=1.0,
)

# %%
explorers.collapse_run(step=400, k=256)

# %%
print("you said", predicted("pass256 after grpo"))
curves = recorded.curves().query("method == 'GRPO to collapse' and split == 'unseen' and step in (0, 400)")
curves.pivot_table(index="k", columns=["step", "seed"], values="pass_at_k").loc[[1, 4, 8, 16, 64, 256, 1024]].round(3)

# %% [markdown]
# **What you see.** In all three seeds pass@1 rises by .37 to .42, and pass@256 falls by .14 to .18, below the base. The curves cross
# between k = 4 and k = 16. After training, 256 draws find hardly more than a few did: the curve is nearly flat. Set the step to
# 0 and press ▶: the gap between pass@256 and pass@1 shrinks from .75 to .21, and the rows of the map, one prompt each,
# go to the two ends, *always* and *never*.
#
# The never is worth a thought. The base solves such a prompt in one draw of thirty, say. After training it solves it in no
# draw at all, and no group of 32 will show a right sample again: the signal is gone *because* of training.

# %%
collapsed = lm.bundled_base(seed=0, kind="collapsed")
both = pd.DataFrame({"before": exact.p, "after": lm.success(collapsed, unseen).p}, index=[str(row) for row in unseen.tokens.tolist()])
both[(both.before > 0.03) & (both.after < 1e-3)].sort_values("after").head(6)

# %% [markdown]
# ### Exercise 4. Silent groups (easy, 4 minutes)
#
# A group whose samples are all right or all wrong has nothing to compare.

# %%
def silent_share(c, n):
    """Share of groups that teach nothing when a group's samples are only compared with each other. c lists how many
    of its n samples are right, for each group of a batch.
    """
    # solution
    return sum(right in (0, n) for right in c) / len(c)
    # end solution


check.silent_share(silent_share)

# %% [markdown]
# In the third panel their share grows from .03 in the first steps to more than .5, from both ends: .18 all wrong, .34 all right. Half
# of the samples of a step then teach nothing. The paper names both ends; here they are, in one run.

# %%
quiz("why pass@256 falls")

# %% [markdown]
# ## Do it yourself
#
# The cockpit trains the same network now, on this computer, while the notebook stays usable. Choose an objective, press *Start*,
# change the learning rate while it runs. Nothing is trained before you press.
#
# A GPU is not needed: what it is for is many runs at once, a whole grid of settings and seeds as one program (`passk-lab sweep`).
# How fast one is has not been measured on a card yet.

# %%
pit = cockpit.open(objective="grpo", seed=0)
pit

# %% [markdown]
# Or as one sentence of the library. With `LIVE = True` the run is made here (some 10 s for 120 steps), otherwise
# read from the recorded ones.

# %%
LIVE = False
if LIVE:
    mine = lm.train(lm.TrainConfig(objective="grpo", seed=0, steps=120, evaluate_every=30)).evaluations
else:
    mine = recorded.curves().query("method == 'GRPO' and rate == 4e-4 and seed == 0 and step <= 120")
mine[mine.k.isin([1, 256])].pivot_table(index="step", columns=["split", "k"], values="pass_at_k").round(3)

# %% [markdown]
# Both splits, seen and unseen, go the same way. The network gains more on numbers it was trained on: .75 against .62 pass@1
# after 400 steps. A part of the gain is memory.
#
# ## How sure is that?
#
# Exact p leaves no sampling error, but two others: another seed, and other numbers. Prompts that use the same numbers rise
# and fall together, so they are not independent witnesses.
#
# ### Exercise 5. Spot the bug (medium, 6 minutes)
#
# Somebody resamples prompts:

# %%
def shipped_variance(values, multiset):
    mean = sum(values) / len(values)
    return sum((v - mean) ** 2 for v in values) / len(values) ** 2


shipped_variance([0.9, 0.9, 0.9, 0.1, 0.1, 0.1], multiset=[0, 0, 0, 1, 1, 1])

# %%
def fixed_variance(values, multiset):
    """Variance of the mean when whole multisets are drawn again, with replacement, as many as there are. values[i]
    is the result of prompt i, multiset[i] says which numbers it uses; each multiset has equally many prompts.
    """
    # solution
    groups = sorted(set(multiset))
    means = [np.mean([v for v, m in zip(values, multiset, strict=True) if m == g]) for g in groups]
    return sum((m - np.mean(means)) ** 2 for m in means) / len(groups) ** 2
    # end solution


check.fixed_variance(fixed_variance)

# %% [markdown]
# With it, for seed 0 at k = 256, beside the spread of the seeds:

# %%
last = curves.query("k == 256").set_index(["step", "seed"])[["pass_at_k", "low", "high"]].round(3)
last

# %% [markdown]
# The interval of each run (95 %, by multisets) is far from the base's. Base and trained model are also judged on the *same* numbers,
# which makes their difference surer than either.
#
# **If you want to dispute it.** One task, one small network, one recipe. Countdown-4, a longer task with the same code, is in the
# records too. Does the same happen there?

# %%
hard = recorded.curves().query("part == 'hard' and split == 'unseen' and k in (1, 16, 256, 1024)")
hard = hard[hard.step.isin([0, hard.step.max()])]
hard.pivot_table(index=["method", "step"], columns="k", values="pass_at_k", aggfunc=["mean", "min", "max"]).round(3)

# %%
quiz("what held-out numbers show")

# %% [markdown]
# ## Take with you
#
# - Where all right answers can be listed, p is a sum, and pass@k is known for every k.
# - GRPO on this network: pass@1 up, pass@256 down and below the base, curves cross; three seeds of three, on held-out numbers.
# - Prompts go to both ends; silent groups grow to half of all groups.
# - Held out means held out *by numbers*, and so do the intervals.
#
# **Next:** is it GRPO's fault? Notebook 07 puts objectives side by side, sampled and exact.
#
# To read: Yue et al. ([arXiv 2504.13837](https://arxiv.org/abs/2504.13837)) found the crossing in large models; the paper this lab
# is about: [arXiv 2511.16231](https://arxiv.org/abs/2511.16231).
