// The cockpit: controls of runs that train in the kernel, and pictures of them, drawn here so as not to slow the loop.
// @ts-check

import { OWN_KEYS, make, newId } from "../../explorers/front/dom.js";
import { makeLiveRegion } from "../../explorers/front/live_region.js";
import { currentTheme, followTheme } from "../../explorers/front/theme.js";
import { makeAnswers } from "./answers.js";
import { makeBoard } from "./board.js";
import { makeLegend } from "./legend.js";
import { kindOf, makePictures } from "./pictures.js";

/** @typedef {import("./types.js").Rows} Rows */
/** @typedef {import("./types.js").Whole} Whole */

/**
 * @param {HTMLElement} root  What it fills.
 * @param {import("./types.js").Spec} spec
 * @param {import("./types.js").Ask} ask
 */
export function mountCockpit(root, spec, ask) {
  const id = newId(), board = makeBoard(id, spec, ask), answers = makeAnswers(id);
  const legend = makeLegend(() => ask({ do: "clear" }));
  const words = make("div", { class: "passk-words" }), source = make("p", { class: "passk-source" });
  const place = make("div");
  let theme = currentTheme(), said = "";
  let /** @type {Whole | null} */ whole = null, /** @type {Rows | null} */ have = null;
  let /** @type {ReturnType<typeof makePictures> | null} */ pictures = null;

  // A screen reader hears what the kernel says at once, and the numbers now and then, not five times a second.
  const spoken = makeLiveRegion(() => {
    const news = board.said() === said ? "" : `${board.said()} `;
    said = board.said();
    return news + words.textContent;
  }, { every: 8000 });

  const section = make("section",
    { class: "passk-explorer passk-cockpit", "aria-labelledby": `${id}-title`, ...OWN_KEYS },
    make("h3", { id: `${id}-title`, text: spec.title }),
    ...board.nodes, legend.node, place, words, source, spoken.node);
  root.replaceChildren(section);
  const endTheme = followTheme(section, spec.look, (now) => {
    theme = now;
    if (whole) legend.show(whole.legend, whole.before, spec.look, theme);
    pictures?.schedule();
  });

  /** @param {Rows} rows */
  function tell(rows) {
    have = rows;
    words.textContent = rows.words;
    answers.show(rows.samples);
    board.follow(rows);
  }

  return {
    /** @param {import("./types.js").View} view */
    showView(view) {
      board.show(view);
      spoken.hurry();
      pictures?.schedule();
    },
    /** The kernel is gone, and the run with it; what was seen of it stays. */
    showGone() {
      board.close("The kernel has ended, and this run with it: what is shown here is its last word. "
        + "Run the cell again to begin anew.");
      legend.button.disabled = true;
      spoken.hurry();
      pictures?.schedule();
    },
    /** @type {(rows: Whole, block: ArrayBuffer) => void} */
    showAll(rows, all) {
      whole = rows;
      if (pictures?.of !== kindOf(rows)) {
        pictures?.destroy();
        pictures = makePictures(rows, all, answers.figure, () => theme, spoken.moved);
        place.replaceChildren(pictures.node);
      }
      pictures.refill(rows, all);
      source.textContent = rows.source;
      legend.show(rows.legend, rows.before, spec.look, theme);
      tell(rows);
    },
    /**
     * Rows that are new; where some between them and those here are missing, all are asked for.
     * @type {(rows: Rows, block: ArrayBuffer) => void}
     */
    showMore(rows, more) {
      if (rows.run !== have?.run || String(rows.from) !== String(have.to)) return ask({ do: "look" });
      pictures?.extend(rows, more);
      tell(rows);
    },
    destroy() { board.destroy(); spoken.destroy(); pictures?.destroy(); endTheme(); },
  };
}
