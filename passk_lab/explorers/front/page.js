// A page with explorers: each is mounted in its place, and the page's address says where all of them stand.
// @ts-check

import { split } from "./address.js";
import { make } from "./dom.js";
import { makeEmbed } from "./embed.js";
import { makeFigure } from "./figure.js";
import { keyMeant, makeKeys } from "./keys.js";

/** @typedef {import("./figure.js").Figure} Figure */
/** @typedef {import("./unpacked.js").Placed} Placed */

/**
 * @param {Placed[]} placed
 * @param {"h1" | "h3"} heading
 */
export function openPage(placed, heading) {
  const /** @type {Map<string, Figure>} */ figures = new Map(), single = placed.length === 1;
  const text = () => (single ? first().query() : [...figures].flatMap(([name, figure]) =>
    (figure.moved() ? [`${encodeURIComponent(name)}?${figure.query()}`] : [])).join(";"));
  const first = () => /** @type {Figure} */ (figures.values().next().value);
  const base = () => location.href.replace(/#.*/s, "");
  const embed = single && heading === "h1"
    ? makeEmbed(() => first().title.textContent ?? "", () => text(), (said) => first().say(said)) : null;

  /** @param {string} hash  What the page's address is to say from now on. */
  function write(hash) {
    try { history.replaceState(history.state, "", `#${hash}`); } catch { /* a frame without an address of its own */ }
    follow();
  }

  /** What is called as the figure is, from now on: while its answer is hidden, that is its question. */
  function follow() {
    if (!embed) return;
    document.title = first().title.textContent ?? "";
    embed.follow();
  }

  for (const [place, spec, block, state] of placed) {
    let name = spec.name;
    for (let i = 2; figures.has(name); i++) name = `${spec.name}.${i}`;
    const root = /** @type {HTMLElement} */ (document.getElementById(place));
    figures.set(name, makeFigure(root, spec, block, state, { heading, changed: () => write(text()),
      link: () => `${base()}#${single ? text() : `${encodeURIComponent(name)}?${figures.get(name)?.query()}`}` }));
  }

  const keys = makeKeys(placed, single ? "" : "They mean the figure with the focus, or most in view. ", (on) => {
    listen(on);
    write(text());
  });

  /** Keys are the page's: every figure says the same of them. @param {boolean} on */
  function listen(on) {
    for (const { view, show } of figures.values()) if (view().keys !== on) show({ keys: on });
    keys.show(on);
  }

  /** Be as the address says. @param {boolean} again  Whether it has been another before. */
  function read(again) {
    const parts = location.hash.slice(1).split(";").filter(Boolean).map((part) => ({ part, name: split(part)[0] }));
    if (parts.length === 1 && document.getElementById(parts[0].name)) return;  // a place on the page
    for (const [name, figure] of figures) {
      const own = parts.find((said) => (said.name ? said.name === name || figure.isCalled(said.name) : single));
      if (own) figure.read(own.part);
      else if (again && figure.moved()) figure.read("");
      if (own && parts.length === 1 && !single) figure.section.scrollIntoView();
    }
    const strangers = parts.filter(({ name }) => name && ![...figures.keys()].some((own) => own === name) &&
      ![...figures.values()].some((figure) => figure.isCalled(name)));
    listen([...figures.values()].every(({ view }) => view().keys));
    if (strangers.length) first().say(`This address is of another figure: ${strangers[0].name}.`);
    follow();
  }

  if (figures.size) {
    read(false);
    window.addEventListener("hashchange", () => read(true));
    window.addEventListener("keydown", (event) => {
      const key = keyMeant(event, first().view().keys);
      if (key && facing(figures).press(key)) event.preventDefault();
    }, true);
    document.querySelector("main")?.append(
      make("footer", { class: "passk-foot" }, keys.node, ...(embed ? [embed.node] : [])));
  }
}

/**
 * The figure that a key is for: the one that fills the window, has the focus, or is most in view.
 * @param {Map<string, Figure>} figures
 */
function facing(figures) {
  const all = [...figures.values()];
  const seen = (/** @type {Figure} */ { section }) => {
    const { top, bottom } = section.getBoundingClientRect();
    return Math.min(bottom, window.innerHeight) - Math.max(top, 0);
  };
  return all.find(({ view }) => view().presents) ??
    all.find(({ section }) => section.contains(document.activeElement)) ??
    all.reduce((a, b) => (seen(b) > seen(a) ? b : a));
}
