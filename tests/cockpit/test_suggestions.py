"""The suggestions: what each says is what came of its runs, and what it chooses is what was measured."""

import json
import re

import numpy as np
import pytest

from passk_lab import cockpit, objectives
from passk_lab.cockpit.suggestions import PROMPTS, SEEDS, STEPS, SUGGESTIONS
from tests.cockpit.suggested import DRAWS, FILE, holds

RUNS = json.loads(FILE.read_text(encoding="utf-8"))
BY_LABEL = {one.label: one for one in SUGGESTIONS}
SAYS = {
    "pass@8-loo-1": "above its base at every k from 1 to 32, and pass@1024 was kept",
    "plain pass@8: noise": "below its base at every k from 1 to 256",
    "race the two": "the first stood above the second at every k from 1 to 256",
    "grpo: the curves cross": "above its base at k = 1 and 2 and below it at every k from 16 to 1024",
}
"""The words that `holds` puts to the test."""


@pytest.mark.parametrize("label", SAYS)
def test_a_suggestion_says_what_came_of_its_runs(label):
    sentence = BY_LABEL[label].sentence
    assert f"after {STEPS} steps, seeds {SEEDS[0]} to {SEEDS[-1]}" in sentence
    assert SAYS[label] in sentence
    assert holds(label, RUNS)
    # No other number is claimed: what is left has none but those of names.
    rest = sentence.replace(SAYS[label], "").replace("after 400 steps, seeds 0 to 2", "")
    assert re.findall(r"(?<!pass@)\b\d+\b", rest.replace("loo-1", "")) == []


def test_the_first_suggestion_works_and_every_one_is_measured():
    assert list(SAYS) == [one.label for one in SUGGESTIONS]
    assert SUGGESTIONS[0].label == "pass@8-loo-1"
    of = {(run["objective"], run["seed"]) for run in RUNS}
    assert of == {(side["objective"], seed) for one in SUGGESTIONS for side in one.sides for seed in SEEDS}
    assert all(len(run["last"]) == len(DRAWS) for run in RUNS)


@pytest.mark.parametrize("label", SAYS)
def test_a_word_that_is_not_so_would_be_seen(label):
    swapped = [{**run, "base": run["last"], "last": run["base"]} for run in RUNS]
    if label == "race the two":
        names = {"pass@k": "pass@k-loo-1", "pass@k-loo-1": "pass@k", "grpo": "grpo"}
        swapped = [{**run, "objective": names[run["objective"]]} for run in RUNS]
    assert not holds(label, swapped)


def test_the_reason_of_the_noise_is_so():
    p = np.concatenate([np.geomspace(1e-6, 0.1, 50), np.linspace(0.1, 0.9, 81), 1 - np.geomspace(0.1, 1e-6, 50)])
    (side,) = BY_LABEL["plain pass@8: noise"].sides
    plain, loo = (objectives.get(name, k=side["k"]) for name in ("pass@k", "pass@k-loo-1"))
    clear, noisy = (objectives.gradient_moments(one, side["n"], p).signal_to_noise for one in (loo, plain))
    assert (noisy < clear).all()
    np.testing.assert_allclose(  # the same function is climbed
        objectives.effective_weight(plain, side["n"], p), objectives.effective_weight(loo, side["n"], p), rtol=1e-9
    )


def test_a_cockpit_opens_as_the_suggestions_were_measured():
    pit = cockpit.open()
    try:
        pit.wait()
        assert (pit.run.config.steps, pit.run.config.prompts, pit.run.config.judged) == (STEPS, PROMPTS, 10)
        for one in SUGGESTIONS:
            pit.suggest(one.label)
            assert one.sentence in pit._view["said"]
            made = [
                (run.config.objective, run.config.parameters.get("k"), run.config.n, run.config.rate)
                for run in pit.runs
            ]
            assert made == [(side["objective"], side.get("k"), side["n"], side["rate"]) for side in one.sides]
            assert not any(run.config.mechanisms for run in pit.runs)
    finally:
        pit.close()
