// What the cockpit's page is told. Types alone; nothing here runs.
// @ts-check

/**
 * Ask something of the kernel.
 * @typedef {(what: {do: string, name?: string, value?: any, side?: string}) => void} Ask
 */

/**
 * What can be chosen, and how it looks.
 * @typedef {object} Spec
 * @property {string} title
 * @property {string[]} suggestions  What their buttons say.
 * @property {string[]} objectives
 * @property {string[]} mechanisms
 * @property {number[]} draws
 * @property {number[]} samples
 * @property {number[]} rates
 * @property {number[]} seeds
 * @property {string[]} fixed  Choices that hold from Start to Reset.
 * @property {number} steps
 * @property {import("../../explorers/front/types.js").Look} look
 */

/**
 * What is chosen for a run.
 * @typedef {object} Side
 * @property {Record<string, any>} choices
 * @property {string} draws
 * @property {string} mechanism
 * @property {{name: string, label: string, value: number, step: number}[]} coefficients
 */

/**
 * What the controls show and what can be pressed.
 * @typedef {object} View
 * @property {string} phase
 * @property {string[]} buttons
 * @property {string[]} open
 * @property {boolean} choosing
 * @property {string} said
 * @property {boolean} refused
 * @property {Side[]} sides  One, or the two of a race.
 */

/** @typedef {{side: string, equation: string, fault: string}} Answer  It is right where it has no fault. */
/** @typedef {{role: string, text: string}} Entry  A run in the pictures: the role of its line, if any; its name. */

/**
 * Rows of the runs: all there are, or those that are new.
 * @typedef {object} News
 * @property {number} run
 * @property {number[][]} from
 * @property {number[][]} to
 * @property {number} done
 * @property {string} words
 * @property {string[]} titles
 * @property {{asked: string, answers: Answer[]}[]} samples
 * @property {Record<string, number>[]} now  What can be changed in each run, as it is now.
 */
/** @typedef {News & import("../../explorers/front/types.js").Packed} Rows */

/**
 * What comes with all rows, and not with new ones.
 * @typedef {object} Told
 * @property {{name: string, words: string}[]} names  Of the pictures, for the style sheet and for the reader.
 * @property {string[]} growing  Dimensions that grow as the runs go on.
 * @property {Entry[]} legend
 * @property {boolean} before  Whether there are runs that went before.
 */
/** @typedef {Rows & Told & import("../../explorers/front/types.js").Spec} Whole */

export {};
