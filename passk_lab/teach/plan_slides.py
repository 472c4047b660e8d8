"""A plan's figures as slides: what `passk-lab present plan-90-minutes` shows, in place of a tab for each."""

from __future__ import annotations

from dataclasses import replace

from passk_lab.explorers.address import View
from passk_lab.explorers.slides import Slide
from passk_lab.teach.activities import Activity
from passk_lab.teach.figures import figure
from passk_lab.teach.plans import Plan


def plan_slides(plan: Plan) -> list[Slide]:
    """Return the figures of a plan in order, each as its step opens it: with its question, the answer kept back.

    >>> from passk_lab.teach.plans import PLANS
    >>> shown = plan_slides(PLANS[0])
    >>> [slide.description.name for slide in shown]
    ['pass-at-k', 'collapse-run', 'same-path', 'collapse', 'interference']
    >>> shown[0].view.hides, shown[0].description.vote.endswith("?"), len(shown[0].choices)
    (True, True, 3)
    """
    return [_slide(step) for session in plan.sessions for _, step in session.steps if step.figure]


def _slide(step: Activity) -> Slide:
    one = figure(step.figure)
    choices = tuple(choice.text for choice in one.asked.shown) if step.vote else ()
    return Slide(replace(one.description, vote=one.asked.text), View(one.asking, hides=step.vote), choices)
