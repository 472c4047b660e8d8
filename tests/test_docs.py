"""The documents keep their promises: numbers and names come from the code, tables and links hold, nothing leaks."""

import importlib.util
import inspect
import re
import subprocess
from pathlib import Path

import pytest

from passk_lab import (
    bridge,
    cockpit,
    course,
    data,
    exact,
    explorers,
    lm,
    metrics,
    objectives,
    readers,
    report,
    verdict,
)
from passk_lab.course.builder import sources
from passk_lab.exact import derivations

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`((?:bridge|metrics|objectives|exact|explorers|cockpit|course|data|lm)(?:\.\w+)+)`", GLOSSARY)


def tracked() -> list[str]:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    return [file for file in files if (ROOT / file).exists()]


def written(ending: str) -> list[str]:
    """Files of our own text; where there is no git, those that lie at the top and in docs/."""
    return [f for f in tracked() if f.endswith(ending)] or [
        str(path.relative_to(ROOT)) for folder in (ROOT, ROOT / "docs") for path in sorted(folder.glob(f"*{ending}"))
    ]


# --- names ------------------------------------------------------------------------------------------------------


def find(path: str):
    thing = importlib.import_module("passk_lab")
    for part in path.split("."):
        thing = getattr(thing, part) if hasattr(thing, part) else importlib.import_module(f"{thing.__name__}.{part}")
    return thing


@pytest.mark.parametrize("name", NAMED)
def test_every_name_in_the_glossary_exists(name):
    assert find(name) is not None


def test_every_letter_of_the_legend_stands_there_once():
    letters = re.findall(r"^\| ([^|]+) \|", GLOSSARY.split("## Quantities")[0], re.MULTILINE)[1:]
    single = [letter for group in letters for letter in group.split(", ")]
    assert {"P", "n", "c", "k", "p", "T", "V"} <= set(single)
    assert len(set(single)) == len(single)
    assert "not in code" not in GLOSSARY


@pytest.fixture(scope="module")
def make_texts():
    spec = importlib.util.spec_from_file_location("make_texts", ROOT / "docs" / "make_texts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_list_of_names_is_what_the_docstrings_say(make_texts):
    assert make_texts.main(["--check"]) == 0, "run `make texts`"


def test_the_list_of_names_has_every_room_and_its_public_names(make_texts):
    assert {room.__name__ for room in ROOMS} <= {room.__name__ for room in make_texts.rooms()}
    text = make_texts.page()
    for room in ROOMS:
        for name in getattr(room, "__all__", ()):
            assert f"| `{make_texts.path_of(room)}.{name}` | " in text


def test_a_public_name_without_a_docstring_is_said(make_texts):
    with pytest.raises(ValueError, match=r"metrics\.nothing has no docstring"):
        make_texts.first_sentence(metrics, "nothing", lambda: 0)
    with pytest.raises(ValueError, match=r"metrics\.NOTHING has no docstring"):
        make_texts.first_sentence(metrics, "NOTHING", 3)


# --- numbers ----------------------------------------------------------------------------------------------------


def test_a_count_that_is_wrong_is_put_right(make_texts):
    readme = " ".join(README.split())
    for file, phrase, number in make_texts.counts():
        if file == "README.md":
            said = make_texts.WORDS[number] if number < len(make_texts.WORDS) else str(number)
            assert phrase.replace("{}", said) in readme or phrase.replace("{}", str(number)) in readme
            wrong = make_texts.with_counts(README, [(phrase, number - 1)])  # one more may have no word
            assert wrong != README
            assert make_texts.with_counts(wrong, [(phrase, number)]) == README
    with pytest.raises(SystemExit, match=r"no document says 'has \{\} wheels' any more"):
        make_texts.with_counts(README, [("has {} wheels", 4)])


def test_what_the_quickstart_shows_comes_out():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    code, training = code.split("from passk_lab import lm\n")
    space, shown = {}, {}
    for line in code.splitlines():
        statement, _, comment = line.partition("  # ")
        try:
            shown[comment] = eval(statement, space)
        except SyntaxError:
            exec(statement, space)
    assert shown["0.5"] == 0.5
    assert str(shown["crossing at k = 15 [7, 34]"]).startswith("crossing at k = 15 [7, 34]")
    assert "(95 % interval 7 to 34)" in README
    assert shown["the mean over problems, for every k"].shape == (128,)
    promised, given = shown["1.53 promised, 0.789 given by groups of 8"]
    assert (f"{promised:.3g}", f"{given:.3g}") == ("1.53", "0.789")
    assert len(shown["the table a training loop gathers from"].correct) == 9
    # The training line, made short.
    exec(f"from passk_lab import lm\n{training.replace('seed=0', 'seed=0, steps=1, orders=60, judged=1')}", space)
    assert space["run"].ended == "finished"


def test_the_readmes_picture_says_what_its_explorer_says():
    said = explorers.from_state("collapse-run?k=8&step=400").words
    trained, base = re.search(r"pass@1 is (\S+ %), pass@8 (\S+ %)", said), re.search(r"has (\S+ %) and (\S+ %)\.", said)
    assert f"leads at one draw, {trained[1]} to {base[1]}; " in README
    assert f"at 8 draws the base is ahead, {base[2]} to {trained[2]}, " in README


def test_the_readmes_network_has_the_size_it_says():
    task = lm.Countdown()
    size = sum(weight.numel() for weight in lm.Transformer(task).parameters())
    assert "a transformer of 100,000 parameters" in " ".join(README.split())
    assert round(size, -4) == 100_000


# --- tables and links -------------------------------------------------------------------------------------------

PAGES = written(".md")


def prose(file: str) -> list[str]:
    """Lines outside code blocks."""
    lines, inside = [], False
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            inside = not inside
        lines.append("" if inside else line)
    return lines


def tables(lines: list[str]) -> list[list[str]]:
    """Runs of lines that begin with a bar, as a renderer finds them."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("|"):
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [table for table in found if table]


def cells(row: str) -> list[str]:
    return re.split(r"(?<!\\)\|", row.strip().strip("|"))


def not_whole(table: list[str]) -> str:
    """What keeps a table from being drawn as one, or nothing."""
    if len(table) < 2 or not re.fullmatch(r"\|(\s*:?-+:?\s*\|)+", table[1].strip()):
        return f"no header, perhaps cut off by a blank line above: {table[0]}"
    return next((f"another number of cells: {row}" for row in table if len(cells(row)) != len(cells(table[1]))), "")


@pytest.mark.parametrize("file", PAGES)
def test_every_table_is_whole(file):
    assert [said for table in tables(prose(file)) if (said := not_whole(table))] == []


def test_a_table_that_is_not_whole_is_noticed():
    whole = ["| a | b |", "|---|---|", "| 1 | 2 |", r"| x \| y | 2 |"]
    assert not_whole(whole) == ""
    assert [bool(not_whole(table)) for table in tables([*whole[:3], "", *whole[3:]])] == [False, True]
    assert not_whole([*whole, "| P(a|b) | 2 |"])


@pytest.mark.parametrize("file", PAGES)
def test_every_link_within_the_project_leads_somewhere(file):
    lines = prose(file)
    text = "\n".join(lines)
    headings = {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in lines if line.startswith("#")
    }
    for bare, source in re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"", text):
        place, _, heading = (bare or source).partition("#")
        if re.match(r"[a-z]+:", place):
            continue
        assert (ROOT / file).parent.joinpath(place).exists(), place
        assert place or heading in headings, heading


MADE_ELSEWHERE = {
    "NN_name.py", "name.py", "NAME.py",  # any notebook, any explorer, any reader
    "ray_lean_trainer.py", "grpo_trainer.py", "experience_maker.py", "train.py", "grpo.py",  # of other projects
    "my_estimators.py", "my_hook.py",  # the reader's own
    "notes.md", "sheet.md", "rehearsal_config.py",  # in folders that tests make
    "LICENCES.md", "exam.md", "exam-key.md",  # in the teacher's kit
}  # fmt: skip


@pytest.mark.parametrize("file", written(".md") + written(".py"))
def test_a_file_that_a_text_names_exists(file):
    there = {f"/{path}" for path in tracked()}
    if not there:
        pytest.skip("not a git checkout")
    kinds = "md" if file.startswith("tests/") else "md|py"  # tests write files of their own
    named = re.findall(rf"(?<![\w./-])[\w./-]*\w\.(?:{kinds})\b", (ROOT / file).read_text(encoding="utf-8"))
    ghosts = {n for n in named if not any(path.endswith("/" + re.sub(r"^(\.\.?/)+", "", n)) for path in there)}
    assert {ghost for ghost in ghosts if Path(ghost).name not in MADE_ELSEWHERE} == set()


# --- docstrings and files ---------------------------------------------------------------------------------------

NEVER_RAISE = ("names", "tools", "to_json", "overview", "with_draws", "replaced", "entry")
ROOMS = [
    bridge,
    metrics,
    objectives,
    exact,
    derivations,
    explorers,
    cockpit,
    course,
    data,
    lm,
    lm.mechanisms,
    readers,
    report,
    verdict,
]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_every_public_function_has_a_docstring_and_an_example(room):
    names = getattr(room, "__all__", ["available", "columns", "load", "problems"])
    for name in names:
        thing = getattr(room, name)
        text = thing.__doc__ or type(thing).__doc__ or ""
        assert text.strip(), name
        if room in (metrics, objectives, exact, data, readers, report) and inspect.isfunction(thing):
            assert ">>>" in text or name in ("replaced", "entry", "forget"), name
            assert "Raises" in text or room is data or name in NEVER_RAISE, name


def test_the_readme_shows_the_commands():
    for word in ("make lab", "make test", "passk-lab doctor", "CPU build", "VS Code", "Colab"):
        assert word in README


def test_the_readme_lists_every_notebook_in_its_order():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\d\d_\w+)` \|", text, re.MULTILINE) == [source.stem for source in sources()]


def test_the_architecture_names_every_room_and_file_there_is():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for path in (ROOT / "passk_lab").glob("*"):
        if path.suffix == ".py" and not path.name.startswith("__"):
            assert path.name in text, path.name
        elif path.is_dir() and not path.name.startswith("_"):
            assert f"{path.name}/" in text, path.name


CLOCK = re.compile("wait_for_timeout[(]|perf_counter[(]|monotonic[(]|deadline[=]")
ON_PURPOSE = {
    "tests/conftest.py",  # where hypothesis is told to forget the clock
    "tests/browser/conftest.py",  # where all waiting for a page is done, with one patience
    "tests/cockpit/test_cockpit.py",  # messages come at most so often in the time that has passed
    "tests/long/test_collect.py",  # forty submissions in a minute is what was promised
    "tests/long/offline.py",  # says how long it took, and asks for nothing
}


def test_no_test_asks_the_clock():
    """A test says what the code does, on a machine that may be busy: CPU time, or a wait for a sign."""
    asking = {str(p.relative_to(ROOT)) for p in (ROOT / "tests").rglob("*.py") if CLOCK.search(p.read_text())}
    assert asking == ON_PURPOSE


def test_no_tracked_file_names_a_machines_path_or_a_registry():
    files = tracked()
    if not files:
        pytest.skip("not a git checkout")
    hosts = "|".join(["py" + "pi", "python" + "hosted", "npm" + "js", "down" + "load.pytorch"])
    places = "|".join(f"/{top}/[a-z.]" for top in ("work", "root", "farm"))
    for file in files:
        if Path(file).suffix in (".png", ".webp", ".gz", ".csv", ".parquet", ".safetensors", ".npz"):
            continue
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not re.search(rf"({hosts})\.(org|com)", text), file
        assert not re.search(rf"(?<![\w.])({places})", text), file
