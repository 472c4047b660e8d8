// The elements of a race, and how they show what they are told.
// @ts-check

import { OWN_KEYS, make } from "../../explorers/front/dom.js";
import { layout, promptAt } from "./bars.js";
import { percent, stepAt } from "./charts.js";
import { SEEDS } from "./luck.js";
import { makeSegments } from "./segments.js";

/** @typedef {import("./types.js").RaceSpec} RaceSpec */
/** @typedef {import("./types.js").RaceState} RaceState */
/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./track.js").Track} Track */

const SIDES = /** @type {Side[]} */ (["left", "right"]);
const BETS = /** @type {const} */ (["left", "right", "same"]);
const PAGE = 10;  // steps of a key
const MOMENTS = ["drops fall: each is one answer, drawn", "the right ones are counted",
  "each gets credit: filled is pushed up, hollow down", "the bars move, one step"];
const INTRO = "A model meets 16 prompts; each bar shows how likely its answers are, and green ones solve the prompt. Two "
  + "ways of rewarding it start from the same model and get the same luck. They differ only in what an answer is worth.";
const HINT = "Space runs and pauses, R restarts, N takes another seed. In the first chart drag, or use the arrow keys, to "
  + "go back in time; in the second to move the place where the two are compared, which is at first nine tenths of the way "
  + "from the start to the highest pass@1 that both reached. Thin lines: the same training without luck, by the exact mean "
  + "of each step.";

/**
 * @typedef {object} Hears
 * @property {(changes: Partial<RaceState>) => void} change
 * @property {(bet: string) => void} bet
 * @property {() => void} run
 * @property {() => void} one
 * @property {() => void} again
 * @property {() => void} seed
 * @property {() => void} luck
 * @property {(to: number, across?: boolean) => void} level
 * @property {(step: number) => void} show
 * @property {(prompt: number) => void} watch
 * @property {() => void} open
 */

/**
 * @param {string} id
 * @param {RaceSpec} spec
 * @param {"h1" | "h2" | "h3"} heading
 * @param {Hears} hears
 */
export function makeParts(id, spec, heading, hears) {
  const button = (/** @type {string} */ text, /** @type {() => void} */ onclick, more = {}) =>
    make("button", { type: "button", text, onclick, ...more });
  const worlds = makeSegments(`${id}-world`, "prompts with",
    spec.worlds.map(({ name, title }) => /** @type {[string, string]} */ ([name, title])),
    (world) => hears.change({ world }));
  const tries = makeSegments(`${id}-k`, "tries k", spec.tries.map((k) => [k, String(k)]), (k) => hears.change({ k }));
  const groups = makeSegments(`${id}-n`, "answers drawn n", spec.groups.map((n) => [n, String(n)]),
    (n) => hears.change({ n }));
  const bets = BETS.map((bet) => button("", () => hears.bet(bet), { class: `passk-bet-${bet}` }));
  const question = make("span", { id: `${id}-question` });
  const bet = make("div", { class: "passk-bet", role: "group", "aria-labelledby": question.id }, question, ...bets);

  const go = button("Run", hears.run, { class: "passk-main" });
  const one = button("One step", hears.one), again = button("Restart", hears.again), seed = button("New seed", hears.seed);
  const speed = make("input", { type: "range", min: 0, max: 3, step: 1, value: 2, "aria-label": "speed" });
  const clock = make("span", { class: "passk-clock" });
  const moments = make("ol", { class: "passk-moments" }, ...MOMENTS.map((text) => make("li", { text })));

  const lanes = SIDES.map((side, i) => {
    const menu = make("select", { id: `${id}-${side}`, onchange: () => hears.change({ [side]: menu.value }) });
    const told = make("small"), scores = [make("b"), make("b")], words = [make("span"), make("span")];
    const node = make("div", { class: `passk-lane passk-lane-${side}` },
      make("label", { class: "passk-spoken", for: menu.id, text: `objective of the ${side} side` }), menu, told,
      make("p", { class: "passk-score" }, ...scores.map((score, j) => make("span", {}, words[j], score))));
    return { menu, told, scores, words, node, i };
  });
  const canvas = (/** @type {string} */ label, more = {}) => make("canvas", { role: "img", "aria-label": label, ...more });
  const bars = canvas("The chances of each prompt's answers as a bar, right answers first, on both sides", {
    onpointermove: (/** @type {PointerEvent} */ event) => hears.watch(promptAt(event.offsetY, bars.clientWidth, spec.prompts)),
    onpointerdown: (/** @type {PointerEvent} */ event) => hears.watch(promptAt(event.offsetY, bars.clientWidth, spec.prompts)),
  });
  const probe = make("p", { class: "passk-probe" });
  const time = slider("Step shown", (event) => hears.show(stepAt(event.offsetX, time.clientWidth, spec.steps)));
  const level = slider("Where the two are compared, in per cent of the way", (event) => hears.level(event.offsetX, true));
  let now = { t: 0, head: 0, level: 0.9 };
  time.addEventListener("keydown", (event) => {
    const { t, head } = now;
    const to = { ArrowLeft: t - 1, ArrowDown: t - 1, ArrowRight: Math.min(head, t + 1), ArrowUp: Math.min(head, t + 1),
      PageDown: t - PAGE, PageUp: Math.min(head, t + PAGE), Home: 0, End: head }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    hears.show(to);
  });
  level.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02 }[event.key];
    if (!by) return;
    event.preventDefault();
    hears.level(now.level + by);
  });
  const timeTitle = make("figcaption"), levelTitle = make("figcaption");
  const say = make("div", { class: "passk-say" }), luckSays = make("p", { class: "passk-luck" }), why = make("p", { class: "passk-why" });
  const luck = button(`Was it luck? ${SEEDS} more seeds`, hears.luck);
  const table = make("div", { class: "passk-scroll", tabindex: 0, role: "region", "aria-label": "The prompts in numbers" });
  const numbers = make("details", { ontoggle: hears.open }, make("summary", { text: "The same in numbers" }), table);
  const toldWorld = make("span", { class: "passk-world" });

  const section = make("section", { class: "passk-play passk-race", "aria-labelledby": `${id}-title`, ...OWN_KEYS },
    make(heading, { id: `${id}-title`, text: "A live race" }),
    make("p", { class: "passk-intro" }, INTRO, " ", toldWorld),
    make("div", { class: "passk-row passk-settings" }, worlds.node, tries.node, groups.node),
    make("div", { class: "passk-bar" }, bet,
      make("div", { class: "passk-row passk-go" }, go, one, again, seed, make("label", { class: "passk-speed" }, "speed", speed), clock)),
    why,
    make("div", { class: "passk-grid" },
      make("div", { class: "passk-lanes" },
        make("div", { class: "passk-heads" }, ...lanes.map(({ node }) => node)), moments, bars, probe, key()),
      make("div", { class: "passk-charts" },
        make("figure", {}, timeTitle, time), make("figure", {}, levelTitle, level),
        make("p", { class: "passk-row" }, luck), luckSays, say)),
    numbers, make("p", { class: "passk-hint", text: HINT }));

  return {
    section, clock, say, luckSays, why, bars, probe, time, level, luck, speed,
    askBet() { bet.classList.add("passk-asked"); bets[0].focus(); },
    /** A new race. @type {(state: RaceState, called: (racer: string) => string, world: import("./types.js").World, reason: string) => void} */
    show(state, called, world, reason) {
      worlds.show(state.world); tries.show(state.k); groups.show(state.n);
      toldWorld.textContent = world.told;
      question.textContent = `First your bet: where both solve equally many in one try, who solves more in ${state.k}?`;
      for (const { menu, told, node, i } of lanes) {
        const racer = state[SIDES[i]];
        menu.replaceChildren(...Object.keys(spec.racers).map((one) => new Option(called(one), one, false, one === racer)));
        told.textContent = spec.racers[racer].told.replaceAll("{k}", String(state.k));
        bets[i].textContent = called(racer);
        node.classList.toggle("passk-off", Boolean(reason));
      }
      bets[2].textContent = "within a point";
      timeTitle.textContent = `Share of prompts solved, step by step: in one try and in ${state.k}`;
      levelTitle.textContent = `Time taken out: solved in ${state.k} tries, by what is solved in one`;
      why.textContent = reason;
      for (const part of [bars, time, level, moments, probe]) part.hidden = Boolean(reason);
      if (reason) { say.replaceChildren(); luck.hidden = true; luckSays.textContent = ""; }
      const { gut, mark } = layout(bars.clientWidth);
      section.style.setProperty("--passk-gut", `${gut}px`);
      section.style.setProperty("--passk-mark", `${mark}px`);
    },
    /** @type {(how: {on: boolean, moment: number, bet: string, missing: boolean, t: number, steps: number, seed: number}) => void} */
    follow({ on, moment, bet: made, missing, t, steps, seed: number }) {
      go.textContent = on ? "Pause" : "Run";
      for (const part of [go, one]) part.disabled = missing;
      go.classList.toggle("passk-waits", !made);
      bet.classList.toggle("passk-made", made !== "");
      if (made) bet.classList.remove("passk-asked");
      bets.forEach((one, i) => {
        one.setAttribute("aria-pressed", String(BETS[i] === made));
        one.disabled = missing || (made !== "" && BETS[i] !== made);
      });
      clock.textContent = `step ${t} of ${steps}, seed ${number}`;
      [...moments.children].forEach((part, i) => part.classList.toggle("passk-now", i === moment));
    },
    /** The share solved on each side, now and at the start. @type {(track: Track, t: number) => void} */
    score({ lanes: both, k }, t) {
      both.forEach(({ one, many }, i) => {
        const { scores, words } = lanes[i];
        [one, many].forEach((curve, j) => {
          words[j].textContent = `${j ? `${k} tries` : "one try"} `;
          scores[j].textContent = t ? `${percent(curve[0])} → ${percent(curve[t])}` : percent(curve[0]);
        });
      });
    },
    /** @param {string[]} sentences */
    tell(sentences) {
      if (sentences.join() === Array.from(say.children, (one) => one.textContent).join()) return;
      say.replaceChildren(...sentences.map((text) => make("p", { text })));
    },
    /** What the two charts say as sliders. @type {(t: number, track: Track, share: number, names: [string, string], said: string) => void} */
    sliders(t, track, share, names, said) {
      now = { t, head: track.head, level: share };
      const both = names.map((name, i) => `${name} ${percent(track.lanes[i].one[t])} in one try, `
        + `${percent(track.lanes[i].many[t])} in ${track.k}`);
      values(time, { now: t, max: track.head, text: `step ${t}: ${both.join("; ")}` });
      values(level, { now: Math.round(100 * share), max: 100, text: said });
    },
    /** @type {(track: Track, t: number, names: [string, string]) => void} */
    table({ lanes: both, world, rain, n, prompts }, t, names) {
      if (!numbers.open) return;
      const head = make("tr", {}, make("th", { scope: "col", text: "prompt" }), ...names.flatMap((name) => [
        make("th", { scope: "col", text: `${name}: right` }), make("th", { scope: "col", text: "group" })]));
      const rows = Array.from({ length: prompts }, (_, x) => make("tr", {},
        make("th", { scope: "row", text: `${x + 1}, ${world.label} ${world.rows[x]}` }),
        ...both.flatMap(({ racer }) => {
          const { c, silent } = racer.group(t, x, rain);
          return [make("td", { text: percent(racer.p(t, x)) }),
            make("td", { text: `${c} of ${n}${silent ? (c ? ", done" : ", silent") : ""}` })];
        })));
      table.replaceChildren(make("table", {}, make("caption", { text: `Step ${t}` }), make("thead", {}, head),
        make("tbody", {}, ...rows)));
    },
  };
}

/** @type {(label: string, pull: (event: PointerEvent) => void) => HTMLCanvasElement} */
function slider(label, pull) {
  const canvas = make("canvas", { tabindex: 0, role: "slider", "aria-label": label, "aria-valuemin": 0, class: "passk-movable" });
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); pull(event); });
  canvas.addEventListener("pointermove", (event) => { if (canvas.hasPointerCapture(event.pointerId)) pull(event); });
  return canvas;
}

/** @type {(canvas: HTMLCanvasElement, told: {now: number, max: number, text: string}) => void} */
function values(canvas, { now, max, text }) {
  canvas.setAttribute("aria-valuenow", String(now));
  canvas.setAttribute("aria-valuemax", String(max));
  canvas.setAttribute("aria-valuetext", text);
}

/** What the marks mean. */
function key() {
  const one = (/** @type {string} */ kind, /** @type {string} */ text) =>
    make("li", {}, make("i", { class: `passk-key-${kind}`, "aria-hidden": "true" }), text);
  return make("ul", { class: "passk-key" }, one("right", "right answer"), one("wrong", "wrong answer"),
    one("start", "where right ended at the start"), one("dot", "a drop: as big as its credit"),
    one("silent", "silent: none right, nothing to learn from"), one("done", "done: all right, no credit left"));
}
