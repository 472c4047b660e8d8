// What was answered, in this browser alone; where it keeps nothing, the lesson goes on.
// @ts-check

const MINE = "passk-book:";

/** What was set of a widget. @param {string} name @returns {Record<string, any>} */
export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(MINE + name) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {string} name @param {Record<string, any>} traits */
export function remember(name, traits) {
  try {
    localStorage.setItem(MINE + name, JSON.stringify(traits));
  } catch {
    // A browser may keep nothing of a page opened from disk.
  }
}

/** Forget all of it. */
export function forget() {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(MINE)) localStorage.removeItem(name);
  } catch {
    // Then there is nothing to forget.
  }
}
