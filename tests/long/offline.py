"""Try an installed lab: run by its own Python, in an empty folder, with the network off. Prints what it found as JSON.

`test_installed.py` runs it. Stdin has the command lines to try, as a JSON list.
"""

import json
import re
import subprocess
import sys
import time
import urllib.request

import nbformat
from nbclient import NotebookClient


def main() -> None:
    try:
        urllib.request.urlopen("http://192.0.2.1", timeout=3)
        sys.exit("the network is on")
    except OSError:
        pass
    began = time.monotonic()
    found = served()
    found["seconds"] = time.monotonic() - began
    print(json.dumps({"lab": found, "commands": [tried(line) for line in json.load(sys.stdin)]}))


def served() -> dict[str, object]:
    """Open the lab, ask it for its page and files, and run notebook 01 as it lies there."""
    command = ["passk-lab", "--no-browser"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as lab:
        try:
            address = next(line.strip() for line in lab.stdout if "token=" in line)
            base, token = re.match(r"(http://127.0.0.1:[0-9]+).*token=(.*)", address).groups()
            listing = json.load(urllib.request.urlopen(f"{base}/api/contents?token={token}"))
            page = urllib.request.urlopen(address).status
        finally:
            lab.terminate()
    notebook = nbformat.read("passk-lab/01_counting_successes.ipynb", as_version=4)
    NotebookClient(notebook, timeout=3600, resources={"metadata": {"path": "passk-lab"}}).execute()
    return {
        "served": sorted(entry["name"] for entry in listing["content"]),
        "page": page,
        "crossing": "crossing at k = 15" in json.dumps(notebook),
    }


def tried(line: str) -> dict[str, object]:
    """Run a command line as it is typed."""
    began = time.monotonic()
    done = subprocess.run(line, shell=True, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return {
        "line": line, "seconds": time.monotonic() - began, "status": done.returncode,
        "said": done.stdout, "complained": done.stderr,
    }  # fmt: skip


if __name__ == "__main__":
    main()
