// @ts-check
import { isForControls } from "../../../passk_lab/explorers/front/dom.js";
import { equal, test } from "./harness.js";

/** @param {string} text  As in "Ctrl+s". */
function pressed(text) {
  const parts = text.split("+"), key = parts.pop() ?? "";
  const held = (/** @type {string} */ name) => parts.includes(name);
  const [shiftKey, ctrlKey, altKey, metaKey] = ["Shift", "Ctrl", "Alt", "Meta"].map(held);
  return isForControls({ key, shiftKey, ctrlKey, altKey, metaKey });
}

test("what moves, writes or presses is for the controls", () => {
  const keys = ["a", "d", "Shift+A", "é", "7", ".", " ", "Enter", "ArrowUp", "Shift+ArrowDown", "End", "PageUp",
    "Delete"];
  equal(keys.filter((key) => !pressed(key)), []);
});

test("what runs, saves, leaves or goes on is for the notebook", () => {
  const keys = ["Shift+Enter", "Ctrl+Enter", "Alt+Enter", "Escape", "Tab", "Ctrl+s", "Meta+s", "Ctrl+Shift+C",
    "Alt+ArrowUp", "F1", "Shift"];
  equal(keys.filter(pressed), []);
});
