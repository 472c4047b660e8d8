// Plays of "ask again" added up: a bar for each number of asks, a grain for each play while they are few, and the
// exact line.
// @ts-check

import { percent } from "./charts.js";
import { surface } from "./surface.js";

/** @typedef {import("./asking.js").Asking} Asking */

const FEW = 40;  // plays that are shown as grains

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Asking} asking
 * @param {number[]} exact
 * @param {number} come  How much of the exact line has come, from 0 to 1.
 * @param {import("./surface.js").Colours} colours
 */
export function drawAsked(canvas, asking, exact, come, colours) {
  const { g, width, height } = surface(canvas), { tries, plays, solved, now } = asking;
  const left = 46, right = width - 10, top = 16, bottom = height - 36;
  const column = (right - left) / tries, bar = column * 0.72;
  const X = (/** @type {number} */ i) => left + column * (i + 0.5);
  const Y = (/** @type {number} */ v) => bottom - v * (bottom - top);
  g.textAlign = "right";
  for (const v of [0, 0.25, 0.5, 0.75, 1]) {
    g.fillStyle = colours.grid;
    g.fillRect(left, Math.round(Y(v)), right - left, 1);
    g.fillStyle = colours.quiet;
    g.fillText(percent(v), left - 6, Y(v));
  }
  g.textAlign = "center";
  for (let i = 0; i < tries; i++) g.fillText(String(i + 1), X(i), bottom + 12);
  g.fillText("asks k", (left + right) / 2, height - 9);
  for (let i = 0; i < (plays ? tries : 0); i++) {
    const high = Y(solved[i] / plays);
    g.fillStyle = colours.correct;
    g.globalAlpha = 0.32;
    g.fillRect(X(i) - bar / 2, high, bar, bottom - high);
    g.globalAlpha = 1;
    g.fillRect(X(i) - bar / 2, high - 1.5, bar, 3);
    g.fillStyle = colours.ground;
    if (plays <= FEW) for (let j = 1; j < solved[i]; j++) g.fillRect(X(i) - bar / 2, Y(j / plays), bar, 1);
  }
  for (let i = 0, seen = false; i < (plays ? 0 : now.length); i++) {
    seen ||= now[i];
    g.strokeStyle = g.fillStyle = seen ? colours.correct : colours.wrong;
    g.lineWidth = 1.5;
    if (seen) g.strokeRect(X(i) - bar / 2, top, bar, bottom - top);
    else g.fillRect(X(i) - bar / 2, bottom - 3, bar, 3);
    g.fillText(seen ? "yes" : "no", X(i), seen ? top + 14 : bottom - 14);
  }
  if (come > 0) drawExact(g, exact, come * (tries - 1), X, Y, colours);
}

/**
 * @param {CanvasRenderingContext2D} g
 * @param {number[]} exact
 * @param {number} upto  How many of its points, but for the first, have come.
 * @param {(i: number) => number} X
 * @param {(v: number) => number} Y
 * @param {import("./surface.js").Colours} colours
 */
function drawExact(g, exact, upto, X, Y, colours) {
  g.strokeStyle = g.fillStyle = colours.ink;
  g.lineWidth = 1.7;
  g.beginPath();
  for (let i = 0; i < exact.length && i - 1 < upto; i++) {
    const part = Math.min(1, upto - (i - 1)), before = exact[Math.max(0, i - 1)];
    g.lineTo(X(i - 1 + part), Y(before + part * (exact[i] - before)));
  }
  g.stroke();
  for (let i = 0; i <= upto; i++) {
    g.beginPath();
    g.arc(X(i), Y(exact[i]), 3.2, 0, 7);
    g.fill();
  }
  if (upto < exact.length - 1) return;
  g.textAlign = "right";
  const end = exact.length - 1;
  const name = /** @type {const} */ (["exact: pass@k", X(end) + 14, Math.max(9, Y(exact[end]) - 20)]);
  g.strokeStyle = colours.ground;
  g.lineWidth = 4;
  g.lineJoin = "round";
  g.strokeText(...name);
  g.fillText(...name);
}
