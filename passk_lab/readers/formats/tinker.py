"""Tinker: evaluation writes trajectories.jsonl, training SPLIT_rollout_summaries.jsonl, a row for each trajectory."""

from collections.abc import Iterable, Iterator
from typing import Any

from passk_lab.readers.evaluation import Notice
from passk_lab.readers.format import Format
from passk_lab.readers.rules import ABOVE_ZERO
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts


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

    def run(self, file: File) -> str:
        # The folder of an iteration is a step of the run in whose folder it lies.
        return next((part for part in reversed(file.place.split("/")) if part != "*"), file.folder)

    def step(self, file: File) -> int | None:
        return file.step_of_folder

    def views(self, files: list[File]) -> tuple[list[File], list[File]]:
        summaries = [file for file in files if file.head().has("group_idx")]
        told = {file.path.parent for file in files if file not in summaries}
        again = [file for file in summaries if file.path.parent in told]
        return [file for file in files if file not in again], again

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        if "group_idx" in record:
            metrics = record.get("trajectory_metrics") or {}
            iteration = record["iteration"]
            file.kept["ids_hold_step"] = True
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

    def notices(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Notice]:
        if any(file.kept.get("ids_hold_step") for file in files):
            yield Notice(
                "ids_hold_step",
                f"The id of a problem is ITERATION/GROUP ({counts.problems[0]}), since groups are numbered anew at "
                "each iteration: no problem of one is matched with any of another, though they may be the same.",
                len(counts.problems),
            )


def _verdicts(metrics: dict[str, Any], reward: Any) -> dict[str, Any]:
    return {**({"correct": metrics["correct"]} if "correct" in metrics else {}), "reward": reward}


FORMAT = _Tinker()
