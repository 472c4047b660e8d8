// Keys of a page with explorers: which panel is alone, larger for a projector, on in a list. Never while one types.
// @ts-check

const FIELDS = "textarea, select, input:not([type=range], [type=checkbox], [type=radio], [type=button]), " +
  "[contenteditable]:not([contenteditable=false])";
const MOVES = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

/**
 * What a key stands for here, "" where it is another's: a digit, "p", "Escape", or an arrow's or page's own name.
 * @param {KeyboardEvent} event
 */
export function keyMeant({ key, target, ctrlKey, altKey, metaKey }) {
  if (ctrlKey || altKey || metaKey) return "";
  const at = target instanceof Element ? target : null;
  if (at?.closest(FIELDS)) return "";
  if (/^[0-9]$/.test(key) || ["Escape", "PageUp", "PageDown"].includes(key)) return key;
  if (key === "p" || key === "P") return "p";
  return MOVES.includes(key) && !at?.closest("input, canvas") ? key : "";
}

/** What the keys do, for the eye. @param {number} panels  Of the figure with the most. */
export function keysInWords(panels) {
  const one = panels > 1 ? `1 ${panels > 2 ? "to" : "and"} ${panels} show one panel alone, 0 all; ` : "";
  return `Keys: ${one}P makes it large, for a projector, and Esc takes that back.`;
}
