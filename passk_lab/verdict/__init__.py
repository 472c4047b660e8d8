"""The verdict: each claim of the paper and of its critics in each world, computed and judged by one rule."""

from passk_lab.verdict.claims import CLAIMS, WORLDS, Claim
from passk_lab.verdict.evidence import VERDICTS, Evidence, over_seeds, verdict_of
from passk_lab.verdict.table import cells, overview, page, verdict_in

__all__ = [
    "CLAIMS",
    "VERDICTS",
    "WORLDS",
    "Claim",
    "Evidence",
    "cells",
    "over_seeds",
    "overview",
    "page",
    "verdict_in",
    "verdict_of",
]
