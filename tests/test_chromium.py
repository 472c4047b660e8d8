"""The browser of the tests: one that is there, then one that needs no root, then the system's own, and that is said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_docs import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs of a shell stand in for browser and installers")
WORKS, BROKEN = "#!/bin/sh\nexit 0\n", "#!/bin/sh\nexit 127\n"


class Machine:
    """A machine on which there is nothing but Python: what is called is written down."""

    def __init__(self, folder: Path):
        self.bin, self.cache, self.modules, self.log = (folder / name for name in ("bin", "cache", "modules", "log"))
        for place in (self.bin, self.modules / "playwright"):
            place.mkdir(parents=True)
        self.program("apt-get", f'#!/bin/sh\necho "apt-get $*" >> {self.log}\n')

    def program(self, name: str, text: str, place: Path | None = None) -> None:
        path = (place or self.bin) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def playwright_brings(self, text: str) -> None:
        place = self.cache / "chromium-1" / "chrome-linux" / "chrome"
        (self.modules / "playwright" / "__init__.py").touch()
        (self.modules / "playwright" / "__main__.py").write_text(
            f"from pathlib import Path\nopen({str(self.log)!r}, 'a').write('playwright\\n')\n"
            f"path = Path({str(place)!r})\npath.parent.mkdir(parents=True)\n"
            f"path.write_text({text!r})\npath.chmod(0o755)"
        )

    def asked(self) -> tuple[list[str], list[str]]:
        """What it said, and what it called, in order."""
        told = {
            "PATH": str(self.bin), "PLAYWRIGHT_BROWSERS_PATH": str(self.cache), "HOME": str(self.cache),
            "PYTHONPATH": os.pathsep.join([str(self.modules), *filter(None, sys.path)]),
        }  # fmt: skip
        program = ROOT / "tests" / "browser" / "chromium.py"
        done = subprocess.run([sys.executable, program], env=told, capture_output=True, text=True, check=True)
        return done.stdout.splitlines(), self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_one_that_is_there_is_taken(machine):
    machine.playwright_brings(WORKS)
    machine.program("chromium", WORKS)
    assert machine.asked() == ([f"Browser tests use {machine.bin / 'chromium'}."], [])


def test_then_one_that_needs_no_root(machine):
    machine.playwright_brings(WORKS)
    said, called = machine.asked()
    assert called == ["playwright"]
    assert "needs no root" in said[0]
    assert said[-1].startswith(f"Browser tests use {machine.cache}")


def test_the_system_is_asked_last_and_that_is_said_first(machine):
    machine.playwright_brings(BROKEN)
    said, called = machine.asked()
    if os.geteuid() == 0:
        assert called == ["playwright", "apt-get update", "apt-get install -y chromium"]
        assert "Calling the system's package manager: apt-get install chromium." in said[1]
    else:
        assert called == ["playwright"]
    assert said[-1].startswith("NO CHROMIUM: THE BROWSER TESTS WILL BE SKIPPED.")
