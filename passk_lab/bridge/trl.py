"""The lab's credit in TRL's GRPOTrainer, and a callback that watches any GRPOTrainer with the lab's eyes.

Written for TRL 1.16, which has no hook where credit goes in: the trainer overrides two of its methods. Reward functions
cannot do it, since each process calls them with its own completions only, and a group may lie on several.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl import GRPOConfig, GRPOTrainer
from trl import __version__ as trl_version

from passk_lab.alarm import rung
from passk_lab.bridge.credits import credit, verdicts
from passk_lab.bridge.trl_settings import check_trl
from passk_lab.bridge.watch import diagnostics
from passk_lab.objectives import Objective
from passk_lab.objectives.registry import resolve


class LabGRPOTrainer(GRPOTrainer):
    """TRL's GRPOTrainer with the credit of any of the lab's objectives.

    Rewards stay what they are in TRL's logs and in its tables of completions; only what each completion is worth in
    the loss is the lab's. A `LabDiagnostics` callback comes with it.

    Parameters
    ----------
    model, reward_funcs, args, and whatever else GRPOTrainer takes
        `args` is a GRPOConfig with `**bridge.TRL_SETTINGS`; `check_trl` says what stands against it. Where there are
        several reward functions, the sum by their weights is the reward.
    objective : Objective or its name
    threshold, unscored
        As in `bridge.credit`. A completion of which every reward function returns None has no reward.
    answer, watch : callable, optional
        As in `LabDiagnostics`.

    Raises
    ------
    ValueError
        If a setting would turn the table into another; in training, if a reward is neither 0 nor 1 and there is no
        threshold, or if one is missing.
    """

    def __init__(
        self,
        model: Any,
        reward_funcs: Any,
        args: GRPOConfig,
        *,
        objective: Objective | str,
        threshold: float | None = None,
        unscored: str = "refuse",
        answer: Callable[[Any], Hashable] | None = None,
        watch: Callable[[dict[str, Any]], None] | None = None,
        **more: Any,
    ) -> None:
        for method in ("_calculate_rewards", "_generate_and_score_completions"):
            if not hasattr(GRPOTrainer, method):
                raise RuntimeError(
                    f"TRL {trl_version} has no GRPOTrainer.{method}, which the lab's credit goes in by. It is there in "
                    "TRL 1.16: pip install trl==1.16.0"
                )
        check_trl(args, objective, evaluates=more.get("eval_dataset") is not None)
        self.objective = resolve(objective)
        self._reading: dict[str, Any] = {"threshold": threshold, "unscored": unscored}
        verdicts([0, 1], **self._reading)  # a threshold that is none is said before the model is loaded
        super().__init__(model=model, reward_funcs=reward_funcs, args=args, **more)
        self.add_callback(LabDiagnostics(self, objective=self.objective, answer=answer, watch=watch, **self._reading))

    def _calculate_rewards(self, *given: Any, **named: Any) -> Any:
        """Score as TRL does, on all processes together, and work out what each completion is worth."""
        by_function = super()._calculate_rewards(*given, **named)
        n = self.num_generations if self.model.training else self.num_generations_eval
        rewards = weighted(by_function, self.reward_weights).reshape(-1, n)
        self._credit = torch.from_numpy(credit(rewards, self.objective, **self._reading).ravel())
        return by_function

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        """Put the lab's credit in the place of TRL's advantages, for this process and in the logs."""
        out = super()._generate_and_score_completions(inputs)
        here, given = self.accelerator.process_index * len(inputs), out["advantages"]
        out["advantages"] = self._credit[here : here + len(inputs)].to(given)
        logged = self._logs["advantages"]
        for _ in range(min(len(self._credit), len(logged))):
            logged.pop()
        logged.extend(self._credit.tolist())
        return out


def weighted(by_function: Any, weights: Any) -> Any:
    """Sum rewards by their functions' weights, as TRL does: (B, F) -> (B,) in float64, NaN where no function scored."""
    scores, weights = torch.as_tensor(by_function).double().cpu(), torch.as_tensor(weights).double().cpu()
    unscored = scores.isnan().all(1)
    return (scores * weights).nansum(1).masked_fill(unscored, torch.nan).numpy()


class LabDiagnostics(TrainerCallback):
    """Logs the lab's diagnostics of every batch that any GRPOTrainer draws, as `lab/pass_at_1` and so on.

    They go to wherever the trainer reports; `records` keeps them as the lab's own runs do, so that
    `bridge.tensorboard.write` and pandas read them. Names are explained in `bridge.MEANING`.

    Parameters
    ----------
    trainer : GRPOTrainer
        `trainer.add_callback(LabDiagnostics(trainer))`; a `LabGRPOTrainer` has one.
    objective : Objective or its name, optional
        What the trainer climbs, for its effective weight.
    answer : callable, optional
        From a completion (text, or its messages) to what counts as its answer; the whole text if not given, and long
        texts are all different.
    k, threshold, unscored
        As in `bridge.diagnostics`.
    watch : callable, optional
        Called with each record when it is made, as `lm.train` does: a `bridge.tensorboard.Writer`, say.

    Attributes
    ----------
    alarm : str
        What the alarm on distinct right answers says, with how often it was right over the lab's recorded runs; ""
        while it has not rung. It is a warning in the log, and `lab/alarm` goes from 0 to 1.

    Raises
    ------
    ValueError
        In training, as `bridge.diagnostics`.
    """

    def __init__(
        self,
        trainer: GRPOTrainer,
        objective: Objective | str | None = None,
        answer: Callable[[Any], Hashable] | None = None,
        k: int | None = None,
        threshold: float | None = None,
        unscored: str = "refuse",
        watch: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.trainer, self.answer, self.watch = trainer, answer or str, watch
        self.asked: dict[str, Any] = {"objective": objective, "k": k, "threshold": threshold, "unscored": unscored}
        self.records: list[dict[str, Any]] = []
        self.alarm = ""

    def on_substep_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:  # fmt: skip
        """Look at the batch if it is new; this step is not counted yet."""
        self._look(state.global_step + 1)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Look at the batch if it is new."""
        self._look(state.global_step)

    def _look(self, step: int) -> None:
        trainer = self.trainer
        # A batch is drawn every so many micro-batches; in between, its answers are used again.
        if (trainer._step - 1) % (trainer.args.steps_per_generation * trainer.num_iterations):
            return
        logs, n = trainer._logs, trainer.num_generations
        by_function = torch.tensor([list(logs["rewards"][name]) for name in trainer.reward_func_names]).T
        found = diagnostics(
            weighted(by_function, trainer.reward_weights).reshape(-1, n),
            credit=list(logs["advantages"]),
            answers=[self.answer(completion) for completion in logs["completion"]],
            **self.asked,
        )
        self.records.append({"kind": "step", "step": step, **found})
        said = rung(self.records)
        if said and not self.alarm:
            logging.getLogger(__name__).warning(said)
        self.alarm, found["alarm"] = said, float(bool(said))
        if self.watch is not None:
            self.watch(self.records[-1])
        for name, value in found.items():
            trainer._metrics["train"][f"lab/{name}"].append(value)
