"""Nothing of a reader's is lost in the folder of notebooks: by an upgrade, a lost ledger, a reset, a kill, a full disk.

The lab of another day is made by its ledger: a file counts as untouched if its digest stands there.
"""

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from passk_lab import workplace
from passk_lab.cli import main
from passk_lab.course import memory
from tests.small_disk import on_a_small_disk

FIRST, SECOND, THIRD = (path.name for path in workplace.shipped()[:3])
LEDGER = ".passk-lab.json"
OURS = {path.name: path.read_bytes() for path in workplace.shipped()}
posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and signals of POSIX")


def ledger_of(folder: Path) -> dict[str, str]:
    return json.loads((folder / LEDGER).read_text())


def came(folder: Path, name: str, content: str) -> None:
    """Have the ledger say that an older lab brought this."""
    ledger = ledger_of(folder) | {name: hashlib.sha256(content.encode()).hexdigest()}
    (folder / LEDGER).write_text(json.dumps(ledger))


def upgraded(folder: Path, mine: str = "my work") -> str:
    """A folder of an older lab with the reader's work in FIRST; returns what the new lab says."""
    workplace.bring_notebooks(folder)
    (folder / FIRST).write_text(mine)
    came(folder, FIRST, "as it came")
    return " ".join(workplace.bring_notebooks(folder))


def contents(folder: Path) -> dict[str, bytes]:
    """All there is that the lab did not make for itself."""
    own = (LEDGER, f"{LEDGER}.lock")
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in own}


def test_work_in_the_new_notebook_outlives_the_next_upgrade(tmp_path):
    assert "the new one is 00_start_here.new.ipynb" in upgraded(tmp_path)
    (tmp_path / "00_start_here.new.ipynb").write_text("my work in the new one")
    came(tmp_path, FIRST, "as it came from the lab before that")
    said = workplace.bring_notebooks(tmp_path)
    assert "the new one is 00_start_here.new-2.ipynb" in said[0]
    assert (tmp_path / "00_start_here.new.ipynb").read_text() == "my work in the new one"
    assert (tmp_path / "00_start_here.new-2.ipynb").read_bytes() == OURS[FIRST]
    assert (tmp_path / FIRST).read_text() == "my work"


def test_an_untouched_new_notebook_is_renewed_by_the_next_upgrade(tmp_path):
    upgraded(tmp_path)
    (tmp_path / "00_start_here.new.ipynb").write_text("as the lab put it beside")
    came(tmp_path, "00_start_here.new.ipynb", "as the lab put it beside")
    came(tmp_path, FIRST, "as it came from the lab before that")
    assert "the new one is 00_start_here.new.ipynb" in workplace.bring_notebooks(tmp_path)[0]
    assert (tmp_path / "00_start_here.new.ipynb").read_bytes() == OURS[FIRST]


@pytest.mark.parametrize("lost", ["gone", "", "{", "[1, 2]", '"text"', "null", "[" * 10_000, '{"a": 1}'])
def test_work_in_the_new_notebook_outlives_a_lost_ledger(tmp_path, lost):
    upgraded(tmp_path)
    (tmp_path / "00_start_here.new.ipynb").write_text("my work in the new one")
    if lost == "gone":
        (tmp_path / LEDGER).unlink()
    else:
        (tmp_path / LEDGER).write_text(lost)
    said = " ".join(workplace.bring_notebooks(tmp_path))
    assert (tmp_path / "00_start_here.new.ipynb").read_text() == "my work in the new one"
    assert (tmp_path / FIRST).read_text() == "my work"
    if lost not in ("gone", '{"a": 1}'):  # not the lab's words, so not the lab's to write over
        assert f"is kept as {LEDGER}.unreadable-1" in said
        assert (tmp_path / f"{LEDGER}.unreadable-1").read_text() == lost
    assert workplace.bring_notebooks(tmp_path) == []


def test_work_in_the_new_notebook_outlives_the_reset_of_another(tmp_path):
    upgraded(tmp_path)
    (tmp_path / "00_start_here.new.ipynb").write_text("my work in the new one")
    came(tmp_path, FIRST, "as it came from the lab before that")
    (tmp_path / SECOND).write_text("to be reset")
    before = contents(tmp_path)
    assert workplace.reset_notebook(tmp_path, SECOND) == SECOND.replace(".ipynb", ".backup-1.ipynb")
    after = contents(tmp_path)
    assert after.pop(SECOND.replace(".ipynb", ".backup-1.ipynb")) == b"to be reset"
    assert after == before | {SECOND: OURS[SECOND]}


def test_half_a_copy_of_a_lab_that_was_killed_is_mended(tmp_path):
    workplace.bring_notebooks(tmp_path)
    for size in (0, 1, 1000, len(OURS[FIRST]) - 1):
        (tmp_path / FIRST).write_bytes(OURS[FIRST][:size])
        (tmp_path / LEDGER).unlink(missing_ok=True)
        assert workplace.bring_notebooks(tmp_path) == []
        assert (tmp_path / FIRST).read_bytes() == OURS[FIRST]


def test_the_glossary_comes_along_is_renewed_and_is_never_put_over_the_readers_own(tmp_path):
    ours = workplace.brought()[-1].read_bytes()
    glossary = tmp_path / "glossary.md"
    beside = glossary.with_stem("glossary.new")
    assert workplace.bring_notebooks(tmp_path) == []
    assert glossary.read_bytes() == ours
    glossary.write_text("as an older lab brought it")
    came(tmp_path, "glossary.md", "as an older lab brought it")
    assert workplace.bring_notebooks(tmp_path) == []
    assert glossary.read_bytes() == ours
    glossary.write_text("my own words")
    came(tmp_path, "glossary.md", "as an older lab brought it")
    assert f"the new one is {beside.name}" in " ".join(workplace.bring_notebooks(tmp_path))
    assert glossary.read_text() == "my own words"
    assert beside.read_bytes() == ours
    assert workplace.bring_notebooks(tmp_path) == []  # said once


@posix
def test_what_stands_in_place_of_notebook_or_ledger_is_left_alone(tmp_path):
    away, folder = tmp_path / "away", tmp_path / "lab"
    away.mkdir()
    folder.mkdir()
    (away / "precious").write_text("mine")
    (folder / FIRST).symlink_to(away / "precious")
    (folder / SECOND).symlink_to(away / "not there yet")
    os.mkfifo(folder / THIRD)
    (folder / LEDGER).symlink_to(away / "precious")
    (folder / FIRST.replace(".ipynb", ".new.ipynb")).symlink_to(away / "not there either")
    said = " ".join(workplace.bring_notebooks(folder))
    assert contents(away) == {"precious": b"mine"}
    assert (folder / FIRST).is_symlink()
    assert "the new one is 00_start_here.new-2.ipynb" in said
    for name in (SECOND, THIRD):
        assert f"{name} is no file that can be read, so it was left alone" in said
    assert f"{LEDGER} is a link or no file at all" in said
    for name in (FIRST, SECOND, THIRD):
        with pytest.raises(workplace.Trouble, match=r"a link or no file at all.*Nothing was changed"):
            workplace.reset_notebook(folder, name)
    (folder / LEDGER).unlink()
    os.mkfifo(folder / LEDGER)
    assert f"{LEDGER} is a link or no file at all" in " ".join(workplace.bring_notebooks(folder))
    assert contents(away) == {"precious": b"mine"}


@posix
def test_a_full_disk_leaves_every_notebook_whole_or_away(tmp_path):
    code = """
from passk_lab import workplace
folder = disk / "lab"
ours = {path.name: path.read_bytes() for path in workplace.brought()}
whole = sum(map(len, ours.values()))
for size in range(4096, whole + 60_000, whole // 12):
    resize(size)
    try:
        workplace.bring_notebooks(folder)
    except workplace.Trouble as trouble:
        print(trouble)
    there = {path.name: path.read_bytes() for path in folder.glob("[0-9a-z]*")} if folder.exists() else {}
    assert there.items() <= ours.items()
    assert not list(disk.rglob(".passk-half-*"))
assert there == ours, "the last one was large enough"
first = folder / workplace.START
resize(2 * whole)
first.write_text("my work")
fill()
for tried in range(2):
    try:
        workplace.reset_notebook(folder, "00_start_here")
    except workplace.Trouble as trouble:
        print(trouble)
    assert first.read_text() == "my work"
    assert len(list(folder.iterdir())) == len(ours) + 2
empty()
print(workplace.reset_notebook(folder, "00_start_here"), first.read_bytes() == ours[first.name])
"""
    said = on_a_small_disk(tmp_path, "4k", code).splitlines()
    assert said[-1] == "00_start_here.backup-1.ipynb True"
    assert sum("No space left on device. Nothing was changed." in line for line in said) == 2
    assert sum(bool(re.search("cannot write to .*: No space left.*Nothing of yours was changed", s)) for s in said) > 5


KILLED = """
import os, signal, sys
from pathlib import Path
from passk_lab import workplace
from passk_lab.course import memory
left = 10**9
def count(event, given):
    global left
    if event in ("open", "os.link", "os.rename", "os.remove", "os.chmod", "fcntl.flock", "os.mkdir"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
for folder in map(Path, sys.argv[2:]):
    child = os.fork()
    if not child:
        os.environ["PASSK_LAB_HOME"] = str(folder / "home")
        left = int(folder.name)
        workplace.bring_notebooks(folder / "lab")
        workplace.reset_notebook(folder / "lab", sys.argv[1])
        memory.remember("predictions", "crossing", 3)
        left = 10**9
        os._exit(0)
    print(os.waitpid(child, 0)[1])
"""
"""Killed at the touch of a file that the folder's name counts."""
LAST = workplace.shipped()[-1].name
KEPT = THIRD.replace(".ipynb", ".backup-1.ipynb")


def with_work_in_it(folder: Path) -> Path:
    """A folder of an older lab, with one notebook for each thing that can happen to it, and a home with progress."""
    lab, home = folder / "lab", folder / "home"
    workplace.bring_notebooks(lab)
    for name, text in {FIRST: "an older one", SECOND: "my work on an older one", THIRD: "my work, to be reset"}.items():
        (lab / name).write_text(text)
    came(lab, FIRST, "an older one")
    came(lab, SECOND, "an even older one")
    (lab / LAST).unlink()
    home.mkdir()
    (home / memory.NAME).write_text('{"exercises": {}, "questions": {}, "predictions": {"crossing": 2, "other": 1}}')
    return folder


def killed(folders: list[Path]) -> list[int]:
    told = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    words = [sys.executable, "-c", KILLED, THIRD, *map(str, folders)]
    done = subprocess.run(words, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [*map(int, done.stdout.split())]


def nothing_is_lost(folder: Path) -> None:
    lab, there = folder / "lab", contents(folder / "lab")
    assert there[FIRST] in (b"an older one", OURS[FIRST])
    assert there[SECOND] == b"my work on an older one"
    assert there[THIRD] == b"my work, to be reset" or (there[THIRD], there[KEPT]) == (
        OURS[THIRD],
        b"my work, to be reset",
    )
    assert there.get(LAST, OURS[LAST]) == OURS[LAST]
    progress = json.loads((folder / "home" / memory.NAME).read_text())["predictions"]
    assert progress in ({"crossing": 2, "other": 1}, {"crossing": 3, "other": 1})

    said = " ".join(workplace.bring_notebooks(lab))  # the next start mends what is half done
    there = contents(lab)
    assert (there[FIRST], there[LAST]) == (OURS[FIRST], OURS[LAST])
    assert there[SECOND.replace(".ipynb", ".new.ipynb")] == OURS[SECOND]
    assert FIRST not in said
    assert not [name for name in there if "half" in name or ".new-2" in name]


@posix
def test_a_kill_at_a_random_touch_of_a_file_loses_nothing(tmp_path):
    folders = [with_work_in_it(tmp_path / str(step)) for step in random.Random(12).sample(range(70), 10)]
    assert killed(folders) == [signal.SIGKILL] * 10
    for folder in folders:
        nothing_is_lost(folder)


@posix
@pytest.mark.long
def test_a_kill_at_every_touch_of_a_file_loses_nothing(tmp_path):
    folders = [with_work_in_it(tmp_path / str(step)) for step in range(120)]
    ends = killed(folders)
    assert ends == sorted(ends, reverse=True)
    assert ends.count(signal.SIGKILL) > 70
    assert ends.count(0) > 0
    for folder in folders:
        nothing_is_lost(folder)


def test_reset_puts_back_a_notebook_that_is_missing_and_leaves_one_that_is_as_it_came(tmp_path, capsys):
    assert main(["reset", "00_start_here", "--dir", str(tmp_path / "new")]) == 0
    assert contents(tmp_path / "new") == {FIRST: OURS[FIRST]}
    assert main(["reset", "00_start_here", "--dir", str(tmp_path / "new")]) == 0
    assert contents(tmp_path / "new") == {FIRST: OURS[FIRST]}
    assert "kept" not in capsys.readouterr().out
