"""The wheel in a new environment, in an empty folder, with the network off: it serves, and every command works."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from passk_lab import workplace
from tests.test_command import SWEEP
from tests.test_docs import ROOT

pytestmark = pytest.mark.long

OFFLINE = Path(__file__).with_name("offline.py")
FILES = {
    "trained.csv": "problem,n,c\na,8,8\nb,8,4\nc,8,0\n",
    "base.csv": "problem,n,c\na,8,5\nb,8,3\nc,8,1\n",
    "grid.json": SWEEP,
}
HANDED_IN = (
    "mkdir -p class/ada class/ben && cp kit/teacher/01_*.ipynb class/ada && cp kit/notebooks/01_*.ipynb class/ben"
)
LINES = {
    "passk-lab --help": "usage: passk-lab",
    "passk-lab doctor": "✓ The lab has what it needs.",
    "passk-lab verify": "all agree.",
    "passk-lab present 'pass_at_k?k=16&p=.9' 'collapse?k=16' --out talk.html --no-browser": "talk.html (2 views)",
    "passk-lab present plan-90-minutes --out plan.html --no-browser": "Written: plan.html",
    "passk-lab diagnose trained.csv --base base.csv --out diagnosis.html --json diagnosis.json": "pass@",
    "python -m passk_lab.book book --only 01": "run: 01_counting_successes",
    "passk-lab teach kit": "Begin with kit/index.html.",
    "passk-lab teach kit-with-book --book": "Begin with kit-with-book/index.html.",
    HANDED_IN: "",
    "passk-lab collect class --out judged": "2 students, 2 judged",
    "passk-lab reset 01_counting_successes": "01_counting_successes is as it came.",
    "passk-lab train --steps 1 --prompts 2 --n 4 --judged 1 --watch 4 --out run": "pass@",
    "passk-lab sweep grid.json --out runs --jobs 1": "finished",
    "passk-lab runs runs": "finished",
}
"""Each command as it is typed, and something of what it says."""
WRITTEN = (
    "talk.html", "plan.html", "diagnosis.html", "diagnosis.json", "book/01_counting_successes.html", "kit/index.html",
    "kit/page.html", "kit/teacher/exam.md", "kit-with-book/book/index.html", "judged/class.html", "run/history.jsonl",
)  # fmt: skip


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rn", "true"], check=False).returncode:
        pytest.skip("needs Linux and user namespaces, to switch the network off for one process (unshare -rn)")
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)], check=True)
    (wheel,) = folder.glob("*.whl")
    assert re.search(r"passk_lab-[\d.]+-py3-none-any\.whl", wheel.name)
    env, empty = folder / "env", folder / "empty"
    subprocess.run([sys.executable, "-m", "venv", str(env)], check=True)
    pip = [str(env / "bin" / "python"), "-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints.txt")]
    subprocess.run([*pip, str(wheel)], check=True)
    empty.mkdir()
    for name, text in FILES.items():
        (empty / name).write_text(text)
    loopback = "ip link set lo up 2>/dev/null || ifconfig lo up"
    told = {
        **os.environ, "PATH": f"{env / 'bin'}{os.pathsep}{os.environ['PATH']}", "PASSK_LAB_HOME": str(folder / "home"),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }  # fmt: skip
    told.pop("PYTHONPATH", None)
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", f"{loopback}; exec python {OFFLINE}"], input=json.dumps(list(LINES)),
        cwd=empty, env=told, capture_output=True, text=True, timeout=3600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return empty, json.loads(done.stdout.strip().splitlines()[-1])


def test_it_serves_and_notebook_01_runs(tried):
    _, found = tried
    assert found["lab"] == {
        "served": sorted(path.name for path in workplace.brought()),
        "page": 200,
        "crossing": True,
        "seconds": found["lab"]["seconds"],
    }


def test_every_command_does_its_work(tried, capsys):
    folder, found = tried
    with capsys.disabled():
        print(f"\n{found['lab']['seconds']:6.1f} s  passk-lab, and notebook 01")
        for one in found["commands"]:
            print(f"{one['seconds']:6.1f} s  {one['line']}")
    failed = [
        one
        for one in found["commands"]
        if one["status"] or LINES[one["line"]] not in one["said"] or "Traceback" in one["complained"]
    ]
    assert failed == []
    assert [name for name in WRITTEN if not (folder / name).stat().st_size] == []
    with (folder / "judged" / "class.csv").open() as table:
        solved = [row["student"] for row in csv.DictReader(table) if row["status"] == "correct"]
    assert set(solved) == {"ada"}
