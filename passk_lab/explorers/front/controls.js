// Native inputs with real labels: they answer to arrow keys and have a name for a screen reader.
// @ts-check

import { make } from "./dom.js";
import { numberText } from "./numbers.js";

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
  const output = make("output", { for: id, "aria-live": "off" });
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
      const text = numberText(value, 12);
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
  const button = make("button", { type: "button", class: "passk-play", onclick: () => {
    if (timer) return stop();
    if (!more()) go(false);
    button.textContent = "⏸";
    button.setAttribute("aria-label", `Pause ${label}`);
    timer = setInterval(() => { if (more()) go(true); else stop(); }, 90);
  } });
  stop();
  return { button, stop };
}

/**
 * @param {{name: string, label: string, options?: string[]}} control
 * @param {string} id
 * @param {Change} change
 * @returns {Control}
 */
export function makeChoice({ name, label, options = [] }, id, change) {
  const input = make("select", { id, autocomplete: "off", onchange: () => change({ [name]: input.value }) },
    ...options.map((option) => make("option", { value: option, text: option })));
  const node = make("div", { class: "passk-control" }, make("label", { for: id, text: label }), input);
  return { node, input, show(value) { input.value = String(value); } };
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
  const node = make("div", { class: "passk-control" }, input, make("label", { for: id, text: label }));
  return { node, input, show(value) { input.checked = value; } };
}

/** How each kind of control is made. */
export const MAKERS = { Slider: makeSlider, Choice: makeChoice, Toggle: makeToggle };
