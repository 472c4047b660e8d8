"""The front end's modules become one text: each in a scope of its own, in order; where that fails, with a sentence."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import passk_lab
from passk_lab.front import joined, module

ROOT = Path(__file__).parents[1]


@pytest.fixture
def write(tmp_path):
    def _write(**modules: str) -> Path:
        for name, text in modules.items():
            (tmp_path / f"{name}.js").write_text(text)
        return tmp_path / "entry.js"

    return _write


def test_each_module_is_a_scope_of_its_own_after_what_it_needs(write):
    entry = write(
        entry='import { one } from "./a.js";\nimport { two } from "./b.js";\n'
        "const own = 1;\nexport default { one, two };\n",
        a='import { two } from "./b.js";\nconst own = 2;\nexport const one = own + two;\n',
        b="const own = 3;\nexport function two() { return own; }\n",
    )
    text = joined(entry)
    assert text.count("const own = ") == 3
    assert text.index("const b_0 = (() => {") < text.index("const a_1 = (() => {") < text.index("const entry_2 =")
    assert text.count("const b_0") == 1  # once, though two modules ask for it
    assert "return { default: byDefault };" in text
    assert not re.search(r"^(import|export)", text, re.MULTILINE)
    assert module(entry).endswith("export default front.default;\n")


def test_a_circle_is_named(write):
    entry = write(
        entry='import { a } from "./a.js";\n',
        a='import { b } from "./b.js";\nexport const a = 1;\n',
        b='import { a } from "./a.js";\nexport const b = 1;\n',
    )
    with pytest.raises(ValueError, match=r"in a circle: a.js -> b.js -> a.js. Move what both need to a third"):
        joined(entry)


def test_a_missing_module_and_an_unknown_name_are_named(write):
    with pytest.raises(FileNotFoundError, match=r"entry.js imports gone.js, but there is no file"):
        joined(write(entry='import { a } from "./gone.js";\n'))
    entry = write(entry='import { a, c } from "./more.js";\n', more="export const a = 1;\nexport class B {}\n")
    with pytest.raises(ValueError, match=r"entry.js imports c from more.js, which exports: a, B\."):
        joined(entry)


@pytest.mark.parametrize("line", ['import * as all from "./a.js";', 'export { a } from "./a.js";'])
def test_what_cannot_be_joined_is_said(write, line):
    with pytest.raises(ValueError, match=r"entry.js has a line that cannot be joined: '(import \*|export \{)"):
        joined(write(entry=f"{line}\n", a="export const a = 1;\n"))


def scripts() -> list[Path]:
    return [*Path(passk_lab.__file__).parent.glob("*/front/*.js"), *(ROOT / "tests/browser/front").glob("*.js")]


def test_no_line_of_a_module_is_longer_than_pythons_may_be():
    most = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["line-length"]
    lines = [(path.name, line) for path in scripts() for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 1000
    assert [(name, line) for name, line in lines if len(line) > most] == []


def test_every_module_asks_for_its_types_to_be_checked():
    assert [path.name for path in scripts() if "// @ts-check" not in path.read_text(encoding="utf-8")] == []


def test_the_types_hold_where_a_typescript_compiler_is_at_hand():
    compiler = shutil.which("tsc") or shutil.which("tsgo")
    if compiler is None:
        pytest.skip("no TypeScript compiler here: an editor checks the types by jsconfig.json")
    done = subprocess.run([compiler, "-p", str(ROOT / "jsconfig.json")], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)
