"""The command `passk-lab diagnose`: from files to a summary and JSON, and a sentence for whatever is wrong."""

import json
import os

import numpy as np
import pytest

from passk_lab import bundled, data
from passk_lab.cli import main
from tests.report.cases import write


@pytest.fixture
def two(tmp_path):
    """A part of the bundled pair as files of human-eval, so that reading them is quick."""
    both = data.problems("math500")
    return [
        str(write(tmp_path / f"{name}_results.jsonl", both.problem_ids[:400:2], 8, both.c[i, :400:2] // 16))
        for name, i in (("trained", 1), ("base", 0))
    ]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))


def run(capsys, *words):
    words = [str(word) for word in words]
    if not {"--json", "--out", "--figures"} & set(words):
        words += ["--json", "said.json"]  # the page, which it would write, takes seconds
    status = main(["diagnose", *words])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_two_files_become_a_summary_and_json(two, tmp_path, capsys):
    status, out, err = run(capsys, two[0], "--base", two[1], "--json", tmp_path / "out.json", "--training-n", 4)
    assert (status, err) == (0, "")
    for part in (
        "Model: trained_results.jsonl (format human-eval, 1 file)", "a problem is  task_id", "a sample is ",
        "right is      passed is true", "200 problems, 8 samples of each", "On the 200 common problems",
        "Groups of 4 samples (as in training): ", "The model is better at k = 1: pass@1 is", "[small_benchmark]",
    ):  # fmt: skip
        assert " ".join(part.split()) in " ".join(out.split())
    said = json.loads((tmp_path / "out.json").read_text())
    both = data.problems("math500")
    assert said["pass_at"]["1"]["estimate"] == pytest.approx((both.c[1, :400:2] // 16).sum() / 1600)
    assert said["verdicts"][0]["code"] == "better_at_1"
    assert len(max(out.splitlines(), key=len)) <= 110


def test_a_rate_of_the_verifier(two, capsys):
    _, out, _ = run(capsys, two[0], "--audit", "1/50")
    assert "At a false-positive rate of 0.02 (1 of 50 read) a model that is never right would be seen" in out
    assert "pass@k put right for errors drawn anew with each sample at a rate of 0.02" in out


def test_json_of_the_lab_may_be_written_again_and_nothing_else(two, tmp_path, capsys):
    mine = tmp_path / "mine.json"
    mine.write_text("{}")
    status, _, err = run(capsys, two[0], "--json", mine)
    assert (status, mine.read_text()) == (2, "{}")
    assert "mine.json is there already, and the lab did not write it: name another place." in err
    for _ in range(2):
        assert run(capsys, two[0], "--json", tmp_path / "out.json")[0] == 0
    status, _, err = run(capsys, two[0], "--json", two[0])
    assert status == 2
    assert "is one of the files that are read" in err
    assert run(capsys, two[0], "--json", tmp_path / "nowhere" / "out.json")[0] == 2


def test_two_readings_stop_with_the_options_to_type(two, tmp_path, capsys):
    folder = os.path.dirname(two[0])
    status, out, err = run(capsys, folder)
    assert (status, out) == (2, "")
    assert "these are 2 evaluations: name the files of one, or the run." in err
    assert "--run 'base_results.jsonl'" in err
    status, out, _ = run(capsys, folder, "--run", "trained_results.jsonl", "--base", folder, "--base-run",
                         "base_results.jsonl")  # fmt: skip
    assert status == 0
    assert "The model is better at k = 1" in out
    _, _, err = run(capsys, two[0], "--base", folder)
    assert "of the base: these are 2 evaluations" in err
    assert "--base-run 'base_results.jsonl'" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.jsonl"], "there is no such file or folder"),
        (["{file}", "--k", "1,99"], "k = 99 draws need at least 99 samples"),
        (["{file}", "--k", "many"], "--k is one whole number or several with commas"),
        (["{file}", "--level", "95"], "level must lie strictly between 0 and 1"),
        (["{file}", "--threshold", "half"], "--threshold is a number or the word tool"),
        (["{file}", "--columns", "task"], "--columns is written as problem=NAME"),
        (["{file}", "--verdict", "plus"], "there is no verdict 'plus'"),
        (["{file}", "--format", "morse"], "there is no format called 'morse'"),
        (["{file}", "--training-n", "0"], "training_n"),
        (["{file}", "--audit", "3/2"], "of M wrong samples read X were accepted"),
        (["{file}", "--audit", "nowhere.csv"], "nowhere.csv: cannot be read"),
        (["{file}", "--false-positive", "2"], "a false-positive rate lies in [0, 1)"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(words, said, two, capsys):
    status, out, err = run(capsys, *(word.format(file=two[0]) for word in words))
    assert (status, out) == (2, "")
    assert err.startswith("passk-lab diagnose: ")
    assert said in err
    assert "Traceback" not in err


def test_checkpoints_in_a_folder_become_a_trend(tmp_path, capsys):
    rng = np.random.default_rng(0)
    for step in (0, 10, 20):
        rows = [
            {"input": f"What is {problem}?", "output": f"{problem} {sample}", "score": float(rng.random() < step / 25)}
            for problem in range(40)
            for sample in range(4)
        ]
        (tmp_path / f"{step}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    status, out, _ = run(capsys, tmp_path, "--training-n", 4)
    assert status == 0
    assert "Over 3 checkpoints (groups of 4):" in out
    assert "step 20 (format verl" in out
    assert "Groups of 4 that are all wrong fell from 100.0 % (step 0) to" in " ".join(out.split())


def test_the_base_may_be_of_another_kind(two, tmp_path, capsys):
    both = data.problems("math500")
    rows = [f"{name},8,{c}" for name, c in zip(both.problem_ids[:400:2], both.c[0, :400:2] // 16, strict=True)]
    (tmp_path / "base.csv").write_text("\n".join(["task,tried,good", *rows]))
    status, out, err = run(capsys, two[0], "--base", tmp_path / "base.csv", "--base-columns",
                           "problem=task,n=tried,c=good")  # fmt: skip
    assert (status, err) == (0, "")
    assert "[judged_differently]" in out
    assert "The model is better at k = 1" in out


def test_tau_bench_from_its_table(capsys):
    status, out, _ = run(capsys, bundled.folder("data") / "taubench_gpt4o_airline_trials.csv")
    assert status == 0
    assert "42.0 % at k = 1, 27.3 % at k = 2, 22.0 % at k = 3, 20.0 % at k = 4." in " ".join(out.split())


def test_names_from_files_do_not_reach_the_terminal_as_commands(tmp_path, capsys):
    path = write(tmp_path / "x_results.jsonl", ["\x1b[2Jgone", "b"], 4, [1, 2])
    write(tmp_path / "y_results.jsonl", ["b", "c"], 4, [1, 2])
    status, out, _ = run(capsys, path, "--base", tmp_path / "y_results.jsonl")
    assert status == 0
    assert "\x1b" not in out
    assert "gone" in out


def test_help_says_what_to_type(capsys):
    with pytest.raises(SystemExit) as end:
        main(["diagnose", "--help"])
    said = capsys.readouterr().out
    assert end.value.code == 0
    for word in ("--base", "--json", "--out", "--verdict", "--columns", "--training-n", "matched by id"):
        assert word in said


def test_without_a_word_it_writes_a_page_and_may_do_so_again(two, capsys):
    for _ in range(2):
        assert main(["diagnose", two[0]]) == 0
        assert capsys.readouterr().out.rstrip().endswith("Written: diagnosis.html")
        with open("diagnosis.html", encoding="utf-8") as file:
            assert "passk_lab" in file.read(4096)
    with open("diagnosis.html", "w", encoding="utf-8") as file:
        file.write("mine")
    assert main(["diagnose", two[0]]) == 2
    assert "the lab did not write it" in capsys.readouterr().err
