// @ts-check
import { numberText, numberWords, superscript } from "../../../passk_lab/explorers/front/numbers.js";
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

test("for the eye, what is very large or very small has a power of ten", () => {
  equal([1024, 0.001, 999999, 0, -2.5].map((v) => numberWords(v)), ["1024", "0.00100", "999999", "0", "-2.50"]);
  equal([1e-14, 0.0000123, 1e6, 1.6e12, -2e9].map((v) => numberWords(v)),
    ["1.00 × 10⁻¹⁴", "1.23 × 10⁻⁵", "10⁶", "1.6 × 10¹²", "-2 × 10⁹"]);
  equal([1.6e12, 1234567.5, 2e-5].map((v) => numberWords(v, 12)), ["1.6 × 10¹²", "1.2345675 × 10⁶", "2 × 10⁻⁵"]);
});

test("raised digits", () => equal([-12, 306].map(superscript), ["⁻¹²", "³⁰⁶"]));
