// Where a race stands in time: run, pause, one step, back. The first steps are slow enough to be watched.
// @ts-check

import { clamp } from "./surface.js";

const SPEEDS = [0.6, 5, 30, 120];  // steps a second
const FIRST = 0.45, FASTER = 1.6;  // steps a second of the first step, and by what factor each next one goes
const LONGEST = 100;  // milliseconds that a frame may stand for

/**
 * @typedef {object} On  What it drives.
 * @property {number} steps
 * @property {(to: number) => void} advance  Train up to a step.
 * @property {() => number} head  The last step there is.
 * @property {(rest: boolean) => void} moved  Hears of each change; at rest, or while it runs.
 */

/** @param {On} on */
export function makePlayhead({ steps, advance, head, moved }) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let frame = 0, last = 0, setting = 2;
  const at = {
    /** The step, with the part of the next one that has passed. */
    tau: 0,
    /** Steps a second; 0 at rest. */
    rate: 0,
    on: false,
    get step() { return Math.floor(at.tau + 1e-9); },
    /** @param {number} which  Of SPEEDS. */
    setSpeed(which) { setting = which; },
    start() {
      if (calm.matches) { advance(steps); at.tau = steps; moved(true); return; }
      at.on = true;
      frame = requestAnimationFrame(tick);
      moved(true);
    },
    stop() {
      cancelAnimationFrame(frame);
      at.on = false;
      at.rate = last = 0;
    },
    /** Look at a step: of those there are, or the one after them. @param {number} to */
    show(to) {
      at.stop();
      at.tau = clamp(Math.round(to), 0, Math.min(steps, head() + 1));
      advance(at.tau);
      moved(true);
    },
    rewind() { at.stop(); at.tau = 0; },
  };

  function tick(/** @type {number} */ now) {
    const passed = last ? Math.min(LONGEST, now - last) / 1000 : 0;
    last = now;
    at.rate = Math.min(SPEEDS[setting], FIRST * FASTER ** at.tau);
    at.tau = Math.min(steps, at.tau + passed * at.rate);
    advance(Math.ceil(at.tau + 1e-9));
    if (at.tau >= steps) at.stop();
    else frame = requestAnimationFrame(tick);
    moved(!at.on);
  }
  return at;
}
/** @typedef {ReturnType<typeof makePlayhead>} Playhead */
