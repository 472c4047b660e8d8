// When the kernel of a widget is gone: of one that died by itself the model says nothing, JupyterLab's manager does.
// @ts-check

const GONE = ["restarting", "autorestarting", "terminating", "dead"];

/**
 * @param {import("./types.js").Model} model
 * @param {() => void} tell
 * @returns {() => void}  Listens no longer.
 */
export function whenKernelGoes(model, tell) {
  const kernel = model.widget_manager?.kernel;
  const hear = (/** @type {any} */ _, /** @type {string} */ status) => { if (GONE.includes(status)) tell(); };
  kernel?.statusChanged?.connect(hear);
  kernel?.disposed?.connect(tell);
  return () => {
    kernel?.statusChanged?.disconnect(hear);
    kernel?.disposed?.disconnect(tell);
  };
}

/**
 * As the `initialize` of a widget: all its views, those opened later too, find in "_gone" that the kernel went.
 * @param {{model: import("./types.js").Model}} widget
 */
export const noteWhenKernelGoes = ({ model }) => whenKernelGoes(model, () => model.set("_gone", true));
