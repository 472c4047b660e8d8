// The page comes alive: figures when they are near, words that move them, an address for every view.
// @ts-check

import { query, readView, split } from "../../explorers/front/address.js";
import { make } from "../../explorers/front/dom.js";
import { mountDrawing } from "../../explorers/front/drawing.js";
import { mount } from "../../explorers/front/explorer.js";
import { MOUNTS } from "../../play/front/page.js";
import { unpack } from "./unpack.js";

/** @typedef {import("../../explorers/front/types.js").State} State */
/** @typedef {import("../../explorers/front/types.js").Spec} Spec */
/**
 * @typedef {object} Told  What a chapter's script is told.
 * @property {string} [explorer]  Which one it shows.
 * @property {State} state
 * @property {State[]} moves  Where its words lead.
 * @property {import("../../explorers/front/explorer.js").Key} key
 * @property {keyof MOUNTS} [mount]  Of a part that is played with, which one it is.
 * @property {Record<string, (string | number)[] | number>} [allowed]  And what an address may say of it.
 * @property {import("../../explorers/front/types.js").ToDraw & {hidden: number[]}} [drawing]
 */
/** @typedef {{state: () => State, setState: (state: any) => void, go?: (state: State) => void}} View */

const NEAR = "900px";  // from the window to a figure that is made ready

/** The address of a view: the chapter, and where its controls stand. @type {(chapter: string, state: State) => string} */
const linkOf = (chapter, state) => `#${chapter}?${query(state)}`;

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {{look: import("../../explorers/front/types.js").Look, explorers: Record<string, Spec>,
 *   chapters: Record<string, Told>}} all
 */
export function tell({ look, explorers, chapters }) {
  if (!("DecompressionStream" in window)) return;  // the still pictures stay
  document.documentElement.classList.add("alive");
  if (window.matchMedia("(max-width: 999px)").matches) document.querySelector("nav details")?.removeAttribute("open");
  /** @type {Map<string, Promise<View>>} */
  const views = new Map();

  /** @param {string} name @param {State} [first] */
  function open(name, first) {
    const known = views.get(name);
    if (known) return known;
    const { explorer = "", state, key, mount: part } = chapters[name];
    const onRest = (/** @type {any} */ now) => history.replaceState(history.state, "", linkOf(name, now));
    const made = part ? Promise.resolve(play(name, part, first ?? state, onRest)) : unpack(at(`data-${explorer}`).textContent ?? "").then((buffer) =>
      mount(at(`live-${name}`), { ...explorers[explorer], look }, buffer, first ?? state, {
        key, opening: state, onRest,
        link: (now) => new URL(linkOf(name, now), location.href).href,
      }));
    views.set(name, made);
    return made;
  }

  /** @type {(name: string, part: keyof MOUNTS, state: State, onState: (state: any) => void) => View} */
  function play(name, part, state, onState) {
    const { spec, block } = JSON.parse(at(`data-${name}`).textContent ?? "");
    const mountPart = /** @type {(...given: any[]) => View} */ (MOUNTS[part]);
    const view = mountPart(at(`live-${name}`), { spec: { ...spec, look }, block }, state, { onState });
    at(`live-${name}`).append(copyLink(() => new URL(linkOf(name, view.state()), location.href).href));
    return view;
  }

  /** A word moves its figure; the way back leads to the view before. @param {string} name @param {State} state */
  async function go(name, state) {
    const view = await open(name);
    history.replaceState({ back: linkOf(name, view.state()) }, "");
    history.pushState({ back: "" }, "", linkOf(name, state));
    show(name);
    view.go?.(state);
  }

  /** Go to the view of a link. @param {string} link @param {boolean} scroll */
  async function follow(link, scroll) {
    const [name, asked] = split(link), told = chapters[name];
    if (!asked || !(told?.explorer || told?.mount)) return;
    const moved = told.explorer ? readView(explorers[told.explorer], `?${asked}`).state : readPart(told, asked);
    const state = { ...told.state, ...moved }, known = views.has(name);
    const view = await open(name, state);
    if (known) (view.go ?? view.setState)(state);
    if (scroll) at(name).scrollIntoView();
  }

  for (const word of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".go"))) {
    const { chapter = "", move } = word.dataset, state = chapters[chapter].moves[Number(move)];
    // A link, since the view that it leads to has an address; and it breaks over lines as words do.
    const link = make("a", { class: "go", href: linkOf(chapter, state) }, ...word.childNodes);
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      for (const other of at(chapter).querySelectorAll(".go")) other.classList.toggle("here", other === link);
      go(chapter, state);
    });
    word.replaceWith(link);
  }
  for (const [name, { drawing }] of Object.entries(chapters)) {
    if (drawing) mountDrawing(at(`drawing-${name}`), drawing, look, { hidden: drawing.hidden });
  }
  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      open(target.id);
    }
  }, { rootMargin: NEAR });
  follow(location.hash, true).then(() => {
    for (const [name, { explorer, mount: part }] of Object.entries(chapters)) {
      if (explorer || part) near.observe(at(name));
    }
  });
  window.addEventListener("popstate", ({ state }) => follow(state?.back || location.hash, !state));
}

/** What an address says of a part that is played with. @type {(told: Told, asked: string) => State} */
function readPart({ state, allowed = {} }, asked) {
  const said = new URLSearchParams(asked), /** @type {State} */ found = {};
  for (const name of Object.keys(state)) {
    const known = allowed[name], text = said.get(name), number = Number(text);
    if (typeof known === "number") {
      const whole = Number.isInteger(state[name]);
      if (text && number > 0 && number <= known && (!whole || Number.isInteger(number))) found[name] = number;
    } else {
      const value = known?.find((one) => String(one) === text);
      if (value !== undefined) found[name] = value;
    }
  }
  return found;
}

/** A button that copies a link, and says so. @param {() => string} link */
function copyLink(link) {
  const said = make("span", { role: "status" });
  const copy = async () => {
    const text = link();
    said.textContent = await navigator.clipboard.writeText(text).then(() => `Copied: ${text}`,
      () => `This page may not copy by itself. The link is: ${text}`);
  };
  return make("p", { class: "copy-link" },
    make("button", { type: "button", text: "Copy link to this view", onclick: copy }), " ", said);
}

/** Bring the picture that moves into the window, if it is not. @param {string} name */
function show(name) {
  const picture = at(`live-${name}`).querySelector(".passk-panels");
  if (!picture) return;
  const { top, bottom } = picture.getBoundingClientRect();
  if (top >= 0 && bottom <= window.innerHeight) return;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  picture.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
}
