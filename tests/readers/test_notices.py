"""What has to be told with the numbers: each warning with its count, and none where there is nothing to warn of."""

import json

import pytest

from passk_lab import readers
from tests.readers.written import FILES, TRUTH, inspect_header, inspect_log, inspect_samples, lines, nemo_skills, right


def rows_of(name):
    return [json.loads(line) for line in (FILES / name).read_text().splitlines()]


def only(path, **choices):
    (found,) = readers.read(path, **choices)
    return found


def told(found):
    return {notice.code: notice.rows for notice in found.notices}


def left_out(found):
    return {one.why.partition(" (first")[0]: one.rows for one in found.left_out}


def human_eval(passed, **more):
    return {"task_id": "a", "completion": "", "passed": passed, **more}


def test_copies_are_counted_and_stay(tmp_path):
    texts = ["    return 1", "    return 2", "    return 1", "    return 1", "..."]
    found = only(lines(tmp_path / "x.jsonl", [human_eval(True, completion=text) for text in texts]))
    assert told(found) == {"copies": 2}
    assert found.n.tolist() == [5]


def test_the_same_text_for_another_problem_is_no_copy(tmp_path):
    rows = [human_eval(True, completion="    return 1", task_id=name) for name in "abc"]
    assert told(only(lines(tmp_path / "x.jsonl", rows))) == {}


def test_partial_credit_asks_for_a_threshold_and_is_told_of_then(tmp_path):
    path = lines(tmp_path / "x.jsonl", [human_eval(score) for score in (0, 0.25, 0.5, 1, 1)])
    with pytest.raises(readers.Undecided, match=r"0\.25 \(1 rows\)") as asked:
        readers.read(path)
    assert asked.value.option == "threshold"
    assert list(asked.value.choices) == ["tool", "1"]
    assert only(path, threshold="tool").c.tolist() == [2]
    found = only(path, threshold=0.5)
    assert found.c.tolist() == [3]
    assert told(found) == {"partial_credit": 2}


@pytest.mark.parametrize(
    ("scores", "right"),
    [([0, 1], 1), ([-1, 1], 1), ([0, 10], 1), ([0.1, 1.1], 1), ([0, 0], 0), ([1, 1], 2), ([-0.5, 1], 1)],
)
def test_two_scores_need_no_threshold_where_the_larger_is_at_least_one(tmp_path, scores, right):
    rows = [{"input": "q", "output": "", "score": score} for score in scores]
    assert only(lines(tmp_path / "1.jsonl", rows)).c.tolist() == [right]


@pytest.mark.parametrize("scores", [[0, 0.1], [0.1, 0.1], [-1, 0], [0, 0.5, 1], [0, 1, 2]])
def test_a_score_for_the_form_alone_is_not_taken_for_right(tmp_path, scores):
    rows = [{"input": "q", "output": "", "score": score} for score in scores]
    with pytest.raises(readers.Undecided) as asked:
        readers.read(lines(tmp_path / "1.jsonl", rows))
    assert asked.value.option == "threshold"


def test_rows_that_were_not_judged_are_left_out_and_counted(tmp_path):
    path = tmp_path / "x.jsonl"
    values = ["true", "null", "NaN", "Infinity", "false"]
    path.write_text("".join(f'{{"task_id": "a", "completion": "", "passed": {value}}}\n' for value in values))
    found = only(path)
    assert (found.n.tolist(), found.c.tolist(), found.rows) == ([2], [1], 5)
    assert left_out(found) == {"not judged: the verdict is empty, or not a number": 3}


def test_a_problem_without_a_judged_sample_is_told_of(tmp_path):
    rows = [human_eval(True), human_eval(None, task_id="b"), human_eval(None, task_id="b")]
    found = only(lines(tmp_path / "x.jsonl", rows))
    assert found.problems == ("a",)
    assert told(found) == {"problems_dropped": 1}
    assert left_out(found) == {"not judged: the verdict is empty, or not a number": 2}


def test_the_same_sample_twice_counts_once(tmp_path):
    rows = rows_of("nemo_rl/base/val_data_step100.jsonl")
    found = only(lines(tmp_path / "val_data_step1.jsonl", [*rows, *rows[:5]]))
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]
    assert left_out(found) == {"the same sample of the same problem again": 5}
    assert found.rows == 101


def test_an_infrastructure_error_is_no_trial():
    found = only(FILES / "tau2" / "base.json")
    assert left_out(found) == {"an infrastructure error ended it: no trial": 1}


def test_tasks_without_a_trial_are_told_of(tmp_path):
    document = json.loads((FILES / "tau2" / "base.json").read_text())
    document["tasks"] += [{"id": "x"}, {"id": "y"}, {"id": None}, {"id": float("nan")}, {}, 7, "z"]  # the rest are none
    document["info"]["agent_info"] = {"llm": "made/up", "llm_args": {"temperature": 0.0}}
    (tmp_path / "x.json").write_text(json.dumps(document))
    found = only(tmp_path / "x.json")
    assert told(found) == {"problems_dropped": 2}
    assert found.settings == {"model": "made/up", "temperature": 0.0}


def test_an_exception_in_tau_bench_is_a_failure_and_told_of(tmp_path):
    rows = json.loads((FILES / "tau_bench" / "base.json").read_text())
    for row in rows[:3]:
        row["info"] = {"error": "boom", "traceback": "..."}
    (tmp_path / "x.json").write_text(json.dumps(rows))
    found = only(tmp_path / "x.json")
    assert told(found) == {"errors": 3}
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]


def test_the_greedy_file_beside_the_sampled_ones_is_not_counted(tmp_path):
    folder = nemo_skills(tmp_path / "aime", "base")
    (folder / "output.jsonl").write_bytes((folder / "output-rs0.jsonl").read_bytes())
    found = only(folder)
    assert found.c.tolist() == TRUTH["c"]["base"]
    assert told(found)["greedy"] == 12
    assert left_out(found) == {"greedy: drawn at temperature 0, so no sample of the policy": 12}


def test_where_all_is_greedy_it_is_counted_and_told_of(tmp_path):
    folder = nemo_skills(tmp_path / "aime", "base")
    found = only((folder / "output-rs0.jsonl").rename(tmp_path / "output.jsonl"))
    assert found.n.tolist() == [1] * 12
    assert told(found) == {"greedy": 12}
    header = inspect_header(plan={"config": {"temperature": 0}})
    found = only(inspect_log(tmp_path / "log.eval", inspect_samples("base"), header))
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]
    assert told(found) == {"greedy": 96}


@pytest.mark.parametrize(
    ("file", "renamed", "settings"),
    [
        ("evalplus/base_eval_results.json", "x--y_vllm_temp_0.0_eval_results.json", {"temperature": 0.0}),
        ("evalplus/base_eval_results.json", "x--y_vllm_temp_0.8_eval_results.json", {"temperature": 0.8}),
        (
            "livecodebench/base_codegeneration_8_0.2_eval_all.json",
            "x.codegeneration_8_0.0_eval_all.json",
            {"n": 8, "temperature": 0.0},
        ),
    ],
)
def test_a_temperature_in_the_name(tmp_path, file, renamed, settings):
    (tmp_path / renamed).write_bytes((FILES / file).read_bytes())
    found = only(tmp_path / renamed, verdict="plus" if "evalplus" in file else None)
    assert found.settings == settings
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]
    assert told(found) == ({} if settings["temperature"] else {"greedy": 96})


def test_seeds_of_different_length(tmp_path):
    folder = nemo_skills(tmp_path / "aime", "base")
    file = folder / "output-rs7.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:9]))
    found = only(folder)
    assert found.n.tolist() == [8] * 9 + [7] * 3
    (notice,) = [one for one in found.notices if one.code == "uneven_files"]
    assert "output-rs7.jsonl has 9 rows and output-rs0.jsonl 12" in notice.text
    assert notice.rows == 1


def test_a_line_lost_in_the_middle_shifts_nothing(tmp_path):
    folder = nemo_skills(tmp_path / "aime", "base")
    file = folder / "output-rs7.jsonl"
    kept = file.read_text().splitlines(keepends=True)
    file.write_text("".join(kept[:2] + kept[3:]))
    found = only(folder)
    lost = right("base")[2][7]
    assert found.c.tolist() == [c - (lost and at == 2) for at, c in enumerate(TRUTH["c"]["base"])]
    assert found.n.tolist() == [8, 8, 7] + [8] * 9


def test_two_views_that_part_are_told_of(tmp_path):
    for name in ("trajectories.jsonl", "train_rollout_summaries.jsonl"):
        rows = rows_of(f"tinker/base/{name}")
        if name.startswith("train"):
            rows[0]["trajectory_metrics"]["correct"] = 0.0
        lines(tmp_path / name, rows)
    found = only(tmp_path)
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]
    (notice,) = found.notices
    assert (notice.code, notice.rows) == ("files_disagree", 1)
    assert "counts 41 of 96 as right, where 42 of 96" in notice.text


def test_files_sampled_differently_are_two_evaluations(tmp_path):
    rows = rows_of("limit_of_rlvr/test_base_seed1_t0.6_s0_e-1.jsonl")
    for seed, temperature in ((1, "0.6"), (2, "1.0")):
        lines(tmp_path / f"test_seed{seed}_t{temperature}_s0.jsonl", rows)
    with pytest.raises(readers.Undecided) as asked:
        readers.read(tmp_path)
    assert list(asked.value.choices) == ["test_seed*_t0.6_s0", "test_seed*_t1.0_s0"]


def test_one_verdict_for_several_answers_is_told_of(tmp_path):
    row = {"doc_id": 0, "doc": {}, "target": "1", "filter": "take_first", "metrics": ["exact_match"]}
    rows = [
        {**row, "doc_hash": f"h{n}", "resps": [["a", "b", "c"]], "filtered_resps": ["a"], "exact_match": 1.0}
        for n in range(4)
    ]
    found = only(lines(tmp_path / "samples_x.jsonl", rows))
    assert found.n.tolist() == [1] * 4
    (notice,) = found.notices
    assert (notice.code, notice.rows) == ("first_only", 4)
    assert "4 lines hold several answers and one verdict" in notice.text


def test_pass_at_k_without_pass_at_1_tells_the_count_only_where_it_can(tmp_path):
    row = {"doc": {}, "target": "", "filter": "x", "resps": [["a", "b", "c", "d"]], "filtered_resps": [["a"] * 4]}
    rows = [
        {**row, "doc_id": n, "doc_hash": f"h{n}", "metrics": [f"pass@{k}"], f"pass@{k}": value}
        for n, (k, value) in enumerate([(2, 0.5), (2, 5 / 6), (2, 1.0), (4, 1.0), (4, 0.0), (1, 0.3)])
    ]
    found = only(lines(tmp_path / "samples_x.jsonl", rows))
    assert dict(zip(found.problems, found.c.tolist(), strict=True)) == {"h0": 1, "h1": 2, "h4": 0}
    assert sum(one.rows for one in found.left_out) == 3
    assert "pass@1 would tell" in found.left_out[0].why


def test_several_scorers_are_asked_for_where_they_part(tmp_path):
    samples = inspect_samples("base")
    for one in samples:
        one["scores"]["other"] = {"value": {"form": True, "content": one["scores"]["match"]["value"] == "C"}}
    log = inspect_log(tmp_path / "log.eval", samples, inspect_header())
    with pytest.raises(readers.Undecided) as asked:
        readers.read(log)
    assert list(asked.value.choices) == ["match", "other/form", "other/content"]
    assert only(log, verdict="other/form").c.tolist() == [8] * 12
    assert sorted(only(log, verdict="other/content").c.tolist()) == TRUTH["c"]["base"]


@pytest.mark.parametrize(
    ("values", "right"),
    [(("I", "C"), 1), (("N", "C"), 1), ((False, True), 1), ((0, 1), 1), (("0", "1.0"), 1), (("no", "YES"), 1)],
)
def test_values_of_inspect(tmp_path, values, right):
    found = only(inspect_log(tmp_path / "log.eval", inspect_samples("base", values), inspect_header()))
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]


def test_texts_that_are_no_values_are_not_judged(tmp_path):
    found = only(inspect_log(tmp_path / "log.eval", inspect_samples("base", ("brilliant", "C")), inspect_header()))
    assert left_out(found) == {"not judged: the verdict is empty, or not a number": 54}
    assert told(found)["unknown_values"] == 54


def test_a_log_that_ended_in_an_error(tmp_path):
    samples = inspect_samples("base")
    samples[0] |= {"error": {"message": "boom"}, "scores": {}}
    samples[1] |= {"scores": {"match": {"value": float("nan")}}}
    samples[2] |= {"scores": None}
    found = only(inspect_log(tmp_path / "log.eval", samples, inspect_header(status="error")))
    assert left_out(found) == {
        "it ended in an error": 1,
        "no scorer judged it": 1,
        "not judged: the verdict is empty, or not a number": 1,
    }
    assert told(found) == {"unfinished": 93}


def test_an_error_of_an_episode_is_no_sample(tmp_path):
    rows = rows_of("verifiers_v1/base/traces.jsonl")
    rows[0]["ok"] = False
    rows[1]["traces"][0]["errors"] = ["boom"]
    found = only(lines(tmp_path / "traces.jsonl", rows))
    assert left_out(found) == {"the episode ended in an error": 2}
    assert found.n.sum() == 94


def test_rewards_by_their_weights_and_one_by_one(tmp_path):
    rows = rows_of("verifiers_v1/base/traces.jsonl")
    for row in rows:
        row["traces"][0]["rewards"]["form"] = {"value": 1.0, "weight": 0.1}
    found = only(lines(tmp_path / "traces.jsonl", rows))
    assert found.verdict == "reward"
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]
    assert {name: int(c.sum()) for name, c in found.other_verdicts.items()} == {"correct": 42, "form": 96}


def test_base_tests_alone(tmp_path):
    document = json.loads((FILES / "evalplus" / "base_eval_results.json").read_text())
    for rows in document["eval"].values():
        for row in rows:
            row["plus_status"] = None
    (tmp_path / "x_eval_results.json").write_text(json.dumps(document))
    found = only(tmp_path / "x_eval_results.json")
    assert (found.verdict, found.c.sum()) == ("base", 49)


def test_a_verdict_that_some_samples_lack_leaves_them_out(tmp_path):
    document = json.loads((FILES / "evalplus" / "base_eval_results.json").read_text())
    document["eval"]["HumanEval/3"][0]["plus_status"] = None
    (tmp_path / "x_eval_results.json").write_text(json.dumps(document))
    found = only(tmp_path / "x_eval_results.json", verdict="plus")
    assert found.n.sum() == 95
    assert left_out(found) == {"not judged: the verdict is empty, or not a number": 1}
    assert found.rows == 96
