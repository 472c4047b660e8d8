"""limit-of-RLVR: math evaluations write test_..._seedN_tT_....jsonl, a row for each problem."""

import re
from collections.abc import Iterator
from typing import Any

from passk_lab.readers.format import Format
from passk_lab.readers.sample import Choices, Sample
from passk_lab.readers.source import File, Head

_SEED = re.compile(r"seed(\d+)")
_TEMPERATURE = re.compile(r"_t(\d+(?:\.\d+)?)")


class _LimitOfRLVR(Format):
    name = "limit-of-RLVR"
    writes = "test_NAME_seedN_tT_sS_eE.jsonl"
    problem_is = "idx"
    sample_is = "the seed in the file's name and the place in the list score"
    correct_is = "the entry of score is true"
    trap = "a seed for each file; the tool's own table pads a short list with its last verdict, and here n stays short"
    parts = True
    repeats = True

    def recognises(self, head: Head) -> bool:
        return head.has("idx", "gt") and head.holds("score", list)

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        seed = _SEED.search(file.path.name)
        texts, answers = record.get("code") or [], record.get("pred") or []
        for index, verdict in enumerate(record["score"]):
            yield Sample(
                record["idx"],
                {"score": verdict},
                sample=f"{seed[1] if seed else file.name}/{index}",
                answer=answers[index] if index < len(answers) and answers[index] else None,
                text=texts[index] if index < len(texts) else None,
            )

    def run(self, file: File) -> str:
        return _SEED.sub("seed*", file.stem_whole)

    def settings(self, file: File) -> dict[str, object]:
        found = _TEMPERATURE.search(file.path.name)
        return {"temperature": float(found[1])} if found else {}


FORMAT = _LimitOfRLVR()
