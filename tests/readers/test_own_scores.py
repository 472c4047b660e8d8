"""What a tool states of its own file is worked out anew by the tool's rule, and both are shown."""

import json

import pytest

from passk_lab import readers
from tests.readers.written import FILES, TRUTH, inspect_header, inspect_log, inspect_samples, lines, nemo_skills, right

MEAN = sum(TRUTH["c"]["trained"]) / 96
SOLVED = sum(c > 0 for c in TRUTH["c"]["trained"]) / 12
# By hand from the counts: 1 - C(8 - c, 2)/C(8, 2) with c = 0, 0, 0, 1, 4, 6, 7 and five times 8.
AT_2 = (0 + 0 + 0 + 7 / 28 + (28 - 6) / 28 + (28 - 1) / 28 + 1 + 5) / 12


def copied(tmp_path, name, change=lambda text: text):
    path = tmp_path / name.rpartition("/")[2]
    path.write_text(change((FILES / name).read_text()))
    return path


def only(path, **choices):
    (found,) = readers.read(path, **choices)
    return found


def said(found):
    return {score.name: (score.stated, pytest.approx(score.recomputed, abs=1e-9)) for score in found.scores}


def test_lm_evaluation_harness(tmp_path):
    file = copied(tmp_path, "lm_eval/samples_humaneval_8_trained.jsonl")
    stated = {
        "alias": "humaneval_8",
        "pass@1,create_test": MEAN,
        "pass@1_stderr,create_test": 0.1,
        "pass@8,create_test": SOLVED,
    }
    of_others = {"humaneval": {"pass@1,create_test": 0.9}}
    (tmp_path / "results_2026.json").write_text(json.dumps({"results": {"humaneval_8": stated, **of_others}}))
    file = file.rename(tmp_path / "samples_humaneval_8_2026.jsonl")
    dated = ("samples_humaneval_8_2026-01-01T00-00-00.1.jsonl", "results_2026-01-01T00-00-00.1.json")
    for path in (file, tmp_path, tmp_path / dated[0]):
        if path.name == dated[0]:
            file.rename(path)
            (tmp_path / "results_2026.json").rename(tmp_path / dated[1])
            (tmp_path / "results_2026-02-02T00-00-00.1.json").write_text(json.dumps({"results": {"humaneval_8": 1}}))
        found = only(path)
        assert said(found) == {"pass@1": (MEAN, MEAN), "pass@8": (SOLVED, SOLVED)}
        assert not [notice for notice in found.notices if notice.code == "score_differs"]


def test_lm_evaluation_harness_of_a_metric_by_its_filter(tmp_path):
    row = {"doc": {}, "target": "1", "resps": [["a"]], "filtered_resps": ["a"], "metrics": ["exact_match"]}
    rows = [
        {**row, "doc_id": n, "doc_hash": f"h{n}", "filter": which, "exact_match": float(n < most)}
        for n in range(4)
        for which, most in (("strict", 1), ("flexible", 3))
    ]
    lines(tmp_path / "samples_gsm8k_2026.jsonl", rows)
    stated = {"exact_match,strict": 0.25, "exact_match,flexible": 0.75}
    (tmp_path / "results_2026.json").write_text(json.dumps({"results": {"gsm8k": stated}}))
    with pytest.raises(readers.Undecided, match="disagree") as asked:
        readers.read(tmp_path)
    assert (asked.value.option, list(asked.value.choices)) == ("filter", ["strict", "flexible"])
    for which, share in (("strict", 0.25), ("flexible", 0.75)):
        found = only(tmp_path, filter=which)
        assert said(found) == {"exact_match": (share, share)}
        assert [(one.why, one.rows) for one in found.left_out if one.rows == 4]


def test_evalplus_states_base_and_plus(tmp_path):
    def with_scores(text):
        stated = {"base": {"pass@1": 64 / 96}, "plus": {"pass@1": MEAN, "pass@2": AT_2}}
        return json.dumps({**json.loads(text), "pass_at_k": stated})

    path = copied(tmp_path, "evalplus/trained_eval_results.json", with_scores)
    assert said(only(path, verdict="plus")) == {"pass@1 (plus)": (MEAN, MEAN), "pass@2 (plus)": (AT_2, AT_2)}
    assert said(only(path, verdict="base")) == {"pass@1 (base)": (64 / 96, 64 / 96)}


def test_bigcodebench_has_them_in_a_file_beside(tmp_path):
    copied(tmp_path, "bigcodebench/base_eval_results.json")
    path = copied(tmp_path, "bigcodebench/trained_eval_results.json")
    (tmp_path / "trained_pass_at_k.json").write_text(json.dumps({"pass@1": MEAN, "pass@2": AT_2, "model": "x"}))
    (tmp_path / "base_pass_at_k.json").write_text(json.dumps({"pass@1": 0.4375}))
    assert said(only(path)) == {"pass@1": (MEAN, MEAN), "pass@2": (AT_2, AT_2)}


def test_livecodebench_has_them_in_the_shorter_file():
    found = only(FILES / "livecodebench" / "trained_codegeneration_8_0.2_eval_all.json")
    assert said(found) == {"pass@1": (MEAN, MEAN)}


def test_skyrl_states_the_sum_of_tokens_and_asks_for_the_last(tmp_path):
    rows = [json.loads(line) for line in (FILES / "skyrl" / "trained" / "math.jsonl").read_text().splitlines()]
    for row in rows:
        row["score"][0] = 0.5  # for the form, on the first token
    lines(tmp_path / "math.jsonl", rows)
    stated = {"eval/math/avg_score": MEAN + 0.5, "eval/math/pass_at_8": SOLVED, "eval/all/avg_score": MEAN + 0.5}
    lines(tmp_path / "aggregated_results.jsonl", [stated])
    found = only(tmp_path)
    assert sorted(found.c.tolist()) == TRUTH["c"]["trained"]
    assert said(found) == {name: (value, value) for name, value in stated.items()}


def test_the_larger_file_of_verifiers_states_a_mean_reward(tmp_path):
    copied(tmp_path, "verifiers_legacy/trained/results.jsonl")
    about = {"avg_reward": MEAN + 0.1, "model": "made/up", "sampling_args": {"temperature": 0.6}}
    (tmp_path / "metadata.json").write_text(json.dumps(about))
    found = only(tmp_path / "results.jsonl")
    assert said(found) == {"avg_reward": (MEAN + 0.1, MEAN + 0.1)}
    assert found.settings == {"model": "made/up", "temperature": 0.6}


def test_nemo_skills_states_percent(tmp_path):
    folder = nemo_skills(tmp_path / "aime", "trained")
    stated = {
        "pass@1[avg-of-8]": {"num_entries": 12, "symbolic_correct": round(100 * MEAN, 2)},
        "pass@8": {"num_entries": 12, "symbolic_correct": 100 * SOLVED},
        "majority@8": {"symbolic_correct": 66.7},
        "pass@4": {"symbolic_correct": 1.0},
    }
    (folder / "metrics.json").write_text(json.dumps({"aime": stated}))
    found = only(folder)
    assert {score.name: score.stated for score in found.scores} == {
        "pass@1[avg-of-8] in percent": 60.42,
        "pass@8 in percent": 75.0,
    }
    assert not [notice for notice in found.notices if notice.code == "score_differs"]


def test_evalchemy_states_a_mean_over_repetitions(tmp_path):
    def with_scores(text):
        document = json.loads(text)
        document["results"]["AIME24"] |= {"accuracy_avg": MEAN, "num_total": 12, "num_repeat": 8}
        return json.dumps(document)

    path = copied(tmp_path, "evalchemy_trained.json", with_scores)
    assert said(only(path)) == {"accuracy_avg": (MEAN, MEAN)}


def test_inspect_by_its_reducers(tmp_path):
    header = inspect_header(MEAN)
    one = {"name": "match", "scorer": "match", "reducer": "pass_at_2", "metrics": {"accuracy": {"value": AT_2}}}
    header["results"]["scores"].append(one)
    found = only(inspect_log(tmp_path / "log.eval", inspect_samples("trained"), header))
    assert said(found) == {"match accuracy (mean)": (MEAN, MEAN), "match accuracy (pass_at_2)": (AT_2, AT_2)}


def test_inspect_counts_a_part_as_a_half_in_the_mean_and_as_nothing_in_pass_at_k(tmp_path):
    samples = inspect_samples("trained", ("P", "C"))
    header = inspect_header(MEAN + (1 - MEAN) / 2)
    one = {"name": "match", "scorer": "match", "reducer": "pass_at_2", "metrics": {"accuracy": {"value": AT_2}}}
    header["results"]["scores"].append(one)
    found = only(inspect_log(tmp_path / "log.eval", samples, header), threshold="tool")
    assert sorted(found.c.tolist()) == TRUTH["c"]["trained"]
    assert [score.recomputed for score in found.scores] == pytest.approx([score.stated for score in found.scores])


def test_a_score_that_the_samples_do_not_give_is_told_of(tmp_path):
    found = only(inspect_log(tmp_path / "log.eval", inspect_samples("trained"), inspect_header(0.7)))
    (notice,) = [notice for notice in found.notices if notice.code == "score_differs"]
    assert "states match accuracy (mean) = 0.7; from the samples it is 0.604167" in notice.text


@pytest.mark.parametrize("text", ['{"results": 3}', "[]", '{"results": {"humaneval_8_trained": 1}}', "nothing", ""])
def test_a_summary_that_is_broken_is_told_of_and_the_samples_are_read(tmp_path, text):
    path = copied(tmp_path, "lm_eval/samples_humaneval_8_trained.jsonl")
    (tmp_path / "results_2026.json").write_text(text)
    found = only(path)
    assert sorted(found.c.tolist()) == TRUTH["c"]["trained"]
    assert found.scores == ()
    assert [notice.code for notice in found.notices] == ["score_unread"]


def test_by_hand_is_the_curve():
    assert pytest.approx(0.6875, abs=1e-3) != MEAN
    assert [sum(row) for row in right("trained")] == [0, 0, 0, 1, 4, 6, 7, 8, 8, 8, 8, 8]
    assert pytest.approx((7 + 22 + 27 + 28 + 5 * 28) / 28 / 12) == AT_2
