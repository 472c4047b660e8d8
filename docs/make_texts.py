"""Write what the documents take from the code: the lists of public names and formats, and how many there are of what.

python docs/make_texts.py           write docs/names.md and docs/formats.md, data/SHA256SUMS, and the counts in
                                    README.md and CHANGELOG.md
python docs/make_texts.py --check   only say whether they are as they should be (`make lint` and a test ask)
"""

import re
import sys
from pathlib import Path

from passk_lab import bundled, files, lm, objectives
from passk_lab.book.names import first_sentence, path_of, public, rooms
from passk_lab.course.content import EXERCISES
from passk_lab.exact import derivations
from passk_lab.readers.format import every

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "names.md"
FORMATS = ROOT / "docs" / "formats.md"
HEAD = """# Every public name

Written by `python docs/make_texts.py` from the docstrings; `help(name)` in a notebook has the rest. Which symbol is
which name, and what the words of the field mean, is in [the glossary](glossary.md).
"""
HEAD_OF_FORMATS = """# Result files that can be read

Written by `python docs/make_texts.py` from the readers in `passk_lab/readers/formats`. `readers.read(PATH)` takes files
or folders, packed (gzip, bzip2, xz, zstd) or not, and finds out which tool they are of. What is no sample is left out
and counted; where two readings count differently, it asks.

| tool | files | a problem | a sample | right | mind |
|---|---|---|---|---|---|
"""


def page() -> str:
    """Return the whole text."""
    parts = [HEAD]
    for room in rooms():
        path = path_of(room)
        parts.append(f"\n## {path}\n\n{first_sentence(room, path, room)}\n\n| name | what it is |\n|---|---|\n")
        parts += [f"| `{path}.{name}` | {first_sentence(room, name, thing)} |\n" for name, thing in public(room)]
    return "".join(parts)


def formats() -> str:
    """Return the table of readers: what in each tool's files is what."""
    rows = [
        (one.name, one.writes, one.problem_is, one.sample_is, one.correct_is, one.trap)
        for _, one in sorted(every().items(), key=lambda of_name: of_name[0].lower())
    ]
    return HEAD_OF_FORMATS + "".join(
        f"| {' | '.join(word.replace('|', chr(92) + '|') for word in row)} |\n" for row in rows
    )


WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip


def counts() -> list[tuple[str, str, int]]:
    """Return the sentences that count something: document, words around the number, number."""
    goals, mechanisms, runs = len(objectives.overview()), len(lm.mechanisms.names()), len(lm.recorded.cells())
    mistakes = sum(len(exercise.mistakes) for exercise in EXERCISES.values())
    return [
        ("README.md", "it is one of {} typical mistakes", mistakes),
        ("README.md", "has {} training goals as functions of p", goals),
        ("README.md", "{} exploration mechanisms", mechanisms),
        ("README.md", "{} recorded runs come with it", runs),
        ("CHANGELOG.md", "{} objectives as functions of p", goals),
        ("CHANGELOG.md", "{} exploration mechanisms", mechanisms),
        ("CHANGELOG.md", "`data/runs`: {} recorded runs", runs),
        ("CHANGELOG.md", "{} derivations checked in three ways", len(derivations.names())),
    ]


def with_counts(text: str, phrases: list[tuple[str, int]], may_lack: bool = False) -> str:
    r"""Put the numbers into their phrases, in words where a word stood; a phrase may run over the end of a line.

    >>> with_counts("It has three\n  doors and 3 windows.", [("has {} doors", 4), ("{} windows", 5)])
    'It has four\n  doors and 5 windows.'
    """
    for phrase, number in phrases:
        before, after = (re.escape(part).replace(r"\ ", r"\s+") for part in phrase.split("{}"))

        def counted(found: re.Match[str], number: int = number) -> str:
            word = found[2].lower() in WORDS and number < len(WORDS)
            return f"{found[1]}{WORDS[number] if word else number}{found[3]}"

        text, times = re.subn(f"({before})([\\w,]+)({after})", counted, text)
        if not times and not may_lack:
            raise SystemExit(f"no document says {phrase!r} any more: change `counts` as well.")
    return text


def documents() -> dict[Path, str]:
    """Return every document this writes, as it should be."""
    found = {PAGE: page(), FORMATS: formats(), bundled.folder("data") / bundled.SUMS: bundled.sums()}
    for file in ("README.md", "CHANGELOG.md"):
        text = (ROOT / file).read_text(encoding="utf-8")
        # What was released keeps the numbers it had.
        cut = re.search(r"^## \d", text, re.MULTILINE) if file == "CHANGELOG.md" else None
        ours, rest = (text[: cut.start()], text[cut.start() :]) if cut else (text, "")
        phrases = [(phrase, number) for where, phrase, number in counts() if where == file]
        found[ROOT / file] = with_counts(ours, phrases, may_lack=file == "CHANGELOG.md") + rest
    return found


def main(arguments: list[str]) -> int:
    """Write the documents, or with --check say which are not up to date."""
    stale = {path: text for path, text in documents().items() if not path.exists() or path.read_text("utf-8") != text}
    if arguments == ["--check"]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what the code says: run `make texts`.")
        return 1 if stale else 0
    for path, text in stale.items():
        files.put(path, text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
