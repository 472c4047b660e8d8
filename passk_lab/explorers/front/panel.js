// One panel on a canvas: axes, marks from back to front, labels on the marks. It knows marks, not mathematics.
// @ts-check

import { drawAxes } from "./axes.js";
import { make, newId } from "./dom.js";
import { compile } from "./evaluate.js";
import { heatScale } from "./heat.js";
import { drawLabels } from "./labels.js";
import { FACES, ROOM } from "./marks.js";
import { SCALES, evenRange, fittedRange } from "./scales.js";
import { isForPaper } from "./theme.js";

/** @typedef {import("./types.js").Theme} Theme */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Axis} Axis */
/** @typedef {import("./types.js").At} At */

const MARGIN = { left: 46, right: 14, top: 25, bottom: 39 };
const ENDS = 12;  // pixels more below a panel whose axis has words at its ends
const FINE = 3;  // pixels of a canvas for one of the page, on paper at least
const FONT = "12px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";
/** Marks that are drawn once more, faintly, where they stood before; of an area or a map two would be a muddle. */
const GHOSTS = ["Line", "Stems", "Dots", "Point", "Rule"];
const FAINT = 0.28;
/** @type {("x" | "y" | "low" | "high" | "z" | "until")[]} */
const SLOTS = ["x", "y", "low", "high", "z", "until"];

export class PanelCanvas {
  /**
   * @param {import("./types.js").Panel} panel
   * @param {import("./types.js").Scope} scope
   * @param {import("./words.js").Fill} fill
   * @param {import("./types.js").Look} look
   */
  constructor(panel, scope, fill, look) {
    this.panel = panel;
    this.fill = fill;
    this.look = look;
    const id = newId();
    this.canvas = make("canvas", { role: "img", "aria-labelledby": id });
    this.g = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.name = make("b");
    this.title = make(panel.name ? "span" : "b");
    this.caption = make("figcaption", { id }, make("div", {}, this.name, this.title));
    const scales = panel.marks.flatMap(({ ends }) => (ends ? [heatScale(look.heat, ends)] : []));
    this.figure = make("figure", {}, this.caption, this.canvas, ...scales);
    this.marks = panel.marks.map((mark) => {
      /** @type {[keyof At, import("./types.js").Compiled][]} */
      const of = SLOTS.flatMap((slot) => (mark[slot] ? [[slot, compile(mark[slot], scope)]] : []));
      return { ...mark, of };
    });
    this.ends = { x: compileEnds(panel.x, scope), y: compileEnds(panel.y, scope) };
    /** @type {Theme} */
    this.theme = "light";
    /** How many times larger than at a desk it is drawn: labels, lines and marks. */
    this.scale = 1;
    this.width = 0;
    this.height = 0;
    /** @type {[number, number]} */
    this.rangeX = [0, 1];
    /** @type {[number, number]} */
    this.rangeY = [0, 1];
  }

  /**
   * Say what it is and, unless that is the answer, what it shows.
   * @param {string} title
   */
  say(title) {
    const { name, y } = this.panel;
    this.name.textContent = title ? name && `${name}: ` : name || y.label;
    this.title.textContent = title;
  }

  // The frame, in pixels.
  get left() { return MARGIN.left; }
  get right() { return this.width - MARGIN.right; }
  get top() { return MARGIN.top; }
  get bottom() { return this.height - MARGIN.bottom - (this.panel.x.ends ? ENDS : 0); }

  /** Pixel of a value on the axis across, as last drawn. @param {number} v */
  px(v) { return along(v, this.panel.x, this.rangeX, this.left, this.right); }

  /** Pixel of a value on the upright axis, as last drawn. @param {number} v */
  py(v) { return along(v, this.panel.y, this.rangeY, this.bottom, this.top); }

  /** Value of a pixel on the axis across. @param {number} pixel */
  valueAt(pixel) {
    const { to, from } = SCALES[this.panel.x.scale], [low, high] = this.rangeX.map(to);
    return from(low + (high - low) * (pixel - this.left) / (this.right - this.left));
  }

  /** The colour of a role on the present ground. @param {string} role */
  colour(role) { return this.look.roles[role][this.theme]; }

  /**
   * @param {State} state
   * @param {Theme} theme
   * @param {{hides?: boolean, left?: State | null}} [how]  Whether the answer is left out, the axes having room
   *   for it; where the last change began: what moved since is there too, faintly.
   */
  draw(state, theme, { hides = false, left = null } = {}) {
    if (!this.fitCanvas()) return;
    this.theme = theme;
    const there = this.shownIn(state);
    const values = (/** @type {(keyof At)[]} */ ...slots) =>
      there.flatMap(({ at }) => slots.flatMap((slot) => (slot in at ? [at[slot]] : [])));
    const range = hides && there.some(({ answer }) => answer) ? evenRange : fittedRange;
    this.rangeX = range(this.ends.x(state), values("x"));
    this.rangeY = range(this.ends.y(state), values("y", "low", "high"));
    const seen = (/** @type {import("./types.js").Shown[]} */ marks) =>
      marks.filter(({ answer }) => !(hides && answer));
    const shown = seen(there);
    drawAxes(this);
    this.within(0, () => {
      if (left) this.drawGhosts(seen(this.shownIn(left)), shown);
      for (const mark of shown) if (mark.kind !== "Point") FACES[mark.kind].draw(this, mark);
    });
    this.within(ROOM, () => {
      for (const mark of shown) if (mark.kind === "Point") FACES.Point.draw(this, mark);
    });
    drawLabels(this, shown, (template) => this.fill(template, state));
  }

  /** Draw on the picture and so many pixels around it. @param {number} room @param {() => void} draw */
  within(room, draw) {
    const { g, left, top, right, bottom } = this;
    g.save();
    g.beginPath();
    g.rect(left - room - 1, top - room - 6, right - left + 7 + 2 * room, bottom - top + 7 + 2 * room);
    g.clip();
    draw();
    g.restore();
  }

  /** The marks that a state shows, with their numbers. @param {State} state */
  shownIn(state) {
    return this.marks.filter((mark) => !mark.show || state[mark.show]).map((mark) => ({
      ...mark, at: /** @type {At} */ (Object.fromEntries(mark.of.map(([slot, of]) => [slot, kept(of(state))]))),
    }));
  }

  /**
   * @param {import("./types.js").Shown[]} before
   * @param {import("./types.js").Shown[]} now
   */
  drawGhosts(before, now) {
    this.g.globalAlpha = FAINT;
    for (const mark of before) {
      if (GHOSTS.includes(mark.kind) && !now.some(({ at }) => same(at, mark.at))) FACES[mark.kind].draw(this, mark);
    }
    this.g.globalAlpha = 1;
  }

  /** Give the canvas as many pixels as it covers, all empty; whether it covers any. */
  fitCanvas() {
    const { canvas, g, scale } = this, fine = window.devicePixelRatio || 1;
    const ratio = scale * (isForPaper() ? Math.max(FINE, fine) : fine);
    this.width = canvas.clientWidth / scale;
    this.height = canvas.clientHeight / scale;
    if (!this.width) return false;
    const [w, h] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, this.width, this.height);
    g.font = FONT;
    return true;
  }

  /**
   * Write on the canvas, more narrowly where there is less room than the text needs.
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {number} [room]
   */
  write(text, x, y, room = this.width - 2) { this.g.fillText(text, x, y, room); }

  /**
   * Draw along the path in the manner of a role.
   * @param {string} role
   * @param {boolean} [solid]
   */
  stroke(role, solid = false) {
    const { g } = this, { dash, width } = this.look.roles[role];
    g.strokeStyle = this.colour(role); g.lineWidth = width; g.setLineDash(solid ? [] : dash);
    g.stroke();
    g.setLineDash([]);
  }

  /**
   * The marker of a role.
   * @param {string} role
   * @param {number} x
   * @param {number} y
   * @param {number} size
   */
  head(role, x, y, size) {
    const { g } = this, shape = this.look.roles[role].marker, ground = this.look.ground[this.theme];
    g.beginPath();
    if (shape === "square") g.rect(x - size, y - size, 2 * size, 2 * size);
    else if (shape === "triangle") {
      g.moveTo(x, y - size); g.lineTo(x + size, y + size); g.lineTo(x - size, y + size); g.closePath();
    } else g.arc(x, y, size, 0, 2 * Math.PI);
    g.fillStyle = shape === "hollow" ? ground : this.colour(role);
    g.fill();
    g.lineWidth = 1.5;
    g.strokeStyle = shape === "hollow" ? this.colour(role) : ground;
    g.stroke();
  }

  /** An arrow that points out of the picture, down (1) or up (-1). @type {(role: string, ...at: number[]) => void} */
  arrow(role, x, y, way) {
    const { g } = this;
    g.beginPath();
    g.moveTo(x, y); g.lineTo(x - 7, y - 11 * way); g.lineTo(x + 7, y - 11 * way); g.closePath();
    g.fillStyle = this.colour(role);
    g.fill();
  }
}

/** @type {(v: number, axis: Axis, range: [number, number], from: number, to: number) => number} */
function along(v, axis, [low, high], from, to) {
  const scale = SCALES[axis.scale].to;
  return from + (to - from) * (scale(v) - scale(low)) / (scale(high) - scale(low));
}

/** A table's slice is refilled at the next call, so each mark keeps its own. @param {any} value */
const kept = (value) => (typeof value === "number" ? value : Float64Array.from(value));

/** Whether two marks stand at the same place. @type {(one: At, other: At) => boolean} */
const same = (one, other) => SLOTS.every((slot) => String(one[slot]) === String(other[slot]));

/**
 * An axis whose ends are numbers: an end may be an expression.
 * @param {Axis} axis
 * @param {import("./types.js").Scope} scope
 * @returns {(state: State) => {low?: number | null, high?: number | null, tight?: boolean}}
 */
function compileEnds(axis, scope) {
  const [low, high] = [axis.low, axis.high].map((end) => (Array.isArray(end) ? compile(end, scope) : () => end));
  const number = (/** @type {any} */ end) => (Number.isNaN(end) ? null : end);
  return (state) => ({ tight: axis.tight, low: number(low(state)), high: number(high(state)) });
}
