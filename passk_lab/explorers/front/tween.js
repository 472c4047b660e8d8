// From one state to another through those between, so that the eye can follow.
// @ts-check

/** @typedef {import("./types.js").State} State */

const WHOLE = 700;  // milliseconds from one to the other

/**
 * @param {import("./types.js").Control[]} controls
 * @param {(changes: State) => void} change
 */
export function makeTween(controls, change) {
  let frame = 0;
  const stop = () => { cancelAnimationFrame(frame); frame = 0; };
  return {
    stop,
    /**
     * Sliders pass the values between; all else changes at once. Who wants less motion sees the end alone.
     * @type {(from: State, to: State) => void}
     */
    go(from, to) {
      stop();
      const moving = controls.flatMap(({ name, values = [] }) => {
        const [a, b] = [from, to].map((state) => values.indexOf(Number(state[name])));
        return a >= 0 && b >= 0 && a !== b ? [{ name, values, a, b }] : [];
      });
      if (!moving.length || window.matchMedia("(prefers-reduced-motion: reduce)").matches) { change(to); return; }
      const began = performance.now();
      const step = (/** @type {number} */ now) => {
        const part = Math.min(1, Math.max(0, (now - began) / WHOLE)), eased = part * part * (3 - 2 * part);
        const between = moving.map(({ name, values, a, b }) => [name, values[Math.round(a + (b - a) * eased)]]);
        change({ ...to, ...Object.fromEntries(between) });
        frame = part < 1 ? requestAnimationFrame(step) : 0;
      };
      step(began);
    },
  };
}
