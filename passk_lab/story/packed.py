"""An explorer as it lies in the page: its words as JSON, its numbers packed small, unpacked once they are near.

Numbers are kept to 15 binary digits, far beyond what a line shows and what the words say. Bytes of equal rank are laid
side by side before they are packed, which halves what is left (`front/unpack.js` puts them back).
"""

from __future__ import annotations

import base64
import gzip
from dataclasses import replace
from typing import Any

import numpy as np

from passk_lab.explorers.description import Description
from passk_lab.explorers.expression import Table
from passk_lab.explorers.payload import pack

_KEPT = 15
"""Binary digits behind the first."""


def rounded(description: Description) -> Description:
    """Return a description whose tables keep 15 binary digits: what the page shows, and what is said of it.

    >>> import numpy as np
    >>> from passk_lab import explorers
    >>> fine = explorers.collapse().description
    >>> coarse = rounded(fine).tables["p"].values
    >>> bool(np.nanmax(abs(coarse / fine.tables["p"].values - 1)) <= 2**-16)
    True
    """
    tables = {name: Table(table.dims, _rounded(table.values)) for name, table in description.tables.items()}
    return replace(description, tables=tables)


def _rounded(values: Any) -> Any:
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    below = np.uint32(23 - _KEPT)
    kept = (bits + (np.uint32(1) << (below - np.uint32(1)))) & ~((np.uint32(1) << below) - np.uint32(1))
    finite = np.isfinite(values) & np.isfinite(kept.view(np.float32))
    return np.where(finite, kept.view(np.float32), values)


def packed(description: Description) -> tuple[dict[str, Any], str]:
    """Return the words of a description, and its numbers as text."""
    spec, block = pack(description)
    spec.pop("look")
    side_by_side = np.frombuffer(block, dtype=np.uint8).reshape(-1, 4).T.tobytes()
    return spec, base64.b64encode(gzip.compress(side_by_side, 9, mtime=0)).decode()


def unpacked(text: str) -> bytes:
    """Return the numbers as they were before they were packed."""
    side_by_side = np.frombuffer(gzip.decompress(base64.b64decode(text)), dtype=np.uint8)
    return side_by_side.reshape(4, -1).T.tobytes()
