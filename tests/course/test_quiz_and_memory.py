"""Quiz, predictions and the file that remembers them."""

import json
import warnings

import pytest

from passk_lab.course import memory, predict, predicted, progress, quiz, quizzes
from passk_lab.course.content import QUESTIONS
from passk_lab.course.widgets import QuizWidget


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
def test_a_question_has_one_right_choice_and_a_reason_for_each(question):
    assert sum(choice.right for choice in question.choices) == 1
    assert all(len(choice.reason) > 20 for choice in question.choices)
    for number, choice in enumerate(question.choices, start=1):
        reply = quiz(question.name).answer(number)
        assert reply.right == choice.right
        assert choice.reason in repr(reply)
        assert memory.read()["questions"][question.name]["choice"] == number


def test_a_choice_or_question_that_does_not_exist():
    with pytest.raises(KeyError, match=r"no choice called 4"):
        quiz("why unbiased").answer(4)
    with pytest.raises(KeyError, match=r"no question called 'why'. There are: independent draws"):
        quiz("why")


def test_a_prediction_is_remembered_and_kept_in_its_range():
    ask = predict("crossing", "When?", low=1, high=128)
    assert predicted("crossing") is None
    assert ask.record(20) == "You predict 20. Run the next cell to see."
    assert predicted("crossing") == 20
    with pytest.raises(ValueError, match=r"between 1 and 128, but you said 200"):
        ask.record(200)
    with pytest.raises(ValueError, match=r"must rise"):
        predict("x", "?", low=2, high=1)


@pytest.mark.parametrize(
    ("said", "low", "high", "shown"),
    [(20, 1, 128, 20), (0, -1, 1, 0), (20, 1, 8, 1), (0.5, 0, 4, 0), (0.5, 0.0, 4.0, 0.5)],
)
def test_a_prediction_stands_in_its_field_again_if_it_fits(said, low, high, shown, monkeypatch):
    memory.remember("predictions", "here", said)
    displayed = []
    monkeypatch.setattr("IPython.display.display", displayed.append)
    predict("here", "When?", low, high)._ipython_display_()
    field, _ = displayed[0].children[1].children
    assert field.value == shown


def test_the_widgets_answer_without_a_front_end():
    # The same objects the page shows: their observers run in the kernel.
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.testing.globalipapp import get_ipython, start_ipython

    shell = get_ipython() or start_ipython()
    shell.display_pub, kept = CapturingDisplayPublisher(shell=shell), shell.display_pub
    try:
        quiz("k beyond n")._ipython_display_()
        predict("crossing", "When?", low=1, high=128)._ipython_display_()
    finally:
        shell.display_pub = kept


def test_the_quiz_widget_tells_its_maker_and_asks_for_nothing_else():
    heard = []
    question = {"text": "Which?", "choices": [{"text": "this", "right": True, "reason": "So it is."}]}
    widget = QuizWidget(question, heard.append)
    assert (widget._question, widget.choice) == (question, 0)
    widget.set_state({"choice": 1})  # as a message from the page does
    assert heard == [1]
    assert QuizWidget(question, heard.append, 1).choice == 1
    assert heard == [1]


def test_what_is_shown_of_a_quiz_can_be_read_without_a_kernel_and_remembers(monkeypatch):
    shown, made = [], []
    monkeypatch.setattr(quizzes, "display", lambda bundle, **_: shown.append(bundle))
    monkeypatch.setattr(quizzes, "QuizWidget", lambda *given: made.append(QuizWidget(*given)) or made[0])
    quiz("k beyond n").answer(2)
    quiz("k beyond n")._ipython_display_()
    assert shown[0]["text/plain"] == repr(quiz("k beyond n"))
    assert shown[0]["application/vnd.jupyter.widget-view+json"]["model_id"] == made[0].model_id
    assert made[0].choice == 2
    made[0].set_state({"choice": 1})
    assert memory.read()["questions"]["k beyond n"] == {"choice": 1, "right": False}


def test_a_file_that_cannot_be_read_is_moved_aside():
    path = memory.location()
    path.write_text("{ half a")
    assert memory.read()["exercises"] == {}
    memory.remember("predictions", "crossing", 3)
    assert path.with_suffix(".unreadable.json").read_text() == "{ half a"
    assert json.loads(path.read_text())["predictions"] == {"crossing": 3}


def test_a_second_unreadable_file_does_not_overwrite_the_first():
    path = memory.location()
    for text in ("{ one", "{ two"):
        path.write_text(text)
        memory.read()
    kept = sorted(p.read_text() for p in path.parent.glob("progress.unreadable*.json"))
    assert kept == ["{ one", "{ two"]


def test_a_home_that_cannot_be_written_stops_no_lesson(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("PASSK_LAB_HOME", str(blocked))
    assert quiz("why unbiased").answer(2).right


def test_progress_of_a_notebook_without_exercises():
    with pytest.raises(KeyError, match=r"'99_none'. There are: 00_start_here, 01_counting_successes"):
        progress("99_none")


ODD = [5, None, "correct", [1], {"best": 5}, {"best": "correct", "attempts": "two"}, {"choice": "x"}, {"choice": -1},
       {"choice": 10**30}, {"right": "yes"}, float("inf"), True]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=map(repr, ODD))
def test_a_file_someone_edited_gets_a_sentence_and_keeps_what_they_wrote(odd):
    name, question = "pass_at_k", "why unbiased"
    wrong = {"exercises": {name: odd}, "questions": {question: odd}, "predictions": {"crossing": odd}}
    memory.location().write_text(json.dumps({**wrong, "exercises": {name: odd, "other": {"best": "correct"}}}))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert memory.read()["exercises"].get("other") == {"best": "correct"}
        assert predicted("crossing") is None or isinstance(predicted("crossing"), int | float)
        assert "exercises solved" in repr(progress("01_counting_successes"))
        progress("01_counting_successes")._repr_html_()
        quiz(question).answer(1)
    assert all("that the lab did not write so" in str(w.message) and str(w.message).endswith(".") for w in said)
    kept = json.loads(memory.location().read_text())
    assert kept["exercises"][name] == odd or odd != odd or json.dumps(kept["exercises"][name]) == json.dumps(odd)
    assert kept["questions"][question] == {"choice": 1, "right": False}


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"exercises": ' * 50_000, "{", "5", '{"exercises": 3}', "\ufeff{}", "nul"]
)
def test_a_file_that_is_no_json_of_ours_is_moved_aside(text):
    memory.location().write_text(text, encoding="utf-8")
    assert memory.read() == {"exercises": {}, "questions": {}, "predictions": {}}
    assert memory.location().with_suffix(".unreadable.json").read_text(encoding="utf-8") == text


def test_a_folder_in_the_place_of_the_file_stops_no_lesson():
    memory.location().mkdir()
    with pytest.warns(UserWarning, match="cannot be read.*so nothing counts as done"):
        assert memory.read()["exercises"] == {}


def test_names_and_predictions_of_another_kind():
    with pytest.raises(TypeError, match="name must be a text"):
        predicted(["crossing"])
    with pytest.raises(KeyError, match="no choice called True"):
        quiz("why unbiased").answer(True)
    for value in ("20", True, None, float("nan"), [20]):
        with pytest.raises(ValueError, match="between 1 and 128, but you said"):
            predict("crossing", "When?", 1, 128).record(value)
