// A number as a colour.
// @ts-check

import { make } from "./dom.js";

const FINE = 101;  // colours told apart
/** @type {Map<string, string[]>} */
const KNOWN = new Map();

/**
 * Colours evenly from the first of a list to its last, mixed between neighbours.
 * @param {string[]} stops  As #rrggbb.
 */
export function heatColours(stops) {
  const key = stops.join(), known = KNOWN.get(key);
  if (known) return known;
  const channel = (/** @type {string} */ text, /** @type {number} */ from) => parseInt(text.slice(from, from + 2), 16);
  const colours = Array.from({ length: FINE }, (_, i) => {
    const place = i / (FINE - 1) * (stops.length - 1), low = Math.min(Math.floor(place), stops.length - 2);
    const mix = (/** @type {number} */ from) => {
      const [a, b] = [channel(stops[low], from), channel(stops[low + 1], from)];
      return Math.round(a + (place - low) * (b - a));
    };
    return `rgb(${mix(1)} ${mix(3)} ${mix(5)})`;
  });
  KNOWN.set(key, colours);
  return colours;
}

/**
 * The colours side by side, with words at both ends.
 * @param {string[]} stops
 * @param {[string, string]} ends
 */
export function heatScale(stops, [least, most]) {
  return make("div", { class: "passk-scale" }, make("span", { text: least }),
    make("i", { style: `background: linear-gradient(90deg, ${stops.join(",")})` }), make("span", { text: most }));
}
