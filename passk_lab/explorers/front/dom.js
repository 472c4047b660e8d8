// Elements of the page.
// @ts-check

/**
 * An element with attributes and children. "text" is its text, "onclick" and the like are listeners.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} attributes  false, null and undefined leave an attribute out.
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children);
  return node;
}

/** A name for an element. Every widget loads its module anew, so a counter would give the same one twice on a page. */
export const newId = () => `passk-${Math.random().toString(36).slice(2, 10)}`;

const MOVE_AND_EDIT = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown",
  "Backspace", "Delete"];

/**
 * Whether a key is the controls': it moves, writes or presses. In the notebook a letter would be a command (a inserts a
 * cell, d d deletes one) and an arrow go to the next cell. All else is the notebook's: what is pressed with Ctrl, Alt
 * or Meta, Shift+Enter, Esc, Tab.
 * @param {Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey">} event
 */
export function isForControls({ key, shiftKey, ctrlKey, altKey, metaKey }) {
  if (ctrlKey || altKey || metaKey) return false;
  return key === "Enter" ? !shiftKey : [...key].length === 1 || MOVE_AND_EDIT.includes(key);
}

/**
 * Whether a key edits the field it is pressed in: select all, copy, cut, paste, undo. In the notebook Ctrl+A would
 * select all cells.
 * @param {KeyboardEvent} event
 */
const edits = ({ key, ctrlKey, metaKey, target }) => (ctrlKey || metaKey) && "acxvzy".includes(key.toLowerCase()) &&
  target instanceof HTMLInputElement && ["number", "text"].includes(target.type);

/** Attributes of an element that keeps the keys of its controls from the notebook, and hands it the focus at Esc. */
export const OWN_KEYS = {
  onkeydown: (/** @type {KeyboardEvent} */ event) => {
    if (isForControls(event) || edits(event)) event.stopPropagation();
    else if (event.key === "Escape" && event.currentTarget instanceof Element) {
      /** @type {HTMLElement | null} */ (event.currentTarget.closest(".jp-Cell"))?.focus();
    }
  },
};

/**
 * Hide the still picture that stands in for a widget where no kernel runs (a file on GitHub, a reopened notebook): as
 * long as the live one is on the page, so is this rule.
 * @param {HTMLElement} live
 * @param {string} standIn  Class of the still picture.
 */
export function hideStandIn(live, standIn) {
  live.append(make("style", { text: `.${standIn} { display: none !important; }` }));
}
