// The whole explorer: words, controls, panels, things to try. mount() is all that a page needs.
// @ts-check

import { stateText } from "./address.js";
import { makeClock } from "./clock.js";
import { MAKERS } from "./controls.js";
import { OWN_KEYS, make, newId } from "./dom.js";
import { allowDragging } from "./dragging.js";
import { makeLiveRegion } from "./live_region.js";
import { PanelCanvas } from "./panel.js";
import { makeScope } from "./scope.js";
import { makeState } from "./state.js";
import { currentTheme, followTheme } from "./theme.js";
import { makeFill } from "./words.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./address.js").View} View */
/** @typedef {ReturnType<typeof mount>} Mounted */

/**
 * @param {HTMLElement} root  What it fills.
 * @param {Spec} spec
 * @param {ArrayBuffer} buffer
 * @param {State} startState
 * @param {{onRest?: (state: State) => void, heading?: "h1" | "h3", tools?: [string, () => void][]}} more
 *   Who hears of a view once the hand rests; what the title is, the first of a page or one below those of a notebook;
 *   what can be pressed besides.
 */
export function mount(root, spec, buffer, startState, { onRest = () => {}, heading = "h3", tools = [] } = {}) {
  const scope = makeScope(spec, buffer), fill = makeFill(spec, scope), id = newId();
  const title = make(heading, { id: `${id}-title` });
  let theme = currentTheme(), /** @type {View} */ view = { panel: 0, hides: false, presents: false };
  const panels = spec.panels.map((panel) => new PanelCanvas(panel, scope, fill, spec.look));
  const words = make("div", { class: "passk-words" }, ...spec.sentences.map(() => make("p")));
  const note = make("p", { class: "passk-note" });

  // A screen reader hears the words once the hand rests, not at every frame; nothing else here speaks by itself.
  const spoken = makeLiveRegion(() => [note, ...words.children].map((part) => part.textContent).join(" ").trim(),
    { rest: 300 });

  const clock = makeClock(panels.map(({ canvas }) => canvas), () => {
    write(spec, title, words, (template) => fill(template, state.now), view.hides);
    for (const panel of panels) {
      panel.say(view.hides ? "" : fill(panel.panel.title, state.now));
      panel.draw(state.now, theme, view.hides);
    }
    spoken.moved();
  });

  const state = makeState(startState, (names) => {
    for (const name of names) controls.get(name)?.show(state.now[name]);
    note.textContent = "";
    clock.schedule();
  }, onRest);
  const controls = new Map(spec.controls.map((control) =>
    [control.name, MAKERS[control.kind](control, `${id}-${control.name}`, state.change)]));
  for (const [name, control] of controls) control.show(state.now[name]);
  const stop = (names = [...controls.keys()]) => { for (const name of names) controls.get(name)?.stop?.(); };
  const say = (/** @type {string} */ text) => { note.textContent = text; spoken.moved(); };
  const jump = (/** @type {State} */ changes, said = "") =>
    { stop(); state.jump(changes); say(view.hides ? "" : said); };

  const section = make("section", { class: "passk-explorer", "aria-labelledby": `${id}-title`, ...OWN_KEYS },
    title,
    make("p", { class: "passk-spoken", text: spec.summary }),
    make("div", { class: `passk-panels passk-of-${panels.length}` }, ...panels.map(({ figure }) => figure)),
    make("div", { class: "passk-controls" }, ...Array.from(controls.values(), ({ node }) => node)),
    thingsToTry(spec, jump, [
      ["Undo", () => { stop(); if (!state.undo()) say("Nothing has been changed yet."); }],
      ["Reset", () => jump(startState)],
      ["Copy this view", () => copyText(stateText(spec, state.now, { ...view, presents: false })).then(say)],
      ...tools,
    ]),
    note, words, spoken.node,
    make("p", { class: "passk-source", text: spec.source }));
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
      view.hides &&= spec.vote !== "";
      arrange(section, panels, view);
      clock.now();
    },
    /** @param {State} next  As the kernel says it is. */
    setState(next) {
      if (Object.keys(next).every((name) => next[name] === state.now[name])) return;
      stop();
      state.told(next);
    },
    destroy() { stop(); state.destroy(); spoken.destroy(); clock.destroy(); endTheme(); },
  };
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
 * @param {HTMLElement} words
 * @param {(template: string) => string} fill
 * @param {boolean} hides
 */
function write({ title: own, vote, sentences }, title, words, fill, hides) {
  title.textContent = hides ? fill(vote) : own;
  sentences.forEach((sentence, i) => { words.children[i].textContent = hides ? "" : fill(sentence); });
}

/**
 * Buttons that move the controls and say what to see, and the explorer's tools.
 * @param {Spec} spec
 * @param {(changes: State, said: string) => void} jump
 * @param {[string, () => void][]} tools
 */
function thingsToTry(spec, jump, tools) {
  const tries = make("div", { class: "passk-try", role: "group", "aria-label": "What to try" });
  if (spec.presets.length) tries.append(make("span", { text: "Try:" }));
  for (const { label, state, sentence } of spec.presets) {
    tries.append(make("button", { type: "button", text: label, onclick: () => jump(state, sentence) }));
  }
  tries.append(make("span", { class: "passk-tools" }, ...tools.map(([text, onclick]) =>
    make("button", { type: "button", class: "passk-quiet", text, onclick }))));
  return tries;
}

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
