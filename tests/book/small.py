"""A notebook with one of each thing a page has, made up, and the book of it."""

import re
from html import unescape
from pathlib import Path

from passk_lab.book.book import write_of

SOURCE = r"""# %% [markdown]
# # A small notebook
#
# It begins. Words: [glossary](glossary.md#words), and `metrics.pass_at_k`.
#
# $$\binom{n}{k} = \frac{n!}{k!\,(n-k)!}$$
#
# | | |
# |---|---|
# | **Rw** | ww, $p^k$ |

# %%
import pandas as pd

from passk_lab import explorers
from passk_lab.course import check, draw, predict, progress, quiz, reveal

progress("01_counting_successes")

# %% [markdown]
# ## What moves & judges

# %%
explorers.visits()

# %%
predict("of the book", "How many?", 1, 100)

# %%
reveal("of the book", 36)

# %%
quiz("why unbiased")

# %%
draw("of the book", "Draw it.", k=[1, 2, 4], hidden=[0.5, 0.75, 0.9375], label="p = 0.5")

# %% [markdown]
# ### An exercise

# %%
def all_right(n, c, k):
    # solution
    import math

    if k > n:
        raise ValueError("too few")
    return math.comb(c, k) / math.comb(n, k)
    # end solution


check.all_right(all_right)

# %% tags=["teacher"]
"the teacher's own"

# %%
print("\x1b[31mred < 1\x1b[0m")
pd.DataFrame({"F": ["$1 - (1-p)^k$", "</script><b>"], "n": [1, 2]})
"""


def write_small(folder: Path, text: str = SOURCE, **more) -> Path:
    """Write the notebook and the book of it, and return the notebook's page."""
    source = folder / "src" / "00_small.py"
    source.parent.mkdir(exist_ok=True)
    source.write_text(text, encoding="utf-8")
    write_of([source], folder / "book", kept=folder / "kept", **more)
    return folder / "book" / "00_small.html"


def dead_links(folder: Path) -> list[str]:
    """Links of all pages in a folder, pictures and scripts too, that lead nowhere within it."""
    texts = {page.name: page.read_text(encoding="utf-8") for page in folder.glob("*.html")}
    places = {name: {unescape(place) for place in re.findall(r'\sid="([^"]*)"', text)} for name, text in texts.items()}
    dead = []
    for name, text in texts.items():
        for link in {unescape(it) for it in re.findall(r'\s(?:href|src|data-front)="([^"]*)"', text)}:
            page, hash_, place = link.partition("#")
            if re.match(r"[a-z]+:", link):
                continue
            if (page and not (folder / page).is_file()) or (hash_ and place not in places[page or name]):
                dead.append(f"{name}: {link}")
    return sorted(dead)
