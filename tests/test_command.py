"""The command passk-lab: nothing of the reader's is ever lost, and trouble is said in a sentence."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from passk_lab import workplace
from passk_lab.cli import main
from tests.small_disk import on_a_small_disk
from tests.test_kernel_sockets import overheard

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
        match="no room called 'kitchen'; the rooms are book, bridge, challenge, cockpit, collect,",
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
    for line in ("torch build", "widgets", "jupyterlab-manager", "memory", "GiB", "browser", "notebooks", "by SHA-256"):
        assert line in said
    assert "✓ The lab has what it needs." in said


def test_python_dash_m_is_the_same_command():
    done = subprocess.run([sys.executable, "-m", "passk_lab", "--help"], capture_output=True, text=True, check=True)
    for word in ("--dir", "--port", "--no-browser", "doctor", "reset"):
        assert word in done.stdout


def test_the_highest_port_taken_is_not_followed_by_a_higher_one(tmp_path, capsys):
    with socket.socket() as other, suppress(OSError):  # where another program has it, it is taken as well
        other.bind(("127.0.0.1", 65535))
        other.listen()
        assert main(["--no-browser", "--port", "65535", "--dir", str(tmp_path / "new")]) == 2
    said = capsys.readouterr().err
    assert "port 65535 is taken" in said
    (another,) = re.findall(r"as in --port (\d+)", said)
    assert 1024 <= int(another) < 65535


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux which ports are for everybody")
def test_a_port_for_administrators_is_not_called_taken(tmp_path):
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 81:
        pytest.skip("here every port is for everybody")
    words = [sys.executable, "-m", "passk_lab", "--no-browser", "--port", "81", "--dir", str(tmp_path / "new")]
    if os.geteuid() == 0:  # in a user namespace root has no rights over the machine's ports
        if shutil.which("unshare") is None or subprocess.run(["unshare", "-r", "true"], check=False).returncode:
            pytest.skip("root may open every port, and user namespaces are not allowed here")
        words = ["unshare", "-r", *words]
    done = subprocess.run(words, env=told(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "port 81 is not for everybody to open" in done.stderr
    assert "taken" not in done.stderr
    assert not (tmp_path / "new").exists()


MODULES = (
    "random",
    "tornado",
    "secrets",
    "socket",
    "json",
    "hashlib",
    "traitlets",
    "jupyterlab",
    "jupyter_core",
    "zmq",
)


def told(folder: Path) -> dict[str, str]:
    """The environment of a reader whose Jupyter lies in `folder`."""
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "JUPYTER_RUNTIME_DIR": str(folder / "rt"),
        "JUPYTER_CONFIG_DIR": str(folder / "cfg"),
    }


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_labs_opened_at_the_same_moment_get_a_port_each_and_end_with_their_jupyterlab(tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    for module in MODULES:  # a student's own, which no program of the lab may take for Python's
        (here / f"{module}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({module!r} + ' ')")
    command = [sys.executable, "-m", "passk_lab", "--no-browser", "--dir", str(tmp_path / "mine")]
    with ExitStack() as stack:
        labs, noise = [], stack.enter_context((tmp_path / "noise").open("w"))
        # Short, as a home's is: sockets lie in it, and what a lab that is killed leaves there goes with it.
        runtime = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        environment = {**told(tmp_path), "JUPYTER_RUNTIME_DIR": runtime}
        for _ in range(3):
            lab = subprocess.Popen(command, cwd=here, env=environment, stdout=subprocess.PIPE, stderr=noise, text=True)
            labs.append(stack.enter_context(lab))
            stack.callback(lab.terminate)
        addresses = [next(line.strip() for line in lab.stdout if "token=" in line) for lab in labs]
        servers = [psutil.Process(lab.pid).children() for lab in labs]
        assert all(servers)
        for address in addresses:
            with urllib.request.urlopen(address) as answer:
                assert answer.status == 200
        # A kernel is the reader's: it looks in their folder, and is told no token.
        place, token = re.match(r"(http://[^/]+).*token=(\S+)", addresses[0]).groups()
        asked = urllib.request.Request(
            f"{place}/api/kernels", method="POST", headers={"Authorization": f"token {token}"}
        )
        with urllib.request.urlopen(asked) as answer:
            assert answer.status == 201
        (kernel,) = (one for one in servers[0][0].children() if "ipykernel_launcher" in one.cmdline())
        assert not {"PYTHONSAFEPATH", "JUPYTER_TOKEN"} & kernel.environ().keys()
        assert "-P" not in kernel.cmdline()
        assert not overheard(kernel), "another account of this machine can hear what a cell prints"
        for lab, left in zip(labs[:2], servers, strict=False):
            lab.send_signal(signal.SIGTERM)
            assert lab.wait() == 0
            assert "The lab is closed." in lab.stdout.read()
            assert not any(server.is_running() for server in left)
        labs[2].kill()  # it has no moment to say goodbye, and JupyterLab ends all the same
        _, alive = psutil.wait_procs(servers[2], timeout=PATIENCE)
        assert not alive
        psutil.wait_procs([kernel], timeout=PATIENCE)
    assert len({address.partition("/lab")[0] for address in addresses}) == 3
    noise = (tmp_path / "noise").read_text()
    assert "is not available" not in noise, "each chose a port of its own at once"
    assert "Fatal Python error" not in noise
    assert not (tmp_path / "ran").exists()


PATIENCE = 120
"""Seconds before a test gives up on what takes one or two: not a limit on speed."""


@pytest.mark.skipif(os.name != "posix", reason="a small file system, of POSIX")
def test_a_home_that_cannot_be_written_is_said_and_the_lab_opens(tmp_path):
    code = """
import re, signal, urllib.request
(disk / ".jupyter").mkdir()
subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
told = {name: it for name, it in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON", "XDG", "PASSK"))}
command = [sys.executable, "-P", "-m", "passk_lab", "--no-browser", "--dir", str(disk.parent / "mine")]
lab = subprocess.Popen(command, env={**told, "HOME": str(disk)}, stdout=subprocess.PIPE, text=True)
said = ""
for line in lab.stdout:
    said += line
    if "token=" in line:
        break
place, token = re.search(r"(http://[^/]+).*token=(\\S+)", said).groups()
asked = urllib.request.Request(f"{place}/api/kernels", method="POST", headers={"Authorization": f"token {token}"})
print(urllib.request.urlopen(asked).status)
lab.send_signal(signal.SIGTERM)
print(lab.wait(), said)
"""
    (tmp_path / "home").mkdir()
    said = on_a_small_disk(tmp_path / "home", "64k", code)
    assert said.startswith("201\n0 ")
    assert "cannot be written: what JupyterLab and IPython keep of themselves" in said
    assert "Your notebooks are not concerned." in said


def test_what_cannot_be_spelt_in_an_old_code_page_ends_in_no_traceback(tmp_path):
    environment = {**told(tmp_path), "PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-m", "passk_lab", "reset", "π", "--dir", str(tmp_path / "Ω")]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "no notebook called" in done.stderr


SWEEP = '{"shared": {"steps": 1, "prompts": 2, "n": 4, "judged": 1, "watch": 4}, "crossed": {"seed": [0]}}'


@pytest.mark.long
def test_a_sweep_runs_nothing_of_the_folder_it_is_started_in(tmp_path):
    for module in MODULES:
        (tmp_path / f"{module}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({module!r} + ' ')")
    (tmp_path / "grid.json").write_text(SWEEP)
    words = [sys.executable, "-m", "passk_lab", "sweep", "grid.json", "--out", "runs", "--jobs", "1"]
    subprocess.run(words, cwd=tmp_path, env=told(tmp_path), check=True)
    assert not (tmp_path / "ran").exists()
