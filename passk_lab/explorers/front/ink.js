// Where something is drawn, so that words can stand where nothing is; and words cut to the room there is.
// @ts-check

/** @typedef {import("./panel.js").PanelCanvas} PanelCanvas */
/** @typedef {import("./types.js").Shown} Shown */

const FINE = 4;  // pixels a side of the squares in which ink is noted
const TALL = 6;  // pixels above and below the middle of a word that count as covered

/**
 * A function that says how many squares with ink lie under a word.
 * @param {PanelCanvas} panel
 * @param {Shown[]} shown
 */
export function inked(panel, shown) {
  const columns = Math.ceil(panel.width / FINE) + 1, rows = Math.ceil(panel.height / FINE) + 1;
  const ink = new Uint8Array(columns * rows);
  const note = (/** @type {number} */ x, /** @type {number} */ y) => {
    if (x >= 0 && y >= 0 && x < panel.width && y < panel.height) {
      ink[Math.floor(y / FINE) * columns + Math.floor(x / FINE)] = 1;
    }
  };
  for (const mark of shown) noteMark(panel, mark, note);
  return (/** @type {{x: number, y: number, width: number}} */ { x, y, width }) => {
    let found = 0;
    const last = Math.min(columns - 1, Math.floor((x + width) / FINE));
    for (let row = Math.max(0, Math.floor((y - TALL) / FINE)); row <= Math.min(rows - 1, (y + TALL) / FINE); row++) {
      for (let column = Math.max(0, Math.floor(x / FINE)); column <= last; column++) {
        found += ink[row * columns + column];
      }
    }
    return found;
  };
}

/** @type {(panel: PanelCanvas, mark: Shown, note: (x: number, y: number) => void) => void} */
function noteMark(panel, { kind, at: { x, y } }, note) {
  if (kind === "Line") {
    for (let i = 1; i < x.length; i++) {
      between(panel.px(x[i - 1]), panel.py(y[i - 1]), panel.px(x[i]), panel.py(y[i]), note);
    }
  } else if (kind === "Dots" || kind === "Point") {
    const [xs, ys] = typeof x === "number" ? [[x], [y]] : [x, y];
    for (let i = 0; i < xs.length; i++) around(panel.px(xs[i]), panel.py(ys[i]), note);
  } else if (kind === "Stems") {
    for (let i = 0; i < x.length; i++) {
      if (!(y[i] > 1e-9)) continue;
      between(panel.px(x[i]), panel.bottom, panel.px(x[i]), panel.py(y[i]), note);
      around(panel.px(x[i]), panel.py(y[i]), note);
    }
  } else if (kind === "Rule") {
    const xs = x === undefined ? [] : typeof x === "number" ? [x] : x;
    for (const one of xs) between(panel.px(one), panel.top, panel.px(one), panel.bottom, note);
    if (x === undefined) between(panel.left, panel.py(y), panel.right, panel.py(y), note);
  }
}

/** @type {(x: number, y: number, note: (x: number, y: number) => void) => void} */
function around(x, y, note) {
  for (const right of [-FINE, 0, FINE]) for (const down of [-FINE, 0, FINE]) note(x + right, y + down);
}

/** @type {(x0: number, y0: number, x1: number, y1: number, note: (x: number, y: number) => void) => void} */
function between(x0, y0, x1, y1, note) {
  const longest = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
  if (!Number.isFinite(longest)) return;
  const steps = Math.min(500, Math.max(1, Math.ceil(longest / FINE)));
  for (let i = 0; i <= steps; i++) note(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps);
}

/**
 * A text, or as much of its beginning as there is room for.
 * @param {CanvasRenderingContext2D} g
 * @param {string} text
 * @param {number} room
 */
export function clipped(g, text, room) {
  if (g.measureText(text).width <= room) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && g.measureText(`${letters.join("")}…`).width > room) letters.pop();
  return `${letters.join("")}…`;
}
