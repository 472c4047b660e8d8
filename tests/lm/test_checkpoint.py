"""Checkpoints: the same bits back, whole or not at all, and what cannot be used is told in a sentence."""

import json
import os

import pytest
import torch
from safetensors.torch import save_file

from passk_lab.lm import Countdown, Learner, Shape, TrainConfig, Transformer, Unreadable, checkpoint

SMALL = Shape(width=16, layers=1, heads=2)


def model(seed: int = 0) -> Transformer:
    return Transformer(Countdown(), SMALL, seed)


def test_what_is_read_is_what_was_written_to_the_bit(tmp_path):
    extra = {"adam.0.exp_avg": torch.randn(3, 4), "mechanism.count-bonus.count": torch.tensor([[1, -7, 2**40]])}
    note = {"done": 5, "rate": 0.1 + 0.2, "parameters": {"k": 4}}
    checkpoint.write(tmp_path / "a.safetensors", model(), extra, note)
    back, tensors, told = checkpoint.read(tmp_path / "a.safetensors")
    assert (back.task, back.shape, told) == (Countdown(), SMALL, note)
    assert tensors.keys() == extra.keys()
    assert all(
        torch.equal(tensors[name], value) and tensors[name].dtype == value.dtype for name, value in extra.items()
    )
    assert all(torch.equal(value, model().state_dict()[name]) for name, value in back.state_dict().items())


def test_equal_states_make_equal_files(tmp_path):
    for name in "ab":
        checkpoint.write(tmp_path / name, model(), {"x": torch.ones(2)}, {"done": 1})
    checkpoint.write(tmp_path / "c", model(seed=1), {"x": torch.ones(2)}, {"done": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != (tmp_path / "c").read_bytes()


@pytest.mark.parametrize("keep", [0, 5, 8, 200, 5_000, -1])
def test_a_file_cut_short_at_any_place_is_told(tmp_path, keep):
    path = tmp_path / "a.safetensors"
    checkpoint.write(path, model(), note={})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(Unreadable, match=r"a.safetensors is no whole safetensors file .*cut short or is damaged"):
        checkpoint.read(path)


def foreign(tmp_path, about):
    path = tmp_path / "a.safetensors"
    save_file({"model.x": torch.zeros(2)}, path, metadata=about and {"passk_lab": about})
    return path


SHAPE = {"width": 16, "layers": 1, "heads": 2}


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (None, "not a checkpoint of this version of the lab: it says format None"),
        ("no JSON", "it says format None"),
        ("[1]", "it says format None"),
        (json.dumps({"format": "passk_lab.lm/2"}), "it says format 'passk_lab.lm/2', this version reads"),
        (json.dumps({"format": checkpoint.FORMAT}), "does not describe a model that this version of the lab has"),
        (
            json.dumps({"format": checkpoint.FORMAT, "note": 0, "model": {"task": {"digits": 2}, "shape": SHAPE}}),
            "does not describe a model",
        ),
        (
            json.dumps({"format": checkpoint.FORMAT, "note": 0, "model": {"task": {"numbers": 9}, "shape": SHAPE}}),
            "does not describe a model .*2, 3 or 4 numbers",
        ),
        (
            json.dumps({"format": checkpoint.FORMAT, "note": 0, "model": {"task": {}, "shape": SHAPE}}),
            "does not hold the weights that its description promises",
        ),
    ],
)
def test_a_file_of_another_kind_is_told(tmp_path, about, said):
    with pytest.raises(Unreadable, match=said):
        checkpoint.read(foreign(tmp_path, about))


def test_text_a_folder_and_nothing(tmp_path):
    (tmp_path / "notes.txt").write_text("not a checkpoint at all, only words")
    for name, said in (("notes.txt", "no whole safetensors file"), (".", "no whole"), ("none", "no checkpoint at")):
        with pytest.raises(Unreadable, match=said):
            checkpoint.read(tmp_path / name)


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_what_cannot_be_written_leaves_what_was_there(tmp_path):
    import resource

    path = tmp_path / "a.safetensors"
    checkpoint.write(path, model(), note={"done": 1})
    before, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"a.safetensors could not be saved \(File too large\); everything saved"):
            checkpoint.write(path, model(seed=1), note={"done": 2})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.safetensors"]


def test_a_base_of_another_task_is_told(tmp_path):
    checkpoint.write(tmp_path / "base.safetensors", Transformer(Countdown(4, 50), SMALL))
    with pytest.raises(
        Unreadable, match=r"base checkpoint was trained on Countdown\(numbers=4, values=50\), but the run"
    ):
        Learner(TrainConfig(base=str(tmp_path / "base.safetensors")))
    with pytest.raises(Unreadable, match="there is no checkpoint at"):
        Learner(TrainConfig(base=str(tmp_path / "none.safetensors")))


def flipped(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("what", ["a weight", "the note"])
def test_a_flipped_bit_is_told(tmp_path, what):
    path = tmp_path / "a.safetensors"
    checkpoint.write(path, model(), note={"rate": 0.25})
    flipped(path, -1 if what == "a weight" else path.read_bytes().index(b"0.25") + 2)
    with pytest.raises(Unreadable, match=r"a.safetensors is damaged: .*the checksum differs"):
        checkpoint.read(path)


def test_checkpoints_go_by_step_and_not_by_name(tmp_path):
    kept = checkpoint.Checkpoints(tmp_path)
    for step in (999_998, 999_999, 1_000_000, 1_000_001):
        kept.at(step).write_bytes(b"")
        kept.let_go()
    (tmp_path / "step-old.safetensors").write_bytes(b"")
    assert kept.newest_first() == [kept.at(1_000_001), kept.at(1_000_000)]
