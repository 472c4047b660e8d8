// The numbers of a race, as tables.py packs them: a part in JSON, and a block of float64 and uint16.
// @ts-check

/** @typedef {import("./types.js").RaceSpec} RaceSpec */

const WHOLE = 65535;  // what stands for 1 in an exact path

/**
 * A block as a page holds it (base64) or as the kernel sends it.
 * @param {string | ArrayBuffer | DataView} block
 * @returns {ArrayBuffer}
 */
export function bytesOf(block) {
  if (typeof block === "string") return Uint8Array.from(atob(block), (letter) => letter.charCodeAt(0)).buffer;
  if (block instanceof ArrayBuffer) return block;
  return /** @type {ArrayBuffer} */ (block.buffer.slice(block.byteOffset, block.byteOffset + block.byteLength));
}

/** @type {(racer: string, k: number, n: number, spec: RaceSpec) => string} */
const keyOf = (racer, k, n, spec) => `${racer}|${spec.racers[racer].takesK ? k : 0}|${n}`;

/** What a race is played with, by its state. */
export class Box {
  /**
   * @param {RaceSpec} spec
   * @param {ArrayBuffer} buffer
   */
  constructor(spec, buffer) {
    this.spec = spec;
    this.exact = new Float64Array(buffer, 0, spec.pathsFrom / 8);
    this.rounded = new Uint16Array(buffer, spec.pathsFrom);
  }

  /** @param {string} name @returns {import("./types.js").World} */
  world(name) {
    const found = this.spec.worlds.find((one) => one.name === name) ?? this.spec.worlds[0];
    const start = this.exact.subarray(found.logits, found.logits + this.spec.prompts * found.answers);
    return { ...found, start, parameters: Math.max(...found.index) + 1 };
  }

  /** Why a racer cannot run; "" if it can. @type {(racer: string, k: number, n: number) => string} */
  missing(racer, k, n) {
    const table = this.spec.tables[keyOf(racer, k, n, this.spec)];
    return "missing" in table ? table.missing : "";
  }

  /** @type {(racer: string, k: number, n: number) => import("./types.js").Table} */
  table(racer, k, n) {
    const { size, credit } = /** @type {import("./types.js").TableSpec} */ (
      this.spec.tables[keyOf(racer, k, n, this.spec)]);
    const both = this.exact.subarray(credit, credit + 2 * (n + 1));
    return { size, right: both.subarray(0, n + 1), wrong: both.subarray(n + 1) };
  }

  /**
   * The path of the exact mean update, at the steps `times`.
   * @type {(world: string, racer: string, k: number, n: number) => import("./types.js").Curves}
   */
  path(world, racer, k, n) {
    const { paths, times, tries, racers } = this.spec, at = paths[`${world}|${keyOf(racer, k, n, this.spec)}`];
    const row = (/** @type {number} */ i) => Float64Array.from(
      this.rounded.subarray(at + i * times.length, at + (i + 1) * times.length), (v) => v / WHOLE);
    return { one: row(0), many: row(racers[racer].takesK ? 1 : 1 + tries.indexOf(k)) };
  }
}
