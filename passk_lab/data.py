"""The bundled real data, by name: counts, curves and logs of real models, with source and licence.

>>> from passk_lab import data
>>> table = data.load("taubench")
>>> table.groupby("problem_id").success.sum().value_counts().sort_index().to_dict()
{0: 14, 1: 12, 2: 10, 3: 4, 4: 10}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from passk_lab import arguments, bundled

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

NONE_STATED = "none stated; results of measurements, on the ground given in SOURCES.md"
OURS = "MIT, as the project"


@dataclass(frozen=True)
class Source:
    """One bundled file: what it shows, where it is from, and what each column holds."""

    file: str
    shows: str
    licence: str
    cite: str
    columns: dict[str, str]
    text_columns: tuple[str, ...] = ()
    """Columns to read as text although they look like numbers."""


_COUNTS = {
    "dataset": "name of the set of problems",
    "model": "model that was sampled",
    "problem_id": "problem, the same for every model of the file",
    "n": "samples",
    "c": "correct samples, 0..n",
}
_RLVR = "GitHub user halflearned, RLVR experiments with Qwen3-1.7B-Base, 2026 (rlvr-experiments @c364be0)"
_EPOCH = "Epoch AI, AI Benchmarking Hub"

SOURCES: dict[str, Source] = {
    "math500": Source(
        "math500_qwen2.5-7b_base_vs_simplerl.csv",
        "MATH500, Qwen2.5-7B and its RL-trained child SimpleRL-Zoo, 128 samples each, paired by problem",
        NONE_STATED,
        "Yue et al., arXiv 2504.13837; reproduction by GitHub user cc1107yss, 2026",
        {
            **_COUNTS,
            "arm": "base or rl",
            "level": "difficulty, 1 (easy) to 5",
            "subject": "one of 7 subjects",
            "unique_id": "key of the problem in MATH",
        },
    ),
    "pythia-math": Source(
        "monkeys_pythia_math_n10000.csv",
        "coverage of 128 MATH problems by seven Pythia models, 10,000 samples each",
        "MIT (the samples that were counted)",
        "Brown et al., arXiv 2407.21787; Schaeffer et al., arXiv 2502.17578",
        {**_COUNTS, "params": "parameters of the model, nominal"},
    ),
    "rlvr-log": Source(
        "rlvr_qwen3_1.7b_training_log.csv.gz",
        "26 RL runs step by step: reward, entropy, KL, groups without signal",
        NONE_STATED,
        _RLVR,
        {
            "suite": "training set: gsm8k, ifeval or code",
            "run": "algorithm, learning rate, staleness, beta",
            "step": "optimiser step, from 1",
            "reward": "mean reward, 0..1",
            "frac_all_correct": "share of prompts whose samples are all right, 0..1",
            "frac_all_wrong": "share of prompts whose samples are all wrong, 0..1",
            "completion_len": "mean length, tokens",
            "loss": "training loss",
            "kl": "mean KL per token, nats",
            "entropy": "mean entropy per token, nats",
        },
    ),
    "rlvr-curves": Source(
        "rlvr_qwen3_1.7b_passk_curves.csv",
        "pass@k of the same runs after 200 steps, and of their base model",
        NONE_STATED,
        _RLVR,
        {
            "suite": "training set",
            "run": "run, or base",
            "label": "plain name",
            "benchmark": "benchmark_passN, with N samples per problem",
            "k": "draws",
            "pass_at_k": "mean over problems, 0..1",
        },
    ),
    "evalperf": Source(
        "evalperf_n100_counts.csv.gz",
        "118 coding problems, 34 models, 100 samples each at temperature 1: orders that turn between k = 1 and 100",
        "Apache-2.0",
        "Liu et al., EvalPerf, COLM 2024, arXiv 2408.06450",
        {
            **_COUNTS,
            "n_profiled": "correct solutions published with their text, at most 20",
            "n_distinct_profiled": "distinct texts among them",
        },
    ),
    "humaneval": Source(
        "humaneval_codegen16b_n100_counts.csv",
        "HumanEval, CodeGen-16B-mono, 100 samples a problem",
        "MIT",
        "Chen et al., CodeT, arXiv 2207.10397; Nijkamp et al., arXiv 2203.13474; Chen et al., arXiv 2107.03374",
        _COUNTS,
    ),
    "taubench": Source(
        "taubench_gpt4o_airline_trials.csv",
        "an agent's four trials at 50 airline tasks: coverage rises with k while reliability falls",
        "MIT",
        "Yao et al., tau-bench, arXiv 2406.12045",
        {
            "dataset": "name of the set of problems",
            "model": "model that was sampled",
            "problem_id": "task, 0..49",
            "trial": "trial, 0..3",
            "success": "1 if the task was solved, else 0",
        },
    ),
    "oneshot-rlvr": Source(
        "oneshot_rlvr_c_of_8_by_epoch.csv.gz",
        "correct of 8 samples of 1,209 training problems, visit by visit, while the policy trains",
        "Apache-2.0",
        "Wang et al., arXiv 2504.20571",
        {
            "problem_id": "training problem, 0..1208",
            **{f"e{i}": f"correct of 8 at visit {i}, 0..8, blank after the last visit" for i in range(57)},
        },
    ),
    "otis-answers": Source(
        "epoch_otis_mock_aime_answers.csv.gz",
        "the final integer answers of 76 models to 45 OTIS Mock AIME problems, 8 or 16 samples each",
        "CC BY 4.0, by the word of others",
        _EPOCH,
        {
            "run_id": "key into otis-runs",
            "problem_id": "year and number",
            "epoch": "sample, from 1",
            "answer": "final integer as text, blank if none was logged",
            "correct": "1 or 0",
        },
        text_columns=("answer",),
    ),
    "otis-runs": Source(
        "epoch_runs.csv",
        "which run is which: model, effort, accuracy",
        "CC BY 4.0, by the word of others",
        _EPOCH,
        {
            "run_id": "key into otis-answers",
            "task": "benchmark",
            "model": "model",
            "release_date": "date, blank for some",
            "n": "samples a problem",
            "n_problems": "problems",
            "n_samples": "samples with a verdict",
            "acc_here": "accuracy recomputed from the samples, 0..1",
            "acc_published": "accuracy as published, 0..1",
            "reasoning_effort": "low, medium, high, xhigh or blank",
            "reasoning_tokens": "tokens, as logged",
            "temperature": "blank throughout",
            "max_tokens": "tokens",
        },
    ),
    "prediction-coverage": Source(
        "prediction_coverage.csv",
        "how far predictions of pass@k beyond n were off, and how often their intervals held the truth",
        OURS,
        "this project, python -m benchmarks.prediction",
        {
            "population": "where the data sets were drawn from",
            "n": "samples of each problem",
            "k": "draws predicted",
            "method": "what predicted",
            "sets": "data sets",
            "error": "mean distance from the true pass@k, blank for what is no one value",
            "covers": "share of 95 % intervals that hold the truth, 0..1",
            "width": "mean width of the intervals",
        },
    ),
    "aa-splits": Source(
        "aa_splits.csv",
        "two halves of one model's MATH500 samples compared with each other, where there is nothing to be found",
        OURS,
        "this project, python -m benchmarks.prediction",
        {
            "model": "model whose 128 samples were split",
            "splits": "random splits",
            "curves_change_order": "share of splits in which the curves change their order at some k, 0..1",
            "band_leaves_zero": "share in which the band of the difference leaves zero at some k, 0..1",
            "crossing_claimed": "share in which a crossing is claimed, 0..1",
        },
    ),
}


def available() -> pd.DataFrame:
    """List the bundled data: one row per name, with what it shows, its licence and whom to cite.

    >>> available().loc["evalperf", "licence"]
    'Apache-2.0'
    """
    import pandas as pd

    rows = {
        name: {"shows": s.shows, "licence": s.licence, "cite": s.cite, "file": s.file} for name, s in SOURCES.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")


def columns(name: str) -> dict[str, str]:
    """Say what each column of a bundled table holds.

    >>> columns("humaneval")["c"]
    'correct samples, 0..n'
    """
    return dict(SOURCES[arguments.known("bundled data set", name, list(SOURCES))].columns)


def load(name: str) -> pd.DataFrame:
    """Load a bundled table by name; `available()` lists the names, `columns(name)` explains the columns.

    Raises
    ------
    KeyError
        "there is no bundled data set called 'math'. There are: math500, ..."

    Examples
    --------
    >>> load("humaneval").shape
    (164, 5)
    """
    import pandas as pd

    source = SOURCES[arguments.known("bundled data set", name, list(SOURCES))]
    return pd.read_csv(
        bundled.folder("data") / source.file,
        dtype=dict.fromkeys(source.text_columns, str),
    )


@dataclass(frozen=True)
class Problems:
    """Counts of one or more models on the same problems: row i of every array is the same problem."""

    name: str
    models: tuple[str, ...]
    problem_ids: np.ndarray
    n: np.ndarray
    """Samples, shape (models, problems)."""
    c: np.ndarray
    """Correct samples, shape (models, problems)."""
    levels: np.ndarray | None
    """Difficulty of each problem where the source states one."""
    licence: str
    cite: str

    def counts(self, model: str) -> tuple[np.ndarray, np.ndarray]:
        """Return n and c of one model.

        >>> n, c = problems("math500").counts("SimpleRL-Zoo")
        >>> int(c.sum())
        49877
        """
        row = self.models.index(arguments.known("model", model, self.models))
        return self.n[row], self.c[row]


# What a reader calls the models of the opening pair, instead of the long names of the files.
_SHORT = {"Qwen2.5-7B": "Qwen2.5-7B", "Qwen-2.5-7B-SimpleRL-Zoo": "SimpleRL-Zoo"}


def problems(name: str) -> Problems:
    """Counts per model and problem of a bundled data set, ready for `metrics.compare` and the explorers.

    Raises
    ------
    KeyError
        If the name is unknown, or the data holds no counts per problem.

    Examples
    --------
    >>> pair = problems("math500")
    >>> pair.models
    ('Qwen2.5-7B', 'SimpleRL-Zoo')
    >>> pair.c.shape
    (2, 500)
    """
    with_counts = [key for key, source in SOURCES.items() if "c" in source.columns]
    name = arguments.known("data set with counts per problem", name, with_counts)
    table, source = load(name), SOURCES[name]
    table["model"] = table["model"].map(lambda model: _SHORT.get(model, model.replace("--", "/")))
    models = tuple(dict.fromkeys(table["model"]))
    n, c = (table.pivot(index="problem_id", columns="model", values=value)[list(models)] for value in ("n", "c"))
    levels: Any = None
    if "level" in table:
        levels = table.drop_duplicates("problem_id").set_index("problem_id")["level"].loc[n.index].to_numpy()
    return Problems(
        name=name,
        models=models,
        problem_ids=n.index.to_numpy(),
        n=n.to_numpy().T,
        c=c.to_numpy().T,
        levels=levels,
        licence=source.licence,
        cite=source.cite,
    )
