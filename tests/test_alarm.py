"""An alarm rings where its rule says, and a fall is one for good: against literals and against plain loops."""

import numpy as np
import pytest

from passk_lab import alarm
from passk_lab.alarm import Alarm, fall_of, windows
from passk_lab.lm import recorded, warning

STEPS = [10, 20, 30, 40]


@pytest.mark.parametrize(
    ("form", "threshold", "first"),
    [
        ("falls by ratio", 0.5, 40),  # 2.0 / 4.0 is not below .5
        ("falls by ratio", 0.51, 30),
        ("falls by ratio", 0.1, None),
        ("falls by", 1.5, 30),
        ("falls to", 3.0, 30),
        ("rises by", 0.5, 20),
        ("rises by", 1.0, None),
        ("rises to", 4.5, 20),
    ],
)
def test_it_rings_at_the_first_step_beyond_the_threshold(form, threshold, first):
    assert Alarm("x", form, threshold).first(STEPS, [4.0, 5.0, 2.0, 1.0]) == first


def test_what_starts_at_0_has_no_ratio_and_never_rings():
    assert Alarm("distinct", "falls by ratio", 0.9).first(STEPS, [0.0, 1.0, 0.0, 0.0]) is None


def test_nothing_seen_is_no_alarm():
    assert Alarm("x", "rises to", 0.5).first([], []) is None
    assert fall_of([], [], [], [], by=0.1) is None


@pytest.mark.parametrize(
    ("steps", "values", "said"),
    [
        ([10, 20], [1.0], "one number each"),
        ([20, 10], [1.0, 2.0], "steps rise"),
        ([10, 10], [1.0, 2.0], "steps rise"),
        ([10, 20], [1.0, float("nan")], "nan"),
        ([[10]], [[1.0]], "one number each"),
    ],
)
def test_what_is_no_row_of_numbers_is_refused(steps, values, said):
    with pytest.raises(ValueError, match=said):
        Alarm("x", "rises to", 0.5).first(steps, values)


def test_an_unknown_form_is_refused():
    with pytest.raises(KeyError, match="falls by ratio"):
        Alarm("x", "falls", 0.5)


def test_windows_are_those_of_the_recorded_table():
    values = np.arange(1.0, 26.0)
    ends, mean = windows(np.arange(1, 26), values)
    assert ends.tolist() == [10, 20]
    assert mean.tolist() == [5.5, 15.5]  # the table groups by (step - 1) // 10
    assert [values[(np.arange(25) // 10) == i].mean() for i in (0, 1)] == mean.tolist()


def test_a_fall_stays_and_lies_beyond_its_interval():
    def fall(values, half=0.01):
        values = np.array(values)
        return fall_of([0, 30, 60, 90], values, values - half, values + half, by=0.1)

    assert fall([0.9, 0.85, 0.7, 0.7]) == pytest.approx(30 + 30 * 0.05 / 0.15)
    assert fall([0.9, 0.7, 0.85, 0.7]) == pytest.approx(60 + 30 * 0.05 / 0.15)  # it came back between
    assert fall([0.9, 0.7, 0.7, 0.9]) is None
    assert fall([0.9, 0.85, 0.7, 0.7], half=0.11) is None  # not beyond the interval
    assert fall([0.6, 0.9, 0.9, 0.75]) == pytest.approx(60 + 30 * 0.1 / 0.15)  # from its highest, not its start
    assert fall([0.9, 0.85, 0.82, 0.81]) is None


# --- the study --------------------------------------------------------------------------------------------------


def test_both_files_are_what_the_recorded_runs_give():
    for path, text in warning.written().items():
        assert path.read_text(encoding="utf-8") == text, "run python -m passk_lab.lm.warning"


def by_loops(signal, allowed=0.2, by=0.1):
    """The study once more for a signal held by ratio, run by run in plain loops: warned, false, leads."""
    steps, curves = recorded.steps(), recorded.curves()
    runs = []
    for i, method in enumerate(recorded.METHODS):
        if method.part == "exact":
            continue
        for rate in method.rates:
            for seed in recorded.SEEDS:
                own = steps[(steps.method == method.name) & (steps.rate == rate) & (steps.seed == seed)]
                at = curves[(curves.method == method.name) & (curves.rate == rate) & (curves.seed == seed)]
                at = at[(at.split == "unseen") & (at.k == 256)].sort_values("step")
                v, low, high, when = (at[name].astype(float).tolist() for name in ("pass_at_k", "low", "high", "step"))
                fall = None
                for j in range(len(v) - 1, 0, -1):
                    top = max(range(j + 1), key=lambda m: (v[m], -m))
                    if v[top] - v[j] < by or high[j] >= low[top]:
                        break
                    line = v[top] - by
                    before = when[j - 1]
                    gone = (v[j - 1] - line) / (v[j - 1] - v[j]) if v[j - 1] > line else 0
                    fall = before + (when[j] - before) * gone
                values = own.sort_values("step")[signal].astype(float).tolist()
                ratio = [(10 * (j + 1), value / values[0]) for j, value in enumerate(values)]
                heard = [r for step, r in ratio if fall is None or step < fall]
                runs.append((i % 3, seed, fall, ratio, min(heard, default=9.0)))
    warned = false = 0
    leads = []
    for group, seed, fall, ratio, lowest in runs:
        quiet = sorted(low for g, s, f, _, low in runs if g != group and s != seed and f is None)
        limit = quiet[int(allowed * len(quiet))]
        if lowest < limit:
            warned, false = warned + (fall is not None), false + (fall is None)
            if fall is not None:
                leads.append(fall - next(step for step, r in ratio if r < limit))
    return warned, false, sorted(leads)


def test_plain_loops_find_the_same():
    found = warning.judged("distinct", 0.1, 0.2)
    warned, false, leads = by_loops("distinct")
    assert (found.warned.hits, found.false.hits) == (warned, false)
    assert np.allclose(found.leads, leads)
    assert (found.warned.of, found.false.of) == (110, 151)


def test_the_alarm_that_ships_rings_in_a_run_where_the_study_says():
    one = alarm.measured()["distinct"]
    assert warning.best() == "distinct"
    table = warning.scores("distinct")
    steps = recorded.steps()
    for run in (0, 3, 20):
        own = steps[steps.run == run].sort_values("step")
        beyond = np.flatnonzero(table.loc[run].to_numpy() > -one.alarm.threshold)
        first = one.alarm.first(own.step, own.distinct.astype(float))
        assert first == (float(table.columns[beyond[0]]) if len(beyond) else None)
    assert f"{one.warned} of the {one.fell}" in one.rates


def test_a_clock_orders_no_pair_and_a_signal_beside_itself_has_no_more():
    for name in ("clock", "path"):
        assert warning.ordered(name, 0.1).concordance == 0.5
        assert not warning.ordered(name, 0.1).beats_the_clock
    assert warning.ordered("pass_at_1", 0.1).beyond_pass_at_1 == (0, 0, 0)


def test_the_interval_of_single_clusters_is_clopper_pearsons():
    hit = np.array([True] * 3 + [False] * 7)
    alone = warning.clustered_interval(hit, np.arange(10))
    # n p (1 - p) / v has n - 1 for n: 2.7 of 9, between Clopper and Pearson's 3 of 10 and 2 of 9.
    assert alone.low == pytest.approx(0.0608, abs=2e-3)
    assert alone.low < 0.0667395 < 0.3 < 0.6524529 < alone.high  # 3 of 10
    none = warning.clustered_interval(np.zeros(90, dtype=bool), np.repeat(np.arange(9), 10))
    assert (none.low, none.high) == (0, pytest.approx(1 - 0.025 ** (1 / 9)))  # nine clusters, none of them hit


def test_the_clustered_interval_covers():
    rng = np.random.default_rng(5)
    cluster = np.repeat(np.arange(30), 9)
    for mean, together in ((0.2, 4.0), (0.45, 1.0)):
        p = rng.beta(mean * together, (1 - mean) * together, size=(600, 30))
        hit = rng.random((600, 270)) < np.repeat(p, 9, axis=1)
        ends = [warning.clustered_interval(row, cluster) for row in hit]
        covered = np.mean([one.low <= mean <= one.high for one in ends])
        assert covered > 0.92  # 95 % less 3.4 standard errors
        plain = [warning.clustered_interval(row, np.arange(270)) for row in hit[:200]]
        assert np.mean([one.low <= mean <= one.high for one in plain]) < 0.9  # runs are not so many


def test_a_run_says_that_it_rang_and_how_often_that_was_right():
    one = alarm.measured()["all_wrong"]
    rising = [{"step": step, "all_wrong": 0.1 + (step > 10) * (one.alarm.threshold + 0.01)} for step in range(1, 31)]
    said = alarm.rung(rising, "all_wrong")
    assert said.startswith("Alarm at step 20: share of groups without a right sample, as the mean of 10 steps, up by")
    assert said.endswith(one.rates)
    assert alarm.rung(rising[:19], "all_wrong") == ""  # the second window is not whole
    assert alarm.rung(rising) == ""  # what is asked for was not seen
    halves = [{**one, "all_wrong": one["all_wrong"] + by} for one in rising for by in (-0.05, 0.05)]
    assert alarm.rung(halves, "all_wrong") == said  # two batches of a step are a look at it
    with pytest.raises(KeyError, match="signal with an alarm"):
        alarm.rung(rising, "luck")


def test_a_line_that_few_standing_runs_cross_comes_too_late_for_most_falls():
    """The numbers of the quiz "gauge or alarm" of notebook 12."""
    runs, scores = warning.runs(0.1), warning.scores("gap_at_n")
    stands, far = runs.fall.isna(), scores.where(np.isfinite(scores))
    rings = far > warning.threshold_at(far.max(axis=1)[stands], 0.2)
    first = rings.idxmax(axis=1).where(rings.any(axis=1))
    gap = recorded.steps().assign(gap=lambda own: 1 - own.all_wrong - own.pass_at_1).groupby("run").gap
    closes = gap.apply(lambda own: own.iloc[-10:].mean() < own.iloc[:10].mean())
    assert (int(closes[runs.index[stands]].sum()), int(stands.sum())) == (130, 151)
    assert (int(first[~stands].notna().sum()), int((first < runs.fall).sum()), int((~stands).sum())) == (98, 34, 110)
