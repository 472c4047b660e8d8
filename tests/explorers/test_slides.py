"""`passk-lab present`: what is asked for is shown, or said in a sentence; the page stands by itself."""

import re

import pytest

from passk_lab import cli, explorers
from passk_lab.explorers import slides


def test_views_come_from_texts_and_from_files(tmp_path):
    listed = tmp_path / "talk.txt"
    listed.write_text("\ufeffsame_path?t=5\n\nvisits?visit=3&hide=answer\n", encoding="utf-8")
    found = slides.slides(["pass_at_k?k=16&p=.9&panel=2", str(listed)])
    assert [slide.description.name for slide in found] == ["pass-at-k", "same-path", "visits"]
    assert found[0].view.state == {"k": 16, "p": 0.9}
    assert (found[0].view.panel, found[2].view.hides) == (2, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pass_at_kk", r"no explorer or plan called 'pass-at-kk'\. .*pass-at-k.*plan-90-minutes"),
        ("plan-90-minutes?k=1", r"plan-90-minutes is a plan, without controls; it is written without 'k=1'"),
        ("pass_at_k?k=9999", r"k = 9999 is not on this slider, which runs from 1 to 1024"),
        ("pass_at_k?n=1", r"no control called 'n'\. There are: k, p"),
        ("pass_at_k?panel=7", r"panel = '7' says nothing here; there is: 1, 2, 3"),
        ("k=4", r"'k=4' names no explorer: it is written as in pass_at_k\?k=16&p=.9"),
        ("talk.txt", r"there is no file talk.txt"),
    ],
)
def test_what_cannot_be_shown_is_said(text, says, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["present", text, "--no-browser"]) == 2
    assert re.search(says, capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_line_of_a_file_is_named(tmp_path):
    (tmp_path / "talk.txt").write_text("visits\n\nvisits?speed=2\n")
    with pytest.raises(ValueError, match=r"talk.txt, line 3: .*no control called 'speed'"):
        slides.slides([str(tmp_path / "talk.txt")])
    (tmp_path / "talk.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"talk.txt is no text"):
        slides.slides([str(tmp_path / "talk.txt")])
    (tmp_path / "talk.txt").write_text("\n")
    with pytest.raises(ValueError, match=r"there is no state to show"):
        slides.slides([str(tmp_path / "talk.txt")])


def test_the_page_stands_by_itself_and_carries_each_explorer_once(tmp_path, capsys):
    out = tmp_path / "talk.html"
    assert cli.main(["present", "visits", "visits?visit=9", "same_path", "--out", str(out), "--no-browser"]) == 0
    assert capsys.readouterr().out == f"Written: {out} (3 views)\n"
    text = out.read_text(encoding="utf-8")
    assert text.count('"name": "visits"') == 1
    assert text.count("<img") == 3
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href)\s*=\s*[\"']?https?:", text)


@pytest.mark.parametrize("name", explorers.BY_NAME)
def test_every_explorer_asks_a_class_something_and_hides_the_answer_and_not_all(name):
    description = explorers.BY_NAME[name]().description
    hidden = [mark for panel in description.panels for mark in panel.marks if mark.answer]
    assert 0 < len(hidden) < sum(len(panel.marks) for panel in description.panels)
    assert description.fill(description.vote, description.start).endswith("?")
