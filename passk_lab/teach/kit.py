"""The teacher's kit: every file of it, put into a folder, never over what somebody else wrote there."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from passk_lab import arguments, files, story
from passk_lab.course import builder
from passk_lab.explorers.document import Chapter, Inline, Link, Points, Words, document
from passk_lab.ledger import Ledger
from passk_lab.teach import exam, figures
from passk_lab.teach.exam_page import exam_page
from passk_lab.teach.figures import FIGURES
from passk_lab.teach.handout import EXERCISES as ON_PAPER
from passk_lab.teach.handout import handout
from passk_lab.teach.licences import licences
from passk_lab.teach.paper import PAPERS
from passk_lab.teach.plan_page import plan_page, worked
from passk_lab.teach.plans import PLANS
from passk_lab.teach.predictions import PREDICTIONS

HOME = "index.html"
TEACHER = "teacher"
"""The folder of what is not for the class."""
SEED = 1
"""Of the exam, unless another is asked for."""


def write(out: Path, book: bool = False, seed: int = SEED) -> list[str]:
    """Write the kit into a folder and return, in sentences, what its owner should know.

    Parameters
    ----------
    out : Path
        A folder; made if it is not there. What it holds already is left alone: a file of the kit that was changed there
        stays as it is, and the new one is put beside it.
    book : bool
        Whether the notebooks come as a book as well, executed, which takes minutes.
    seed : int
        Another one draws another pair of forms of the exam.

    Raises
    ------
    OSError
        If it cannot be written; what was there is as it was.
    """
    out, book = arguments.path("out", out), arguments.switch("book", book)
    said = put(out, contents(arguments.one_whole("seed", seed, 0), book))
    if book:
        # Only a book needs what writes it.
        from passk_lab import book as static

        static.write(out / "book")
    return said


def put(out: Path, texts: Iterable[tuple[str, str]]) -> list[str]:
    """Put files into a folder, by their names below it, and return what its owner should know; as `write` does."""
    said: list[str] = []
    out.mkdir(parents=True, exist_ok=True)
    with Ledger(out) as ledger:
        for name, text in texts:
            _folder(out, name)
            said += ledger.bring(name, text.encode())
        return ledger.said + said


def _folder(out: Path, name: str) -> None:
    """Make the folder that a file of the kit lies in; one that is a link would lead out of the kit."""
    for folder in reversed([out / parent for parent in PurePosixPath(name).parents][:-1]):
        if files.is_there(folder) and (folder.is_symlink() or not folder.is_dir()):
            raise FileExistsError(errno.EEXIST, "a folder of the kit has to lie here, and this is none", str(folder))
        folder.mkdir(exist_ok=True)


def contents(seed: int = SEED, book: bool = False) -> Iterator[tuple[str, str]]:
    """Yield every file of the kit but those of the book: its name below the folder, and its text."""
    yield HOME, _home(book)
    yield "page.html", story.page()
    for figure in FIGURES:
        yield f"figures/{figure.name}.html", figures.page(figure, f"../{HOME}")
    yield "handout.html", handout(HOME)
    for plan in PLANS:
        yield f"{plan.name}.html", plan_page(plan, "figures", "notebooks", HOME)
    for kind, folder in (("student", "notebooks"), ("teacher", TEACHER)):
        for source in builder.sources():
            yield f"{folder}/{source.stem}.ipynb", builder.build(source, kind)
        yield f"{folder}/{builder.GLOSSARY}", builder.glossary()
    yield f"{TEACHER}/{HOME}", _teachers()
    yield f"{TEACHER}/handout-key.html", _key()
    for name, text in _exam(seed).items():
        yield f"{TEACHER}/{name}", text
    yield "LICENCES.md", licences()


def _exam(seed: int) -> dict[str, str]:
    """Both forms, and their keys, by the name of the file: each as a page to print, and all as texts to change."""
    forms = exam.forms(seed)
    pages = {}
    for form in forms:
        letter = form.letter.lower()
        pages[f"exam-{letter}.html"] = exam_page(form.exam, HOME, room=True)
        pages[f"exam-key-{letter}.html"] = exam_page(form.key, HOME, room=False)
    return pages | {
        "exam.md": "\n\n".join(form.exam for form in forms),
        "exam-key.md": "\n\n".join(form.key for form in forms),
    }


def _home(book: bool) -> str:
    first = [figure for figure in FIGURES if figure.first]
    opening = [
        Words(["Is pass@k something to train a language model on, or only something to watch?"], strong=True),
        Words(["Each figure below has one question. Say your answer aloud before you open it. No network is needed."]),
        Words([(Link("The whole story on one page", "page.html"), ", in ten minutes.")]),
    ]
    if book:
        opening.append(Words([(Link("The course as a book", "book/index.html"), ", which needs no Python.")]))
    return document(
        "Ask a model k times",
        opening,
        [
            *(figures.card(figure, "figures") for figure in first),
            Chapter("More figures", [Points([_link_to(figure) for figure in FIGURES if not figure.first])]),
            Chapter("On paper", [Words([(Link("The sheet", "handout.html"), ": one leaf, printed on both sides.")])]),
            Chapter(
                "In Python",
                [
                    Words(["These notebooks run in JupyterLab, where passk_lab is installed."]),
                    Points([Link(source.stem, f"notebooks/{source.stem}.ipynb") for source in builder.sources()]),
                    Words([Link("Words and letters", f"notebooks/{builder.GLOSSARY}")]),
                ],
            ),
            Chapter(
                "For who teaches it",
                [
                    Points([Link(plan.title, f"{plan.name}.html") for plan in PLANS]),
                    Words([(
                        Link("Keys, solutions and the exam", f"{TEACHER}/{HOME}"),
                        f". Take the folder {TEACHER} out before a class gets this one; only this line leads there.",
                    )]),
                    Words([("What you may do with all of this: ", Link("licences", "LICENCES.md"), ".")]),
                ],
            ),
        ],
    )  # fmt: skip


def _link_to(figure: figures.Figure) -> Inline:
    return Link(figure.title, f"figures/{figure.name}.html{figure.to_ask}")


def _teachers() -> str:
    """The first page of what is not for the class."""
    forms = (
        "Two forms that are alike, to print: ", Link("form A", "exam-a.html"), " with ",
        Link("its key", "exam-key-a.html"), ", ", Link("form B", "exam-b.html"), " with ",
        Link("its key", "exam-key-b.html"), ".",
    )  # fmt: skip
    texts = ("To change them: ", Link("both forms", "exam.md"), " and ", Link("both keys", "exam-key.md"), " as text.")
    chapters = [
        Chapter(
            "Notebooks with solutions and notes",
            [
                Points([Link(source.stem, f"{source.stem}.ipynb") for source in builder.sources()]),
                Words([Link("Words and letters", builder.GLOSSARY)]),
            ],
        ),
        Chapter("The sheet", [Words([Link("Its key, with wrong answers to expect", "handout-key.html")])]),
        Chapter(
            "The exam", [Words([forms, texts]), Words(["Another pair is drawn with: passk-lab teach OUT --seed 2"])]
        ),
    ]
    return document(
        "For who teaches it",
        [Words(["Not for the class: solutions, keys and the exam."]), Words([Link("The first page", f"../{HOME}")])],
        chapters,
    )


def _key() -> str:
    predicted = [
        Words([words], strong=asked)
        for place, one in enumerate(PREDICTIONS, start=1)
        for words, asked in ((f"{place}. {one.asked}", True), (one.answer(), False))
    ]
    worked_out = [
        Chapter(f"{place}. {name}", list(worked(PAPERS[name]))) for place, name in enumerate(ON_PAPER, start=1)
    ]
    return document(
        "The sheet: its key",
        [Words([Link("For who teaches it", HOME)])],
        [Chapter("Predictions (never graded)", predicted), *worked_out],
    )
