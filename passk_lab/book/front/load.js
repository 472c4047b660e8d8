// Scripts of the book, loaded when they are needed: from disk no page may fetch a file, but it may load a script.
// @ts-check

import { make } from "../../explorers/front/dom.js";

/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/** Load a script once. @param {string} path */
export function loadScript(path) {
  const before = loaded.get(path);
  if (before) return before;
  const coming = new Promise((resolve, reject) => {
    document.head.append(make("script", {
      src: path, onload: () => resolve(undefined), onerror: () => reject(new Error(`${path} cannot be read.`)),
    }));
  });
  loaded.set(path, coming);
  return coming;
}
