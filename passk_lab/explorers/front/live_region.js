// What a screen reader hears of pictures that move: their words, at a pace that can be listened to.
// @ts-check

import { make } from "./dom.js";

/**
 * @param {() => string} say  The words, as of now.
 * @param {{rest?: number, every?: number}} pace
 *   rest: milliseconds of quiet before the words are said; every: least milliseconds from one saying to the next.
 */
export function makeLiveRegion(say, { rest = 0, every = 0 }) {
  const node = make("div", { class: "passk-spoken", role: "status" });
  let timer = 0, last = -Infinity;
  const speak = () => {
    last = performance.now();
    node.textContent = say();
  };
  return {
    node,
    /** The pictures have moved. */
    moved() {
      clearTimeout(timer);
      const wait = Math.max(rest, last + every - performance.now());
      if (wait > 0) timer = setTimeout(speak, wait);
      else speak();
    },
    /** Something else has happened, so the next words need not wait for those before. */
    hurry() { last = -Infinity; },
    destroy() { clearTimeout(timer); },
  };
}
