// Sentences with numbers in them.
// @ts-check

import { compile } from "./evaluate.js";
import { numberWords } from "./numbers.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").Scope} Scope */
/** @typedef {import("./types.js").State} State */
/** @typedef {(template: string, state: State) => string} Fill */

/** @type {(value: number | string | boolean) => string} */
const write = (value) => (typeof value === "string" ? value : numberWords(Number(value), 12));

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
