"""The same in a real network: curves cross, and what was written before and after."""

from passk_lab import explorers
from passk_lab.lm import recorded
from passk_lab.story import sampled
from passk_lab.story.chapter import Chapter, Figure

LAST = 400

PROSE = """
Is that more than a toy's fate? Take a real network, small enough for a laptop: {parameters:,} parameters. It is given [three]{given}
numbers and a target, as in "[make 24 from 2, 3 and 4]{given}", and writes out two steps. A program checks them. The task is so
small that its right answers can be listed in full, so pass@k is known here, not estimated. It is told for numbers *held
out* from training; and the network is trained {seeds} times, with other random numbers, called *seeds*.

[The base](step=0&k=256) solves {base_one:.0f} % with one try and {base_many:.0f} % with {many}. Press ▶ beside the training step:
the network is trained by GRPO, the usual way to reward right answers: each counts for as much as it is better than the
mean of its group. [After 100 steps](step=100&k=256) it solves
{mid_one:.0f} % and {mid_many:.0f} %; [after 400](step=400&k=256), {last_one:.0f} % and {last_many:.0f} %. One answer is
much better now. Many are worse than before: from k = {below:.0f} on the trained network lies below its own base.

And this is what it writes.
"""


def _below() -> int:
    """Return the k from which on the trained network is below its base, of those that are shown."""
    explorer = explorers.collapse_run(step=LAST)
    ks = [k for control in explorer.description.controls if control.name == "k" for k in getattr(control, "values", ())]
    said = {k: explorer.description.numbers({"step": LAST, "k": k}) for k in ks}
    below = [k for k in ks if said[k]["many"] < said[k]["base_many"]]
    assert below == ks[-len(below) :]
    return below[0]


def chapter() -> Chapter:
    """Return the chapter."""
    mid, last = (explorers.collapse_run(step=step, k=256).numbers for step in (100, LAST))
    return Chapter(
        name="network",
        title="The same in a real network",
        prose=PROSE,
        numbers={
            "seeds": lambda: recorded.cells().query("part == 'objectives'").seed.nunique(),
            "parameters": lambda: sampled.kept()["parameters"],
            "base_one": lambda: last["base_one"],
            "base_many": lambda: last["base_many"],
            "many": lambda: 256,
            "mid_one": lambda: mid["one"],
            "mid_many": lambda: mid["many"],
            "last_one": lambda: last["one"],
            "last_many": lambda: last["many"],
            "below": _below,
            "same": lambda: sampled.right(0, "collapsed")[0][1],
            "of": lambda: sampled.SAMPLES,
            "ways": lambda: len(sampled.right(0, "base")),
            "lost": lambda: 100 * sampled.prompt(1, "base")["p"],
            "gone": lambda: float(f"{1 / sampled.prompt(1, 'collapsed')['p']:.1g}"),
        },
        figure=Figure(explorers.collapse_run(step=0, k=256), ["Curves"], ["step", "k"]),
        part=sampled.as_html(LAST),
        after="""
            Above, training has won: the base writes [24]{given} in {ways} ways (the order counts), the trained network in
            one: {same} of its {of} answers are the same. Below it has lost. The base is right with chance
            {lost:.0f} %; the trained network is sure of one wrong answer, and right about once in {gone:,.0f} tries. Few
            will ask that often.
        """,
        notebook="06_train_a_model",
    )
