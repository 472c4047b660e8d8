"""Tables as batches of columns, whatever they are written in: memory holds some megabytes, however many rows there are.

A column comes as codes into its distinct values. So what a value means is asked once for each distinct value and not
for each row, and counting is arithmetic on whole numbers.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from passk_lab import needs
from passk_lab.arguments import Ints
from passk_lab.readers.sample import BadFile

NOT_UTF8 = "its text is not UTF-8"
_BLOCK = 16 * 2**20
"""Bytes of CSV that are read at a time; no row may be longer."""
_ROWS = 2**16
"""Rows of JSON and of Parquet that are read at a time."""
_HASHED = 2**20
"""Bytes of text that are hashed at a time."""
_DELIMITERS = ("\t", ";", ",")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")

Codes = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


class File(Protocol):
    """What is asked of a file here: `source.File` has it."""

    path: Path
    name: str

    @property
    def kind(self) -> str:
        """csv, parquet, lines, ..."""

    @property
    def compression(self) -> str | None:
        """How it is packed."""

    def open(self) -> BinaryIO:
        """Open it, unpacked."""

    def leave_out(self, why: str, place: str) -> None:
        """Count a row that is no sample."""

    def records(self, quiet: bool = False) -> Iterator[tuple[str, Any]]:
        """JSON objects with their places."""


class Column:
    """The cells of one column in some rows: `values[codes[row]]`, and -1 where a cell is empty."""

    def __init__(self, codes: Codes, values: Sequence[Any] | None = None, dictionary: Any = None) -> None:
        self.codes = codes
        self._values = values
        self._dictionary = dictionary

    @classmethod
    def of(cls, cells: Sequence[Any]) -> "Column":
        """Make one of cells.

        >>> column = Column.of(["a", None, "b", "a"])
        >>> column.codes, column.values
        (array([ 0, -1,  1,  0]), ['a', 'b'])
        """
        kinds = set(map(type, cells)) - {type(None)}
        if len(kinds) == 1 and kinds <= {str, int, bool}:
            known = dict.fromkeys(cells)
            known.pop(None, None)
            place = {value: code for code, value in enumerate(known)} | {None: -1}
            return cls(np.array([place[cell] for cell in cells], dtype=np.int64), list(known))
        index: dict[Any, int] = {}
        values: list[Any] = []
        codes = np.empty(len(cells), dtype=np.int64)
        for row, cell in enumerate(cells):
            if cell is None:
                codes[row] = -1
                continue
            # 1, 1.0 and True are equal in Python, and three things in a file.
            key = (type(cell), repr(cell) if isinstance(cell, list | dict) else cell)
            code = index.setdefault(key, len(values))
            if code == len(values):
                values.append(cell)
            codes[row] = code
        return cls(codes, values)

    @property
    def values(self) -> Sequence[Any]:
        """The distinct cells."""
        if self._values is None:
            self._values = self._dictionary.to_pylist()
        return self._values

    def ids(self) -> tuple[Ints, Hashes]:
        """Of each distinct value: itself if it is a small whole number, else -1; and a number that stands for it.

        >>> numbers, marks = Column.of(["7", "x", 8, "007"]).ids()
        >>> numbers, len(set(marks.tolist()))
        (array([ 7, -1,  8, -1]), 4)
        """
        if self._dictionary is not None and str(self._dictionary.type) == "string":
            data, offsets = _buffers(self._dictionary)
            numbers = _small(data, offsets)
        else:
            texts = [text_of(value) for value in self.values]
            cells = [text.encode("utf-8", "surrogatepass") for text in texts]
            data = np.frombuffer(b"".join(cells), dtype=np.uint8)
            offsets = np.cumsum([0, *map(len, cells)], dtype=np.int64)
            numbers = np.array([int(text) if _WHOLE.fullmatch(text) else -1 for text in texts], dtype=np.int64)
        return numbers, _hashes(data, offsets)


class Batch(NamedTuple):
    """Some rows of a table."""

    first: int
    """The number of its first row, from 0."""
    rows: int
    columns: tuple[Column, ...]
    """Those that were asked for, in that order."""


def names_of(file: File) -> tuple[str, ...]:
    """Return the names of a table's columns; of a CSV file the cells of its first line, whatever they are.

    Columns of Parquet that lie in others have dotted names: `doc.id`.
    """
    if file.kind == "parquet":
        return tuple(".".join(path) for path in _paths(_parquet(file).schema_arrow))
    return tuple(_header(file)[0])


def batches(file: File, positions: Sequence[int], header: bool = True) -> Iterator[Batch]:
    """Read columns of a CSV or Parquet file, by their positions among `names_of`.

    Rows of a CSV file that have not as many fields as its first line are counted in `file.left_out`.
    """
    if file.kind == "parquet":
        yield from _parquet_batches(file, positions)
    else:
        yield from _csv_batches(file, positions, header)


def batches_of(rows: Iterator[Any], names: Sequence[str]) -> Iterator[Batch]:
    """Make batches of JSON objects; a dotted name looks into an object in an object."""
    first, cells = 0, [[] for _ in names]  # type: ignore[var-annotated]
    for row in rows:
        for name, there in zip(names, cells, strict=True):
            there.append(row[name] if name in row else inside(row, name))
        if len(cells[0]) == _ROWS:
            yield Batch(first, _ROWS, tuple(map(Column.of, cells)))
            first, cells = first + _ROWS, [[] for _ in names]
    if cells and cells[0]:
        yield Batch(first, len(cells[0]), tuple(map(Column.of, cells)))


def inside(row: Any, name: str) -> Any:
    """Look up a key of an object, or a dotted path of keys.

    >>> inside({"a": {"b": 1}}, "a.b"), inside({"a.b": 2}, "a.b"), inside({}, "a")
    (1, 2, None)
    """
    if not isinstance(row, dict):
        return None
    if name in row:
        return row[name]
    outer, dot, rest = name.partition(".")
    return inside(row.get(outer), rest) if dot else None


def text_of(value: Any) -> str:
    """Write an id as text: what a file has as text stays as it is, and 7.0 is 7 (a table with gaps makes it of 7).

    >>> text_of(" 007 "), text_of(7.0), text_of(7)
    ('007', '7', '7')
    """
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return value.strip() if isinstance(value, str) else str(value)


def place_of(file: File, row: int, header: bool = True) -> int | None:
    """Find the line of a CSV file, or of JSON lines, on which a row begins: only asked to tell the user."""
    if file.kind == "lines":
        place = next((place for number, (place, _) in enumerate(file.records(quiet=True)) if number == row), "")
        return int(place.removeprefix("line ")) if place else None
    if file.kind != "csv" or row > 10**6:
        return None
    with io.TextIOWrapper(file.open(), "utf-8", "replace", newline="") as text:
        reader = csv.reader(text, delimiter=_header(file)[1])
        before, met = 0, -1 if header else 0
        try:
            for cells in reader:
                if cells and met == row:
                    return before + 1
                met += bool(cells)
                before = reader.line_num
        except csv.Error:
            return None
    return None


def _header(file: File) -> tuple[list[str], str, int]:
    """The cells of the first line, what parts them, and how many lines they take."""
    with file.open() as stream:
        start = stream.read(2**20)
    text = start.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    line = re.sub(r'"[^"]*"', "", text.lstrip("\r\n")).partition("\n")[0]
    delimiter = max(_DELIMITERS, key=line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        cells = next((cells for cells in reader if cells), [])
    except csv.Error as error:
        raise BadFile(file.name, f"the first line is none of a table ({error}).", 1) from None
    return [cell.strip() for cell in cells], delimiter, reader.line_num


def _arrow() -> Any:
    import pyarrow
    import pyarrow.compute
    import pyarrow.csv
    import pyarrow.parquet

    return pyarrow


def _look_for_arrow(file: File) -> None:
    if not needs.installed("pyarrow"):
        raise BadFile(file.name, f"to read a table takes {needs.how_to_get(['pyarrow'])}")


def _csv_batches(file: File, positions: Sequence[int], header: bool) -> Iterator[Batch]:
    _look_for_arrow(file)
    arrow = _arrow()
    cells, delimiter, lines = _header(file)
    names = [str(position) for position in range(len(cells))]
    wanted = [str(position) for position in positions]

    def wrong(row: Any) -> str:
        where = f"line {row.number}" if row.number is not None else "its line is not known"
        file.leave_out(f"not as many fields as the first line has ({len(cells)})", where)
        return "skip"

    options = {
        "read_options": arrow.csv.ReadOptions(
            block_size=_BLOCK, use_threads=False, column_names=names, skip_rows=lines if header else 0
        ),
        "parse_options": arrow.csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, invalid_row_handler=wrong
        ),
        "convert_options": arrow.csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, arrow.dictionary(arrow.int32(), arrow.string())),
            include_columns=wanted,
            strings_can_be_null=False,
        ),
    }
    first = 0
    try:
        with file.open() as stream, arrow.csv.open_csv(arrow.PythonFile(_Checked(file, stream)), **options) as table:
            for batch in table:
                if batch.num_rows:
                    yield Batch(first, batch.num_rows, tuple(map(_column, batch.columns)))
                first += batch.num_rows
    except (arrow.ArrowException, MemoryError) as error:
        said = str(error).partition("\n")[0]
        if "straddl" in said:
            said = f"a row of more than {_BLOCK // 2**20} MB: is a quote not closed? Leave long texts out of the table."
        elif "Empty CSV" in said:
            return
        else:
            said = f"it cannot be read as a table ({said})."
        raise BadFile(file.name, f"after {first} rows: {said}" if first else said) from None


class _Checked(io.RawIOBase):
    """A text on its way to Arrow, which could not say where it is no UTF-8."""

    def __init__(self, file: File, stream: BinaryIO) -> None:
        self._file, self._stream, self._lines = file, stream, 1
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Read some bytes, all of them text."""
        some = self._stream.read(size)
        try:
            self._decoder.decode(some, final=not some)
        except UnicodeDecodeError as error:
            raise BadFile(
                self._file.name,
                f"{NOT_UTF8}. Save it as UTF-8 (in a spreadsheet: CSV UTF-8).",
                self._lines + error.object[: error.start].count(b"\n"),
            ) from None
        self._lines += some.count(b"\n")
        return some


def _parquet(file: File) -> Any:
    _look_for_arrow(file)
    arrow = _arrow()
    if file.compression is not None:
        raise BadFile(file.name, f"a Parquet file that was packed once more ({file.compression}). Unpack it first.")
    try:
        return arrow.parquet.ParquetFile(str(file.path))
    except (arrow.ArrowException, OSError, MemoryError) as error:
        raise BadFile(file.name, _broken(error)) from None


def _parquet_batches(file: File, positions: Sequence[int]) -> Iterator[Batch]:
    arrow = _arrow()
    opened = _parquet(file)
    paths = _paths(opened.schema_arrow)
    wanted = [paths[position] for position in positions]
    first = 0
    try:
        for batch in opened.iter_batches(_ROWS * 4, columns=[".".join(path) for path in wanted], use_threads=False):
            columns = []
            for outer, *inner in wanted:
                column = batch.column(outer)
                for name in inner:
                    column = arrow.compute.struct_field(column, name)
                columns.append(_column(column))
            if batch.num_rows:
                yield Batch(first, batch.num_rows, tuple(columns))
            first += batch.num_rows
    except (arrow.ArrowException, OSError, MemoryError, KeyError) as error:
        raise BadFile(file.name, _broken(error)) from None


def _broken(error: Exception) -> str:
    said = str(error).partition("\n")[0]
    return f"it begins as a Parquet file and cannot be read as one ({said}). Was it copied whole?"


def _paths(schema: Any) -> list[tuple[str, ...]]:
    types = _arrow().types

    def below(field: Any) -> list[tuple[str, ...]]:
        if types.is_struct(field.type) and field.type.num_fields:
            return [(field.name, *path) for inner in field.type for path in below(inner)]
        return [(field.name,)]

    return [path for field in schema for path in below(field)]


def _column(array: Any) -> Column:
    """Codes and distinct values of an Arrow array, by Arrow itself where it can."""
    arrow = _arrow()
    types = arrow.types
    kind = array.type
    if types.is_nested(kind) or types.is_null(kind):
        return Column.of(array.to_pylist())
    if types.is_large_string(kind) or types.is_string_view(kind):
        array = array.cast(arrow.string())
    if not types.is_dictionary(kind):
        array = array.dictionary_encode()
    codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    if array.dictionary.null_count:
        hollow = np.flatnonzero(array.dictionary.is_null().to_numpy(zero_copy_only=False))
        codes[np.isin(codes, hollow)] = -1
    return Column(codes, dictionary=array.dictionary)


def _buffers(texts: Any) -> tuple[npt.NDArray[np.uint8], Ints]:
    """The bytes of an Arrow array of texts, one after the other, and where each begins and ends."""
    _, offsets, data = texts.buffers()
    whole = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    if data is None:
        return np.empty(0, dtype=np.uint8), whole
    return np.frombuffer(data, dtype=np.uint8)[whole[0] : whole[-1]], whole - whole[0]


def _small(data: npt.NDArray[np.uint8], offsets: Ints) -> Ints:
    """The whole numbers of up to nine digits among texts, and -1 for any other text."""
    length = np.diff(offsets)
    numbers = np.zeros(len(length), dtype=np.int64)
    right = (length > 0) & (length <= 9)
    for place in range(9):
        there = right & (length > place)
        digit = data[offsets[:-1][there] + place].astype(np.int64) - ord("0")
        numbers[there] = numbers[there] * 10 + digit
        wrong = (digit < 0) | (digit > 9)
        if place == 0:
            wrong |= (digit == 0) & (length[there] > 1)
        right[np.flatnonzero(there)[wrong]] = False
    return np.where(right, numbers, -1)


def _hashes(data: npt.NDArray[np.uint8], offsets: Ints) -> Hashes:
    """A number of 64 bits for each text, the same in every batch."""
    length = np.diff(offsets)
    marks = np.zeros(len(length), dtype=np.uint64)
    filled = np.flatnonzero(length)
    if not len(filled):
        return marks
    begins = offsets[filled]
    with np.errstate(over="ignore"):
        powers = np.cumprod(np.full(int(length.max()), _MULTIPLIER, dtype=np.uint64), dtype=np.uint64)
        # Some texts at a time, since a byte takes 24 of them below. Empty texts lie between no two others.
        cuts = np.unique(np.searchsorted(begins, np.arange(0, len(data), _HASHED)))
        for low, high in zip(cuts, [*cuts[1:], len(filled)], strict=True):
            some, sizes = filled[low:high], length[filled[low:high]]
            signs = data[begins[low] : begins[low] + sizes.sum()].astype(np.uint64) + np.uint64(1)
            starts = np.cumsum(sizes) - sizes
            place = np.arange(len(signs)) - np.repeat(starts, sizes)
            marks[some] = np.add.reduceat(signs * powers[place], starts) + sizes.astype(np.uint64)
    return marks


def are_split(document: Any) -> bool:
    """Whether a JSON text names its columns and lists its rows, as W&B exports a table and pandas a "split".

    >>> are_split({"columns": ["task", "passed"], "data": [["a", 1]]}), are_split({"columns": ["a"], "data": [1]})
    (True, False)
    """
    if not isinstance(document, dict) or not all(isinstance(document.get(key), list) for key in ("columns", "data")):
        return False
    names, rows = document["columns"], document["data"]
    return (
        bool(names and rows)
        and all(isinstance(name, str) for name in names)
        and all(isinstance(row, list) and len(row) == len(names) for row in rows)
    )


def rows_of(document: Any) -> Iterator[Any]:
    """Return the rows of a JSON text that is a list of them, or an object of columns.

    >>> list(rows_of({"problem": ["a", "b"], "c": [1, 2]}))
    [{'problem': 'a', 'c': 1}, {'problem': 'b', 'c': 2}]
    """
    if are_split(document):
        for row in document["data"]:
            yield dict(zip(document["columns"], row, strict=True))
    elif isinstance(document, dict):
        columns = {name: list(cells.values()) if isinstance(cells, dict) else cells for name, cells in document.items()}
        for cells in zip(*columns.values(), strict=True):
            yield dict(zip(columns, cells, strict=True))
    else:
        yield from document


def short(value: Any) -> str:
    """Show a cell in a sentence: escaped, and not at length.

    >>> short("=cmd|' /C calc'!A0"), len(short("x" * 500))
    ('"=cmd|\\' /C calc\\'!A0"', 45)
    """
    shown = repr(value) if isinstance(value, str) else json.dumps(value, default=repr)
    return shown if len(shown) <= 45 else shown[:42] + "..."
