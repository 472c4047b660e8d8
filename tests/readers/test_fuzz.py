"""Spoiled files of every format end in evaluations that are in order, or in a sentence."""

import resource

import pytest

from passk_lab.readers import format as formats
from passk_lab.readers.source import File
from tests.readers import fuzz

_MOST = 1.5 * 2**30


@pytest.mark.parametrize("files", [500, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_spoiled_file_is_read_in_order_or_refused_in_a_sentence(files):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    faults = fuzz.run(files)
    assert not faults, f"{len(faults)} of {files} files:\n" + "\n".join(faults[:30])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < before + _MOST


def test_every_format_is_among_the_files_that_are_spoiled(tmp_path):
    files = fuzz.valid(tmp_path / "valid")
    known = set()
    for number, (name, content) in enumerate(files.items()):
        path = tmp_path / str(number) / name.rpartition("/")[2]
        path.parent.mkdir()
        path.write_bytes(content)
        head = File(path, path.name).head()
        known |= {reader.name for reader in formats.every().values() if reader.recognises(head)}
    assert known == set(formats.every())


def test_a_fault_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(fuzz, "read", lambda *_, **__: 1 / 0)
    assert "raised ZeroDivisionError" in fuzz.fault(tmp_path, {})
    monkeypatch.setattr(fuzz, "read", lambda *_, **__: int("x"))
    assert "raised ValueError: invalid literal" in fuzz.fault(tmp_path, {})
