"""Numbers and quantifiers in a notebook's prose, bound to what computes them.

In a notebook's source a claim is written `[36 to 27 %]{silent_share}`: the words as they are read, then the name of a
function that stands in a cell tagged `claims` and computes them from the library, the recorded data, or the notebook's
own variables. No built notebook shows the marks or those cells. `tests/notebooks` runs them where they stand, and the
words must say what comes out: each number to its own last digit, each "every" as a True. `[eight]{given}` marks what is
no claim but given or agreed, as the setting of a task.

    python -m passk_lab.course.builder --claims     count the claims of every notebook, and name what is not bound
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GIVEN = "given"
"""Name of the mark for what is no claim."""
_MARK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])+)\]\{(\w+)\}")

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_TENS = "twen thir for fif six seven eigh nine"
_WORDS = {
    **{word: value for value, word in enumerate([*_ONES.split(), "eighteen", "nineteen"])},
    **{f"{ten}ty": 10 * value for value, ten in enumerate(_TENS.split(), start=2)},
    "once": 1,
    "twice": 2,
    "dozen": 12,
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
          "ninth": 9, "tenth": 10, "twelfth": 12, "twentieth": 20, "hundredth": 100, "thousandth": 1000}  # fmt: skip
QUANTIFIERS = ("always", "never", "only", "everywhere", "nowhere", "every", "all", "none", "nothing")
_DIGITS = r"(?<![\w.])[-−]?(?:(?:\d[\d,]*\d|\d)(?:\.\d+)?(?:e[-+−]?\d+)?|\.\d+)"
_WORD = "|".join(sorted({*_WORDS, *_SCALES}, key=len, reverse=True))
_PART = "|".join(f"{part}s?" for part in sorted(_PARTS, key=len, reverse=True))
_NUMBER = re.compile(
    rf"""(?P<fraction>\b(?P<top>a|an|{_WORD})[ -](?P<part>{_PART})\b | \b(?P<half>half)\b)
    | (?P<ratio>(?P<some>\b(?:{_WORD})\b|\d+)(?:\ \w+)?\ (?:in|out\ of)\ (?P<whole>(?:{_WORD})\b|\d+))
    | (?P<digits>{_DIGITS})(?P<scale>(?:\ (?:{"|".join(_SCALES)})s?\b)*)
    | (?P<words>\b(?:{_WORD})(?:[ -](?:and\ )?(?:{_WORD}))*\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_NEARLY = re.compile(
    r"(?P<about>\babout|\baround|\broughly|\bsome|≈)|(?P<nearly>\bnearly|\balmost)"
    r"|(?P<above>\bmore than|\bover|\babove|\bat least)|(?P<below>\bless than|\bfewer than|\bunder|\bbelow|\bat most)",
    re.IGNORECASE,
)
_NAMES = re.compile(r"\bpass[@^]\d+(?:-[a-z]+(?:-1)?)?|\bJ_\d+|\bloo-1\b|\bKL|\barXiv[: ]\d{4}\.\d{5}")
"""Names that hold a digit and are no numbers."""


@dataclass(frozen=True)
class Reading:
    """One number as the words give it, and the range of values for which the words are true."""

    text: str
    low: float
    high: float


def readings(text: str) -> list[Reading]:
    """Read the numbers of a claim in order, in the unit they are written in: digits, words, fractions, "nearly".

    Digits hold to half a unit of the last one, words up to ninety-nine to a half, fractions in words to 8 %, hundreds
    in words to 5 %. "About" widens that to three half units or 5 %; "nearly" is up to a tenth below, "more than" and
    "less than" within a quarter on their side. "One" and "once" alone are no numbers.

    >>> [(reading.low, reading.high) for reading in readings("36 to 27 %")]
    [(35.5, 36.5), (26.5, 27.5)]
    >>> readings("pass@16 finds two thirds")[0].text
    'two thirds'
    """
    text = _NAMES.sub(lambda name: "_" * len(name[0]), text)
    return [_reading(found, text[: found.start()]) for found in _NUMBER.finditer(text) if not _no_number(found[0])]


def _no_number(word: str) -> bool:
    return word.lower() in ("one", "once")


def _reading(found: re.Match[str], before: str) -> Reading:
    if found["fraction"]:
        part = (found["part"] or found["half"]).lower()
        top = _whole(found["top"] or "one")
        value = top / _PARTS.get(part, _PARTS.get(part.removesuffix("s"), 0) or 1)
        room = 0.08 * value
    elif found["ratio"]:
        value = _whole(found["some"]) / _whole(found["whole"])
        room = 0.08 * value
    elif found["digits"]:
        digits = found["digits"].replace(",", "").replace("−", "-").lower()
        mantissa, _, exponent = digits.partition("e")
        unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
        scale = math.prod(_SCALES[word.rstrip("s")] for word in found["scale"].lower().split())
        value, room = float(digits) * scale, unit / 2 * scale
    else:
        value = _whole(found["words"])
        room = 0.5 if value < 100 else 0.05 * value
    near = list(_NEARLY.finditer(before[-14:]))
    how = (
        near[-1].lastgroup if near and re.fullmatch(r"\s+(?:a |an )?", before[-14:][near[-1].end() :] or "x") else None
    )
    size = abs(value)
    low, high = {
        None: (value - room, value + room),
        "about": (value - max(3 * room, 0.05 * size), value + max(3 * room, 0.05 * size)),
        "nearly": (value - 0.1 * size, value),
        "above": (value, value + 0.25 * size),
        "below": (value - 0.25 * size, value),
    }[how]
    return Reading(found[0], low, high)


def _whole(words: str) -> int:
    """Read a whole number in digits or words: "two hundred", "million million", "twenty-three", "a"."""
    if words.isdigit():
        return int(words)
    total, run = 0, 0
    for word in re.split(r"[ -]", words.lower()):
        if word in _SCALES:
            total, run = (total + run or 1) * _SCALES[word], 0
        elif word != "and":
            run += _WORDS.get(word, 1)
    return total + run


def quantifiers(text: str) -> list[str]:
    """Return the words of a claim that speak of every case.

    >>> quantifiers("Always, and for every k")
    ['Always', 'every']
    """
    return re.findall(rf"\b(?:{'|'.join(QUANTIFIERS)})\b", text, re.IGNORECASE)


def marks(text: str) -> list[tuple[str, str]]:
    """Return the marked claims of a source's prose: the words, and the name of what computes them.

    >>> marks("from [36 to 27 %]{silent_share} in [fifty]{given} visits")
    [('36 to 27 %', 'silent_share'), ('fifty', 'given')]
    """
    return [(" ".join(found[1].split()), found[2]) for found in _MARK.finditer(text)]  # wherever a line was broken


def plain(text: str) -> str:
    """Return the prose as it is read, without marks.

    >>> plain("from [36 to 27 %]{silent_share} in [7, 34]")
    'from 36 to 27 % in [7, 34]'
    """
    return _MARK.sub(r"\1", text)


def fault(text: str, value: Any) -> str:
    """Say what a claim's words and a computed value do not have in common; "" where they agree.

    The value is a number for each number in the words, in their order, and a bool where the words hold a quantifier or
    no number; one of them, or a sequence.

    >>> fault("for every k it is 0.127", (0.1267, True))
    ''
    >>> fault("ten times", 12.0)
    'says ten, computed is 12'
    """
    values = list(value) if isinstance(value, Sequence) or hasattr(value, "__len__") else [value]
    values = [one.item() if hasattr(one, "item") else one for one in values]
    truths = [one for one in values if isinstance(one, bool)]
    numbers = [one for one in values if not isinstance(one, bool)]
    read = readings(text)
    if len(numbers) != len(read):
        said = ", ".join(reading.text for reading in read) or "no number"
        return f"says {said}, computed are {len(numbers)} numbers: {numbers}"
    if not truths and (quantifiers(text) or not read):
        return "speaks of every case or of a fact, so what is computed must hold a True or False"
    off = [
        (r, x) for r, x in zip(read, numbers, strict=True) if not r.low - 1e-9 * abs(x) <= x <= r.high + 1e-9 * abs(x)
    ]
    if off:
        return "; ".join(f"says {reading.text}, computed is {number:.6g}" for reading, number in off)
    return "" if all(truths) else "is not so"


def hold(claims: Mapping[str, Sequence[str]], names: Mapping[str, Any]) -> None:
    """Compute the claims of one cell, {name: the words bound to it}, from the functions among `names`.

    Raises
    ------
    AssertionError
        Naming every claim whose words say something else than its function computes.
    """
    wrong = []
    for name, texts in claims.items():
        value = names[name]()
        wrong += [f"{text!r} {why} ({name})" for text in texts if (why := fault(text, value))]
    if wrong:
        raise AssertionError("\n".join(wrong))


def functions(code: str) -> list[str]:
    """Return the names of the functions that a cell of claims defines, without its helpers (_name)."""
    return [node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]


_ATOM = r"(?:\d+(?:\.\d+)?|[A-Za-z](?:_\w+)?\b(?!['’])|[α-ωΑ-Ω∇√Σπ]\w*|exp|log|ln|max|min|sigmoid|sqrt|pass@k)"
_FORMULA = re.compile(
    rf"(?:{_ATOM}|[-+−·*/^()≤≥<>=→,|]|[ ](?=[-+−·*/^(≤≥<>=→])|(?<=[-+−·*/^)≤≥<>=→,])[ ]"
    rf"|(?<=\w)[ ](?=[a-z]\b\s*[-+^(/]))+"
)
_NO_CLAIM = (
    (re.compile(r"(?:`\w+`,|\b[Qq]uestion|\b[Pp]rediction)\s+\*[^*]+\*"), "names of mistakes, questions, predictions"),
    (re.compile(r"`[^`]*`"), "code"),
    (re.compile(r"^\|[-| :]+\|$", re.MULTILINE), "lines of tables"),
    (re.compile(r"\[[^\]]*\]\([^)]*\)"), "links and citations"),
    (_NAMES, "names"),
    (re.compile(r"#+ Exercise \d+\."), "numbers of exercises"),
    (re.compile(r"\b[Nn]otebooks?\s+\d\d(?:(?:,| and| to|, and) \d\d\b)*"), "numbers of notebooks"),
    (re.compile(r"\b\w+ et al\.,? \d{4}|\b(?:19|20)\d\d\b"), "years"),
    (re.compile(r"\b(?:section|figure|equation|table|issue) \d+(?:\.\d+)*"), "places in papers"),
    (re.compile(r"\ball[- ](?:right|wrong)\b", re.IGNORECASE), "groups that are all right or all wrong"),
    (re.compile(r"\b(?:first of all|at all|after all|all the same|not only)\b", re.IGNORECASE), "turns of phrase"),
    (re.compile(r"\b(?:p|π|chance) (?:near|at|is|→) [01]\b"), "ends of the axis"),
    (re.compile(r"\b[A-Z][A-Za-z]*\d[\w.]*(?:-[\w.]+)*"), "names of models and data"),
    (re.compile(r"\bzero\b", re.IGNORECASE), "zero, a word of the subject"),
    (re.compile(r"\{measured\}"), "measured by make measure"),
)  # fmt: skip
"""What is counted apart: this list, formulas, and settings that the notebook's own code holds."""
_SETTING = re.compile(
    rf"\b(?P<name>[A-Za-zτβαθ]\w?)\s*=\s*(?P<value>{_DIGITS})(?P<more>(?:(?:,| and|, and| or) (?:{_DIGITS}))*)"
)

_SIZE = re.compile(rf"\b(?:groups?|sets?) of ({_WORD}|\d+)\b", re.IGNORECASE)


def unbound(text: str, code: str) -> list[str]:
    """Return the numbers and quantifiers of a cell's prose that are neither bound nor counted apart.

    Parameters
    ----------
    text : str
        Prose of a markdown cell, with its marks.
    code : str
        All code of the notebook; a setting such as `k = 4` is given where its numbers stand there.

    >>> unbound("Of [8]{given} samples 3 are right; at k = 4 that is never so, by 1 - (1-p)^k.", "f(k=4)")
    ['3', 'never']
    """
    text = _MARK.sub(" ", text)
    for pattern, _ in _NO_CLAIM:
        text = pattern.sub(" ", text)
    there = {
        float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*\.?\d*|\.\d+", code) if number.strip(",.")
    }

    def setting(found: re.Match[str]) -> str:
        numbers = re.findall(_DIGITS, found["value"] + found["more"])
        given = all(float(number.replace(",", "").replace("−", "-")) in there for number in numbers)
        return " " if given else f" {' '.join(numbers)} "

    text = _SETTING.sub(setting, text)
    text = _SIZE.sub(lambda found: " " if _whole(found[1]) in there else found[0], text)
    text = _FORMULA.sub(_without_formula, text)
    found = [*_NUMBER.finditer(text), *re.finditer(rf"\b(?:{'|'.join(QUANTIFIERS)})\b", text, re.IGNORECASE)]
    return [one[0].strip() for one in sorted(found, key=re.Match.start) if not _no_number(one[0])]


def _without_formula(found: re.Match[str]) -> str:
    run = found[0]
    letters, signs = re.search(r"[A-Za-zα-ω]", run), re.search(r"[-+−·*/^(≤≥<>=→√∇]", run)
    return " " if letters and signs else run
