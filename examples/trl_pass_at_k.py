"""Train a tiny model with TRL twice, once with GRPO and once with a pass@k objective, and see them part ways.

    make trl
    .venv-trl/bin/python -m examples.trl_pass_at_k

Asked for a number m, the model writes one number of 1 to 32, which is right if m divides it: for m = 2 half of the
numbers are right, for m = 31 one of them. Model and tokenizer are made here, so nothing is downloaded, and p of every
prompt is known exactly. It takes some twelve seconds on one core.

GRPO goes on until an answer is sure; pass@8-loo-1 leaves off where eight draws suffice, at p of about a half. Of seeds
0 to 5, after 60 steps, GRPO has solved every prompt with five, and with seed 0 lost two of the eight (pass@8 .750);
pass@8-loo-1 has lost none with any (pass@8 .988 to .999).
"""

import argparse
import json
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

# Read when the packages load: nothing here needs the network.
os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1", "TOKENIZERS_PARALLELISM": "false"}

import numpy as np
import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, PrinterCallback
from trl import GRPOConfig

from passk_lab import bridge, objectives
from passk_lab.bridge.trl import LabGRPOTrainer

LARGEST = 32
ASKED = (2, 3, 5, 7, 11, 13, 29, 31)
N = 8
"""Samples in a group."""


def tokenizer() -> PreTrainedTokenizerFast:
    """One token a number, and two for padding and end."""
    words = {"<pad>": 0, **{str(number): number for number in range(1, LARGEST + 1)}, "<end>": LARGEST + 1}
    inner = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<pad>", eos_token="<end>", unk_token="<pad>", padding_side="left"
    )


def untrained(seed: int) -> LlamaForCausalLM:
    """Make a Llama of some 15,000 weights, which answers any number about as likely as another."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=LARGEST + 2, hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=8, tie_word_embeddings=False, pad_token_id=0,
        eos_token_id=LARGEST + 1, bos_token_id=None, dtype="float32",
    )  # fmt: skip
    return LlamaForCausalLM(config)


def reward(prompts: list[str], completions: list[str], **_: Any) -> list[float]:
    """The verifier: 1 if the number asked for divides the answer, else 0."""
    return [
        float(a.isdigit() and int(a) % int(m) == 0) for m, a in zip(prompts, map(str.strip, completions), strict=True)
    ]


@torch.no_grad()
def success(model: LlamaForCausalLM) -> np.ndarray:
    """Exact success probability of every prompt."""
    chances = model(torch.tensor(ASKED)[:, None]).logits[:, -1].double().softmax(-1).numpy()
    right = [[number for number in range(1, LARGEST + 1) if number % m == 0] for m in ASKED]
    return np.array([chance[numbers].sum() for chance, numbers in zip(chances, right, strict=True)])


def settings(folder: str, steps: int, seed: int, **more: Any) -> GRPOConfig:
    """What TRL is told: every group in one batch, Adam, and the two settings that leave the credit as it is."""
    return GRPOConfig(**{
        "output_dir": folder, "max_steps": steps, "per_device_train_batch_size": len(ASKED) * N, "num_generations": N,
        "max_completion_length": 1, "learning_rate": 1e-2, "lr_scheduler_type": "constant", "seed": seed,
        "shuffle_dataset": False, "gradient_checkpointing": False, "bf16": False, "use_cpu": True, "report_to": "none",
        "logging_steps": 1, "save_strategy": "no", "disable_tqdm": True, "dataloader_pin_memory": False,
        **bridge.TRL_SETTINGS, **more,
    })  # fmt: skip


def train(objective: objectives.Objective | str, steps: int = 60, seed: int = 1) -> dict[str, Any]:
    """Train with the credit of an objective; return p of every prompt before and after, and what was logged."""
    model = untrained(seed)
    before = success(model)
    with tempfile.TemporaryDirectory() as folder:
        trainer = LabGRPOTrainer(
            model, reward, settings(folder, steps, seed), objective=objective, processing_class=tokenizer(),
            train_dataset=Dataset.from_dict({"prompt": [str(m) for m in ASKED] * steps}),
        )  # fmt: skip
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return {"before": before.tolist(), "after": success(trainer.model).tolist(), "log": trainer.state.log_history}


def main() -> None:
    """Train both and print what became of every prompt."""
    parser = argparse.ArgumentParser(description="GRPO and pass@k in TRL, side by side.")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write what was seen to this file")
    given = parser.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")  # at its own callers
    climbed = {"GRPO": "grpo", f"pass@{N}-loo-1": objectives.get("pass@k-loo-1", k=N)}
    runs = {name: train(objective, given.steps, given.seed) for name, objective in climbed.items()}
    print(f"{'m':>4} {'before':>8}" + "".join(f"{name:>15}" for name in runs))
    for place, m in enumerate(ASKED):
        row = [run["after"][place] for run in runs.values()]
        print(f"{m:>4} {next(iter(runs.values()))['before'][place]:>8.3f}" + "".join(f"{p:>15.3f}" for p in row))
    for name, run in runs.items():
        p = np.array(run["after"])
        print(f"{name}: pass@1 {p.mean():.3f}, pass@{N} {(1 - (1 - p) ** N).mean():.3f}")
    if given.json:
        given.json.write_text(json.dumps(runs), encoding="utf-8")


if __name__ == "__main__":
    main()
