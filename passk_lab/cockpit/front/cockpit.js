// The cockpit: controls of a run that trains in the kernel, and pictures of it, drawn here so that the loop is not slowed.

const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];
const PALETTE = Array.from({ length: 101 }, (_, i) => {
  const place = i / 100 * (CIVIDIS.length - 1), low = Math.min(Math.floor(place), CIVIDIS.length - 2);
  const part = (text, at) => parseInt(text.slice(at, at + 2), 16);
  const mix = (at) => Math.round(part(CIVIDIS[low], at) + (place - low) * (part(CIVIDIS[low + 1], at) - part(CIVIDIS[low], at)));
  return `rgb(${mix(1)} ${mix(3)} ${mix(5)})`;
});
const OVER = 10;  // steps of the trailing mean that a noisy line is drawn as

class RunCanvas extends PanelCanvas {
  // Where a knob was turned.
  drawChanges({ at }) {
    for (const x of at.x) { this.g.beginPath(); this.g.moveTo(this.px(x), MARGIN.top); this.g.lineTo(this.px(x), this.height - MARGIN.bottom); this.stroke("guide"); }
  }

  // Each step by itself, faint: a batch is a small sample.
  drawCloud({ role, at }) {
    const { g } = this;
    g.globalAlpha = 0.45; g.fillStyle = this.colour(role);
    for (let i = 0; i < at.x.length; i++) g.fillRect(this.px(at.x[i]) - 1, this.py(at.y[i]) - 1, 2, 2);
    g.globalAlpha = 1;
  }

  drawLayer({ role, at }) {
    const { g } = this;
    g.beginPath();
    for (let i = 0; i < at.x.length; i++) g.lineTo(this.px(at.x[i]), this.py(at.high[i]));
    for (let i = at.x.length - 1; i >= 0; i--) g.lineTo(this.px(at.x[i]), this.py(at.low[i]));
    g.closePath();
    g.globalAlpha = 0.55; g.fillStyle = this.colour(role); g.fill(); g.globalAlpha = 1;
  }

  // One column an evaluation, one row a prompt; the first prompt is the hardest and lies at the bottom.
  drawHeat({ at, columns, until }) {
    const all = columns(), last = until();
    const rows = all[0]?.length ?? 0, edge = (i) => Math.round(this.py(i / rows));
    all.forEach((p, i) => {
      const left = Math.round(this.px(at.x[i])), right = Math.round(this.px(at.x[i + 1] ?? last));
      for (let row = 0; row < rows; row++) {
        this.g.fillStyle = PALETTE[Math.round(p[row] * 100)];
        this.g.fillRect(left, edge(row + 1), right - left, edge(row) - edge(row + 1));
      }
    });
  }

  // A layer is named on its upper edge once it is there; a line that others lie above is named below itself.
  anchor(mark, state) {
    const { at } = mark;
    if (mark.kind === "Layer") {
      if (!at.x.some((_, i) => at.high[i] - at.low[i] > 0.04)) return null;
      return super.anchor({ ...mark, kind: "Line", at: { x: at.x, y: at.high } }, state);
    }
    const label = super.anchor(mark, state);
    if (label && mark.below) label.y = Math.min(label.y + 24, this.height - MARGIN.bottom - 8);
    return label;
  }
}

function mountCockpit(root, spec, { ask }) {
  const id = newId(), { look } = spec;
  const data = {}, scope = { axes: data, tables: {}, controls: new Set(), found: new Map() };
  const values = (name) => ["coordinate", name];
  let view = {}, frame = 0, theme = currentTheme(), missed = 0, spokenAt = 0, spokenTimer = 0, have = null;

  const steps = { label: "training step", scale: "linear", low: 0, high: 50 };
  const along = (x, y, role, label = null, label_at = 0.9) => ({ kind: "Line", role, x: values(x), y: values(y), label, label_at });
  const cloud = (y, role) => ({ kind: "Cloud", role, x: values("step"), y: values(y) });
  const layer = (low, high, role, label, label_at) => ({ kind: "Layer", role, x: values("step"), low: values(low), high: values(high), label, label_at });
  const turned = { kind: "Changes", x: values("changed") };
  const share = (label) => ({ label, scale: "linear", low: 0, high: 1 });
  const PICTURES = [
    { name: "curve", x: { label: "draws k", scale: "log2", low: 1, high: 1024 }, y: share("pass@k, exact"), marks: [
      { kind: "Rule", role: "guide", x: values("k"), label: "trained k", label_at: 0 },
      { ...along("draws", "base", "before", "base", 0.2), below: true }, along("draws", "seen", "exact", "seen numbers", 0.2),
      { ...along("draws", "unseen", "pass@k", "held-out numbers", 0.8), below: true }] },
    { name: "map", x: steps, y: share("share of prompts, hardest below"), marks: [
      { kind: "Heat", x: values("evaluated"), columns: () => data.maps, until: () => data.evaluated.at(-1) + spec.evaluate_every }] },
    { name: "batch", title: `In the batch: pass@1, pass@${spec.watch}, and the gap between them`, x: steps, y: share("success in the batch"), marks: [
      { kind: "Band", role: "gap", x: values("step"), low: values("pass_at_1 mean"), high: values("pass_at_k mean") }, turned,
      cloud("pass_at_1", "pass@1"), cloud("pass_at_k", "pass@k"),
      along("step", "pass_at_1 mean", "pass@1", "pass@1", 0.5), along("step", "pass_at_k mean", "pass@k", `pass@${spec.watch}`, 0.5),
      along("step", "gap mean", "gap", "gap", 0.15)] },
    { name: "silent", title: "Groups that teach nothing: all wrong, or all right", x: steps, y: share("share of groups"), marks: [
      layer("zero", "wrong mean", "wrong", "all wrong", 0.25), layer("wrong mean", "alike mean", "correct", "all right", 0.6), turned,
      along("step", "silent mean", "exact", "no signal", 0.95)] },
    { name: "entropy", title: "Entropy: how open an answer is while it is written", x: steps, y: { label: "nats an answer", scale: "linear", low: 0 }, marks: [
      turned, cloud("entropy", "pass@1"), along("step", "entropy mean", "pass@1")] },
    { name: "distinct", title: `Distinct right solutions in a group of ${spec.n}`, x: steps, y: { label: "solutions", scale: "linear", low: 0 }, marks: [
      turned, cloud("distinct", "correct"), along("step", "distinct mean", "correct")] },
    { name: "norm", title: "Raw gradient norm, before clipping and before Adam rescales it", x: steps, y: { label: "gradient norm", scale: "log2", tight: true }, marks: [
      turned, cloud("gradient_norm", "exact"), along("step", "gradient_norm mean", "exact")] },
  ];
  const pictures = PICTURES.map((picture) => ({ ...picture, canvas: new RunCanvas(picture, scope, (text) => text, look), caption: make("figcaption", { text: picture.title ?? "" }) }));

  // Controls

  const send = (name, value) => ask({ do: "change", name, value });
  const select = (name, label, options, convert = String) => {
    const node = make("select", { id: `${id}-${name}`, autocomplete: "off", onchange: () => send(name, convert(node.value)) },
      ...options.map((option) => make("option", { value: option, text: option })));
    return { name, node, row: make("div", { class: "passk-control" }, make("label", { for: node.id, text: label }), node) };
  };
  const selects = [select("objective", "objective", spec.objectives), select("mechanism", "mechanism", spec.mechanisms),
    select("rate", "learning rate", spec.rates, Number), select("seed", "seed", spec.seeds, Number)];
  let restTimer = 0;
  const slider = makeSlider({ name: "k", label: "draws k", values: spec.draws }, `${id}-k`, ({ k }) => {
    slider.show(k);
    clearTimeout(restTimer);
    restTimer = setTimeout(() => { restTimer = 0; send("k", k); }, 150);  // the kernel hears of it when the hand rests
  });
  const range = slider.node.querySelector("input");
  const fields = make("div", { class: "passk-controls passk-fields" });
  const mechanism = make("p", { class: "passk-source" });
  const buttons = ["start", "pause", "step", "stop", "reset"].map((name) => {
    const button = make("button", { type: "button", text: name[0].toUpperCase() + name.slice(1), onclick: () => ask({ do: name }) });
    return { name, button };
  });
  const progress = make("progress", { max: spec.steps, value: 0, "aria-label": "steps done" }), count = make("span", { class: "passk-count" });
  const status = make("p", { class: "passk-status", role: "status" });
  const words = make("div", { class: "passk-words" }), spoken = make("div", { class: "passk-spoken", "aria-live": "polite" });
  const answers = make("ul"), answersTitle = make("figcaption", { id: `${id}-answers` });

  const figure = (picture) => make("figure", { class: `passk-${picture.name}` }, picture.caption, picture.canvas.canvas, ...(picture.name === "map" ? [make("div", { class: "passk-scale" },
    make("span", { text: "never, p = 0" }), make("i", { style: `background: linear-gradient(90deg, ${CIVIDIS.join(",")})` }), make("span", { text: "p = 1, always" }))] : []));
  root.replaceChildren(make("section", { class: "passk-explorer passk-cockpit", "aria-labelledby": `${id}-title`,
    // Keys belong to the controls here, not to the notebook, which would go on to the next cell.
    "data-lm-suppress-shortcuts": "true", onkeydown: (event) => event.stopPropagation() },
    make("h3", { id: `${id}-title`, text: spec.title }),
    make("div", { class: "passk-controls" }, selects[0].row, slider.node, selects[1].row, selects[2].row, selects[3].row),
    fields, mechanism,
    make("div", { class: "passk-try", role: "group", "aria-label": "Run" }, ...buttons.map(({ button }) => button), progress, count),
    status, words, make("div", { class: "passk-panels" }, ...pictures.map(figure),
      make("figure", { class: "passk-answers", role: "group", "aria-labelledby": answersTitle.id }, answersTitle, answers)),
    make("p", { class: "passk-source", text: `Evaluated exactly, every ${spec.evaluate_every} steps, on the prompts of ${spec.judged} held-out sets of ` +
      `numbers and as many seen ones: a part of each split, so that it takes a fraction of a second. Lines over steps are means of the last ${OVER} steps; dots are single steps; ` +
      "a dashed upright line marks a change made while the run went on." }), spoken));
  const section = root.firstChild;

  // The kernel says what the controls show, after a refused value as well.
  function showView(next) {
    const held = document.activeElement;
    view = next;
    for (const { name, node } of selects) {
      node.value = String(view.choices[name]);
      node.disabled = spec.fixed.includes(name) ? !view.choosing : !view.open.includes(name);
    }
    if (!restTimer) slider.show(view.choices.k);
    range.disabled = !view.draws || !view.open.includes("k");
    slider.node.classList.toggle("passk-off", range.disabled);
    slider.node.title = view.draws ? "" : `${view.choices.objective} has no k`;
    showFields();
    mechanism.textContent = view.mechanism;
    for (const { name, button } of buttons) button.disabled = !view.buttons.includes(name);
    status.textContent = view.said;
    status.classList.toggle("passk-refused", view.refused);
    // A button that has just gone grey leaves the keyboard nowhere.
    if (buttons.some(({ button }) => button === held && button.disabled)) buttons.find(({ button }) => !button.disabled)?.button.focus();
    data.k = view.draws ? view.choices.k : NaN;
    spokenAt = 0;
    schedule();
  }

  function showFields() {
    const inputs = [...fields.querySelectorAll("input")], names = view.coefficients.map((c) => c.name);
    if (inputs.map((input) => input.name).join() !== names.join()) {
      fields.replaceChildren(...view.coefficients.map(({ name, label, step }) => {
        const input = make("input", { id: `${id}-${name}`, name, type: "number", step, autocomplete: "off",
          onchange: () => send(name, Number.isNaN(input.valueAsNumber) ? input.value : input.valueAsNumber) });
        return make("div", { class: "passk-control" }, make("label", { for: input.id, text: label }), input);
      }));
    }
    for (const { name, value } of view.coefficients) {
      const input = fields.querySelector(`[name="${name}"]`);
      input.value = numberText(value, 12);
      input.disabled = !view.open.includes("coefficients");
    }
  }

  // Rows of the run: all at once, or those that are new.
  function showRows(rows, whole) {
    if (!whole && (rows.run !== have?.run || rows.from !== have.to)) return ask({ do: "look" });
    have = rows;
    if (whole) Object.assign(data, { draws: Array.from({ length: 11 }, (_, i) => 2 ** i), evaluated: [], maps: [], changed: [], base: [], seen: [], unseen: [] });
    for (const [name, column] of Object.entries(rows.columns)) {
      data[name] = (whole ? [] : data[name]).concat(column.map((v) => v ?? NaN));
    }
    for (const { step, unseen, seen, p } of rows.evaluations) {
      data.evaluated.push(step); data.maps.push(p); data.unseen = unseen; data.seen = seen;
      if (step === 0) data.base = unseen;
    }
    data.changed.push(...rows.changes.map(([step]) => step));
    data.zero = data.step.map(() => 0);
    data.wrong = data.all_wrong; data.alike = data.all_wrong.map((v, i) => v + data.all_right[i]);
    for (const name of ["pass_at_1", "pass_at_k", "gap", "wrong", "alike", "silent", "entropy", "distinct", "gradient_norm"]) data[`${name} mean`] = trailing(data[name]);
    for (const input of fields.querySelectorAll("input")) {  // a controller moves its coefficient by itself
      if (input !== document.activeElement && input.name in rows.now) input.value = numberText(Number(rows.now[input.name].toPrecision(4)), 12);
    }
    schedule();
  }

  const trailing = (column) => column.map((_, i) => {
    const part = column.slice(Math.max(0, i + 1 - OVER), i + 1).filter((v) => !Number.isNaN(v));
    return part.reduce((a, b) => a + b, 0) / part.length;
  });

  const schedule = () => { if (!frame) frame = requestAnimationFrame(draw); };

  function draw() {
    frame = 0;
    if (!have || !data.evaluated.length && view.phase !== "preparing") return;
    progress.value = have.done;
    count.textContent = `step ${have.done} of ${spec.steps}`;
    words.textContent = have.words;
    steps.high = Math.min(Math.max(spec.steps, 1), [50, 100, 200, 400, 800, 1600].find((v) => v >= have.done + 1) ?? spec.steps);
    const norms = (data.gradient_norm ?? []).filter((v) => v > 0), norm = PICTURES.find(({ name }) => name === "norm").y;
    [norm.low, norm.high] = norms.length ? [2 ** Math.floor(Math.log2(Math.min(...norms))), 2 ** Math.ceil(Math.log2(Math.max(...norms) * 1.01))] : [0.5, 8];
    for (const { y, name } of PICTURES) if (["entropy", "distinct"].includes(name)) y.high = data.step.length ? undefined : 4;
    for (const { name, canvas, caption } of pictures) {
      if (have.captions[name]) caption.textContent = have.captions[name];
      canvas.draw({}, theme);
    }
    showAnswers();
    // While JupyterLab changes its theme the page has no layout for a moment, too short for a ResizeObserver to notice.
    missed = pictures.some(({ canvas }) => !canvas.width) ? missed + 1 : 0;
    if (missed && missed < 20) setTimeout(schedule, 50);
    speak();
  }

  function showAnswers() {
    answersTitle.textContent = have.samples.length ? `First sample of ${have.samples.length} groups of the last batch: numbers → target: steps` : "Sampled answers appear here with the first step";
    answers.replaceChildren(...have.samples.map(({ asked, answer, right }) => make("li", { class: right ? "passk-right" : "passk-wrong" },
      make("b", { text: right ? "✓" : "✗", "aria-hidden": "true" }), make("span", { class: "passk-spoken", text: right ? "right: " : "wrong: " }), make("code", { text: `${asked}: ${answer}` }))));
  }

  // A screen reader hears the numbers now and then, not five times a second.
  function speak() {
    const wait = spokenAt + 8000 - performance.now();
    clearTimeout(spokenTimer);
    if (wait > 0) { spokenTimer = setTimeout(speak, wait); return; }
    spokenAt = performance.now();
    spoken.textContent = have.words;
    for (const { canvas, caption } of pictures) canvas.canvas.setAttribute("aria-label", `${caption.textContent}. ${have.words}`);
  }

  function paint() {
    theme = currentTheme();
    for (const [name, colour] of [["ground", look.ground], ["ink", look.ink], ["quiet", look.quiet], ["grid", look.grid],
      ["accent", look.roles["pass@1"]], ["right", look.roles.correct], ["wrong", look.roles.wrong]]) section.style.setProperty(`--passk-${name}`, colour[theme]);
    section.style.colorScheme = theme;
    schedule();
  }
  const watcher = new MutationObserver(paint);
  watcher.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] });
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", paint);
  const sizes = new ResizeObserver(schedule);
  pictures.forEach(({ canvas }) => sizes.observe(canvas.canvas));
  paint();
  return {
    showView, showRows,
    destroy() {
      clearTimeout(restTimer); clearTimeout(spokenTimer); cancelAnimationFrame(frame);
      watcher.disconnect(); sizes.disconnect(); system.removeEventListener("change", paint);
    },
  };
}

let views = 0;  // of this widget: each loads this module anew

function render({ model, el }) {
  const ask = (what) => model.send(what);
  const cockpit = mountCockpit(el, model.get("_spec"), { ask });
  const all = () => { if ("columns" in model.get("_all")) cockpit.showRows(model.get("_all"), true); };
  const view = () => cockpit.showView(model.get("_view"));
  const hear = (message) => { if (message.rows) cockpit.showRows(message.rows, false); };
  all(); view();
  model.on("change:_all", all); model.on("change:_view", view); model.on("msg:custom", hear);
  views += 1;
  ask({ do: "look" });
  const rule = document.createElement("style");  // as long as the live one is on the page, its stand-in is hidden
  rule.textContent = `.${model.get("_still")} { display: none !important; }`;
  el.append(rule);
  return () => {
    model.off("change:_all", all); model.off("change:_view", view); model.off("msg:custom", hear);
    cockpit.destroy();
    views -= 1;
    // A run that nobody sees any more is held; reloading the page does not come here.
    if (!views) { try { ask({ do: "left" }); } catch { /* the widget is closed */ } }
  };
}

export default { render };
