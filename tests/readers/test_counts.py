"""Every file counts as TRUTH.json says, whichever tool wrote it, and one reader alone takes it for its own."""

import json

import numpy as np
import pytest

from passk_lab import readers
from passk_lab.metrics import pass_at_k
from passk_lab.readers import format as formats
from passk_lab.readers.source import File
from tests.readers.written import (
    FILES,
    TRUTH,
    inspect_header,
    inspect_log,
    inspect_samples,
    lines,
    nemo_skills,
    right,
    zipped,
)

OF_MODELS = {
    "BigCodeBench": "bigcodebench/{}_eval_results.json",
    "evalplus": "evalplus/{}_eval_results.json",
    "evalchemy": "evalchemy_{}.json",
    "human-eval": "human_eval/{}_samples.jsonl_results.jsonl",
    "limit-of-RLVR": "limit_of_rlvr/test_{}_seed1_t0.6_s0_e-1.jsonl",
    "LiveCodeBench": "livecodebench/{}_codegeneration_8_0.2_eval_all.json",
    "LiveCodeBench, tests": "livecodebench/{}_codegeneration_8_0.2_eval.json",
    "lm-evaluation-harness": "lm_eval/samples_humaneval_8_{}.jsonl",
    "NeMo-RL": "nemo_rl/{}",
    "open-instruct": "open_instruct/{}_rollouts_000000.jsonl",
    "SkyRL": "skyrl/{}",
    "tau-bench": "tau_bench/{}.json",
    "tau2-bench": "tau2/{}.json",
    "Tinker": "tinker/{}",
    "Tinker, summaries": "tinker/{}/train_rollout_summaries.jsonl",
    "lighteval": "details_lighteval_{}_2026-01-01T00-00-00.000000.parquet",
    "table, counts": "counts_{}.csv",
    "table, long": "long_{}.csv",
    "table, wide": "wide_{}.csv",
    "TRL": "trl/{}",
    "verifiers": "verifiers_v1/{}",
    "vf-eval": "verifiers_legacy/{}",
    "verl": "verl/{}",
}
CHOICES = {"evalplus": {"verdict": "plus"}}


def check(found, model):
    """The counts of a model, whatever the problems are called and in which order they came."""
    assert sorted(found.c.tolist()) == TRUTH["c"][model]
    assert found.n.tolist() == [TRUTH["n"]] * len(TRUTH["c"][model])
    assert found.rows == found.n.sum() + sum(one.rows for one in found.left_out)


@pytest.mark.parametrize("model", ["base", "trained"])
@pytest.mark.parametrize("tool", OF_MODELS)
def test_a_file_counts_as_it_should(tool, model):
    (found,) = readers.read(FILES / OF_MODELS[tool].format(model), **CHOICES.get(tool, {}))
    assert found.format == tool.partition(", ")[0]
    check(found, model)


@pytest.mark.parametrize("method", [93, 8, 0])
@pytest.mark.parametrize("summaries", [True, False])
def test_a_log_of_inspect(tmp_path, method, summaries):
    log = inspect_log(tmp_path / "log.eval", inspect_samples("trained"), inspect_header(), summaries, method)
    (found,) = readers.read(log)
    assert (found.format, found.settings) == ("Inspect", {"model": "made/up", "temperature": 0.7})
    check(found, "trained")
    assert found.answers[0].given == {"0": 8}
    assert found.answers[0].right == {"0": 0}


def test_an_old_log_of_inspect(tmp_path):
    log = tmp_path / "log.json"
    log.write_text(json.dumps({**inspect_header(), "samples": inspect_samples("base", (False, True))}))
    (found,) = readers.read(log)
    check(found, "base")


def test_an_older_zipped_log_and_one_that_was_never_finished(tmp_path):
    samples, header = inspect_samples("base"), inspect_header()
    of_start = {"version": 2, "eval": header["eval"], "plan": header["plan"]}
    whole = {f"samples/{one['id']}_epoch_{one['epoch']}.json": json.dumps(one).encode() for one in samples}
    start = json.dumps(of_start).encode()
    ended = {"results.json": json.dumps({"status": "success", "results": header["results"]}).encode()}
    summary = {"summary.json": json.dumps(samples).encode()}
    (found,) = readers.read(zipped(tmp_path / "old.eval", {**whole, **summary, **ended, "start.json": start}, 8))
    check(found, "base")
    assert not found.notices
    (found,) = readers.read(zipped(tmp_path / "cut.eval", {"_journal/start.json": start, **whole}))
    check(found, "base")
    assert [(notice.code, notice.rows) for notice in found.notices] == [("unfinished", 96)]


def test_turns_of_nemo_rl_as_texts(tmp_path):
    rows = [
        {"content": [f"q{number}", f"a{index}"], "rewards": float(verdict), "idx": 8 * number + index}
        for number, verdicts in enumerate(right("base"))
        for index, verdict in enumerate(verdicts)
    ]
    (found,) = readers.read(lines(tmp_path / "train_data_step7.jsonl", rows))
    assert (found.step, found.run) == (7, "train_data")
    check(found, "base")
    with pytest.raises(readers.BadFile, match="question and answer are one text"):
        readers.read(lines(tmp_path / "train_data_step8.jsonl", [{**row, "content": "q a"} for row in rows]))


def test_older_samples_of_lm_evaluation_harness(tmp_path):
    asked = [["q", {"until": ["Q:"], "do_sample": False, "temperature": 0.0}]]
    row = {"doc": {}, "target": "1", "arguments": asked, "resps": [["1"]], "filtered_resps": ["1"], "doc_hash": "x"}
    rows = [{**row, "doc_id": n, "doc_hash": f"h{n}", "exact_match": float(n == 1), "bypass": 999} for n in range(3)]
    (found,) = readers.read(lines(tmp_path / "samples_x.jsonl", rows))
    assert (found.verdict, found.c.tolist()) == ("exact_match", [0, 1, 0])
    assert found.settings == {"temperature": 0.0, "do_sample": False}
    assert [notice.code for notice in found.notices] == ["greedy"]
    choices = {"arguments": [["q", " a"], ["q", " b"]], "resps": [[[-3.0, False]], [[-4.0, False]]]}
    rows = [
        {**row, **choices, "filtered_resps": [[-3.0, False], [-4.0, False]], "doc_id": 0, "acc": 1.0, "acc_norm": 1.0}
    ]
    (found,) = readers.read(lines(tmp_path / "samples_y.jsonl", rows))
    assert (found.n.tolist(), found.c.tolist()) == ([1], [1])


def test_single_answers_of_evalchemy(tmp_path):
    examples = [{"answer": answer, "model_answer": "1,000"} for answer in ("1000", "1000.0", " 1 000", "$1000$", "100")]
    (tmp_path / "x.json").write_text(json.dumps({"results": {"MATH500": {"examples": examples}}}))
    (found,) = readers.read(tmp_path / "x.json")
    assert found.c.tolist() == [1, 1, 1, 1, 0]


def test_flat_traces_of_verifiers(tmp_path):
    rows = [
        {"id": f"{number}x{index}", "task": {"idx": number, "prompt": "?"}, "rewards": {"correct": float(verdict)}}
        for number, verdicts in enumerate(right("trained"))
        for index, verdict in enumerate(verdicts)
    ]
    folder = tmp_path / "rollouts" / "step_40" / "eval" / "aime"
    folder.mkdir(parents=True)
    lines(folder / "traces.jsonl", rows)
    (found,) = readers.read(tmp_path)
    assert (found.format, found.step, found.run) == ("verifiers", 40, "aime")
    check(found, "trained")


def test_a_folder_of_nemo_skills(tmp_path):
    (found,) = readers.read(nemo_skills(tmp_path / "aime", "base"))
    assert (found.format, found.run) == ("NeMo-Skills", "aime")
    check(found, "base")
    # In the order of the problems: all that is to be seen of which sample was which.
    assert found.c.tolist() == TRUTH["c"]["base"]


@pytest.mark.parametrize("kind", ["input", "output"])
def test_published_scores_of_cruxeval_come_out(kind):
    (found,) = readers.read(FILES / f"cruxeval_{kind}.json")
    assert (len(found.problems), set(found.n.tolist())) == (800, {10})
    published = TRUTH["cruxeval"]["published percent"][kind]
    for k, percent in zip((1, 5), published, strict=True):
        assert 100 * np.mean(pass_at_k(found.n, found.c, k)) == pytest.approx(percent, abs=1e-4)
    assert [(score.name, score.stated) for score in found.scores] == [
        ("pass@1 in percent", pytest.approx(published[0], abs=1e-4)),
        ("pass@5 in percent", pytest.approx(published[1], abs=1e-4)),
    ]


def test_two_lists_of_one_file_go_together_by_name_and_not_by_place():
    listed = json.loads((FILES / "cruxeval_input.json").read_text())
    assert list(listed["raw_generations"]) != list(listed["raw_scored_generations"])
    (found,) = readers.read(FILES / "cruxeval_input.json")
    of_it = dict(zip(found.problems, found.c.tolist(), strict=True))
    assert of_it == {name: sum(verdicts) for name, verdicts in listed["raw_scored_generations"].items()}


def files():
    return [
        path
        for pattern in ("*.json*", "*.csv", "*.parquet")
        for path in sorted(FILES.rglob(pattern))
        if path.name not in ("TRUTH.json", "aggregated_results.jsonl")
    ]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(FILES)))
def test_one_reader_alone_knows_each_file(path):
    head = File(path, path.name).head()
    mine = [reader for reader in formats.every().values() if reader.recognises(head)]
    # Any file of rows with ids and verdicts is a table as well, if nobody knows better.
    assert len([reader for reader in mine if not reader.last_resort] or mine) == 1


def test_every_reader_says_what_it_reads():
    for reader in formats.every().values():
        for words in (reader.name, reader.writes, reader.problem_is, reader.sample_is, reader.correct_is, reader.trap):
            assert words
            assert not words.endswith(".") or words.endswith(", ...")


def test_the_written_files_are_of_those_tools(tmp_path):
    inspect_log(tmp_path / "log.eval", inspect_samples("base"), inspect_header())
    nemo_skills(tmp_path / "skills", "base")
    for path, name in ((tmp_path / "log.eval", "Inspect"), (tmp_path / "skills" / "output-rs0.jsonl", "NeMo-Skills")):
        head = File(path, path.name).head()
        assert [one for one, reader in formats.every().items() if reader.recognises(head)] == [name]


def test_both_models_at_once_are_two_evaluations():
    for tool, name in OF_MODELS.items():
        with pytest.raises(readers.Undecided) as asked:
            readers.read([FILES / name.format("base"), FILES / name.format("trained")], **CHOICES.get(tool, {}))
        assert asked.value.option == "run"
        assert len(asked.value.choices) == 2
        one = list(asked.value.choices)[1]
        both = [FILES / name.format("base"), FILES / name.format("trained")]
        (found,) = readers.read(both, run=one, **CHOICES.get(tool, {}))
        check(found, "trained")


def test_checkpoints_come_by_step(tmp_path):
    folder = tmp_path / "val"
    folder.mkdir()
    for step, model in ((200, "trained"), (0, "base"), (30, "base")):
        kind = {"base": "verl/base/0.jsonl", "trained": "verl/trained/200.jsonl"}[model]
        rows = [json.loads(line) for line in (FILES / kind).read_text().splitlines()]
        lines(folder / f"{step}.jsonl", [{**row, "step": step} for row in rows])
    found = readers.read(folder)
    assert [one.step for one in found] == [0, 30, 200]
    assert [one.files for one in found] == [("0.jsonl",), ("30.jsonl",), ("200.jsonl",)]
    check(found[2], "trained")


def test_what_is_right_is_the_same_at_every_step(tmp_path):
    row = {"prompt_idx": 0, "prompt_tokens": [1], "response_tokens": [2]}
    rows = [{**row, "step": step, "sample_idx": n, "reward": 10 * (n < step)} for step in range(5) for n in range(4)]
    found = readers.read(lines(tmp_path / "x_rollouts_000000.jsonl", rows))
    assert [(one.step, *one.c) for one in found] == [(step, step) for step in range(5)]
    # Alone, a step at which all are right says nothing of what a right answer is worth.
    with pytest.raises(readers.Undecided) as asked:
        readers.read(lines(tmp_path / "y_rollouts_000000.jsonl", [one for one in rows if one["step"] == 4]))
    assert asked.value.option == "threshold"


def test_checkpoints_of_which_each_has_a_folder(tmp_path):
    for step, model in ((0, "base"), (40, "trained")):
        folder = tmp_path / "dumped_evals" / f"global_step_{step}_evals"
        folder.mkdir(parents=True)
        for file in (FILES / "skyrl" / model).iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
    found = readers.read(tmp_path)
    assert [(one.step, one.run, len(one.scores)) for one in found] == [(0, "math", 1), (40, "math", 1)]
    check(found[1], "trained")


def test_seeds_in_files_of_their_own_are_one_evaluation(tmp_path):
    rows = [json.loads(line) for line in (FILES / OF_MODELS["limit-of-RLVR"].format("base")).read_text().splitlines()]
    for seed in (1, 2):
        lines(tmp_path / f"test_base_seed{seed}_t0.6_s0_e-1.jsonl", rows)
    (found,) = readers.read(tmp_path)
    assert found.n.tolist() == [16] * 12
    assert found.c.tolist() == [2 * c for c in TRUTH["c"]["base"]]


def test_two_views_of_the_same_samples_are_read_once():
    (found,) = readers.read(FILES / "tinker" / "base")
    assert found.files == ("trajectories.jsonl",)
    assert found.files_passed_over == {"the same samples once more (train_rollout_summaries.jsonl)": 1}
    (found,) = readers.read([FILES / OF_MODELS[f"LiveCodeBench{more}"].format("base") for more in ("", ", tests")])
    check(found, "base")
    assert found.problems[0] == "abc0"
    assert not found.notices


def test_verdicts_that_part_are_asked_for_and_those_that_do_not_are_not(tmp_path):
    with pytest.raises(readers.Undecided, match="49 of 96 samples right") as asked:
        readers.read(FILES / "evalplus" / "base_eval_results.json")
    assert (asked.value.option, list(asked.value.choices)) == ("verdict", ["base", "plus"])
    (found,) = readers.read(FILES / "evalplus" / "base_eval_results.json", verdict="base")
    assert found.c.sum() == 49
    assert found.other_verdicts["plus"].sum() == 42
    samples = inspect_samples("base")
    for one in samples:
        one["scores"]["model_graded"] = one["scores"]["match"]
    (found,) = readers.read(inspect_log(tmp_path / "log.eval", samples, inspect_header()))
    check(found, "base")
    assert list(found.other_verdicts) == ["model_graded"]


def test_right_of_the_written_files_is_the_truth():
    assert [sum(row) for row in right("trained")] == TRUTH["c"]["trained"]
