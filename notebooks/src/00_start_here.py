# %% [markdown]
# # Start here
#
# A language model is asked a question (a *prompt*, or a *problem*), and a program checks the answer: right or wrong. Ask
# it k times: each answer is a *sample*, or a *draw*. The chance that at least one of the k is right is called **pass@k**.
# This laboratory is about one question:
#
# > *Is pass@k something to train a model on, or [only something to watch]{given}?*
#
# Yang Yu argues for watching ([arXiv 2511.16231](https://arxiv.org/abs/2511.16231), *the paper* from here on); others train
# on it and report gains.
#
# **After this notebook** you can work the lab, and you know what one number p decides. Click into a cell and press
# **Shift+Enter**: it runs, and the next one is chosen. The computer needs {measured} for the whole notebook.
#
# Words and letters: [glossary](glossary.md).

# %%
import numpy as np

from passk_lab import explorers
from passk_lab.course import check, predict, progress, quiz, reveal

progress("00_start_here")

# %% [markdown]
# ## Right, wrong, wrong
#
# Here is a prompt to which a single sample is right with chance p = 0.3. Each row is one reader who draws k = 4 samples.

# %%
p, k = 0.3, 4
right = np.random.default_rng(0).random((10_000, k)) < p
for row in right[:6]:
    print(*np.where(row, "right", "wrong"), "   at least one" if row.any() else "")

# %% [markdown]
# Of these [six]{rows_shown} readers, [five]{rows_with_one} have a right answer among their samples; the unlucky one drew
# wrong, wrong, wrong, wrong. Now count over [ten thousand]{rows} readers: how often is the first sample right, and how
# often at least one of a row?

# %%
print("the first is right:   ", right[:, 0].mean())
print("at least one is right:", right.any(axis=1).mean())

# %% tags=["claims"]
def rows_shown():
    return len(right[:6])


def rows_with_one():
    return sum(row.any() for row in right[:6])


def rows():
    return len(right)


# %% [markdown]
# The first number comes near p, the second is far above it: that is what more draws do. Change p and k above and run
# both cells again, until you can guess the last number from p and k. An exercise below asks for the formula.
#
# ## From a number to curves
#
# That chance p of one prompt is its pass@1; papers write J_k for its pass@k, so p = J_1 = pass@1. (Over many prompts,
# pass@1 is the mean of their p.) Run the cell, then move the sliders: with the mouse, with the arrow keys, or by pulling
# the orange square.

# %%
explorers.pass_at_k()

# %% [markdown] tags=["teacher"]
# - *Ask* before a slider is touched: at p = 0.5, what becomes of the factor in the panel *Weight* as k grows?
# - *Expect* "it grows": more draws, more pull. Whoever says so takes the weight for pass@k itself.
# - *The picture:* the factor at k = 16 is [0.0005]{told_factor}, and [16]{told_factor_at_zero} at the left edge. The
#   top of the hill in *Gap* moves to the left, from [p = 0.37 at k = 4 to p = 0.17 at k = 16]{told_tops}. If somebody
#   takes the gap for ability, move p to either end (question *gap to zero*).
# - *Time:* let them play here.
# - *Skip* the string that brings a view back until somebody wants to send one.

# %% tags=["claims"]
_half, _zero = (explorers.pass_at_k(k=16, p=p).numbers for p in (0.5, 0))


def told_factor():
    return _half["weight"]


def told_factor_at_zero():
    return _zero["weight"]


def told_tops():
    tops = [explorers.pass_at_k(k=k).numbers["peak"] for k in (4, 16)]
    return tops[0], 4, tops[1], 16


# %% [markdown]
# **What you see.** In the panel *Success*, pass@k rises above pass@1, and the shaded gap between them is what more draws
# can still find. *Gap* shows that difference by itself. *Weight* is k(1 - p)^(k - 1): training moves a model's
# parameters along a *gradient*, the direction in which what it trains on grows fastest; training on pass@k multiplies the
# gradient that this prompt has under pass@1 by this factor.
#
# Press ▶ beside k and watch *Weight*. As k grows, the weight gathers at prompts that are hardly ever solved and falls
# away from the others. That is one part of the paper's argument; the other, that such prompts give no right sample to learn
# from, comes at the end of this notebook.
#
# The line of words says in numbers what the picture shows. *Copy this view* gives you one short string that brings the
# same view back:

# %%
explorers.from_state("pass-at-k?k=16&p=0.5").words

# %% [markdown]
# ## How an exercise works
#
# Replace the dots and run the cell. The checker knows the exact answers (it computes in fractions), and it recognises
# [more than 500]{mistakes_known} typical mistakes, some of them from public code. If you are stuck,
# `check.at_least_one.hint()` gives a first idea, then a formula, then a line; `check.at_least_one.solution()` shows one way
# to write it.
#
# ### Exercise 1. At least one (easy)
#
# Each sample is right with chance `p`, independently of the others. How likely is at least one right among `k` samples?
# `0 <= p <= 1` and `k = 1, 2, 3, ...`.

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

# %% tags=["claims"]
from passk_lab.course.content import EXERCISES as _exercises


def mistakes_known():
    return sum(len(exercise.mistakes) for exercise in _exercises.values())


# %% [markdown] tags=["teacher"]
# - Wrong answers to `at_least_one` say where their author stands: `at_least_one`, *sum* adds chances of things that can
#   happen together; `at_least_one`, *all right* has read coverage as reliability; `at_least_one`, *none right* had the
#   whole idea and stopped a step early.
# - *Ask* the first for p = 0.6 and [two]{given} draws: a chance of [1.2]{told_sum}?
# - *Ask* the next what becomes of their number as k grows. The last needs a nod.
# - *Time:* here a class comes together that arrived with unequal knowledge of chances, so wait until the last has a
#   green mark.
# - *Skip* the hints' formula on the screen: it ends the thinking of those who are close.

# %% tags=["claims"]
def told_sum():
    return 2 * 0.6


# %% [markdown]
# ### Exercise 2. How many draws? (medium)
#
# Guess, before you compute.

# %%
predict(
    "draws for half",
    "A prompt is solved once in a hundred samples (p = 0.01). How many draws until one in two readers has seen "
    "a right answer?",
    low=1,
    high=1000,
)

# %% [markdown]
# Now in general: return the smallest whole number k for which pass@k is at least `target`; `0 <= p <= 1` and
# `0 < target < 1`. With p = 0 no k will do: raise a `ValueError`.

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

# %%
reveal("draws for half", next(k for k in range(1, 1001) if 1 - 0.99**k >= 0.5))

# %% [markdown] tags=["teacher"]
# - *Ask* for the guesses of the prediction *draws for half* by show of hands.
# - *Expect* [50]{tempting}, where chances were added (`draws_needed`, *linear*), and [100]{told_mean_wait}, the mean
#   wait: a good answer to another question. The mean is longer than the median because a few readers wait very long.
# - *They see* [69]{told_draws}. After [50]{tempting} draws [60.5 %]{waiting} of the readers still wait; say that number
#   before the page does.
# - *Time:* the loop in `draws_needed` is quick, its edge is not: see `draws_needed`, *rounded down*, and ask its author
#   to put the number back into the formula.
# - *Skip* the logarithm unless somebody offers it.

# %% tags=["claims"]
def told_mean_wait():
    return 1 / 0.01


def told_draws():
    return draws_needed(0.01, 0.5)


# %% [markdown]
# It is tempting to say [50]{tempting}, for which `k * p = 0.5`; but chances do not add up: after so many draws
# [60.5 %]{waiting} of the readers are still waiting.

# %% tags=["claims"]
def tempting():
    return 0.5 / 0.01


def waiting():
    return 100 * (1 - at_least_one(0.01, 50))


# %% [markdown]
# ## Why groups fall silent
#
# In RLVR, reinforcement learning with verifiable rewards, the program's verdict is the *reward*: `1` for right, `0`
# for wrong. What is trained is the *policy*: the model, seen as the chances with which it gives its answers. Training often
# draws a **group** of n samples for each prompt and asks which were better than the group's own mean. In a group that is
# all right, or all wrong, no sample is better than another: the group is *silent*.
#
# ### Exercise 3. A group with a contrast (medium)
#
# Each of `n` samples is right with chance `p`. How likely does their group hold both a right and a wrong one?
# `0 <= p <= 1` and `n = 1, 2, 3, ...`.

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
# In groups of 8, a prompt that is solved [one time in a hundred]{given} speaks in
# [fewer than one group in twelve]{rarely_solved}; a prompt that is right as often as wrong, in [99 %]{half_solved} of them.

# %%
{p: mixed_group(p, 8) for p in (0.01, 0.1, 0.5, 0.9, 0.99)}

# %% tags=["claims"]
def rarely_solved():
    return mixed_group(0.01, 8)


def half_solved():
    return 100 * mixed_group(0.5, 8)


# %% [markdown] tags=["teacher"]
# - *Ask* which group of eight is silent, with the answers of the question *silent group* on the board.
# - *Expect* that some pick the even one: they take "no majority" for "no contrast". In code the slips are
#   `mixed_group`, *any right*, which forgets that all right is silent too, and `mixed_group`, *product*.
# - *They see* in the line above [0.077 at p = 0.01 and at p = 0.99, and 0.99 at p = 0.5]{told_mixed}: alike from either
#   end. That is the picture to keep for notebook 03, so draw the curve on the board: low, flat and high, low.
# - *Skip* the quiz in class if time is short, and set it as homework.

# %% tags=["claims"]
def told_mixed():
    assert round(mixed_group(0.01, 8), 12) == round(mixed_group(0.99, 8), 12)
    return mixed_group(0.01, 8), 0.01, 0.99, mixed_group(0.5, 8), 0.5


# %% [markdown]
# ## Self-check
#
# If you miss a question, its reason tells you what to look at again.

# %%
quiz("independent draws")

# %%
quiz("silent group")

# %%
quiz("gap to zero")

# %% [markdown]
# ## Take with you
#
# - One number p per prompt decides pass@k [for every k]{one_formula}: pass@k = 1 - (1 - p)^k.
# - The gap between pass@k and pass@1 is zero [where a prompt is always solved *and* where it never is]{gap_at_the_ends}.
# - A rule that compares the samples of a group learns [nothing]{silent} from one without a contrast, and both ends of p make
#   such groups.
#
# **Next:** [01_counting_successes](01_counting_successes.ipynb) leaves the world where p is known. From real samples of
# real models it asks what pass@k is, how sure one can be of it, and compares a trained model with its *base model*, the
# one it was trained from.
#
# To read: the paper, [arXiv 2511.16231](https://arxiv.org/abs/2511.16231), abstract and introduction.

# %% tags=["claims"]
from passk_lab import metrics as _metrics
from passk_lab import objectives as _objectives

_some_p, _some_k = np.linspace(0, 1, 101), np.arange(1, 257)[:, None]


def one_formula():
    return np.allclose(_metrics.success_at_k(_some_p, _some_k), at_least_one(_some_p, _some_k), rtol=1e-12)


def gap_at_the_ends():
    gap = _metrics.gap_at_k(_some_p, _some_k[1:])
    return bool((gap[:, [0, -1]] == 0).all() and (gap[:, 1:-1] > 0).all())


def silent():
    credit = _objectives.get("grpo").credit(8)
    return credit.correct[8] == 0 and credit.wrong[0] == 0
