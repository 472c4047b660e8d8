"""Unit tests of the front end, written in its own language (front/*.test.js) and run by the browser."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((Path(__file__).parent / "front").glob("*.test.js"))
TESTS = [
    pytest.param(file, name, id=f"{file.name}: {name}")
    for file in FILES
    for name in re.findall(r'^test\("([^"]+)"', file.read_text(encoding="utf-8"), re.MULTILINE)
]
ORIGIN = "http://passk.test"  # answered from the disk, below; nothing leaves the page


@pytest.fixture(scope="module")
def outcome_of(new_file_page):
    outcomes = {}

    def run(file: Path) -> dict[str, str]:
        if file not in outcomes:
            outcomes[file] = new_file_page().evaluate(
                """async ([file, harness]) => { await import(file); return (await import(harness)).runAll(); }""",
                [address(file), address(file.with_name("harness.js"))],
            )
        return outcomes[file]

    return run


@pytest.fixture(scope="module")
def new_file_page(browser):
    context = browser.new_context()

    def answer(route) -> None:
        path = ROOT / route.request.url.removeprefix(ORIGIN).lstrip("/")
        if path.suffix == ".js":
            route.fulfill(body=path.read_text(encoding="utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>tests</title>", content_type="text/html")

    context.route("**/*", answer)

    def open_page():
        page = context.new_page()
        page.goto(ORIGIN)
        return page

    yield open_page
    context.close()


def address(file: Path) -> str:
    return f"{ORIGIN}/{file.relative_to(ROOT).as_posix()}"


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_front(file, name, outcome_of):
    outcome = outcome_of(file)
    assert outcome[name] == ""


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_every_test_of_a_file_is_named_here(file, outcome_of):
    assert set(outcome_of(file)) == {name for _, name in (test.values for test in TESTS if test.values[0] == file)}
