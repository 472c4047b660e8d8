# %% [markdown]
# # Exploration collapse
#
# As training goes on, pass@16 and pass@1 come to be the same number: more draws find nothing more. The paper calls this
# *exploration collapse* and concludes that pass@k is a good gauge of it, and no cure. This notebook watches the collapse in
# a world where everything is exact, then in the logs of real runs.
#
# **After this notebook** you can say when the gap between pass@k and pass@1 shrinks, why one right answer takes all whichever
# k is trained on, and what an entropy bonus or a KL term can hold open, how soon and at what price. It takes about 60 minutes; the
# computer needs {measured}.

# %%
import pandas as pd

from passk_lab import data, exact, explorers, objectives
from passk_lab.course import check, predict, predicted, progress, quiz
from passk_lab.exact import derivations

progress("04_exploration_collapse")

# %% [markdown]
# ## The gap
#
# The gap is pass@k less pass@1: what more draws still find.
#
# ### Exercise 1. Does it grow or shrink? (easy, 4 minutes)

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
# It is the weight of notebook 02, less 1. So two of the paper's points are one picture: the gap is widest exactly where
# the weight passes 1, and it shrinks from there on, just where pass@k starts to listen less than pass@1.

# %%
derivations.get("gap-peak")

# %%
explorers.pass_at_k(k=16, p=0.17)

# %% [markdown]
# A gap of zero has two readings. At p = 1 the prompt is solved; at p = 0 it is lost. Read the gap together with p.

# %%
quiz("gap and collapse")

# %% [markdown]
# ## Same path, different clock
#
# One prompt, two right answers with chances 5 % and 4 %, and twelve wrong ones. Train with the exact gradient of pass@1,
# pass@4 and pass@16: three separate computations. Press ▶ beside the time.

# %%
explorers.same_path(t=0)

# %% [markdown]
# **What you see.** All three points travel on one curve, and only the clocks differ: pass@16 starts first and arrives,
# for practical purposes, never. For a single prompt, whatever diversity pass@16 ends with, pass@1 passes through too, at
# the same p. A difference between the two needs several prompts (notebook 05), samples, or an optimiser that bends the
# gradient.

# %%
derivations.get("clock")

# %% [markdown]
# ## Winner takes all
#
# The two right answers start at 5 and 4 %. Nothing is wrong with the second.

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


{"you said": predicted("winner share"), **{f"pass@{k}": round(float(winner_share(k)), 4) for k in (1, 16)}}

# %% [markdown]
# 96 %, and the same for both. Where does that come from?
#
# ### Exercise 2. How fast the lead grows (medium, 8 minutes)
#
# Use what you know: the slope of pass@k in logit a is weight × pi_a × (r_a - p).

# %%
def growth_of_lead(pi, correct, k, i, j):
    """Speed of logit i less that of logit j, when the logits of a softmax policy follow the exact gradient of
    pass@k. Answer a has chance pi[a]; correct lists the right answers, and i and j are two of them.
    """
    # solution
    p = sum(pi[a] for a in correct)
    return k * (1 - p) ** (k - 1) * (pi[i] - pi[j]) * (1 - p)
    # end solution


check.growth_of_lead(growth_of_lead)

# %% [markdown]
# The sign is that of pi_i - pi_j, whatever k is: the likelier right answer always grows faster. Now watch four right
# answers among sixteen:

# %%
explorers.collapse(k=1, t=0)

# %% [markdown]
# **What you see.** Press ▶ beside the time. First all right answers rise; then the first one takes from the others. The gap closes, and
# sixteen draws show one answer instead of ten. Choose k = 16 and play again: the same film, with an endless last reel.

# %%
quiz("which answer wins")

# %% [markdown]
# ## Counting what is left
#
# ### Exercise 3. Different answers in k draws (medium, 5 minutes)

# %%
def distinct_answers(pi, k):
    """Expected number of DIFFERENT answers in k draws from a policy that gives answer a with chance pi[a]."""
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
# Learning to use three right answers more often reads as a collapse (7.7 to 4.5), and scattering over ten wrong answers
# as diversity (8.6).
#
# ### Exercise 4. Repair it (easy, 3 minutes)

# %%
def fixed_diversity(pi, correct, k):
    """Expected number of different RIGHT answers in k draws. Answer a has chance pi[a]; correct lists the right
    ones, perhaps none.
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
# The paper's advice is to encourage exploration explicitly. Two classics: an **entropy bonus** adds a constant times the
# entropy of the policy to the goal; a **KL term** subtracts a constant times the distance to the policy training started
# from.

# %%
explorers.held_open(hold="entropy bonus", strength=0.1)

# %% [markdown]
# **What you see.** Right: how many right answers are alive. A bonus of 0.3 keeps all four throughout and pays with a
# tenth of pass@1. A weak one, 0.03, lets the collapse happen first, and brings the answers back after ages, because its
# pull on an answer is in proportion to the chance the answer still has. Training stops long before. *Forward* KL does not
# weaken so, and returns sooner. Entropy makes right answers equal; KL keeps the proportions of the start.

# %%
def alive(hold, times=(100, 1_000, 10_000, 100_000)):
    run = exact.flow(exact.several_correct(), "pass@1", until_time=2e5, times=times, anchor=hold)
    return [state.effective_correct for state in run.states()]


holds = [exact.entropy_bonus(0.03), exact.kl_to_start(0.03), exact.kl_to_start(0.03, forward=True), exact.entropy_bonus(0.3)]
table = pd.DataFrame([alive(hold) for hold in holds], index=[f"{hold.name}, {hold.strength}" for hold in holds])
table.set_axis([100, 1_000, 10_000, 100_000], axis=1).rename_axis(columns="right answers alive at t =").round(2)

# %% [markdown]
# ## In real runs
#
# Fourteen runs of GRPO and DAPO on GSM8K, one model, logged step by step. Entropy here is that of the next *token*, which is not
# the variety of answers, but what logs have.

# %%
log = data.load("rlvr-log").query("suite == 'gsm8k' and 181 <= step <= 200")
curves = data.load("rlvr-curves").query("suite == 'gsm8k' and benchmark == 'gsm8k_pass128'")
passed = curves.pivot_table(index="run", columns="k", values="pass_at_k")[[1, 128]]
runs = log.groupby("run").entropy.mean().to_frame("entropy").join(passed)
runs.sort_values("entropy").round(3)

# %%
runs.corr().loc["entropy", [1, 128]].round(2)

# %% [markdown]
# Runs with less entropy have a higher pass@1 (correlation -0.98) and a lower pass@128 (+0.90). That is what collapse looks
# like from outside. But look at the names: the four lowest are the runs at learning rate 1e-5. A larger step moves
# everything, so this is an association, not a proof. Among the ten runs at 5e-6 alone it is still +0.82; among the four at 1e-5, -0.39,
# which with four points says nothing. And no run falls below the base model's pass@128 here (0.974), as the curves show:

# %%
explorers.training_logs(run="grpo-lr1e5", step=200)

# %% [markdown]
# ## Take with you
#
# - The gap pass@k - pass@1 grows where the weight is above 1 and shrinks where it is below. Zero gap: solved, or lost.
# - One prompt, exact gradient: every goal F(p) walks the same path. k sets the clock.
# - Among right answers the likelier one always wins, for every k. Nothing in F(p) prefers two answers to one.
# - Entropy and KL can hold answers open, at a price; weak ones act too late.
#
# **Next:** `05_many_prompts`. Where "no new direction" ends.
#
# To read: [arXiv 2510.14807](https://arxiv.org/abs/2510.14807) (SimKO) on collapse onto the top answer;
# [arXiv 2505.22617](https://arxiv.org/abs/2505.22617) on entropy; [arXiv 2605.00365](https://arxiv.org/abs/2605.00365) on
# spreading credit over right answers.
