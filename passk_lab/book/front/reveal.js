// What a prediction was about, shown beside it as soon as the reader has predicted.
// @ts-check

import { make } from "../../explorers/front/dom.js";

/** @returns {(name: string, value: number) => void}  Tell it a prediction, by its name. */
export function followReveals() {
  const places = Array.from(document.querySelectorAll(".book-reveal"), (place) =>
    ({ place, ...JSON.parse(place.querySelector("script")?.textContent ?? "{}") }));
  return (name, value) => {
    for (const { place, name: its, as } of places) {
      if (its === name) place.replaceChildren(make("p", {}, make("b", { text: as.replace("{}", String(value)) })));
    }
  };
}
