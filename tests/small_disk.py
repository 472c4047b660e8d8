"""A file system of a few pages, to be full: mounted in a user namespace, where no root is needed, and gone with it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PRELUDE = """
import os, subprocess, sys, warnings
from pathlib import Path
disk = Path(sys.argv[1])
def resize(size):
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)
def fill():
    '''Leave not a byte.'''
    with open(disk / "filler", "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
def empty():
    (disk / "filler").unlink()
"""


def on_a_small_disk(folder: Path, size: str, code: str) -> str:
    """Run Python with `disk`, a file system of `size` at `folder`, and `resize`, `fill` and `empty`; return its words.

    Skips where this account or kernel allows no namespaces.
    """
    unshare = shutil.which("unshare")
    mount = f'mount -t tmpfs -o size={size} passk-lab "$1" && exec "$2" -c "$3" "$1"'
    words = [unshare, "-rm", "sh", "-c", mount, "sh", str(folder), sys.executable]
    if unshare is None or subprocess.run([*words, "pass"], capture_output=True, check=False).returncode:
        pytest.skip("no small file system to be had: user namespaces with mounts are not allowed here")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([*words, PRELUDE + code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
