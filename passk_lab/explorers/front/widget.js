// The same explorer as a widget of a notebook (anywidget).

function render({ model, el }) {
  const data = model.get("_data");
  const buffer = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const view = mount(el, model.get("_spec"), buffer, model.get("_values"), {
    onRest: (state) => { model.set("_values", state); model.save_changes(); },
  });
  const follow = () => view.setState(model.get("_values"));
  model.on("change:_values", follow);
  // The still picture below stands in where no kernel runs (a file on GitHub, a print); beside the live one it hides.
  const hide = () => document.querySelectorAll(`.${model.get("_still")}`).forEach((node) => { node.style.display = "none"; });
  hide();
  const later = new MutationObserver(hide);
  const output = el.closest(".jp-OutputArea, .cell_container, .output_container");
  if (output) later.observe(output, { childList: true, subtree: true });
  return () => { later.disconnect(); model.off("change:_values", follow); view.destroy(); };
}

export default { render };
