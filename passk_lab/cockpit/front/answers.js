// Answers that the network has just given, right or wrong.
// @ts-check

import { make } from "../../explorers/front/dom.js";

/** @param {string} id */
export function makeAnswers(id) {
  const list = make("ul"), title = make("figcaption", { id: `${id}-answers` });
  return {
    figure: make("figure", { class: "passk-answers", role: "group", "aria-labelledby": title.id }, title, list),
    /** @param {import("./types.js").News["samples"]} samples */
    show(samples) {
      title.textContent = samples.length
        ? `First sample of ${samples.length} groups of the last batch: numbers → target: steps`
        : "Sampled answers appear here with the first step";
      list.replaceChildren(...samples.map(({ asked, answer, right }) => make("li",
        { class: right ? "passk-right" : "passk-wrong" },
        make("b", { text: right ? "✓" : "✗", "aria-hidden": "true" }),
        make("span", { class: "passk-spoken", text: right ? "right: " : "wrong: " }),
        make("code", { text: `${asked}: ${answer}` }))));
    },
  };
}
