// @ts-check
import { numberText, superscript } from "../../../passk_lab/explorers/front/numbers.js";
import { equal, test } from "./harness.js";

test("whole numbers are written in full", () => {
  equal([0, 7, -3, 1024, 1000000].map((v) => numberText(v)), ["0", "7", "-3", "1024", "1000000"]);
});

test("other numbers have three digits", () => {
  equal([0.41666, 12.345, 0.001, 123.456].map((v) => numberText(v)), ["0.417", "12.3", "0.00100", "123"]);
});

test("twelve digits lose the zeros at their end", () => {
  equal([0.1, 0.25, 1 / 3].map((v) => numberText(v, 12)), ["0.1", "0.25", "0.333333333333"]);
});

test("small numbers have an exponent, and ten of a place is one of the next", () => {
  equal([0.0000123, 0.00099996, -0.00002].map((v) => numberText(v)), ["1.23e-5", "1.00e-3", "-2.00e-5"]);
});

test("raised digits", () => equal([-12, 306].map(superscript), ["⁻¹²", "³⁰⁶"]));
