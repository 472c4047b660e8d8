"""The questions of all notebooks, with a reason for every choice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One choice, and why it is right or wrong."""

    text: str
    right: bool
    reason: str


@dataclass(frozen=True)
class Question:
    """A question with exactly one right choice."""

    name: str
    text: str
    choices: tuple[Choice, ...]


_ALL = (
    Question(
        "independent draws",
        "A model solves a prompt with chance 1/2. You draw twice. How likely is at least one right answer?",
        (
            Choice("1/2 + 1/2 = 1", False, "Adding counts the case 'both right' twice. Two coin tosses can both be tails."),
            Choice("3/4", True, "Both are wrong with chance 1/4; everything else has a right answer in it."),
            Choice("1/4", False, "That is the chance that both are right (and also the chance that both are wrong)."),
        ),
    ),
    Question(
        "silent group",
        "In group training, the samples of one prompt are compared with each other. Which group of eight teaches nothing?",
        (
            Choice("one with 1 right and 7 wrong", False, "Here the right one stands out: this is a strong contrast."),
            Choice("one with 4 right and 4 wrong", False, "Half right is the richest contrast of all."),
            Choice("one with 8 right", True, "Nothing to compare: every sample is as good as the mean. The same holds for 8 wrong."),
        ),
    ),
    Question(
        "gap to zero",
        "The gap between pass@16 and pass@1 of a prompt has gone to zero in training. What do you know?",
        (
            Choice("The prompt is solved.", False, "Perhaps. But the gap is also zero where no sample is ever right."),
            Choice("The policy answers (almost) always right or (almost) always wrong.", True,
                   "The gap is zero at both ends. Read it together with pass@1, which says at which end you are."),
            Choice("Two draws would show a gap, sixteen are too many.", False,
                   "A gap never shrinks as k grows: at k = 2 it is no larger than at 16. (At much larger k one may appear: "
                   "p = 0.0001 has a gap of 0.0015 at 16 draws and of 0.095 at 1000.)"),
        ),
    ),
    Question(
        "why unbiased",
        "Why not simply use 1 - (1 - c/n)^k?",
        (
            Choice("It is always further from the truth.", False,
                   "Not always: its squared error can be smaller (n = 10, k = 5, p = 0.1). See the estimator lab."),
            Choice("Its average over repeated experiments is too low, for every k >= 2 and 0 < p < 1.", True,
                   "(1 - c/n)^k bends upwards, so noise in c/n raises its mean, and pass@k comes out too low."),
            Choice("It cannot be computed for large n.", False, "It is the easier one to compute."),
        ),
    ),
    Question(
        "k beyond n",
        "You drew 8 samples and want pass@100. What can be said?",
        (
            Choice("Nothing at all.", False, "With a prior you get a belief, which leans on that prior: pass_at_k_posterior."),
            Choice("No unbiased estimate exists; a model or a prior must fill the gap, and should be named.", True,
                   "The mean of any estimate from 8 samples is a polynomial of degree at most 8 in p; pass@100 has degree 100."),
            Choice("It is 1 if any sample was right, else 0.", False, "That is pass@8 under another name."),
        ),
    ),
    Question(
        "what crossing shows",
        "The base model overtakes its RL-trained child at k = 15 on MATH500. What does that show?",
        (
            Choice("RL training made the model worse.", False,
                   "At one draw it is far better: 77.9 % against 61.4 %. It depends on how many draws you may take."),
            Choice("The trained model is right more often on most problems, and more rarely on a few that the base model "
                   "sometimes solves.", True,
                   "The share of right samples rose on 417 of 500 problems and fell on 58; within 128 draws 19 were solved by "
                   "the base model only, 3 by the trained one only. One pair, one sampler: of the other runs in the bundled "
                   "data some cross and some do not."),
            Choice("The base model reasons better.", False,
                   "Pass@k counts right final answers, lucky ones too; it does not look at the reasoning."),
        ),
    ),
    Question(
        "only a factor",
        "One prompt, exact gradients. What does training on pass@8 change, compared with pass@1?",
        (
            Choice("It pulls towards answers that pass@1 neglects.", False,
                   "That would be a new direction. The chain rule leaves none: the gradient is 8 (1-p)^7 times that of pass@1."),
            Choice("Only the length of each step, by the factor 8 (1-p)^7.", True,
                   "Same direction, so (in small steps) the same path at another pace: faster below p = 0.257, where the factor is 1, and slower above."),
            Choice("It goes up where pass@1 would go down.", False,
                   "The factor is never negative: a step that helps pass@8 of a single prompt helps its pass@1 as well."),
        ),
    ),
    Question(
        "what a group sees",
        "You draw groups of 8 samples. For which k can a rule of credits follow the gradient of pass@k without bias?",
        (
            Choice("For any k, if you average over enough groups.", False,
                   "More groups take away noise, not bias: the mean of every rule on groups of 8 stays a polynomial of degree 7 at most in p."),
            Choice("For k up to 8.", True,
                   "The weight of a group of n is a polynomial of degree n - 1 in p at most; k (1-p)^(k-1) has degree k - 1."),
            Choice("For k up to 7.", False,
                   "k = 8 still fits: give 8 to the only right sample of a group, and nothing otherwise. (Rules that take off the group's own "
                   "mean do end at 7: at k = n that mean is all there is.)"),
        ),
    ),
    Question(
        "what vanishes at zero",
        "A prompt's p goes to 0, and you train on pass@16. What vanishes?",
        (
            Choice("The weight of pass@16.", False,
                   "It goes to 16, the largest it can be. It is at the other end, p = 1, that the weight vanishes."),
            Choice("The gradient of p itself, and the chance that a group holds a right sample.", True,
                   "In the logits of a softmax the gradient of p shrinks like p, and a group of n has a right sample with chance n p at most. "
                   "Pass@1 suffers from both in the same way."),
            Choice("Nothing: with exact gradients pass@16 learns as fast there as anywhere.", False,
                   "It is sixteen times as fast there as pass@1, but both slow down like p: with exact gradients too, a rare answer starts slowly."),
        ),
    ),
    Question(
        "more draws more signal",
        "p = 0.001, groups of 8. You raise k from 4 to 8. What happens to the groups that hold a right sample?",
        (
            Choice("Twice as many hold one.", False,
                   "What a group holds is decided when it is sampled, by p and n. k enters only afterwards, in the credit."),
            Choice("As few as before hold one, 0.8 % of them; the credit in those is larger.", True,
                   "1 - 0.999^8 = 0.008, whatever k is. Only more samples, or a larger p, make such groups more frequent."),
            Choice("As few as before, but what they say is less noisy.", False,
                   "A larger factor multiplies the mean and the spread of the estimate alike. Without a baseline their squared ratio, on one logit "
                   "at pass@1, is n p/(1-p): it grows with n."),
        ),
    ),
    Question(
        "gap and collapse",
        "In training, the gap between pass@16 and pass@1 of one prompt went from 0.6 to 0.1. What is certain?",
        (
            Choice("The policy now gives fewer different right answers.", False,
                   "The gap of one prompt depends on p alone. One right answer or a hundred: the same p has the same gap."),
            Choice("p has come closer to 0 or to 1, and the gap does not say to which.", True,
                   "As p runs from 0 to 1 the gap rises once, to 0.78 at p = 0.169, and falls once. Read pass@1 beside it."),
            Choice("Pass@16 has fallen.", False,
                   "Pass@16 rises whenever p does. If p went from 0.4 to 0.9, the gap closed because pass@1 caught up."),
        ),
    ),
    Question(
        "which answer wins",
        "Two answers are right, with chances 0.3 and 0.1. You follow the exact gradient of pass@8 in the logits. Which logit grows faster?",
        (
            Choice("That of the rarer answer: pass@8 rewards diversity.", False,
                   "Pass@8 rewards finding ANY right answer. It cannot tell the two apart, so it has no reason to favour the rarer."),
            Choice("That of the likelier answer, for every k.", True,
                   "The lead grows at the speed k (1-p)^(k-1) (0.3 - 0.1) (1-p). k sets the pace and never the sign."),
            Choice("Both alike, since both are right.", False,
                   "Each logit moves in proportion to its own chance: the likelier answer is drawn more often, and learnt more from."),
        ),
    ),
    Question(
        "no new direction",
        "For each prompt the pass@k gradient points where its pass@1 gradient points. Prompts share parameters. What of the means over prompts?",
        (
            Choice("They point the same way: all weights are positive.", False,
                   "Positive weights keep the direction of each term, not that of the sum: 0.19 - 0.11 is positive, but with the weights of pass@2 "
                   "at p = 0.75 and 0.125, 0.5 * 0.19 - 1.75 * 0.11 is negative."),
            Choice("They can differ, and even point against each other.", True,
                   "Each prompt gets a weight of its own, so the sum turns. 'No new direction' is a statement about one prompt."),
            Choice("They differ only if the gradients are estimated from samples.", False,
                   "Sampling adds noise and sometimes bias. The turn is there with exact gradients too."),
        ),
    ),
    Question(
        "why pass@1 falls",
        "Training on mean pass@k raised it, and mean pass@1 fell. The gradients were exact. How can that be?",
        (
            Choice("It cannot: pass@k rises exactly when pass@1 does.", False,
                   "True for each single prompt. Of two means over several prompts one can rise and the other fall."),
            Choice("Hard prompts, which pass@k weighs up, pulled shared parameters in a direction that harms easier ones.", True,
                   "It takes both: weights that differ, and prompts whose gradients point apart. More hard prompts alone are not enough."),
            Choice("Pass@k lowers p on solved prompts, since their weight is small.", False,
                   "A small weight is still not negative: such a prompt is no longer defended, but its own gradient never pushes it down."),
        ),
    ),
    Question(
        "why pass@256 falls",
        "On unseen prompts, 400 steps of GRPO took pass@1 from 0.23 to 0.62 and pass@256 from 0.99 to 0.83. How can both be?",
        (
            Choice("Among 256 samples there are more wrong ones, and they spoil the result.", False,
                   "Pass@k asks for one right answer among k. More samples never harm it, however many are wrong."),
            Choice("Many prompts are now solved nearly always, and some hardly ever: there 256 draws are no longer enough.", True,
                   "Prompts with p below 0.02 went from 3 % to 23 %. At p = 0.02, 256 draws find an answer with chance 0.99; at p = 0.001 with "
                   "chance 0.23. The mean of p hardly sees the difference, pass@256 hardly sees anything else."),
            Choice("Pass@256 from 256 samples is noisy.", False,
                   "These numbers are not sampled: the chances of all right answers are added up. And all three seeds show it."),
        ),
    ),
    Question(
        "what held-out numbers show",
        "The base has pass@1 = 0.25 on the prompts used in training and 0.23 on unseen ones, whose numbers are never trained on. After GRPO: 0.75 and 0.62. "
        "What follows?",
        (
            Choice("The gain is memory.", False,
                   "Then the unseen prompts would not have gained. They rose by 0.39."),
            Choice("Most of the gain carries over to new numbers, and about a fifth does not.", True,
                   "0.50 gained where it trained, 0.39 where it did not. Without the split, all 0.50 would have passed for skill."),
            Choice("Nothing: the unseen prompts may just be harder.", False,
                   "The base finds them nearly as easy (0.23 against 0.25). Compare what was GAINED on each side."),
        ),
    ),
    Question(
        "one learning rate",
        "At one learning rate, after 240 steps, GRPO ends at pass@1 0.57 and pass@256 0.85, training on pass@4 at 0.29 and 0.96. What does that show "
        "of the two objectives?",
        (
            Choice("Pass@4 is the better one for coverage.", False,
                   "It has moved less. On its way GRPO passes pass@1 = 0.29 with pass@256 at 0.96 as well, and at half the rate it ends at 0.50 and 0.89: "
                   "stopping early keeps coverage too."),
            Choice("Two points on two paths: compare pass@256 where pass@1 is EQUAL, over rates and seeds.", True,
                   "Then what is left is the price an objective pays for its gain, apart from how fast it pays. If one path lies above the other at every "
                   "level they share, that says something."),
            Choice("The comparison is fair: same steps, same rate.", False,
                   "Adam divides each gradient by its own size, so one rate means another speed for each objective. Equal steps are not equal progress."),
        ),
    ),
    Question(
        "what exact separates",
        "Trained on pass@4 the network comes to pass@1 = 0.44 by its exact gradient, and to 0.29 by groups of 32 samples with the plain credit table. What "
        "held it down?",
        (
            Choice("The objective: pass@4 gives no pass@1.", False,
                   "Both runs have the same objective, and one of them rose."),
            Choice("The sampling: the plain table is unbiased but noisy.", True,
                   "Network, start, prompts and objective are the same; only what a group sees differs. With the leave-one-out table, same mean and less "
                   "noise, groups of 32 come to 0.43."),
            Choice("The network: its prompts interfere.", False,
                   "It is the same network in both runs. Interference is there with the exact gradient too."),
        ),
    ),
    Question(
        "entropy explosion",
        "A policy with p near 0.9 on most prompts goes on with pass@16 and an entropy bonus. Entropy shoots up, and nothing is right any more. Why?",
        (
            Choice("Pass@16 pays for wrong samples.", False,
                   "It never gives a wrong sample more than a right one. It just says nearly nothing here."),
            Choice("Nothing stands against the bonus: at p = 0.9 the weight of pass@16 is 16 * 0.1^15, about 1.6e-14.", True,
                   "The bonus keeps its size while the pull towards right answers is gone. When p has fallen and the weight is back, right answers may be "
                   "too rare to be sampled: raise the bonus by a controller, never blindly."),
            Choice("The bonus was too large for any objective.", False,
                   "How much is too much depends on what stands against it. The weight of pass@1 is 1 at every p."),
        ),
    ),
    Question(
        "which kl",
        "The base writes A and B half and half; after training the policy writes B once in a thousand. Which divergence from the base rings the alarm?",
        (
            Choice("KL(policy || base): 0.69 nats.", False,
                   "It is a mean over what the POLICY writes, and that is nearly always A. Even if B died out it could not exceed ln 2 = 0.693."),
            Choice("KL(base || policy): 2.76 nats.", True,
                   "A mean over what the BASE writes: half of it is ln(0.5 / 0.001). It grows without bound as B dies out, so it keeps every mode of the base "
                   "alive."),
            Choice("Either: both are 0 only where the two agree.", False,
                   "True, but far from there they differ: 0.69 against 2.76 here, and bounded against unbounded as B dies out."),
        ),
    ),
)  # fmt: skip

QUESTIONS: dict[str, Question] = {question.name: question for question in _ALL}
