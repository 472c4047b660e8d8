"""Files as people outside had them: forms that nobody had thought of, and what is said where they are no results."""

import json

from passk_lab.readers import read
from tests.readers.written import lines


def only(path, **choices):
    (found,) = read(path, **choices)
    return found


def counted(found):
    return dict(zip(found.problems, zip(found.n.tolist(), found.c.tolist(), strict=True), strict=True))


def early_verifiers(number, prompt, reward):
    turns = [{"role": "user", "content": prompt}]
    answer = [{"role": "assistant", "content": f"{prompt}{number}{reward}"}]
    return {"id": number, "prompt": turns, "completion": answer, "task": "default", "reward": reward, "a_func": reward}


def test_the_early_files_of_verifiers_repeat_an_id_over_their_prompts(tmp_path):
    rewards = {"add": [1.0, 0.0], "sort": [0.0, 0.0], "join": [1.0, 1.0]}
    rows = [early_verifiers(k, prompt, rewards[prompt][k]) for k in range(2) for prompt in rewards]
    (tmp_path / "metadata.json").write_text(json.dumps({"model": "made/up", "avg_reward": 0.5}))
    found = only(lines(tmp_path / "results.jsonl", rows))
    assert [name.split('"')[3] for name in found.problems] == list(rewards)
    assert list(counted(found).values()) == [(2, 1), (2, 0), (2, 2)]
    assert [(score.stated, score.recomputed) for score in found.scores] == [(0.5, 0.5)]
