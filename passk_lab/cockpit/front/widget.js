// The cockpit as a widget of a notebook (anywidget).
// @ts-check

import { hideStandIn } from "../../explorers/front/dom.js";
import { whenKernelGoes } from "../../explorers/front/kernel.js";
import { blockOf } from "../../explorers/front/scope.js";
import { mountCockpit } from "./cockpit.js";

let views = 0;  // of this widget: each loads this module anew

/** @param {{model: import("../../explorers/front/types.js").Model, el: HTMLElement}} widget */
function render({ model, el }) {
  const ask = (/** @type {any} */ what) => model.send(what);
  const cockpit = mountCockpit(el, model.get("_spec"), ask);
  const all = () => {
    const { block, ...rows } = model.get("_all");
    if (block) cockpit.showAll(rows, blockOf(block));
  };
  const view = () => cockpit.showView(model.get("_view"));
  const hear = (/** @type {any} */ message, /** @type {DataView<ArrayBuffer>[]} */ buffers) => {
    if (message.rows) cockpit.showMore(message.rows, blockOf(buffers[0]));
  };
  const forget = whenKernelGoes(model, () => cockpit.showGone());
  all();
  view();
  model.on("change:_all", all); model.on("change:_view", view); model.on("msg:custom", hear);
  views += 1;
  ask({ do: "look" });
  hideStandIn(el, model.get("_still"));
  return () => {
    model.off("change:_all", all); model.off("change:_view", view); model.off("msg:custom", hear);
    forget();
    cockpit.destroy();
    views -= 1;
    // A run that nobody sees any more is held; reloading the page does not come here.
    if (!views) { try { ask({ do: "left" }); } catch { /* the widget is closed */ } }
  };
}

export default { render };
