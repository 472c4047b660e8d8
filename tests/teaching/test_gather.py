"""What is gathered of a student's folder: plain files of theirs, whatever else lies there."""

import importlib.util
import json
import os

import pytest

from tests.test_docs import ROOT

spec = importlib.util.spec_from_file_location("gather", ROOT / "teaching" / "gather.py")
gather = importlib.util.module_from_spec(spec)
spec.loader.exec_module(gather)


@pytest.mark.skipif(os.name != "posix", reason="students' accounts are of a Unix system")
def test_plain_files_come_and_nothing_else(tmp_path):
    secret, theirs = tmp_path / "secret.ipynb", tmp_path / "theirs"
    secret.write_text("not theirs")
    theirs.mkdir()
    (theirs / "01_counting_successes.ipynb").write_text("{}")
    (theirs / ".passk-lab-progress.json").write_text('{"é": 1}', encoding="utf-8")
    (theirs / "bytes.ipynb").write_bytes(b"\xff\xfe")
    (theirs / "notes.txt").write_text("theirs alone")
    (theirs / "link.ipynb").symlink_to(secret)
    (theirs / "folder.ipynb").mkdir()
    os.mkfifo(theirs / "pipe.ipynb")  # read as a file it would be waited for
    with (theirs / "huge.ipynb").open("wb") as huge:
        huge.truncate(gather.LARGEST + 1)
    taken = tmp_path / "taken"
    assert gather.gather(theirs, taken, None) == 3
    found = {path.name: path.read_text(encoding="utf-8") for path in taken.iterdir()}
    assert found == {
        "01_counting_successes.ipynb": "{}", ".passk-lab-progress.json": '{"é": 1}', "bytes.ipynb": "\ufffd\ufffd",
    }  # fmt: skip


@pytest.mark.parametrize("said", ["[1]", '{"a.ipynb": 1}', "", "["])
def test_what_a_student_makes_the_reader_say_is_refused(said, tmp_path, monkeypatch):
    monkeypatch.setattr(gather, "__file__", str(tmp_path / "says.py"))
    (tmp_path / "says.py").write_text(f"print({said!r}, end='')")
    with pytest.raises(ValueError):
        gather.gather(tmp_path, tmp_path / "taken", None)
    assert not (tmp_path / "taken").exists()


def test_a_name_that_leads_out_of_the_folder_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(gather, "__file__", str(tmp_path / "says.py"))
    files = {"../out.ipynb": "x", "/etc/out.ipynb": "x", "a/b.ipynb": "x", "fine.ipynb": "x"}
    (tmp_path / "says.py").write_text(f"print({json.dumps(files)!r})")
    assert gather.gather(tmp_path, tmp_path / "taken", None) == 1
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["fine.ipynb"]
