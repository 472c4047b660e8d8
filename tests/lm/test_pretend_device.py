"""The pretended GPU itself: does it see what it should, and leave alone what a GPU would take?"""

import numpy as np
import pytest
import torch

from passk_lab.lm import capture
from passk_lab.lm.device import sent
from tests.lm.pretend_device import PretendGPU, WrongDevice


def on_gpu(*values):
    return torch.tensor(values, device="cuda")


def test_tensors_say_where_they_lie():
    with PretendGPU():
        here, there = torch.ones(3), torch.ones(3, device="cuda")
        made = [
            there + 1,
            there[1:],
            torch.zeros_like(there),
            there.new_empty(0),
            there.to(torch.float64),
            here.to(there),
        ]
        assert [tensor.device.type for tensor in made] == ["cuda"] * 6
        assert [here.device.type, there.cpu().device.type, torch.zeros_like(there, device="cpu").device.type] == [
            "cpu"
        ] * 3
        assert there.is_cuda
        assert here.is_cpu
        assert here.pin_memory().is_pinned()
    assert there.device.type == "cpu"  # the pretence is over


def test_so_does_a_gradient():
    with PretendGPU():
        weight = torch.ones(3, device="cuda", requires_grad=True)
        (weight * on_gpu(1.0, 2.0, 3.0)).sum().backward()
        assert weight.grad.is_cuda
        with pytest.raises(WrongDevice, match=r"mul.* over two devices \(\(3,\) gpu, \(3,\) host\) at tests/lm/"):
            (weight * 2 * torch.ones(3)).sum()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (lambda t: t + torch.ones(3), "add.* over two devices"),
        (lambda t: torch.ones(3)[t.long()], "index over two devices"),
        (lambda t: t[torch.tensor([0, 1])], "index over two devices"),
        (lambda t: torch.cat([t, torch.ones(3)]), "cat over two devices"),
        (lambda t: t.masked_fill(torch.ones(3, dtype=torch.bool), 0.0), "masked_fill over two devices"),
        (lambda t: t.numpy(), "numpy of a GPU tensor"),
        (lambda t: np.asarray(t), "numpy of a GPU tensor"),
        (lambda t: t.pin_memory(), "pin_memory of a GPU tensor"),
    ],
)
def test_what_a_gpu_refuses(line, words):
    with PretendGPU(), pytest.raises(WrongDevice, match=words + ".* at tests/lm/test_pretend_device"):
        line(on_gpu(1.0, 2.0, 3.0))


@pytest.mark.parametrize(
    ("line", "reads", "waits"),
    [
        (lambda t: t.sum().item(), 1, 0),
        (lambda t: bool(t.any()), 1, 0),
        (lambda t: t.tolist(), 1, 0),
        (lambda t: t[t > 0], 1, 0),
        (lambda t: t.unique(), 1, 0),
        (lambda t: t.nonzero(), 1, 0),
        (lambda t: torch.bincount(t.long()), 1, 0),
        (lambda t: t.repeat_interleave(t.long()), 1, 0),
        (lambda t: t.cpu(), 0, 1),
        (lambda t: torch.ones(3).copy_(t), 0, 1),
        (lambda t: torch.ones(3).to("cuda"), 0, 1),
        (lambda t: torch.tensor([1.0], device="cuda"), 0, 1),
        (lambda t: torch.cuda.synchronize(), 0, 1),
        (lambda t: sent(np.ones(3), t.device), 0, 0),
        (lambda t: t.copy_(torch.ones(3).pin_memory(), non_blocking=True), 0, 0),
        (lambda t: t.repeat_interleave(2), 0, 0),
        (lambda t: t * 2 + torch.arange(3, device="cuda"), 0, 0),
        (lambda t: t * torch.tensor(2.0), 0, 0),  # a single number goes along with the launch
    ],
)
def test_what_the_host_waits_for_is_counted(line, reads, waits):
    with PretendGPU() as gpu:
        kept = on_gpu(1.0, 2.0, 3.0)
        gpu.forget()
        line(kept)
    assert (gpu.reads.total(), gpu.waits.total()) == (reads, waits)
    assert all("tests/lm/test_pretend_device.py:" in at for at in (*gpu.reads, *gpu.waits) if reads + waits)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (lambda t: t.sum().item(), "_local_scalar_dense"),
        (lambda t: t.tolist(), "tolist"),
        (lambda t: t[t > 0], "by a mask"),
        (lambda t: torch.unique(t), "_unique2"),
        (lambda t: t.cpu(), "copy gpu to host"),
        (lambda t: t + torch.ones(3).to("cuda"), "copy host to gpu"),
        (lambda t: t + torch.tensor([1.0, 2, 3], device="cuda"), "host values"),
        (lambda t: sent(np.ones(3), t.device), "pin_memory"),
        (lambda t: t * torch.rand(3, device="cuda"), "draws"),
        (lambda t: torch.cuda.synchronize(), "synchronize"),
        (lambda t: t * torch.tensor(2.0), "bakes in a host number"),
        (lambda t: torch.cuda.graph(torch.cuda.CUDAGraph()).__enter__(), "another capture"),
    ],
)
def test_a_capture_refuses_what_cuda_graphs_refuse(line, words):
    with PretendGPU():
        kept = on_gpu(1.0, 2.0, 3.0)
        with pytest.raises(WrongDevice, match=f"in a capture: .*{words}"), torch.cuda.graph(torch.cuda.CUDAGraph()):
            line(kept)


def test_a_capture_runs_nothing_and_a_replay_repeats_what_python_had_decided():
    with PretendGPU():
        total, seen = torch.zeros(1, device="cuda"), []

        def program():
            seen.append(1)
            total.add_(len(seen))  # a number of the host, which is baked in

        run = capture.Program(program, [total], capture=True)
        assert total.item() == 0
        run()
        run()
        assert total.item() == 2 * (capture._WARM + 1)


def test_what_a_capture_made_holds_no_number_before_it_is_replayed():
    with PretendGPU():
        start, graph = on_gpu(1.0, 2.0), torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            doubled = 2 * start
        assert doubled.isnan().all()
        start.fill_(3.0)
        graph.replay()
        assert doubled.tolist() == [6.0, 6.0]


def test_it_sees_a_stream_that_did_not_wait():
    with PretendGPU() as gpu:
        kept, side = torch.zeros(3, device="cuda"), torch.cuda.Stream()
        with torch.cuda.stream(side):
            kept.add_(1)
        assert gpu.races.total() == 1
        gpu.forget()
        torch.cuda.current_stream().wait_stream(side)
        kept.add_(1)
        assert not gpu.races
        with torch.cuda.stream(side):
            kept.sum()
        assert gpu.races


def test_torch_is_itself_again_afterwards():
    before = torch.cuda.Stream, torch.cuda.CUDAGraph
    with pytest.raises(WrongDevice), PretendGPU() as gpu:
        gpu.refuse("nothing")
    assert not torch.cuda.is_available()
    assert (torch.cuda.Stream, torch.cuda.CUDAGraph) == before
    assert torch.ones(3).device.type == "cpu"
