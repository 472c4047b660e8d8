// Native inputs with real labels: they answer to arrow keys and have a name for a screen reader.

function makeSlider(control, id, change) {
  const { name, label, values } = control, last = values.length - 1;
  const output = make("output", { for: id });
  const input = make("input", { id, type: "range", min: 0, max: last, step: 1, autocomplete: "off", oninput: () => {
    stop();
    change({ [name]: values[input.valueAsNumber] });
  } });
  const node = make("div", { class: "passk-control passk-slider" }, make("label", { for: id, text: label }), input, output);
  let timer = 0, button = null;
  const stop = () => {
    clearInterval(timer); timer = 0;
    if (button) { button.textContent = "▶"; button.setAttribute("aria-label", `Play ${label}`); }
  };
  const step = () => {
    if (input.valueAsNumber >= last) return stop();
    change({ [name]: values[input.valueAsNumber + 1] });
  };
  if (control.play) {
    button = make("button", { type: "button", class: "passk-play", onclick: () => {
      if (timer) return stop();
      if (input.valueAsNumber >= last) change({ [name]: values[0] });
      button.textContent = "⏸"; button.setAttribute("aria-label", `Pause ${label}`);
      timer = setInterval(step, 90);
    } });
    node.append(button);
    stop();
  }
  return {
    node, stop,
    show(value) {
      const text = numberText(value, 12);
      input.value = values.indexOf(value);
      input.setAttribute("aria-valuetext", text);
      output.textContent = text;
    },
  };
}

function makeChoice(control, id, change) {
  const select = make("select", { id, autocomplete: "off", onchange: () => change({ [control.name]: select.value }) },
    ...control.options.map((option) => make("option", { value: option, text: option })));
  const node = make("div", { class: "passk-control" }, make("label", { for: id, text: control.label }), select);
  return { node, show(value) { select.value = value; } };
}

function makeToggle(control, id, change) {
  const input = make("input", { id, type: "checkbox", autocomplete: "off",
    onchange: () => change({ [control.name]: input.checked }) });
  const node = make("div", { class: "passk-control" }, input, make("label", { for: id, text: control.label }));
  return { node, show(value) { input.checked = value; } };
}

// Pull a point or a line: wherever in the panel the pointer goes down, the nearest thing that can move comes along.
function allowDragging(panel, spec, change, stateNow) {
  const movable = panel.panel.marks.filter((mark) => mark.drag);
  if (!movable.length) return;
  const { canvas } = panel;
  canvas.classList.add("passk-movable");
  const name = movable[0].drag;
  const { values } = spec.controls.find((control) => control.name === name);
  const { to } = SCALES[panel.panel.x.scale];
  const follow = (event) => {
    const target = to(Math.max(panel.valueAt(event.offsetX), panel.rangeX[0]));
    const value = values.reduce((a, b) => (Math.abs(to(b) - target) < Math.abs(to(a) - target) ? b : a));
    if (value !== stateNow()[name]) change({ [name]: value });
  };
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); follow(event); });
  canvas.addEventListener("pointermove", (event) => { if (canvas.hasPointerCapture(event.pointerId)) follow(event); });
}
