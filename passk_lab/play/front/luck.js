// More seeds of the same race, a few at a time, so that the page stays alive.
// @ts-check

import { again, compare } from "./track.js";

/** @typedef {import("./track.js").Track} Track */
/** @typedef {import("./types.js").Curves} Curves */

export const SEEDS = 40;
const SLICE = 10;  // milliseconds of a frame

/**
 * @param {Track} track
 * @param {(paths: [Curves[], Curves[]]) => void} told  Hears of those that are there, after each slice.
 * @returns {() => void}  Ends it.
 */
export function runSeeds(track, told) {
  /** @type {[Curves[], Curves[]]} */
  const paths = [[], []];
  let frame = 0;
  function slice() {
    const began = performance.now();
    do again(track, track.seed + 1 + paths[0].length).forEach((path, i) => paths[i].push(path));
    while (paths[0].length < SEEDS && performance.now() - began < SLICE);
    if (paths[0].length < SEEDS) frame = requestAnimationFrame(slice);
    told(paths);
  }
  frame = requestAnimationFrame(slice);
  return () => cancelAnimationFrame(frame);
}

/**
 * By how much the right side is ahead, seed by seed.
 * @type {(paths: [Curves[], Curves[]], share: number) => number[]}
 */
export const gapsOf = ([left, right], share) =>
  left.map((path, i) => compare(path, right[i], path.one.length - 1, share).gap);
