// @ts-check
import { bytesOf, makeModel } from "../../../passk_lab/book/front/model.js";
import { around, lookUp } from "../../../passk_lab/book/front/search.js";
import { equal, test } from "./harness.js";

/** @type {[string, string, string, string][]} */
const ROWS = [
  ["01 Counting", "a.html#x", "The plug-in", "It is too low on average."],
  ["02 The gradient", "b.html#y", "Bias", "The plug-in has a bias, and so on."],
  ["Glossary", "c.html#z", "Words", "unbiased | the mean is the truth"],
];

test("all words have to stand there, and titles count more", () => {
  const found = (/** @type {string} */ asked) => lookUp(ROWS, asked).map(([, address]) => address[0]).join("");
  equal([found("plug-in"), found("PLUG-IN bias"), found("bias"), found("  "), found("nothing of the kind")],
    ["ab", "b", "bc", "", ""]);
});

test("what stands around the word is cut to length", () => {
  const long = `${"a ".repeat(100)}needle${" b".repeat(100)}`;
  equal(around(long, "needle").length, "… ".length + 120 + " …".length);
  equal(around("short needle", "needle"), "short needle");
});

test("a model without a kernel tells of changes, and saves what was set since", () => {
  const model = makeModel({ value: null, kept: 1 });
  /** @type {any[]} */
  const heard = [];
  const hear = () => heard.push(model.get("value"));
  model.on("change:value", hear);
  model.saved = (changed) => heard.push(changed);
  model.set("value", 3);
  model.set("value", 3);
  model.save_changes();
  model.off("change:value", hear);
  model.set("value", 4);
  equal(heard, [3, { value: 3 }]);
  equal([model.get("kept"), model.get("none")], [1, null]);
});

test("numbers come as the kernel would send them", () => {
  const { data, text } = bytesOf({ data: { base64: btoa("\x01\x02") }, text: "x" });
  equal([data.byteLength, data.getUint8(1), text], [2, 2, "x"]);
});
