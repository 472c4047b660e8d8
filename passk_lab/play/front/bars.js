// The prompts of a race as bars of chances, on two sides, and the answers that rain on them.
// @ts-check

import { answerAt } from "./machine.js";
import { clamp, eased, font, surface } from "./surface.js";

/** @typedef {import("./track.js").Track} Track */
/** @typedef {import("./track.js").Lane} Lane */
/** @typedef {import("./surface.js").Colours} Colours */

/** Parts of a step, in shares of its time: the rain has fallen; credit is given; the bars begin to move. */
export const FALLEN = 0.55;
export const WEIGHED = 0.7;
export const MOVES = 0.74;
const HEAD = 20;  // pixels above the first prompt
const SHADES = [1, 0.76, 0.56, 0.42];  // of right answers, so that neighbours are told apart
const SLOW = 8, DOTTED = 45;  // steps a second up to which a step's parts are seen, and its dots

/**
 * @typedef {object} Moment  What is shown of a race.
 * @property {number} tau  The step, with the part of the next one that has passed.
 * @property {number} rate  Steps a second; 0 at rest.
 * @property {number} watched  The prompt that is spoken of.
 * @property {boolean} begun  Whether anything was drawn yet: before the bet, chances are all there is to see.
 */

/** How the canvas is parted. @param {number} width */
export function layout(width) {
  const wide = width > 500, row = wide ? 26 : 25, gut = wide ? 64 : 40, mark = wide ? 46 : 22, side = (width - gut) / 2;
  return { wide, row, gut, mark, side, bar: side - mark, head: HEAD };
}

/** Which prompt lies at a height. @type {(y: number, width: number, prompts: number) => number} */
export function promptAt(y, width, prompts) {
  return clamp(Math.floor((y - HEAD) / layout(width).row), 0, prompts - 1);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Track} track
 * @param {Moment} moment
 * @param {Colours} colours
 */
export function drawBars(canvas, track, moment, colours) {
  const parts = layout(canvas.clientWidth), { gut, side, row } = parts;
  canvas.style.height = `${HEAD + track.prompts * row + 4}px`;
  const { g, width } = surface(canvas), { world } = track;
  g.textAlign = "center";
  g.fillStyle = colours.quiet;
  g.fillText(world.label, width / 2, 8);
  const t = Math.min(Math.floor(moment.tau), track.steps), part = moment.tau - t;
  const slow = moment.rate > 0 && moment.rate <= SLOW;
  const step = {
    t, next: Math.min(t + 1, track.head), part: slow ? part : 0,
    fall: slow ? clamp(part / FALLEN, 0, 1) : 1,
    weigh: slow ? clamp((part - FALLEN) / (WEIGHED - FALLEN), 0, 1) : 1,
    turn: slow ? eased(clamp((part - MOVES) / (1 - MOVES), 0, 1)) : 0,
    begun: moment.begun, dots: moment.begun && t < track.steps && moment.rate < DOTTED,
  };
  const now = new Float64Array(world.answers), then = new Float64Array(world.answers);
  for (let x = 0; x < track.prompts; x++) {
    const y = HEAD + x * row, high = parts.wide ? 12 : 10, bar = y + row - high - 3;
    if (x === moment.watched) {
      g.fillStyle = colours.grid;
      g.globalAlpha = 0.55;
      g.fillRect(0, y, width, row);
      g.globalAlpha = 1;
    }
    g.font = font(12);
    g.textAlign = "center";
    g.fillStyle = colours.quiet;
    g.fillText(world.rows[x], width / 2, bar + high / 2 + 0.5);
    track.lanes.forEach((lane, i) => {
      const box = { left: i * (side + gut), top: bar, width: parts.bar, high, wide: parts.wide, drop: row - high - 6 };
      drawPrompt(g, track, lane, x, box, step, [now, then], colours);
    });
  }
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Track} track
 * @param {Lane} lane
 * @param {number} x
 * @param {{left: number, top: number, width: number, high: number, wide: boolean, drop: number}} box
 * @param {{t: number, next: number, fall: number, weigh: number, turn: number, begun: boolean, dots: boolean}} step
 * @param {[Float64Array, Float64Array]} room
 * @param {Colours} colours
 */
function drawPrompt(g, track, { racer, hush }, x, box, step, [now, then], colours) {
  const { left, top, width, high } = box, { t, fall, turn } = step, { world, rain } = track;
  const group = racer.group(t, x, rain), done = group.silent && group.c > 0, silent = group.silent && !done;
  racer.chances(t, x, now);
  racer.chances(step.next, x, then);
  const quiet = hush[t * track.prompts + x] > 0.5;
  let at = left;
  for (let a = 0; a < now.length; a++) {
    const across = (now[a] + turn * (then[a] - now[a])) * width, j = x * now.length + a, right = world.right[j] === 1;
    drawAnswer(g, { at, across, top, high }, { right, quiet, id: world.shared ? world.index[j] : a }, world, colours);
    at += across;
  }
  if (step.begun && done && fall === 1) {
    g.strokeStyle = colours.correct;
    g.lineWidth = 1.5;
    g.strokeRect(left + 0.5, top - 1, width - 1, high + 2);
  }
  // Where the right answers ended at the start.
  const start = left + racer.p(0, x) * width - 0.75;
  g.fillStyle = colours.ink;
  g.fillRect(start, top - 3, 1.5, 4);
  g.fillRect(start, top + high - 1, 1.5, 4);
  if (step.begun) drawCount(g, racer, track, x, { ...group, done, silent }, step, box, now, colours);
  if (step.dots) drawRain(g, track, group, x, now, step, { left, top, width, drop: box.drop }, colours);
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {{at: number, across: number, top: number, high: number}} box
 * @param {{right: boolean, quiet: boolean, id: number}} answer
 * @param {import("./types.js").World} world
 * @param {Colours} colours
 */
function drawAnswer(g, { at, across, top, high }, { right, quiet, id }, { letters, shared }, colours) {
  const shade = right ? SHADES[id % SHADES.length] : 0.4 - 0.045 * (id % 6);
  g.fillStyle = right ? colours.correct : quiet ? colours.quiet : colours.wrong;
  g.globalAlpha = shade;
  g.fillRect(at, top, across, high);
  g.globalAlpha = 1;
  if (across > 2) {
    g.fillStyle = colours.ground;
    g.fillRect(at + across - 1, top, 1, high);
  }
  if (across > 16 && (right || shared)) {
    g.font = font(10, "600");
    g.fillStyle = right && shade > 0.7 ? colours.ground : colours.ink;
    g.fillText(letters[id], at + across / 2, top + high / 2 + 0.5);
  }
}

/**
 * How many of the group were right, beside the bar; while it rains, of those that have fallen.
 * @param {CanvasRenderingContext2D} g
 * @param {import("./machine.js").Racer} racer
 * @param {Track} track
 * @param {number} x
 * @param {{c: number, done: boolean, silent: boolean}} group
 * @param {{t: number, fall: number, dots: boolean}} step
 * @param {{left: number, top: number, width: number, high: number, wide: boolean}} box
 * @param {Float64Array} chances
 * @param {Colours} colours
 */
function drawCount(g, racer, { n, rain, world }, x, { c, done, silent }, { t, fall, dots }, box, chances, colours) {
  let fallen = n, right = c;
  if (fall < 1) {
    fallen = right = 0;
    for (let i = 0; i < n; i++) {
      if (fall < startOf(i, n) + FLIGHT) continue;
      fallen += 1;
      right += world.right[x * chances.length + answerAt(chances, rain(t, x, i))];
    }
  }
  if (!dots && !done && !silent) return;
  const whole = fallen === n;
  let word = whole && done ? "done" : whole && silent ? "silent" : fallen ? `${right}/${fallen}` : "";
  if (!box.wide) word = whole && done ? "✓" : whole && silent ? "–" : fallen ? String(right) : "";
  g.font = font(12);
  g.textAlign = "left";
  g.fillStyle = whole && done ? colours.correct : !whole || silent ? colours.quiet : colours.ink;
  g.fillText(word, box.left + box.width + 5, box.top + box.high / 2 + 0.5);
  g.textAlign = "center";
}

/** A drop's flight, in shares of the rain, and when drop i of n sets out. */
const FLIGHT = 0.55, startOf = (/** @type {number} */ i, /** @type {number} */ n) => i / n * (1 - FLIGHT);

/**
 * @param {CanvasRenderingContext2D} g
 * @param {Track} track
 * @param {{up: number, down: number}} group
 * @param {number} x
 * @param {Float64Array} chances
 * @param {{t: number, fall: number, weigh: number, turn: number}} step
 * @param {{left: number, top: number, width: number, drop: number}} box
 * @param {Colours} colours
 */
function drawRain(g, { n, rain, world }, { up, down }, x, chances, { t, fall, weigh, turn }, box, colours) {
  g.globalAlpha = 1 - turn;
  g.lineWidth = 1.3;
  for (let i = 0; i < n; i++) {
    const flown = clamp((fall - startOf(i, n)) / FLIGHT, 0, 1);
    if (flown <= 0) continue;
    const u = rain(t, x, i), right = world.right[x * chances.length + answerAt(chances, u)] === 1;
    const credit = right ? up : down, colour = right ? colours.correct : colours.wrong, known = weigh > 0.5;
    const size = 1.7 + weigh * (credit ? Math.min(4.6, 0.6 + 1.9 * Math.sqrt(Math.abs(credit))) - 1.2 : -0.5);
    g.beginPath();
    g.arc(box.left + u * box.width, box.top - 5 - (1 - flown * flown) * box.drop, Math.max(1, size), 0, 7);
    if (flown < 1 || (known && credit === 0)) g.fillStyle = colours.quiet;
    else g.fillStyle = g.strokeStyle = colour;
    if (flown === 1 && known && credit < 0) {
      g.fillStyle = colours.ground;
      g.fill();
      g.stroke();
    } else g.fill();
  }
  g.globalAlpha = 1;
}
