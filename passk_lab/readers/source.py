"""Files as they come: folders walked, compression undone within limits, and never more than one line or row in hand."""

import bz2
import codecs
import gzip
import io
import json
import lzma
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from passk_lab import needs
from passk_lab.readers.columns import NOT_UTF8, names_of
from passk_lab.readers.sample import BadFile

LONGEST_LINE = 64 * 2**20
"""Bytes of one line of JSON. A longer one is no row of any tool, and would be held in memory whole."""
LARGEST_DOCUMENT = 10**9
"""Bytes of one JSON document, which has to be held in memory whole."""
EXPANDED = 200
"""How many times its size a packed file may unpack to, once that is more than a gigabyte: text does not reach it."""
GIGABYTE = 2**30
_MOST_FILES = 100_000
_MOST_REASONS = 20
_LONGEST_REASON = 300
_CHUNK = 2**10
"""Bytes of zstd that are unpacked at a time: a bomb makes 32 MB of them."""
_ENDS = re.compile(r"(?:\.(?:jsonl?|csv|parquet|gz|zst|bz2|xz))+$")
_STEP_FOLDER = re.compile(r"(?:global_?)?(?:step|iteration|iter|checkpoint|ckpt)[_-]?(\d+)(?:_evals)?")
"""A folder of one step of training, as SkyRL, prime-rl and others name it."""

_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"PAR1": "parquet",
}


class Head(NamedTuple):
    """What a reader sees of a file before it says whether the file is one of its own."""

    file: "File"
    kind: str
    """"lines" (JSON lines), "document" (one JSON text), "csv", "parquet", "zip"."""
    record: Any
    """The first JSON object of lines; the whole of a document; None of the others."""
    columns: tuple[str, ...]
    """Of a table; of lines the keys of the first object."""

    @property
    def first(self) -> Any:
        """The first record: a line, a document, or the first entry of a document that is a list."""
        return self.record[0] if isinstance(self.record, list) and self.record else self.record

    def has(self, *keys: str) -> bool:
        """Whether the first record is an object with all of these keys."""
        return isinstance(self.first, dict) and all(key in self.first for key in keys)

    def has_any(self, *keys: str) -> bool:
        """Whether the first record is an object with one of these keys."""
        return isinstance(self.first, dict) and any(key in self.first for key in keys)

    def holds(self, key: str, kind: type) -> bool:
        """Whether the first record has under this key a thing of this kind, a dict or a list."""
        return self.has(key) and isinstance(self.first[key], kind)


@dataclass(eq=False)
class File:
    """One file that was named, or found in a folder that was."""

    path: Path
    name: str
    """As it is shown: relative to what the user named."""
    named: bool = False
    """Whether the user named this very file; else it was found in a folder, and may be something else."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Lines that could not be read, by the reason."""
    rows: int = 0
    """Records that were read."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What its reader wants to work out once."""
    notices: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What a reader met on the way and has to be told: rows by code and text."""

    @property
    def stem(self) -> str:
        """The name without folders and without its ends: "0" of "base/0.jsonl.gz"."""
        return self.path.name.partition(".")[0]

    @property
    def stem_whole(self) -> str:
        """The name without its last ends, and with points inside: "t0.6_s0" of "t0.6_s0.jsonl.gz"."""
        return _ENDS.sub("", self.path.name)

    @property
    def folder(self) -> str:
        """The name of the folder it lies in."""
        return self.path.absolute().parent.name

    @property
    def place(self) -> str:
        """Where its run lies: the folders above it, with any step of training in their names taken out."""
        return "/".join("*" if _STEP_FOLDER.fullmatch(part) else part for part in self.path.absolute().parent.parts)

    @property
    def step_of_folder(self) -> int | None:
        """The step of training that a folder above it is named by."""
        found = [_STEP_FOLDER.fullmatch(part) for part in self.path.absolute().parent.parts]
        return next((int(step[1]) for step in reversed(found) if step), None)

    @cached_property
    def compression(self) -> str | None:
        """How it is packed, by its first bytes and not by its name."""
        kind = _magic(self._first(8))
        return kind if kind in ("gzip", "bzip2", "xz", "zstd") else None

    @cached_property
    def kind(self) -> str:
        """What it holds, by its first bytes and not by its name; "" if it is none of ours."""
        if self.compression is None and (kind := _magic(self._first(8))):
            return kind
        with self.open() as stream:
            start = stream.read(2**16)
        text = start.removeprefix(codecs.BOM_UTF8).lstrip()
        if not text:
            raise BadFile(self.name, "the file is empty.")
        if text[:1] in b"{[":
            return "lines" if text[:1] == b"{" and self._one_record_a_line() else "document"
        if b"\0" in start:
            return ""
        return "csv" if b"," in start or b"\t" in start or b";" in start else ""

    def head(self) -> Head:
        """Return what readers are to see of it."""
        if self.kind == "lines":
            first = next((record for _, record in self.records(quiet=True)), None)
            if first is None:
                self._check_encoding()
            return Head(self, self.kind, first, tuple(first) if isinstance(first, dict) else ())
        if self.kind == "document":
            return Head(self, self.kind, self.document, ())
        if self.kind in ("csv", "parquet"):
            return Head(self, self.kind, None, names_of(self))
        return Head(self, self.kind, None, ())

    def open(self) -> BinaryIO:
        """Open it, unpacked."""
        stream: BinaryIO = open(self.path, "rb")  # noqa: SIM115
        packed = stream
        match self.compression:
            case "gzip":
                stream = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment]
            case "bzip2":
                stream = bz2.BZ2File(stream)  # type: ignore[assignment]
            case "xz":
                stream = lzma.LZMAFile(stream)  # type: ignore[assignment]  # noqa: SIM115
            case "zstd":
                stream = _Zstd(stream, zstandard(self).ZstdDecompressor())  # type: ignore[assignment]
            case None:
                if not self._first(2).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                    return stream
                stream = codecs.EncodedFile(stream, "utf-8", "utf-16", "replace")
        return io.BufferedReader(_Bounded(self, stream, packed), 2**18)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Every line with its number, from 1; empty ones are passed over."""
        with self.open() as stream:
            number = 0
            while line := self._read_line(stream, number + 1):
                number += 1
                if number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                if line.strip():
                    yield number, line

    def records(self, quiet: bool = False) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every JSON object of a file of lines or of a list, with its place; what is none is counted in `left_out`."""
        if self.kind == "document":
            for number, entry in enumerate(self.document if isinstance(self.document, list) else [self.document], 1):
                if isinstance(entry, dict):
                    yield f"entry {number}", entry
                elif not quiet:
                    self.leave_out("no JSON object", f"entry {number}")
            return
        for number, line in self.lines():
            try:
                record = json.loads(line.removeprefix(codecs.BOM_UTF8).decode())
            except UnicodeDecodeError:
                why = NOT_UTF8
            except (ValueError, RecursionError):
                why = "no JSON" if line.endswith(b"\n") else "the last line is cut off"
            else:
                if isinstance(record, dict):
                    yield f"line {number}", record
                    continue
                why = "no JSON object"
            if not quiet:
                self.leave_out(why, f"line {number}")

    @cached_property
    def document(self) -> Any:
        """The whole of a JSON document."""
        too_long = (
            "one JSON text of more than 1 GB, which would fill the memory. Write it as JSON lines, a row a sample."
        )
        if self.path.stat().st_size > LARGEST_DOCUMENT:
            raise BadFile(self.name, too_long)
        with self.open() as stream:
            text = stream.read(LARGEST_DOCUMENT + 1)
        if len(text) > LARGEST_DOCUMENT:
            raise BadFile(self.name, too_long)
        try:
            return json.loads(text)
        except RecursionError:
            raise BadFile(self.name, "JSON nested deeper than any tool writes it.") from None
        except UnicodeDecodeError as error:
            number = text[: error.start].count(b"\n") + 1
            raise BadFile(self.name, f"{NOT_UTF8}. Save it as UTF-8.", number) from None
        except ValueError as error:
            line = getattr(error, "lineno", None)
            raise BadFile(
                self.name, f"not JSON ({error}). If it was cut off, have the tool write it again.", line
            ) from None

    def leave_out(self, why: str, place: str) -> None:
        """Count a row that is no sample; the first of its kind is named by its place.

        A file of something else has as many reasons as rows: beyond twenty they are not told apart.
        """
        why = why if len(why) <= _LONGEST_REASON else f"{why[:_LONGEST_REASON]}..."
        if len(self.left_out) >= _MOST_REASONS and not any(
            known.startswith(f"{why} (first: ") for known in self.left_out
        ):
            why = "for other reasons"
        for known in self.left_out:
            if known.rpartition(" (first: ")[0] == why:
                self.left_out[known] += 1
                return
        self.left_out[f"{why} (first: {place})"] = 1

    def notice(self, code: str, text: str, rows: int = 1) -> None:
        """Note what has to be told of some rows; "{rows}" in the text becomes how many there were in the end."""
        self.notices[code, text] += rows

    def forget(self) -> None:
        """Let go of the document, which is read again if it is asked for again."""
        self.__dict__.pop("document", None)

    def _first(self, number: int) -> bytes:
        with open(self.path, "rb") as stream:
            return stream.read(number)

    def _one_record_a_line(self) -> bool:
        with self.open() as stream:
            try:
                first = stream.readline(LONGEST_LINE + 1)
                return isinstance(json.loads(first), dict) and not isinstance(self._second_is_nothing(stream), bool)
            except (ValueError, RecursionError):
                return bool(stream.readline(2).strip()[:1] == b"{")

    def _second_is_nothing(self, stream: BinaryIO) -> bool | None:
        # One object on one line is a document if nothing follows and its name does not say lines.
        if stream.readline(2**10).strip() or ".jsonl" in self.path.name:
            return None
        return True

    def _check_encoding(self) -> None:
        """Say so where no line could be read because the text is in another encoding."""
        for number, line in self.lines():
            try:
                line.decode()
            except UnicodeDecodeError:
                raise BadFile(self.name, f"{NOT_UTF8}. Save it as UTF-8.", number) from None

    def _read_line(self, stream: BinaryIO, number: int) -> bytes:
        try:
            line = stream.readline(LONGEST_LINE + 1)
        except (OSError, EOFError, lzma.LZMAError) as error:
            if isinstance(error, BadFile):
                raise
            raise BadFile(self.name, f"cannot be unpacked ({error}). Was it copied whole?", number) from None
        if len(line) > LONGEST_LINE:
            raise BadFile(self.name, "a line of more than 64 MB, which is no row of any tool.", number)
        return line


class _Zstd:
    """Frames of zstd, one after the other; unlike the package's own reader it says when the last is not whole."""

    def __init__(self, packed: BinaryIO, decompressor: Any) -> None:
        self._packed, self._decompressor = packed, decompressor
        self._frame: Any = None
        self._ready = memoryview(b"")

    def read(self, size: int) -> bytes:
        while not self._ready:
            chunk = self._packed.read(_CHUNK)
            if not chunk:
                if self._frame is not None:
                    raise EOFError("the file ends within a frame of zstd")
                return b""
            unpacked = b""
            while chunk:
                self._frame = self._frame or self._decompressor.decompressobj()
                unpacked += self._frame.decompress(chunk)
                chunk = self._frame.unused_data if self._frame.eof else b""
                self._frame = None if self._frame.eof else self._frame
            self._ready = memoryview(unpacked)
        ready, self._ready = self._ready[:size], self._ready[size:]
        return bytes(ready)

    def close(self) -> None:
        self._ready = memoryview(b"")


class _Bounded(io.RawIOBase):
    """An unpacked stream that ends in a sentence where a bomb would fill the memory."""

    def __init__(self, file: File, stream: BinaryIO, packed: BinaryIO) -> None:
        self._file, self._stream, self._packed, self._read = file, stream, packed, 0
        self._most = max(GIGABYTE, EXPANDED * file.path.stat().st_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            there = self._stream.read(len(buffer) // 2)  # another encoding may become longer as UTF-8
        except BadFile:
            raise
        except Exception as error:  # each packer has errors of its own, and any of them means this
            raise BadFile(self._file.name, f"cannot be unpacked ({error}). Was it copied whole?") from None
        buffer[: len(there)] = there
        self._read += len(there)
        if self._read > self._most:
            raise BadFile(
                self._file.name, f"unpacks to more than {EXPANDED} times its size, as no results do. Unpack it first."
            )
        return len(there)

    def close(self) -> None:
        self._stream.close()
        self._packed.close()  # gzip and its like leave open what they were handed
        super().close()


def find(paths: Iterable[Path]) -> tuple[list[File], Counter[str]]:
    """Return all files that were named or lie in a folder that was, each once, and what was passed over and why."""
    found: list[File] = []
    passed: Counter[str] = Counter()
    known: set[Path] = set()
    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(path, followlinks=False):
                folders.sort()
                folders[:] = [name for name in folders if not name.startswith(".")]
                for name in sorted(names):
                    there = Path(folder) / name
                    if name.startswith("."):
                        continue
                    if there.resolve() in known:
                        passed["files named twice"] += 1
                    elif there.is_symlink() or not there.is_file():
                        passed["links and other things that are no plain files"] += 1
                    elif there.stat().st_size == 0:
                        passed["empty files"] += 1
                    else:
                        found.append(File(there, str(there.relative_to(path))))
                        known.add(there.resolve())
                    if len(found) > _MOST_FILES:
                        raise BadFile(path, f"a folder of more than {_MOST_FILES:,} files. Name the files themselves.")
        elif path.is_file():
            if path.resolve() in known:
                passed["files named twice"] += 1
                continue
            found.append(File(path, path.name, named=True))
            known.add(path.resolve())
        else:
            raise BadFile(path, "there is no such file or folder." if not path.exists() else "this is no plain file.")
    return found, passed


def _magic(start: bytes) -> str:
    return next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), "")


def zstandard(file: File) -> Any:
    """The package that unpacks zstd, or a sentence that says how to get it."""
    try:
        needs.check(needs.PACKED)
    except needs.NotInstalled as error:
        raise BadFile(file.name, f"{error}.") from None
    import zstandard

    return zstandard
