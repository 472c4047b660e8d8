"""Checkpoints: weights and whatever else a run needs to go on, in safetensors files (never pickle)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from passk_lab import files
from passk_lab.lm.countdown import Countdown
from passk_lab.lm.model import Shape, Transformer

FORMAT = "passk_lab.lm/1"


class Unreadable(ValueError):
    """A checkpoint that cannot be used, and why."""


def write(path: Path, model: Transformer, extra: Mapping[str, Tensor] | None = None, note: Any = None) -> None:
    """Save a model, with further tensors and a note of plain values beside it; whole or not at all.

    Raises
    ------
    OSError
        If the file cannot be written (a full disk, say): the message names it, and a file that was there stays.
    """
    tensors = {f"model.{name}": value for name, value in model.state_dict().items()} | dict(extra or {})
    # One entry, since the format writes several in any order and equal states should make equal files.
    about = {"passk_lab": json.dumps({"format": FORMAT, "model": model.describe(), "note": note})}
    # Loading reads what was saved back to the bit, so bytes are made first and then put in place in one move.
    write_whole(path, save({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, metadata=about))


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place in one move; if it cannot be written, what was there before stays."""
    try:
        files.put(path, content)
    except OSError as error:
        raise OSError(
            error.errno, f"{path.name} could not be saved ({error.strerror}); everything saved before is still there. "
            "Make room, then start the same command again: it goes on from the last checkpoint",
        ) from error  # fmt: skip


def read(path: Path) -> tuple[Transformer, dict[str, Tensor], Any]:
    """Load a model with what was saved beside it: the model, further tensors, the note.

    Raises
    ------
    Unreadable
        If the file is missing, cut short, of another kind, or from a newer version.
    """
    try:
        with safe_open(path, framework="pt") as file:
            about = _about((file.metadata() or {}).get("passk_lab", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (not a mapping)
    except FileNotFoundError:
        raise Unreadable(f"there is no checkpoint at {path}.") from None
    except (SafetensorError, OSError) as error:
        raise Unreadable(
            f"{path.name} is no whole safetensors file ({error}); it was cut short or is damaged."
        ) from None
    if about.get("format") != FORMAT:
        raise Unreadable(
            f"{path.name} is not a checkpoint of this version of the lab: it says format {about.get('format')!r}, "
            f"this version reads {FORMAT!r}."
        )
    try:
        described, note = about["model"], about["note"]
        model = Transformer(Countdown(**described["task"]), Shape(**described["shape"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"{path.name} does not describe a model that this version of the lab has ({error}).") from None
    weights = {name.removeprefix("model."): value for name, value in tensors.items() if name.startswith("model.")}
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        first = str(error).splitlines()[-1].strip()
        raise Unreadable(f"{path.name} does not hold the weights that its description promises: {first}") from None
    extra = {name: value for name, value in tensors.items() if not name.startswith("model.")}
    return model, extra, note


def _about(text: str) -> dict[str, Any]:
    """Read what a file says of itself; another program's words are as good as none."""
    try:
        about = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return about if isinstance(about, dict) else {}


def to_device(device: str) -> torch.device:
    """Turn "auto", "cpu" or "cuda" into a device; "auto" takes the GPU where there is one.

    Raises
    ------
    ValueError
        If a GPU is asked for and there is none.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device is auto, cpu or cuda, not {device!r}.")
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise ValueError(
            f"device = 'cuda' asks for a GPU, but torch {torch.__version__} sees none here. Take device='auto', or see "
            "`passk-lab doctor`."
        )
    return torch.device("cuda" if there and device != "cpu" else "cpu")
