"""The claims: of the paper, of those who follow its advice, and of its critics; and the worlds they are put to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WORLDS = {
    "formula": "formula and enumeration",
    "bandit": "exact bandit",
    "network": "compact model, recorded runs",
    "data": "public data",
}
"""Where a claim is put to the test."""

PAPER = "the paper (arXiv 2511.16231)"


@dataclass(frozen=True)
class Claim:
    """A claim by name, in a sentence, and who makes it."""

    name: str
    says: str
    whose: str
    explorer: str
    """The explorer that shows its evidence, and the state to open it in."""
    state: Mapping[str, Any] = field(default_factory=dict)

    @property
    def call(self) -> str:
        """How to open that explorer."""
        told = ", ".join(f"{name}={value!r}" for name, value in self.state.items())
        return f"explorers.{self.explorer}({told})"


CLAIMS = (
    Claim(
        "one prompt, one direction",
        "For one prompt the gradient of pass@k is a positive multiple of that of pass@1: no new direction.",
        PAPER,
        "same_path",
    ),
    Claim(
        "many prompts, one direction",
        "So it is for a model with many prompts: the reweighting changes no direction.",
        PAPER + ", read for a model",
        "interference",
        {"angle": 150, "k": 4},
    ),
    Claim(
        "no signal when solved",
        "As p goes to 1, the signal of pass@k dies, and the sooner the larger k.",
        PAPER,
        "vanishing_signal",
        {"n": 8, "k": 16, "p": 0.9},
    ),
    Claim(
        "no signal when unsolved",
        "Where p is near 0, a larger k gives no clearer signal.",
        PAPER,
        "vanishing_signal",
        {"n": 8, "k": 4, "p": 0.01},
    ),
    Claim(
        "pass@1 narrows",
        "Training on pass@1 raises pass@1 and lowers pass@k of large k below the base.",
        "arXiv 2504.13837, and the paper",
        "collapse_run",
        {"step": 400, "k": 256},
    ),
    Claim(
        "the gap closes",
        "As training on pass@1 goes on, the gap pass@k - pass@1 closes.",
        PAPER,
        "collapse",
    ),
    Claim(
        "pass@k keeps no more",
        "Training on pass@k keeps no more coverage than training on pass@1 does.",
        PAPER + ": not an objective",
        "frontier_of_runs",
        {"method": "pass@4-loo-1", "beside": "pass@1", "k": 256, "progress": 0.4},
    ),
    Claim(
        "pass@k gains both",
        "Training on pass@k raises pass@1 and loses none of pass@k of large k.",
        "critics: arXiv 2505.15201, 2508.10751",
        "recorded_runs",
        {"method": "pass@16-loo-1", "beside": "pass@4", "rate": 4, "step": 240},
    ),
    Claim(
        "plain pass@k fails by noise",
        "Where training on plain pass@k fails, its noise is at fault and not its goal.",
        "this lab",
        "recorded_runs",
        {"method": "pass@4", "beside": "exact pass@4", "rate": 4, "step": 240},
    ),
    Claim(
        "nothing comes back",
        "After a collapse, training on pass@k brings no exploration back.",
        PAPER + ", in its strong form",
        "strategies",
        {"k": 4, "w": 0.6},
    ),
    Claim(
        "exploring keeps coverage",
        "Explicit exploration keeps coverage that GRPO alone loses.",
        PAPER + ": its advice",
        "kept_and_reached",
        {"method": "novelty", "beside": "GRPO", "progress": 0.4},
    ),
    Claim(
        "exploring beats pass@k",
        "Explicit exploration keeps more than training on pass@k or MaxRL does.",
        PAPER + ": its advice",
        "kept_and_reached",
        {"method": "novelty", "beside": "pass@4-loo-1", "progress": 0.4},
    ),
    Claim(
        "exploring is free",
        "Explicit exploration costs no pass@1.",
        "those who propose such mechanisms",
        "kept_and_reached",
        {"method": "forward KL", "beside": "GRPO", "progress": 0.4},
    ),
    Claim(
        "entropy tells coverage",
        "Less entropy goes with less coverage.",
        "arXiv 2505.22617, and the paper",
        "training_logs",
        {"run": "grpo-lr1e5", "step": 200},
    ),
    Claim(
        "the gap warns",
        "As a gauge in training, the gap pass@k - pass@1 warns before held-out coverage falls.",
        PAPER + ": a diagnostic tool",
        "alarms",
        {"signal": "gap at n", "allowed": 20},
    ),
)
"""In the order of the table."""
