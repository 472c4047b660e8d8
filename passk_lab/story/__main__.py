"""`python -m passk_lab.story` writes docs/index.html, the same each time; `--check` only compares."""

import sys
from pathlib import Path

from passk_lab import files
from passk_lab.story.assembly import page

PAGE = Path(__file__).parents[2] / "docs" / "index.html"


def main(given: list[str]) -> int:
    """Write the page to a path, or to docs/; where there is no docs folder, print it."""
    path = Path(given[0]) if given else PAGE
    if not given and not path.parent.is_dir():
        print(page())
        return 0
    text = page()
    files.put(path.resolve(), text)
    print(f"{path}: {len(text.encode()) / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
