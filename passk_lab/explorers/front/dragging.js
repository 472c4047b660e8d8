// Pull a point or a line: wherever in the panel the pointer goes down, the nearest thing that can move comes along.
// @ts-check

import { SCALES } from "./scales.js";

/**
 * @param {import("./panel.js").PanelCanvas} panel
 * @param {import("./types.js").Control[]} controls
 * @param {(changes: import("./types.js").State) => void} change
 * @param {() => import("./types.js").State} stateNow
 */
export function allowDragging(panel, controls, change, stateNow) {
  const name = panel.panel.marks.find(({ drag }) => drag)?.drag;
  if (!name) return;
  const { canvas } = panel, { to } = SCALES[panel.panel.x.scale];
  const values = controls.find((control) => control.name === name)?.values ?? [];
  canvas.classList.add("passk-movable");
  const follow = (/** @type {PointerEvent} */ event) => {
    const target = to(Math.max(panel.valueAt(event.offsetX / panel.scale), panel.rangeX[0]));
    const value = values.reduce((a, b) => (Math.abs(to(b) - target) < Math.abs(to(a) - target) ? b : a));
    if (value !== stateNow()[name]) change({ [name]: value });
  };
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); follow(event); });
  canvas.addEventListener("pointermove", (event) => { if (canvas.hasPointerCapture(event.pointerId)) follow(event); });
}
