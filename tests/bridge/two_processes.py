"""A step of `LabGRPOTrainer` on two processes, each with half of every group: what reached the loss, a file for each.

.venv-trl/bin/python -m torch.distributed.run --standalone --nproc-per-node 2 tests/bridge/two_processes.py FOLDER
"""

import json
import os
import sys
from pathlib import Path


def main(folder: Path) -> None:
    import torch
    from datasets import Dataset

    from examples import trl_pass_at_k as example
    from passk_lab import objectives
    from passk_lab.bridge.trl import LabGRPOTrainer

    torch.set_num_threads(1)
    half = example.N // 2
    settings = example.settings(str(folder / "model"), 3, 0, per_device_train_batch_size=half, ddp_backend="gloo")
    trainer = LabGRPOTrainer(
        example.untrained(0), example.reward, settings, objective=objectives.get("pass@k-loo-1", k=4),
        processing_class=example.tokenizer(), train_dataset=Dataset.from_dict({"prompt": ["3", "2", "5"]}),
    )  # fmt: skip
    seen, before = [], trainer._compute_loss

    def loss(model, inputs):
        words = trainer.processing_class.batch_decode(inputs["completion_ids"], skip_special_tokens=True)
        prompts = trainer.processing_class.batch_decode(inputs["prompt_ids"], skip_special_tokens=True)
        seen.append([prompts, words, inputs["advantages"].tolist()])
        return before(model, inputs)

    trainer._compute_loss = loss
    trainer.train()
    rank = os.environ["RANK"]
    found = {"seen": seen, "processes": trainer.accelerator.num_processes, "log": trainer.state.log_history}
    (folder / f"{rank}.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
