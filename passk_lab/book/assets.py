"""What pages share: pictures, front ends, numbers of explorers. Each is a file of its own, once in a book."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
from functools import cache
from typing import Any

from passk_lab import front

_AS_MODULE = "export default front.default;\n"


class Assets:
    """Files of a book by their paths, named by what they hold: the same thing twice is one file."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.styles: dict[str, None] = {}
        """Style sheets of the front ends, in the order in which they came up."""

    def picture(self, data: bytes, kind: str) -> str:
        """Take in a picture, and return its path."""
        return self._put(f"pictures/{_digest(data)}.{kind}", data)

    def front(self, widget: str) -> str:
        """Take in the front end of a class of widgets, by its dotted name, and return the path of the script."""
        text, style = _front(widget)
        self.styles[style] = None
        return self._script("fronts", widget.rpartition(".")[2].lower(), "front", text)

    def fixed(self, name: str, traits: dict[str, Any]) -> str:
        """Take in what is the same wherever a widget is shown, and return the path of the script."""
        return self._script("figures", name, "fixed", as_script(traits))

    def _script(self, folder: str, name: str, what: str, text: str) -> str:
        # A page opened from disk may not fetch, but it may load scripts: so a script hands the page what it holds.
        path = f"{folder}/{name}-{_digest(text.encode())}.js"
        return self._put(path, f"passk.{what}({json.dumps(path)}, {text});\n".encode())

    def _put(self, path: str, content: bytes) -> str:
        self.files[path] = content
        return path


@cache
def _front(widget: str) -> tuple[str, str]:
    module, _, name = widget.rpartition(".")
    made = getattr(importlib.import_module(module), name)
    text = made._esm.removesuffix(_AS_MODULE)
    return f"(() => {{\n{text}return front.default;\n}})()", made._css


def as_script(value: object) -> str:
    """Write a value as JSON that may stand in a script and in an element of one.

    >>> as_script("</script>")
    '"\\\\u003c/script>"'
    """
    return front.as_script(value, ensure_ascii=False, separators=(",", ":"))


def name_of(traits: dict[str, Any]) -> str:
    """Return a name for what a widget asks, under which the answer is kept: who asks another thing has another name."""
    return _digest(as_script(traits).encode())


def from_base64(text: str) -> bytes:
    """Return the bytes of a picture as a notebook holds it."""
    return base64.b64decode("".join(text.split()))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:10]
