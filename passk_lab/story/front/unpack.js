// Numbers of an explorer as packed.py packs them: base64 of gzip of bytes that lie side by side by their rank.
// @ts-check

/** @param {string} text */
export async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const apart = new Uint8Array(await new Response(stream).arrayBuffer()), whole = new Uint8Array(apart.length);
  const count = apart.length / 4;
  for (let rank = 0; rank < 4; rank++) for (let i = 0; i < count; i++) whole[4 * i + rank] = apart[rank * count + i];
  return whole.buffer;
}
