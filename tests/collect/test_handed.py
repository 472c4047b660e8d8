"""What a class handed in is read within limits, whoever packed it; every student is named."""

import io
import os
import zipfile

import pytest

from passk_lab.collect import handed
from passk_lab.collect.handed import NothingHandedIn, read

ONE = b'{"nbformat": 4, "cells": []}'


def packed(*members, password=False):
    """A zip of (name or ZipInfo, content)."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return held.getvalue()


def told(tmp_path, content):
    """Of a zip: paths that are read, and what is said of the others."""
    (tmp_path / "class.zip").write_bytes(content)
    found = read(tmp_path / "class.zip")
    return [file.path for one in found for file in one.files], [remark for one in found for remark in one.remarks]


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def test_a_plain_zip_is_read(tmp_path):
    assert told(tmp_path, packed(("ada/a.ipynb", ONE), ("ben/b.json", b"{}"), ("ben/x.pdf", b""))) == (
        ["ada/a.ipynb", "ben/b.json"],
        [],
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("member", "said"),
    [
        (("../../up.ipynb", ONE), "its name leads out of the zip"),
        (("/etc/up.ipynb", ONE), "its name leads out of the zip"),
        (("..\\up.ipynb", ONE), "its name leads out of the zip"),
        (("C:/up.ipynb", ONE), "its name leads out of the zip"),
        ((link("eve/l.ipynb"), b"/etc/passwd"), "a link, which is not followed"),
        (("ada/a.ipynb", b"other"), "a second file of the same name"),
        (("eve/bomb.ipynb", b" " * 3_000_000), "unpacks to far more than text does"),
        (("eve/inner.zip", b"PK\x03\x04 no"), "it is no whole zip file"),
        (
            ("eve/inner.zip", packed(("deep.zip", packed(("x.ipynb", ONE))))),
            "a zip within a zip within a zip",
        ),
    ],
)
def test_what_is_not_read_of_a_zip_is_told(tmp_path, member, said):
    paths, remarks = told(tmp_path, packed(("ada/a.ipynb", ONE), member))
    assert paths == ["ada/a.ipynb"]
    assert len(remarks) == 1
    assert said in remarks[0]


def test_a_zip_within_the_zip_is_read(tmp_path):
    assert told(tmp_path, packed(("ada/a.ipynb", ONE), ("ben/work.zip", packed(("b.ipynb", ONE)))))[0] == [
        "ada/a.ipynb",
        "ben/work.zip/b.ipynb",
    ]


def test_all_together_are_held_to_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(handed, "MOST_BYTES", 50)
    paths, remarks = told(tmp_path, packed(*((f"s{i}/a.ipynb", ONE) for i in range(4))))
    assert paths == ["s0/a.ipynb"]
    assert len(remarks) == 3
    monkeypatch.setattr(handed, "MOST_FILES", 2)
    assert "more than 2 files" in told(tmp_path, packed(*((f"s{i}/a.ipynb", ONE) for i in range(4))))[1][0]


def test_a_size_that_the_zip_states_falsely_is_not_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(handed, "LARGEST", 1000)
    content = packed(("eve/a.ipynb", os.urandom(5000)))
    paths, remarks = told(tmp_path, content.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    assert paths == []
    assert "cannot be unpacked" in remarks[0] or "larger than" in remarks[0]


def test_links_and_pipes_of_a_folder_are_told_and_not_opened(tmp_path):
    (tmp_path / "class" / "ada").mkdir(parents=True)
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(ONE)
    (tmp_path / "class" / "ada" / "a.ipynb").symlink_to(secret)
    (tmp_path / "class" / "ben").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "class" / "ada" / "p.ipynb")
    found = read(tmp_path / "class")
    assert [one.student for one in found] == ["ada", "ben"]
    assert all(not one.files for one in found)
    assert sum(len(one.remarks) for one in found) == 3


def test_an_empty_folder_and_a_place_that_is_not_there_are_told(tmp_path):
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NothingHandedIn):
            read(place)
    (tmp_path / "x.zip").write_bytes(b"no zip")
    assert "no whole zip" in read(tmp_path / "x.zip")[0].remarks[0]


@pytest.mark.parametrize(
    ("paths", "students"),
    [
        (["Ana Lee_12_assignsubmission_file_/a.ipynb", "Bo_13_assignsubmission_file/a.ipynb"], ["Ana Lee", "Bo"]),
        (["Ana Lee_12_assignsubmission_file_a.ipynb"], ["Ana Lee"]),
        (["w1/Ana_12_assignsubmission_file_/a.ipynb", "w1/Ana_13_assignsubmission_file_/a.ipynb"],
         ["Ana (12)", "Ana (13)"]),
        (["leeana_12_345_01_counting_successes.ipynb", "fox_LATE_13_346_x.ipynb"], ["fox", "leeana"]),
        (["submitted/ana/w1/a.ipynb", "submitted/bo/w1/a.ipynb"], ["ana", "bo"]),
        (["lab-submissions/lab-ana/a.ipynb", "lab-submissions/lab-bo-x/a.ipynb"], ["ana", "bo-x"]),
        (["class/ana/a.ipynb", "class/bo/w1/a.ipynb"], ["ana", "bo"]),
        (["ana_01_counting_successes.ipynb", "01_counting_successes-bo.ipynb", "01_counting_successes.ipynb"],
         ["01_counting_successes", "ana", "bo"]),
        (["<script>alert(1)/a.ipynb", "a\x1b[2Jb/a.ipynb"], ["<script>alert(1)", "a?[2Jb"]),
    ],
)  # fmt: skip
def test_whose_a_file_is(tmp_path, paths, students):
    (tmp_path / "class.zip").write_bytes(packed(*((path, ONE) for path in paths)))
    assert [one.student for one in read(tmp_path / "class.zip")] == students
