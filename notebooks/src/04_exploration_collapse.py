# %% [markdown]
# # Exploration collapse
#
# As training goes on, pass@16 and pass@1 come to be the same number: more draws find no more than one does. The paper
# calls this *exploration collapse* and concludes that pass@k is a good gauge of it, and no cure. This notebook watches the
# collapse in a world where each number is exact, then in the logs of real runs.
#
# **After this notebook** you can say when the gap between pass@k and pass@1 shrinks, which right answer wins whichever k
# is trained on, and what an entropy bonus or a KL term can hold open, how soon and at what price. The computer needs
# {measured}.
#
# Words and letters: [glossary](glossary.md).

# %%
import numpy as np
import pandas as pd

from passk_lab import data, exact, explorers, metrics, objectives, play
from passk_lab.course import check, predict, progress, quiz, reveal
from passk_lab.exact import derivations

progress("04_exploration_collapse")

# %% [markdown]
# ## The gap
#
# The gap is pass@k less pass@1: what more draws still find. For one prompt pass@1 is p, the chance that one sample is
# right, and the gap is 1 - (1 - p)^k - p.
#
# ### Exercise 1. Does it grow or shrink? (easy)
#
# Write the derivative of the gap with respect to `p`, by hand and not as a difference quotient. `p` lies between zero and
# one, both included; `k` is a whole number from one on.

# %%
def gap_slope(p, k):
    """Derivative of the gap pass@k - pass@1 with respect to p: by hand, not as a difference quotient. p from 0 to
    1, k = 1, 2, ...
    """
    # solution
    return k * (1 - p) ** (k - 1) - 1
    # end solution


check.gap_slope(gap_slope)

# %% [markdown]
# It is the weight of notebook 02, k (1-p)^(k-1), less one. So gap and weight are one picture:
# [the gap is widest exactly where the weight passes 1]{widest_where}, and [it shrinks from there on]{shrinks_beyond}, just
# where pass@k starts to listen less than pass@1. For k = 16 that is at p = [0.169]{peak_at}, and the gap there is [0.78]{peak_gap}.
#
# %% tags=["claims"]
_ps = np.linspace(0, 1, 100_001)
_draws = (2, 3, 4, 8, 16, 64)


def _widest(k):
    return _ps[np.argmax(metrics.success_at_k(_ps, k) - _ps)]


def widest_where():
    weights = [metrics.weight_at_k(_widest(k), k) for k in _draws]
    return weights[-1], bool(np.allclose(weights, 1, atol=1e-3))


def shrinks_beyond():
    gaps = [metrics.success_at_k(_ps[_ps >= _widest(k)], k) - _ps[_ps >= _widest(k)] for k in _draws]
    return all(bool((np.diff(gap) < 0).all()) for gap in gaps)


def peak_at():
    return _widest(16)


def peak_gap():
    return metrics.success_at_k(_widest(16), 16) - _widest(16)


# %%
derivations.get("gap-peak")

# %%
explorers.pass_at_k(k=16, p=0.17)

# %% [markdown] tags=["teacher"]
# - *Ask* what a closing gap tells.
# - *Expect* "the policy gives fewer different answers" (question *gap and collapse*), for the word collapse suggests
#   it; but the gap of one prompt is a function of p, and one right answer or many make no difference to it.
# - *The picture:* the mark stands on the top of the hill in *Gap*, at [0.78]{told_gap}, and there *Weight* crosses one.
#   Move p to either side and let the class say which panel told them. Look for `gap_slope`, *pass@1 forgotten*: the
#   slope of the minuend alone.
# - *Time:* short.
# - *Skip* the derivation of the peak; the explorer shows it.

# %% tags=["claims"]
def told_gap():
    shown = explorers.pass_at_k(k=16, p=0.17).numbers
    return shown["gap"] if abs(shown["weight"] - 1) < 0.05 else -1


# %% [markdown]
# A gap of zero does not say which: at p = 1 the prompt is solved, at p = 0 it is lost. Read the gap together with p.

# %%
quiz("gap and collapse")

# %% [markdown]
# ## Same path, different clock
#
# One prompt, [two]{given} right answers with chances [5 % and 4 %]{given}, and [twelve]{given} wrong ones. Train with the
# exact gradient of pass@1, of pass@4 and of pass@16, each computed for itself. This is a gradient flow, as in notebook 03:
# the logits move by dz/dt = ∇J(z), and the **training time** t is the number of steps times their size. Press ▶ beside it.

# %%
explorers.same_path(t=0)

# %% [markdown] tags=["teacher"]
# - *Ask* before pressing ▶: will pass@16 end with more right answers alive than pass@1?
# - *Expect* yes.
# - *The picture:* the dots on one curve in *Path*; in *Clocks* they drift apart, and when pass@1 and pass@4 have
#   arrived pass@16 still stands at [0.93]{told_stands}, at the slider's end. So the question "which is more diverse"
#   has to be asked at equal p, and there the answer is: neither. This is the theorem as a film, so let it run to the
#   end once in silence.
# - *Skip* the derivation of the clock.
# - *Time:* have the sentence about several prompts ready; somebody will object, rightly, that models have many.

# %% tags=["claims"]
def told_stands():
    return explorers.same_path(t=explorers.same_path().description.axes["t"][-1]).numbers["p16"]


# %% [markdown]
# **What you see.** In the panel *Path* the points of pass@1, pass@4 and pass@16 travel
# [on one curve]{one_curve}; their clocks differ. pass@16 [starts fastest]{starts_fastest} and does not arrive for any
# practical purpose: at [1e16]{slider_ends}, where the slider ends, it has come to p = [0.93]{come_to}. For a single prompt,
# whatever diversity pass@16 ends with, pass@1 passes through too, at the same p. A difference between them needs several
# prompts (notebook 05), samples, an optimiser that bends the gradient, or a second term in the goal (below).
#
# %% tags=["claims"]
_pair = exact.several_correct((0.05, 0.04), wrong=12)


def _ending_at(p, k):
    return exact.flow(_pair, objectives.get("pass@k", k=k), until_p=p).policy[-1]


def one_curve():
    return all(bool(np.allclose(_ending_at(p, 1), _ending_at(p, k), atol=1e-7)) for p in (0.3, 0.9) for k in (4, 16))


def starts_fastest():
    first = explorers.same_path(t=explorers.same_path().description.axes["t"][1]).numbers
    return first["p16"] > first["p4"] > first["p1"]


def slider_ends():
    return explorers.same_path().description.axes["t"][-1]


def come_to():
    return explorers.same_path(t=slider_ends()).numbers["p16"]


# %%
derivations.get("clock")

# %% [markdown]
# ## [Two]{given} right answers, one ahead
#
# The right answers start at [5 and 4 %]{given}. There is no fault in the second.

# %%
predict(
    "winner share",
    "When p has reached 0.9, what share of it does the first answer have? (At the start it is 5/9 = 0.56.)",
    low=0.5,
    high=1.0,
)

# %%
def winner_share(k):
    run = exact.flow(exact.several_correct((0.05, 0.04), wrong=12), objectives.get("pass@k", k=k), until_p=0.9)
    return run.policy[-1][0] / run.p[-1]


reveal("winner share", winner_share(1))

# %%
{f"pass@{k}": round(float(winner_share(k)), 4) for k in (1, 4, 16)}

# %% [markdown]
# The share is [the same for every k]{same_share}. Where does that come from?
#
# ### Exercise 2. How fast the lead grows (medium)
#
# Use what you know: in a softmax policy the slope of pass@k in logit a is weight × pi_a × (r_a - p), and along the exact
# gradient that slope is the logit's speed. Write the speed of logit `i` less that of logit `j`, under pass@k. `pi` lists
# the chances of the answers, `correct` the right ones (counted from zero), `i` and `j` are among them, and `k` is a whole
# number from one on.
#
# %% tags=["claims"]
def same_share():
    return bool(np.allclose([winner_share(k) for k in (2, 4, 8, 16)], winner_share(1), atol=1e-7))


# %%
def growth_of_lead(pi, correct, k, i, j):
    """Speed of logit i less that of logit j, when the logits of a softmax policy follow the exact gradient of
    pass@k, k = 1, 2, 3, ... Answer a has chance pi[a]; correct lists the right answers, and i and j are two of them.
    """
    # solution
    p = sum(pi[a] for a in correct)
    return k * (1 - p) ** (k - 1) * (pi[i] - pi[j]) * (1 - p)
    # end solution


check.growth_of_lead(growth_of_lead)

# %% [markdown]
# The sign is that of pi_i - pi_j, whatever k is: while p < 1 the logit of the likelier right answer
# [grows faster]{likelier_grows_faster}, each logit being a parameter of its own. Now watch [four right answers among sixteen]{four_of_sixteen}:
#
# %% tags=["claims"]
def likelier_grows_faster():
    draws = np.random.default_rng(4)
    for _ in range(200):
        pi, k = draws.dirichlet(np.ones(6)), int(draws.integers(1, 33))
        g = exact.Bandit(np.log(pi), [0, 1]).gradient(objectives.get("pass@k", k=k))
        if (g[0] > g[1]) != (pi[0] > pi[1]):
            return False
    return True


def four_of_sixteen():
    world = exact.several_correct()
    shown = explorers.collapse().description.tables["policy"].values[..., 0, :]
    return int(world.correct.sum()), world.policy.size, bool(np.allclose(shown, world.policy, atol=1e-6))


# %%
explorers.collapse(k=1, t=0)

# %% [markdown] tags=["teacher"]
# - *Ask* which of the right answers will be left, and whether k = 16 would spare the rarer ones.
# - *Expect* the question *which answer wins* to be answered with "the rarer one, pass@8 rewards diversity": the hope
#   that the name pass@k raises.
# - *The picture:* first the right bars rise together, then the tallest takes the rest; in *Answers* the different ones
#   in [sixteen]{given} draws fall from [10 to 1]{told_different}, the right ones alive from [3.8]{told_alive} to one.
#   In code see `growth_of_lead`, *each its own weight*: the same hope as a formula.
# - *Time:* this film and the next explorer are the heart of the notebook. If you are late, *skip* the section on
#   features that follows.

# %% tags=["claims"]
def told_different():
    film = explorers.collapse().description
    return [explorers.collapse(k=1, t=t).numbers["distinct"] for t in (0, film.axes["t"][-1])]


def told_alive():
    return explorers.collapse(k=1, t=0).numbers["effective"]


# %% [markdown]
# **What you see.** Press ▶ beside the time. First [all right answers rise]{all_rise}; then the first one takes from the
# others. The gap closes, and [sixteen]{given} draws, which [showed 10 different answers]{shown_at_first}, show
# [a single one]{shown_at_last}. The panel *Answers* also has the **effective right answers**: with s_a = π_a/p, the share
# of answer a among the right ones, it is exp(-Σ s_a ln s_a), which is m where m of them are alike and the others gone, and
# one where one has the rest. Choose k = 16 and play again: the same film, with an endless last reel.
#
# %% tags=["claims"]
_film = explorers.collapse().description
_at_k1 = _film.tables["policy"].values[0]


def all_rise():
    return bool((_at_k1[:, :4] > _at_k1[0, :4]).all(axis=1).any())


def shown_at_first():
    return explorers.collapse(k=1, t=0).numbers["distinct"]


def shown_at_last():
    return explorers.collapse(k=1, t=_film.axes["t"][-1]).numbers["distinct"] < 1.001


# %% [markdown]
# The same once more with sampled answers, in [sixteen]{given} prompts that have no answer in common. Each has
# [eight]{given}, and some of them are right. Bet, and watch the green parts of a bar.

# %%
play.race(world="own", k=16)

# %% [markdown]
# In the mean of what is drawn, the likeliest right answer of each prompt [gains on the others on both sides]{gains_on_both}.
# What differs is which prompts are served first: pass@16 turns to those that are seldom solved.
#
# %% tags=["claims"]
def gains_on_both():
    world = play.worlds.world("own")
    for objective in ("pass@1", objectives.get("pass@k-loo-1", k=16)):
        policy, size = world.bandit, play.training.step_size(world, objective, 16)
        shares = []
        for step in range(play.training.STEPS):
            if step % 50 == 0:
                shares.append(policy.policy[:, 0] / policy.p)
            policy = policy.at(policy.theta + size * policy.expected_update(objective, 16))
        several = world.right.sum(axis=1) > 1
        if not (np.diff(np.array(shares)[:, several], axis=0) > 0).all():
            return False
    return True


# %%
quiz("which answer wins")

# %% [markdown]
# ## When logits share parameters
#
# So far each logit was a parameter. In a network logits are computed from parameters θ, and a step in θ may move one of them
# further than another. The smallest model of that: each answer has a **feature** vector φ_a, its logit is what it was at the
# start plus φ_a · θ, and training moves θ. Then logit a moves at the speed F'(p) φ_a · Σ_b π_b (r_b - p) φ_b, F'(p) being the
# weight. Take answers with chances [0.3, 0.2 and 0.5]{given}, the last one wrong, and features [(1, 0), (0, 2) and (0, 0)]{given}:
# the second answer is the rarer right one.

# %%
predict(
    "rarer right answer",
    "It is trained on pass@4 until p = 0.95. Which chance does the second answer, which began at 0.2, have then?",
    low=0.0,
    high=0.95,
)

# %%
features = [[1, 0], [0, 2], [0, 0]]


def trained(k, features=None):
    start = exact.Bandit(np.log([0.3, 0.2, 0.5]), correct=[0, 1], features=features)
    return exact.flow(start, objectives.get("pass@k", k=k), until_p=0.95).policy[-1]


reveal("rarer right answer", trained(4, features)[1])

# %%
worlds = {"a logit each": None, "features": features}
rows = {f"{name}, pass@{k}": trained(k, given) for name, given in worlds.items() for k in (1, 4, 16)}
pd.DataFrame(rows, index=["first, right", "second, right", "third, wrong"]).T.round(3)

# %% [markdown]
# With a logit each [the likelier right answer is ahead]{likelier_alone}; with these features
# [the rarer one is, by far]{rarer_longer}. Features at right angles, as these are, move the logit of a right answer by
# F'(p) |φ_a|² π_a (1 - p): double length counts [four times]{counts_four}, and at the start the second logit is
# [2.7 times]{faster} as fast as the first. There [the one with the larger |φ_a|² π_a takes the rest]{larger_takes_the_rest} as
# p → 1; until then [the other may still be ahead]{other_still_ahead}. So "the likelier wins" is a statement about logits that are parameters; in a network it is the network that decides. What stays true is that
# k has no say: F'(p) is one factor of [all logits, and the end is the same for every k]{same_end}.
#
# %% tags=["claims"]
def likelier_alone():
    return trained(4)[0] > trained(4)[1]


def rarer_longer():
    return trained(4, features)[1] > 10 * trained(4, features)[0]


def _speeds(features):
    start = exact.Bandit(np.log([0.3, 0.2, 0.5]), correct=[0, 1], features=features)
    return np.array(features) @ start.gradient(objectives.get("pass@k", k=4))


def counts_four():
    return _speeds(features)[1] / _speeds([[1, 0], [0, 1], [0, 0]])[1]


def faster():
    return _speeds(features)[1] / _speeds(features)[0]


def _at_right_angles(pi, lengths):
    start = exact.Bandit(np.log(pi), [0, 1], features=[[lengths[0], 0], [0, lengths[1]], [0, 0]])
    return exact.flow(start, "pass@1", until_time=1e6)


def larger_takes_the_rest():
    draws = np.random.default_rng(6)
    for _ in range(10):
        pi, lengths = draws.dirichlet(np.ones(3)), draws.uniform(0.5, 2, 2)
        run = _at_right_angles(pi, lengths)
        larger = int(np.argmax(lengths**2 * pi[:2]))
        lead = np.log(run.policy[:, larger] / run.policy[:, 1 - larger])
        if (np.diff(lead) <= 0).any() or run.policy[-1, larger] / run.p[-1] < 0.999:
            return False
    return True


def other_still_ahead():
    pi, lengths = np.array([0.45, 0.2, 0.35]), np.array([1, 1.6])
    run = _at_right_angles(pi, lengths)
    ahead = run.policy[:, 0] > run.policy[:, 1]
    smaller = lengths[0] ** 2 * pi[0] < lengths[1] ** 2 * pi[1]
    return bool(smaller and ahead[(run.p > 0.8) & (run.p < 0.85)].any() and not ahead[-1])


def same_end():
    ends = [trained(k, features) for k in (1, 2, 3, 4, 8, 16)]
    return bool(np.allclose(ends, ends[0], atol=1e-7))


# %% [markdown]
# ## Counting what is left
#
# ### Exercise 3. Different answers in k draws (medium)
#
# A policy gives answer `a` with chance `pi[a]`, and the chances add up to one. Write the expected number of different
# answers, right or wrong, in `k` draws, `k` being a whole number from one on.

# %%
def distinct_answers(pi, k):
    """Expected number of DIFFERENT answers in k draws, k = 1, 2, 3, ..., from a policy that gives answer a with
    chance pi[a].
    """
    # solution
    return sum(1 - (1 - q) ** k for q in pi)
    # end solution


check.distinct_answers(distinct_answers)

# %% [markdown]
# ## Spot the bug
#
# Someone wants to watch the diversity of *solutions* and ships the same sum:

# %%
def shipped_diversity(pi, correct, k):
    return sum(1 - (1 - q) ** k for q in pi)


before, learned, scattered = [0.2] * 3 + [0.04] * 10, [0.3] * 3 + [0.01] * 10, [0.1, 0, 0] + [0.09] * 10
{name: round(shipped_diversity(pi, [0, 1, 2], 16), 2) for name, pi in [("before", before), ("learned", learned), ("scattered", scattered)]}

# %% [markdown]
# Learning to use the right answers more often reads as a collapse ([7.7 to 4.5]{reads_as_collapse}), and scattering over
# wrong ones as diversity ([8.6]{reads_as_diversity}).
#
# ### Exercise 4. Repair it (easy)
#
# Write the expected number of different *right* answers in `k` draws: answer `a` has chance `pi[a]`, and `correct` lists
# the right ones; it may be empty. `k` is a whole number from one on.
#
# %% tags=["claims"]
def reads_as_collapse():
    return [shipped_diversity(pi, [0, 1, 2], 16) for pi in (before, learned)]


def reads_as_diversity():
    return shipped_diversity(scattered, [0, 1, 2], 16)


# %%
def fixed_diversity(pi, correct, k):
    """Expected number of different RIGHT answers in k draws, k = 1, 2, 3, ... Answer a has chance pi[a]; correct
    lists the right ones, perhaps none.
    """
    # solution
    return sum(1 - (1 - pi[a]) ** k for a in correct)
    # end solution


check.fixed_diversity(fixed_diversity)

# %% tags=["teacher"]
# Ask the class for the numbers of the three policies by the repaired function: 2.92, 2.99, 0.81.
[round(fixed_diversity(pi, [0, 1, 2], 16), 2) for pi in (before, learned, scattered)]

# %% [markdown]
# ## What holds a policy open
#
# The paper's advice is to encourage exploration explicitly. The classics add a term to the goal, times a strength. An
# **entropy bonus** adds the policy's entropy, H = -Σ π_a ln π_a. A **KL term** subtracts a divergence between the policy π
# and the one training started from, π_0: the *reverse* one, KL(π ‖ π_0) = Σ π_a ln(π_a/π_0a), which is the usual penalty, or
# the *forward* one, KL(π_0 ‖ π) = Σ π_0a ln(π_0a/π_a).

# %%
explorers.held_open(hold="entropy bonus", strength=0.1)

# %% [markdown] tags=["teacher"]
# - *Ask* what an entropy bonus pays for, right answers or answers.
# - *Expect* that it is taken for a bonus on right ones; `fixed_diversity`, *wrong answers counted* is the same
#   confusion in code.
# - *The picture:* at strength [0.1]{given} the panel *Alive* dips to [1.9]{told_dip} and comes back to
#   [4.0]{told_back}, and pass@1 stops at [0.991]{told_price}. Press *a weak one, after a while*: collapsed, and not for
#   good. Let pairs find a strength that keeps the answers and costs little; they will find the price curve by
#   themselves.
# - *Time:* play is well spent.
# - *Skip* the table of the holds; the presets say the same.

# %% tags=["claims"]
_told_end = explorers.held_open(hold="entropy bonus", strength=0.1).numbers


def told_dip():
    times = explorers.held_open().description.axes["t"]
    return min(explorers.held_open(hold="entropy bonus", strength=0.1, t=t).numbers["effective"] for t in times)


def told_back():
    return _told_end["effective"]


def told_price():
    return _told_end["p"]


# %% [markdown]
# **What you see.** Training is on pass@1; the panel *Alive* has the effective right answers. A bonus of [0.3]{given} does not let
# them fall below [3.4]{strong_keeps} and ends with [all of them alike]{strong_alike}; it pays with
# [a tenth of pass@1]{strong_price}. A weak one, [0.03]{given}, lets the collapse happen first and brings the answers back after ages,
# because its pull on a rare answer is nearly in proportion to the chance the answer still has. *Forward* KL does not weaken
# so, and returns sooner, as the table says. An entropy bonus makes right answers equal; KL keeps the proportions of the start.

# %%
times = (100, 1_000, 10_000, 100_000)


def alive(hold):
    run = exact.flow(exact.several_correct(), "pass@1", until_time=2e5, times=times, anchor=hold)
    return [state.effective_correct for state in run.states()]


holds = [exact.entropy_bonus(0.03), exact.kl_to_start(0.03), exact.kl_to_start(0.03, forward=True), exact.entropy_bonus(0.3)]
table = pd.DataFrame([alive(hold) for hold in holds], index=[f"{hold.name}, {hold.strength}" for hold in holds])
table = table.set_axis(times, axis=1).rename_axis(columns="right answers alive at t =")
table.round(2)

# %% [markdown]
# At t = [1,000]{given} the weak bonus has [1.04]{weak_low} alive, and forward KL is on its way with [1.36]{forward_sooner}; at
# [10,000]{given} they have [3.0 and 3.8]{later}. Reverse KL is the last, with [2.0]{reverse_last}, and ends at the
# [3.8]{proportions_kept} that the start had.
#
# %% tags=["claims"]
def _shown(name, **state):
    path = [explorers.held_open(t=t, **state).numbers[name] for t in explorers.held_open().description.axes["t"]]
    return np.array(path)


def strong_keeps():
    return _shown("effective", hold="entropy bonus", strength=0.3).min()


def strong_alike():
    last = exact.flow(exact.several_correct(), "pass@1", until_time=1e5, anchor=exact.entropy_bonus(0.3)).policy[-1]
    return bool(np.allclose(last[:4], last[0], rtol=1e-4))


def strong_price():
    return 1 - _shown("p", hold="entropy bonus", strength=0.3)[-1]


def weak_low():
    return table.loc["entropy bonus, 0.03", 1_000]


def forward_sooner():
    weak, forward = table.loc["entropy bonus, 0.03"], table.loc["forward KL to the start, 0.03"]
    return forward[1_000], bool((forward.loc[:10_000] > weak.loc[:10_000]).all())


def later():
    return table.loc["entropy bonus, 0.03", 10_000], table.loc["forward KL to the start, 0.03", 10_000]


def reverse_last():
    return table.loc["reverse KL to the start, 0.03", 10_000], bool(table[10_000].idxmin().startswith("reverse"))


def proportions_kept():
    start, last = exact.several_correct().effective_correct, table.loc["reverse KL to the start, 0.03", 100_000]
    return last, bool(abs(start - last) < 0.005)


# %% [markdown]
# ### And pass@16 with a bonus?
#
# On its own pass@16 collapses as pass@1 does, on a slower clock. But a bonus has a clock of its own.

# %%
predict(
    "pass@16 with a bonus",
    "One prompt, trained on pass@16 with an entropy bonus of 0.03 until it comes to rest. Where does p end? (It starts at 0.14.)",
    low=0.0,
    high=1.0,
)

# %%
def held(k, strength):
    goal, bonus = objectives.get("pass@k", k=k), exact.entropy_bonus(strength)
    run = exact.flow(exact.several_correct(), goal, until_time=1e5, anchor=bonus)
    alive = [state.effective_correct for state in run.states()]
    return {"p": run.p[-1], "pass@16": run.pass_at_k(16)[-1], "alive": alive[-1], "fewest on the way": min(alive)}


ends = {f"pass@{k}, bonus {strength}": held(k, strength) for k in (1, 16) for strength in (0.03, 0.3)}
reveal("pass@16 with a bonus", ends["pass@16, bonus 0.03"]["p"])

# %%
pd.DataFrame(ends).T.round(4)

# %%
explorers.held_open(objective="pass@16", hold="entropy bonus", strength=0.03)

# %% [markdown] tags=["teacher"]
# - *Ask* for the prediction *pass@16 with a bonus*.
# - *Expect* numbers near one: whoever has understood that the bonus is weak thinks that p will not mind.
# - *They see* [0.37]{told_rest}. The reason is worth a silence: as the prompt gets solved the weight of pass@16 dies,
#   and even a weak bonus has the field to itself. That is the explosion of notebook 08 in a world without noise; say
#   so, and come back to this number there.
# - *Time:* let the class find pass@16 in the table, which is content at [0.999]{told_content}.
# - *Skip* the real logs at the end if notebook 06 follows; name the correlations.

# %% tags=["claims"]
def told_rest():
    return ends["pass@16, bonus 0.03"]["p"]


def told_content():
    return ends["pass@16, bonus 0.03"]["pass@16"]


# %% [markdown]
# Even the weak bonus now keeps the right answers open the whole way, with [3.5]{open_all_the_way} of them alive at the
# least: as the prompt gets solved the weight of pass@16 dies, and the bonus has the field to itself. For the same reason p
# comes to rest at [0.37]{rests_at}. There pass@16 is [0.999]{is_content}, and the goal hardly asks for more. So pass@16 with a
# bonus does hold answers open, wrong ones too, and pays with pass@1: [0.63]{what_it_costs} of it, where the same bonus under
# pass@1 costs [0.00005]{costs_little} at t = [100,000]{given}, and [less and less after]{costs_less}. Press *a bonus under pass@16* for a stronger one.
#
# %% tags=["claims"]
def open_all_the_way():
    return ends["pass@16, bonus 0.03"]["fewest on the way"]


def rests_at():
    return ends["pass@16, bonus 0.03"]["p"]


def is_content():
    return ends["pass@16, bonus 0.03"]["pass@16"]


def what_it_costs():
    return 1 - ends["pass@16, bonus 0.03"]["p"]


def costs_little():
    return 1 - ends["pass@1, bonus 0.03"]["p"]


def costs_less():
    run = exact.flow(exact.several_correct(), "pass@1", until_time=1e7, times=(1e5, 1e6, 1e7), anchor=exact.entropy_bonus(0.03))
    return bool((np.diff(run.p) > 0).all())


# %% [markdown]
# ## In real runs
#
# [Fourteen]{runs_in_all} runs of GRPO and DAPO (notebooks 02 and 03) on GSM8K, with one model, logged step by step. Entropy
# here is that of the next *token*, which is not the variety of answers, but what logs have. Below are the runs with the least
# of it: lr1e5 is a learning rate of [1e-5]{given}, sft a term of fine-tuning beside the reward.

# %%
log = data.load("rlvr-log").query("suite == 'gsm8k' and 181 <= step <= 200")
curves = data.load("rlvr-curves").query("suite == 'gsm8k' and benchmark == 'gsm8k_pass128'")
passed = curves.pivot_table(index="run", columns="k", values="pass_at_k")[[1, 128]]
runs = log.groupby("run").entropy.mean().to_frame("entropy").join(passed).sort_values("entropy")
runs.head(6).rename(columns={1: "pass@1", 128: "pass@128"}).round(3)

# %%
runs.corr().loc["entropy", [1, 128]].round(2)

# %% [markdown]
# Over the runs, less entropy goes with a higher pass@1 (correlation [-0.98]{with_pass_1}) and a lower pass@128
# ([+0.90]{with_pass_128}). That is what collapse looks like from outside. But look at the names: the [four lowest]{lowest} are
# the runs at learning rate [1e-5]{given}. A larger step moves the whole model further, so this is an association and no proof.
# Among the [ten]{others} other runs the correlation with pass@128 is still [+0.82]{among_others}; among these [four]{lowest}
# it is [-0.39]{among_lowest}, and so few points cannot tell it from zero. And no run falls below the base model here: its
# pass@128 is [0.974]{base_many}, the [lowest run's 0.976]{lowest_many}, as the curves show:
#
# %% tags=["claims"]
_fast = runs.index.str.contains("lr1e5")


def runs_in_all():
    return len(runs)


def with_pass_1():
    return runs.corr().loc["entropy", 1]


def with_pass_128():
    return runs.corr().loc["entropy", 128]


def lowest():
    return int(_fast.sum()), bool(_fast[: _fast.sum()].all())


def others():
    return int((~_fast).sum())


def among_others():
    return runs[~_fast].corr().loc["entropy", 128]


def among_lowest():
    return runs[_fast].corr().loc["entropy", 128]


def base_many():
    return passed.loc["base", 128]


def lowest_many():
    return runs[128].min()


# %%
explorers.training_logs(run="grpo-lr1e5", step=200)

# %% [markdown]
# ## Take with you
#
# - The gap pass@k - pass@1 grows where the weight is above one and shrinks where it is below. Zero gap: solved, or lost.
# - One prompt, exact gradient: [every goal F(p) that rises with p walks the same path]{every_goal}. k sets the clock.
# - Under the exact gradient of F(p) alone, the likelier right answer [wins]{likelier_goes_on} where each has a logit of its own.
#   Where logits are computed from parameters another may, [for every k]{same_end_again} the same. [Nothing]{blind} in F(p) prefers several answers to one.
# - Entropy and KL can hold answers open, at a price; weak ones act too late under pass@1, and at a high price under pass@16.
#
# **Next:** [05_many_prompts](05_many_prompts.ipynb). Where "no new direction" ends.
#
# To read: [arXiv 2510.14807](https://arxiv.org/abs/2510.14807) (SimKO) on collapse onto the top answer;
# [arXiv 2505.22617](https://arxiv.org/abs/2505.22617) on entropy; [arXiv 2605.00365](https://arxiv.org/abs/2605.00365) on
# spreading credit over right answers.
#
# %% tags=["claims"]
_goals = [objectives.get(name) for name in objectives.names()]


def every_goal():
    paths = [exact.flow(_pair, goal, until_p=0.6).policy[-1] for goal in _goals]
    return bool(np.allclose(paths, paths[0], atol=1e-6))


def likelier_goes_on():
    draws = np.random.default_rng(5)
    for _ in range(5):
        first, second = sorted(draws.uniform(0.01, 0.4, 2), reverse=True)
        path = exact.flow(exact.several_correct((first, second), wrong=3), "pass@1", until_p=0.99).policy
        if (np.diff(path[:, 0] / path[:, 1]) <= 0).any():
            return False
    return True


def same_end_again():
    return same_end()


def blind():
    one, several = exact.several_correct((0.3,)), exact.several_correct((0.1, 0.1, 0.1))
    return all(abs(one.value(goal) - several.value(goal)) < 1e-12 for goal in _goals)
