// The two charts of a race: shares solved against steps, and the same with time taken out.
// @ts-check

import { clamp, font, surface } from "./surface.js";

/** @typedef {import("./track.js").Track} Track */
/** @typedef {import("./surface.js").Colours} Colours */
/** @typedef {import("./types.js").Curves} Curves */
/** @typedef {{low: number, high: number}} Range */

const LEFT = 44, TOP = 10, FOOT = 34;  // pixels around a chart
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 50, 100];
const EXACT = 0.6, CLOUD = 0.16;  // how strongly thin lines are drawn

/** @param {number} share */
export const percent = (share) => `${(100 * share).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;

/**
 * @param {CanvasRenderingContext2D} g
 * @param {{left: number, right: number, top: number, bottom: number}} box
 * @param {Range} xs
 * @param {Range} ys
 * @param {(v: number) => string} named
 * @param {Colours} colours
 */
function axes(g, box, xs, ys, named, colours) {
  const X = (/** @type {number} */ v) => box.left + (box.right - box.left) * (v - xs.low) / (xs.high - xs.low);
  const Y = (/** @type {number} */ v) => box.bottom - (box.bottom - box.top) * (v - ys.low) / (ys.high - ys.low);
  g.textAlign = "right";
  for (const v of ticks(ys)) {
    g.fillStyle = colours.grid;
    g.fillRect(box.left, Math.round(Y(v)), box.right - box.left, 1);
    g.fillStyle = colours.quiet;
    g.fillText(percent(v), box.left - 6, Y(v));
  }
  g.textAlign = "center";
  for (const v of ticks(xs)) g.fillText(named(v), X(v), box.bottom + 12);
  return { X, Y };
}

/** @param {Range} range */
function ticks({ low, high }) {
  const step = STEPS.find((one) => (high - low) / one <= 5.2) ?? 100, found = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + 1e-9; v += step) found.push(v);
  return found;
}

/** @type {(g: CanvasRenderingContext2D, n: number, x: (i: number) => number, y: (i: number) => number) => void} */
function line(g, n, x, y) {
  g.beginPath();
  for (let i = 0; i < n; i++) g.lineTo(x(i), y(i));
  g.stroke();
}

/** How many points of an exact path lie up to a step. @type {(times: number[], upto: number) => number} */
const shownOf = (times, upto) => times.filter((time) => time <= upto).length;

/**
 * Texts at the right, none over another.
 * @param {CanvasRenderingContext2D} g
 * @param {{y: number, colour: string, text: string}[]} list
 * @param {number} x
 * @param {Range} room
 */
function ends(g, list, x, room) {
  list.sort((a, b) => a.y - b.y);
  const apart = 14;
  list.forEach((one, i) => { one.y = Math.max(one.y, i ? list[i - 1].y + apart : room.low); });
  for (let i = list.length - 1; i >= 0; i--) {
    list[i].y = Math.min(list[i].y, i < list.length - 1 ? list[i + 1].y - apart : room.high);
  }
  g.textAlign = "left";
  for (const { y, colour, text } of list) {
    g.fillStyle = colour;
    g.fillText(text, x, y);
  }
}

/**
 * @typedef {object} Seen  What the charts show of a race.
 * @property {Track} track
 * @property {[Curves, Curves]} exact  Paths of the exact mean update, at `times`.
 * @property {number[]} times
 * @property {number} t  The step that is looked at.
 * @property {number} level
 * @property {boolean} told  Whether the bet is made, so that the two may be compared.
 * @property {[Curves[], Curves[]] | null} cloud  Other seeds.
 */

const NAMES = 84;  // pixels at the right of the first chart

/** Which step lies at a place across the first chart. @type {(x: number, width: number, steps: number) => number} */
export const stepAt = (x, width, steps) => Math.round(steps * clamp((x - LEFT) / (width - NAMES - LEFT), 0, 1));

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Seen} seen
 * @param {Colours} colours
 */
export function drawTime(canvas, { track, exact, times, t }, colours) {
  const { g, width, height } = surface(canvas);
  const box = { left: LEFT, right: width - NAMES, top: TOP, bottom: height - FOOT };
  const { X, Y } = axes(g, box, { low: 0, high: track.steps }, { low: 0, high: 1 }, String, colours);
  g.fillStyle = colours.quiet;
  g.fillText("step", (box.left + box.right) / 2, height - 9);
  const names = [], upto = shownOf(times, track.head);
  g.fillRect(X(t) - 0.5, TOP, 1, box.bottom - TOP);
  for (const i of [0, 1]) {
    const lane = track.lanes[i], colour = colours.sides[i];
    for (const part of /** @type {("many" | "one")[]} */ (["many", "one"])) {
      g.strokeStyle = g.fillStyle = colour;
      g.lineWidth = 1;
      g.globalAlpha = EXACT;
      line(g, upto, (j) => X(times[j]), (j) => Y(exact[i][part][j]));
      g.globalAlpha = 1;
      g.lineWidth = 2.2;
      g.setLineDash(part === "many" ? [7, 3] : []);
      line(g, track.head + 1, X, (j) => Y(lane[part][j]));
      g.setLineDash([]);
      mark(g, part, X(t), Y(lane[part][t]));
      const tries = part === "many" ? `${track.k} tries` : "1 try";
      names.push({ y: Y(lane[part][t]), colour, text: `${tries} ${percent(lane[part][t])}` });
    }
  }
  ends(g, names, box.right + 8, { low: TOP, high: box.bottom });
}

/** @type {(g: CanvasRenderingContext2D, part: "one" | "many", x: number, y: number) => void} */
function mark(g, part, x, y) {
  g.beginPath();
  if (part === "many") g.rect(x - 3.5, y - 3.5, 7, 7);
  else g.arc(x, y, 4, 0, 7);
  g.fill();
}

/**
 * @param {Seen} seen
 * @returns {[Range, Range]}
 */
function ranges({ track, exact, cloud, told, times }) {
  const xs = { low: 1, high: 0 }, ys = { low: 1, high: 0 };
  const see = (/** @type {Curves} */ { one, many }, /** @type {number} */ upto) => {
    for (let i = 0; i < upto; i++) {
      xs.low = Math.min(xs.low, one[i]); xs.high = Math.max(xs.high, one[i]);
      ys.low = Math.min(ys.low, many[i]); ys.high = Math.max(ys.high, many[i]);
    }
  };
  for (const lane of track.lanes) see(lane, track.head + 1);
  // Room for where the mean will go, once that gives nothing away; so the picture does not grow as the race is run.
  if (told) for (const path of exact) see(path, times.length);
  else see({ one: [xs.low + 0.1], many: [ys.low + 0.15] }, 1);
  if (cloud) for (const list of cloud) for (const path of list) see(path, path.one.length);
  return [{ low: Math.max(0, xs.low - 0.02), high: Math.min(1, xs.high + 0.03) },
    { low: Math.max(0, ys.low - 0.03), high: Math.min(1.005, ys.high + 0.03) }];
}

/** Which pass@1 lies at a place across the second chart. @type {(x: number, width: number, seen: Seen) => number} */
export function passAt1At(x, width, seen) {
  const [xs] = ranges(seen);
  return xs.low + (xs.high - xs.low) * (x - LEFT) / (width - 14 - LEFT);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Seen} seen
 * @param {Colours} colours
 */
export function drawLevel(canvas, seen, colours) {
  const { track, exact, times, t, level, told, cloud } = seen, { g, width, height } = surface(canvas);
  const box = { left: LEFT, right: width - 14, top: TOP, bottom: height - FOOT }, [xs, ys] = ranges(seen);
  const { X, Y } = axes(g, box, xs, ys, percent, colours), upto = shownOf(times, track.head);
  g.fillStyle = colours.quiet;
  g.fillText("solved in one try (pass@1)", (box.left + box.right) / 2, height - 9);
  g.save();
  g.beginPath();
  g.rect(LEFT, 0, width - LEFT, box.bottom);
  g.clip();
  const path = (/** @type {Curves} */ { one, many }, /** @type {number} */ n) =>
    line(g, n, (j) => X(one[j]), (j) => Y(many[j]));
  cloud?.forEach((list, i) => {
    g.strokeStyle = colours.sides[i];
    g.globalAlpha = CLOUD;
    for (const one of list) path(one, one.one.length);
    g.globalAlpha = 1;
  });
  track.lanes.forEach((lane, i) => {
    g.strokeStyle = g.fillStyle = colours.sides[i];
    g.lineWidth = 1;
    g.globalAlpha = EXACT;
    path(exact[i], upto);
    g.globalAlpha = 1;
    g.lineWidth = 2.2;
    path(lane, track.head + 1);
    mark(g, "one", X(lane.one[t]), Y(lane.many[t]));
  });
  if (told && track.head > 3) {
    drawCompared(g, track.compared(level), { X, Y, bottom: box.bottom, right: box.right }, colours);
  }
  g.restore();
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {ReturnType<Track["compared"]>} compared
 * @param {{X: (v: number) => number, Y: (v: number) => number, bottom: number, right: number}} box
 * @param {Colours} colours
 */
function drawCompared(g, { level, left, right, gap }, { X, Y, bottom, right: edge }, colours) {
  const x = X(level), [a, b] = [Y(left.many), Y(right.many)];
  g.strokeStyle = g.fillStyle = colours.ink;
  g.lineWidth = 1;
  g.setLineDash([3, 3]);
  g.beginPath();
  g.moveTo(x, bottom);
  g.lineTo(x, Math.min(a, b));
  g.stroke();
  g.setLineDash([]);
  // Something to take hold of.
  g.beginPath();
  g.moveTo(x - 6, bottom); g.lineTo(x + 6, bottom); g.lineTo(x, bottom - 9);
  g.fill();
  const points = Math.abs(100 * gap);
  if (points < 1) return;
  g.lineWidth = 3;
  g.beginPath();
  g.moveTo(x, a);
  g.lineTo(x, b);
  g.stroke();
  const outside = x > edge - 80, text = `${points.toFixed(0)} ${points < 1.5 ? "point" : "points"}`;
  g.font = font(13, "600");
  g.textAlign = outside ? "right" : "left";
  g.strokeStyle = colours.ground;
  g.lineWidth = 4;
  g.lineJoin = "round";
  const at = [x + (outside ? -9 : 9), Math.min(bottom - 18, (a + b) / 2)];
  g.strokeText(text, at[0], at[1]);
  g.fillText(text, at[0], at[1]);
}
