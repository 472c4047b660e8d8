// The machine of the race: a softmax policy, groups of samples, one step for each group. What a sample is worth is
// looked up in a table of the lab's; the page computes no objective. Nothing here knows of a page.
// @ts-check

/** @typedef {import("./types.js").World} World */
/** @typedef {import("./types.js").Table} Table */
/** @typedef {import("./types.js").Rain} Rain */

/**
 * Stir the bits of a 32-bit number (the finaliser of MurmurHash3, Appleby 2011).
 * @param {number} h
 */
function mix(h) {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A number in [0, 1) that depends on these four alone: both sides, and any later look back, get the same.
 * @param {number} seed
 * @param {number} t  The step.
 * @param {number} x  The prompt.
 * @param {number} i  The place in the group.
 */
export function uniform(seed, t, x, i) {
  const ofStep = mix((mix((seed + 0x9e3779b9) | 0) + t) | 0);
  const ofPrompt = mix((ofStep + Math.imul(x + 1, 0x632be5ab)) | 0);
  return mix((ofPrompt + Math.imul(i + 1, 0x7f4a7c15)) | 0) / 4294967296;
}

/**
 * The rain of a seed.
 * @param {number} seed
 * @returns {Rain}
 */
export const rainOf = (seed) => (t, x, i) => uniform(seed, t, x, i);

/**
 * Chances from logits.
 * @param {Float64Array} z
 * @param {Float64Array} out
 */
function softmax(z, out) {
  let top = -Infinity, sum = 0;
  for (const v of z) if (v > top) top = v;
  for (let a = 0; a < z.length; a++) sum += out[a] = Math.exp(z[a] - top);
  for (let a = 0; a < z.length; a++) out[a] /= sum;
  return out;
}

/**
 * The answer on whose part of the bar a number falls.
 * @param {Float64Array} chances
 * @param {number} u
 */
export function answerAt(chances, u) {
  let edge = 0, a = 0;
  for (; a < chances.length - 1; a++) {
    edge += chances[a];
    if (u < edge) break;
  }
  return a;
}

/** One side of a race: the policy at each step so far, from which all else is worked out when it is asked for. */
export class Racer {
  /**
   * @param {World} world
   * @param {Table} table
   * @param {number} n  Samples in a group.
   * @param {number} prompts
   * @param {number} steps  How far it can go.
   */
  constructor(world, table, n, prompts, steps) {
    this.world = world; this.table = table; this.n = n; this.prompts = prompts; this.steps = steps;
    /** Steps taken so far. */
    this.head = 0;
    this.theta = new Float64Array((steps + 1) * world.parameters);
    this.update = new Float64Array(world.parameters);
    this.z = new Float64Array(world.answers);
    this.pi = new Float64Array(world.answers);
    this.count = new Int32Array(world.answers);
  }

  /** @type {(t: number, x: number, a: number) => number} */
  logit(t, x, a) {
    const { start, index, answers, parameters } = this.world, j = x * answers + a;
    return start[j] + this.theta[t * parameters + index[j]];
  }

  /** Chances of the answers of a prompt. @type {(t: number, x: number, out?: Float64Array) => Float64Array} */
  chances(t, x, out = this.pi) {
    for (let a = 0; a < this.z.length; a++) this.z[a] = this.logit(t, x, a);
    return softmax(this.z, out);
  }

  /** The chance that an answer is right. @type {(t: number, x: number) => number} */
  p(t, x) {
    const pi = this.chances(t, x), { right } = this.world;
    let p = 0;
    for (let a = 0; a < pi.length; a++) if (right[x * pi.length + a]) p += pi[a];
    return Math.min(1, p);
  }

  /**
   * The group of a prompt: how many were right, what a right and a wrong one are worth, whether that moves anything.
   * @type {(t: number, x: number, rain: Rain) => {c: number, up: number, down: number, silent: boolean}}
   */
  group(t, x, rain) {
    const pi = this.chances(t, x), { count, n, table, world } = this;
    count.fill(0);
    let c = 0;
    for (let i = 0; i < n; i++) {
      const a = answerAt(pi, rain(t, x, i));
      count[a] += 1;
      c += world.right[x * pi.length + a];
    }
    const up = table.right[c], down = table.wrong[c];
    return { c, up, down, silent: (c === 0 || up === 0) && (c === n || down === 0) };
  }

  /** @param {Rain} rain */
  step(rain) {
    const { head, n, prompts, update, count, pi, world } = this, { parameters, answers, index, right } = world;
    update.fill(0);
    for (let x = 0; x < prompts; x++) {
      const { c, up, down, silent } = this.group(head, x, rain);
      if (silent) continue;
      const all = c * up + (n - c) * down;
      for (let a = 0; a < answers; a++) {
        const j = x * answers + a;
        update[index[j]] += (count[a] * (right[j] ? up : down) - all * pi[a]) / n / prompts;
      }
    }
    const size = world.rate * this.table.size, from = head * parameters;
    for (let d = 0; d < parameters; d++) {
      this.theta[from + parameters + d] = this.theta[from + d] + size * update[d];
    }
    this.head += 1;
  }

  /** Share of prompts of which at least one of k tries is right: of all others each try is wrong. */
  solved(/** @type {number} */ t, /** @type {number} */ k) {
    let lost = 0;
    for (let x = 0; x < this.prompts; x++) {
      const wrong = 1 - this.p(t, x);
      let all = 1;
      for (let i = 0; i < k; i++) all *= wrong;
      lost += all;
    }
    return 1 - lost / this.prompts;
  }
}
