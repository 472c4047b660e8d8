"""The explorer of a verifier that errs: its numbers by hand, and what its presets say."""

import pytest

from passk_lab import explorers

PRESETS = {preset.label: preset for preset in explorers.imperfect_verifier().description.presets}


def numbers(**state):
    return explorers.imperfect_verifier(**state).numbers


def test_seen_true_and_handed_in_by_hand():
    found = numbers(p=0.1, k=2, a=0.1, noise="each sample")
    assert found["seen"] == pytest.approx(0.3439, rel=1e-6)
    assert found["true"] == pytest.approx(0.19, rel=1e-6)
    assert found["chosen"] == pytest.approx(0.181, rel=1e-6)
    assert found["ceiling"] == pytest.approx(10 / 19, rel=1e-6)
    assert found["half"] == pytest.approx(1 / 11, rel=1e-6)
    assert numbers(p=0, k=1024, a=0.001)["seen"] == pytest.approx(1 - 0.999**1024, rel=1e-6)


def test_errors_of_an_answer_by_hand():
    """One wrong answer, p = 3/10, k = 2: with chance 1/10 all is accepted, else the right ones alone."""
    found = numbers(p=0.3, k=2, a=0.1, m=1, noise="each answer")
    assert found["seen"] == pytest.approx(0.1 + 0.9 * (1 - 0.7**2), rel=1e-6)
    assert found["chosen"] == pytest.approx(0.1 * 0.3 + 0.9 * (1 - 0.7**2), rel=1e-6)
    assert found["ceiling"] == pytest.approx(0.1 * 0.3 + 0.9, rel=1e-6)


def test_what_is_not_worked_out_is_said_so():
    explorer = explorers.imperfect_verifier(noise="each problem")
    assert "with a chance not worked out here" in explorer.words
    assert "by a lot" not in explorer.words


@pytest.mark.parametrize("objective", ["pass@1", "pass@k", "maxrl", "grpo"])
def test_without_errors_the_weights_are_one(objective):
    found = numbers(objective=objective, a=0, b=0, p=0.1, k=4)
    assert found["noisy"] == found["weight"]
    weights = {"pass@1": 1, "pass@k": 4 * 0.9**3, "maxrl": 10, "grpo": 1 / 0.3}
    assert found["weight"] == pytest.approx(weights[objective], rel=1e-6)


def test_what_the_presets_say():
    def at(label):
        return numbers(**PRESETS[label].state)

    weak = at("weak tests")
    assert weak["seen"] > 0.999
    assert weak["ceiling"] == pytest.approx(0.5, abs=0.02)
    assert weak["chosen"] == pytest.approx(weak["ceiling"], abs=1e-3)
    guessable = at("guessable")
    assert guessable["true"] == 0
    assert 0.5 < guessable["seen"] < 0.6
    assert [numbers(**{**PRESETS["one wrong answer"].state, "k": k})["seen"] for k in (1, 1024)] == pytest.approx(
        [0.1] * 2
    )
    key = at("wrong key")
    assert key["chosen"] == 0
    assert key["noisy"] < 0 < key["weight"]
