// Labels on the marks. Each stands by its mark; where two would touch, the lower one moves down.
// @ts-check

import { FACES } from "./marks.js";

/** @typedef {import("./panel.js").PanelCanvas} PanelCanvas */
/** @typedef {import("./types.js").Shown} Shown */
/** @typedef {import("./types.js").Label} Label */

const LINE = 15;  // pixels from one label down to the next

/**
 * @param {PanelCanvas} panel
 * @param {Shown[]} shown
 * @param {(template: string) => string} fill
 */
export function drawLabels(panel, shown, fill) {
  const { g } = panel, /** @type {Label[]} */ placed = [];
  const labels = [
    ...shown.flatMap((mark) => (mark.label ? oneLabel(panel, mark, fill(mark.label)) : [])),
    ...shown.flatMap((mark) => FACES[mark.kind].labels?.(panel, mark) ?? []),
  ].map((label) => inside(panel, label));
  labels.sort((a, b) => a.y - b.y);
  g.textBaseline = "middle"; g.textAlign = "left"; g.lineJoin = "round";
  for (const label of labels) {
    for (const other of placed) {
      const apart = label.x > other.x + other.width + 4 || other.x > label.x + label.width + 4;
      if (!apart && label.y < other.y + LINE) label.y = other.y + LINE;
    }
    placed.push(label);
    g.lineWidth = 4; g.strokeStyle = panel.look.ground[panel.theme]; g.strokeText(label.text, label.x, label.y);
    g.fillStyle = panel.colour(label.role); g.fillText(label.text, label.x, label.y);
  }
}

/** @type {(panel: PanelCanvas, mark: Shown, text: string) => Label[]} */
function oneLabel(panel, mark, text) {
  const { width } = panel.g.measureText(text);
  const place = FACES[mark.kind].label?.(panel, mark, width);
  if (!place || Number.isNaN(place[0]) || Number.isNaN(place[1])) return [];
  return [{ text, role: mark.role, x: place[0], y: place[1], width }];
}

/** @type {(panel: PanelCanvas, label: Label) => Label} */
const inside = ({ left, right, top, bottom }, label) => ({
  ...label,
  x: Math.min(Math.max(label.x, left + 3), right - label.width),
  y: Math.min(Math.max(label.y, top + 6), bottom - 8),
});
