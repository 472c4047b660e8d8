// Axes: their scales, their ranges and their ticks.
// @ts-check

import { superscript } from "./numbers.js";

/** @typedef {import("./types.js").Axis} Axis */
/** @typedef {import("./types.js").Numbers} Numbers */

/** From a value to where it lies along an axis, and back. */
export const SCALES = {
  linear: { to: (/** @type {number} */ v) => v, from: (/** @type {number} */ v) => v },
  log: { to: Math.log10, from: (/** @type {number} */ v) => 10 ** v },
  log2: { to: Math.log2, from: (/** @type {number} */ v) => 2 ** v },
};

/**
 * The step of 1, 2 or 5 times a power of ten that divides a span into about so many parts.
 * @param {number} span
 * @param {number} count
 */
export function niceStep(span, count) {
  const rough = span / count, power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((m) => m * power >= rough * 0.999) ?? 10);
}

/**
 * Values and texts of the ticks from low to high.
 * @param {Axis} axis
 * @param {number} low
 * @param {number} high
 * @returns {[number, string][]}
 */
export function ticksOf(axis, low, high) {
  return axis.scale === "linear" ? evenTicks(low, high) : powerTicks(axis.scale, low, high);
}

/** @type {(low: number, high: number) => [number, string][]} */
function evenTicks(low, high) {
  const step = niceStep(high - low, 5), places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  /** @type {[number, string][]} */
  const out = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
    out.push([i * step, (i * step + 0).toFixed(places)]);  // + 0: no "-0.0"
  }
  return out;
}

/** @type {(scale: "log" | "log2", low: number, high: number) => [number, string][]} */
function powerTicks(scale, low, high) {
  const base = scale === "log" ? 10 : 2, { to } = SCALES[scale];
  const first = Math.ceil(to(low) - 1e-9), last = Math.floor(to(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / (base === 10 ? 6 : 12)));
  /** @type {[number, string][]} */
  const out = [];
  for (let i = first; i <= last; i += every) {
    const far = base === 10 && (i > 4 || i < -3);
    const text = far ? "10" + superscript(i) : i < 0 ? (base ** i).toFixed(base === 10 ? -i : 3) : String(base ** i);
    out.push([base ** i, text]);
  }
  return out;
}

/**
 * The range of an axis. Where the description leaves an end open, it holds all that is drawn, with a little air; and
 * zero, unless the axis is tight.
 * @param {{low?: number | null, high?: number | null, tight?: boolean}} axis
 * @param {(number | Numbers)[]} drawn
 * @returns {[number, number]}
 */
export function fittedRange(axis, drawn) {
  let [low, high] = axis.tight ? [Infinity, -Infinity] : [0, 0];
  for (const values of drawn) {
    for (const v of typeof values === "number" ? [values] : Array.from(values)) {
      if (Number.isFinite(v)) { low = Math.min(low, v); high = Math.max(high, v); }
    }
  }
  if (high < low) [low, high] = [0, 1];
  const air = 0.08 * (high - low || 1);
  return [axis.low ?? (low === 0 ? 0 : low - air), axis.high ?? high + air];
}

/**
 * The same, but where both ends are open zero lies in the middle, so that the axis does not give away a sign.
 * @param {{low?: number | null, high?: number | null, tight?: boolean}} axis
 * @param {(number | Numbers)[]} drawn
 * @returns {[number, number]}
 */
export function evenRange(axis, drawn) {
  const [low, high] = fittedRange(axis, drawn), far = Math.max(-low, high);
  const open = (axis.low ?? null) === null && (axis.high ?? null) === null;
  return open && !axis.tight ? [-far, far] : [low, high];
}
