// The numbers of a description: axes and tables, read from the block in which they travel, and how they grow.
// @ts-check

/** @typedef {import("./types.js").Scope} Scope */
/** @typedef {import("./types.js").Packed} Packed */

/**
 * @param {Packed & {controls: {name: string}[]}} spec
 * @param {ArrayBuffer} block  The float32 numbers into which it points.
 * @returns {Scope}
 */
export function makeScope(spec, block) {
  const controls = new Set(spec.controls.map(({ name }) => name));
  return { ...read(spec, block, {}), controls, found: new Map() };
}

/**
 * Put other numbers in the place of all there are.
 * @param {Scope} scope
 * @param {Packed} packed
 * @param {ArrayBuffer} block
 */
export function refill(scope, packed, block) {
  scope.found.clear();
  Object.assign(scope, read(packed, block, {}));
}

/**
 * Take in more numbers: a dimension that grows gets its new coordinates at the end, as does each table of which it is
 * the first dimension; every other axis and table is replaced.
 * @param {Scope} scope
 * @param {Packed} packed
 * @param {ArrayBuffer} block
 * @param {string[]} growing
 */
export function extend(scope, packed, block, growing) {
  const { axes, tables } = read(packed, block, scope.axes);
  scope.found.clear();
  for (const [dim, more] of Object.entries(axes)) {
    scope.axes[dim] = growing.includes(dim) ? joined(scope.axes[dim], more) : more;
  }
  for (const [name, more] of Object.entries(tables)) {
    const values = growing.includes(more.dims[0]) ? joined(scope.tables[name].values, more.values) : more.values;
    scope.tables[name] = { dims: more.dims, values };
  }
}

/**
 * The numbers of a message, cut out so that they begin where float32 may begin.
 * @param {DataView<ArrayBuffer>} data
 */
export const blockOf = (data) => data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);

/** @type {(packed: Packed, block: ArrayBuffer, known: Scope["axes"]) => Pick<Scope, "axes" | "tables">} */
function read(packed, block, known) {
  /** @type {Pick<Scope, "axes" | "tables">} */
  const out = { axes: {}, tables: {} };
  for (const [dim, { names, offset, length }] of Object.entries(packed.axes)) {
    out.axes[dim] = names ?? new Float32Array(block, offset, length);
  }
  const lengthOf = (/** @type {string} */ dim) => (out.axes[dim] ?? known[dim]).length;
  for (const [name, { dims, offset }] of Object.entries(packed.tables)) {
    const length = dims.reduce((product, dim) => product * lengthOf(dim), 1);
    out.tables[name] = { dims, values: new Float32Array(block, offset, length) };
  }
  return out;
}

/** @type {(before: Float32Array, more: Float32Array) => Float32Array} */
function joined(before, more) {
  const all = new Float32Array(before.length + more.length);
  all.set(before);
  all.set(more, before.length);
  return all;
}
