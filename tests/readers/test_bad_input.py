"""Files as they should not be: a sentence with file, line and mend, or rows left out and counted; no wrong number."""

import bz2
import codecs
import gzip
import json
import lzma
import os
import tracemalloc

import pytest
import zstandard

from passk_lab import readers
from passk_lab.readers import source
from passk_lab.readers.format import every
from tests.readers.written import FILES, TRUTH, inspect_header, inspect_log, inspect_samples, lines, zipped

RESULTS = FILES / "human_eval" / "base_samples.jsonl_results.jsonl"
DOCUMENT = FILES / "evalplus" / "base_eval_results.json"
PACK = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard.compress}


def only(path, **choices):
    (found,) = readers.read(path, **choices)
    return found


def left_out(found):
    return {one.why: one.rows for one in found.left_out}


def row(**more):
    return {"task_id": "a", "completion": "", "passed": True, **more}


# --- packed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("path", [RESULTS, DOCUMENT], ids=["lines", "document"])
def test_packed_files_are_read_by_their_first_bytes_and_not_by_their_name(tmp_path, kind, path):
    for name in (f"{path.name}.{kind}", "named_wrongly.txt"):
        (tmp_path / name).write_bytes(PACK[kind](path.read_bytes()))
        found = only(tmp_path / name, verdict="plus" if path is DOCUMENT else None)
        assert sorted(found.c.tolist()) == TRUTH["c"]["base"]


@pytest.mark.parametrize("kind", PACK)
def test_a_packed_file_that_is_cut_off(tmp_path, kind):
    # Texts that do not repeat, so that the cut is in the midst of them.
    rows = "".join(json.dumps(row(completion=os.urandom(200).hex())) + "\n" for _ in range(2000)).encode()
    path = tmp_path / f"x.jsonl.{kind}"
    path.write_bytes(PACK[kind](rows)[:200_000])
    with pytest.raises(readers.BadFile, match=rf"x\.jsonl\.{kind}.*cannot be unpacked .*copied whole"):
        readers.read(path)


@pytest.mark.parametrize("kind", PACK)
def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(source, "GIGABYTE", 2**24)  # the limit itself would take the test a minute
    bomb = b'{"task_id": "' + b"0" * 2**25
    path = tmp_path / "x.jsonl"
    path.write_bytes(PACK[kind](bomb))
    assert path.stat().st_size < 2**16
    with pytest.raises(readers.BadFile, match="unpacks to more than 200 times its size"):
        readers.read(path)


def test_a_zip_bomb_in_a_log(tmp_path):
    path = zipped(
        tmp_path / "x.eval",
        {"header.json": json.dumps(inspect_header()).encode(), "summaries.json": b" " * (2**28 + 2)},
    )
    assert path.stat().st_size < 2**16
    with pytest.raises(readers.BadFile, match=r"x\.eval: summaries\.json in it unpacks to more"):
        readers.read(path)


@pytest.mark.parametrize("cut", [30, 400, -40])
def test_a_log_that_is_cut_off(tmp_path, cut):
    path = inspect_log(tmp_path / "x.eval", inspect_samples("base"), inspect_header())
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(readers.BadFile, match=r"x\.eval: .*Was it copied whole"):
        readers.read(path)


def test_a_log_whose_member_is_damaged(tmp_path):
    path = inspect_log(tmp_path / "x.eval", inspect_samples("base"), inspect_header())
    content = bytearray(path.read_bytes())
    at = content.index(b"\x28\xb5\x2f\xfd", content.index(b"summaries.json"))
    content[at + 4 : at + 40] = bytes(36)
    path.write_bytes(content)
    with pytest.raises(readers.BadFile, match=r"x\.eval: summaries\.json in it"):
        readers.read(path)


def test_a_zip_file_of_something_else_is_of_no_known_tool(tmp_path):
    zipped(tmp_path / "x.zip", {"mimetype": b"application/epub"}, 0)
    with pytest.raises(readers.BadFile, match="no results of a tool that is known"):
        readers.read(tmp_path / "x.zip")


# --- lines ------------------------------------------------------------------------------------------------------


def test_the_last_line_is_cut_off(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(RESULTS.read_bytes()[:-30])
    found = only(path)
    assert left_out(found) == {"the last line is cut off (first: line 96)": 1}
    assert (found.n.sum(), found.rows) == (95, 96)


def test_lines_that_are_no_rows_are_left_out_by_their_reason_and_place(tmp_path):
    path = tmp_path / "x.jsonl"
    good = json.dumps(row())
    bad = [
        "{broken",
        "[1, 2]",
        "3",
        '{"task_id": "a"}',
        json.dumps(row(passed="yes")),
        json.dumps(row(task_id=None)),
        "{]",
    ]
    path.write_text("\n".join([good, *bad[:3], "", *bad[3:], good]) + "\n")
    found = only(path)
    assert (found.n.tolist(), found.rows) == ([2], 9)
    assert left_out(found) == {
        "no JSON (first: line 2)": 2,
        "no JSON object (first: line 3)": 2,
        "not a row as human-eval writes them: no 'passed' (first: line 6)": 1,
        "the verdict is str, and no number (first: line 7)": 1,
        "the problem has no id (first: line 8)": 1,
    }


def test_the_first_line_is_broken(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text("{broken\n" + f"{json.dumps(row())}\n" * 3)
    assert left_out(only(path)) == {"no JSON (first: line 1)": 1}


def test_no_line_at_all_can_be_counted(tmp_path):
    lines(tmp_path / "x.jsonl", [row(passed="yes"), row(passed="no")])
    with pytest.raises(
        readers.BadFile, match=r"x\.jsonl: it looks like a file of human-eval, but no row .* no number .*: 2"
    ):
        readers.read(tmp_path / "x.jsonl")


def test_a_line_longer_than_any_row(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "LONGEST_LINE", 2**16)
    path = lines(tmp_path / "x.jsonl", [row(), row(completion="x" * 2**17), row()])
    with pytest.raises(readers.BadFile, match=r"x\.jsonl, line 2: a line of more than 64 MB, which is no row"):
        readers.read(path)


@pytest.mark.parametrize("name", ["x.jsonl", "x.json"])
def test_a_gigabyte_in_one_line(tmp_path, name):
    path = tmp_path / name
    with open(path, "wb") as file:  # with a hole in it, so that it takes no room
        file.write(b'{"task_id": "')
        file.truncate(2**30)
    tracemalloc.start()
    with pytest.raises(readers.BadFile, match=rf"{name}.*(more than 64 MB|more than 1 GB)"):
        readers.read(path)
    assert tracemalloc.get_traced_memory()[1] < 200e6
    tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("path", [RESULTS, DOCUMENT], ids=["lines", "document"])
def test_other_encodings_with_their_mark(tmp_path, encoding, path):
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    (tmp_path / "x").write_bytes(mark + path.read_text().replace("HumanEval", "Ηuman→Eval").encode(encoding))
    found = only(tmp_path / "x", verdict="plus" if path is DOCUMENT else None)
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]
    assert all(name.startswith("Ηuman→Eval/") for name in found.problems)


def test_a_list_of_rows_in_one_document_is_read_as_its_lines_are(tmp_path):
    rows = [json.loads(line) for line in RESULTS.read_text().splitlines()]
    (tmp_path / "x.json").write_text(json.dumps([*rows, 7], indent=1))
    found = only(tmp_path / "x.json")
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]
    assert left_out(found) == {"no JSON object (first: entry 97)": 1}


def test_one_row_alone(tmp_path):
    for name in ("x.jsonl", "x.json"):
        found = only(lines(tmp_path / name, [row()]))
        assert (found.n.tolist(), found.c.tolist()) == ([1], [1])


def test_a_file_with_a_reason_for_each_row_tells_twenty(tmp_path):
    path = tmp_path / "1.jsonl"
    verl = [{"input": number, "output": "", "score": 1, "step": 1} for number in range(3)]
    lines(
        path,
        verl + [{"input": "q", "output": "", "score": 1, f"{number}": 0, "step": f"{number}"} for number in range(9)],
    )
    found = only(path)
    assert left_out(found) == {"its step of training is no whole number (first: line 4)": 9}
    file = source.File(path, path.name)
    for number in range(100):
        file.leave_out(f"reason {number} {'x' * 1000}", f"line {number}")
    assert len(file.left_out) == 21
    assert file.left_out["for other reasons (first: line 20)"] == 80
    assert max(map(len, file.left_out)) < 400


def test_a_bad_row_of_a_file_of_several_steps_is_told_once(tmp_path):
    rows = [
        {"prompt_idx": 0, "prompt_tokens": [1], "response_tokens": [2], "reward": 10 * (n > 1), "sample_idx": n}
        for n in range(4)
    ]
    path = lines(tmp_path / "x_rollouts_000000.jsonl", [{**one, "step": step} for step in (3, 1, 2) for one in rows])
    with open(path, "a") as file:
        file.write("{broken}\n")
    found = readers.read(path)
    assert [(one.step, one.rows, left_out(one)) for one in found] == [
        (1, 5, {"no JSON (first: line 13)": 1}),
        (2, 4, {}),
        (3, 4, {}),
    ]


def test_a_bad_row_in_each_of_several_files_is_one_reason(tmp_path):
    for seed in (1, 2, 3):
        path = tmp_path / f"test_seed{seed}_t1.jsonl"
        path.write_bytes((FILES / "limit_of_rlvr" / "test_base_seed1_t0.6_s0_e-1.jsonl").read_bytes() + b"[]\n")
    assert left_out(only(tmp_path)) == {"no JSON object (first: test_seed1_t1.jsonl, line 13)": 3}


def test_a_second_view_that_is_broken_is_told_of(tmp_path):
    for name in ("eval", "eval_all"):
        content = (FILES / "livecodebench" / f"base_codegeneration_8_0.2_{name}.json").read_bytes()
        (tmp_path / f"x_{name}.json").write_bytes(content)
    document = json.loads((tmp_path / "x_eval.json").read_text())
    document[1]["0"][0] = document[1]["1"] = "gone"
    (tmp_path / "x_eval.json").write_text(json.dumps(document))
    found = only(tmp_path)
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]
    assert [notice.code for notice in found.notices] == ["files_disagree"]


# --- documents --------------------------------------------------------------------------------------------------


def test_a_document_that_is_cut_off_says_where(tmp_path):
    path = tmp_path / "x_eval_results.json"
    path.write_text(json.dumps(json.loads(DOCUMENT.read_text()), indent=1)[:5000])
    with pytest.raises(readers.BadFile, match=r"x_eval_results\.json, line \d+: not JSON .* cut off"):
        readers.read(path)


@pytest.mark.parametrize("depth", [2_000, 200_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nested_deeper_than_can_be_read(tmp_path, depth, opening):
    path = tmp_path / "x.json"
    path.write_text(opening * depth + "1" + ("]" if opening == "[" else "}") * depth)
    with pytest.raises(readers.BadFile):
        readers.read(path)
    lines(tmp_path / "y.jsonl", [row()])
    with open(tmp_path / "y.jsonl", "a") as file:
        file.write('{"task_id": ' + opening * depth + "\n")
    assert only(tmp_path / "y.jsonl").n.tolist() == [1]


@pytest.mark.parametrize(
    "thing", [{"eval": 3}, {"eval": {}}, {"eval": {"a": []}}, {"results": []}, [], {}, [[]], [{}], 3]
)
def test_documents_that_are_almost_of_a_tool(tmp_path, thing):
    (tmp_path / "x.json").write_text(json.dumps(thing))
    with pytest.raises(readers.BadFile, match=r"x\.json"):
        readers.read(tmp_path / "x.json")


def test_a_list_of_a_problem_that_is_none(tmp_path):
    document = json.loads(DOCUMENT.read_text())
    document["eval"] |= {"b": None, "c": {"x": 1}, "d": [None, 3, {}]}
    (tmp_path / "x_eval_results.json").write_text(json.dumps(document))
    found = only(tmp_path / "x_eval_results.json", verdict="plus")
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]
    assert sum(left_out(found).values()) == 5


# --- what is in a row -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (3, "3"), (3.0, "3"), ("3", "3"), (3.5, "3.5"), (True, "True"), ({"b": 1, "a": [2]}, '{"a": [2], "b": 1}'),
        ([1, "x"], '[1, "x"]'), ("<script>alert(1)</script>", "<script>alert(1)</script>"), ("=1+1", "=1+1"),
        ("a\nb\0", "a\nb\0"), ("\ud800", "\\ud800"), ("é", "é"), ("", ""),
    ],
)  # fmt: skip
def test_problem_ids_of_any_kind_become_text(tmp_path, name, shown):
    found = only(lines(tmp_path / "x.jsonl", [row(task_id=name)] * 2))
    assert (found.problems, found.n.tolist()) == ((shown,), [2])
    shown.encode()


@pytest.mark.parametrize("name", [None, float("nan")])
def test_a_row_without_a_problem_id_is_left_out(tmp_path, name):
    found = only(lines(tmp_path / "x.jsonl", [row(), row(task_id=name)]))
    assert left_out(found) == {"the problem has no id (first: line 2)": 1}


def rows_of(name):
    return [json.loads(line) for line in (FILES / name).read_text().splitlines()]


OF_LINES = {
    path.relative_to(FILES).as_posix(): path
    for path in sorted(FILES.rglob("*.jsonl"))
    if path.name != "aggregated_results.jsonl" and "trained" not in str(path)
}


@pytest.mark.parametrize("name", OF_LINES)
def test_a_key_that_is_missing_or_of_another_kind_leaves_its_row_out_or_in_but_never_stops_the_file(tmp_path, name):
    rows = rows_of(name)
    whole = only(OF_LINES[name])
    for key in rows[0]:
        for broken in (
            {k: v for k, v in rows[1].items() if k != key},
            *({**rows[1], key: v} for v in (None, [], {}, "x", -1e999)),
        ):
            path = tmp_path / OF_LINES[name].name
            lines(path, [rows[0], broken, *rows[2:]])
            try:
                found = readers.read(path)
            except readers.Undecided:
                continue
            for one in found:
                assert one.n.sum() + sum(left_out(one).values()) == one.rows
            assert whole.rows - whole.n[0] < sum(one.rows for one in found) <= whole.rows + len(found)


def test_a_row_of_several_samples_loses_one_and_not_the_rest(tmp_path):
    rows = rows_of("limit_of_rlvr/test_base_seed1_t0.6_s0_e-1.jsonl")
    rows[3]["score"][2] = "maybe"
    found = only(lines(tmp_path / "test_seed1_t1.jsonl", rows))
    assert found.n.tolist() == [8, 8, 8, 7] + [8] * 8
    assert left_out(found) == {"the verdict is str, and no number (first: line 4)": 1}


# --- files and folders ------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_or_is_empty(tmp_path):
    with pytest.raises(readers.BadFile, match=r"nowhere: there is no such file or folder"):
        readers.read(tmp_path / "nowhere")
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(readers.BadFile, match=r"empty\.jsonl: the file is empty"):
        readers.read(tmp_path / "empty.jsonl")
    (tmp_path / "blank.jsonl").write_text("\n \n")
    with pytest.raises(readers.BadFile, match=r"blank\.jsonl: the file is empty"):
        readers.read(tmp_path / "blank.jsonl")
    with pytest.raises(ValueError, match="no file was named"):
        readers.read([])
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(readers.BadFile, match="no plain file"):
        readers.read(tmp_path / "pipe")


def test_a_summary_alone_holds_no_samples():
    with pytest.raises(
        readers.BadFile, match=r"aggregated_results\.jsonl: SkyRL writes this beside its samples.*DATASET"
    ):
        readers.read(FILES / "skyrl" / "base" / "aggregated_results.jsonl")


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="there is no file here that root may not read either")
def test_a_file_that_cannot_be_read():
    with pytest.raises(readers.BadFile, match="mem: it cannot be opened"):
        readers.read("/proc/self/mem")


def test_a_folder_of_other_things(tmp_path):
    (tmp_path / "notes.txt").write_text("# notes\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (tmp_path / "weights.safetensors").write_bytes(bytes(1000))
    (tmp_path / "config.json").write_text('{"model_type": "qwen2"}')
    with pytest.raises(
        readers.BadFile, match=r"these files: no results .*config\.json, notes\.txt.* Known are: .*evalplus"
    ):
        readers.read(tmp_path)
    with pytest.raises(readers.BadFile, match="no results"):
        readers.read(tmp_path / "picture.png")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "x.jsonl").symlink_to(RESULTS)
    with pytest.raises(readers.BadFile, match="there is no file to read; passed over 1: links and other things"):
        readers.read(tmp_path / "links")


def test_other_things_in_a_folder_are_counted(tmp_path):
    (tmp_path / "x_results.jsonl").write_bytes(RESULTS.read_bytes())
    (tmp_path / "config.json").write_text('{"model_type": "qwen2"}')
    (tmp_path / "broken.json").write_text('{"model_type": ')
    (tmp_path / "broken_too.json").write_text('[{"model_type": ')
    (tmp_path / "nothing.log").touch()
    (tmp_path / "metadata.json").write_text('{"avg_reward": 1}')  # as a file beside those of another tool is called
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (tmp_path / "link.jsonl").symlink_to(RESULTS)
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "y_results.jsonl").write_bytes(RESULTS.read_bytes())
    os.mkfifo(tmp_path / "pipe")
    found = only(tmp_path)
    assert found.files == ("x_results.jsonl",)
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]
    passed = dict(found.files_passed_over)
    (broken,) = [why for why in passed if why.startswith("files that cannot be read (first: broken.json")]
    assert passed.pop(broken) == 2
    assert passed == {
        "links and other things that are no plain files": 2,
        "empty files": 1,
        "files of no known tool": 3,
    }


def test_a_table_may_be_called_as_the_summary_of_a_tool(tmp_path):
    rows = [{"problem": name, "correct": value} for name in "ab" for value in (0, 1, 1)]
    for name in ("results_2026.json", "metadata.json"):
        (tmp_path / name).write_text(json.dumps(rows))
        found = only(tmp_path / name)
        assert (found.format, found.n.tolist(), found.c.tolist()) == ("table", [3, 3], [2, 2])


def test_a_file_named_twice_counts_once(tmp_path):
    (tmp_path / "x_results.jsonl").write_bytes(RESULTS.read_bytes())
    found = only([tmp_path, tmp_path / "x_results.jsonl", tmp_path / "x_results.jsonl"])
    assert sorted(found.c.tolist()) == TRUTH["c"]["base"]
    assert found.files_passed_over == {"files named twice": 2}


def test_a_link_that_was_named_is_followed(tmp_path):
    (tmp_path / "link.jsonl").symlink_to(RESULTS)
    assert sorted(only(tmp_path / "link.jsonl").c.tolist()) == TRUTH["c"]["base"]


def test_files_of_two_tools(tmp_path):
    (tmp_path / "x_results.jsonl").write_bytes(RESULTS.read_bytes())
    (tmp_path / "y_eval_results.json").write_bytes(DOCUMENT.read_bytes())
    with pytest.raises(readers.Undecided) as asked:
        readers.read(tmp_path)
    assert asked.value.option == "format"
    assert set(asked.value.choices) == {"human-eval", "evalplus"}
    assert sorted(only(tmp_path, format="human-eval").c.tolist()) == TRUTH["c"]["base"]


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"format": "humaneval"}, "no format called 'humaneval'. There are: .*human-eval"),
        ({"verdict": "nothing"}, "no verdict 'nothing'"),
        ({"filter": "nothing"}, "no filter 'nothing'"),
        ({"run": "nothing"}, "no run 'nothing'"),
    ],
)
def test_a_choice_that_there_is_not(choice, sentence):
    with pytest.raises((ValueError, KeyError), match=sentence):
        readers.read(RESULTS, **choice)


def test_the_wrong_format_is_refused():
    for name in every():
        if name != "human-eval":
            with pytest.raises(ValueError):
                readers.read(RESULTS, format=name)


# --- memory -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "yes"])
def test_memory_grows_with_the_problems_and_not_with_the_rows(tmp_path, text):
    peaks = []
    for times in (1, 10):
        path = tmp_path / f"{times}.jsonl"
        with open(path, "w") as file:
            for number in range(200 * times):
                file.write(json.dumps(row(task_id=number % 50, completion=text, passed=number % 3 == 0)) + "\n")
        tracemalloc.start()
        found = only(path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert found.n.tolist() == [4 * times] * 50
    assert peaks[1] < peaks[0] + 50_000
