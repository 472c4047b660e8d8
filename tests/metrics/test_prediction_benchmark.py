"""The benchmark of predictions: its short form, which can fail, and what it wrote down."""

from dataclasses import replace

import pytest
from scipy import stats

from benchmarks import prediction
from benchmarks.prediction import COVERAGE, HALVES, METHODS, PAGE, SETS, SPLITS, Population, measured, simulated
from tests.metrics.coverage import LEVEL, Mixture
from tests.metrics.published import rows

POPULATIONS = {(of.name, of.n): of for of in prediction.populations()}
FEW = 5


@pytest.mark.parametrize("name", ["MATH500, base and RL", "30 % have p = 0, else Beta(.3, 3); 200 problems"])
def test_bounds_hold_the_truth_and_the_flat_prior_does_not(name):
    (of,) = [replace(of, times=(2, 16)) for of in POPULATIONS.values() if of.name == name]
    cells = {(cell.method, cell.k): cell for cell in measured(of, FEW, seed=10, resamples=3)}
    assert set(cells) == {(method, of.n * times) for method in METHODS for times in of.times}
    for k in (of.n * times for times in of.times):
        assert stats.binom.cdf(round(FEW * cells["bounds", k].covers), FEW, LEVEL) > 1e-5
        # That this can fail: an interval that misses is seen.
        assert cells["flat prior on each problem", k].covers == 0
        assert cells["flat prior on each problem", k].error > 1.5 * cells["Beta", k].error


def test_where_every_problem_is_alike_each_model_is_right():
    # p = 1/2 everywhere: at 2n of 16 samples nothing is left to say.
    alike = Population("alike", 16, (2,), (simulated(Mixture("alike", value=0.5), 50, 16),))
    for cell in measured(alike, 2, resamples=3):
        assert cell.sets == 2
        if cell.error is not None and cell.method != "power law":
            assert cell.error < 0.01


def test_what_was_measured_is_there_and_holds_what_is_said():
    table = rows(COVERAGE.name)
    assert {(row["population"], int(row["n"])) for row in table} == set(POPULATIONS)
    for row in table:
        assert row["method"] in METHODS
        if row["method"] == "bounds":
            hits = round(SETS * float(row["covers"]))
            assert stats.binom.cdf(hits, SETS, LEVEL) > 1e-3, row
    flat = [float(row["covers"]) for row in table if row["method"] == "flat prior on each problem"]
    assert max(flat) < 0.2


def test_two_halves_of_one_model_are_no_two_models():
    table = rows(SPLITS.name)
    assert [row["model"] for row in table] == ["Qwen2.5-7B", "SimpleRL-Zoo"]
    for row in table:
        assert int(row["splits"]) == HALVES
        assert stats.binom.sf(round(HALVES * float(row["band_leaves_zero"])) - 1, HALVES, 1 - LEVEL) > 1e-4
        assert float(row["crossing_claimed"]) == 0
        # Read off the curves alone, the order turns all the time.
        assert float(row["curves_change_order"]) > 0.5


def test_the_page_is_written_from_the_data():
    assert PAGE.read_text(encoding="utf-8") == prediction.page(rows(COVERAGE.name), rows(SPLITS.name))
