// Grid, ticks and names of a panel's two axes.
// @ts-check

import { ticksOf } from "./scales.js";

const GAP = 6;  // pixels between two numbers

/** @param {import("./panel.js").PanelCanvas} panel */
export function drawAxes(panel) {
  drawHeights(panel);
  drawAcross(panel);
}

/** @param {import("./panel.js").PanelCanvas} panel */
function drawHeights(panel) {
  const { g, look, theme, left, right, top } = panel;
  g.lineWidth = 1;
  g.strokeStyle = look.grid[theme];
  g.fillStyle = look.quiet[theme];
  g.textAlign = "right"; g.textBaseline = "middle";
  for (const [v, text] of ticksOf(panel.panel.y, ...panel.rangeY)) {
    const y = Math.round(panel.py(v)) + 0.5;
    g.beginPath(); g.moveTo(left, y); g.lineTo(right, y); g.stroke();
    panel.write(text, left - GAP, y, left - GAP);
  }
  // The name lies on its side nowhere: above the axis there is as much room as the panel is wide.
  g.fillStyle = look.ink[theme]; g.textAlign = "left";
  panel.write(panel.panel.y.label, 2, top - 16);
}

/** @param {import("./panel.js").PanelCanvas} panel */
function drawAcross(panel) {
  const { g, look, theme, left, right, bottom, width } = panel, { label, ends } = panel.panel.x;
  g.textAlign = "center"; g.textBaseline = "top";
  for (const [x, middle, text] of ticksThatFit(panel)) {
    g.beginPath(); g.moveTo(x, bottom); g.lineTo(x, bottom + 4); g.stroke();
    panel.write(text, middle, bottom + 7);
  }
  g.strokeStyle = look.quiet[theme];
  g.beginPath(); g.moveTo(left, bottom + 0.5); g.lineTo(right, bottom + 0.5); g.stroke();
  g.fillStyle = look.ink[theme];
  const half = g.measureText(label).width / 2;
  panel.write(label, Math.max(half, Math.min((left + right) / 2, width - half)), bottom + (ends ? 35 : 23));
  if (ends) {
    g.fillStyle = look.quiet[theme];
    g.textAlign = "left"; panel.write(ends[0], left, bottom + 20);
    g.textAlign = "right"; panel.write(ends[1], right, bottom + 20);
  }
}

/**
 * Where the ticks are, where their numbers stand, and the numbers. The last one is always there, since it says how far
 * the axis goes; others are left out where they would touch.
 * @param {import("./panel.js").PanelCanvas} panel
 * @returns {[number, number, string][]}
 */
function ticksThatFit(panel) {
  const { g, width } = panel;
  const all = ticksOf(panel.panel.x, ...panel.rangeX).map(([v, text]) => {
    const x = Math.round(panel.px(v)) + 0.5, half = g.measureText(text).width / 2;
    return { x, half, text, middle: Math.max(half, Math.min(x, width - half)) };
  });
  const apart = (/** @type {typeof all[0]} */ a, /** @type {typeof all[0]} */ b) =>
    b.middle - b.half >= a.middle + a.half + GAP;
  /** @type {typeof all} */
  let kept = [];
  for (let every = 1; every <= all.length; every++) {
    kept = all.filter((_, i) => i % every === 0);
    if (kept.every((tick, i) => !i || apart(kept[i - 1], tick))) break;
  }
  const last = all[all.length - 1];
  if (last && !kept.includes(last)) {
    while (kept.length > 1 && !apart(kept[kept.length - 1], last)) kept.pop();
    kept.push(last);
  }
  return kept.map(({ x, middle, text }) => [x, middle, text]);
}
