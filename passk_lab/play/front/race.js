// The live race: two objectives train the same policy on the same prompts, in the same rain of samples, after a bet.
// @ts-check

import { makeClock } from "../../explorers/front/clock.js";
import { newId } from "../../explorers/front/dom.js";
import { makeLiveRegion } from "../../explorers/front/live_region.js";
import { followTheme } from "../../explorers/front/theme.js";
import { FALLEN, MOVES, WEIGHED, drawBars } from "./bars.js";
import { drawLevel, drawTime, passAt1At } from "./charts.js";
import { SEEDS, gapsOf, runSeeds } from "./luck.js";
import { makeParts } from "./race_parts.js";
import { comparison, fates, ofPrompt, ofSeeds, opening, verdict } from "./sayings.js";
import { clamp, coloursOf } from "./surface.js";
import { Track } from "./track.js";
import { Box, bytesOf } from "./unpack.js";

/** @typedef {import("./types.js").RaceSpec} RaceSpec */
/** @typedef {import("./types.js").RaceState} RaceState */
/** @typedef {import("./types.js").Side} Side */

const SPEEDS = [0.6, 5, 30, 120];  // steps a second
const FIRST = 0.45, FASTER = 1.6;  // steps a second of the first step, and by what factor each next one goes
const LEAST_LEVEL = 0.02, MOST_SEEDS = 9999;
const READABLE = 125;  // milliseconds in which numbers do not change, while it runs
const SIDES = /** @type {Side[]} */ (["left", "right"]);

/**
 * @param {HTMLElement} root  What it fills.
 * @param {{spec: RaceSpec, block: string | ArrayBuffer | DataView}} data  As race.py packs it.
 * @param {RaceState} start
 * @param {{onState?: (state: RaceState) => void, heading?: "h1" | "h2" | "h3"}} more  Who hears of a new state; what the
 *   title is.
 */
export function mountRace(root, { spec, block }, start, { onState = () => {}, heading = "h3" } = {}) {
  const box = new Box(spec, bytesOf(block)), id = newId(), calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {RaceState} */
  const state = { ...start };
  const at = { tau: 0, rate: 0, on: false, bet: "", watched: 8, seen: 0, said: 0 };
  /** @type {Track | null} */
  let track = null;
  /** @type {[import("./types.js").Curves[], import("./types.js").Curves[]] | null} */
  let cloud = null;
  let endSeeds = () => {}, colours = coloursOf(spec.look, "light"), frame = 0, last = 0;

  const name = (/** @type {Side} */ side) => called(state[side]);
  const called = (/** @type {string} */ racer) => racer.replace("@k", `@${state.k}`);
  const names = () => /** @type {[string, string]} */ (SIDES.map(name));
  const step = () => Math.floor(at.tau + 1e-9);

  const parts = makeParts(id, spec, heading, {
    change: (changes) => { Object.assign(state, changes); at.bet = ""; restart(); onState({ ...state }); },
    bet: (side) => { at.bet = side; run(true); },
    run: () => run(!at.on), one: oneStep, again: restart, seed: newSeed, luck, level, show,
    watch: (x) => { if (x !== at.watched) { at.watched = x; clock.schedule(); tell(true); } },
    open: tellNumbers,
  });
  root.replaceChildren(parts.section);
  const spoken = makeLiveRegion(() => (track ? `${parts.clock.textContent}. ${parts.say.textContent} ${parts.luckSays.textContent}`
    : parts.why.textContent ?? ""), { rest: 400 });
  parts.section.append(spoken.node);

  const seen = () => ({
    track: /** @type {Track} */ (track), times: spec.times, t: step(), level: state.level, told: at.bet !== "", cloud,
    exact: /** @type {[any, any]} */ (SIDES.map((side) => box.path(state.world, state[side], state.k, state.n))),
  });
  const clock = makeClock([parts.bars], () => {
    if (!track) return;
    drawBars(parts.bars, track, at, colours);
    const now = seen();
    drawTime(parts.time, now, colours);
    drawLevel(parts.level, now, colours);
  });

  function restart() {
    run(false);
    endSeeds();
    cloud = null;
    const reasons = SIDES.map((side) => box.missing(state[side], state.k, state.n)).filter(Boolean);
    Object.assign(at, { tau: 0, rate: 0 });
    track = reasons.length ? null : new Track(box.world(state.world),
      /** @type {[any, any]} */ (SIDES.map((side) => box.table(state[side], state.k, state.n))),
      { n: state.n, k: state.k, seed: state.seed, prompts: spec.prompts, steps: spec.steps });
    parts.show(state, called, box.world(state.world), reasons[0] ?? "");
    tell(true);
  }

  /** @param {boolean} on */
  function run(on) {
    if (on && !track) return;
    if (on && !at.bet) { parts.askBet(); return; }
    if (on && at.tau >= spec.steps) restart();
    at.on = on;
    cancelAnimationFrame(frame);
    at.rate = last = 0;
    if (on && calm.matches) {
      track?.advance(spec.steps);
      at.tau = spec.steps;
      at.on = false;
    } else if (on) frame = requestAnimationFrame(tick);
    tell(true);
  }
  function tick(/** @type {number} */ now) {
    const passed = last ? Math.min(100, now - last) / 1000 : 0;
    last = now;
    at.rate = Math.min(SPEEDS[Number(parts.speed.value)], FIRST * FASTER ** at.tau);
    at.tau = Math.min(spec.steps, at.tau + passed * at.rate);
    track?.advance(Math.ceil(at.tau + 1e-9));
    if (at.tau >= spec.steps) { run(false); return; }
    frame = requestAnimationFrame(tick);
    tell(false);
  }
  function oneStep() {
    if (!track) return;
    if (at.on) run(false);
    show(step() + 1);
  }
  function newSeed() {
    state.seed = state.seed % MOST_SEEDS + 1;
    restart();
    onState({ ...state });
  }
  /** @param {number} to  A step. */
  function show(to) {
    if (!track) return;
    if (at.on) run(false);
    const next = clamp(Math.round(to), 0, to === track.head + 1 ? spec.steps : track.head);
    track.advance(next);
    at.tau = next;
    tell(true);
  }
  /** @param {number} to  A share, or a pass@1 by which one is meant. @param {boolean} [across] */
  function level(to, across = false) {
    if (!track || !at.bet) return;
    const { low, high } = track.compared(1);
    const share = across ? (passAt1At(to, parts.level.clientWidth, seen()) - low) / Math.max(1e-9, high - low) : to;
    state.level = Number(clamp(share, LEAST_LEVEL, 1).toFixed(2));
    tell(true);
    onState({ ...state });
  }
  function luck() {
    if (!track) return;
    parts.luck.disabled = true;
    endSeeds = runSeeds(track, (paths) => { cloud = paths; tell(true); });
  }

  /** Everything that follows from the state: words and numbers at a pace that can be read. @param {boolean} rest */
  function tell(rest) {
    clock.schedule();
    const now = performance.now();
    if (!rest && now - at.said < READABLE) return;
    at.said = now;
    const t = step(), whole = track !== null && track.head === spec.steps;
    parts.follow({ on: at.on, moment: momentOf(at), bet: at.bet, missing: !track, t, steps: spec.steps, seed: state.seed });
    if (!track) return;
    parts.score(track, t);
    const many = names(), equal = state.left === state.right;
    const says = !at.bet || track.head < 4 || at.on ? [opening(track)]
      : equal ? ["Both sides are the same objective in the same rain, so they took the same path."]
        : [verdict(whole ? at.bet : "", track, many, state.level), comparison(track, many, state.level), fates(track, many)];
    parts.tell(says.filter(Boolean));
    const gaps = cloud ? gapsOf(cloud, state.level) : [];
    parts.luckSays.textContent = cloud ? ofSeeds(gaps, SEEDS, many) : "";
    parts.luck.hidden = !whole || equal || at.bet === "" || gaps.length === SEEDS;
    if (!cloud) parts.luck.disabled = false;
    if (!at.on || at.rate < 3) parts.probe.textContent = ofPrompt(track, many, Math.min(t, spec.steps), at.watched);
    parts.sliders(t, track, state.level, many, says.join(" "));
    if (rest) { tellNumbers(); spoken.moved(); }
  }
  function tellNumbers() { if (track) parts.table(track, step(), names()); }

  parts.section.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement)) return;
    const presses = event.target.matches("button, input, summary, select"), writes = event.target.matches("select");
    if (event.key === " " && !presses) { event.preventDefault(); run(!at.on); }
    if (event.key.toLowerCase() === "r" && !writes) restart();
    if (event.key.toLowerCase() === "n" && !writes) newSeed();
  });
  const hidden = () => { if (document.hidden && at.on) run(false); };
  document.addEventListener("visibilitychange", hidden);
  const endTheme = followTheme(parts.section, spec.look, (theme) => {
    colours = coloursOf(spec.look, theme);
    colours.sides.forEach((colour, i) => parts.section.style.setProperty(["--passk-left", "--passk-right-side"][i], colour));
    clock.schedule();
  });
  restart();
  clock.now();

  return {
    state: () => ({ ...state }),
    /** @param {RaceState} next  As the address or the kernel says it is. */
    setState(next) {
      const keys = /** @type {(keyof RaceState)[]} */ (Object.keys(next)).filter((key) => next[key] !== state[key]);
      if (!keys.length) return;
      Object.assign(state, next);
      if (keys.some((key) => key !== "level")) { at.bet = ""; restart(); } else tell(true);
    },
    destroy() {
      cancelAnimationFrame(frame);
      endSeeds(); endTheme(); clock.destroy(); spoken.destroy();
      document.removeEventListener("visibilitychange", hidden);
    },
  };
}

/**
 * Which part of a step is seen, from 0 (the rain) to 3 (the bars move); -1 if they go by too fast.
 * @type {(at: {on: boolean, tau: number, rate: number}) => number}
 */
function momentOf({ on, tau, rate }) {
  const part = tau - Math.floor(tau);
  if (!on || rate > 3) return -1;
  return part < FALLEN * 0.75 ? 0 : part < FALLEN ? 1 : part < (WEIGHED + MOVES) / 2 ? 2 : 3;
}
