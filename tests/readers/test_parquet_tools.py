"""TRL's and lighteval's Parquet where it is not as in the plain files."""

import pyarrow as pa
import pyarrow.parquet
import pytest

from passk_lab.readers import BadFile, Undecided, read


def completions(folder, step, **rewards):
    table = {"step": [step] * 3, "prompt": ["a", "a", "b"], "completion": ["one", "two", "three"], **rewards}
    pyarrow.parquet.write_table(pa.table({**table, "advantage": [0.0] * 3}), folder / f"completions_{step:05d}.parquet")


def test_the_same_prompt_at_a_later_step_is_another_checkpoint(tmp_path):
    completions(tmp_path, 10, accuracy_reward=[0.0, 1.0, 0.0])
    completions(tmp_path, 20, accuracy_reward=[1.0, 1.0, 0.0])
    found = read(tmp_path)
    assert [(one.format, one.step, one.problems, one.n.tolist(), one.c.tolist()) for one in found] == [
        ("TRL", 10, ("a", "b"), [2, 1], [1, 0]),
        ("TRL", 20, ("a", "b"), [2, 1], [2, 0]),
    ]


def test_reward_functions_of_equal_rank_are_a_question(tmp_path):
    completions(tmp_path, 10, mine=[0.0, 1.0, 0.0], other=[1.0, 1.0, 0.0])
    with pytest.raises(Undecided) as asked:
        read(tmp_path)
    assert (asked.value.option, set(asked.value.choices)) == ("verdict", {"mine", "other"})
    assert read(tmp_path, verdict="other")[0].c.tolist() == [2, 0]


def details(folder, metric, texts):
    rows = [
        {"doc": {"id": str(at), "query": "?"}, "metric": values, "model_response": {"text": ["text"] * number}}
        for at, (values, number) in enumerate(zip(metric, texts, strict=True))
    ]
    path = folder / "details_task_2026-01-01.parquet"
    pyarrow.parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_n_is_that_of_the_first_document_and_no_more_samples_than_there_are_texts(tmp_path):
    # As lighteval works it out: c over the n of the first document, of at most so many texts.
    path = details(tmp_path, [{"pass@k:k=1": share} for share in (0.5, 0.25, 0.75, 0.3)], [4, 2, 6, 4])
    (found,) = read(path)
    assert (found.problems, found.n.tolist(), found.c.tolist()) == (("0", "1", "2"), [4, 2, 4], [2, 1, 3])
    assert [(left.why, left.rows) for left in found.left_out] == [
        ("a text beyond the n that the tool takes from the first document", 2),
        ("the metric is no share of the samples there are", 4),
    ]


def test_without_a_share_of_samples_nothing_is_made_up(tmp_path):
    with pytest.raises(BadFile, match=r"pass@k:k=8&n=16.*Let lighteval also compute pass@k with k = 1"):
        read(details(tmp_path, [{"pass@k:k=8&n=16": 1.0}], [16]))
