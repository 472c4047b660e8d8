"""Two sets of result files -> a diagnosis: curves, difference, crossing, verdicts and warnings, each with its numbers."""

from passk_lab.report.diagnosis import Diagnosis
from passk_lab.report.verdicts import Verdict

__all__ = ["Diagnosis", "Verdict"]
