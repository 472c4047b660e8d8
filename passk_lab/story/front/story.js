// The page comes alive: figures when they are near, words that move them, an address for every view.
// @ts-check

import { query, readView, split } from "../../explorers/front/address.js";
import { make } from "../../explorers/front/dom.js";
import { mountDrawing } from "../../explorers/front/drawing.js";
import { mount } from "../../explorers/front/explorer.js";
import { CONTROLS, MOUNTS } from "../../play/front/page.js";
import { unpack } from "./unpack.js";

/** @typedef {import("../../explorers/front/types.js").State} State */
/** @typedef {import("../../explorers/front/types.js").Spec} Spec */
/**
 * @typedef {object} Told  What a chapter's script is told.
 * @property {string} [explorer]  Which one it shows.
 * @property {string} [title]
 * @property {State} state
 * @property {State[]} moves  Where its words lead.
 * @property {import("../../explorers/front/explorer.js").Key} key
 * @property {keyof MOUNTS} [mount]  Of a part that is played with, which one it is.
 * @property {import("../../explorers/front/types.js").ToDraw & {hidden: number[]}} [drawing]
 */
/** @typedef {{state: () => State, setState: (state: any) => void, go?: (state: State) => void}} View */

const NEAR = "900px";  // from the window to a figure that is made ready

/**
 * The address of a view: the chapter, and where its controls stand.
 * @type {(chapter: string, state: State) => string}
 */
const linkOf = (chapter, state) => `#${chapter}?${query(state)}`;

/** @type {(id: string) => HTMLElement} */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** What is told of the whole page. @typedef {{look: import("../../explorers/front/types.js").Look,
 *   explorers: Record<string, Spec>, chapters: Record<string, Told>}} All */

/** @param {All} all */
export function tell(all) {
  if (!("DecompressionStream" in window)) return;  // the still pictures stay
  document.documentElement.classList.add("alive");
  if (window.matchMedia("(max-width: 999px)").matches) document.querySelector("nav details")?.removeAttribute("open");
  const figures = new Figures(all);
  for (const word of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".go"))) enliven(word, figures);
  for (const [name, { drawing }] of Object.entries(all.chapters)) {
    if (drawing) mountDrawing(at(`drawing-${name}`), drawing, all.look, { hidden: drawing.hidden });
  }
  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      figures.open(target.id);
    }
  }, { rootMargin: NEAR });
  figures.follow(location.hash, true).then(() => { for (const name of figures.names()) near.observe(at(name)); });
  // Paper is light, and a browser that is dark would print the dark still pictures.
  window.addEventListener("beforeprint", () => {
    for (const dark of document.querySelectorAll(".still source")) dark.remove();
  });
  window.addEventListener("popstate", ({ state }) => figures.follow(state?.back || location.hash, !state));
}

/** The figures of the chapters: made when they are asked for, moved by words and addresses. */
class Figures {
  /** @param {All} all */
  constructor({ look, explorers, chapters }) {
    this.look = look;
    this.explorers = explorers;
    this.chapters = chapters;
    /** @type {Map<string, Promise<View>>} */
    this.views = new Map();
  }

  /** Chapters that have one. */
  names() {
    return Object.keys(this.chapters).filter((name) => this.chapters[name].explorer || this.chapters[name].mount);
  }

  /**
   * The figure of a chapter; in which state it opens, if that is not its own.
   * @param {string} name
   * @param {State} [first]
   */
  open(name, first) {
    const known = this.views.get(name);
    if (known) return known;
    const told = this.chapters[name], state = first ?? told.state;
    const made = told.mount ? Promise.resolve(this.play(name, told.mount, state)) : this.explore(name, told, state);
    this.views.set(name, made);
    return made;
  }

  /** @type {(name: string, told: Told, state: State) => Promise<View>} */
  async explore(name, { explorer = "", title = "", state: opening, key }, state) {
    const buffer = await unpack(at(`data-${explorer}`).textContent ?? "");
    const spec = { ...this.explorers[explorer], title, look: this.look };
    return mount(at(`live-${name}`), spec, buffer, state, {
      key, opening, onRest: (now) => settled(name, now), link: (now) => fullLink(name, now),
    });
  }

  /** @type {(name: string, part: keyof MOUNTS, state: State) => View} */
  play(name, part, state) {
    const { spec, block } = dataOf(name), root = at(`live-${name}`);
    const mountPart = /** @type {(...given: any[]) => View} */ (MOUNTS[part]);
    const view = mountPart(root, { spec: { ...spec, look: this.look }, block }, state,
      { onState: (/** @type {State} */ now) => settled(name, now) });
    root.append(copyLink(() => fullLink(name, view.state())));
    return view;
  }

  /** A word moves its figure; the way back leads to the view before. @param {string} name @param {State} state */
  async go(name, state) {
    const view = await this.open(name);
    history.replaceState({ back: linkOf(name, view.state()) }, "");
    history.pushState({ back: "" }, "", linkOf(name, state));
    show(name);
    view.go?.(state);
  }

  /** Go to the view of a link. @param {string} link @param {boolean} scroll */
  async follow(link, scroll) {
    const [name, asked] = split(link), told = this.chapters[name];
    if (!asked || !(told?.explorer || told?.mount)) return;
    const spec = told.mount ? { name, controls: CONTROLS[told.mount](dataOf(name).spec), panels: [] }
      : this.explorers[told.explorer ?? ""];
    const state = { ...told.state, ...readView(spec, `?${asked}`).state }, known = this.views.has(name);
    const view = await this.open(name, state);
    if (known && view.go) view.go(state);
    else if (known) view.setState(state);
    if (scroll) at(name).scrollIntoView();
  }
}

/** What lies in the page for a part that is played with. @param {string} name */
const dataOf = (name) => JSON.parse(at(`data-${name}`).textContent ?? "");

/** The hand rests: the address is the view. @type {(name: string, state: State) => void} */
const settled = (name, state) => history.replaceState(history.state, "", linkOf(name, state));

/** @type {(name: string, state: State) => string} */
const fullLink = (name, state) => new URL(linkOf(name, state), location.href).href;

/**
 * Make a link of a word that moves a figure: the view that it leads to has an address, and it breaks over lines.
 * @type {(word: HTMLElement, figures: Figures) => void}
 */
function enliven(word, figures) {
  const { chapter = "", move } = word.dataset, state = figures.chapters[chapter].moves[Number(move)];
  const link = make("a", { class: "go", href: linkOf(chapter, state) }, ...word.childNodes);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    for (const other of at(chapter).querySelectorAll(".go")) other.classList.toggle("here", other === link);
    figures.go(chapter, state);
  });
  word.replaceWith(link);
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
