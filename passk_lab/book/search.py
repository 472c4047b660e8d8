"""What the search of the book looks through: each section with its words."""

from __future__ import annotations

from collections.abc import Sequence

from passk_lab.book.assets import as_script
from passk_lab.book.page import Page


def index(pages: Sequence[Page]) -> str:
    """Return the index as a script: of each section its page, its place, its title, its words."""
    rows = [
        [page.title, f"{page.path}#{section.place}", section.title, section.text]
        for page in pages
        for section in page.sections
    ]
    return f"passk.found({as_script(rows)});\n"
