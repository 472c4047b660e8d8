"""What `make release` looks at holds today, and what is wrong would be said."""

import importlib.util
import re
import zipfile

import pytest
import yaml

from passk_lab.version import __version__
from tests.test_docs import ROOT

CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def release():
    spec = importlib.util.spec_from_file_location("release", ROOT / "docs" / "release.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_citation_is_valid():
    """By the schema of CFF 1.2.0: what is required, what is known, of which kind."""
    cited = yaml.safe_load(CITATION)
    assert cited["cff-version"] == "1.2.0"
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert set(cited) <= {
        "abstract",
        "authors",
        "cff-version",
        "keywords",
        "license",
        "message",
        "title",
        "type",
        "version",
    }
    assert cited["type"] == "software"
    assert all(
        isinstance(cited[key], str) and cited[key] for key in ("message", "title", "abstract", "license", "version")
    )
    assert cited["authors"] == [{"name": "the passk_lab maintainers"}]
    assert len(set(cited["keywords"])) == len(cited["keywords"])


def test_it_says_what_the_package_says():
    cited, project = yaml.safe_load(CITATION), (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert cited["version"] == __version__
    assert f'license = "{cited["license"]}"' in project
    assert f'name = "{cited["authors"][0]["name"]}"' in project


def test_versions_and_links_hold(release):
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert release.wrong_versions(CITATION, changes) == []
    assert release.wrong_links() == []


def test_the_wheel_is_whole(release, wheel):
    assert release.wrong_wheel(wheel) == []


def test_a_wheel_that_lacks_something_is_noticed(release, wheel, tmp_path):
    broken = tmp_path / wheel.name
    with zipfile.ZipFile(wheel) as whole, zipfile.ZipFile(broken, "w") as archive:
        for name in whole.namelist():
            content = whole.read(name)
            if name.endswith("METADATA"):
                content = re.sub(rb"^Requires-Python: .*$", b"Requires-Python: three", content, flags=re.MULTILINE)
            if not name.endswith("01_counting_successes.ipynb"):
                archive.writestr(name, content)
        archive.writestr("tests/test_x.py", "")
    said = release.wrong_wheel(broken)
    assert len(said) == 3
    assert "requires-python" in said[0].lower()
    assert said[1] == "the wheel lacks passk_lab/_bundled/notebooks/01_counting_successes.ipynb."
    assert said[2] == "the wheel holds tests/test_x.py."


def test_wrong_versions_links_and_unnamed_changes_are_said(release, tmp_path):
    assert len(release.wrong_versions("", "# Changes\n\n## 9.9\n")) == 2
    assert release.unnamed_changes("# Changes\n\n## Unreleased\n\n- This.\n\n## 0.1.0\n")
    assert not release.unnamed_changes("# Changes\n\n## Unreleased\n\n## 0.1.0\n")
    (tmp_path / "README.md").write_text(
        "[a](notes.md) [b](http://a.b/c) [c](https://no-host) [d](#x) [e](README.md#y)\n"
    )
    assert [said.split(" links to ")[1] for said in release.wrong_links(tmp_path)] == [
        "notes.md, which is not there.", "http://a.b/c, no https address.", "https://no-host, no https address.",
        "README.md#y, which has no such heading.",
    ]  # fmt: skip
