# %% [markdown]
# # Detective
#
# [Ten]{how_many_cases} bugs. Each of them stood in public code for pass@k, or for reinforcement learning with a verifier, and
# was reported in public, but for [one]{given} that the lab found by computing. You get the suspect, rewritten in a few lines of
# our own with the fault left in, and you convict it: with an exact answer, and with the smallest input on which the suspect
# says something else.
#
# **After this notebook** you can
#
# - write an exact answer for a score, a credit or a penalty, by counting cases instead of trusting a formula,
# - find the smallest input on which code and exact answer part, and read the fault off it,
# - say which small test would have caught a fault, and on which inputs it hides.
#
# The computer needs {measured}. You need notebooks 00 and 01, for the last cases also notebook 02,
# and for the tenth also notebook 08. Where a file on a case stands folded, open it when you are done: it says what the bug was.
# Words and letters: [glossary](glossary.md).

# %%
import math
import sys
from itertools import combinations, product

import numpy as np
import pandas as pd

from passk_lab import metrics
from passk_lab.course import check, predict, progress, quiz, reveal

progress("10_detective")

# %% tags=["claims"]
from passk_lab.course.content import EXERCISES as _exercises


def how_many_cases():
    return sum(exercise.notebook == "10_detective" for exercise in _exercises.values())


# %% [markdown]
# ## The magnifying glass
#
# Write the answer a second time, slowly and exactly: list the draws, add up the cases, use whole numbers. Then go through small
# inputs in order, and stop at the first on which the suspect differs. A difference there is small enough to be worked out by
# hand, and most faults show on a list of [two or three]{given} entries. This is the whole method, and this is the glass:


# %%
def evidence(suspect, exact, inputs):
    """Say on which of these inputs, from small to large, the two differ first, and what each of them says there."""
    for case in inputs:
        true = exact(*case)
        if true is None:
            return "nothing to compare with yet: write the function of the exercise above first"
        if abs(suspect(*case) - true) > 1e-9:
            return {"input": case, "shipped": suspect(*case), "exact": true}
    return "no difference on these inputs"


# %% [markdown] tags=["teacher"]
# - Do not take the cases in a row. Share them out, a case for each pair, and let each pair convict its suspect before
#   the others: input, what was shipped, what is true, which test would have caught it.
# - *Ask* for the smallest input in each trial.
# - *Expect* big ones: large n "to be safe", on which no cause can be seen; and `fixed_solved`, *solved without a test*,
#   since the empty list is forgotten.
# - *They see* the glass stop at lists of few entries: here at `[-1]`.
# - *Time:* the trials are the lesson; the exercises are their preparation.
# - *Skip* the folded files until a pair has spoken, for they give the verdict. The last cases need notebooks 02 and 08.

# %% [markdown]
# ## A perfect model
#
# Programs are run against tests. For each test the runner notes `1` if it was passed, `0` if it was failed, `-1` if the program
# stopped with an error, and `-2` if it did not even compile. A program solves its problem if it passes them [all]{given}. The
# suspect:


# %%
def shipped_solved(outcomes):
    return all(outcomes)


shipped_solved([1, 1, 1]), shipped_solved([1, 0, 1])

# %% [markdown]
# ### Exercise 1. The honest verdict (easy)
#
# `outcomes` is a list with an entry for each test, as above. Return `True` if the program passed [every]{given} test. A program
# that no test has seen has no verdict: for an empty list raise a `ValueError`.


# %%
def fixed_solved(outcomes):
    """True if the program passed every test. outcomes has an entry for each test: 1 passed, 0 failed, -1 stopped with
    an error, -2 did not compile. For an empty list raise a ValueError.
    """
    # solution
    if not outcomes:
        raise ValueError("no test was run, so there is no verdict")
    return all(outcome == 1 for outcome in outcomes)
    # end solution


check.fixed_solved(fixed_solved)

# %%
small = [(list(outcomes),) for n in (1, 2, 3) for outcomes in product((1, 0, -1, -2), repeat=n)]
evidence(shipped_solved, fixed_solved, small)

# %% [markdown]
# <details><summary>The file on this case</summary>
#
# **Reported** as [hendrycks/apps, issue 11](https://github.com/hendrycks/apps/issues/11), on the script that scored the APPS
# benchmark. **What was wrong:** numpy's `all`, like Python's, takes for true what is not zero. **What it cost:** in the
# report's example [four programs, none of which compiles, have a strict accuracy of 1.0]{none_compiles}, and in the same breath
# an average accuracy of [-2.0]{average_of_codes}. **What mended it:** the script now asks for `> 0`. LiveCodeBench's result
# files have codes below zero too (a wrong answer is -2 there, an error -4), so whoever reads them meets the trap again.
#
# *Lesson:* a code is no truth value. Compare with what you mean; and look at the empty list, for which `all` is true as well.
#
# </details>


# %% tags=["claims"]
def none_compiles():
    strict = np.mean([shipped_solved([-2]) for _ in range(4)])
    return 4, strict, not any(outcome == 1 for outcome in [-2] * 4)


def average_of_codes():
    return np.mean([-2] * 4)


# %% [markdown]
# ## The missing key
#
# A verifier compares an answer with the key of the problem. Some keys cannot be read: they hold a drawing, or a sentence. What
# is such an answer worth? One public reward function decided so:


# %%
def shipped_reward(answer, key):
    if key is None:
        return 1.0  # cannot be judged: be kind
    return float(answer == key)


[shipped_reward("7", key) for key in ("7", "8", None)]

# %% [markdown]
# You have the mean it shows, and know the share of problems without a key. What is the mean over the others?
#
# ### Exercise 2. Take the gifts out (easy)
#
# `shown` is the mean over the whole data set, in which a problem without a key counts `1`; `missing` is the share of those.
# Return the mean over the problems that have a key. If no problem has a key, or if `shown` is less than `missing`, which cannot
# be, raise a `ValueError`.


# %%
def score_with_a_key(shown, missing):
    """Mean reward over the problems with a readable answer key. shown is the mean over all problems, in which each
    problem without a key counts 1; missing is the share of those; both from 0 to 1. If no problem has a key, or shown
    is less than missing, raise a ValueError.
    """
    # solution
    if missing == 1 or shown < missing:
        raise ValueError(f"a mean of {shown} with a share of {missing} paid for nothing says nothing of the answers")
    return (shown - missing) / (1 - missing)
    # end solution


check.score_with_a_key(score_with_a_key)


# %%
def shown_mean(keys):
    """What is shown where the model answers "7" to each problem."""
    return sum(shipped_reward("7", key) for key in keys) / len(keys)


def true_mean(keys):
    return score_with_a_key(shown_mean(keys), keys.count(None) / len(keys))


small = [(list(keys),) for n in (1, 2, 3) for keys in product(("7", "8", None), repeat=n) if any(keys)]
evidence(shown_mean, true_mean, small)

# %% [markdown]
# So much for what is shown. Next, what is learnt: GRPO pays a sample by its reward less the mean of its group, the samples of
# the same prompt.

# %%
quiz("a reward for free")

# %% [markdown]
# <details><summary>The file on this case</summary>
#
# **Reported** as [huggingface/open-r1, issue 86](https://github.com/huggingface/open-r1/issues/86), and asked about again in
# [issue 215](https://github.com/huggingface/open-r1/issues/215) and [issue
# 293](https://github.com/huggingface/open-r1/issues/293). **What was wrong:** it meant to skip such a prompt ([pull request
# 55](https://github.com/huggingface/open-r1/pull/55)), and paid for it. **What it cost:** a test that was written later
# failed, since a wrong answer was paid: its key could not be read ([pull request
# 566](https://github.com/huggingface/open-r1/pull/566), open when this was written). And with [a tenth of the keys
# unreadable, a model that solves half of the rest shows 55 %]{half_of_the_rest}. **What mended it:** the function of the same
# name in TRL (`trl.rewards.accuracy_reward`) returns `None` for such a prompt, to skip it.
#
# *Lesson:* what cannot be judged is neither right nor wrong. Count it, say how many, and leave it out of both sums.
#
# </details>


# %% tags=["claims"]
def half_of_the_rest():
    keys = [None] * 10 + ["1"] * 45 + ["2"] * 45
    shown = np.mean([shipped_reward("1", key) for key in keys])
    assert abs(score_with_a_key(shown, 0.1) - 0.5) < 1e-12
    return keys.count(None) / len(keys), score_with_a_key(shown, 0.1), 100 * shown


# %% [markdown]
# ## One sample is lost
#
# A trainer of this kind asks for as many samples of each prompt, and cuts the list of rewards into groups. Sometimes a sample
# gets lost on the way. The suspect has thought of that:


# %%
def shipped_centred(rewards, groups, i):
    wanted = max(groups.count(group) for group in groups)  # samples asked for, of each prompt
    if len(rewards) != wanted * len(set(groups)):  # some are missing
        return rewards[i] - sum(rewards) / len(rewards)
    mine = rewards[i - i % wanted : i - i % wanted + wanted]
    return rewards[i] - sum(mine) / len(mine)


shipped_centred([1, 0, 0, 0], [0, 0, 1, 1], 0), shipped_centred([1, 0, 0], [0, 0, 1], 0)

# %% [markdown]
# ### Exercise 3. To each its group (easy)
#
# `rewards` and `groups` are lists of one length: each sample's reward, and the number of the prompt it answers. Return the
# reward of sample `i` (counted from zero) less the mean reward of its own group. Groups may differ in size, and may be mixed.


# %%
def fixed_centred(rewards, groups, i):
    """Reward of sample i (counted from zero) less the mean reward of its own group. rewards and groups are lists of
    one length: each sample's reward, and the number of the prompt it answers. Groups may differ in size and be mixed.
    """
    # solution
    own = [reward for reward, group in zip(rewards, groups, strict=True) if group == groups[i]]
    return rewards[i] - sum(own) / len(own)
    # end solution


check.fixed_centred(fixed_centred)

# %%
some_groups = [[0], [0, 0], [0, 1], [0, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1]]
small = [
    (list(rewards), groups, i)
    for groups in some_groups
    for rewards in product((0, 1), repeat=len(groups))
    for i in range(len(groups))
]
evidence(shipped_centred, fixed_centred, small)

# %% [markdown]
# <details><summary>The file on this case</summary>
#
# **Reported** more than once, as [THUDM/slime, issue 1414](https://github.com/THUDM/slime/issues/1414), [issue
# 2230](https://github.com/THUDM/slime/issues/2230) and [pull request 1918](https://github.com/THUDM/slime/pull/1918), among
# others (open when this was written). **What was wrong:** with a sample missing, the list was not cut, and each reward
# was compared with the mean of the whole batch. **What it cost:** it teaches which prompts are easy. Let one of [eight]{given}
# samples be lost: a right answer in a group of right ones gets [0.43]{paid_for_easy} in place of zero, and a wrong one in a
# group of wrong ones [-0.57]{fined_for_hard}. **What mends it:** each sample carries the number of its prompt; group by that. A
# cousin in another trainer ([areal-project/AReaL, pull request 1673](https://github.com/areal-project/AReaL/pull/1673)) left
# the rest of a list outside the groups, with a mean and a deviation of zero, and divided by the small number that was left:
# rewards of [1, 2 and 3 in groups of two became -1, 1 and 300,000]{left_over}.
#
# *Lesson:* what belongs together is written on the samples; their places say it as long as luck holds.
#
# </details>

# %% tags=["claims"]
_easy, _hard = [1] * 4 + [0] * 3, [0] * 4 + [1] * 3


def paid_for_easy():
    assert fixed_centred(_easy, _hard, 0) == 0
    return shipped_centred(_easy, _hard, 0)


def fined_for_hard():
    assert fixed_centred(_easy, _hard, 6) == 0
    return shipped_centred(_easy, _hard, 6)


def left_over():
    rewards, size = [1, 2, 3], 2
    inside = [(reward - np.mean(rewards[:2])) / np.std(rewards[:2], ddof=0) for reward in rewards[:2]]
    return *rewards, size, *inside, (rewards[2] - 0) / (0 + 1e-5)


# %% [markdown]
# ## A mean of means
#
# A batch is too large for the card, so it is cut into micro-batches. Each gives its loss, and the step takes the mean. The loss
# of a micro-batch is the mean over its tokens. The suspect:


# %%
def shipped_accumulated(sums, tokens):
    means = [total / number for total, number in zip(sums, tokens, strict=True) if number]
    return sum(means) / len(means)


shipped_accumulated([4, 8], [4, 4]), shipped_accumulated([4, 0], [4, 1])

# %% [markdown]
# ### Exercise 4. One batch again (easy)
#
# `sums[j]` is the sum of the token losses of micro-batch j, `tokens[j]` the number of its tokens, which may be zero. Return the
# mean loss over the tokens of the whole batch. If there is no token at all, raise a `ValueError`.


# %%
def fixed_accumulated(sums, tokens):
    """Mean loss over all tokens of a batch that was cut into micro-batches: sums[j] is the sum of the losses of
    micro-batch j and tokens[j] >= 0 its number of tokens (two lists of one length). If there is no token at all, raise
    a ValueError.
    """
    # solution
    if not sum(tokens):
        raise ValueError("there is no token, so there is no mean over tokens")
    return sum(sums) / sum(tokens)
    # end solution


check.fixed_accumulated(fixed_accumulated)

# %%
small = [([s, t], [m, n]) for m, n in product((1, 2, 3), repeat=2) for s, t in product((0, 1), repeat=2)]
evidence(shipped_accumulated, fixed_accumulated, small)

# %% [markdown]
# <details><summary>The file on this case</summary>
#
# **Reported and mended** in [allenai/open-instruct, pull request 1161](https://github.com/allenai/open-instruct/pull/1161), for
# its GRPO; a year before, the same had been found in [huggingface/transformers (pull request
# 34191)](https://github.com/huggingface/transformers/pull/34191), and so in the trainers built on it. **What was wrong:** a
# mean of means is the mean if the parts are equal. **What it cost:** beside a micro-batch of [1000]{given} tokens, a token of
# one with [10]{given} weighs [100 times]{weighs} as much. As the answers of a policy differ in length, so the loss prefers
# short ones if they are right, and spares long ones if they are wrong. **What mended it:** count the tokens of the whole batch
# first, and divide once.
#
# *Lesson:* you have met it in notebook 01, as problems with unlike numbers of samples. Ask of each mean: over what, with what
# weight?
#
# </details>


# %% tags=["claims"]
def weighs():
    return shipped_accumulated([0, 1], [1000, 10]) / shipped_accumulated([1, 0], [1000, 10])


# %% [markdown]
# ## Too many ways to count
#
# The formula is right. The type is right. The tests pass. This suspect computes pass@k from numbers of ways, each an ordinary
# floating-point number:


# %%
def ways(n, k):
    number = 1.0
    for i in range(k):
        number *= (n - i) / (i + 1)
    return number


def shipped_from_floats(n, c, k):
    return 1 - ways(n - c, k) / ways(n, k)


[round(float(passed), 6) for passed in (shipped_from_floats(100, 10, 50), metrics.pass_at_k(100, 10, 50))]

# %% [markdown]
# It agrees. But the numbers of ways grow fast, and a float holds numbers of up to [309]{largest_float} digits. From which n
# on is C(n, n // 2) larger?

# %%
predict(
    "the first overflow",
    "What is the smallest n for which C(n, n // 2) is too large for a float?",
    low=2,
    high=100000,
)

# %% [markdown]
# ### Exercise 5. The first that does not fit (easy)
#
# `largest` is the largest number a format can hold, and not below `1`. Return the smallest n > 0 for which C(n, n // 2) is
# larger. Whole numbers in Python have no largest.


# %%
def first_overflow(largest):
    """Smallest n >= 1 for which C(n, k) with k = n // 2 is larger than largest, the largest number a format can hold;
    largest is at least 1.
    """
    # solution
    n = 1
    while math.comb(n, n // 2) <= largest:
        n += 1
    return n
    # end solution


check.first_overflow(first_overflow)

# %%
reveal("the first overflow", next(n for n in range(1, 100000) if math.isinf(ways(n, n // 2))))  # as the suspect has it

# %%
sizes = [(100, 10, 50), (1000, 10, 500), (1030, 10, 515), (2048, 100, 1024)]
rows = [(*case, shipped_from_floats(*case), metrics.pass_at_k(*case)) for case in sizes]
pd.DataFrame(rows, columns=["n", "c", "k", "shipped", "exact"]).round(6)

# %% [markdown]
# From there on the suspect is wrong without a word: first a wrong `1`, then a NaN.

# %% [markdown]
# <details><summary>The file on this case</summary>
#
# **Found** in [RUCAIBox/Passk_Training, commit
# `00474d7`](https://github.com/RUCAIBox/Passk_Training/commit/00474d78dc80afd0a3dde1bda476efec32db34ed) (the published credit
# of Pass@k Training) by computing it beside whole numbers; we know of no issue about it, and training groups are seldom so
# large. **What is wrong:** it divides values of `scipy.special.comb`, which are floats. **What it costs:** from [n =
# 1030]{first_double} on a number of ways is infinite (in single precision from [132]{first_single}), and pass@k is first [1
# where it is 0.99907]{a_one_that_is_none}. The credit divides by a deviation that is zero then: a wrong sample gets
# [-944]{a_heavy_fine} in place of [-0.0003]{a_light_fine}. Later pass@k is [NaN]{then_nan}, and a step after that so are the
# weights. There are evaluations with more samples than that. **What mends it:** a quotient is no overflow, so build it as a
# product of ratios, or with `math.comb`.
#
# *Lesson:* a formula that is right for real numbers is a program for floats. Ask for its largest intermediate number.
#
# </details>


# %% tags=["claims"]
def largest_float():
    return len(str(int(sys.float_info.max)))


def first_double():
    return first_overflow(sys.float_info.max)


def first_single():
    return first_overflow(float(np.finfo(np.float32).max))


def a_one_that_is_none():
    return shipped_from_floats(1030, 10, 515), metrics.pass_at_k(1030, 10, 515)


def _fine(rho, share):
    return (1 - rho - share) / (math.sqrt(rho * (1 - rho)) + 1e-6)


def a_heavy_fine():
    return _fine(shipped_from_floats(1030, 10, 515), ways(1019, 514) / ways(1029, 514))


def a_light_fine():
    return _fine(metrics.pass_at_k(1030, 10, 515), math.comb(1019, 514) / math.comb(1029, 514))


def then_nan():
    return math.isnan(shipped_from_floats(2048, 100, 1024))


# %% [markdown]
# ## Once is enough
#
# A benchmark samples each problem n times, works out pass@k of each, and reports one number. The suspect's estimate of pass@k
# is the right one. Look at what becomes of it:


# %%
def shipped_report(n, right, k):
    solved = 0
    for c in right:  # right samples of each problem
        score = metrics.pass_at_k(n, c, k)
        if score:
            solved += 1
    return solved / len(right)


# %%
predict(
    "the report on one in two hundred",
    "Each problem was sampled n = 200 times, and one sample of each is right: pass@1 is 0.005. What does the report say for k = 1?",
    low=0.0,
    high=1.0,
)

# %%
reveal("the report on one in two hundred", shipped_report(200, [1, 1, 1], 1))

# %% [markdown] tags=["teacher"]
# - *Ask* for the prediction *the report on one in two hundred*.
# - *Expect* the number that stands in the text; nobody suspects a line that calls the right function.
# - *They see* [1]{told_report}. Ask what `if score:` asks a chance. Then turn it round, as `right_from` does: where is
#   this suspect innocent? `right_from`, *all of them* and `right_from`, *at once* are wrong answers that come from
#   trying one case. The moral is a sentence for the board: a wrong formula is right somewhere, and tests like to be
#   made there.
# - *Time:* quick.
# - *Skip* the overflow case before it if your class does not compute with floats.

# %% tags=["claims"]
def told_report():
    return shipped_report(200, [1, 1, 1], 1)


# %% [markdown]
# A suspect that is wrong somewhere is right somewhere else, and a test made there sees no fault. Where?
#
# ### Exercise 6. Where it is right (medium)
#
# For one problem the report says `1` as soon as c > 0. Return the smallest c > 0, at most n, at which this is exactly pass@k.
# For k > n there is no pass@k to agree with: raise a `ValueError`.


# %%
def right_from(n, k):
    """Smallest c from 1 to n at which the report, which says 1 for each c > 0, is exactly pass@k: of n samples c are
    right, and k = 1, 2, ... are drawn without replacement. For k > n raise a ValueError.
    """
    # solution
    if k > n:
        raise ValueError(f"cannot draw k = {k} different samples from n = {n}")
    return n - k + 1
    # end solution


check.right_from(right_from)

# %%
small = [(n, c, k) for n in (1, 2, 3, 4) for k in range(1, n + 1) for c in range(n + 1)]
evidence(lambda n, c, k: shipped_report(n, [c], k), metrics.pass_at_k, small)

# %% [markdown]
# <details><summary>The file on this case</summary>
#
# **Reported** as [confident-ai/deepeval, pull request 2967](https://github.com/confident-ai/deepeval/pull/2967), open when this
# was written, on the HumanEval benchmark of that library. **What was wrong:** a chance was asked whether it is true. `if
# score:` holds for [any]{any_success} c > 0, so pass@n is reported whatever k is. **What it cost:** with the library's
# defaults, n = 200 and k = 1, a model that gets each problem right once in [two hundred]{given} tries scores [100
# %]{full_marks}; at k = n the number is [the same before and after]{same_at_the_end}, and there a test is blind. **What mends
# it:** add the scores up.
#
# *Lesson:* test where cases differ. At k = n, at c = 0 and at c = n many a wrong formula is right.
#
# </details>


# %% tags=["claims"]
def any_success():
    return all((shipped_report(8, [c], k) == 1) == (c > 0) for c in range(9) for k in range(1, 9))


def full_marks():
    return 100 * shipped_report(200, [1] * 164, 1)


def same_at_the_end():
    return all(shipped_report(n, [c], n) == metrics.pass_at_k(n, c, n) for n in range(1, 9) for c in range(n + 1))


# %% [markdown]
# ## The bag that gives back
#
# A trainer watches the best of k answers. It has the scores of n, draws k of them over and over, and averages the best. So much
# is fair. The suspect, with the average over the draws written out instead of left to chance:


# %%
def shipped_best_of(scores, k):
    best = [max(draw) for draw in product(scores, repeat=k)]
    return sum(best) / len(best)


shipped_best_of([1, 0, 0, 0], 1), shipped_best_of([1, 0, 0, 0], 2)

# %% [markdown]
# ### Exercise 7. The honest bag (medium)
#
# Return the mean of the best score in k different samples, over [all]{given} draws of k from the list `scores`, by listing
# them. Scores may be any numbers. With fewer than k samples raise a `ValueError`.


# %%
def fixed_best_of(scores, k):
    """Mean of the best score in k different samples, over all draws of k from the list scores, k = 1, 2, ... If there
    are fewer than k samples, raise a ValueError.
    """
    # solution
    from itertools import combinations

    if k > len(scores):
        raise ValueError(f"cannot draw k = {k} different samples from {len(scores)}")
    best = [max(draw) for draw in combinations(scores, k)]
    return sum(best) / len(best)
    # end solution


check.fixed_best_of(fixed_best_of)

# %%
small = [(list(scores), k) for n in (1, 2, 3) for scores in product((0, 1), repeat=n) for k in range(1, n + 1)]
evidence(shipped_best_of, fixed_best_of, small)

# %% [markdown]
# <details><summary>The file on this case</summary>
#
# **Reported** more than once on [verl](https://github.com/verl-project/verl): [pull request
# 1320](https://github.com/verl-project/verl/pull/1320) (merged) stopped the draws at k = n, where a single problem had a
# best-of-n that was neither `0` nor `1`; [pull request 1419](https://github.com/verl-project/verl/pull/1419) would have them
# back, and [pull request 7240](https://github.com/verl-project/verl/pull/7240) (open when this was written) puts the unbiased
# number beside them. **What was wrong:** a drawn sample goes back into the bag. **What it cost:** with one right answer of
# [four, best@4 reads 0.684 where it is 1]{one_of_four}; for right and wrong it is the plug-in of notebook 01, which is [never
# too high]{never_too_high}. **What mends it:** draw k different samples, or write 1 - C(n-c, k)/C(n, k).
#
# *Lesson:* drawing with replacement answers "how much would this number vary", not "what is it".
#
# </details>


# %% tags=["claims"]
def one_of_four():
    group = [1, 0, 0, 0]
    return len(group), len(group), shipped_best_of(group, 4), fixed_best_of(group, 4)


def never_too_high():
    groups = [([1] * c + [0] * (n - c), k) for n in range(1, 6) for c in range(n + 1) for k in range(1, n + 1)]
    assert all(
        abs(shipped_best_of(*group) - metrics.pass_at_k_plugin(len(group[0]), sum(group[0]), group[1])) < 1e-12
        for group in groups
    )
    return all(shipped_best_of(*group) <= fixed_best_of(*group) + 1e-12 for group in groups)


# %% [markdown]
# ## The generous referee
#
# Countdown, the game of notebook 06: make the target from the given numbers, each used exactly once. The referee of a public
# collection of such games had read the answer into the numbers it uses and its value, a fraction `top / bottom`. Then it judged
# so:


# %%
def shipped_countdown(numbers, target, used, top, bottom):
    return int(top / bottom) == target and set(used) == set(numbers)


shipped_countdown([3, 4], 7, [4, 3], 7, 1), shipped_countdown([3, 4], 12, [4, 3], 7, 1)

# %% [markdown]
# ### Exercise 8. A strict referee (medium)
#
# `numbers` are the given ones, `used` those in the answer, in its order; the answer's value is `top / bottom`, a whole number
# over another, `bottom > 0`. Return `True` if the answer uses each given number exactly once and its value is `target`.
# ([Two]{two_faults} faults are to be found.)


# %%
def fixed_countdown(numbers, target, used, top, bottom):
    """True if an answer uses each of the given numbers exactly once and its value is the target. used lists the
    numbers in the answer, in its order; its value is the fraction top/bottom of two whole numbers, bottom > 0.
    """
    # solution
    return sorted(used) == sorted(numbers) and top == target * bottom
    # end solution


check.fixed_countdown(fixed_countdown)

# %%
small = [
    ([a, b], target, used, top, bottom)
    for a, b, target in product((1, 2, 3), repeat=3)
    for used, top, bottom in (([a], a, 1), ([b], b, 1), ([a, b], a + b, 1), ([a, b], a * b, 1), ([a, b], a, b))
]
evidence(shipped_countdown, fixed_countdown, small)

# %% [markdown]
# That shows one of the faults. Which answers show the other?

# %%
evidence(shipped_countdown, fixed_countdown, [answer for answer in small if len(answer[2]) == 2])

# %% [markdown]
# <details><summary>The file on this case</summary>
#
# **Reported** as [open-thought/reasoning-gym, issue 478](https://github.com/open-thought/reasoning-gym/issues/478); mended in
# [pull request 479](https://github.com/open-thought/reasoning-gym/pull/479). It was the second round: before, any numbers could
# be used ([pull request 265](https://github.com/open-thought/reasoning-gym/pull/265)), and the mend did not count them. **What
# was wrong:** a set forgets how often a number is there, and `int` cuts what stands behind the point. **What it cost:** in the
# report's example `81*1` was [paid where 1, 81, 1 and 1 were to be used]{paid_for_less}. A policy trained against such a
# referee is paid for finding the hole, and a false positive is found by pass@k before anything else: what is accepted once in k
# draws counts (notebook 01).
#
# *Lesson:* a referee is tested with answers that must lose. Mend the kind, not the case: the first mend left holes of the same
# kind.
#
# </details>


# %% tags=["claims"]
def two_faults():
    cut, left_out = ([2, 7], 3, [7, 2], 7, 2), ([1, 1, 81], 81, [81, 1], 81, 1)
    return sum(shipped_countdown(*answer) and not fixed_countdown(*answer) for answer in (cut, left_out))


def paid_for_less():
    numbers = [1, 81, 1, 1]
    return *numbers, shipped_countdown(numbers, 81, [81, 1], 81, 1)


# %% [markdown]
# ## The spike
#
# Good ideas, put together. RLOO's baseline: compare a sample with the mean of the *others* in its group, so that it is not
# compared with itself. And GRPO's scale: divide by the standard deviation. The suspect has both, and a small number against
# division by zero:


# %%
def shipped_spiky(rewards):
    advantages = []
    for i, reward in enumerate(rewards):
        others = rewards[:i] + rewards[i + 1 :]
        mean = sum(others) / len(others)
        deviation = math.sqrt(sum((other - mean) ** 2 for other in others) / len(others))
        advantages.append((reward - mean) / (deviation + 1e-6))
    return advantages


{f"{sum(group)} of 4 right": np.round(shipped_spiky(group), 2).tolist() for group in ([1, 1, 0, 0], [0, 0, 0, 0])}

# %% [markdown]
# So far, so good. But there are groups in which one advantage is [a million]{a_million}: say that such a group holds a *spike*.
# How common are they?

# %%
predict(
    "groups with a spike",
    "Groups of n = 8 samples, each right with chance p = 0.1. Which share of the groups holds a spike?",
    low=0.0,
    high=1.0,
)

# %% [markdown]
# ### Exercise 9. How often (medium)
#
# A sample spikes if its reward differs from that of the others, which are [all]{given} equal: their deviation is zero. Of n
# samples, n > 1, each is right (reward `1`) with chance p and else wrong (reward `0`). Return the chance that a group holds a
# spike.


# %%
def chance_of_a_spike(n, p):
    """Chance that a group holds a spike: a sample whose reward differs from that of all the others, which are equal.
    The n samples, n >= 2, are each right (reward 1) with chance p and else wrong (reward 0), p from 0 to 1.
    """
    # solution
    return sum(math.comb(n, c) * p**c * (1 - p) ** (n - c) for c in {1, n - 1})
    # end solution


check.chance_of_a_spike(chance_of_a_spike)


# %%
def listed(n, p):
    """The same, by listing the groups and asking the suspect."""
    groups = [list(group) for group in product((0, 1), repeat=n)]
    return sum(
        p ** sum(group) * (1 - p) ** (n - sum(group)) for group in groups if max(map(abs, shipped_spiky(group))) > 1000
    )


reveal("groups with a spike", listed(8, 0.1))

# %% [markdown] tags=["teacher"]
# - *Ask* for the prediction *groups with a spike*.
# - *Expect* small shares: [a million]{a_million} sounds like an accident.
# - *They see* [0.38]{told_spikes}. The ideas that were put together are good ones, and each is sound alone; ask which
#   sentence of RLOO and which of GRPO do not go together. Slips: `chance_of_a_spike`, *lone right one* forgets its
#   mirror image, and `chance_of_a_spike`, *silent groups* has taken equal rewards for the spike.
# - *Time:* let the listing do the proof, since [256]{told_groups} groups are few for a machine.
# - *Skip* the single precision story at the end of the file, unless somebody proposes to test for zero.

# %% tags=["claims"]
def told_spikes():
    return listed(8, 0.1)


def told_groups():
    return len(list(product((0, 1), repeat=8)))


# %% [markdown]
# <details><summary>The file on this case</summary>
#
# **Reported** as [NVIDIA-NeMo/RL, issue 1518](https://github.com/NVIDIA-NeMo/RL/issues/1518), with advantages of [a
# million]{a_million}; mended in [pull request 1519](https://github.com/NVIDIA-NeMo/RL/pull/1519): where the deviation is zero,
# do not divide. **What was wrong:** a scale that is measured on few samples is zero now and then, and the small number then
# *is* the scale. **What it cost:** at p = .1 a spike is in [38 %]{spikes_at_a_tenth} of the groups of 8, at p = .5 in [6
# %]{spikes_at_half}: most often just where training on pass@k listens, at the lone right answer. **And it came back** ([pull
# request 4158](https://github.com/NVIDIA-NeMo/RL/pull/4158), merged): in single precision the deviation of [seven rewards of
# .95 comes out as 0.00046]{not_zero}, so a test for zero does not hold, and a lone wrong answer beside them gets an advantage
# of [-2075]{came_back}.
#
# *Lesson:* before dividing by something estimated, list the inputs on which it is zero; and do not ask a float whether it is.
#
# </details>

# %% tags=["claims"]
_seven = np.full(7, 0.95, dtype=np.float32)
_mean, _square = (sum(terms, np.float32(0)) / np.float32(7) for terms in (_seven, _seven * _seven))
_deviation = math.sqrt(float(_square - _mean * _mean) * 7 / 6)


def a_million():
    return shipped_spiky([1, 0, 0, 0])[0]


def spikes_at_a_tenth():
    assert abs(chance_of_a_spike(8, 0.1) - listed(8, 0.1)) < 1e-12
    return 100 * chance_of_a_spike(8, 0.1)


def spikes_at_half():
    return 100 * chance_of_a_spike(8, 0.5)


def not_zero():
    return len(_seven), _seven[0], _deviation


def came_back():
    return -float(_mean) / (_deviation + 1e-6)


# %% [markdown]
# ## The wrong leash
#
# A penalty keeps the policy π near the model it started from, the base: the reverse KL, KL(policy ‖ base) = Σ π ln(π / base).
# Sampled answers estimate it, and the estimate `k3 = base/π - ln(base/π) - 1` is popular: its mean is exactly the KL, and it
# [never]{never_below} falls below zero. Put into the loss, it is differentiated. The suspect does this for a softmax over a few
# answers, and takes the mean over the answers that the policy draws:


# %%
def k3(pi, base, y):
    ratio = base[y] / pi[y]
    return ratio - math.log(ratio) - 1


def shipped_kl_pull(pi, base, a):
    """Mean slope of k3 in logit a, over answers y drawn from pi."""
    mean = 0.0
    for y in range(len(pi)):
        slope_of_log = (y == a) - pi[a]  # of ln pi[y], in logit a
        slope_of_k3 = (1 - base[y] / pi[y]) * slope_of_log
        mean += pi[y] * slope_of_k3
    return mean


def reverse_kl(pi, base):
    return sum(p * math.log(p / b) for p, b in zip(pi, base, strict=True))


pi, base = [0.6, 0.3, 0.1], [0.5, 0.05, 0.45]
sum(p * k3(pi, base, y) for y, p in enumerate(pi)), reverse_kl(pi, base)

# %% [markdown]
# As a number the estimate has no fault. As a loss?
#
# ### Exercise 10. The slope (hard)
#
# `pi` is the softmax of the policy's logits, `base` the model's it started from: lists of chances above zero. Return the slope
# of the reverse KL, Σ pi[y] ln(pi[y] / base[y]), in logit `a`. If logit a rises a little, pi[y] changes by pi[y] ((y == a) -
# pi[a]) times as much.


# %%
def fixed_kl_pull(pi, base, a):
    """Slope of the reverse KL, sum over y of pi[y] ln(pi[y] / base[y]), in logit a of the policy, where pi is the
    softmax of its logits. pi and base are lists of chances, each above 0, that add up to 1.
    """
    # solution
    divergence = sum(p * math.log(p / b) for p, b in zip(pi, base, strict=True))
    return pi[a] * (math.log(pi[a] / base[a]) - divergence)
    # end solution


check.fixed_kl_pull(fixed_kl_pull)

# %%
small = [([p, 1 - p], [q, 1 - q], a) for p in (0.5, 0.25) for q in (0.5, 0.25) for a in (0, 1)]
evidence(shipped_kl_pull, fixed_kl_pull, small)

# %% [markdown] tags=["teacher"]
# - *Skip* this case if notebook 08 was not taught: it needs the direction of a divergence. If it was, *ask* whether an
#   estimate that is right on average may be differentiated.
# - *Expect* yes, at once; so did the trainers. `fixed_kl_pull`, *policy less base* is what shipped.
# - *They see* the table below: the first logit is pushed by [0.1]{told_shipped} where the reverse KL has
#   [-0.19]{told_reverse}, the other way. Moving a logit by hand and looking is an oracle that a sceptic accepts, so let
#   one do it.
# - *Time:* longer than it looks, because the pen has to go through the softmax once more; `fixed_kl_pull`, *the others
#   stay* shows who skipped that.

# %% tags=["claims"]
def told_shipped():
    return shipped_kl_pull(pi, base, 0)


def told_reverse():
    return fixed_kl_pull(pi, base, 0)


# %% [markdown]
# And an oracle that knows no formula: move the logit a little, and look at the KL.


# %%
def by_moving(divergence, pi, base, a, step=1e-6):
    """Slope of a divergence in logit a, as a difference quotient."""

    def moved(by):
        weights = [p * math.exp(by * (y == a)) for y, p in enumerate(pi)]
        return [weight / sum(weights) for weight in weights]

    return (divergence(moved(step), base) - divergence(moved(-step), base)) / (2 * step)


columns = {
    "shipped": [shipped_kl_pull(pi, base, a) for a in range(3)],
    "reverse KL, by moving": [by_moving(reverse_kl, pi, base, a) for a in range(3)],
    "forward KL, by moving": [by_moving(lambda now, then: reverse_kl(then, now), pi, base, a) for a in range(3)],
}
pd.DataFrame(columns, index=pd.Index(range(3), name="logit")).round(4)

# %% [markdown]
# <details><summary>The file on this case</summary>
#
# **Reported** as [huggingface/trl, issue 4637](https://github.com/huggingface/trl/issues/4637), after the report on
# DeepSeek-V3.2 had said so; mended with a switch in [pull request 4638](https://github.com/huggingface/trl/pull/4638), which
# is on by default since [pull request 6503](https://github.com/huggingface/trl/pull/6503). It is in the loss of the first
# paper on GRPO, and came into the trainers with it. **What was wrong:** in a mean over samples of the policy, the policy
# stands in what is averaged, and in how often. The loss differentiates the former alone. What comes out is [exactly the slope
# of the forward KL]{is_the_forward}, KL(base ‖ policy): chance of the policy less chance of the base. **What it cost:** no
# crash, and a curve of the KL that looks right. In the table the first logit is pushed [the other way]{other_way}. Where the
# forward KL holds more answers open that can be luck (notebook 08). **What mended it:** a factor π / π_old: on fresh samples
# it is one, and it has a slope.
#
# *Lesson:* an estimate that is right as a number need not be right as a loss. Test the slope, by moving what you differentiate
# by.
#
# </details>


# %% tags=["claims"]
def never_below():
    chances = np.linspace(0.01, 0.99, 99)
    return all(k3([p], [b], 0) >= -1e-12 for p in chances for b in chances)


def is_the_forward():
    forward = columns["forward KL, by moving"]
    return all(abs(one - other) < 1e-8 for one, other in zip(columns["shipped"], forward, strict=True))


def other_way():
    assert all(abs(by_moving(reverse_kl, pi, base, a) - fixed_kl_pull(pi, base, a)) < 1e-8 for a in range(3))
    return columns["shipped"][0] * fixed_kl_pull(pi, base, 0) < 0


# %% [markdown]
# ## One more report
#
# Reports are claims too. [openai/evals, pull request 1834](https://github.com/openai/evals/pull/1834) says of a function that
# it systematically overestimates the error of a mean, since it draws [half]{given} of the scores, without replacement. Hear
# the other side: list the halves.


# %%
def shipped_error(scores):
    """Standard deviation of the means of all halves (of n // 2 scores, without replacement)."""
    return np.std([np.mean(half) for half in combinations(scores, len(scores) // 2)])


def textbook_error(scores):
    return np.std(scores, ddof=1) / math.sqrt(len(scores))


some = ([1, 0], [1, 1, 0], [1, 0, 0, 0], [1, 1, 0, 1, 0], [1, 0, 1, 1, 0, 0])
pd.DataFrame(
    [(len(scores), shipped_error(scores), textbook_error(scores)) for scores in some],
    columns=["n", "accused", "textbook"],
)

# %%
quiz("half a sample")

# %% [markdown]
# <details><summary>The verdict</summary>
#
# At [every]{even_is_exact} even n it is the textbook's error, and at odd n it is larger by the factor √((n+1)/(n-1)): at n = 3 by
# [41 %]{odd_is_larger}, and soon by little. The rest of the report stands: with one score the function says NaN.
#
# </details>


# %% tags=["claims"]
def even_is_exact():
    lists = [scores for n in (2, 4, 6, 8) for scores in product((0, 1), repeat=n)]
    return all(abs(shipped_error(scores) - textbook_error(scores)) < 1e-12 for scores in lists)


def odd_is_larger():
    lists = [scores for n in (3, 5, 7) for scores in product((0, 1), repeat=n) if 0 < sum(scores) < n]
    assert all(
        abs(shipped_error(one) / textbook_error(one) - math.sqrt((len(one) + 1) / (len(one) - 1))) < 1e-9
        for one in lists
    )
    return 100 * (shipped_error([1, 1, 0]) / textbook_error([1, 1, 0]) - 1)


# %% [markdown]
# ## Take with you
#
# - The exact answer is usually short: list the draws, add the cases, stay with whole numbers. It is slow, and that does not matter.
# - Look at the smallest input on which code and answer part. It names the fault.
# - A wrong formula is right somewhere: at k = 1, k = n, equal lengths, full groups, whole values. Test elsewhere.
# - What is not zero is not true; a set is no list; a mean of means is no mean; a number that is right need not have the right slope.
# - A report is a claim, and the same glass serves for it.
#
# **Next:** [11_your_own_runs](11_your_own_runs.ipynb). The same questions to result files of your own.
#
# To read, on the last case: [arXiv 2510.01555](https://arxiv.org/abs/2510.01555) and [arXiv
# 2512.21852](https://arxiv.org/abs/2512.21852), on where a KL estimate belongs; DeepSeek-V3.2 ([arXiv
# 2512.02556](https://arxiv.org/abs/2512.02556)).
