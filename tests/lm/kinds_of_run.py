"""Thirteen kinds of run, small, and what the loop made of each before it was rewritten.

    python -m tests.lm.kinds_of_run OUT.json

trains them with the lab as it is and writes what `test_same_as_before` compares: every record of the history, and each
tensor of the last checkpoint as a checksum and a few of its numbers. On another torch or another processor sums are
taken in another order; there the numbers are compared, and not the checksums.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from passk_lab import lm

SMALL = {
    "steps": 7, "prompts": 4, "n": 8, "watch": 8, "orders": 60, "judged": 2, "evaluate_every": 3, "save_every": 2,
    "seed": 1, "device": "cpu",
}  # fmt: skip
KINDS: dict[str, dict[str, Any]] = {
    "grpo": {},
    "pass@k": {"objective": "pass@k", "parameters": {"k": 4}},
    "maxrl": {"objective": "maxrl"},
    "exact pass@4": {"objective": "pass@k", "parameters": {"k": 4}, "gradient": "exact"},
    "expected grpo": {"gradient": "expected"},
    "entropy held": {"mechanisms": {"entropy": {"coefficient": 0.05, "target": 3.0}}},
    "two KLs": {"mechanisms": {"kl-reverse": {}, "kl-forward": {}}},
    "credit": {
        "mechanisms": {
            "novelty": {}, "unlikeliness": {}, "count-bonus": {}, "uniform-correct": {}, "differential-smoothing": {},
        }
    },
    "hints": {"mechanisms": {"prefix-hints": {}}},
    "annealed": {"objective": "pass@k", "parameters": {"k": 4}, "mechanisms": {"annealed-k": {"start": 8, "end": 1}}},
    "off-policy": {"updates": 2, "mechanisms": {"clip-higher": {}, "kl-cov": {}}},
    "clip-cov": {"updates": 2, "mechanisms": {"clip-cov": {"low": 0.2, "clip_low": 0.2, "clip_high": 0.2}}},
    "breakdown": {"mechanisms": {"entropy": {"coefficient": 50}}, "rate": 0.02, "steps": 60, "evaluate_every": 5},
}  # fmt: skip
_ENTRIES = 6
"""Numbers kept of each tensor, evenly over it."""


def config_of(kind: str) -> lm.TrainConfig:
    return lm.TrainConfig(**{**SMALL, **KINDS[kind]})


def made_on() -> dict[str, str]:
    """What decides the last bits: torch, and the processor its kernels were chosen for."""
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "torch": torch.__version__,
        "kernels": torch.backends.cpu.get_cpu_capability(),
        "processor": model or platform.processor() or platform.machine(),
    }


def train_and_describe(kind: str) -> dict[str, Any]:
    """Train one kind in a folder and describe what lies there."""
    with tempfile.TemporaryDirectory() as there:
        run = lm.train(config_of(kind), there)
        last = sorted((Path(there) / "checkpoints").glob("step-*.safetensors"))[-1]
        lines = (Path(there) / "history.jsonl").read_text(encoding="utf-8").splitlines()
        history = [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines]
        return {"ended": run.ended, "history": history, "checkpoint": checkpoint(last)}


def checkpoint(path: Path) -> dict[str, Any]:
    """Describe a checkpoint: its name, and a checksum and a few numbers of each tensor."""
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in sorted(file.keys())}
    return {"name": path.name, "tensors": {name: _tensor(value) for name, value in tensors.items()}}


def _tensor(value: torch.Tensor) -> dict[str, Any]:
    flat = value.detach().cpu().flatten()
    places = torch.linspace(0, max(0, len(flat) - 1), _ENTRIES).round().long().unique() if len(flat) else []
    return {
        "sha256": hashlib.sha256(value.contiguous().numpy().tobytes()).hexdigest(),
        "norm": float(flat.double().norm()),
        "entries": [float(flat[at]) for at in places],
    }


if __name__ == "__main__":
    made = {"made_on": made_on(), "runs": {kind: train_and_describe(kind) for kind in KINDS}}
    Path(sys.argv[1]).write_text(json.dumps(made, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")
