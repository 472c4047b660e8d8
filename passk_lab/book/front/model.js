// The kernel's side of a widget, on a page without a kernel: what is set is heard here, and saved in this browser.
// @ts-check

/**
 * @param {Record<string, any>} traits
 */
export function makeModel(traits) {
  /** @type {Map<string, Set<(...given: any[]) => void>>} */
  const hearers = new Map();
  /** @type {Record<string, any>} */
  let changed = {};
  return {
    /** What hears of changes that are to be kept. @type {(changed: Record<string, any>) => void} */
    saved: () => {},
    get: (/** @type {string} */ name) => traits[name] ?? null,
    set(/** @type {string} */ name, /** @type {any} */ value) {
      if (traits[name] === value) return;
      traits[name] = changed[name] = value;
      for (const hear of hearers.get(`change:${name}`) ?? []) hear();
    },
    save_changes() {
      const said = changed;
      changed = {};
      this.saved(said);
    },
    on(/** @type {string} */ event, /** @type {(...given: any[]) => void} */ hear) {
      hearers.set(event, (hearers.get(event) ?? new Set()).add(hear));
    },
    off(/** @type {string} */ event, /** @type {(...given: any[]) => void} */ hear) {
      hearers.get(event)?.delete(hear);
    },
    send() {},
  };
}

/** Traits with the blocks of numbers among them as the kernel would send them. @param {Record<string, any>} traits */
export function bytesOf(traits) {
  return Object.fromEntries(Object.entries(traits).map(([name, value]) => {
    if (typeof value?.base64 !== "string") return [name, value];
    return [name, new DataView(Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0)).buffer)];
  }));
}
