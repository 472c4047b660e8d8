# %% [markdown]
# # Train a model
#
# Bandits and single logits are worlds one can finish on paper. Now a real network: a transformer with
# [103,616 parameters]{parameters}, trained by reinforcement with a *verifier* (a program that says right or wrong), on a task so
# small that the right answers can be listed in full. So p, the chance that one sample solves a prompt, is known and not estimated,
# and pass@k follows from it, whatever k.
#
# **After this notebook** you can say what happens to pass@1 and pass@256 when GRPO trains this network, on numbers it has seen
# and on numbers it has not; where the silent groups come from; whether a higher temperature gives back what was lost; and with
# which error bars. The computer needs {measured}, and longer where you train yourself.
#
# Words and letters: [glossary](glossary.md).

# %%
import numpy as np
import pandas as pd

from passk_lab import cockpit, explorers, lm
from passk_lab.course import check, predict, progress, quiz, reveal
from passk_lab.lm import recorded

progress("06_train_a_model")

# %% [markdown]
# ## The task
#
# **Countdown**: [three numbers from 1 to 9]{given} and a target. An answer writes [two]{steps} steps, each with + - or *, each
# using up a pair of the values at hand, and ends at the target. A number is one token, so an answer has [8 tokens]{tokens} and
# no end mark.
#
# The model has learnt from demonstrations to write legal steps. [Half]{somebody_elses} of its demonstrations carried somebody
# else's target, so it is *wide*: it knows many ways, and [leans towards the target]{leans} without holding to it. That is the **base**.

# %%
base = lm.bundled_base(seed=0)
lm.sampled_answers(base, [2, 3, 4], target=24, n=32).head(8)

# %% [markdown]
# [Thirty-two]{given} samples. `chance` is what the network gives the whole answer: the product of [eight]{tokens} token chances,
# exact. And this is the list of right answers, complete:

# %%
right = lm.right_answers(base, [2, 3, 4], target=24)
right

# %% tags=["claims"]
def parameters():
    return sum(one.numel() for one in base.parameters())


def steps():
    return base.task.numbers - 1


def tokens():
    return base.task.answer_length


def somebody_elses():
    return lm.BaseConfig().noise


def leans():
    legal = base.task.legal_traces([[2, 3, 4]])
    return right.chance.sum() > (legal.result == 24).mean()


# %% [markdown] tags=["teacher"]
# - *Ask:* the right answers are in a list with their chances; how likely is one sample right?
# - *Expect* the reflex of notebook 00, `success_probability`, *independent*: but a sample is one answer and not
#   another, so chances add. `success_probability`, *logs summed* is the other reflex, of those who have trained
#   networks.
# - *They see* several spellings of few solutions, with p = [0.30]{told_p} in sum. Ask why the lab bothers to count
#   solutions apart; the answer is needed for novelty in notebook 08.
# - *Time:* the task itself has to be clear to the last row before you go on, so let somebody play [one game]{given} at
#   the board.
# - *Skip* `may_train`, and say its rule aloud.

# %% tags=["claims"]
def told_p():
    return right.chance.sum()


# %% [markdown]
# ### Exercise 1. From answers to p (easy)
#
# A sample is one answer and not another. So what is the chance p that it is right? `log_chances` lists the natural logs of the
# chances of the right answers; a prompt may be without one, and the list empty.

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
# Beside it [a hundred thousand]{drawn} samples:

# %%
sampled = lm.sampled_answers(base, [2, 3, 4], target=24, n=100_000)
share = sampled.copies[sampled.right].sum() / 100_000
error = (share * (1 - share) / 100_000) ** 0.5
pd.Series({"exact": right.chance.sum(), "sampled": share, "standard error": error}).round(5)

# %% [markdown]
# And a hard prompt. Its p is [below 0.0005]{hard_p}: a group of 32 is all wrong with chance [98 %]{hard_group}, and has no
# contrast to learn from.

# %%
hard_prompt = lm.right_answers(base, [3, 8, 1], target=25)
hard_prompt

# %% tags=["claims"]
def drawn():
    return sampled.copies.sum()


def hard_p():
    return hard_prompt.chance.sum()


def hard_group():
    return 100 * (1 - hard_prompt.chance.sum()) ** 32


# %% [markdown]
# The last column numbers the *solutions*: `8 * 3` and `3 * 8` are different answers and the same solution. We shall count distinct
# solutions, so that writing the same thing in another order does not pass for exploring.
#
# ### Exercise 2. How many solutions will n samples show? (medium)
#
# A solution is met by n samples, or missed by each of them. Right answer `i` has chance `chances[i]` and spells solution number
# `solution[i]`; n = 1, 2, 3, ... How many different solutions do you expect to meet?

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
# If a model trains on `2 3 4 → 24` and is judged on `4 3 2 → 24`, it is judged on what it has seen. So the split goes by the
# numbers, in whatever order: a **multiset** (a set in which a number may stand more than once) is *seen*, and trained on with
# whatever order and target, or *unseen*, and held out with them.
#
# ### Exercise 3. The split (easy)
#
# A prompt is a list of [three]{given} numbers and a target, `held_out` a list of such prompts. May `prompt` be trained on? Order
# and targets do not matter; how often a number stands there does.

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
        for name, prompts in (("seen: trained on", seen), ("unseen: held out", unseen))
    }
)

# %% [markdown]
# ## The base, exactly
#
# One forward pass over the right answers of the held-out prompts gives p of each. Pass@k is the mean of 1 - (1-p)^k over the
# prompts, each counted as often as the task draws it: the task draws numbers, then one of their legal answers, and its end is the
# target. So a target that few answers reach is drawn seldom.

# %%
exact = lm.success(base, unseen)
pd.DataFrame({"k": [1, 4, 16, 64, 256, 10**6], "pass@k": exact.curve([1, 4, 16, 64, 256, 10**6])}).round(4)

# %% [markdown]
# [A quarter]{base_at_1} right at one draw, [98.6 %]{base_at_256} at k = 256, where hardly a prompt is missed.
#
# Now **GRPO** ([arXiv 2402.03300](https://arxiv.org/abs/2402.03300)): [16 prompts a step, 32 samples each]{step_sizes}. A sample
# gets the credit (r - mean) / (standard deviation), with r its reward, `1` or `0`, and both taken over the rewards of its group; where these are equal it gets `0`.
# [400 steps]{run_length}, from [three]{seeds_run} seeds.

# %% tags=["claims"]
def base_at_1():
    return exact.curve([1])[0]


def base_at_256():
    return 100 * exact.curve([256])[0]


_method = next(method for method in recorded.METHODS if method.name == "GRPO to collapse")


def step_sizes():
    config = lm.TrainConfig.from_json({**_method.settings})
    return config.prompts, config.n


def run_length():
    return lm.TrainConfig.from_json({**_method.settings}).steps


def seeds_run():
    return recorded.cells().query("method == 'GRPO to collapse'").seed.nunique()


# %%
predict(
    "pass256 after grpo",
    "After 400 steps of GRPO pass@1 on held-out numbers has risen from 23 % to 62 % (mean of three seeds). The base has pass@256 = "
    "98.6 %. What is it then? (A share: 0.5 is half.)",
    low=0.0,
    high=1.0,
)

# %%
curves = recorded.curves().query("method == 'GRPO to collapse' and split == 'unseen' and step in (0, 400)")
wide = curves.pivot_table(index="k", columns=["step", "seed"], values="pass_at_k")
reveal("pass256 after grpo", wide[400].loc[256].mean())

# %%
explorers.collapse_run(step=400, k=256)

# %%
wide.loc[[1, 4, 8, 16, 64, 256, 1024]].round(3)

# %% [markdown] tags=["teacher"]
# - *Ask* for the prediction *pass256 after grpo* and write the guesses beside the curve.
# - *Expect* numbers above the base: pass@1 has more than doubled, so what should fall?
# - *They see* [0.83]{told_many}, below the base's [0.986]{told_base}.
# - *The picture:* in *Curves* the lines cross early; in *Map* rows drain to both ends as the steps go; in *Groups* the
#   silent bands grow from above and below. The question *why pass@256 falls* sorts the explanations: "more wrong
#   samples spoil it" has not understood pass@k, "noise" has forgotten that p is a sum here.
# - *Time:* this is the centre of the course; stay.
# - *Skip* the table of lost prompts.

# %% tags=["claims"]
def told_many():
    return wide[400].loc[256].mean()


def told_base():
    return wide[0].loc[256].mean()


# %% [markdown]
# **What you see.** [In all three seeds]{below_the_base} pass@256 ends below the base: it falls by [.14 to .18]{losses}, while pass@1
# rises by [.37 to .42]{gains}. The curves cross [between k = 4 and k = 16]{crossing}. After training more draws find less that is
# new: from k = 4 to k = 256 the curve climbs [from .71 to .83]{trained_climb}, the base's [from .58 to .99]{base_climb}.
# Set the step back to the start and press ▶: the gap between pass@256 and pass@1 shrinks [from .76 to .21]{gap_shrinks}.
#
# In the panel *Map* a row is a prompt, and the rows go to both ends: [43 %]{rows_low} of the held-out prompts end with
# p < 0.02, [28 %]{rows_high} with p > 0.95. The hard ones are [drawn seldom]{hard_are_rare}. Counted as often as they are drawn, prompts with
# p < 0.02 grow [from 3 to 24 %]{lower_end}, those with p > 0.95 [from 0 to 39 %]{upper_end} (one seed, that of the map).
#
# The lower end is worth a thought. The base solved the prompts below with p > 0.03, and the trained model hardly does:

# %%
collapsed = lm.bundled_base(seed=0, kind="collapsed")
names = [str(row) for row in unseen.tokens.tolist()]
both = pd.DataFrame({"before": exact.p, "after": lm.success(collapsed, unseen).p}, index=names)
lost = both[(both.before > 0.03) & (both.after < 1e-3)].sort_values("after")
lost.head(6)

# %% tags=["claims"]
_mean = wide.T.groupby("step").mean().T


def below_the_base():
    return wide[0].shape[1], (wide[400].loc[256] < wide[0].loc[256]).all()


def losses():
    fall = wide[0].loc[256] - wide[400].loc[256]
    return fall.min(), fall.max()


def gains():
    rise = wide[400].loc[1] - wide[0].loc[1]
    return rise.min(), rise.max()


def crossing():
    ahead = wide[400] > wide[0]
    return ahead.index[ahead.all(axis=1)].max(), ahead.index[~ahead.any(axis=1)].min()


def trained_climb():
    return _mean[400][4], _mean[400][256]


def base_climb():
    return _mean[0][4], _mean[0][256]


def gap_shrinks():
    return [_mean[step][256] - _mean[step][1] for step in (0, 400)]


_p_at = dict(zip(*recorded.by_prompt("GRPO to collapse"), strict=True))


def rows_low():
    return 100 * (_p_at[400] < 0.02).mean()


def rows_high():
    return 100 * (_p_at[400] > 0.95).mean()


def hard_are_rare():
    return unseen.weight[_p_at[400] < 0.02].mean() < unseen.weight.mean()


def lower_end():
    return [100 * unseen.weight @ (_p_at[step] < 0.02) for step in (0, 400)]


def upper_end():
    return [100 * unseen.weight @ (_p_at[step] > 0.95) for step in (0, 400)]


# %% [markdown]
# That is p = [.03 to .06]{shown_before} before, and [1e-10 to 3e-10]{shown_after} after. Were the last of them trained on, its first
# right sample would take [more than a hundred million]{waiting} groups of 32: the signal is gone *because* of training. Prompts with
# p > 0.03 before and p < 0.001 after are [26 % of the held-out ones, or 14 %]{lost_share} counted as often as they are drawn.

# %% tags=["claims"]
def shown_before():
    return lost.head(6).before.min(), lost.head(6).before.max()


def shown_after():
    return lost.head(6).after.min(), lost.head(6).after.max()


def waiting():
    return -1 / np.expm1(32 * np.log1p(-lost.after.iloc[5]))


def lost_share():
    gone = ((both.before > 0.03) & (both.after < 1e-3)).to_numpy()
    return 100 * gone.mean(), 100 * unseen.weight[gone].sum()


# %% [markdown]
# ### Exercise 4. Silent groups (easy)
#
# A group whose samples are all right or all wrong has no contrast: it is *silent*. `c`, which is not empty, lists how many of its
# `n` samples are right, for each group of a batch; n = 2, 3, 4, ... Which share of the groups does not teach?

# %%
def silent_share(c, n):
    """Share of groups that teach nothing when a group's samples are only compared with each other. c lists how many
    of its n samples are right, for each group of a batch; it is not empty, and n is a whole number from 2 on.
    """
    # solution
    return sum(right in (0, n) for right in c) / len(c)
    # end solution


check.silent_share(silent_share)

# %% [markdown]
# In the panel *Groups* of the explorer above their share grows [from .09 at step 20 to .52 at step 400]{silent_grows}, from both
# ends: there [.18]{silent_wrong} are all wrong, [.34]{silent_right} all right. (A point is the mean over [ten]{window} steps and the seeds, and the
# groups are those of training, on seen numbers.) [More than half]{silent_end} of the samples of a step then add no gradient. The paper
# ([arXiv 2511.16231](https://arxiv.org/abs/2511.16231)) names both ends; here they are, in one run.

# %% tags=["claims"]
_groups = recorded.steps().query("method == 'GRPO to collapse'").groupby("step")[["all_wrong", "all_right"]].mean()


def window():
    apart = set(np.diff(_groups.index))
    assert len(apart) == 1
    return apart.pop()


def silent_grows():
    return _groups.loc[20].sum(), 20, _groups.loc[400].sum(), 400


def silent_wrong():
    return _groups.all_wrong[400]


def silent_right():
    return _groups.all_right[400]


def silent_end():
    return _groups.loc[400].sum()


# %%
quiz("why pass@256 falls")

# %% [markdown]
# ## Merely too cold?
#
# Perhaps the lost answers are still there, and the trained model is merely too sure of itself. Whoever samples can turn that: with
# the **temperature** T, a token v with logit z_v is drawn with chance
#
# $$\pi_T(v) = \frac{\exp(z_v/T)}{\sum_u \exp(z_u/T)},$$
#
# the sum over the vocabulary. At T = 1 the model is as it was trained. Below, likely tokens gain; above, the chances move closer
# together. p at another temperature is again a sum over right answers, hence exact:

# %%
pd.Series({T: lm.right_answers(lm.at_temperature(base, T), [2, 3, 4], target=24).chance.sum() for T in (0.5, 1, 2)}).round(3)

# %% [markdown]
# ### Exercise 5. A token at a temperature (easy)
#
# `logits` lists z, one number for each token of the vocabulary, `i` is a place in that list, counted from `0`, and `temperature` is
# T, any number above `0`. With which chance is token `i` drawn?

# %%
def token_chance(logits, i, temperature):
    """Chance that token i is drawn at a temperature above 0. logits lists the network's logits, one for each token of
    the vocabulary; i is a place in that list, counted from 0.
    """
    # solution
    heated = [np.exp(z / temperature) for z in logits]
    return heated[i] / sum(heated)
    # end solution


check.token_chance(token_chance)

# %% [markdown]
# Base and trained model were judged at temperatures from [.3 to 2]{degrees} (by `lm.curves_at`). Before you look:

# %%
predict(
    "pass256 heated",
    "At T = 1 the trained model has pass@256 = 83 % on held-out numbers, the base 98.6 %. Up to T = 2, how high does the trained "
    "model's pass@256 get? (A share, mean of three seeds.)",
    low=0.0,
    high=1.0,
)

# %%
heat = recorded.temperatures().groupby(["model", "temperature", "k"]).pass_at_k.mean().unstack("k")
reveal("pass256 heated", heat.loc["collapsed"][256].max())

# %%
explorers.temperature(T=2, k=256)

# %% [markdown] tags=["teacher"]
# - *Ask* for the prediction *pass256 heated*.
# - *Expect* the base's own number: the thought that training merely cooled the model is natural, and good enough to be
#   tested.
# - *They see* [0.89]{told_heated} at best.
# - *The picture:* in *Trade* the trained model's path stays below the base's; in *Temperatures* its pass@1 falls while
#   pass@256 creeps up. In code `token_chance`, *multiplied* turns the knob the wrong way, and `token_chance`, *chance
#   divided* divides what is no logit. Then ask whoever samples for a living which model they would take for coverage.
# - *Time:* one figure is enough.
# - *Skip* the prompts at T = 2 unless somebody says "but at a higher one".

# %% tags=["claims"]
def told_heated():
    return heat.loc["collapsed"][256].max()


# %% [markdown]
# **What you see.** Heat gives some of it back. In the panel *Temperatures* the trained model's pass@256 rises with T
# [all the way]{heat_spreads}, from [72 % at T = .3 to 89 % at T = 2]{heated_many}. But [no temperature here]{out_of_reach} brings it
# to the base, not even to the base at its worst among these ([96 %]{base_worst}, at T = .3). And it pays: from T = 1 to T = 2 its pass@1 goes
# [from 62 % to 30 %]{heated_one}.
#
# The panel *Trade* sets one against the other. At T = 1.9 the trained model has pass@1 [34 %]{trained_one} and pass@256
# [89 %]{trained_many}; the base, cooled to T = .35, has pass@1 [35 %]{cooled_one} and pass@256 [97 %]{cooled_many}. At these
# temperatures the base leads at [every pass@1 that both reach, in all three seeds]{base_ahead}. (Cooled to
# [T = .1, or to .01, it has lost that lead in each seed]{lead_lost}: its samples then differ too little.) So whoever wants coverage
# and would pay with pass@1 is served better by the base, cooled a little.
#
# Nor is the trained model a cold base. Cooling lifts the base's pass@1 [from 23 % to 36 %]{cooling_lifts} at T = .3, and to
# [42 %]{coldest} at T = .01, where hardly a token is left to chance; GRPO got to [62 %]{trained_at_1}. Training moved probability
# between answers in a way that no common factor on the logits makes or unmakes. Look at the prompts from above, at T = 2:

# %%
hot = lm.success(lm.at_temperature(collapsed, 2), unseen).p
lost.assign(**{"after, T = 2": pd.Series(hot, names)}).head(6).map("{:.2g}".format)

# %% tags=["claims"]
_base, _trained = heat.loc["base"], heat.loc["collapsed"]
_by_seed = recorded.temperatures().pivot_table("pass_at_k", ["model", "seed", "temperature"], "k")


def degrees():
    return min(recorded.TEMPERATURES), max(recorded.TEMPERATURES)


def heat_spreads():
    return all((np.diff(_by_seed.loc["collapsed", seed][256]) > 0).all() for seed in recorded.SEEDS)


def heated_many():
    return 100 * _trained[256][0.3], 0.3, 100 * _trained[256][2.0], 2


def out_of_reach():
    return all(_by_seed.loc["collapsed", seed][256].max() < _by_seed.loc["base", seed][256].min() for seed in recorded.SEEDS)


def base_worst():
    assert _base[256].idxmin() == 0.3
    return 100 * _base[256].min()


def heated_one():
    return 100 * _trained[1][1.0], 100 * _trained[1][2.0]


def trained_one():
    return 100 * _trained[1][1.9]


def trained_many():
    return 100 * _trained[256][1.9]


def cooled_one():
    return 100 * _base[1][0.35]


def cooled_many():
    return 100 * _base[256][0.35]


def _lead(seed):
    """By how much the base has more pass@256, at each pass@1 of the trained model that the base reaches too."""
    cooled, heated = (_by_seed.loc[model, seed].sort_values(1) for model in ("base", "collapsed"))
    common = heated[heated[1] <= cooled[1].max()]
    assert len(common) > 0
    return np.interp(common[1], cooled[1], cooled[256]) - common[256]


def base_ahead():
    return len(recorded.SEEDS), all((_lead(seed) > 0).all() for seed in recorded.SEEDS)


_cold = {
    seed: lm.curves_at(lm.bundled_base(seed), [0.01, 0.1]).pivot(index="temperature", columns="k", values="pass_at_k")
    for seed in recorded.SEEDS
}


def lead_lost():
    lost_it = []
    for seed, cold in _cold.items():
        heated = _by_seed.loc["collapsed", seed].sort_values(1)
        assert cold[1].between(heated[1].min(), heated[1].max()).all()  # both reach that pass@1
        lost_it.append((cold[256] < np.interp(cold[1], heated[1], heated[256])).all())
    return 0.1, 0.01, all(lost_it)


def cooling_lifts():
    return 100 * _base[1][1.0], 100 * _base[1][0.3]


def coldest():
    return 100 * np.mean([cold[1][0.01] for cold in _cold.values()])


def trained_at_1():
    return 100 * _trained[1][1.0]


# %% [markdown]
# Heat lifts them, to [4e-6 to 1e-5]{shown_hot}. But it lifts wrong tokens as well, at each of the [eight]{tokens} places, and at
# k = 256 they are still found with a chance of [less than 0.4 %]{found_hot}.

# %% tags=["claims"]
_six = hot[[names.index(name) for name in lost.head(6).index]]


def shown_hot():
    return _six.min(), _six.max()


def found_hot():
    return 100 * (1 - (1 - _six.max()) ** 256)


# %% [markdown]
# ## Do it yourself
#
# The cockpit trains the same network now, on this computer, while the notebook stays usable. Choose an objective, press *Start*,
# change the learning rate while it runs. No training begins before you press.
#
# A GPU is not needed: what it is for is many runs at once, a whole grid of settings and seeds as one program (`passk-lab sweep`).
# How fast a GPU is at that has not been measured yet.

# %%
pit = cockpit.open(objective="grpo", seed=0)
pit

# %% [markdown] tags=["teacher"]
# - Start one cockpit at the front before you let the room press *Start*: on small machines a class that trains at the
#   same time waits for itself.
# - *Ask* what the panel of silent groups will do, and write the guess down; then change the learning rate in mid-run
#   and ask whether that was a fair comparison.
# - *Expect* "the faster one is better": keep that sentence for notebook 07, where it is the question *one learning
#   rate*.
# - *They see* pass@1 rise and the gap close while they talk.
# - *Time:* what this takes depends on the machine, so have the recorded run of the next cell ready.
# - *Skip* it wholly where there are tablets.

# %% [markdown]
# Or as one sentence of the library. With `LIVE = True` the run is made here, otherwise it is read from the records.

# %%
LIVE = False
if LIVE:
    mine = lm.train(lm.TrainConfig(objective="grpo", seed=0, steps=120, evaluate_every=30)).evaluations
else:
    mine = recorded.curves().query("method == 'GRPO' and rate == 4e-4 and seed == 0 and step <= 120")
mine[mine.k.isin([1, 256])].pivot_table(index="step", columns=["split", "k"], values="pass_at_k").round(3)

# %% [markdown]
# Seen and unseen numbers [go the same way]{same_way}: pass@1 up, pass@256 down. The network gains more on numbers it was trained on:
# after [400 steps]{run_length} pass@1 is [.75 there and .62 on unseen ones]{gained_to}, up from [.25 and .23]{gained_from}. A part of the gain is
# memory.

# %% tags=["claims"]
def same_way():
    ends = mine[mine.step.isin([0, 120])].pivot_table(index=["split", "k"], columns="step", values="pass_at_k")
    change = (ends[120] - ends[0]).unstack("k")
    return bool((change[1] > 0).all() and (change[256] < 0).all() and len(change) == 2)


def _at_1(step):
    rows = recorded.curves().query("method == 'GRPO to collapse' and k == 1 and step == @step")
    return rows.groupby("split").pass_at_k.mean()[["seen", "unseen"]].tolist()


def gained_to():
    return _at_1(400)


def gained_from():
    return _at_1(0)


# %% [markdown]
# ## How sure is that?
#
# Exact p leaves no sampling error, but others remain: another seed, and other numbers. Prompts that use the same numbers rise
# and fall together, so they are not independent witnesses.
#
# ### Exercise 6. Spot the bug (medium)
#
# Somebody asks how far the mean would move with other prompts, and draws from the prompts at hand again, with replacement (that is
# the *bootstrap* of notebook 01):

# %%
def shipped_variance(values, multiset):
    mean = sum(values) / len(values)
    return sum((v - mean) ** 2 for v in values) / len(values) ** 2


shipped_variance([0.9, 0.9, 0.9, 0.1, 0.1, 0.1], multiset=[0, 0, 0, 1, 1, 1])

# %% [markdown]
# `values[i]` is the result of prompt `i`, `multiset[i]` says which numbers it uses; each multiset has equally many prompts. Write
# the variance of the mean when whole multisets are drawn again, as many as there are.

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

# %% [markdown] tags=["teacher"]
# - *Ask* how sure we are, now that p is exact.
# - *Expect* "quite sure, there is no noise". Then which other draw of the dice is in here: the seed, and which numbers
#   were held out. `fixed_variance`, *prompts* draws prompts as if they were witnesses of their own; let its author name
#   a pair of prompts that rise and fall together.
# - *They see* intervals of base and trained model that stay far apart at k = 256: [the lowest of the one above the
#   highest of the other]{told_apart}. The question *what held-out numbers show* is the one to discuss aloud.
# - *Time:* short.
# - *Skip* Countdown-4 and offer it to whoever says "one small task".

# %% tags=["claims"]
def told_apart():
    rows = curves.query("k == 256")
    return bool(rows.query("step == 0").low.min() > rows.query("step == 400").high.max())


# %% [markdown]
# The records hold such intervals, from multisets drawn again (`low` to `high`, [95 %]{given}). At k = 256, beside the spread of the seeds:

# %%
last = curves.query("k == 256").set_index(["step", "seed"])[["pass_at_k", "low", "high"]].round(3)
last

# %% [markdown]
# The intervals of the trained models end [below .88]{trained_high}, those of the base begin [above .97]{base_low}. From
# [41]{held_out_multisets} multisets they are somewhat too narrow, but not by that distance. Base and trained model are judged on the
# *same* numbers, so their difference can be taken multiset by multiset: at k = 256 it is, for the first
# seed, [-.177, with a standard error of .013]{difference}.

# %% tags=["claims"]
def trained_high():
    return curves.query("k == 256 and step == 400").high.max()


def base_low():
    return curves.query("k == 256 and step == 0").low.min()


def held_out_multisets():
    return unseen.multisets


def difference():
    weight, before = exact.by_multiset([256])
    change = (lm.success(collapsed, unseen).by_multiset([256])[1] - before)[:, 0]
    return change.sum(), np.sqrt(((change - weight * change.sum()) ** 2).sum())


# %%
quiz("what held-out numbers show")

# %% [markdown]
# ## If you want to dispute it
#
# One task, one small network, one recipe. A longer task with the same code is in the records too: Countdown-4, with
# [four]{hard_numbers} numbers and values up to [49]{hard_values}, [180 steps from three seeds]{hard_runs}, judged on
# [24]{hard_judged} held-out multisets. It was trained by GRPO; by plain `pass@4` (notebook 02); and by MaxRL, which divides a
# right sample's reward by the share of right ones ([arXiv 2602.02710](https://arxiv.org/abs/2602.02710), more in notebook 07). Does
# the same happen there? The mean of the seeds:

# %%
hard = recorded.curves().query("part == 'hard' and split == 'unseen'")
ends = hard[hard.step.isin([0, 180])].pivot_table(index=["method", "seed", "step"], columns="k", values="pass_at_k")
rows = {"base": ends.xs(0, level="step").mean(), **ends.xs(180, level="step").groupby("method").mean().T}
pd.DataFrame(rows).T[[1, 4, 16, 64, 256, 1024]].rename_axis(columns="k").round(3)

# %% [markdown]
# It does. Under GRPO pass@1 goes, seed by seed, from between [.08 and .09]{hard_one_before} to between [.25 and .29]{hard_one};
# pass@256 from about [.985]{hard_many_before} to between [.77 and .82]{hard_many}. The curves cross
# [between k = 8 and k = 32]{hard_crossing}. Under the other rules pass@256 ends below the base too: so it is in
# [all nine runs]{hard_below}. They lose less, and gain less: MaxRL has pass@1 [.22]{hard_maxrl_one} and pass@256 [.92]{hard_maxrl_many}, plain pass@4 [.14]{hard_four_one} and
# [.90]{hard_four_many}. How to weigh that is what notebook 07 is about.

# %% tags=["claims"]
_hard = lm.TrainConfig.from_json({**next(m for m in recorded.METHODS if m.name == "GRPO on Countdown-4").settings})
_before, _after = (ends.xs(step, level="step") for step in (0, 180))


def hard_numbers():
    return _hard.task.numbers


def hard_values():
    return _hard.task.values - 1


def hard_runs():
    return _hard.steps, len(_after.loc["GRPO on Countdown-4"])


def hard_judged():
    return _hard.judged


def hard_one_before():
    ones = _before.loc["GRPO on Countdown-4"][1]
    return ones.min(), ones.max()


def hard_one():
    ones = _after.loc["GRPO on Countdown-4"][1]
    return ones.min(), ones.max()


def hard_many_before():
    return rows["base"][256]


def hard_many():
    many = _after.loc["GRPO on Countdown-4"][256]
    return many.min(), many.max()


def hard_crossing():
    ahead = (_after > _before).loc["GRPO on Countdown-4"]
    return ahead.columns[ahead.all()].max(), ahead.columns[~ahead.any()].min()


def hard_below():
    below = _after[256] < _before[256]
    return len(below), below.all()


def hard_maxrl_one():
    return rows["MaxRL on Countdown-4"][1]


def hard_maxrl_many():
    return rows["MaxRL on Countdown-4"][256]


def hard_four_one():
    return rows["pass@4 on Countdown-4"][1]


def hard_four_many():
    return rows["pass@4 on Countdown-4"][256]


# %% [markdown]
# ## Take with you
#
# - Where the right answers can be listed, p is a sum, and pass@k is known for any k.
# - GRPO on this network: pass@1 up, pass@256 down and below the base [in all three seeds]{below_the_base}, on held-out numbers; the
#   curves cross.
# - Prompts go to both ends; silent groups grow to [half]{silent_end} of the groups.
# - Heat gives back a part of the coverage and takes pass@1 for it; [no temperature]{out_of_reach} [from .3 to 2]{degrees} gets back to the base.
# - Held out means held out *by numbers*, and so do the intervals.
#
# **Next:** [07_objectives_compared](07_objectives_compared.ipynb). Is it GRPO's fault? Objectives side by side, sampled and exact.
#
# To read: Yue et al. ([arXiv 2504.13837](https://arxiv.org/abs/2504.13837)) found the crossing in large models; the paper this lab
# is about: [arXiv 2511.16231](https://arxiv.org/abs/2511.16231).
