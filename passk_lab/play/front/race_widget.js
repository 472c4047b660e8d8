// The race as a widget of a notebook.
// @ts-check

import { mountRace } from "./race.js";
import { asWidget } from "./widget.js";

export default asWidget(mountRace);
