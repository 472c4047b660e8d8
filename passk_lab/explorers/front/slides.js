// Views one after the other, each over the whole window: what a talk steps through, with arrow keys or a remote.
// @ts-check

import { isNameOf, query, split } from "./address.js";
import { make } from "./dom.js";
import { makeFigure } from "./figure.js";
import { keyMeant, makeKeys } from "./keys.js";

/** @typedef {import("./figure.js").Figure} Figure */
/**
 * Which of the explorers, its view, and answers to choose from while the right one is hidden.
 * @typedef {[explorer: number, text: string, choices: string[]]} Slide
 */

const STEPS = new Map([["PageDown", 1], ["ArrowRight", 1], ["ArrowDown", 1], ["PageUp", -1], ["ArrowLeft", -1],
  ["ArrowUp", -1], ["Home", -Infinity], ["End", Infinity]]);

/**
 * @param {import("./unpacked.js").Placed[]} placed  The explorers.
 * @param {Slide[]} slides
 */
export function openSlides(placed, slides) {
  const /** @type {Figure[]} */ figures = [], title = document.title;
  const rootOf = (/** @type {number} */ i) => /** @type {HTMLElement} */ (document.getElementById(placed[i][0]));
  let now = -1, large = true, listens = true;

  const step = (/** @type {string} */ text, /** @type {number} */ by) =>
    make("button", { type: "button", text, onclick: () => go(now + by) });
  const back = step("Back", -1), next = step("Next", 1), place = make("span");
  const choices = make("ol", { type: "a", class: "passk-choices" });
  const spoken = make("div", { class: "passk-spoken", role: "status" });
  document.body.append(spoken);
  const keys = makeKeys(placed, "Arrow keys and Page Down go on. ", (on) => {
    figures[slides[now][0]].show({ keys: on });
    write();
  });

  /** @param {number} i */
  function figureOf(i) {
    const [, spec, block, state] = placed[i];
    figures[i] ??= makeFigure(rootOf(i), spec, block, state, { heading: "h1", changed: write });
    return figures[i];
  }

  function write() {
    const figure = figures[slides[now][0]], view = figure.view();
    large = view.presents;
    listens = view.keys;
    const hash = `#${now + 1}?${query(figure.state(), { ...view, presents: false })}`;
    try { history.replaceState(history.state, "", hash); } catch { /* a frame without an address of its own */ }
  }

  /**
   * @param {number} to
   * @param {string} [text]  Its view, if that is not the one of the list.
   */
  function go(to, text) {
    const i = Math.min(Math.max(to, 0), slides.length - 1);
    const [which, own, offered] = slides[i], before = slides[now]?.[0];
    if (i === now && text === undefined) return;
    const held = [back, next].find((button) => button === document.activeElement);
    if (before !== undefined && before !== which) {
      figures[before].show({ presents: false });
      rootOf(before).hidden = true;
    }
    rootOf(which).hidden = false;
    const figure = figureOf(which);
    now = i;
    figure.bar.prepend(back, place, next);
    offer(choices, figure.title, offered);
    back.disabled = i === 0;
    next.disabled = i === slides.length - 1;
    figure.read(text ?? own);
    listens &&= figure.view().keys;
    figure.show({ presents: large, keys: listens });
    keys.show(listens);
    (held?.disabled ? [back, next].find(({ disabled }) => !disabled) : held)?.focus();
    place.textContent = `${i + 1} of ${slides.length}`;
    spoken.textContent = `${place.textContent}: ${figure.title.textContent}`;
    document.title = `${place.textContent} · ${title}`;
    write();
  }

  function read() {
    const [name, rest] = split(location.hash), number = /^[1-9]\d*$/.test(name) ? Number(name) : 0;
    const called = slides.findIndex(([which]) => isNameOf(name, placed[which][1].name));
    if (number) go(number - 1, rest && number <= slides.length ? `?${rest}` : undefined);
    else if (name && called >= 0) go(called, location.hash);
    else if (now < 0) go(0);
  }

  for (const [i] of placed.entries()) rootOf(i).hidden = true;
  read();
  window.addEventListener("hashchange", read);
  window.addEventListener("keydown", (event) => {
    const key = keyMeant(event, listens), by = STEPS.get(key);
    if (by) go(now + by);
    if (by || (key && figures[slides[now][0]].press(key))) event.preventDefault();
  }, true);
  document.querySelector("main")?.append(make("footer", { class: "passk-foot" }, keys.node));
}

/**
 * Put answers to choose from below a question.
 * @type {(choices: HTMLElement, question: HTMLElement, offered: string[]) => void}
 */
function offer(choices, question, offered) {
  choices.replaceChildren(...offered.map((text) => make("li", { text })));
  if (offered.length) question.after(choices); else choices.remove();
}
