"""The sheet: one leaf, printed on both sides. Definitions, boxes for predictions, exercises by hand."""

from __future__ import annotations

import html

from passk_lab import look
from passk_lab.teach.paper import PAPERS

_DEFINITIONS = (
    ("p", "<mi>p</mi>", "Chance that one sampled answer to a prompt is right."),
    (
        "pass@k, if p is known",
        "<mtext>pass@</mtext><mi>k</mi><mo>=</mo><mn>1</mn><mo>−</mo>"
        "<msup><mrow><mo>(</mo><mn>1</mn><mo>−</mo><mi>p</mi><mo>)</mo></mrow><mi>k</mi></msup>",
        "Chance that at least one of k independent samples is right. pass@1 is p.",
    ),
    (
        "pass@k, from n samples of which c are right",
        "<mtext>pass@</mtext><mi>k</mi><mo>=</mo><mn>1</mn><mo>−</mo>"
        "<mrow><mo>(</mo><mfrac linethickness='0'><mrow><mi>n</mi><mo>−</mo><mi>c</mi></mrow><mi>k</mi></mfrac>"
        "<mo>)</mo></mrow>"
        "<mo>/</mo><mrow><mo>(</mo><mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac><mo>)</mo></mrow>",
        "Unbiased for k up to n: the share of the draws of k among n that hold a right one. Over problems: each first, "
        "then the mean.",
    ),
    (
        "Weight",
        "<mo>∇</mo><mtext>pass@</mtext><mi>k</mi><mo>=</mo><mi>k</mi>"
        "<msup><mrow><mo>(</mo><mn>1</mn><mo>−</mo><mi>p</mi><mo>)</mo></mrow>"
        "<mrow><mi>k</mi><mo>−</mo><mn>1</mn></mrow></msup><mo>∇</mo><mi>p</mi>",
        "For one prompt a factor and no new direction.",
    ),
    (
        "Gap",
        "<mtext>pass@</mtext><mi>k</mi><mo>−</mo><mtext>pass@1</mtext>",
        "Zero at p = 0 and at p = 1: it does not say at which end you are.",
    ),
    (
        "Silent group",
        "<msup><mi>p</mi><mi>n</mi></msup><mo>+</mo>"
        "<msup><mrow><mo>(</mo><mn>1</mn><mo>−</mo><mi>p</mi><mo>)</mo></mrow><mi>n</mi></msup>",
        "Chance that all n samples of a group are alike, so that a rule that compares them learns nothing.",
    ),
)
"""A name, its formula in MathML, and what it says."""

_PREDICTIONS = (
    "A model solves a prompt once in ten samples. How many samples until it is more likely than not that one is right?",
    "A model is trained until it is right far more often at one draw. At 128 draws, is it above its base, or below?",
    "A prompt is solved nine times in ten. Training on pass@16 weighs it how much, beside training on pass@1?",
    "Four answers are right. You train on pass@16 for a long time. How many of the four are still given?",
)

_EXERCISES = (
    "at least one", "pass@k from counts", "mixed group", "slope of failure", "slope of the gap", "different answers",
    "mean of two problems", "accepted and right",
)  # fmt: skip

_INK, _LINE = look.css(look.INK["light"], look.INK["dark"]), look.css(look.QUIET["light"], look.QUIET["dark"])
_CSS = f"""
:root {{ color-scheme: light dark; }}
body {{ margin: 0; background: {look.css(look.GROUND["light"], look.GROUND["dark"])}; color: {_INK};
  font: 15px/1.4 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }}
main {{ max-width: 760px; margin: 0 auto; padding: 14px; }}
h1 {{ font-size: 22px; margin: 0 0 4px; }}
h2 {{ font-size: 16px; margin: 14px 0 4px; }}
p, dd, li {{ overflow-wrap: anywhere; }}
p {{ margin: 4px 0; }}
dl {{ margin: 0; }}
dt {{ font-weight: 600; margin-top: 5px; }}
dt math {{ font-weight: 400; margin-left: 8px; font-size: 1.1em; }}
dd {{ margin: 0; }}
ol {{ margin: 0; padding-left: 1.5em; }}
li {{ margin: 5px 0; break-inside: avoid; }}
.box {{ border: 1px solid {_LINE}; min-height: 26px; margin: 3px 0; }}
.work {{ border: 1px solid {_LINE}; min-height: 74px; margin: 3px 0; }}
a {{ color: {look.css(look.ROLES["pass@1"].light, look.ROLES["pass@1"].dark)}; }}
svg {{ width: 100%; height: auto; display: block; }}
svg text {{ font: 11px system-ui, sans-serif; fill: {_INK}; }}
svg path {{ stroke: {_LINE}; fill: none; stroke-width: 0.6; }}
@page {{ margin: 12mm; }}
@media print {{
  :root {{ color-scheme: light; }}
  body {{ font-size: 9.5pt; background: #FFFFFF; color: #000000; }}
  main {{ max-width: none; padding: 0; }}
  .box {{ min-height: 34px; }} .second .box {{ min-height: 42px; }} .work {{ min-height: 200px; }}
  h1 {{ font-size: 14pt; }} h2 {{ font-size: 11pt; margin-top: 8pt; }}
  .second {{ break-before: page; }}
  nav {{ display: none; }}
}}
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="passk_lab">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Ask a model k times: the sheet</title>
<style>{css}</style>
</head>
<body>
<main>
<h1>Ask a model k times</h1>
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
</section>
<nav><p><a href="{home}">The first page of the kit</a></p></nav>
</main>
</body>
</html>
"""


def handout(home: str) -> str:
    """Return the sheet as a page; `home` is the way from it to the first page of the kit."""
    definitions = "".join(
        f'<dt>{html.escape(name)}<math display="inline">{formula}</math></dt><dd>{html.escape(said)}</dd>'
        for name, formula, said in _DEFINITIONS
    )
    return _PAGE.format(
        css=_CSS,
        predictions="".join(f'<li>{html.escape(text)}<div class="box"></div></li>' for text in _PREDICTIONS),
        grid=_grid(),
        definitions=definitions,
        exercises="".join(f'<li>{html.escape(PAPERS[name].asked)}<div class="box"></div></li>' for name in _EXERCISES),
        home=html.escape(home, quote=True),
    )


def _grid() -> str:
    """Paper to draw pass@k on: k doubles from line to line, as on the axes of the explorers."""
    width, height, left, top = 640, 200, 42, 8
    ks, shares = [1 << i for i in range(8)], range(0, 101, 20)
    across = [left + i * (width - left - 10) / (len(ks) - 1) for i in range(len(ks))]
    down = [top + (100 - share) * (height - top - 24) / 100 for share in shares]
    lines = "".join(f"M{x:.0f} {down[-1]:.0f}V{down[0]:.0f}" for x in across)
    lines += "".join(f"M{left} {y:.0f}H{across[-1]:.0f}" for y in down)
    texts = "".join(
        f'<text x="{x:.0f}" y="{height - 10}" text-anchor="middle">{k}</text>' for x, k in zip(across, ks, strict=True)
    )
    texts += "".join(
        f'<text x="{left - 4}" y="{y + 4:.0f}" text-anchor="end">{share} %</text>'
        for y, share in zip(down, shares, strict=True)
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="An empty grid: draws k from 1 to 128 to the '
        f'right, pass@k from 0 to 100 % upwards"><path d="{lines}"/>{texts}</svg>'
    )
