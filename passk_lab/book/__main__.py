"""python -m passk_lab.book OUT: write the book into a folder."""

import argparse
from pathlib import Path

from passk_lab import book


def main() -> None:
    """Write the book, or a part of it."""
    parser = argparse.ArgumentParser(prog="python -m passk_lab.book", description=book.__doc__)
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--only", nargs="+", metavar="NN", help="these notebooks alone, as in --only 01 02")
    options = parser.parse_args()
    print(book.write(options.out, only=options.only, say=print))


if __name__ == "__main__":
    main()
