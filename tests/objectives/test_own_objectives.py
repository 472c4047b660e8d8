"""Objectives of one's own: adding, replacing and forgetting them, and what may not be touched."""

from dataclasses import replace

import pytest

from passk_lab import objectives
from passk_lab.objectives import Credit, Missing, registry
from tests.objectives.toy import toy

LAB = objectives.names()


@pytest.fixture
def register():
    """`objectives.register`, but what it adds is gone after the test, whatever happened in it."""
    before = objectives.names(variants=True)
    yield objectives.register
    for name in set(objectives.names()) - set(before):
        objectives.forget(name)
    assert objectives.names(variants=True) == before, "the lab's own are as they were"


def row(name):
    return next(row for row in objectives.overview() if row["name"] == name)


# --- adding -----------------------------------------------------------------------------------------------------


def test_a_toy_is_found_everywhere(register):
    @register("toy", aliases=("plaything",), variants={"toy-large": {"scale": 5.0}})
    def build(scale=0.5):
        return toy(scale)

    assert objectives.names()[-1] == "toy"
    assert objectives.names(variants=True)[-2:] == ("toy", "toy-large")
    assert objectives.get("plaything").label == "toy (scale = 0.5)"
    assert objectives.get("toy-large").label == "toy-large (scale = 5.0)"
    assert objectives.effective_weight("toy", n=4, p=0.3) == 0.5
    assert objectives.finite_value("toy-large", n=4, p=0.5) == pytest.approx(2.5)
    assert objectives.get("toy", scale=2.0).weight(1.0) == 2.0
    assert row("toy")["also"] == "plaything"
    assert row("toy-large")["parameters"] == "scale = 5.0"
    assert build(1.0).equation, "the function is still there to be called"
    objectives.forget("toy")
    for name in ("toy", "plaything", "toy-large"):
        with pytest.raises(KeyError, match=name):
            objectives.get(name)


def test_a_cell_may_be_run_twice(register):
    register("toy")(lambda: toy(1.0))
    register("toy", aliases=("plaything",))(lambda: toy(2.0))
    register("toy", aliases=("plaything",))(lambda: toy(3.0))
    assert objectives.get("plaything").weight(0.5) == 3.0
    assert objectives.names().count("toy") == 1


def test_a_toy_without_faces_says_so_in_the_overview(register):
    register("toy")(lambda: toy(F=Missing("it changes with n"), slope=Missing("so does this"), unbiased=False))
    assert row("toy")["value"] == "absent: it changes with n"
    assert row("toy")["weight"] == "absent: so does this"
    assert row("toy")["credit"] == "there"
    with pytest.raises(ValueError, match="toy has no value: it changes with n"):
        objectives.get("toy").value(0.5)
    with pytest.raises(ValueError, match="toy has no weight: so does this"):
        objectives.get("toy").weight(0.5)


@pytest.mark.parametrize(
    ("name", "more", "taken"),
    [
        ("pass@k", {}, "pass@k"),
        ("rloo", {}, "rloo"),
        ("grpo-verl", {}, "grpo-verl"),
        ("toy", {"aliases": ("plaything", "psr")}, "psr"),
        ("toy", {"variants": {"tang-std": {}}}, "tang-std"),
    ],
)
def test_a_name_of_the_lab_cannot_be_taken(register, name, more, taken):
    with pytest.raises(ValueError, match=f"an objective called '{taken}' is there already .* choose another name"):
        register(name, **more)(lambda: toy())
    assert "toy" not in objectives.names()
    assert objectives.get("rloo").name == "pass@1"


def test_a_name_of_another_toy_cannot_be_taken(register):
    register("toy", aliases=("plaything",))(lambda: toy(1.0))
    with pytest.raises(ValueError, match=r"'plaything' is there already \(toy\)"):
        register("second", aliases=("plaything",))(lambda: toy(2.0))
    with pytest.raises(ValueError, match=r"'plaything' is there already \(toy\)"):
        register("plaything")(lambda: toy(2.0))
    assert objectives.get("plaything").weight(0.5) == 1.0


def test_a_parameter_needs_a_default(register):
    with pytest.raises(ValueError, match="toy: every parameter needs a default, but scale has none"):
        register("toy")(lambda scale: toy(scale))
    assert "toy" not in objectives.names()


@pytest.mark.parametrize("name", LAB)
def test_the_labs_own_stay(name):
    with pytest.raises(ValueError, match=f"{name} is one of the lab's own objectives and stays"):
        objectives.forget(name)
    assert name in objectives.names()


@pytest.mark.parametrize("name", ["nope", "rloo", "grpo-verl"])
def test_only_a_name_of_an_entry_can_be_forgotten(name):
    with pytest.raises(KeyError, match=f"there is no objective called '{name}'"):
        objectives.forget(name)


# --- replaced ---------------------------------------------------------------------------------------------------


def doubled(objective):
    def table(n):
        credit = objective.table(n)
        return Credit(2 * credit.correct, 2 * credit.wrong, 2 * credit.contrast)

    return replace(objective, table=table)


def test_an_objective_is_replaced_for_a_while():
    def weights():
        return [
            objectives.effective_weight(objectives.get("pass@k", k=2), 8, 0.5),
            objectives.effective_weight("pkpo", 8, 0.5),
            objectives.effective_weight("pass@1", 8, 0.5),
        ]

    before, order = weights(), objectives.names(variants=True)
    with registry.replaced("pass@k", doubled):
        assert weights() == pytest.approx([2 * before[0], 2 * before[1], before[2]])
        assert objectives.names(variants=True) == order
        assert objectives.entry("pass@k").parameters == {"k": 4}
        with pytest.raises(ValueError, match="pass@k takes k, not 'n'"):
            objectives.get("pass@k", n=3)
    assert weights() == before


def test_replacing_reaches_the_variants():
    before = objectives.effective_weight("grpo-verl", 8, 0.5)
    with registry.replaced("grpo", doubled):
        assert objectives.effective_weight("grpo-verl", 8, 0.5) == pytest.approx(2 * before)


def test_what_was_replaced_comes_back_after_an_error():
    before = objectives.entry("pass@k")
    with pytest.raises(RuntimeError, match="in the block"), registry.replaced("pass@k", doubled):
        raise RuntimeError("in the block")
    assert objectives.entry("pass@k") is before


def test_the_labs_own_stay_while_they_are_replaced():
    with registry.replaced("pass@k", doubled):
        with pytest.raises(ValueError, match="one of the lab's own objectives and stays"):
            objectives.forget("pass@k")
        with pytest.raises(ValueError, match="is there already"):
            objectives.register("pass@k")(lambda: toy())


def test_a_file_of_ones_own_may_be_called_as_one_of_the_labs():
    def build():
        return toy()

    build.__module__ = "one_sample"
    objectives.register("toy")(build)
    objectives.register("toy")(build)
    objectives.forget("toy")


def test_replacing_what_is_not_there():
    with pytest.raises(KeyError, match="there is no objective called 'nope'"), registry.replaced("nope", doubled):
        pass
