"""What is done in class, each thing once: the plans say when, and for how many minutes."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Activity:
    """One thing that a class does."""

    title: str
    do: str
    """What you do and say, in the imperative."""
    late: str
    """What to cut here when you are late, or why nothing may be."""
    figure: str = ""
    """Name of a figure of the kit, opened where its question is put."""
    vote: bool = True
    """Whether the question of the figure is put to the class."""
    papers: tuple[str, ...] = ()
    """Names of exercises on paper."""
    notebook: str = ""
    """Worked in by the class, each at a machine."""
    finish: str = ""
    """The exercise of that notebook that all have to finish."""


PREDICT = Activity(
    "A number before a word is said",
    "Hand out the sheet. Each fills in the boxes of predictions alone; nobody is marked for them, and nobody may change "
    "them later. Then say the question: is pass@k something to train a model on, or only something to watch?",
    "Two boxes are enough: the one on draws, and the curve.",
)
GUESS_SILENCE = replace(
    PREDICT,
    do="Each writes a number on paper, alone, for what comes today: a prompt is solved once in a thousand draws; of a "
    "hundred groups of sixteen samples, how many hold a right one? Nobody is marked for it, and nobody changes it later. "
    "You compare it with the figure on groups.",
    late="Have three say their number aloud, and write them on the board.",
)
GUESS_MIXTURE = replace(
    GUESS_SILENCE,
    do="Each writes a number on paper, alone, for what comes today: a policy cannot see its prompt; strategy A solves six "
    "prompts of ten, B the other four. It is trained on the chance that one of sixteen draws is right. How often will it "
    "use A? Nobody is marked for it, and nobody changes it later. You compare it with the figure on two strategies.",
)
GUESS_NETWORK = replace(
    GUESS_SILENCE,
    do="Each writes a number on paper, alone, for what comes today: a small network, which solves nearly all prompts in 256 "
    "draws, is trained until it solves far more at one draw. Of a hundred prompts, how many does it now solve in 256? "
    "Nobody is marked for it, and nobody changes it later. You compare it with the figure on a small network.",
)
ASK_AGAIN = Activity(
    "Ask again: what k draws do",
    "Put the question, count hands for a, b and c, let two who disagree convince each other, count again. Only then move "
    "k in the figure. Say that p is all there is to know of one prompt here, and that pass@k is a function of it.",
    "Nothing: all that follows stands on this. Skip the second count.",
    figure="pass-at-k",
)
BY_HAND = Activity(
    "By hand: at least one, and mixed groups",
    "Two minutes alone, one with a neighbour, then the board. Ask for wrong answers first, and have the class say what "
    "each of them would be the right answer to.",
    "The first exercise only; the second becomes homework.",
    papers=("at least one", "mixed group"),
)
AT_LEAST_ONE = replace(
    BY_HAND, title="By hand: at least one", late="Do it together on the board.", papers=BY_HAND.papers[:1]
)
CURVES_CROSS = Activity(
    "You draw it: real curves",
    "The base's curve is shown. Say where the trained model stands at one draw; each copies the one curve and draws the "
    "other, up to 128 draws. Then show it, put the question, and collect what the counts do NOT show: one pair, one "
    "sampler, right final answers only.",
    "Leave the drawing out and show both at once.",
    figure="real-curves-math500",
)
NETWORK_COLLAPSES = Activity(
    "The same in a network you can see through",
    "Show the base, and pass@1 over the run; each draws pass@256. Then show the answer, press ▶ beside the step, and stop "
    "where the curves cross. Put the question before you go on to the end. Here pass@k is exact, so no sampling error can "
    "be blamed.",
    "Go to the last step at once.",
    figure="collapse-run",
)
FROM_COUNTS = Activity(
    "From counts to pass@k",
    "First the exercise, then the figure: why not put c/n for p? Show both means, then both squared errors.",
    "Leave out the squared errors.",
    figure="estimator-lab", papers=("pass@k from counts",),
)  # fmt: skip
MEAN_OF_PROBLEMS = Activity(
    "Problems first, then the mean",
    "Let them compute, and have those who pooled the samples explain why they did. Then say which tools shipped it.",
    "Say the right answer and the wrong one, and go on.",
    papers=("mean of two problems",),
)
ONLY_A_FACTOR = Activity(
    "The claim: no new direction",
    "On the board: pass@k = 1 − (1 − p)^k, so its gradient is k (1 − p)^(k−1) times that of p. Put the question, then let "
    "the three run: one path, three clocks. Say the claim aloud: for one prompt, k changes when, not where.",
    "Skip the vote, not the derivation.",
    figure="same-path",
)
SLOPE = Activity(
    "By hand: slopes",
    "Alone, then compared with a neighbour. The second asks where training widens the gap and where it closes it: let "
    "them find the turning point, where the weight of pass@k is 1.",
    "The first only; the second becomes homework.",
    papers=("slope of failure", "slope of the gap"),
)
SIGNAL_DIES = Activity(
    "Where the signal dies",
    "Start in the middle and put the question; only then show the answer, and move p towards zero. Then go to the other "
    "end: there the weight is gone, here right samples are missing. Two ends, two reasons.",
    "Show p near zero, and tell the other end.",
    figure="vanishing-signal",
)
ONE_TAKES_ALL = Activity(
    "One right answer takes all",
    "Put the question with the time at zero, then press ▶. Ask who expected pass@16 to keep all four. The objective cannot "
    "tell two right answers apart, so it has no reason to keep both.",
    "Jump to the end by the link.",
    figure="collapse",
)
DIFFERENT_ANSWERS = Activity(
    "By hand: different answers",
    "What a gap does not show, this number does. Compare with the chance of at least one right answer, which counts "
    "copies as well.",
    "Leave it out; it is an exercise of notebook 04.",
    papers=("different answers",),
)
CLAIM_STOPS = Activity(
    "Where the claim stops",
    "Say 'no new direction' once more, then ask of how many prompts that was said. Put the question. Turn the angle until "
    "a step for pass@8 harms pass@1.",
    "Do not turn the angle: open the view of the answer at once. Never leave it out, or the class goes home with half of "
    "the truth.",
    figure="interference",
)
MIXTURE = Activity(
    "Where pass@k is right to differ",
    "A policy that cannot see its prompt needs both strategies. Put the question, then let it train. Here pass@k as an "
    "objective does what pass@1 cannot.",
    "Show the end and say what it means.",
    figure="strategies",
)
EQUAL_PROGRESS = Activity(
    "Compare at equal progress",
    "Put the question with the numbers of equal steps. Then compare where pass@1 is equal, and say what is left of the "
    "difference, and what the spread of seeds leaves of that.",
    "Tell the rule: never compare coverage at unequal pass@1.",
    figure="frontier-of-runs",
)
NOISE_OR_OBJECTIVE = Activity(
    "The objective, or the noise?",
    "One objective twice: by its exact gradient, and by groups of samples. Put the question; what differs is sampling "
    "alone.",
    "Put no question: show the two curves, and say that one objective made both.",
    figure="recorded-runs",
)
HOLD_OPEN = Activity(
    "What holds answers open",
    "Collect what the class would add to the loss. Try each in the figure, and read off its price in pass@1. Put the "
    "question before the two divergences are shown.",
    "Put the question at once, and try the entropy bonus alone.",
    figure="held-open",
)
BEYOND_SAMPLES = Activity(
    "Eight samples, and someone asks for pass@100",
    "Put the question. Here is how wide intervals are: ask which of them hold. Show the method that is sure and wrong, "
    "then bounds that hold and say little.",
    "Vote, and say the answer.",
    figure="predictions",
)
VERIFIER = Activity(
    "And if the verifier errs?",
    "By hand first. Then ask what many draws find: right answers, or the verifier's mistakes?",
    "Say the answer and let them be surprised by it.",
    papers=("accepted and right",),
)
ALARM = Activity(
    "Something to watch: does it warn?",
    "The other half of the question. The gap tells two runs apart; put the question whether it warns one of them in time.",
    "Vote, and say the answer.",
    figure="alarms",
)
SILENT_GROUPS = Activity(
    "Silent groups in a real run",
    "Put the question, then go through the visits: more and more groups are silent because all of their samples are right.",
    "Show the first visit and the last, and have them say which end has grown.",
    figure="visits",
)
RETELL = Activity(
    "Retell it",
    "Each writes three sentences on the sheet: what the claim is, where it holds, where it stops. Two are read aloud. "
    "Then the predictions: who was furthest off, and on which one?",
    "Two sentences; never leave it out, since this is what you will read tonight.",
)
RETELL_COUNTS = replace(
    RETELL,
    do="Each writes three sentences on paper: what pass@k of a benchmark is, how it is had from counts, and what a crossing "
    "of two curves does not show. Two are read aloud. Then the predictions on draws and on the curves: who was furthest off?",
)
RETELL_GRADIENT = replace(
    RETELL,
    do="Each writes three sentences on paper: what the claim is, why the chain rule makes it true of one prompt, and what "
    "dies at which end. Two are read aloud. Then the number of today: who was furthest off?",
)
START_MACHINES = Activity(
    "Machines",
    "Everybody opens notebook 00 and pulls one slider. Who has none sits beside somebody. Say that hints cost nothing and "
    "that a solution opened counts as opened.",
    "Leave out the slider: they open the notebook of the lesson while you talk.",
    notebook="00_start_here",
)


def work(notebook: str, what: str, finish: str) -> Activity:
    """Return the time in which each works in a notebook by themselves; `finish` is the exercise that nobody leaves out."""
    return Activity(
        f"At the machines: notebook {notebook[:2]}",
        f"{what} Walk about; who is stuck for five minutes opens the next hint. Stop all of them in time for the board: "
        "which wrong answer was the commonest, and what did it compute instead?",
        f"All finish {finish}; the rest is homework.",
        notebook=notebook,
        finish=finish,
    )


BREAK = Activity(
    "Break", "Leave the last figure on the wall.", "Begin again when most are back; the second half is the denser one."
)
