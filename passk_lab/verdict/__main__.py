"""`python -m passk_lab.verdict` writes docs/verdict.md, the same bytes each time; `--check` only compares."""

import sys
from pathlib import Path

from passk_lab import files
from passk_lab.verdict import page

PAGE = Path(__file__).parents[2] / "docs" / "verdict.md"


def main(given: list[str]) -> int:
    """Write the page, or say whether it is as it should be; where there is no docs folder, print it."""
    text = page()
    if not PAGE.parent.is_dir():
        print(text)
        return 0
    same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
    if not same and "--check" not in given:
        files.put(PAGE, text)
    if not same:
        print(f"{PAGE.name} {'is not what the lab computes' if '--check' in given else 'is written'}")
    return int(not same and "--check" in given)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
