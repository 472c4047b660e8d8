// The controls of a race and of "ask again", as settings.py has them: what a state in an address may say.
// @ts-check

/** @typedef {import("../../explorers/front/types.js").Control} Control */

export const MOST_SEEDS = 999;
export const LEAST_LEVEL = 0.02;

/** @type {(name: string, values: number[]) => Control} */
const slider = (name, values) => ({ kind: "Slider", name, label: name, values });
/** @type {(name: string, options: string[]) => Control} */
const choice = (name, options) => ({ kind: "Choice", name, label: name, options });
const SEED = slider("seed", Array.from({ length: MOST_SEEDS }, (_, i) => i + 1));
const LEVEL = slider("level", Array.from({ length: 99 }, (_, i) => (i + 2) / 100));

/** @param {import("./types.js").RaceSpec} spec */
export function raceControls({ worlds, tries, groups, racers }) {
  const names = Object.keys(racers);
  return [choice("world", worlds.map(({ name }) => name)), slider("k", tries), slider("n", groups),
    choice("left", names), choice("right", names), SEED, LEVEL];
}

/** @param {import("./types.js").AskSpec} spec */
export const askControls = ({ chances }) => [slider("p", chances.map(({ p }) => p)), SEED];
