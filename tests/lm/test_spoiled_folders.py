"""Every file of a run's folder spoiled in every way: the same end, or a sentence; never another run in silence."""

import json
import shutil
import warnings

import pytest

from passk_lab import lm
from passk_lab.lm.run import is_step
from passk_lab.lm.runs import read_history

CONFIG = lm.TrainConfig(
    orders=60, judged=2, prompts=4, n=8, watch=4, steps=12, evaluate_every=6, save_every=4, device="cpu",
    mechanisms={"count-bonus": {"strength": 0.3}},
)  # fmt: skip
FILES = {
    "begun": (
        "config.json", "history.jsonl", "checkpoints/step-000004.safetensors", "checkpoints/step-000008.safetensors",
        ".lock",
    ),
    "ended": (
        "config.json", "history.jsonl", "checkpoints/step-000008.safetensors", "checkpoints/step-000012.safetensors",
        "ended.json", "history.csv", "evaluations.csv", ".lock",
    ),
}  # fmt: skip


class Stop(BaseException):
    pass


pytestmark = pytest.mark.usefixtures("on_one_thread")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A run cut off at step 10 and one that ended, and what the whole history is."""
    place = tmp_path_factory.mktemp("runs")

    def stop(record):
        if is_step(record) and record["step"] == 10:
            raise Stop

    with pytest.raises(Stop):
        lm.train(CONFIG, place / "begun", stop)
    run = lm.train(CONFIG, place / "ended")
    return place, steady(run.history)


def steady(history):
    return [{k: v for k, v in record.items() if k != "seconds"} for record in history]


def missing(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def flipped(path):
    """Flip the lowest bit of a digit, so that a text can still be read; of the last byte where there is no digit."""
    content = bytearray(path.read_bytes())
    if not content:
        return
    digits = [place for place, byte in enumerate(content) if chr(byte).isdigit()]
    texts = path.suffix != ".safetensors" and digits
    content[digits[len(digits) // 2] if texts else -1] ^= 1
    path.write_bytes(content)


def foreign(path):
    if path.suffix == ".safetensors":
        other = lm.Learner(CONFIG.but(seed=1, mechanisms={}))
        lm.checkpoint.write(path, other.model, *other.state())
    elif path.name == "config.json":
        path.write_text(json.dumps({"version": 1, "config": CONFIG.but(seed=7).to_json()}))
    else:
        path.write_text('{"some": "thing else"}\n' * 3)


CASES = [
    pytest.param(
        state, name, how, id=f"{state}-{name}-{how.__name__}",
        # One of each way, and of each file, is enough for every day.
        marks=() if (place + turn) % 3 == 0 else pytest.mark.long,
    )
    for state, names in FILES.items()
    for place, name in enumerate(names)
    for turn, how in enumerate((missing, empty, cut, flipped, foreign))
]  # fmt: skip


@pytest.mark.parametrize(("state", "name", "how"), CASES)
def test_a_spoiled_file_is_told_or_makes_no_difference(folders, tmp_path, state, name, how):
    place, whole = folders
    folder = tmp_path / "run"
    shutil.copytree(place / state, folder)
    how(folder / name)
    refused = None
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            run = lm.train(CONFIG, folder)
        except ValueError as error:
            refused = str(error)
    if refused is not None:
        assert refused.endswith(".")
        assert str(folder) in refused
        return
    assert all(str(warning.message).endswith(".") for warning in told)
    assert run.ended == "finished"
    assert steady(run.history) == whole
    assert steady(read_history(folder)) == whole
