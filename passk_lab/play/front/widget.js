// A mount of this room as a widget of a notebook (anywidget): the kernel hears of a new state, and the page of its own.
// @ts-check

import { hideStandIn } from "../../explorers/front/dom.js";

/** @typedef {import("../../explorers/front/types.js").Model} Model */

/**
 * @param {(root: HTMLElement, data: any, state: any, more: {onState: (state: any) => void}) =>
 *   {setState: (state: any) => void, destroy: () => void}} mount
 */
export const asWidget = (mount) => ({
  /** @param {{model: Model, el: HTMLElement}} widget */
  render({ model, el }) {
    const view = mount(el, { spec: model.get("_spec"), block: model.get("_block") }, model.get("_state"), {
      onState: (state) => { model.set("_state", state); model.save_changes(); },
    });
    const follow = () => view.setState(model.get("_state"));
    model.on("change:_state", follow);
    hideStandIn(el, model.get("_still"));
    return () => { model.off("change:_state", follow); view.destroy(); };
  },
});
