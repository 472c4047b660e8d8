// Thirty lines of a test runner: a test file calls test(name, body), the page runs what was called.
// @ts-check

/** @type {Map<string, () => void | Promise<void>>} */
const TESTS = new Map();

/** @type {(name: string, body: () => void | Promise<void>) => void} */
export function test(name, body) {
  if (TESTS.has(name)) throw new Error(`two tests are called "${name}"`);
  TESTS.set(name, body);
}

/** What became of each test: "" or its error. @returns {Promise<Record<string, string>>} */
export async function runAll() {
  /** @type {Record<string, string>} */
  const out = {};
  for (const [name, body] of TESTS) {
    try {
      await body();
      out[name] = "";
    } catch (error) {
      out[name] = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    }
  }
  return out;
}

/** NaN and the kind of an array do not tell two values apart. @param {any} value */
const text = (value) => JSON.stringify(value, (_, v) => (ArrayBuffer.isView(v) ? Array.from(/** @type {any} */ (v))
  : typeof v === "number" && !Number.isFinite(v) ? String(v) : v));

/** @type {(actual: any, expected: any) => void} */
export function equal(actual, expected) {
  if (text(actual) !== text(expected)) throw new Error(`got ${text(actual)}, not ${text(expected)}`);
}

/** @type {(milliseconds: number) => Promise<void>} */
export const wait = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
