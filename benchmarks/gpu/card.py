"""What the machine is, and whether float32 means float32 on it."""

import os
import platform
import subprocess
from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.gpu.float32 import DROPPED, OVERRIDE
from benchmarks.gpu.journal import Line, measured
from benchmarks.gpu.runner import Bench


def smi(*fields: str) -> list[str]:
    """Ask nvidia-smi; each answer is "" where it is silent."""
    command = ["nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.SubprocessError, IndexError):
        return [""] * len(fields)
    return [each.strip() for each in told.split(",")]


def card(bench: Bench) -> Iterator[Line]:
    """Names and versions, and whether anything turns float32 into TF32 behind our back."""
    packages = {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
    versions = ", ".join(f"{name} {version}" for name, version in packages.items())
    if bench.on_gpu:
        about = torch.cuda.get_device_properties(0)
        driver, limit = smi("driver_version", "power.limit")
        yield measured(
            "the card", f"{about.name}, {about.total_memory / 2**30:.0f} GiB, driver {driver or 'unknown'}, CUDA "
            f"{torch.version.cuda}, power limit {limit or 'unknown'} W; {versions}",
            card=about.name, memory_bytes=about.total_memory, driver=driver, cuda=torch.version.cuda,
            processors=about.multi_processor_count, **packages,
        )  # fmt: skip
    else:
        yield measured("no card", f"{platform.machine()}, {os.cpu_count()} CPU cores; {versions}", **packages)
    flags = {
        "matmul": torch.backends.cuda.matmul.allow_tf32, "cudnn": torch.backends.cudnn.allow_tf32,
        "precision": torch.get_float32_matmul_precision(), "override": os.environ.get(DROPPED, ""),
    }  # fmt: skip
    said = f"{OVERRIDE} was {flags['override']!r} and is dropped" if flags["override"] else f"{OVERRIDE} was not set"
    yield measured(
        "TF32 in float32 matmuls", f"{'on' if flags['matmul'] else 'off'} ({flags['precision']}); {said}", **flags
    )
