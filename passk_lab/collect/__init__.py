"""What a class handed in: judged, each submission shut in by itself, and told to the teacher on one page."""

from passk_lab.collect.page import page
from passk_lab.collect.results import as_csv, collect

__all__ = ["as_csv", "collect", "page"]
