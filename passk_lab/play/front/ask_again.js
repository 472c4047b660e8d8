// "Ask again": the same question to the same model, until one answer is right; then plays of it added up.
// @ts-check

import { makeClock } from "../../explorers/front/clock.js";
import { OWN_KEYS, make, newId } from "../../explorers/front/dom.js";
import { makeLiveRegion } from "../../explorers/front/live_region.js";
import { followTheme } from "../../explorers/front/theme.js";
import { drawAsked } from "./asked_chart.js";
import { Asking } from "./asking.js";
import { button } from "./board.js";
import { percent } from "./charts.js";
import { makeSegments } from "./segments.js";
import { makeSlots } from "./slots.js";
import { coloursOf, eased } from "./surface.js";

/** @typedef {import("./types.js").AskSpec} AskSpec */
/** @typedef {import("./types.js").AskState} AskState */

const PLAYS = 200, MORE = 1000, AT_ONCE = 3;  // plays of a round, of a press, and of a frame once they are fast
/** Milliseconds from play to play: the first are seen one by one. */
const paceOf = (/** @type {number} */ play) => (play < 4 ? 700 : play < 14 ? 160 : 0);
const PAUSE = 1100, COMES = 1100;  // milliseconds after the first play, and in which the exact line comes
const LINE_FROM = 30;  // plays after which the exact line comes
const LONGEST = 100;  // milliseconds that a frame may stand for
const NOTHING = "Nothing asked yet.";
const INTRO = "A model answers the same question again and again, each time afresh. How often must you ask until one "
  + "answer is right?";
const CAPTION = "Share of plays with a right answer among the first k";

/**
 * @param {HTMLElement} root  What it fills.
 * @param {{spec: AskSpec}} data
 * @param {AskState} start
 * @param {{onState?: (state: AskState) => void, heading?: "h1" | "h2" | "h3"}} more
 */
export function mountAskAgain(root, { spec }, start, { onState = () => {}, heading = "h3" } = {}) {
  const ask = new AskAgain(spec, start, onState, newId());
  root.replaceChildren(ask.section(heading));
  const endTheme = followTheme(ask.element, spec.look, (theme) => {
    ask.colours = coloursOf(spec.look, theme);
    ask.clock.now();
  });
  ask.changed();
  ask.clock.now();
  return {
    state: () => ({ ...ask.state }),
    /** @param {AskState} next */
    setState(next) {
      if (next.p === ask.state.p && next.seed === ask.state.seed) return;
      Object.assign(ask.state, next);
      ask.anew(next.seed);
    },
    destroy() { ask.destroy(); endTheme(); },
  };
}

class AskAgain {
  /**
   * @param {AskSpec} spec
   * @param {AskState} start
   * @param {(state: AskState) => void} onState
   * @param {string} id
   */
  constructor(spec, start, onState, id) {
    this.spec = spec; this.state = { ...start }; this.id = id;
    this.asking = new Asking(start.p, spec.tries, start.seed);
    this.on = false; this.frame = 0; this.last = 0; this.wait = 0;
    /** How much of the exact line has come, from 0 to 1. */
    this.come = 0;
    this.colours = coloursOf(spec.look, "light");
    this.slots = makeSlots(spec.tries);
    this.says = make("p", { class: "passk-asked-says", text: NOTHING });
    this.go = button("Ask", () => this.press(), "passk-main");
    this.more = button(`${MORE.toLocaleString("en")} plays more`, () => this.playMany());
    this.forget = button("Forget all plays", () => this.anew(this.asking.seed + 1), "passk-quiet");
    const chances = spec.chances.map(({ p, words }) => /** @type {[number, string]} */ ([p, words]));
    this.segments = makeSegments(`${id}-p`, "an answer is right", chances, (p) => {
      this.state.p = p;
      this.anew(this.state.seed);
      onState({ ...this.state });
    });
    this.canvas = make("canvas", { role: "img" });
    this.spoken = makeLiveRegion(() => this.says.textContent ?? "", { rest: 400 });
    this.clock = makeClock([this.canvas], () =>
      drawAsked(this.canvas, this.asking, this.exact, eased(this.come), this.colours));
    this.element = make("section", { class: "passk-play passk-ask", "aria-labelledby": `${id}-title`, ...OWN_KEYS });
  }

  /** @param {"h1" | "h2" | "h3"} heading */
  section(heading) {
    this.element.append(make(heading, { id: `${this.id}-title`, text: "Ask again" }),
      make("p", { class: "passk-intro", text: INTRO }),
      make("div", { class: "passk-two" },
        make("div", {}, this.segments.node, this.slots.node,
          make("p", { class: "passk-row" }, this.go, this.more, this.forget), this.says),
        make("figure", {}, make("figcaption", { text: CAPTION }), this.canvas)),
      this.spoken.node);
    return this.element;
  }

  get exact() {
    return (this.spec.chances.find(({ p }) => p === this.state.p) ?? this.spec.chances[0]).exact;
  }

  /** Ask once; after the last ask of a play the same goes on by itself. */
  press() {
    if (this.on) { this.stop(); return; }
    const { asking, spec: { tries } } = this;
    if (asking.now.length === tries) { asking.now = []; this.slots.show([]); }
    const right = asking.ask(), i = asking.now.length, first = asking.now.indexOf(true) + 1;
    this.says.textContent = `Ask ${i}: ${right ? "right" : "wrong"}. At least one right so far: `
      + `${first ? `yes, since ask ${first}` : "not yet"}.`;
    this.slots.show(asking.now);
    if (i === tries) {
      this.says.textContent += ` That was one play of ${tries} asks. Now the same again, and again …`;
      this.begin();
    }
    this.changed();
  }

  begin() {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      while (this.asking.plays < PLAYS) this.asking.play();
      this.come = 1;
      this.rest();
      return;
    }
    this.on = true;
    this.wait = PAUSE;
    this.last = 0;
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  /** @param {number} now */
  tick(now) {
    const { asking } = this, passed = this.last ? Math.min(LONGEST, now - this.last) : 0;
    this.last = now;
    this.wait -= passed;
    if (this.wait <= 0 && asking.plays < PLAYS) {
      this.wait = paceOf(asking.plays);
      for (let i = 0; i < (this.wait ? 1 : AT_ONCE) && asking.plays < PLAYS; i++) asking.play();
      this.slots.show([]);
      if (this.wait) this.slots.show(asking.now);
      this.says.textContent = this.summary();
    }
    if (asking.plays >= LINE_FROM) this.come = Math.min(1, this.come + passed / COMES);
    if (asking.plays >= PLAYS && this.come === 1) { this.stop(); return; }
    this.frame = requestAnimationFrame((next) => this.tick(next));
    this.changed(false);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.on = false;
    if (this.asking.plays >= LINE_FROM) this.come = 1;
    this.rest();
  }

  playMany() {
    if (this.on) this.stop();
    this.asking.now = [];
    for (let i = 0; i < MORE; i++) this.asking.play();
    this.come = 1;
    this.rest();
  }

  /** Whole plays alone count; one that was begun is dropped. */
  rest() {
    this.asking.now = [];
    this.slots.show([]);
    this.says.textContent = this.asking.plays ? this.summary() : NOTHING;
    this.changed();
  }

  /** @param {number} seed */
  anew(seed) {
    cancelAnimationFrame(this.frame);
    this.on = false;
    this.come = 0;
    this.asking = new Asking(this.state.p, this.spec.tries, seed);
    this.rest();
  }

  summary() {
    const { plays, solved, tries } = this.asking, share = percent(solved[tries - 1] / plays);
    const said = `${plays.toLocaleString("en")} ${plays === 1 ? "play" : "plays"} of ${tries} asks. In ${share} of `
      + "them at least one answer was right";
    if (this.come < 1) return `${said}.`;
    return `${said}; the exact chance, pass@${tries}, is ${percent(this.exact[tries - 1])}, though a single answer is `
      + `right only ${percent(this.exact[0])} of the time.`;
  }

  changed(rest = true) {
    const { asking: { plays, solved, now } } = this;
    this.segments.show(this.state.p);
    this.go.textContent = this.on ? "Stop" : now.length ? "Ask again" : "Ask";
    this.forget.disabled = !plays && !now.length;
    this.clock.schedule();
    if (!rest) return;
    const shares = Array.from(solved, (many, i) => `${i + 1}: ${percent(many / plays)}`).join(", ");
    this.canvas.setAttribute("aria-label", plays ? `${CAPTION}: ${shares}` : CAPTION);
    this.spoken.moved();
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.clock.destroy();
    this.spoken.destroy();
  }
}
