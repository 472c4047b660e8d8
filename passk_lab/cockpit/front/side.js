// The choices of one run: objective, draws, samples, mechanism, learning rate, coefficients.
// @ts-check

import { makeChoice, makeSlider } from "../../explorers/front/controls.js";
import { make } from "../../explorers/front/dom.js";
import { makeFields } from "./fields.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("../../explorers/front/controls.js").Control & {name: string}} Named */

const REST = 150;  // milliseconds after which a hand counts as at rest

/**
 * @param {string} id  Of the side; every control's begins with it.
 * @param {string} side  "A" or "B".
 * @param {Spec} spec
 * @param {Ask} ask
 */
export function makeSide(id, side, spec, ask) {
  const choose = (/** @type {string} */ name, /** @type {any} */ value) => ask({ do: "change", name, value, side });
  const select = (/** @type {string} */ name, /** @type {string} */ label, /** @type {any[]} */ options) =>
    makeSelect(id, name, label, options, choose);
  const [objective, ...others] = [
    select("objective", "objective", spec.objectives), select("n", "samples n", spec.samples),
    select("mechanism", "mechanism", spec.mechanisms), select("rate", "learning rate", spec.rates),
  ];
  const slider = makeDraws(id, spec.draws, choose), fields = makeFields(id, choose);
  const mechanism = make("p", { class: "passk-source" }), letter = make("b", { class: "passk-side", text: side });
  const row = make("div", { class: "passk-controls" },
    letter, objective.node, slider.node, ...others.map(({ node }) => node));
  const node = make("div", { role: "group" }, row, fields.node, mechanism);

  return {
    node, row,
    /**
     * The kernel says what the controls show, after a refused value as well.
     * @type {(view: View, place: number) => void}
     */
    show(view, place) {
      const race = view.sides.length > 1, here = view.sides[place];
      node.hidden = !here;
      letter.hidden = !race;
      node.setAttribute("aria-label", race ? `Run ${side}` : "Choices");
      if (!here) return;
      for (const { name, input, show } of [objective, ...others]) {
        show(here.choices[name]);
        input.disabled = spec.fixed.includes(name) ? !view.choosing : !view.open.includes(name);
      }
      slider.show(here, view.open.includes("k"));
      fields.show(here.coefficients, view.open.includes("coefficients"));
      mechanism.textContent = here.mechanism;
    },
    inputs: () => [...[objective, slider, ...others].map(({ input }) => input), ...fields.inputs()],
    follow: fields.follow,
    destroy() { slider.destroy(); },
  };
}

/**
 * @param {string} id
 * @param {string} name
 * @param {string} label
 * @param {(string | number)[]} options
 * @param {(name: string, value: any) => void} choose
 * @returns {Named}
 */
export function makeSelect(id, name, label, options, choose) {
  return {
    name,
    ...makeChoice({ name, label, options: options.map(String) }, `${id}-${name}`, ({ [name]: text }) =>
      choose(name, options.find((option) => String(option) === text))),
  };
}

/**
 * The slider of k. The kernel hears of it when the hand rests; until then it is the hand that says where it stands.
 * @param {string} id
 * @param {number[]} values
 * @param {(name: string, value: any) => void} choose
 */
function makeDraws(id, values, choose) {
  let timer = 0;
  const slider = makeSlider({ name: "k", label: "draws k", values }, `${id}-k`, ({ k }) => {
    slider.show(k);
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; choose("k", k); }, REST);
  });
  return {
    node: slider.node,
    input: slider.input,
    /** @type {(here: View["sides"][0], open: boolean) => void} */
    show({ choices, draws }, open) {
      if (!timer) slider.show(choices.k);
      slider.input.disabled = !draws || !open;
      slider.node.classList.toggle("passk-off", slider.input.disabled);
      slider.node.title = draws ? "" : `${choices.objective} has no k`;
    },
    destroy() { clearTimeout(timer); },
  };
}
