"""What the notebooks ask lies in a file for each of them, which is found by listing the folder."""

import ast
import re

import pytest

from passk_lab.course import builder
from passk_lab.course.content import EXERCISES, FILES, QUESTIONS
from passk_lab.course.exercise import REFUSES

SOURCES = {source.stem: source.read_text(encoding="utf-8") for source in builder.sources()}


def test_every_notebook_has_its_file_named_as_it_and_in_its_order():
    assert [file.NOTEBOOK for file in FILES] == list(SOURCES)
    assert [file.__name__.rpartition(".")[2] for file in FILES] == [name[3:] for name in SOURCES]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.NOTEBOOK)
def test_a_notebook_asks_what_its_file_holds_and_nothing_else(file):
    source = SOURCES[file.NOTEBOOK]
    assert {exercise.notebook for exercise in file.EXERCISES} == {file.NOTEBOOK}
    assert set(re.findall(r"^check\.(\w+)\(\1\)$", source, re.MULTILINE)) == {e.name for e in file.EXERCISES}
    assert set(re.findall(r"^quiz\(\"(.+)\"\)$", source, re.MULTILINE)) == {q.name for q in file.QUESTIONS}


def test_no_name_is_taken_twice():
    # The later of two would take the place of the other, in silence.
    assert len(EXERCISES) == sum(len(file.EXERCISES) for file in FILES)
    assert len(QUESTIONS) == sum(len(file.QUESTIONS) for file in FILES)


def functions(notebook):
    return {it.name: it for it in ast.parse(SOURCES[notebook]).body if isinstance(it, ast.FunctionDef)}


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_the_whole_task_stands_in_the_docstring_of_the_function(exercise):
    function = functions(exercise.notebook)[exercise.name]
    assert " ".join(ast.get_docstring(function).split()) == exercise.task
    assert tuple(argument.arg for argument in function.args.args) == exercise.arguments
    # What is given is spoken of, and what must raise is said; the same where nothing is returned, or a truth.
    assert all(re.search(rf"\b{name}\b", exercise.task) for name in exercise.arguments)
    answers = [exercise.expected(case) for case in exercise.cases]
    assert ("raise a ValueError" in exercise.task) == (REFUSES in answers)
    assert ("None" in exercise.task) == (None in answers)
    assert ("True if" in exercise.task) == any(isinstance(answer, bool) for answer in answers)
