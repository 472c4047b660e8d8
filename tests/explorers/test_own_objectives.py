"""A reader's own objectives in the explorers: any number of them, under any name, always as registered now."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from passk_lab import explorers, objectives
from passk_lab.explorers import page, payload, static
from passk_lab.explorers.description import LARGEST_PAYLOAD, LARGEST_SHARE
from passk_lab.explorers.shipped import group_weights
from passk_lab.objectives import Face, Missing, registry
from tests.objectives.toy import toy

EXPLORERS = [explorers.objective_weights, explorers.group_weights, explorers.vanishing_signal]
NONE = Missing("nobody wrote it down")
LAB = objectives.names(variants=True)


@pytest.fixture
def register():
    """`objectives.register`, but what it adds is gone after the test."""
    yield objectives.register
    for name in set(objectives.names()) - set(LAB):
        objectives.forget(name)


def weighs(name):
    return explorers.objective_weights(a=name, p=0.5).words.partition(f"{name} weighs ")[2].partition(",")[0]


def gives(name):
    words = explorers.group_weights(objective=name, n=8, k=1, p=0.5).words
    return words.partition("the group gives ")[2].partition(",")[0]


def signal(name):
    words = explorers.vanishing_signal(objective=name, n=8, k=1, p=0.5).words
    return float(words.rpartition(": ")[2].rstrip("."))


# --- the objective now registered -------------------------------------------------------------------------------


def test_a_name_registered_anew_is_shown_anew(register):
    for scale, shown in ((0.5, "0.500"), (3.0, "3"), (0.25, "0.250")):
        register("mine")(lambda scale=scale: toy(scale))
        assert weighs("mine") == gives("mine") == shown


def test_a_table_registered_anew_changes_the_signal(register):
    register("mine")(lambda: toy())
    plain = signal("mine")
    register("mine")(lambda: toy(table=lambda n: objectives.get("pass@1").credit(n)))
    assert (plain, signal("mine")) == (2.83, 5.29)


def test_one_forgotten_is_gone_and_may_come_back(register):
    register("mine")(lambda: toy(0.5))
    assert weighs("mine") == "0.500"
    objectives.forget("mine")
    for make, name in ((explorers.objective_weights, "a"), (explorers.group_weights, "objective")):
        with pytest.raises(ValueError, match=f"{name} = 'mine' is not an option"):
            make(**{name: "mine"})
    register("mine")(lambda: toy(2.0))
    assert weighs("mine") == gives("mine") == "2"


def test_what_an_objective_reads_from_its_notebook_may_change(register):
    settings = {"scale": 0.5}
    register("mine")(lambda: toy(settings["scale"]))
    assert weighs("mine") == gives("mine") == "0.500"
    settings["scale"] = 3.0
    assert weighs("mine") == gives("mine") == "3"


def test_one_of_the_labs_is_shown_as_it_is_replaced():
    before = gives("pass@1")
    with registry.replaced("pass@1", lambda o: replace(o, table=toy(7.0).table)):
        assert gives("pass@1") == "7"
    assert gives("pass@1") == before == "1"


# --- any number of them -----------------------------------------------------------------------------------------


def thirty(register):
    for i in range(30):
        register(f"mine {i}", draws="k")(lambda k=2, i=i: replace(objectives.get("pass@k", k=k), note=f"number {i}"))


def test_thirty_weigh_thirty_shares_more(register):
    before = [make().description.nbytes() for make in EXPLORERS]
    thirty(register)
    after = [make().description.nbytes() for make in EXPLORERS]
    shares = [(b - a) // 30 for a, b in zip(before, after, strict=True)]
    # Bytes: what ships, what thirty of one's own add to each, and together.
    assert before == [207_596, 394_724, 137_872]
    assert shares == [8_272, 15_660, 6_960]
    assert after == [a + 30 * share for a, share in zip(before, shares, strict=True)] == [455_756, 864_524, 346_672]
    assert max(before) <= LARGEST_PAYLOAD
    assert max(shares) <= LARGEST_SHARE


def test_the_numbers_of_thirty_are_their_own(register):
    thirty(register)
    register("mine 7")(lambda: toy(0.125))  # one is written anew, and is another kind of thing now
    weights, groups, signals = (make().description for make in EXPLORERS)
    for name in ("mine 0", "mine 7", "mine 29", "pass@k", "grpo"):
        for k in (1, 4, 16):
            objective = objectives.with_draws(name, k)
            at = {"objective": weights.axes["objective"].index(name), "k": list(weights.axes["k"]).index(k)}
            shown = weights.tables["weight"].values[at["objective"], at["k"]]
            np.testing.assert_allclose(shown, objective.weight(np.array(weights.axes["p"])), rtol=1e-6, atol=1e-37)
            for n in (2, 16):
                if objective.missing("credit", n):
                    continue
                p = np.array(groups.axes["p"])
                state = groups.accept({"objective": name, "n": n, "k": k})
                given = groups.evaluate(explorers.Value("given", along="p"), state)
                np.testing.assert_allclose(given, objectives.effective_weight(objective, n, p), rtol=1e-6, atol=1e-37)
                c, right, wrong = table_drawn(groups, state)
                table = objective.credit(n)
                np.testing.assert_array_equal(c, range(n + 1))
                np.testing.assert_allclose(right, [np.nan, *table.correct[1:]], rtol=1e-6)
                np.testing.assert_allclose(wrong, [*table.wrong[:-1], np.nan], rtol=1e-6)
                ratio = signals.evaluate(
                    explorers.Value("ratio", along="p"), signals.accept({"objective": name, "n": n, "k": k})
                )
                exact = objectives.gradient_moments(objective, n, np.array(signals.axes["p"])).signal_to_noise
                np.testing.assert_allclose(ratio, exact, rtol=1e-6, atol=1e-37)


def table_drawn(groups, state):
    """Right samples c, credit of a right and of a wrong one, as the third panel draws them."""
    right, wrong = groups.panels[2].marks
    c, y, z = (groups.evaluate(slot, state) for slot in (right.x, right.y, wrong.y))
    drawn = np.isfinite(c)
    assert np.isnan(y[~drawn]).all()
    assert np.isnan(z[~drawn]).all()
    return c[drawn], y[drawn], z[drawn]


# --- under any name, with any gaps ------------------------------------------------------------------------------

NAMES = [
    "k", "a", "objective", "reinforced {k}", "{a}", "a & b = c?d#e+f%20", "<b>bold</b></script>", "costs $5 or $\\bad$",
    "mine: the second: v2", "Übung ∂p/∂θ", " two  spaces ", "x" * 80, "reader's \"own\"", "100 %", "a.b/c\\d",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_may_be_written_in_any_style(name, register):
    register(name, draws="k")(lambda k=2: toy(float(k), table=Missing("nobody wrote: it down")))
    explorer = explorers.objective_weights(a=name, b=name, k=4, p=0.5)
    said = f"At p = 0.5, k = 4: {name} weighs 4, {name} weighs 4."
    assert explorer.words == f"{said} {name}: absent: nobody wrote: it down. {name}: absent: nobody wrote: it down."
    again = explorers.from_state(explorer.state)
    assert (again.a, again.words) == (name, explorer.words)
    spec, _ = payload.pack(explorer.description)
    assert name in json.loads(json.dumps(spec))["controls"][0]["options"]
    assert page.page(explorer.description, explorer._values).count("</script>") == 1
    figure = static.figure(explorer.description, explorer._values)
    figure.canvas.draw()
    drawn = {text.get_text().replace("\n", "") for axes in figure.axes for text in axes.texts}
    assert " ".join(name.split()) in {" ".join(text.split()) for text in drawn}


@pytest.mark.parametrize(
    ("own", "weight", "group"),
    [
        (lambda: toy(F=NONE, slope=NONE, table=NONE), "nothing at all", "nothing (see below)"),
        (lambda: toy(slope=NONE), "nothing at all", "0.500"),
        (lambda: toy(0.0), "less than 10⁻³⁰", "less than 10⁻³⁰"),
        (lambda: toy(1e300), "nothing at all", "nothing (see below)"),
        (lambda: toy(table=toy(1e40).table), "0.500", "nothing (see below)"),
        (lambda: toy(least=64, least_because="so be it"), "0.500", "nothing (see below)"),
        (lambda: toy(only=8), "0.500", "0.500"),
    ],
    ids=["no face", "no slope", "all zero", "huge", "huge credit", "large groups only", "one size only"],
)  # fmt: skip
def test_what_an_objective_does_not_have_is_said(own, weight, group, register):
    register("mine")(own)
    assert weighs("mine") == weight
    assert gives("mine") == group
    shown = explorers.vanishing_signal()
    options = next(control for control in shown.description.controls if control.name == "objective").options
    assert ("mine" in options) == (not objectives.get("mine").missing("credit"))
    for make in EXPLORERS:
        for values in make().description.tables.values():
            assert not np.isinf(values.values).any()


def test_one_that_refuses_a_k_is_absent_there_and_nowhere_else(register):
    @register("mine", draws="k")
    def mine(k=4):
        if k < 4:
            raise ValueError("k must be at least 4")
        return toy(float(k))

    words = [make(**at, k=k).words for k in (1, 8) for make, at in (
        (explorers.objective_weights, {"a": "mine"}), (explorers.group_weights, {"objective": "mine"}),
        (explorers.vanishing_signal, {"objective": "mine"}),
    )]  # fmt: skip
    assert "mine weighs nothing at all" in words[0]
    assert "mine promises weight nothing, the group gives nothing (see below)" in words[1]
    assert "under mine: nothing: there is no such table" in words[2]
    assert "mine weighs 8" in words[3]
    assert "mine promises weight 8, the group gives 8" in words[4]
    assert math.isfinite(float(words[5].rpartition(": ")[2].rstrip(".")))


@pytest.mark.parametrize("make", EXPLORERS)
def test_one_with_a_fault_is_named_with_what_to_do(make, register):
    register("fine")(lambda: toy())

    @register("mine")
    def mine():
        return toy(table=lambda n: 1 / 0, slope=Face(lambda xp, p: 1 / 0, 0.0, 0.0))

    with pytest.raises(ValueError, match=r"mine cannot be shown: ZeroDivisionError.*objectives\.forget\('mine'\)"):
        make()
    objectives.forget("mine")
    make()


def test_the_labs_tables_lie_one_under_the_other():
    assert len(group_weights._ROWS) == sum(n + 1 for n in group_weights.SIZES) == 67
