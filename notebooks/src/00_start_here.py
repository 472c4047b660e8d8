# %% [markdown]
# # Start here
#
# A language model is asked a question (a *prompt*, or a *problem*), and a program checks the answer: right or wrong. Ask
# it k times: each answer is a *sample*, or a *draw*. The chance that at least one of the k is right is called **pass@k**.
# This laboratory is about one question:
#
# > *Is pass@k something to train a model on, or only something to watch?*
#
# Yang Yu argues for watching ([arXiv 2511.16231](https://arxiv.org/abs/2511.16231)); others train on it and report gains.
#
# **After this notebook** you can work the lab, and you know what one number p decides. It takes about 25 minutes; the
# computer needs {measured}.

# %%
from passk_lab import explorers
from passk_lab.course import check, predict, predicted, progress, quiz

progress("00_start_here")

# %% [markdown]
# ## One number, three curves
#
# Everything starts from **p**, the chance that a single sample is right. Run the cell, then move the sliders: with the
# mouse, with the arrow keys, or by pulling the orange square.

# %%
explorers.pass_at_k()

# %% [markdown]
# **What you see.** Left, pass@k rises above pass@1, and the shaded gap between them is what more draws can still find.
# Middle, the *weight* k(1 - p)^(k - 1): the factor by which training on pass@k multiplies the gradient that this prompt
# has under pass@1. Right, the gap alone.
#
# Press ▶ beside k and watch the middle panel. As k grows, the weight gathers at prompts that are almost never solved
# and falls away from all others. Half of the paper's argument is in this picture; the other half, that prompts hardly ever
# solved give no right sample to learn from, comes at the end of this notebook.
#
# The line of words above the panels says in numbers what the picture shows. *Copy this view* gives you one short string
# that brings the same view back:

# %%
explorers.from_state("pass-at-k?k=16&p=0.9").words

# %% [markdown]
# ## How an exercise works
#
# Replace the dots and run the cell. The checker knows the exact answers (it computes in fractions), and it recognises
# hundreds of typical mistakes, some of them from public code. If you are stuck, `check.at_least_one.hint()` gives a first idea, then a formula, then a
# line; `check.at_least_one.solution()` shows one way to write it.
#
# ### Exercise 1. At least one (easy, 3 minutes)
#
# Each sample is right with chance `p`, independently of the others. How likely is at least one right among `k`?

# %%
def at_least_one(p, k):
    """Chance that at least one of k independent samples is right, when each is right with chance p. p from 0 to 1,
    k = 1, 2, ...
    """
    # solution
    return 1 - (1 - p) ** k
    # end solution


check.at_least_one(at_least_one)

# %% tags=["teacher"]
# Common answers: p**k (all right) and k*p (a sum). Ask for k*p at p = 0.6, k = 2: a chance of 1.2?
check.at_least_one.exercise.mistakes[1].message

# %% [markdown]
# ### Exercise 2. How many draws? (medium, 6 minutes)
#
# First guess, then compute.

# %%
predict(
    "draws for half",
    "A prompt is solved once in a hundred samples (p = 0.01). How many draws until one in two readers has seen "
    "a right answer?",
    low=1,
    high=1000,
)

# %%
def draws_needed(p, target):
    """Smallest whole k with pass@k >= target, where pass@k = 1 - (1-p)^k. p from 0 to 1, 0 < target < 1. For p = 0
    no k will do: raise a ValueError.
    """
    # solution
    if p == 0:
        raise ValueError("with p = 0 no number of draws is enough")
    k = 1
    while 1 - (1 - p) ** k < target:
        k += 1
    return k
    # end solution


check.draws_needed(draws_needed)

# %% [markdown]
# Compare it with your guess. 50 is tempting, because 50 × 0.01 = 1/2; but chances do not add up, and after 68 draws half
# of the readers are still waiting (50.5 %).

# %%
{"you said": predicted("draws for half"), "it is": draws_needed(0.01, 0.5)}

# %% [markdown]
# ## Why groups fall silent
#
# In RLVR, reinforcement learning with verifiable rewards, the program's verdict is the reward. It often draws a **group**
# of n samples for each prompt and asks which were better than the group's own mean. If all are right, or all are wrong, no sample is better than another: the group is silent.
#
# ### Exercise 3. A group with a contrast (medium, 5 minutes)

# %%
def mixed_group(p, n):
    """Chance that a group of n independent samples holds both a right and a wrong one, when each is right with
    chance p. p from 0 to 1, n = 1, 2, ...
    """
    # solution
    return 1 - p**n - (1 - p) ** n
    # end solution


check.mixed_group(mixed_group)

# %% [markdown]
# With eight samples a group: a prompt that is solved one time in a hundred speaks in fewer than one group of twelve; a
# prompt solved every second time, in almost all.

# %%
{p: mixed_group(p, 8) for p in (0.01, 0.1, 0.5, 0.9, 0.99)}

# %% [markdown]
# ## Two-minute self-check
#
# Three questions. If you miss one, its reason tells you what to look at again.

# %%
quiz("independent draws")

# %%
quiz("silent group")

# %%
quiz("gap to zero")

# %% [markdown]
# ## Take with you
#
# - One number p per prompt decides pass@k for every k: pass@k = 1 - (1 - p)^k.
# - The gap between pass@k and pass@1 is zero where a prompt is always solved *and* where it never is.
# - A group without a contrast teaches nothing, and both ends of p make groups without a contrast.
#
# **Next:** `01_counting_successes` leaves the world where p is known. From real samples of real models it asks what
# pass@k is, how sure one can be of it, and shows a trained model that is overtaken by its own base model.
#
# To read: the paper, [arXiv 2511.16231](https://arxiv.org/abs/2511.16231), abstract and introduction (ten minutes).
# Where a word is unclear, the project's `docs/glossary.md` has every symbol with its name in the code.
