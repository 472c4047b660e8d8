"""What can go wrong in any exercise is named in every one of them."""

import math
import time

import pytest

from passk_lab.course import kinds
from passk_lab.course.checker import CORRECT, ERROR, INCORRECT, NOT_ATTEMPTED, Check, judge
from passk_lab.course.content import EXERCISES
from passk_lab.course.exercise import REFUSES, call_text
from tests.course.test_checker import right

REFUSE = [e for e in EXERCISES.values() if any(e.expected(case) == REFUSES for case in e.cases)]
ALL = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
REFUSING = pytest.mark.parametrize("exercise", REFUSE, ids=lambda exercise: exercise.name)


@ALL
def test_print_instead_of_return(exercise, capsys):
    function = right(exercise)
    outcome, found = judge(exercise, lambda *case: print(function(*case)))
    assert (outcome.status, outcome.mistake, found) == (INCORRECT, "print instead of return", kinds.PRINT)
    assert "prints and returns nothing" in outcome.message
    assert capsys.readouterr().out.count("\n") == 1, "once, not for every case"


@ALL
def test_a_return_that_is_missing(exercise):
    def lets_go(*case):
        right(exercise)(*case)

    outcome, _ = judge(exercise, lets_go)
    assert (outcome.status, outcome.mistake) == (INCORRECT, "return missing")


def test_dots_that_are_still_there_are_no_attempt():
    def begun(p, k):
        wrong = 1 - p
        print(wrong)
        ...  # your code here

    def begun_in_silence(p, k):
        k += p
        ...  # your code here

    assert judge(EXERCISES["at_least_one"], begun_in_silence)[0].status == NOT_ATTEMPTED
    assert judge(EXERCISES["at_least_one"], begun)[0].mistake == "print instead of return"


@ALL
def test_a_power_written_as_exclusive_or(exercise):
    outcome, _ = judge(exercise, lambda *case: 0.5 ^ 2)
    assert (outcome.status, outcome.mistake) == (ERROR, "^ for power")
    assert "a power is written **" in outcome.message
    assert f"Wanted there: {kinds.text(exercise.expected(exercise.cases[0]))}." in outcome.message
    answers = [exercise.expected(case) for case in exercise.cases]
    truths = all(isinstance(it, bool) or it == REFUSES for it in answers)
    outcome, _ = judge(exercise, lambda *case: 1000 + (2 ^ len(case)))
    assert (outcome.mistake == "^ for power") != truths, "of two truths it may be meant"


def test_an_exclusive_or_within_a_comprehension_is_found_and_a_right_function_may_have_one():
    exercise = EXERCISES["pass_at_k"]
    outcome, _ = judge(exercise, lambda n, c, k: sum(2 ^ i for i in range(n)))
    assert outcome.mistake == "^ for power"
    function = right(exercise)
    assert judge(exercise, lambda n, c, k: function(n ^ 0, c, k))[0].status == CORRECT


@ALL
def test_a_division_by_zero_is_named_with_its_case_and_what_is_wanted_there(exercise):
    number = next(i for i, case in enumerate(exercise.cases) if exercise.expected(case) != REFUSES)
    assert number == 0, "a refusal comes last"
    outcome, found = judge(exercise, lambda *case: 1 / (len(case) - len(case)))
    case = exercise.cases[0]
    assert (outcome.status, found) == (ERROR, kinds.ZERO_DIVISION)
    assert f"{call_text(exercise, case)} stopped with ZeroDivisionError: division by zero" in outcome.message
    assert "in the line: outcome, found = judge(exercise, lambda *case: 1 / (len(case) - len(case)))" in outcome.message
    assert f"Wanted there: {kinds.text(exercise.expected(case))}." in outcome.message


def but(exercise, otherwise):
    """Right wherever an answer exists."""
    function = right(exercise)

    def answers(*case):
        try:
            return function(*case)
        except ValueError:
            return otherwise()

    return answers


@REFUSING
@pytest.mark.parametrize(("otherwise", "status"), [(lambda: 1 / 0, ERROR), (lambda: 0.123456, INCORRECT)])
def test_a_refusal_that_is_missing(exercise, otherwise, status):
    outcome, found = judge(exercise, but(exercise, otherwise))
    assert (outcome.status, found) == (status, kinds.NOT_REFUSED)
    assert "Every number is right" in outcome.message
    assert "a ValueError (no answer exists)" in outcome.message


def test_k_beyond_n_by_the_formula_alone():
    # C(n, k) is 0 there, so the natural function stops by chance.
    outcome, _ = judge(EXERCISES["pass_at_k"], lambda n, c, k: 1 - math.comb(n - c, k) / math.comb(n, k))
    assert (outcome.status, outcome.mistake) == (ERROR, "not refused")
    assert "pass_at_k(n=1, c=0, k=2) stopped with ZeroDivisionError" in outcome.message


def test_a_value_error_where_an_answer_exists_is_shown():
    outcome, _ = judge(EXERCISES["pass_at_k"], lambda n, c, k: math.log(c))
    assert "pass_at_k(n=1, c=0, k=1) gives a ValueError" in outcome.message
    assert "It stopped with ValueError: " in outcome.message
    assert "in the line: outcome, _ = judge(" in outcome.message


@pytest.mark.parametrize("when", [1, 2])
def test_a_path_without_return(when):
    def halfway(p, k):
        if k == when:
            return 1 - (1 - p) ** k

    outcome, _ = judge(EXERCISES["at_least_one"], halfway)
    assert f"k={3 - when}) gives None; exactly it is" in outcome.message
    assert "On some path your function returns nothing." in outcome.message


def natural(p, target):
    """What one writes first; no number of draws is enough at p = 0."""
    k, chance = 1, p
    while chance < target:
        k += 1
        chance = 1 - (1 - p) ** k
    return k


def test_a_loop_without_end_is_stopped_and_its_case_named():
    outcome, found = judge(EXERCISES["draws_needed"], natural, seconds=0.1)
    assert (outcome.status, found) == (ERROR, kinds.ENDLESS)
    assert "draws_needed(p=0, target=0.5) was stopped after 0.1 seconds, in the line: " in outcome.message
    assert "Wanted there: a ValueError (no answer exists)." in outcome.message


def test_its_hint_is_about_the_loop():
    mine = Check(EXERCISES["draws_needed"])
    _, mine._diagnosed = judge(mine.exercise, natural, seconds=0.1)
    assert "Which condition is to end the loop?" in mine.hint().body


@pytest.mark.parametrize("name", ["pass_at_k", "may_train"])
def test_a_loop_without_end_in_the_very_first_case(name):
    def endless(*case):
        while True:
            time.sleep(0)

    assert judge(EXERCISES[name], endless, seconds=0.1)[0].mistake == "no end"


@pytest.mark.skipif("not sys.platform.startswith('linux')", reason="only Linux holds a process to its memory")
def test_a_function_that_eats_memory_is_stopped():
    outcome, found = judge(EXERCISES["pass_at_k"], lambda n, c, k: len(list(range(10**12))))
    assert (outcome.status, found) == (ERROR, kinds.MEMORY)
    assert "pass_at_k(n=1, c=0, k=1) stopped with MemoryError" in outcome.message
