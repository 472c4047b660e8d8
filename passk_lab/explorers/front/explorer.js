// The whole explorer: words, controls, panels, things to try. mount() is all that a page needs.
// @ts-check

import { makeClock } from "./clock.js";
import { MAKERS } from "./controls.js";
import { OWN_KEYS, make, newId } from "./dom.js";
import { allowDragging } from "./dragging.js";
import { makeLiveRegion } from "./live_region.js";
import { PanelCanvas } from "./panel.js";
import { makeScope } from "./scope.js";
import { currentTheme, followTheme } from "./theme.js";
import { makeFill, stateText } from "./words.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").State} State */

const REST = 150;  // milliseconds after which a hand counts as at rest

/**
 * @param {HTMLElement} root  What it fills.
 * @param {Spec} spec
 * @param {ArrayBuffer} buffer
 * @param {State} startState
 * @param {{onRest?: (state: State) => void}} listeners  Who hears of a state once the hand rests.
 */
export function mount(root, spec, buffer, startState, { onRest = () => {} } = {}) {
  const scope = makeScope(spec, buffer), fill = makeFill(spec, scope), id = newId();
  let state = { ...startState }, theme = currentTheme(), restTimer = 0;
  const panels = spec.panels.map((panel) => new PanelCanvas(panel, scope, fill, spec.look));
  const words = make("div", { class: "passk-words" }, ...spec.sentences.map(() => make("p")));
  const note = make("p", { class: "passk-note", role: "status" });

  // A screen reader hears the words once the hand rests, not at every frame.
  const spoken = makeLiveRegion(() => {
    const said = words.textContent ?? "";
    for (const { canvas, caption } of panels) canvas.setAttribute("aria-label", `${caption.textContent}. ${said}`);
    return said;
  }, { rest: 300 });

  const clock = makeClock(panels.map(({ canvas }) => canvas), () => {
    spec.sentences.forEach((sentence, i) => { words.children[i].textContent = fill(sentence, state); });
    for (const panel of panels) {
      panel.caption.textContent = fill(panel.panel.title, state);
      panel.draw(state, theme);
    }
    spoken.moved();
  });

  const rest = () => {
    clearTimeout(restTimer);
    restTimer = 0;
    onRest({ ...state });
  };

  function change(/** @type {State} */ changes) {
    state = { ...state, ...changes };
    for (const name of Object.keys(changes)) controls.get(name)?.show(state[name]);
    note.textContent = "";
    clock.schedule();
    // The kernel hears of it when the hand rests: telling it at every event halves the frame rate (measured).
    clearTimeout(restTimer);
    restTimer = setTimeout(rest, REST);
  }

  const controls = new Map(spec.controls.map((control) =>
    [control.name, MAKERS[control.kind](control, `${id}-${control.name}`, change)]));
  for (const [name, control] of controls) control.show(state[name]);
  const section = make("section", { class: "passk-explorer", "aria-labelledby": `${id}-title`, ...OWN_KEYS },
    make("h3", { id: `${id}-title`, text: spec.title }),
    make("p", { class: "passk-spoken", text: spec.summary }),
    make("div", { class: "passk-controls" }, ...Array.from(controls.values(), ({ node }) => node)),
    words,
    make("div", { class: "passk-panels" }, ...panels.map(({ figure }) => figure)),
    thingsToTry(spec, change, () => state, note),
    note, spoken.node,
    make("p", { class: "passk-source", text: spec.source }));
  root.replaceChildren(section);

  for (const panel of panels) allowDragging(panel, spec.controls, change, () => state);
  const endTheme = followTheme(section, spec.look, (now) => { theme = now; clock.schedule(); });
  clock.now();

  return {
    state: () => ({ ...state }),
    /** What the kernel says counts at once and is not sent back to it. @param {State} next */
    setState(next) {
      clearTimeout(restTimer);
      state = { ...next };
      for (const [name, control] of controls) control.show(state[name]);
      clock.schedule();
    },
    destroy() {
      for (const control of controls.values()) control.stop?.();
      if (restTimer) rest();
      spoken.destroy(); clock.destroy(); endTheme();
    },
  };
}

/**
 * Buttons that move the controls and say what to see, and one that gives the view as text.
 * @param {Spec} spec
 * @param {(changes: State) => void} change
 * @param {() => State} stateNow
 * @param {HTMLElement} note
 */
function thingsToTry(spec, change, stateNow, note) {
  const tries = make("div", { class: "passk-try", role: "group", "aria-label": "What to try" });
  if (spec.presets.length) tries.append(make("span", { text: "Try:" }));
  for (const { label, state, sentence } of spec.presets) {
    tries.append(make("button", { type: "button", text: label, onclick: () => {
      change(state);
      note.textContent = sentence;
    } }));
  }
  tries.append(make("button", { type: "button", class: "passk-quiet", text: "Copy this view", onclick: () => {
    const text = stateText(spec, stateNow());
    note.textContent = `This view: ${text}`;
    navigator.clipboard?.writeText(text).catch(() => {});
  } }));
  return tries;
}
