// The same explorer as a widget of a notebook (anywidget).

function render({ model, el }) {
  const data = model.get("_data");
  const buffer = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const view = mount(el, model.get("_spec"), buffer, model.get("_values"), {
    onRest: (state) => { model.set("_values", state); model.save_changes(); },
  });
  const follow = () => view.setState(model.get("_values"));
  model.on("change:_values", follow);
  // The still picture below stands in where no kernel runs (a file on GitHub, a reopened notebook). As long as the live
  // one is on the page, so is this rule, which hides it.
  const rule = document.createElement("style");
  rule.textContent = `.${model.get("_still")} { display: none !important; }`;
  el.append(rule);
  return () => { model.off("change:_values", follow); view.destroy(); };
}

export default { render };
