"""Who has repaired a bug hears what it did; each figure that is said is worked out here, by the oracles."""

import ast
import math
import re
from fractions import Fraction as F
from itertools import product

import pytest

from passk_lab.course import builder, check
from passk_lab.course.content import EXERCISES
from tests.course.test_checker import right

REPAIRS = [name for name in EXERCISES if name.startswith("fixed_")]


@pytest.mark.parametrize("name", REPAIRS)
def test_who_has_repaired_a_bug_hears_what_it_did(name):
    exercise = EXERCISES[name]
    assert exercise.afterwards.startswith("What the bug did: ")
    outcome = check[name](right(exercise))
    assert outcome.message.endswith(exercise.afterwards)
    assert "What the bug did" not in check[name](exercise.mistakes[0].function).message


def shipped(name):
    """The function with the bug, from its notebook."""
    source = next(path for path in builder.sources() if path.stem == EXERCISES[f"fixed_{name}"].notebook).read_text()
    tree = next(it for it in ast.parse(source).body if isinstance(it, ast.FunctionDef) and it.name == f"shipped_{name}")
    space = {"math": math, "product": product}
    exec(compile(ast.Module([tree], []), "<notebook>", "exec"), space)  # our own source
    return space[f"shipped_{name}"]


def both(name, *case):
    """What the bug gives, and what is right."""
    return float(shipped(name)(*case)), float(EXERCISES[f"fixed_{name}"].oracle(*case))


def credit():
    def weight(rule, p):
        return sum(
            math.comb(7, j) * p**j * (1 - p) ** (7 - j) * (rule(8, j + 1, 4, True) - rule(8, j, 4, False))
            for j in range(8)
        )

    bug, exact = shipped("credit"), EXERCISES["fixed_credit"].oracle
    ratio = {p: weight(bug, p) / float(weight(exact, F(p).limit_denominator(100))) for p in (0.05, 0.3, 0.9)}
    return [8, 4, 100 * ratio[0.05] - 100, 0.05, 100 * ratio[0.3] - 100, 0.3, ratio[0.9], 0.9]


def best_credit():
    def mean(rule):
        return sum(
            math.comb(8, c) * 0.9**c * 0.1 ** (8 - c) * sum(rule([1] * c + [0] * (8 - c), i) for i in range(8))
            for c in range(9)
        )

    exact = mean(EXERCISES["fixed_best_credit"].oracle)
    return [8, 0.9, mean(shipped("best_credit")) - exact, 1, 1 / exact / 1e6]


def diversity():
    before, learned, scattered = [0.2] * 3 + [0.04] * 10, [0.3] * 3 + [0.01] * 10, [0.1, 0, 0] + [0.09] * 10
    (b, b_right), (t, t_right), (s, s_right) = (
        both("diversity", pi, [0, 1, 2], 16) for pi in (before, learned, scattered)
    )
    return [b, t, b_right, t_right, s, s - s_right, s_right]


def mean_weight():
    bug, exact = both("mean_weight", [0.0, 1.0], 16)
    return [exact, 16, bug]


def variance():
    bug, exact = both("variance", [0.9, 0.9, 0.9, 0.1, 0.1, 0.1], [0, 0, 0, 1, 1, 1])
    return [bug, exact, 6, 2, math.sqrt(exact / bug)]


def noise():
    bug, exact = both("noise", [0.0, 0.0, 1.0, 1.0], 256)
    assert exact == 0
    return [bug]


def unlikely_reward():
    logs, ones = [-1.0, -5.0, -9.0], [1, 1, 1]
    (likely, likely_right), (rare, rare_right) = (both("unlikely_reward", logs, ones, i, 0.5) for i in (0, 2))
    return [likely, rare, likely_right, rare_right]


def false_share():
    bug, exact = both("false_share", [5, 6, 2, 1, 4, 3], [0, 0, 1, 1, 2, 2])
    return [bug, exact]


def solved():
    four = [both("solved", [-2])] * 4
    assert all(exact == 0 for _, exact in four)
    return [sum(bug for bug, _ in four) / len(four)]


def best_of():
    group = [1, 0, 0, 0]
    bug, exact = both("best_of", group, 4)
    assert exact == 1
    return [len(group), len(group), bug, 4, len(group)]


def countdown():
    halves, left_out = ([2, 7], 3, [7, 2], 7, 2), ([1, 1, 81], 81, [81, 1], 81, 1)
    assert both("countdown", *halves) == both("countdown", *left_out) == (1, 0)
    return [7 / 2, 3]


def centred():
    rewards, groups = [1] * 4 + [0] * 3, [0] * 4 + [1] * 3
    (easy, easy_right), (hard, hard_right) = (both("centred", rewards, groups, i) for i in (0, 6))
    assert easy_right == hard_right
    return [8 - len(rewards), 8, groups.count(0), easy, groups.count(1), -hard, easy_right]


def accumulated():
    tokens = [1000, 10]
    (long, long_right), (short, short_right) = (both("accumulated", sums, tokens) for sums in ([1, 0], [0, 1]))
    assert long_right == short_right
    return [*tokens, short / long]


def kl_pull():
    pi, base = [0.6, 0.3, 0.1], [0.5, 0.05, 0.45]
    bug, exact = both("kl_pull", pi, base, 0)
    return [*pi, *base, bug, -exact]


FIGURES = [
    *(credit, best_credit, diversity, mean_weight, variance, noise, unlikely_reward),
    *(solved, centred, accumulated, best_of, countdown, kl_pull),
    false_share,
]


def test_every_repair_has_its_figures():
    assert [f"fixed_{figures.__name__}" for figures in FIGURES] == REPAIRS


@pytest.mark.parametrize("figures", FIGURES, ids=lambda it: it.__name__)
def test_each_figure_is_worked_out(figures):
    said = EXERCISES[f"fixed_{figures.__name__}"].afterwards
    said = re.sub(r"pass@\d+|k \(1-p\)\^\(k-1\)", lambda it: "4" if it[0] == "pass@4" else "", said)
    words = re.findall(r"(?<![\w^(])\d+(?:\.\d+)?", said)
    found = figures()
    assert len(words) == len(found), words
    for word, value in zip(words, found, strict=True):
        digits = len(word.partition(".")[2])
        assert abs(float(word) - value) <= 0.5 * 10**-digits * (1 + 1e-9), (word, value)
