// The pictures of the runs, small and all at once; one of them large when it is asked for.
// @ts-check

import { makeClock } from "../../explorers/front/clock.js";
import { make } from "../../explorers/front/dom.js";
import { PanelCanvas } from "../../explorers/front/panel.js";
import { extend, makeScope, refill } from "../../explorers/front/scope.js";

/** @typedef {import("./types.js").Whole} Whole */
/** @typedef {import("./types.js").Rows} Rows */
/** @typedef {import("../../explorers/front/types.js").Theme} Theme */

const SMALL = 340;  // pixels: a picture less wide than this has small margins

class SmallPanel extends PanelCanvas {
  get small() { return this.width < SMALL; }
  get left() { return this.small ? 45 : super.left; }
  get right() { return this.small ? this.width - 8 : super.right; }
  get bottom() { return this.small ? this.height - 40 : super.bottom; }

  fitCanvas() {
    const there = super.fitCanvas();
    if (this.small) this.g.font = this.g.font.replace("12px", "11px");
    return there;
  }
}

/**
 * @param {Whole} whole  All that there is of the runs.
 * @param {ArrayBuffer} block
 * @param {HTMLElement} last  Stands behind the pictures.
 * @param {() => Theme} theme
 * @param {() => void} drawn  Called when they have been drawn.
 */
export function makePictures(whole, block, last, theme, drawn) {
  const scope = makeScope(whole, block), node = make("div", { class: "passk-panels" });
  const panels = whole.panels.map((panel, i) => {
    const made = new SmallPanel(panel, scope, (text) => text, whole.look), { name, words } = whole.names[i];
    const button = make("button", { type: "button", class: "passk-enlarge", "aria-expanded": "false",
      "aria-label": `Enlarge: ${words}`, onclick: () => enlarge(made.figure) });
    made.figure.classList.add(`passk-${name}`);
    made.figure.prepend(button);
    made.canvas.addEventListener("click", () => enlarge(made.figure));
    return { ...made, made, button };
  });
  node.append(...panels.map(({ figure }) => figure), last);
  node.addEventListener("keydown", ({ key }) => { if (key === "Escape") enlarge(null); });
  /** @type {HTMLElement | null} */
  let large = null;

  /** Show one picture large in the place of all, or all again. @param {HTMLElement | null} figure */
  function enlarge(figure) {
    large = figure === large ? null : figure;
    node.classList.toggle("passk-one", Boolean(large));
    for (const one of panels) {
      one.figure.classList.toggle("passk-large", one.figure === large);
      one.button.setAttribute("aria-expanded", String(one.figure === large));
    }
    clock.schedule();
  }

  const clock = makeClock(panels.map(({ canvas }) => canvas), () => {
    for (const { made } of panels) made.draw({}, theme());
    drawn();
  });

  /** @param {Rows} rows */
  function tell(rows) {
    panels.forEach(({ caption, canvas }, i) => {
      caption.textContent = rows.titles[i];
      canvas.setAttribute("aria-label", rows.titles[i]);
    });
    clock.schedule();
  }

  return {
    node, schedule: clock.schedule,
    /** What is drawn in them, whatever the numbers are. */
    of: kindOf(whole),
    /** @type {(rows: Whole, all: ArrayBuffer) => void} */
    refill(rows, all) { refill(scope, rows, all); tell(rows); },
    /** @type {(rows: Rows, more: ArrayBuffer) => void} */
    extend(rows, more) { extend(scope, rows, more, whole.growing); tell(rows); },
    destroy() { clock.destroy(); },
  };
}

/** Tells apart what needs other panels: all but the titles, which change as a run goes on. @param {Whole} whole */
export const kindOf = ({ panels }) => JSON.stringify(panels.map(({ x, y, marks }) => [x, y, marks]));
