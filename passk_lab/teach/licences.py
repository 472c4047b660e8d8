"""What may be done with each part of the kit: the licences of prose, figures and code, and those of the data."""

from __future__ import annotations

import re

from passk_lab import bundled
from passk_lab.version import __version__

_OURS = """\
# Licences

What this folder holds was made by passk_lab {version}.

| what | licence |
|---|---|
| prose and figures: the pages, the sheet, the plans, the exam, the text and the pictures of the notebooks | \
[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/) |
| code: that of the notebooks, and the JavaScript and CSS inside the pages | MIT, below |
| numbers of others that the figures are drawn from | each its own, below |

To name the source of prose and figures, this will do: "passk_lab, CC BY 4.0". Say so where you changed something.
"""


def licences() -> str:
    """Return LICENCES.md: ours, and for each file of data its source, its licence and the ground on which it is used.

    >>> "CC BY 4.0" in licences(), "MIT License" in licences()
    (True, True)
    """
    sources = (bundled.folder("data") / "SOURCES.md").read_text(encoding="utf-8")
    return "\n".join(
        [_OURS.format(version=__version__), *_of_data(sources), "\n## The licence of the code\n", bundled.licence()]
    )


def _of_data(sources: str) -> list[str]:
    """Take from the list of sources what is said there of origin, licence, ground and how to cite, file by file."""
    grounds = re.search(r"^\*\*The ground for .*?(?=\n\n\| #)", sources, re.MULTILINE | re.DOTALL)
    said = ["## Data\n", grounds[0] if grounds else "", ""]
    for chapter in re.split(r"^## (?=\d)", sources, flags=re.MULTILINE)[1:]:
        title, _, text = chapter.partition("\n")
        kept = re.findall(r"^- \*\*(?:Origin|Licence|Ground|Cite)[^\n]*(?:\n  [^\n]*)*", text, re.MULTILINE)
        said.append("\n".join([f"### {title}\n", *kept, ""]))
    return said
