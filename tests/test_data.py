"""The bundled data: what SOURCES.md promises is what is there."""

import hashlib
import re

import numpy as np
import pytest

from passk_lab import bundled, data, metrics


@pytest.mark.parametrize("name", data.SOURCES)
def test_it_loads_and_every_column_is_explained(name):
    table = data.load(name)
    assert set(data.columns(name)) == set(table.columns)
    assert len(table) > 0


def test_the_files_are_those_of_the_sources_list():
    text = (bundled.folder("data") / "SOURCES.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## \d+\. (\S+)$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    made_here = sections.pop("runs/")
    assert "passk_lab.lm.record" in made_here  # what the project made itself is rebuilt, not downloaded
    assert set(sections) == {source.file for source in data.SOURCES.values()}
    for file, section in sections.items():
        digest = re.search(r"\*\*sha256\*\* ([0-9a-f]{64})", section)[1]
        assert hashlib.sha256((bundled.folder("data") / file).read_bytes()).hexdigest() == digest


def test_available_names_source_and_licence_of_each():
    table = data.available()
    assert list(table.index) == list(data.SOURCES)
    assert table.notna().all(axis=None)
    assert table.loc["evalperf", "licence"] == "Apache-2.0"
    assert "none stated" in table.loc["math500", "licence"]


def test_answers_stay_text():
    answers = data.load("otis-answers")["answer"].dropna()
    assert all(isinstance(answer, str) for answer in answers.head(100))


def test_problems_are_paired_row_by_row():
    pair = data.problems("math500")
    table = data.load("math500")
    for model, arm in (("Qwen2.5-7B", "base"), ("SimpleRL-Zoo", "rl")):
        n, c = pair.counts(model)
        by_id = table[table.arm == arm].set_index("problem_id").loc[pair.problem_ids]
        np.testing.assert_array_equal(c, by_id.c)
        np.testing.assert_array_equal(n, by_id.n)
    np.testing.assert_array_equal(
        pair.levels, table[table.arm == "base"].set_index("problem_id").loc[pair.problem_ids].level
    )


@pytest.mark.parametrize(
    ("name", "model", "ks", "percent"),
    [
        ("math500", "Qwen2.5-7B", (1, 8, 128), (61.39, 86.82, 96.20)),
        ("math500", "SimpleRL-Zoo", (1, 8, 128), (77.93, 88.30, 93.00)),
        ("pythia-math", "Pythia 12B", (1, 100, 10_000), (2.32, 48.34, 87.50)),
        ("evalperf", "meta-llama/Llama-3.1-8B-Instruct", (1, 100), (64.35, 99.15)),
        ("humaneval", "codegen-16B-mono_T0.8", (1, 10, 100), (22.38, 50.77, 74.39)),
    ],
)
def test_curves_are_those_of_the_sources_list(name, model, ks, percent):
    curve = metrics.pass_at_k_curve(*data.problems(name).counts(model), ks)
    np.testing.assert_allclose(100 * curve, percent, atol=0.006)


def test_unknown_names_list_what_exists():
    with pytest.raises(KeyError, match=r"no bundled data set called 'math'. There are: math500, pythia-math"):
        data.load("math")
    with pytest.raises(KeyError, match=r"no bundled data set called 'math'"):
        data.columns("math")
    with pytest.raises(KeyError, match=r"counts per problem called 'taubench'. There are: math500, .*humaneval"):
        data.problems("taubench")
    with pytest.raises(KeyError, match=r"no model called 'GPT'. There are: Qwen2.5-7B, SimpleRL-Zoo"):
        data.problems("math500").counts("GPT")
