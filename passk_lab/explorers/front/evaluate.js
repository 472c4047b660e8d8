// The language of expression.py, in the page: slices of tables, coordinates, controls, + - *.
// No formula of the lab lives here.

function makeScope(spec, buffer) {
  const axes = {};
  for (const [dim, axis] of Object.entries(spec.axes)) {
    axes[dim] = axis.names ?? new Float32Array(buffer, axis.offset, axis.length);
  }
  const tables = {};
  for (const [name, table] of Object.entries(spec.tables)) {
    const shape = table.dims.map((dim) => axes[dim].length);
    const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
    const length = shape.reduce((a, b) => a * b, 1);
    tables[name] = { dims: table.dims, strides, values: new Float32Array(buffer, table.offset, length) };
  }
  const controls = new Set(spec.controls.map((control) => control.name));
  return { axes, tables, controls, found: new Map() };
}

function positionOf(scope, dim, wanted) {
  const key = dim + "\u0000" + wanted;
  if (!scope.found.has(key)) {
    const axis = scope.axes[dim];
    const same = (a) => a === wanted ||
      (typeof wanted === "number" && typeof a === "number" &&
        Math.abs(a - wanted) <= 1e-6 * Math.max(Math.abs(a), Math.abs(wanted)));
    scope.found.set(key, Array.prototype.findIndex.call(axis, same));
  }
  return scope.found.get(key);
}

// A function of the state that gives a number, or an array along the free dimension.
function compile(expression, scope) {
  const [kind, ...parts] = expression;
  if (kind === "number") return () => parts[0];
  if (kind === "control") return (state) => state[parts[0]];
  if (kind === "coordinate") return () => scope.axes[parts[0]];
  if (kind === "value") return compileSlice(scope, ...parts);
  const [left, right] = parts.map((part) => compile(part, scope));
  const apply = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b }[kind];
  return (state) => {
    const [a, b] = [left(state), right(state)];
    if (typeof a === "number" && typeof b === "number") return apply(a, b);
    const at = (side, i) => (typeof side === "number" ? side : side[i]);
    const length = typeof a === "number" ? b.length : a.length;
    return Float64Array.from({ length }, (_, i) => apply(at(a, i), at(b, i)));
  };
}

function compileSlice(scope, name, along, at, across) {
  const { dims, strides, values } = scope.tables[name];
  const free = dims.indexOf(along), second = dims.indexOf(across ?? "");
  const length = free < 0 ? 0 : scope.axes[along].length, rows = second < 0 ? 1 : scope.axes[across].length;
  const slice = new Float64Array(length * rows);
  return (state) => {
    let offset = 0;
    dims.forEach((dim, i) => {
      if (i === free || i === second) return;
      const fixed = dim in at ? at[dim] : dim;
      offset += strides[i] * positionOf(scope, dim, scope.controls.has(fixed) ? state[fixed] : fixed);
    });
    if (free < 0) return values[offset];
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < rows; j++) slice[i * rows + j] = values[offset + i * strides[free] + (j && j * strides[second])];
    }
    return slice;
  };
}

// Numbers as expression.number_text writes them.
function numberText(number, digits = 3) {
  if (Number.isInteger(number) && Math.abs(number) < 1e15) return String(number);
  const size = Math.abs(number);
  if (size >= 1e-3 && size < 1e15) {
    const text = number.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
    return digits > 6 ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  }
  let exponent = Math.floor(Math.log10(size));
  let mantissa = (number / 10 ** exponent).toFixed(digits - 1);
  if (Math.abs(Number(mantissa)) >= 10) {
    exponent += 1;
    mantissa = (number / 10 ** exponent).toFixed(digits - 1);
  }
  return `${mantissa}e${exponent}`;
}

function makeFill(spec, scope) {
  const readouts = new Map(spec.readouts.map((r) => [r.name, { ...r, of: compile(r.value, scope) }]));
  const texts = new Map(spec.texts.map((text) => [text.name, text]));
  return (template, state) => template.replace(/\{(\w+)\}/g, (_, name) => {
    const text = texts.get(name);
    if (text) return text.texts[state[text.choice]];
    const readout = readouts.get(name);
    if (!readout) return typeof state[name] === "string" ? state[name] : numberText(Number(state[name]), 12);
    const number = readout.of(state);
    if (Number.isNaN(number)) return readout.absent;
    if (number >= 0 && number < readout.least) return `less than ${numberText(readout.least, 1)}`;
    return readout.form.replace("{}", numberText(readout.scale * number, readout.digits));
  });
}

function stateText(spec, state) {
  const write = (value) => (typeof value === "string" ? value : numberText(Number(value), 12));
  return spec.name + "?" + Object.entries(state)
    .map(([name, value]) => `${name}=${encodeURIComponent(write(value))}`).join("&");
}
