"""`passk-lab train`, `runs` and `sweep`: what they print, and trouble in a sentence."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from passk_lab.cli import main
from passk_lab.lm import KS, TrainConfig, load_run, train
from passk_lab.lm.command import crossing, default_folder
from passk_lab.lm.run import is_step

SMALL = ["--orders", "60", "--judged", "2", "--prompts", "4", "--n", "16", "--save-every", "5", "--evaluate-every", "5"]
CONFIG = TrainConfig(orders=60, judged=2, prompts=4, n=16, save_every=5, evaluate_every=5)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_run_is_trained_and_its_end_is_told(capsys):
    more = ["--objective", "pass@k", "--k", "4", "--rate", "8e-4", "--steps", "8", "--seed", "1"]
    mechanisms = ["--mechanism", "entropy:coefficient=0.02,target=3", "--mechanism", "count-bonus"]
    assert main(["train", *more, *SMALL, *mechanisms, "--out", "mine"]) == 0
    said = capsys.readouterr()
    run = load_run("mine")
    assert run.config == CONFIG.but(
        objective="pass@k", parameters={"k": 4}, rate=8e-4, steps=8, seed=1,
        mechanisms={"entropy": {"coefficient": 0.02, "target": 3}, "count-bonus": {}},
    )  # fmt: skip
    before, after = (run.history[at]["unseen"]["pass_at"] for at in (0, -1))
    for k in (1, 4, 16, 64, 256):
        at = KS.index(k)
        assert re.search(rf"^pass@{k} +{before[at]:.3f} +{after[at]:.3f}$", said.out, re.MULTILINE)
    for words in ("gap, pass@16 - pass@1", "distinct right solutions", "entropy of an answer", "The run lies in mine."):
        assert words in said.out
    assert "The curves cross" in said.out or "do not cross" in said.out
    assert "8/8" in said.err
    assert "in the batch" in said.err

    before_again = (Path("mine") / "history.jsonl").read_bytes()
    assert main(["train", *more, *SMALL, *mechanisms, "--out", "mine"]) == 0
    assert "had ended before; nothing was trained now" in capsys.readouterr().out
    assert (Path("mine") / "history.jsonl").read_bytes() == before_again


def test_a_run_on_the_exact_gradient_goes_to_the_default_folder(capsys):
    assert main(["train", "--objective", "maxrl", "--gradient", "exact", "--steps", "2", *SMALL]) == 0
    said = capsys.readouterr().out
    assert "The run lies in passk-lab-runs/maxrl-exact-seed0." in said.replace(os.sep, "/")
    assert "entropy" not in said
    assert main(["runs"]) == 0
    assert re.search(r"^maxrl, exact gradient +0.0004 +0 +2/2 +finished", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (TrainConfig(), "grpo-seed0"),
        (TrainConfig(objective="pass@k", parameters={"k": 4}, seed=2), "pass@k-k=4-seed2"),
        (TrainConfig(mechanisms={"kl-cov": {"share": 0.1}}, updates=2), "grpo+kl-cov-share=0.1-seed0"),
        (TrainConfig(objective="pass@1", gradient="exact"), "pass@1-exact-seed0"),
    ],
)  # fmt: skip
def test_the_default_folder_tells_what_runs(config, name):
    assert default_folder(config) == Path("passk-lab-runs") / name


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([0.2, 0.5, 0.9], [0.4, 0.6, 0.8], "cross between k = 2 and k = 4: above, the base solves more"),
        ([0.4, 0.6, 0.8], [0.2, 0.5, 0.9], "cross between k = 2 and k = 4: above, the trained model solves more"),
        ([0.2, 0.5], [0.3, 0.6], "do not cross up to k = 2: training raised the whole curve"),
        ([0.3, 0.6], [0.2, 0.5], "do not cross up to k = 2: training lowered the whole curve"),
        ([0.3, 0.6], [0.3, 0.6], "are the same"),
    ],
)
def test_where_the_curves_cross(before, after, said):
    assert said in crossing(before, after)


def test_the_help_lists_the_settings_with_their_meaning(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["train", "--help"])
    assert ended.value.code == 0
    said = " ".join(re.sub(r"[│╭╰─╮╯]", " ", capsys.readouterr().out).split())
    for words in ("--evaluate-every", "Largest gradient norm.", "An exploration mechanism, as in", "--mechanism NAME"):
        assert words in said
    assert "--parameters" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--objective", "pass@q"], "there is no objective called 'pass@q'. There are: "),
        (["--mechanism", "foo"], "there is no mechanism called 'foo'. There are: entropy, "),
        (["--mechanism", "novelty:strength=-1"], "novelty: strength must lie at or above 0"),
        (["--mechanism", "novelty:power=1"], "novelty has strength, not 'power'."),
        (["--mechanism", "novelty:strength"], "--mechanism novelty takes name=number, as in k=4, but got 'strength'."),
        (["--mechanism", "novelty", "--mechanism", "novelty"], "the mechanism novelty is given twice"),
        (["--parameter", "k"], "--parameter takes name=number, as in k=4, but got 'k'."),
        (["--parameter", "k=nan"], "takes name=number"),
        (["--parameter", "k=4", "--parameter", "k=5"], "--parameter gives k twice"),
        (["--objective", "pass@k", "--k", "4", "--parameter", "k=5"], "k is given twice, by --k and by --parameter"),
        (["--objective", "pass@k", "--k", "64"], "needs groups of at least 64 samples"),
        (["--rate", "-1"], "rate must lie above 0"),
        (["--base", "none.safetensors"], "there is no checkpoint at none.safetensors."),
        (["--base-seed", "5"], "base_seed names a bundled model, 0, 1, 2, not 5"),
    ],
)
def test_a_setting_that_cannot_be(capsys, words, said):
    assert main(["train", *words]) == 2
    err = capsys.readouterr().err
    assert err.startswith("passk-lab: ")
    assert said in err
    assert err.count("\n") == 1
    assert not Path("passk-lab-runs").exists()


@pytest.mark.parametrize("words", [["--steps", "many"], ["--colour", "red"], ["--gradient", "steep"]])
def test_an_option_that_is_none(capsys, words):
    with pytest.raises(SystemExit) as ended:
        main(["train", *words])
    assert ended.value.code == 2
    assert words[0] in capsys.readouterr().err


@pytest.mark.parametrize("words", [["doctor", "--colour"], ["runs", "--colour"], ["--colour"]])
def test_the_other_commands_take_no_further_words(capsys, words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "unrecognized arguments: --colour" in capsys.readouterr().err


def test_another_run_in_the_folder_is_told(capsys):
    train(CONFIG.but(steps=1), "mine")
    assert main(["train", *SMALL, "--steps", "2", "--out", "mine"]) == 2
    assert "mine holds a run with steps = 1, but this one has 2: choose another folder" in capsys.readouterr().err


def test_a_damaged_checkpoint_is_told(capsys):
    def watch(entry):
        if entry["step"] == 8:
            raise KeyError

    with pytest.raises(KeyError):
        train(CONFIG.but(steps=10), "mine", watch)
    path = Path("mine/checkpoints/step-000005.safetensors")
    path.write_bytes(path.read_bytes()[:1000])
    assert main(["train", *SMALL, "--steps", "10", "--out", "mine"]) == 0
    err = capsys.readouterr().err
    assert re.search(r"^passk-lab: step-000005.safetensors is no whole .* The run starts again\.$", err, re.MULTILINE)


def test_a_breakdown_prints_its_diagnosis(capsys):
    assert main(["train", *SMALL, "--steps", "80", "--rate", "0.5", "--warmup", "0", "--out", "mine"]) == 1
    err = capsys.readouterr().err
    assert "passk-lab: broke down: no sample has been right for 25 steps" in err
    assert "lower the learning rate" in err
    assert main(["runs", "mine"]) == 0
    assert "broke down" in capsys.readouterr().out


def test_runs_lists_what_can_be_read_and_says_what_cannot(capsys):
    train(CONFIG.but(steps=2, objective="pass@k", parameters={"k": 4}), "all/good")
    for name, written in (("newer", '{"version": 2, "config": {}}'), ("damaged", '{"version": 1, "conf')):
        Path("all", name).mkdir()
        Path("all", name, "config.json").write_text(written)
    (Path("all/broken")).mkdir()
    Path("all/broken/config.json").write_text(Path("all/good/config.json").read_text())
    Path("all/broken/history.jsonl").write_text("x\ny\n")
    Path("all/begun").mkdir()
    Path("all/begun/config.json").write_text(Path("all/good/config.json").read_text())
    assert main(["runs", "all"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["run", "rate", "seed", "step", "ended", "pass@1", "pass@256"]
    assert re.fullmatch(r"pass@k \(k = 4\) +0.0004 +0 +0/2 +not yet +- +-", said[1])
    assert re.fullmatch(r"pass@k \(k = 4\) +0.0004 +0 +2/2 +finished +0\.\d{3} +\d\.\d{3}", said[2])
    assert said[3].startswith("broken: ")
    assert "line 1 is no record of a run" in said[3]
    assert said[4].startswith("damaged: ")
    assert "is no JSON" in said[4]
    assert said[5].startswith("newer: the run in")
    assert len(said) == 6


@pytest.mark.parametrize("folder", ["none", "."])
def test_runs_where_there_are_none(capsys, folder):
    assert main(["runs", folder]) == 2
    assert f"there is no run under {folder}: `passk-lab train` makes one" in capsys.readouterr().err


def test_a_sweep_ends_with_its_runs(capsys):
    shared = {"orders": 60, "judged": 2, "prompts": 4, "n": 16, "steps": 2}
    Path("grid.json").write_text(json.dumps({"shared": shared, "crossed": {"seed": [0, 1]}}))
    assert main(["sweep", "grid.json", "--out", "all", "--jobs", "1"]) == 0
    said = capsys.readouterr()
    assert "2/2" in said.err
    assert len(re.findall(r"^grpo +0.0004 +[01] +2/2 +finished", said.out, re.MULTILINE)) == 2


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('{"shared"', "grid.json is no JSON"),
        ('{"cross": {}}', 'a grid has "shared" and "crossed" settings, not \'cross\''),
        ('{"shared": {"objective": "pass@q"}}', "there is no objective called 'pass@q'"),
        (None, "grid.json: No such file or directory"),
    ],
)
def test_a_grid_that_is_none(capsys, written, said):
    if written is not None:
        Path("grid.json").write_text(written)
    assert main(["sweep", "grid.json", "--out", "all"]) == 2
    assert said in capsys.readouterr().err
    assert not Path("all").exists()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_stopped_by_ctrl_c_it_says_how_to_go_on_and_goes_on(capsys):
    words = ["train", *SMALL, "--steps", "100000", "--out", "mine"]
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # in the background of a shell nobody hears Ctrl-C
    try:
        process = subprocess.Popen([sys.executable, "-m", "passk_lab", *words], stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        history = Path("mine/history.jsonl")
        while process.poll() is None and not (history.exists() and history.read_bytes().count(b"\n") > 8):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=600)
    assert process.returncode == 130
    assert re.search(r"Stopped at step \d+\. The same command goes on from the last checkpoint in mine\.", err)
    assert "Traceback" not in err
    done = len(load_run("mine").steps)
    assert 0 < done < 100_000

    def stop(entry):
        if is_step(entry):
            raise KeyError(entry["step"])

    with pytest.raises(KeyError) as reached:
        train(CONFIG.but(steps=100_000), "mine", stop)
    assert reached.value.args[0] == done // 5 * 5 + 1
