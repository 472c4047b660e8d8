"""Files as people outside had them: forms that nobody had thought of, and what is said where they are no results."""

import json

import pytest

from passk_lab.readers import BadFile, Undecided, read
from tests.readers.written import TRUTH, lines, nemo_skills


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


MARKS = (1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0)
"""Of four problems with three samples each."""
RIGHT = [(3, 3), (3, 0), (3, 1), (3, 0)]


def table(folder, names, row, name="table.csv"):
    """Twelve rows; `row` makes the cells beside the verdict from the number of the problem and of the row."""
    rows = [",".join(map(str, (*row(i // 3, i), mark))) for i, mark in enumerate(MARKS)]
    path = folder / name
    path.write_text("\n".join([f"{names},passed", *rows]) + "\n")
    return path


DATA = ("gsm8k", "gsm8k", "math", "math")


@pytest.mark.parametrize(
    ("names", "row", "choices"),
    [
        ("task,id", lambda p, i: (DATA[p], p), {"problem=task": 2, "problem=id": 4}),
        ("prompt,task", lambda p, i: (p, DATA[p]), {"problem=task": 2, "problem=prompt": 4}),
        ("id,question", lambda p, i: (i, f"what is {p}?"), {"problem=id": 12, "problem=question": 4}),
        ("dataset,index", lambda p, i: (DATA[p], p % 2), {"problem=index": 2, "problem=index,dataset=dataset": 4}),
        ("task,question_id", lambda p, i: (DATA[p], p % 2), {"problem=question_id": 2,
                                                             "problem=question_id,dataset=task": 4}),
        ("task_id,problem_id", lambda p, i: (p, i), {"problem=problem_id": 12, "problem=task_id": 4}),
    ],
)  # fmt: skip
def test_where_two_columns_could_be_the_problem_it_is_asked_which(tmp_path, names, row, choices):
    path = table(tmp_path, names, row)
    with pytest.raises(Undecided, match="which is the problem") as asked:
        read(path)
    assert asked.value.option == "columns"
    assert {said: int(what.split()[0]) for said, what in asked.value.choices.items()} == choices
    for said, problems in choices.items():
        found = only(path, columns=dict(part.split("=") for part in said.split(",")))
        assert len(found.problems) == problems
        assert (list(counted(found).values()) == RIGHT) == (problems == 4)


@pytest.mark.parametrize(
    ("names", "row"),
    [
        ("id,question", lambda p, i: (p, f"what is {p}?")),
        ("task_id,id,question", lambda p, i: (p, i, "?")),
        ("problem_id,dataset", lambda p, i: (p, DATA[p])),
        ("task,question_id,seed", lambda p, i: (DATA[p], p, i % 3)),
    ],
)
def test_where_the_readings_count_alike_or_one_name_is_clear_nothing_is_asked(tmp_path, names, row):
    assert list(counted(only(table(tmp_path, names, row))).values()) == RIGHT


def test_lines_that_are_too_short_are_left_out_once_where_the_columns_are_looked_at_first(tmp_path):
    path = table(tmp_path, "id,question", lambda p, i: (p, f"what is {p}?"))
    path.write_text(path.read_text() + "4\n")
    assert [left.rows for left in only(path).left_out] == [1]


def test_counts_of_two_data_sets_have_one_row_for_each_problem(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text("dataset,index,n,c\ngsm8k,0,4,1\ngsm8k,1,4,2\nmath,0,4,3\n")
    assert counted(only(path)) == {"gsm8k/0": (4, 1), "gsm8k/1": (4, 2), "math/0": (4, 3)}


def test_a_table_as_wandb_exports_it(tmp_path):
    path = tmp_path / "samples.table.json"
    rows = [[1, "p", "x", 1.0], [1, "p", "y", 0.0], [1, "q", "z", 0.0], [2, "p", "x", 1.0]]
    path.write_text(json.dumps({"columns": ["step", "prompt", "completion", "reward"], "data": rows}))
    assert [(one.step, counted(one)) for one in read(path)] == [(1, {"p": (2, 1), "q": (1, 0)}), (2, {"p": (1, 1)})]


@pytest.mark.parametrize("cells", [("0.5", "0.33"), ("50%", "33 %"), ("1/2", "0.33"), ("0.4", "0.33")])
def test_a_rate_beside_n_is_a_count_where_it_gives_a_whole_number(tmp_path, cells):
    path = tmp_path / "rates.csv"
    path.write_text(f"task,n,pass_rate\na,4,{cells[0]}\nb,3,{cells[1]}\n")
    if cells[0] in ("0.5", "50%"):
        assert counted(only(path)) == {"a": (4, 2), "b": (3, 1)}
    else:
        with pytest.raises(BadFile, match=r"line 2.*(no whole number of right samples|a rate is a number from 0 to 1)"):
            read(path)


HEAD_ONLY = {"version": 2, "status": "success", "eval": {"task": "sums", "model": "made/up"}, "results": {}}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.jsonl", '{"task_id":"\xe9","passed":true}\n' * 2, "line 1: its text is not UTF-8"),
        ("x.json", '[{"task_id":"a"},\n{"task_id":"\xe9","passed":true}]', "line 2: its text is not UTF-8"),
        ("rates.csv", "task,pass@1\nt0,0.5\n", r"'pass@1' is a rate for each problem.* add a column n"),
        ("log.json", json.dumps(HEAD_ONLY), r"the log holds no samples.*header_only"),
        ("x.jsonl", '{"task_id": "a", "completion": "x"}\n' * 2, "its samples are not evaluated yet"),
        ("x.jsonl", '{"task_id": "a", "solution": "x"}\n' * 2, r"not evaluated yet.*evalplus\.evaluate"),
        ("counts.csv", "Aufgabe,Versuche,Richtig\na,6,3\n", r"problem=NAME,n=NAME,c=NAME where it has counts"),
    ],
)  # fmt: skip
def test_what_a_file_lacks_is_named(tmp_path, name, text, said):
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    with pytest.raises(BadFile, match=said):
        read(tmp_path / name)


def test_lines_in_another_encoding_are_left_out_as_such(tmp_path):
    (tmp_path / "x.jsonl").write_bytes(b'{"task_id":"a","passed":true,"result":""}\n{"task_id":"\xe9"}\n')
    assert [left.why for left in only(tmp_path / "x.jsonl").left_out] == ["its text is not UTF-8 (first: line 2)"]


def test_an_empty_folder_is_called_one(tmp_path):
    with pytest.raises(BadFile, match="there is no file to read"):
        read(tmp_path)


@pytest.mark.parametrize("path", ["beside", "alone"])
def test_samples_that_are_not_evaluated_beside_those_that_are(tmp_path, path):
    lines(tmp_path / "x.jsonl", [{"task_id": "a", "completion": "x"}])
    if path == "beside":
        lines(tmp_path / "x_results.jsonl", [{"task_id": "a", "completion": "x", "passed": True}])
        (why,) = only(tmp_path).files_passed_over
        assert why.startswith("x.jsonl: its samples are not evaluated yet")
    else:
        with pytest.raises(BadFile, match="not evaluated yet"):
            read(tmp_path)


def test_a_table_has_no_rule_of_its_own(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("task,score\na,0.98\na,0\n")
    for threshold in (None, "tool"):
        with pytest.raises(Undecided) as asked:
            read(path, threshold=threshold)
        assert (asked.value.option, list(asked.value.choices)) == ("threshold", ["0.98"])
    assert counted(only(path, threshold=0.98)) == {"a": (2, 1)}


def test_counts_that_are_called_verdicts_lead_to_n_and_c(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text("Aufgabe,Versuche,Richtig\na,6,3\nb,6,1\n")
    with pytest.raises(Undecided, match="are they counts of right samples") as asked:
        read(path, columns={"problem": "Aufgabe", "correct": "Richtig"})
    assert (asked.value.option, list(asked.value.choices)) == ("columns", ["problem=NAME,n=NAME,c=NAME"])
    assert counted(only(path, columns={"problem": "Aufgabe", "n": "Versuche", "c": "Richtig"})) == {
        "a": (6, 3),
        "b": (6, 1),
    }


def test_files_of_other_tools_are_named_where_one_was_chosen(tmp_path):
    row = {"task_id": "a", "completion": "x"}
    lines(tmp_path / "x_results.jsonl", [{**row, "passed": True}])
    (tmp_path / "counts.csv").write_text("task,n,c\na,2,1\n")
    (tmp_path / "package.json").write_text('{"name": "x"}')
    early = {"eval": {"a": {"nfiles": 1, "base": [["success", [True]]], "plus": [["failed", [False]]]}}}
    (tmp_path / "y_eval_results.json").write_text(json.dumps(early))
    assert dict(only(tmp_path, format="human-eval").files_passed_over) == {
        "counts.csv, a table": 1,
        "files of no known tool": 1,
        "y_eval_results.json, a file of evalplus": 1,
    }


@pytest.mark.parametrize("plus", [True, False])
def test_evalplus_of_2023(tmp_path, plus):
    base = [["success", [True]], ["success", [True]], ["failed", [False]]]
    more = [["success", [True]], ["failed", [False]], ["success", [True]]]
    document = {"date": "2023-06-01", "eval": {"T/0": {"nfiles": 3, "base": base, "plus": more if plus else []}}}
    (tmp_path / "x_eval_results.json").write_text(json.dumps(document))
    found = only(tmp_path, verdict="base")
    assert (found.format, counted(found)) == ("evalplus", {"T/0": (3, 2)})
    if plus:
        assert counted(only(tmp_path, verdict="plus")) == {"T/0": (3, 1)}
        with pytest.raises(Undecided, match="2 ways"):
            read(tmp_path)


def tinker(iteration, group, trajectory, right):
    metrics = {"correct": right}
    place = {"split": "eval/test", "iteration": iteration, "group_idx": group, "traj_idx": trajectory}
    return {**place, "total_reward": right - 0.1, "trajectory_metrics": metrics}


def test_the_iterations_of_tinker_are_steps_whose_ids_match_nothing(tmp_path):
    for iteration in (0, 10):
        folder = tmp_path / "mine" / f"iteration_{iteration:06d}"
        folder.mkdir(parents=True)
        rows = [tinker(iteration, group, k, float(k < group + iteration / 10)) for group in range(2) for k in range(3)]
        lines(folder / "eval_test_rollout_summaries.jsonl", rows)
    found = read(tmp_path)
    assert [(one.step, list(counted(one).values())) for one in found] == [(0, [(3, 0), (3, 1)]), (10, [(3, 1), (3, 2)])]
    for one in found:
        (notice,) = (notice for notice in one.notices if notice.code == "ids_hold_step")
        assert f"({one.step}/0)" in notice.text


def test_a_seed_of_nemo_skills_that_is_still_written_is_none(tmp_path):
    folder = nemo_skills(tmp_path / "aime", "base")
    part = (folder / "output-rs0.jsonl").read_text().splitlines(keepends=True)[:3]
    (folder / "output-rs8.jsonl-async").write_text("".join(part))
    found = only(folder)
    assert (found.n.tolist(), found.c.tolist()) == ([8] * 12, TRUTH["c"]["base"])
    (why,) = found.files_passed_over
    assert why.startswith("output-rs8.jsonl-async: the tool had not finished it")
    with pytest.raises(BadFile, match="had not finished"):
        read(folder / "output-rs8.jsonl-async")


def test_parts_of_a_file_of_nemo_skills_beside_the_whole_are_not_counted_again(tmp_path):
    folder = nemo_skills(tmp_path / "aime", "base")
    rows = (folder / "output-rs0.jsonl").read_text().splitlines(keepends=True)
    for at in range(2):
        (folder / f"output-rs0_chunk_{at}.jsonl").write_text("".join(rows[at::2]))
    found = only(folder)
    assert (found.n.tolist(), found.c.tolist()) == ([8] * 12, TRUTH["c"]["base"])
    (why,) = found.files_passed_over
    assert why.startswith("output-rs0_chunk_0.jsonl, output-rs0_chunk_1.jsonl: a part of output-rs0.jsonl")
    (folder / "output-rs0.jsonl").unlink()
    assert only(folder).n.tolist() == [8] * 12


def test_what_python_says_of_a_bad_row_is_said_in_other_words(tmp_path):
    rows = [{"question_id": "a", "graded_list": [[["x"], 1], True]}, {"question_id": "b", "graded_list": 3}]
    (tmp_path / "x_eval_all.json").write_text(json.dumps([*rows, {"question_id": "c", "graded_list": [True]}]))
    found = only(tmp_path)
    assert counted(found) == {"c": (1, 1)}
    assert [(left.why.split(": ", 1)[1], left.code) for left in found.left_out] == [
        ("the result of a test is true, false or a number, and here one is something else (first: entry 1)", "unread"),
        ("a value is of another kind than the tool writes (first: entry 2)", "unread"),
    ]


def test_samples_at_temperature_0_are_counted_without_the_rows_that_are_none(tmp_path):
    path = tmp_path / "greedy.csv"
    path.write_text("task,sample,passed,temperature\na,0,1,0\na,0,1,0\nb,0,0,0\nb,1,,0\n")
    found = only(path)
    assert "All 2 samples were drawn at temperature 0" in found.notices[0].text
    assert {left.code: left.rows for left in found.left_out} == {"duplicates": 1, "unscored": 1}


def test_a_tool_that_knows_rewards_alone_has_no_rule_to_offer(tmp_path):
    rows = [{"input": "q", "output": f"a{k}", "score": score, "step": 1} for k, score in enumerate((0.0, 0.1, 1.0))]
    lines(tmp_path / "1.jsonl", rows)
    for threshold in (None, "tool"):
        with pytest.raises(Undecided, match="partial credit") as asked:
            read(tmp_path, threshold=threshold)
        assert list(asked.value.choices) == ["1"]
    assert counted(only(tmp_path, threshold=1)) == {"q": (3, 1)}


@pytest.mark.parametrize("pair", ["WAHR FALSCH", "VRAI FAUX", "VERDADERO FALSO", "VERO FALSO"])
def test_true_and_false_as_spreadsheets_write_them(tmp_path, pair):
    right, wrong = pair.split()
    path = tmp_path / "t.csv"
    path.write_text(f"task;passed\na;{right}\na;{wrong}\n")
    assert counted(only(path)) == {"a": (2, 1)}
