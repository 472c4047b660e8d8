# %% [markdown]
# # Your own runs
#
# So far the data were ours, the verifier was right, and the objective ran in a loop of ours. Your own results lie in files of
# many forms, your verifier errs, and an objective has to work in the trainer you have.
#
# **After this notebook** you can compare result files of your own and say what they show and what they do not, tell what a
# verifier's errors do to such a comparison and which samples to read first, and carry an objective of the lab into a trainer.
# The computer needs {measured}.
#
# Words and letters: [glossary](glossary.md).

# %%
import math
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from passk_lab import bridge, data, exact, explorers, metrics, objectives, readers, report
from passk_lab.course import check, predict, progress, quiz, reveal

progress("11_your_own_runs")

# %% [markdown]
# ## Diagnose your result files
#
# In a terminal it is one line:
#
# ```
# passk-lab diagnose trained/ --base base/ --out page.html
# ```
#
# The command finds out whose files these are (`readers.tools()` lists the tools; a table of samples or of counts will do), says what
# it found, and writes a page. Problems are matched by their ids. In Python the same is `readers.read`, `report.diagnose` and
# `report.write_page`. Here are the counts of MATH500 of notebook 01, a base model and what reinforcement made of it, written out
# as if they were yours.

# %%
folder = Path(tempfile.mkdtemp())
pair = data.problems("math500")
for model in pair.models:
    n, c = pair.counts(model)
    rows = [f"{problem},{of},{right}" for problem, of, right in zip(pair.problem_ids, n, c, strict=True)]
    (folder / f"{model}.csv").write_text("\n".join(["problem,n,c", *rows]))

trained = readers.read(folder / "SimpleRL-Zoo.csv")
base = readers.read(folder / "Qwen2.5-7B.csv")
found = report.diagnose(trained, base)
for verdict in found.verdicts:
    print(verdict.text)

# %% [markdown] tags=["teacher"]
# - *Ask* after each sentence what was observed and what is claimed.
# - *Expect* that "ahead" is heard as "better", and the gap between the stretches as "equal there"; the samples do not
#   decide in it, which is another thing (question *no difference seen*).
# - *They see* stretches up to [k = 6 and from k = 48]{told_stretches}. If the class has files of its own, let it run
#   the command on them now, and look first at what was taken for a sample and for right.
# - *Time:* then this section is the whole lesson.
# - *Skip* `gained` in class: what it is for is said in a sentence, and `gained`, *seen at all* is the slip to name.

# %% tags=["claims"]
def told_stretches():
    crossing = found.pair.comparison.crossover
    return crossing.b_ahead[0][1], crossing.a_ahead[0][0]


# %% [markdown]
# How to read such a sentence: first what was observed, then the **band**, in which the difference would lie on other problems like
# these. It holds at all k together, at [95 %]{given}, so you may choose a k after a look. Ahead or behind is said where the band leaves
# zero: [up to k = 6, and from k = 48]{decided}. In between these samples do not decide. The crossing, seen at [k = 15]{turn}, is a
# finding because there is such a stretch on both sides of it. A figure of the page is an explorer:

# %%
report.explorer(found, "curves")

# %% tags=["claims"]
def turn():
    crossing = found.pair.comparison.crossover
    return crossing.k if crossing.shown else -1


def decided():
    crossing = found.pair.comparison.crossover
    ((first, up_to),), ((since, last),) = crossing.b_ahead, crossing.a_ahead
    return up_to, since, first == 1 and last == 128


# %% [markdown]
# What would a model look like beside itself? Deal the base's samples of a problem out in halves, and compare the halves as if they
# were different models. Their curves touch and part by chance:

# %%
predict(
    "halves that differ",
    "Forty times the base's samples are dealt out in two halves. In how many of the forty is a difference claimed?",
    low=0,
    high=40,
)

# %%
n, c = pair.counts("Qwen2.5-7B")
rng = np.random.default_rng(14)
claimed = touched = 0
for _ in range(40):
    half = rng.hypergeometric(c, n - c, n // 2)
    halves = metrics.compare(n // 2, half, n - n // 2, c - half, resamples=1000)
    claimed += bool(halves.crossover.a_ahead or halves.crossover.b_ahead)
    touched += halves.crossover.k is not None

reveal("halves that differ", claimed)

# %% tags=["claims"]
def most_touch():
    return touched > 20


def solved_otherwise():
    solved = found.pair.solved
    return 500 * solved.gained.estimate, 500 * solved.lost.estimate


# %% [markdown]
# Yet in [most of these deals]{most_touch} the curves change order somewhere. Curves that cross in a plot are no finding yet.
#
# Which problems does a model gain, and which does it lose? Who was sampled more often has more chances, so files are compared
# at equal numbers of samples.
#
# ### Exercise 1. Gained, at equal numbers (medium)
#
# Of one problem model a has `c_a` right samples of `n_a`, model b `c_b` of `n_b`. Draw m = min(n_a, n_b) of each model's samples without
# putting any back. With what chance does a solve the problem while b does not? The page sums this over the problems and calls it
# *gained*.

# %%
def gained(n_a, c_a, n_b, c_b):
    """Chance that a solves a problem and b does not, when m = min(n_a, n_b) samples of each are drawn without putting
    any back. c_a of n_a samples of a are right, c_b of n_b of b's; n_a and n_b are at least 1.
    """
    # solution
    from math import comb

    m = min(n_a, n_b)
    missed_a, missed_b = comb(n_a - c_a, m) / comb(n_a, m), comb(n_b - c_b, m) / comb(n_b, m)
    return (1 - missed_a) * missed_b
    # end solution


check.gained(gained)

# %% [markdown]
# Summed over the problems of MATH500, training has [gained 3 and lost 19]{solved_otherwise}. Now the page, a file that needs no
# network and that you can send:

# %%
report.write_page(found, folder / "page.html").stat().st_size // 1000  # kilobytes

# %% [markdown]
# It opens with the sentences above and the warnings. *What was read* says what was taken for a problem, for a sample, and for right,
# and what was left out: check that table first. The chapters follow: the curves; the problems most surely gained or lost; how
# problems are spread; what training would see; a prediction beyond the samples, which says that it is one; what a
# verifier that errs could have done. Each figure can be touched, and taken away as a table.
#
# ### When it asks
#
# Some files can be read in more than one way. This one has [two]{given} verdicts on each sample:

# %%
rows = [f"{problem},{int(s < right)},{int(s <= right)}" for problem, right in enumerate([0, 3, 7, 1]) for s in range(8)]
(folder / "judged.csv").write_text("\n".join(["problem,correct,passed", *rows]))
try:
    readers.read(folder / "judged.csv")
except readers.Undecided as question:
    print(question)

# %% [markdown]
# No reading is the right one by itself, so the reader does not guess. In a terminal the command stops with these lines: type it again
# with one of them at its end, say `--verdict passed`. In Python it is an argument:

# %%
(judged,) = readers.read(folder / "judged.csv", verdict="passed")
judged.correct_is, int(judged.c.sum())

# %% [markdown]
# Take the same for model and base, or the difference is one of verdicts (`--base-verdict` is for files that name it otherwise). A score between wrong and right asks for `--threshold`, several
# ways to take out the answer for `--filter`, several evaluations in one folder for `--run`, a table with other names for `--columns`.
#
# ### Checkpoints
#
# Files of several steps, or a table with a column `step`, are read as checkpoints of one run. The lab has such counts of a public run,
# [8]{given} samples of each training problem at each visit ([arXiv 2504.20571](https://arxiv.org/abs/2504.20571)):

# %%
visits = data.load("oneshot-rlvr")
rows = [f"{visit},{problem},8,{c:.0f}" for visit in range(0, 41, 10) for problem, c in zip(visits.problem_id, visits[f"e{visit}"], strict=True)]
(folder / "visits.csv").write_text("\n".join(["step,problem,n,c", *rows]))
run = report.diagnose(readers.read(folder / "visits.csv"))
for verdict in run.verdicts:
    print(verdict.text)

# %%
report.explorer(run, "trend")

# %% [markdown]
# The sentences compare the first checkpoint with the last, problem by problem; the figure has those between. Groups that are all wrong
# fell from [36 to 29 %]{wrong_fell}, those all right rose from [8 to 21 %]{right_rose}. Neither kind teaches GRPO anything (notebook 03),
# and together they rose from [44 to 49 %]{silent_rose}: the run gets better, and less of each batch drives it. `--training-n` says how
# large your groups are. These are the problems it trained on, and [k = 8]{given} is the end of what they can say.

# %% tags=["claims"]
_first, _last = run.trend.steps[0].silence, run.trend.steps[-1].silence


def wrong_fell():
    return 100 * _first.all_wrong.estimate, 100 * _last.all_wrong.estimate


def right_rose():
    return 100 * _first.all_right.estimate, 100 * _last.all_right.estimate


def silent_rose():
    return tuple(100 * (one.all_wrong.estimate + one.all_right.estimate) for one in (_first, _last))


# %% [markdown]
# ### A warning
#
# To save samples somebody draws until the first success, at most [16]{given} times, and writes down n and c.

# %%
predict(
    "stopped at a success",
    "By all its samples the base model has pass@1 = 61.4 % on MATH500. Which pass@1, in per cent, is the mean of c/n of files that stop "
    "at the first success?",
    low=0,
    high=100,
)

# %%
n, c = pair.counts("Qwen2.5-7B")
right = np.random.default_rng(3).random((len(n), 16)) < (c / n)[:, None]
n_stopped, c_stopped = np.where(right.any(axis=1), right.argmax(axis=1) + 1, 16), right.any(axis=1).astype(int)
rows = [f"{problem},{of},{solved}" for problem, of, solved in zip(pair.problem_ids, n_stopped, c_stopped, strict=True)]
(folder / "stopped.csv").write_text("\n".join(["problem,n,c", *rows]))
stopped = report.diagnose(readers.read(folder / "stopped.csv"))
reveal("stopped at a success", round(100 * stopped.model.pass_at.estimate[0], 1))

# %%
for notice in stopped.notices:
    print(f"{notice.text} [{notice.code}]\n")

# %% [markdown]
# The last sample of a solved problem is right because one stopped there, so c/n is too large. `metrics.pass_at_k_stopped` looks at the
# samples before it: [60 %]{mended}, with [61.4 %]{unstopped} to be found. Read the warnings before the numbers: each says what is
# the matter, and how many rows or problems it is about.
#
# ### Where nobody is ahead
#
# The pair of MATH500 once more, as if you had had [50]{given} problems and [8]{given} samples of each:

# %% tags=["claims"]
def mended():
    return 100 * np.mean(metrics.pass_at_k_stopped(n_stopped, c_stopped, 1, cap=16))


def unstopped():
    return 100 * np.mean(c / n)


# %%
rng = np.random.default_rng(1)
for model in pair.models:
    n, c = pair.counts(model)
    few = rng.hypergeometric(c, n - c, 8)[::10]
    (folder / f"few-{model}.csv").write_text("\n".join(["problem,n,c", *(f"{i},8,{right}" for i, right in enumerate(few))]))
few = report.diagnose(readers.read(folder / "few-SimpleRL-Zoo.csv"), readers.read(folder / "few-Qwen2.5-7B.csv"))
for verdict in few.verdicts:
    print(verdict.text)

# %% [markdown]
# At k = 8 the model is seen [8 points]{seen_of_few} ahead, and the band reaches below zero: with the problems and samples of the files above
# it is [1.5]{seen_of_many}. The sentence says which differences such files would show, and what it would take to show one as
# large as this. Where more samples would not do, it is other problems that are missing.

# %% tags=["claims"]
def seen_of_few():
    at = next(verdict for verdict in few.verdicts if verdict.code == "cannot_tell").evidence
    return 100 * at["difference"] if at["low"] < 0 and at["k"] == 8 else -1


def seen_of_many():
    compared = found.pair.comparison
    return 100 * (compared.curve_b - compared.curve_a)[list(compared.ks).index(8)]

# %%
quiz("no difference seen")

# %% [markdown]
# ## When the verifier errs
#
# A **verifier** is a program, and programs err. It accepts a wrong sample with chance a, the **false-positive rate**,
# and it rejects a right one with chance b, the **false-negative rate**. So one sample is accepted with chance
# s = (1-p) a + p (1-b), and if it errs anew with each sample, the pass@k that is *seen* is 1 - (1-s)^k. Say what that makes of
# a model with p = 0.

# %%
predict(
    "seen of nothing",
    "A model is never right: p = 0. One wrong sample in a thousand is accepted. Which pass@1024 is seen?",
    low=0.0,
    high=1.0,
)

# %%
reveal("seen of nothing", metrics.seen_at_k(p=0, k=1024, false_positive=0.001))

# %% [markdown] tags=["teacher"]
# - *Ask* for the prediction *seen of nothing*.
# - *Expect* hardly more than the rate: a small rate is felt as a small effect.
# - *They see* [0.64]{told_seen}. Then ask what the training would do with those samples, and wait. What ties the rest
#   together is the half-truth point: below it most of what is accepted is wrong. In code `accepted_right`, *1 - a*
#   turns the condition round, the oldest slip with tests of any kind; a table with [a thousand]{given} samples on the
#   board mends it.
# - *Time:* the verifier part of this notebook stands alone and may be a lesson of its own.
# - *Skip* the trainer part unless somebody trains.

# %% tags=["claims"]
def told_seen():
    return metrics.seen_at_k(p=0, k=1024, false_positive=0.001)


# %% [markdown]
# At k = 1 such a verifier looks good: it is wrong on [0.1 %]{wrong_once} of these samples. At k = 1024 it shows
# [64 %]{seen_of_nothing} for a model that is not right once.
#
# ### Exercise 2. Right among the accepted (easy)
#
# What share of accepted samples is right? A sample is right with chance `p`; a wrong one is accepted with chance `a`, a right
# one rejected with chance `b`; they lie between zero and one, both included. If no sample is ever accepted there is no such
# share: raise a `ValueError`.
#
# %% tags=["claims"]
def wrong_once():
    return 100 * metrics.seen_at_k(0, 1, 0.001)


def seen_of_nothing():
    return 100 * metrics.seen_at_k(0, 1024, 0.001)


# %%
def accepted_right(p, a, b):
    """Chance that an accepted sample is right. A sample is right with chance p; a wrong one is accepted with chance a,
    a right one is rejected with chance b; all three from 0 to 1. If nothing is ever accepted, raise a ValueError.
    """
    # solution
    right, wrong = p * (1 - b), (1 - p) * a
    if right + wrong == 0:
        raise ValueError("nothing is accepted")
    return right / (right + wrong)
    # end solution


check.accepted_right(accepted_right)

# %%
{p: accepted_right(p, 0.01, 0) for p in (0.5, 0.1, 0.02, 0.01, 0.005, 0.001)}

# %% [markdown]
# It depends on p. At p = 0.1 a false-positive rate of [1 %]{given} leaves [92 %]{pure_at_ten} of the accepted samples right,
# at p = 0.001 it leaves [9 %]{pure_at_thousandth}. Among the accepted, right and wrong ones are equally many where p (1-b) =
# (1-p) a, at the **half-truth point** p = a/(a + 1 - b): below it most accepted samples are wrong. Here it is
# [0.0099]{half_truth}. A rate that is measured on average samples says little about hard prompts, and what many draws add to
# a curve comes from hard prompts.
#
# %% tags=["claims"]
def pure_at_ten():
    return 100 * accepted_right(0.1, 0.01, 0)


def pure_at_thousandth():
    return 100 * accepted_right(0.001, 0.01, 0)


def half_truth():
    half = metrics.half_truth_p(0.01)
    return half if abs(accepted_right(half, 0.01, 0) - 0.5) < 1e-12 else -1


# %%
explorers.imperfect_verifier(p=0.01, k=128, a=0.01)

# %% [markdown] tags=["teacher"]
# - *The picture:* in *Seen* the curve of what is seen climbs to one, the true one stays below it, and best-of-k bends
#   to a ceiling at [0.50]{told_ceiling}. At k = 128 they stand at [0.92, 0.72 and 0.46]{told_three}.
# - *Ask* which of these a paper would report, and which a user gets.
# - *Expect* surprise at the ceiling. Then press *one wrong answer* and ask why the line is flat: errors that belong to
#   answers are counted by answers, not by draws. That prepares the question *a crossing under errors*, on which "one
#   verifier treats both alike" is the wrong answer with the best manners.
# - *Time:* this figure deserves play.
# - *Skip* the panel *Weight* until the exercise on it.

# %% tags=["claims"]
def told_ceiling():
    return explorers.imperfect_verifier(p=0.01, k=128, a=0.01).numbers["ceiling"]


def told_three():
    shown = explorers.imperfect_verifier(p=0.01, k=128, a=0.01).numbers
    return shown["seen"], shown["true"], shown["chosen"]


# %% [markdown]
# **What you see.** In the panel *Seen*, at k = 128, the verifier sees [0.92]{seen}; true is [0.72]{true}. The third curve is
# **best-of-k**: draw k samples and hand in one of those that are accepted. It is right with chance [0.46]{chosen}, and
# however large k is, it does not pass the share of accepted samples that is right, here [0.503]{ceiling}: a verifier that errs
# is a ceiling on resampling ([arXiv 2411.17501](https://arxiv.org/abs/2411.17501)). What is seen has no such ceiling.
#
# The panel *Luck* has a model with p = 0, and asks where an error is drawn. Anew for **each sample**: what is seen goes on
# rising. If **each problem** has a rate of its own, with the same mean, it rises more slowly. If **each answer** is accepted for
# good or not at all, it is distinct wrong answers that count, and not draws: press *one wrong answer*, and what is seen stays
# at [0.1 from k = 1 to k = 1024]{one_ticket}. A verifier that compares an answer with a key is of this kind.
#
# The panel *Weight* comes below, with the fourth exercise.
#
# ### Exercise 3. Lottery tickets (medium)
#
# A model has p = 0. Each of its `k` draws is one of `m` equally likely wrong answers; each of these answers, whatever the
# others are, is accepted for good with chance `d`, else it is rejected for good. Write the pass@k that is seen. `m` and `k`
# are whole numbers from one on, `d` lies between zero and one, both included.
#
# %% tags=["claims"]
_at = explorers.imperfect_verifier(p=0.01, k=128, a=0.01).numbers
_ticket = next(preset.state for preset in explorers.imperfect_verifier().description.presets if preset.label == "one wrong answer")


def seen():
    return _at["seen"]


def true():
    return _at["true"]


def chosen():
    return _at["chosen"]


def ceiling():
    return metrics.chosen_at_k(0.01, 10**9, 0.01) if abs(_at["ceiling"] - accepted_right(0.01, 0.01, 0)) < 1e-6 else -1


def one_ticket():
    numbers = [explorers.imperfect_verifier(**{**_ticket, "k": k}).numbers["seen"] for k in (1, 32, 1024)]
    return numbers[0], 1, 1024, max(numbers) - min(numbers) < 1e-6


# %%
def seen_when_never_right(m, d, k):
    """Seen pass@k of a model that is never right: each of k draws is one of m equally likely wrong answers, and each of
    these answers, whatever the others are, is accepted for good with chance d, else never. m, k = 1, 2, ...,
    0 <= d <= 1.
    """
    # solution
    return 1 - sum(math.comb(m, i) * d**i * (1 - d) ** (m - i) * ((m - i) / m) ** k for i in range(m + 1))
    # end solution


check.seen_when_never_right(seen_when_never_right)

# %%
tickets = pd.DataFrame({m: {k: seen_when_never_right(m, 0.1, k) for k in (1, 10, 100)} for m in (1, 3, 10, 100)})
tickets.rename_axis(index="k", columns="wrong answers").round(3)

# %% [markdown]
# The verifier accepts [one wrong answer in ten]{given} throughout this table, so at k = 1 the columns are [all
# equal]{columns_equal}. With [100]{given} draws a model that repeats itself is seen to solve [10 %]{repeats}, one with
# [ten]{given} wrong answers [65 %]{tries_ten}, and with [a hundred]{given} of them [99.9 %]{tries_hundred}. Training that
# collapses a policy also takes its tickets away. So a lead of the base model at large k may be luck:

# %%
# Two problems. The trained model solves one and repeats a single wrong answer, which is rejected, on the other. The base model
# solves one half of the time, and its wrong answers are so many that hardly one comes twice: one in ten is accepted.
base, trained = [0.5, 0.0], [1.0, 0.0]
pd.DataFrame(
    {
        k: {
            "base, true": np.mean(metrics.success_at_k(base, k)),
            "base, seen": np.mean(metrics.seen_at_k(base, k, 0.1)),
            "trained, true and seen": np.mean(metrics.success_at_k(trained, k)),
        }
        for k in (1, 2, 3, 4, 8)
    }
).rename_axis(columns="k").round(4)

# %% [markdown]
# The true curve of the base model stays below that of the trained one [at every k]{stays_below}. What is seen crosses it
# [at k = 3]{made}, with one verifier for both. Were each *sample* accepted with one rate a, and no right one rejected, then
# 1 - s = (1-a)(1-p), and any difference of models would shrink by (1-a)^k: a crossing is neither made nor moved nor lost,
# it drowns. At a = 1 % and k = 100 there is [37 %]{left_over} of it left.
#
# %% tags=["claims"]
def repeats():
    return 100 * tickets.loc[100, 1]


def columns_equal():
    return np.ptp(tickets.loc[1]) < 1e-12


def tries_ten():
    return 100 * tickets.loc[100, 10]


def tries_hundred():
    return 100 * tickets.loc[100, 100]


def stays_below():
    return all(np.mean(metrics.success_at_k(base, k)) < np.mean(metrics.success_at_k(trained, k)) for k in range(1, 50))


def made():
    ahead = [np.mean(metrics.seen_at_k(base, k, 0.1)) > np.mean(metrics.seen_at_k(trained, k, 0)) for k in range(1, 50)]
    return ahead.index(True) + 1


def left_over():
    of = [metrics.success_at_k(0.02, 100) - metrics.success_at_k(0.01, 100), metrics.seen_at_k(0.02, 100, 0.01) - metrics.seen_at_k(0.01, 100, 0.01)]
    return 100 * of[1] / of[0]


# %%
quiz("a crossing under errors")

# %% [markdown]
# ### Exercise 4. What is left of the weight (medium)
#
# Training sees verdicts, so training on pass@k climbs 1 - (1-s)^k with s = (1-p) a + p (1-b). Write its slope in p, by hand and
# not as a difference quotient. `p`, `a` and `b` lie between zero and one, both included; `k` is a whole number from one on.

# %%
def weight_under_noise(p, k, a, b):
    """Slope in p of the seen pass@k, 1 - (1-s)^k with s = (1-p) a + p (1-b): what training on verdicts puts on the
    gradient of p. By hand, not as a difference quotient. p, a and b from 0 to 1, k = 1, 2, 3, ...
    """
    # solution
    s = (1 - p) * a + p * (1 - b)
    return k * (1 - a - b) * (1 - s) ** (k - 1)
    # end solution


check.weight_under_noise(weight_under_noise)

# %% [markdown]
# For any objective F it is (1-a-b) F'(s), the chain rule: at one prompt, on average, errors of each sample change the size of a push
# and not its direction, as long as a + b < 1. `objectives.under_noise` has any objective of the lab under such errors. At a = 0.1
# they hold the weight of MaxRL, which is 1/p without errors, at [9]{maxrl_held} or below. In the explorer's panel *Weight*
# the grey ground marks where most accepted samples are wrong: there an objective with a large weight at small p spends it.
#
# If errors belong to answers, a false answer that is accepted is learned like a right one. Below, one prompt: the right answer
# starts at [0.02]{given}, a false one that is accepted at [0.05]{given}, and the rest is rejected. Training stops when
# [nine in ten]{given} samples are accepted.
#
# %% tags=["claims"]
def maxrl_held():
    weights = objectives.under_noise("maxrl", 0.1).weight(np.linspace(0, 1, 101))
    return max(weights)


# %%
world = exact.false_answer(right=0.02, false=0.05)
trained_on = {"pass@1": "pass@1", "MaxRL": "maxrl", "pass@16": objectives.get("pass@k", k=16)}
paths = {name: exact.flow(world.bandit, objective, until_p=0.9) for name, objective in trained_on.items()}
pd.DataFrame(
    {
        name: [f"{path.time[-1]:.2g}", f"{world.right_p(path)[-1]:.4f}", f"{world.false_p(path)[-1]:.4f}"]
        for name, path in paths.items()
    },
    index=["time", "right", "false"],
).T.rename_axis("trained on")

# %% [markdown]
# The chance of a right answer rises at first, and then falls to [0.4 %]{right_left}, while what is seen goes to [90
# %]{given}, and [for each of these objectives]{one_path} it ends at the same place. On one prompt the objective says *when*,
# and not *who*: the answer that starts ahead wins. Over prompts it says *which* are learned:

# %%
world = exact.solvable_and_not(right=0.3, false=0.01)  # an easy prompt, and one without a right answer but with a false one
trained_on = {"pass@1": "pass@1", "GRPO": "grpo", "MaxRL": "maxrl", "pass@16": objectives.get("pass@k", k=16)}


def false_answers(objective):
    path = exact.flow(world.bandit, objective, states=1000)
    return np.interp([0.6, 0.9], world.right_p(path)[:, 0], world.false_p(path)[:, 1])


which = pd.DataFrame({name: false_answers(objective) for name, objective in trained_on.items()}, index=["easy at 0.6", "easy at 0.9"])
which.T.rename_axis("chance of the false answer").round(3)

# %% [markdown]
# When the easy prompt is at [0.9]{given}, pass@1 has raised the false answer of the other from [0.01]{given} to
# [0.012]{which_one}, GRPO to [0.023]{which_grpo}, MaxRL to [0.84]{which_maxrl} and pass@16 to [0.90]{which_sixteen}: where a
# prompt has no right answer to be found, the weight on rare successes is a weight on the verifier's errors. On a real set,
# MATH500 with the base model's share of right samples as p: with [1 %]{given} of wrong samples accepted, [0.6 %]{share_one}
# of what pass@1 pushes up is wrong, [7 %]{share_maxrl} for MaxRL, and [26 %]{share_sixteen} for pass@16
# (`objectives.wrong_share`).
#
# ### How much luck is there? The bundled AIME answers
#
# The lab has final answers of models to problems of a mock AIME, where an answer is a whole number of at most [three]{given}
# digits. How often does a model hit the key *blindly*? As often as wrong samples of *other* problems say it. Taken from the
# [34]{luck_runs} runs that solve less than [a tenth]{given} and mostly left an answer, without the problem `2024-14`, whose
# key may be wrong.
#
# %% tags=["claims"]
_first = exact.false_answer(right=0.02, false=0.05)


def right_left():
    along = _first.right_p(paths["pass@1"])
    return 100 * along[-1] if along.max() > 1.2 * along[0] else -1


def one_path():
    ends = [_first.right_p(path)[-1] for path in paths.values()]
    return max(ends) - min(ends) < 1e-6


def which_one():
    return which.loc["easy at 0.9", "pass@1"]


def which_grpo():
    return which.loc["easy at 0.9", "GRPO"]


def which_maxrl():
    return which.loc["easy at 0.9", "MaxRL"]


def which_sixteen():
    return which.loc["easy at 0.9", "pass@16"]


def _share(name):
    samples, right_ones = data.problems("math500").counts("Qwen2.5-7B")
    return 100 * objectives.wrong_share(trained_on[name], right_ones / samples, 0.01)


def share_one():
    return _share("pass@1")


def share_maxrl():
    return _share("MaxRL")


def share_sixteen():
    return _share("pass@16")


# %%
answers = data.load("otis-answers").query("problem_id != '2024-14'")
key = answers[answers["correct"] == 1].groupby("problem_id")["answer"].agg(lambda given: given.value_counts().index[0]).to_dict()
by_run = answers.groupby("run_id")
weak_runs = by_run["correct"].mean() < 0.1
weak_runs &= by_run["answer"].agg(lambda given: given.isna().mean()) <= 0.5
weak_runs = weak_runs.index[weak_runs]
weak = answers[answers["run_id"].isin(weak_runs)]
luck = metrics.blind_luck(weak["problem_id"], weak["answer"], weak["correct"], key)
chances = np.array(list(luck.values()))

pd.DataFrame(
    {
        k: {
            "one in a thousand": metrics.seen_at_k(0, k, 0.001),
            "blind, problem by problem": np.mean(metrics.seen_at_k(0, k, chances)),
            "blind, all at the mean": metrics.seen_at_k(0, k, chances.mean()),
        }
        for k in (1, 16, 100, 1000)
    }
).rename_axis(columns="k").round(3)

# %% [markdown]
# A key is hit with chance [0.0019]{mean_luck} on average, [twice]{twice_uniform} the chance of a number out of [a
# thousand]{given}, since some keys are said often: the key [5]{luckiest_key} is hit with [0.014]{most_luck}. At k = 16 luck
# gives [3 points]{luck_sixteen}, at k = 1000 it gives [48]{luck_thousand}. The mean rate on each problem would give
# [85]{luck_at_mean}: rates that differ keep the curve down. It is a null model: it says what a solved problem is worth as
# evidence, and not that it was luck. Of the [12]{weakest_runs} runs below [3 %]{given}, [9]{beat_luck} solve so many
# problems that luck alone would in less than [3 %]{given} of cases.
#
# %% tags=["claims"]
def luck_runs():
    return len(weak_runs)


def mean_luck():
    return chances.mean()


def twice_uniform():
    return chances.mean() / 0.001


def luckiest_key():
    return float(key[max(luck, key=luck.get)])


def most_luck():
    return chances.max()


def luck_sixteen():
    return 100 * np.mean(metrics.seen_at_k(0, 16, chances))


def luck_thousand():
    return 100 * np.mean(metrics.seen_at_k(0, 1000, chances))


def luck_at_mean():
    return 100 * metrics.seen_at_k(0, 1000, chances.mean())


def _by_luck(run):
    counts = answers[answers["run_id"] == run].groupby("problem_id")["correct"].agg(["size", "sum"]).loc[list(key)]
    return metrics.chance_by_luck(chances, counts["size"].to_numpy(), int((counts["sum"] > 0).sum()))


_weakest = [run for run in weak_runs if by_run["correct"].mean()[run] < 0.03]


def weakest_runs():
    return len(_weakest)


def beat_luck():
    return sum(_by_luck(run) < 0.03 for run in _weakest)


# %% [markdown]
# ### On how few samples a lead hangs
#
# Notebook 01 showed Qwen2.5-7B ahead of its trained self at k = 128. How many of its accepted samples would have to be false
# for that lead to be gone?

# %%
predict(
    "hangs on",
    "The base model has 39,291 accepted samples on MATH500 and leads by 16 problems at k = 128. On how few of them does that lead hang?",
    low=1,
    high=39291,
)

# %%
pair = data.problems("math500")
(n, c_base), (_, c_trained) = (pair.counts(model) for model in pair.models)
lead = metrics.hangs_on(n, c_base, n, c_trained, k=128)
reveal("hangs on", lead.samples)

# %%
alone = metrics.discordant(c_base, c_trained)
{
    "lead, in problems": round(500 * lead.lead),
    "hangs on": lead.samples,
    "of accepted samples": lead.accepted,
    "problems of one model alone": len(alone.only_a) + len(alone.only_b),
    "their accepted samples, base and trained": (alone.samples_a, alone.samples_b),
    "a common rate above this is ruled out": round(metrics.common_rate_bound(n, c_base), 3),
}

# %% [markdown] tags=["teacher"]
# - *Ask* for the prediction *hangs on*.
# - *Expect* hundreds or thousands: a lead over so many samples feels solid.
# - *They see* [23]{told_hangs}. Let somebody say why: at large k a problem solved in a single sample weighs as much as
#   one solved throughout. Then ask for the cheapest audit, and collect proposals before the text gives it: read what
#   one model alone has solved. "A random sample" is the proposal to expect, and it would read problems that both solve.
# - *Time:* a good place to end a lesson, with a list of samples that somebody would have to read.
# - *Skip* the correction of curves and the reward models behind it.

# %% tags=["claims"]
def told_hangs():
    return lead.samples


# %% [markdown]
# On [23]{hangs}: a problem that is solved in one sample of [128]{given} counts as much as one that is solved in each of them.
# The lead may be real; what is needed is that somebody reads. An audit of a comparison can be small: [22]{both_alone}
# problems were solved by one model alone, by [97]{base_alone} samples of the base model and [150]{trained_alone} of the
# trained one. And some of it is free: problems without an accepted sample bound a rate that is common to the samples, here by
# [2.8 %]{free_bound} (at [95 %]{given} confidence); rates that differ from problem to problem they do not bound.
#
# Correcting a curve instead works for errors of each sample, and while k a < 1 (`metrics.corrected_curve` refuses beyond).
# Errors of answers cannot be put right from verdicts: there each distinct answer is read once (`metrics.accepted_answers`).
# The [11,120]{aime_samples} accepted samples of the AIME runs above are [70]{aime_answers} answers.
#
# %% tags=["claims"]
def hangs():
    return lead.samples


def both_alone():
    return len(alone.only_a) + len(alone.only_b)


def base_alone():
    return alone.samples_a


def trained_alone():
    return alone.samples_b


def free_bound():
    return 100 * metrics.common_rate_bound(n, c_base)


_to_read = metrics.accepted_answers(answers["problem_id"], answers["answer"], answers["correct"])


def aime_samples():
    return sum(taken for taken, _ in _to_read.values())


def aime_answers():
    return len(_to_read)


# %% [markdown]
# ### Best-of-n with a reward model
#
# Without a verifier people take the sample with the highest score of a **reward model**. `metrics.best_of_k` has the chance
# that it is right, from the laws of the scores of right and of wrong samples. Some reward models, at p = 0.1: the first says
# yes or no, and a wrong sample gets a yes with chance [0.1]{given}; the next gives a score that is normal, and higher by
# [1.5]{given} deviations for right samples; the last is the same, but [one wrong sample in 200]{given} has found out how to
# get the highest score.

# %%
from scipy.stats import norm

edges = np.linspace(-5, 7, 241)
right, wrong = (np.diff(norm.cdf(edges, mean)) for mean in (1.5, 0))
right, wrong = right / right.sum(), wrong / wrong.sum()
hacked = 0.995 * np.append(wrong, 0) + 0.005 * np.append(0 * wrong, 1)
reward_models = {"yes or no": ([0, 1], [0.9, 0.1]), "a score": (right, wrong), "a score, hacked": (np.append(right, 0), hacked)}

draws = [1, 4, 16, 64, 256, 4096]
best = pd.DataFrame({name: metrics.best_of_k(0.1, draws, *laws) for name, laws in reward_models.items()}, index=draws)
best.rename_axis("n").round(3)

# %% [markdown]
# Yes or no: it ends at [53 %]{ends_at}, the share of accepted samples that is right. The score goes on rising, to [96
# %]{score_rises}. Hacked, it is best at n = 64 of these, with [53 %]{hacked_best}, and falls to [0.0]{hacked_end} at n =
# 4096: many draws look for the highest score, and there stands a wrong answer. In the limit the highest scores alone count,
# the corner in which the ROC curve begins ([arXiv 2507.12399](https://arxiv.org/abs/2507.12399)).
#
# %% tags=["claims"]
def ends_at():
    return 100 * best.loc[4096, "yes or no"]


def score_rises():
    return 100 * best.loc[4096, "a score"] if (np.diff(best["a score"]) > 0).all() else -1


def hacked_best():
    return 100 * best["a score, hacked"].max() if best["a score, hacked"].idxmax() == 64 else -1


def hacked_end():
    return best.loc[4096, "a score, hacked"]


# %% [markdown]
# ## The lab's objective in your trainer
#
# In a trainer an objective is a **table of credit**: what a right and a wrong sample of a group of n are worth when c of them are
# right. `bridge.credit` looks it up for a batch of rewards; the result goes where the trainer keeps its advantages.

# %%
pass_at_4 = objectives.get("pass@k-loo-1", k=4)
bridge.credit([[1, 1, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0]], pass_at_4).round(3)

# %% [markdown]
# With k draws, pass@k-loo-1 pays a right sample k C(n-c, k-1)/C(n-1, k-1), so [2.286 where two of eight are right and 4 where it is
# alone]{two_and_one}; a wrong one stays without credit.
#
# TRL has no place for credit. Its `GRPOTrainer` makes advantages out of rewards: it takes the
# group's mean off and, with its own setting `scale_rewards="group"`, divides by the group's standard deviation. Suppose you
# hand it credit as if it were a reward, and have switched the division off (`"none"`). What is left after the mean?
#
# ### Exercise 5. What the mean takes off (easy)
#
# Of n samples, c are right and have the credit `right` each, the others `wrong` each. Return what a right sample's credit has
# become once the group's mean is taken off. With c = 0 no sample is right: raise a `ValueError`.

# %%
def after_the_mean(right, wrong, c, n):
    """What a right sample's credit becomes when the mean of its group is taken off: c of n samples have the credit
    right, the others wrong. n = 1, 2, 3, ..., 0 <= c <= n. For c = 0 there is no right sample: raise a ValueError.
    """
    # solution
    if c == 0:
        raise ValueError("there is no right sample")
    return right - (c * right + (n - c) * wrong) / n
    # end solution


check.after_the_mean(after_the_mean)

# %% [markdown]
# So [2.286 and 0 have become 1.714 and -0.571]{centred}: another table, which climbs something else. Unchanged are the tables whose
# credits cancel in each group, as those of pass@1, GRPO and pass@4-centred do.
#
# Now with the division. Take prompts of p = 0.02 and p = 0.5. By its own table, in groups of n = 8, pass@4-loo-1 gives the
# rare one [7.5 times]{own_ratio} the weight of the even one.

# %%
predict(
    "weight after TRL",
    "Credit of pass@4-loo-1, given to TRL as a reward with its own scaling. Weight at p = 0.02 over weight at p = 0.5?",
    low=0.1,
    high=10,
)

# %%
climbed = {
    "pass@1": objectives.get("pass@1"), "grpo": objectives.get("grpo"), "maxrl": objectives.get("maxrl"),
    "pass@4-loo-1": pass_at_4, "pass@4-centred": objectives.get("pass@k-centred", k=4), "pass@4": objectives.get("pass@k", k=4),
}


def weights(table, p):
    return {chance: objectives.effective_weight(table, 8, chance) for chance in p}


reaches = pd.DataFrame({
    (scale, p): {name: objectives.effective_weight(objective if scale == "as it is" else
                 bridge.trl_turns_into(objective, 8, scale), 8, p) for name, objective in climbed.items()}
    for scale in ("as it is", "none", "group") for p in (0.02, 0.5)
}).rename_axis(index="effective weight, n = 8", columns=["scale_rewards", "p"])
reveal("weight after TRL", round(reaches.loc["pass@4-loo-1", ("group", 0.02)] / reaches.loc["pass@4-loo-1", ("group", 0.5)], 2))

# %%
reaches.round(2)

# %% [markdown] tags=["teacher"]
# - For a class that trains; else *skip* to the end.
# - *Ask* for the prediction *weight after TRL*.
# - *Expect* the table's own ratio of [7.5]{told_own}, perhaps scaled: "a scale is a learning rate" (question *a
#   deviation divides*).
# - *They see* [1.58]{told_after}. In a group there are right and wrong samples and no other kind, so dividing by the
#   deviation leaves of a table which kind got more. `after_the_mean`, *mean of the others* takes RLOO's baseline for
#   GRPO's.
# - *Time:* let somebody read their own trainer's source for the line that divides; it is found quickly and remembered
#   long. The trainers' names below are for looking up.

# %% tags=["claims"]
def told_own():
    return reaches.loc["pass@4-loo-1", ("as it is", 0.02)] / reaches.loc["pass@4-loo-1", ("as it is", 0.5)]


def told_after():
    return reaches.loc["pass@4-loo-1", ("group", 0.02)] / reaches.loc["pass@4-loo-1", ("group", 0.5)]


# %% [markdown]
# Under `"group"` each of these objectives weighs the rare prompt [2.41]{all_alike}, which is GRPO's weight as TRL computes it: in a
# group there are right and wrong samples and no third kind, so whoever divides by its deviation keeps of a table just which got more. (At p = 0.5 the
# pass@4 rules fall below GRPO's [1.74]{grpo_even}: with more than n - k right samples they credit a group's samples
# alike or not at all, and such a group is silent.) Under `"none"` the ratio of pass@4-loo-1 is down
# to [5.3]{none_ratio}; `maxrl` loses as well, and pass@4 keeps its shape at [half]{half_left} its size.
#
# `scale_rewards="batch"` divides by the deviation of the whole batch, so a prompt's credit depends on its neighbours. The same
# prompt of p = 0.02, under pass@4-loo-1, among easy prompts and among hard ones:

# %%
company = {"easy prompts beside it": [6, 7, 5, 6, 8, 7, 6, 4], "hard prompts beside it": [0, 0, 1, 0, 0, 0, 2, 0]}
in_company = {
    name: objectives.effective_weight(bridge.trl_turns_into(pass_at_4, 8, "batch", batch=right), 8, 0.02)
    for name, right in company.items()
}
pd.Series(in_company, name="effective weight").round(1)

# %% tags=["claims"]
def two_and_one():
    two, one = bridge.credit([[1, 1, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0]], pass_at_4)
    return two[0], two.nonzero()[0].size, two.size, one[0]


def centred():
    table = pass_at_4.credit(8)
    return table.correct[2], table.wrong[2], after_the_mean(table.correct[2], table.wrong[2], 2, 8), -2 / 6 * after_the_mean(
        table.correct[2], table.wrong[2], 2, 8)


def own_ratio():
    return reaches.loc["pass@4-loo-1", ("as it is", 0.02)] / reaches.loc["pass@4-loo-1", ("as it is", 0.5)]


def all_alike():
    column = reaches["group", 0.02]
    return column.mean() if np.ptp(column) < 0.005 else -1


def grpo_even():
    column = reaches["group", 0.5]
    return column["grpo"] if (column[["pass@4-loo-1", "pass@4-centred", "pass@4"]] < column["grpo"]).all() else -1


def none_ratio():
    return reaches.loc["pass@4-loo-1", ("none", 0.02)] / reaches.loc["pass@4-loo-1", ("none", 0.5)]


def half_left():
    left = reaches.loc["pass@4", "none"] / reaches.loc["pass@4", "as it is"]
    return left.mean() if np.ptp(left) < 1e-9 else -1


def in_easy():
    return in_company["easy prompts beside it"] / in_company["hard prompts beside it"]


# %% [markdown]
# Among easy prompts it weighs [5.6 times]{in_easy} as much. Losses change a table too: `loss_type="grpo"` divides each answer's credit by
# its length, and `"dapo"`, TRL's own, by the tokens of the batch (`bridge.trl_loss_weights`).
#
# So `LabGRPOTrainer` puts credit where TRL keeps its advantages, for any table, and refuses a setting that would change it:

# %%
try:
    bridge.check_trl(SimpleNamespace(scale_rewards="group", loss_type="dapo", num_generations=8), pass_at_4)
except ValueError as refusal:
    print(refusal)

# %% [markdown]
# Where TRL is installed (`pip install trl`), this trains:
#
# ```python
# from trl import GRPOConfig
# from passk_lab.bridge.trl import LabGRPOTrainer
#
# settings = GRPOConfig("out", num_generations=8, **bridge.TRL_SETTINGS)
# LabGRPOTrainer(model, reward, settings, objective=pass_at_4, train_dataset=questions).train()
# ```
#
# A whole run to copy from is `examples/trl_pass_at_k.py`: a tiny model, a verifier, GRPO and pass@8-loo-1 side by side. verl has
# `bridge.verl`, slime `bridge.slime`; for SkyRL, prime-rl, NeMo-RL, Tinker, OpenRLHF and rllm `docs/bridge.md` has the lines.
#
# Whatever you train with, watch what notebook 03 says is lost first. `bridge.diagnostics` reads it off a batch, and the
# trainer logs it as `lab/all_wrong`, `lab/silent`, `lab/distinct` and so on:

# %%
rewards = [[1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], [1, 1, 0, 0]]
pd.Series(bridge.diagnostics(rewards, objective="grpo", answers=list("abccddddeeefghij"))).round(3)

# %%
quiz("a deviation divides")

# %% [markdown]
# ## Take with you
#
# - Look first at what a diagnosis says it read, then at its warnings. A crossing is a finding where the band of the difference leaves
#   zero on both sides; "no difference seen" says what the samples leave open.
# - Below the half-truth point a/(a + 1 - b) most accepted samples are wrong, and many draws at hard prompts go there.
# - Ask where an error is drawn: with each sample, each problem, or each answer. Of answers, count the distinct ones.
# - False acceptances at one rate for each sample move no crossing; errors of answers can make one. Read the problems that one model alone solved.
# - Errors of each sample make (1 - a - b) F'(s) of the weight F'(p), another size; errors of answers are learned, soonest by
#   objectives with a large weight at small p.
# - Best-of-n is no better than the highest scores of its judge.
# - A trainer that divides credit by the group's deviation climbs GRPO's goal, whatever table it was given.
#
# **Next:** [12_verdict](12_verdict.ipynb). Each claim of the paper and of its critics, in each world, judged by one rule.
#
# To read: weak tests ([arXiv 2305.01210](https://arxiv.org/abs/2305.01210)), ceilings of resampling ([arXiv
# 2411.17501](https://arxiv.org/abs/2411.17501)), false rejections ([arXiv 2505.14625](https://arxiv.org/abs/2505.14625)),
# training under errors ([arXiv 2510.00915](https://arxiv.org/abs/2510.00915)), estimates from judges that err ([arXiv
# 2511.21140](https://arxiv.org/abs/2511.21140)).
