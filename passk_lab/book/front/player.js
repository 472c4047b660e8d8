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
    /** How often a title has come up. @type {Map<string, number>} */
    this.titles = new Map();
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
    const later = (/** @type {() => void} */ what) => {
      if (window.requestIdleCallback) requestIdleCallback(what, { timeout: 500 });
      else setTimeout(what, 200);
    };
    const next = () => later(async () => {
      const [place] = waiting;
      if (!place) return;
      try {
        await bring(place);
      } finally {
        next();
      }
    });
    next();
  }

  /** A figure that a page shows twice is called the second, so that who hears the page knows where they are.
   * @param {HTMLElement} place */
  tellApart(place) {
    const region = place.querySelector(".passk-explorer, section[aria-labelledby]");
    const title = region?.querySelector("h3")?.textContent;
    if (!region || !title) return;
    const times = (this.titles.get(title) ?? 0) + 1;
    this.titles.set(title, times);
    if (times === 1) return;
    region.removeAttribute("aria-labelledby");
    region.setAttribute("aria-label", `${title} (${times})`);
  }

  /**
   * @param {HTMLElement} place
   * @param {(name: string, value: number) => void} reveal
   */
  async bringUp(place, reveal) {
    const { front = "" } = place.dataset;
    const { fixed, set, kept } = JSON.parse(place.querySelector("script")?.textContent ?? "{}");
    const apart = typeof fixed === "string";
    await Promise.all([loadScript(front), apart && loadScript(fixed)]);
    const part = this.fronts.get(front), traits = apart ? this.figures.get(fixed) : bytesOf(fixed);
    if (!part || !traits) return;
    const model = makeModel({ _still: "book-none", ...traits, ...set });
    const { _asked: asked, _data: numbers } = traits, answers = !numbers;
    part.alone?.(model);
    const tell = () => {
      if (asked && model.get("value") !== null) reveal(asked.name, model.get("value"));
    };
    model.saved = (changed) => {
      tell();
      if (answers) remember(kept, changed);
    };
    if (answers) for (const [name, value] of Object.entries(recall(kept))) if (name in set) model.set(name, value);
    tell();
    part.render({ model, el: place });
    this.tellApart(place);
    place.classList.add("book-is-alive");
  }
}
