"""The teacher's kit as a stick holds it: written once by the command, then every page opened from disk."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import expect

from passk_lab.cli import main
from passk_lab.teach.figures import FIGURES
from tests.browser.conftest import watch
from tests.browser.test_axe import faults

WITHOUT_THE_BOOK = 6_000_000
OF_THE_PAGE = 1_400_000
"""Bytes that the story's page may have; room is left for it where it is not there yet."""


class Links(HTMLParser):
    """What a page links to, and the places on it that can be linked to."""

    def __init__(self, text):
        super().__init__()
        self.links, self.places = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.links += [found["href"]] if tag == "a" else []
        self.places |= {found["id"]} if "id" in found else set()


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    out = tmp_path_factory.mktemp("kit") / "out"
    assert main(["teach", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def pages(kit):
    """Every page of the kit by its name below the folder."""
    found = sorted(path for path in kit.rglob("*.html") if path.name != "page.html")
    return {str(path.relative_to(kit)): Links(path.read_text(encoding="utf-8")) for path in found}


def leads_to(kit, name, link):
    """The file a link leads to, by its name below the folder, and what stands behind the #."""
    parts = urlsplit(link)
    assert not parts.scheme, f"{name} links to {link}"
    target = (kit / name).parent / unquote(parts.path) if parts.path else kit / name
    return str(target.resolve().relative_to(kit.resolve())), parts.fragment


def test_every_link_leads_somewhere_and_everything_is_reached_from_the_first_page(kit, pages):
    reached, left = set(), ["index.html"]
    while left:
        name = left.pop()
        if name in reached:
            continue
        assert (kit / name).is_file(), name
        reached.add(name)
        for link in pages[name].links if name in pages else []:
            target, place = leads_to(kit, name, link)
            left.append(target)
            if place and "=" not in place:
                assert place in pages[target].places, f"{name} links to {link}"
    hidden = {".passk-lab.json", ".passk-lab.json.lock"}
    assert reached == {str(path.relative_to(kit)) for path in kit.rglob("*") if path.is_file()} - hidden
    for name in (*(f"plan-{length}.html" for length in ("45-minutes", "90-minutes", "one-day", "four-weeks")),
                 "handout.html", "LICENCES.md", "teacher/exam.md", "teacher/exam-key.md"):  # fmt: skip
        assert name in reached


def test_it_is_small_enough_for_any_web_space(kit):
    sizes = {path: path.stat().st_size for path in kit.rglob("*") if path.is_file()}
    page = sizes.pop(kit / "page.html", 0)
    assert page <= OF_THE_PAGE
    assert sum(sizes.values()) <= WITHOUT_THE_BOOK - OF_THE_PAGE


def test_nothing_that_is_for_the_class_leads_to_the_keys_but_one_line(kit, pages):
    lead = {(name, link) for name in pages for link in pages[name].links if not name.startswith("teacher/")}
    assert {(name, link) for name, link in lead if "teacher/" in link} == {("index.html", "teacher/index.html")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_opens_on_a_phone_from_disk_and_asks_for_nothing(scheme, kit, pages, new_page):
    page, found = new_page(color_scheme=scheme, viewport={"width": 360, "height": 640}), {}
    watch(page, page)
    page.context.set_offline(True)
    # Figures are all of one kind: one of them is looked at here, the others by what explorers are tested by.
    for name in pages:
        if name.startswith("figures/") and name != "figures/collapse.html":
            continue
        page.goto((kit / name).as_uri())
        if name.startswith("figures/"):
            page.locator("canvas").first.wait_for()
        assert page.locator("h1").count() == 1, name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        found[name] = faults(page)
    assert {name: of_one for name, of_one in found.items() if of_one} == {}
    assert (page.errors, page.strangers) == ([], [])


def test_a_link_of_a_plan_opens_the_figure_as_it_says(kit, pages, new_page):
    page = new_page()
    for one in FIGURES:
        asked = [link for link in pages["plan-four-weeks.html"].links if link.endswith(f"/{one.name}.html{one.to_ask}")]
        page.goto("about:blank")
        page.goto((kit / "index.html").as_uri().replace("index.html", asked[0]))
        page.locator("canvas").first.wait_for()
        shown = page.locator(".passk-words")
        expect(page.get_by_role("heading", level=1)).to_have_text(one.title)
        expect(shown).to_have_text("")
        page.locator("summary", has_text="What is right").click()
        page.get_by_role("link", name="the view that shows it").click()
        expect(shown.locator("p").first).to_have_text(one.description.words(one.answering)[0])


def test_from_a_dark_screen_light_pictures_come_to_paper(kit, new_page):
    page = new_page(color_scheme="dark")
    page.goto((kit / "index.html").as_uri())
    light, dark = (page.locator(f".passk-doc-{theme}").first for theme in ("light", "dark"))
    expect(dark).to_be_visible()
    expect(light).to_be_hidden()
    page.emulate_media(media="print")
    expect(light).to_be_visible()
    expect(dark).to_be_hidden()


def test_the_sheet_is_one_leaf_on_either_paper(kit, new_page):
    page = new_page()
    page.goto((kit / "handout.html").as_uri())
    for paper in ("A4", "Letter"):
        assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format=paper))) == 2
