// @ts-check
import { stateText } from "../../../passk_lab/explorers/front/address.js";
import { makeScope } from "../../../passk_lab/explorers/front/scope.js";
import { makeFill } from "../../../passk_lab/explorers/front/words.js";
import { equal, test } from "./harness.js";

const readout = (/** @type {string} */ name, /** @type {number} */ number, more = {}) => ({
  name, value: ["number", number], digits: 3, scale: 1, form: "{}", absent: "none", least: 0, ...more,
});
const SPEC = {
  readouts: [
    readout("share", 0.12345, { scale: 100, form: "{} %" }), readout("gone", NaN, { absent: "nothing" }),
    readout("tiny", 1e-9, { least: 1e-6 }), readout("below", -2),
    readout("rare", 1e-9, { least: 1e-5, scale: 100, form: "{} %" }),
  ],
  texts: [{ name: "about", choice: "model", texts: { a: "The first.", b: "The second." } }],
};
const SCOPE = makeScope({ controls: [{ name: "k" }, { name: "model" }], axes: {}, tables: {} }, new ArrayBuffer(0));
const fill = makeFill(SPEC, SCOPE), STATE = { k: 16, model: "b", bands: true };

test("names become values of controls, readouts and texts", () => {
  equal(fill("k = {k}, {model}: {share}. {about}", STATE), "k = 16, b: 12.3 %. The second.");
});

test("what is absent and what is too small to tell have words", () => {
  equal(fill("{gone}, {tiny}, {below}", STATE), "nothing, less than 10⁻⁶, -2");
  equal(fill("{rare}", STATE), "less than 0.001 %");
});

test("what is written for the eye is not what is written into an address", () => {
  equal([fill("{k}", { k: 1.6e12 }), stateText({ name: "a" }, { k: 1.6e12 })], ["1.6 × 10¹²", "a?k=1600000000000"]);
});

test("the state as text, with what an address cannot hold written otherwise", () => {
  equal(stateText({ name: "curves" }, { k: 16, p: 0.1, model: "a & b", bands: true }),
    "curves?k=16&p=0.1&model=a%20%26%20b&bands=1");
});
