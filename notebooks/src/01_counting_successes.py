# %% [markdown]
# # Counting successes
#
# In notebook 00 we knew p. Nobody does. What one has is a count: **n** samples of a problem, **c** of them right. How
# large is pass@k then, and how sure can one be?
#
# **After this notebook** you can
#
# - compute pass@k from counts without bias, and say why the obvious formula is too low,
# - average it over problems without the common mistakes, one of which a public tool shipped,
# - read the curves of a base model and its child trained by reinforcement learning (RL), and say who is
#   ahead at which k, and how surely.
#
# The computer needs {measured}. You need notebook 00, and binomial coefficients C(n, k): the number of ways to choose k of
# n things. Words and letters: [glossary](glossary.md).

# %%
import math

import numpy as np
import pandas as pd

from passk_lab import data, explorers, metrics
from passk_lab.course import check, draw, drawn, predict, progress, quiz, reveal

progress("01_counting_successes")

# %% [markdown]
# ## Draw k of the samples you have
#
# You sampled a problem [n = 4 times; one answer was right (R), three were wrong (w)]{given}. What is pass@2? Imagine
# drawing [2 of your 4]{given} samples. There are [six]{possible_draws} such draws, each as likely as the others:
#
# | | | | | | |
# |---|---|---|---|---|---|
# | **Rw** | **Rw** | **Rw** | ww | ww | ww |
#
# [Three]{draws_with_the_right_one} of them hold the right one, so pass@2 is estimated as
# [half]{estimate_of_the_example}. That is the whole idea. To count without listing: of the C(n, k) draws, C(n-c, k) are
# entirely wrong.

# %% tags=["claims"]
def possible_draws():
    return math.comb(4, 2)


def draws_with_the_right_one():
    return math.comb(4, 2) - math.comb(3, 2)


def estimate_of_the_example():
    return float(metrics.pass_at_k(4, 1, 2))


# %% [markdown]
# ### Exercise 1. The estimator (medium)
#
# Of `n` samples `c` are right, `0 <= c <= n`, and `k` of them are drawn without replacement, `k = 1, 2, 3, ...`: return the
# chance that at least one is right. Think about k > n before you start: what can [eight draws from three]{given} samples be?
# There is no answer, so raise a `ValueError`.

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

# %% [markdown] tags=["teacher"]
# - *Ask* before `pass_at_k` is written: of [four samples one is right, and you draw all four]{given}; what is pass@4?
# - *Expect* "one, of course", and then see how many write `pass_at_k`, *with replacement*, which says
#   [0.684]{told_replaced} there. That contrast explains the exercise. Then ask what a file with [three]{given} samples
#   says of pass@8: `pass_at_k`, *1.0 for k > n* and `pass_at_k`, *k cut to n* are honest attempts to be helpful, and
#   each makes up a number.
# - *Time* goes into the refusal, not into the formula.
# - *Skip* `pass_at_k`, *log-gamma* and the other rounding mistakes unless somebody asks about large n.

# %% tags=["claims"]
def told_replaced():
    return float(metrics.pass_at_k_plugin(4, 1, 4))


# %% [markdown]
# The library's `metrics.pass_at_k` is the same number, for whole arrays, and exact to the last digits where shortcuts
# are not. With [a million samples, one of them right]{given}, and one draw, the answer is [one in a million]{one_right}:

# %%
metrics.pass_at_k(1_000_000, 1, 1), metrics.pass_at_k(n=4, c=[0, 1, 2, 3, 4], k=2)

# %% tags=["claims"]
def one_right():
    return 1 / metrics.pass_at_k(1_000_000, 1, 1)


# %% [markdown]
# ## Unbiased is not the same as better
#
# An estimate is *unbiased* if its mean over repeated experiments is the true value. The one you wrote is, for
# `k <= n`. A shorter formula comes to mind, the *plug-in*: put c/n in the place of p, and compute 1 - (1 - c/n)^k. It
# draws *with* replacement, so the same sample may be drawn [twice]{given}. Before you look:

# %%
predict(
    "plug-in mean",
    "n = 10 samples, true p = 0.1, so the true pass@10 is 0.651. What does the short formula give on average?",
    low=0.0,
    high=1.0,
)

# %%
chance_of = [math.comb(10, c) * 0.1**c * 0.9 ** (10 - c) for c in range(11)]
plugin_mean = sum(chance * metrics.pass_at_k_plugin(10, c, 10) for c, chance in enumerate(chance_of))
reveal("plug-in mean", plugin_mean)

# %%
explorers.estimator_lab(n=10, k=10, p=0.1)

# %% [markdown] tags=["teacher"]
# - *Ask* before the cell: which estimate is the better one here?
# - *Expect* "the unbiased one": a word that sounds like a grade (question *why unbiased*).
# - *The picture:* in *Values* the unbiased estimate stands at its ends alone, while the plug-in has a hill between
#   them; their means are [0.651 and 0.494]{told_estimates}. In *Squared error* the plug-in is the smaller at this p,
#   and the order turns at [p = 0.177]{turn}. Press *a frequent success* to cross it. Then ask who would use which for a
#   mean over many problems.
# - *Skip* the formula of the mean squared error if the class has not met variance: "how far off, in one experiment"
#   will do.

# %% tags=["claims"]
def told_estimates():
    shown = explorers.estimator_lab(n=10, k=10, p=0.1).numbers
    return shown["mean_unbiased"], shown["mean_plugin"]


# %% [markdown]
# **What you see.** The panel *Values* shows each value the estimates can take, and how often it comes out. At k = n the
# unbiased estimate [only ever says 0 or 1]{ends_alone}: it is right on average, and wide. The plug-in lies at
# [0.494 on average, and the truth is 0.651]{means}. That distance is its *bias*. But how far is an estimate off in one experiment?
# Its *mean squared error*, bias² plus variance, is [0.167 for the plug-in, against 0.227]{errors}: biased, and still closer,
# because it varies less.
#
# That holds for rare successes. At n = k = 10 the order of the errors turns at [p = 0.177]{turn}, and beyond it the
# unbiased estimate is the closer one: press *a frequent success*. Unbiased matters when you average over many problems,
# where bias stays and noise cancels.

# %% tags=["claims"]
_opening = explorers.estimator_lab(n=10, k=10, p=0.1).numbers
_frequent = explorers.estimator_lab(n=10, k=10, p=0.3).numbers


def ends_alone():
    values = set(metrics.pass_at_k(10, np.arange(11), 10).tolist())
    return min(values), max(values), len(values) == 2


def means():
    return _opening["mean_plugin"], _opening["truth"]


def errors():
    assert _opening["variance_plugin"] < _opening["variance_unbiased"]
    return _opening["mse_plugin"], _opening["mse_unbiased"]


def turn():
    assert _frequent["mse_unbiased"] < _frequent["mse_plugin"]
    return _opening["turn"]


# %%
quiz("why unbiased")

# %% [markdown]
# ## From one problem to a benchmark
#
# A benchmark has many problems. Some are easy and some are hard, and this is where it is easy to go wrong: by pooling the
# samples, by counting problems where samples belong, by leaving out the problems with too few samples.
#
# ### Exercise 2. The mean over problems (easy)
#
# `ns` and `cs` are lists with one entry per problem: its samples and how many of them are right. Return the mean of the
# problems' pass@k. If a problem has fewer than k samples, raise a `ValueError`. You may call your `pass_at_k`.

# %%
def mean_pass_at_k(ns, cs, k):
    """Mean pass@k over problems: problem i has ns[i] samples, of which cs[i] are right, 0 <= cs[i] <= ns[i] (two lists,
    equally long, not empty). k = 1, 2, ... If a problem has fewer than k samples, raise a ValueError.
    """
    # solution
    return sum(pass_at_k(n, c, k) for n, c in zip(ns, cs, strict=True)) / len(ns)
    # end solution


check.mean_pass_at_k(mean_pass_at_k)

# %% [markdown]
# ## A base model and its RL-trained child
#
# Now the real thing. Qwen2.5-7B is a *base model*: a language model before reinforcement learning. Its child
# Qwen-2.5-7B-SimpleRL-Zoo (below: SimpleRL-Zoo) was trained from it, an answer checker giving the reward. Each answered the
# [500 problems of MATH500 128 times]{size_of_the_data}. With one draw, on average, [61.4 %]{at_one_draw} of the problems are
# solved by the base model, [77.9 %]{at_one_draw_trained} by its child.
#
# **You draw it.** You see the trained model's curve. How does the base model's go on, when it may draw more often and one
# right answer is enough?

# %%
pair = data.problems("math500")
base, trained = pair.counts("Qwen2.5-7B"), pair.counts("SimpleRL-Zoo")
some = [1, 2, 3, 4, 6, 8, 11, 15, 22, 32, 45, 64, 90, 128]

draw(
    "base curve",
    "Draw how many problems Qwen2.5-7B solves within k draws.",
    k=some,
    hidden=metrics.pass_at_k_curve(*base, some),
    label="Qwen2.5-7B",
    beside={"SimpleRL-Zoo": metrics.pass_at_k_curve(*trained, some)},
    low=0.5,
)

# %% [markdown]
# Draw first. Then run the next cell (again): it shows both curves at each k, yours beside them.

# %%
explorers.real_curves("math500", drawn=drawn("base curve"))

# %% [markdown] tags=["teacher"]
# - Let each draw the base model's curve before the cell runs.
# - *Expect* curves that stay below the trained one, since "training helped".
# - *The picture:* in *Curves* the order turns at [k = 15]{told_turn}; the panel *Difference* begins at [16.5
#   points]{told_first} for the trained model and ends at [3.2]{told_last} for the base. Ask for a sentence that the
#   counts support (question *what crossing shows*): "training made it worse" reads one end, "the base reasons better"
#   reads what was not measured.
# - *Time* belongs here, more than to any exercise of this notebook.
# - *Skip* the note on where the data come from in class, and name one limit aloud: one pair, one way of sampling.

# %% tags=["claims"]
def told_turn():
    return explorers.real_curves("math500").numbers["crossing"]


def told_first():
    return explorers.real_curves("math500", k=1).numbers["difference"]


def told_last():
    return -explorers.real_curves("math500", k=128).numbers["difference"]


# %% [markdown]
# **What you see.** Pull the line at k, or press ▶. The trained model starts far ahead; the base model catches up, and
# passes. The bands in *Curves* say how far each curve might lie from that of other problems of this kind; *Difference*
# compares problem by problem, which is sharper, and its band holds for the k of the axis at once. Choose a difficulty: where is
# the turn for the hardest problems?
#
# *About these data.* The counts were transcribed by hand from a published file of a reproduction whose repository states
# no licence; on which ground they are used, `data/SOURCES.md` says. For the same figure on data under a clear
# licence (EvalPerf, Apache-2.0) change one name: `explorers.real_curves("evalperf")`. It holds [34 models]{other_models} on
# coding tasks, and opens with an unrelated pair whose order turns [at k = 2]{other_turn} in these samples, though the band
# [does not show it]{other_not_shown}.

# %% tags=["claims"]
_other, _curves = explorers.real_curves("evalperf"), explorers.real_curves("math500")


def size_of_the_data():
    assert (pair.n == 128).all()
    return pair.n.shape[1], pair.n[0, 0]


def at_one_draw():
    return _curves.numbers["pass_a"]


def at_one_draw_trained():
    return _curves.numbers["pass_b"]


def other_models():
    return len(data.problems("evalperf").models)


def other_turn():
    return _other.numbers["crossing"]


def other_not_shown():
    return bool(np.isnan(_other.numbers["crossing_low"]))


# %% [markdown]
# ### Exercise 3. Where do they cross? (easy)
#
# `base` and `trained` are lists of pass@k for `k = 1, 2, 3, ...`, of one length. Return the first k at which `base` is
# strictly ahead, or `None` if there is no such k.

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

shown = [1, 4, 15, 32, 128]
rows = {name: [100 * curve[k - 1] for k in shown] for name, curve in zip(pair.models, curves, strict=True)}
pd.DataFrame(rows, index=pd.Index(shown, name="k")).round(1)

# %%
found = metrics.compare(*base, *trained, seed=1)
print(found.crossover)
print(f"only base {len(found.only_a)}, only trained {len(found.only_b)}, both {len(found.both)}, neither {len(found.neither)}")

# %% [markdown]
# **How to read it.** The base model is first ahead at [k = 15]{first_ahead}. But another choice of
# [500 problems]{problems_asked} might have moved that. A crossing is a finding because the band of the difference, at
# [95 %]{how_sure} and with this seed, leaves zero on both sides (above, a is the base model and b the trained one): the trained model is surely ahead
# [up to k = 6]{trained_ahead}, the base model [from k = 49 on]{base_ahead}, and the order turns somewhere
# [from 7 to 34]{may_turn}. This second interval is narrower because it asks about one crossing; the band has to hold at all
# those k at once. With [eight]{given} samples of each
# problem the turn [could not have been seen]{not_seen_with_eight}, which is not the same as seeing that it is absent. Within
# [128]{draws_made} draws [nineteen]{base_alone} problems are solved by the base model alone, [three]{trained_alone} by the
# trained one alone. The trained model is right in each of its samples on [269 problems, the base model on 7]{sure_ones}.
#
# Do not read more into it than is there: one pair of models and one way of sampling. Both drew with *top-p*
# [0.95]{given}: at each token (a piece of a word) the likeliest ones are kept until their chances add up to at least
# [0.95]{given}, and the rest is cut off, with some answers in it. And the final answer alone is checked. In
# `data.load("rlvr-curves")`, [57 comparisons]{how_many_runs} of a run with its base model, the run is below it at the most
# draws [in one of them]{one_falls_below}.

# %% tags=["claims"]
def first_ahead():
    return crossing(*curves)


def problems_asked():
    return pair.n.shape[1]


def how_sure():
    return 100 * found.level


def trained_ahead():
    ((low, high),) = found.crossover.b_ahead
    assert low == 1
    return high


def base_ahead():
    ((low, high),) = found.crossover.a_ahead
    assert high == found.crossover.last
    return low


def may_turn():
    return found.crossover.low, found.crossover.high


def not_seen_with_eight():
    return not metrics.compare(*base, *trained, ks=np.arange(1, 9), seed=1).crossover.shown


def draws_made():
    return found.crossover.last


def base_alone():
    return len(found.only_a)


def trained_alone():
    return len(found.only_b)


def sure_ones():
    return [int((c == n).sum()) for n, c in (trained, base)]


_runs = data.load("rlvr-curves")
_most = _runs[_runs.k == _runs.groupby(["suite", "benchmark", "run"]).k.transform("max")]
_leads = [
    one.pass_at_k - float(those[those.run == "base"].pass_at_k.iloc[0])
    for _, those in _most.groupby(["suite", "benchmark", "k"])
    if (those.run == "base").any()
    for one in those[those.run != "base"].itertuples()
]


def how_many_runs():
    return len(_leads)


def one_falls_below():
    return sum(lead < 0 for lead in _leads) == 1


# %%
quiz("what crossing shows")

# %% [markdown]
# ## Coverage and reliability
#
# Mean pass@k over problems is also called *coverage*: the share of problems that k draws solve. But an agent that books
# flights is not helped by being right once in a while. **pass^k** asks that each of k draws is right; its mean measures
# *reliability*.
#
# ### Exercise 4. All right (easy)
#
# Of `n` samples `c` are right, `0 <= c <= n`, and `k` of them are drawn without replacement, `k = 1, 2, 3, ...`: return the
# chance that each of them is right. For k > n raise a `ValueError`.

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
# The same [four]{trials_of_a_task} trials of GPT-4o at [50]{tasks} airline tasks, read both ways: coverage
# [rises, reliability falls]{both_ways}.

# %%
solved = data.load("taubench").groupby("problem_id").success.sum().to_numpy()
draws = [1, 2, 3, 4]
rows = {
    "at least one right": [metrics.pass_at_k(4, solved, k).mean() for k in draws],
    "all right": [metrics.pass_hat_k(4, solved, k).mean() for k in draws],
}
pd.DataFrame(rows, index=pd.Index(draws, name="k")).round(3)

# %% tags=["claims"]
def trials_of_a_task():
    trials = data.load("taubench").groupby("problem_id").success.count()
    assert trials.nunique() == 1
    return trials.iloc[0]


def tasks():
    return len(solved)


def both_ways():
    coverage, reliability = rows.values()
    return bool((np.diff(coverage) > 0).all() and (np.diff(reliability) < 0).all())


# %% [markdown]
# ## Beyond the samples you have
#
# From [eight]{given} samples there is no unbiased estimate of pass@100. One can state a belief instead: take a *prior* over
# p, a spread of p believed in before any sample, and add the samples. With a Beta(α, β) prior, of density proportional to
# p^(α-1) (1-p)^(β-1), the belief after c of n right is Beta(α + c, β + n - c), and its mean of 1 - (1-p)^k the answer.
#
# Beware: with the flat prior, Beta(1, 1), a problem that was not once right in [eight]{given} samples gets
# [pass@100 = 0.92]{flat_prior}. That is mostly the prior speaking (before any sample it says [0.99]{prior_alone}), and on
# hard problems it is far too hopeful: of [128 problems]{asked} of the benchmark MATH, [Pythia 70M]{given}, a small model,
# solves [94 not once]{unsolved} in [ten thousand]{samples_each} samples.

# %%
belief = metrics.pass_at_k_posterior(n=8, c=[0, 1, 4], k=100, prior=(1, 1))
pd.DataFrame(belief._asdict(), index=["0 of 8 right", "1 of 8 right", "4 of 8 right"])[["mean", "low", "high"]].round(3)

# %% tags=["claims"]
def flat_prior():
    return belief.mean[0]


def prior_alone():
    return metrics.success_at_k(np.linspace(0, 1, 10_001), 100).mean()


_n, _c = data.problems("pythia-math").counts("Pythia 70M")


def asked():
    return _c.size


def unsolved():
    return (_c == 0).sum()


def samples_each():
    assert (_n == _n[0]).all()
    return _n[0]


# %% [markdown] tags=["teacher"]
# - If notebook 09 is on your plan, *skip* from here to the quiz and show the first row of the table alone: a problem
#   without a right sample in [eight]{given} gets [0.92]{flat_prior}.
# - *Ask* what the same belief says before any sample: [0.99]{prior_alone}. So who is speaking, the samples or the
#   prior?
# - *Expect*, in the question *k beyond n*, "it is sure if any of the samples was right": that is pass@8 under another
#   name, and the slip `pass_at_k`, *any of n* in new clothes. "No number can be given" is the opposite mistake: over
#   many problems there are bounds.
# - *Time:* whoever wants a number for a paper stays here long; send them to notebook 09.

# %% [markdown]
# Over many problems a prior can be fitted instead of chosen, and, better, one can ask what the priors that fit the samples
# agree on. Here are [eight]{given} of the samples of each MATH500 problem, drawn with seed [0]{given}; what
# [16 and 128]{given} draws find is known from the whole. At [twice]{further} the samples the bounds are
# [a tenth]{narrow} apart and hold what is known. At [sixteen]{furthest} times they are wider, and the models between which one
# has to choose say [from 0.92 to 1.00]{models_say}.

# %%
n, c = base
eight = np.random.default_rng(0).hypergeometric(c, n - c, 8)
predicted = metrics.predict_pass_at_k(8, eight, [16, 128])
print(predicted)
print("known from 128 samples:", metrics.pass_at_k_curve(n, c, [16, 128]).round(3))

# %% tags=["claims"]
_apart = predicted.interval.high - predicted.interval.low


def further():
    return predicted.ks[0] / predicted.n


def narrow():
    known = metrics.pass_at_k_curve(n, c, [16, 128])
    assert (predicted.interval.low < known).all()
    assert (known < predicted.interval.high).all()
    assert _apart[1] > _apart[0]
    return _apart[0]


def furthest():
    return predicted.ks[1] / predicted.n


def models_say():
    return predicted.range.low[1], predicted.range.high[1]


# %%
quiz("k beyond n")

# %% [markdown]
# ## Take with you
#
# - pass@k from counts: 1 - C(n-c, k)/C(n, k), problem by problem, then the mean. For k > n: no unbiased
#   estimate; over many problems there are bounds, and for a single number a model is needed.
# - The plug-in 1 - (1 - c/n)^k is [too low on average]{too_low} for `k >= 2` and `0 < p < 1`, and still closer for a
#   single problem that is rarely solved.
# - On MATH500 the base model passes its trained child at [k = 15 (95 % interval 7 to 34)]{crossing_again}. The order of
#   models depends on how many draws you grant them; beyond the draws you made no crossing can be seen.
#
# **Next:** [02_the_gradient](02_the_gradient.ipynb). What training on pass@k would do: the gradient, and where it vanishes.
#
# To read: Chen et al. 2021 ([arXiv 2107.03374](https://arxiv.org/abs/2107.03374)), section 2.1, for the estimator; Yue et
# al. 2025 ([arXiv 2504.13837](https://arxiv.org/abs/2504.13837)), for crossings on many models and tasks.

# %% tags=["claims"]
def too_low():
    description = explorers.estimator_lab().description
    k, p = np.array(description.axes["k"]), np.array(description.axes["p"])
    bias = description.tables["bias plugin"].values[:, k >= 2]
    # Near p = 1 what is left of it is below the rounding that the explorer writes as 0.
    return bool((bias[..., (p > 0) & (p <= 0.5)] < 0).all() and (bias <= 0).all())


def crossing_again():
    return found.crossover.k, 100 * found.level, found.crossover.low, found.crossover.high
