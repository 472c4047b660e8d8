// Keys of a page with explorers: which panel is alone, larger for a projector, on in a list. Never while one types.
// @ts-check

import { make } from "./dom.js";

const FIELDS = "textarea, select, input:not([type=range], [type=checkbox], [type=radio], [type=button]), " +
  "[contenteditable]:not([contenteditable=false])";
const MOVES = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

/**
 * What a key stands for here, "" where it is another's: a digit, "p", "Escape", or an arrow's or page's own name.
 * @param {KeyboardEvent} event
 * @param {boolean} characters  Whether digits and "p" stand for anything.
 */
export function keyMeant({ key, target, ctrlKey, altKey, metaKey }, characters) {
  if (ctrlKey || altKey || metaKey) return "";
  const at = target instanceof Element ? target : null;
  if (at?.closest(FIELDS)) return "";
  if (/^[0-9pP]$/.test(key)) return characters ? key.toLowerCase() : "";
  if (["Escape", "PageUp", "PageDown"].includes(key)) return key;
  return MOVES.includes(key) && !at?.closest("input, canvas") ? key : "";
}

/**
 * What the keys do, and a switch for those that are characters: who speaks to the machine says them unmeant.
 * @param {import("./unpacked.js").Placed[]} placed  The figures of the page.
 * @param {string} more  What else there is to say of them.
 * @param {(on: boolean) => void} turn
 */
export function makeKeys(placed, more, turn) {
  const panels = Math.max(...placed.map(([, spec]) => spec.panels.length));
  const one = panels > 1 ? `1 ${panels > 2 ? "to" : "and"} ${panels} show one panel alone, 0 all; ` : "";
  const box = make("input", { type: "checkbox", checked: true, onchange: () => turn(box.checked) });
  const words = `Keys: ${one}P makes it large, for a projector, and Esc takes that back. ${more}`;
  return {
    node: make("p", { class: "passk-keys" }, words, make("label", {}, box, "Listen to digits and P")),
    show: (/** @type {boolean} */ on) => { box.checked = on; },
  };
}
