// The two charts of a race as things to take hold of: back in time in the first, another level in the second.
// @ts-check

import { make } from "../../explorers/front/dom.js";
import { drawLevel, drawTime, passAt1At, percent, stepAt } from "./charts.js";

/** @typedef {import("./track.js").Track} Track */
/** @typedef {import("./charts.js").Seen} Seen */

const PAGE = 10, NUDGE = 0.02;  // steps, and share of the way, of a key

/**
 * A canvas to take hold of.
 * @param {string} label
 * @param {(event: PointerEvent) => void} pull
 * @param {(key: string) => boolean} press  Whether the key is one of its own.
 */
function held(label, pull, press) {
  const canvas = make("canvas", { tabindex: 0, role: "slider", "aria-label": label, "aria-valuemin": 0 });
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); pull(event); });
  canvas.addEventListener("pointermove", (event) => { if (canvas.hasPointerCapture(event.pointerId)) pull(event); });
  canvas.addEventListener("keydown", (event) => { if (press(event.key)) event.preventDefault(); });
  return canvas;
}

/** @type {(canvas: HTMLCanvasElement, now: number, most: number, text: string) => void} */
function tell(canvas, now, most, text) {
  canvas.setAttribute("aria-valuenow", String(now));
  canvas.setAttribute("aria-valuemax", String(most));
  canvas.setAttribute("aria-valuetext", text);
}

/**
 * @param {number} steps
 * @param {{show: (step: number) => void, level: (share: number) => void}} hears
 */
export function makePlots(steps, { show, level }) {
  let at = { t: 0, head: 0, share: 0 };
  /** @type {Seen | null} */
  let seen = null;
  const time = held("Step shown", ({ offsetX }) => show(stepAt(offsetX, time.clientWidth, steps)), (key) => {
    const { t, head } = at, on = (/** @type {number} */ by) => Math.min(head, t + by);
    const to = { ArrowLeft: t - 1, ArrowDown: t - 1, ArrowRight: on(1), ArrowUp: on(1), PageDown: t - PAGE,
      PageUp: on(PAGE), Home: 0, End: head }[key];
    if (to !== undefined) show(to);
    return to !== undefined;
  });
  const front = held("Where the two are compared, in per cent of the way", ({ offsetX }) => {
    if (!seen) return;
    const { low, high } = seen.track.compared(1);
    level((passAt1At(offsetX, front.clientWidth, seen) - low) / Math.max(1e-9, high - low));
  }, (key) => {
    const by = { ArrowLeft: -NUDGE, ArrowDown: -NUDGE, ArrowRight: NUDGE, ArrowUp: NUDGE }[key];
    if (by) level(at.share + by);
    return Boolean(by);
  });
  const titles = [make("figcaption"), make("figcaption")], rule = make("p", { class: "passk-rule" });
  const figures = [make("figure", {}, titles[0], time), make("figure", {}, titles[1], front, rule)];
  return {
    nodes: figures,
    /** A new race. @type {(k: number, missing: boolean) => void} */
    show(k, missing) {
      titles[0].textContent = `Share of prompts solved, step by step: in one try and in ${k}`;
      titles[1].textContent = `Time taken out: solved in ${k} tries, by what is solved in one`;
      for (const figure of figures) figure.hidden = missing;
    },
    /** @type {(now: Seen, colours: import("./surface.js").Colours) => void} */
    draw(now, colours) {
      seen = now;
      drawTime(time, now, colours);
      drawLevel(front, now, colours);
    },
    /** @type {(track: Track, t: number, share: number, names: [string, string], said: string, bet: boolean) => void} */
    follow({ lanes, head, k }, t, share, names, said, bet) {
      at = { t, head, share };
      const both = names.map((name, i) =>
        `${name} ${percent(lanes[i].one[t])} in one try, ${percent(lanes[i].many[t])} in ${k}`);
      tell(time, t, head, `step ${t}: ${both.join("; ")}`);
      tell(front, Math.round(100 * share), 100, said);
      rule.textContent = bet ? `▲ stands ${Math.round(100 * share)} % of the way from the start to the highest `
        + "pass@1 that both reached. Drag it." : "";
    },
  };
}
