"""A class as it might hand in: forty students, with what goes wrong in a class, and what someone might try."""

import json
from pathlib import Path

from passk_lab.course import builder

FIRST = [
    "Ada",
    "Amara",
    "Ben",
    "Björn",
    "Chen",
    "Cleo",
    "Dana",
    "Emil",
    "Fatima",
    "Finn",
    "Greta",
    "Hana",
    "Ida",
    "Ivo",
    "Jana",
    "Jonas",
    "Kai",
    "Kira",
    "Lea",
    "Leo",
    "Mara",
    "Milo",
    "Nora",
    "Omar",
    "Pia",
    "Quinn",
    "Rosa",
    "Samir",
    "Tara",
    "Udo",
    "Vera",
    "Wim",
    "Xenia",
    "Yuki",
    "Zoe",
]
LAST = ["Abel", "Braun", "Costa", "Diaz", "Ek", "Fox", "Gomez", "Hahn", "Ito", "Jansen"]

WRONG = {
    "at_least_one": ["return p**k", "return k * p", "return k * p", "return min(1.0, k * p)", "return (1 - p) ** k"],
    "draws_needed": ["return math.ceil(target / p)",
                     "k = 1\n    while 1 - (1 - p) ** k < target:\n        k += 1\n    return k"],
    "mixed_group": ["return 1 - (1 - p) ** n", "return 1 - (1 - p) ** n", "return 1 - p**n", "return 2 * p * (1 - p)"],
    "pass_at_k": ["return 1 - (1 - c / n) ** k", "return 1 - (1 - c / n) ** k", "return c / n",
                  "print(1 - (1 - c / n) ** k)"],
    "all_right": ["return (c / n) ** k", "return (c / n) ^ k"],
    "crossing": ["return 1"],
}  # fmt: skip
"""Bodies that people write."""
HEADS = {
    "at_least_one": "p, k", "draws_needed": "p, target", "mixed_group": "p, n", "pass_at_k": "n, c, k",
    "all_right": "n, c, k", "crossing": "base, trained", "mean_pass_at_k": "ns, cs, k",
}  # fmt: skip
NOTEBOOKS = ("00_start_here", "01_counting_successes")


def notebook(*cells, nbformat=4):
    """A notebook of code cells."""
    made = [
        {"cell_type": "code", "metadata": {}, "source": cell, "outputs": [], "execution_count": None} for cell in cells
    ]
    return json.dumps({"nbformat": nbformat, "nbformat_minor": 5, "metadata": {}, "cells": made}).encode()


def function(name, body):
    return f"import math\n\ndef {name}({HEADS[name]}):\n    {body}\n\n\ncheck.{name}({name})"


def handed_in(which, answers):
    """A student's notebook: the course's own, with some exercises answered: "solved", None (left), or a body."""
    source = next(path for path in builder.sources() if path.stem == which)
    made, solved = json.loads(builder.build(source)), json.loads(builder.build(source, "solved"))
    for cell, right in zip(made["cells"], solved["cells"], strict=True):
        text = "".join(cell["source"])
        for name, answer in answers.items():
            if f"check.{name}({name})" in text and answer is not None:
                cell["source"] = right["source"] if answer == "solved" else function(name, answer)
    return json.dumps(made).encode()


def progress(number, answers, version=2):
    """What the course would have remembered of the way there."""
    exercises = {}
    for at, (name, answer) in enumerate(answers.items()):
        if answer is None:
            continue
        tries = 1 + (number * 7 + at * 3) % 5
        entry = {"best": "correct" if answer == "solved" else "incorrect", "attempts": tries}
        if version > 1:
            wrong = {"at_least_one": "sum", "pass_at_k": "replacement", "mixed_group": "any right"}.get(
                name, "incorrect"
            )
            entry |= {"tried": [wrong] * (tries - 1) + ["correct" if answer == "solved" else wrong]}
            entry |= {"hints": (number + at) % 3, "solution": (number + at) % 11 == 0}
        exercises[name] = entry
    stored = {
        "exercises": exercises,
        "questions": {},
        "drawings": {},
        "predictions": {"draws for half": 20 + 3 * (number % 30)},
    }
    if version > 1:
        stored |= {"version": version, "revealed": {"draws for half": 69}}
    return json.dumps(stored).encode()


def ordinary(number):
    """The answers of one student among many: most are right; who is stuck is stuck at what people are stuck at."""
    answers = {}
    for at, name in enumerate(HEADS):
        roll = (number * 13 + at * 29) % 17
        bodies = WRONG.get(name, ["return 0.5"])
        answers[name] = (
            bodies[number % len(bodies)]
            if roll < 1 + (name == "pass_at_k") * 5 + number % 7 // 6 * 3
            else None
            if roll == 16
            else "solved"
        )
    return answers


def hostile(canary, port, neighbour):
    """Submissions that must be told and must do nothing: by name, the notebook."""
    touch = f"open({str(canary)!r}, 'w').write('ran')"
    call = f"__import__('socket').create_connection(('127.0.0.1', {port}), 1)"
    return {
        "endless": notebook(
            "def pass_at_k(n, c, k):\n    while True:\n        pass", function("all_right", "return 0.5")
        ),
        "eater": notebook(
            "def pass_at_k(n, c, k):\n    return len([0] * 10**11)",
            "def all_right(n, c, k):\n    held = []\n    while True:\n        held.append(bytes(10**8))",
        ),
        "reader": notebook(
            f"def pass_at_k(n, c, k):\n    raise TypeError('READ ' + open({str(neighbour)!r}).read())",
            f"def all_right(n, c, k):\n    import os\n    return os.listdir({str(neighbour.parent)!r})",
        ),
        "runner": notebook(
            f"{touch}\n{call}",
            f"def pass_at_k(n, c, k, x={touch}):\n    return 1",
            f"@(lambda f: {touch})\ndef all_right(n, c, k):\n    {touch}\n    return 1",
            f"def crossing(base, trained) -> {touch}:\n    {call}\n    return 1",
            f"class Sly:\n    {touch}",
            f"import os; os.system('touch {canary}')",
            f"mean_pass_at_k = lambda ns, cs, k, x={touch}: 1",
        ),
    }  # fmt: skip


def whole(canary, port, neighbour):
    """Files by path, as Moodle would zip them: forty students."""
    names = [f"{FIRST[i % len(FIRST)]} {LAST[(i * 3 + i // 35) % len(LAST)]}" for i in range(40)]
    files = {}

    def put(i, name, content, student=None):
        files[f"{student or names[i]}_{1000 + i}_assignsubmission_file_/{name}"] = content

    for i in range(29):
        answers = ordinary(i)
        for which in NOTEBOOKS:
            put(i, f"{which}.ipynb", handed_in(which, answers))
        if i % 3:
            put(i, ".passk-lab-progress.json", progress(i, answers))
    good = handed_in(NOTEBOOKS[1], ordinary(2))
    damaged = [good[: len(good) // 2], b"", b"\xff\xfe\x00broken", b'["no notebook"]', b'{"cells": 3, "nbformat": 4}']
    for i, content in enumerate(damaged, start=29):
        put(i, "01_counting_successes.ipynb", content)
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}]}
    put(34, "01_counting_successes.ipynb", json.dumps(old).encode())
    put(35, "01_counting_successes.ipynb", handed_in(NOTEBOOKS[1], ordinary(5)))
    put(35, ".passk-lab-progress.json", progress(5, ordinary(5), version=1))
    put(
        36, "01_counting_successes.ipynb", handed_in(NOTEBOOKS[1], ordinary(6)), student="<script>alert(1)<_script>=1+1"
    )
    evil = hostile(canary, port, neighbour)
    put(37, "01_counting_successes.ipynb", evil["endless"])
    put(38, "01_counting_successes.ipynb", evil["eater"])
    put(39, "my own name.ipynb", evil["reader"])
    return files


def lay(files, folder: Path):
    """Put them into a folder."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder
