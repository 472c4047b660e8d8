// The two sides of a race: which objective each is, what it has reached, and the prompts as bars.
// @ts-check

import { make } from "../../explorers/front/dom.js";
import { FALLEN, MOVES, WEIGHED, drawBars, layout, promptAt } from "./bars.js";
import { percent } from "./charts.js";

/** @typedef {import("./types.js").RaceSpec} RaceSpec */
/** @typedef {import("./types.js").RaceState} RaceState */
/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./track.js").Track} Track */
/** @typedef {import("./playhead.js").Playhead} Playhead */

export const SIDES = /** @type {Side[]} */ (["left", "right"]);
const MOMENTS = ["answers are drawn", "right ones counted", "credit: filled pushed up, hollow down", "one step made"];
const KEY = [["right", "right answer"], ["wrong", "wrong answer"], ["start", "where right ended at the start"],
  ["dot", "an answer drawn: as big as its credit"], ["done", "done: all right, no credit left"],
  ["silent", "silent: none right, nothing to learn from; grey where that goes on"]];
const WATCHABLE = 3;  // steps a second up to which a step's parts are named
const FELL = 0.005;  // a share that is lower by so much is marked

/** What an objective is called. @type {(racer: string, k: number) => string} */
export const called = (racer, k) => racer.replace("@k", `@${k}`);

/**
 * @param {string} id
 * @param {RaceSpec} spec
 * @param {(changes: Partial<RaceState>) => void} change
 */
function makeHeads(id, { racers }, change) {
  const heads = SIDES.map((side) => {
    const menu = make("select", { id: `${id}-${side}`, onchange: () => change({ [side]: menu.value }) });
    const told = make("small"), words = [make("span"), make("span")], scores = [make("b"), make("b")];
    const node = make("div", { class: `passk-lane passk-lane-${side}` },
      make("label", { class: "passk-spoken", for: menu.id, text: `objective of the ${side} side` }), menu, told,
      make("p", { class: "passk-score" }, ...scores.map((score, j) => make("span", {}, words[j], score))));
    return { side, menu, told, words, scores, node };
  });
  return {
    node: make("div", { class: "passk-heads" }, ...heads.map(({ node }) => node)),
    /** @param {RaceState} state */
    show(state) {
      const fill = (/** @type {string} */ text) =>
        text.replaceAll("{k}", String(state.k)).replaceAll("{k-1}", String(state.k - 1));
      for (const { side, menu, told } of heads) {
        menu.replaceChildren(...Object.keys(racers).map((racer) =>
          new Option(called(racer, state.k), racer, false, racer === state[side])));
        told.textContent = fill(racers[state[side]].told);
      }
    },
    /** @type {(track: Track, t: number) => void} */
    score({ lanes, k }, t) {
      lanes.forEach(({ one, many }, i) => [one, many].forEach((curve, j) => {
        const { words, scores } = heads[i], from = percent(curve[0]), to = percent(curve[t]);
        const fell = curve[t] < curve[0] - FELL ? " ▼" : "";
        words[j].textContent = `${j ? `${k} tries` : "one try"} `;
        scores[j].textContent = t ? `${from.replace(" %", "")} → ${to}${fell}` : from;
      }));
    },
  };
}

/**
 * @param {string} id
 * @param {RaceSpec} spec
 * @param {{change: (changes: Partial<RaceState>) => void, watch: (prompt: number) => void}} hears
 */
export function makeLanes(id, spec, { change, watch }) {
  const heads = makeHeads(id, spec, change), probe = make("p", { class: "passk-probe" });
  const look = (/** @type {PointerEvent} */ { offsetY }) => watch(promptAt(offsetY, canvas.clientWidth, spec.prompts));
  const canvas = make("canvas", { role: "img", onpointermove: look, onpointerdown: look,
    "aria-label": "The chances of each prompt's answers as a bar, right answers first, on both sides" });
  const moments = make("ol", { class: "passk-moments" }, ...MOMENTS.map((text) => make("li", { text })));
  const key = make("ul", { class: "passk-key" }, ...KEY.map(([kind, text]) =>
    make("li", {}, make("i", { class: `passk-key-${kind}`, "aria-hidden": "true" }), text)));
  const node = make("div", { class: "passk-lanes" }, heads.node, moments, canvas, probe, key);
  return {
    node, canvas,
    /** A new race. @type {(state: RaceState, missing: boolean) => void} */
    show(state, missing) {
      heads.show(state);
      for (const part of [moments, canvas, probe]) part.hidden = missing;
    },
    /** @type {(track: Track, moment: import("./bars.js").Moment, colours: import("./surface.js").Colours) => void} */
    draw(track, moment, colours) {
      drawBars(canvas, track, moment, colours);
      const { gut, mark } = layout(canvas.clientWidth);
      node.style.setProperty("--passk-gut", `${gut}px`);
      node.style.setProperty("--passk-mark", `${mark}px`);
    },
    /** @type {(track: Track, head: Playhead, said: string) => void} */
    follow(track, head, said) {
      heads.score(track, head.step);
      probe.textContent = head.on && head.rate > WATCHABLE ? "" : said;
      [...moments.children].forEach((part, i) => part.classList.toggle("passk-now", i === momentOf(head)));
    },
  };
}

/** Which part of a step is seen, by its number in MOMENTS; -1 if they go by too fast. @param {Playhead} head */
function momentOf({ on, tau, rate }) {
  const part = tau - Math.floor(tau);
  if (!on || rate > WATCHABLE) return -1;
  return part < FALLEN * 0.75 ? 0 : part < FALLEN ? 1 : part < (WEIGHED + MOVES) / 2 ? 2 : 3;
}
