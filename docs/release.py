"""What must hold before a release: `make release` builds it as it would be, and looks. Nothing is sent anywhere.

python docs/release.py           wheel and sdist with their metadata, links, versions; exit 1 if something is wrong
python docs/release.py --final   also that no change is left under Unreleased
"""

import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from packaging.metadata import Metadata

from passk_lab.course.builder import sources
from passk_lab.version import __version__

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/*.md", "data/*.md", "examples/*.md")
_LINK = re.compile(r'\]\(([^)\s]+)\)|(?:href|src|srcset)="([^"]+)"')
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def wrong_versions(citation: str, changes: str, version: str = __version__) -> list[str]:
    """Say where another version stands than in version.py.

    >>> wrong_versions("version: 0.1.0", "# Changes\\n\\n## 0.1.0\\n", version="0.1.0")
    []
    >>> wrong_versions("version: 0.0.9", "# Changes\\n\\n## Unreleased\\n\\n## 0.1.0\\n", version="0.1.0")
    ['CITATION.cff says version 0.0.9, version.py 0.1.0.']
    """
    found = {
        "CITATION.cff": re.search(r"^version: *[\"']?([^\s\"']+)", citation, re.MULTILINE),
        "CHANGELOG.md": re.search(r"^## (\d\S*)", changes, re.MULTILINE),
    }
    said = {file: match[1] if match else "nothing" for file, match in found.items()}
    return [f"{file} says version {it}, version.py {version}." for file, it in said.items() if it != version]


def unnamed_changes(changes: str) -> list[str]:
    """Say whether changes are left that no version has."""
    left = re.search(r"^## Unreleased\n+(?!## )\S", changes, re.MULTILINE)
    return ["CHANGELOG.md has changes under Unreleased: give them the number of this release."] if left else []


def wrong_links(root: Path = ROOT) -> list[str]:
    """Say which links of the documents lead nowhere in the project, or are no addresses; no network is asked."""
    return [
        f"{page.relative_to(root)} links to {address}, {said}."
        for pattern in PAGES
        for page in sorted(root.glob(pattern))
        for address in _links(page.read_text(encoding="utf-8"))
        if (said := _fault(address, page.parent))
    ]


def _links(text: str) -> Iterator[str]:
    for bare, source in _LINK.findall(_FENCE.sub("", text)):
        yield bare or source


def _fault(address: str, folder: Path) -> str:
    """What is wrong with an address, or nothing."""
    if re.match(r"[a-z]+:", address):
        parts = urlsplit(address)
        if parts.scheme == "mailto":
            return ""
        return (
            "" if parts.scheme == "https" and re.fullmatch(r"([\w-]+\.)+[a-z]+", parts.netloc) else "no https address"
        )
    place, _, heading = address.partition("#")
    target = folder / place if place else None
    if target is not None and not target.exists():
        return "which is not there"
    if heading and target is not None and target.suffix == ".md" and heading not in _headings(target):
        return "which has no such heading"
    return ""


def _headings(page: Path) -> set[str]:
    lines = _FENCE.sub("", page.read_text(encoding="utf-8")).splitlines()
    return {re.sub(r"[^\w\- ]", "", one.lstrip("# ").lower()).replace(" ", "-") for one in lines if one.startswith("#")}


def wrong_wheel(wheel: Path) -> list[str]:
    """Say what is wrong with a wheel: its metadata by the packaging standards, and what has to be in it."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (info,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        said = _metadata(archive.read(info))
        entry = archive.read(info.replace("METADATA", "entry_points.txt")).decode()
    wanted = [f"passk_lab/_bundled/notebooks/{source.stem}.ipynb" for source in sources()]
    wanted += [f"passk_lab/_bundled/notebooks/src/{source.name}" for source in sources()]
    data = ROOT / "data"
    wanted += [
        f"passk_lab/_bundled/data/{path.relative_to(data).as_posix()}" for path in data.rglob("*") if path.is_file()
    ]
    said += [f"the wheel lacks {name}." for name in wanted if name not in names]
    said += [
        f"the wheel holds {name}." for name in names if name.split("/")[0] not in ("passk_lab", info.split("/")[0])
    ]
    if "passk-lab = passk_lab.cli:main" not in entry:
        said.append("the wheel brings no command passk-lab.")
    return said


def wrong_sdist(sdist: Path) -> list[str]:
    """Say what is wrong with a source distribution."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        info = archive.extractfile(f"{sdist.name.removesuffix('.tar.gz')}/PKG-INFO")
        said = _metadata(info.read() if info else b"")
    wanted = ("pyproject.toml", "README.md", "LICENSE", "CITATION.cff", "CHANGELOG.md", "docs/glossary.md")
    return said + [f"the sdist lacks {name}." for name in wanted if name not in names]


def _metadata(content: bytes) -> list[str]:
    try:
        found = Metadata.from_email(content, validate=True)
    except ExceptionGroup as errors:
        return [f"the metadata are not valid: {error}." for error in errors.exceptions]
    said = [] if str(found.version) == __version__ else [f"the metadata say version {found.version}."]
    missing = [
        name for name in ("summary", "description", "license_expression", "requires_python", "keywords", "classifiers")
        if not getattr(found, name)
    ]  # fmt: skip
    if found.description_content_type != "text/markdown":
        missing.append("description_content_type")
    return said + [f"the metadata have no {name}." for name in missing]


def built(out: Path) -> tuple[Path, Path]:
    """Build both into a folder, as a release does."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(out.glob("*.whl")), next(out.glob("*.tar.gz"))


def main(arguments: list[str]) -> int:
    """Check everything, say what was looked at and what is wrong."""
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    wrong = wrong_versions((ROOT / "CITATION.cff").read_text(encoding="utf-8"), changes) + wrong_links()
    with tempfile.TemporaryDirectory() as folder:
        wheel, sdist = built(Path(folder))
        wrong += wrong_wheel(wheel) + wrong_sdist(sdist)
        sizes = f"{wheel.name} {wheel.stat().st_size / 1e6:.1f} MB, {sdist.name} {sdist.stat().st_size / 1e6:.1f} MB"
    left = unnamed_changes(changes)
    if "--final" in arguments:
        wrong, left = wrong + left, []
    print(f"{sizes}: metadata, contents, links and versions looked at.")
    print("\n".join([*(f"wrong: {it}" for it in wrong), *(f"left: {it}" for it in left)] or ["nothing is wrong."]))
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
