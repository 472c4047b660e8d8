"""Oracles read on the CPU, so "auto" means the CPU here, on a machine with a GPU too; tests marked gpu see the GPU."""

import pytest
import torch


@pytest.fixture(autouse=True)
def without_a_gpu(request, monkeypatch):
    if request.node.get_closest_marker("gpu") is None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")  # for the processes that a test starts
