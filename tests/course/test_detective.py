"""Each of the detective's cases has its file: the public report, what mended it, and what is to be learnt from it."""

import re

from passk_lab.course import builder
from passk_lab.course.content import detective

SOURCE = next(source for source in builder.sources() if source.stem == detective.NOTEBOOK)
CASES = re.split(r"^# ### Exercise \d+\.", SOURCE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]


def _as_read(comment):
    """The text of a comment in one line."""
    return " ".join(re.sub(r"^# ?", "", comment, flags=re.MULTILINE).split())


def test_there_are_ten_and_each_is_convicted_by_an_exercise_of_its_own():
    assert len(CASES) == len(detective.EXERCISES) == 10
    for case, exercise in zip(CASES, detective.EXERCISES, strict=True):
        assert f"check.{exercise.name}({exercise.name})" in case


def test_each_has_a_folded_file_with_its_public_report_behind_the_exercise():
    for case in CASES:
        (file,) = re.findall(r"<details><summary>The file on this case</summary>\n(.*?)</details>", case, re.DOTALL)
        assert case.index("check.") < case.index("<details>")
        assert re.search(r"https://github\.com/[\w.-]+/[\w.-]+/(issues/\d+|pull/\d+|commit/[0-9a-f]{40})", file)
        text = _as_read(file)
        for part in (
            "Reported|Found",
            "What (was|is) wrong:",
            "What it costs?:",
            "What mend(ed|s) it:|; mended in",
            "Lesson:",
        ):
            assert re.search(part, text), (part, text)


def test_the_text_of_a_link_names_what_it_leads_to():
    links = re.findall(r"\[([^\]]+)\]\(https://github\.com/[\w.-]+/[\w.-]+/(issues|pull)/(\d+)\)", SOURCE.read_text())
    assert len(links) >= 20
    for words, kind, number in links:
        words = _as_read(words)
        assert words.rstrip(")").endswith(f"{'issue' if kind == 'issues' else 'pull request'} {number}"), words
