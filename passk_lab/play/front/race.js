// The live race: two objectives train the same policy on the same prompts, in the same rain of samples, after a bet.
// @ts-check

import { makeClock } from "../../explorers/front/clock.js";
import { OWN_KEYS, make, newId } from "../../explorers/front/dom.js";
import { makeLiveRegion } from "../../explorers/front/live_region.js";
import { followTheme } from "../../explorers/front/theme.js";
import { NARROW, makeBet, makeChoices, makeDrive } from "./board.js";
import { LEAST_LEVEL, MOST_SEEDS } from "./controls.js";
import { SIDES, called, makeLanes } from "./lanes.js";
import { makeNumbers, makeOutcome } from "./outcome.js";
import { makePlayhead } from "./playhead.js";
import { makePlots } from "./plots.js";
import { chanceOf, ofPrompt, verdict } from "./sayings.js";
import { clamp, coloursOf } from "./surface.js";
import { Track } from "./track.js";
import { Box, bytesOf } from "./unpack.js";

/** @typedef {import("./types.js").RaceSpec} RaceSpec */
/** @typedef {import("./types.js").RaceState} RaceState */

const READABLE = 125;  // milliseconds in which numbers do not change, while it runs
const REST = 400;  // milliseconds of quiet before a screen reader hears
const WATCHED = 8;  // the prompt that is spoken of at first
const INTRO = "A model meets 16 prompts. Each bar shows how likely its answers are; green ones solve the prompt. Left "
  + "and right learn from the same start and with the same luck, and differ in one thing: what an answer is worth.";
const HINT = "Space runs and pauses, R restarts, N takes another seed. In the first chart drag, or use the arrow keys, "
  + "to go back in time; in the second to move the place where the two are compared. Thin lines: the same training "
  + "without luck, by the exact mean of each step.";

/**
 * @param {HTMLElement} root  What it fills.
 * @param {{spec: RaceSpec, block: string | ArrayBuffer | DataView}} data  As tables.py packs it.
 * @param {RaceState} start
 * @param {{onState?: (state: RaceState) => void, heading?: "h1" | "h2" | "h3"}} more  Who hears of a new state; what
 *   the title is.
 */
export function mountRace(root, { spec, block }, start, { onState = () => {}, heading = "h3" } = {}) {
  const race = new Race(spec, bytesOf(block), start, onState, newId(), root.clientWidth > NARROW);
  root.replaceChildren(race.section(heading));
  const endTheme = followTheme(race.element, spec.look, (theme) => race.wear(theme));
  race.restart();
  race.clock.now();
  const hidden = () => { if (document.hidden && race.head.on) race.toggle(); };
  document.addEventListener("visibilitychange", hidden);
  return {
    state: () => ({ ...race.state }),
    /** @param {RaceState} next  As the address or the kernel says it is. */
    setState(next) { race.take(next); },
    destroy() {
      document.removeEventListener("visibilitychange", hidden);
      race.destroy();
      endTheme();
    },
  };
}

class Race {
  /**
   * @param {RaceSpec} spec
   * @param {ArrayBuffer} buffer
   * @param {RaceState} start
   * @param {(state: RaceState) => void} onState
   * @param {string} id
   * @param {boolean} wide
   */
  constructor(spec, buffer, start, onState, id, wide) {
    this.spec = spec; this.box = new Box(spec, buffer); this.state = { ...start }; this.onState = onState; this.id = id;
    /** @type {Track | null} */
    this.track = null;
    this.bet = ""; this.watched = WATCHED; this.said = 0; this.shown = "";
    this.colours = coloursOf(spec.look, "light");
    const change = (/** @type {Partial<RaceState>} */ changes) => {
      this.take({ ...this.state, ...changes });
      this.tellState();
    };
    this.head = makePlayhead({ steps: spec.steps, head: () => this.track?.head ?? 0,
      advance: (to) => this.track?.advance(to), moved: (rest) => this.tell(rest) });
    this.choices = makeChoices(id, spec, wide, change);
    this.bets = makeBet(id, (bet) => { this.bet = bet; this.toggle(); this.bring(); });
    this.drive = makeDrive({ run: () => this.toggle(), again: () => this.restart(), seed: () => this.newSeed(),
      one: () => this.show(this.head.step + 1), speed: this.head.setSpeed });
    this.lanes = makeLanes(id, spec, { change, watch: (x) => {
      if (x !== this.watched) { this.watched = x; this.tell(true); }
    } });
    this.plots = makePlots(spec.steps, { show: (step) => this.show(step), level: (share) => this.setLevel(share) });
    this.outcome = makeOutcome((rest) => this.tell(rest));
    this.grid = make("div", { class: "passk-grid" }, this.lanes.node,
      make("div", { class: "passk-charts" }, ...this.plots.nodes, ...this.outcome.nodes));
    this.numbers = makeNumbers(() => this.tell(true));
    this.why = make("p", { class: "passk-why" });
    this.told = make("p", { class: "passk-told" });
    this.spoken = makeLiveRegion(() => (this.track ? `${this.drive.clock.textContent}. ${this.words}`
      : this.why.textContent ?? ""), { rest: REST });
    this.words = "";
    this.clock = makeClock([this.lanes.canvas], () => this.draw());
    this.element = make("section", { class: "passk-play passk-race", "aria-labelledby": `${id}-title`, ...OWN_KEYS });
    this.element.addEventListener("keydown", (event) => this.press(event));
  }

  /** @param {"h1" | "h2" | "h3"} heading */
  section(heading) {
    this.element.append(make(heading, { id: `${this.id}-title`, text: "A live race" }),
      make("p", { class: "passk-intro", text: INTRO }), this.choices.node, this.told, this.bets.node, this.drive.node,
      this.why, this.grid, this.numbers.node, make("p", { class: "passk-hint", text: HINT }), this.spoken.node);
    return this.element;
  }

  /** Whether there is more to see than the start: a bet is made. */
  get begun() { return this.bet !== ""; }

  names() {
    return /** @type {[string, string]} */ (SIDES.map((side) => called(this.state[side], this.state.k)));
  }

  /** From the start again, with the bet as it is. */
  restart() {
    const { state, box, spec } = this, { k, n, seed } = state, world = box.world(state.world);
    this.head.rewind();
    const reason = SIDES.map((side) => box.missing(state[side], k, n)).find(Boolean) ?? "";
    this.track = reason ? null : new Track(world,
      /** @type {[any, any]} */ (SIDES.map((side) => box.table(state[side], k, n))),
      { n, k, seed, prompts: spec.prompts, steps: spec.steps });
    this.outcome.begin(this.track);
    this.shown = "";
    this.choices.show(state);
    this.bets.show(this.names(), k);
    this.lanes.show(state, reason !== "");
    this.plots.show(k, reason !== "");
    this.told.textContent = world.told;
    this.why.textContent = reason;
    this.tell(true);
  }

  /** Run or pause; before the bet, ask for it. */
  toggle() {
    if (this.head.on) { this.head.stop(); this.tell(true); } else if (this.track && !this.bet) this.bets.ask();
    else if (this.track) {
      if (this.head.tau >= this.spec.steps) this.restart();
      this.head.start();
    }
  }

  /** Look at a step; before the bet, ask for it. @param {number} step */
  show(step) {
    if (this.track && !this.bet) this.bets.ask();
    else if (this.track) this.head.show(step);
  }

  newSeed() {
    this.state.seed = this.state.seed % MOST_SEEDS + 1;
    this.restart();
    this.tellState();
  }

  /** @param {number} share */
  setLevel(share) {
    if (!this.track || !this.bet) return;
    this.state.level = Number(clamp(share, LEAST_LEVEL, 1).toFixed(2));
    this.tell(true);
    this.tellState();
  }

  /**
   * Take a state: another level moves no more than that, anything else is another race.
   * @param {RaceState} next
   */
  take(next) {
    const keys = /** @type {(keyof RaceState)[]} */ (Object.keys(next)).filter((key) => next[key] !== this.state[key]);
    Object.assign(this.state, next);
    if (keys.some((key) => key !== "level")) { this.bet = ""; this.restart(); } else if (keys.length) this.tell(true);
  }

  tellState() { this.onState({ ...this.state }); }

  /** @param {import("./types.js").Theme} theme */
  wear(theme) {
    this.colours = coloursOf(this.spec.look, theme);
    this.shown = "";
    ["--passk-left", "--passk-right-side"].forEach((name, i) =>
      this.element.style.setProperty(name, this.colours.sides[i]));
    this.clock.now();
  }

  draw() {
    const { track, state, spec, head } = this, { world, k, n, level } = state;
    if (!track) return;
    const exact = /** @type {[any, any]} */ (SIDES.map((side) => this.box.path(world, state[side], k, n)));
    const { tau, rate } = head;
    this.lanes.draw(track, { tau, rate, watched: this.watched, begun: this.begun }, this.colours);
    // While drops fall the charts stand still.
    const cloud = this.outcome.cloud(), shown = [head.step, track.head, level, this.bet, cloud?.[0].length,
      this.element.clientWidth].join();
    if (shown === this.shown) return;
    this.shown = shown;
    this.plots.draw({ track, exact, times: spec.times, t: head.step, level, told: this.bet !== "", cloud },
      this.colours);
  }

  /** All words and numbers as they are now; while it runs, at a pace that can be read. @param {boolean} rest */
  tell(rest) {
    const { track, head, bet, state, spec } = this, now = performance.now(), t = head.step;
    this.clock.schedule();
    if (!rest && now - this.said < READABLE) return;
    this.said = now;
    const same = state.left === state.right, whole = track?.head === spec.steps && !head.on;
    const over = track && whole && !same ? verdict(bet, track, state.level) : "";
    this.bets.follow(bet, !track);
    this.drive.follow({ on: head.on, bet, missing: !track, t, steps: spec.steps, seed: state.seed, verdict: over });
    if (track) {
      const names = this.names(), how = { on: head.on, bet, names, level: state.level, same };
      this.words = `${over} ${this.outcome.follow(track, how)}`.trim();
      this.lanes.follow(track, head, (this.begun ? ofPrompt : chanceOf)(track, names, t, this.watched));
      this.plots.follow(track, t, state.level, names, this.words, bet !== "");
      if (rest) this.numbers.follow(track, t, names);
    }
    if (rest) this.spoken.moved();
  }

  /** Bring what is run, and what will be said of it, into sight. */
  bring() {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const narrow = this.element.clientWidth <= NARROW, last = narrow ? this.lanes.canvas : this.grid;
    if (last.getBoundingClientRect().bottom <= window.innerHeight) return;
    // On a narrow page lines come and go with the first frame, and a browser gives a smooth way up when they do.
    const behavior = calm || narrow ? "instant" : "smooth";
    (narrow ? this.drive : this.bets).node.scrollIntoView({ block: "start", behavior });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(target instanceof HTMLElement) || target.matches("select")) return;
    if (key === " " && !target.matches("button, input, summary")) { event.preventDefault(); this.toggle(); }
    if (key.toLowerCase() === "r") this.restart();
    if (key.toLowerCase() === "n") this.newSeed();
  }

  destroy() {
    this.head.stop();
    this.outcome.destroy();
    this.clock.destroy();
    this.spoken.destroy();
  }
}
