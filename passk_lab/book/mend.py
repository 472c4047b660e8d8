"""A page's HTML put right as a whole: places to jump to, tables that can be scrolled, links within the book."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bs4 import BeautifulSoup, NavigableString, Tag

from passk_lab.book import words
from passk_lab.book.assets import Assets, from_base64

_INSIDE = re.compile(r"^data:image/(png|svg\+xml);base64,(.*)$", re.DOTALL)
_FORMULA = re.compile(r"^\s*\$([^$]+)\$\s*$")
_NAME = re.compile(r"^(?:passk_lab\.)?(\w+(?:\.\w+)+)(?:\(.*\))?$", re.DOTALL)
HEADINGS = ("h1", "h2", "h3")


@dataclass(frozen=True)
class Section:
    """A heading of a page, by its level and its place, and the words under it."""

    level: int
    place: str
    title: str
    text: str


def mended(body: str, assets: Assets, links: Mapping[str, str], names: Mapping[str, str]) -> tuple[str, list[Section]]:
    """Return the body of a page with its faults mended, and its sections.

    Parameters
    ----------
    body : str
    assets : Assets
        Takes the pictures that lie in the HTML itself.
    links : dict
        What other pages are called in the book, as in {"01_counting_successes.ipynb": "01_counting_successes.html"}.
    names : dict
        Where public names are told of, as in {"metrics.pass_at_k": "reference-metrics.html#pass_at_k"}.
    """
    soup = BeautifulSoup(body, "html.parser")
    for style in soup.find_all("style"):
        style.decompose()
    for picture in soup.find_all("img"):
        if found := _INSIDE.match(str(picture["src"])):
            picture["src"] = assets.picture(from_base64(found[2]), found[1].removesuffix("+xml"))
    for link in soup.find_all("a"):
        page, hash_, place = str(link.get("href", "")).partition("#")
        if page in links:
            link["href"] = f"{links[page]}{hash_}{place}"
    for name in soup.find_all("code"):
        found = _NAME.match(name.get_text())
        if found and found[1] in names and not name.find_parent(["a", "pre", "h1", "h2", "h3"]):
            name.wrap(soup.new_tag("a", attrs={"class": "book-name", "href": names[found[1]]}))
    for table in soup.find_all("table"):
        _mend_table(soup, table)
    _name_headings(soup)
    return str(soup), _sections(soup)


def _mend_table(soup: BeautifulSoup, table: Tag) -> None:
    del table["border"]
    for cell in table.find_all(["td", "th"]):
        del cell["style"]
        if found := _FORMULA.match(cell.get_text()):
            cell.clear()
            cell.append(BeautifulSoup(words.formula(found[1]), "html.parser"))
    for head in table.find_all("th"):
        if not head.get_text(strip=True):
            head.name = "td"  # it heads nothing
        elif head.find_parent("tbody"):
            head["scope"] = "row"
    if (heads := table.find("thead")) and not heads.get_text(strip=True):
        heads.decompose()
    table.wrap(soup.new_tag("div", attrs={"class": "book-wide", "tabindex": "0"}))


def _name_headings(soup: BeautifulSoup) -> None:
    taken = {str(tag["id"]) for tag in soup.find_all(id=True)}
    for heading in soup.find_all(HEADINGS):
        if heading.get("id"):
            continue
        plain = re.sub(r"[^\w]+", "-", heading.get_text().lower()).strip("-")
        place, n = plain, 1
        while place in taken:
            n += 1
            place = f"{plain}-{n}"
        taken.add(place)
        heading["id"] = place


def _sections(soup: BeautifulSoup) -> list[Section]:
    found: list[tuple[int, str, str, list[str]]] = [(1, "", "", [])]
    for node in soup.descendants:
        if isinstance(node, Tag) and node.name in HEADINGS:
            found.append((int(node.name[1]), str(node["id"]), node.get_text(" ", strip=True), []))
        elif isinstance(node, NavigableString) and type(node) is NavigableString:
            found[-1][3].append(str(node))
    return [
        Section(level, place, title, " ".join(" ".join(texts).split())) for level, place, title, texts in found if place
    ]
