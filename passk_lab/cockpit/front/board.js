// The cockpit's controls: choices, coefficients, buttons. What they show is what the kernel says.
// @ts-check

import { makeChoice, makeSlider } from "../../explorers/front/controls.js";
import { make } from "../../explorers/front/dom.js";
import { makeFields } from "./fields.js";

/** @typedef {import("./types.js").Spec} Spec */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("../../explorers/front/controls.js").Control} Control */

const REST = 150;  // milliseconds after which a hand counts as at rest
const BUTTONS = ["start", "pause", "step", "stop", "reset"];

/**
 * @param {string} id  Of the cockpit; every control's begins with it.
 * @param {Spec} spec
 * @param {Ask} ask
 */
export function makeBoard(id, spec, ask) {
  const selects = makeSelects(id, spec, ask);
  const slider = makeDraws(id, spec.draws, ask), fields = makeFields(id, ask);
  const mechanism = make("p", { class: "passk-source" });
  const buttons = BUTTONS.map((name) => make("button", {
    type: "button", name, text: name[0].toUpperCase() + name.slice(1), onclick: () => ask({ do: name }),
  }));
  const progress = make("progress", { max: spec.steps, value: 0, "aria-label": "steps done" });
  const count = make("span", { class: "passk-count" });
  const status = make("p", { class: "passk-status", role: "status" });
  const [objective, ...others] = selects.map(({ node }) => node);

  return {
    nodes: [
      make("div", { class: "passk-controls" }, objective, slider.node, ...others),
      fields.node, mechanism,
      make("div", { class: "passk-try", role: "group", "aria-label": "Run" }, ...buttons, progress, count),
      status,
    ],

    /** The kernel says what the controls show, after a refused value as well. @param {View} view */
    show(view) {
      const held = document.activeElement;
      for (const { name, input, show } of selects) {
        show(view.choices[name]);
        input.disabled = spec.fixed.includes(name) ? !view.choosing : !view.open.includes(name);
      }
      slider.show(view);
      fields.show(view);
      mechanism.textContent = view.mechanism;
      for (const button of buttons) button.disabled = !view.buttons.includes(button.name);
      status.textContent = view.said;
      status.classList.toggle("passk-refused", view.refused);
      // A button that has just gone grey leaves the keyboard nowhere.
      if (buttons.some((button) => button === held && button.disabled)) {
        buttons.find((button) => !button.disabled)?.focus();
      }
    },

    /** Nobody is there to be asked any more. @param {string} said */
    close(said) {
      const controls = [...selects, slider].map(({ input }) => input);
      for (const control of [...controls, ...fields.inputs(), ...buttons]) control.disabled = true;
      status.textContent = said;
      status.classList.add("passk-refused");
    },

    /** How far the run has come. @param {import("./types.js").News} news */
    follow({ done, now }) {
      progress.value = done;
      count.textContent = `step ${done} of ${spec.steps}`;
      fields.follow(now);
    },

    destroy() { slider.destroy(); },
  };
}

/**
 * @param {string} id
 * @param {Spec} spec
 * @param {Ask} ask
 */
function makeSelects(id, spec, ask) {
  /** @type {(name: string, label: string, options: (string | number)[]) => Control & {name: string}} */
  const select = (name, label, options) => ({
    name,
    ...makeChoice({ name, label, options: options.map(String) }, `${id}-${name}`, ({ [name]: text }) =>
      ask({ do: "change", name, value: options.find((option) => String(option) === text) })),
  });
  return [
    select("objective", "objective", spec.objectives), select("mechanism", "mechanism", spec.mechanisms),
    select("rate", "learning rate", spec.rates), select("seed", "seed", spec.seeds),
  ];
}

/**
 * The slider of k. The kernel hears of it when the hand rests; until then it is the hand that says where it stands.
 * @param {string} id
 * @param {number[]} values
 * @param {Ask} ask
 */
function makeDraws(id, values, ask) {
  let timer = 0;
  const slider = makeSlider({ name: "k", label: "draws k", values }, `${id}-k`, ({ k }) => {
    slider.show(k);
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; ask({ do: "change", name: "k", value: k }); }, REST);
  });
  return {
    node: slider.node,
    input: slider.input,
    /** @param {View} view */
    show(view) {
      if (!timer) slider.show(view.choices.k);
      slider.input.disabled = !view.draws || !view.open.includes("k");
      slider.node.classList.toggle("passk-off", slider.input.disabled);
      slider.node.title = view.draws ? "" : `${view.choices.objective} has no k`;
    },
    destroy() { clearTimeout(timer); },
  };
}
