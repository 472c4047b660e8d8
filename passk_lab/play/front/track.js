// What a race has shown so far: two racers in the same rain, their curves, and the place where they are compared.
// @ts-check

import { Racer, rainOf } from "./machine.js";

/** @typedef {import("./types.js").World} World */
/** @typedef {import("./types.js").Table} Table */
/** @typedef {import("./types.js").Curves} Curves */
/** @typedef {{racer: Racer, one: Float64Array, many: Float64Array, hush: Float32Array}} Lane */

/** Of what a prompt's silence tells, the share that the last step adds. */
const FRESH = 0.15;

export class Track {
  /**
   * @param {World} world
   * @param {[Table, Table]} tables
   * @param {{n: number, k: number, seed: number, prompts: number, steps: number}} told
   */
  constructor(world, tables, { n, k, seed, prompts, steps }) {
    this.world = world; this.n = n; this.k = k; this.seed = seed; this.prompts = prompts; this.steps = steps;
    this.rain = rainOf(seed);
    this.head = 0;
    /** @type {[Lane, Lane]} */
    this.lanes = /** @type {any} */ (tables.map((table) => ({
      racer: new Racer(world, table, n, prompts, steps),
      one: new Float64Array(steps + 1), many: new Float64Array(steps + 1),
      hush: new Float32Array((steps + 1) * prompts),
    })));
    this.note();
  }

  /** Train up to a step, if it is not there yet. @param {number} to */
  advance(to) {
    while (this.head < Math.min(to, this.steps)) {
      for (const { racer } of this.lanes) racer.step(this.rain);
      this.head += 1;
      this.note();
    }
  }

  /** Write down how both are at the last step. */
  note() {
    const t = this.head, { prompts } = this;
    for (const lane of this.lanes) {
      lane.one[t] = lane.racer.solved(t, 1);
      lane.many[t] = lane.racer.solved(t, this.k);
      for (let x = 0; x < prompts; x++) {
        const { silent, c } = lane.racer.group(t, x, this.rain), before = t ? lane.hush[(t - 1) * prompts + x] : 0;
        lane.hush[t * prompts + x] = before + FRESH * (Number(silent && c === 0) - before);
      }
    }
  }

  /** @param {number} share */
  compared(share) {
    return compare(this.lanes[0], this.lanes[1], this.head, share);
  }
}

/**
 * Two paths where each first passes the same pass@1: so far from the start to the highest that both reached.
 * @param {Curves} left
 * @param {Curves} right
 * @param {number} upto  The last step.
 * @param {number} share
 */
export function compare(left, right, upto, share) {
  const low = left.one[0], high = Math.min(highest(left.one, upto), highest(right.one, upto));
  const level = low + share * (high - low), [a, b] = [crossing(left, upto, level), crossing(right, upto, level)];
  return { low, high, level, left: a, right: b, gap: b.many - a.many };
}

/** @type {(values: ArrayLike<number>, upto: number) => number} */
function highest(values, upto) {
  let top = -Infinity;
  for (let t = 0; t <= upto; t++) top = Math.max(top, values[t]);
  return top;
}

/** @type {(path: Curves, upto: number, level: number) => {t: number, many: number}} */
function crossing({ one, many }, upto, level) {
  let t = 0;
  while (t < upto && one[t] < level - 1e-12) t++;
  if (!t) return { t, many: many[0] };
  const part = Math.min(1, (level - one[t - 1]) / (one[t] - one[t - 1]));
  return { t: t - 1 + part, many: many[t - 1] + part * (many[t] - many[t - 1]) };
}

/**
 * One more seed of the same race, from the start to the end.
 * @param {Track} track
 * @param {number} seed
 * @returns {[Curves, Curves]}
 */
export function again(track, seed) {
  const { world, n, prompts, steps, k } = track, rain = rainOf(seed);
  return /** @type {any} */ (track.lanes.map(({ racer: { table } }) => {
    const racer = new Racer(world, table, n, prompts, steps);
    const one = new Float32Array(steps + 1), many = new Float32Array(steps + 1);
    for (let t = 0; t <= steps; t++) {
      one[t] = racer.solved(t, 1);
      many[t] = racer.solved(t, k);
      if (t < steps) racer.step(rain);
    }
    return { one, many };
  }));
}
