"""Checkpoints: weights and whatever else a run needs to go on, in safetensors files (never pickle)."""

from __future__ import annotations

import errno
import hashlib
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
_KEPT = 2


class Unreadable(ValueError):
    """A checkpoint that cannot be used, and why."""


def write(
    path: Path, model: Transformer, extra: Mapping[str, Tensor] | None = None, note: Any = None, history: Any = None
) -> None:  # fmt: skip
    """Save a model, with further tensors and a note of plain values beside it; whole or not at all.

    What leads to it can be marked in `history`, for `read_state` to hold against what is there then.

    Raises
    ------
    OSError
        If the file cannot be written (a full disk, say): the message names it, and a file that was there stays.
    """
    tensors = {f"model.{name}": value for name, value in model.state_dict().items()} | dict(extra or {})
    write_state(path, tensors, {"model": model.describe(), "note": note, "history": history})


def write_state(path: Path, tensors: Mapping[str, Tensor], about: Mapping[str, Any]) -> None:
    """Save tensors and what is said of them in plain values, with a checksum over both; whole or not at all.

    Raises
    ------
    OSError
        As `write`.
    """
    kept = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    told = {"format": FORMAT, **about}
    # One entry, since the format writes several in any order and equal states should make equal files.
    entry = {"passk_lab": json.dumps({**told, "sha256": _checksum(kept, told)})}
    # Loading reads what was saved back to the bit, so bytes are made first and then put in place in one move.
    write_whole(path, save(kept, metadata=entry))


def _checksum(tensors: Mapping[str, Tensor], told: Mapping[str, Any]) -> str:
    """Digest of tensors and words: safetensors itself has none, and flipped bits would be trained on."""
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for name, value in sorted(tensors.items()):
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        digest.update(value.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place in one move; if it cannot be written, what was there before stays."""
    try:
        files.put(path, content)
    except OSError as error:
        raise unsaved(path, f"{path.name} could not be saved", error) from error


def unsaved(path: Path, what: str, error: OSError) -> OSError:
    """Say what could not be written, what of before is still there, and what to do about it.

    >>> full = OSError(errno.ENOSPC, "No space left on device")
    >>> print(unsaved(Path(__file__), "the history could not be written", full).strerror)
    the history could not be written (No space left on device); everything saved before is still there. Make room, then
    start the same command again: it goes on from the last checkpoint
    """
    if not path.parent.is_dir():
        return OSError(
            error.errno, f"{what}: the folder {path.parent} is gone, and what was saved in it. Start the same command "
            "again to begin anew, or put the folder back first",
        )  # fmt: skip
    first = "Make room" if errno.errorcode.get(error.errno or 0) in ("ENOSPC", "EDQUOT", "EFBIG") else "See to that"
    return OSError(
        error.errno, f"{what} ({error.strerror}); everything saved before is still there. {first}, then start the same "
        "command again: it goes on from the last checkpoint",
    )  # fmt: skip


def read(path: Path) -> tuple[Transformer, dict[str, Tensor], Any]:
    """Load a model with what was saved beside it: the model, further tensors, the note.

    Raises
    ------
    Unreadable
        If the file is missing, cut short, damaged, of another kind, or from a newer version.
    """
    tensors, about = read_state(path)
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


def read_state(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Load tensors and what is said of them.

    Raises
    ------
    Unreadable
        As `read`.
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
    # Files of before, the bundled models among them, have no checksum.
    if about.pop("sha256", None) not in (None, _checksum(tensors, about)):
        raise Unreadable(f"{path.name} is damaged: its content is not what was saved (the checksum differs).")
    return tensors, about


class Checkpoints:
    """A folder of checkpoints by step, of which the last two are kept: one more in case the last is damaged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def newest_first(self) -> list[Path]:
        """Those there are; by number, since from step 1,000,000 on names do not sort as steps do."""
        found = [path for path in self.folder.glob("step-*.safetensors") if path.stem[len("step-") :].isdigit()]
        return sorted(found, key=lambda path: int(path.stem[len("step-") :]), reverse=True)

    def at(self, step: int) -> Path:
        """Where the checkpoint of a step is to be written."""
        return self.folder / f"step-{step:06d}.safetensors"

    def let_go(self) -> None:
        """Remove the oldest."""
        for old in self.newest_first()[_KEPT:]:
            old.unlink()

    @staticmethod
    def put_aside(path: Path) -> None:
        """Keep one that cannot be used under another name: in its place it would count as the newest."""
        path.replace(path.with_name(path.name + ".unused"))


def _about(text: str) -> dict[str, Any]:
    """Read what a file says of itself; another program's words are as good as none."""
    try:
        about = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return about if isinstance(about, dict) else {}
