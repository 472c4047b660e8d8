"""The base model: demonstrations in, a wide and only half-aimed policy out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi
from pathlib import Path

import numpy as np
import torch

from passk_lab import arguments, bundled
from passk_lab.lm import checkpoint
from passk_lab.lm.adam import Adam
from passk_lab.lm.config import BUNDLED_SEEDS, TrainConfig
from passk_lab.lm.countdown import Countdown
from passk_lab.lm.device import check_name, sent, to_device
from passk_lab.lm.model import Shape, Transformer, plain_attend
from passk_lab.lm.threads import one_thread

KINDS = ("base", "collapsed")


@dataclass(frozen=True)
class BaseConfig:
    """How a base model is trained from demonstrations."""

    task: Countdown = Countdown()  # noqa: RUF009  (frozen)
    shape: Shape = Shape()  # noqa: RUF009
    seed: int = 0
    steps: int = 800
    batch: int = 128
    rate: float = 6e-3
    """Peak learning rate of Adam; 50 steps of warm-up, then a cosine down to 0."""
    noise: float = 0.5
    """Share of demonstrations with someone else's target."""
    orders: int | None = None
    """How many orders of numbers to list (`Countdown.prompts`); None for all."""
    device: str = "cpu"
    """Where it is trained, as in `TrainConfig`; not "auto", since a base has fixed bits on the CPU only."""

    def __post_init__(self) -> None:
        arguments.as_one_of("task", self.task, Countdown, "a Countdown")
        arguments.as_one_of("shape", self.shape, Shape, "a Shape")
        plain: dict[str, int | float | None] = {
            "steps": arguments.one_whole("steps", self.steps),
            "batch": arguments.one_whole("batch", self.batch),
            "seed": arguments.one_whole("seed", self.seed, least=0),
            "orders": None if self.orders is None else arguments.one_whole("orders", self.orders),
            "rate": arguments.one_number("rate", self.rate, 0, 1, open_low=True),
            "noise": arguments.one_number("noise", self.noise, 0, 1),
        }
        for name, value in plain.items():
            object.__setattr__(self, name, value)
        check_name(self.device)


@one_thread()
def train_base(config: BaseConfig = BaseConfig(), watch: Callable[[int, float], None] | None = None) -> Transformer:
    """Train a base model on demonstrations: next-token cross-entropy on the answers, numbers of the seen split only.

    Parameters
    ----------
    config : BaseConfig
    watch : callable, optional
        Called with the step and the loss in nats a token.

    Returns
    -------
    Transformer, on the CPU, wherever it was trained.

    Raises
    ------
    ValueError
        If a GPU is asked for and there is none.

    Examples
    --------
    >>> losses = []
    >>> model = train_base(BaseConfig(steps=3, batch=16), watch=lambda step, loss: losses.append(loss))
    >>> len(losses)
    3
    """
    task, prompts = config.task, config.task.prompts("seen", config.orders)
    device = to_device(config.device)
    model = Transformer(task, config.shape, config.seed).to(device)
    rng = np.random.Generator(np.random.PCG64([config.seed, 1]))
    adam = Adam(model.parameters())
    place = torch.arange(task.prompt_length + task.answer_length, device=device).expand(1, config.batch, -1)
    for step in range(config.steps):
        rate = config.rate * min(1.0, (step + 1) / 50) * (1 + cos(pi * step / config.steps)) / 2
        whole = sent(prompts.demonstrations(rng, config.batch, config.noise), device)
        hidden = model.hidden(whole[None], place, plain_attend)[:, :, task.prompt_length - 1 : -1]
        answers = whole[:, task.prompt_length :].flatten()
        loss = torch.nn.functional.cross_entropy(model.logits(hidden)[0].flatten(0, 1), answers)
        adam.zero_grad()
        loss.backward()
        adam.step(rate)
        if watch is not None:
            watch(step + 1, loss.item())
    return model.to("cpu")


@arguments.takes(task=Countdown, kind=str)
def bundled_base(seed: int = 0, task: Countdown = Countdown(), kind: str = "base") -> Transformer:  # noqa: B008
    """Return a model that came with the lab, a fresh copy each time.

    Parameters
    ----------
    seed : int
        0, 1 or 2: three models trained the same way from three seeds.
    task : Countdown
    kind : str
        "base", or "collapsed": the base after 400 steps of GRPO, from which some recorded runs start.

    Raises
    ------
    ValueError
        For a model that is not bundled.

    Examples
    --------
    >>> bundled_base(0).task.name
    'countdown-3'
    """
    seed = arguments.one_whole("seed", seed, least=0)
    path = bundled_path(seed, task, kind)
    if kind not in KINDS or seed not in BUNDLED_SEEDS or not path.exists():
        raise ValueError(
            f"the lab bundles models of kind {' or '.join(KINDS)} for seeds {', '.join(map(str, BUNDLED_SEEDS))}, but "
            f"not {arguments.short(kind)} of seed {seed} on {task.name}. Train a base with lm.train_base, save it, and "
            "name its path."
        )
    model = Transformer(task, _bundled(str(path))[0])
    model.load_state_dict(_bundled(str(path))[1])
    return model


def load_base(config: TrainConfig) -> Transformer:
    """Load the base model that a config names, and see that it fits the task."""
    if config.base in ("", *KINDS):
        seed = config.seed % len(BUNDLED_SEEDS) if config.base_seed is None else config.base_seed
        return bundled_base(seed, config.task, config.base or "base")
    model = checkpoint.read(Path(config.base))[0]
    if model.task != config.task:
        raise checkpoint.Unreadable(
            f"the base checkpoint was trained on {model.task}, but the run is on {config.task}: name a base of the "
            "same task."
        )
    return model


def bundled_path(seed: int, task: Countdown, kind: str = "base") -> Path:
    """Where a bundled model lies."""
    return bundled.folder("data") / "runs" / f"{kind}-{task.name}-{seed}.safetensors"


@lru_cache(maxsize=4)
def _bundled(path: str) -> tuple[Shape, dict[str, torch.Tensor]]:
    model = checkpoint.read(Path(path))[0]
    return model.shape, model.state_dict()
