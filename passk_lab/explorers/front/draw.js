// One panel on a canvas: axes, marks from back to front, labels on the lines. It knows marks, not mathematics.

const MARGIN = { left: 62, right: 14, top: 10, bottom: 58 };
const FONT = "12px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";

const SCALES = {
  linear: { to: (v) => v, from: (v) => v },
  log: { to: (v) => Math.log10(v), from: (v) => 10 ** v },
  log2: { to: (v) => Math.log2(v), from: (v) => 2 ** v },
};

const superscript = (i) => Array.from(String(i), (letter) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(letter)]).join("");

function niceStep(span, count) {
  const rough = span / count, power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((m) => m * power >= rough * 0.999);
}

function ticksOf(axis, low, high) {
  const out = [];
  if (axis.scale === "linear") {
    const step = niceStep(high - low, 5), places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
      out.push([i * step, (i * step).toFixed(places)]);
    }
    return out;
  }
  const base = axis.scale === "log" ? 10 : 2, { to } = SCALES[axis.scale];
  const first = Math.ceil(to(low) - 1e-9), last = Math.floor(to(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / (base === 10 ? 6 : 12)));
  for (let i = first; i <= last; i += every) {
    const far = base === 10 && Math.abs(i) > 4;
    const text = far ? "10" + superscript(i) : i < 0 ? (base ** i).toFixed(base === 10 ? -i : 3) : String(base ** i);
    out.push([base ** i, text]);
  }
  return out;
}

// A range the description leaves open holds all that is drawn, with a little air; and zero, unless it is tight.
function fittedRange(axis, arrays) {
  let [low, high] = axis.tight ? [Infinity, -Infinity] : [0, 0];
  for (const values of arrays) {
    for (const v of typeof values === "number" ? [values] : values) {
      if (Number.isFinite(v)) { low = Math.min(low, v); high = Math.max(high, v); }
    }
  }
  if (high < low) [low, high] = [0, 1];
  const air = 0.08 * (high - low || 1);
  return [axis.low ?? (low === 0 ? 0 : low - air), axis.high ?? high + air];
}

class PanelCanvas {
  constructor(panel, scope, fill, look) {
    Object.assign(this, { panel, fill, look });
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.marks = panel.marks.map((mark) => {
      const of = {};
      for (const slot of ["x", "y", "low", "high", "z"]) if (mark[slot]) of[slot] = compile(mark[slot], scope);
      return { ...mark, of };
    });
  }

  // Pixel of a value, and value of a pixel, on the axes as last drawn.
  px(v) { return this.along(v, this.panel.x, this.rangeX, MARGIN.left, this.width - MARGIN.right); }
  py(v) { return this.along(v, this.panel.y, this.rangeY, this.height - MARGIN.bottom, MARGIN.top); }
  along(v, axis, [low, high], from, to) {
    const scale = SCALES[axis.scale].to;
    return from + (to - from) * (scale(v) - scale(low)) / (scale(high) - scale(low));
  }
  valueAt(pixel) {
    const { to, from } = SCALES[this.panel.x.scale], [low, high] = this.rangeX.map(to);
    return from(low + (high - low) * (pixel - MARGIN.left) / (this.width - MARGIN.right - MARGIN.left));
  }

  draw(state, theme) {
    const canvas = this.canvas, ratio = window.devicePixelRatio || 1;
    this.width = canvas.clientWidth; this.height = canvas.clientHeight;
    if (!this.width) return;
    const [w, h] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
    const g = this.g = canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, this.width, this.height);
    g.font = FONT;
    this.theme = theme;
    this.colour = (role) => this.look.roles[role][theme];
    const shown = this.marks.filter((mark) => !mark.show || state[mark.show]).map((mark) => {
      const at = {};
      for (const [slot, of] of Object.entries(mark.of)) {
        const value = of(state);  // a table's slice is refilled at the next call, so each mark keeps its own
        at[slot] = typeof value === "number" ? value : Float64Array.from(value);
      }
      return { ...mark, at };
    });
    this.rangeX = fittedRange(this.panel.x, shown.flatMap(({ at }) => ("x" in at ? [at.x] : [])));
    this.rangeY = fittedRange(this.panel.y, shown.flatMap(({ at }) =>
      ["y", "low", "high"].flatMap((slot) => (slot in at ? [at[slot]] : []))));
    this.drawAxes();
    g.save();
    g.beginPath();
    g.rect(MARGIN.left - 1, MARGIN.top - 6, this.width - MARGIN.left - MARGIN.right + 7,
      this.height - MARGIN.top - MARGIN.bottom + 7);
    g.clip();
    for (const mark of shown) this["draw" + mark.kind](mark);
    g.restore();
    this.drawLabels(shown, state);
    this.shown = shown;
  }

  drawAxes() {
    const { g, look, theme } = this, [left, bottom] = [MARGIN.left, this.height - MARGIN.bottom];
    const right = this.width - MARGIN.right;
    g.lineWidth = 1;
    g.strokeStyle = look.grid[theme];
    g.fillStyle = look.quiet[theme];
    g.textAlign = "right"; g.textBaseline = "middle";
    for (const [v, text] of ticksOf(this.panel.y, ...this.rangeY)) {
      const y = Math.round(this.py(v)) + 0.5;
      g.beginPath(); g.moveTo(left, y); g.lineTo(right, y); g.stroke();
      g.fillText(text, left - 6, y);
    }
    g.textAlign = "center"; g.textBaseline = "top";
    let end = -Infinity;
    for (const [v, text] of ticksOf(this.panel.x, ...this.rangeX)) {
      const x = Math.round(this.px(v)) + 0.5, half = g.measureText(text).width / 2;
      g.beginPath(); g.moveTo(x, bottom); g.lineTo(x, bottom + 4); g.stroke();
      if (x - half < end + 6) continue;
      g.fillText(text, x, bottom + 7);
      end = x + half;
    }
    g.strokeStyle = look.quiet[theme];
    g.beginPath(); g.moveTo(left, bottom + 0.5); g.lineTo(right, bottom + 0.5); g.stroke();
    g.fillStyle = look.ink[theme];
    g.fillText(this.panel.x.label, (left + right) / 2, bottom + (this.panel.x.ends ? 40 : 28));
    if (this.panel.x.ends) {
      g.fillStyle = look.quiet[theme];
      g.textAlign = "left"; g.fillText(this.panel.x.ends[0], left, bottom + 23);
      g.textAlign = "right"; g.fillText(this.panel.x.ends[1], right, bottom + 23);
    }
    g.save();
    g.translate(11, (MARGIN.top + bottom) / 2); g.rotate(-Math.PI / 2);
    g.fillStyle = look.ink[theme]; g.textAlign = "center"; g.textBaseline = "middle";
    g.fillText(this.panel.y.label, 0, 0);
    g.restore();
  }

  stroke(role, solid = false) {
    const { g } = this, { dash, width } = this.look.roles[role];
    g.strokeStyle = this.colour(role); g.lineWidth = width; g.setLineDash(solid ? [] : dash);
    g.stroke();
    g.setLineDash([]);
  }

  path(xs, ys) {
    let pen = false;
    for (let i = 0; i < xs.length; i++) {
      const x = this.px(xs[i]), y = this.py(ys[i]);
      if (Number.isNaN(x) || Number.isNaN(y)) { pen = false; continue; }
      const clamped = Math.max(-1e4, Math.min(1e4, y));  // log of 0 is drawn as far below
      if (pen) this.g.lineTo(x, clamped); else this.g.moveTo(x, clamped);
      pen = true;
    }
  }

  drawLine({ role, at }) { this.g.beginPath(); this.path(at.x, at.y); this.stroke(role); }

  drawBand({ role, at }) {
    const { g } = this;
    g.beginPath();
    let pen = false;
    const there = [...at.x.keys()].filter((i) => !Number.isNaN(at.low[i]) && !Number.isNaN(at.high[i]));
    for (const [side, order] of [[at.high, there], [at.low, [...there].reverse()]]) {
      for (const i of order) {
        const [x, y] = [this.px(at.x[i]), this.py(side[i])];
        if (pen) g.lineTo(x, y); else g.moveTo(x, y);
        pen = true;
      }
    }
    g.closePath();
    g.globalAlpha = 0.2; g.fillStyle = this.colour(role); g.fill(); g.globalAlpha = 1;
  }

  drawStems({ role, at }) {
    for (let i = 0; i < at.x.length; i++) {
      if (Number.isNaN(at.x[i]) || !(at.y[i] > 1e-9)) continue;
      const [x, y] = [this.px(at.x[i]), this.py(at.y[i])];
      this.g.beginPath(); this.g.moveTo(x, this.py(0)); this.g.lineTo(x, y); this.stroke(role, true);
      this.head(role, x, y, 4);
    }
  }

  // Borders lie half way between neighbours, as pixels, so that a log axis gets tiles of its own widths.
  borders(values, toPixel) {
    const at = Array.from(values, toPixel), half = (i) => (at[i] + at[i + 1]) / 2;
    return [at[0], ...at.slice(1).map((_, i) => half(i)), at.at(-1)].map(Math.round);  // whole pixels leave no seams
  }

  drawTiles({ kinds, at }) {
    const { g } = this, rows = at.y.length;
    const xs = this.borders(at.x, (v) => this.px(v)), ys = this.borders(at.y, (v) => this.py(v));
    g.globalAlpha = 0.4;
    for (let i = 0; i < at.x.length; i++) {
      for (let j = 0; j < rows; j++) {
        const kind = kinds[at.z[i * rows + j]];
        if (!kind) continue;
        g.fillStyle = this.colour(kind[1]);
        g.fillRect(xs[i], ys[j + 1], xs[i + 1] - xs[i], ys[j] - ys[j + 1]);
      }
    }
    g.globalAlpha = 1;
  }

  // The name of each kind stands in the middle of its longest row of tiles; no two in one row, where there is a choice.
  tileLabels({ kinds, at }) {
    const rows = at.y.length, out = [], taken = new Set();
    kinds.forEach(([text, role], kind) => {
      const found = [];
      for (let j = 0; j < rows; j++) {
        for (let i = 0, start = 0; i <= at.x.length; i++) {
          if (i < at.x.length && at.z[i * rows + j] === kind) continue;
          if (i > start) found.push({ j, from: this.px(at.x[start]), to: this.px(at.x[i - 1]) });
          start = i + 1;
        }
      }
      found.sort((a, b) => (b.to - b.from) - (a.to - a.from));
      const best = found.find(({ j }) => !taken.has(j)) ?? found[0];
      if (!best) return;
      taken.add(best.j);
      const width = this.g.measureText(text).width, right = this.width - MARGIN.right - width;
      const x = Math.min(Math.max((best.from + best.to - width) / 2, MARGIN.left + 3), right);
      out.push({ text, role, x, y: Math.min(this.py(at.y[best.j]), this.height - MARGIN.bottom - 8), width });
    });
    return out;
  }

  drawDots({ role, at }) {
    for (let i = 0; i < at.x.length; i++) {
      if (!Number.isNaN(at.x[i]) && !Number.isNaN(at.y[i])) this.head(role, this.px(at.x[i]), this.py(at.y[i]), 4);
    }
  }

  drawPoint({ role, at }) {
    if (!Number.isNaN(at.y) && !Number.isNaN(at.x)) this.head(role, this.px(at.x), this.py(at.y), 6);
  }

  drawRule({ role, at }) {
    const { g } = this;
    g.beginPath();
    if ("x" in at) { g.moveTo(this.px(at.x), MARGIN.top); g.lineTo(this.px(at.x), this.height - MARGIN.bottom); }
    else { g.moveTo(MARGIN.left, this.py(at.y)); g.lineTo(this.width - MARGIN.right, this.py(at.y)); }
    if (!Number.isNaN("x" in at ? at.x : at.y)) this.stroke(role);
  }

  head(role, x, y, size) {
    const { g } = this, shape = this.look.roles[role].marker;
    g.beginPath();
    if (shape === "square") g.rect(x - size, y - size, 2 * size, 2 * size);
    else if (shape === "triangle") {
      g.moveTo(x, y - size); g.lineTo(x + size, y + size); g.lineTo(x - size, y + size); g.closePath();
    } else g.arc(x, y, size, 0, 2 * Math.PI);
    g.fillStyle = shape === "hollow" ? this.look.ground[this.theme] : this.colour(role);
    g.fill();
    g.lineWidth = 1.5;
    g.strokeStyle = shape === "hollow" ? this.colour(role) : this.look.ground[this.theme];
    g.stroke();
  }

  // Each label stands above its line; where two would touch, the lower one moves down.
  drawLabels(shown, state) {
    const { g } = this, placed = [];
    const labels = shown.filter((mark) => mark.label).map((mark) => this.anchor(mark, state)).filter(Boolean);
    labels.push(...shown.filter((mark) => mark.kind === "Tiles").flatMap((mark) => this.tileLabels(mark)));
    labels.sort((a, b) => a.y - b.y);
    g.textBaseline = "middle"; g.textAlign = "left"; g.lineJoin = "round";
    for (const label of labels) {
      for (const other of placed) {
        const apart = label.x > other.x + other.width + 4 || other.x > label.x + label.width + 4;
        if (!apart && label.y < other.y + 15) label.y = other.y + 15;
      }
      placed.push(label);
      g.lineWidth = 4; g.strokeStyle = this.look.ground[this.theme]; g.strokeText(label.text, label.x, label.y);
      g.fillStyle = this.colour(label.role); g.fillText(label.text, label.x, label.y);
    }
  }

  anchor({ role, label, at, kind, label_at }, state) {
    const text = this.fill(label, state), width = this.g.measureText(text).width;
    const right = this.width - MARGIN.right, bottom = this.height - MARGIN.bottom;
    let x, y;
    if (kind === "Line" || kind === "Dots") {
      const target = MARGIN.left + label_at * (right - MARGIN.left);
      let nearest = -1;
      for (let i = 0; i < at.x.length; i++) {
        if (Number.isNaN(at.y[i])) continue;
        if (nearest < 0 || Math.abs(this.px(at.x[i]) - target) < Math.abs(this.px(at.x[nearest]) - target)) nearest = i;
      }
      if (nearest < 0) return null;
      [x, y] = [this.px(at.x[nearest]) - width / 2, this.py(at.y[nearest]) - 11];
    } else if (kind === "Rule" && "x" in at) {
      [x, y] = [this.px(at.x) + 5, MARGIN.top + 8];
      if (x + width > right) x -= width + 10;
    } else if (kind === "Rule") {
      [x, y] = [right - width - 4, this.py(at.y) - 9];
    } else {
      [x, y] = [this.px(at.x) + 10, this.py(at.y) - 10];
      if (x + width > right) x -= width + 20;
    }
    if (Number.isNaN(x) || Number.isNaN(y)) return null;
    x = Math.min(Math.max(x, MARGIN.left + 3), right - width);
    return { text, role, x, y: Math.min(Math.max(y, MARGIN.top + 6), bottom - 8), width };
  }
}
