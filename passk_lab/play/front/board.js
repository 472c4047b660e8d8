// What is chosen of a race, the bet on it, and the buttons that drive it: all that stands above the pictures.
// @ts-check

import { make } from "../../explorers/front/dom.js";
import { makeSegments } from "./segments.js";

/** @typedef {import("./types.js").RaceSpec} RaceSpec */
/** @typedef {import("./types.js").RaceState} RaceState */
/** @typedef {"left" | "right" | "same"} Bet */

export const NARROW = 560;  // pixels below which the choices are folded away
const BETS = /** @type {Bet[]} */ (["left", "right", "same"]);

/** @param {number[]} values */
const numbered = (values) => values.map((one) => /** @type {[number, string]} */ ([one, String(one)]));

/** @type {(text: string, onclick: () => void, kind?: string) => HTMLButtonElement} */
export const button = (text, onclick, kind) => make("button", { type: "button", text, onclick, class: kind });

/**
 * @param {string} id
 * @param {RaceSpec} spec
 * @param {boolean} wide
 * @param {(changes: Partial<RaceState>) => void} change
 */
export function makeChoices(id, spec, wide, change) {
  const titles = spec.worlds.map(({ name, title }) => /** @type {[string, string]} */ ([name, title]));
  const worlds = makeSegments(`${id}-world`, "prompts with", titles, (world) => change({ world }));
  const tries = makeSegments(`${id}-k`, "tries k", numbered(spec.tries), (k) => change({ k }));
  const groups = makeSegments(`${id}-n`, "answers drawn n", numbered(spec.groups), (n) => change({ n }));
  return {
    node: make("details", { class: "passk-settings", open: wide }, make("summary", { text: "What is raced" }),
      make("div", { class: "passk-row" }, worlds.node, tries.node, groups.node)),
    /** @param {RaceState} state */
    show({ world, k, n }) { worlds.show(world); tries.show(k); groups.show(n); },
  };
}

/**
 * @param {string} id
 * @param {(bet: Bet) => void} made
 */
export function makeBet(id, made) {
  const buttons = BETS.map((bet) => button("", () => made(bet), `passk-bet-${bet}`));
  const question = make("span", { id: `${id}-question` });
  const node = make("div", { class: "passk-bet", role: "group", "aria-labelledby": question.id }, question, ...buttons);
  return {
    node,
    /** The reader wants to see the race before the bet. */
    ask() { node.classList.add("passk-asked"); buttons[0].focus(); },
    /** @type {(names: [string, string], k: number) => void} */
    show(names, k) {
      question.textContent = `First your bet: where both solve equally many in one try, who solves more in ${k}?`;
      [...names, "no difference"].forEach((text, i) => { buttons[i].textContent = text; });
    },
    /** @type {(bet: string, missing: boolean) => void} */
    follow(bet, missing) {
      if (bet) node.classList.remove("passk-asked");
      buttons.forEach((one, i) => {
        one.setAttribute("aria-pressed", String(BETS[i] === bet));
        one.disabled = missing || (bet !== "" && BETS[i] !== bet);
      });
    },
  };
}

/**
 * @typedef {object} Drives
 * @property {() => void} run  Or pause.
 * @property {() => void} one
 * @property {() => void} again
 * @property {() => void} seed
 * @property {(which: number) => void} speed
 */
/** @param {Drives} drives */
export function makeDrive({ run, one, again, seed, speed }) {
  const go = button("Run", run, "passk-main"), next = button("One step", one);
  const clock = make("span", { class: "passk-clock" }), said = make("span", { class: "passk-verdict" });
  const slider = make("input", { type: "range", min: 0, max: 3, step: 1, value: 2, autocomplete: "off",
    oninput: () => speed(Number(slider.value)) });
  return {
    node: make("div", { class: "passk-row passk-go" }, go, next, button("Restart", again), button("New seed", seed),
      make("label", { class: "passk-speed" }, "speed", slider), clock, said),
    clock,
    /**
     * @type {(how: {on: boolean, bet: string, missing: boolean, t: number, steps: number, seed: number,
     *   verdict: string}) => void}
     */
    follow({ on, bet, missing, t, steps, seed: number, verdict }) {
      said.textContent = verdict;
      go.textContent = on ? "Pause" : t < steps ? "Run" : "Again";
      go.disabled = missing;
      next.disabled = missing || t === steps;
      go.classList.toggle("passk-waits", !bet);
      clock.textContent = `step ${t} of ${steps}, seed ${number}`;
    },
  };
}
