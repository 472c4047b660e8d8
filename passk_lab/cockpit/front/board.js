// The cockpit's controls: suggestions, choices of one run or two, buttons. What they show is what the kernel says.
// @ts-check

import { make } from "../../explorers/front/dom.js";
import { makeSelect, makeSide } from "./side.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").Ask} Ask */

const BUTTONS = ["start", "pause", "step", "stop", "reset"];
const SIDES = ["A", "B"];

/**
 * @param {string} id  Of the cockpit; every control's begins with it.
 * @param {Spec} spec
 * @param {Ask} ask
 */
export function makeBoard(id, spec, ask) {
  const sides = SIDES.map((side) => makeSide(`${id}-${side}`, side, spec, ask));
  const seed = makeSelect(id, "seed", "seed", spec.seeds, (name, value) => ask({ do: "change", name, value }));
  const race = make("button", { type: "button", name: "race",
    onclick: () => ask({ do: race.getAttribute("aria-pressed") === "true" ? "alone" : "race" }) });
  sides[0].row.append(seed.node, race);
  const suggestions = spec.suggestions.map((name) =>
    make("button", { type: "button", text: name, onclick: () => ask({ do: "suggest", name }) }));
  const buttons = BUTTONS.map((name) => make("button", {
    type: "button", name, text: name[0].toUpperCase() + name.slice(1), onclick: () => ask({ do: name }),
  }));
  const progress = make("progress", { max: spec.steps, value: 0, "aria-label": "steps done" });
  const count = make("span", { class: "passk-count" });
  const status = make("p", { class: "passk-status" });
  const pressed = [...suggestions, ...buttons, race];

  return {
    nodes: [
      make("div", { class: "passk-try", role: "group", "aria-label": "Suggestions" }, "Try", ...suggestions),
      ...sides.map(({ node }) => node),
      make("div", { class: "passk-try passk-run", role: "group", "aria-label": "Run" }, ...buttons, progress, count),
      status,
    ],
    /** What the kernel has just said. */
    said: () => status.textContent ?? "",

    /** @param {View} view */
    show(view) {
      const held = /** @type {any} */ (document.activeElement), two = view.sides.length > 1;
      sides.forEach((side, place) => side.show(view, place));
      seed.show(view.sides[0].choices.seed);
      seed.input.disabled = race.disabled = !view.choosing;
      race.textContent = two ? "Without B" : "Race a second run";
      race.setAttribute("aria-pressed", String(two));
      for (const button of suggestions) button.disabled = !view.buttons.includes("suggest");
      for (const button of buttons) button.disabled = !view.buttons.includes(button.name);
      status.textContent = view.said;
      status.classList.toggle("passk-refused", view.refused);
      // A button that has just gone grey leaves the keyboard nowhere.
      if (pressed.includes(held) && held.disabled) buttons.find((button) => !button.disabled)?.focus();
    },

    /** Nobody is there to be asked any more. @param {string} said */
    close(said) {
      const inputs = sides.flatMap((side) => side.inputs());
      for (const control of [...inputs, seed.input, ...pressed]) control.disabled = true;
      status.textContent = said;
      status.classList.add("passk-refused");
    },

    /** How far the runs have come. @param {import("./types.js").News} news */
    follow({ done, now }) {
      progress.value = done;
      count.textContent = `step ${done} of ${spec.steps}`;
      now.forEach((its, place) => sides[place].follow(its));
    },

    destroy() { for (const side of sides) side.destroy(); },
  };
}
