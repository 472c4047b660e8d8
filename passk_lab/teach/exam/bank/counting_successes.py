"""Questions on notebook 01: from counts to curves."""

import numpy as np

from passk_lab import metrics
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task, listed

NOTEBOOK = "01_counting_successes"


def _from_counts(n: int, c: int, k: int) -> Key:
    return Key(
        answers=(
            Answer(f"estimate of pass@{k}", float(metrics.pass_at_k(n, c, k)), f"1 - C({n - c}, {k}) / C({n}, {k})"),
        ),
        steps=(
            Step(1, f"There are C({n}, {k}) draws of {k} different samples."),
            Step(2, f"C({n - c}, {k}) of them are all wrong."),
            Step(1, "One minus the share of those."),
        ),
        slips=(
            Slip(
                "1 - (1 - c/n)^k",
                "Draws with replacement, the plug-in: it may take one sample twice.",
                2,
                float(metrics.pass_at_k_plugin(n, c, k)),
            ),
            Slip("C(c, k) / C(n, k)", "All right instead of at least one.", 1, float(metrics.pass_hat_k(n, c, k))),
            Slip(
                "C(n-c, k) / C(n, k)",
                "Stopped one step early: the chance of a miss.",
                3,
                1 - float(metrics.pass_at_k(n, c, k)),
            ),
            Slip(
                "1, since some sample is right", "That is pass@n, whatever k is.", 0, float(metrics.pass_at_k(n, c, n))
            ),
        ),
    )


def _mean(n: int, counts: tuple[int, ...], k: int) -> Key:
    each = metrics.pass_at_k(n, np.array(counts), k)
    total, m = sum(counts), len(counts)
    work = " + ".join(f"(1 - C({n - c}, {k}) / C({n}, {k}))" for c in counts)
    return Key(
        answers=(Answer(f"mean pass@{k}", float(each.mean()), f"({work}) / {m}"),),
        steps=(
            Step(4, f"Each problem by itself: {', '.join(f'{one:.3f}' for one in each)}."),
            Step(2, "Then the mean."),
        ),
        slips=(
            Slip(
                "all samples in one pot",
                "Pooled: one problem's right answers count for another.",
                1,
                float(metrics.pass_at_k(m * n, total, k)),
            ),
            Slip(
                "1 - (1 - c/n)^k of each",
                "The order is right; the draw is with replacement.",
                4,
                float(metrics.pass_at_k_plugin(n, np.array(counts), k).mean()),
            ),
            Slip(
                "share of problems with a right sample",
                f"That is pass@{n}, the end of the curve.",
                1,
                float(metrics.pass_at_k(n, np.array(counts), n).mean()),
            ),
        ),
    )


def _crossing(base: tuple[int, ...], trained: tuple[int, ...]) -> Key:
    n, m = 4, len(base)
    curves = [metrics.pass_at_k_curve(np.full(m, n), np.array(counts), [1, 2, 3, 4]) for counts in (base, trained)]
    first = int(np.argmax(curves[0] > curves[1])) + 1

    def work(counts: tuple[int, ...], k: int) -> str:
        return "(" + " + ".join(f"(1 - C({n - c}, {k}) / C({n}, {k}))" for c in counts) + f") / {m}"

    return Key(
        answers=(
            Answer("(a) base, pass@2", float(curves[0][1]), work(base, 2)),
            Answer("(a) trained, pass@2", float(curves[1][1]), work(trained, 2)),
            Answer("(b) first k", first, str(first), 0),
        ),
        steps=(
            Step(4, "(a) Each problem by 1 - C(n-c, k)/C(n, k), then the mean; two points for each model."),
            Step(
                2,
                f"(b) The curves for k = 1, 2, 3, 4 are {listed(curves[0].round(3))} and "
                f"{listed(curves[1].round(3))}; a tie is not ahead.",
            ),
            Step(
                2,
                "(c) Other problems would have given other curves; order in a plot is found in halves of one model "
                "too. A band of the difference, holding at all k together, has to leave zero on both sides.",
            ),
            Step(
                2,
                "(c) It would show that more draws turn the order on such problems; not that the base reasons better, "
                "since only final answers were checked, and not for k beyond the samples.",
            ),
        ),
        slips=(
            Slip("(b) k = 2", "Counts a tie as ahead.", 9, 2, of=2),
            Slip(
                "(c) 'training has made the model worse'",
                "Takes one k for the whole curve: at one draw it is ahead.",
                7,
            ),
            Slip(
                "(c) 'the base has more ability'",
                "Reads reasoning out of right final answers, lucky ones with them.",
                8,
            ),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "from counts",
        "An estimate without bias",
        "easy",
        "Of n = {n} samples c = {c} are right. Give the unbiased estimate of pass@{k}, from draws of different "
        "samples.",
        ({"n": 10, "c": 3, "k": 2}, {"n": 8, "c": 2, "k": 3}, {"n": 9, "c": 2, "k": 3}, {"n": 12, "c": 2, "k": 3}),
        _from_counts,
        secret=("C(n-c, k)", "C(n - c, k)"),
    ),
    Task(
        NOTEBOOK,
        "mean over problems",
        "Mean over a benchmark",
        "medium",
        "Each of {m} problems was sampled n = {n} times; {counts_text} samples were right. Give the mean pass@{k} "
        "over the problems, without bias.",
        (
            {"n": 6, "counts": (0, 1, 5), "k": 2, "m": 3, "counts_text": "0, 1 and 5"},
            {"n": 6, "counts": (0, 2, 4), "k": 2, "m": 3, "counts_text": "0, 2 and 4"},
            {"n": 5, "counts": (0, 1, 4), "k": 2, "m": 3, "counts_text": "0, 1 and 4"},
        ),
        lambda n, counts, k, m, counts_text: _mean(n, counts, k),
    ),
    Task(
        NOTEBOOK,
        "crossing",
        "Who is ahead, and is it a finding?",
        "hard",
        "A base model and its trained child answered the same {m} problems, n = 4 samples each. Right were, problem "
        "by problem:\n\n"
        "| | {head} |\n|---|{rule}|\n| base | {base_text} |\n| trained | {trained_text} |\n\n"
        "(a) Give pass@2 of both, as means over the problems.\n\n"
        "(b) From which k on is the base strictly ahead?\n\n"
        "(c) What has to be shown before this counts as a finding, and what would it then say of the two models?",
        tuple(
            {
                "m": len(base),
                "head": " | ".join(f"problem {i + 1}" for i in range(len(base))),
                "rule": "---|" * (len(base) - 1) + "---",
                "base_text": " | ".join(map(str, base)),
                "trained_text": " | ".join(map(str, trained)),
                "base": base,
                "trained": trained,
            }
            for base, trained in (
                ((1, 1, 1, 1), (4, 3, 0, 0)),
                ((1, 1, 1, 2), (4, 2, 1, 0)),
                ((1, 1, 1, 0), (4, 1, 0, 0)),
            )
        ),
        lambda base, trained, **_: _crossing(base, trained),
        words=True,
    ),
)
