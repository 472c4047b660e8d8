"""The sheet: one leaf, printed on both sides. Definitions, boxes for predictions, exercises by hand."""

from __future__ import annotations

import html

from passk_lab.teach.paper import PAPERS
from passk_lab.teach.predictions import PREDICTIONS
from passk_lab.teach.printed import INK, LINE, printed

# No bracket is taller than a letter: where no mathematics font is installed, none can be stretched.
_OPEN, _CLOSE = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'
_MISS = f"<msup><mrow>{_OPEN}<mn>1</mn><mo>−</mo><mi>p</mi>{_CLOSE}</mrow>"
"""(1 − p) to the power that follows."""


def _draws(of: str) -> str:
    """C(of, k), the number of draws of k, as one term."""
    return f"<mrow><mi>C</mi>{_OPEN}{of}<mo>,</mo><mi>k</mi>{_CLOSE}</mrow>"


_DEFINITIONS = (
    ("p", "<mi>p</mi>", "Chance that one sampled answer to a prompt is right."),
    (
        "pass@k, if p is known",
        f"<mtext>pass@</mtext><mi>k</mi><mo>=</mo><mn>1</mn><mo>−</mo>{_MISS}<mi>k</mi></msup>",
        "Chance that at least one of k independent samples is right. pass@1 is p.",
    ),
    (
        "pass@k, from n samples of which c are right",
        "<mtext>pass@</mtext><mi>k</mi><mo>=</mo><mn>1</mn><mo>−</mo>"
        f"<mfrac displaystyle='true'>{_draws('<mi>n</mi><mo>−</mo><mi>c</mi>')}{_draws('<mi>n</mi>')}</mfrac>",
        "C(n, k) is the number of ways to draw k of n: this is the share of the draws that hold a right one. Unbiased "
        "for k up to n. Over problems: each first, then the mean.",
    ),
    (
        "Weight",
        "<mo>∇</mo><mtext>pass@</mtext><mi>k</mi><mo>=</mo><mi>k</mi>"
        f"{_MISS}<mrow><mi>k</mi><mo>−</mo><mn>1</mn></mrow></msup><mo>∇</mo><mi>p</mi>",
        "For one prompt a factor and no new direction.",
    ),
    (
        "Gap",
        "<mtext>pass@</mtext><mi>k</mi><mo>−</mo><mtext>pass@1</mtext>",
        "Zero at p = 0 and at p = 1: it does not say at which end you are.",
    ),
    (
        "Silent group",
        f"<msup><mi>p</mi><mi>n</mi></msup><mo>+</mo>{_MISS}<mi>n</mi></msup>",
        "Chance that all n samples of a group are alike, so that a rule that compares them learns nothing.",
    ),
)
"""A name, its formula in MathML, and what it says."""

EXERCISES = (
    "at least one", "pass@k from counts", "mixed group", "slope of failure", "slope of the gap", "different answers",
    "mean of two problems", "accepted and right",
)  # fmt: skip
"""By name, as the sheet numbers them."""

_CSS = f"""
dl {{ margin: 0; }}
dt {{ font-weight: 600; margin-top: 5px; }}
dt math {{ font-weight: 400; margin-left: 8px; font-size: 1.1em; }}
dd {{ margin: 0; }}
ol {{ margin: 0; padding-left: 1.5em; }}
li {{ margin: 5px 0; break-inside: avoid; }}
.box {{ border: 1px solid {LINE}; min-height: 26px; margin: 3px 0; }}
.work {{ border: 1px solid {LINE}; min-height: 74px; margin: 3px 0; }}
svg {{ width: 100%; height: auto; display: block; }}
svg text {{ font: 11px system-ui, sans-serif; fill: {INK}; }}
svg path {{ stroke: {LINE}; fill: none; stroke-width: 0.6; }}
@media print {{
  dt, dd {{ display: inline; }} dt math {{ margin: 0 8px; }} dd::after {{ content: "\\A"; white-space: pre; }}
  dl {{ line-height: 1.5; }}
  .box {{ min-height: 40px; }} .second .box {{ min-height: 50px; }} .work {{ min-height: 250px; }}
  .second {{ break-before: page; }}
}}
"""

_BODY = """<h1>Ask a model k times</h1>
<p>Is pass@k something to train on, or only something to watch? &emsp; Name: ____________________</p>
<h2>Before a word is said: predict</h2>
<p>Nobody is marked for these, and nobody changes them later.</p>
<ol>{predictions}</ol>
<p>Draw both curves: the base from 1 draw to 128, and the trained model above it at one draw.</p>
{grid}
<h2>Afterwards: what the claim is, where it holds, where it stops</h2>
<div class="work"></div>
<section class="second">
<h2>Definitions</h2>
<dl>{definitions}</dl>
<h2>By hand</h2>
<ol>{exercises}</ol>
</section>"""


def handout(home: str) -> str:
    """Return the sheet as a page; `home` is the way from it to the first page of the kit."""
    definitions = "".join(
        f'<dt>{html.escape(name)}<math display="inline">{formula}</math></dt><dd>{html.escape(said)}</dd>'
        for name, formula, said in _DEFINITIONS
    )
    body = _BODY.format(
        predictions="".join(f'<li>{html.escape(one.asked)}<div class="box"></div></li>' for one in PREDICTIONS),
        grid=_grid(),
        definitions=definitions,
        exercises="".join(f'<li>{html.escape(PAPERS[name].asked)}<div class="box"></div></li>' for name in EXERCISES),
    )
    return printed("Ask a model k times: the sheet", _CSS, body, home, "The first page of the kit")


def _grid() -> str:
    """Paper to draw pass@k on: k doubles from line to line, as on the axes of the explorers."""
    width, height, left, top = 640, 214, 42, 8
    ks, shares = [1 << i for i in range(8)], range(0, 101, 20)
    across = [left + i * (width - left - 10) / (len(ks) - 1) for i in range(len(ks))]
    down = [top + (100 - share) * (height - top - 38) / 100 for share in shares]
    lines = "".join(f"M{x:.0f} {down[-1]:.0f}V{down[0]:.0f}" for x in across)
    lines += "".join(f"M{left} {y:.0f}H{across[-1]:.0f}" for y in down)
    texts = "".join(
        f'<text x="{x:.0f}" y="{height - 24}" text-anchor="middle">{k}</text>' for x, k in zip(across, ks, strict=True)
    )
    texts += "".join(
        f'<text x="{left - 4}" y="{y + 4:.0f}" text-anchor="end">{share} %</text>'
        for y, share in zip(down, shares, strict=True)
    )
    texts += f'<text x="{(left + across[-1]) / 2:.0f}" y="{height - 8}" text-anchor="middle">draws k</text>'
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="An empty grid: draws k from 1 to 128 to the '
        f'right, pass@k from 0 to 100 % upwards"><path d="{lines}"/>{texts}</svg>'
    )
