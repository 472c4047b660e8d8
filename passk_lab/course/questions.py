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
)  # fmt: skip

QUESTIONS: dict[str, Question] = {question.name: question for question in _ALL}
