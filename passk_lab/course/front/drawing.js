// "You draw it" as a widget of a notebook (anywidget): the kernel hears the drawing, and answers with the hidden curve.
// @ts-check

import { hideStandIn } from "../../explorers/front/dom.js";
import { mountDrawing } from "../../explorers/front/drawing.js";
import { noteWhenKernelGoes } from "../../explorers/front/kernel.js";
import { verdictOf } from "../../explorers/front/verdict.js";

const GONE = "The kernel that asked is gone: run this cell, after those above it, to draw.";

/** @param {{model: import("../../explorers/front/types.js").Model, el: HTMLElement}} widget */
function render({ model, el }) {
  const view = mountDrawing(el, model.get("_spec"), model.get("_look"), {
    drawn: model.get("drawn"),
    verdict: model.get("_verdict"),
    onDrawn: (values) => {
      // The same drawing twice changes nothing, and would not be answered.
      if (JSON.stringify(values) === JSON.stringify(model.get("drawn"))) return answer();
      model.set("drawn", values);
      model.save_changes();
    },
  });
  const answer = () => { if (model.get("_verdict")) view.show(model.get("_verdict")); };
  const follow = () => { if (model.get("_gone")) view.close(GONE); };
  model.on("change:_verdict", answer);
  model.on("change:_gone", follow);
  follow();
  hideStandIn(el, model.get("_still"));
  return () => { model.off("change:_verdict", answer); model.off("change:_gone", follow); view.destroy(); };
}

/**
 * Be the kernel, on a page that has none: say how far off a drawing is, and show what was hidden.
 * @param {import("../../explorers/front/types.js").Model} model
 */
function alone(model) {
  model.on("change:drawn", () => {
    const drawn = model.get("drawn"), hidden = model.get("_hidden");
    model.set("_verdict", { text: verdictOf(model.get("_spec"), drawn, hidden), hidden, drawn });
  });
}

export default { initialize: noteWhenKernelGoes, render, alone };
