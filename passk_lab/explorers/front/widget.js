// The same explorer as a widget of a notebook (anywidget).
// @ts-check

import { hideStandIn } from "./dom.js";
import { mount } from "./explorer.js";
import { blockOf } from "./scope.js";

/** @param {{model: import("./types.js").Model, el: HTMLElement}} widget */
function render({ model, el }) {
  const view = mount(el, model.get("_spec"), blockOf(model.get("_data")), model.get("_values"), {
    onRest: (state) => { model.set("_values", state); model.save_changes(); },
  });
  const follow = () => view.setState(model.get("_values"));
  model.on("change:_values", follow);
  hideStandIn(el, model.get("_still"));
  return () => { model.off("change:_values", follow); view.destroy(); };
}

export default { render };
