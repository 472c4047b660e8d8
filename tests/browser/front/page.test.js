// @ts-check
import { makeClock } from "../../../passk_lab/explorers/front/clock.js";
import { make } from "../../../passk_lab/explorers/front/dom.js";
import { heatColours } from "../../../passk_lab/explorers/front/heat.js";
import { makeLiveRegion } from "../../../passk_lab/explorers/front/live_region.js";
import { currentTheme, followTheme } from "../../../passk_lab/explorers/front/theme.js";
import { equal, test, wait } from "./harness.js";

const frame = () => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });

test("an element has the attributes that are set", () => {
  const node = make("button", { type: "button", disabled: true, hidden: false, title: null, text: "Go" });
  equal(node.outerHTML, '<button type="button" disabled="">Go</button>');
});

test("a hundred changes are drawn once a frame", async () => {
  const canvas = make("canvas");
  document.body.append(canvas);
  let drawn = 0;
  const clock = makeClock([canvas], () => { drawn += 1; });
  await frame();
  drawn = 0;
  for (let i = 0; i < 100; i++) clock.schedule();
  await frame();
  equal(drawn, 1);
  clock.now();
  equal(drawn, 2);
  clock.destroy();
  canvas.remove();
});

test("a canvas without a layout is drawn again once it has one", async () => {
  const canvas = make("canvas");
  let drawn = 0;
  const clock = makeClock([canvas], () => { drawn += 1; });
  clock.now();
  await wait(130);
  const tries = drawn;
  equal(tries > 1, true);
  clock.destroy();
  await wait(130);
  equal(drawn, tries);
});

test("words are said once the hand rests", async () => {
  let said = 0;
  const region = makeLiveRegion(() => `${said += 1}`, { rest: 40 });
  for (let i = 0; i < 5; i++) region.moved();
  equal(region.node.textContent, "");
  await wait(120);
  equal([region.node.textContent, said, region.node.getAttribute("role")], ["1", 1, "status"]);
});

test("words are said at most so often, unless there is a reason to hurry", async () => {
  let said = 0;
  const region = makeLiveRegion(() => `${said += 1}`, { every: 10000 });
  region.moved();
  region.moved();
  equal(region.node.textContent, "1");
  region.hurry();
  region.moved();
  equal(region.node.textContent, "2");
  region.destroy();
});

test("the page's ground is what its body says", async () => {
  const role = { light: "#111111", dark: "#222222", dash: [], marker: "circle", width: 1 };
  const colour = { light: "#FFFFFF", dark: "#000000" };
  const look = { roles: { "pass@1": role, correct: role, wrong: role }, ground: colour, ink: colour, quiet: colour,
    grid: colour, heat: [] };
  const section = make("section"), /** @type {string[]} */ heard = [];
  const end = followTheme(section, look, (theme) => heard.push(theme));
  document.body.dataset.jpThemeLight = "false";
  await frame();
  equal([currentTheme(), section.style.getPropertyValue("--passk-ground"), section.style.colorScheme],
    ["dark", "#000000", "dark"]);
  end();
  document.body.dataset.jpThemeLight = "true";
  await frame();
  equal([currentTheme(), heard.at(-1)], ["light", "dark"]);
  delete document.body.dataset.jpThemeLight;
});

test("colours of a number run evenly from the first to the last", () => {
  const colours = heatColours(["#000000", "#c80064"]);
  equal(colours.length, 101);
  equal([colours[0], colours[50], colours[100]], ["rgb(0 0 0)", "rgb(100 0 50)", "rgb(200 0 100)"]);
});
