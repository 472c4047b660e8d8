// A number to be written down before the answer is seen: a native field and a button. The kernel writes, and says so.
// @ts-check

import { OWN_KEYS, hideStandIn, make, newId } from "../../explorers/front/dom.js";
import { noteWhenKernelGoes } from "../../explorers/front/kernel.js";
import { followTheme } from "../../explorers/front/theme.js";

const GONE = "The kernel that asked is gone: run this cell, after those above it, to answer.";

/** @param {{model: import("../../explorers/front/types.js").Model, el: HTMLElement}} widget */
function render({ model, el }) {
  /** @type {{question: string, low: number, high: number, whole: boolean, wanted: string}} */
  const { question, low, high, whole, wanted } = model.get("_asked");
  const id = newId(), said = make("p", { role: "status" });
  const field = make("input", {
    type: "number", id, min: low, max: high, step: whole ? 1 : "any", autocomplete: "off",
    value: model.get("value"), "aria-describedby": `${id}-wanted`,
  });
  const button = make("button", { text: "Write it down" });
  const submit = (/** @type {Event} */ event) => { event.preventDefault(); write(); };
  const form = make("form", { novalidate: true, onsubmit: submit },
    make("label", { for: id, text: "I predict" }), field, make("span", { id: `${id}-wanted`, text: wanted }), button);
  const fieldset = make("fieldset", { class: "passk-quiz", ...OWN_KEYS },
    make("legend", { text: `Predict first. ${question}` }), form, said);
  el.append(fieldset);
  hideStandIn(el, model.get("_still"));

  /** @type {(text: string, wrong?: boolean) => void} */
  const say = (text, wrong = false) => { said.textContent = text; field.setAttribute("aria-invalid", String(wrong)); };
  function write() {
    const value = field.valueAsNumber;
    if (Number.isNaN(value)) return say(`Write ${wanted} first.`, true);
    if (value < low || value > high || (whole && !Number.isInteger(value))) {
      return say(`The answer is ${wanted}, but you said ${field.value}.`, true);
    }
    if (value === model.get("_said").value) return hear();
    say("It is written down as soon as the kernel is free.");
    model.set("value", value);
    model.save_changes();
  }
  const hear = () => say(model.get("_said").text);
  const follow = () => {
    button.disabled = Boolean(model.get("_gone"));
    if (button.disabled) say(GONE);
  };
  model.on("change:_said", hear);
  model.on("change:_gone", follow);
  hear();
  follow();
  const endTheme = followTheme(fieldset, model.get("_look"));
  return () => { model.off("change:_said", hear); model.off("change:_gone", follow); endTheme(); };
}

/**
 * Be the kernel, on a page that has none: say what becomes of a number.
 * @param {import("../../explorers/front/types.js").Model} model
 */
function alone(model) {
  model.on("change:value", () => {
    const value = model.get("value"), said = model.get("_asked").said;
    model.set("_said", { value, text: said.replace("{}", String(+value.toPrecision(6))) });
  });
}

export default { initialize: noteWhenKernelGoes, render, alone };
