"""What notebook 10 asks: ten bugs that shipped, each to be found with an exact answer; and one report that is half right."""

from passk_lab.course.content import _detective_scores as scores
from passk_lab.course.content import _detective_training as training
from passk_lab.course.question import Choice, Question

NOTEBOOK = scores.NOTEBOOK

EXERCISES = (
    scores.FIXED_SOLVED,
    scores.SCORE_WITH_A_KEY,
    training.FIXED_CENTRED,
    training.FIXED_ACCUMULATED,
    training.FIRST_OVERFLOW,
    scores.RIGHT_FROM,
    scores.FIXED_BEST_OF,
    scores.FIXED_COUNTDOWN,
    training.CHANCE_OF_A_SPIKE,
    training.FIXED_KL_PULL,
)
"""From easy to hard."""

QUESTIONS = (
    Question(
        "a reward for free",
        "A prompt has no readable key, so each of its answers is paid 1. What does GRPO learn from that group?",
        (
            Choice("To answer such prompts at greater length than the others.", False,
                   "Nothing in the group tells a longer answer from a shorter one: all are paid alike."),
            Choice("Nothing: with equal rewards, each advantage is zero.", True,
                   "So the maintainers said, and so it is. What the gift spoils is the reward that is plotted, and any rule without "
                   "a baseline: REINFORCE would strengthen whatever was written."),
            Choice("That every answer it gave there was right, so to repeat it.", False,
                   "Without a baseline that would be so. GRPO subtracts the group's mean, and 1 - 1 = 0."),
        ),
    ),
    Question(
        "half a sample",
        "An evaluation draws half of its n scores without replacement, takes their mean, and reports the standard deviation of "
        "such means as the error of the mean. A report says that this is systematically too large. Is it?",
        (
            Choice("No: for even n it is the textbook's s/√n, exactly.", True,
                   "s is the standard deviation with n - 1. Half the sample doubles the variance, and drawing without replacement halves "
                   "it again. At odd n it is larger by the factor √((n+1)/(n-1)), and at n = 1 it is NaN: there the report is right."),
            Choice("Yes: half the scores, so the error is √2 too large.", False,
                   "So it would be with replacement. Without it, the halves differ less: list them and see."),
            Choice("No: it is far too small, as halves are much alike.", False,
                   "They are more alike than fresh samples would be, and there are fewer in each: the two cancel. List them."),
        ),
    ),
)  # fmt: skip
