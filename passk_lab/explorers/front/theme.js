// Light or dark: which ground the page has, and its colours as CSS variables.
// @ts-check

/** @typedef {import("./types.js").Theme} Theme */
/** @typedef {import("./types.js").Look} Look */

let printing = false;

/** Whether the page is on its way to paper, or is looked at as it will be there. */
export const isForPaper = () => printing || window.matchMedia("print").matches;

/**
 * Paper is light. JupyterLab and VS Code say on <body> which ground they draw on; elsewhere the system's choice counts.
 * @returns {Theme}
 */
export function currentTheme() {
  if (isForPaper()) return "light";
  const { jpThemeLight } = document.body.dataset, classes = document.body.classList;
  if (jpThemeLight) return jpThemeLight === "true" ? "light" : "dark";
  if (classes.contains("vscode-dark") || classes.contains("vscode-high-contrast")) return "dark";
  if (classes.contains("vscode-light")) return "light";
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/**
 * Colours of the style sheets, by the name of their variable.
 * @param {Look} look
 * @param {Theme} theme
 */
export function variables(look, theme) {
  const { roles, ground, ink, quiet, grid } = look;
  const colours = { ground, ink, quiet, grid, accent: roles["pass@1"], right: roles.correct, wrong: roles.wrong };
  return Object.fromEntries(Object.entries(colours).map(([name, colour]) => [`--passk-${name}`, colour[theme]]));
}

/**
 * Give a section the colours of the page's ground, now and whenever that changes.
 * @param {HTMLElement} section
 * @param {Look} look
 * @param {(theme: Theme, paper: boolean) => void} changed  Called at once, and after each change; for paper there is no
 *   next frame in which to draw.
 * @returns {() => void} Ends it.
 */
export function followTheme(section, look, changed = () => {}) {
  const paint = () => {
    const theme = currentTheme();
    for (const [name, colour] of Object.entries(variables(look, theme))) section.style.setProperty(name, colour);
    section.style.colorScheme = theme;
    changed(theme, isForPaper());
  };
  const paper = ({ type = "" }) => {
    if (type.endsWith("print")) printing = type === "beforeprint";
    paint();
  };
  const watcher = new MutationObserver(paint);
  watcher.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] });
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const forPaper = window.matchMedia("print");
  system.addEventListener("change", paint);
  forPaper.addEventListener("change", paper);
  for (const event of ["beforeprint", "afterprint"]) window.addEventListener(event, paper);
  paint();
  return () => {
    watcher.disconnect();
    system.removeEventListener("change", paint);
    forPaper.removeEventListener("change", paper);
    for (const event of ["beforeprint", "afterprint"]) window.removeEventListener(event, paper);
  };
}
