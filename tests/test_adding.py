"""The table "To add something, touch these files" in architecture.md is true: each is done in a copy of the house.

All of them are added to one copy, by touching no file but those of the table; then the copy's own tests, those that
find things by listing them, are run there for what is new.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

OBJECTIVE = """

@register("all-of-three")
def _all_of_three() -> Objective:
    return Objective(
        equation="p^3",
        source="an example",
        F=Face(lambda xp, p: p**3, 0.0, 1.0),
        slope=Face(lambda xp, p: 3 * p**2, 0.0, 3.0),
        table=lambda n: Credit(
            [3 * math.comb(c - 1, 2) / math.comb(n - 1, 2) if c else 0.0 for c in range(n + 1)], [0.0] * (n + 1)
        ),
        unbiased=True,
        least=3,
        least_because="it draws 3 different ones",
    )
"""
RULE = """def _all_of_three(rewards: Rewards) -> list[Any]:
    n = len(rewards)
    pairs = [[rewards[j] * rewards[l] for j in range(n) for l in range(j) if i not in (j, l)] for i in range(n)]
    return [3 * r * Fraction(sum(with_me), len(with_me)) for r, with_me in zip(rewards, pairs, strict=True)]


"""
ORACLE = """def all_of_three(r: Sequence[Any], i: int) -> Any:
    others = [*r[:i], *r[i + 1 :]]
    return 3 * r[i] * mean(a * b for a, b in combinations(others, 2))


"""
MECHANISM = '''

@register("hesitation", rule=r"A \\to A / 2", source="an example")
@dataclass
class Hesitation(Mechanism):
    """Halve every credit."""

    share: float = 0.5

    def credit(self, batch: Batch, credit: Tensor) -> Tensor:
        return self.share * credit
'''
MECHANISM_TEST = """

def test_hesitation_by_hand():
    batch = by_hand([[PRODUCT, WRONG]])
    close(mechanisms.get("hesitation").credit(batch, torch.tensor([[1.0, -1.0]])), [[0.5, -0.5]])
"""
EXPLORER = '''"""Watch p go up."""

from typing import Any

from passk_lab.explorers.description import Axis, Description, Line, Panel, Rule, Slider, answer
from passk_lab.explorers.expression import Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer


def rising(**state: Any) -> Explorer:
    """Watch a line rise with k.

    >>> rising(k=2).k
    2
    """
    ks = [1, 2, 4]
    return Explorer(
        Description(
            name="rising",
            title="It rises",
            summary="A line.",
            controls=[Slider("k", "draws k", ks, 2)],
            axes={"k": ks, "p": [0.0, 0.5, 1.0]},
            tables={"line": Table(("k", "p"), [[0, k / 4, 1] for k in ks])},
            panels=[
                Panel("", Axis("p", 0, 1), Axis("J", 0, 1), [
                    Rule(role="guide", y=Number(1)),
                    *answer(Line(role="pass@k", label="J", x=Coordinate("p"), y=Value("line", along="p"))),
                ], name="Rise"),
            ],
            readouts=[],
            sentences=["It rises."],
            vote="Where is J at k = {k}?",
        ),
        **state,
    )
'''
READER = '''"""made-up: a tool that nobody wrote."""

from passk_lab.readers.format import Format
from passk_lab.readers.sample import Sample


class _MadeUp(Format):
    name = "made-up"
    writes = "NAME.madeup"
    problem_is = "riddle"
    sample_is = "each row"
    correct_is = "guessed is true"
    trap = "none"

    def recognises(self, head):
        return head.has("riddle", "guessed")

    def samples(self, record, file, choices):
        yield Sample(record["riddle"], {"guessed": record["guessed"]})


FORMAT = _MadeUp()
'''
NOTEBOOK = """# %% [markdown]
# # Made up
#
# The computer needs {measured}.

# %%
from passk_lab import explorers
from passk_lab.course import check, progress, quiz

progress("99_made_up")
explorers.rising()

# %%
def doubled(k):
    \"\"\"Twice k.\"\"\"
    # solution
    return 2 * k
    # end solution

check.doubled(doubled)

# %%
quiz("made up")
"""
BANK = '''"""Questions on notebook 99."""

from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task

NOTEBOOK = "99_made_up"


def _doubled(x: int, points: int) -> Key:
    slip = Slip("the square", "Two of them were multiplied.", value=x * x)
    return Key((Step(points, "It is added to itself."),), (slip, Slip("'a half'", "Turned round.")), (
        Answer("double", 2 * x, f"2 * {x}", 0),))


TASKS = tuple(
    Task(NOTEBOOK, f"doubled, {level}", "Twice", level, "What is twice {x}?", ({"x": 3}, {"x": 5}),
         lambda x, points=points: _doubled(x, points))
    for level, points in (("easy", 4), ("medium", 6), ("hard", 10))
)
'''
CONTENT = '''"""What notebook 99 asks."""

from passk_lab.course.exercise import Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "99_made_up"


def _double(k: int) -> int:
    return 2 * k


DOUBLED = Exercise(
    name="doubled",
    notebook=NOTEBOOK,
    task="Twice k.",
    arguments=("k",),
    oracle=_double,
    cases=((1,), (2,), (3,)),
    work=lambda k: f"2 * {k} = {2 * k}",
    mistakes=(Mistake("as it came", lambda k: k, "That is k itself.", "What is twice 1?"),),
    hints=("Two times.",),
)
EXERCISES = (DOUBLED,)
QUESTIONS = (
    Question("made up", "Is it?", (Choice("Yes", True, "It is."), Choice("No", False, "It is not."))),
)
'''


class House:
    """A copy of the house, and which of its files were touched for what."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.touched = folder, {}
        for name in ("passk_lab", "notebooks", "data", "tests", "docs", "benchmarks"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "_bundled"))
        for path in ROOT.glob("[!.]*.*"):
            shutil.copy(path, folder)
        shutil.copy(ROOT / "LICENSE", folder)

    def edit(self, what: str, file: str, change) -> None:
        path = self.folder / file
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = change(before)
        assert after != before, file
        path.write_text(after, encoding="utf-8")
        self.touched.setdefault(what, set()).add(file)

    def run(self, *words: str) -> str:
        ran = subprocess.run(
            [sys.executable, *words], cwd=self.folder, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
        return ran.stdout

    def pytest(self, *words: str) -> int:
        """Run tests of the copy and say how many passed."""
        told = self.run("-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", "-v", *words)
        return int(re.findall(r"(\d+) passed", told)[-1])


def before(mark: str, new: str):
    """A change that puts text before a mark."""

    def change(text: str) -> str:
        assert text.count(mark) == 1, mark
        return text.replace(mark, new + mark)

    return change


def behind(mark: str, new: str):
    """A change that puts text behind a mark."""

    def change(text: str) -> str:
        assert text.count(mark) == 1, mark
        return text.replace(mark, mark + new)

    return change


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))

    what = "an objective that ships"
    house.edit(what, "passk_lab/objectives/one_sample.py", lambda text: text + OBJECTIVE)
    rules = "passk_lab/exact/derivations/definitions.py"
    mark = "DEFINITIONS: Mapping[str, Rule] = {\n"
    house.edit(what, rules, lambda text: behind(mark, '    "all-of-three": _all_of_three,\n')(before(mark, RULE)(text)))
    mark = "RULES: dict[str, Callable[..., Any]] = {\n"
    house.edit(
        what,
        "tests/objectives/oracles.py",
        lambda text: behind("F: dict[str, Callable[..., Any]] = {\n", '    "all-of-three": lambda p: p**3,\n')(
            behind(mark, '    "all-of-three": all_of_three,\n')(before(mark, ORACLE)(text))
        ),
    )
    house.edit(
        what,
        "tests/objectives/cases.py",
        lambda text: behind("PARAMETERS: dict[str, list[dict[str, Any]]] = {\n", '    "all-of-three": [{}],\n')(
            behind("    least = {\n", '        "all-of-three": 3,\n')(
                behind("UNBIASED = {\n", '    "all-of-three",\n')(text)
            )
        ),
    )

    what = "an exploration mechanism"
    house.edit(what, "passk_lab/lm/mechanisms/credit.py", lambda text: text + MECHANISM)
    house.edit(what, "tests/lm/test_mechanisms.py", lambda text: text + MECHANISM_TEST)

    house.edit("an explorer", "passk_lab/explorers/shipped/rising.py", lambda _: EXPLORER)

    house.edit("a reader of result files", "passk_lab/readers/formats/made_up.py", lambda _: READER)

    what = "a notebook"
    house.edit(what, "notebooks/src/99_made_up.py", lambda _: NOTEBOOK)
    house.edit(what, "passk_lab/course/content/made_up.py", lambda _: CONTENT)
    house.edit(what, "passk_lab/teach/exam/bank/made_up.py", lambda _: BANK)
    last = [
        line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if re.match(r"\| `\d\d_", line)
    ]
    house.edit(what, "README.md", behind(last[-1] + "\n", "| `99_made_up` | nothing at all |\n"))
    measured = {"machine": "two CPU cores", "seconds": 2.0}  # as `make measure` writes it
    house.edit(
        what, "notebooks/src/measured.json", lambda text: json.dumps({**json.loads(text), "99_made_up": measured})
    )
    house.run("-m", "passk_lab.course.builder")
    house.touched[what].add("notebooks/99_made_up.ipynb")
    house.run("docs/make_texts.py")
    return house


def rows() -> dict[str, list[str]]:
    """The table: what to add -> the files to touch, NAME and NN_name standing for any."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.split("| to add | touch |")[1].split("\n\n")[0]
    return {
        what: re.findall(r"`([\w./*]+\.\w+)`", files)
        for what, files in re.findall(r"^\| (an? .*?) \| (.*) \|$", table, re.M)
    }


def test_the_table_names_just_the_files_that_were_touched(house):
    assert rows().keys() == house.touched.keys()
    for what, patterns in rows().items():
        readings = [
            re.escape(p)
            .replace(r"\*", "[^/]*")
            .replace("NN_name", r"\d\d_\w+")
            .replace("NAME", r"\w+")
            .replace("/name", r"/\w+")
            for p in patterns
        ]
        for file in house.touched[what]:
            assert any(re.fullmatch(reading, file) for reading in readings), file
        for pattern, reading in zip(patterns, readings, strict=True):
            assert any(re.fullmatch(reading, file) for file in house.touched[what]), pattern


def test_an_added_objective_is_found_everywhere(house):
    new = "all-of-three or definition_of_its_own"
    assert house.pytest("tests/objectives", "tests/exact/test_derivations.py", "-k", new) > 10
    told = house.run(
        "-c",
        "from passk_lab import explorers, lm, objectives\n"
        "from passk_lab.exact.derivations import verify\n"
        "assert 'all-of-three' not in objectives.names(own=True)\n"
        "print(explorers.objective_weights(a='all-of-three', p=0.5).words)\n"
        "print(lm.TrainConfig(objective='all-of-three').label)",
    )
    assert told.count("all-of-three") >= 2


def test_an_added_mechanism_is_found_everywhere(house):
    assert house.pytest("tests/lm/test_mechanisms.py", "tests/lm/test_mechanisms_in_runs.py", "-k", "hesitation") == 2


def test_an_added_explorer_is_found_everywhere(house):
    assert house.pytest("tests/explorers", "passk_lab/explorers/shipped/rising.py", "-k", "rising") > 2


def test_an_added_reader_is_found_everywhere(house):
    (house.folder / "x.madeup").write_text(
        '{"riddle": "what?", "guessed": true}\n{"riddle": "what?", "guessed": false}\n'
    )
    told = house.run("-c", "from passk_lab import readers; print(readers.read('x.madeup')[0].c, *readers.tools())")
    assert told.startswith("[1] ")
    assert "made-up" in told
    assert "| made-up | NAME.madeup | riddle |" in (house.folder / "docs" / "formats.md").read_text(encoding="utf-8")
    assert house.pytest("tests/readers/test_counts.py", "-k", "reader_alone or says_what") > 10


def test_an_added_notebook_is_found_everywhere(house):
    house.run("-m", "passk_lab.course.builder", "--check")
    assert (
        house.pytest(
            "tests/course/test_content.py", "tests/course/test_checker.py", "-k", "made_up or (doubled and not knows)"
        )
        > 2
    )
    assert house.pytest("tests/teach/test_exam.py", "-k", "doubled or each_level") > 10
    # It is a notebook too small for the course, and the tests that say so have found it.
    found = house.run("-m", "pytest", "--collect-only", "tests/notebooks", "tests/browser", "-k", "99_made_up")
    assert {line.partition("::")[0] for line in found.splitlines() if "99_made_up" in line} == {
        "tests/notebooks/test_notebooks.py", "tests/browser/test_course_notebooks.py",
    }  # fmt: skip


def test_the_lists_in_the_documents_follow(house):
    house.run("docs/make_texts.py", "--check")
    assert house.pytest("tests/test_docs.py", "-k", "readme or list_of_names or count") > 4
    names = (house.folder / "docs" / "names.md").read_text(encoding="utf-8")
    assert "| `explorers.rising` | Watch a line rise with k. |" in names
