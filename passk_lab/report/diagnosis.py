"""A diagnosis: all that is said of one evaluation, of its checkpoints, and of it beside a base, as numbers."""

from dataclasses import dataclass

from passk_lab.readers.evaluation import Evaluation, Notice
from passk_lab.report.pair import Matching, Pair
from passk_lab.report.profile import Profile
from passk_lab.report.trend import Trend
from passk_lab.report.verdicts import Verdict


@dataclass(frozen=True)
class Diagnosis:
    """What two sets of result files say, with what must be said beside it. It holds numbers and words, no pictures."""

    model: Profile
    """The evaluation that was asked about; of several checkpoints, the last."""
    base: Profile | None
    """What it is read against, if anything."""
    matching: Matching | None
    """Which problems the two share; None without a base."""
    pair: Pair | None
    """Both on their common problems; None without a base, or with fewer than two common problems (a notice says so)."""
    trend: Trend | None
    """Over the checkpoints, where there are several."""
    checkpoints: tuple[Evaluation, ...]
    """All that were read, in their order; one where the files are no checkpoints."""
    verdicts: tuple[Verdict, ...]
    """In the order in which they are to be read; never empty where there is a base."""
    notices: tuple[Notice, ...]
    """All warnings, of the readers and of the comparison; those about the base begin with "base: "."""
    level: float
    """Of every interval."""
    training_n: int
    """Samples of a group in training, as silence and weights take it."""
    training_n_was_given: bool
    """Or whether it was assumed."""
    name: str
    """What the model is called here, and the base: by its run, its settings, or its file."""
    base_name: str
