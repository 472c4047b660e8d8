// The language of expression.py, in the page: slices of tables, coordinates, controls, + - *.
// No formula of the lab lives here.
// @ts-check

/** @typedef {import("./types.js").Scope} Scope */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Expression} Expression */
/** @typedef {import("./types.js").Compiled} Compiled */

/** @type {(scope: Scope, dim: string, wanted: any) => number} */
function positionOf(scope, dim, wanted) {
  const key = `${dim}\u0000${wanted}`;
  const known = scope.found.get(key);
  if (known !== undefined) return known;
  const same = (/** @type {any} */ a) => a === wanted ||
    (typeof wanted === "number" && typeof a === "number" &&
      Math.abs(a - wanted) <= 1e-6 * Math.max(Math.abs(a), Math.abs(wanted)));
  const position = Array.prototype.findIndex.call(scope.axes[dim], same);
  scope.found.set(key, position);
  return position;
}

/** @type {Record<string, (a: number, b: number) => number>} */
const SIGNS = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b };

/**
 * A function of the state that gives a number, or an array along the free dimension.
 * @param {Expression} expression
 * @param {Scope} scope
 * @returns {Compiled}
 */
export function compile(expression, scope) {
  const [kind, ...parts] = expression;
  if (kind === "number") return () => parts[0];
  if (kind === "control") return (state) => Number(state[parts[0]]);
  if (kind === "coordinate") return () => scope.axes[parts[0]];
  if (kind === "value") return compileSlice(scope, parts[0], parts[1], parts[2], parts[3]);
  const [left, right] = parts.map((part) => compile(part, scope)), apply = SIGNS[kind];
  return (state) => {
    const [a, b] = [left(state), right(state)];
    if (typeof a === "number") return typeof b === "number" ? apply(a, b) : Float64Array.from(b, (v) => apply(a, v));
    return Float64Array.from(a, (v, i) => apply(v, typeof b === "number" ? b : b[i]));
  };
}

/**
 * A slice of a table; the array that it gives is filled anew at the next call.
 * @param {Scope} scope
 * @param {string} name
 * @param {string} along
 * @param {Record<string, any>} at
 * @param {string} [across]
 * @returns {Compiled}
 */
function compileSlice(scope, name, along, at, across = "") {
  let slice = new Float64Array(0);
  return (state) => {
    const { dims, values } = scope.tables[name];
    let offset = 0, step = 0, crossStep = 0, stride = 1;
    for (let i = dims.length - 1; i >= 0; i--) {
      const dim = dims[i];
      if (dim === along) step = stride;
      else if (dim === across) crossStep = stride;
      else {
        const fixed = dim in at ? at[dim] : dim;
        offset += stride * positionOf(scope, dim, scope.controls.has(fixed) ? state[fixed] : fixed);
      }
      stride *= scope.axes[dim].length;
    }
    if (!dims.includes(along)) return values[offset];
    const length = scope.axes[along].length, rows = dims.includes(across) ? scope.axes[across].length : 1;
    if (slice.length !== length * rows) slice = new Float64Array(length * rows);
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < rows; j++) slice[i * rows + j] = values[offset + i * step + j * crossStep];
    }
    return slice;
  };
}
