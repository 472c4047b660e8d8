"""The explorers that ship are found by listing their folder: a file each, named as its function."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from passk_lab import explorers
from passk_lab.explorers import shipped

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", explorers.SHIPPED)
def test_an_explorer_is_the_function_of_its_file(name):
    make = getattr(explorers, name)
    assert make.__name__ == name
    assert make.__module__ == f"{shipped.__name__}.{name}"
    assert name in explorers.__all__
    assert name in dir(explorers)


def test_a_state_string_has_the_name_with_dashes_and_each_variant_an_entry():
    by_function = {}
    for name, make in explorers.BY_NAME.items():
        by_function.setdefault(make.func if isinstance(make, partial) else make, []).append(name)
    assert by_function.pop(explorers.real_curves) == [
        "real-curves-math500", "real-curves-evalperf", "real-curves-pythia-math",
    ]  # fmt: skip
    assert by_function == {
        getattr(explorers, name): [name.replace("_", "-")] for name in explorers.SHIPPED if name != "real_curves"
    }


def test_a_new_file_is_all_an_explorer_needs(tmp_path):
    # In a process of its own, since the folder is listed when the room is opened.
    (tmp_path / "ripples.py").write_text(
        "from passk_lab.explorers.live import Explorer\n"
        "from tests.explorers.fourth import waves\n"
        "VARIANTS = ('small', 'large')\n"
        "def ripples(size='small', **state):\n"
        "    return Explorer(waves(), **state)\n"
    )
    (tmp_path / "_shared.py").write_text("raise AssertionError('not an explorer')\n")
    code = (
        f"from passk_lab.explorers import shipped; shipped.__path__.append({str(tmp_path)!r})\n"
        "import importlib; from passk_lab import explorers; importlib.reload(explorers)\n"
        "from passk_lab.explorers import *\n"
        "assert ripples(time=2.0).time == 2.0\n"
        "assert [n for n in explorers.BY_NAME if 'ripples' in n] == ['ripples-small', 'ripples-large']\n"
        "assert '_shared' not in dir(explorers)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_what_is_not_there_is_an_attribute_error_that_lists_the_explorers():
    with pytest.raises(AttributeError, match=r"explorers has nothing called 'colapse'; what ships is alarms, "):
        _ = explorers.colapse


def loaded(code):
    heavy = "[m for m in ('torch', 'matplotlib', 'pandas', 'scipy.integrate') if m in sys.modules]"
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print({heavy})"], check=True, capture_output=True, text=True
    )
    return ran.stdout.strip()


def test_opening_the_room_loads_nothing_heavy_and_no_explorer_loads_torch():
    assert loaded("from passk_lab import explorers") == "[]"
    assert loaded("from passk_lab import explorers; explorers.pass_at_k()") == "[]"
    assert "torch" not in loaded("from passk_lab import explorers; explorers.BY_NAME")


@pytest.mark.parametrize("name", explorers.SHIPPED)
def test_every_value_that_the_page_offers_is_one_that_the_kernel_takes(name):
    explorer = getattr(explorers, name)()
    controls = json.loads(json.dumps(explorer._spec["controls"]))  # as the page has them
    assert controls
    for control in controls:
        for value in control.get("values") or control.get("options") or (True, False):
            assert explorer.fits("_values", {**explorer._values, control["name"]: value}), (control["name"], value)
