"""What of a notebook may run: imports that are allowed, functions, constants; nothing that runs when it is defined."""

import ast
import json

import pytest

from passk_lab.collect.cells import Source, Unreadable, code_cells, select
from tests.collect.classes import notebook


def kept(text):
    return [ast.unparse(node) for _, nodes in select([Source(1, text)]).cells for node in nodes]


@pytest.mark.parametrize(
    "text",
    [
        "print(1)",
        "import os",
        "from os import path",
        "import numpy.f2py as f, os",
        "from . import x",
        "from math import *",
        "class A:\n    print(1)",
        "async def f(): ...",
        "def f(x=print()): ...",
        "def f(*, x=[print()]): ...",
        "f = lambda x=print(): 1",
        "x = print()",
        "x, y = 1, 2",
        "if True:\n    def f(): ...",
        "with open('x') as f: ...",
        "for i in range(3): print(i)",
        "x: print() = 1",
        "del f",
        "x += 1",
        "def f(x=math.inf): ...",
        "def f(x='a'.upper): ...",
        "%%bash\nrm -rf /",
        "(lambda: print())()",
        "assert print()",
        "import passk_lab.course.content",
        "from passk_lab.course.content import EXERCISES",
    ],
)
def test_what_is_not_run(text):
    assert [line for line in kept(text) if line != "import numpy.f2py as f"] == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("import math, os", "import math"),
        ("from passk_lab import metrics, lm", "from passk_lab import metrics"),
        ("from scipy.stats import norm", "from scipy.stats import norm"),
        ("EPS = -1e-9", "EPS = -1e-09"),
        ("%matplotlib inline\n!ls\nK = [1, (2, 'a')]", "K = [1, (2, 'a')]"),
        ("%%time\nK = 1", "K = 1"),
        ("f = g = lambda x, y=1: x", "f = g = lambda x, y=1: x"),
        ("def f(x: print(), *a: print(), k: print() = 1, **w: print()) -> print(): return x",
         "def f(x, *a, k=1, **w):\n    return x"),
        ("@cache\n@print\n@lru_cache(maxsize=2)\n@lru_cache(print())\ndef f(): ...",
         "@cache\n@lru_cache(maxsize=2)\ndef f():\n    ..."),
        ("import math\ndef f(x=math.inf): ...", "import math\ndef f(x=math.inf):\n    ..."),
    ],
)  # fmt: skip
def test_what_is_run(text, left):
    assert "\n".join(kept(text)) == left


def test_a_function_is_found_wherever_it_stands_and_whatever_it_is_called():
    chosen = select([Source(3, "def mine(n): return n"), Source(9, "check.pass_at_k(mine)\ncheck['crossing'](mine)")])
    assert chosen.defined == {"mine": 3}
    assert chosen.called == {"pass_at_k": "mine", "crossing": "mine"}


def test_a_cell_that_is_no_python_is_told_with_the_functions_in_it():
    chosen = select([Source(2, "def f(n):\n    return (n"), Source(4, "def g(): return 1")])
    assert chosen.broken == {"f": "cell 2 is no Python ('(' was never closed, line 2)"}
    assert list(chosen.defined) == ["g"]


def test_what_reaches_out_is_told():
    chosen = select([Source(1, "def f(n):\n    import gc\n    return ().__class__.__base__.__subclasses__()")])
    assert chosen.remarks == [
        "Its functions name __subclasses__, gc, which no exercise needs: read them before you trust what was found."
    ]
    assert (
        select([Source(1, "from passk_lab import metrics\ndef f(n): return metrics.pass_at_k(n, 1, 1)")]).remarks == []
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no whole notebook"),
        (b"\xff\xfe", "no text in UTF-8"),
        (b"[]", "JSON, but no notebook"),
        (b'{"nbformat": 4}', "no notebook of format 4"),
        (b'{"nbformat": 3, "worksheets": []}', "the older notebook format 3"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 1}]}', "cell 1 holds no text"),
        (b"[" * 100_000, "no whole notebook"),
        (json.dumps({"nbformat": 4, "cells": [{}] * 5001}).encode(), "more than 5000 cells"),
    ],
)
def test_a_damaged_notebook_is_told_in_a_sentence(content, said):
    with pytest.raises(Unreadable, match=said):
        code_cells(content)


def test_a_notebook_with_a_mark_at_its_head_is_read():
    assert code_cells(b"\xef\xbb\xbf" + notebook("x = 1")) == [Source(1, "x = 1")]
