"""Bring the students' notebooks and progress together, for `passk-lab collect`: python gather.py FOLDER, as root.

Each student's files are read by a process of that student's, which follows no link: root reads nothing in a folder that
somebody else can change. FOLDER gets a folder for each student, made anew.
"""

import grp
import json
import os
import pwd
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

GROUP = "passk-students"
WANTED = re.compile(r"[\w][\w. -]*\.ipynb|\.passk-lab-progress\.json")
LARGEST, ALL = 20 * 2**20, 200 * 2**20
"""Bytes of a file, and of a student's files together."""


def main(folder: Path) -> int:
    """Gather the work of the whole group, and say whose could not be had."""
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True)
    status = 0
    for name in sorted(grp.getgrnam(GROUP).gr_mem):
        account = pwd.getpwnam(name)
        try:
            taken = gather(Path(account.pw_dir) / "passk-lab", folder / name, account)
            print(f"{name}: {taken} files")
        except (OSError, ValueError, RecursionError) as error:
            print(f"{name}: nothing could be taken ({error})", file=sys.stderr)
            status = 1
    return status


def gather(source: Path, target: Path, account: pwd.struct_passwd | None) -> int:
    """Copy one student's work, read under the student's account, and return how many files that were."""
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    command = [sys.executable, "-I", __file__, "--read", str(source)]
    # What runs under the student's account the student may stop, or make say anything at any length.
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd="/", env={}, **who) as reader:
        late = threading.Timer(60, reader.kill)
        late.start()
        said = reader.stdout.read(ALL + 1)
        late.cancel()
        reader.kill()
    files = json.loads(said)
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        raise ValueError("what was read is not what the lab reads")
    wanted = {name: text for name, text in files.items() if WANTED.fullmatch(name)}
    target.mkdir(exist_ok=True)
    for name, text in wanted.items():
        (target / name).write_text(text, encoding="utf-8", errors="replace")
    return len(wanted)


def read(source: Path) -> dict[str, str]:
    """Read what is wanted of a folder, as far as it is plain files of a sensible size."""
    found, room = {}, ALL // 2
    for path in sorted(source.iterdir()):
        if not WANTED.fullmatch(path.name):
            continue
        try:
            opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            continue  # a link, or not to be read
        try:
            about = os.fstat(opened)
            if stat.S_ISREG(about.st_mode) and about.st_size <= min(LARGEST, room):
                found[path.name] = os.read(opened, LARGEST).decode("utf-8", "replace")
                room -= about.st_size
        finally:
            os.close(opened)
    return found


if __name__ == "__main__":
    if sys.argv[1] == "--read":
        json.dump(read(Path(sys.argv[2])), sys.stdout)
    elif os.geteuid() != 0:
        sys.exit("the students' work is gathered by root: sudo.")
    else:
        sys.exit(main(Path(sys.argv[1])))
