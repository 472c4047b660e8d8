# %% [markdown]
# # Many prompts
#
# So far one prompt at a time, and there pass@k shows no new direction. But a model has many prompts and *one* set of
# parameters. The gradient is then a sum over prompts, each with its own weight, and a weighted sum can point anywhere
# between its parts. This notebook is about where the paper's claim stops.
#
# **After this notebook** you can show a pair of prompts on which pass@k trains *against* pass@1, a policy for which pass@k
# has another optimum, which covers more, and say what either means for the argument. The computer needs {measured}.
#
# Words and letters: [glossary](glossary.md).

# %%
import pandas as pd

from passk_lab import exact, explorers, objectives, play
from passk_lab.course import check, predict, progress, quiz, reveal

progress("05_many_prompts")

# %% [markdown]
# ## A pair of prompts, one parameter
#
# Prompt x is solved with chance p_x = sigmoid(a_x + b_x θ), where sigmoid(z) = 1/(1 + exp(-z)): a_x says how easy the prompt is at
# θ = 0, b_x how far θ moves it. With [b = 1]{given} a larger θ helps, with [b = -1]{given} it hurts. An easy prompt with the one and a hard prompt with the other pull against each
# other: what is good for the first is bad for the second. From here on p is the chance of one prompt, and pass@1 and pass@k
# are means over the prompts.
#
# ### Exercise 1. The gradient over prompts (medium)
#
# The slope of p_x in θ is b_x p_x (1 - p_x). Write the derivative in θ of the mean pass@k. `p` and `b` are lists with a
# number for each prompt; the chances lie between zero and one, both included. `k` is a whole number from one on.

# %%
def shared_gradient(p, b, k):
    """Derivative in theta of the mean pass@k over prompts that share this one parameter: prompt x is solved with
    chance p[x] = sigmoid(a[x] + b[x] theta). p and b are lists, k = 1, 2, 3, ...
    """
    # solution
    terms = [k * (1 - q) ** (k - 1) * s * q * (1 - q) for q, s in zip(p, b, strict=True)]
    return sum(terms) / len(terms)
    # end solution


check.shared_gradient(shared_gradient)

# %% [markdown]
# An easy prompt with p = [3/4]{given} and a hard one with p = [1/8]{given}:

# %%
{k: shared_gradient([3 / 4, 1 / 8], [1, -1], k) for k in (1, 2, 4, 8)}

# %% [markdown] tags=["teacher"]
# - *Ask* for the signs before the cell: the easy prompt gains, the hard one loses; which way do the means go?
# - *Expect* "the same way, the weights are positive" (question *no new direction*): positive weights keep the direction
#   of each term and not of the sum.
# - *They see* [+0.039 at k = 1 and -0.049 at k = 2]{told_signs}. Do this sum on the board with fractions; it is the
#   whole notebook in one line. The slip that hides it is `shared_gradient`, *weight at the mean*: one weight for both,
#   and then no sign can turn.
# - *Time:* do not hurry past.
# - *Skip* `points_against` in class.

# %% tags=["claims"]
def told_signs():
    slopes = [shared_gradient([3 / 4, 1 / 8], [1, -1], k) for k in (1, 2)]
    return slopes[0], 1, slopes[1], 2


# %% [markdown]
# pass@1 wants a larger θ, [pass@2 and all after it a smaller one]{sign_turns}. At k = 2 the weight of the easy prompt has
# fallen to [0.5]{easy_weight}, that of the hard one has risen to [1.75]{hard_weight}, and the sign of the sum has turned.
#
# ### Exercise 2. Do they disagree? (easy)
#
# Write a function that is `True` if the derivatives in θ of mean pass@k and of mean pass@1 have opposite signs, else
# `False`; a derivative of zero has no sign. `p`, `b` and `k` are as before.
#
# %% tags=["claims"]
def sign_turns():
    slopes = [shared_gradient([3 / 4, 1 / 8], [1, -1], k) for k in range(1, 200)]
    return slopes[0] > 0 and all(slope < 0 for slope in slopes[1:])


def easy_weight():
    return objectives.get("pass@k", k=2).weight(3 / 4)


def hard_weight():
    return objectives.get("pass@k", k=2).weight(1 / 8)


# %%
def points_against(p, b, k):
    """True if the derivatives in theta of mean pass@k and of mean pass@1 have opposite signs, else False (also if
    one of them is 0). Prompt x is solved with chance p[x] = sigmoid(a[x] + b[x] theta); p and b are lists, k = 1, 2,
    3, ...
    """
    # solution
    return shared_gradient(p, b, k) * shared_gradient(p, b, 1) < 0
    # end solution


check.points_against(points_against)

# %% [markdown]
# ## More parameters: an angle instead of a sign
#
# With more parameters the gradients of pass@1 and pass@k stand at an angle. Below, easy prompts (p = 0.8) and hard ones
# are trained together. You choose which share is easy, and the angle between the gradients of an easy prompt and a hard one,
# which says how far they help or hurt each other (**interference**).

# %%
predict(
    "first disagreement",
    "Easy prompts (p = 0.8, seven in ten) and hard ones (p = 0.1) pull 150 degrees apart. From which k on do pass@k and pass@1 "
    "stand at more than 90 degrees?",
    low=1,
    high=64,
)

# %%
prompts = exact.easy_and_hard(angle=150, p_easy=0.8, p_hard=0.1, share_easy=0.7)


def angle(k):
    return exact.angle_between(prompts.gradient("pass@1"), prompts.gradient(objectives.get("pass@k", k=k)))


reveal("first disagreement", next(k for k in range(1, 65) if angle(k) > 90))

# %%
explorers.interference(angle=150, k=1, p_hard=0.1, share_easy=0.7)

# %% [markdown] tags=["teacher"]
# - *Ask* for the prediction *first disagreement*.
# - *Expect* large numbers: few trust a small k to turn an arrow.
# - *They see* [k = 3]{told_first}.
# - *The picture:* in *Directions* the arrow of pass@k swings over from the easy prompt's side to the hard one's; in
#   *Gain* the easy prompt is below zero from there on, the hard one above. Ask what has to be true for that, and
#   collect both halves: pulls that oppose, and weights that differ enough. The slip `points_against`, *prompts
#   disagree* has the first part alone.
# - *Time:* hand the sliders to the class and ask for a setting in which no k disagrees.
# - *Skip* the citation.

# %% tags=["claims"]
def told_first():
    return next(k for k in range(1, 65) if angle(k) > 90)


# %% [markdown]
# **What you see.** The angle between pass@1 and pass@k is [75]{at_two} degrees at k = 2, and [from k = 3 on]{disagree_from} it is above
# [90]{given}. Move k. In the panel *Directions* the arrow of pass@k swings from that of pass@1 to the hard prompt's; the panel
# *Gain* has what a step along it does: at k = 2 [both prompts gain]{both_gain}; [from k = 3 on]{easy_loses} the hard one gains and
# the easy one loses. For prompts that help each other, at an angle below [90 degrees]{given},
# [the arrow swings too]{swings_too}, but [neither prompt loses, at any k]{helpful_prompts}. Press *many easy prompts*: with
# [a tenth]{hard_share} of the prompts hard and solved in [one draw in fifty]{hard_chance}, the easy ones
# [still win at k = 3 and lose at k = 4]{many_turn}. It is a question of shares, weights *and* angles
# ([arXiv 2602.21189](https://arxiv.org/abs/2602.21189)).
#
# So "no new direction" is a statement about one prompt. Over many prompts pass@k can even lower pass@1, which training on
# pass@1 itself, with exact gradients and small steps, cannot do.
#
# %% tags=["claims"]
import numpy as np

_picture = explorers.interference().description
_easy_gain, _hard_gain, _turned = (np.asarray(_picture.tables[name].values) for name in ("easy gain", "hard gain", "turned"))
_helpful = np.array(_picture.axes["angle"]) < 90
_many = next(preset.state for preset in _picture.presets if preset.label == "many easy prompts")


def at_two():
    return angle(2)


def disagree_from():
    first = next(k for k in range(1, 65) if angle(k) > 90)
    return first, all(angle(k) > 90 for k in range(first, 65))


def _gains(k):
    numbers = explorers.interference(angle=150, k=k, p_hard=0.1, share_easy=0.7).numbers
    return numbers["easy"], numbers["hard"]


def both_gain():
    return min(_gains(2)) > 0


def easy_loses():
    gains = {k: _gains(k) for k in _picture.axes["k"]}
    first = min(k for k, (easy, _) in gains.items() if easy < 0)
    return first, all(easy < 0 < hard for k, (easy, hard) in gains.items() if k >= first)


def swings_too():
    apart, draws = np.array(_picture.axes["angle"]) > 0, np.array(_picture.axes["k"]) > 1
    return bool((_turned[_helpful & apart][:, draws] > 0).all())


def helpful_prompts():
    return bool((_easy_gain[_helpful] > 0).all() and (_hard_gain[_helpful] > 0).all())


def hard_share():
    return 1 - _many["share_easy"]


def hard_chance():
    return _many["p_hard"]


def many_turn():
    gain = {k: explorers.interference(**{**_many, "k": k}).numbers["easy"] for k in _picture.axes["k"]}
    return max(k for k in gain if gain[k] > 0), min(k for k in gain if gain[k] < 0)


# %%
quiz("why pass@1 falls")

# %% [markdown]
# ## Spot the bug
#
# A trainer wants the weight of pass@k from the batch, as the mean over its prompts. Someone writes:

# %%
def shipped_mean_weight(p, k):
    return k * (1 - sum(p) / len(p)) ** (k - 1)


{str(p): shipped_mean_weight(p, 16) for p in ([0.0, 1.0], [0.02, 0.1, 0.5, 0.9, 0.99])}

# %% [markdown]
# A batch of one unsolved and one solved prompt gets weight [0.0005]{shipped_weight}. But the unsolved one alone should get
# [16]{unsolved_weight}.
#
# ### Exercise 3. Repair it (easy)
#
# Write the mean over prompts of the weight k (1-p)^(k-1). `p` is a list with the chance of each prompt, between zero and
# one, both included; `k` is a whole number from one on.
#
# %% tags=["claims"]
def shipped_weight():
    return shipped_mean_weight([0.0, 1.0], 16)


def unsolved_weight():
    return objectives.get("pass@k", k=16).weight(0.0)


# %%
def fixed_mean_weight(p, k):
    """Mean over prompts of the weight k (1-p)^(k-1), p being a list with the chance of each prompt, k = 1, 2, 3, ..."""
    # solution
    return sum(k * (1 - q) ** (k - 1) for q in p) / len(p)
    # end solution


check.fixed_mean_weight(fixed_mean_weight)

# %% tags=["teacher"]
# The same slip as pooling samples in notebook 01: a curved function of a mean is not the mean of the function.
[(shipped_mean_weight(p, 16), fixed_mean_weight(p, 16)) for p in ([0.0, 1.0], [0.02, 0.1, 0.5, 0.9, 0.99])]

# %% [markdown]
# ## A mixture of strategies, and a policy that cannot see
#
# Now a case for pass@k. There are strategies A and B. A share w of the prompts is solved by A alone, the rest by B alone. The
# policy cannot tell which kind it has before it: it has one number, x, the chance of using A. Then
#
# - pass@1 = w x + (1 - w)(1 - x): a straight line. If w > 1/2, best at x = 1.
# - pass@k = w (1 - (1-x)^k) + (1 - w)(1 - x^k): a hill, for k > 1 and 0 < w < 1.
#
# ### Exercise 4. One step of the derivation (medium)
#
# Write the derivative of that hill, w (1 - (1-x)^k) + (1 - w) (1 - x^k), with respect to `x`, by hand and not as a difference
# quotient. `x` and `w` lie between zero and one, both included; `k` is a whole number from one on.

# %%
def mixture_slope(x, w, k):
    """Derivative in x of the mean pass@k, w (1 - (1-x)^k) + (1-w) (1 - x^k): by hand, not as a difference quotient.
    A share w of the prompts is solved by strategy A, the rest by strategy B only; x is the chance to use A. Both
    from 0 to 1, k = 1, 2, 3, ...
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
reveal("best mixture", explorers.strategies(k=2, w=0.75).numbers["best"])

# %%
explorers.strategies(k=2, w=0.75)

# %% [markdown] tags=["teacher"]
# - *Ask* for the prediction *best mixture*.
# - *Expect* x = 1 ("use what is right more often") from those who think of one draw, and an even mixture from those who
#   think of covering.
# - *They see* [0.75]{told_best}: as often as it is right.
# - *The picture:* in *Mixtures* pass@1 is a straight line and pass@2 a hill whose top, [0.81]{told_top}, lies above
#   both ends; in *Training* pass@1 runs to the edge and pass@2 stops on its hill. `mixture_slope`, *pass@1's slope* is
#   the straight line taken for the hill.
# - *Time:* the argument that follows is the best one against the paper, so keep some.
# - *Skip* the formula of the top for large k.

# %% tags=["claims"]
def told_best():
    return explorers.strategies(k=2, w=0.75).numbers["best"]


def told_top():
    shown = explorers.strategies(k=2, w=0.75).numbers
    return shown["top"] if shown["top"] > 0.75 else -1


# %% [markdown]
# For k = 2 the best mixture uses each strategy as often as it is right, [for every w]{matches}. The top is where
# x/(1 - x) = (w/(1 - w))^(1/(k-1)): the larger k, the [nearer to one half]{nearer_half} each. Press ▶ beside the time: training
# on pass@1 drops the weaker strategy, training on pass@k comes to rest on its hill.
#
# %% tags=["claims"]
def _at_top(w, x, k):
    return abs(exact.two_strategies(w, start=x).gradient(objectives.get("pass@k", k=k))).max() < 1e-6


def matches():
    return all(_at_top(w, w, 2) for w in np.linspace(0.01, 0.99, 99))


def nearer_half():
    tops = {k: 1 / (1 + (0.25 / 0.75) ** (1 / (k - 1))) for k in (2, 3, 4, 8, 16)}
    there = all(_at_top(0.75, x, k) for k, x in tops.items())
    return tops[16], bool(there and (np.diff(list(tops.values())) < 0).all())


# %%
def trained_on(k, w=0.6, start=0.3, until_time=1e5):
    run = exact.flow(exact.two_strategies(w, start), objectives.get("pass@k", k=k), until_time=until_time)
    found = {f"pass@{draws}": run.pass_at_k(draws)[-1] for draws in (1, 4, 16, 1024)}
    return {"chance of A": run.p[-1][0], **found}


results = pd.DataFrame({f"pass@{k}": trained_on(k) for k in (1, 2, 4, 16)}).T.rename_axis("trained on")
results.round(5)

# %% [markdown] tags=["teacher"]
# - Hold a short debate here: one side reads the table for the paper, the other against it.
# - *Expect* "refuted" from the second side; ask them which sentence of the theorem fails, and they will find that it
#   speaks of one prompt.
# - *Expect* "artificial" from the first; ask them for a policy that can tell its prompts apart perfectly.
# - *They see* pass@4 trained policies solve [94 %]{told_four} in [four]{given} draws and [51 %]{told_one} in one, where
#   pass@1 has [60 %]{told_pure} in either. The question *why pass@1 falls* checks who kept both halves of the argument.
# - *Time:* the debate needs no slide.
# - *Skip* `fixed_mean_weight`; it is a homework.

# %% tags=["claims"]
def told_four():
    return 100 * results.loc["pass@4", "pass@4"]


def told_one():
    return 100 * results.loc["pass@4", "pass@1"]


def told_pure():
    pure = results.loc["pass@1", ["pass@1", "pass@4"]]
    return 100 * pure.iloc[0] if abs(pure.iloc[0] - pure.iloc[1]) < 0.001 else -1


# %% [markdown]
# **How to read it.** Here w = 0.6, and the flow has run to t = [100,000]{given}. Trained on pass@1, the policy solves
# [60 %]{pure_once} at one draw, and [60 %]{pure_sixteen} at [sixteen]{given} too. The other [40 %]{left_to_b} are left to B, which
# it now draws [25 times]{b_draws} in [a million]{given}: [1,024]{given} draws still find [one point more]{pure_many},
# and [longer training takes that too]{taken_later}.
# Trained on pass@4 it solves [51 %]{mixed_once} at one draw, [94 %]{mixed_four} at [four]{given} and [99.998 %]{mixed_sixteen}
# at [sixteen]{given}. Here pass@k is not the same goal on another clock: it has another optimum, one that covers more, and it *keeps*
# both strategies alive, because they serve different prompts. It pays with [nine points of pass@1]{price_of_mixing}.
#
# Is that a refutation of the paper? It is its border. On one prompt no F(p) prefers several right answers to one
# (notebook 04). Over prompts that cannot be told apart and need different answers, pass@k (k > 1) does prefer a mixture. Which of
# these a real model resembles is a matter of measurement: notebooks 06 to 08 measure it in a small language model.
#
# %% tags=["claims"]
def _percent(trained, draws):
    return 100 * results.loc[f"pass@{trained}", f"pass@{draws}"]


def pure_once():
    return _percent(1, 1)


def pure_sixteen():
    return _percent(1, 16)


def left_to_b():
    return 100 * exact.two_strategies(0.6).weights[1]


def b_draws():
    return 1e6 * (1 - results.loc["pass@1", "chance of A"])


def pure_many():
    return bool(abs(_percent(1, 1024) - _percent(1, 1) - 1) < 0.1)


def taken_later():
    return trained_on(1, until_time=1e9)["pass@1024"] < 0.60001


def mixed_once():
    return _percent(4, 1)


def mixed_four():
    return _percent(4, 4)


def mixed_sixteen():
    return _percent(4, 16)


def price_of_mixing():
    return _percent(1, 1) - _percent(4, 1)


# %% [markdown]
# ## The same as a race, with luck in it
#
# [Sixteen]{given} prompts share [six]{given} strategies, of which few solve a prompt. Both sides start from the same policy and are
# trained on groups of [16]{given} answers, decided by the same luck: pass@1 on the left, on the right pass@4 by the table
# pass@4-loo-1 (the names are those of notebook 07). Bet first.

# %%
play.race()

# %% [markdown]
# **What you see.** pass@1 sends [every prompt to strategy A]{all_to_a}, and the prompts that A does not solve turn grey: no
# sample of theirs is right, so they are not called back. With luck taken out (the thin lines) training on pass@1 takes pass@4
# from [47 to 45 %]{race_on_pass_1}, training on pass@4 takes it to [72 %]{race_on_pass_4}, and pays for it in single tries:
# [32 % against 43 %]{race_in_one_try}. A seed can mislead: press for more of them, and race grpo against maxrl too.
#
# %% tags=["claims"]
def _raced(objective):
    return play.training.mean_path(play.worlds.world("shared"), objective, n=16)[[0, -1]]


def _raced_on_pass_4():
    return _raced(objectives.get("pass@k-loo-1", k=4))


def all_to_a():
    chances = play.training.uniforms(seed=7, steps=play.training.STEPS, n=16)
    logits = play.training.sampled(play.worlds.world("shared"), "pass@1", chances)[-1]
    return bool((play.worlds.world("shared").index[np.arange(16), logits.argmax(axis=1)] == 0).all())


def race_on_pass_1():
    return [100 * play.training.solved(p, 4) for p in _raced("pass@1")]


def race_on_pass_4():
    return 100 * play.training.solved(_raced_on_pass_4()[1], 4)


def race_in_one_try():
    return [100 * play.training.solved(p[1], 1) for p in (_raced_on_pass_4(), _raced("pass@1"))]


# %%
quiz("no new direction")

# %% [markdown]
# ## Take with you
#
# - Over prompts with shared parameters ∇pass@k need not be a positive multiple of ∇pass@1; it can point against it.
# - That needs prompts that pull against each other *and* weights that differ enough.
# - Where one blind policy serves different prompts, pass@k (k > 1) has a mixture as its optimum; pass@1 has a single
#   strategy (at [w = 1/2]{given}, [any x]{any_x}).
# - "No new direction" is true prompt by prompt, and not of their mean.
#
# **Next:** [06_train_a_model](06_train_a_model.ipynb). A real network, trained before your eyes.
#
# To read: Barakat et al. ([arXiv 2602.21189](https://arxiv.org/abs/2602.21189)) on interference; those who train on pass@k
# and report gains: [arXiv 2505.15201](https://arxiv.org/abs/2505.15201),
# [arXiv 2508.10751](https://arxiv.org/abs/2508.10751), [arXiv 2602.02710](https://arxiv.org/abs/2602.02710).
#
# %% tags=["claims"]
def any_x():
    return all(abs(exact.two_strategies(0.5, start=x).gradient("pass@1")).max() < 1e-12 for x in np.linspace(0.01, 0.99, 99))
