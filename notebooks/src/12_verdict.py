# %% [markdown]
# # The verdict
#
# Is pass@k something to train a language model on, or just something to watch? The paper (Yu,
# [arXiv 2511.16231](https://arxiv.org/abs/2511.16231)) says: to watch. Its critics train on pass@k and report gains. You have met
# both in [four]{worlds} worlds: formulas, exact policies, a small network, public data. Here each claim stands before each of them.
#
# **After this notebook** you can say which claims hold, where, by what evidence, and which do not; and how good the paper's gauge
# is at its own trade, as a warning in training. The computer needs {measured}.
#
# Words and letters: [glossary](glossary.md).

# %%
import pandas as pd

from passk_lab import explorers, verdict
from passk_lab.course import check, predict, progress, quiz, reveal
from passk_lab import alarm
from passk_lab.lm import recorded, warning

progress("12_verdict")

# %% [markdown]
# ## Each claim, each world
#
# No verdict below was typed in. In each cell of the table a function looks at *cases*: a policy and a k, a run, a public model. A
# claim **holds** in a world if it is so in [all]{rule_all} of its cases, **does not hold** if in [none]{rule_none} of them, else it
# **holds partly**, and the table says in how many.

# %%
verdict.overview().style.set_properties(**{"text-align": "left"})

# %% tags=["claims"]
def worlds():
    return len(verdict.WORLDS)


def rule_all():
    return verdict.verdict_of([True, True]) == "holds" and verdict.verdict_of([True, False]) == "holds partly"


def rule_none():
    return verdict.verdict_of([False, False]) == "does not hold"


def by_few():
    cases = verdict.cells(verdict="holds").cases.str.split(" of ").str[1].astype(int)
    return (cases <= 5).sum(), len(cases)


def by_form():
    return verdict.verdict_in("one prompt, one direction", "formula") == "holds"


# %% [markdown] tags=["teacher"]
# - Give each pair a cell of the table to defend and another to attack, from the page's own evidence.
# - *Ask* the attackers: how many cases, how independent, which seed?
# - *Expect* "holds" to be read as "is true"; [8 of 17]{by_few} such cells rest on [five]{given} cases or fewer.
# - *They see* that no cell was typed in, and may change the filter to find the weakest one. Notebook 08 has the
#   counting by luck that attackers need; the exam bank asks for it too.
# - *Time:* the debate is the notebook; the sections below are its minutes, to be read afterwards.
# - *Skip* the long reading in class and send it home with a question: which claim would you test next?

# %% [markdown]
# The rule counts, and does not ask about chance. Of the cells that hold, [8 of 17]{by_few} rest on [five]{given} cases or fewer. The
# cases of a world are no independent draws: they share bases, seeds, models. And some cells [hold by their form]{by_form}: for one
# prompt the single direction is a theorem, and its cases show that the code agrees. So read the evidence beside each word.
#
# The whole table, with the evidence of each cell, its seeds and its interval, is a page in the repository (`docs/verdict.md`);
# `python -m passk_lab.verdict` writes it anew. Here you filter it: by claim, by world, by verdict, or by several of these.

# %%
pd.set_option("display.max_colwidth", None)
verdict.cells(world="network", verdict="does not hold")[["claim", "cases", "evidence", "interval"]]

# %%
verdict.cells(claim="nothing comes back")[["world", "verdict", "cases", "evidence"]]

# %% [markdown]
# And each claim knows the explorer that shows what stands behind it. Put another name from the table into the first line:

# %%
claim = "exploring beats pass@k"
chosen = {one.name: one for one in verdict.CLAIMS}[claim]
print(chosen.says, "Said by:", chosen.whose)
getattr(explorers, chosen.explorer)(**chosen.state)

# %% [markdown]
# ## What the table says
#
# **The theorem holds, and ends at one prompt.** For one prompt the gradients of pass@k and pass@1 have one direction
# [in 40 of 40 cases]{one_direction}. Across prompts the reweighting does change direction: the claim does
# [not hold in any of the worlds where it was tested]{many_directions}. In the network, at pass@1 = [.40]{given} and the rate [0.0004]{given}, the exact
# gradient of pass@4 has kept [.065]{another_goal} more of pass@256 than that of pass@1.
#
# **The signal dies where prompts are solved**, [in each of the four worlds]{dies_everywhere}. Where they are unsolved, a larger k
# [gives no clearer signal from samples]{unclear}. With infinitely many samples it makes the steps longer, which
# [a larger learning rate does as well]{longer_steps}.
#
# **Training on pass@1 narrows**, but not wherever it was looked at. In the network pass@256 falls below the base in
# [36 of 36]{narrows_network} runs, of the public models pass@128 does in [1 of 15]{narrows_public}: on MATH500 the curves cross, on GSM8K
# no run falls below its base. Among the exact policies it depends on the prompts: where they need several strategies it narrows, on one
# prompt it does not ([1 of 2]{narrows_exact}).
#
# **Plain pass@k fails by its noise, and hardly by its goal.** The plain rule has the mean of loo-1 and
# [28 times]{noisier} its variance at p = [.23]{given}, k = [4]{given} and n = [32]{given}. Given the exact gradient of the same goal, the network ends higher
# in pass@1 and in pass@256 in [15 of 18]{by_noise} pairs of runs.
#
# **Pass@k as an objective keeps coverage** in this network: of pairs of runs compared where both have pass@1 = [.40]{given}, "keeps
# no more than pass@1" is so in [none of 15]{keeps}. (On one prompt it holds by its form: an objective of p alone cannot tell
# several right answers from one.) But that it gains pass@1 and loses no pass@256, as its friends hope, is so in [6 of 45]{gains} runs,
# [all of them pass@16-loo-1]{gains_which}, whose pass@1 rises by [.05]{gains_most} at most.
#
# **Explicit exploration keeps coverage, in part; a good objective keeps more here.** [8 of 14]{keep} mechanisms keep more than GRPO
# from each seed, where chance alone would give [about two]{by_luck}; each had [three]{rates_tried} learning rates and no other tuning.
# Beside pass@4-loo-1 and MaxRL a mechanism keeps more in [13 of 84]{beat} cases, where a coin would give [42]{by_coin}, and
# [no mechanism does so against either goal from every seed]{beat_every}; in [17 of 28]{beaten_every} pairs it keeps no more from any.
# The table's *holds partly* says less than that. On one prompt, where no k can hold an answer open, an explicit hold
# [beats pass@k in each case]{beat_exact}: which of these a real model resembles is the question that remains.
#
# What is *not tested* is as much part of the verdict: no public data here speak on whether pass@k keeps coverage, and the network
# is one of [about 100,000]{size_of_it} parameters, with [three]{how_many_seeds} seeds, each of which fixes base and prompts. An interval over so few is wide: at
# best rates pass@4-loo-1 keeps [.039]{loo_more} more than pass@1, and [its interval leaves the sign open, though the seeds agree]{loo_open}.

# %% tags=["claims"]
_cases = {key: verdict.table.evidence(*key).cases for key in verdict.evidence.CELLS}
_so = {key: (sum(cases.values()), len(cases)) for key, cases in _cases.items()}


def _by_world(claim):
    return {world: verdict.verdict_in(claim, world) for world in verdict.WORLDS}


def one_direction():
    return _so["one prompt, one direction", "formula"]


def many_directions():
    return set(_by_world("many prompts, one direction").values()) == {"does not hold", "not tested"}


def another_goal():
    kept = recorded.equal_progress(0.4, k=256).set_index(["method", "rate"])["mean"]
    return kept["exact pass@4", 4e-4] - kept["exact pass@1", 4e-4]


def dies_everywhere():
    by = _by_world("no signal when solved")
    return len(by), set(by.values()) == {"holds"}


def unclear():
    return verdict.verdict_in("no signal when unsolved", "formula") == "holds"


def longer_steps():
    return verdict.verdict_in("no signal when unsolved", "bandit") == "holds"


def narrows_network():
    return _so["pass@1 narrows", "network"]


def narrows_public():
    own = _cases["pass@1 narrows", "data"]
    gsm8k = [so for name, so in own.items() if name.startswith("GSM8K")]
    return sum(own.values()), len(own), len(gsm8k) == len(own) - 1 and not any(gsm8k)


def narrows_exact():
    own = _cases["pass@1 narrows", "bandit"]
    return sum(own.values()), len(own), own["two strategies"] and not own["one prompt"]


def noisier():
    from passk_lab import objectives

    plain, loo = (objectives.gradient_moments(objectives.get(rule, k=4), 32, 0.23) for rule in ("pass@k", "pass@k-loo-1"))
    return float(plain.variance / loo.variance)


def by_noise():
    return _so["plain pass@k fails by noise", "network"]


def keeps():
    so, of = _so["pass@k keeps no more", "network"]
    return of, so == 0


def gains():
    return _so["pass@k gains both", "network"]


def gains_which():
    return {name.split(", ")[0] for name, so in _cases["pass@k gains both", "network"].items() if so} == {"pass@16-loo-1"}


def gains_most():
    own = verdict.network._change().loc["pass@16-loo-1"]
    return (own[1, recorded.STEPS] - own[1, 0]).max()


def rates_tried():
    tried = verdict.network._kept().reset_index().groupby("method").rate.nunique()
    (rates,) = set(tried[verdict.network._mechanisms()])
    return rates


def by_coin():
    return beat()[1] / 2


def keep():
    return _so["exploring keeps coverage", "network"]


def by_luck():
    return keep()[1] * 0.5 ** len(recorded.SEEDS)


def beat():
    return _so["exploring beats pass@k", "network"]


def _pairs():
    pairs = {}
    for name, so in _cases["exploring beats pass@k", "network"].items():
        pairs.setdefault(name.rpartition(", ")[0], []).append(so)
    return pairs.values()


def beat_every():
    return not any(map(all, _pairs()))


def beaten_every():
    return sum(not any(pair) for pair in _pairs()), len(_pairs())


def beat_exact():
    return verdict.verdict_in("exploring beats pass@k", "bandit") == "holds"


def size_of_it():
    return (recorded.place() / "base-countdown-3-0.safetensors").stat().st_size / 4  # float32


def how_many_seeds():
    return len(recorded.SEEDS)


def _loo_more():
    table = recorded.equal_progress_by_seed(0.4, k=256).set_index(["method", "rate", "seed"]).value.unstack()
    whole = table.dropna()
    best = {name: whole.loc[name].mean(axis=1).idxmax() for name in ("pass@4-loo-1", "pass@1")}
    return whole.loc["pass@4-loo-1", best["pass@4-loo-1"]] - whole.loc["pass@1", best["pass@1"]]


def loo_more():
    return _loo_more().mean()


def loo_open():
    low, high = (float(end) for end in verdict.over_seeds(_loo_more()).split("[")[1].rstrip("]").split(","))
    return low < 0 < high and bool((_loo_more() > 0).all())


# %% [markdown]
# ## The paper's own use, tested
#
# The paper keeps pass@k as a gauge: the gap pass@k - pass@1 says how much is left to explore. So a gauge in training should warn
# before coverage is lost. The recorded runs can say whether it does: [261]{sampled_runs} of the [306]{recorded_runs} draw samples and
# write down what they see.
#
# - A **fall**: pass@256 on held-out numbers lies [.1]{given} or more below its highest value so far, beyond its interval, and stays so to
#   the last evaluation. [110]{fell} runs fall so; [151]{stood} stand.
# - An **alarm**: a signal, as the mean of [ten]{given} steps, goes beyond a threshold, held against its own beginning.
# - **Warned**: the alarm came before the fall. **False**: it came in a run that stands to its recorded end.
#
# ### Exercise 1. When has it fallen? (medium)
#
# `values` lists whole numbers, pass@256 in per cent at each evaluation, say, and is not empty. Return the place, counted from zero,
# of the first value from which each value to the end lies `by` or more below the highest value so far; `None` where the last value
# does not.

# %%
def fell_at(values, by):
    """Place in values, counted from 0, of the first value from which every value to the end lies by or more below the
    highest value so far (up to its own place). None where the last value does not. values is a list of whole numbers
    and not empty, by = 1, 2, 3, ...
    """
    # solution
    place = None
    for i in reversed(range(len(values))):
        if max(values[: i + 1]) - values[i] < by:
            break
        place = i
    return place
    # end solution


check.fell_at(fell_at)

# %% [markdown]
# ### Exercise 2. How many falls had a warning? (easy)
#
# `alarms[i]` is the step of run i's first alarm and `falls[i]` that of its fall, `-1` where there was no such step. Return the share
# of the runs that fell in which the alarm came before the fall; at the very step of the fall it is too late. If no run fell, raise a
# `ValueError`.

# %%
def warned_share(alarms, falls):
    """Share of the runs that fell in which the alarm came BEFORE the fall. alarms[i] is the step of run i's first
    alarm and falls[i] that of its fall, -1 where there was no such step; an alarm at the very step of the fall is too
    late. If no run fell, raise a ValueError.
    """
    # solution
    fell = [(alarm, fall) for alarm, fall in zip(alarms, falls, strict=True) if fall != -1]
    if not fell:
        raise ValueError("no run fell")
    return sum(-1 < alarm < fall for alarm, fall in fell) / len(fell)
    # end solution


check.warned_share(warned_share)

# %% [markdown]
# ## Spot the bug
#
# A signal goes so far in each of the runs that stand; the limit is set above them, and then it is asked how many ring. `group` numbers
# the method of each run:

# %%
def shipped_false_share(highest, group):
    limit = max(highest)
    return sum(h > limit for h in highest) / len(highest)


shipped_false_share([5, 6, 2, 1, 4, 3], [0, 0, 1, 1, 2, 2])

# %% [markdown]
# [No false alarm at all, and so for each signal]{bug_says}.
#
# ### Exercise 3. Repair it (medium)
#
# `highest[i]` is how far the signal of run i goes, `group[i]` the number of its group. A run rings if it goes above the highest of the
# runs of the *other* groups. Return the share of runs that ring; there is a run at least, and if there is just one group, raise a
# `ValueError`.

# %%
def fixed_false_share(highest, group):
    """Share of standing runs that ring, each tested with a limit that its own group had no part in. highest[i] is how
    far the signal of run i goes, group[i] the number of its group: run i rings if it goes ABOVE the highest of the
    runs of all other groups. There is one run at least; if there is only one group, raise a ValueError.
    """
    # solution
    if len(set(group)) < 2:
        raise ValueError("one group leaves no other to choose the limit")
    rings = [h > max(other for other, its in zip(highest, group, strict=True) if its != own) for h, own in zip(highest, group, strict=True)]
    return sum(rings) / len(rings)
    # end solution


check.fixed_false_share(fixed_false_share)

# %% tags=["claims"]
def bug_says():
    import numpy as np

    signals = np.random.default_rng(0).integers(0, 9, (50, 6)).tolist()
    return all(shipped_false_share(signal, [0, 0, 1, 1, 2, 2]) == 0 for signal in signals)


# %% [markdown]
# ## Does the gap warn?
#
# The study does likewise, with room for chance: a threshold lets at most [a fifth]{given} of the standing runs ring that chose it, and
# each run is tested with the threshold that *other* methods and *other* seeds have chosen. An alarm that guesses would then ring
# before no larger a share of the falls. (What counts as a fall was settled after a look at these runs; the thresholds were not.)

# %%
predict(
    "the gap as an alarm",
    "With false alarms allowed in a fifth of the runs that stand: before what share of the falls does the alarm on the gap at the "
    "group's n = 32 ring?",
    low=0.0,
    high=1.0,
)

# %%
rates = warning.table(by=0.1, allowed=0.2)
reveal("the gap as an alarm", rates.warned["gap_at_n"])

# %%
rates.loc[["distinct", "entropy", "all_wrong", "gap_at_n", "pass_at_1", "path", "clock"], ["warned", "warned_low", "warned_high", "false", "lead"]].style.format(precision=2, na_rep="none")

# %% [markdown] tags=["teacher"]
# - *Ask* for the prediction *the gap as an alarm*; mind to say that false alarms are allowed in [a fifth]{given} of the
#   runs that stand.
# - *Expect* hopeful numbers: the whole course has praised the gap.
# - *They see* [0.28 warned and 0.21 false]{told_gap}, which one cannot tell apart. Ask what an alarm that guesses would
#   do, and let them find that it does about this. In code `warned_share`, *of the alarms* answers another question than
#   was asked, and `fixed_false_share`, *limit of all* cannot ring.
# - *Time:* let the disappointment be felt before the comparison of pairs rescues the gauge.
# - *Skip* the interval's fine print.

# %% tags=["claims"]
def told_gap():
    return rates.warned["gap_at_n"], rates.false["gap_at_n"]


# %% [markdown]
# `distinct` counts distinct right solutions in a group, `all_wrong` is the share of groups without a right sample, `clock` the steps
# done, `path` those times the learning rate. `warned_low` and `warned_high` are the ends of an exact binomial interval, at
# [95 %]{given}, with the runs of one method counted as the few that they are worth; `lead` is the median number of steps from alarm to fall.
#
# **How to read it.** The gap warns before [28 %]{gap_warned} of the falls, and rings in [21 %]{gap_false} of the runs that stand: one
# [cannot tell its rates apart]{gap_level}. The most is warned by distinct right solutions and by entropy, each
# [43 %]{best_warned} at [21 %]{best_false} false, [20 steps]{best_lead} ahead in the median. But that is the best of [ten signals]{how_many_signals}
# after the fact. Who picks the signal, too, by other runs than those it is tested on, is at [29 %]{chosen_warned} warned and
# [23 %]{chosen_false} false: nearly where an alarm is that guesses. And for a smaller fall, of [.05]{given}, the gap warns of
# [3 %]{small_warned}: the median of those falls comes at [step 62]{small_when}, and leaves little time.
#
# Is the gap worthless, then? Ask it another question. Take a pair of runs at the *same* step and learning rate, one of which falls
# within [60]{given} steps: whose gap is lower, against its own start? A clock is right in [half]{clock_orders} of such pairs, pass@1
# in [72 %]{one_orders}, the gap in [80 %]{gap_orders}, entropy in [83 %]{entropy_orders}. The gap
# [beats the clock, and pass@1 too]{gap_beats}: its intervals, which leave out one method at a time, lie on that side.

# %%
explorers.alarms(signal="gap at n", beside="distinct solutions", allowed=20)

# %% [markdown] tags=["teacher"]
# - *The picture:* in *Rates* the gap's curve begins below the dashed line of guessing and gets above it as more false
#   alarms are allowed; where the slider stands it has [28 %]{told_warned} warned at [21 %]{told_false} false, distinct
#   solutions [43 %]{told_beside}. In *Lead* its alarm comes [12 steps]{told_lead} before the fall, in the median.
# - *Ask* where on the curve a class would set the line, and who pays for either error.
# - *Expect* that the best of many signals is taken for a good one (question *gauge or alarm* follows): it was picked
#   after the fact.
# - *Time:* keep some for the last sentence of practice: compare runs at one step, on problems held out.
# - *Skip* the cockpit's bell.

# %% tags=["claims"]
_told = explorers.alarms(signal="gap at n", beside="distinct solutions", allowed=20).numbers


def told_warned():
    return _told["a_warned"]


def told_false():
    return _told["a_false"]


def told_beside():
    return _told["b_warned"]


def told_lead():
    below, above = (explorers.alarms(signal="gap at n", allowed=share).numbers for share in (5, 50))
    assert below["a_warned"] < below["a_false"]
    assert above["a_warned"] > above["a_false"]
    return _told["a_lead"]


# %% [markdown]
# **What you see.** In the panel *Rates* each point of a curve is a threshold: to its left it rings falsely in fewer runs and warns of
# fewer falls. On the dashed line it would be a guess. The panel *Lead* has the steps from alarm to fall. Move the share that is
# allowed: with [half]{given} of the standing runs allowed to ring, the gap comes before [62 %]{lax_warned} of the falls.

# %% tags=["claims"]
def lax_warned():
    return explorers.alarms(signal="gap at n", allowed=50).numbers["a_warned"]


# %%
quiz("gauge or alarm")

# %% tags=["claims"]
_gap, _best, _chosen = warning.judged("gap_at_n", 0.1, 0.2), warning.judged("distinct", 0.1, 0.2), warning.judged_choice(0.1, 0.2)
_beside = warning.judged("entropy", 0.1, 0.2)


def sampled_runs():
    return len(warning.runs(0.1))


def recorded_runs():
    return len(recorded.cells())


def fell():
    return warning.runs(0.1).fall.notna().sum()


def stood():
    return warning.runs(0.1).fall.isna().sum()


def _percent(rate):
    return 100 * rate.hits / rate.of


def gap_warned():
    return _percent(_gap.warned)


def gap_false():
    return _percent(_gap.false)


def gap_level():
    return _gap.warned.low < _gap.false.high


def best_warned():
    most = rates.warned.nlargest(2)
    return _percent(_best.warned), set(most.index) == {"distinct", "entropy"} and _best.warned.hits == _beside.warned.hits


def best_false():
    alike = round(_percent(_best.false)) == round(_percent(_beside.false))
    return _percent(_best.false) if alike else -1


def best_lead():
    alike = abs(pd.Series(_best.leads).median() - pd.Series(_beside.leads).median()) < 0.5
    return float(pd.Series(_best.leads).median()) if alike else -1


def how_many_signals():
    return sum(one.name not in warning.BASELINES for one in warning.SIGNALS)


def chosen_warned():
    return _percent(_chosen.warned)


def chosen_false():
    return _percent(_chosen.false)


def small_warned():
    return _percent(warning.judged("gap_at_n", 0.05, 0.2).warned)


def small_when():
    return warning.runs(0.05).fall.median()


def clock_orders():
    return warning.ordered("clock", 0.1).concordance


def one_orders():
    return 100 * warning.ordered("pass_at_1", 0.1).concordance


def gap_orders():
    return 100 * warning.ordered("gap_at_n", 0.1).concordance


def entropy_orders():
    return 100 * warning.ordered("entropy", 0.1).concordance


def gap_beats():
    found = warning.ordered("gap_at_n", 0.1)
    return found.beats_the_clock and found.beats_pass_at_1


# %% [markdown]
# So the gauge is one for comparing: put runs side by side, at one step. As an alarm bell on a single run, with one threshold, it is
# poor, and so are its rivals. That is what stands behind *holds partly: [4 of 6]{warns_partly}* in the table: the cases that hold are
# those of comparing, and those in which it has to ring by itself do not. The cockpit of notebook 06 has the least bad of them, and says how often it was right:

# %%
bell = alarm.measured()["distinct"]
print(bell.rates)
seen = recorded.steps().query("method == 'GRPO to collapse'")
rung = seen.groupby("seed").apply(lambda own: bell.alarm.first(own.step, own.distinct), include_groups=False)
runs = warning.runs(0.1).query("method == 'GRPO to collapse'").set_index("seed")
pd.DataFrame({"alarm at step": rung, "fall at step": runs.fall.round(1)})

# %% tags=["claims"]
def warns_partly():
    own = _cases["the gap warns", "network"]
    alone = [so for name, so in own.items() if "rings" in name]
    return sum(own.values()), len(own), not any(alone) and sum(own.values()) + len(alone) == len(own)


def early():
    lead = (runs.fall - rung).sort_values()
    return lead.iloc[-1], lead.iloc[0] < 0 < lead.iloc[1] < 1


# %% [markdown]
# Of these collapses one has its alarm [35 steps ahead, one within a step of the fall, and one too late]{early}.
#
# The same call takes the row of numbers that your own trainer logs, or one number for each of your checkpoints. `benchmarks/results/warning.md`
# in the repository has the other signals, a smaller share of false alarms, a smaller fall, and the runs with an exact gradient.
#
# ## Take with you
#
# - "No new direction" is a theorem about one prompt. Over prompts pass@k is a goal of its own, and in this network, by a good
#   estimate, it keeps coverage that pass@1 loses.
# - Plain pass@k fails by noise, here; a large k asks for little pass@1, and gets little.
# - Some ways to explore on purpose keep coverage that GRPO loses. Beside a good objective they mostly keep less, in this network.
# - The gap is a gauge for comparing runs, and a poor alarm on one.
# - So what to do with pass@k? On one prompt, watch it. On many, the paper's theorem does not forbid to train on it, and how well that goes
#   hangs on the estimate, on k, and on the model: measure pass@1 and pass@k of large k, on problems held out, with intervals.
#
# **Next:** your own runs. The cockpit of [06_train_a_model](06_train_a_model.ipynb) trains what you choose, and `passk-lab sweep` a
# grid of it.
