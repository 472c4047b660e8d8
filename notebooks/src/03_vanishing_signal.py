# %% [markdown]
# # The vanishing signal
#
# The paper names where training on pass@k goes quiet. Where a prompt is solved, p near 1, the weight k (1 - p)^(k-1) is
# gone. Where it is unsolved, p near 0, hardly a right sample is drawn, and the weight has little to act on. The second is
# just where one would like to explore.
#
# **After this notebook** you can say exactly what vanishes at each end and what does not, how large the signal of a group
# is beside its noise, and how many groups of a real training run were silent. The computer needs {measured}.
#
# Words and letters: [glossary](glossary.md).

# %%
import numpy as np
import pandas as pd

from passk_lab import data, exact, explorers, metrics, objectives
from passk_lab.course import check, predict, progress, quiz, reveal
from passk_lab.exact import derivations

progress("03_vanishing_signal")

# %% [markdown]
# ## p near 0: waiting for a success
#
# A prompt is solved [one time in a hundred]{given}. Groups have [eight]{given} samples. Before you compute:

# %%
predict(
    "groups until signal",
    "p = 0.01, groups of n = 8. How many groups, on average, up to the first with a right sample in it?",
    low=1,
    high=200,
)

# %% [markdown]
# ### Exercise 1. Groups until the first signal (easy)
#
# Groups of `n` samples are drawn until one holds at least one right sample. Write the expected number of groups, that one
# included. `p` lies between zero and one, both included, and `n` is a whole number from one on; for p = 0 the right sample
# does not come at all: raise a `ValueError`.

# %%
def groups_until_signal(p, n):
    """Expected number of groups of n samples that are drawn until one holds at least one right sample, that one
    included. A sample is right with chance p. 0 <= p <= 1, n = 1, 2, 3, ... For p = 0 it never comes: raise a
    ValueError.
    """
    # solution
    if p == 0:
        raise ValueError("with p = 0 no group ever holds a right sample")
    return 1 / (1 - (1 - p) ** n)
    # end solution


check.groups_until_signal(groups_until_signal)

# %%
reveal("groups until signal", 1 / (1 - 0.99**8))

# %% [markdown]
# ## p near 1: the weight is gone
#
# Take a model with a single logit z, where p = 1/(1 + exp(-z)). Its p has slope p (1 - p) in z, so pass@k has slope
# k (1-p)^(k-1) times p (1-p), which is k p (1-p)^k.
#
# ### Exercise 2. Where is it largest? (medium)
#
# Set the derivative of k p (1-p)^k to zero and solve for p; `k` is a whole number from one on, and no input has to be refused.

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

# %% [markdown] tags=["teacher"]
# - *Ask* before the picture: at which p does pass@4 push one logit hardest?
# - *Expect* `strongest_at`, *zero* (there the weight is largest, and the slope of p is not looked at) and
#   `strongest_at`, *half*.
# - *The picture:* at p = 0.01 the panel *Groups* has [92 %]{told_wrong} all wrong; *Slope* has its top at p =
#   [0.2]{told_top}; *Signal over noise* says [0.29]{told_ratio}, so one group's update is mostly noise. Pull p to the
#   right end: silent again, now all right.
# - *Time:* the sentence "both ends are silent, for different reasons" is worth more than either exercise.
# - *Skip* `groups_until_signal` in class.

# %% tags=["claims"]
_told = explorers.vanishing_signal(n=8, k=4, p=0.01).numbers


def told_wrong():
    return _told["all_wrong"]


def told_top():
    return _told["strongest"]


def told_ratio():
    return _told["ratio"]


# %% [markdown]
# **What you see.** *Groups of n*: the share of groups that are all wrong, all right, or mixed. *Slope of pass@k*: as k
# grows its peak moves to 1/(k+1), towards prompts that are hardly ever solved. *Signal over noise* of one group's update: the
# mean divided by the standard deviation.
#
# ## What vanishes at p → 0, and what does not
#
# It is tempting to say that the pass@k gradient vanishes at p → 0 because of its weight. But the weight is k there. What does
# vanish is the gradient of p itself, a factor in any goal's gradient, which shrinks like p; and the chance that a group
# sees a success. (A weight of 1/p, as MaxRL promises, would make up for the first; but no group of n samples has it.)
# With infinitely many samples pass@16 even gets away from p = 0 sooner than pass@1.
#
# To see how much sooner, follow the **gradient flow**: the logits move by dz/dt = ∇J(z), the limit of many small steps. Its
# clock, the **training time** t, is the number of steps times their size. One right answer of [a hundred]{given}:

# %%
predict(
    "time ratio",
    "From p = 0.1 to 0.9, training on pass@16 takes 10^x times as long as on pass@1. Which x, to the nearest whole number?",
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
reveal("time ratio", round(float(np.log10(slow / quick)), 2))

# %% [markdown] tags=["teacher"]
# - *Ask* for the exponent of the prediction *time ratio* and collect them on the board.
# - *Expect* small ones: a factor of [ten]{given} is felt as bold.
# - *They see* [12.3]{told_exponent}. So the dramatic end is p near 1, where one would not have looked for drama. Then
#   the question *what vanishes at zero*: "its weight" is the answer of those who carry the picture of the solved end to
#   the other one. Let somebody say what does vanish there: the gradient of p, and the chance of a right sample.
# - *Time:* the table holds the lesson; read it by columns.
# - *Skip* the derivation of the plateau unless somebody asks why pass@1 waits too.

# %% tags=["claims"]
def told_exponent():
    return np.log10(slow / quick)


# %% [markdown]
# Getting off the ground, pass@16 is [ten times as fast as pass@1]{faster_start}; finishing, it takes [nearly two million million times as
# long]{slower_finish}. The dramatic end is p → 1. At p → 0 even pass@1 waits: the time to leave p is about 1/p, and pass@k inherits
# that plateau, shortened by k.

# %%
derivations.get("plateau")

# %% tags=["claims"]
def faster_start():
    return times[0.01, 0.1][0] / times[0.01, 0.1][2]


def slower_finish():
    return times[0.1, 0.9][2] / times[0.1, 0.9][0]


# %%
quiz("what vanishes at zero")

# %% [markdown]
# ## Signal against noise
#
# Real training has samples, so the size of the mean is just part of the story. Optimisers such as Adam divide a step by its
# usual size anyway; what they cannot repair is a mean buried in noise. Take REINFORCE without a baseline on one logit: a right sample
# has reward one and score 1 - p, so it pushes by 1 - p; a wrong one has reward zero, and does not push.
#
# ### Exercise 3. Signal over noise, squared (medium)
#
# Mean squared over variance, of the *mean of n samples*. `p` lies between zero and one, both included, and `n` is a whole number
# from one on. At p = 0 take the limit; at p = 1 mean and variance are both zero and the ratio has no value: raise a
# `ValueError`.

# %%
def squared_signal_to_noise(p, n):
    """Mean squared over variance of an estimate, the mean over n samples. One logit, p = sigmoid(z), reward 1 or 0,
    no baseline: a right sample (chance p) adds 1 - p, a wrong one 0. 0 <= p <= 1, n = 1, 2, 3, ... At p = 0 take
    the limit; at p = 1 there is none: raise a ValueError.
    """
    # solution
    if p == 1:
        raise ValueError("at p = 1 mean and variance are both 0")
    return n * p / (1 - p)
    # end solution


check.squared_signal_to_noise(squared_signal_to_noise)

# %% [markdown]
# Near p = 0 that is n p: for a signal as large as its noise one needs about one success per group. Does a larger k help? Here
# with [ten]{given} answers, one of them right, at p = 0.001, in groups of 16:

# %%
def signal_over_noise(name, k=1, answers=10, p=0.001, n=16):
    objective = objectives.with_draws(name, k)
    mean, variance = exact.one_among(answers, p).group_update(objective, n)
    return float(np.linalg.norm(mean) / np.sqrt(variance.sum()))


rules = ["pass@k-loo-1", "pass@k-centred", "pass@k-loo", "pass@k"]
pd.DataFrame({k: [signal_over_noise(rule, k) for rule in rules] for k in (1, 4, 8)}, index=rules).rename_axis(columns="k").round(4)

# %% [markdown] tags=["teacher"]
# - *Ask:* p is tiny; does a larger k make the signal clearer?
# - *Expect* yes, with the weight as the reason (question *more draws more signal*).
# - *They see* a row that does not move with k: [0.127]{told_row}. A louder voice and a louder room. The other rows
#   fall, because there wrong samples share in a success. Likely slips are `squared_signal_to_noise`, *variance p
#   (1-p)*, which is the reward's and not the update's, and `squared_signal_to_noise`, *n forgotten*; let their authors
#   compare with the rule "about one success per group".
# - *Skip* NSR if you are late: it answers a question that few will have asked yet.

# %% tags=["claims"]
def told_row():
    return signal_over_noise("pass@k-loo-1", 1)


# %% [markdown]
# For `pass@k-loo-1`, where wrong samples get no credit, the ratio is [0.127 for every k]{same_for_every_k}: weighing up a rare
# success weighs up its noise just as much. For PKPO's plain `pass@k`, which lets wrong samples share in a success, [half of
# it]{plain_rule} is left at k = 8, because the shared credit pushes whichever wrong answers happened to be drawn. So at p → 0 a larger k
# has a larger weight, but its signal is no clearer.
#
# Does credit for wrong samples make it worse, then? Not as such. **NSR** (negative-sample reinforcement) credits wrong samples
# alone, with -1 each. Where there is a single wrong answer they push the same way; where there are several they do not:

# %%
pd.DataFrame(
    {f"{answers - 1} wrong": [signal_over_noise(rule, answers=answers) for rule in ("pass@1", "nsr")] for answers in (2, 10)},
    index=["pass@1 (RLOO)", "nsr"],
).round(4)

# %% [markdown]
# Where there is one wrong answer NSR has [126, RLOO 0.127]{nsr_with_one}; [where there are nine, NSR has 0.0045, RLOO
# 0.123]{nsr_with_nine}. Mind this for pictures with a single logit, as the one above: such a model has one wrong answer.
#
# %% tags=["claims"]
def same_for_every_k():
    ratios = [signal_over_noise("pass@k-loo-1", k) for k in range(1, 17)]
    return float(np.mean(ratios)), bool(np.allclose(ratios, 0.01**0.5 * 1.6**0.5, rtol=0.005))


def plain_rule():
    return signal_over_noise("pass@k", 8) / signal_over_noise("pass@k", 1)


def nsr_with_one():
    return [signal_over_noise(rule, answers=2) for rule in ("nsr", "pass@1")]


def nsr_with_nine():
    return [len(exact.one_among(10, 0.001).policy) - 1, *(signal_over_noise(rule, answers=10) for rule in ("nsr", "pass@1"))]


# %%
quiz("more draws more signal")

# %% [markdown]
# ## Who still speaks?
#
# Over many prompts the question is how many of them carry the gradient. The **effective share** answers it: with w the size of
# what each of P prompts adds, it is (Σw)² / (P Σw²). That is [1 if all prompts weigh the same]{alike}, and 1/P if one carries
# it alone. Take the real chances of notebook 01 ([500 problems, 128 samples each]{sampled}, p estimated by c/n), and for w the
# slope of pass@k in one logit.

# %%
pair = data.problems("math500")
shares = {
    model: {k: objectives.effective_share(metrics.weight_at_k(c / n, k) * (c / n) * (1 - c / n)) for k in (1, 2, 4, 8, 16)}
    for model in pair.models
    for n, c in [pair.counts(model)]
}
pd.DataFrame(shares).rename_axis("k").round(3)

# %% [markdown]
# For the base model the effective share is [0.67 under pass@1 and 0.16 under pass@16]{base_shares}. After training (SimpleRL-Zoo) it
# is [0.26 and 0.08]{trained_shares}: [61 % of its problems are always or never solved in 128 samples, and add
# nothing]{out_of_reach}.
#
# %% tags=["claims"]
def alike():
    shares_of_equals = [objectives.effective_share(np.full(size, 0.3)) for size in range(1, 20)]
    return shares_of_equals[0], bool(np.allclose(shares_of_equals, 1))


def sampled():
    n, _ = pair.counts(pair.models[0])
    return len(n), int(n.min() if n.min() == n.max() else -1)


def base_shares():
    return [shares[pair.models[0]][k] for k in (1, 16)]


def trained_shares():
    return [shares[pair.models[1]][k] for k in (1, 16)]


def out_of_reach():
    n, c = pair.counts(pair.models[1])
    silent = (c == 0) | (c == n)
    return 100 * silent.mean(), int(n[0]), bool(np.all((c / n * (1 - c / n) == 0) == silent))


# %% [markdown]
# ## Silent groups in real training
#
# The bundled logs hold, for each step, the share of groups that were all right or all wrong.

# %%
explorers.training_logs(run="dapo-lr1e5", step=200)

# %% [markdown] tags=["teacher"]
# - *Ask* which end of p the silent groups of a real run come from, late in training.
# - *Expect* the unsolved end: the notebook has just spoken of it.
# - *The picture:* around this step [76 %]{told_right} of the groups are right throughout and [3 %]{told_all_wrong}
#   wrong throughout; [21 %]{told_mixed} teach. Then ask how a run with dynamic sampling can show silent groups at all,
#   and wait: the log counts what was drawn, the batch holds what was kept.
# - *Time:* worth a discussion, since it is the first real data on training.
# - *Skip* the second explorer, of visits, if the class is tired; its numbers stand in the text below it.

# %% tags=["claims"]
def told_right():
    return explorers.training_logs(run="dapo-lr1e5", step=200).numbers["right"]


def told_all_wrong():
    return explorers.training_logs(run="dapo-lr1e5", step=200).numbers["wrong"]


def told_mixed():
    return explorers.training_logs(run="dapo-lr1e5", step=200).numbers["mixed"]


# %% [markdown]
# **What you see.** In this run [three groups in four are right throughout around step 200]{solved_end}: here the signal is lost at the
# *solved* end.
#
# The run is named for its learning rate (lr1e5 is [1e-5]{given}) and for **DAPO**, a kin of GRPO with *dynamic sampling*:
# groups that are all right or all wrong are dropped, and prompts are drawn until the batch is full of mixed ones. How can so many be silent, then? Because the log counts
# groups *as they are drawn*, the dropped ones with them (so does
# [the program that wrote it](https://github.com/halflearned/rlvr-experiments)). Dynamic sampling takes silent groups out of the
# batch, and not out of the bill: here [4.7 groups]{drawn_for_one} are drawn for one that teaches.
#
# At the other end the unsolved rest empties slowly. In another run, on [1,209]{problems} problems, each visit to a problem draws
# [eight]{samples_per_visit} samples;

# %%
explorers.visits()

# %% [markdown]
# the all-wrong share [falls from 36 to 27 %]{all_wrong} over [some fifty]{visits_shown} visits, while the all-right share
# [rises from 8 to 25 %]{all_right}.
#
# %% tags=["claims"]
_log = explorers.training_logs(run="dapo-lr1e5", step=200)
_last = int(max(explorers.visits().description.axes["visit"]))
_ends = [explorers.visits(visit=visit).numbers for visit in (0, _last)]


def solved_end():
    return _log.numbers["right"] / 100, _log.step


def drawn_for_one():
    return 100 / _log.numbers["mixed"]


def problems():
    return _ends[0]["problems"]


def samples_per_visit():
    return int(explorers.visits().description.axes["c"][-1])


def all_wrong():
    return [numbers["wrong"] for numbers in _ends]


def all_right():
    return [numbers["right"] for numbers in _ends]


def visits_shown():
    return _last


# %% [markdown]
# ## Spot the bug
#
# A rule for pass@n in groups of n credits the best sample alone: its reward less the second best (Tang et al.; verl calls it
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
# ### Exercise 4. Repair it (easy)
#
# `rewards` is a list of numbers, `i` a place in it (counted from zero). The (first) best sample gets its reward less the second largest,
# each other one zero. A group of one has no second best: raise a `ValueError`.

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

# %% [markdown]
# **What the bug did.** One entry was overwritten, and the others kept their raw reward. So as soon as another is right too, the
# first gets zero and the rest full credit, for succeeding where the group did not need them. With the machine of
# notebook 02, the weight in groups of eight:

# %%
def table_of(rule, n):
    """Credit of a right and of a wrong sample, on average over the places in a group with c right ones."""
    groups = [[1] * c + [0] * (n - c) for c in range(n + 1)]
    right = [np.mean([rule(group, i) for i in range(c)]) if c else 0 for c, group in enumerate(groups)]
    wrong = [np.mean([rule(group, i) for i in range(c, n)]) if c < n else 0 for c, group in enumerate(groups)]
    return objectives.Credit(right, wrong)


def meant(rewards, i):
    return int(sum(rewards) == 1 and rewards[i] == 1)  # for rewards of 0 and 1 the rule comes to this


some_p = np.array([0.01, 0.1, 0.5, 0.9])
rules_of_best = {"meant": meant, "shipped": shipped_best_credit}
weights = {name: objectives.effective_weight(table_of(rule, 8), 8, some_p) for name, rule in rules_of_best.items()}
pd.DataFrame(weights, index=pd.Index(some_p, name="p")).map("{:.3g}".format)

# %% [markdown]
# The rule as it was meant gives [an eighth of the weight of pass@8]{an_eighth} (its paper sums over the group, the lab takes the
# mean). At p = 0.9 that is [0.0000001, and as shipped 0.861]{bug_at_nine_tenths}: a solved prompt, which pass@8
# leaves alone, is pushed nearly as hard as by REINFORCE (weight one). The issue reports runs that collapsed.
#
# %% tags=["claims"]
def an_eighth():
    ratio = weights["meant"] / objectives.get("pass@k", k=8).weight(some_p)
    return float(ratio.mean() if np.ptp(ratio) < 1e-9 else np.nan)


def bug_at_nine_tenths():
    return weights["meant"][3], weights["shipped"][3]


# %% tags=["teacher"]
# A good question: when does the repaired rule fire at all? In groups with exactly one right sample, with chance
# n p (1-p)^(n-1), and in no others; so it is unbiased for pass@n and mostly silent.
8 * 0.3 * 0.7**7, objectives.effective_weight(objectives.get("tang", k=8), 8, 0.3) * 0.3

# %% [markdown] tags=["teacher"]
# - *Ask* for `shipped_best_credit` on `[1, 1, 0, 0]` before running it; the first right sample gets zero and the next
#   one keeps its whole reward.
# - *Expect* repairs that overshoot: `fixed_best_credit`, *ties rewarded* pays both, and `fixed_best_credit`, *less the
#   mean* turns the rule into another one. Say what the rule is for: who was missed, had he not been there? The aside
#   below may be *skipped* without loss.
# - *Time:* if there is some, let pairs find at which p the winner on the map changes for k = 2: at [0.18 and at
#   0.34]{told_turns}.

# %% tags=["claims"]
def told_turns():
    least = explorers.least_variance().description
    names, ps = list(least.axes["estimate"]), list(least.axes["p"])
    variance = np.asarray(least.tables["variance"].values)
    row = variance[:, list(least.axes["n"]).index(8), list(least.axes["k"]).index(2)]
    winners = [names[i] for i in np.nanargmin(row, axis=0)]
    return [max(p for p, name in zip(ps, winners, strict=True) if name == one) for one in ("pass@k-loo", "pass@k-centred")]


# %% [markdown]
# ## Aside: which estimate has the least variance?
#
# *The rest of the course does not need this section.* [Four]{rivals} tables have the same mean, the exact gradient of pass@k. Which is
# the least noisy?

# %%
explorers.least_variance(n=8, k=2, p=0.3)

# %% [markdown]
# **What you see.** A map over p and k of the winner, and the variances at your k. In groups of 8, at k = 2, `pass@k-loo` has the
# least [up to p = 0.18]{first_turn}, then `pass@k-centred` [up to p = 0.34]{second_turn}, and beyond that `pass@k-loo-1`. Where
# k ≥ n/2, `pass@k-loo-1` has the [least at every p]{half_or_more} of the map. The noisiest is plain `pass@k`, which has no
# baseline: [everywhere on this map in groups of 8 and more]{noisiest} (its k are [2, 3, 4, 6, 8]{ks_shown}, ...; at k = 1
# [with large p]{noisy_at_one}, or at k = n - 1 [with small p]{noisy_near_n}, `pass@k-loo` can be noisier).
#
# Mind the model behind the map: with a single logit there is one wrong answer. With more answers the wrong samples point in
# different directions, and a rule that credits them pays for it. [The first two change places]{first_two}:

# %%
many = {rule: float(exact.one_among(10, 0.3).group_update(objectives.get(rule, k=2), 8).variance.sum()) for rule in rules}
one = {rule: objectives.gradient_moments(objectives.get(rule, k=2), 8, 0.3).variance for rule in rules}
pd.DataFrame({"one wrong answer": one, "nine wrong answers": many}).round(5)

# %% tags=["claims"]
_map = explorers.least_variance().description
_names, _sizes, _ks, _ps = (list(_map.axes[axis]) for axis in ("estimate", "n", "k", "p"))
_variance = np.asarray(_map.tables["variance"].values)


def rivals():
    return len(_names)


def _winners(n, k):
    return [_names[i] for i in np.nanargmin(_variance[:, _sizes.index(n), _ks.index(k)], axis=0)]


def first_turn():
    return max(p for p, name in zip(_ps, _winners(8, 2), strict=True) if name == "pass@k-loo")


def second_turn():
    winners = _winners(8, 2)
    in_order = sorted(winners, key=["pass@k-loo", "pass@k-centred", "pass@k-loo-1"].index)
    return max(p for p, name in zip(_ps, winners, strict=True) if name == "pass@k-centred") if winners == in_order else -1


def _there(n):
    return [k for k in _ks if k <= n]


def half_or_more():
    return all(set(_winners(n, k)) == {"pass@k-loo-1"} for n in _sizes for k in _there(n) if 2 * k >= n)


def noisiest():
    share = {
        n: np.mean([np.nanargmax(_variance[:, i, _ks.index(k)], axis=0) == _names.index("pass@k") for k in _there(n)])
        for i, n in enumerate(_sizes)
    }
    largest = [n for n in _sizes if all(share[m] == 1 for m in _sizes if m >= n)]
    return min(largest), bool(largest)


def ks_shown():
    return _ks[:5]


def _noisier(n, k, p):
    loo, plain = (objectives.gradient_moments(objectives.get(name, k=k), n, p).variance for name in ("pass@k-loo", "pass@k"))
    return bool(loo > plain)


def noisy_at_one():
    return 1 not in _ks and all(_noisier(n, 1, 0.9) and not _noisier(n, 1, 0.1) for n in (8, 16, 32))


def noisy_near_n():
    return all(n - 1 not in _ks and _noisier(n, n - 1, 0.001) and not _noisier(n, n - 1, 0.3) for n in (8, 16, 32))


def first_two():
    before, after = (sorted(rules, key=variance.get) for variance in (one, many))
    return sum(a != b for a, b in zip(before, after, strict=True)), [before[1], before[0], *before[2:]] == after


# %% [markdown]
# ## Take with you
#
# - p → 1: the weight k (1-p)^(k-1) dies, exponentially in k, even with exact gradients.
# - p → 0: the weight does not die. ∇p does (like p), and so does the chance of a success in the group.
# - Signal over noise at p → 0 is about √(np) [for every k]{root_np} where right samples alone get credit. Credit for wrong samples may
#   take from it (plain `pass@k`) or add to it (NSR with a single wrong answer).
# - A log's silent share may count groups that are then dropped: they cost samples all the same.
#
# **Next:** [04_exploration_collapse](04_exploration_collapse.ipynb). What happens to the answers themselves while p rises.
#
# To read: [arXiv 2505.15201](https://arxiv.org/abs/2505.15201) on variance;
# [arXiv 2503.14476](https://arxiv.org/abs/2503.14476) (DAPO) on silent groups.
#
# %% tags=["claims"]
def root_np():
    n, p = 16, 0.001
    return all(abs(signal_over_noise("pass@k-loo-1", k, p=p, n=n) / np.sqrt(n * p) - 1) < 0.01 for k in range(1, n + 1))
