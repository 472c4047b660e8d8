// The panel on which a curve is drawn: what is shown beside, the hand's own curve, and the hidden one once it is known.
// @ts-check

import { PanelCanvas } from "./panel.js";
import { SCALES } from "./scales.js";

/** @typedef {import("./types.js").ToDraw} ToDraw */
/** @typedef {import("./stroke.js").Stroke} Stroke */
/** @typedef {import("./types.js").Mark} Mark */

/**
 * @param {ToDraw} spec
 * @param {import("./types.js").Look} look
 */
export function makePanel(spec, look) {
  const { at, beside, x, y } = spec, empty = () => new Float32Array(at.length).fill(NaN);
  const yours = empty(), hidden = empty();
  const shown = beside.map(({ values }) => Float32Array.from(values));
  const tables = Object.fromEntries([["yours", yours], ["hidden", hidden], ...shown.map((curve, i) => [`${i}`, curve])]
    .map(([name, values]) => [name, { dims: ["at"], values }]));
  /** @type {(kind: string, role: string, name: string, more?: Partial<Mark>) => Mark} */
  const along = (kind, role, name, more) =>
    ({ kind, role, x: ["coordinate", "at"], y: ["value", name, "at", {}], ...more });
  const panel = new PanelCanvas({ title: "", x, y, marks: [
    ...beside.map(({ label }, i) => along("Line", "pass@k", `${i}`, { label, label_at: 0.15 })),
    along("Line", "before", "hidden", { label: spec.label, label_at: 0.85 }),
    along("Line", "exact", "yours", { label: "yours", label_at: 0.45 }),
    along("Dots", "exact", "yours"),
    { kind: "Point", role: "before", x: ["control", "place"], y: ["control", "height"] },
  ] }, { axes: { at: Float32Array.from(at) }, tables, controls: new Set(["place", "height"]), found: new Map() },
  (template) => template, look);

  return {
    canvas: panel.canvas,
    /** @type {(stroke: Stroke, known: number[], theme: import("./types.js").Theme) => void} */
    draw(stroke, known, theme) {
      hidden.fill(NaN);
      hidden.set(known);
      yours.fill(NaN);
      if (stroke.values.length > 1) yours.set(stroke.values);
      panel.draw({ place: at[stroke.place], height: known.length > 1 ? NaN : stroke.height }, theme);
    },
    /** The place and the height under a pointer. @type {(event: PointerEvent) => [number, number]} */
    under({ offsetX, offsetY }) {
      const across = SCALES[x.scale].to, up = SCALES[y.scale];
      const there = across(panel.valueAt(Math.min(Math.max(offsetX, panel.left), panel.right)));
      const far = (/** @type {number} */ i) => Math.abs(across(at[i]) - there);
      const part = (panel.bottom - offsetY) / (panel.bottom - panel.top), [low, high] = [up.to(y.low), up.to(y.high)];
      return [at.reduce((best, _, i) => (far(i) < far(best) ? i : best), 0), up.from(low + part * (high - low))];
    },
  };
}
