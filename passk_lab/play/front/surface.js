// A canvas ready to be drawn on, at the screen's own fineness; and the colours of a ground.
// @ts-check

/** @typedef {import("../../explorers/front/types.js").Theme} Theme */
/** @typedef {import("../../explorers/front/types.js").Look} Look */

const FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {{g: CanvasRenderingContext2D, width: number, height: number}}
 */
export function surface(canvas) {
  const fine = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const [across, down] = [Math.round(width * fine), Math.round(height * fine)];
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
  g.setTransform(fine, 0, 0, fine, 0, 0);
  g.clearRect(0, 0, width, height);
  g.font = font(12);
  g.textBaseline = "middle";
  return { g, width, height };
}

/** @param {number} size @param {string} [weight] */
export const font = (size, weight = "") => `${weight} ${size}px ${FONT}`;

/**
 * @param {Look} look
 * @param {Theme} theme
 */
export function coloursOf(look, theme) {
  const role = (/** @type {string} */ name) => look.roles[name][theme];
  return {
    ground: look.ground[theme], ink: look.ink[theme], quiet: look.quiet[theme], grid: look.grid[theme],
    correct: role("correct"), wrong: role("wrong"),
    /** Of the two sides, as those of a race in the cockpit. */
    sides: [role("pass@1"), role("pass@k")],
  };
}
/** @typedef {ReturnType<typeof coloursOf>} Colours */

/** @type {(v: number, low: number, high: number) => number} */
export const clamp = (v, low, high) => Math.min(high, Math.max(low, v));

/** From 0 to 1, slow at both ends. @param {number} part */
export const eased = (part) => part * part * (3 - 2 * part);
