"""The wheel in a new environment, in an empty folder, with the network off: it serves, and notebook 01 runs."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

import pytest

from passk_lab.course.builder import sources
from tests.test_docs import ROOT

pytestmark = pytest.mark.long

SCRIPT = """
import json, re, subprocess, sys, urllib.request
import nbformat
from nbclient import NotebookClient

try:
    urllib.request.urlopen("http://192.0.2.1", timeout=3)
    sys.exit("the network is on")
except OSError:
    pass
lab = subprocess.Popen([sys.argv[1], "--no-browser"], stdout=subprocess.PIPE, text=True)
try:
    address = next(line.strip() for line in lab.stdout if "token=" in line)
    base, token = re.match(r"(http://127.0.0.1:[0-9]+).*token=(.*)", address).groups()
    listing = json.load(urllib.request.urlopen(f"{base}/api/contents?token={token}"))
    names = [entry["name"] for entry in listing["content"]]
    page = urllib.request.urlopen(address).status
    notebook = nbformat.read("passk-lab/01_counting_successes.ipynb", as_version=4)
    NotebookClient(notebook, timeout=3600, resources={"metadata": {"path": "passk-lab"}}).execute()
    text = json.dumps(notebook)
    book = [sys.argv[2], "-m", "passk_lab.book", "book", "--only", "01"]
    subprocess.run(book, check=True, stdout=subprocess.DEVNULL)
    whole = "crossing at k = 15" in open("book/01_counting_successes.html", encoding="utf-8").read()
    said = {"served": sorted(names), "page": page, "crossing": "crossing at k = 15" in text, "book": whole}
    print(json.dumps(said))
finally:
    lab.terminate()
    lab.wait()
"""


def test_offline_in_an_empty_folder(tmp_path):
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("needs root on Linux, to switch the network off for one process (unshare --net)")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    env = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", str(env)], check=True)
    pip = [str(env / "bin" / "python"), "-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints.txt")]
    subprocess.run([*pip, str(wheel)], check=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "drive.py").write_text(SCRIPT)
    loopback = "ip link set lo up 2>/dev/null || ifconfig lo up"
    command = f"{loopback}; exec {env}/bin/python {tmp_path}/drive.py {env}/bin/passk-lab {env}/bin/python"
    began = time.monotonic()
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", command], cwd=empty, capture_output=True, text=True, timeout=3600, check=False,
        env={**os.environ, "PASSK_LAB_HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "cache")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.strip().splitlines()[-1])
    assert said == {
        "served": [f"{source.stem}.ipynb" for source in sources()],
        "page": 200,
        "crossing": True,
        "book": True,
    }
    print(f"offline: {time.monotonic() - began:.0f} s")
    assert re.search(r"passk_lab-[\d.]+-py3-none-any\.whl", wheel.name)
