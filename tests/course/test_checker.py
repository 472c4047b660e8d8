"""The checker: every known mistake is caught with its own message, and no right answer is refused."""

import itertools
import json
import math
import re
from fractions import Fraction

import numpy as np
import pytest
import torch

from passk_lab.course import check, progress
from passk_lab.course.checker import CORRECT, ERROR, INCORRECT, NOT_ATTEMPTED, Check, judge
from passk_lab.course.content import EXERCISES
from passk_lab.course.exercise import REFUSES, alike, behaviour, same
from passk_lab.look import ROLES

BANK = [(exercise, mistake) for exercise in EXERCISES.values() for mistake in exercise.mistakes]


def right(exercise):
    """The oracle in floats, as a reader would hand it in."""

    def function(*case):
        value = exercise.oracle(*map(_exact, case))
        return float(value) if isinstance(value, Fraction) else value

    return function


def _exact(value):
    if isinstance(value, float):
        return Fraction(value).limit_denominator(10_000)
    return tuple(map(_exact, value)) if isinstance(value, list) else value


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_an_exercise_knows_its_mistakes_and_has_a_word_for_each(exercise):
    assert len(exercise.mistakes) >= 5
    assert all(mistake.message and mistake.hint for mistake in exercise.mistakes)
    # Where impossible input is to be refused, one who answers it is told so, and nowhere else.
    refuses = any(exercise.expected(case) == REFUSES for case in exercise.cases)
    assert any(mistake.refusal for mistake in exercise.mistakes) == refuses


def test_a_mistake_that_was_shipped_says_in_which_repository():
    told = [m.message for _, m in BANK if re.search(r"ship|issue \d|pull request \d", m.message)]
    assert len(told) >= 7
    for message in told:
        assert re.search(r"\b[\w.-]+/[\w.-]+\b", message.replace("inf/inf", "")), message


@pytest.mark.parametrize(("exercise", "mistake"), BANK, ids=[f"{e.name}: {m.name}" for e, m in BANK])
def test_each_mistake_is_caught_with_its_own_message(exercise, mistake):
    outcome, diagnosed = judge(exercise, mistake.function)
    assert outcome.status == INCORRECT
    assert diagnosed is mistake
    assert mistake.message in outcome.message
    assert outcome.work


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_every_case_is_worked_by_hand_whichever_fails_first(exercise):
    assert all(exercise.work(*case).strip() for case in exercise.cases)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_no_two_mistakes_behave_alike(exercise):
    expected = [exercise.expected(case) for case in exercise.cases]
    for refusal in (False, True):
        cases = [c for c, right in zip(exercise.cases, expected, strict=True) if (right == REFUSES) == refusal]
        answers = {m.name: behaviour(m.function, cases) for m in exercise.mistakes if m.refusal == refusal}
        for one, other in itertools.combinations(answers, 2):
            assert not alike(answers[one], answers[other]), (one, other)
    messages = [mistake.message for mistake in exercise.mistakes]
    assert len(set(messages)) == len(messages)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_the_right_answer_is_correct_and_the_stub_not_attempted(exercise):
    assert judge(exercise, right(exercise))[0].status == CORRECT
    for stub in (lambda *_: None, lambda *_: ..., _not_implemented):
        assert judge(exercise, stub)[0].status == NOT_ATTEMPTED


def _not_implemented(*_):
    raise NotImplementedError


def test_passing_a_value_instead_of_the_function_is_explained():
    outcome, _ = judge(EXERCISES["pass_at_k"], 0.5)
    assert outcome.status == NOT_ATTEMPTED
    assert "Pass the function itself: check.pass_at_k(pass_at_k)" in outcome.message


def test_the_counter_example_is_the_smallest_and_worked_by_hand():
    # 1 - (1 - c/n)^k is right for n = 1 and for c = 0 and c = n; n = 2, c = 1, k = 2 is the first that differs.
    outcome = check.pass_at_k(lambda n, c, k: 1 - (1 - c / n) ** k)
    assert "pass_at_k(n=2, c=1, k=2) gives 0.75; exactly it is 1." in outcome.message
    assert "samples: R w" in outcome.work
    assert "1 of 1 hold a right sample: 1" in outcome.work


def test_an_error_names_the_line_of_the_reader():
    def mine(n, c, k):
        return n / (c - c)

    outcome = check.pass_at_k(mine)
    assert outcome.status == ERROR
    assert "pass_at_k(n=1, c=0, k=1) stopped with ZeroDivisionError" in outcome.message
    assert "return n / (c - c)" in outcome.message


def test_an_unknown_wrong_answer_still_gets_its_counter_example():
    outcome = check.pass_at_k(lambda n, c, k: 0.123)
    assert outcome.status == INCORRECT
    assert outcome.mistake == ""
    assert "pass_at_k(n=1, c=0, k=1) gives 0.123; exactly it is 0." in outcome.message


@pytest.mark.parametrize("wrong", ["0.5", [0.5], True, math.nan, 1j, {}])
def test_what_is_not_a_number_is_not_correct(wrong):
    outcome = check.at_least_one(lambda p, k: wrong)
    assert outcome.status == INCORRECT
    assert "gives" in outcome.message


def test_a_number_too_large_for_a_float_is_judged_like_any_other():
    outcome = check.first_overflow(lambda largest: 10**400)
    assert outcome.status == INCORRECT
    assert "exactly it is 2." in outcome.message
    assert same(10**400, 10**400)
    assert same(10**400, 10**400 + 1)
    assert not same(10**400, math.inf)
    assert not same(10**400, 2 * 10**400)


def test_no_number_is_asked_for_where_a_refusal_is_wanted():
    outcome = check.fixed_solved(lambda outcomes: all(outcome == 1 for outcome in outcomes))
    assert "fixed_solved(outcomes=[]) gives True; exactly it is a ValueError (no answer exists)." in outcome.message
    assert "A number is wanted" not in outcome.message


@pytest.mark.parametrize("wrap", [np.float64, np.array, torch.tensor, Fraction, float])
def test_any_kind_of_number_counts(wrap):
    exact = right(EXERCISES["all_right"])
    outcome = check.all_right(
        lambda n, c, k: wrap(exact(n, c, k)) if wrap is not torch.tensor else _tensor(exact(n, c, k))
    )
    assert outcome.status == CORRECT


def _tensor(value):
    return torch.tensor(value, dtype=torch.float64)


def test_the_tolerance_is_relative():
    # One in a million, off by 1e-8 of itself, is wrong; an absolute tolerance of 1e-6 would let 0 pass.
    assert not same(1e-6 * (1 + 1e-8), Fraction(1, 10**6))
    assert not same(0.0, Fraction(1, 10**6))
    assert same(1e-6, Fraction(1, 10**6))


def test_a_function_that_spoils_its_lists_harms_nobody():
    def spoils(ns, cs, k):
        ns.clear()
        return 0.0

    assert check.mean_pass_at_k(spoils).status == INCORRECT
    assert judge(EXERCISES["mean_pass_at_k"], right(EXERCISES["mean_pass_at_k"]))[0].status == CORRECT


def test_hints_begin_with_the_mistake_then_climb():
    mine = Check(EXERCISES["pass_at_k"])
    mine(lambda n, c, k: c / n)
    first = mine.hint()
    assert "what your function does" in first.title
    titles = [mine.hint().title for _ in range(4)]
    assert [t.split(":")[1].split()[1] for t in titles] == ["idea", "formula", "line", "line"]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_solution_is_the_notebooks_own(name):
    body = check[name].solution().body
    assert f"def {name}(" in body
    assert "# solution" not in body
    # A solution may call the functions of other exercises, as the reader may.
    others = {other: right(exercise) for other, exercise in EXERCISES.items() if other != name}
    space = {"math": math, "np": np}
    exec(body, {**space, **others}, space)  # our own source, not a reader's
    assert judge(EXERCISES[name], space[name])[0].status == CORRECT


def test_unknown_exercises_list_what_exists():
    with pytest.raises(KeyError, match=r"no exercise called 'pass_k'. There are: at_least_one, .*pass_at_k"):
        check.pass_k(lambda: 0)


def test_text_of_a_reader_is_escaped():
    class Odd:
        def __repr__(self):
            return "<img src=x onerror=alert(1)>"

    outcome = check.at_least_one(lambda p, k: Odd())
    assert "<img" not in outcome._repr_html_()
    assert "&lt;img" in outcome._repr_html_()


def test_an_outcome_wears_the_colours_of_the_one_look_on_both_grounds():
    for outcome, role in (
        (check.at_least_one(lambda p, k: 1 - (1 - p) ** k), "correct"),
        (check.at_least_one(lambda p, k: p), "wrong"),
        (check.at_least_one(lambda p, k: 1 / 0), "wrong"),
        (check.at_least_one(lambda p, k: ...), "guide"),
        (check.at_least_one.hint(), "guide"),
    ):
        colours = ROLES[role].light, ROLES[role].dark
        assert re.findall("#[0-9A-Fa-f]{6}", outcome._repr_html_()) == list(colours), role


def test_progress_remembers_the_best_and_counts_attempts():
    from passk_lab.course import memory

    check.at_least_one(lambda p, k: ...)
    assert memory.read()["exercises"] == {}
    check.at_least_one(lambda p, k: 1 - (1 - p) ** k)
    check.at_least_one(lambda p, k: p)
    check.at_least_one.hint()
    said = {"best": CORRECT, "attempts": 2, "tried": [CORRECT, "ignores k"], "hints": 1, "solution": False}
    assert memory.read()["exercises"]["at_least_one"] == said
    check.at_least_one.solution()
    assert memory.read()["exercises"]["at_least_one"] == {**said, "solution": True}
    assert "1 of 3 exercises solved" in repr(progress("00_start_here"))
    assert "✓ <code>at_least_one</code>" in progress("00_start_here")._repr_html_()


def test_what_was_seen_before_any_try_is_remembered_and_a_file_of_an_older_lab_goes_on():
    from passk_lab.course import memory

    check.pass_at_k.hint()
    assert memory.read()["exercises"]["pass_at_k"] == {
        "best": "not attempted", "attempts": 0, "tried": [], "hints": 1, "solution": False,
    }  # fmt: skip
    memory.location().write_text(json.dumps({"exercises": {"pass_at_k": {"best": CORRECT, "attempts": 3}}}))
    check.pass_at_k(lambda n, c, k: 1 - (1 - c / n) ** k)
    stored = json.loads(memory.location().read_text())
    assert stored["version"] == memory.VERSION
    assert stored["exercises"]["pass_at_k"] == {
        "best": CORRECT, "attempts": 4, "tried": ["with replacement"], "hints": 0, "solution": False,
    }  # fmt: skip
    assert list(memory.location().parent.glob("*unreadable*")) == []


def test_only_the_last_tries_are_told_one_by_one_and_all_are_counted():
    from passk_lab.course import memory

    for number in range(103):
        memory.tried("pass_at_k", "incorrect", f"mistake {number}", final=CORRECT)
    entry = memory.read()["exercises"]["pass_at_k"]
    assert (entry["attempts"], len(entry["tried"]), entry["tried"][0]) == (103, 100, "mistake 3")
