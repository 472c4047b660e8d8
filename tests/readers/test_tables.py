"""Tables as people write them: the same counts whatever the shape, the file and the words; the rest in a sentence."""

import bz2
import gzip
import json
import lzma
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
import zstandard

from passk_lab.readers import BadFile, Undecided, read

PROBLEMS = {"007": [1, 0, 1], "b": [0, 0, 0], "=cmd|' /C calc'!A0": [1, 1, 1]}
N, C = [3, 3, 3], [2, 0, 3]
ROWS = [(problem, sample, mark) for problem, marks in PROBLEMS.items() for sample, mark in enumerate(marks)]


def put(folder: Path, text: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def counts(path: Path, **choices: object) -> dict[str, tuple[int, int]]:
    (found,) = read(path, **choices)
    assert found.rows == found.n.sum() + sum(left.rows for left in found.left_out)
    assert found.format == "table"
    return dict(zip(found.problems, zip(found.n.tolist(), found.c.tolist(), strict=True), strict=True))


RIGHT = dict(zip(PROBLEMS, zip(N, C, strict=True), strict=True))
LONG = "problem,sample,correct\n" + "".join(f"{p},{s},{c}\n" for p, s, c in ROWS)
SHAPES = {
    "long": LONG,
    "long, other names and order": "Passed,Attempt,Task ID\n" + "".join(f"{c},{s},{p}\n" for p, s, c in ROWS[::-1]),
    "no samples' ids": "id,score\n" + "".join(f"{p},{c}.0\n" for p, _, c in ROWS),
    "semicolons": LONG.replace(",", ";"),
    "tabs": LONG.replace(",", "\t"),
    "quoted": 'problem,sample,correct\n"' + '"\n"'.join(f'{p}","{s}","{c}' for p, s, c in ROWS) + '"\n',
    "quoted, lines and marks inside": "problem,note,correct\n" + "".join(f'{p},"a,\n""b""",{c}\n' for p, _, c in ROWS),
    "byte order mark": "\ufeff" + LONG,
    "lines of Windows, blank lines": LONG.replace("\n", "\r\n") + "\r\n\r\n",
    "no line's end": LONG[:-1],
    "spaces": LONG.replace(",", " , "),
    "yes and no": LONG.replace(",1\n", ",Yes\n").replace(",0\n", ",no\n"),
    "Inspect's letters": LONG.replace(",1\n", ",C\n").replace(",0\n", ",I\n"),
    "pass and fail": LONG.replace(",1\n", ",PASS\n").replace(",0\n", ",failed\n"),
    "percent": LONG.replace(",1\n", ",100\n"),
    "counts": "problem,n,c\n" + "".join(f"{p},3,{sum(m)}\n" for p, m in PROBLEMS.items()),
    "counts called correct": "task,total,correct\n" + "".join(f"{p},3.0,{sum(m)}.0\n" for p, m in PROBLEMS.items()),
    "counts and their sum": "problem,n,c\n" + "".join(f"{p},3,{sum(m)}\n" for p, m in PROBLEMS.items()) + "Total,9,5\n",
    "wide": "problem,sample_0,sample_1,sample_2\n"
    + "".join(f"{p},{','.join(map(str, m))}\n" for p, m in PROBLEMS.items()),
    "wide, written by pandas": ",0,1,2\n" + "".join(f"{p},{','.join(map(str, m))}\n" for p, m in PROBLEMS.items()),
    "lists": "problem,correct\n" + "".join(f'{p},"{[bool(x) for x in m]}"\n' for p, m in PROBLEMS.items()),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_counts(tmp_path, shape):
    assert counts(put(tmp_path, SHAPES[shape])) == RIGHT


ROWS_OF_JSON = [{"problem": p, "sample": s, "correct": bool(c)} for p, s, c in ROWS]
COLUMNS = {name: [row[name] for row in ROWS_OF_JSON] for name in ("problem", "sample", "correct")}
DOCUMENTS = {
    "rows": ROWS_OF_JSON,
    "columns": COLUMNS,
    "columns of pandas": {name: {str(i): cell for i, cell in enumerate(cells)} for name, cells in COLUMNS.items()},
    "the verdicts of each problem": PROBLEMS,
    "counts of each problem": {p: {"n": 3, "c": sum(m)} for p, m in PROBLEMS.items()},
    "rows with lists": [{"id": p, "correct": m} for p, m in PROBLEMS.items()],
}


@pytest.mark.parametrize("shape", DOCUMENTS)
def test_json(tmp_path, shape):
    assert counts(put(tmp_path, json.dumps(DOCUMENTS[shape], indent=1), "table.json")) == RIGHT


def test_json_lines_and_whatever_their_name_says(tmp_path):
    text = "".join(json.dumps(row) + "\n" for row in ROWS_OF_JSON)
    assert counts(put(tmp_path, text, "table.jsonl")) == RIGHT
    assert counts(put(tmp_path, text, "table.csv")) == RIGHT
    assert counts(put(tmp_path, LONG, "table.json")) == RIGHT


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, lambda text: zstandard.ZstdCompressor().compress(text)]
)
def test_packed(tmp_path, pack):
    assert counts(put(tmp_path, pack(LONG.encode()), "table.csv.packed")) == RIGHT


def table(**columns: object) -> pa.Table:
    return pa.table(columns)


PARQUET = {
    "plain": table(**COLUMNS),
    "dictionary": pa.table({**COLUMNS, "problem": pa.array(COLUMNS["problem"]).dictionary_encode()}),
    "large strings, numbers": pa.table(
        {
            **COLUMNS,
            "problem": pa.array(COLUMNS["problem"], pa.large_string()),
            "correct": [float(c) for _, _, c in ROWS],
        }
    ),
    "lists": table(problem=list(PROBLEMS), correct=list(PROBLEMS.values())),
    "counts": table(problem=list(PROBLEMS), n=N, c=C),
    "bytes": table(problem=[p.encode() for p in COLUMNS["problem"]], correct=COLUMNS["correct"]),
}


@pytest.mark.parametrize("shape", PARQUET)
def test_parquet_in_groups_of_rows(tmp_path, shape):
    pyarrow.parquet.write_table(PARQUET[shape], tmp_path / "table.parquet", row_group_size=2)
    assert counts(tmp_path / "table.parquet") == RIGHT


def test_columns_within_columns_are_named_by_their_path(tmp_path):
    rows = [{"item": {"key": p}, "marks": {"main": c}} for p, _, c in ROWS]
    named = {"problem": "item.key", "correct": "marks.main"}
    pyarrow.parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "table.parquet")
    assert counts(tmp_path / "table.parquet", columns=named) == RIGHT
    assert counts(put(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), "a.jsonl"), columns=named) == RIGHT


def test_numbers_as_ids_are_one_thing_in_every_file(tmp_path):
    want = {"7": (2, 1), "8": (1, 0)}
    assert counts(put(tmp_path, "problem,correct\n7,1\n7,0\n8,0\n")) == want
    assert (
        counts(put(tmp_path, '[{"problem":7,"correct":1},{"problem":7.0,"correct":0},{"problem":8,"correct":0}]'))
        == want
    )
    pyarrow.parquet.write_table(table(problem=[7.0, 7.0, 8.0], correct=[1, 0, 0]), tmp_path / "t.parquet")
    assert counts(tmp_path / "t.parquet") == want


@pytest.mark.parametrize(
    "text", ["1,0,1\n0,0,0\n1,1,1\n", "s1,s2,s3\n1,0,1\n0,0,0\n1,1,1\n", "0,1,2\n1,0,1\n0,0,0\n1,1,1\n"]
)
def test_a_matrix_without_ids(tmp_path, text):
    assert counts(put(tmp_path, text)) == dict(zip("012", RIGHT.values(), strict=True))
    assert counts(put(tmp_path, json.dumps(list(PROBLEMS.values())), "a.json")) == dict(
        zip("012", RIGHT.values(), strict=True)
    )


@pytest.mark.parametrize("write", ["csv", "jsonl", "parquet"])
def test_what_is_left_out_is_counted(tmp_path, write):
    rows = [
        ("a", "0", "1"), ("a", "1", ""), ("a", "2", "nan"), ("a", "0", "0"), ("", "0", "1"),
        ("a", "1", "1"), ("b", "x", "0"), ("b", "x", "1"), ("b", "y", "null"),
    ]  # fmt: skip
    columns = {name: [row[i] for row in rows] for i, name in enumerate(("problem", "sample", "correct"))}
    path = tmp_path / f"t.{write}"
    if write == "csv":
        pyarrow.csv.write_csv(pa.table(columns), path)
    elif write == "parquet":
        pyarrow.parquet.write_table(pa.table(columns), path)
    else:
        path.write_text("".join(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows))
    (found,) = read(path)
    assert (found.problems, found.n.tolist(), found.c.tolist(), found.rows) == (("a", "b"), [2, 1], [2, 0], 9)
    assert {left.why: left.rows for left in found.left_out} == {
        "no id of a problem": 1,
        "the same sample of the same problem again": 2,
        "not judged: the verdict is empty, or not a number": 3,
    }


def test_a_row_with_too_many_or_too_few_fields_is_left_out_by_its_line(tmp_path):
    (found,) = read(put(tmp_path, "problem,correct\na,1\na,1,1\na\na,0\n"))
    assert (found.n.tolist(), found.c.tolist(), found.rows) == ([2], [1], 4)
    assert [(left.why, left.rows) for left in found.left_out] == [
        ("not as many fields as the first line has (2) (first: line 3)", 2)
    ]


SENTENCES = {
    "problem,correct\na,1\nb,maybe\n": r"table.csv, line 3: 'maybe' is there, and that is none of the words understood",
    'problem,correct\n"a\nb",1\nb,maybe\n': r"table.csv, line 4: 'maybe'",
    "problem,correct\na,37.5%\n": r"line 2: '37.5%' is there, and a percentage is no verdict",
    "problem,n,c\na,8,9\n": r"line 2: c = 9 is more than n = 8. Are the columns the other way.*--columns n=NAME",
    "problem,n,c\na,8,.375\n": r"line 2: '.375' is there, and counts are whole numbers. A fraction or a percentage",
    "problem,n,c\na,8,37.5%\n": r"line 2: '37.5%' is there, and counts are whole numbers",
    "problem,n,c\na,-8,1\n": r"line 2: '-8' is there, and a count is not negative",
    "problem,n,c\na,8,1\na,8,2\n": r"line 3: the problem 'a' has a row already. .*--columns run=NAME",
    "name,how\na,1\n": r"no results of a tool.*The columns are 'name', 'how'. .*--columns problem=NAME,correct=NAME",
    "problem,correct\n": r"no row of it could be counted",
    "problem,correct,step\na,1,first\n": r"line 2: 'first' is there, and a step of the training is a whole number",
    'problem,correct\n"a,1\nb,1\n': r"no row of it could be counted; not as many fields .* \(first: line 2\)",
    'problem,correct\n"' + "a" * 40_000_000: r"a row of more than 16 MB: is a quote not closed\?",
    b"problem,correct\n\xe9,1\n": r"its text is not UTF-8. Save it as UTF-8",
    b"PAR1 and no more": r"begins as a Parquet file and cannot be read as one .*Was it copied whole\?",
    gzip.compress(gzip.compress(LONG.encode())): r"no results of a tool",
}


@pytest.mark.parametrize("text", SENTENCES, ids=range(len(SENTENCES)))
def test_what_cannot_be_read_is_said_with_file_line_and_mend(tmp_path, text):
    with pytest.raises(BadFile, match=SENTENCES[text]):
        read(put(tmp_path, text))


def test_columns_that_are_named(tmp_path):
    path = put(tmp_path, "name,how,correct\na,1,0\na,0,0\n")
    assert counts(path, columns={"correct": "how"}) == {"a": (2, 1)}
    assert counts(path, verdict="how") == {"a": (2, 1)}
    with pytest.raises(
        BadFile, match=r"correct is to be the column 'who', and there is none of that name. The columns"
    ):
        read(path, columns={"correct": "who"})
    with pytest.raises(KeyError, match="there is no columns called 'verdict'"):
        read(path, columns={"verdict": "how"})


def test_two_verdicts_that_disagree_are_a_question_and_a_score_beside_one_is_not(tmp_path):
    path = put(tmp_path, "problem,correct,passed\na,1,0\na,1,1\n")
    with pytest.raises(Undecided) as asked:
        read(path)
    assert asked.value.option == "verdict"
    assert set(asked.value.choices) == {"correct", "passed"}
    assert counts(path, verdict="passed") == {"a": (2, 1)}
    assert counts(put(tmp_path, "problem,correct,reward\na,1,0.2\na,0,0.1\n")) == {"a": (2, 1)}


def test_partial_credit_needs_a_threshold(tmp_path):
    path = put(tmp_path, "problem,score\na,0\na,0.5\na,1\n")
    with pytest.raises(Undecided) as asked:
        read(path)
    assert asked.value.option == "threshold"
    assert counts(path, threshold=0.5) == {"a": (3, 2)}
    many = put(tmp_path, "problem,score\n" + "".join(f"a,{i / 5000}\n" for i in range(5000)))
    with pytest.raises(Undecided, match="more than 1000 different scores"):
        read(many)


def test_runs_and_steps_of_one_table(tmp_path):
    path = put(tmp_path, "model,step,problem,correct\nbase,,a,0\nnew,10,a,1\nnew,10,a,0\nnew,200,a,1\n")
    with pytest.raises(Undecided) as asked:
        read(path)
    assert asked.value.option == "run"
    assert len(asked.value.choices) == 2
    name = next(name for name in asked.value.choices if "new" in name)
    found = read(path, run=name)
    assert [(one.step, one.n.tolist(), one.c.tolist()) for one in found] == [(10, [2], [1]), (200, [1], [1])]


def test_checkpoints_and_parts_by_the_names_of_files(tmp_path):
    for step in (0, 100):
        for part in (0, 1):
            put(tmp_path, f"problem,sample,correct\na,{part},{int(step > 0)}\n", f"eval_step{step}-part{part}.csv")
    assert [(one.step, one.n.tolist(), one.c.tolist()) for one in read(tmp_path)] == [(0, [2], [0]), (100, [2], [2])]
    put(tmp_path, "problem,sample,correct\na,1,1\n", "eval_step100-part2.csv")
    assert read(tmp_path)[1].left_out[0].rows == 1, "the same sample in another part is the same sample"


def test_two_tables_are_two_evaluations(tmp_path):
    put(tmp_path, LONG, "base.csv")
    put(tmp_path, LONG, "trained.csv")
    with pytest.raises(Undecided) as asked:
        read(tmp_path)
    assert set(asked.value.choices) == {"base.csv", "trained.csv"}
    assert counts(tmp_path, run="base.csv") == RIGHT


def test_greedy_rows_copies_and_answers(tmp_path):
    text = (
        "problem,correct,temperature,pred,completion\n"
        "a,1,0,4,greedy one\na,1,1.0,4,because 4\na,0,1.0,5,because 5\na,1,1.0,4,because 4\n"
    )
    (found,) = read(put(tmp_path, text))
    assert (found.n.tolist(), found.c.tolist(), found.rows) == ([3], [2], 4)
    assert {notice.code: notice.rows for notice in found.notices} == {"greedy": 1, "copies": 1}
    assert found.answers is not None
    assert (found.answers[0].given, found.answers[0].right) == ({"4": 2, "5": 1}, {"4": 2, "5": 0})
    (gold,) = read(put(tmp_path, "problem,correct,answer\na,1,4\na,0,4\nb,1,5\n"))
    assert gold.answers is None, "the answer that was looked for is none that was given"


def test_totals_are_told(tmp_path):
    (found,) = read(put(tmp_path, "problem,n,c\nmath,4000,1200\n"))
    assert [notice.code for notice in found.notices] == ["totals"]


def test_many_rows_in_many_batches_are_all_counted_and_copies_found(tmp_path):
    rng = np.random.default_rng(0)
    rows = 60_000
    problem, right = rng.integers(0, 100, rows), rng.integers(0, 2, rows)
    ids = np.arange(rows)
    ids[-7:] = ids[:7]
    problem[-7:] = problem[:7]
    for sample in (ids, np.char.add("id-", ids.astype(str))):
        whole = pa.table({"problem": np.char.add("p", problem.astype(str)), "sample": sample, "correct": right})
        pyarrow.parquet.write_table(whole, tmp_path / "t.parquet", row_group_size=17_000)
        (found,) = read(tmp_path / "t.parquet")
        assert [(left.why, left.rows) for left in found.left_out] == [("the same sample of the same problem again", 7)]
        by_name = dict(zip(found.problems, found.c.tolist(), strict=True))
        want = np.bincount(problem[:-7], right[:-7])
        assert all(by_name[f"p{code}"] == count for code, count in enumerate(want))
