// The cockpit: controls of a run that trains in the kernel, and pictures of it, drawn here so as not to slow the loop.
// @ts-check

import { makeClock } from "../../explorers/front/clock.js";
import { OWN_KEYS, make, newId } from "../../explorers/front/dom.js";
import { makeLiveRegion } from "../../explorers/front/live_region.js";
import { PanelCanvas } from "../../explorers/front/panel.js";
import { extend, makeScope, refill } from "../../explorers/front/scope.js";
import { currentTheme, followTheme } from "../../explorers/front/theme.js";
import { makeAnswers } from "./answers.js";
import { makeBoard } from "./board.js";

/** @typedef {import("./types.js").Rows} Rows */

/**
 * @param {HTMLElement} root  What it fills.
 * @param {import("./types.js").Spec} spec
 * @param {ArrayBuffer} block  The numbers of the pictures before a run.
 * @param {import("./types.js").Ask} ask
 */
export function mountCockpit(root, spec, block, ask) {
  const id = newId(), { pictures } = spec, scope = makeScope(pictures, block);
  let theme = currentTheme(), /** @type {Rows | null} */ have = null;
  const board = makeBoard(id, spec, ask), answers = makeAnswers(id), words = make("div", { class: "passk-words" });
  const panels = pictures.panels.map((panel, i) => {
    const made = new PanelCanvas(panel, scope, (text) => text, pictures.look);
    made.figure.classList.add(`passk-${spec.names[i]}`);
    return made;
  });

  // A screen reader hears the numbers now and then, not five times a second.
  const spoken = makeLiveRegion(() => {
    for (const { canvas, caption } of panels) {
      canvas.setAttribute("aria-label", `${caption.textContent}. ${words.textContent}`);
    }
    return words.textContent ?? "";
  }, { every: 8000 });

  const clock = makeClock(panels.map(({ canvas }) => canvas), () => {
    if (!have) return;
    for (const panel of panels) panel.draw({}, theme);
    spoken.moved();
  });

  const section = make("section",
    { class: "passk-explorer passk-cockpit", "aria-labelledby": `${id}-title`, ...OWN_KEYS },
    make("h3", { id: `${id}-title`, text: spec.title }),
    ...board.nodes, words,
    make("div", { class: "passk-panels" }, ...panels.map(({ figure }) => figure), answers.figure),
    make("p", { class: "passk-source", text: pictures.source }), spoken.node);
  root.replaceChildren(section);
  const endTheme = followTheme(section, pictures.look, (now) => { theme = now; clock.schedule(); });

  /** @param {Rows} rows */
  function tell(rows) {
    have = rows;
    words.textContent = rows.words;
    panels.forEach(({ caption }, i) => { caption.textContent = rows.titles[i]; });
    answers.show(rows.samples);
    board.follow(rows);
    clock.schedule();
  }

  return {
    /** @param {import("./types.js").View} view */
    showView(view) {
      board.show(view);
      spoken.hurry();
      clock.schedule();
    },
    /** The kernel is gone, and the run with it; what was seen of it stays. */
    showGone() {
      board.close("The kernel has ended, and this run with it: what is shown here is its last word. "
        + "Run the cell again to begin anew.");
      spoken.hurry();
      clock.schedule();
    },
    /** @type {(rows: Rows, block: ArrayBuffer) => void} */
    showAll(rows, all) {
      refill(scope, rows, all);
      tell(rows);
    },
    /**
     * Rows that are new; where some between them and those here are missing, all are asked for.
     * @type {(rows: Rows, block: ArrayBuffer) => void}
     */
    showMore(rows, more) {
      if (rows.run !== have?.run || String(rows.from) !== String(have.to)) return ask({ do: "look" });
      extend(scope, rows, more, spec.growing);
      tell(rows);
    },
    destroy() { board.destroy(); spoken.destroy(); clock.destroy(); endTheme(); },
  };
}
