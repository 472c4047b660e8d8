// An explorer for the last row: over the whole window, its labels, lines and marks as large as the window allows.
// @ts-check

/** @typedef {import("./explorer.js").Mounted} Mounted */

// The window at a desk, in pixels, that a projected one is made to look like: for all panels, and for one alone.
const ALL = [1100, 620], ALONE = [900, 500];
// Beyond this no panel is drawn wider: a letter 12 pixels high at a desk is then a hundredth of the picture's width.
const WIDEST = 1150;
const STEP = 0.97;

/** @param {Mounted} mounted */
export function makeProjector({ section, panels, view, redraw }) {
  const page = document.documentElement;

  /** @param {number} scale */
  const set = (scale) => {
    section.style.setProperty("--passk-scale", String(scale));
    for (const panel of panels) panel.scale = scale;
  };

  function fit() {
    const { innerWidth: wide, innerHeight: high } = window, [w, h] = view().panel ? ALONE : ALL;
    const least = Math.max(1, wide / WIDEST);
    let scale = Math.max(least, Math.min(wide / w, high / h));
    set(scale);
    while (scale > least && section.scrollHeight > section.clientHeight) {
      scale = Math.max(least, scale * STEP);
      set(scale);
    }
    redraw();
  }

  return {
    /** Show it so, or as at a desk, as its view says. */
    follow() {
      const on = view().presents;
      if (on === section.classList.contains("passk-present") && !on) return;
      section.classList.toggle("passk-present", on);
      page.classList.toggle("passk-presenting", on);
      if (on) {
        section.scrollTop = 0;
        window.addEventListener("resize", fit);
        fit();
      } else {
        window.removeEventListener("resize", fit);
        set(1);
        redraw();
      }
    },
  };
}
