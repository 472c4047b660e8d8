# %% [markdown]
# # Exploring on purpose
#
# The paper's advice: leave pass@k as a gauge, and encourage exploration *explicitly*. There are many ways: pay for entropy, stay near
# the base, pay for what is new or unlikely, clip differently, give hints. None is a function of p, so none is an objective in the
# sense of notebook 02; each is a **mechanism** that a run adds to one.
#
# **After this notebook** you can say what each mechanism changes in a training step, write four of them, and say which keep
# coverage in this network, at what price in pass@1, and whether that beats training on pass@k. It takes about 50 minutes; the computer
# needs {measured}.

# %%
import math

import pandas as pd

from passk_lab import explorers, lm
from passk_lab.course import check, predict, predicted, progress, quiz
from passk_lab.lm import mechanisms, recorded

progress("08_exploring_on_purpose")

# %% [markdown]
# ## What there is

# %%
pd.DataFrame(mechanisms.overview()).set_index("name")[["coefficients", "source"]].style.set_properties(**{"text-align": "left"})

# %% [markdown]
# They act in four places: on the loss (`entropy`, `kl-…`, `k…-in-loss`), on what a sample is worth (`k…-in-reward`, `novelty`,
# `unlikeliness`, `count-bonus`, `uniform-correct`, `differential-smoothing`), on how far a token may move (`clip-…`), on what is asked
# (`annealed-k`, `prefix-hints`). Adding one of your own takes one class; the last cell but one shows it.
#
# ## Paying for what is rare
#
# **Novelty** shares a solution's reward among its copies: eight right samples with one and the same solution get 1/8 each, a ninth
# with another solution gets 1.
#
# ### Exercise 1. Novelty (easy, 4 minutes)

# %%
def novelty_reward(solutions, i):
    """Reward of sample i: 1 shared among the copies of its solution in the group, 0 if it is wrong (-1)."""
    # solution
    return 0 if solutions[i] == -1 else 1 / solutions.count(solutions[i])
    # end solution


check.novelty_reward(novelty_reward)

# %% [markdown]
# **Unlikeliness** pays a right sample less the likelier it was. Somebody wrote:

# %%
def shipped_unlikely_reward(log_chances, right, i, beta):
    rank = sorted(log_chances, reverse=True).index(log_chances[i])
    return right[i] * (1 - beta * rank / len(right))


shipped_unlikely_reward([-1.0, -5.0, -9.0], [1, 1, 1], 0, 0.5), shipped_unlikely_reward([-1.0, -5.0, -9.0], [1, 1, 1], 2, 0.5)

# %% [markdown]
# The first sample is the likeliest of the three, and it is paid in full.
#
# ### Exercise 2. Spot the bug (medium, 6 minutes)

# %%
def fixed_unlikely_reward(log_chances, right, i, beta):
    """right[i] (1 - beta rank / n); rank 0 is the least likely, equal ones share the mean of their places."""
    # solution
    less = sum(other < log_chances[i] for other in log_chances)
    same = sum(other == log_chances[i] for other in log_chances)
    return right[i] * (1 - beta * (less + (same - 1) / 2) / len(right))
    # end solution


check.fixed_unlikely_reward(fixed_unlikely_reward)

# %% [markdown]
# **Uniform-correct** leaves the sum of credit as it is and deals it out anew among the right samples.
#
# ### Exercise 3. Deal it out (medium, 6 minutes)

# %%
def uniform_credit(credit, q, i, tau):
    """Part of right sample i when the sum of m equal credits is dealt: 1 - tau evenly, tau in proportion to 1/q."""
    # solution
    m = len(q)
    return credit * m * ((1 - tau) / m + tau * (1 / q[i]) / sum(1 / other for other in q))
    # end solution


check.uniform_credit(uniform_credit)

# %% [markdown]
# ## Paying for entropy, and when it explodes
#
# The entropy of an *answer* is what we mean by "how much it still explores". The network gives only next-token distributions.
#
# ### Exercise 4. One step of the derivation (medium, 6 minutes)
#
# An answer of two tokens: `first` holds the chances of the first token, `second[i]` those of the second token after first token i.

# %%
def answer_entropy(first, second):
    """Entropy of the whole answer, in nats: the chain rule."""
    # solution
    def entropy(chances):
        return -sum(q * math.log(q) for q in chances if q)

    return entropy(first) + sum(q * entropy(row) for q, row in zip(first, second, strict=True))
    # end solution


check.answer_entropy(answer_entropy)

# %% [markdown]
# That is the `entropy` of the run diagnostics, 3.9 nats for the base. The bonus pays for it, with a coefficient that is a problem:
# too small and nothing is held, too large and the policy ends up writing anything. So trainers use a controller: here that of
# Skywork-OR1 ([arXiv 2505.22312](https://arxiv.org/abs/2505.22312)) as TRL has it, which also pays no bonus while there is enough.
#
# ### Exercise 5. The controller (easy, 3 minutes)

# %%
def next_coefficient(coefficient, entropy, target, delta):
    """Next coefficient: up by delta at the target or below it, down by delta above it, always between 0 and 1."""
    # solution
    return max(0, min(1, coefficient + (delta if entropy <= target else -delta)))
    # end solution


check.next_coefficient(next_coefficient)

# %% [markdown]
# Here is the explosion, live: the collapsed policy of notebook 06 goes on with a bonus of 0.3, once under GRPO and once under pass@16
# (leave-one-out).

# %%
small = {"base": "collapsed", "prompts": 8, "n": 16, "judged": 2, "steps": 80, "evaluate_every": 80}  # a few seconds
bonus = {"entropy": {"coefficient": 0.3}}
goals = {"GRPO": ("grpo", {}), "pass@16": ("pass@k-loo-1", {"k": 16})}
runs = {
    label: lm.train(lm.TrainConfig(objective=name, parameters=k, mechanisms=bonus, **small))
    for label, (name, k) in goals.items()
}
pd.DataFrame({(label, what): run.steps.set_index("step")[what] for label, run in runs.items() for what in ("entropy", "pass_at_1")}).iloc[9::10].round(2)

# %%
runs["pass@16"].ended

# %% [markdown]
# The same policy, the same bonus. GRPO holds it in check: as soon as a solved group has a wrong sample, the right ones are credited
# against it in full. Under pass@16 the weight of a prompt with p = .6 is 16 · 0.4¹⁵, about 0.00002: nothing speaks against the bonus,
# entropy climbs towards the 28 nats of a uniform policy, and from there no group has a right sample that could bring it back. The
# run stops itself and says why.
#
# ## Staying near the base
#
# A KL term compares with the base, and it has two directions. One asks: do I write what the base would not? The other: have I
# given up what the base would write?
#
# ### Exercise 6. The covering one (medium, 5 minutes)

# %%
def covering_kl(base, policy):
    """The KL divergence, in nats, that is large where the policy has given up what the base writes."""
    # solution
    return sum(b * math.log(b / q) for b, q in zip(base, policy, strict=True) if b)
    # end solution


check.covering_kl(covering_kl)

# %% [markdown]
# In the mechanisms they are `kl-reverse` (the usual penalty) and `kl-forward` (this one).
#
# A trainer of a large model does not sum over the vocabulary. It estimates the usual one from the tokens that were drawn, with their
# log ratio d to the base: k1 = d, k2 = d²/2, k3 = e⁻ᵈ - 1 + d; and it puts the estimate into the reward, or into the loss and
# differentiates it. As numbers k1 and k3 are right on average. What they *train* depends on the place:

# %%
from passk_lab.exact import kl_estimate_gradient

now, start = [1 / 2, 1 / 4, 1 / 4], [1 / 4, 1 / 2, 1 / 4]
pd.DataFrame(
    {place: {k: kl_estimate_gradient(now, start, k, place).round(3) + 0 for k in ("k1", "k2", "k3")} for place in ("reward", "loss")}
)

# %% [markdown]
# The gradient of KL(policy || base) is ln 2 · (6, -5, -1)/16 = (.260, -.217, -.043). Two of the six have it: k1 in the reward, as RLHF
# does, and k2 in the loss. k1 in the loss trains nothing on average, and GRPO's k3 in the loss trains the *other* divergence, the covering
# one: the policy less the base, (.25, -.25, 0). For answers of many tokens one more thing is lost in the loss: that a first token also
# decides which later tokens are written at all. `kl-reverse` has both parts exactly; the six are mechanisms too, `k1-in-reward` to
# `k3-in-loss`.
#
# ## What keeps coverage, and at what price
#
# All mechanisms below are added to GRPO (*annealed k* to pass@k), three rates, three seeds each. First the frontier:

# %%
predict(
    "novelty at equal progress",
    "Where GRPO has pass@1 = 40 % it has pass@256 = 93 %; pass@4 with leave-one-out about 96 %. What has GRPO with the novelty bonus?",
    low=0.8,
    high=1.0,
)

# %%
explorers.frontier_of_runs(method="novelty", beside="GRPO", k=256, progress=0.4)

# %%
print("you said", predicted("novelty at equal progress"))
equal = recorded.equal_progress(0.4, k=256)
best = equal.loc[equal.groupby("method")["mean"].idxmax()].set_index("method")
best[["part", "rate", "mean", "low", "high"]].sort_values("mean", ascending=False).round(4)

# %% [markdown]
# Each method at its best rate, where its mean pass@1 is 40 %. `low` and `high` are single seeds.
#
# **How to read it.** Many mechanisms stand above GRPO, some well above: forward KL .963, novelty .958, reverse KL .954. So exploring on
# purpose works. And then: MaxRL .967, pass@4 with leave-one-out .955, exact pass@4 .973, exact log p .982. The objectives that the paper
# would only watch keep as much, or more. Within three seeds novelty, forward KL, MaxRL and pass@4 cannot be told apart.
#
# Uniform-correct, differential smoothing and the count bonus at the strengths taken here (those of their papers, or one tried
# value) hardly leave GRPO's line. That is no verdict on them: nobody tuned them. *Entropy held at 3* does hold it, between
# 2.7 and 3.2 nats from step 90 on at every rate, and keeps .940. *Annealed k* starts from plain pass@16 and pays for its noise: it never comes to .4 in all seeds.

# %%
explorers.recorded_runs(method="novelty", beside="reverse KL", rate=4, step=240)

# %% [markdown]
# The other side of the coin is how far each gets. Highest mean pass@1 that each method reaches at any rate, and its distinct
# solutions in 256 samples there:

# %%
curves = recorded.curves().query("split == 'unseen' and k == 1 and part in ('objectives', 'exploring')")
mean = curves.groupby(["method", "rate", "step"])[["pass_at_k", "distinct_256"]].mean().reset_index()
mean.loc[mean.groupby("method").pass_at_k.idxmax()].set_index("method").sort_values("pass_at_k", ascending=False).round(4)

# %%
quiz("entropy explosion")

# %% [markdown]
# ## One of your own
#
# A mechanism is a dataclass with one hook. This one pays nothing to a solution that more than half of the group's right
# samples share. It is then a name like any other, in `TrainConfig`, in the cockpit, on the command line.

# %%
from dataclasses import dataclass


@mechanisms.register("no-majority", rule=r"r_i \to r_i [\text{copies}_i \leq c/2]", source="this notebook")
@dataclass
class NoMajority(mechanisms.Mechanism):
    """Credit a right sample only while its solution is no majority."""

    def credit(self, batch, credit):
        majority = batch.copies > batch.c[:, None] / 2
        return credit.masked_fill(majority & (credit > 0), 0.0)


mine = lm.train(lm.TrainConfig(mechanisms={"no-majority": {}}, steps=40, evaluate_every=40, judged=10))
mine.evaluations.query("k in (1, 256) and split == 'unseen'")[["step", "k", "pass_at_k", "distinct_256"]].round(3)

# %% [markdown]
# Try it against GRPO with 120 steps and three seeds before you believe in it.

# %%
mechanisms.forget("no-majority")
quiz("which kl")

# %% [markdown]
# ## Verdict, so far
#
# | claim | in this network |
# |---|---|
# | GRPO alone collapses, an explicit hold keeps coverage | yes: at equal pass@1 forward KL, novelty, reverse KL, entropy, in this order |
# | an explicit bonus beats training on pass@k | no: on the plane of pass@1 and pass@256 they are level, and MaxRL with them |
# | holding exploration open costs nothing | no: what keeps most coverage reaches least pass@1 in 240 steps |
# | an entropy bonus is safe | no: after a collapse .3 destroys the policy under pass@16 within 50 steps; under GRPO the same .3 is harmless |
#
# ## Take with you
#
# - A mechanism is not a function of p; it acts on the loss, the credit, the step or the question.
# - Every hold costs pass@1; compare at equal pass@1, with seeds.
# - An entropy bonus needs something that speaks against it; where all groups are silent it explodes.
#
# **Next:** how to predict pass@1000 from sixteen samples, which is what one needs where p is not known.
#
# To read: the entropy law and KL-Cov ([arXiv 2505.22617](https://arxiv.org/abs/2505.22617)), unlikeliness
# ([arXiv 2506.02355](https://arxiv.org/abs/2506.02355)), outcome-based exploration
# ([arXiv 2509.06941](https://arxiv.org/abs/2509.06941)), DPH-RL ([arXiv 2509.07430](https://arxiv.org/abs/2509.07430)), UCPO
# ([arXiv 2605.00365](https://arxiv.org/abs/2605.00365)); where a KL estimate belongs ([arXiv 2506.09477](https://arxiv.org/abs/2506.09477),
# [arXiv 2510.01555](https://arxiv.org/abs/2510.01555), [arXiv 2512.21852](https://arxiv.org/abs/2512.21852)).
