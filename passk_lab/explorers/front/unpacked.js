// Numbers as a page carries them, deflated and as a text, made a block again.
// @ts-check

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").State} State */
/** @typedef {[place: string, spec: Spec, data: string, state: State]} Packed */
/** @typedef {[place: string, spec: Spec, block: ArrayBuffer, state: State]} Placed */

/** @param {string} data @returns {Promise<ArrayBuffer>} */
export function blockIn(data) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
}

/** @param {Packed[]} placed @returns {Promise<Placed[]>} */
export const unpackAll = (placed) => Promise.all(placed.map(async ([place, spec, data, state]) =>
  [place, spec, await blockIn(data), state]));
