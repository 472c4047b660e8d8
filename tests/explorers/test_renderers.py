"""One description, three renderers: the widget, the figure, the page. Their pictures are looked at in tests/browser."""

import re
import warnings
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
import traitlets

import passk_lab
from passk_lab import explorers
from passk_lab.explorers import Description, Explorer, Toggle, page, payload, static
from tests.explorers.fourth import waves


def test_a_control_is_an_attribute():
    explorer = explorers.pass_at_k(k=4)
    heard = []
    explorer.observe(lambda change: heard.append((change.name, change.new)), names="k")
    explorer.k = 16
    assert explorer.k == 16
    assert explorer._values["k"] == 16
    assert heard == [("k", 16)]


def test_what_the_page_says_reaches_the_attributes():
    explorer = explorers.pass_at_k(k=4)
    heard = []
    explorer.observe(lambda change: heard.append(change.new), names="p")
    explorer.set_state({"_values": {"k": 32, "p": 0.5}})  # as a message from the page does
    assert (explorer.k, explorer.p) == (32, 0.5)
    assert heard == [0.5]


HOSTILE = [
    {"_values": {"k": 16}}, {"_values": {"k": 16, "p": 0.1, "close": 1}}, {"_values": {"k": 17.5, "p": 0.1}},
    {"_values": {"k": "16", "p": 0.1}}, {"_values": {"k": None, "p": 0.1}}, {"_values": {"k": [16], "p": 0.1}},
    {"_values": {"k": float("nan"), "p": 0.1}}, {"_values": {"k": 10**400, "p": 0.1}}, {"_values": []},
    {"_values": {"description": "x", "close": 1}}, {"_values": None}, {"_esm": "alert(1)"}, {"_spec": {}},
    {"_data": b""}, {"_still": "x"}, {"description": 1}, {"close": 1}, {"k": 16}, {"comm": None}, {"layout": None},
]  # fmt: skip


@pytest.mark.parametrize("told", HOSTILE, ids=str)
def test_a_page_sets_nothing_but_its_controls_to_values_they_have(told):
    explorer = explorers.pass_at_k(k=4)
    before, close, description = explorer.get_state(), explorer.close, explorer.description
    explorer.set_state(told)  # as a message from the page does
    assert explorer.get_state() == before
    assert explorer.state == "pass-at-k?k=4&p=0.1"
    assert (explorer.close, explorer.description) == (close, description)


def test_a_value_off_the_slider_is_refused_and_changes_nothing():
    explorer = explorers.pass_at_k(k=4)
    with pytest.raises(ValueError, match=r"k = 1000 is not on this slider.*nearest are 937 and 1024"):
        explorer.k = 1000
    assert explorer.k == 4
    assert explorer._values["k"] == 4
    explorer.k = 8
    assert "pass@8" in explorer.words


def test_a_float_close_to_a_value_becomes_it():
    explorer = explorers.pass_at_k()
    explorer.p = 0.1 + 0.2  # 0.30000000000000004
    assert explorer.p == 0.3


def test_it_sits_in_a_box_like_any_widget():
    explorer = explorers.pass_at_k()
    assert isinstance(explorer, ipywidgets.DOMWidget)
    assert ipywidgets.HBox([explorer]).children == (explorer,)


def test_the_state_string_moves_it():
    explorer = explorers.pass_at_k()
    explorer.state = "pass-at-k?k=64&p=0.02"
    assert (explorer.k, explorer.p) == (64, 0.02)
    assert explorer.state == "pass-at-k?k=64&p=0.02"


@pytest.mark.parametrize("name", ["open", "state", "layout", "description", "_values"])
def test_a_control_named_as_a_part_of_every_explorer_is_refused(name):
    parts = {field: getattr(waves(), field) for field in Description.__dataclass_fields__ if field != "scope"}
    made = Description(**{**parts, "controls": [*waves().controls, Toggle(name, "in the way")]})
    with pytest.raises(ValueError, match=f"a control cannot be called '{name}', since every explorer has something"):
        Explorer(made)


def test_two_explorers_do_not_share_their_controls():
    one, other = explorers.pass_at_k(k=2), explorers.estimator_lab(k=3)
    one.k = 8
    assert other.k == 3
    assert not hasattr(one, "n")
    assert isinstance(other, traitlets.HasTraits)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "make",
    [explorers.pass_at_k, explorers.estimator_lab, explorers.real_curves, lambda: Explorer(waves())],
    ids=["pass-at-k", "estimator-lab", "real-curves", "fourth"],
)
def test_the_figure_draws_everything_inside_its_frame(make, theme):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = make().figure(theme)
        figure.canvas.draw()
    frame = figure.bbox
    texts = [text for axes in figure.axes for text in (axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts)]
    for text in [*texts, *figure.texts]:
        box = text.get_window_extent()
        if text.get_text():
            assert box.x0 >= frame.x0 - 1, text
            assert box.x1 <= frame.x1 + 1, text
            assert box.y0 >= frame.y0 - 1, text
            assert box.y1 <= frame.y1 + 1, text


def test_the_figure_draws_the_numbers_of_the_tables():
    explorer = Explorer(waves(), time=2.0)
    axes = explorer.figure().axes[0]
    line = next(line for line in axes.lines if len(line.get_xdata()) == 33)
    x = np.linspace(0, 1, 33)
    np.testing.assert_allclose(line.get_ydata(), np.exp(-2 * x) * x**2, rtol=1e-5)


def test_a_toggle_hides_its_marks():
    shown, hidden = Explorer(waves()).figure().axes[0], Explorer(waves(), guide=False).figure().axes[0]
    assert len(shown.lines) == len(hidden.lines) + 1


def test_an_unknown_theme_is_refused():
    with pytest.raises(KeyError, match=r"no theme called 'sepia'. There are: light, dark"):
        explorers.pass_at_k().figure("sepia")


def test_the_page_is_whole_and_cannot_be_broken_out_of(tmp_path):
    path = Explorer(waves()).to_html(tmp_path / "waves.html")
    text = path.read_text(encoding="utf-8")
    assert text.count("</script>") == 1
    assert "<b>markup</b>" not in text
    assert "default-src 'none'" in text
    # No address at all is loaded: neither script, style, picture nor font.
    assert not re.search(r"(src|href)\s*=\s*[\"']?https?:", text)
    assert "import " not in text.split("<script")[1]


@pytest.mark.parametrize("make", explorers.BY_NAME.values(), ids=list(explorers.BY_NAME))
def test_the_block_of_numbers_is_what_the_description_counts(make):
    description = make().description
    _, block = payload.pack(description)
    assert len(block) == description.nbytes() <= 500_000


FRONT = sorted(Path(passk_lab.__file__).parent.glob("*/front/*.js"))
FORMULAS = {
    "a power, unless it is of an axis' base": r"(?<!\b10 )(?<!\b2 )(?<!\bbase )\*\*(?!/)(?=[ \w(])",
    "an exponential, a root or a natural logarithm": r"Math\.(?:exp|expm1|pow|sqrt|log|log1p|hypot)\b",
    "the chance of the opposite": r"\b1 - [a-z(]",
    "a sum": r"reduce\(\(?\w+, \w+\)? => \w+ \+|(?<!\w)sum\b",
    "a mean": r"/ [\w.]+\.length\b",
}


def formulas(source: str) -> list[str]:
    """What in a module is more than slices, scales and pixels; comments may say what they like."""
    code = re.sub(r"/\*[\s\S]*?\*/|//.*", "", source)
    return [name for name, pattern in FORMULAS.items() if re.search(pattern, code)]


POWER, ROOT, OPPOSITE, SUM, MEAN = FORMULAS
ALLOWED = {
    # What a hand has drawn is judged where no Python is: its distance is a mean, held against Python's in
    # tests/browser/test_drawing.py.
    "explorers/verdict.js": [SUM, MEAN],
    # A step of training, drawn live: a softmax, and that k tries fail if each does; held against Python's machine to
    # 1e-12 over 200 steps in tests/browser/test_play.py.
    "play/machine.js": [ROOT, OPPOSITE, SUM],
    "play/sayings.js": [POWER, ROOT, SUM],  # how far forty races that ran in the page lie apart
    "play/playhead.js": [POWER],  # a race begins slowly
    "play/bars.js": [ROOT, OPPOSITE],  # how a drop falls, and how large it is
}


@pytest.mark.parametrize("path", FRONT, ids=[f"{path.parents[1].name}/{path.name}" for path in FRONT])
def test_nothing_in_the_front_end_is_a_formula_of_the_lab(path):
    # The page knows panels and tables. Python computes every number, means and sums as well.
    allowed = ALLOWED.get(f"{path.parents[1].name}/{path.name}", [])
    assert formulas(path.read_text(encoding="utf-8")) == allowed


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("1 - (1 - p) ** k", ["a power, unless it is of an axis' base", "the chance of the opposite"]),
        ("part.reduce((a, b) => a + b, 0) / part.length", ["a sum", "a mean"]),
        ("Math.exp(-x)", ["an exponential, a root or a natural logarithm"]),
        ("10 ** v + 2 ** i - Math.log10(v)  // p ** k", []),
    ],
)
def test_a_formula_would_be_seen(line, found):
    assert formulas(line) == found


def test_every_module_of_the_front_end_is_read():
    assert {path.parents[1].name for path in FRONT} == {"book", "cockpit", "course", "explorers", "play", "story"}


def test_still_picture_is_a_png_inside_the_notebook():
    explorer = explorers.pass_at_k()
    assert static.data_url(explorer.description, explorer._values).startswith("data:image/png;base64,iVBOR")
    assert "<title>" in page.page(explorer.description, explorer._values)
