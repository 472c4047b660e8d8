// What has come of a race, in words and in numbers, and whether it was luck.
// @ts-check

import { make } from "../../explorers/front/dom.js";
import { button } from "./board.js";
import { percent } from "./charts.js";
import { SEEDS, gapsOf, runSeeds } from "./luck.js";
import { comparison, fates, ofSeeds, opening } from "./sayings.js";

/** @typedef {import("./track.js").Track} Track */
/** @typedef {import("./types.js").Curves} Curves */

const SAME = "Both sides are the same objective in the same rain, so they took the same path.";
const TOO_SOON = 4;  // steps before which nothing is to be compared

/** @param {(rest: boolean) => void} moved  Hears of each seed that has been run. */
export function makeOutcome(moved) {
  const says = make("div", { class: "passk-say" }), luckSays = make("p", { class: "passk-luck" });
  let end = () => {};
  /** @type {[Curves[], Curves[]] | null} */
  let cloud = null;
  /** @type {Track | null} */
  let of = null;
  const luck = button(`Was it luck? ${SEEDS} more seeds`, () => {
    if (!of) return;
    luck.disabled = true;
    end = runSeeds(of, (paths) => { cloud = paths; moved(paths[0].length === SEEDS); });
  });
  const say = (/** @type {string[]} */ sentences) => {
    const now = Array.from(says.children, (one) => one.textContent);
    if (sentences.join() === now.join()) return;
    says.replaceChildren(...sentences.map((text) => make("p", { text })));
  };
  return {
    nodes: [make("p", { class: "passk-luck-row" }, luck), luckSays, says],
    cloud: () => cloud,
    /** A new race; null if it cannot run. @param {Track | null} track */
    begin(track) {
      end();
      end = () => {};
      cloud = null;
      of = track;
      luck.hidden = true;
      luck.disabled = false;
      luckSays.textContent = "";
      say([]);
    },
    /**
     * All that is said, also in one text.
     * @param {Track} track
     * @param {{on: boolean, bet: string, names: [string, string], level: number, same: boolean}} how
     */
    follow(track, { on, bet, names, level, same }) {
      const whole = track.head === track.steps, known = bet !== "" && !on && track.head >= TOO_SOON;
      const sentences = on ? [] : !known ? [opening(track)] : same ? [SAME]
        : [comparison(track, names, level), fates(track, names)];
      say(sentences);
      luckSays.textContent = cloud ? ofSeeds(gapsOf(cloud, level), SEEDS, names) : "";
      luck.hidden = !whole || !known || same || cloud?.[0].length === SEEDS;
      return `${sentences.join(" ")} ${luckSays.textContent}`.trim();
    },
    destroy() { end(); },
  };
}

/** @param {() => void} opened */
export function makeNumbers(opened) {
  const place = make("div", { class: "passk-scroll", tabindex: 0, role: "region",
    "aria-label": "The prompts in numbers" });
  const node = make("details", { ontoggle: opened }, make("summary", { text: "The same in numbers" }), place);
  return {
    node,
    /** @type {(track: Track, t: number, names: [string, string]) => void} */
    follow({ lanes, world, rain, n, prompts }, t, names) {
      if (!node.open) return;
      const head = make("tr", {}, make("th", { scope: "col", text: "prompt" }), ...names.flatMap((name) => [
        make("th", { scope: "col", text: `${name}: right` }),
        make("th", { scope: "col", text: "right of those drawn" })]));
      const rows = Array.from({ length: prompts }, (_, x) => make("tr", {},
        make("th", { scope: "row", text: `${x + 1}, ${world.label} ${world.rows[x]}` }),
        ...lanes.flatMap(({ racer }) => {
          const { c, silent } = racer.group(t, x, rain);
          return [make("td", { text: percent(racer.p(t, x)) }),
            make("td", { text: `${c} of ${n}${silent ? (c ? ", done" : ", silent") : ""}` })];
        })));
      place.replaceChildren(make("table", {}, make("caption", { text: `Step ${t}` }), make("thead", {}, head),
        make("tbody", {}, ...rows)));
    },
  };
}
