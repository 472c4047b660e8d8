// What is said of a drawing once the curve is known, in the words of course/drawing.py: for a page without a kernel.
// @ts-check

/** @typedef {import("./types.js").ToDraw} ToDraw */

/** A share as per cent, to a tenth. @param {number} share */
export const percent = (share) => `${(100 * share).toFixed(1)} %`;

/**
 * @param {ToDraw} spec
 * @param {number[]} drawn
 * @param {number[]} hidden
 */
export function verdictOf({ at, letter, label, beside, rises }, drawn, hidden) {
  const off = drawn.map((value, i) => Math.abs(value - hidden[i])), rest = off.slice(1);
  const widest = off.indexOf(Math.max(...rest), 1);
  const mean = rest.reduce((sum, value) => sum + value, 0) / rest.length;
  const said = [
    `Your curve is ${(100 * mean).toFixed(1)} points from that of ${label} on average, and farthest at ` +
      `${letter} = ${at[widest]}: you drew ${percent(drawn[widest])}, it is ${percent(hidden[widest])}.`,
  ];
  for (const other of beside) {
    const [mine, its] = [drawn, hidden].map((curve) => {
      const i = curve.findIndex((value, j) => value > other.values[j]);
      return i < 0 ? `nowhere up to ${letter} = ${at[at.length - 1]}` : `first at ${letter} = ${at[i]}`;
    });
    said.push(`Above ${other.label}: yours ${mine}, ${label} ${its}.`);
  }
  const fall = drawn.findIndex((value, i) => i > 0 && value < drawn[i - 1]);
  if (rises && fall > 0) said.push(`Yours falls after ${letter} = ${at[fall - 1]}, but ${rises}`);
  return said.join(" ");
}
