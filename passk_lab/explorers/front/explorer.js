// The whole explorer: words, controls, panels, things to try. mount() is all that a page needs.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// JupyterLab and VS Code say on <body> which ground they draw on; elsewhere the system's choice counts.
function currentTheme() {
  const { jpThemeLight } = document.body.dataset, classes = document.body.classList;
  if (jpThemeLight) return jpThemeLight === "true" ? "light" : "dark";
  if (classes.contains("vscode-dark") || classes.contains("vscode-high-contrast")) return "dark";
  if (classes.contains("vscode-light")) return "light";
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

// Every widget of a notebook loads this module anew, so a counter would give the same id twice on one page.
const newId = () => `passk-${Math.random().toString(36).slice(2, 10)}`;

function mount(root, spec, buffer, startState, { onRest = () => {} } = {}) {
  const scope = makeScope(spec, buffer), fill = makeFill(spec, scope), id = newId();
  let state = { ...startState }, theme = currentTheme(), frame = 0, restTimer = 0, spokenTimer = 0, missed = 0;
  const panels = spec.panels.map((panel) => new PanelCanvas(panel, scope, fill, spec.look));
  const controls = new Map();

  const schedule = () => { if (!frame) frame = requestAnimationFrame(draw); };
  const rest = () => { clearTimeout(restTimer); restTimer = 0; onRest({ ...state }); };

  function draw() {
    frame = 0;
    spec.sentences.forEach((sentence, i) => { words.children[i].textContent = fill(sentence, state); });
    panels.forEach((panel, i) => {
      titles[i].textContent = fill(spec.panels[i].title, state);
      panel.draw(state, theme);
    });
    // While JupyterLab changes its theme the page has no layout for a moment, too short for a ResizeObserver to notice.
    missed = panels.some((panel) => !panel.width) ? missed + 1 : 0;
    if (missed && missed < 20) setTimeout(schedule, 50);
    // A screen reader hears the words once the hand rests, not at every frame.
    clearTimeout(spokenTimer);
    spokenTimer = setTimeout(() => {
      spoken.textContent = words.textContent;
      panels.forEach((panel, i) => panel.canvas.setAttribute("aria-label", `${titles[i].textContent}. ${words.textContent}`));
    }, 300);
  }

  function change(changes) {
    state = { ...state, ...changes };
    for (const name of Object.keys(changes)) controls.get(name).show(state[name]);
    note.textContent = "";
    schedule();
    // The kernel hears of it when the hand rests: telling it at every event halves the frame rate (measured).
    clearTimeout(restTimer);
    restTimer = setTimeout(rest, 150);
  }

  const makers = { Slider: makeSlider, Choice: makeChoice, Toggle: makeToggle };
  const controlNodes = spec.controls.map((control) => {
    const made = makers[control.kind](control, `${id}-${control.name}`, change);
    controls.set(control.name, made);
    made.show(state[control.name]);
    return made.node;
  });

  const words = make("div", { class: "passk-words" }, ...spec.sentences.map(() => make("p")));
  const spoken = make("div", { class: "passk-spoken", role: "status" });
  const note = make("p", { class: "passk-note", role: "status" });
  const titles = spec.panels.map(() => make("figcaption"));
  const figures = panels.map((panel, i) => make("figure", {}, titles[i], panel.canvas));
  const tries = make("div", { class: "passk-try", role: "group", "aria-label": "What to try" });
  if (spec.presets.length) tries.append(make("span", { text: "Try:" }));
  for (const preset of spec.presets) {
    tries.append(make("button", { type: "button", text: preset.label, onclick: () => {
      change(preset.state);
      note.textContent = preset.sentence;
    } }));
  }
  tries.append(make("button", { type: "button", class: "passk-quiet", text: "Copy this view", onclick: () => {
    const text = stateText(spec, state);
    note.textContent = `This view: ${text}`;
    navigator.clipboard?.writeText(text).catch(() => {});
  } }));
  root.replaceChildren(make("section", { class: "passk-explorer", "aria-labelledby": `${id}-title`,
    // Arrow keys belong to our sliders here, not to the notebook, which would go on to the next cell.
    "data-lm-suppress-shortcuts": "true", onkeydown: (event) => event.stopPropagation() },
    make("h3", { id: `${id}-title`, text: spec.title }),
    make("p", { class: "passk-spoken", text: spec.summary }),
    make("div", { class: "passk-controls" }, ...controlNodes),
    words, make("div", { class: "passk-panels" }, ...figures), tries, note, spoken,
    make("p", { class: "passk-source", text: spec.source })));
  const section = root.firstChild;

  panels.forEach((panel) => allowDragging(panel, spec, change, () => state));

  function paint() {
    theme = currentTheme();
    section.style.setProperty("--passk-ground", spec.look.ground[theme]);
    section.style.setProperty("--passk-ink", spec.look.ink[theme]);
    section.style.setProperty("--passk-quiet", spec.look.quiet[theme]);
    section.style.setProperty("--passk-grid", spec.look.grid[theme]);
    section.style.setProperty("--passk-accent", spec.look.roles["pass@1"][theme]);
    section.style.colorScheme = theme;
    schedule();
  }
  const watcher = new MutationObserver(paint);
  watcher.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] });
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", paint);
  const sizes = new ResizeObserver(schedule);
  panels.forEach((panel) => sizes.observe(panel.canvas));
  paint();
  draw();

  return {
    state: () => ({ ...state }),
    // What the kernel says counts at once and is not sent back to it.
    setState(next) {
      clearTimeout(restTimer);
      state = { ...next };
      for (const [name, control] of controls) control.show(state[name]);
      schedule();
    },
    destroy() {
      for (const control of controls.values()) control.stop?.();
      if (restTimer) rest();
      clearTimeout(spokenTimer);
      cancelAnimationFrame(frame);
      watcher.disconnect(); sizes.disconnect(); system.removeEventListener("change", paint);
    },
  };
}
