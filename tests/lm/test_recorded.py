"""The bundled runs are whole, are what the command would make, and show what the notebooks say."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from passk_lab.explorers import kept_and_reached
from passk_lab.lm import at_equal_progress, bundled_base, frontier, record, recorded, right_answers, sampled_answers
from passk_lab.lm.config import TrainConfig

KEEPS = recorded.SHOWN_BY_PROMPT


def cells_on_disk():
    return json.loads((recorded.place() / "manifest.json").read_text(encoding="utf-8"))["cells"]


def test_no_cell_is_missing_and_every_config_is_one_the_command_makes():
    wanted = record.manifest()
    stored = cells_on_disk()
    assert [cell["name"] for cell in stored] == list(wanted)
    for cell in stored:
        assert TrainConfig.from_json(cell["config"]) == wanted[cell["name"]], cell["name"]


def test_every_run_is_in_the_tables_from_its_first_evaluation_to_its_last():
    curves, steps = recorded.curves(), recorded.steps()
    for number, (cell, config) in enumerate(zip(cells_on_disk(), record.manifest().values(), strict=True)):
        own = curves[curves.run == number]
        assert set(own.split) == {"seen", "unseen"}
        assert 0 in set(own.step)
        if cell["ended"] == "finished":
            assert own.step.max() == config.steps, cell["name"]
            assert steps[steps.run == number].step.max() == config.steps, cell["name"]
        else:
            assert cell["ended"].startswith("broke down: "), cell["name"]


def test_a_packed_table_comes_back_as_it_was(tmp_path):
    table = pd.DataFrame(
        {
            "run": np.arange(4, dtype=np.int32), "split": ["seen", "unseen", "seen", "a word, longer"],
            "low": np.array([0.1, np.nan, np.inf, 1e-45], dtype=np.float32), "rate": [4e-4, 0.1 + 0.2, 1.0, -0.0],
        }
    )  # fmt: skip
    record.write_table(tmp_path / "table.npz", table)
    back = recorded.read_table(tmp_path / "table.npz")
    pd.testing.assert_frame_equal(back, table, check_exact=True)
    assert back.dtypes.tolist() == table.dtypes.tolist()
    assert back.low.to_numpy().tobytes() == table.low.to_numpy().tobytes()


def test_nothing_of_the_lab_needs_pyarrow():
    # The whole way of a run, from training in a folder to a recorded table, with pyarrow out of reach.
    told = """
import sys, tempfile
sys.modules["pyarrow"] = None
import pandas
from passk_lab import explorers, lm
with tempfile.TemporaryDirectory() as folder:
    lm.train(lm.TrainConfig(steps=2, prompts=4, n=8, watch=8, orders=40, judged=2), folder)
    assert lm.load_run(folder).steps.step.tolist() == [1, 2]
assert len(lm.recorded.curves()) and len(lm.recorded.steps()) and len(lm.recorded.equal_progress(0.4))
"""
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_each_method_has_its_rates_and_three_seeds():
    cells = recorded.cells()
    compared = cells[cells.part.isin(["objectives", "exact", "exploring"])]
    assert (compared.groupby("method").rate.nunique() >= 3).all()
    assert (cells.groupby(["method", "rate"]).seed.nunique() == 3).all()


def test_a_method_is_called_as_the_registries_call_what_it_trains():
    def title(settings):
        return settings["objective"].replace("@k", f"@{settings.get('parameters', {}).get('k')}")

    for method in recorded.METHODS:
        own = method.name.lower().removeprefix("then ")
        if method.part == "objectives" or (method.part == "after" and "mechanisms" not in method.settings):
            assert own == title(method.settings)
        for mechanism in method.settings.get("mechanisms", {}):
            if mechanism in ("kl-reverse", "kl-forward"):
                assert own == " ".join(reversed(mechanism.split("-")))


@pytest.mark.parametrize("seed", recorded.SEEDS)
def test_grpo_raises_pass_at_1_and_lowers_pass_at_256_below_the_base_on_held_out_numbers(seed):
    own = recorded.curves().query("method == 'GRPO to collapse' and split == 'unseen' and seed == @seed")
    before, after = (own[own.step == step].set_index("k") for step in (0, own.step.max()))
    assert after.low[1] > before.high[1]
    assert after.high[256] < before.low[256]
    difference = after.pass_at_k - before.pass_at_k
    assert (np.sign(difference).diff().fillna(0) != 0).sum() == 1  # the curves cross once


@pytest.mark.parametrize("seed", recorded.SEEDS)
def test_the_records_begin_where_the_bundled_base_is(seed):
    from passk_lab.lm import success

    base = bundled_base(seed)
    exact = success(base, base.task.prompts("unseen"))
    own = recorded.curves().query("method == 'GRPO' and split == 'unseen' and seed == @seed and step == 0")
    for _, rows in own.groupby("rate"):
        np.testing.assert_allclose(rows.sort_values("k").pass_at_k, exact.curve(sorted(rows.k)), atol=1e-6)


def test_single_prompts_agree_with_the_curves():
    base = bundled_base(0)
    weight = base.task.prompts("unseen").weight
    at, p = recorded.by_prompt("GRPO to collapse")
    own = recorded.curves().query("method == 'GRPO to collapse' and split == 'unseen' and seed == 0 and k == 1")
    np.testing.assert_allclose(p @ weight, own.set_index("step").pass_at_k[at], atol=2e-6)
    with pytest.raises(KeyError, match="single prompts are kept of"):
        recorded.by_prompt("GRPO", seed=1)
    assert len(KEEPS) == 5


def test_the_frontier_by_hand():
    points = [(0.2, 0.9), (0.5, 0.8), (0.5, 0.8), (0.4, 0.8), (0.5, 0.7), (0.1, 0.9)]
    assert frontier(points).tolist() == [True, True, True, False, False, False]
    with pytest.raises(ValueError, match="points are pairs"):
        frontier([0.1, 0.2])


def test_equal_progress_by_hand():
    values = at_equal_progress(
        [0.2, 0.4, 0.3, 0.6], [[1.0, 0], [0.8, 1], [0.9, 2], [0.6, 3]], [0.2, 0.3, 0.4, 0.5, 0.1]
    )
    np.testing.assert_allclose(values[:4], [[1.0, 0], [0.9, 0.5], [0.8, 1], [0.7, 2 + 2 / 3]])
    assert np.isnan(values[4]).all()  # it began beyond
    with pytest.raises(ValueError, match="one row for each evaluation"):
        at_equal_progress([0.1, 0.2], [1.0], 0.1)


def test_equal_progress_of_recorded_runs_is_that_of_each_seed_where_all_came_that_far():
    maxrl = recorded.equal_progress_by_seed(0.4).query("method == 'MaxRL'").set_index(["rate", "seed"]).value
    runs = recorded.curves().query("method == 'MaxRL' and split == 'unseen'").set_index(["rate", "seed", "k"]).pass_at_k
    for (rate, seed), value in maxrl.items():
        one, many = (runs[rate, seed, k].to_numpy() for k in (1, 256))
        assert np.isnan(value) == (one.max() < 0.4)
        j = int(np.argmax(one >= 0.4))
        if j:
            straight = np.interp(0.4, one[j - 1 : j + 1].astype(float), many[j - 1 : j + 1].astype(float))
            assert value == pytest.approx(straight, rel=1e-6)
    shown = recorded.equal_progress(0.4).query("method == 'MaxRL'").set_index("rate")
    assert shown.index.tolist() == [4e-4, 8e-4]  # at 2e-4 one seed stays below
    assert maxrl[2e-4].isna().sum() == 1
    for rate in shown.index:
        assert shown.loc[rate, ["mean", "low", "high"]].tolist() == pytest.approx(
            [maxrl[rate].mean(), maxrl[rate].min(), maxrl[rate].max()]
        )


def test_furthest_is_the_highest_mean_of_pass_at_1():
    table = recorded.furthest().set_index("method")
    curves = recorded.curves().query("split == 'unseen' and k == 1")
    for method in ("GRPO", "pass@16", "novelty"):
        runs = curves[curves.method == method].pivot_table(
            index=["rate", "step"], columns="seed", values="pass_at_k", aggfunc="first"
        )
        at = (table.rate[method], table.step[method])
        assert runs.loc[at].mean() == pytest.approx(runs.mean(axis=1).max())
        assert [table.low[method], table.high[method]] == pytest.approx([runs.loc[at].min(), runs.loc[at].max()])
    assert table.step["pass@16"] == 0  # plain pass@16 never comes above its base


def test_what_a_method_keeps_is_drawn_as_it_is_tabled():
    best = recorded.equal_progress(0.4)
    best = best.loc[best.groupby("method")["mean"].idxmax()].set_index("method")
    for method in ("forward KL", "exact pass@4"):
        numbers = kept_and_reached(method=method, beside="pass@16", progress=0.4).numbers
        tabled = 100 * best.loc[method, ["mean", "low", "high"]].to_numpy(float)
        assert [numbers[f"a_{what}"] for what in ("kept", "low", "high")] == pytest.approx(tabled.tolist(), rel=1e-5)
        assert np.isnan(numbers["b_kept"])  # plain pass@16 never came that far


def test_right_answers_are_all_there_and_agree_with_a_million_samples():
    base = bundled_base(0)
    right = right_answers(base, [2, 3, 4], 24)
    assert len(right) == 12
    assert right.solution.nunique() == 3
    sampled = sampled_answers(base, [2, 3, 4], 24, n=10**6)
    drawn = sampled[sampled.right].set_index("answer")
    for row in right.itertuples():
        assert drawn.chance[row.answer] == pytest.approx(row.chance, rel=1e-4)
        assert abs(drawn.copies[row.answer] - 1e6 * row.chance) < 5 * (1e6 * row.chance) ** 0.5
    with pytest.raises(ValueError, match="they can end at"):
        right_answers(base, [1, 1, 1], 29)
    with pytest.raises(ValueError, match="gives 3 numbers from 1 to 9"):
        sampled_answers(base, [2, 30, 4], 24, n=10)


def test_runs_of_other_methods_are_taken_as_they_are():
    name, config = "Clip-Cov, rate 0.0004, seed 1", record.manifest()["Clip-Cov, rate 0.0004, seed 1"]
    there = record.Packed(recorded.place())
    cell, curves, steps, prompts = there.take(name, config, 7, shown=False)
    assert cell["name"] == name
    assert prompts == {}
    for taken, table in ((curves, recorded.curves()), (steps, recorded.steps())):
        own = table[(table.method == "Clip-Cov") & (table.rate == 4e-4) & (table.seed == 1)]
        assert len(taken) == len(own) > 0
        assert taken.run.unique().tolist() == [7]
        rest = [column for column in taken.columns if column != "run"]
        pd.testing.assert_frame_equal(taken[rest].reset_index(drop=True), own[rest].reset_index(drop=True))
    shown = recorded.SHOWN_BY_PROMPT[0]
    assert set(there.take(shown, record.manifest()[shown], 0, shown=True)[3]) == {f"{shown}|step", f"{shown}|p"}
    for other in (("no such run", config), (name, config.but(steps=1))):
        with pytest.raises(ValueError, match="is not in the tables; record its method too"):
            there.take(*other, 0, shown=False)
