// @ts-check
import { query, readView } from "../../../passk_lab/explorers/front/address.js";
import { Asking } from "../../../passk_lab/play/front/asking.js";
import { askControls, raceControls } from "../../../passk_lab/play/front/controls.js";
import { answerAt } from "../../../passk_lab/play/front/machine.js";
import { ahead, ofSeeds, points } from "../../../passk_lab/play/front/sayings.js";
import { compare } from "../../../passk_lab/play/front/track.js";
import { equal, test } from "./harness.js";

test("a number falls on the answer in whose part of the bar it lies", () => {
  const chances = new Float64Array([0.25, 0.5, 0.25]);
  equal([0, 0.2499, 0.25, 0.74, 0.75, 0.9999].map((u) => answerAt(chances, u)), [0, 0, 1, 1, 2, 2]);
});

test("two paths are compared where each first passes a level, between steps by a straight line", () => {
  const left = { one: [0, 0.2, 0.4, 0.3], many: [0.5, 0.6, 0.7, 0.1] };
  const right = { one: [0, 0.1, 0.6, 0.8], many: [0.5, 0.5, 1, 1] };
  const { low, high, level, left: a, right: b, gap } = compare(left, right, 3, 0.5);
  equal([low, high, level, a], [0, 0.4, 0.2, { t: 1, many: 0.6 }]);
  equal([b.t, b.many, gap].map((v) => Number(v.toFixed(12))), [1.2, 0.6, 0]);
  equal(compare(left, right, 3, 1).left, { t: 2, many: 0.7 });
});

test("paths that do not move are compared at the start", () => {
  const still = { one: [0.2, 0.2], many: [0.5, 0.5] };
  equal(compare(still, still, 1, 0.9).left, { t: 0, many: 0.5 });
});

test("less than a point is no difference", () => {
  equal([0.0099, -0.0099, 0.01, -0.3].map(ahead), ["same", "same", "right", "left"]);
  equal([points(-0.05), points(0.01), points(0.0123, 1)], ["5 points", "1 point", "1.2 points"]);
});

test("seeds are summed up by their mean and its standard error", () => {
  const said = ofSeeds([0.02, 0.04, 0.06, -0.04], 4, ["a", "b"]);
  // mean 2, standard deviation sqrt(56 / 3) = 4.32, standard error 2.16
  equal(said, "Over 4 other seeds b is ahead by 2.0 ± 2.2 points (mean ± its standard error), in 3 of them.");
  equal(ofSeeds([0.1], 4, ["a", "b"]), "1 of 4 …");
});

test("a play ends after so many asks, and counts from its first right answer on", () => {
  const sure = new Asking(1, 3, 5), hopeless = new Asking(0, 3, 5);
  for (const one of [sure, hopeless]) { one.play(); one.play(); }
  equal([sure.plays, sure.solved, hopeless.plays, hopeless.solved], [2, [2, 2, 2], 2, [0, 0, 0]]);
  sure.ask();
  equal([sure.now.length, sure.plays], [1, 2]);
});

test("an address holds a race, and what it says otherwise is left out", () => {
  const controls = raceControls(/** @type {any} */ ({ worlds: [{ name: "shared" }, { name: "own" }], tries: [2, 4],
    groups: [8], racers: { "pass@1": {}, "pass@k-loo-1": {} } }));
  const state = { world: "own", k: 4, n: 8, left: "pass@1", right: "pass@k-loo-1", seed: 12, level: 0.9 };
  const named = { name: "race", controls, panels: [] };
  equal(readView(named, query(state)).state, state);
  equal(readView(named, "world=mars&k=9&seed=0&level=.5").state, { level: 0.5 });
  const ask = askControls(/** @type {any} */ ({ chances: [{ p: 0.1 }, { p: 0.2 }] }));
  equal(readView({ name: "ask", controls: ask, panels: [] }, "p=.2&seed=3").state, { p: 0.2, seed: 3 });
});
