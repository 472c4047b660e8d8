"""Two sets of result files -> a diagnosis: curves, difference, crossing, verdicts and warnings, with their numbers."""

from passk_lab.report.as_json import to_json
from passk_lab.report.diagnosis import Diagnosis, diagnose
from passk_lab.report.verdicts import Verdict

__all__ = ["Diagnosis", "Verdict", "diagnose", "to_json"]
