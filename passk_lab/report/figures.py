"""The figures of a diagnosis: explorers over a reader's own numbers, made of the same parts as those of the course."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from passk_lab import arguments, metrics, objectives
from passk_lab.arguments import Floats, Ints
from passk_lab.explorers.description import (
    Axis,
    Band,
    Choice,
    Control,
    Description,
    Line,
    Mark,
    Panel,
    Point,
    Readout,
    Rule,
    Slider,
    Stems,
    draws_axis,
    percent,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.report import words
from passk_lab.report.diagnosis import Diagnosis
from passk_lab.report.pair import Pair
from passk_lab.report.profile import Profile
from passk_lab.report.silence import weight
from passk_lab.report.trend import Trend
from passk_lab.report.voting import Voting

_QUANTILES = 101
_MOST_GROUP = 64
_POINTS: dict[str, Any] = {"scale": 100, "form": "{} points"}


@arguments.takes(diagnosis=Diagnosis, name=str)
def explorer(diagnosis: Diagnosis, name: str = "curves") -> Explorer:
    """Open a figure of a diagnosis as an explorer.

    Parameters
    ----------
    diagnosis : Diagnosis
    name : str
        "curves", "problems", "spread", "groups", "weights", "votes" or "trend", as far as the files allow.

    Raises
    ------
    KeyError
        For a figure that there is not; the message lists those there are.

    Examples
    --------
    >>> from passk_lab import readers, report
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "c.csv").write_text("problem,n,c\\na,4,1\\nb,4,3\\n")
    ...     found = report.diagnose(readers.read(f"{folder}/c.csv"))
    >>> explorer(found, "curves").k
    4
    """
    there = dict(every(diagnosis))
    return Explorer(there[arguments.known("figure of this diagnosis", name, list(there))])


def every(diagnosis: Diagnosis) -> Iterator[tuple[str, Description]]:
    """All figures that these numbers allow, by name: "curves", "problems", "spread", "groups", "weights", ..."""
    name, base = named(diagnosis.name), named(diagnosis.base_name)
    if diagnosis.pair is not None:
        yield "curves", curves_of_both(diagnosis.pair, name, base)
        yield "problems", problems(diagnosis.pair, name, base)
    else:
        yield "curves", curve_of_one(diagnosis.model, name)
    yield "spread", spread(diagnosis.model, diagnosis.base, name, base)
    if diagnosis.model.last > 1:
        yield "groups", groups(diagnosis, name, base)
        yield "weights", weights(diagnosis.model, name)
    if diagnosis.model.voting is not None and diagnosis.model.voting.majority.ks.size > 1:
        yield "votes", votes(diagnosis.model, diagnosis.model.voting, name)
    if diagnosis.trend is not None and diagnosis.trend.steps[0].step is not None:
        yield "trend", over_steps(diagnosis.trend, name)


def named(text: str) -> str:
    """Shorten a name from a reader's files for a label; braces would be taken for a number's place."""
    text = " ".join(text.replace("{", "(").replace("}", ")").split())
    return text if len(text) <= 32 else f"{text[:14]}…{text[-17:]}"


def curves_of_both(pair: Pair, name: str, base: str) -> Description:
    """Both curves with their intervals, and the difference with its band."""
    ks = pair.curve.ks
    at = np.searchsorted(pair.comparison.ks, ks)
    band, turn = pair.comparison.interval, pair.comparison.crossover
    x, k = Coordinate("k"), ControlValue("k")
    tables = {
        "model": pair.curve.estimate, "model low": pair.curve.low, "model high": pair.curve.high,
        "base": pair.curve_base.estimate, "base low": pair.curve_base.low, "base high": pair.curve_base.high,
        "difference": pair.comparison.difference[at], "low": band.low[at], "high": band.high[at],
    }  # fmt: skip
    level = f"{100 * pair.comparison.level:g} %"
    crossing: list[Mark] = []
    if turn.shown and turn.k is not None:
        crossing = [Rule(role="guide", label=f"crossing, k = {turn.k}", x=Number(turn.k))]
    return Description(
        name="your-curves",
        title=_finding(pair, name, base),
        summary="pass@k over the draws k for both models on their common problems, and the difference between them.",
        controls=_draws(ks, turn.k if turn.shown else None),
        axes={"k": ks.tolist()},
        tables=_over("k", tables),
        panels=[
            Panel(
                "pass@k on the common problems",
                draws_axis(max(2, int(ks[-1]))),
                Axis("problems solved in k draws (mean)", tight=True),
                [
                    Band(role="before", x=x, low=Value("base low", "k"), high=Value("base high", "k")),
                    Band(role="pass@k", x=x, low=Value("model low", "k"), high=Value("model high", "k")),
                    *crossing,
                    Rule(role="exact", x=k, drag="k"),
                    Line(role="before", label=base, x=x, y=Value("base", "k"), label_at=0.75, below=True),
                    Line(role="pass@k", label=name, x=x, y=Value("model", "k"), label_at=0.3),
                    Point(role="before", x=k, y=Value("base")),
                    Point(role="pass@k", x=k, y=Value("model"), drag="k"),
                ],
                name="Curves",
            ),
            Panel(
                "problem by problem; above zero the model is ahead",
                draws_axis(max(2, int(ks[-1]))),
                Axis("pass@k of the model minus the base"),
                [
                    Band(role="gap", x=x, low=Value("low", "k"), high=Value("high", "k")),
                    Rule(role="guide", y=Number(0)),
                    *crossing,
                    Rule(role="exact", x=k, drag="k"),
                    Line(role="gap", label="model minus base", x=x, y=Value("difference", "k"), label_at=0.5),
                    Point(role="gap", x=k, y=Value("difference"), drag="k"),
                ],
                name="Difference",
            ),
        ],
        readouts=[
            percent("model", Value("model")),
            percent("base", Value("base")),
            Readout("difference", Value("difference"), **_POINTS),
            Readout("low", Value("low"), scale=100),
            Readout("high", Value("high"), **_POINTS),
        ],
        sentences=[
            f"k = {{k}}: {name} {{model}}, {base} {{base}}. The difference is {{difference}}; the {level} band, which "
            "holds at all these k together, runs from {low} to {high}."
        ],
        source=f"{len(pair.matching.problems)} common problems. Bands in Curves: {pair.curve.about}, {level}, for each "
        "k by itself.",
    )


def _finding(pair: Pair, name: str, base: str) -> str:
    turn = pair.comparison.crossover
    if turn.shown:
        then = base if pair.comparison.difference[-1] < 0 else name
        return f"{then} overtakes at k = {turn.k} ({100 * pair.comparison.level:g} %: {turn.low} to {turn.high})"
    ahead = [who for who, runs in ((name, turn.b_ahead), (base, turn.a_ahead)) if runs]
    return f"{ahead[0]} is ahead where the band leaves zero" if ahead else "At no k does the band leave zero"


def curve_of_one(profile: Profile, name: str) -> Description:
    """One model's pass@k and pass^k."""
    ks = profile.pass_at.ks
    x, k = Coordinate("k"), ControlValue("k")
    tables = {
        "at": profile.pass_at.estimate, "at low": profile.pass_at.low, "at high": profile.pass_at.high,
        "hat": profile.pass_hat.estimate, "hat low": profile.pass_hat.low, "hat high": profile.pass_hat.high,
    }  # fmt: skip
    return Description(
        name="your-curve",
        title="What more draws add, and what they ask",
        summary="pass@k, one of k samples right, and pass^k, all of k samples right, over the draws k.",
        controls=_draws(ks),
        axes={"k": ks.tolist()},
        tables=_over("k", tables),
        panels=[
            Panel(
                "one of k right, and all of k right",
                draws_axis(max(2, int(ks[-1]))),
                Axis("share of problems (mean)"),
                [
                    Band(role="pass@k", x=x, low=Value("at low", "k"), high=Value("at high", "k")),
                    Band(role="pass@1", x=x, low=Value("hat low", "k"), high=Value("hat high", "k")),
                    Rule(role="exact", x=k, drag="k"),
                    Line(role="pass@k", label="pass@k", x=x, y=Value("at", "k"), label_at=0.7),
                    Line(role="pass@1", label="pass^k", x=x, y=Value("hat", "k"), label_at=0.7, below=True),
                    Point(role="pass@k", x=k, y=Value("at"), drag="k"),
                    Point(role="pass@1", x=k, y=Value("hat"), drag="k"),
                ],
                name="Curves",
            )
        ],
        readouts=[
            percent("at", Value("at")),
            percent("low", Value("at low")),
            percent("high", Value("at high")),
            percent("hat", Value("hat")),
        ],
        sentences=[
            f"k = {{k}}: {name} solves {{at}} of the problems ({{low}} to {{high}}), and is right each time in {{hat}}."
        ],
        source=f"{len(profile.evaluation.problems)} problems. Bands: {profile.pass_at.about}, for each k by itself.",
    )


def problems(pair: Pair, name: str, base: str) -> Description:
    """How the difference is spread over the problems."""
    ks = pair.curve.ks
    share = np.linspace(0, 1, _QUANTILES)
    sorted_ = np.empty((ks.size, _QUANTILES))
    ahead, behind = np.empty(ks.size), np.empty(ks.size)
    for i, k in enumerate(ks):
        mine, other = (
            np.asarray(metrics.pass_at_k(n, c, k)) for n, c in ((pair.n, pair.c), (pair.n_base, pair.c_base))
        )
        difference = np.where(np.abs(mine - other) < 1e-12, 0.0, mine - other)
        sorted_[i] = np.quantile(difference, share, method="nearest")
        ahead[i], behind[i] = (difference > 0).mean(), (difference < 0).mean()
    solved = pair.solved
    return Description(
        name="your-problems",
        title="Which problems carry the difference",
        summary="The problems in the order of their difference between the two models, from worst to best.",
        controls=_draws(ks, 1),
        axes={"k": ks.tolist(), "share": share.tolist()},
        tables={
            "sorted": Table(("k", "share"), sorted_),
            "ahead": Table(("k",), ahead),
            "behind": Table(("k",), behind),
        },
        panels=[
            Panel(
                "each problem's difference, sorted",
                Axis("share of the problems", 0.0, 1.0, ends=("worst", "best")),
                Axis("pass@k of the model minus the base", -1.0, 1.0),
                [
                    Rule(role="guide", y=Number(0)),
                    Line(role="gap", label="model minus base", x=Coordinate("share"), y=Value("sorted", "share")),
                ],
                name="Problems",
            )
        ],
        readouts=[percent("ahead", Value("ahead"), absent="none"), percent("behind", Value("behind"), absent="none")],
        sentences=[
            f"k = {{k}}: {name} has the higher pass@{{k}} on {{ahead}} of the problems, {base} on {{behind}}.",
            "At as many samples of each problem as both have, the model is expected to solve "
            f"{words.percent(solved.gained.estimate)} of the problems that the base does not, and to miss "
            f"{words.percent(solved.lost.estimate)} that the base does.",
        ],
        source="Differences of single problems carry the noise of their samples: two runs of one model also differ.",
    )


def spread(profile: Profile, other: Profile | None, name: str, base: str) -> Description:
    """How c/n is spread over the problems, and the gap against its largest possible."""
    arms = [("model", profile, name, "pass@k", 0.008)]
    if other is not None:
        arms.insert(0, ("base", other, base, "before", -0.008))
    places = np.concatenate([[0.0], (profile.spread.edges[1:] + profile.spread.edges[:-1]) / 2, [1.0]])
    ks = profile.pass_at.ks
    axes: dict[str, Sequence[Any]] = {"k": ks.tolist()}
    tables: dict[str, Table] = {}
    sticks: list[Mark] = []
    for which, arm, label, role, shift in arms:
        found = arm.spread
        counts = np.concatenate([[found.none_right], found.inside, [found.all_right]])
        axes[f"{which} c/n"] = (places + shift * (len(arms) - 1)).tolist()
        tables[which] = Table((f"{which} c/n",), counts / counts.sum())
        at = Coordinate(f"{which} c/n")
        sticks.append(Stems(role=role, label=label, x=at, y=Value(which, f"{which} c/n")))
    first = float(profile.at_first.mean())
    # At k = 1 it is 0; what float64 leaves of that is rounding.
    tables["gap"] = Table(("k",), np.where(ks == 1, 0.0, profile.pass_at.estimate - first))
    tables["most"] = Table(("k",), [float(metrics.gap_at_k(first, int(k))) for k in ks])
    x, k = Coordinate("k"), ControlValue("k")
    return Description(
        name="your-spread",
        title="The gap is what is left to explore: it closes as problems go to 0 or to 1",
        summary="How the share of right samples is spread over the problems, and what k draws add to one.",
        controls=_draws(ks),
        axes=axes,
        tables=tables,
        panels=[
            Panel(
                "problems by their share of right samples",
                Axis("right samples c/n", -0.03, 1.03),
                Axis("share of the problems"),
                sticks,
                name="Spread",
            ),
            Panel(
                "pass@k minus pass@1, and the most it could be",
                draws_axis(max(2, int(ks[-1]))),
                Axis("gap (mean over problems)"),
                [
                    Line(
                        role="guide", label="if all problems had this pass@1", x=x, y=Value("most", "k"), label_at=0.5
                    ),
                    Line(role="gap", label=name, x=x, y=Value("gap", "k"), label_at=0.6, below=True),
                    Point(role="gap", x=k, y=Value("gap"), drag="k"),
                ],
                name="Gap",
            ),
        ],
        readouts=[
            Readout("gap", Value("gap"), **_POINTS),
            Readout("most", Value("most"), **_POINTS),
        ],
        sentences=[
            f"{name}: {profile.spread.none_right} problems without a right sample, {profile.spread.all_right} with no "
            "wrong one. At k = {k} the gap is {gap}; with the same pass@1 everywhere it would be {most}."
        ],
        source="The outermost sticks are the problems at 0 and at 1. c/n is p with the noise of n draws.",
    )


def groups(diagnosis: Diagnosis, name: str, base: str) -> Description:
    """Which groups of n say nothing: all wrong, all right."""
    profile, other = diagnosis.model, diagnosis.base
    sizes = np.array([n for n in range(1, _MOST_GROUP + 1) if n <= profile.last and (n <= 16 or n % 4 == 0)], np.int64)
    if other is not None:
        sizes = sizes[sizes <= other.last]
    tables = _silent(profile, sizes, "model")
    if other is not None:
        tables |= _silent(other, sizes, "base")
    x, n = Coordinate("n"), ControlValue("n")
    start = min(diagnosis.training_n, int(sizes[-1]))

    def panel(which: str, title: str, key: str) -> Panel:
        marks: list[Mark] = [Rule(role="exact", x=n, drag="n")]
        if other is not None:
            marks.append(Line(role="before", label=base, x=x, y=Value(f"base {which}", "n"), label_at=0.7, below=True))
        marks.append(Line(role="pass@k", label=name, x=x, y=Value(f"model {which}", "n"), label_at=0.35))
        marks.append(Point(role="pass@k", x=n, y=Value(f"model {which}"), drag="n"))
        return Panel(
            title, Axis("samples n in a group", 1, int(sizes[-1])), Axis("share of the groups"), marks, name=key
        )

    readouts = [percent(f"{which}_{what}", Value(f"{which} {what}")) for which in ("model", "base")
                for what in ("wrong", "right") if f"{which} {what}" in tables]  # fmt: skip
    sentences = [f"Groups of {{n}}: {name} {{model_wrong}} all wrong, {{model_right}} all right."]
    if other is not None:
        sentences.append(f"{base}: {{base_wrong}} all wrong, {{base_right}} all right.")
    return Description(
        name="your-groups",
        title="Groups with nothing to compare teach a group-relative rule nothing",
        summary="Share of groups of n samples that are all wrong, and that are all right.",
        controls=[Slider("n", "samples n in a group", sizes.tolist(), int(sizes[sizes <= start][-1]), play=True)],
        axes={"n": sizes.tolist()},
        tables=_over("n", tables),
        panels=[
            panel("wrong", "not one sample right", "All wrong"),
            panel("right", "not one sample wrong", "All right"),
        ],
        readouts=readouts,
        sentences=sentences,
        source="Groups drawn without replacement from each problem's own samples, so without bias.",
    )


def _silent(profile: Profile, sizes: Ints, which: str) -> dict[str, Floats]:
    n, c = profile.evaluation.n, profile.evaluation.c
    return {
        f"{which} wrong": np.array([np.mean(metrics.pass_hat_k(n, n - c, size)) for size in sizes]),
        f"{which} right": np.array([np.mean(metrics.pass_hat_k(n, c, size)) for size in sizes]),
    }


_BINS = 10


def weights(profile: Profile, name: str) -> Description:
    """Where an objective's signal would lie on these problems."""
    n, c = profile.evaluation.n, profile.evaluation.c
    group = profile.weights[0].n if profile.weights else 8
    ks = [k for k in (2, 4, 8, 16) if k <= group] or [1]
    names = [name for name in objectives.names() if not objectives.get(name).missing("credit", group)]
    p = c / n
    which = np.minimum((p * _BINS).astype(int), _BINS - 1)
    signal = np.zeros((len(names), len(ks), _BINS))
    share = np.full((len(names), len(ks)), np.nan)
    for i, objective in enumerate(names):
        for j, k in enumerate(ks):
            made = _at_draws(objective, k)
            if made is None or made.missing("credit", group):
                signal[i, j] = np.nan
                continue
            found = weight(made, n, c, group)
            carried = np.abs(found.at) * p * (1 - p)
            signal[i, j] = np.bincount(which, carried, _BINS) / (carried.sum() or 1.0)
            share[i, j] = found.effective_share
    places = (np.arange(_BINS) + 0.5) / _BINS
    there = np.bincount(which, minlength=_BINS) / n.size
    first = [one for one in ("pass@1", "grpo", "pass@k-loo-1", "pass@k-training", "maxrl") if one in names]
    return Description(
        name="your-weights",
        title="Objectives share out their signal differently over the same problems",
        summary="How the signal of an objective is shared out over the problems, by their share of right samples.",
        controls=[
            Choice("objective", "objective", names, first[0] if first else names[0], first=tuple(first)),
            Slider("k", "draws k", ks, ks[min(1, len(ks) - 1)]),
        ],
        axes={
            "objective": names,
            "k": ks,
            "c/n": places.tolist(),
            "beside": (places + 0.012).tolist(),
        },
        tables={
            "signal": Table(("objective", "k", "beside"), signal),
            "share": Table(("objective", "k"), share),
            "there": Table(("c/n",), there),
        },
        panels=[
            Panel(
                "where the problems are, and where the signal is",
                Axis("right samples c/n", 0.0, 1.0),
                Axis("share"),
                [
                    Stems(role="before", label="problems", x=Coordinate("c/n"), y=Value("there", "c/n")),
                    Stems(role="pass@k", label="{objective}", x=Coordinate("beside"), y=Value("signal", "beside")),
                ],
                name="Signal",
            )
        ],
        readouts=[percent("share", Value("share"), absent="unknown: it needs another k")],
        sentences=[
            f"{{objective}} (with k = {{k}}, if it has one), groups of {group}: the signal is as if {{share}} of "
            f"{name}'s problems carried it alike and the others nothing."
        ],
        source="Signal: |weight| times p(1 - p), with c/n taken for p; weight: objectives.effective_weight, exact.",
    )


def _at_draws(name: str, k: int) -> Any:
    try:
        return objectives.with_draws(name, k)
    except ValueError:
        return None


def votes(profile: Profile, voting: Voting, name: str) -> Description:
    """pass@k beside what can be had without a verifier: the majority's answer."""
    ks = voting.majority.ks
    x, k = Coordinate("k"), ControlValue("k")
    tables = {
        "at": metrics.pass_at_k_curve(profile.evaluation.n, profile.evaluation.c, ks),
        "majority": voting.majority.estimate, "low": voting.majority.low, "high": voting.majority.high,
        "distinct": voting.distinct.estimate,
    }  # fmt: skip
    return Description(
        name="your-votes",
        title="Without a verifier, a vote is what k samples are worth",
        summary="pass@k, the share that a majority of k answers gets right, and how many different answers there are.",
        controls=_draws(ks),
        axes={"k": ks.tolist()},
        tables=_over("k", tables),
        panels=[
            Panel(
                "one of k right, and the most frequent right",
                draws_axis(max(2, int(ks[-1]))),
                Axis("share of problems (mean)", tight=True),
                [
                    Band(role="pass@1", x=x, low=Value("low", "k"), high=Value("high", "k")),
                    Line(role="pass@k", label="pass@k", x=x, y=Value("at", "k")),
                    Line(role="pass@1", label="majority", x=x, y=Value("majority", "k"), below=True),
                    Point(role="pass@k", x=k, y=Value("at"), drag="k"),
                    Point(role="pass@1", x=k, y=Value("majority"), drag="k"),
                ],
                name="Votes",
            ),
            Panel(
                "different answers among k samples",
                draws_axis(max(2, int(ks[-1]))),
                Axis("distinct answers (mean)"),
                [
                    Line(role="gap", label="distinct", x=x, y=Value("distinct", "k")),
                    Point(role="gap", x=k, y=Value("distinct"), drag="k"),
                ],
                name="Distinct",
            ),
        ],
        readouts=[
            percent("at", Value("at")),
            percent("majority", Value("majority")),
            Readout("distinct", Value("distinct")),
        ],
        sentences=[
            f"k = {{k}}: {name} has one right answer in {{at}} of the problems; the most frequent answer is right in "
            "{majority}; there are {distinct} different answers."
        ],
        source="Ties are split evenly; a sample without an answer does not vote.",
    )


def over_steps(trend: Trend, name: str) -> Description:
    """pass@1, pass@k and silent groups over the checkpoints."""
    steps = [float(step.step or 0) for step in trend.steps]
    rows = {
        "first": [step.pass_at_1 for step in trend.steps],
        "last": [step.pass_at_last for step in trend.steps],
        "wrong": [step.silence.all_wrong for step in trend.steps],
        "right": [step.silence.all_right for step in trend.steps],
    }
    tables: dict[str, Any] = {}
    for key, estimates in rows.items():
        tables[key] = [one.estimate for one in estimates]
        for end in ("low", "high"):
            tables[f"{key} {end}"] = [np.nan if getattr(one, end) is None else getattr(one, end) for one in estimates]
    x, at = Coordinate("step"), ControlValue("step")
    group = trend.steps[0].silence.n

    def panel(title: str, key: str, label: str, pairs: Sequence[tuple[str, str, str]]) -> Panel:
        bands: list[Mark] = [
            Band(role=role, x=x, low=Value(f"{which} low", "step"), high=Value(f"{which} high", "step"))
            for which, role, _ in pairs
        ]
        lines: list[Mark] = [
            Line(role=role, label=text, x=x, y=Value(which, "step"), label_at=0.7) for which, role, text in pairs
        ]
        dots: list[Mark] = [Point(role=role, x=at, y=Value(which), drag="step") for which, role, _ in pairs]
        return Panel(
            title, Axis("step of training", min(steps), max(steps)), Axis(label), [*bands, *lines, *dots], name=key
        )

    return Description(
        name="your-trend",
        title="Over the checkpoints: what is gained at one draw, and what is left to explore",
        summary="pass@1, pass@k and the shares of silent groups at each checkpoint.",
        controls=[Slider("step", "step of training", steps, steps[-1], play=True)],
        axes={"step": steps},
        tables=_over("step", tables),
        panels=[
            panel(
                "solved in one draw, and in k", "Curves", "share of problems (mean)",
                [("last", "pass@k", f"pass@{trend.last}"), ("first", "pass@1", "pass@1")],
            ),
            panel(
                f"groups of {group} that say nothing", "Silence", "share of the groups",
                [("wrong", "wrong", "all wrong"), ("right", "correct", "all right")],
            ),
        ],
        readouts=[percent(which, Value(which)) for which in rows],
        sentences=[
            f"Step {{step}} of {name}: pass@1 {{first}}, pass@{trend.last} {{last}}; of groups of {group}, {{wrong}} "
            "are all wrong and {right} all right."
        ],
        source=f"{trend.problems_in_all} problems are in every step"
        + ("; the numbers are of these." if trend.on_common else "; each step speaks of its own problems."),
    )  # fmt: skip


def _draws(ks: Ints, start: int | None = None) -> list[Control]:
    """The slider of k, which starts at the largest unless something happens elsewhere."""
    at = int(ks[-1] if start is None else ks[np.abs(ks - start).argmin()])
    return [Slider("k", "draws k", ks.tolist(), at, play=ks.size > 1)]


def _over(dim: str, tables: dict[str, Any]) -> dict[str, Table]:
    return {name: Table((dim,), np.asarray(values, np.float64)) for name, values in tables.items()}
