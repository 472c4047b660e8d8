// @ts-check
import { makeState } from "../../../passk_lab/explorers/front/state.js";
import { equal, test, wait } from "./harness.js";

function made() {
  /** @type {any[]} */
  const moved = [], /** @type {any[]} */ rested = [];
  return { state: makeState({ k: 1, p: 0 }, (names) => moved.push(names), (now) => rested.push(now)), moved, rested };
}

test("a drag is one change, heard of once the hand rests", async () => {
  const { state, moved, rested } = made();
  for (const k of [2, 3, 4]) state.change({ k });
  equal([state.now, moved.length, rested], [{ k: 4, p: 0 }, 3, []]);
  await wait(250);
  equal(rested, [{ k: 4, p: 0 }]);
  equal([state.undo(), state.now], [true, { k: 1, p: 0 }]);
  equal([state.undo(), state.now], [false, { k: 1, p: 0 }]);
  state.destroy();
});

test("a jump is a change by itself, also in the middle of a drag", () => {
  const { state, rested } = made();
  state.change({ k: 2 });
  state.jump({ k: 9, p: 1 });
  equal(rested, [{ k: 2, p: 0 }]);
  state.undo();
  equal(state.now, { k: 2, p: 0 });
  state.undo();
  equal(state.now, { k: 1, p: 0 });
  state.destroy();
});

test("what the kernel says is not sent back to it, and can be undone", async () => {
  const { state, moved, rested } = made();
  state.change({ k: 5 });
  state.told({ k: 7, p: 1 });
  await wait(250);
  equal([state.now, rested, moved.at(-1)], [{ k: 7, p: 1 }, [], ["k", "p"]]);
  state.undo();
  equal(state.now, { k: 5, p: 0 });
  state.destroy();
});

test("of a long sitting the last two hundred changes can be undone, and nothing grows", () => {
  const { state } = made();
  for (let k = 1; k <= 300; k += 1) state.jump({ k });
  let undone = 0;
  while (state.undo()) undone += 1;
  equal([undone, state.now], [200, { k: 100, p: 0 }]);
  state.destroy();
});
