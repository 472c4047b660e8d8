"""What a class handed in: the files of a folder or a zip, by student. Nothing is unpacked to the disk, nothing runs."""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from passk_lab.collect import names
from passk_lab.collect.cells import LARGEST

MOST_FILES = 20_000
MOST_BYTES = 10**9
"""Bytes that all files together may unpack to."""
RATIO = 200
"""How many times its packed size a file may unpack to, once that is more than a megabyte: text does not reach it."""
ENDS = (".ipynb", ".json")
"""Files that are read; others are none of the lab's."""
_DEEPEST = 2
"""A zip may hold a student's zip, and that one no other."""
_IGNORED = ("__MACOSX", ".ipynb_checkpoints", ".git")


@dataclass(frozen=True)
class File:
    """A file that was handed in."""

    path: str
    """Where it lay, for people: with the zip it lay in, if any."""
    content: bytes


@dataclass
class Submission:
    """What one student handed in."""

    student: str
    files: list[File] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What could not be read, a sentence each."""


class NothingHandedIn(ValueError):
    """A folder or zip in which nothing was handed in."""


def read(place: Path) -> list[Submission]:
    """Return the submissions in a folder or a zip, by the students' names.

    Parameters
    ----------
    place : Path
        As Moodle, Canvas, nbgrader or GitHub Classroom give it, or any folder with a folder for each student.

    Raises
    ------
    NothingHandedIn
        If there is nothing of that name, or nothing in it.
    """
    if not place.exists():
        raise NothingHandedIn(f"there is no {place}: name the folder or the zip that your course system gave you.")
    walk = _Walk()
    found = list(walk.folder(place) if place.is_dir() else walk.zip(place))
    shared = names.shared_folder([path for path, _ in found])
    people = names.of_all([path for path, _ in found], shared)
    by_student: dict[str, Submission] = {}
    for (path, what), student in zip(found, people, strict=True):
        one = by_student.setdefault(student, Submission(student))
        if isinstance(what, str):
            one.remarks.append(f"{path}: {what}")
        else:
            one.files.append(File(path, what))
    if not by_student:
        raise NothingHandedIn(f"{place} holds no notebook, no progress file and no zip of them.")
    return [by_student[student] for student in sorted(by_student, key=lambda name: (name.casefold(), name))]


Found = tuple[str, bytes | str]
"""A path, and the content that lies there or a sentence on why it is not read."""


class _Walk:
    """Reads files within limits for all of them together."""

    def __init__(self) -> None:
        self._bytes = 0
        self._files = 0

    def folder(self, top: Path) -> Iterator[Found]:
        for where, folders, files in os.walk(top):
            folders[:] = sorted(name for name in folders if name not in _IGNORED)
            for name in list(folders):
                if (Path(where) / name).is_symlink():
                    folders.remove(name)
                    yield self._shown(top, Path(where) / name), "a link, which is not followed"
            for name in sorted(files):
                path = Path(where) / name
                shown = self._shown(top, path)
                if not shown.lower().endswith((*ENDS, ".zip")):
                    continue
                kind = path.lstat().st_mode
                if stat.S_ISLNK(kind):
                    yield shown, "a link, which is not followed"
                elif not stat.S_ISREG(kind):
                    yield shown, "no file"
                elif shown.lower().endswith(".zip"):
                    yield from self.zip(path, shown + "/")
                else:
                    yield shown, self._content(path)

    @staticmethod
    def _shown(top: Path, path: Path) -> str:
        return path.relative_to(top).as_posix().encode(errors="replace").decode()

    def _content(self, path: Path) -> bytes | str:
        try:
            with path.open("rb") as stream:
                content = stream.read(LARGEST + 1)
        except OSError as error:
            return f"it cannot be read ({error.strerror})"
        return self._counted(content)

    def _counted(self, content: bytes) -> bytes | str:
        self._bytes += len(content)
        self._files += 1
        if len(content) > LARGEST:
            return f"it is larger than {LARGEST // 10**6} MB: clear its outputs and save it again"
        if self._bytes > MOST_BYTES or self._files > MOST_FILES:
            return f"not read: all files together are more than {MOST_FILES:,}, or more than {MOST_BYTES // 10**9} GB"
        return content

    def zip(self, archive: Path | io.BytesIO, prefix: str = "", depth: int = 1) -> Iterator[Found]:
        try:
            with zipfile.ZipFile(archive) as opened:
                yield from self._members(opened, prefix, depth)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            yield prefix.rstrip("/") or str(archive), f"it is no whole zip file ({error})"

    def _members(self, opened: zipfile.ZipFile, prefix: str, depth: int) -> Iterator[Found]:
        seen: set[str] = set()
        if len(opened.infolist()) > MOST_FILES:
            yield prefix.rstrip("/") or "the zip", f"it holds more than {MOST_FILES:,} files, and none is read"
            return
        for member in opened.infolist():
            name = member.filename.replace("\\", "/")
            parts = PurePosixPath(name).parts
            lower = name.lower()
            if member.is_dir() or not lower.endswith((*ENDS, ".zip")) or set(parts) & set(_IGNORED):
                continue
            shown = prefix + name.encode(errors="replace").decode()
            if name.startswith("/") or ".." in parts or ":" in parts[0]:
                yield (
                    prefix + "/".join(part for part in parts if part not in ("/", "..")),
                    ("its name leads out of the zip, so it is not read"),
                )
            elif stat.S_ISLNK(member.external_attr >> 16):
                yield shown, "a link, which is not followed"
            elif name in seen:
                yield shown, "a second file of the same name, which is not read"
            elif member.flag_bits & 1:
                yield shown, "it is locked with a password"
            elif member.file_size > 10**6 and member.file_size > RATIO * max(1, member.compress_size):
                yield shown, "it unpacks to far more than text does, so it is not unpacked"
            elif lower.endswith(".zip"):
                yield from self._inner(opened, member, shown, depth)
            else:
                yield shown, self._member(opened, member)
            seen.add(name)

    def _member(self, opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | str:
        if self._bytes > MOST_BYTES or self._files > MOST_FILES:
            return self._counted(b"")
        try:
            with opened.open(member) as stream:  # what it says of its size may be false: no more than this is unpacked
                return self._counted(stream.read(LARGEST + 1))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            return f"it cannot be unpacked ({error})"

    def _inner(self, opened: zipfile.ZipFile, member: zipfile.ZipInfo, shown: str, depth: int) -> Iterator[Found]:
        if depth >= _DEEPEST:
            yield shown, "a zip within a zip within a zip, which is not unpacked"
            return
        content = self._member(opened, member)
        if isinstance(content, str):
            yield shown, content
        else:
            yield from self.zip(io.BytesIO(content), shown + "/", depth + 1)
