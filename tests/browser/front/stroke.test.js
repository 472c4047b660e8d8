// @ts-check
import { Stroke } from "../../../passk_lab/explorers/front/stroke.js";
import { equal, test } from "./harness.js";

const begun = () => new Stroke(6, [0, 1], [0.2]);

test("a hand put down far away draws straight from where the curve ended", () => {
  const stroke = begun();
  stroke.touch(2, 0.4);
  equal(stroke.values.map((v) => v.toFixed(2)), ["0.20", "0.30", "0.40"]);
  stroke.touch(5, 0.4);
  equal([stroke.values.length, stroke.whole, stroke.place], [6, true, 5]);
});

test("what is pulled over comes along, and nothing else", () => {
  const stroke = new Stroke(6, [0, 1], [0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  stroke.touch(4, 0.8);
  equal(stroke.values, [0, 0.1, 0.2, 0.3, 0.8, 0.5]);
  stroke.pull(2, 0.6);
  equal(stroke.values.map((v) => v.toFixed(2)), ["0.00", "0.10", "0.60", "0.70", "0.80", "0.50"]);
});

test("the first height is given and no height leaves the range", () => {
  const stroke = begun();
  stroke.touch(0, 0.9);
  stroke.pull(0, 0.9);
  stroke.touch(1, 7);
  stroke.pull(2, -7);
  equal(stroke.values, [0.2, 1, 0]);
});

test("keys go along the curve, make it longer, and move it up and down", () => {
  const stroke = begun(), said = ["ArrowRight", "ArrowUp", "ArrowRight", "PageDown", "ArrowLeft", "ArrowLeft", "a"]
    .map((key) => stroke.press(key));
  equal(said, [true, true, true, true, true, true, false]);
  equal(stroke.place, 1);
  equal(stroke.values.map((v) => v.toFixed(2)), ["0.20", "0.21", "0.16"]);
  stroke.press("End");
  equal(stroke.values.map((v) => v.toFixed(2)), ["0.20", "0.21", "0.16", "0.16", "0.16", "0.16"]);
  stroke.clear();
  equal([stroke.values, stroke.place, stroke.press("ArrowUp"), stroke.values], [[0.2], 0, true, [0.2]]);
});
