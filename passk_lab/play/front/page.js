// What a page of this room is made of.
// @ts-check

import { mountAskAgain } from "./ask_again.js";
import { mountRace } from "./race.js";

export const MOUNTS = { race: mountRace, "ask-again": mountAskAgain };
