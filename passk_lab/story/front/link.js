// A view as an address, and back.
// @ts-check

import { stateText } from "../../explorers/front/words.js";

/** @typedef {import("../../explorers/front/types.js").State} State */

/** @type {(name: string, state: State) => string} */
export const linkOf = (name, state) => `#${stateText({ name }, state)}`;

/** @type {(hash: string, spec: import("../../explorers/front/types.js").Spec, state: State) => State} */
export function readLink(hash, spec, state) {
  const asked = new URLSearchParams(hash.slice(hash.indexOf("?") + 1)), found = { ...state };
  for (const { kind, name, values = [], options = [] } of spec.controls) {
    const text = asked.get(name);
    if (text === null) continue;
    if (kind === "Slider" && text !== "" && Number.isFinite(Number(text))) {
      found[name] = values.reduce((a, b) => (Math.abs(b - Number(text)) < Math.abs(a - Number(text)) ? b : a));
    } else if (kind === "Choice" && options.includes(text)) found[name] = text;
    else if (kind === "Toggle") found[name] = text === "1" || text === "true";
  }
  return found;
}
