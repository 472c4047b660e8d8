"""The exam: two parallel forms; every number of the key once more, by arithmetic in fractions and by hand."""

import ast
import math
import re
from fractions import Fraction

import pytest

from passk_lab.course import builder
from passk_lab.teach import exam
from passk_lab.teach.exam.drawing import NOTEBOOKS
from passk_lab.teach.exam.task import POINTS

ASKED = [
    pytest.param(task, variant, id=f"{task.name}-{i}")
    for task in exam.TASKS.values()
    for i, variant in enumerate(task.variants)
]
SEEDS = range(12)


# --- a pocket calculator: + - * / ^ ( ), sqrt, ln, exp, C(n, k), in fractions where it can be -----------------------


def calculated(work):
    return value_of(ast.parse(work.replace("^", "**"), mode="eval").body)


def value_of(node):
    match node:
        case ast.Constant():
            return Fraction(str(node.value))
        case ast.UnaryOp(op=ast.USub()):
            return -value_of(node.operand)
        case ast.Call(func=ast.Name(id="C")):
            return Fraction(math.comb(*(int(value_of(one)) for one in node.args)))
        case ast.Call(func=ast.Name(id=name)):
            (inside,) = node.args
            return {"sqrt": math.sqrt, "ln": math.log, "exp": math.exp}[name](value_of(inside))
        case ast.BinOp():
            left, right = value_of(node.left), value_of(node.right)
            if isinstance(node.op, ast.Pow):
                return left ** (int(right) if right == int(right) else float(right))
            return {ast.Add: left + right, ast.Sub: left - right, ast.Mult: left * right}.get(
                type(node.op), left / right if right else None
            )
    raise ValueError(f"no key of a pocket calculator: {ast.dump(node)}")


def keys_to_press(work):
    """Operations, where what was worked out once may be used again."""
    tree = ast.parse(work.replace("^", "**"))
    return len({ast.dump(node) for node in ast.walk(tree) if isinstance(node, ast.BinOp | ast.Call)})


@pytest.mark.parametrize(("task", "variant"), ASKED)
def test_every_number_of_a_key_comes_out_of_its_arithmetic(task, variant):
    for answer in task.key_of(variant).answers:
        worked = calculated(answer.work)
        assert (math.ceil(worked - 1e-12) if answer.up else float(worked)) == pytest.approx(answer.value, abs=1e-9)
        assert keys_to_press(answer.work) <= 30, answer.work


@pytest.mark.parametrize(("task", "variant"), ASKED)
def test_a_wrong_answer_can_be_told_from_the_right_one_as_both_are_rounded(task, variant):
    key = task.key_of(variant)
    assert sum(step.points for step in key.steps) == task.points
    assert len(key.slips) >= 2
    for slip in key.slips:
        assert 0 <= slip.left < task.points
        if slip.value is not None:
            right = key.answers[slip.of]
            assert right.written(slip.value) != right.text, slip.did
    for answer in key.answers:  # far enough from a half of the last digit to be rounded by whatever calculator
        scaled = abs(answer.value) * 10**answer.decimals
        assert abs(scaled - math.floor(scaled) - 0.5) > 1e-6, answer


@pytest.mark.parametrize(
    ("name", "place", "right"),
    [
        ("at least one", 0, ["0.657"]),  # 1 - 0.343
        ("an easy and a hard prompt", 0, ["14", "0.756"]),  # 0.95^13 = 0.513, 0.95^14 = 0.488
        ("from counts", 0, ["0.533"]),  # 1 - 21/45
        ("mean over problems", 0, ["0.444"]),  # (0 + 1/3 + 1)/3
        ("crossing", 0, ["0.500", "0.500", "3"]),  # at k = 3: 0.75 against 0.5
        ("crossing", 1, ["0.583", "0.583", "3"]),  # 7/12 both; at k = 3: 13/16 against 11/16
        ("weight at p", 0, ["1.678"]),  # 8 * 0.8^7
        ("slope in a logit", 0, ["0.1029"]),  # 3 * 0.49 * 0.1 * 0.7
        ("a table of credit", 0, ["1.960", "1.600"]),  # 0.64 * 2 + 0.32 * 2 + 0.04 * 1
        ("signal and noise", 0, ["0.571", "49"]),  # sqrt(0.32/0.98)
        ("who wins", 0, ["0.667", "2.667"]),  # 2/3, 4 * 2/3
        ("pulling apart", 1, ["0.03906", "-0.04883"]),  # (3/16 - 7/64)/2 = 5/128, (6/64 - 49/256)/2 = -25/512
        ("two strategies", 0, ["0.667", "0.911", "0.600"]),  # odds sqrt(4) = 2; 41/45, 3/5
        ("two strategies", 3, ["0.750", "0.944", "0.700"]),  # odds sqrt(9) = 3
        ("credit of GRPO", 0, ["1.732", "-0.577"]),  # sqrt 3, -1/sqrt 3
        ("novelty", 0, ["0.250", "3"]),
        ("novelty", 1, ["0.200", "2"]),
        ("two divergences", 0, ["0.368", "0.511"]),
        ("bonus", 0, ["0.00010", "-3.00"]),  # 8 * 0.2^7, -sqrt 9
        ("spread as a Beta", 0, ["0.375"]),  # 1 - 5/8
        ("until solved", 0, ["0.323"]),  # 0.2 + 0.08 + 0.128/3
        ("two worlds", 0, ["0.2400", "0.2400", "0.3920", "0.4040"]),
        ("two micro-batches", 0, ["2.750", "1.561"]),  # (1.5 + 4)/2, 320/205
        ("convict", 0, ["0.75", "1.00"]),
        ("convict", 1, ["0.25", "0.00"]),
        ("a crossing that was made", 0, ["0.435", "0.629", "3"]),
        ("warned and false", 0, ["0.33", "0.67"]),
        ("warned and false", 1, ["0.25", "0.50"]),
        ("signs by chance", 0, ["0.250", "3.750"]),
    ],
)
def test_some_are_as_worked_by_hand(name, place, right):
    task = exam.TASKS[name]
    assert [answer.text for answer in task.key_of(task.variants[place]).answers] == right


def test_from_which_k_a_made_crossing_is_seen():
    task = exam.TASKS["a crossing that was made"]
    for variant in task.variants:
        p, d = Fraction(str(variant["p"])), Fraction(str(variant["d"]))
        seen = [1 - (((1 - p) * (1 - d)) ** k + (1 - d) ** k) / 2 for k in range(1, 20)]
        first = next(k for k, one in enumerate(seen, start=1) if one > Fraction(1, 2))
        assert task.key_of(variant).answers[2].value == first


def test_two_worlds_are_seen_alike_and_go_apart():
    task = exam.TASKS["two worlds"]
    for variant in task.variants:
        first, second, *three = (answer.value for answer in task.key_of(variant).answers)
        assert first == pytest.approx(second, abs=1e-12)
        assert abs(three[0] - three[1]) > 0.001


# --- the bank -----------------------------------------------------------------------------------------------------


def test_every_notebook_has_a_question_of_each_level():
    assert tuple(source.stem for source in builder.sources()) == NOTEBOOKS
    assert len(exam.TASKS) >= 30
    there = {(task.notebook, task.level) for task in exam.TASKS.values()}
    assert there == {(notebook, level) for notebook in NOTEBOOKS for level in POINTS}


def as_token(text, within):
    return re.search(rf"(?<![\d.]){re.escape(text)}(?![\d.]*\d)", within)


@pytest.mark.parametrize(("task", "variant"), ASKED)
def test_no_question_holds_its_answer(task, variant):
    question, key = task.question(variant), task.key_of(variant)
    for answer in key.answers:
        if answer.decimals:
            assert not as_token(answer.text.removeprefix("-"), question), answer
    for step in key.steps:
        assert step.says not in question


def test_no_question_gives_another_away():
    asked = {param.values[0].name: param.values[0].question(param.values[1]) for param in ASKED}
    secrets = [secret for task in exam.TASKS.values() for secret in task.secret]
    assert len(secrets) >= 5
    for name, question in asked.items():
        assert not [secret for secret in secrets if secret in question], name


@pytest.mark.parametrize(("task", "variant"), ASKED)
def test_a_question_is_asked_whole(task, variant):
    question = task.question(variant)
    assert "{" not in question
    assert "None" not in question
    parts = re.findall(r"^\((\w)\) ", question, re.MULTILINE)
    assert parts == list("abcdef"[: len(parts)])
    key = task.key_of(variant)
    spoken_of = {found for step in key.steps for found in re.findall(r"^\((\w)\)", step.says)}
    assert spoken_of >= set(parts) or not spoken_of


@pytest.mark.parametrize(("task", "variant"), ASKED)
def test_nobody_needs_python_to_answer_or_to_grade(task, variant):
    key = task.key_of(variant)
    said = [task.question(variant), *(step.says for step in key.steps)]
    said += [words for slip in key.slips for words in (slip.did, slip.reveals)]
    python = re.compile(r"```|\*\*\w|\breturn |\w_\w|\b(?:Python|float|floats|None|raise an error|\w+Error|log2)\b")
    assert [words for words in said if python.search(words)] == []


# --- the forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_forms_are_parallel(seed):
    a, b = exam.forms(seed)
    assert a.topics == b.topics
    assert a.points == b.points == 80
    assert [topic[0] for topic in a.topics] == list(NOTEBOOKS)
    assert [one.task.level for one in a.drawn].count("hard") == 3
    with_words = sum(one.task.words for one in a.drawn)
    assert 3 <= with_words <= len(a.drawn) - 3
    for one, other in zip(a.drawn, b.drawn, strict=True):
        assert one.question != other.question
        numbers = [[answer.text for answer in drawn.key.answers] for drawn in (one, other)]
        assert numbers[0] != numbers[1] or not numbers[0]
        assert [(s.points) for s in one.key.steps] == [(s.points) for s in other.key.steps]
        assert [answer.rounding for answer in one.key.answers] == [answer.rounding for answer in other.key.answers]


def test_a_seed_gives_the_same_forms_and_seeds_differ():
    assert [form.exam for form in exam.forms(5)] == [form.exam for form in exam.forms(5)]
    assert [form.key for form in exam.forms(5)] == [form.key for form in exam.forms(5)]
    drawn = [exam.forms(seed)[0].topics for seed in SEEDS]
    assert len(set(drawn)) == len(drawn)
    assert {name for topics in drawn for _, name, _ in topics} == set(exam.TASKS)  # each is drawn sooner or later


def test_any_two_variants_may_face_each_other():
    for task in exam.TASKS.values():
        keys = [task.key_of(variant) for variant in task.variants]
        assert len(keys) >= 2
        numbers = [tuple(answer.text for answer in key.answers) for key in keys]
        assert len(set(numbers)) == len(numbers) or not numbers[0], task.name
        assert len({tuple(step.points for step in key.steps) for key in keys}) == 1, task.name
        assert len({task.question(variant) for variant in task.variants}) == len(keys)


@pytest.mark.parametrize("seed", [0, 1])
def test_exam_and_key_are_kept_apart(seed):
    for form in exam.forms(seed):
        assert form.exam.startswith(f"# Exam, form {form.letter}\n")
        assert form.key.startswith(f"# Key, form {form.letter}\n")
        assert tuple(form) == (form.exam, form.key)
        for one in form.drawn:
            assert one.question in form.exam
            for answer in one.key.answers:
                assert f"{answer.name} = ____________ ({answer.rounding}" in form.exam
                assert f"{answer.name} = {answer.text}" in form.key
                assert answer.work not in form.exam or answer.work.isdigit()
            for words in [step.says for step in one.key.steps] + [slip.reveals for slip in one.key.slips]:
                assert words not in form.exam
                assert words.replace("|", "\\|") in form.key or words in form.key
        secrets = [secret for task in exam.TASKS.values() for secret in task.secret]
        assert not [secret for secret in secrets if secret in form.exam]


def test_a_part_of_the_course():
    a, b = exam.forms(2, notebooks=["00", "02", "05"])
    assert [one.task.notebook[:2] for one in a.drawn] == ["00", "02", "05"]
    assert a.topics == b.topics
    with pytest.raises(ValueError, match=r"no question on notebook '99'; there are: 00, 01"):
        exam.forms(2, notebooks=["00", "99"])
    with pytest.raises(ValueError, match="name a notebook at least"):
        exam.forms(2, notebooks=[])
    with pytest.raises(TypeError, match=r"seed is a whole number, not 'x'"):
        exam.forms("x")
