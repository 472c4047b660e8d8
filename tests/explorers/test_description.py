"""Descriptions: what ships keeps its promises, and what cannot be is refused in a sentence."""

import functools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passk_lab import explorers, metrics
from passk_lab.explorers import address
from passk_lab.explorers.description import LARGEST_PAYLOAD, Choice, Description, Slider, Toggle, percent
from passk_lab.explorers.expression import Table, Value, number_text, number_words
from passk_lab.explorers.shipped import estimator_lab, pass_at_k, real_curves
from passk_lab.look import GRID, GROUND, INK, QUIET, ROLES, contrast
from passk_lab.metrics.chances import binomial
from tests.explorers.fourth import waves

SHIPPED = {name: functools.cache(lambda make=make: make().description) for name, make in explorers.BY_NAME.items()}


def values_of(control):
    if isinstance(control, Slider):
        return list(control.values)
    return list(control.options) if isinstance(control, Choice) else [True, False]


@pytest.mark.parametrize("name", SHIPPED)
def test_at_most_half_a_megabyte_and_named_as_listed(name):
    description = SHIPPED[name]()
    assert description.name == name
    assert description.nbytes() <= LARGEST_PAYLOAD


@pytest.mark.parametrize("name", SHIPPED)
@settings(max_examples=25)
@given(data=st.data())
def test_every_state_has_words_and_comes_back_from_its_string(name, data):
    description = SHIPPED[name]()
    state = {control.name: data.draw(st.sampled_from(values_of(control))) for control in description.controls}
    assert all("nan" not in sentence and "{" not in sentence for sentence in description.words(state))
    for expression in description.expressions():
        description.evaluate(expression, state)
    assert address.parsed(description, address.state_text(description, state)) == state


@pytest.mark.parametrize("name", SHIPPED)
def test_a_state_string_opens_the_explorer_there(name):
    description = SHIPPED[name]()
    state = {control.name: values_of(control)[-1] for control in description.controls}
    opened = explorers.from_state(address.state_text(description, state))
    assert opened._values == state
    assert opened.words == " ".join(description.words(state))


def test_pass_at_k_tables_are_the_formulas_of_metrics():
    description = pass_at_k.describe()
    k, p = np.array(description.axes["k"])[:, None], np.array(description.axes["p"])
    for table, formula in (("pass", metrics.success_at_k), ("weight", metrics.weight_at_k), ("gap", metrics.gap_at_k)):
        np.testing.assert_allclose(description.tables[table].values, formula(p, k), rtol=1e-6, atol=1e-36)
    assert description.axes["k"][:16] == list(range(1, 17))
    assert max(description.axes["k"]) == 1024


def test_estimator_lab_shows_the_worked_oracles():
    # By sums over c of the binomial, in fractions: n = 10, k = 5, p = 0.1.
    description = estimator_lab.describe()
    state = description.accept({"n": 10, "k": 5, "p": 0.1})
    numbers = [name for name in description.tables if name.endswith((" unbiased", " plugin"))]
    seen = {name: float(description.evaluate(Value(name), state)) for name in numbers}
    assert seen["mean unbiased"] == pytest.approx(0.40951, rel=1e-6)
    assert seen["bias unbiased"] == 0
    assert seen["variance unbiased"] == pytest.approx(0.1068259911, rel=1e-6)
    assert seen["mean plugin"] == pytest.approx(0.3485164240, rel=1e-6)
    assert seen["variance plugin"] == pytest.approx(0.0818224751, rel=1e-6)
    assert seen["mse plugin"] == pytest.approx(0.0855, abs=5e-5)


@pytest.mark.parametrize(("n", "k"), [(10, 10), (10, 5), (64, 1), (8, 7)])
def test_estimates_of_one_value_are_one_stick_and_all_sticks_together_are_certain(n, k):
    description = estimator_lab.describe()
    state = description.accept({"n": n, "k": k, "p": 0.5})
    unbiased = next(mark for mark in description.panels[0].marks if mark.role == "pass@k")
    x, y = (description.evaluate(slot, state) for slot in (unbiased.x, unbiased.y))
    assert y.sum() == pytest.approx(1, abs=1e-6)
    there = y > 0
    assert len(set(x[there])) == there.sum() == n - k + 2


def test_estimator_lab_says_that_no_unbiased_estimate_exists_beyond_n():
    description = estimator_lab.describe()
    assert "undefined for k > n" in description.words(description.accept({"n": 4, "k": 16}))[1]


def test_the_squared_errors_of_the_estimates_change_their_order_at_one_p_and_it_is_the_one_shown():
    description = estimator_lab.describe()
    p = np.array([*np.geomspace(1e-4, 0.01, 20), *np.linspace(0.02, 0.99, 98)])
    for i, n in enumerate(estimator_lab.SAMPLES):
        c, chance = np.arange(n + 1), binomial(n, p)
        for j, k in enumerate(estimator_lab.DRAWS):
            shown = description.tables["turn"].values[i, j]
            if not 1 < k <= n:
                assert np.isnan(shown)
                continue
            truth = metrics.success_at_k(p, k)[:, None]
            errors = [
                (chance * (estimate(n, c, k) - truth) ** 2).sum(axis=-1)
                for estimate in (metrics.pass_at_k_plugin, metrics.pass_at_k)
            ]
            surely = np.abs(errors[0] - errors[1]) > 1e-15  # where both are nearly 0, rounding says which is less
            np.testing.assert_array_equal((errors[0] < errors[1])[surely], (p < shown)[surely])
    assert round(description.numbers(description.accept({"n": 10, "k": 10}))["turn"], 4) == 0.1775


@pytest.mark.parametrize(
    ("preset", "smaller"),
    [("a rare success", "plugin"), ("draw all samples", "plugin"), ("a frequent success", "unbiased")],
)
def test_presets_of_the_estimator_lab_show_either_order(preset, smaller):
    description = estimator_lab.describe()
    (state,) = [description.accept(p.state) for p in description.presets if p.label == preset]
    numbers = description.numbers(state)
    assert min(("plugin", "unbiased"), key=lambda name: numbers[f"mse_{name}"]) == smaller
    assert numbers["bias_plugin"] < 0
    assert (numbers["variance_plugin"] < numbers["variance_unbiased"]) == (smaller == "plugin")


def test_what_presets_say_of_the_real_curves_is_so():
    description = real_curves.describe("math500")
    one, turn, hardest = description.presets
    assert description.numbers(description.accept(one.state))["difference"] > 15
    high = description.evaluate(Value("difference high", along="k"), description.start)
    assert f"from {1 + np.flatnonzero(high >= 0).max() + 1} on the 95 % band holds no zero" in turn.sentence
    assert (high[48:] < 0).all()
    assert "cross at 15 draws" in turn.sentence
    assert description.evaluate(Value("crossing"), description.start) == 15
    gains = [curve[0, -1] - curve[0, 0] for curve in description.tables["curve"].values[1:]]
    assert np.argmax(gains) + 1 == 5
    assert hardest.state["level"] == "level 5"


def test_a_drawn_curve_stands_beside_the_real_ones():
    mine = {1: 0.6, 128: 0.9, 8: 0.7}
    description = real_curves.real_curves(drawn=mine).description
    (line,) = [mark for mark in description.panels[0].marks if mark.label == "you drew"]
    assert description.evaluate(line.x, description.start).tolist() == [1, 8, 128]
    np.testing.assert_allclose(description.evaluate(line.y, description.start), [0.6, 0.7, 0.9])
    assert np.isnan(description.evaluate(line.y, description.accept({"level": "level 5"}))).all()
    assert "you drew" in [mark.label for mark in real_curves.real_curves("evalperf", mine).description.panels[0].marks]
    for wrong, said in (
        ({}, "holds no point"),
        ({0: 0.5}, "a k of drawn"),
        ({2: 1.5}, "a height of drawn"),
        (3, "a curve"),
    ):
        with pytest.raises((TypeError, ValueError), match=said):
            real_curves.real_curves(drawn=wrong)


def test_real_curves_show_the_published_figures():
    description = real_curves.describe("math500")
    words = description.words(description.accept({"k": 1}))
    assert words[0].startswith("k = 1: Qwen2.5-7B 61.4 %, SimpleRL-Zoo 77.9 %")
    assert "gets ahead at k = 15" in words[0]
    assert "both 462, by Qwen2.5-7B only 19, by SimpleRL-Zoo only 3, by neither 16" in words[1]
    assert "Qwen2.5-7B 96.2 %, SimpleRL-Zoo 93.0 %" in description.words(description.accept({"k": 128}))[0]
    # SOURCES.md, table by level: level 5 at k = 128.
    hard = description.words(description.accept({"k": 128, "level": "level 5"}))
    assert "88.8 %" in hard[0]
    assert "82.8 %" in hard[0]
    assert "Of 134 problems" in hard[1]


def test_real_curves_and_compare_tell_the_same_story():
    from passk_lab import data

    pair = data.problems("math500")
    found = metrics.compare(*pair.counts("Qwen2.5-7B"), *pair.counts("SimpleRL-Zoo"), seed=0)
    description = real_curves.describe("math500")
    state = description.start
    assert description.evaluate(Value("crossing"), state) == found.crossover.k
    # The critical value is a bound in closed form here and simulated there: bands a hair apart, and an end by one k.
    for table, end in (("crossing low", found.crossover.low), ("crossing high", found.crossover.high)):
        assert abs(description.evaluate(Value(table), state) - end) <= 1
    bands = description.evaluate(Value("difference low", along="k"), state)
    np.testing.assert_allclose(bands, found.interval.low, atol=1e-3)
    alone = description.evaluate(Value("low", along="k", model="a"), state)
    np.testing.assert_allclose(alone, found.interval_a.low, atol=1e-6)


def test_real_curves_without_a_crossing_say_what_is_visible():
    description = real_curves.describe("evalperf")
    (words, _) = description.words(description.start)
    assert "a crossing beyond chance is not shown up to k = 100, and beyond nothing is visible." in words
    assert "no crossing" not in words


def test_only_data_with_a_level_has_a_level_control():
    assert [c.name for c in real_curves.describe("math500").controls if c.name == "level"] == ["level"]
    assert not [c.name for c in real_curves.describe("evalperf").controls if c.name == "level"]


def test_a_weight_too_small_for_float32_is_not_called_zero():
    description = pass_at_k.describe()
    assert "gradient by less than 10⁻³⁰" in description.words(description.accept({"k": 1024, "p": 0.5}))[1]


def test_unknown_data_lists_what_exists():
    with pytest.raises(KeyError, match=r"'maths'.*math500, evalperf, pythia-math"):
        explorers.real_curves("maths")


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"time": 3}, ValueError, r"time = 3 is not on this slider.*nearest are 2 and 4"),
        ({"time": "soon"}, ValueError, r"time must be a number, but got 'soon'"),
        ({"time": float("nan")}, ValueError, r"time must be a number"),
        ({"kind": "round"}, ValueError, r"kind = 'round' is not an option; there are: flat & plain, bent <i>"),
        ({"guide": "maybe"}, ValueError, r"guide is on or off.*'maybe'"),
        ({"speed": 1}, KeyError, r"no control called 'speed'. There are: time, kind, guide"),
    ],
)
def test_a_state_that_cannot_be_is_refused(changes, error, says):
    with pytest.raises(error, match=says):
        waves().accept(changes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pass-at-k?k=2", r"belongs to the explorer 'pass-at-k', not to 'waves'"),
        ("waves?time=9", r"time = 9 is not on this slider"),
        ("waves?speed=1", r"cannot read the state string 'waves\?speed=1': there is no control called 'speed'"),
        ("waves?time", r"it is written as in 'waves\?time=1"),
    ],
)
def test_a_state_string_that_cannot_be_read_says_why(text, says):
    with pytest.raises(ValueError, match=says):
        address.parsed(waves(), text)


def test_unknown_explorer_in_a_state_string():
    with pytest.raises(KeyError, match=r"no explorer called 'passk'. There are: alarms, collapse, collapse-run"):
        explorers.from_state("passk?k=1")


def build(**changes):
    parts = {field: getattr(waves(), field) for field in Description.__dataclass_fields__ if field != "scope"}
    return Description(**{**parts, **changes})


def test_tables_too_large_to_travel_are_refused():
    with pytest.raises(ValueError, match=r"carries .* bytes of tables; at most 500,000"):
        build(axes={**waves().axes, "z": list(range(200_000))}, tables=waves().tables)


def own_entries(how_many, numbers):
    """An explorer with entries of the readers' own, each with so many numbers."""
    return {
        "axes": {**waves().axes, "mine": [f"mine {i}" for i in range(how_many)], "number": list(range(numbers))},
        "tables": {**waves().tables, "theirs": Table(("number", "mine"), np.zeros((numbers, how_many)))},
    }


def test_of_a_readers_own_entries_there_is_no_largest_number():
    many = own_entries(how_many=500, numbers=1000)
    assert build(**many, grows="mine").nbytes() > 2_000_000
    with pytest.raises(ValueError, match=r"carries 2,00.* bytes of tables; at most 500,000"):
        build(**many)


def test_what_each_of_them_carries_is_limited_and_so_is_the_rest():
    with pytest.raises(ValueError, match=r"carries 20,004 bytes for each mine.* at most 20,000 .* Take fewer"):
        build(**own_entries(how_many=2, numbers=5001), grows="mine")
    large = own_entries(how_many=2, numbers=10)
    large["axes"]["z"] = list(range(200_000))
    with pytest.raises(ValueError, match=r"carries 802,.* bytes of tables; at most 500,000"):
        build(**large, grows="mine")
    with pytest.raises(KeyError, match=r"no axis called 'yours'. There are: time, kind, x"):
        build(grows="yours")


def test_a_table_that_does_not_fit_its_axis_is_refused():
    with pytest.raises(ValueError, match=r"table kind has 2 entries along kind, whose axis has 3"):
        build(axes={**waves().axes, "kind": ["flat & plain", "bent <i>", "third"]})
    with pytest.raises(ValueError, match=r"needs 2 axes, but its values have 1"):
        Table(("a", "b"), np.zeros(3))


def test_two_controls_of_one_name_are_refused():
    with pytest.raises(ValueError, match=r"two controls or readouts are called 'time'"):
        build(controls=[*waves().controls, Toggle("time", "again")])


def test_a_mark_with_an_unknown_table_is_refused():
    from passk_lab.explorers import Readout

    with pytest.raises(KeyError, match=r"no table called 'nothing'. There are: decay, kind, kind of, left,"):
        build(readouts=[*waves().readouts, Readout("more", Value("nothing"))])


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (0.0, 3, "0"), (16, 3, "16"), (0.3125, 3, "0.313"), (0.0625, 3, "0.0625"), (0.5, 3, "0.500"),
        (12345.678, 3, "12346"), (1e-5, 3, "1.00e-5"), (9.9996e-6, 3, "1.00e-5"), (-0.06099, 3, "-0.0610"),
        (0.1, 12, "0.1"), (0.0025, 12, "0.0025"), (0.999999, 3, "1.000"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_a_program_reads_them(number, digits, text):
    assert number_text(number, digits) == text


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (1024, 3, "1024"), (0.001, 3, "0.00100"), (999999, 3, "999999"), (0, 3, "0"), (-2.5, 3, "-2.50"),
        (1e-14, 3, "1.00 × 10⁻¹⁴"), (0.0000123, 3, "1.23 × 10⁻⁵"), (1e6, 3, "10⁶"), (1.6e12, 3, "1.6 × 10¹²"),
        (-2e9, 3, "-2 × 10⁹"), (1.6e12, 12, "1.6 × 10¹²"), (1234567.5, 12, "1.2345675 × 10⁶"), (2e-5, 12, "2 × 10⁻⁵"),
        (9.9996e-6, 3, "1.00 × 10⁻⁵"), (1e-30, 1, "10⁻³⁰"),
    ],
)  # fmt: skip
def test_numbers_are_written_for_the_eye(number, digits, text):
    assert number_words(number, digits) == text


def test_a_share_too_small_to_write_is_less_than_what_can_be_written():
    tiny = percent("tiny", Value("hole"), least=1e-4)
    shown = build(readouts=[*waves().readouts, tiny], sentences=["{tiny}"])
    assert shown.words({**shown.start, "time": 1.0}) == ["less than 0.01 %"]
    assert shown.words({**shown.start, "time": 2.0}) == ["31.3 %"]
    with pytest.raises(TypeError, match="share must be an Expression, but got inf"):
        percent("tiny", float("inf"))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_panel_has_a_short_name_that_never_changes(name):
    for panel in SHIPPED[name]().panels:
        assert 0 < len(panel.name) <= 18
        assert "{" not in panel.name
        assert panel.caption.startswith(f"{panel.name}: ")


def test_two_panels_of_one_name_are_refused():
    panels = [replace(panel, name="same") for panel in waves().panels[:2]]
    with pytest.raises(ValueError, match=r"explorer waves: two panels are called 'same'"):
        build(panels=panels)


def test_a_menu_opens_with_options_that_it_has():
    kind = replace(waves().controls[1], first=("flat and plain",))
    with pytest.raises(KeyError, match=r"no option of kind called 'flat and plain'"):
        build(controls=[waves().controls[0], kind, waves().controls[2]])


@pytest.mark.parametrize("name", SHIPPED)
def test_no_menu_is_a_wall_of_names(name):
    for control in SHIPPED[name]().controls:
        if isinstance(control, Choice) and len(control.options) > 14 and not name.startswith("real-curves"):
            assert 4 <= len(control.first) <= 6, control.name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_can_be_seen_and_every_label_read(theme):
    for name, role in ROLES.items():
        # Labels stand in the colour of their line, so the stricter 4.5:1 for text holds for all roles.
        assert contrast(getattr(role, theme), GROUND[theme]) >= 4.5, name
    assert contrast(INK[theme], GROUND[theme]) >= 7
    assert contrast(QUIET[theme], GROUND[theme]) >= 4.5
    assert contrast(GRID[theme], GROUND[theme]) < 2  # a grid stays behind what it helps to read


def test_no_two_roles_look_alike_without_colour():
    # "correct" and "wrong" mark single samples, never a curve.
    lines = [role for name, role in ROLES.items() if name not in ("correct", "wrong")]
    looks = [(role.dash, role.width) for role in lines]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize(
    "k", ["inf", "-inf", "nan", "1e400", "1e-320", "1_0_0", "0x10", "", "{k}", "%ED%A0%80", "9" * 5000]
)
def test_no_number_in_a_state_string_is_a_traceback(k):
    with pytest.raises(ValueError, match=r"^k (must be a number, but got|= .* is not on this slider)") as caught:
        explorers.from_state(f"pass-at-k?k={k}")
    assert str(caught.value).endswith(".")
    str(caught.value).encode()


@pytest.mark.parametrize("text", [3, None, b"pass-at-k?k=4", ["pass-at-k"]])
def test_a_state_string_is_a_text(text):
    with pytest.raises(TypeError, match="a state string must be a text"):
        explorers.from_state(text)


def test_a_brace_around_a_word_that_means_nothing_is_said():
    plain = explorers.pass_at_k().description
    panel = replace(plain.panels[0], title="What {word} means")
    with pytest.raises(
        KeyError, match=r"there is no control, readout or text of pass-at-k called 'word'. There are: k, p"
    ):
        replace(plain, panels=[panel])
    # The title of the whole is not filled in, so braces stay what they are there.
    assert replace(plain, title="{word}").title == "{word}"


def test_half_a_character_is_refused_before_it_reaches_a_page():
    plain = explorers.pass_at_k().description
    for change in (
        {"title": "a\ud800"},
        {"sentences": ["b\udfff."]},
        {"panels": [replace(plain.panels[0], title="\ud800")]},
    ):
        with pytest.raises(ValueError, match="holds half a character"):
            replace(plain, **change)
