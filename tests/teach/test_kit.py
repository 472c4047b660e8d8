"""The teacher's kit: its plans add up, its answers are the course's, and it is never put over what somebody wrote."""

import html
import re

import pytest

from passk_lab import bundled, teach
from passk_lab.cli import main
from passk_lab.course.content import EXERCISES, FILES
from passk_lab.course.exercise import number
from passk_lab.teach import activities, exam, figures, kit
from passk_lab.teach.exam_page import exam_page
from passk_lab.teach.figures import FIGURES
from passk_lab.teach.handout import handout
from passk_lab.teach.licences import licences
from passk_lab.teach.paper import PAPERS, written
from passk_lab.teach.plan_page import plan_page
from passk_lab.teach.plans import PLANS
from passk_lab.teach.predictions import PREDICTIONS

# --- plans ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("session", [session for plan in PLANS for session in plan.sessions], ids=lambda it: it.title)
def test_the_minutes_of_a_session_add_up(session):
    assert sum(minutes for minutes, _ in session.steps) == session.minutes
    assert all(minutes >= 3 for minutes, _ in session.steps)


def test_the_plans_are_as_long_as_they_are_called():
    minutes = {plan.name: sum(session.minutes for session in plan.sessions) for plan in PLANS}
    assert minutes == {
        "plan-45-minutes": 45,
        "plan-90-minutes": 90,
        "plan-one-day": 4 * 90,
        "plan-four-weeks": 4 * 2 * 90,
    }


def test_every_plan_names_only_what_is_there():
    figures, notebooks = {figure.name for figure in FIGURES}, {file.NOTEBOOK for file in FILES}
    for plan in PLANS:
        steps = [step for session in plan.sessions for _, step in session.steps]
        assert {step.figure for step in steps} - {""} <= figures
        assert {name for step in steps for name in step.papers} <= set(PAPERS)
        assert {step.notebook for step in steps} | set(plan.notebooks) <= notebooks | {""}
        assert all(len(step.late.split()) > 3 for step in steps), "a teacher who is late needs more than a word"
        assert all(EXERCISES[step.finish].notebook == step.notebook for step in steps if step.notebook and step.finish)
        assert plan.homework
        assert plan.grading


def test_every_activity_stands_in_a_plan():
    made = {it for it in vars(activities).values() if isinstance(it, activities.Activity)}
    assert made <= {step for plan in PLANS for session in plan.sessions for _, step in session.steps}


def test_a_plan_is_presented_as_its_figures_in_order_each_under_its_question(tmp_path, capsys):
    out = tmp_path / "talk.html"
    assert main(["present", "plan-45-minutes", "visits", "--out", str(out), "--no-browser"]) == 0
    assert capsys.readouterr().out == f"Written: {out} (6 views)\n"
    text = out.read_text(encoding="utf-8")
    (plan,) = (plan for plan in PLANS if plan.name == "plan-45-minutes")
    opened = [step.figure for session in plan.sessions for _, step in session.steps if step.figure]
    headings = re.findall(r'<div class="passk-still"><h2>(.*?)</h2>', text)
    asked = [html.escape(one.asked.text) for name in opened for one in FIGURES if one.name == name]
    assert headings[:-1] == asked
    assert text.count('<ol type="a" class="passk-choices">') == len(asked)
    assert text.count('&hide=answer"') == len(asked) == 5
    assert "passk-lab present plan-45-minutes" in plan_page(plan, "", "", "")


# --- figures and paper ------------------------------------------------------------------------------------------


def test_there_are_six_to_eight_figures_on_the_first_page_each_with_one_question():
    assert 6 <= sum(figure.first for figure in FIGURES) <= 8
    assert len({figure.name for figure in FIGURES}) == len({figure.asked.name for figure in FIGURES}) == len(FIGURES)
    for figure in FIGURES:
        assert sum(choice.right for choice in figure.asked.choices) == 1
        assert figure.asking != figure.answering
        asked_back = [choice.ask for choice in figure.asked.choices if not choice.right]
        assert all(ask.endswith("?") for ask in asked_back), figure.name


def test_what_the_class_guesses_is_what_the_figures_then_show():
    groups, mixture = (figures.figure(name).answering for name in ("vanishing-signal", "strategies"))
    assert (groups["n"], groups["p"]) == (16, 0.001)
    assert "once in a thousand draws" in activities.GUESS_SILENCE.do
    assert (mixture["k"], mixture["w"]) == (16, 0.6)
    assert figures.figure("collapse-run").answering["k"] == 256
    said = [one.answer() for one in PREDICTIONS]
    assert re.match(r"7\.", said[0])
    assert "× 10⁻¹⁴" in said[2]


@pytest.mark.parametrize("name", PAPERS)
def test_an_exercise_on_paper_has_its_numbers_from_the_course(name):
    paper = PAPERS[name]
    assert paper.exercise in EXERCISES
    assert "{" not in paper.asked
    assert all(written(value) in paper.asked for value in paper.case if not isinstance(value, tuple) and value)
    wrong = [given for given, _, _ in paper.wrong()]
    assert 3 <= len(wrong) == len(set(wrong))
    assert written(paper.right) not in wrong
    assert number(paper.right) is not None


def test_a_wrong_answer_is_one_that_its_mistake_gives():
    first, second, *_ = PAPERS["at least one"].wrong()
    assert first[:2] == ("1/64", "pᵏ is the chance that ALL k samples are right, not at least one of them.")
    assert second[0] == "3/4"
    assert second[2] == "Draw a tree for k = 2: which branch do you count twice?"
    assert written(PAPERS["at least one"].right) == "37/64"


PYTHON = re.compile(r"\*\*|\w_\w|\w\(\w+=|[`\[\]]|\b(?:Python|return|range|float|math|None|len|ceil|\w*Error)\b")
"""What only a program says: none of it is on a sheet that is worked with a pencil."""


@pytest.mark.parametrize("name", PAPERS)
def test_an_exercise_on_paper_speaks_mathematics(name):
    paper = PAPERS[name]
    said = [paper.asked, *paper.worked, *(words for row in paper.wrong() for words in row)]
    assert [words for words in said if PYTHON.search(words)] == []
    assert [words for words in said if re.search(r"\^| \* | - |(?:problem|answer) 0", words)] == []
    assert all(row[2] for row in paper.wrong())


@pytest.mark.parametrize(
    "said",
    ["1 - (1 - p)**k", "use pass_at_k", "f(n=2)", "a range ends early", "raise a ValueError", "Python's end", "`k`"],
)
def test_what_speaks_python_is_found(said):
    assert PYTHON.search(said)


def test_the_sheet_has_formulas_without_a_script():
    sheet = handout("index.html")
    assert sheet.count("<math") == 6
    assert "<script" not in sheet
    assert (
        sheet.count("<mo stretchy=") == 2 * 5
    )  # a bracket that could grow would stay small without a mathematics font
    assert not re.search(r"<mo>[()]|linethickness", sheet)


def test_a_form_to_print_has_room_to_write_and_its_key_has_none():
    (form, _) = exam.forms(kit.SEED)
    page, key = (exam_page(text, "index.html", room) for text, room in ((form.exam, True), (form.key, False)))
    rooms = [int(points) for points in re.findall(r"--points: (\d+)", page)]
    assert len(rooms) == len(form.drawn)
    assert sum(rooms) == form.points
    assert 'class="room"' not in key
    assert page.count("<h1") == key.count("<h1") == 1
    assert "##" not in page + key
    assert not re.search(r"\|\s*-|\*\*", page + key)


# --- licences ---------------------------------------------------------------------------------------------------


def test_every_file_of_data_is_listed_with_its_ground():
    text = licences()
    listed = re.findall(r"^### \d+\. (\S+)$", text, re.MULTILINE)
    there = {path.name for path in bundled.folder("data").iterdir() if path.name not in ("SOURCES.md", bundled.SUMS)}
    assert set(listed) - {"runs/"} == there - {"runs"}
    for chapter in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        assert "icence" in chapter or "**Origin, licence" in chapter
        if "none stated" in chapter:
            assert re.search("Ground|facts", chapter), chapter
    for word in ("CC BY 4.0", "MIT License"):
        assert word in text


# --- put into a folder ------------------------------------------------------------------------------------------


TEXTS = (("index.html", "first"), ("figures/a.html", "a figure"))


def names(folder):
    hidden = ".passk-lab.json", ".passk-lab.json.lock"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.name not in hidden)


def test_it_is_made_with_its_folders_and_once_more_changes_nothing(tmp_path):
    assert kit.put(tmp_path / "a" / "b", TEXTS) == kit.put(tmp_path / "a" / "b", TEXTS) == []
    assert names(tmp_path / "a" / "b") == ["figures", "figures/a.html", "index.html"]


def test_what_somebody_wrote_there_stays(tmp_path):
    (tmp_path / "index.html").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine too")
    (said,) = kit.put(tmp_path, TEXTS)
    assert "index.new.html" in said
    assert (tmp_path / "index.html").read_text() == "mine"
    assert (tmp_path / "index.new.html").read_text() == "first"
    assert (tmp_path / "notes.txt").read_text() == "mine too"


def test_a_page_of_the_kit_that_was_edited_stays_and_one_that_was_not_is_renewed(tmp_path):
    kit.put(tmp_path, TEXTS)
    (tmp_path / "figures" / "a.html").write_text("edited")
    (said,) = kit.put(tmp_path, [("index.html", "later"), ("figures/a.html", "a later one")])
    assert "figures/a.new.html" in said
    assert (tmp_path / "index.html").read_text() == "later"
    assert (tmp_path / "figures" / "a.html").read_text() == "edited"
    assert (tmp_path / "figures" / "a.new.html").read_text() == "a later one"


def test_a_folder_that_is_a_link_leads_nowhere(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "figures").symlink_to(elsewhere)
    with pytest.raises(FileExistsError):
        kit.put(tmp_path / "out", TEXTS)
    assert list(elsewhere.iterdir()) == []


def test_trouble_is_said_in_a_sentence(tmp_path, capsys):
    (tmp_path / "a file").write_text("mine")
    assert main(["teach", str(tmp_path / "a file")]) == 2
    assert main(["teach", str(tmp_path / "kit"), "--seed", "-1"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert all(line.startswith("passk-lab teach: ") for line in said)
    assert (tmp_path / "a file").read_text() == "mine"
    assert not (tmp_path / "kit").exists()


def test_the_room_has_one_way_in():
    assert teach.__all__ == ["write"]
