"""Accounts for a class, made and removed: one name a line in a file, as root.

    python accounts.py add names.txt > passwords.tsv       (a name and a first password a line; nobody else may read it)
    python accounts.py remove names.txt                    (the homes stay; --with-homes deletes them too)

Homes are 0700 and belong to the students alone. An account that is there already is never touched, and none is removed
that is not in the students' group.
"""

import argparse
import grp
import os
import pwd
import re
import secrets
import subprocess
import sys
from pathlib import Path

GROUP, TEACHERS = "passk-students", "passk-teachers"
NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Those that nobody takes for another on a slip of paper."""


def main() -> int:
    """Do what the command line asks for, all or nothing where names are wrong."""
    parser = argparse.ArgumentParser(description="Accounts for a class.")
    parser.add_argument("what", choices=["add", "remove"])
    parser.add_argument("names", type=Path, help="a file with one name a line")
    parser.add_argument("--with-homes", action="store_true", help="when removing, delete the students' work too")
    given = parser.parse_args()
    if os.geteuid() != 0:
        return _say("accounts are made and removed by root: sudo.")
    names = given.names.read_text(encoding="utf-8").split()
    if bad := [name for name in names if not NAME.fullmatch(name)]:
        return _say(f"no account was touched: {bad[0]!r} is no name for one (a to z, 0 to 9, - and _; at most 31).")
    os.umask(0o077)
    for group in (GROUP, TEACHERS):  # the hub looks for both at each log-in
        subprocess.run(["groupadd", "--force", group], check=True)
    return add(names) if given.what == "add" else remove(names, given.with_homes)


def add(names: list[str]) -> int:
    """Make those accounts that are not there, and print a password for each."""
    status = 0
    for name in names:
        if exists(name):
            status = _say(f"{name} is there already, and was left as it is.")
            continue
        # No shell: the hub needs none, and a password that was handed out on paper opens no ssh.
        words = ["--create-home", "--key", "HOME_MODE=0700", "--key", "UMASK=077", "--groups", GROUP]
        subprocess.run(["useradd", *words, "--shell", "/usr/sbin/nologin", name], check=True)
        password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
        # By stdin: a command line can be read by everyone on the machine.
        subprocess.run(["chpasswd"], input=f"{name}:{password}", text=True, check=True)
        print(f"{name}\t{password}", flush=True)
    return status


def remove(names: list[str], with_homes: bool) -> int:
    """Remove those of the accounts that are students'."""
    status = 0
    for name in names:
        if not exists(name) or name not in grp.getgrnam(GROUP).gr_mem:
            status = _say(f"{name} is no account in {GROUP}, and was left alone.")
            continue
        subprocess.run(["userdel", *(["--remove"] if with_homes else []), name], check=True, stderr=subprocess.DEVNULL)
    return status


def exists(name: str) -> bool:
    """Whether the system knows an account of that name."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
