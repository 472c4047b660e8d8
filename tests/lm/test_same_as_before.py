"""The loop of today makes of each kind of run what the loop before it made, bit for bit where bits can be compared.

`before.json` was written by the code before the loop was rewritten (`tests.lm.kinds_of_run`), and anew where a
mechanism was given the definition that is published under its name. Exact evaluation may
differ by its order of sums, 1e-6; everything else is to have the same bits on the torch and the processor that wrote
it. Elsewhere numbers are compared to 1e-5, and the test's name says so.
"""

import json
import math
from pathlib import Path

import pytest

from tests.lm.kinds_of_run import KINDS, made_on, train_and_describe

BEFORE = json.loads((Path(__file__).parent / "before.json").read_text(encoding="utf-8"))
SAME_MACHINE = BEFORE["made_on"] == made_on()
MODE = "to the bit" if SAME_MACHINE else "to 1e-5"
COMPARABLE = {"breakdown": 3}
"""Steps up to which a run that flies apart can be compared between processors: another rounding grows with each."""


def close(got, wanted, tolerance):
    """Say whether two records are alike: words and keys the same, numbers within a tolerance; 0 asks for equality."""
    if isinstance(wanted, dict):
        return got.keys() == wanted.keys() and all(close(got[key], wanted[key], tolerance) for key in wanted)
    if isinstance(wanted, list):
        return len(got) == len(wanted) and all(close(a, b, tolerance) for a, b in zip(got, wanted, strict=True))
    if isinstance(wanted, float):
        return got == wanted or math.isclose(got, wanted, rel_tol=tolerance, abs_tol=tolerance)
    return got == wanted


@pytest.mark.parametrize("kind", KINDS, ids=[f"{kind} {MODE}" for kind in KINDS])
def test_the_run_is_what_it_was(kind):
    got, wanted = train_and_describe(kind), BEFORE["runs"][kind]
    exactly = 0.0 if SAME_MACHINE else 1e-5
    last = math.inf if SAME_MACHINE else COMPARABLE.get(kind, math.inf)
    assert [record.keys() for record in got["history"]] == [record.keys() for record in wanted["history"]]
    for ours, theirs in zip(got["history"], wanted["history"], strict=True):
        if theirs["step"] <= last:
            tolerance = max(exactly, 1e-6) if theirs["kind"] == "evaluation" else exactly
            assert close(ours, theirs, tolerance), theirs["step"]
    assert got["checkpoint"]["name"] == wanted["checkpoint"]["name"]
    assert got["checkpoint"]["tensors"].keys() == wanted["checkpoint"]["tensors"].keys()
    for name, theirs in wanted["checkpoint"]["tensors"].items() if last == math.inf else ():
        ours = got["checkpoint"]["tensors"][name]
        if SAME_MACHINE:
            assert ours["sha256"] == theirs["sha256"], name
        assert close(ours["entries"], theirs["entries"], 1e-5), name
        assert close(ours["norm"], theirs["norm"], 1e-5), name
    assert got["ended"].partition(":")[0] == wanted["ended"].partition(":")[0]
    if SAME_MACHINE:
        assert got["ended"] == wanted["ended"]


def test_a_difference_in_the_last_digit_is_seen():
    record = BEFORE["runs"]["grpo"]["history"][1]
    other = {**record, "entropy": math.nextafter(record["entropy"], 9.0)}
    assert close(record, dict(record), 0.0)
    assert not close(other, record, 0.0)
    assert close(other, record, 1e-5)
    assert not close({**record, "entropy": record["entropy"] * 1.001}, record, 1e-5)
