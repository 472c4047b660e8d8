"""Kernels speak where nobody else hears, or it is said. `test_command.py` listens to a lab's kernel as others do."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from jupyter_client import BlockingKernelClient

from benchmarks.hub import privacy
from passk_lab import doctor, kernel_sockets, workplace

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sockets that are files")

LONG = "a-folder-of-a-cluster-with-a-long-name/" * 3


def overheard(kernel: psutil.Process) -> list[int]:
    """The ports on which what a kernel prints is heard by whoever connects."""
    client = BlockingKernelClient(connection_file=next(word for word in kernel.cmdline() if word.endswith(".json")))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready()

        def run(code: str) -> None:
            said = []
            client.execute_interactive(code, output_hook=said.append)
            assert said, "who has the key hears it"

        return [port for port in privacy.listening(kernel.pid) if privacy.overheard(port, run)]
    finally:
        client.stop_channels()


@pytest.fixture
def short():
    """A folder with a path as short as a home's; pytest's own is too long for a socket."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_a_folder_of_ones_own_is_made_and_left_empty(short):
    folder = short / "made" / "here"
    assert kernel_sockets.can_lie_in(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o701])
def test_not_in_a_folder_that_others_can_enter_and_it_stays_as_it_is(short, mode):
    (short / "open").mkdir()
    (short / "open").chmod(mode)
    assert not kernel_sockets.can_lie_in(short / "open")
    assert (short / "open").stat().st_mode & 0o777 == mode


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives a folder to another")
def test_not_in_a_folder_of_somebody_else(short):
    (short / "theirs").mkdir(mode=0o700)
    os.chown(short / "theirs", 12345, 12345)
    assert not kernel_sockets.can_lie_in(short / "theirs")


def test_where_a_path_is_too_long_or_no_folder_a_short_one_of_the_session_is_taken_and_goes_with_it(tmp_path):
    (tmp_path / "file").write_text("")
    for usual in (tmp_path / LONG, tmp_path / "file", Path("/proc/passk-lab")):
        with ExitStack() as held:
            found = kernel_sockets.folder(usual, held)
            assert found != usual
            assert found.stat().st_mode & 0o777 == 0o700
        assert not found.exists()


def test_where_no_folder_takes_them_the_command_and_the_doctor_say_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / LONG))
    with ExitStack() as held:
        assert workplace._kernels_apart({}, held) == ["--KernelManager.transport=ipc"]
    assert "only you" in doctor._kernels()
    assert capsys.readouterr().out == ""
    (tmp_path / LONG).mkdir(exist_ok=True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / LONG))
    with ExitStack() as held:
        place = {}
        assert workplace._kernels_apart(place, held) == []
        assert place == {}
    assert "every account of this machine can hear" in capsys.readouterr().out
    assert "every account of this machine can hear" in doctor._kernels()


def test_a_folder_named_from_here_is_found_from_elsewhere(short, monkeypatch):
    monkeypatch.chdir(short)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", "run")
    with ExitStack() as held:
        place = {}
        workplace._kernels_apart(place, held)
    assert place == {"JUPYTER_RUNTIME_DIR": str(Path.cwd() / "run")}
