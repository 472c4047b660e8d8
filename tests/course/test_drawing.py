"""A curve drawn before it is shown: what is said of it, what is remembered, what is refused."""

import json

import pytest

from passk_lab.course import draw, drawn, memory
from passk_lab.course.drawing import DrawingWidget

ASK = {"k": [1, 2, 4], "hidden": [0.5, 0.75, 0.9375], "label": "base", "beside": {"child": [0.7, 0.8, 0.85]}}


@pytest.fixture(autouse=True)
def _own_memory(tmp_path, monkeypatch):
    monkeypatch.setenv("PASSK_LAB_HOME", str(tmp_path))


def test_the_verdict_is_the_mean_distance_and_where_it_is_widest():
    # |0.65 - 0.75| = 0.1 and |0.9 - 0.9375| = 0.0375: 6.875 points on average; the given point does not count.
    said = draw("a", "?", **ASK).record([0.5, 0.65, 0.9])
    assert said == (
        "Your curve is 6.9 points from that of base on average, and farthest at k = 2: you drew 65.0 %, it is 75.0 %. "
        "Above child: yours first at k = 4, base first at k = 4."
    )
    assert drawn("a") == {1: 0.5, 2: 0.65, 4: 0.9}


def test_a_drawing_that_stays_below_or_falls_is_told_so():
    said = draw("a", "?", **ASK).verdict([0.5, 0.6, 0.55])
    assert "Above child: yours nowhere up to k = 4, base first at k = 4." in said
    assert "Yours falls after k = 2, but pass@k cannot fall" in said
    assert "falls" not in draw("a", "?", **ASK).verdict([0.5, 0.6, 0.6])


def test_the_curve_itself_has_no_distance():
    assert draw("a", "?", **ASK).verdict(ASK["hidden"]).startswith("Your curve is 0.0 points from")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.5, 0.6], "for each of the 3 k"),
        ([0.5, 0.6, 1.2], "0.0 to 1.0"),
        ([0.5, None, 1], "drawing"),
        ("abc", "drawing"),
    ],
)
def test_a_drawing_that_is_none_gets_a_sentence_and_is_not_remembered(values, said):
    with pytest.raises((TypeError, ValueError), match=said):
        draw("a", "?", **ASK).record(values)
    assert drawn("a") is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"k": [1]}, "two or more k that rise"),
        ({"k": [1, 4, 2]}, "two or more k that rise"),
        ({"hidden": [0.5, 0.7]}, "the hidden curve has a number"),
        ({"beside": {"child": [0, 2, 0]}}, "the curve 'child' has a number"),
        ({"low": 0.6}, "the hidden curve has a number from 0.6"),
        ({"low": 0.5, "high": 0.5}, "high"),
        ({"label": 3}, "label"),
    ],
)
def test_what_cannot_be_drawn_gets_a_sentence(wrong, said):
    with pytest.raises((TypeError, ValueError), match=said):
        draw("a", "?", **{**ASK, **wrong})


def test_the_page_is_not_told_what_is_hidden_before_it_is_drawn():
    ask = draw("a", "?", **ASK)
    widget = DrawingWidget(ask)
    told = json.dumps({name: widget.get_state()[name] for name in ("_spec", "_verdict", "drawn")})
    assert "0.75" not in told
    assert "0.9375" not in told
    widget.set_state({"drawn": [0.5, 0.65, 0.9]})
    assert widget._verdict == {
        "text": ask.verdict([0.5, 0.65, 0.9]), "hidden": ASK["hidden"], "drawn": [0.5, 0.65, 0.9],
    }  # fmt: skip
    assert drawn("a") == {1: 0.5, 2: 0.65, 4: 0.9}


@pytest.mark.parametrize(
    "said", [[0.5, 0.6], [0.5, 0.6, 1.1], [0.5, True, 0.7], [0.5, "0.6", 0.7], "abc", None, {"0": 1}]
)
def test_the_page_may_say_a_whole_curve_and_nothing_else(said):
    widget = DrawingWidget(draw("a", "?", **ASK))
    widget.set_state({"drawn": said, "_verdict": {"text": "well done"}, "_spec": {}})
    assert (widget.drawn, widget._verdict) == ([], None)
    assert widget._spec["label"] == "base"
    assert drawn("a") is None


def test_a_file_with_something_else_in_a_drawings_place_is_no_drawing():
    for kept in ("curve", [[1, 0.5], [2, None]], [[1, 0.5, 3]], [[-1, 0.5]], {"1": 0.5}):
        memory.remember("drawings", "a", kept)
        assert drawn("a") is None
