"""The widgets in the kernel: their states, what the page may say, and the pages they write."""

import re

import pytest

from passk_lab import play
from passk_lab.play.settings import CHANCES, RACE, accept


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"k": 3}, "nearest are 2 and 4"),
        ({"left": "pass@9"}, "there are: pass@1, reinforce"),
        ({"seed": 0}, "runs from 1 to 999"),
        ({"level": 2}, "runs from 0.0200 to 1"),
        ({"world": "<b>"}, "own"),
    ],
)
def test_a_value_that_is_not_there_gets_a_sentence(changes, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        play.race(**changes)


def test_an_unknown_setting_is_named():
    with pytest.raises(KeyError, match="world, k, n, left, right, seed, level"):
        play.race(tries=4)


def test_the_page_says_what_the_reader_chose_and_nothing_else():
    race = play.race()
    for told in (
        {"_state": {**race.state, "k": 8}},
        {"_state": {**race.state, "k": 5}},
        {"_state": {"k": 2}},
        {"_state": 7},
        {"_spec": {}},
        {"_block": b""},
    ):
        race.set_state(told)
    assert race.state == accept(RACE, {"k": 8})
    assert race._spec["steps"] == 300
    race.state = {"left": "grpo"}
    assert (race.state["left"], race.state["k"]) == ("grpo", 8)


@pytest.mark.parametrize("make", [play.race, play.ask_again])
def test_a_page_is_whole_by_itself(make, tmp_path):
    text = make().to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert not re.search(r"(?<!\w)(https?:|file:|//[a-z]+\.[a-z])", text)
    assert "default-src 'none'" in text
    assert '<img alt="' in text  # what is left where no program runs


def test_where_a_race_cannot_run_the_page_says_why(tmp_path):
    race = play.race(k=16, n=8)
    text = race.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "needs groups of at least 16 samples" in text


def test_no_objective_is_computed_in_the_page():
    program = play.front_end()
    assert not re.search(r"Math\.sqrt\(p|arcsin|lgamma|binom|choose\(", program)
    for name in ("grpo", "maxrl", "pass@k-"):
        assert name not in re.sub(r"^ *(//|\*|/\*).*$", "", program, flags=re.MULTILINE)


def test_the_exact_line_is_pass_at_k():
    spec = play.ask_again_part().spec
    for one in spec["chances"]:
        assert one["exact"] == pytest.approx([1 - (1 - one["p"]) ** k for k in range(1, 11)])
    assert [one["p"] for one in spec["chances"]] == list(CHANCES)
