"""Files of the two tools of which none lies in `files`, written as their documentation says: Inspect, NeMo-Skills."""

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import zstandard

FILES = Path(__file__).parent / "files"
TRUTH = json.loads((FILES / "TRUTH.json").read_text(encoding="utf-8"))


def right(model: str) -> list[list[bool]]:
    """Verdicts of all problems: the first c of eight are right, and they are turned round by the problem's number."""
    rows = [[index < c for index in range(TRUTH["n"])] for c in TRUTH["c"][model]]
    return [row[at % 8 :] + row[: at % 8] for at, row in enumerate(rows)]


def zipped(path: Path, members: dict[str, bytes], method: int = 93) -> Path:
    """A zip file whose members are packed by zstd, deflate or not at all, put together by hand."""
    body, listing = b"", b""
    for name, data in members.items():
        packed = {93: zstandard.compress, 8: _deflated, 0: bytes}[method](data)
        fields = struct.pack("<HHHHHIII", 20, 0, method, 0, 33, zlib.crc32(data), len(packed), len(data))
        names = struct.pack("<HH", len(name.encode()), 0)
        listing += b"PK\x01\x02\x14\x00" + fields + names + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode()
        body += b"PK\x03\x04" + fields + names + name.encode() + packed
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(members), len(members), len(listing), len(body), 0)
    path.write_bytes(body + listing + end)
    return path


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def inspect_samples(model: str, values: tuple[Any, Any] = ("I", "C")) -> list[dict[str, Any]]:
    """The samples of a log: epochs of twelve problems, judged by one scorer with these values for wrong and right."""
    return [
        {
            "id": f"q{number}",
            "epoch": epoch + 1,
            "input": "?",
            "target": "!",
            "scores": {"match": {"value": values[verdict], "answer": str(int(verdict))}},
        }
        for number, verdicts in enumerate(right(model))
        for epoch, verdict in enumerate(verdicts)
    ]


def inspect_header(accuracy: float | None = None, **more: Any) -> dict[str, Any]:
    """What a log says of the whole."""
    results = {"total_samples": 96, "completed_samples": 96, "scores": []}
    if accuracy is not None:
        metrics = {"accuracy": {"name": "accuracy", "value": accuracy}}
        results["scores"] = [{"name": "match", "scorer": "match", "reducer": "mean", "metrics": metrics}]
    return {
        "version": 2,
        "status": "success",
        "eval": {"task": "sums", "model": "made/up", "config": {"epochs": 8}, "model_generate_config": {}},
        "plan": {"config": {"temperature": 0.7}},
        "results": results,
        **more,
    }


def inspect_log(
    path: Path, samples: list[dict[str, Any]], header: dict[str, Any], summaries: bool = True, method: int = 93
) -> Path:
    """A log as .eval, with the consolidated summaries or without."""
    members = {f"samples/{one['id']}_epoch_{one['epoch']}.json": _json(one) for one in samples}
    if summaries:
        members["summaries.json"] = _json(samples)
    return zipped(path, {**members, "header.json": _json(header)}, method)


def _json(thing: Any) -> bytes:
    return json.dumps(thing).encode()


def nemo_skills(folder: Path, model: str, verdicts: list[list[bool]] | None = None) -> Path:
    """Eight files of one line for each problem."""
    folder.mkdir(exist_ok=True)
    for seed in range(8):
        rows = [
            {
                "problem": f"what is {number} + {number}?",
                "expected_answer": str(2 * number),
                "predicted_answer": str(2 * number if of_it[seed] else 99),
                "generation": f"by seed {seed}",
                "symbolic_correct": of_it[seed],
            }
            for number, of_it in enumerate(verdicts or right(model))
        ]
        lines(folder / f"output-rs{seed}.jsonl", rows)
    return folder


def lines(path: Path, rows: list[Any]) -> Path:
    """JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
