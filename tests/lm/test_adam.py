"""The functional Adam does what torch's own class does, to the bit, and loads no compiler."""

import subprocess
import sys

import torch

from passk_lab.lm.adam import Adam


def weights():
    generator = torch.Generator().manual_seed(3)
    return [torch.randn(size, generator=generator).requires_grad_() for size in ((4, 5), (7,), (2, 3, 2))]


def test_the_same_bits_as_torchs_class_over_many_steps_and_rates():
    ours, theirs = weights(), weights()
    own, torchs = Adam(ours), torch.optim.Adam(theirs, lr=0.1, betas=(0.9, 0.99), fused=True)
    generator = torch.Generator().manual_seed(5)
    for step in range(30):
        rate = 0.1 / (step + 1)
        for a, b in zip(ours, theirs, strict=True):
            a.grad = b.grad = torch.randn(a.shape, generator=generator)
        torchs.param_groups[0]["lr"] = rate
        own.step(rate)
        torchs.step()
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
        if step == 15:  # what a checkpoint keeps is all there is
            again = Adam(ours)
            again.restore(own.state())
            own = again


def test_a_weight_without_a_gradient_stays():
    ours = weights()
    before = [w.detach().clone() for w in ours]
    own = Adam(ours)
    ours[0].grad = torch.ones_like(ours[0])
    own.step(0.1)
    assert not torch.equal(ours[0], before[0])
    assert torch.equal(ours[1], before[1])
    own.zero_grad()
    assert all(w.grad is None for w in ours)


def test_a_training_step_loads_no_compiler():
    code = (
        "import sys\nfrom passk_lab import lm\n"
        "lm.Learner(lm.TrainConfig(prompts=2, n=16)).step()\n"
        "print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
