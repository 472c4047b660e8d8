"""Objectives by name: aliases, variants, parameters, draws, and the overview. One's own are in test_own_objectives."""

import re

import pytest

from passk_lab import objectives
from tests.objectives.cases import UNBIASED

OWN_NAMES = (
    "reinforce", "pass@1", "mean-centred", "grpo", "grpo-loo", "nsr", "w-reinforce", "quantile", "risk-sensitive",
    "pass@k",
    "pass@k-loo", "pass@k-loo-1", "pass@k-centred", "pass@k-training-raw", "pass@k-training", "tang", "mahdavi-plugin",
    "log-pass@k", "maxrl", "maxrl-centred",
)  # fmt: skip
VARIANTS = {
    "grpo-verl": "grpo", "grpo-trl": "grpo", "tang-std": "tang", "tang-std-verl": "tang", "maxrl-order": "maxrl",
}  # fmt: skip


# --- finding ----------------------------------------------------------------------------------------------------


def test_the_names():
    assert objectives.names() == OWN_NAMES, "in the order in which they are taught"
    every = objectives.names(variants=True)
    assert set(every) == {*OWN_NAMES, *VARIANTS}
    assert len(every) == len(set(every))


def test_a_variant_stands_behind_its_family():
    every = objectives.names(variants=True)
    for variant, family in VARIANTS.items():
        assert every.index(family) < every.index(variant)
        assert objectives.entry(variant) is objectives.entry(family)
        assert objectives.get(variant).name == variant, "a variant keeps its name"


@pytest.mark.parametrize("name", ["nope", "PASS@K", "pass@k ", "", None, 3])
@pytest.mark.parametrize("find", [objectives.get, objectives.entry, lambda name: objectives.with_draws(name, 4)])
def test_an_unknown_name_is_told_all_names(find, name):
    with pytest.raises(KeyError, match="there is no objective called " + re.escape(repr(name))) as caught:
        find(name)
    for known in (*OWN_NAMES, *VARIANTS, "rloo", "psr", "grpo-passk", "mahdavi-unbiased"):
        assert known in str(caught.value)


@pytest.mark.parametrize(
    "function", [objectives.effective_weight, objectives.finite_value, objectives.gradient_moments]
)
def test_an_unknown_name_in_place_of_an_objective(function):
    with pytest.raises(KeyError, match="there is no objective called 'nope'"):
        function("nope", 8, 0.5)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("pass@k", {"n": 8}, "pass@k takes k, not 'n'"),
        ("pass@1", {"k": 8}, "pass@1 takes no parameters, not 'k'"),
        ("grpo", {"std": True}, "grpo takes ddof, eps, not 'std'"),
        ("rloo", {"k": 2}, "rloo takes no parameters, not 'k'"),
        ("grpo-verl", {"beta": 1}, "grpo-verl takes ddof, eps, not 'beta'"),
        ("maxrl", {"k": 4}, "maxrl takes order, not 'k'"),
    ],
)
def test_an_unknown_parameter_is_told_the_known_ones(name, given, words):
    with pytest.raises(ValueError, match=words):
        objectives.get(name, **given)


@pytest.mark.parametrize(
    ("name", "given", "label"),
    [
        ("pass@k", {}, "pass@k (k = 4)"),
        ("pkpo", {"k": 8}, "pass@k (k = 8)"),
        ("reinforce", {}, "reinforce"),
        ("maxrl", {}, "maxrl"),
        ("maxrl-order", {}, "maxrl-order (order = 4)"),
        ("maxrl", {"order": 3}, "maxrl (order = 3)"),
        ("grpo", {}, "grpo (ddof = 0, eps = 0.0)"),
        ("grpo-verl", {}, "grpo-verl (ddof = 1, eps = 1e-06)"),
        ("grpo-trl", {"ddof": 0}, "grpo-trl (ddof = 0, eps = 0.0001)"),
        ("tang-std", {"k": 2}, "tang-std (k = 2, std = True, ddof = 1, eps = 0.0)"),
    ],
)
def test_label_and_parameters(name, given, label):
    assert objectives.get(name, **given).label == label


def test_parameters_of_an_entry():
    assert objectives.entry("pass@k").parameters == {"k": 4}
    assert objectives.entry("tang-std").parameters == {"k": 4, "std": False, "ddof": 1, "eps": 0.0}
    assert objectives.entry("pass@1").parameters == {}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("pass@k", "pass@k (k = 8)"),
        ("log-pass@k", "log-pass@k (k = 8)"),
        ("tang-std", "tang-std (k = 8, std = True, ddof = 1, eps = 0.0)"),
        ("maxrl-order", "maxrl-order (order = 8)"),
        ("maxrl", "maxrl"),  # no draws until an order is given
        ("maxrl-centred", "maxrl-centred"),
        ("grpo", "grpo (ddof = 0, eps = 0.0)"),
        ("reinforce", "reinforce"),
        ("pkpo", "pass@k (k = 8)"),
    ],
)
def test_k_goes_to_the_parameter_that_counts_draws(name, label):
    assert objectives.with_draws(name, 8).label == label


# --- overview ---------------------------------------------------------------------------------------------------


def row(name):
    return next(row for row in objectives.overview() if row["name"] == name)


def test_the_overview_has_every_name_and_no_hole():
    rows = objectives.overview()
    assert [row["name"] for row in rows] == list(objectives.names(variants=True))
    assert len({tuple(row) for row in rows}) == 1, "the same columns in every row"
    for entry in rows:
        assert entry["equation"]
        assert entry["source"]
        for face in ("value", "weight", "credit"):
            assert entry[face] == "there" or entry[face].startswith("absent: "), entry["name"]


def test_the_overview_says_why_a_face_is_absent():
    log = row("log-pass@k")
    assert log["value"] == log["weight"] == "there"
    assert log["credit"].startswith("absent: the weight of log(1 - (1-p)^k) is not a polynomial")
    assert log["needs"] == log["unbiased"] == "", "without a table there is nothing to need or to be biased"


def test_the_overview_says_what_a_table_needs():
    assert row("pass@k")["needs"] == "n >= 4"
    assert row("pass@k-loo")["needs"] == row("pass@k-centred")["needs"] == "n >= 5"
    assert row("tang")["needs"] == "n = 4"
    assert row("grpo")["needs"] == "n >= 2"
    assert row("reinforce")["needs"] == "n >= 1"
    for name in objectives.names(variants=True):
        if name != "log-pass@k":
            assert row(name)["unbiased"] is (name in UNBIASED), name


def test_the_overview_names_kin_and_parameters():
    assert row("pass@k-loo-1")["also"] == "mahdavi-unbiased"
    assert row("grpo-verl")["also"] == "grpo with other parameters"
    assert row("grpo-verl")["parameters"] == "ddof = 1, eps = 1e-06"


def test_an_absent_face_speaks_when_it_is_asked_for():
    log = objectives.get("log-pass@k", k=2)
    said = r"log-pass@k \(k = 2\) has no credit: the weight of log.*not a polynomial in p"
    assert re.match(said, log.missing("credit"))
    assert log.missing("value") == log.missing("weight") == ""
    for call in (lambda: log.credit(8), lambda: objectives.effective_weight(log, 8, 0.5)):
        with pytest.raises(ValueError, match=said):
            call()
    with pytest.raises(KeyError, match=r"there is no face called 'slope'\. There are: value, weight, credit"):
        log.missing("slope")
