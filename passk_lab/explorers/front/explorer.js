// The whole explorer: words, controls, panels, things to try. mount() is all that a page needs.
// @ts-check

import { AS_IT_IS, stateText } from "./address.js";
import { makeClock } from "./clock.js";
import { MAKERS } from "./controls.js";
import { OWN_KEYS, make, newId } from "./dom.js";
import { allowDragging } from "./dragging.js";
import { makeLiveRegion } from "./live_region.js";
import { PanelCanvas } from "./panel.js";
import { makeScope } from "./scope.js";
import { makeState } from "./state.js";
import { currentTheme, followTheme } from "./theme.js";
import { makeTween } from "./tween.js";
import { makeFill } from "./words.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./address.js").View} View */
/** @typedef {ReturnType<typeof mount>} Mounted */

/**
 * What is seen first: panels and controls by name, sentences by their place.
 * @typedef {{panels: string[], controls: string[], sentences: number[]}} Key
 */

/**
 * @param {HTMLElement} root  What it fills.
 * @param {Spec} spec
 * @param {ArrayBuffer} buffer
 * @param {State} startState
 * @param {{onRest?: (state: State) => void, heading?: "h1" | "h3", tools?: [string, () => void][], key?: Key,
 *   link?: (state: State) => string, opening?: State}} more
 *   Who hears of a view once the hand rests; what the title is, the first of a page or one below those of a notebook;
 *   what can be pressed besides; what is seen first, where the rest is one step away; the address of a view, where a
 *   page has one for each; where a reset leads.
 */
export function mount(root, spec, buffer, startState,
  { onRest = () => {}, heading = "h3", tools = [], key, link, opening = startState } = {}) {
  const scope = makeScope(spec, buffer), fill = makeFill(spec, scope), id = newId();
  const title = make(heading, { id: `${id}-title` });
  let theme = currentTheme(), view = AS_IT_IS;
  const panels = spec.panels.map((panel) => new PanelCanvas(panel, scope, fill, spec.look));
  const { lines, words, further } = makeLines(spec, key);
  const note = make("p", { class: "passk-note" });

  // A screen reader hears the words once the hand rests, not at every frame; nothing else here speaks by itself.
  const spoken = makeLiveRegion(() => [note, ...lines].map((part) => part.textContent).join(" ").trim(), { rest: 300 });

  const clock = makeClock(panels.map(({ canvas }) => canvas), () => {
    write(spec, title, lines, (template) => fill(template, state.now), view.hides);
    for (const panel of panels) {
      panel.say(view.hides ? "" : fill(panel.panel.title, state.now));
      panel.draw(state.now, theme, { hides: view.hides, left: state.left });
    }
    spoken.moved();
  });

  const { state, controls, tween, stop } = makeDrive(spec, id, startState, onRest, () => {
    note.textContent = "";
    clock.schedule();
  });
  const say = (/** @type {string} */ text) => { note.textContent = text; spoken.moved(); };
  const jump = (/** @type {State} */ to, said = "") => { stop(); state.jump(to); say(view.hides ? "" : said); };

  const tries = thingsToTry(spec, jump);
  tries.append(pressed([
    ["Undo", () => { stop(); if (!state.undo()) say("Nothing has been changed yet."); }],
    ["Reset", () => jump(opening)],
    link ? ["Copy link to this view", () => copyText(link(state.now)).then(say)]
      : ["Copy this view", () => copyText(stateText(spec, state.now, { ...view, presents: false })).then(say)],
    ...tools,
  ]));
  /** @type {Parts} */
  const parts = [panels, controls, tries, [note, words, further], sourceOf(spec)];
  // No landmark: a notebook may hold one explorer twice.
  const section = make("div", { class: "passk-explorer", role: "group", "aria-labelledby": `${id}-title`, ...OWN_KEYS },
    title,
    make("p", { class: "passk-spoken", text: spec.summary }),
    ...(key ? keyFirst(key, ...parts) : allAtOnce(...parts)), spoken.node);
  root.replaceChildren(section);

  const pull = (/** @type {State} */ changes) => { stop(Object.keys(changes)); state.change(changes); };
  for (const panel of panels) allowDragging(panel, spec.controls, pull, () => state.now);
  const endTheme = followTheme(section, spec.look, (now, paper) => {
    theme = now;
    if (paper) clock.now(); else clock.schedule();
  });
  clock.now();

  return {
    section, panels, say, title, redraw: clock.schedule,
    state: () => ({ ...state.now }),
    view: () => ({ ...view }),
    /** How it is shown, from now on: a panel alone, the answer hidden. @param {Partial<View>} changes */
    show(changes) {
      view = { ...view, ...changes };
      arrange(section, panels, view);
      clock.now();
    },
    /** @param {State} next  As the kernel says it is. */
    setState(next) {
      if (Object.keys(next).every((name) => next[name] === state.now[name])) return;
      stop();
      state.told(next);
    },
    /** Go to a state through those between. @param {State} next */
    go(next) {
      stop();
      state.jump({}, true);
      note.textContent = "";
      tween.go(state.now, { ...state.now, ...next });
    },
    destroy() { stop(); state.destroy(); spoken.destroy(); clock.destroy(); endTheme(); },
  };
}

/**
 * Lines for the sentences: those that are seen first, and further ones.
 * @type {(spec: Spec, key?: Key) => {lines: HTMLElement[], words: HTMLElement, further: HTMLElement}}
 */
function makeLines({ sentences }, key) {
  const lines = sentences.map(() => make("p"));
  const isFirst = (/** @type {number} */ i) => !key || key.sentences.includes(i);
  return {
    lines,
    words: make("div", { class: "passk-words" }, ...lines.filter((_, i) => isFirst(i))),
    further: make("div", {}, ...lines.filter((_, i) => !isFirst(i))),
  };
}

/**
 * Where the controls stand, what moves them, and how to end what moves by itself.
 * @param {Spec} spec
 * @param {string} id
 * @param {State} start
 * @param {(state: State) => void} onRest
 * @param {() => void} moved
 */
function makeDrive(spec, id, start, onRest, moved) {
  const state = makeState(start, (names) => {
    for (const name of names) controls.get(name)?.show(state.now[name]);
    moved();
  }, onRest);
  const tween = makeTween(spec.controls, state.change);
  const byHand = (/** @type {State} */ changes) => { tween.stop(); state.change(changes); };
  const controls = new Map(spec.controls.map((control) =>
    [control.name, MAKERS[control.kind](control, `${id}-${control.name}`, byHand)]));
  for (const [name, control] of controls) control.show(state.now[name]);
  const stop = (names = [...controls.keys()]) => {
    tween.stop();
    for (const name of names) controls.get(name)?.stop?.();
  };
  return { state, controls, tween, stop };
}

/** @type {(section: HTMLElement, panels: PanelCanvas[], view: View) => void} */
function arrange(section, panels, { panel, hides }) {
  panels.forEach(({ figure }, i) => { figure.hidden = panel > 0 && panel !== i + 1; });
  section.classList.toggle("passk-alone", panel > 0);
  section.classList.toggle("passk-hides", hides);
}

/**
 * What is said above and below the panels: the title and the words, or a question in their place.
 * @param {Spec} spec
 * @param {HTMLElement} title
 * @param {HTMLElement[]} lines
 * @param {(template: string) => string} fill
 * @param {boolean} hides
 */
function write({ title: own, vote, sentences }, title, lines, fill, hides) {
  title.textContent = hides ? fill(vote) : own;
  sentences.forEach((sentence, i) => { lines[i].textContent = hides ? "" : fill(sentence); });
}

/**
 * Panels, controls, things to try, what is said, the source.
 * @typedef {import("./controls.js").Control} Control
 * @typedef {[PanelCanvas[], Map<string, Control>, HTMLElement, HTMLElement[], HTMLElement]} Parts
 */

/** @type {(panels: PanelCanvas[]) => HTMLElement} */
const inRows = (panels) =>
  make("div", { class: `passk-panels passk-of-${panels.length}` }, ...panels.map(({ figure }) => figure));

/** @type {(controls: import("./controls.js").Control[]) => HTMLElement} */
const together = (controls) => make("div", { class: "passk-controls" }, ...controls.map(({ node }) => node));

/** @type {(...parts: Parts) => HTMLElement[]} */
const allAtOnce = (panels, controls, tries, [note, words], source) =>
  [inRows(panels), together([...controls.values()]), tries, note, words, source];

/** @type {(key: Key, ...parts: Parts) => HTMLElement[]} */
function keyFirst(key, panels, controls, tries, [note, words, further], source) {
  const isKey = (/** @type {PanelCanvas} */ { panel }) => key.panels.includes(panel.name);
  const those = (/** @type {boolean} */ first) => together(
    [...controls].flatMap(([name, control]) => (key.controls.includes(name) === first ? [control] : [])));
  const ownTools = /** @type {HTMLElement} */ (tries.lastElementChild);
  return [
    inRows(panels.filter(isKey)), those(true), words, note,
    make("details", { class: "passk-more" }, make("summary", { text: "More of this picture" }),
      inRows(panels.filter((panel) => !isKey(panel))), those(false), further, tries, source),
    ownTools,
  ];
}

/**
 * Buttons that move the controls and say what to see.
 * @param {Spec} spec
 * @param {(changes: State, said: string) => void} jump
 */
function thingsToTry(spec, jump) {
  const tries = make("div", { class: "passk-try", role: "group", "aria-label": "What to try" });
  if (spec.presets.length) tries.append(make("span", { text: "Try:" }));
  for (const { label, state, sentence } of spec.presets) {
    tries.append(make("button", { type: "button", text: label, onclick: () => jump(state, sentence) }));
  }
  return tries;
}

/** Where its numbers come from. @param {Spec} spec */
const sourceOf = (spec) => make("p", { class: "passk-source", text: spec.source });

/** The explorer's own tools. @param {[string, () => void][]} named */
const pressed = (named) => make("span", { class: "passk-tools" }, ...named.map(([text, onclick]) =>
  make("button", { type: "button", class: "passk-quiet", text, onclick })));

/**
 * Put a text on the clipboard; what is given back says whether it is there.
 * @param {string} text
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return `Copied: ${text}`;
  } catch {
    return `This page may not copy by itself. The view is: ${text}`;
  }
}
