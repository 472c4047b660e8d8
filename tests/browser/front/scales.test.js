// @ts-check
import { SCALES, evenRange, fittedRange, niceStep, ticksOf } from "../../../passk_lab/explorers/front/scales.js";
import { equal, test } from "./harness.js";

/** @type {(scale: "linear" | "log" | "log2", low: number, high: number) => string[]} */
const texts = (scale, low, high) => ticksOf({ label: "", scale }, low, high).map(([, text]) => text);

test("a step is 1, 2 or 5 times a power of ten", () => {
  equal([1, 2.4, 5, 9, 70].map((span) => Number(niceStep(span, 5).toFixed(6))), [0.2, 0.5, 1, 2, 20]);
});

test("even ticks lie in the range, both ends included", () => {
  equal(texts("linear", 0, 1), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  equal(texts("linear", -30, 55), ["-20", "0", "20", "40"]);
});

test("ticks of powers of two and of ten", () => {
  equal(texts("log2", 1, 16), ["1", "2", "4", "8", "16"]);
  equal(texts("log2", 0.5, 3), ["0.500", "1", "2"]);
  equal(texts("log", 0.01, 100), ["0.01", "0.1", "1", "10", "100"]);
  equal(texts("log", 1, 1e10), ["1", "100", "10000", "10⁶", "10⁸", "10¹⁰"]);
});

test("zero has no sign, and small powers of ten are short", () => {
  equal(texts("linear", -0.09, 0.001), ["-0.08", "-0.06", "-0.04", "-0.02", "0.00"]);
  equal(texts("log", 1e-5, 1), ["10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1", "1"]);
});

test("a scale and its inverse", () => {
  equal([SCALES.log2.to(8), SCALES.log2.from(3), SCALES.log.to(1000), SCALES.linear.to(5)], [3, 8, 3, 5]);
});

test("a range that is open holds zero and the marks, with eight parts in a hundred of air", () => {
  equal(fittedRange({}, [[0.5, 2], 1]), [0, 2.16]);
  equal(fittedRange({}, [[-1, 1]]), [-1.16, 1.16]);
  equal(fittedRange({ tight: true }, [[10, 20, NaN]]), [9.2, 20.8]);
});

test("ends that are given stay, and nothing drawn leaves a range", () => {
  equal(fittedRange({ low: 1, high: null }, [[5]]), [1, 5.4]);
  equal(fittedRange({ low: 0, high: 3 }, [[100]]), [0, 3]);
  equal(fittedRange({ tight: true }, []), [0, 1.08]);
});

test("an axis of what is hidden does not tell its sign", () => {
  equal(evenRange({}, [0, 0.5]), [-0.54, 0.54]);
  equal(evenRange({ low: 0 }, [0, 0.5]), [0, 0.54]);
  equal(evenRange({ tight: true }, [0.5, 1]), fittedRange({ tight: true }, [0.5, 1]));
});
