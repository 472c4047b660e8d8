"""Claims of the prose: what the words say, when they agree with what is computed, and what is not bound."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from passk_lab.course import builder, claims


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("36 to 27 %", (36.4, 26.7)),
        ("1,209 problems", 1209),
        ("0.0000008", 8.3e-7),
        ("-0.98", -0.976),
        (".44", 0.4351),
        ("1e-14", 1.2e-14),
        ("nineteen", 19),
        ("twenty-three", 23),
        ("two hundred and five", 205),
        ("a million million times", 0.97e12),
        ("1.6 million", 1_640_000),
        ("ten times as fast", 10.3),
        ("half of them", 0.52),
        ("three groups in four", 0.76),
        ("8 of 10", (8, 10)),
        ("one in six", 0.169),
        ("two thirds", 0.64),
        ("a twelfth", 0.083),
        ("about 36", 37.4),
        ("nearly 300", 283),
        ("more than half", 0.55),
        ("less than 5 %", 4.2),
        ("k = 15 [7, 34]", (15, 7, 34)),
        ("pass@16 reaches 3", 3),
        ("always", True),
        ("every one of 7", (7, True)),
    ],
)
def test_words_agree_with_what_they_say(text, value):
    assert claims.fault(text, value) == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("36 to 27 %", (36.6, 26.7)),
        ("36 to 27 %", 36),
        ("nineteen", 18),
        ("a million million times", 1e11),
        ("ten times as fast", 11),
        ("three groups in four", 0.6),
        ("two thirds", 0.5),
        ("about 36", 39),
        ("nearly 200", 327),
        ("nearly 300", 301),
        ("more than half", 0.49),
        ("less than 5 %", 5.1),
        ("always", False),
        ("always", 1),
        ("every one of 7", 7),
        ("nan is not 3", float("nan")),
    ],
)
def test_words_that_say_something_else_are_told(text, value):
    assert claims.fault(text, value)


def test_no_number_can_be_changed_by_a_hands_breadth():
    for text, value in (("36 to 27 %", (36, 27)), ("nineteen", 19), ("two thirds", 2 / 3), ("about 400", 400)):
        values = value if isinstance(value, tuple) else (value,)
        for i in range(len(values)):
            for factor in (0.75, 1.3):
                assert claims.fault(text, [x * (factor if i == j else 1) for j, x in enumerate(values)])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Of 3 samples", ["3"]),
        ("Of [3]{given} samples, [never]{it_is_so}", []),
        ("`k = 3` and [arXiv 2505.15201](https://arxiv.org/abs/2505.15201) and pass@16 in notebooks 06 to 08", []),
        ("its weight is k (1 - p)^(k-1), at p near 0", []),
        ("at k = 4 in groups of 8", []),
        ("at k = 5 in groups of 9", ["5", "9"]),
        ("the all-wrong share, Qwen2.5-7B on MATH500", []),
        ("Always, and for every k, two in three", ["Always", "every", "two in three"]),
        ("a tenth of it", ["a tenth"]),
        ("### Exercise 1. Groups", []),
        ("from notebook 06, 120 steps", ["120"]),
        ("- from notebook\n  06, 120 steps", ["120"]),
        ("`pass_at_k`, *1.0 for k > n* and the question *only a factor*; only here", ["only"]),
    ],
)
def test_what_is_not_bound(text, left):
    assert claims.unbound(text, "f(4, n=8)") == left


SOURCE = """# %% [markdown]
# # Title
#
# There are [three]{how_many} of [them]{given}, [never more]{never_more}.

# %%
x = [1, 2, 3]

# %% tags=["claims"]
def how_many():
    return len(x)


def never_more():
    return max(x) <= 3
"""


def write(folder, text):
    path = folder / "07_made_up.py"
    path.write_text(text)
    return path


def run(path, folder):
    notebook = nbformat.reads(builder.build(path, builder.CLAIMS), as_version=4)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()


def test_a_number_changed_in_the_text_is_found(tmp_path):
    run(write(tmp_path, SOURCE), tmp_path)
    with pytest.raises(CellExecutionError, match=r"'four' says four, computed is 3 \(how_many\)"):
        run(write(tmp_path, SOURCE.replace("[three]", "[four]")), tmp_path)


def test_a_claim_may_run_over_the_end_of_a_line():
    assert claims.marks("gives [one time in\nfour]{by_chance}") == [("one time in four", "by_chance")]


@pytest.mark.parametrize("kind", builder.KINDS)
def test_no_reader_sees_the_marks(kind, tmp_path):
    text = builder.build(write(tmp_path, SOURCE), kind)
    assert "There are three of them, never more." in text
    assert "how_many" not in text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("{how_many}", "{how}", "not computed: how"), ("{never_more}", "{given}", "not named in the prose: never_more")],
)
def test_a_mark_and_its_function_belong_together(old, new, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        builder.build(write(tmp_path, SOURCE.replace(old, new)), builder.CLAIMS)


@pytest.mark.parametrize("source", builder.sources(), ids=lambda source: source.stem)
def test_nothing_in_the_prose_is_left_unbound(source):
    assert builder.unbound(source) == []
