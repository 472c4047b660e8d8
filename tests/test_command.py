"""The command passk-lab: nothing of the reader's is ever lost, and trouble is said in a sentence."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from passk_lab import workplace
from passk_lab.cli import main

FIRST = "00_start_here.ipynb"


def test_import_is_light():
    # A fresh interpreter: this one has loaded everything already.
    heavy = "torch", "matplotlib", "pandas", "scipy", "IPython", "ipywidgets"
    code = f"import passk_lab, sys; print([m for m in {heavy!r} if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_metrics_need_neither_torch_nor_pandas():
    code = (
        "import sys; from passk_lab import metrics as m; m.pass_at_k(4, 1, 2); m.compare(4, [1, 2], 4, [2, 3]);"
        "print([m for m in ('torch', 'matplotlib', 'pandas') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_a_room_that_does_not_exist():
    import passk_lab

    with pytest.raises(
        AttributeError,
        match="no room called 'kitchen'; the rooms are cockpit, course, data, exact, explorers, lm, metrics,",
    ):
        _ = passk_lab.kitchen


def test_notebooks_are_copied_once_and_left_alone(tmp_path):
    assert workplace.bring_notebooks(tmp_path) == []
    mine = tmp_path / FIRST
    assert mine.read_bytes() == workplace.shipped()[0].read_bytes()
    mine.write_text("my work")
    assert workplace.bring_notebooks(tmp_path) == []
    assert mine.read_text() == "my work"


def test_a_notebook_the_reader_deleted_comes_back(tmp_path):
    workplace.bring_notebooks(tmp_path)
    (tmp_path / FIRST).unlink()
    workplace.bring_notebooks(tmp_path)
    assert (tmp_path / FIRST).exists()


def older(folder: Path) -> None:
    """Make the folder look as if an older lab had filled it."""
    import hashlib
    import json

    workplace.bring_notebooks(folder)
    (folder / FIRST).write_text("as an older lab shipped it")
    ledger = json.loads((folder / ".passk-lab.json").read_text())
    ledger[FIRST] = hashlib.sha256(b"as an older lab shipped it").hexdigest()
    (folder / ".passk-lab.json").write_text(json.dumps(ledger))


def test_an_untouched_notebook_of_an_older_lab_is_renewed(tmp_path):
    older(tmp_path)
    assert workplace.bring_notebooks(tmp_path) == []
    assert (tmp_path / FIRST).read_bytes() == workplace.shipped()[0].read_bytes()


def test_a_changed_notebook_of_an_older_lab_is_kept_and_the_new_one_put_beside(tmp_path):
    older(tmp_path)
    (tmp_path / FIRST).write_text("my work on the older one")
    said = workplace.bring_notebooks(tmp_path)
    assert said == [
        f"{FIRST} has changed since you began it; yours is untouched, the new one is 00_start_here.new.ipynb."
    ]
    assert (tmp_path / FIRST).read_text() == "my work on the older one"
    assert (tmp_path / "00_start_here.new.ipynb").read_bytes() == workplace.shipped()[0].read_bytes()
    assert workplace.bring_notebooks(tmp_path) == []  # said once


def test_a_file_of_the_same_name_from_elsewhere_is_never_overwritten(tmp_path):
    (tmp_path / FIRST).write_text("something of mine")
    (said,) = workplace.bring_notebooks(tmp_path)
    assert "yours is untouched" in said
    assert (tmp_path / FIRST).read_text() == "something of mine"


def test_reset_keeps_a_backup_each_time(tmp_path, capsys):
    workplace.bring_notebooks(tmp_path)
    for number, text in enumerate(("first work", "second work"), start=1):
        (tmp_path / FIRST).write_text(text)
        assert main(["reset", "00_start_here", "--dir", str(tmp_path)]) == 0
        assert f"Your own was kept as 00_start_here.backup-{number}.ipynb" in capsys.readouterr().out
        assert (tmp_path / f"00_start_here.backup-{number}.ipynb").read_text() == text
    assert (tmp_path / FIRST).read_bytes() == workplace.shipped()[0].read_bytes()


def test_reset_of_an_unknown_notebook_lists_them(tmp_path, capsys):
    assert main(["--dir", str(tmp_path), "reset", "17_nothing"]) == 2
    assert "no notebook called '17_nothing'. There are: 00_start_here, 01_counting_successes" in capsys.readouterr().err


def test_a_port_already_taken_is_said_and_nothing_is_written(tmp_path, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["--no-browser", "--port", str(port), "--dir", str(tmp_path / "new")]) == 2
    said = capsys.readouterr().err
    assert f"port {port} is taken" in said
    assert f"--port {port + 1}" in said
    assert not (tmp_path / "new").exists()


def test_a_port_that_is_none(capsys):
    assert main(["--no-browser", "--port", "70000"]) == 2
    assert "70000 is not a port" in capsys.readouterr().err


def unwritable(tmp_path: Path) -> Path:
    """A folder in which nobody can write: root may write everywhere but below a file or in the kernel's own tree."""
    if os.geteuid() == 0:
        return Path("/sys/passk-lab") if sys.platform == "linux" else _file(tmp_path) / "below"
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    return folder


def _file(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("not a folder")
    return tmp_path / "file"


def test_a_folder_without_write_permission(tmp_path, capsys):
    assert main(["--no-browser", "--dir", str(unwritable(tmp_path))]) == 2
    said = capsys.readouterr().err
    assert "cannot write to" in said
    assert "--dir" in said
    assert "Traceback" not in said


def test_a_file_where_the_folder_should_be(tmp_path, capsys):
    assert main(["--no-browser", "--dir", str(_file(tmp_path))]) == 2
    assert "cannot write to" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "not a folder"


def test_the_doctor_says_that_apples_gpu_is_not_used(capsys, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert main(["doctor"]) == 0
    assert "device cpu (Apple's GPU, which has no float64, is not used)" in capsys.readouterr().out


def test_the_doctor_names_what_there_is(capsys):
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    for line in ("torch build", "widgets", "jupyterlab-manager", "memory", "GiB", "browser", "notebooks"):
        assert line in said


def test_python_dash_m_is_the_same_command():
    done = subprocess.run([sys.executable, "-m", "passk_lab", "--help"], capture_output=True, text=True, check=True)
    for word in ("--dir", "--port", "--no-browser", "doctor", "reset"):
        assert word in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_labs_opened_at_the_same_moment_get_a_port_each_and_end_with_their_jupyterlab(tmp_path):
    environment = {
        **os.environ,
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "rt"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "cfg"),
    }
    command = [sys.executable, "-m", "passk_lab", "--no-browser", "--dir", str(tmp_path / "mine")]
    with ExitStack() as stack:
        labs = []
        for _ in range(2):
            lab = subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            labs.append(stack.enter_context(lab))
            stack.callback(lab.terminate)
        addresses = [next(line.strip() for line in lab.stdout if "token=" in line) for lab in labs]
        servers = [psutil.Process(lab.pid).children() for lab in labs]
        assert all(servers)
        for address in addresses:
            with urllib.request.urlopen(address) as answer:
                assert answer.status == 200
        for lab, left in zip(labs, servers, strict=True):
            lab.send_signal(signal.SIGTERM)
            assert lab.wait() == 0
            assert "The lab is closed." in lab.stdout.read()
            assert not any(server.is_running() for server in left)
    assert len({address.partition("/lab")[0] for address in addresses}) == 2
