"""GRPO in TRL and in the lab, in one process on one thread, by turns: CPU-seconds of each, seconds on a GPU.

    .venv-trl/bin/python -m benchmarks.trl_side --start trained --steps 400

Prints one JSON object. 16 prompts x 32 answers of 8 tokens a step, temperature 1, one update a batch, no reference
model, Adam at 4e-4 after 10 steps, the same prompts in the same order on both sides. Both keep what their step always
does (TRL's metrics, our diagnostics); neither evaluates, logs or saves.
"""

import argparse
import importlib.metadata
import json
import os
import tempfile
import time
from typing import Any

# Read when the packages load: no thread of the tokenizers, and no look at the network for a model made here.
os.environ |= {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}

import numpy as np
import torch
from datasets import Dataset
from transformers import PrinterCallback, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl import GRPOConfig, GRPOTrainer

from benchmarks.trl_side import llama
from passk_lab import lm

TURN = 20
"""Steps of one side before the other's turn: enough to warm the cache, few enough that both meet the same load."""


def lab(start: str, device: str) -> lm.Learner:
    trainer = lm.Learner(lm.TrainConfig(objective="grpo", steps=400, seed=0, device=device))
    if start == "random":
        trainer.model.load_state_dict(lm.Transformer(llama.TASK, seed=0).state_dict())
    return trainer


def questions(steps: int) -> Dataset:
    """Return the prompts that our trainer meets, in its order."""
    prompts, config = llama.TASK.prompts("seen"), lm.TrainConfig()
    rngs = [np.random.Generator(np.random.PCG64([config.seed, 2, step])) for step in range(steps)]
    rows = np.concatenate([prompts.tokens[prompts.draw(rng.random(config.prompts))] for rng in rngs]).tolist()
    return Dataset.from_dict({"prompt": [" ".join(map(str, row)) for row in rows], "given": rows})


def reward(completion_ids: list[list[int]], given: list[list[int]], **_: Any) -> list[float]:
    """Verify all answers at once."""
    padded = [ids + [llama.PAD] * (llama.TASK.answer_length - len(ids)) for ids in completion_ids]
    answers = torch.tensor(padded)
    right = llama.TASK.verify(torch.tensor(given), answers) & (answers < llama.TASK.vocabulary).all(-1)
    return right.float().tolist()


def peer(model: Any, steps: int, folder: str, callback: TrainerCallback, device: str) -> GRPOTrainer:
    config = GRPOConfig(
        output_dir=folder, max_steps=steps, per_device_train_batch_size=512, gradient_accumulation_steps=1,
        num_generations=32, max_completion_length=llama.TASK.answer_length, temperature=1.0, beta=0.0,
        num_iterations=1, loss_type="grpo", learning_rate=4e-4, lr_scheduler_type="constant_with_warmup",
        warmup_steps=10, adam_beta2=0.99, max_grad_norm=1.0, shuffle_dataset=False, gradient_checkpointing=False,
        bf16=False, use_cpu=device == "cpu", use_vllm=False, logging_strategy="no", save_strategy="no",
        eval_strategy="no", report_to="none", disable_tqdm=True, dataloader_pin_memory=False, seed=0,
    )  # fmt: skip
    trainer = GRPOTrainer(
        model=model, reward_funcs=reward, args=config, train_dataset=questions(steps),
        processing_class=llama.tokenizer(), callbacks=[callback],
    )  # fmt: skip
    trainer.remove_callback(PrinterCallback)  # it would write into our output
    return trainer


class Turns(TrainerCallback):
    """After every TURN steps of TRL, as many of ours; each side's time apart."""

    def __init__(self, ours: lm.Learner) -> None:
        self.ours = ours
        self.seconds: dict[str, list[float]] = {"ours": [], "TRL": []}

    def now(self) -> float:
        """CPU time where the CPU does the work, else the clock once the card has finished."""
        if self.ours.device.type == "cpu":
            return time.process_time()
        torch.cuda.synchronize()
        return time.perf_counter()

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self.begun = self.now()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if state.global_step % TURN:
            return
        between = self.now()
        for _ in range(TURN):
            self.ours.hopeless = 0  # random weights are never right; their steps are only to be timed
            self.ours.step()
        after = self.now()
        self.seconds["TRL"].append(between - self.begun)
        self.seconds["ours"].append(after - between)
        self.begun = after


def compare(start: str, steps: int, device: str) -> dict[str, Any]:
    """Seconds of each turn on either side, and how good the models were before and after."""
    mine = lab(start, device)
    theirs = llama.base(0, device) if start == "trained" else llama.untrained(0).to(device)
    held_out = llama.TASK.prompts("unseen")

    def judged() -> dict[str, float]:
        return {
            "ours": float(lm.success(mine.model, held_out).curve([1])[0]),
            "TRL": float(held_out.weight @ llama.success(theirs, held_out)),
        }

    before, turns = judged(), Turns(mine)
    with tempfile.TemporaryDirectory() as folder:
        # A first turn on models of their own, that does not count: whatever is set up once is set up here.
        peer(llama.untrained(1), TURN, folder, Turns(lab(start, device)), device).train()
        peer(theirs, steps, folder, turns, device).train()
    return {
        "start": start, "steps": steps, "turn": TURN, "device": device, "seconds": turns.seconds,
        "parameters": {"ours": count(mine.model), "TRL": count(theirs)},
        "held_out_pass_at_1": {"before": before, "after": judged()},
        "versions": {name: importlib.metadata.version(name) for name in ("trl", "transformers", "torch")},
    }  # fmt: skip


def count(model: torch.nn.Module) -> int:
    return sum(weight.numel() for weight in model.parameters())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trl_side", description="Time GRPO on both sides.")
    parser.add_argument("--start", choices=("trained", "random"), default="trained")
    parser.add_argument("--steps", type=int, default=400, help=f"a multiple of {TURN}")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    given = parser.parse_args()
    if given.steps < TURN or given.steps % TURN:
        parser.error(f"--steps must be a multiple of {TURN}, but it is {given.steps}.")
    torch.set_num_threads(1)
    print(json.dumps(compare(given.start, given.steps, given.device)))


if __name__ == "__main__":
    main()
