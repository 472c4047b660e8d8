// What is said of a race, in sentences.
// @ts-check

import { percent } from "./charts.js";

/** @typedef {import("./track.js").Track} Track */

/** Below this chance a prompt counts as out of reach, and at a gap of less than a point two are equal. */
const LOST = 0.05, EQUAL = 0.01;

/** @param {number} gap  By how much the right side is ahead. @returns {"left" | "right" | "same"} */
export const ahead = (gap) => (Math.abs(gap) < EQUAL ? "same" : gap > 0 ? "right" : "left");

/** @param {number} share  Of 1, said in points. @param {number} [digits] */
export function points(share, digits = 0) {
  const text = Math.abs(100 * share).toFixed(digits);
  return `${text} ${text === "1" ? "point" : "points"}`;
}

/** @param {number} share  Of 1. */
const tenths = (share) => `${(100 * share).toFixed(1)} %`;

/** @param {number} number */
const signed = (number) => `${number > 0 ? "+" : number < 0 ? "−" : ""}${Math.abs(number).toFixed(2)}`;

/** @param {Track} track */
export function opening({ lanes: [{ one, many }], k }) {
  return `At the start ${percent(one[0])} of single answers are right, and with ${k} tries ${percent(many[0])} of the `
    + "prompts are solved.";
}

/**
 * How the two compare with time taken out.
 * @param {Track} track
 * @param {[string, string]} names
 * @param {number} share
 */
export function comparison(track, names, share) {
  const { level, left, right, gap } = track.compared(share), who = ahead(gap);
  const more = who === "same" ? "less than a point apart"
    : `${points(gap, 1)} more for ${names[who === "left" ? 0 : 1]}`;
  return `In this race, where each first solves ${percent(level)} in one try (step ${Math.round(left.t)} and step `
    + `${Math.round(right.t)}), ${track.k} tries solve ${tenths(left.many)} under ${names[0]} and `
    + `${tenths(right.many)} under ${names[1]}: ${more}.`;
}

/**
 * What has become of the prompts.
 * @param {Track} track
 * @param {[string, string]} names
 */
export function fates({ lanes, head, prompts }, names) {
  const lost = lanes.map(({ racer }) => {
    let found = 0;
    for (let x = 0; x < prompts; x++) found += Number(racer.p(head, x) < LOST);
    return found;
  });
  if (!lost[0] && !lost[1]) {
    return `After step ${head} no prompt is out of reach (solved in less than 5 % of single tries).`;
  }
  return `After step ${head}, ${lost[0]} of ${prompts} prompts are out of reach under ${names[0]} (solved in less than `
    + `5 % of single tries), and ${lost[1]} under ${names[1]}.`;
}

/**
 * What has become of a bet.
 * @param {string} bet
 * @param {Track} track
 * @param {number} share
 */
export const verdict = (bet, track, share) =>
  (bet === ahead(track.compared(share).gap) ? "✓ Your bet was right." : "✗ It came otherwise.");

/** @type {(track: Track, x: number) => string} */
const named = ({ world }, x) => `Prompt ${x + 1} (${world.label} ${world.rows[x]})`;

/**
 * A prompt before anything was drawn: both sides are alike.
 * @type {(track: Track, names: [string, string], t: number, x: number) => string}
 */
export const chanceOf = (track, names, t, x) =>
  `${named(track, x)}: an answer is right with chance ${percent(track.lanes[0].racer.p(0, x))}, on both sides.`;

/**
 * A prompt at a step, side by side.
 * @param {Track} track
 * @param {[string, string]} names
 * @param {number} t
 * @param {number} x
 */
export function ofPrompt(track, names, t, x) {
  const { lanes, rain, n } = track;
  const [a, b] = lanes.map(({ racer }) => {
    const { c, up, down, silent } = racer.group(t, x, rain);
    const worth = [c ? `right ${signed(up)}` : "", c < n ? `wrong ${signed(down)}` : ""].filter(Boolean).join(", ");
    return `${c} of ${n} right, ${silent ? (c ? "no credit left" : "nothing to learn from") : `${worth} each`}`;
  });
  return `${named(track, x)}. ${names[0]}: ${a}. ${names[1]}: ${b}.`;
}

/**
 * What other seeds say.
 * @param {number[]} gaps
 * @param {number} wanted
 * @param {[string, string]} names
 */
export function ofSeeds(gaps, wanted, names) {
  const many = gaps.length, mean = gaps.reduce((sum, gap) => sum + gap, 0) / many;
  if (many < wanted) return `${many} of ${wanted} …`;
  const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / (many - 1) / many);
  const right = gaps.filter((gap) => gap > 0).length, name = names[mean > 0 ? 1 : 0];
  const won = mean > 0 ? right : many - right;
  return `Over ${wanted} other seeds ${name} is ahead by ${Math.abs(100 * mean).toFixed(1)} ± `
    + `${(100 * spread).toFixed(1)} points (mean ± its standard error), in ${won} of them.`;
}
