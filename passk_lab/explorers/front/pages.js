// What a page may be opened with: its explorers one below the other, or as slides.
// @ts-check

import { openPage } from "./page.js";
import { openSlides } from "./slides.js";

export const open = openPage;
export const slides = openSlides;
