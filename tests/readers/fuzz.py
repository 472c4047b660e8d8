"""Hostile files: valid ones of every known format, spoiled as files are, by accident and on purpose.

Each must end in evaluations whose books are in order (rows are those counted and those left out, c is at most n), or in
a sentence of the lab's own. Whatever else comes of it is a fault: another error, a warning, a NaN, a hang.
"""

import bz2
import copy
import csv
import functools
import gzip
import io
import json
import lzma
import math
import random
import signal
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import zstandard

from passk_lab.readers import BadFile, Evaluation, Undecided, read
from passk_lab.readers.evaluation import LEFT_OUT
from tests.readers import written

PACKAGE = str(Path(read.__code__.co_filename).parent.parent)
SECONDS = 30
"""Processor time that one file may take."""

CELLS: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 0.5, 1.0, -0.0, 37.5, 100, 1e308, math.inf, -math.inf, math.nan, 2**53, 2**70,
    -(2**70),
    10**400, "", " ", "0", "1", "007", "yes", "NaN", "C", "37.5%", "=cmd|' /C calc'!A0", "<script>alert(1)</script>",
    "\ud800",
    "\0", "a\nb", "é" * 3, "x" * 5000, [], {}, [[]], [0, 1], [True, "no", None], {"value": 1}, {"a": {"b": [1]}},
    [[1, 0], []],
)  # fmt: skip
KEYS = ("", "correct", "passed", "score", "problem", "n", "c", "task_id", "step", "model", "<b>", "\ud800", "a.b", "0")
NAMES = (
    "x",
    "x.csv",
    "x.json",
    "x.jsonl",
    "x.parquet",
    "x.eval",
    "0.jsonl",
    "x.jsonl.gz",
    "<img src=x>.csv",
    "x\u202egnp.csv",
)
CHOICES: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {"threshold": "tool"}, {"threshold": 0.5}, {"verdict": "correct"}, {"run": "base"}, {"filter": "none"},
    {"format": "table"}, {"columns": {"problem": "task_id", "correct": "passed"}}, {"columns": {"n": "n", "c": "c"}},
)  # fmt: skip


def valid(folder: Path) -> dict[str, bytes]:
    """A file of every known format by its name, with the folder that it lies in."""
    (folder / "inspect").mkdir(parents=True)
    written.inspect_log(folder / "inspect" / "log.eval", written.inspect_samples("base"), written.inspect_header(0.4))
    written.nemo_skills(folder / "aime", "base")
    found = {}
    for root in (written.FILES, folder):
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            if path.name not in ("TRUTH.json", "SOURCES.md"):
                found[str(path.relative_to(root))] = path.read_bytes()
    return found


def fault(path: Path, choices: dict[str, Any]) -> str | None:
    """What is wrong with how these files are read, or None."""
    try:
        with _limited(), warnings.catch_warnings():
            warnings.simplefilter("error")
            for found in read(path, **choices):
                if wrong := _in_disorder(found):
                    return wrong
    except (BadFile, Undecided) as said:
        return _no_sentence(said)
    except ValueError as said:
        inner = traceback.extract_tb(said.__traceback__)[-1].filename
        own = type(said) is ValueError and inner.startswith(PACKAGE)
        return _no_sentence(said) if own else _told(said)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return _told(error)
    return None


def _in_disorder(found: Evaluation) -> str | None:
    left_out = sum(left.rows for left in found.left_out)
    sizes = {len(found.problems), len(found.n), len(found.c), len(set(found.problems))}
    texts = [found.run, *found.problems, *found.files, *(left.why for left in found.left_out)]
    texts += [notice.text for notice in found.notices]
    if len(sizes) != 1 or not found.problems:
        return f"problems, n and c do not go together: {sizes}"
    if (found.n < 1).any() or (found.c < 0).any() or (found.c > found.n).any():
        return "a count is out of its range"
    if found.rows != found.n.sum() + left_out:
        return f"{found.rows} rows are not {found.n.sum()} counted and {left_out} left out"
    if any(left.code not in LEFT_OUT for left in found.left_out):
        return "rows are left out by a code that is none"
    if any(left.rows < 1 for left in found.left_out):
        return "no rows were left out for a reason"
    if not all(math.isfinite(score.stated) and math.isfinite(score.recomputed) for score in found.scores):
        return "a score is not finite"
    for name, other in found.other_verdicts.items():
        if len(other) != len(found.n) or (other > found.n).any():
            return f"the counts by {name!r} do not go with n"
    for answers, n in zip(found.answers or (), found.n, strict=False):
        if sum(answers.given.values()) > n:
            return "there are more answers than samples"
    try:
        json.dumps([texts, found.settings, dict(found.files_passed_over)], default=str, ensure_ascii=False).encode()
    except ValueError as error:
        return f"it cannot be written down: {error}"
    return None


def _no_sentence(said: Exception) -> str | None:
    text = str(said)
    if len(text) < 20 or len(text) > 20_000 or "Traceback" in text or "object at 0x" in text:
        return f"said {text[:200]!r}"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "said what cannot be written"
    return None


def _told(error: BaseException) -> str:
    last = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)][-4:]
    return f"raised {type(error).__name__}: {str(error)[:150]} ({' > '.join(last)})"


@contextmanager
def _limited() -> Iterator[None]:
    def late(*_: object) -> None:
        raise TimeoutError(f"more than {SECONDS} s")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


# What is done to a file: its bytes, and then its rows.


def _cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _flipped(rng: random.Random, content: bytes) -> bytes:
    spoiled = bytearray(content)
    for _ in range(rng.choice((1, 1, 3, 20))):
        if spoiled:
            spoiled[rng.randrange(len(spoiled))] ^= 1 << rng.randrange(8)
    return bytes(spoiled)


def _stirred(rng: random.Random, content: bytes) -> bytes:
    at, length = rng.randrange(len(content) + 1), rng.choice((1, 10, 1000))
    what = rng.choice(
        (b"", rng.randbytes(length), b"\0" * length, content[:length], b'"', b"{", b"]", b"\n", b",", b"\r")
    )
    return content[:at] + what + content[at + rng.choice((0, length)) :]


def _packed(rng: random.Random, content: bytes) -> bytes:
    pack = rng.choice((gzip.compress, bz2.compress, lzma.compress, zstandard.compress))
    packed = pack(content)
    return rng.choice((packed, packed, packed + packed, _cut(rng, packed), _flipped(rng, packed), pack(packed)))


def _in_another_alphabet(rng: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "cp1252")), "replace")


def _of_another_kind(rng: random.Random, content: bytes) -> bytes:
    depth = rng.choice((100, 3000, 100_000))
    kinds = (
        b"", b" \n\n", b"null", b"[]", b"{}", b"[[]]", b"[{}]", b"{}\n{}\n", b"0", b"NaN", b"\xef\xbb\xbf",
        b"PK\x03\x04", b"PAR1", b"\x1f\x8b", b"[" * depth, b'{"a":' * depth, b"[" * depth + b"]" * depth, b"9" * depth,
        b"[" + b"9" * depth + b"]", b"a,b\n" * 10, b"1,0,1\n" * 5, b"," * depth, b'"' * 99, content + content,
        b"# Results\n\npass@1, pass@8\n", content[::-1], b"<html><body>404, not found;</body></html>",
        b"task_id,passed\n" + b"a,1\n" * 9,
    )  # fmt: skip
    return rng.choice(kinds)


def _nodes(thing: Any, found: list[Any]) -> list[Any]:
    if isinstance(thing, dict | list) and thing and len(found) < 3000:
        found.append(thing)
        for inner in thing.values() if isinstance(thing, dict) else thing:
            _nodes(inner, found)
    return found


def _respell(rng: random.Random, thing: Any) -> Any:
    """Change a few cells and keys of a JSON text, anywhere in it; what is put in is a copy, or it might hold itself."""
    for _ in range(rng.choice((1, 1, 2, 8))):
        nodes = _nodes(thing, [])
        if not nodes:
            return copy.deepcopy(rng.choice(CELLS))
        node = rng.choice(nodes[:30] if rng.random() < 0.5 else nodes)
        key = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
        match rng.randrange(5):
            case 0:
                del node[key]
            case 1 if isinstance(node, dict):
                node[rng.choice(KEYS)] = node.pop(key)
            case 2 if isinstance(node, list):
                node.append(copy.deepcopy(rng.choice(node)))
            case _:
                node[key] = copy.deepcopy(rng.choice(CELLS))
    return thing


def _in_rows(rng: random.Random, content: bytes) -> bytes:
    """Change rows and cells of what a file holds, so that it stays a file of its kind; bytes where it is none."""
    if content[:4] == b"PAR1":
        return _in_parquet(rng, content)
    try:
        text = content.decode()
        if text.lstrip()[:1] == "[" or text.count("\n") < 2:
            return json.dumps(_respell(rng, json.loads(text))).encode()
        if text.lstrip()[:1] == "{":
            return "".join(
                json.dumps(row) + "\n" for row in _shuffled(rng, list(map(json.loads, text.splitlines())))
            ).encode()
    except (ValueError, RecursionError):
        return _stirred(rng, content)
    try:
        rows = _shuffled(rng, list(csv.reader(io.StringIO(text))))
    except csv.Error:
        return _stirred(rng, content)
    out = io.StringIO()
    csv.writer(out, delimiter=rng.choice((",", ",", ";", "\t"))).writerows(
        row if isinstance(row, list) else [row] for row in rows
    )
    return out.getvalue().encode("utf-8", "surrogatepass")


def _shuffled(rng: random.Random, rows: list[Any]) -> list[Any]:
    match rng.randrange(6):
        case 0:
            rng.shuffle(rows)
        case 1 if rows:
            rows += rows[: rng.randrange(1, len(rows) + 1)]
        case 2 if rows:
            key = rng.choice(list(rows[0])) if isinstance(rows[0], dict) and rows[0] else 0
            cell = rng.choice(CELLS)
            for row in rows:
                if isinstance(row, dict) or (isinstance(row, list) and row and key == 0):
                    row[key] = copy.deepcopy(cell)
        case _:
            changed = _respell(rng, rows)
            return changed if isinstance(changed, list) else [changed]
    return rows


def _in_parquet(rng: random.Random, content: bytes) -> bytes:
    # A spoiled one is read by the lab alone: a fault of Arrow's own must be found there.
    rows = _tables().get(content)
    if rows is None:
        return _flipped(rng, content)
    out = io.BytesIO()
    try:
        changed = _shuffled(rng, copy.deepcopy(rows))
        pyarrow.parquet.write_table(pa.Table.from_pylist(changed), out, row_group_size=rng.choice((1, 7, 1000)))
    except (pa.ArrowException, OverflowError, TypeError, ValueError, AttributeError, KeyError):
        return _flipped(rng, content)
    return out.getvalue()


@functools.cache
def _tables() -> dict[bytes, list[Any]]:
    contents = [path.read_bytes() for path in written.FILES.rglob("*.parquet")]
    return {content: pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist() for content in contents}


SPOIL: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _cut, _flipped, _stirred, _packed, _in_another_alphabet, _of_another_kind, _in_rows, _in_rows, _in_rows, _in_rows,
)  # fmt: skip


def run(cases: int, seed: int = 0) -> list[str]:
    """Spoil and read this many files; return the faults that were found, each with the case that shows it."""
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        files = valid(Path(folder) / "valid")
        for case in range(cases):
            if wrong := one(case, seed, files, Path(folder)):
                faults.append(wrong)
    return faults


def one(case: int, seed: int, files: dict[str, bytes], folder: Path) -> str | None:
    """Make one case, which its number and the seed tell, and read it."""
    rng = random.Random(f"{seed}, {case}")
    name = rng.choice(list(files))
    content, done = files[name], []
    for _ in range(rng.choice((1, 1, 1, 2))):
        spoil = rng.choice(SPOIL)
        content = spoil(rng, content)
        done.append(spoil.__name__)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / (name if rng.random() < 0.7 else rng.choice(NAMES))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        asked = path
        if rng.random() < 0.3:  # a folder, with more in it
            asked = Path(place)
            (asked / "notes.txt").write_text("pass@1, pass@8; and more\n")
            (asked / "link.jsonl").symlink_to(path)
            (asked / "loop").symlink_to(asked)
            (asked / "empty.csv").touch()
        elif rng.random() < 0.1:
            asked = Path(place) / "link"
            asked.symlink_to(path)
        wrong = fault(asked, rng.choice(CHOICES))
    return f"case {case}, {name} ({', '.join(done)}): {wrong}" if wrong else None
