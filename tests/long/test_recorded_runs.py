"""The recorded runs behind the course's first picture, trained anew: the same weights, the same tables."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from passk_lab.lm import Countdown, checkpoint, record, recorded, train
from passk_lab.lm.base import bundled_path
from tests.lm.kinds_of_run import made_on

pytestmark = pytest.mark.long

NAME = "GRPO to collapse"
SAME_BITS = json.loads((Path(__file__).parents[1] / "lm" / "before.json").read_text(encoding="utf-8"))["made_on"]
"""Where the recorded runs were made, as `made_on` says it; anywhere else sums are taken in another order."""
FEW, NEAR = 20, 1e-5
"""Elsewhere a run stays beside the recorded one for a while, until a sample falls the other way."""


def rows_of(table: pd.DataFrame, number: int, columns: pd.Index, last: int) -> pd.DataFrame:
    own = table[(table.run == number) & (table.step <= last)]
    return own[list(columns)].reset_index(drop=True)


@pytest.mark.parametrize("seed", recorded.SEEDS)
def test_trained_anew_it_is_the_recorded_run(seed, capsys):
    name = recorded.cell_name(NAME, 4e-4, seed)
    number, config = list(record.manifest()).index(name), record.manifest()[name].but(device="cpu")
    exactly = made_on() == SAME_BITS
    steps = config.steps if exactly else FEW
    with capsys.disabled():
        how = "bit for bit" if exactly else f"the first {FEW} to {NEAR:g}, for this is {made_on()}, not {SAME_BITS}"
        print(f"\n{name}: {steps} steps, {how}")
    run = train(config.but(steps=steps))
    curves, diagnostics = record.packed(run, number)
    then, told = (
        rows_of(table, number, own.columns, steps)
        for table, own in ((recorded.curves(), curves), (recorded.steps(), diagnostics))
    )
    assert len(then) == len(curves) > 0 < len(diagnostics) == len(told)
    pd.testing.assert_frame_equal(curves, then, check_exact=False, rtol=0, atol=1e-6 if exactly else NEAR)
    if exactly:
        pd.testing.assert_frame_equal(diagnostics, told, check_exact=True)
        collapsed = checkpoint.read(bundled_path(seed, Countdown(), "collapsed"))[0]
        for (which, ours), theirs in zip(run.model.named_parameters(), collapsed.parameters(), strict=True):
            assert torch.equal(ours, theirs), which
    else:
        np.testing.assert_allclose(diagnostics, told, rtol=NEAR, atol=NEAR)
