"""What each room needs beyond numpy and scipy, and the sentence said where that is not installed.

`metrics`, `objectives`, `exact`, `bridge`, `readers` and `report` need numpy and scipy alone, so they also run where
the package was installed without its dependencies (`readers` asks for more when a file comes that takes it, `report`
for its page). Any other room opened there says what is missing, in one sentence.
"""

import sys
from collections.abc import Sequence
from importlib.util import find_spec

ROOMS = (
    "book", "bridge", "challenge", "cockpit", "collect", "course", "data", "exact", "explorers", "lm", "metrics",
    "objectives", "play", "readers", "report", "story", "teach", "verdict",
)  # fmt: skip
CHECKS = "the check of a derivation or an objective"
LAB = "opening the notebooks"
TABLES = "reading CSV and Parquet"
PACKED = "unpacking what zstd packed"
VERL = "an estimator in verl's registry"

NEEDS: dict[str, tuple[str, ...]] = {
    "passk_lab.data": ("pandas",),
    "passk_lab.book": ("anywidget", "ipywidgets", "latex2mathml", "matplotlib", "nbconvert", "pandas"),
    "passk_lab.challenge": ("anywidget", "matplotlib", "pandas", "safetensors", "torch", "tqdm"),
    "passk_lab.collect": ("anywidget", "ipywidgets", "matplotlib", "pandas"),
    "passk_lab.course": ("anywidget", "ipywidgets"),
    "passk_lab.explorers": ("anywidget", "matplotlib", "pandas"),
    "passk_lab.cockpit": ("anywidget", "matplotlib", "pandas", "safetensors", "torch"),
    "passk_lab.play": ("anywidget", "matplotlib", "pandas"),
    "passk_lab.lm": ("pandas", "safetensors", "torch"),
    "passk_lab.story": ("anywidget", "matplotlib", "pandas"),
    "passk_lab.teach": ("anywidget", "ipywidgets", "latex2mathml", "matplotlib", "nbconvert", "pandas"),
    "passk_lab.verdict": ("pandas",),
    "passk_lab.lm.command": ("pandas", "safetensors", "torch", "tqdm", "tyro"),
    "passk_lab.report.figures": ("anywidget", "matplotlib", "pandas"),
    "passk_lab.report.page": ("anywidget", "matplotlib", "pandas"),
    CHECKS: ("mpmath", "torch"),
    TABLES: ("pyarrow",),
    PACKED: ("zstandard",),
    LAB: ("anywidget", "ipywidgets", "jupyterlab", "matplotlib", "pandas"),
}
"""Packages by what needs them. A test holds the rooms' lists against what their files import."""

ADAPTERS: dict[str, tuple[str, ...]] = {
    "passk_lab.bridge.trl": ("torch", "transformers", "trl"),
    "passk_lab.bridge.verl": ("torch",),
    "passk_lab.bridge.tensorboard": ("tensorboard", "torch"),
    VERL: ("verl",),
}
"""What the bridge meets in a trainer's environment, and the lab does without: not among `EVERYTHING`."""

WITHOUT_TORCH = (
    "passk_lab.challenge",
    "passk_lab.challenge.entry",
    "passk_lab.lm",
    "passk_lab.lm.compare",
    "passk_lab.lm.recorded",
    "passk_lab.lm.warning",
)
"""Explorers read recorded runs through these, so pandas is enough to import them."""

EVERYTHING = ("numpy", "scipy", *sorted({package for packages in NEEDS.values() for package in packages}))
"""What the whole lab stands on."""


class NotInstalled(ModuleNotFoundError):
    """A package that a room needs is not in this environment: said in a sentence, with how to get it."""


def installed(package: str) -> bool:
    """Whether a package can be imported here, without importing it."""
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # an import hook may hide a package this way
        return False


def check(name: str, enough: Sequence[str] = ()) -> None:
    """Pass if all that `name` needs is installed, or at least what is `enough`.

    Raises
    ------
    NotInstalled
        Naming everything that is missing of what `name` needs.

    Examples
    --------
    >>> check("passk_lab.data")
    """
    missing = [package for package in (NEEDS | ADAPTERS)[name] if not installed(package)]
    if missing and not (enough and all(map(installed, enough))):
        raise NotInstalled(f"{name} needs {how_to_get(missing)}", name=missing[0])


def how_to_get(missing: Sequence[str]) -> str:
    """Say of packages that they are not installed, and what brings them.

    >>> how_to_get(["mpmath", "torch"])
    'mpmath and torch, not installed here. This brings them: pip install mpmath torch'
    """
    those = " and ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
    them = "them" if len(missing) > 1 else "it"
    return f"{those}, not installed here. This brings {them}: pip install {' '.join(missing)}"


class _Doorkeeper:
    """Asked by Python before any import; lets a room in only if what it needs is there.

    So every way in says the same sentence, `import passk_lab.lm` too, and an import that fails inside our own code is
    no business of it.
    """

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        room = ".".join(name.split(".")[:2])
        if room in NEEDS or name in NEEDS or name in ADAPTERS:
            known = name in NEEDS or name in ADAPTERS
            check(name if known else room, ("pandas",) if name in WITHOUT_TORCH else ())


sys.meta_path.insert(0, _Doorkeeper)
