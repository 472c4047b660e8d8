"""A student's server: private files, the notebooks and the course first, then JupyterHub's own for one user.

`jupyterhub_config.py` runs it, as that student: `python -P student_server.py WORDS`.
"""

import os
import sys
from pathlib import Path

import passk_lab
from passk_lab import workplace

CONFIG = Path(passk_lab.__file__).parent / "jupyter_config"
"""The lab's word that JupyterLab asks the network for nothing."""


def main(words: list[str]) -> None:
    """Prepare the student's folder and serve it."""
    if os.geteuid() == 0 and "PASSK_LAB_HUB_REHEARSAL" not in os.environ:
        sys.exit("a student's server does not run as root: the hub is to start it under the student's account.")
    os.umask(0o077)
    folder = Path.home() / "passk-lab"
    for sentence in workplace.bring_notebooks(folder):
        print(sentence, file=sys.stderr)
    folder.chmod(0o700)
    course, link = Path(os.environ.get("PASSK_LAB_COURSE", "/srv/passk-lab/course")), folder / "course"
    if course.is_dir() and not link.exists() and not link.is_symlink():
        link.symlink_to(course)
    # The sockets of kernels lie here, and the path of a socket has at most 107 letters.
    run = Path.home() / ".jupyter-run"
    run.mkdir(mode=0o700, exist_ok=True)
    run.chmod(0o700)
    os.environ["JUPYTER_RUNTIME_DIR"] = str(run)
    os.chdir(folder)
    os.environ["JUPYTER_CONFIG_PATH"] = str(CONFIG)
    # jsonschema would read a grammar of addresses in every script, for a format that nothing here has: half of the time
    # that a server takes to start.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    from jupyterhub.singleuser import main as serve

    here = [f"--ServerApp.root_dir={folder}", *(["--allow-root"] if os.geteuid() == 0 else [])]
    sys.argv[1:] = [*here, *words]
    serve()


if __name__ == "__main__":
    main(sys.argv[1:])
