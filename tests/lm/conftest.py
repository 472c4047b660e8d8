"""Oracles read on the CPU, so "auto" means the CPU here, on a machine with a GPU too; tests marked gpu see the GPU."""

import pytest
import torch

from passk_lab.lm.threads import one_thread


@pytest.fixture(autouse=True)
def without_a_gpu(request, monkeypatch):
    if request.node.get_closest_marker("gpu") is None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")  # for the processes that a test starts


@pytest.fixture(scope="module")
def on_one_thread():
    """For a whole file: `pytestmark = pytest.mark.usefixtures("on_one_thread")`."""
    with one_thread():
        yield
