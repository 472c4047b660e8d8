// Which line is which run, where there is more than one: a piece of its line, and its name.
// @ts-check

import { make } from "../../explorers/front/dom.js";

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("../../explorers/front/types.js").Look} Look */

/** @param {() => void} clear  Takes out what went before. */
export function makeLegend(clear) {
  const list = make("ul", { "aria-label": "Runs in the pictures" });
  const button = make("button", { type: "button", name: "clear", class: "passk-quiet", text: "Clear what went before",
    onclick: clear });
  const node = make("div", { class: "passk-legend" }, list, button);
  return {
    node, button,
    /** @type {(entries: Entry[], before: boolean, look: Look, theme: "light" | "dark") => void} */
    show(entries, before, look, theme) {
      list.replaceChildren(...entries.map(({ role, text }) =>
        make("li", {}, ...(role ? [piece(look.roles[role], theme)] : []), text)));
      button.hidden = !before;
      node.hidden = !entries.length;
    },
  };
}

/** @type {(role: Look["roles"][string], theme: "light" | "dark") => SVGElement} */
function piece(role, theme) {
  const svg = document.createElementNS(SVG, "svg"), line = document.createElementNS(SVG, "line");
  for (const [name, value] of Object.entries({ width: 30, height: 8, "aria-hidden": "true" })) {
    svg.setAttribute(name, String(value));
  }
  const drawn = { x1: 0, x2: 30, y1: 4, y2: 4, stroke: role[theme], "stroke-width": role.width,
    "stroke-dasharray": role.dash.join(" ") };
  for (const [name, value] of Object.entries(drawn)) line.setAttribute(name, String(value));
  svg.append(line);
  return svg;
}
