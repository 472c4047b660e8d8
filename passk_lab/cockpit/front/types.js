// What the cockpit's page is told. Types alone; nothing here runs.
// @ts-check

/** @typedef {(what: {do: string, name?: string, value?: any}) => void} Ask  Ask something of the kernel. */

/**
 * What can be chosen, and the pictures without their numbers.
 * @typedef {object} Spec
 * @property {string} title
 * @property {string[]} objectives
 * @property {string[]} mechanisms
 * @property {number[]} draws
 * @property {number[]} rates
 * @property {number[]} seeds
 * @property {string[]} fixed  Choices that hold from Start to Reset.
 * @property {number} steps
 * @property {string[]} names  Of the pictures, for the style sheet.
 * @property {string[]} growing  Dimensions that grow as the run goes on.
 * @property {import("../../explorers/front/types.js").Spec} pictures
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
 * @property {Record<string, any>} choices
 * @property {string} draws
 * @property {string} mechanism
 * @property {{name: string, label: string, value: number, step: number}[]} coefficients
 */

/**
 * Rows of a run: all there are, or those that are new.
 * @typedef {object} News
 * @property {number} run
 * @property {number[]} from
 * @property {number[]} to
 * @property {number} done
 * @property {string} words
 * @property {string[]} titles
 * @property {{asked: string, answer: string, right: boolean}[]} samples
 * @property {Record<string, number>} now  What can be changed, as it is now.
 */
/** @typedef {News & import("../../explorers/front/types.js").Packed} Rows */

export {};
