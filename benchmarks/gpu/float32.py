"""Keeps float32 what it is. Imports no torch, which reads the environment as it loads."""

import os

OVERRIDE = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE"
DROPPED = f"DROPPED_{OVERRIDE}"


def without_override() -> None:
    """Take away the setting that would make TF32 of every float32 matmul, and remember that it was there.

    The checks hold float32 to its own accuracy; `precision` turns TF32 on where it is asked for.
    """
    if OVERRIDE in os.environ:
        os.environ[DROPPED] = os.environ.pop(OVERRIDE)
