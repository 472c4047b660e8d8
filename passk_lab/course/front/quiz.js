// One question with native radio buttons. JupyterLab takes arrow keys from ipywidgets' own; here it leaves them alone.
// @ts-check

import { OWN_KEYS, hideStandIn, make, newId } from "../../explorers/front/dom.js";
import { noteWhenKernelGoes } from "../../explorers/front/kernel.js";
import { followTheme } from "../../explorers/front/theme.js";

/** @typedef {{text: string, right: boolean, reason: string}} Choice */

const UNKEPT = " (Not remembered, since the kernel that asked is gone: run this cell, after those above it, to answer "
  + "again.)";

/** @param {{model: import("../../explorers/front/types.js").Model, el: HTMLElement}} widget */
function render({ model, el }) {
  /** @type {{text: string, choices: Choice[]}} */
  const { text, choices } = model.get("_question");
  const name = newId(), reply = make("p", { role: "status" });
  let kept = true;
  const inputs = choices.map((_, i) => make("input", {
    type: "radio", name, value: i + 1, autocomplete: "off",
    onchange: () => {
      kept = !model.get("_gone");
      model.set("choice", i + 1);
      if (kept) model.save_changes();
    },
  }));
  const fieldset = make("fieldset", { class: "passk-quiz", ...OWN_KEYS }, make("legend", { text }),
    ...choices.map((choice, i) => make("label", {}, inputs[i], " ", choice.text)), reply);
  el.append(fieldset);
  hideStandIn(el, model.get("_still"));

  const show = () => {
    const number = model.get("choice"), chosen = choices[number - 1];
    inputs.forEach((input, i) => { input.checked = i + 1 === number; });
    const verdict = chosen ? `${chosen.right ? "✓ Right." : "✗ Not quite."} ${chosen.reason}` : "";
    reply.textContent = verdict + (kept ? "" : UNKEPT);
  };
  model.on("change:choice", show);
  show();
  const endTheme = followTheme(fieldset, model.get("_look"));
  return () => { model.off("change:choice", show); endTheme(); };
}

export default { initialize: noteWhenKernelGoes, render };
