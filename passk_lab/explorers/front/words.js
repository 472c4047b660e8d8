// Sentences with numbers in them, and the state as one short string.
// @ts-check

import { compile } from "./evaluate.js";
import { numberText, numberWords } from "./numbers.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").Scope} Scope */
/** @typedef {import("./types.js").State} State */
/** @typedef {(template: string, state: State) => string} Fill */

/** @type {(value: number | string | boolean, number?: typeof numberText) => string} */
const write = (value, number = numberWords) => (typeof value === "string" ? value : number(Number(value), 12));

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
    const least = number >= 0 && number < readout.least;
    const shown = numberWords(readout.scale * (least ? readout.least : number), least ? 1 : readout.digits);
    return (least ? "less than " : "") + readout.form.replace("{}", shown);
  });
}

/**
 * The text that reproduces the view, as in "pass-at-k?k=16&p=0.1".
 * @param {{name: string}} spec
 * @param {State} state
 */
export function stateText(spec, state) {
  const parts = Object.entries(state).map(([name, value]) => `${name}=${encodeURIComponent(write(value, numberText))}`);
  return `${spec.name}?${parts.join("&")}`;
}
