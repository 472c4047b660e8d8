// Native inputs with real labels: they answer to arrow keys and have a name for a screen reader.
// @ts-check

import { make } from "./dom.js";
import { numberWords } from "./numbers.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Control} Description */
/** @typedef {(changes: State) => void} Change */

/**
 * A control on the page: its element, how to show a value, and how to end what it does by itself.
 * @typedef {object} Control
 * @property {HTMLElement} node
 * @property {HTMLInputElement | HTMLSelectElement} input
 * @property {(value: any) => void} show
 * @property {() => void} [stop]
 */

/**
 * @param {{name: string, label: string, values?: number[], play?: boolean}} control
 * @param {string} id
 * @param {Change} change
 * @returns {Control}
 */
export function makeSlider({ name, label, values = [], play = false }, id, change) {
  const last = values.length - 1;
  // Room for the longest value: a number that grows moves nothing.
  const widest = Math.max(0, ...values.map((value) => numberWords(value, 12).length));
  // A screen reader has the value from the slider itself.
  const output = make("output", { for: id, "aria-hidden": "true", style: `min-width: ${widest}ch` });
  const input = make("input", { id, type: "range", min: 0, max: last, step: 1, autocomplete: "off", oninput: () => {
    player?.stop();
    change({ [name]: values[input.valueAsNumber] });
  } });
  const node = make("div", { class: "passk-control passk-slider" }, make("label", { for: id, text: label }), input,
    output);
  const player = play ? makePlayer(label, () => input.valueAsNumber < last, (on) => {
    change({ [name]: values[on ? input.valueAsNumber + 1 : 0] });
  }) : null;
  if (player) node.append(player.button);
  return {
    node, input, stop: player?.stop,
    show(value) {
      const text = numberWords(value, 12);
      input.value = String(values.indexOf(value));
      input.setAttribute("aria-valuetext", text);
      output.textContent = text;
    },
  };
}

/**
 * A button that walks through a slider's values.
 * @param {string} label
 * @param {() => boolean} more  Whether there is a next value.
 * @param {(on: boolean) => void} go  On to the next value, or back to the first.
 */
function makePlayer(label, more, go) {
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = "▶";
    button.setAttribute("aria-label", `Play ${label}`);
  };
  const button = make("button", { type: "button", class: "passk-walk", onclick: () => {
    if (timer) return stop();
    if (!more()) go(false);
    button.textContent = "❚❚";
    button.setAttribute("aria-label", `Pause ${label}`);
    timer = setInterval(() => { if (more()) go(true); else stop(); }, 90);
  } });
  stop();
  return { button, stop };
}

/**
 * @param {{name: string, label: string, options?: string[], first?: string[]}} control
 * @param {string} id
 * @param {Change} change
 * @returns {Control}
 */
export function makeChoice({ name, label, options = [], first = [] }, id, change) {
  const folded = first.length > 0 && first.length < options.length;
  const entries = (folded ? [...first, ...options.filter((option) => !first.includes(option))] : options)
    .map((option) => make("option", { value: option, text: option, hidden: folded && !first.includes(option) }));
  const all = make("option", { value: "", text: `show all ${options.length} …`, class: "passk-all" });
  let chosen = "";
  const input = make("select", { id, autocomplete: "off", onchange: () => {
    if (input.value !== "") return change({ [name]: input.value });
    unfold();
    input.value = chosen;
    try { input.showPicker(); } catch { /* a browser without it: the menu is whole when it is opened again */ }
  } }, ...entries, ...(folded ? [all] : []));
  function unfold() {
    for (const entry of entries) entry.hidden = false;
    all.remove();
  }
  const node = make("div", { class: "passk-control" }, make("label", { for: id, text: label }), input);
  return { node, input, show(value) {
    chosen = String(value);
    for (const entry of entries) if (entry.value === chosen) entry.hidden = false;
    input.value = chosen;
  } };
}

/**
 * @param {{name: string, label: string}} control
 * @param {string} id
 * @param {Change} change
 * @returns {Control}
 */
export function makeToggle({ name, label }, id, change) {
  const input = make("input", { id, type: "checkbox", autocomplete: "off",
    onchange: () => change({ [name]: input.checked }) });
  const node = make("div", { class: "passk-control" }, make("label", { class: "passk-toggle" }, input, label));
  return { node, input, show(value) { input.checked = value; } };
}

/** How each kind of control is made. */
export const MAKERS = { Slider: makeSlider, Choice: makeChoice, Toggle: makeToggle };
