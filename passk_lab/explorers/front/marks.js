// The marks: for each kind, how it is drawn and where its label stands. They know panels, not mathematics.
// @ts-check

import { heatColours } from "./heat.js";

/** @typedef {import("./panel.js").PanelCanvas} PanelCanvas */
/** @typedef {import("./types.js").Shown} Shown */
/** @typedef {import("./types.js").Label} Label */
/** @typedef {import("./types.js").Numbers} Numbers */

/**
 * @typedef {object} Face
 * @property {(panel: PanelCanvas, mark: Shown) => void} draw
 * @property {(panel: PanelCanvas, mark: Shown, width: number) => [number, number][]} [places]
 *   Where a label so wide may stand, the best place first: its left end and the middle of its height.
 * @property {(panel: PanelCanvas, mark: Shown) => Label[]} [labels]  Labels of a mark that has several.
 */

const MOST_PLACES = 40;  // of a tile's name
export const ROOM = 7;  // Pixels that a point may stand over the edge.
const SEEN = 0.04;  // A layer is named where it is thicker than this.

/** @type {(side: number | Numbers, i: number) => number} */
const at = (side, i) => (typeof side === "number" ? side : side[i]);

/** @type {Face["draw"]} */
function drawHeads(panel, { role, at: { x, y } }) {
  for (let i = 0; i < x.length; i++) {
    if (!Number.isNaN(x[i]) && !Number.isNaN(y[i])) panel.head(role, panel.px(x[i]), panel.py(y[i]), 4);
  }
}

/** @type {(panel: PanelCanvas, x: number) => void} */
function upright(panel, x) {
  panel.g.beginPath();
  panel.g.moveTo(panel.px(x), panel.top);
  panel.g.lineTo(panel.px(x), panel.bottom);
}

const AWAY = [0, 0.06, -0.06, 0.12, -0.12, 0.2, -0.2, 0.3, -0.3, 0.4, -0.4, 0.5, -0.5];  // parts of the width

/**
 * Above and below the points nearest to the wanted part of the panel's width, and to parts farther and farther away.
 * @type {(panel: PanelCanvas, x: Numbers, y: Numbers, wanted: number, width: number, below?: boolean) =>
 *   [number, number][]}
 */
function nearby(panel, x, y, wanted, width, below = false) {
  /** @type {[number, number][]} */
  const there = [], /** @type {[number, number][]} */ out = [], sides = below ? [13, -11] : [-11, 13];
  for (let i = 0; i < x.length; i++) if (!Number.isNaN(y[i])) there.push([panel.px(x[i]), panel.py(y[i])]);
  const seen = there.filter(([across, height]) => across >= panel.left - 1 && across <= panel.right + 1 &&
    height >= panel.top - 1 && height <= panel.bottom + 1);
  const from = seen.length ? seen : there;
  for (const side of sides) {
    for (const away of from.length ? AWAY : []) {
      const target = panel.left + (wanted + away) * (panel.right - panel.left);
      const [across, height] = from.reduce((a, b) => (Math.abs(b[0] - target) < Math.abs(a[0] - target) ? b : a));
      out.push([across - width / 2, height + side]);
    }
  }
  return out;
}

/**
 * Beside a point: to the right, to the left, a little higher or lower.
 * @type {(panel: PanelCanvas, x: number, y: number, width: number) => [number, number][]}
 */
function beside(panel, x, y, width) {
  const right = panel.px(x) + 10, left = right - width - 20, height = panel.py(y);
  const sides = right + width > panel.right ? [left, right] : [right, left];
  return [-10, 12, 0, -20, 22].flatMap((shift) =>
    sides.map((side) => /** @type {[number, number]} */ ([side, height + shift])));
}

/** @type {Face} */
const Line = {
  draw(panel, { role, at: { x, y } }) {
    const { g } = panel;
    g.beginPath();
    let pen = false;
    for (let i = 0; i < x.length; i++) {
      const [across, height] = [panel.px(x[i]), panel.py(y[i])];
      if (Number.isNaN(across) || Number.isNaN(height)) { pen = false; continue; }
      const clamped = Math.max(-1e4, Math.min(1e4, height));  // log of 0 is drawn as far below
      if (pen) g.lineTo(across, clamped); else g.moveTo(across, clamped);
      pen = true;
    }
    panel.stroke(role);
  },
  places: (panel, { at: { x, y }, label_at = 0.6, below }, width) => nearby(panel, x, y, label_at, width, below),
};

/** @type {Face} */
const Band = {
  draw(panel, { role, strength = 0.2, at: { x, low, high } }) {
    const { g } = panel;
    const there = [...x.keys()].filter((i) => !Number.isNaN(at(low, i)) && !Number.isNaN(at(high, i)));
    g.beginPath();
    for (const i of there) g.lineTo(panel.px(x[i]), panel.py(at(high, i)));
    for (const i of there.reverse()) g.lineTo(panel.px(x[i]), panel.py(at(low, i)));
    g.closePath();
    g.globalAlpha = strength; g.fillStyle = panel.colour(role); g.fill(); g.globalAlpha = 1;
  },
  // On its upper edge, once it is there to be named.
  places(panel, { at: { x, low, high }, label_at = 0.6 }, width) {
    const seen = [...x.keys()].some((i) => at(high, i) - at(low, i) > SEEN);
    return seen ? nearby(panel, x, Float64Array.from(x, (_, i) => at(high, i)), label_at, width) : [];
  },
};

/** @type {Face} */
const Stems = {
  draw(panel, { role, at: { x, y } }) {
    for (let i = 0; i < x.length; i++) {
      if (Number.isNaN(x[i]) || !(y[i] > 1e-9)) continue;
      const [across, height] = [panel.px(x[i]), panel.py(y[i])];
      panel.g.beginPath();
      panel.g.moveTo(across, panel.py(0));
      panel.g.lineTo(across, height);
      panel.stroke(role, true);
      panel.head(role, across, height, 4);
    }
  },
  // By the tallest, or else by the next.
  places(panel, { at: { x, y } }, width) {
    const there = [...x.keys()].filter((i) => !Number.isNaN(x[i]) && y[i] > 1e-9);
    there.sort((a, b) => y[b] - y[a]);
    return there.slice(0, 8).flatMap((i) => beside(panel, x[i], y[i], width));
  },
};

/** @type {Face} */
const Dots = { draw: drawHeads, places: Line.places };

/** @type {Face} */
const Cloud = {
  draw(panel, { role, at: { x, y } }) {
    const { g } = panel;
    g.globalAlpha = 0.45; g.fillStyle = panel.colour(role);
    for (let i = 0; i < x.length; i++) g.fillRect(panel.px(x[i]) - 1, panel.py(y[i]) - 1, 2, 2);
    g.globalAlpha = 1;
  },
};

/** @type {Face} */
const Point = {
  // Beyond the picture it is an arrow at the edge, so that it is not lost.
  draw(panel, { role, at: { x, y } }) {
    if (Number.isNaN(y) || Number.isNaN(x)) return;
    const across = panel.px(x), height = panel.py(y), { top, bottom } = panel;
    if (height > bottom + ROOM) panel.arrow(role, across, bottom, 1);
    else if (height < top - ROOM) panel.arrow(role, across, top, -1);
    else panel.head(role, across, height, 6);
  },
  places: (panel, { at: { x, y } }, width) => beside(panel, x, y, width),
};

/** @type {Face} */
const Rule = {
  draw(panel, { role, at: { x, y } }) {
    if (x === undefined) {
      if (Number.isNaN(y)) return;
      panel.g.beginPath();
      panel.g.moveTo(panel.left, panel.py(y));
      panel.g.lineTo(panel.right, panel.py(y));
      panel.stroke(role);
    }
    for (const one of x === undefined ? [] : typeof x === "number" ? [x] : x) {
      if (Number.isNaN(one)) continue;
      upright(panel, one);
      panel.stroke(role);
    }
  },
  places(panel, { at: { x, y } }, width) {
    if (x === undefined) {
      const ends = [panel.right - width - 4, panel.left + 4, (panel.left + panel.right - width) / 2];
      return ends.flatMap((end) => [-9, 10].map((shift) =>
        /** @type {[number, number]} */ ([end, panel.py(y) + shift])));
    }
    const right = panel.px(x) + 5, left = right - width - 10;
    const sides = right + width > panel.right ? [left, right] : [right, left], tall = panel.bottom - panel.top;
    return [0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.92].flatMap((down) =>
      sides.map((side) => /** @type {[number, number]} */ ([side, panel.top + 8 + down * tall])));
  },
};

/**
 * Borders lie half way between neighbours, as pixels, so that a log axis gets tiles of its own widths.
 * @type {(values: Numbers, toPixel: (v: number) => number) => number[]}
 */
function borders(values, toPixel) {
  const places = Array.from(values, toPixel), half = (/** @type {number} */ i) => (places[i] + places[i + 1]) / 2;
  return [places[0], ...places.slice(1).map((_, i) => half(i)), places[places.length - 1]]
    .map(Math.round);  // whole pixels leave no seams
}

/** @type {Face} */
const Tiles = {
  draw(panel, { kinds = [], at: { x, y, z } }) {
    const { g } = panel, rows = y.length;
    const xs = borders(x, (v) => panel.px(v)), ys = borders(y, (v) => panel.py(v));
    g.globalAlpha = 0.4;
    for (let i = 0; i < x.length; i++) {
      for (let j = 0; j < rows; j++) {
        const kind = kinds[z[i * rows + j]];
        if (!kind) continue;
        g.fillStyle = panel.colour(kind[1]);
        g.fillRect(xs[i], ys[j + 1], xs[i + 1] - xs[i], ys[j] - ys[j + 1]);
      }
    }
    g.globalAlpha = 1;
  },
  // The name of each kind stands in the middle of its longest row of tiles; where that is taken, of another.
  labels(panel, { kinds = [], at: { x, y, z } }) {
    const rows = y.length;
    return kinds.flatMap(([text, role], kind) => {
      const found = [], { width } = panel.g.measureText(text);
      for (let j = 0; j < rows; j++) {
        for (let i = 0, start = 0; i <= x.length; i++) {
          if (i < x.length && z[i * rows + j] === kind) continue;
          if (i > start) found.push({ j, from: panel.px(x[start]), to: panel.px(x[i - 1]) });
          start = i + 1;
        }
      }
      found.sort((a, b) => (b.to - b.from) - (a.to - a.from));
      const places = found.slice(0, MOST_PLACES).map(({ j, from, to }) =>
        /** @type {[number, number]} */ ([(from + to - width) / 2, panel.py(y[j])]));
      return places.length ? [{ text, role, width, places }] : [];
    });
  },
};

/** @type {Face} */
const Heat = {
  draw(panel, { at: { x, y, z, until } }) {
    const { g } = panel, rows = y.length - 1, colours = heatColours(panel.look.heat);
    const edges = Array.from(y, (v) => Math.round(panel.py(v)));
    for (let i = 0; i < x.length; i++) {
      const left = Math.round(panel.px(x[i]));
      // The last column holds until the next evaluation, which may lie beyond the axis.
      const right = Math.min(panel.right, Math.round(panel.px(i + 1 < x.length ? x[i + 1] : until)));
      for (let row = 0; row < rows; row++) {
        const colour = colours[Math.round(z[i * rows + row] * (colours.length - 1))];
        if (!colour) continue;
        g.fillStyle = colour;
        g.fillRect(left, edges[row + 1], right - left, edges[row] - edges[row + 1]);
      }
    }
  },
};

/** @type {Record<string, Face>} */
export const FACES = { Line, Band, Stems, Dots, Cloud, Point, Rule, Tiles, Heat };
