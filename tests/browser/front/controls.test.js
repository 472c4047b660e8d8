// @ts-check
import { makeChoice, makeSlider } from "../../../passk_lab/explorers/front/controls.js";
import { equal, test } from "./harness.js";

const CHOICE = { name: "of", label: "of", options: ["a", "b", "c", "d"], first: ["c", "a"] };
/** @param {HTMLElement} node */
const seen = (node) => Array.from(node.querySelectorAll("option")).filter(({ hidden }) => !hidden).map((o) => o.text);

test("a menu opens with the first entries, and has all others one step away", () => {
  /** @type {any[]} */
  const heard = [], { node, input, show } = makeChoice(CHOICE, "id", (changes) => heard.push(changes));
  show("a");
  equal(seen(node), ["c", "a", "show all 4 …"]);
  input.value = "";
  input.dispatchEvent(new Event("change"));
  equal([seen(node), input.value, heard], [["c", "a", "b", "d"], "a", []]);
  input.value = "d";
  input.dispatchEvent(new Event("change"));
  equal(heard, [{ of: "d" }]);
});

test("what is chosen from elsewhere is in the menu", () => {
  const { node, input, show } = makeChoice(CHOICE, "id", () => {});
  show("d");
  equal([input.value, seen(node)], ["d", ["c", "a", "d", "show all 4 …"]]);
});

test("a menu without first entries has them all", () => {
  equal(seen(makeChoice({ ...CHOICE, first: [] }, "id", () => {}).node), ["a", "b", "c", "d"]);
});

test("a slider keeps room for its longest value", () => {
  const { node } = makeSlider({ name: "t", label: "t", values: [0, 1.6e12] }, "id", () => {});
  equal(node.querySelector("output")?.style.minWidth, "10ch");
});
