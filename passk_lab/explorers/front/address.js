// A view as a text, as in "pass-at-k?k=16&p=0.9": for links, and after the # of a page. address.py is this for Python.
// @ts-check

import { numberText, numberWords } from "./numbers.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Control} Control */
/**
 * How a figure is shown, besides where its controls stand: which panel alone (0: all), the answer hidden, large; and
 * whether its page listens to keys that are characters.
 * @typedef {{panel: number, hides: boolean, presents: boolean, keys: boolean}} View
 */
/**
 * The part of a description that is asked.
 * @typedef {{name: string, controls: Control[], panels: unknown[], vote?: string}} Named
 */

/** @type {View} */
export const AS_IT_IS = { panel: 0, hides: false, presents: false, keys: true };
const HIDDEN = "hide = answer";
const SWITCH = new Map([["1", true], ["true", true], ["0", false], ["false", false]]);
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Escaped as Python's quote does it. @param {string} text */
const escaped = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** @param {number | string | boolean} value */
const written = (value) => (typeof value === "string" ? escaped(value) : numberText(Number(value), 12));

/**
 * The text without the explorer's name: every control, also one that stands as it started.
 * @param {State} state
 * @param {View} view
 */
export function query(state, { panel, hides, presents, keys } = AS_IT_IS) {
  const parts = Object.entries(state).map(([name, value]) => `${name}=${written(value)}`);
  if (panel) parts.push(`panel=${panel}`);
  if (hides) parts.push("hide=answer");
  if (presents) parts.push("present=1");
  if (!keys) parts.push("keys=off");
  return parts.join("&");
}

/**
 * The text that reproduces a view.
 * @param {{name: string}} spec
 * @param {State} state
 * @param {View} [view]
 */
export const stateText = ({ name }, state, view) => `${escaped(name)}?${query(state, view)}`;

/**
 * The name in front, "" where there is none, and the rest.
 * @param {string} text
 * @returns {[string, string]}
 */
export function split(text) {
  const rest = text.trim().replace(/^#/, ""), at = rest.indexOf("?");
  if (at < 0) return rest.includes("=") ? ["", rest] : [unescaped(rest), ""];
  return [unescaped(rest.slice(0, at)), rest.slice(at + 1)];
}

/** @param {string} text */
function unescaped(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

/**
 * Whether a name in front is that explorer's: with _ for - it is too.
 * @type {(name: string, own: string) => boolean}
 */
export const isNameOf = (name, own) => name.replaceAll("_", "-") === own.replaceAll("_", "-");

/**
 * What a text says: the controls that it moves, how the figure is shown, and what is not in this figure.
 * @param {Named} spec
 * @param {string} text
 * @returns {{state: State, view: View, missed: string[]}}
 */
export function readView({ controls, panels, vote }, text) {
  const asked = new Map(new URLSearchParams(split(text)[1])), view = { ...AS_IT_IS }, /** @type {State} */ state = {};
  const /** @type {string[]} */ missed = [];
  for (const [name, said] of asked) {
    const control = controls.find((one) => one.name === name), value = control && accepted(control, said);
    if (value !== undefined) state[name] = value;
    else if (!shows(view, name, said, panels.length)) missed.push(said ? `${name} = ${said}` : name);
  }
  if (view.hides && !vote) missed.push(HIDDEN);
  view.hides &&= Boolean(vote);
  return { state, view, missed };
}

/** @type {(view: View, name: string, said: string, panels: number) => boolean} */
function shows(view, name, said, panels) {
  const nothing = said === "" || said === "0";
  if (name === "panel" && (nothing || (/^[1-9]$/.test(said) && Number(said) <= panels))) view.panel = Number(said);
  else if (name === "hide" && (nothing || said === "answer")) view.hides = !nothing;
  else if (name === "present" && (nothing || said === "1")) view.presents = !nothing;
  else if (name === "keys" && ["", "on", "off"].includes(said)) view.keys = said !== "off";
  else return false;
  return true;
}

/**
 * The value that a text stands for, of a slider the nearest to a number within its range; undefined where none is.
 * @param {Control} control
 * @param {string} said
 * @returns {number | string | boolean | undefined}
 */
function accepted({ kind, values = [], options = [] }, said) {
  if (kind === "Choice") return options.includes(said) ? said : undefined;
  if (kind === "Toggle") return SWITCH.get(said.toLowerCase());
  const number = NUMBER.test(said) ? Number(said) : NaN;
  const inside = number >= Math.min(...values) && number <= Math.max(...values);
  return inside ? values.reduce((a, b) => (Math.abs(b - number) < Math.abs(a - number) ? b : a)) : undefined;
}

/**
 * What of a text is not in this figure, as a sentence; "" where all is.
 * @param {Named} spec
 * @param {string[]} missed
 */
export function missedWords({ controls, vote }, missed) {
  const there = controls.map(({ kind, name, values = [] }) => (kind !== "Slider" ? name :
    `${name} from ${numberWords(Math.min(...values), 12)} to ${numberWords(Math.max(...values), 12)}`));
  const unasked = missed.includes(HIDDEN) && !vote ? " It asks nothing, so there is no answer to hide." : "";
  return missed.length ? `Of the address, this is not in the figure and was left out: ${missed.join(", ")}. ` +
    `There is: ${there.join(", ")}.${unasked}` : "";
}
