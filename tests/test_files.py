"""Files are put in place whole, or what was there stays; two at once lose nothing; a kill leaves nothing for ever."""

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from passk_lab import files
from tests.small_disk import on_a_small_disk

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and locks of POSIX")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_put_and_put_again_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "a"
    files.put(path, "one\r\n", mode=0o600)
    assert path.read_bytes() == b"one\r\n"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o640)
    files.put(path, b"two")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text() == "two"
    assert names(tmp_path) == ["a"]


def test_a_new_file_is_never_put_over_another(tmp_path):
    path = tmp_path / "a"
    files.put_new(path, "one")
    with pytest.raises(FileExistsError):
        files.put_new(path, "two")
    assert path.read_text() == "one"
    assert names(tmp_path) == ["a"]


@posix
def test_a_link_is_replaced_and_what_it_leads_to_is_left_alone(tmp_path):
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "a").symlink_to("precious")
    assert not files.is_plain(tmp_path / "a")
    files.put(tmp_path / "a", "ours")
    assert (tmp_path / "precious").read_text() == "mine"
    assert files.is_plain(tmp_path / "a")


@posix
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("nowhere", path)])
def test_what_is_no_file_is_seen_and_nothing_new_goes_over_it(tmp_path, make):
    path = tmp_path / "a"
    make(path)
    assert files.is_there(path)
    assert not files.is_plain(path)
    with pytest.raises(FileExistsError):
        files.put_new(path, "ours")
    if not path.is_symlink():
        with pytest.raises(FileExistsError, match="no plain file"):
            files.put(path, "ours")
    assert names(tmp_path) == ["a"]


def test_what_cannot_be_written_leaves_all_as_it_was(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError):
        files.put(tmp_path / "file" / "a", "ours")
    with pytest.raises(UnicodeEncodeError):
        files.put(tmp_path / "b", "\ud800")
    assert names(tmp_path) == ["file"]


@posix
def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    code = """
from passk_lab import files
files.put(disk / "a", "old" * 1000)
fill()
for put, name in ((files.put, "a"), (files.put_new, "b")):
    try:
        put(disk / name, "new" * 100_000)
    except OSError as error:
        print(error.strerror)
assert (disk / "a").read_text() == "old" * 1000
print(sorted(os.listdir(disk)))
empty()
files.put(disk / "a", "new")
print((disk / "a").read_text())
"""
    said = on_a_small_disk(tmp_path, "64k", code).splitlines()
    assert said == ["No space left on device", "No space left on device", "['a', 'filler']", "new"]


@posix
def test_what_a_kill_left_is_cleared_by_the_next_and_a_writer_at_work_is_not(tmp_path):
    (tmp_path / ".passk-half-0123").write_text("left by a kill")
    with files._written_beside(tmp_path, "at work", 0o666) as half:
        files.put(tmp_path / "a", "done")
        assert half.read_text() == "at work"
        assert names(tmp_path) == [half.name, "a"]
    assert names(tmp_path) == ["a"]


def test_many_writers_at_once_leave_one_whole_file(tmp_path):
    texts = [str(number) * 50_000 for number in range(8)]
    threads = [threading.Thread(target=files.put, args=(tmp_path / "a", text)) for text in texts * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "a").read_text() in texts
    assert names(tmp_path) == ["a"]


@posix
def test_no_writer_loses_its_half_to_those_who_clear_away(tmp_path):
    done = threading.Event()

    def clear() -> None:
        while not done.is_set():
            files.clear_away(tmp_path)

    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    clearing = [threading.Thread(target=clear) for _ in range(3)]
    for thread in clearing:
        thread.start()
    try:
        for number in range(200):  # 1 in 11 was lost while a writer took its lock without waiting for it
            files.put(tmp_path / "a", str(number))
    finally:
        done.set()
        for thread in clearing:
            thread.join()
        sys.setswitchinterval(often)
    assert names(tmp_path) == ["a"]


def test_of_many_that_want_one_name_each_gets_its_own(tmp_path):
    def put_aside(number: int) -> None:
        files.put(tmp_path / f"from-{number}", str(number))
        files.put_aside(tmp_path / f"from-{number}", lambda n: f"kept-{n}")

    threads = [threading.Thread(target=put_aside, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(tmp_path) == [f"kept-{n}" for n in range(1, 9)]
    assert sorted((tmp_path / name).read_text() for name in names(tmp_path)) == [str(n) for n in range(8)]


@posix
def test_a_lock_keeps_threads_and_processes_apart_and_a_kill_lets_it_go(tmp_path):
    lock = tmp_path / "lock"
    with files.alone(lock):
        with pytest.raises(TimeoutError), files.alone(lock, patience=0):
            pass  # in this very thread: it is held by whoever opened it first
        code = "import sys, pathlib; from passk_lab import files; files.alone(pathlib.Path(sys.argv[1]), 0).__enter__()"
        told = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        done = subprocess.run(
            [sys.executable, "-c", code, str(lock)], env=told, capture_output=True, text=True, check=False
        )
        assert "TimeoutError" in done.stderr
    holder = "import sys, pathlib, time; from passk_lab import files\n"
    holder += "with files.alone(pathlib.Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(600)"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(lock)], env=told, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        other.send_signal(signal.SIGKILL)
    with files.alone(lock, patience=0):
        pass
