// A line of HTML that shows this page, as it stands, inside a page of a course.
// @ts-check

import { make, newId } from "./dom.js";
import { copyText } from "./explorer.js";

/** @param {string} text */
const inAttribute = (text) => text.replace(/[&"<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * @param {() => string} title  What the page is called now.
 * @param {() => string} hash  What the page's address says after its #.
 * @param {(text: string) => void} say
 */
export function makeEmbed(title, hash, say) {
  const id = newId(), field = make("textarea", { id, readonly: true, rows: 4, spellcheck: "false" });
  const file = decodeURIComponent(location.pathname.split("/").pop() || "");
  const onDisk = location.protocol === "file:";
  const node = make("details", { class: "passk-embed" },
    make("summary", { text: "Embed" }),
    make("label", { for: id, text: onDisk
      ? `Upload ${file} to your course, beside the page that is to show it, and put this line into that page:`
      : "Put this line into the page of your course:" }),
    field,
    make("button", { type: "button", text: "Copy this line", onclick: () => {
      field.select();
      copyText(field.value).then(say);
    } }));
  function follow() {
    const base = onDisk ? encodeURIComponent(file) : location.href.replace(/#.*/s, "");
    const high = Math.ceil(document.querySelector(".passk-explorer")?.getBoundingClientRect().height ?? 600) + 60;
    field.value = `<iframe src="${inAttribute(`${base}#${hash()}`)}" title="${inAttribute(title())}" ` +
      `width="100%" height="${high}" style="border: 0" loading="lazy" allow="clipboard-write"></iframe>`;
  }
  node.addEventListener("toggle", follow);
  return { node, follow };
}
