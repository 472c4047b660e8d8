// Number fields for the coefficients of a mechanism.
// @ts-check

import { make } from "../../explorers/front/dom.js";
import { numberText } from "../../explorers/front/numbers.js";

/**
 * @param {string} id
 * @param {(name: string, value: any) => void} choose
 */
export function makeFields(id, choose) {
  const node = make("div", { class: "passk-controls passk-fields" });
  /** @type {Map<string, HTMLInputElement>} */
  let inputs = new Map();

  /** @param {import("./types.js").Side["coefficients"]} coefficients */
  function renew(coefficients) {
    inputs = new Map(coefficients.map(({ name, step }) => {
      const value = () => (Number.isNaN(input.valueAsNumber) ? input.value : input.valueAsNumber);
      const input = make("input", { id: `${id}-${name}`, name, type: "number", step, autocomplete: "off",
        onchange: () => choose(name, value()) });
      return [name, input];
    }));
    node.replaceChildren(...coefficients.map(({ name, label }) => make("div", { class: "passk-control" },
      make("label", { for: `${id}-${name}`, text: label }), /** @type {HTMLInputElement} */ (inputs.get(name)))));
  }

  return {
    node,
    /** @type {(coefficients: import("./types.js").Side["coefficients"], open: boolean) => void} */
    show(coefficients, open) {
      if ([...inputs.keys()].join() !== coefficients.map(({ name }) => name).join()) renew(coefficients);
      for (const { name, value } of coefficients) {
        const input = /** @type {HTMLInputElement} */ (inputs.get(name));
        input.value = numberText(value, 12);
        input.disabled = !open;
      }
    },
    inputs: () => [...inputs.values()],
    /** A controller moves its coefficient by itself. @param {Record<string, number>} now */
    follow(now) {
      for (const [name, input] of inputs) {
        if (name in now && input !== document.activeElement) {
          input.value = numberText(Number(now[name].toPrecision(4)), 12);
        }
      }
    },
  };
}
