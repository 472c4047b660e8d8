"""An explorer nobody shipped, defined in Python alone: what any user of the lab can do."""

import numpy as np

from passk_lab.explorers import (
    Axis,
    Band,
    Choice,
    Cloud,
    ControlValue,
    Coordinate,
    Description,
    Dots,
    Heat,
    Line,
    Number,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    Stems,
    Table,
    Text,
    Tiles,
    Toggle,
    Value,
)

TIMES = [0.0, 0.25, 0.5, 1.0, 2.0, 4.0]
GRID = np.linspace(0, 1, 33)


def waves() -> Description:
    """Every kind of control, mark and operation, on tables that have nothing to do with pass@k."""
    shape = np.exp(-np.array(TIMES)[:, None] * GRID[None, :])
    kinds = np.stack([GRID, GRID**2])
    x = Coordinate("x")
    product = Value("decay", along="x") * Value("kind", along="x")
    return Description(
        name="waves",
        title='A title with <b>markup</b> & a "</script>" in it',
        summary="A test figure.",
        controls=[
            Slider("time", "time", TIMES, 1.0, play=True),
            Choice("kind", "kind", ["flat & plain", "bent <i>"], "bent <i>"),
            Toggle("guide", "show the guide"),
        ],
        axes={"time": TIMES, "kind": ["flat & plain", "bent <i>"], "x": GRID.tolist(), "between": list(range(32))},
        tables={
            "decay": Table(("time", "x"), shape),
            "kind": Table(("kind", "x"), kinds),
            "kind of": Table(("time", "x"), np.where(shape > 0.5, 0.0, np.where(GRID > 0.8, np.nan, 1.0))),
            "left": Table(("between", "time"), shape[:, 1:].T),
            "end": Table((), 8.0),
            "open": Table((), np.nan),
            "hole": Table(("time",), [np.nan, 1.5, 2.5, 1e-5, 0.3125, 12345.678]),
        },
        panels=[
            Panel(
                "decay at {time}",
                Axis("x", 0, 1),
                Axis("decay times kind"),
                [
                    Band(role="gap", x=x, low=Value("kind", along="x"), high=Value("decay", along="x")),
                    Band(role="wrong", label="layer", x=x, low=Number(0), high=product, strength=0.5),
                    Line(role="pass@k", label="product", x=x, y=product, below=True),
                    Cloud(role="before", x=x, y=Value("kind", along="x")),
                    Rule(role="guide", x=Coordinate("time")),
                    Rule(role="guide", label="guide", show="guide", y=Number(0.25)),
                    Point(role="exact", x=Number(0.5), y=Value("decay", x=0.5)),
                ],
            ),
            Panel(
                "minus",
                Axis("time", 0.1, Value("end"), scale="log2"),
                Axis("difference", tight=True),
                [
                    Stems(role="correct", x=x, y=Value("decay", along="x") - Value("kind", along="x") + 0.5),
                    Rule(role="wrong", x=ControlValue("time"), drag="time"),
                    Dots(role="before", label="dots", x=x, y=Value("kind", along="x")),
                ],
            ),
            Panel(
                "where it is what",
                Axis("x", 0, 1),
                Axis("time", 0, 4),
                [
                    Tiles(
                        role="guide",
                        x=x,
                        y=Coordinate("time"),
                        z=Value("kind of", along="x", across="time"),
                        kinds=(("much left", "correct"), ("little left", "gap")),
                    )
                ],
            ),
            Panel(
                "how much is left",
                Axis("time", 0, 8),
                Axis("x", 0, Value("open")),
                [
                    Heat(
                        role="guide",
                        x=Coordinate("time"),
                        until=Value("end"),
                        y=Coordinate("x"),
                        z=Value("left", along="time", across="between"),
                        ends=("none", "all"),
                    )
                ],
            ),
        ],
        readouts=[
            Readout("hole", Value("hole"), absent="nothing"),
            Readout("share", Value("decay", x=1.0), scale=100, form="about {} %"),
        ],
        texts=[Text("about", "kind", {"flat & plain": "A <b>line</b>.", "bent <i>": "A curve."})],
        sentences=["time {time}, {kind}: hole {hole}, decay {share}. {about}"],
        presets=[Preset("stop", {"time": 0}, "Nothing has decayed.")],
        source="Made up.",
    )
