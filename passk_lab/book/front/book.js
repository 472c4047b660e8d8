// The script of the book's pages: it brings widgets up, reveals, searches.
// @ts-check

import { Player } from "./player.js";
import { makeSearch } from "./search.js";

/** Begin, on a page that has been read in. */
export function start() {
  const player = new Player();
  const search = makeSearch(document.querySelector(".book-search"));
  // What the other scripts of the book hand over, as each is loaded.
  Object.assign(window, { passk: { front: player.front, fixed: player.fixed, found: search.found } });
  document.documentElement.classList.add("passk-alive");
  player.start();
}
