// What the race and "ask again" are handed, as tables.py and ask_again.py pack it. Types alone; nothing here runs.
// @ts-check

/** @typedef {import("../../explorers/front/types.js").Look} Look */
/** @typedef {import("../../explorers/front/types.js").Theme} Theme */

/**
 * @typedef {object} WorldSpec
 * @property {string} name
 * @property {string} title
 * @property {string} told
 * @property {string} label  What `rows` say of each prompt.
 * @property {string[]} rows
 * @property {string} letters
 * @property {boolean} shared
 * @property {number} rate  Size of a step, for a table whose size is 1.
 * @property {number} answers
 * @property {number[]} right  1 where an answer is right; prompt by prompt, right ones first.
 * @property {number[]} index  Which parameter is an answer's own.
 * @property {number} logits  Where they lie in the block.
 */
/** @typedef {WorldSpec & {start: Float64Array, parameters: number}} World */

/**
 * @typedef {object} TableSpec
 * @property {number} size  Of a step, in units of the world's rate.
 * @property {number} credit  Where it lies in the block.
 */
/** @typedef {{size: number, right: Float64Array, wrong: Float64Array}} Table  Credit for c = 0..n right ones. */

/**
 * @typedef {object} RaceSpec
 * @property {number} steps
 * @property {number} prompts
 * @property {number[]} tries
 * @property {number[]} groups
 * @property {number[]} times  Steps at which exact paths are told.
 * @property {Record<string, {told: string, takesK: boolean}>} racers
 * @property {WorldSpec[]} worlds
 * @property {Record<string, TableSpec | {missing: string}>} tables
 * @property {Record<string, number>} paths
 * @property {number} pathsFrom  Where uint16 begin in the block; before are float64.
 * @property {Look} look
 */
/** @typedef {{one: ArrayLike<number>, many: ArrayLike<number>}} Curves  Share solved in one try and in k, by step. */
/** @typedef {(t: number, x: number, i: number) => number} Rain  Where sample i of prompt x falls at step t. */

/**
 * @typedef {object} RaceState
 * @property {string} world
 * @property {number} k
 * @property {number} n
 * @property {string} left
 * @property {string} right
 * @property {number} seed
 * @property {number} level  Where the two are compared: a share of the way to the highest pass@1 that both reached.
 */
/** @typedef {"left" | "right"} Side */

/** @typedef {{tries: number, chances: {p: number, words: string, exact: number[]}[], look: Look}} AskSpec */
/** @typedef {{p: number, seed: number}} AskState */

export {};
