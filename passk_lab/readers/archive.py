"""Zip files, those of method 93 (zstd) too, which zipfile of Python 3.11 to 3.13 lists and does not unpack."""

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from passk_lab.readers.sample import BadFile
from passk_lab.readers.source import EXPANDED, GIGABYTE, File, zstandard

_ZSTD = 93
_LOCAL_HEADER = struct.Struct("<4s22xHH")
"""Of a member: its mark, and how long the name and the extra field are that stand before the data."""
_LARGEST_MEMBER = 2**28


class Archive:
    """An open zip file: its members by name, as JSON."""

    def __init__(self, file: File, archive: zipfile.ZipFile) -> None:
        self._file, self._archive = file, archive
        self._left = max(GIGABYTE, EXPANDED * file.path.stat().st_size)
        self.names = archive.namelist()

    def json(self, name: str) -> Any:
        """One member as JSON, within the limits of what results may unpack to."""
        member = self._archive.getinfo(name)
        try:
            text = self._unzstd(member) if member.compress_type == _ZSTD else self._read(member)
        except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError) as error:
            raise BadFile(self._file.name, f"{name} in it cannot be unpacked ({error}). Was it copied whole?") from None
        self._left -= len(text)
        if len(text) > _LARGEST_MEMBER or self._left < 0:
            raise BadFile(self._file.name, f"{name} in it unpacks to more than a log holds. Unpack it yourself first.")
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadFile(self._file.name, f"{name} in it is no JSON ({error}).") from None

    def _read(self, member: zipfile.ZipInfo) -> bytes:
        with self._archive.open(member) as stream:
            return stream.read(_LARGEST_MEMBER + 1)

    def _unzstd(self, member: zipfile.ZipInfo) -> bytes:
        package = zstandard(self._file)
        with open(self._file.path, "rb") as stream:
            stream.seek(member.header_offset)
            mark, name, extra = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
            if mark != b"PK\x03\x04":
                raise zipfile.BadZipFile("no member where the list of members says")
            stream.seek(name + extra, 1)
            packed = stream.read(member.compress_size)
        try:
            with package.ZstdDecompressor().stream_reader(packed) as unpacked:
                return bytes(unpacked.read(_LARGEST_MEMBER + 1))
        except package.ZstdError as error:
            raise zipfile.BadZipFile(str(error)) from None


@contextmanager
def opened(file: File) -> Iterator[Archive]:
    """Open a zip file.

    Raises
    ------
    BadFile
        If it is none, or cut off.
    """
    try:
        archive = zipfile.ZipFile(file.path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadFile(file.name, f"this is no whole zip file ({error}). Was it copied whole?") from None
    with archive:
        yield Archive(file, archive)
