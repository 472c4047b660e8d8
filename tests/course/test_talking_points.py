"""What the teacher's notebooks say to the teacher: in each of them, short, naming what is there; and to no one else."""

import json
import re

import pytest

from passk_lab.course import builder, claims
from passk_lab.course.content import EXERCISES, QUESTIONS

SOURCES = builder.sources()
LABEL = "**For the teacher.**"


def points(source):
    cells = builder.parse(source.read_text(encoding="utf-8"))
    return [claims.plain(cell.text) for cell in cells if cell.markdown and builder.TEACHER in cell.tags]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_each_notebook_has_some_and_each_is_short(source):
    said = points(source)
    assert 2 <= len(said) <= 5
    for point in said:
        assert 60 <= len([word for word in point.split() if word != "-"]) <= 120, point
        assert re.search(r"\*(?:Ask|Expect|The picture)", point, re.IGNORECASE), point
        assert re.search(r"\*(?:time|skip)", point, re.IGNORECASE), point


def names_said(source):
    text = " ".join(" ".join(points(source)).split())
    return (
        re.findall(r"`(\w+)`, \*([^*]+)\*", text),
        re.findall(r"\bquestion \*([^*]+)\*", text),
        re.findall(r"\bprediction \*([^*]+)\*", text),
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_what_they_name_is_there(source):
    mistakes, questions, predictions = names_said(source)
    assert mistakes or questions or predictions
    for exercise, mistake in mistakes:
        assert mistake in {one.name for one in EXERCISES[exercise].mistakes}, (exercise, mistake)
    for question in questions:
        assert question in QUESTIONS
    code = " ".join(source.read_text(encoding="utf-8").split())
    for prediction in predictions:
        assert f'predict( "{prediction}"' in code or f'predict("{prediction}"' in code, prediction


def test_the_names_of_mistakes_are_those_of_the_notebook_they_stand_in():
    for source in SOURCES:
        for exercise, _ in names_said(source)[0]:
            assert EXERCISES[exercise].notebook <= source.stem  # of this one, or of one before


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_the_teacher_alone_holds_them(source):
    kinds = {kind: json.loads(builder.build(source, kind))["cells"] for kind in builder.KINDS}
    for kind, cells in kinds.items():
        there = [cell for cell in cells if "".join(cell["source"]).startswith(f"> {LABEL}")]
        assert len(there) == (len(points(source)) if kind == builder.TEACHER else 0)
        for cell in there:
            assert all(line.startswith(">") for line in cell["source"])
            assert not re.search(r"\]\{\w+\}", "".join(cell["source"]))
    without = [cell for cell in kinds[builder.TEACHER] if builder.TEACHER not in cell["metadata"].get("tags", [])]
    assert [cell["source"] for cell in without] == [cell["source"] for cell in kinds["solved"]]


def test_no_sentence_of_a_bank_is_said_twice():
    banks = {mistake.message for exercise in EXERCISES.values() for mistake in exercise.mistakes}
    banks |= {choice.reason for question in QUESTIONS.values() for choice in question.choices}
    sentences = {one for text in banks for one in re.split(r"(?<=[.?:]) ", text) if len(one.split()) >= 7}
    for source in SOURCES:
        text = " ".join(" ".join(points(source)).split())
        assert not [sentence for sentence in sentences if sentence in text]
