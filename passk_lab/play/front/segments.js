// A choice of a few, all of them in sight: native radio buttons that look like one bar.
// @ts-check

import { make } from "../../explorers/front/dom.js";

/**
 * @template {string | number} T
 * @param {string} id
 * @param {string} legend
 * @param {[T, string][]} options  Values, and what they are called.
 * @param {(value: T) => void} onChange
 */
export function makeSegments(id, legend, options, onChange) {
  const inputs = options.map(([value]) => make("input", {
    type: "radio", name: id, value: String(value), autocomplete: "off", onchange: () => onChange(value),
  }));
  return {
    node: make("fieldset", { class: "passk-segments" }, make("legend", { text: legend }),
      ...inputs.map((input, i) => make("label", {}, input, options[i][1]))),
    /** @param {T} value */
    show(value) { for (const input of inputs) input.checked = input.value === String(value); },
  };
}
