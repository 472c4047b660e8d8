"""The bundled tables of published samples, read with the standard library alone."""

import csv
import gzip
from pathlib import Path

import numpy as np

DATA = Path(__file__).parents[2] / "data"


def rows(name):
    """Rows of a table as dictionaries of text."""
    path = DATA / name
    with gzip.open(path, "rt", encoding="utf-8") if name.endswith("gz") else path.open(encoding="utf-8") as text:
        return list(csv.DictReader(text))


def counts(name, **where):
    """Columns n and c of the rows that have the given values."""
    kept = [r for r in rows(name) if all(r[column] == value for column, value in where.items())]
    return np.array([int(r["n"]) for r in kept]), np.array([int(r["c"]) for r in kept])
