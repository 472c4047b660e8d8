// "Ask again" as a widget of a notebook.
// @ts-check

import { mountAskAgain } from "./ask_again.js";
import { asWidget } from "./widget.js";

export default asWidget(mountAskAgain);
