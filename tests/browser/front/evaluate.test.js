// @ts-check
import { compile } from "../../../passk_lab/explorers/front/evaluate.js";
import { blockOf, extend, makeScope, refill } from "../../../passk_lab/explorers/front/scope.js";
import { equal, test } from "./harness.js";

/** Two axes and a table over both: table[k][p] = 10 k + p; a table without axes; one over names. */
function example() {
  const block = new Float32Array([1, 2, 4, /* p */ 0, 0.5, /* both */ 10, 10.5, 20, 20.5, 40, 40.5, /* one */ 7,
    /* of */ 3, 5]).buffer;
  return makeScope({
    controls: [{ name: "k" }, { name: "p" }, { name: "model" }],
    axes: {
      k: { offset: 0, length: 3 }, p: { offset: 12, length: 2 }, model: { names: ["a", "b"], offset: 0, length: 0 },
    },
    tables: {
      both: { dims: ["k", "p"], offset: 20 }, one: { dims: [], offset: 44 }, of: { dims: ["model"], offset: 48 },
    },
  }, block);
}
const STATE = { k: 2, p: 0.5, model: "b" };
/** @type {(expression: any[], state?: any) => any} */
const value = (expression, state = STATE) => compile(expression, example())(state);

test("numbers, controls and coordinates", () => {
  equal(value(["number", 3]), 3);
  equal(value(["control", "k"]), 2);
  equal(value(["coordinate", "k"]), [1, 2, 4]);
});

test("a cell where the controls point", () => {
  equal(value(["value", "both", "", {}]), 20.5);
  equal(value(["value", "of", "", {}]), 5);
  equal(value(["value", "one", "", {}]), 7);
});

test("a slice along either dimension, the other fixed by its control, by another or at a coordinate", () => {
  equal(value(["value", "both", "k", {}]), [10.5, 20.5, 40.5]);
  equal(value(["value", "both", "p", {}]), [20, 20.5]);
  equal(value(["value", "both", "k", { p: 0 }]), [10, 20, 40]);
  equal(value(["value", "both", "p", { k: "other" }], { ...STATE, other: 4 }).length, 2);
});

test("a control named in the place of a dimension's own", () => {
  const scope = example();
  scope.controls.add("other");
  equal(compile(["value", "both", "p", { k: "other" }], scope)({ ...STATE, other: 4 }), [40, 40.5]);
});

test("a grid, along the first and across the second dimension, and turned", () => {
  equal(value(["value", "both", "k", {}, "p"]), [10, 10.5, 20, 20.5, 40, 40.5]);
  equal(value(["value", "both", "p", {}, "k"]), [10, 20, 40, 10.5, 20.5, 40.5]);
});

test("plus, minus and times, on numbers and arrays", () => {
  const k = ["coordinate", "k"], two = ["number", 2];
  equal(value(["+", two, ["number", 5]]), 7);
  equal(value(["-", k, two]), [-1, 0, 2]);
  equal(value(["-", two, k]), [1, 0, -2]);
  equal(value(["*", k, ["value", "both", "k", {}]]), [10.5, 41, 162]);
});

test("a coordinate is found although float32 has rounded it", () => {
  const scope = makeScope({ controls: [{ name: "p" }], axes: { p: { offset: 0, length: 2 } },
    tables: { t: { dims: ["p"], offset: 8 } } }, new Float32Array([0.1, 0.3, 5, 6]).buffer);
  equal(compile(["value", "t", "", {}], scope)({ p: 0.3 }), 6);
});

test("numbers of a message are cut out where they begin", () => {
  const whole = new Uint8Array(13);
  whole.set(new Uint8Array(new Float32Array([1.5, 2]).buffer), 3);
  equal(new Float32Array(blockOf(new DataView(whole.buffer, 3, 8))), [1.5, 2]);
});

/** A run of two steps: "mean" over them, "map" over steps and two prompts, "curve" over nothing that grows. */
const RUN = {
  axes: { step: { offset: 0, length: 2 }, prompt: { offset: 8, length: 2 } },
  tables: { mean: { dims: ["step"], offset: 16 }, map: { dims: ["step", "prompt"], offset: 24 },
    curve: { dims: ["prompt"], offset: 40 } },
};
const FIRST = new Float32Array([1, 2, 0, 1, 5, 6, 11, 12, 21, 22, 8, 9]).buffer;

test("rows that are new are put at the end, all else in its place", () => {
  const scope = makeScope({ controls: [], ...RUN }, FIRST);
  const mean = compile(["value", "mean", "step", {}], scope);
  const map = compile(["value", "map", "step", {}, "prompt"], scope);
  equal(mean({}), [5, 6]);
  const more = {
    axes: { step: { offset: 0, length: 1 } },
    tables: { mean: { dims: ["step"], offset: 4 }, map: { dims: ["step", "prompt"], offset: 8 },
      curve: { dims: ["prompt"], offset: 16 } },
  };
  extend(scope, more, new Float32Array([3, 7, 31, 32, 80, 90]).buffer, ["step"]);
  equal(scope.axes.step, [1, 2, 3]);
  equal(mean({}), [5, 6, 7]);
  equal(map({}), [11, 12, 21, 22, 31, 32]);
  equal(scope.tables.curve.values, [80, 90]);
});

test("another run takes the place of the one before", () => {
  const scope = makeScope({ controls: [], ...RUN }, FIRST);
  const map = compile(["value", "map", "step", {}, "prompt"], scope);
  map({});
  refill(scope, { axes: { step: { offset: 0, length: 0 }, prompt: { offset: 0, length: 0 } },
    tables: { map: { dims: ["step", "prompt"], offset: 0 } } }, new ArrayBuffer(0));
  equal(map({}), []);
});

test("a grid with no row across is empty, not absent", () => {
  const scope = makeScope({ controls: [], axes: { a: { offset: 0, length: 1 }, b: { offset: 4, length: 0 } },
    tables: { t: { dims: ["a", "b"], offset: 4 } } }, new Float32Array([1]).buffer);
  equal(compile(["value", "t", "a", {}, "b"], scope)({}), []);
});
