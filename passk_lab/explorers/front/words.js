// Sentences with numbers in them, and the state as one short string.
// @ts-check

import { compile } from "./evaluate.js";
import { numberText } from "./numbers.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").Scope} Scope */
/** @typedef {import("./types.js").State} State */
/** @typedef {(template: string, state: State) => string} Fill */

/** @type {(value: number | string | boolean) => string} */
const write = (value) => (typeof value === "string" ? value : numberText(Number(value), 12));

/**
 * Put the values of controls, readouts and texts into a sentence: {name} becomes what the name stands for.
 * @param {Pick<Spec, "readouts" | "texts">} spec
 * @param {Scope} scope
 * @returns {Fill}
 */
export function makeFill(spec, scope) {
  const readouts = new Map(spec.readouts.map((r) => [r.name, { ...r, of: compile(r.value, scope) }]));
  const texts = new Map(spec.texts.map((text) => [text.name, text]));
  return (template, state) => template.replace(/\{(\w+)\}/g, (_, name) => {
    const text = texts.get(name);
    if (text) return text.texts[String(state[text.choice])];
    const readout = readouts.get(name);
    if (!readout) return write(state[name]);
    const number = Number(readout.of(state));
    if (Number.isNaN(number)) return readout.absent;
    if (number >= 0 && number < readout.least) return `less than ${numberText(readout.least, 1)}`;
    return readout.form.replace("{}", numberText(readout.scale * number, readout.digits));
  });
}

/**
 * The text that reproduces the view, as in "pass-at-k?k=16&p=0.1".
 * @param {{name: string}} spec
 * @param {State} state
 */
export function stateText(spec, state) {
  const parts = Object.entries(state).map(([name, value]) => `${name}=${encodeURIComponent(write(value))}`);
  return `${spec.name}?${parts.join("&")}`;
}
