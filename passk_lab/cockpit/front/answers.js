// Answers that the network has just given, as equations, right or wrong; in a race of both runs to the same prompt.
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
        ? `First answers in ${samples.length} groups of the last batch: numbers → target`
        : "Sampled answers appear here with the first step";
      list.replaceChildren(...samples.map(({ asked, answers }) => make("li", {},
        make("span", { class: "passk-asked", text: asked }), ...answers.map(line))));
    },
  };
}

/** @param {import("./types.js").Answer} answer */
function line({ side, equation, fault }) {
  return make("span", { class: fault ? "passk-wrong" : "passk-right" },
    make("b", { text: `${side} ${fault ? "✗" : "✓"}`.trim(), "aria-hidden": "true" }), " ",
    make("span", { class: "passk-spoken", text: `${side} ${fault ? "wrong" : "right"}: `.trimStart() }),
    make("code", { text: equation }), ...(fault ? [make("small", { text: ` ${fault}` })] : []));
}
