"""Tinker: evaluation writes trajectories.jsonl, training SPLIT_rollout_summaries.jsonl, a row for each trajectory."""

from collections.abc import Iterator
from typing import Any

from passk_lab.readers.format import Format
from passk_lab.readers.rules import ABOVE_ZERO
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head


class _Tinker(Format):
    name = "Tinker"
    writes = "trajectories.jsonl, SPLIT_rollout_summaries.jsonl"
    problem_is = "example_id; in the summaries group_idx within its iteration"
    sample_is = "each row; in the summaries traj_idx"
    correct_is = "the metric correct is above 0; where there is none, the reward is"
    trap = (
        "group_idx starts anew at each iteration; the reward in the summaries has penalties for form in it; where both "
        "files lie in one folder, the trajectories are read, since they name the problem"
    )
    rule = ABOVE_ZERO
    primary = "correct"
    parts = True

    def recognises(self, head: Head) -> bool:
        return head.has("example_id", "reward", "turns") or head.has("group_idx", "traj_idx", "total_reward")

    def views(self, files: list[File]) -> tuple[list[File], list[File]]:
        summaries = [file for file in files if file.head().has("group_idx")]
        if len(summaries) == len(files):
            return files, []
        return [file for file in files if file not in summaries], summaries

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        if "group_idx" in record:
            metrics = record.get("trajectory_metrics") or {}
            iteration = record["iteration"]
            yield Sample(
                f"{iteration}/{record['group_idx']}",
                _verdicts(metrics, record["total_reward"]),
                sample=record["traj_idx"],
                step=iteration,
                run=str(record.get("split", "")),
            )
        else:
            yield Sample(
                record["example_id"],
                _verdicts(record.get("metrics") or {}, record["reward"]),
                left_out="the trajectory ended in an error" if record.get("error") else None,
                run=str(record.get("benchmark", "")),
            )


def _verdicts(metrics: dict[str, Any], reward: Any) -> dict[str, Any]:
    return {**({"correct": metrics["correct"]} if "correct" in metrics else {}), "reward": reward}


FORMAT = _Tinker()
