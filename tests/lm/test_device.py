"""Where a run computes: names, and what is refused in a sentence."""

import numpy as np
import pytest
import torch

from passk_lab.lm import Learner, TrainConfig
from passk_lab.lm.base import BaseConfig
from passk_lab.lm.device import sent, to_device


def test_a_gpu_where_there_is_none():
    with pytest.raises(ValueError, match=r"device = 'cuda' asks for a GPU, but torch .* sees none here"):
        Learner(TrainConfig(device="cuda"))
    assert to_device("auto") == torch.device("cpu")


def test_auto_takes_a_gpu_where_there_is_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert [to_device(name).type for name in ("auto", "cpu", "cuda")] == ["cuda", "cpu", "cuda"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tpu", "device is auto, cpu or cuda, not 'tpu'"),
        ("cuda:0", "device is auto, cpu or cuda, not 'cuda:0'"),
        ("mps", "Apple's GPU, which has no float64, .* take device='cpu'"),
    ],
)
@pytest.mark.parametrize("made", [TrainConfig, BaseConfig])
def test_a_device_that_is_none_is_refused_when_the_config_is_made(made, name, words):
    with pytest.raises(ValueError, match=words):
        made(device=name)
    with pytest.raises(ValueError, match=words):
        to_device(name)


def test_what_is_sent_to_the_cpu_is_there_already():
    numbers = np.arange(6.0).reshape(2, 3)
    there = sent(numbers, torch.device("cpu"))
    assert there.dtype == torch.float64
    assert there.data_ptr() == numbers.ctypes.data
