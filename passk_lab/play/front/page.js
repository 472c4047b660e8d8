// What a page of this room is made of.
// @ts-check

import { mountAskAgain } from "./ask_again.js";
import { askControls, raceControls } from "./controls.js";
import { mountRace } from "./race.js";

export const MOUNTS = { race: mountRace, "ask-again": mountAskAgain };

export const CONTROLS = { race: raceControls, "ask-again": askControls };
