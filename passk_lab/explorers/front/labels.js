// Labels on the marks. Each stands by its mark, where it covers neither another label nor more of a curve than it must.
// @ts-check

import { FACES } from "./marks.js";
import { clipped, inked } from "./ink.js";

/** @typedef {import("./panel.js").PanelCanvas} PanelCanvas */
/** @typedef {import("./types.js").Shown} Shown */
/** @typedef {import("./types.js").Label} Label */
/** @typedef {{x: number, y: number, width: number}} Place  Left end, middle of the height, and length of a text. */

const HEIGHT = 14;  // pixels that a line of text covers
const COVERED = 1000;  // what it costs to touch another label; a pixel of a curve costs one

/**
 * @param {PanelCanvas} panel
 * @param {Shown[]} shown
 * @param {(template: string) => string} fill
 */
export function drawLabels(panel, shown, fill) {
  const { g } = panel, /** @type {Map<string, Label>} */ labels = new Map();
  for (const mark of shown) {
    // Two marks of one name are one thing drawn twice: it is named once, where the upper one is.
    for (const label of labelsOf(panel, mark, fill)) labels.set(label.text, label);
  }
  const inkAt = inked(panel, shown), /** @type {Place[]} */ placed = [];
  g.textBaseline = "middle"; g.textAlign = "left"; g.lineJoin = "round";
  // Who has little choice goes first.
  const inOrder = [...labels.values()];
  inOrder.sort((a, b) => a.places.length - b.places.length);
  for (const label of inOrder) {
    const place = bestPlace(panel, label, placed, inkAt);
    placed.push(place);
    g.lineWidth = 4; g.strokeStyle = panel.look.ground[panel.theme]; g.strokeText(label.text, place.x, place.y);
    g.fillStyle = panel.colour(label.role); g.fillText(label.text, place.x, place.y);
  }
}

/** @type {(panel: PanelCanvas, mark: Shown, fill: (template: string) => string) => Label[]} */
function labelsOf(panel, mark, fill) {
  const face = FACES[mark.kind], found = face.labels?.(panel, mark) ?? [];
  if (!mark.label || !face.places) return found;
  const text = clipped(panel.g, fill(mark.label), panel.right - panel.left - 3);
  const { width } = panel.g.measureText(text);
  const places = face.places(panel, mark, width).filter(([x, y]) => !Number.isNaN(x) && !Number.isNaN(y));
  return places.length ? [...found, { text, role: mark.role, width, places }] : found;
}

/** @type {(panel: PanelCanvas, label: Label, placed: Place[], inkAt: (place: Place) => number) => Place} */
function bestPlace(panel, { width, places }, placed, inkAt) {
  let best = { x: 0, y: 0, width }, least = Infinity;
  const consider = (/** @type {Place} */ place, /** @type {number} */ rank) => {
    let cost = 0.6 * rank + inkAt(place);
    for (const other of placed) if (touching(place, other)) cost += COVERED;
    if (cost < least) { best = place; least = cost; }
  };
  places.forEach(([x, y], rank) => consider(inside(panel, { x, y, width }), rank));
  // Where every place is taken it moves up or down from the first, as far as there is room.
  if (least < COVERED) return best;
  const [x, y] = places[0];
  for (let shift = HEIGHT; shift < panel.bottom - panel.top; shift += HEIGHT) {
    for (const to of [y + shift, y - shift]) consider(inside(panel, { x, y: to, width }), places.length + shift);
  }
  return best;
}

/** @type {(one: Place, other: Place) => boolean} */
const touching = (one, other) => Math.abs(one.y - other.y) < HEIGHT &&
  one.x < other.x + other.width + 4 && other.x < one.x + one.width + 4;

/** @type {(panel: PanelCanvas, place: Place) => Place} */
const inside = ({ left, right, top, bottom }, { x, y, width }) => ({
  width, x: Math.min(Math.max(x, left + 3), right - width), y: Math.min(Math.max(y, top + 6), bottom - 8),
});
