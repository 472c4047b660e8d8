"""Quiz, predictions and the file that remembers them."""

import html
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from passk_lab.course import memory, predict, predicted, progress, quiz, reveal
from passk_lab.course.content import QUESTIONS
from passk_lab.course.question import Choice, Question
from passk_lab.course.quizzes import Quiz
from passk_lab.course.widgets import PredictionWidget, QuizWidget
from passk_lab.stand_in import VIEW, StandIn
from tests.small_disk import on_a_small_disk


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
def test_a_question_has_one_right_choice_and_a_reason_for_each(question):
    assert sum(choice.right for choice in question.choices) == 1
    assert all(len(choice.reason) > 20 for choice in question.choices)
    assert sorted(question.shown, key=question.choices.index) == [*question.choices]
    for number, choice in enumerate(question.shown, start=1):
        reply = quiz(question.name).answer(number)
        assert reply.right == choice.right
        assert choice.reason in repr(reply)
        assert memory.read()["questions"][question.name]["choice"] == choice.text


def right_is(name):
    """Number of the right choice, as a reader counts."""
    return next(i for i, choice in enumerate(QUESTIONS[name].shown, start=1) if choice.right)


def test_the_right_choice_stands_anywhere():
    # Of the questions there are, and of many that might be: within two and a half standard deviations of even.
    stands = [next(i for i, choice in enumerate(it.shown) if choice.right) for it in QUESTIONS.values()]
    choices = (Choice("a", True, ""), Choice("b", False, ""), Choice("c", False, ""))
    might = [Question(f"question {i}", "?", choices).shown.index(choices[0]) for i in range(3000)]
    assert all(len(it.choices) == 3 for it in QUESTIONS.values())
    for where in (stands, might):
        for place in range(3):
            assert abs(where.count(place) - len(where) / 3) < 2.5 * (len(where) * 2 / 9) ** 0.5, (place, where)


def test_no_choice_gives_itself_away_by_its_length():
    longest = shortest = 0.0
    for question in QUESTIONS.values():
        lengths = {len(choice.text): 0 for choice in question.choices}
        for choice in question.choices:
            lengths[len(choice.text)] += 1
        assert max(lengths) <= 1.25 * min(lengths), question.name
        right = next(len(choice.text) for choice in question.choices if choice.right)
        longest += (right == max(lengths)) / lengths[right]  # where several are equally long, a guess among them
        shortest += (right == min(lengths)) / lengths[right]
    # Who always takes the longest finds no more than by guessing; nor does, within two deviations, the shortest.
    most = len(QUESTIONS) / 3 + 2 * (len(QUESTIONS) * 2 / 9) ** 0.5
    assert longest <= len(QUESTIONS) / 3
    assert shortest <= most


def test_an_answer_is_remembered_by_its_words(live):
    name, made = "k beyond n", live
    asked = QUESTIONS[name]
    quiz(name).answer(2)
    for choices in (asked.choices, asked.choices[::-1]):
        question = Question("asked under another name", asked.text, choices)
        memory.remember("questions", question.name, memory.read()["questions"][name])
        Quiz(question)._ipython_display_()
        assert question.shown[made[-1].choice - 1].text == asked.shown[1].text
    # What fits no choice is no answer: a choice since reworded, the number that an older lab wrote.
    for said in ("a choice since reworded", 2):
        memory.remember("questions", name, {"choice": said, "right": True})
        quiz(name)._ipython_display_()
        assert made[-1].choice == 0


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
    for said in (200, 0.5, -3, float("inf")):
        with pytest.raises(ValueError, match=rf"between 1 and 128, but you said {said}\. Nothing was written down"):
            ask.record(said)
    with pytest.raises(ValueError, match=r"a whole number, but you said 20.5\. Nothing was written down"):
        ask.record(20.5)
    assert predicted("crossing") == 20
    with pytest.raises(ValueError, match=r"must rise"):
        predict("x", "?", low=2, high=1)


@pytest.fixture
def displayed(monkeypatch):
    """The bundles that are displayed."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: bundles.append(bundle))
    return bundles


@pytest.fixture
def live(monkeypatch, displayed):
    """The widgets that are displayed."""
    widgets, show = [], StandIn.show
    monkeypatch.setattr(StandIn, "show", lambda self, widget, *to: (widgets.append(widget), show(self, widget, *to)))
    return widgets


@pytest.mark.parametrize(
    ("said", "low", "high", "shown"),
    [(20, 1, 128, 20), (0, -1, 1, 0), (20, 1, 8, None), (0.5, 0, 4, None), (0.5, 0.0, 4.0, 0.5)],
)
def test_a_prediction_stands_in_its_field_again_if_it_fits(said, low, high, shown, live):
    memory.remember("predictions", "here", said)
    predict("here", "When?", low, high)._ipython_display_()
    widget = live[0]
    assert widget.value == shown
    assert widget._said["text"] == ("" if shown is None else f"You predicted {said:g} before.")


def test_a_prediction_from_the_page_is_written_down_and_acknowledged(live):
    predict("here", "When?", 0.0, 1)._ipython_display_()
    widget = live[0]
    widget.set_state({"value": 0.25})  # as a message from the page does
    assert memory.predicted("here") == 0.25
    assert widget._said == {"value": 0.25, "text": "You predict 0.25. Run the next cell to see."}


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (quiz("k beyond n"), [choice.text for choice in quiz("k beyond n").question.choices]),
        (predict("here", "Is it < 3?", 1, 128), ["Predict first. Is it < 3?", "a whole number from 1 to 128"]),
        (predict("here", "?", 0.0, 1), ["a number from 0 to 1"]),
    ],
    ids=["quiz", "prediction", "range"],
)
def test_what_is_shown_can_be_read_where_no_kernel_runs(shown, words, displayed, live):
    shown._ipython_display_()
    view, stand_in = displayed
    assert set(view) == {VIEW, "text/plain"}
    assert view["text/plain"] == "", "a page without widgets would show that as well"
    for word in [*words, "Run this cell, after those above it, to answer."]:
        assert html.escape(word) in stand_in["text/html"]
        assert word in stand_in["text/plain"]
    assert f'class="{live[0]._still} passk-still"' in stand_in["text/html"]
    if isinstance(shown, Quiz):
        assert not any(choice.reason in str(stand_in) for choice in shown.question.choices)


def test_what_was_predicted_is_shown_beside_what_is_so_and_never_before():
    assert "36" not in repr(reveal("crossing", 36))
    assert repr(reveal("crossing", 36)).startswith("Predict first: answer the question")
    page = reveal("crossing", 36)._repr_html_()
    assert page.index("Predict first") < page.index("<details>") < page.index("It is 36.")
    assert repr(reveal("crossing", 36, anyway=True)) == "It is 36."
    predict("crossing", "When?", low=1, high=128).record(20)
    assert repr(reveal("crossing", 36)) == "You said 20. It is 36."
    assert reveal("crossing", 36)._repr_html_() == "<p><b>You said 20. It is 36.</b></p>"
    assert (reveal("crossing", 36).said, reveal("crossing", 36).value) == (20, 36)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (np.float64(0.123456), "0.1235"),
        (np.int64(1234567), "1234567"),
        (2.0, "2"),
        (-1e-9, "-1e-09"),
        (1e300, "1e+300"),
    ],
)
def test_what_is_revealed_is_written_with_the_digits_that_say_something(value, written):
    assert repr(reveal("crossing", value, anyway=True)) == f"It is {written}."


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "36", None, True])
def test_only_a_number_is_revealed(value):
    with pytest.raises(ValueError, match=r"^the value to reveal must "):
        reveal("crossing", value)


def test_the_quiz_widget_tells_its_maker_and_asks_for_nothing_else():
    heard = []
    question = {"text": "Which?", "choices": [{"text": "this", "right": True, "reason": "So it is."}]}
    widget = QuizWidget(question, heard.append)
    assert (widget._question, widget.choice) == (question, 0)
    widget.set_state({"choice": 1})  # as a message from the page does
    assert heard == [1]
    assert QuizWidget(question, heard.append, 1).choice == 1
    assert heard == [1]


def test_what_is_shown_of_a_quiz_remembers(live):
    quiz("k beyond n").answer(2)
    quiz("k beyond n")._ipython_display_()
    made = live[0]
    assert made.choice == 2
    made.set_state({"choice": 1})
    assert memory.read()["questions"]["k beyond n"] == {
        "choice": QUESTIONS["k beyond n"].shown[0].text,
        "right": False,
    }


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
        memory.remember("predictions", "crossing", 3)
    kept = sorted(p.read_text() for p in path.parent.glob(".passk-lab-progress.unreadable*.json"))
    assert kept == ["{ one", "{ two"]


def test_a_home_that_cannot_be_written_stops_no_lesson(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("PASSK_LAB_HOME", str(blocked))
    with pytest.warns(
        UserWarning, match=r"not remembered, since .*passk-lab-progress.json cannot be written .*PASSK_LAB_HOME"
    ):
        assert quiz("why unbiased").answer(right_is("why unbiased")).right


def test_progress_of_a_notebook_without_exercises():
    with pytest.raises(KeyError, match=r"'99_none'. There are: 00_start_here, 01_counting_successes"):
        progress("99_none")


RACER = """
import sys
from passk_lab.course import memory
for number in range(int(sys.argv[2])):
    memory.remember("predictions", f"{sys.argv[1]} {number}", number)
    memory.update("exercises", "shared", lambda it: {"best": "x", "attempts": (it or {}).get("attempts", 0) + 1})
"""


def race(kernels: int, answers: int) -> None:
    told = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    words = [sys.executable, "-W", "error", "-c", RACER]
    racing = [subprocess.Popen([*words, str(kernel), str(answers)], env=told) for kernel in range(kernels)]
    assert [one.wait() for one in racing] == [0] * kernels
    kept = memory.read()
    assert set(kept["predictions"]) == {f"{kernel} {number}" for kernel in range(kernels) for number in range(answers)}
    assert kept["exercises"]["shared"]["attempts"] == kernels * answers


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_two_kernels_at_once_lose_no_answer():
    race(2, 100)


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_eight_kernels_at_once_lose_no_answer():
    race(8, 150)


HALF_OURS = {"at_least_one": {"best": "correct", "attempts": 2}, "other": 5}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", {}),
        ("[1]", {}),
        ("[" * 100_000, {}),
        ("\x00\xff", {}),
        ('{"exercises": [1], "mine": 3}', {}),
        (json.dumps({"exercises": HALF_OURS}), {"at_least_one": HALF_OURS["at_least_one"]}),
        ('{"exercises": {"at_least_one": {"best": null, "attempts": NaN}}}', {}),
    ],
)
def test_a_progress_file_that_was_edited_is_kept_beside_and_what_fits_goes_on(text, kept):
    path = memory.location()
    path.write_bytes(text.encode("latin-1"))
    assert memory.read()["exercises"] == kept
    assert "solved" in repr(progress("01_counting_successes"))
    assert path.read_bytes() == text.encode("latin-1"), "to read is to change nothing"
    quiz("why unbiased").answer(right_is("why unbiased"))
    assert memory.read()["exercises"] == kept
    assert memory.read()["questions"]["why unbiased"]["right"]
    assert path.with_suffix(".unreadable.json").read_bytes() == text.encode("latin-1")


def test_what_a_later_lab_remembers_is_passed_on():
    path = memory.location()
    path.write_text('{"badges": {"one": [1, 2]}, "exercises": {}}')
    memory.remember("predictions", "crossing", 3)
    assert json.loads(path.read_text())["badges"] == {"one": [1, 2]}
    assert [one.name for one in path.parent.iterdir() if one.suffix == ".json"] == [memory.NAME]


def told(code, folder):
    """What a fresh kernel that starts in a folder prints."""
    environment = {name: value for name, value in os.environ.items() if name != "PASSK_LAB_HOME"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    words = [sys.executable, "-W", "error", "-c", f"import os\nfrom passk_lab.course import memory\n{code}"]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_progress_belongs_to_the_folder_of_the_notebooks(tmp_path):
    mine, fresh, copy = (tmp_path / name for name in ("mine", "fresh", "copy"))
    mine.mkdir()
    fresh.mkdir()
    told("memory.remember('predictions', 'crossing', 3)", mine)
    assert (
        told("print(memory.read())", fresh)
        == "{'exercises': {}, 'questions': {}, 'predictions': {}, 'revealed': {}, 'drawings': {}}"
    )
    assert [*fresh.iterdir()] == []
    shutil.copytree(mine, copy)
    assert told("print(memory.predicted('crossing'))", copy) == "3"
    # Who walks away from the folder, or sees it deleted, keeps what there is to keep.
    walks = "os.chdir(os.pardir); memory.remember('predictions', 'other', 4); print(memory.location())"
    assert told(walks, mine) == str(mine / memory.NAME)
    assert told("print(memory.predicted('other'))", mine) == "4"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a folder in use cannot be deleted")
def test_a_folder_that_was_deleted_stops_no_lesson(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    code = "os.rmdir(os.getcwd())\nimport importlib; importlib.reload(memory); print(memory.read()['questions'])"
    assert told(code, gone) == "{}"


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
def test_a_link_is_followed_and_a_pipe_is_left_alone(tmp_path):
    path = memory.location()
    path.symlink_to(tmp_path / "backed-up.json")
    memory.remember("predictions", "crossing", 3)
    assert path.is_symlink()
    assert memory.predicted("crossing") == 3
    path.unlink()
    os.mkfifo(path)
    assert memory.predicted("crossing") is None
    with pytest.warns(UserWarning, match=r"not remembered.*it is no file"):
        memory.remember("predictions", "crossing", 4)


@pytest.mark.skipif(os.name != "posix", reason="a small file system, of POSIX")
def test_a_full_disk_keeps_the_answers_there_were(tmp_path):
    code = """
os.environ["PASSK_LAB_HOME"] = str(disk)
from passk_lab.course import memory
memory.remember("predictions", "crossing", 3)
fill()
with warnings.catch_warnings(record=True) as caught:
    memory.remember("predictions", "other", 4)
print(caught[0].message)
print(memory.read()["predictions"])
empty()
memory.remember("predictions", "other", 4)
print(memory.read()["predictions"])
"""
    warned, full, after = on_a_small_disk(tmp_path, "64k", code).splitlines()
    assert "what you do here is not remembered" in warned
    assert "No space left on device" in warned
    assert full == "{'crossing': 3}"
    assert after == "{'crossing': 3, 'other': 4}"


@pytest.mark.parametrize("value", [float("nan"), True, "20", None, [3], 10**400])
def test_a_prediction_that_is_no_number_is_refused_in_a_sentence(value):
    with pytest.raises(ValueError, match="a prediction is a number"):
        predict("crossing", "When?", low=1, high=128).record(value)


def test_a_prediction_may_come_from_numpy():
    predict("crossing", "When?", low=1, high=128).record(np.float32(20))
    assert memory.predicted("crossing") == 20


HOSTILE = [
    {"choice": 9}, {"choice": 0}, {"choice": -1}, {"choice": True}, {"choice": 1.0}, {"choice": "1"}, {"choice": None},
    {"_question": {}}, {"_esm": "alert(1)"}, {"_css": "* {}"}, {"_look": {}}, {"layout": None}, {"comm": None},
    {"_model_module": "evil"}, {"_view_module": "evil"}, {"observe": 1}, {"close": 1}, {"": 1},
]  # fmt: skip


@pytest.mark.parametrize("told", HOSTILE, ids=str)
def test_a_page_sets_nothing_of_a_quiz_but_a_choice_there_is(told):
    heard, choices = [], [{"text": "this", "right": True, "reason": "So it is."}]
    widget = QuizWidget({"text": "Which?", "choices": choices}, heard.append)
    before = widget.get_state()
    widget.set_state(told)
    assert widget.get_state() == before
    assert heard == []


ASKED = {"question": "When?", "low": 0, "high": 8, "whole": True, "wanted": "a whole number from 0 to 8"}
NO_ANSWERS = [
    *({"value": value} for value in (9, -1, True, 2.0, 2.5, "2", None, [2], float("nan"))),
    {"_asked": {}}, {"_said": {}}, {"_still": "x"}, *HOSTILE[8:],
]  # fmt: skip


@pytest.mark.parametrize("told", NO_ANSWERS, ids=str)
def test_a_page_sets_nothing_of_a_prediction_but_a_number_that_was_asked_for(told):
    heard = []
    widget = PredictionWidget(ASKED, heard.append, 3)
    before = widget.get_state()
    widget.set_state(told)
    assert widget.get_state() == before
    assert heard == []


@pytest.mark.parametrize(("told", "taken"), [(0, True), (0.5, True), (1, True), (1.5, False), (float("nan"), False)])
def test_a_range_that_is_not_whole_takes_both_kinds_of_number(told, taken):
    assert PredictionWidget({**ASKED, "high": 1, "whole": False}, str).fits("value", told) == taken
