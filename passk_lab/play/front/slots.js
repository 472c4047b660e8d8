// The answers of one play of "ask again", each dropping into its place.
// @ts-check

import { make } from "../../explorers/front/dom.js";

/** @param {number} tries */
export function makeSlots(tries) {
  const slots = Array.from({ length: tries }, (_, i) => make("li", {}, make("span", { text: String(i + 1) })));
  return {
    node: make("ol", { class: "passk-slots", "aria-hidden": "true" }, ...slots),
    /** Answers that are new drop; where there are none any more, the place is empty. @param {boolean[]} answers */
    show(answers) {
      slots.forEach((slot, i) => {
        const there = slot.querySelector("b");
        slot.classList.toggle("passk-seen", answers.slice(0, i + 1).includes(true));
        if (i >= answers.length) there?.remove();
        else if (!there) {
          slot.append(make("b", { class: answers[i] ? "passk-yes" : "passk-no", text: answers[i] ? "✓" : "✗" }));
        }
      });
    },
  };
}
