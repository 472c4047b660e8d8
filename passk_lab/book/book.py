"""The whole book: its pages in reading order, what they share, and the folder into which all of it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from passk_lab import arguments, files
from passk_lab.book import cells, first_page, look_of_book, reference, run, search, words
from passk_lab.book.assets import Assets
from passk_lab.book.mend import mended
from passk_lab.book.page import Page, written
from passk_lab.course import builder

_GLOSSARY = "glossary.html"
_NAMES = {"names.md": reference.LIST}


def write(
    out: Path | str, *, only: Sequence[str] | None = None, kept: Path | None = None,
    say: Callable[[str], object] = lambda text: None,
) -> Path:  # fmt: skip
    """Write the book into a folder, and return its first page.

    Notebooks that were run are kept, and run anew only when their source, the lab or a package on which they stand has
    changed. The book needs no network and no server: it can be opened from disk, or put on any web space.

    Parameters
    ----------
    out : Path
        Is made where it is not there; a file of the same name is replaced, any other is left.
    only : sequence of str, optional
        The numbers of notebooks, as in ["01"], where not all of them are wanted; without the reference then.
    kept : Path, optional
        Where notebooks that were run are kept for the next time; the user's cache if not given.
    say : callable
        Hears of each notebook that is run.

    Raises
    ------
    KeyError
        For a number that no notebook has; the message lists those there are.
    nbclient.exceptions.CellExecutionError
        If a cell of a notebook fails.
    """
    out = arguments.path("out", out)
    kept = kept if kept is None else arguments.path("kept", kept)
    only = only if only is None else arguments.as_one_of("only", only, (list, tuple), "a list of numbers, as in ['01']")
    sources = {one.stem[:2]: one for one in builder.sources()}
    if only is not None:
        sources = {number: sources[arguments.known("notebook", number, list(sources))] for number in sorted(only)}
    return write_of(list(sources.values()), out, kept=kept, say=say, whole=only is None)


def write_of(
    sources: Sequence[Path], out: Path, *, kept: Path | None = None, say: Callable[[str], object] = lambda text: None,
    whole: bool = False,
) -> Path:  # fmt: skip
    """Write a book of these notebooks, `whole` with the reference, and return its first page."""
    assets = Assets()
    pages = list(_pages(sources, assets, kept, say, whole=whole))
    content: dict[str, str | bytes] = {page.path: written(page, pages) for page in pages}
    content["book.js"], content["book.css"] = look_of_book.script(), look_of_book.style(assets)
    content["search.js"] = search.index(pages)
    content.update(assets.files)
    for folder in {(out / path).parent for path in content}:
        folder.mkdir(parents=True, exist_ok=True)
    for path, text in content.items():
        files.put(out / path, text)
    return out / pages[0].path


def _pages(
    sources: Sequence[Path], assets: Assets, kept: Path | None, say: Callable[[str], object], *, whole: bool
) -> Iterator[Page]:
    """Give the pages in reading order."""
    links = {f"{source.stem}.ipynb": f"{source.stem}.html" for source in sources}
    links |= {builder.GLOSSARY: _GLOSSARY, **_NAMES}
    names = reference.places() if whole else {}

    def page(path: str, title: str, body: str, part: str = "") -> Page:
        body, sections = mended(body, assets, links, names)
        return Page(path, title.format(sections[0].title), body, sections, part)

    notebooks = [
        page(f"{source.stem}.html", f"{source.stem[:2]} {{}}", cells.body(notebook, assets), "" if i else "Notebooks")
        for i, (source, notebook) in enumerate(zip(sources, run.executed(sources, kept=kept, say=say), strict=True))
    ]
    yield page(first_page.PATH, first_page.TITLE, first_page.body(notebooks, whole=whole))
    yield from notebooks
    yield page(_GLOSSARY, "Glossary", words.markdown(builder.glossary()), "Words and names")
    if whole:
        for path, title, body in reference.pages():
            yield page(path, title, body)
