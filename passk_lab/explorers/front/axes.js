// Grid, ticks and names of a panel's two axes.
// @ts-check

import { ticksOf } from "./scales.js";

/** @param {import("./panel.js").PanelCanvas} panel */
export function drawAxes(panel) {
  drawHeights(panel);
  drawAcross(panel);
}

/** @param {import("./panel.js").PanelCanvas} panel */
function drawHeights(panel) {
  const { g, look, theme, left, right, top, bottom } = panel;
  g.lineWidth = 1;
  g.strokeStyle = look.grid[theme];
  g.fillStyle = look.quiet[theme];
  g.textAlign = "right"; g.textBaseline = "middle";
  for (const [v, text] of ticksOf(panel.panel.y, ...panel.rangeY)) {
    const y = Math.round(panel.py(v)) + 0.5;
    g.beginPath(); g.moveTo(left, y); g.lineTo(right, y); g.stroke();
    g.fillText(text, left - 6, y);
  }
  g.save();
  g.translate(11, (top + bottom) / 2); g.rotate(-Math.PI / 2);
  g.fillStyle = look.ink[theme]; g.textAlign = "center";
  g.fillText(panel.panel.y.label, 0, 0);
  g.restore();
}

/** @param {import("./panel.js").PanelCanvas} panel */
function drawAcross(panel) {
  const { g, look, theme, left, right, bottom } = panel, { label, ends } = panel.panel.x;
  g.textAlign = "center"; g.textBaseline = "top";
  let end = -Infinity;
  for (const [v, text] of ticksOf(panel.panel.x, ...panel.rangeX)) {
    const x = Math.round(panel.px(v)) + 0.5, half = g.measureText(text).width / 2;
    g.beginPath(); g.moveTo(x, bottom); g.lineTo(x, bottom + 4); g.stroke();
    const middle = Math.min(x, panel.width - half);  // a long number at the end of the axis stays on the canvas
    if (middle - half < end + 6) continue;
    g.fillText(text, middle, bottom + 7);
    end = middle + half;
  }
  g.strokeStyle = look.quiet[theme];
  g.beginPath(); g.moveTo(left, bottom + 0.5); g.lineTo(right, bottom + 0.5); g.stroke();
  g.fillStyle = look.ink[theme];
  g.fillText(label, (left + right) / 2, bottom + (ends ? 40 : 28));
  if (ends) {
    g.fillStyle = look.quiet[theme];
    g.textAlign = "left"; g.fillText(ends[0], left, bottom + 23);
    g.textAlign = "right"; g.fillText(ends[1], right, bottom + 23);
  }
}
