"""Explorer: how far predictions beyond n were off, and how often their intervals held the truth."""

from functools import cache
from typing import Any

from passk_lab import data
from passk_lab.explorers.description import (
    Axis,
    Choice,
    Description,
    Line,
    Panel,
    Preset,
    Readout,
    Rule,
    Slider,
    answer,
    percent,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer

_LEVEL = 0.95


def predictions(**state: Any) -> Explorer:
    """See how far predictions of pass@k from n samples were off, by method, and how often intervals held the truth.

    Controls: the `population`, a `method` and the one `beside` it, and k as so many `times` n. Data:
    `data.load("prediction-coverage")`, from `python -m benchmarks.prediction`.

    >>> predictions(method="bounds", times=2).words.split(":")[0]
    'At 2 times n, bounds'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    import pandas as pd

    measured = data.load("prediction-coverage")
    measured["times"] = measured.k // measured.n
    measured["of"] = measured.population + ", n = " + measured.n.astype(str)
    axes = {
        "population": measured.of.unique().tolist(),
        "method": measured.method.unique().tolist(),
        "times": sorted(measured.times.unique().tolist()),
    }
    # MATH500 has no samples for 64 times n: those cells stay empty.
    cells = measured.set_index(["of", "method", "times"]).reindex(pd.MultiIndex.from_product(axes.values()))
    shape = [len(names) for names in axes.values()]
    x, across = Coordinate("times"), Axis("k, in times n", 2, max(axes["times"]), scale="log2")
    beside = {"method": "beside"}

    def both(of: str, at: tuple[float, float]) -> list[Line]:
        return [
            Line(role="plug-in", label="{beside}", x=x, y=Value(of, along="times", **beside), label_at=at[0]),
            Line(role="pass@k", label="{method}", x=x, y=Value(of, along="times"), label_at=at[1]),
        ]

    at = Rule(role="guide", x=ControlValue("times"), drag="times")
    return Description(
        name="predictions",
        title="Up to a few times n a prediction can be held to something; far beyond it no narrow interval can",
        summary="How often 95 % intervals held the truth, how wide they were, and how far off the predictions, for k "
        "from 2 to 64 times the number of samples, by population and method.",
        controls=[
            Choice("population", "population", axes["population"], axes["population"][0]),
            Choice("method", "method", axes["method"], "bounds"),
            Choice("beside", "beside", axes["method"], "Beta"),
            Slider("times", "k, in times n", axes["times"], 16),
        ],
        axes=axes,
        tables={
            what: Table(tuple(axes), cells[what].to_numpy().reshape(shape)) for what in ("error", "covers", "width")
        },
        panels=[
            Panel(
                "intervals that held the truth",
                across,
                Axis("share of data sets", 0, 1),
                [Rule(role="guide", label="promised", y=Number(_LEVEL)), *answer(*both("covers", (0.3, 0.7))), at],
                name="Held",
            ),
            Panel("their mean width", across, Axis("width", 0, 1), [*both("width", (0.3, 0.7)), at], name="Width"),
            Panel(
                "mean distance from the truth",
                across,
                Axis("distance in pass@k", 0, None),
                [*answer(*both("error", (0.3, 0.7))), at],
                name="Off",
            ),
        ],
        readouts=[
            shown
            for side, chosen in (("a", {}), ("b", beside))
            for shown in (
                percent(f"{side}_covers", Value("covers", **chosen), absent="(not measured)"),
                Readout(f"{side}_width", Value("width", **chosen), absent="(not measured)"),
                Readout(f"{side}_error", Value("error", **chosen), absent="(none, being a range)"),
            )
        ],
        sentences=[
            "At {times} times n, {method}: {a_covers} of intervals held the truth; mean width {a_width}; mean distance "
            "of the prediction {a_error}.",
            "{beside}: {b_covers}; {b_width}; {b_error}.",
        ],
        presets=[
            Preset("sure and wrong", {"method": "flat prior on each problem", "beside": "bounds", "times": 2},
                   "A flat prior on each problem: a narrow interval, which does not hold the truth."),
            Preset("close, and too sure", {"method": "power law", "beside": "Beta", "times": 4},
                   "Off by a few hundredths, and yet their own intervals hold the truth less often than they say."),
        ],
        vote=f"Pass@k is predicted from n samples, with {100 * _LEVEL:g} % intervals; here is how wide they are. At "
        "{times} times n, how many of {method} hold the truth, and how many of {beside}?",
        source="data.load('prediction-coverage'), by python -m benchmarks.prediction: 35 data sets a point, so a share "
        "near .9 has a standard error of .05. MATH500 has samples enough for 16 times n only.",
    )  # fmt: skip
