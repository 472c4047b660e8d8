// Search over all sections of the book. The index is a script that is loaded when the field is first used.
// @ts-check

import { make } from "../../explorers/front/dom.js";
import { loadScript } from "./load.js";

const MOST = 12;  // results that are shown
const AROUND = 60;  // letters before and after the word that was found

/** @typedef {[page: string, address: string, title: string, text: string]} Row */

/** @type {(text: string) => string} */
const plain = (text) => text.toLowerCase();

/**
 * Rows in which every word stands, those first that have them in their title.
 * @param {Row[]} rows
 * @param {string} asked
 */
export function lookUp(rows, asked) {
  const wanted = plain(asked).split(/\s+/).filter(Boolean);
  if (!wanted.length) return [];
  /** @type {(row: Row) => number} */
  const worth = ([page, , title, text]) => {
    const head = plain(`${title} ${page}`), all = `${head} ${plain(text)}`;
    if (!wanted.every((word) => all.includes(word))) return 0;
    return 1 + wanted.filter((word) => head.includes(word)).length;
  };
  return rows.map((row) => ({ row, score: worth(row) })).filter(({ score }) => score)
    .toSorted((a, b) => b.score - a.score).map(({ row }) => row);
}

/** The words around the first that was asked for. @param {string} text @param {string} asked */
export function around(text, asked) {
  const at = plain(text).indexOf(plain(asked).trim().split(/\s+/)[0]);
  const from = Math.max(0, at - AROUND), to = Math.max(at, 0) + AROUND;
  return `${from ? "… " : ""}${text.slice(from, to)}${to < text.length ? " …" : ""}`;
}

/** @param {Element | null} root */
export function makeSearch(root) {
  const field = root?.querySelector("input"), list = root?.querySelector("ol");
  const said = root?.querySelector("[role=status]");
  /** @type {Row[] | null} */
  let rows = null;
  const show = () => {
    if (!field || !said || !list) return;
    const asked = field.value.trim(), found = rows && asked.length > 1 ? lookUp(rows, asked) : [];
    const places = `${found.length || "No"} place${found.length === 1 ? "" : "s"}`;
    if (asked.length < 2 || !rows) said.textContent = "";
    else said.textContent = found.length > MOST ? `The first ${MOST} of ${places}` : places;
    list.replaceChildren(...found.slice(0, MOST).map(([page, address, title, text]) =>
      make("li", {}, make("a", { href: address, text: title === page ? title : `${page}: ${title}` }),
        make("span", { text: around(text, asked) }))));
  };
  if (root instanceof HTMLElement && field) {
    root.hidden = false;
    field.addEventListener("focus", () => { if (!rows) loadScript("search.js"); });
    field.addEventListener("input", show);
    const end = () => { field.value = ""; show(); };
    root.addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
    list?.addEventListener("click", (event) => { if (event.target instanceof HTMLAnchorElement) setTimeout(end); });
    document.addEventListener("keydown", (event) => {
      const typing = event.target instanceof Element && event.target.closest("input, select, .passk-explorer");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.focus();
    });
  }
  return { found: (/** @type {Row[]} */ told) => { rows = told; show(); } };
}
