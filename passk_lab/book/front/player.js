// Plays the widgets of a page that has no kernel: their own front ends, with a model that is a part of the page.
// @ts-check

import { loadScript } from "./load.js";
import { bytesOf, makeModel } from "./model.js";
import { recall, remember } from "./memory.js";
import { followReveals } from "./reveal.js";

/** @typedef {{render: (widget: {model: any, el: HTMLElement}) => any, alone?: (model: any) => void}} Front */

export class Player {
  constructor() {
    /** @type {Map<string, Front>} */
    this.fronts = new Map();
    /** @type {Map<string, Record<string, any>>} */
    this.figures = new Map();
    this.front = (/** @type {string} */ path, /** @type {Front} */ front) => { this.fronts.set(path, front); };
    this.fixed = (/** @type {string} */ path, /** @type {Record<string, any>} */ traits) => {
      this.figures.set(path, bytesOf(traits));
    };
  }

  /** Bring up what is seen or near it, and the rest when there is time. */
  start() {
    const reveal = followReveals();
    const waiting = new Set(/** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".book-alive")));
    const bring = async (/** @type {HTMLElement} */ place) => {
      if (!waiting.delete(place)) return;
      near.unobserve(place);
      await this.bringUp(place, reveal);
    };
    const near = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) if (isIntersecting) bring(/** @type {HTMLElement} */ (target));
    }, { rootMargin: "300px" });
    for (const place of waiting) near.observe(place);
    const later = window.requestIdleCallback ?? ((/** @type {() => void} */ what) => setTimeout(what, 200));
    const next = () => later(async () => {
      const [place] = waiting;
      if (!place) return;
      await bring(place);
      next();
    });
    next();
  }

  /**
   * @param {HTMLElement} place
   * @param {(name: string, value: number) => void} reveal
   */
  async bringUp(place, reveal) {
    const { front = "" } = place.dataset, { fixed, set, kept } = JSON.parse(place.querySelector("script")?.textContent ?? "{}");
    const apart = typeof fixed === "string";
    await Promise.all([loadScript(front), apart && loadScript(fixed)]);
    const part = this.fronts.get(front), traits = apart ? this.figures.get(fixed) : bytesOf(fixed);
    if (!part || !traits) return;
    const model = makeModel({ _still: "book-none", ...traits, ...set }), answers = !traits._data;
    part.alone?.(model);
    const tell = () => { if (traits._asked && model.get("value") !== null) reveal(traits._asked.name, model.get("value")); };
    model.saved = (changed) => {
      tell();
      if (answers) remember(kept, changed);
    };
    if (answers) for (const [name, value] of Object.entries(recall(kept))) if (name in set) model.set(name, value);
    tell();
    part.render({ model, el: place });
    place.classList.add("book-is-alive");
  }
}
