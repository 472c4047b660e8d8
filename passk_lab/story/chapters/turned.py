"""Who is ahead depends on how often you may ask."""

from passk_lab import explorers
from passk_lab.story.chapter import Chapter, Figure
from passk_lab.verdict import real

PROSE = """
*Qwen2.5-7B* is the base, *SimpleRL-Zoo* is what training made of it. Pull the upright line. [With one try](k=1) the
trained model leads by {lead:.0f} points. [At {turn:.0f}](k={turn:.0f})
the two are level; [at 128](k=128) the base, from which it was trained, is {behind:.0f} points ahead. [On the hardest
problems](k=128&level=level 5) the base gains more still, though of so few problems less is sure. (The pictures use the words of the field: a problem is a
*prompt*, an answer a *sample*, and to try *k* times is to *draw* *k* samples.)

The shaded bands say how sure that is: the order turns somewhere between k = {low:.0f} and k = {high:.0f}. With {tries} tries
each, the base solved {only_base:.0f} problems that the trained model did not solve once; the other way round there are
{only_trained:.0f}. Training made the model surer of what it could do already, and took some of what it could do
just now and then.

It need not be so. Of another base, on the easier problems of GSM8K, curves of {others} trained models are public, and
[none of them]{none_below} falls below it at {tries} tries (the last notebook has them). So what does training do to the answers that are right now and
then? For that, look at one problem.
"""


def chapter() -> Chapter:
    """Return the chapter."""
    explorer = explorers.real_curves("math500", k=1)
    first = explorer.numbers
    last = explorers.real_curves("math500", k=128).numbers
    hardest = explorers.real_curves("math500", k=128, level="level 5").numbers
    assert hardest["difference"] < last["difference"]
    others = [so for name, so in real.narrows().cases.items() if name.startswith("GSM8K")]
    return Chapter(
        name="turn",
        title="Who is better depends on how often you ask",
        prose=PROSE,
        numbers={
            "lead": lambda: first["difference"],
            "turn": lambda: first["crossing"],
            "behind": lambda: -last["difference"],
            "low": lambda: first["crossing_low"],
            "high": lambda: first["crossing_high"],
            "tries": lambda: max(
                k for control in explorer.description.controls for k in getattr(control, "values", ())
            ),
            "only_base": lambda: first["only_a"],
            "only_trained": lambda: first["only_b"],
            "others": lambda: len(others),
            "none_below": lambda: not any(others),
        },
        figure=Figure(explorer, ["Curves"], ["k", "level"]),
        notebook="01_counting_successes",
    )
