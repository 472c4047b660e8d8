"""verifiers, the environments of prime-rl: traces.jsonl has a row for each episode."""

from collections.abc import Iterator
from typing import Any

from passk_lab.readers.format import Format
from passk_lab.readers.rules import LARGER
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head


class _Verifiers(Format):
    name = "verifiers"
    writes = "traces.jsonl (prime-rl: rollouts/step_N/KIND/SUBSET/traces.jsonl)"
    problem_is = "idx of task.data, or all of it where it has none"
    sample_is = "the id of the trace"
    correct_is = (
        "the reward is the larger one, where all rewards are one of two numbers; it is the sum of all rewards by their "
        "weights"
    )
    trap = "a reward is a weighted sum of several; an episode that ended in an error has a reward of 0 and is no sample"
    rule = LARGER
    primary = "reward"
    parts = True

    def recognises(self, head: Head) -> bool:
        return head.has("traces", "task") or (head.has("task", "id") and head.holds("rewards", dict))

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        task = record["task"]
        data = task.get("data", task) if isinstance(task, dict) else task
        problem = data["idx"] if isinstance(data, dict) and data.get("idx") is not None else data
        traces = record.get("traces", [record])
        if not traces:
            yield Sample(problem, {}, left_out="the episode has no trace")
        for trace in traces:
            failed = record.get("ok") is False or trace.get("ok") is False or trace.get("errors") or trace.get("error")
            rewards = {name: _value(reward) for name, reward in trace.get("rewards", {}).items()}
            verdicts: dict[str, Any] = {name: value for name, (value, _) in rewards.items()} if len(rewards) > 1 else {}
            if rewards:
                missing = any(value is None for value, _ in rewards.values())
                verdicts["reward"] = None if missing else sum(value * weight for value, weight in rewards.values())
            yield Sample(
                problem,
                verdicts,
                sample=trace.get("id"),
                left_out="the episode ended in an error" if failed else None,
            )

    def step(self, file: File) -> int | None:
        return file.step_of_folder


def _value(reward: Any) -> tuple[Any, Any]:
    return (reward["value"], reward.get("weight", 1)) if isinstance(reward, dict) else (reward, 1)


FORMAT = _Verifiers()
