"""Where a run computes: the CPU, or the one GPU that torch sees."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from passk_lab import arguments

DEVICES = ("auto", "cpu", "cuda")


def check_name(device: str) -> None:
    """Refuse what is no device of the lab, whatever this machine has.

    Raises
    ------
    ValueError
        For another name than auto, cpu or cuda.

    Examples
    --------
    >>> check_name("auto")
    """
    if isinstance(device, str) and device == "mps":
        raise ValueError(
            "device = 'mps' asks for Apple's GPU, which has no float64, but uniforms, sums and the exact evaluation "
            "need it: take device='cpu'."
        )
    if not isinstance(device, str) or device not in DEVICES:
        raise ValueError(f"device is auto, cpu or cuda, not {arguments.short(device)}.")


def to_device(device: str) -> torch.device:
    """Turn "auto", "cpu" or "cuda" into a device; "auto" takes the GPU where there is one.

    Raises
    ------
    ValueError
        For another name, or if a GPU is asked for and there is none.

    Examples
    --------
    >>> to_device("cpu")
    device(type='cpu')
    """
    check_name(device)
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise ValueError(
            f"device = 'cuda' asks for a GPU, but torch {torch.__version__} sees none here. Take device='auto', or see "
            "`passk-lab doctor`."
        )
    return torch.device("cuda" if there and device != "cpu" else "cpu")


def sent(values: np.ndarray, device: torch.device) -> Tensor:
    """Bring numbers of the host to a device; on a GPU no one waits for the copy.

    Examples
    --------
    >>> sent(np.arange(3), torch.device("cpu"))
    tensor([0, 1, 2])
    """
    on_host = torch.from_numpy(values)
    # A fresh page-locked block each time: torch keeps it until the copy is over.
    return on_host.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else on_host
