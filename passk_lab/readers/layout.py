"""Which column of a table is what: by the user's word, or by names that people give."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from passk_lab import arguments
from passk_lab.readers.words import RIGHT, WRONG

NAMES: dict[str, tuple[str, ...]] = {
    "problem": (
        "problem_id", "problem", "task_id", "question_id", "prompt_id", "instance_id", "example_id", "item_id",
        "doc_id", "task", "item", "example", "instance", "qid", "pid", "id", "uid", "question", "prompt", "problem_idx",
        "task_idx", "question_idx", "idx", "index", "name", "input",
    ),
    "sample": (
        "sample", "sample_id", "sample_idx", "sample_index", "trial", "trial_id", "attempt", "attempt_id", "rollout",
        "rollout_id", "generation", "generation_id", "completion_id", "repeat", "draw", "seed",
    ),
    "correct": (
        "correct", "is_correct", "iscorrect", "passed", "is_passed", "pass", "success", "is_success", "solved",
        "resolved", "right", "correctness", "verdict", "acc", "accuracy", "outcome", "result", "grade", "exact_match",
        "score", "reward",
    ),
    "n": (
        "n", "n_samples", "num_samples", "samples", "n_total", "total", "n_trials", "num_trials", "trials", "attempts",
    ),
    "c": (
        "c", "n_correct", "num_correct", "n_passed", "num_passed", "passes", "successes", "n_success", "num_success",
        "n_solved", "num_solved", "correct_count",
    ),
    "rate": (
        "pass_rate", "passrate", "pass@1", "pass_at_1", "pass1", "solve_rate", "success_rate", "correct_rate", "rate",
        "accuracy", "acc", "mean_accuracy",
    ),
    "dataset": (
        "dataset", "dataset_name", "data_source", "benchmark", "benchmark_name", "task_name", "task", "subset",
        "subject", "split", "config",
    ),
    "step": ("step", "global_step", "training_step", "train_step", "checkpoint", "ckpt", "iteration"),
    "run": ("run", "run_id", "run_name", "model", "model_name", "model_id", "policy", "method", "system", "variant"),
    "answer": ("pred", "prediction", "predicted", "extracted_answer", "model_answer", "predicted_answer", "answer"),
    "temperature": ("temperature", "temp"),
    "text": ("completion", "response", "output", "generated_text", "model_output", "text"),
}  # fmt: skip
"""The roles that columns have, and the names they are known by; the first that is there is taken."""
_CLEAR = (
    "problem_id", "problem", "task_id", "question_id", "prompt_id", "instance_id", "example_id", "item_id", "doc_id",
    "qid", "pid",
)  # fmt: skip
"""Names of problems that nothing else is called by; `task` may be a benchmark, and `id` a row."""
_SCORES = ("score", "reward")
"""Columns that are read for want of a verdict: scores are often partial credit."""
_NUMBERED = re.compile(
    r"(?:s|sample|samples|trial|attempt|try|rollout|run|seed|gen|generation|completion|draw|repeat|correct|passed|score"
    r"|reward|result)?_?\d+"
)
_UNNAMED = re.compile(r"|unnamed:_0")
"""What pandas calls the column of row names that it writes."""


class Layout(NamedTuple):
    """The columns of a table that are read, by position."""

    kind: str
    """"samples": a row for each sample. "counts": n and c for each problem. "wide": a column for each sample. "matrix":
    the same without ids."""
    names: tuple[str, ...]
    problem: int | None = None
    verdicts: tuple[int, ...] = ()
    """Several where the table judges each sample in several ways; of a wide one the column of each sample."""
    sample: int | None = None
    n: int | None = None
    c: int | None = None
    step: int | None = None
    run: int | None = None
    answer: int | None = None
    temperature: int | None = None
    rate: int | None = None
    """The share of the n that was right, where a table has it in place of c."""
    dataset: int | None = None
    """Ids of problems are told apart within it alone: two data sets may both have a problem 0."""
    text: int | None = None
    """The whole of what was answered: two equal ones of one problem are copies."""
    header: bool = True
    """Whether the first line names the columns."""

    def positions(self) -> list[int]:
        """Of all columns that are read."""
        single = (self.problem, self.dataset, self.sample, self.n, self.c, self.rate, self.step, self.run, self.answer)
        every = [*single, self.text, self.temperature, *self.verdicts]
        return list(dict.fromkeys(at for at in every if at is not None))

    def name(self, position: int | None) -> str:
        """The name of a column."""
        return "" if position is None else self.names[position]

    def readings(self) -> "list[Layout]":
        """This layout, and those with another column, or another within a data set, as the problem.

        >>> [r.name(r.problem) for r in layout_of(["task", "id", "passed"], {}).readings()]
        ['task', 'id', 'id']
        >>> len(layout_of(["task_id", "id", "question", "passed"], {}).readings())
        1
        """
        known = [_plain(name) for name in self.names]
        taken = {*self.positions()} - {self.problem}
        there = {role: [known.index(n) for n in NAMES[role] if n in known] for role in ("problem", "dataset")}
        ids = [at for at in there["problem"] if at not in taken]
        ids = [at for at in ids if known[at] in _CLEAR] or ids
        if self.problem not in ids:
            return [self]
        datasets = [at for at in there["dataset"] if at not in taken]
        alone = [self._replace(problem=at) for at in ids]
        return [*alone, *(one._replace(dataset=at) for one in alone for at in datasets if at != one.problem)]


def layout_of(names: Sequence[str], columns: Mapping[str, str], verdict: str | None = None) -> Layout | None:
    """Find out what is what in a table; None if it is no table of samples or counts.

    Parameters
    ----------
    names : sequence of str
        Of its columns.
    columns : mapping
        What the user said of them: role -> name.
    verdict : str or None
        The name of a column that judges, where the user asked for one.

    Raises
    ------
    ValueError
        If a column that the user named is not there, or a role is none.

    Examples
    --------
    >>> layout_of(["task_id", "trial", "passed"], {}).kind
    'samples'
    >>> [layout_of(names, {}).kind for names in (["name", "n", "c"], ["id", "s0", "s1"], ["0", "1", "1"])]
    ['counts', 'wide', 'matrix']
    >>> layout_of(["x", "y"], {}) is None, layout_of(["x", "y"], {"problem": "x", "correct": "y"}).kind
    (True, 'samples')
    """
    names = tuple(names)
    known = [_plain(name) for name in names]
    said = {role: _named(role, name, names) for role, name in columns.items()}
    if not said and verdict is None and (found := _matrix(names, known)):
        return found

    def find(role: str) -> int | None:
        if role in said:
            return said[role]
        taken = set(said.values())
        return next((known.index(n) for n in NAMES[role] if n in known and known.index(n) not in taken), None)

    step, run, temperature = find("step"), find("run"), find("temperature")
    problem, sample, n, c = find("problem"), find("sample"), find("n"), find("c")
    if problem is None and names and _UNNAMED.fullmatch(known[0]):
        problem = 0
    if problem is None:
        return None
    dataset = said.get("dataset")
    verdicts = _verdicts(names, known, said, verdict, problem)
    rate = find("rate") if n is not None and c is None and (sample is None or "rate" in said) else None
    if rate is not None and "correct" not in said:
        return Layout("counts", names, problem, n=n, step=step, run=run, rate=rate, dataset=dataset)
    if c is None and n is not None and sample is None and verdicts and "correct" not in said:
        # Beside n, and with no sample's number, "correct" is how many were.
        c = verdicts[0]
    if n is not None and c is not None and "correct" not in said and (sample is None or "c" in said):
        return Layout("counts", names, problem, n=n, c=c, step=step, run=run, dataset=dataset)
    if verdicts:
        answer = find("answer")
        answer = None if answer in (problem, *verdicts) else answer
        text = find("text")
        text = None if text in (problem, answer, *verdicts) else text
        sample = None if sample == problem else sample
        return Layout(
            "samples", names, problem, verdicts, sample, step=step, run=run, answer=answer, temperature=temperature,
            dataset=dataset, text=text,
        )  # fmt: skip
    numbered = tuple(at for at, name in enumerate(known) if at != problem and _NUMBERED.fullmatch(name))
    if numbered:
        return Layout("wide", names, problem, numbered, step=step, run=run, temperature=temperature, dataset=dataset)
    return None


def rate_alone(names: Sequence[str]) -> str | None:
    """Return the column of rates of a table that has problems and rates, and nothing to count.

    >>> rate_alone(["task", "pass@1"]), rate_alone(["task", "n", "pass@1"]), rate_alone(["pass@1"])
    ('pass@1', None, None)
    """
    known = {_plain(name): name for name in names}
    rate = next((known[name] for name in NAMES["rate"] if name in known), None)
    has_problem = any(name in known for name in NAMES["problem"])
    return rate if rate is not None and has_problem and layout_of(names, {}) is None else None


def _verdicts(
    names: tuple[str, ...], known: list[str], said: Mapping[str, int], verdict: str | None, problem: int
) -> tuple[int, ...]:
    if verdict is not None and verdict in names:
        return (names.index(verdict),)
    if "correct" in said:
        return (said["correct"],)
    there = [known.index(name) for name in NAMES["correct"] if name in known]
    there = [at for at in there if at != problem and at not in said.values()]
    plain = [at for at in there if known[at] not in _SCORES]
    return tuple(plain or there)


def _matrix(names: tuple[str, ...], known: list[str]) -> Layout | None:
    every = tuple(range(len(names)))
    marks = {*RIGHT, *WRONG}
    if len(names) < 2:
        return None
    if all(name in marks for name in known) and known not in (["0", "1"], ["n", "c"]):
        return Layout("matrix", names, verdicts=every, header=False)
    if known not in (["0", "1"], ["n", "c"]) and all(_NUMBERED.fullmatch(name) for name in known):
        return Layout("matrix", names, verdicts=every)
    return None


def _named(role: str, name: str, names: tuple[str, ...]) -> int:
    arguments.known("columns", role, list(NAMES))
    if names.count(name) != 1:
        there = "there is none" if name not in names else f"there are {names.count(name)}"
        raise ValueError(f"{role} is to be the column {name!r}, and {there} of that name.")
    return names.index(name)


def _plain(name: str) -> str:
    return re.sub(r"[\s\-.]+", "_", name.strip().lower())
