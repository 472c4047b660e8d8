"""The hub as a school runs it, with accounts of the system: what one student's code can get of another's.

A long test (make test-long). It makes and removes two accounts, so it runs only as root, and where
PASSK_LAB_SYSTEM_ACCOUNTS=1 says that it may.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from benchmarks.hub import privacy, server
from benchmarks.hub.lesson import FIRST
from benchmarks.hub.student import Student

pytestmark = pytest.mark.long

NAMES = ["passk-trial-one", "passk-trial-two"]
GROUPS = ["passk-students", "passk-teachers"]
STEAL = """
import os, pathlib, signal, subprocess
def tried(what):
    try:
        return what()
    except (OSError, StopIteration) as error:
        return type(error).__name__
home = pathlib.Path("/home/passk-trial-one")
theirs = next(int(p.name) for p in pathlib.Path("/proc").glob("[0-9]*") if p.stat().st_uid == home.stat().st_uid)
print(os.geteuid() != 0, os.stat(".").st_mode & 0o777, oct(os.umask(0o077)))
print(*(tried(what) for what in (
    lambda: (home / "passk-lab/01_counting_successes.ipynb").read_text(),
    lambda: os.listdir(home), lambda: os.listdir(home / ".jupyter-run"),
    lambda: pathlib.Path(f"/proc/{theirs}/environ").read_bytes(), lambda: os.kill(theirs, signal.SIGTERM),
    lambda: os.listdir(STATE), lambda: pathlib.Path("course/mine").write_text("x"), lambda: os.setuid(0),
)))
print(pathlib.Path("course/sheet.md").read_text())
"""


def known(group: str) -> bool:
    return subprocess.run(["getent", "group", group], stdout=subprocess.DEVNULL).returncode == 0


@pytest.fixture(scope="module")
def class_():
    if os.environ.get("PASSK_LAB_SYSTEM_ACCOUNTS") != "1" or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("makes and removes accounts of the system: only as root, and with PASSK_LAB_SYSTEM_ACCOUNTS=1")
    if lacking := server.lacks():
        pytest.skip(f"the hub {lacking}")
    folders = [Path(sys.executable).resolve(), *Path(sys.executable).resolve().parents]
    if shut := [str(path) for path in folders if not path.stat().st_mode & 0o001]:
        pytest.skip(f"no account but root's can run this Python: {shut[0]} is closed to others")
    groups = [name for name in GROUPS if not known(name)]
    with tempfile.TemporaryDirectory(prefix="hub-") as folder:
        names = Path(folder) / "names.txt"
        names.write_text("\n".join(NAMES), encoding="utf-8")
        accounts = [sys.executable, str(server.CONFIG.parent / "accounts.py")]
        added = subprocess.run([*accounts, "add", str(names)], capture_output=True, text=True, check=False)
        try:
            assert added.returncode == 0, added.stderr
            Path(folder).chmod(0o755)  # the course lies in there
            with server.Hub(Path(folder), accounts=True) as hub:
                yield hub, dict(line.split("\t") for line in added.stdout.splitlines())
                print(hub.log.read_text(encoding="utf-8")[-4000:])  # shown where a test failed
        finally:
            made = [line.split("\t")[0] for line in added.stdout.splitlines()]
            names.write_text("\n".join(made), encoding="utf-8")
            subprocess.run([*accounts, "remove", "--with-homes", str(names)], check=True)
            for name in filter(known, groups):
                subprocess.run(["groupdel", name], check=True)


def test_one_students_code_gets_nothing_of_anothers(class_):
    hub, passwords = class_
    wrong = Student(hub.url, NAMES[0], "not-the-password")
    with pytest.raises(Exception, match="403"):
        wrong.come_in(FIRST)
    wrong.leave()
    one, two = (Student(hub.url, name, passwords[name]) for name in NAMES)
    for student in (one, two):
        student.come_in(FIRST)
    kernel, thief = one.open(FIRST), two.open(FIRST)
    assert kernel.run(kernel.cells[0]).status == "ok"
    said = thief.run(STEAL.replace("STATE", repr(str(hub.folder / "state"))))
    text = "".join(output.get("text", "") for output in said.outputs)
    assert text.splitlines() == ["True 448 0o77", " ".join(["PermissionError"] * 8), "Predict before you run.", ""], (
        said.outputs
    )
    assert privacy.leaks(two, one, kernel, hub.homes) == []

    gather = server.CONFIG.parent / "gather.py"
    (hub.homes / NAMES[1] / "passk-lab" / "stolen.ipynb").symlink_to("/etc/shadow")
    done = subprocess.run([sys.executable, str(gather), str(hub.folder / "work")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    taken = sorted(path.name for path in (hub.folder / "work" / NAMES[1]).iterdir())
    assert FIRST in taken
    assert "stolen.ipynb" not in taken
    for student in (one, two):
        student.leave()
