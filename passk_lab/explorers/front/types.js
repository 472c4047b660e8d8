// What the front end is handed: the description as payload.py packs it. Types alone; nothing here runs.
// @ts-check

/** @typedef {"light" | "dark"} Theme */
/** @typedef {Record<string, number | string | boolean>} State  A value for each control. */
/** @typedef {ArrayLike<number>} Numbers */
/** @typedef {(state: State) => number | Numbers} Compiled  An expression, ready to be evaluated in a state. */
/**
 * An expression as expression.py writes it: ["number", v], ["control", name], ["coordinate", dim],
 * ["value", table, along, at, across], or a sign with two expressions.
 * @typedef {any[]} Expression
 */

/** @typedef {Record<Theme, string>} Colour */
/** @typedef {Colour & {dash: number[], marker: string, width: number}} Role */
/**
 * @typedef {object} Look
 * @property {Record<string, Role>} roles
 * @property {Colour} ground
 * @property {Colour} ink
 * @property {Colour} quiet
 * @property {Colour} grid
 * @property {string[]} heat  Colours of a number, from the least to the most, evenly apart.
 */

/**
 * @typedef {object} Control
 * @property {"Slider" | "Choice" | "Toggle"} kind
 * @property {string} name
 * @property {string} label
 * @property {number[]} [values]  Of a slider.
 * @property {boolean} [play]  Of a slider: whether a button walks through its values.
 * @property {string[]} [options]  Of a choice.
 * @property {string[]} [first]  Of a choice: options with which its menu opens, if not with all.
 */

/**
 * @typedef {object} Axis
 * @property {string} label
 * @property {"linear" | "log" | "log2"} scale
 * @property {number | Expression | null} [low]
 * @property {number | Expression | null} [high]
 * @property {[string, string] | null} [ends]
 * @property {boolean} [tight]
 */

/**
 * @typedef {object} Mark
 * @property {string} kind
 * @property {string} role
 * @property {string} [label]
 * @property {string} [show]  Toggle that shows it.
 * @property {string} [drag]  Slider that follows it when it is pulled.
 * @property {number} [label_at]
 * @property {boolean} [below]
 * @property {boolean} [answer]  Whether it shows what a class votes on.
 * @property {number} [strength]
 * @property {[string, string][]} [kinds]
 * @property {[string, string]} [ends]
 * @property {Expression} [x]
 * @property {Expression} [y]
 * @property {Expression} [low]
 * @property {Expression} [high]
 * @property {Expression} [z]
 * @property {Expression} [until]
 */
/** @typedef {{x?: any, y?: any, low?: any, high?: any, z?: any, until?: any}} At  Its numbers in the present state. */
/** @typedef {Mark & {at: At}} Shown  A mark with its numbers. */

/** @typedef {{name: string, title: string, x: Axis, y: Axis, marks: Mark[]}} Panel */
/**
 * @typedef {object} Readout
 * @property {string} name
 * @property {Expression} value
 * @property {number} digits
 * @property {number} scale
 * @property {string} form
 * @property {string} absent
 * @property {number} least
 */

/**
 * Where axes and tables lie in a block of float32.
 * @typedef {object} Packed
 * @property {Record<string, {names?: string[], offset: number, length: number}>} axes
 * @property {Record<string, {dims: string[], offset: number}>} tables
 */

/**
 * @typedef {object} Words  All of a description but its numbers.
 * @property {string} name
 * @property {string} title
 * @property {string} summary
 * @property {Control[]} controls
 * @property {Panel[]} panels
 * @property {Readout[]} readouts
 * @property {string[]} sentences
 * @property {{name: string, choice: string, texts: Record<string, string>}[]} texts
 * @property {{label: string, state: State, sentence: string}[]} presets
 * @property {string} source
 * @property {string} vote  What a class is asked while the answer is hidden; "" where there is nothing to vote on.
 * @property {Look} look
 */
/** @typedef {Words & Packed} Spec */

/** @typedef {{dims: string[], values: Float32Array}} Table */
/**
 * Where names are looked up. Axes and tables may grow; what was compiled sees them as they are when it is evaluated.
 * @typedef {object} Scope
 * @property {Record<string, any>} axes  Coordinates of each dimension: numbers, or names.
 * @property {Record<string, Table>} tables
 * @property {Set<string>} controls
 * @property {Map<string, number>} found
 */

/**
 * @typedef {object} ToDraw  A curve that is hidden until the reader has drawn it, as course/drawing.py packs it.
 * @property {string} question
 * @property {Axis & {low: number, high: number}} x
 * @property {Axis & {low: number, high: number}} y
 * @property {string} letter  Of the axis across, as in "k".
 * @property {number[]} at  Where the curve is drawn, along the axis across.
 * @property {string} label  Name of the hidden curve.
 * @property {number} first  Its height at the first of them: from there the reader goes on.
 * @property {{label: string, values: number[]}[]} beside  Curves that are shown all the time.
 * @property {string} rises  What to say of a drawing that falls, where the curve cannot; "" where it can.
 */

/** @typedef {{text: string, role: string, width: number, places: [number, number][]}} Label
 *   A text and where it may stand, the best place first: its left end and the middle of its height. */

/**
 * The kernel's side of a widget, as anywidget hands it over.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, callback: (...given: any[]) => void) => void} on
 * @property {(event: string, callback: (...given: any[]) => void) => void} off
 * @property {(message: any) => void} send
 * @property {any} [widget_manager]  JupyterLab's own; its `kernel` says how that is.
 */

export {};
