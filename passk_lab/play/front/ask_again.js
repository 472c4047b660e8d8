// "Ask again": the same question to the same model, again and again, until one answer is right; then plays of it added up.
// @ts-check

import { makeClock } from "../../explorers/front/clock.js";
import { OWN_KEYS, make, newId } from "../../explorers/front/dom.js";
import { makeLiveRegion } from "../../explorers/front/live_region.js";
import { followTheme } from "../../explorers/front/theme.js";
import { drawAsked } from "./asked_chart.js";
import { Asking } from "./asking.js";
import { percent } from "./charts.js";
import { makeSegments } from "./segments.js";
import { coloursOf, eased } from "./surface.js";

/** @typedef {import("./types.js").AskSpec} AskSpec */
/** @typedef {import("./types.js").AskState} AskState */

const PLAYS = 200, MORE = 1000;
/** Milliseconds from play to play: the first are seen one by one, the others three a frame. */
const paceOf = (/** @type {number} */ play) => (play < 4 ? 700 : play < 14 ? 160 : 0);
const PAUSE = 1100, COMES = 1100;  // milliseconds after the first play, and in which the exact line comes
const LINE_FROM = 30;  // plays after which the exact line comes

/**
 * @param {HTMLElement} root  What it fills.
 * @param {{spec: AskSpec}} data
 * @param {AskState} start
 * @param {{onState?: (state: AskState) => void, heading?: "h1" | "h2" | "h3"}} more
 */
export function mountAskAgain(root, { spec }, start, { onState = () => {}, heading = "h3" } = {}) {
  const id = newId(), calm = window.matchMedia("(prefers-reduced-motion: reduce)"), { tries, chances } = spec;
  const state = { ...start };
  let asking = new Asking(state.p, tries, state.seed), auto = false, frame = 0, last = 0, wait = 0, come = 0;
  let colours = coloursOf(spec.look, "light");

  const slots = Array.from({ length: tries }, (_, i) => make("li", {}, make("span", { text: String(i + 1) })));
  const say = make("p", { class: "passk-asked-says" });
  const button = (/** @type {string} */ text, /** @type {() => void} */ onclick, kind = "") =>
    make("button", { type: "button", text, onclick, class: kind || null });
  const go = button("Ask", press, "passk-main"), more = button(`${MORE.toLocaleString("en")} plays more`, many);
  const forget = button("Forget all plays", anew, "passk-quiet");
  const segments = makeSegments(`${id}-p`, "an answer is right", chances.map(({ p, words }) => [p, words]), (p) => {
    state.p = p;
    anew();
    onState({ ...state });
  });
  const canvas = make("canvas", { role: "img" });
  const exact = () => (chances.find(({ p }) => p === state.p) ?? chances[0]).exact;
  const section = make("section", { class: "passk-play passk-ask", "aria-labelledby": `${id}-title`, ...OWN_KEYS },
    make(heading, { id: `${id}-title`, text: "Ask again" }),
    make("p", { class: "passk-intro", text: "A model answers the same question again and again, each time afresh. How often "
      + "must you ask until one answer is right?" }),
    make("div", { class: "passk-two" },
      make("div", {}, segments.node, make("ol", { class: "passk-slots", "aria-hidden": "true" }, ...slots),
        make("p", { class: "passk-row" }, go, more, forget), say),
      make("figure", {}, make("figcaption", { text: "Share of plays with a right answer among the first k" }), canvas)));
  root.replaceChildren(section);
  const spoken = makeLiveRegion(() => say.textContent ?? "", { rest: 400 });
  section.append(spoken.node);
  const clock = makeClock([canvas], () => drawAsked(canvas, asking, exact(), eased(come), colours));

  /** Answers that are new drop into their slots. */
  function showSlots() {
    asking.now.forEach((right, i) => {
      const slot = slots[i];
      slot.classList.toggle("passk-seen", asking.now.slice(0, i + 1).includes(true));
      if (!slot.querySelector("b")) slot.append(make("b", { class: right ? "passk-yes" : "passk-no", text: right ? "✓" : "✗" }));
    });
  }
  function clearSlots() { for (const slot of slots) { slot.querySelector("b")?.remove(); slot.className = ""; } }

  function press() {
    if (auto) { stop(); return; }
    if (asking.now.length === tries) { asking.now = []; clearSlots(); }
    const right = asking.ask(), i = asking.now.length, first = asking.now.indexOf(true) + 1;
    showSlots();
    const far = first ? `yes, since ask ${first}` : "not yet";
    say.textContent = `Ask ${i}: ${right ? "right" : "wrong"}. At least one right so far: ${far}.`;
    if (i === tries) {
      say.textContent += ` That was one play of ${tries} asks. Now the same again, and again …`;
      begin();
    }
    changed();
  }
  function begin() {
    if (calm.matches) { for (let i = 0; i < PLAYS; i++) asking.play(); come = 1; whole(); return; }
    auto = true;
    wait = PAUSE;
    last = 0;
    frame = requestAnimationFrame(tick);
  }
  function tick(/** @type {number} */ now) {
    const passed = last ? Math.min(100, now - last) : 0;
    last = now;
    wait -= passed;
    if (wait <= 0 && asking.plays < PLAYS) {
      const pace = paceOf(asking.plays);
      for (let i = 0; i < (pace ? 1 : 3); i++) asking.play();
      if (pace) { clearSlots(); showSlots(); } else clearSlots();
      wait = pace;
      say.textContent = summary();
    }
    if (asking.plays >= LINE_FROM) come = Math.min(1, come + passed / COMES);
    if (asking.plays < PLAYS || come < 1) frame = requestAnimationFrame(tick);
    else stop();
    changed(false);
  }
  function stop() {
    cancelAnimationFrame(frame);
    auto = false;
    if (asking.plays >= LINE_FROM) come = 1;
    whole();
  }
  /** Plays alone count; one that was begun is dropped. */
  function whole() {
    asking.now = [];
    clearSlots();
    say.textContent = summary();
    changed();
  }
  function many() {
    if (auto) stop();
    for (let i = 0; i < MORE; i++) asking.play();
    come = 1;
    whole();
  }
  function anew() {
    cancelAnimationFrame(frame);
    auto = false;
    come = 0;
    asking = new Asking(state.p, tries, asking.seed + 1);
    clearSlots();
    say.textContent = "Nothing asked yet.";
    changed();
  }
  function summary() {
    const { plays, solved } = asking, last = tries - 1;
    const said = `${plays.toLocaleString("en")} ${plays === 1 ? "play" : "plays"} of ${tries} asks. In `
      + `${percent(solved[last] / plays)} of them at least one answer was right`;
    return come < 1 ? `${said}.` : `${said}; the exact chance, pass@${tries}, is ${percent(exact()[last])}, though a single `
      + `answer is right only ${percent(exact()[0])} of the time.`;
  }
  function changed(rest = true) {
    segments.show(state.p);
    go.textContent = auto ? "Stop" : asking.now.length ? "Ask again" : "Ask";
    forget.disabled = !asking.plays && !asking.now.length;
    const { plays, solved } = asking;
    canvas.setAttribute("aria-label", "Share of plays with a right answer among the first k asks"
      + (plays ? `: ${Array.from(solved, (many, i) => `${i + 1}: ${percent(many / plays)}`).join(", ")}` : ""));
    clock.schedule();
    if (rest) spoken.moved();
  }

  const endTheme = followTheme(section, spec.look, (theme) => { colours = coloursOf(spec.look, theme); clock.schedule(); });
  say.textContent = "Nothing asked yet.";
  changed();
  clock.now();
  return {
    state: () => ({ ...state }),
    /** @param {AskState} next */
    setState(next) {
      if (next.p === state.p && next.seed === state.seed) return;
      Object.assign(state, next);
      anew();
      asking.seed = state.seed;
    },
    destroy() { cancelAnimationFrame(frame); endTheme(); clock.destroy(); spoken.destroy(); },
  };
}
