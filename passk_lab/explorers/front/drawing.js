// A curve drawn by the reader before it is shown: by mouse, touch, arrow keys or numbers. It knows no mathematics of
// the lab: what it shows beside, what is hidden and what is said of a drawing are handed to it.
// @ts-check

import { makeClock } from "./clock.js";
import { OWN_KEYS, make, newId } from "./dom.js";
import { makePanel } from "./drawing_panel.js";
import { Stroke } from "./stroke.js";
import { currentTheme, followTheme } from "./theme.js";
import { percent, verdictOf } from "./verdict.js";

/** @typedef {import("./types.js").ToDraw} ToDraw */
/** @typedef {{text: string, hidden: number[]}} Verdict  What is said of a drawing, and the curve that was hidden. */

const REVEAL = 1200;  // milliseconds in which the hidden curve comes
const HINT = "Drag from the mark to the right edge. By keyboard: left and right choose where, up and down move the " +
  "curve.";

/**
 * @param {HTMLElement} root  What it fills.
 * @param {ToDraw} spec
 * @param {import("./types.js").Look} look
 * @param {{onDrawn?: (values: number[]) => void, hidden?: number[], drawn?: number[], verdict?: Verdict | null}} more
 *   onDrawn hears a drawing that is whole, and answers by `show`. A page without a kernel gives the hidden curve, and
 *   what is said comes from there. drawn and verdict are those of an earlier time.
 */
export function mountDrawing(root, spec, look, { onDrawn, hidden = [], drawn = [], verdict = null }) {
  const stroke = new Stroke(spec.at.length, [spec.y.low, spec.y.high], drawn.length ? [...drawn] : [spec.first]);
  const panel = makePanel(spec, look), { canvas } = panel;
  let theme = currentTheme(), frame = 0, come = 0, closed = "";
  /** @type {Verdict | null} */
  let known = null;
  const parts = makeParts(spec, canvas, { finish, again, write });
  root.replaceChildren(parts.section);
  const clock = makeClock([canvas], () => {
    panel.draw(stroke, known ? known.hidden.slice(0, come) : [spec.first], theme);
  });

  function changed() {
    parts.show(stroke, known, closed);
    clock.schedule();
  }
  function finish() {
    if (closed) return;
    const whole = stroke.values.slice();
    if (onDrawn) onDrawn(whole);
    else reveal({ text: verdictOf(spec, whole, hidden), hidden });
    if (!known) parts.say("The answer is on its way.");
  }
  function again() {
    known = null;
    stroke.clear();
    changed();
    canvas.focus();
  }
  function write(/** @type {number} */ i, /** @type {number} */ height) {
    const { low, high } = spec.y, fits = height >= low && height <= high;
    if (fits) stroke.touch(i, height);
    changed();
    if (!fits) parts.say(`At ${spec.letter} = ${spec.at[i]} the height is a number from ${low} to ${high}.`);
  }
  /** Show the hidden curve, and what is said of the drawing. */
  function reveal(/** @type {Verdict} */ found, slowly = true) {
    known = found;
    const began = performance.now();
    const still = !slowly || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    cancelAnimationFrame(frame);
    const grow = (/** @type {number} */ now) => {
      const part = still ? 1 : Math.min(1, (now - began) / REVEAL);
      come = 1 + Math.floor(part * (spec.at.length - 1));
      clock.schedule();
      if (part < 1 && known === found) frame = requestAnimationFrame(grow);
    };
    grow(began);
    changed();
  }

  allowHand(panel, stroke, () => !known, changed);
  canvas.addEventListener("keydown", (event) => {
    if (known || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && stroke.whole) finish();
    if (!stroke.press(event.key)) return;
    event.preventDefault();
    changed();
  });
  const endTheme = followTheme(parts.section, look, (now, paper) => {
    theme = now;
    if (paper) clock.now(); else clock.schedule();
  });
  changed();
  if (verdict) reveal(verdict, false);
  clock.now();
  return {
    show: reveal,
    values: () => stroke.values.slice(),
    /** There is nobody who would answer any more. @param {string} why  What is said of it. */
    close(why) { closed = why; changed(); },
    destroy() { cancelAnimationFrame(frame); clock.destroy(); endTheme(); },
  };
}

/**
 * Mouse, pen or finger.
 * @param {ReturnType<typeof makePanel>} panel
 * @param {Stroke} stroke
 * @param {() => boolean} open  Whether there is something to draw.
 * @param {() => void} changed
 */
function allowHand({ canvas, under }, stroke, open, changed) {
  canvas.addEventListener("pointerdown", (event) => {
    if (!open()) return;
    canvas.setPointerCapture(event.pointerId);
    stroke.touch(...under(event));
    changed();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!open() || !canvas.hasPointerCapture(event.pointerId)) return;
    stroke.pull(...under(event));
    changed();
  });
}

/**
 * The elements around the canvas, and how they show a state.
 * @param {ToDraw} spec
 * @param {HTMLCanvasElement} canvas
 * @param {{finish: () => void, again: () => void, write: (i: number, height: number) => void}} on
 */
function makeParts({ question, letter, at, label, y }, canvas, { finish, again, write }) {
  const id = newId(), said = make("p", { role: "status" });
  const done = make("button", { text: "Show me", onclick: finish });
  const anew = make("button", { text: "Draw again", onclick: again });
  const hint = make("p", { id: `${id}-hint`, class: "passk-hint", text: HINT });
  const fields = at.map((_, i) => make("input", { type: "number", id: `${id}-${i}`, min: y.low, max: y.high,
    step: "any", autocomplete: "off", onchange: () => write(i, fields[i].valueAsNumber) }));
  const rows = fields.map((field, i) =>
    make("span", {}, make("label", { for: field.id, text: `${letter} = ${at[i]}` }), field));
  const numbers = make("details", {}, make("summary", { text: "Numbers instead" }),
    make("div", { class: "passk-numbers" }, ...rows.slice(1)));
  // The hand is at a place, and what it moves there is a height: a slider, whose text says the place too.
  canvas.removeAttribute("aria-labelledby");
  for (const [name, value] of Object.entries({
    role: "slider", tabindex: 0, "aria-orientation": "vertical", "aria-valuemin": y.low, "aria-valuemax": y.high,
    "aria-label": `Your curve of ${label}`, "aria-describedby": hint.id,
  })) canvas.setAttribute(name, String(value));
  return {
    section: make("section", { class: "passk-drawing", "aria-labelledby": `${id}-question`, ...OWN_KEYS },
      make("p", { id: `${id}-question`, class: "passk-question", text: question }), canvas, hint,
      make("div", {}, done, anew), said, numbers),
    /** @param {string} text */
    say(text) { said.textContent = text; },
    /** @type {(stroke: Stroke, known: Verdict | null, closed: string) => void} */
    show(stroke, known, closed) {
      said.textContent = known?.text ?? closed;
      done.disabled = !stroke.whole || Boolean(closed);
      for (const part of [done, hint, numbers]) part.hidden = Boolean(known);
      anew.hidden = !known;
      fields.forEach((field, i) => {
        field.value = i in stroke.values ? String(Number(stroke.values[i].toFixed(4))) : "";
      });
      canvas.setAttribute("aria-valuenow", String(stroke.height));
      canvas.setAttribute("aria-valuetext", `${letter} = ${at[stroke.place]}: ${percent(stroke.height)}`);
      canvas.setAttribute("aria-disabled", String(Boolean(known)));
    },
  };
}
