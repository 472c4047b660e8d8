// The script of the book's pages: it brings widgets up, reveals, searches.
// @ts-check

import { forget } from "./memory.js";
import { Player } from "./player.js";
import { makeSearch } from "./search.js";

/** Begin, on a page that has been read in. */
export function start() {
  const player = new Player();
  const search = makeSearch(document.querySelector(".book-search"));
  // What the other scripts of the book hand over, as each is loaded.
  Object.assign(window, { passk: { front: player.front, fixed: player.fixed, found: search.found } });
  document.documentElement.classList.add("passk-alive");
  // Where the contents would fill the screen they open at a press; and they begin where this page stands in them.
  const contents = document.querySelector(".book-contents"), list = contents?.querySelector("details");
  if (list && window.matchMedia("(max-width: 860px)").matches) list.open = false;
  else if (contents) contents.scrollTop = (contents.querySelector("[aria-current]")?.offsetTop ?? 0) - 120;
  const button = document.querySelector(".book-forget");
  if (button instanceof HTMLElement) {
    button.hidden = false;
    button.addEventListener("click", () => { forget(); location.reload(); });
  }
  player.start();
}
