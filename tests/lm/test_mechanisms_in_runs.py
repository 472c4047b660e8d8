"""Exploration mechanisms in runs: every one beside an objective, what is refused and how, and one of one's own."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from passk_lab.lm import Learner, TrainConfig, mechanisms
from passk_lab.lm.mechanisms import Mechanism

torch.set_num_threads(1)  # small matrices are no work to share

SMALL = {"prompts": 4, "n": 8, "watch": 8}
NAMES = mechanisms.names()


def learner_of(names=(), objective="grpo", **more):
    given = {name: {} for name in names} if not isinstance(names, dict) else names
    return Learner(TrainConfig(objective=objective, mechanisms=given, **{**SMALL, **more}))


# --- all of them, in a run ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_mechanism_runs_beside_an_objective(name):
    learner = learner_of([name], "pass@k", parameters={"k": 4}, n=16, watch=16, updates=2, steps=3)
    for _ in range(2):
        record = learner.step()
    assert all(np.isfinite(value) for name, value in record.items() if name != "kind")
    assert all(torch.isfinite(weight).all() for weight in learner.model.parameters())


def test_all_of_them_at_once():
    names = [name for name in NAMES if name != "clip-cov"]  # it clips the ratio itself, and clip-higher does too
    learner = learner_of(names, "pass@k", parameters={"k": 4}, n=16, watch=16, updates=2, steps=3)
    record = learner.step()
    assert all(np.isfinite(value) for name, value in record.items() if name != "kind")
    rows = [row for row in mechanisms.overview() if row["name"] in names]
    assert {f"{row['name']}.{name}" for row in rows for name in row["coefficients"]} < set(learner.changeable())


# --- bad input ------------------------------------------------------------------------------------------------------


def says(words, call, kind=ValueError):
    with pytest.raises(kind, match=words) as caught:
        call()
    assert caught.value.args[0].endswith("."), "a sentence"


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("novelty", {"weight": 1}, "novelty has strength, not 'weight'"),
        ("clip-higher", {"epsilon": 1}, "clip-higher has low, high, not 'epsilon'"),
        ("entropy", {"coefficient": -1}, "entropy: coefficient must lie at or above 0 .* but coefficient = -1"),
        ("entropy", {"coefficient": "much"}, "must be a number, but got 'much'"),
        ("entropy", {"coefficient": float("nan")}, "entropy: coefficient must lie"),
        ("unlikeliness", {"strength": 1.5}, "unlikeliness: strength must lie .* below 1, but strength = 1.5"),
        ("kl-cov", {"share": 2}, "kl-cov: share must lie"),
        ("annealed-k", {"start": 0}, "annealed-k: start must lie at or above 1"),
        ("prefix-hints", {"tokens": 0}, "prefix-hints: tokens must lie at or above 1"),
    ],
)
def test_coefficients_out_of_range(name, given, words):
    says(words, lambda: mechanisms.get(name, **given))
    says(words, lambda: TrainConfig(mechanisms={name: given}, updates=2))


def test_an_unknown_mechanism():
    words = "no mechanism called 'curiosity'. There are: entropy, kl-reverse, .*prefix-hints"
    for call in (
        lambda: mechanisms.get("curiosity"),
        lambda: mechanisms.forget("curiosity"),
        lambda: TrainConfig(mechanisms={"curiosity": {}}),
    ):
        says(words, call, KeyError)


def test_a_coefficient_changed_out_of_range_stays_as_it_was():
    novelty = mechanisms.get("unlikeliness", strength=0.4)
    says("unlikeliness: strength must lie", lambda: novelty.set("strength", 3))
    says("no coefficient called 'weight'", lambda: novelty.set("weight", 3), KeyError)
    assert novelty.coefficients() == {"strength": 0.4}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"mechanisms": {"clip-higher": {}}}, "clip-higher compares .* take updates = 2 or more"),
        ({"mechanisms": {"kl-cov": {}}}, "kl-cov compares the policy with the one that sampled, and with updates = 1"),
        ({"mechanisms": {"annealed-k": {}}}, "annealed-k moves .* grpo has none: take pass@k, say"),
        (
            {"objective": "pass@k", "mechanisms": {"annealed-k": {"start": 64}}},
            r"pass@k \(k = 64\) needs groups of at least 64 samples .* but n = 32",
        ),
        (
            {"objective": "pass@k", "mechanisms": {"annealed-k": {"start": 2.5}}},
            "annealed-k: start and end are whole numbers of draws, but 2.5 came",
        ),
        ({"mechanisms": {"prefix-hints": {"tokens": 8}}}, "below the answer's 8, but tokens = 8"),
        ({"mechanisms": {"prefix-hints": {"tokens": 2.5}}}, "whole number of tokens .* but tokens = 2.5"),
        (
            {"gradient": "exact", "objective": "pass@1", "mechanisms": {"novelty": {}}},
            "mechanisms act on samples, and a run on the exact gradient draws none: leave out novelty",
        ),
        ({"gradient": "expected", "mechanisms": {"entropy": {}}}, "a run on the expected gradient draws none"),
        ({"gradient": "guessed"}, "gradient is one of sampled, expected, exact, not 'guessed'"),
        ({"objective": "pass@k", "parameters": {"k": 64}}, "needs groups of at least 64 samples .* but n = 32"),
        ({"n": 8}, "watch = 16 draws need groups of at least 16 samples, but n = 8: take a larger n or watch <= 8"),
        ({"rate": 0}, "rate must lie above 0"),
        ({"steps": 0}, "steps must be at least 1, but steps = 0"),
        ({"updates": 1.5}, "updates must be whole numbers"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"clip": 0}, "clip must lie above 0"),
    ],
)
def test_runs_that_cannot_be(settings, words):
    says(words, lambda: TrainConfig(**settings))


def test_an_objective_without_a_credit_table_cannot_be_sampled():
    with pytest.raises(ValueError, match=r"log-pass@k \(k = 4\) has no credit: .* not a polynomial"):
        TrainConfig(objective="log-pass@k")
    assert TrainConfig(objective="log-pass@k", gradient="exact").label == "log-pass@k, exact gradient"


# --- one's own ------------------------------------------------------------------------------------------------------


@pytest.fixture
def louder():
    """A mechanism of one's own, gone after the test."""

    @mechanisms.register("louder", rule=r"A \to fA", source="a test")
    @dataclass
    class Louder(Mechanism):
        factor: float = 2.0

        def credit(self, batch, credit):
            return self.factor * credit

    yield Louder
    if "louder" in mechanisms.names():
        mechanisms.forget("louder")
    assert mechanisms.names() == NAMES


def test_a_mechanism_of_ones_own_is_found_everywhere(louder):
    assert mechanisms.names() == (*NAMES, "louder")
    assert mechanisms.get("louder", factor=3).coefficients() == {"factor": 3.0}
    row = mechanisms.overview()[-1]
    said = {"does": "", "coefficients": {"factor": 2.0}, "rule": r"A \to fA", "source": "a test"}
    assert row == {"name": "louder", **said}
    louder.__doc__ = "Multiply the credit. By a factor,\n    that is."
    assert mechanisms.overview()[-1]["does"] == "Multiply the credit."
    config = TrainConfig(mechanisms={"louder": {"factor": 3}}, **SMALL)
    assert config.label == "grpo + louder (factor = 3)"
    assert TrainConfig.from_json(config.to_json()) == config
    says("louder: factor must lie at or above 0", lambda: mechanisms.get("louder", factor=-1))
    mechanisms.forget("louder")
    says("no mechanism called 'louder'", lambda: TrainConfig(mechanisms={"louder": {}}), KeyError)


def test_a_step_puts_it_to_use(louder):
    plain, loud, off = learner_of(), learner_of({"louder": {"factor": 3}}), learner_of({"louder": {"factor": 0}})
    first, second, third = (learner.step() for learner in (plain, loud, off))
    assert torch.allclose(loud.push.credit, 3 * plain.push.credit)
    assert second["gradient_norm"] == pytest.approx(3 * first["gradient_norm"], rel=1e-4)
    assert third["gradient_norm"] == 0
    assert third["silent"] == 1
    assert third["pass_at_1"] == first["pass_at_1"], "one seed, the same samples"


def test_a_cell_may_be_run_twice(louder):
    @mechanisms.register("louder", rule="", source="")
    @dataclass
    class Again(Mechanism):
        factor: float = 5.0

    assert mechanisms.get("louder").coefficients() == {"factor": 5.0}
    assert mechanisms.names().count("louder") == 1


def test_the_labs_own_stay():
    for name in NAMES:
        says(f"{name} is one of the lab's own mechanisms and stays", lambda name=name: mechanisms.forget(name))
        says(
            f"a mechanism called '{name}' is there already .*choose another name",
            lambda name=name: mechanisms.register(name, rule="", source="")(type(mechanisms.get(name))),
        )
    assert mechanisms.names() == NAMES
    assert mechanisms.get("entropy").rule.startswith(r"+\lambda"), "a refused name leaves the lab's class as it was"


def test_any_number_of_ones_own():
    def one(number, factor):
        @mechanisms.register(f"mine {number}", rule="", source="")
        @dataclass
        class Mine(Mechanism):
            scale: float = factor

            def credit(self, batch, credit):
                return self.scale * credit

    try:
        for factor in (0.5, 3.0):
            for number in range(30):
                one(number, factor)
        assert mechanisms.names(own=True) == tuple(f"mine {number}" for number in range(30))
        assert {mechanisms.get(name).scale for name in mechanisms.names(own=True)} == {3.0}
        learner = learner_of([f"mine {number}" for number in range(3)])
        learner.change("mine 1.scale", 0.0)
        assert learner.step()["silent"] == 1
    finally:
        for name in mechanisms.names(own=True):
            mechanisms.forget(name)
    assert mechanisms.names() == NAMES


HOOKS = [name for name in dir(Mechanism) if not name.startswith("_")]


@pytest.mark.parametrize("coefficient", HOOKS)
def test_a_coefficient_cannot_hide_what_every_mechanism_has(coefficient):
    kind = dataclass(type("Own", (Mechanism,), {"__annotations__": {coefficient: float}, coefficient: 0.5}))
    says(
        f"mine: a coefficient cannot be called '{coefficient}', since every mechanism has something of that name",
        lambda: mechanisms.register("mine", rule="", source="")(kind),
    )
    assert mechanisms.names() == NAMES


def test_a_mechanism_is_a_dataclass_of_its_own():
    class Plain(Mechanism):
        factor: float = 2.0

    for kind in (Plain, int):
        says(
            "mine: a mechanism is a dataclass derived from Mechanism; put @dataclass over the class",
            lambda kind=kind: mechanisms.register("mine", rule="", source="")(kind),
        )


@pytest.mark.parametrize("name", ["mine.own", "mine:own", "mine=1", "mine, own", "mine+own"])
def test_signs_that_set_coefficients_apart_are_not_in_a_name(name):
    kind = dataclass(type("Own", (Mechanism,), {}))
    says(r"a mechanism's name has none of \. : , = \+ in it, but", lambda: mechanisms.register(name, "", "")(kind))


@pytest.fixture
def writer():
    """A second mechanism that writes into answers, and a second that replaces ratio times credit."""

    @mechanisms.register("dictation", rule="", source="a test")
    @dataclass
    class Dictation(Mechanism):
        def force(self, prompts, which, n, progress, rng):
            return None

    @mechanisms.register("squared", rule="", source="a test")
    @dataclass
    class Squared(Mechanism):
        def surrogate(self, ratio, credit):
            return ratio**2 * credit

    yield
    mechanisms.forget("dictation")
    mechanisms.forget("squared")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("prefix-hints", "dictation"), "prefix-hints and dictation both write into the answers, and only one of them"),
        (("squared", "clip-higher"), "squared and clip-higher both replace ratio times credit, and only one of them"),
        (("clip-cov", "clip-higher"), "clip-cov and clip-higher both replace ratio times credit, and only one of them"),
    ],
)
def test_two_that_would_fill_one_place_are_refused(writer, given, words):
    says(words, lambda: TrainConfig(mechanisms={name: {} for name in given}, updates=2))
    for name in given:
        TrainConfig(mechanisms={name: {}, "entropy": {}, "kl-cov": {}}, updates=2)


def test_a_name_is_a_text():
    kind = dataclass(type("Own", (Mechanism,), {}))
    says("a mechanism is called by a text that is not empty, but 3 came", lambda: mechanisms.register(3, "", "")(kind))


def test_a_coefficient_needs_a_default():
    @dataclass
    class Bare(Mechanism):
        factor: float

    says(
        "bare: every coefficient needs a default, but factor has none",
        lambda: mechanisms.register("bare", rule="", source="")(Bare),
    )
    assert mechanisms.names() == NAMES
