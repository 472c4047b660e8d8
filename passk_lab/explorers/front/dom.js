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

/** Attributes of an element whose keys belong to its controls, not to the notebook, which would go to the next cell. */
export const OWN_KEYS = {
  "data-lm-suppress-shortcuts": "true",
  onkeydown: (/** @type {Event} */ event) => event.stopPropagation(),
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
