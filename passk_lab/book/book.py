"""The whole book: its pages in reading order, what they share, and the folder into which all of it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from passk_lab import files
from passk_lab.book import cells, look_of_book, run, search
from passk_lab.book.assets import Assets
from passk_lab.book.mend import mended
from passk_lab.book.page import Page, written
from passk_lab.course import builder


def write(
    out: Path | str, *, only: Sequence[str] | None = None, kept: Path | None = None,
    say: Callable[[str], object] = lambda text: None,
) -> Path:  # fmt: skip
    """Write the book into a folder, and return its first page.

    Parameters
    ----------
    out : Path
        Is made where it is not there.
    only : sequence of str, optional
        The numbers of notebooks, as in ["01"], where not all of them are wanted.
    kept : Path, optional
        Where notebooks that were run are kept for the next time; the user's cache if not given.
    say : callable
        Hears what is done, a line each.
    """
    out = Path(out)
    sources = [one for one in builder.sources() if only is None or one.stem[:2] in only]
    links = {f"{one.stem}.ipynb": f"{one.stem}.html" for one in sources} | {builder.GLOSSARY: "glossary.html"}
    assets, pages = Assets(), []
    for source, notebook in zip(sources, run.executed(sources, kept=kept, say=say), strict=True):
        body, sections = mended(cells.body(notebook, assets), assets, links)
        pages.append(Page(f"{source.stem}.html", f"{source.stem[:2]} {sections[0].title}", body, sections))
    texts = {page.path: written(page, pages) for page in pages}
    texts |= {
        "book.js": look_of_book.script(),
        "book.css": look_of_book.style(assets),
        "search.js": search.index(pages),
    }
    for path, content in {**texts, **assets.files}.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        files.put(out / path, content)
    return out / pages[0].path
