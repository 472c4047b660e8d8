"""The story of the lab as one page for everyone: "Ask a model k times". It moves, and needs no Python to be read."""

from passk_lab.story.assembly import page

__all__ = ["page"]
