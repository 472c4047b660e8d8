"""Answers as equations: worked by hand, and for every legal answer the same number as the verifier's."""

import numpy as np
import pytest
import torch

from passk_lab.cockpit.equation import equation
from passk_lab.lm import Countdown

TASK = Countdown(3, 60)
PLUS, MINUS, TIMES = 60, 61, 62


@pytest.mark.parametrize(
    ("prompt", "tokens", "written", "fault"),
    [
        ([3, 4, 5, 35], [3, PLUS, 4, 7, 7, TIMES, 5, 35], "(3+4)*5 = 35", ""),
        ([3, 4, 5, 17], [3, TIMES, 4, 12, 5, PLUS, 12, 17], "5+3*4 = 17", ""),
        ([9, 5, 2, 6], [5, MINUS, 2, 3, 9, MINUS, 3, 6], "9-(5-2) = 6", ""),
        ([9, 5, 2, 2], [9, MINUS, 5, 4, 4, MINUS, 2, 2], "9-5-2 = 2", ""),
        ([9, 5, 2, 16], [9, MINUS, 2, 7, 5, TIMES, 7, 35], "5*(9-2) = 35", "35 is not 16"),
        ([3, 4, 5, 35], [3, PLUS, 4, 8, 8, TIMES, 5, 40], "3+4 = 8, 8*5 = 40", "3+4 is 7"),
        ([3, 4, 5, 35], [3, PLUS, 4, 7, 7, TIMES, 6, 42], "3+4 = 7, 7*6 = 42", "there is no 6 to take"),
        ([3, 4, 5, 35], [3, PLUS, 3, 6, 6, TIMES, 5, 29], "3+3 = 6, 6*5 = 29", "there is no 3 to take"),
        ([3, 4, 5, 35], [3, 4, PLUS, 7, 7, TIMES, 5, 35], "3 4 + 7, 7 * 5 35", "this is no calculation"),
        ([3, 4, 5, 35], [3, PLUS, 4, TIMES, 7, TIMES, 5, 35], "3 + 4 *, 7 * 5 35", "this is no calculation"),
    ],
)
def test_worked_by_hand(prompt, tokens, written, fault):
    assert equation(TASK, prompt, tokens) == (written, fault)


@pytest.mark.parametrize("task", [Countdown(), Countdown(4, 50)])
def test_every_legal_answer_is_an_equation_that_is_true(task):
    given = [2, 7, 7, 4][: task.numbers]
    legal = task.legal_traces([given])
    for tokens, value in list(zip(legal.tokens, legal.tokens[:, -1], strict=True))[:: max(1, len(legal.tokens) // 500)]:
        written, fault = equation(task, [*given, value], tokens)
        left, right = written.split(" = ")
        assert fault == ""
        assert eval(left) == int(right) == value  # digits, signs and brackets of our own making
        assert sorted(int(digit) for digit in left if digit.isdigit()) == sorted(given)


def test_any_tokens_are_judged_as_the_verifier_judges_them():
    rng, prompt = np.random.default_rng(0), [2, 3, 4, 20]
    legal = TASK.legal_traces([prompt[:-1]]).tokens
    for _ in range(500):
        tokens = legal[rng.integers(len(legal))].copy()
        if rng.random() < 0.7:
            tokens[rng.integers(len(tokens))] = rng.integers(TASK.vocabulary)
        right = bool(TASK.verify(torch.tensor(prompt), torch.tensor(tokens)))
        assert (equation(TASK, prompt, tokens)[1] == "") == right
