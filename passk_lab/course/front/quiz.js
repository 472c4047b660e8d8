// One question with native radio buttons. JupyterLab takes arrow keys from ipywidgets' own; here it leaves them alone.

function render({ model, el }) {
  const { text, choices } = model.get("_question"), name = `passk-quiz-${Math.random().toString(36).slice(2)}`;
  const fieldset = document.createElement("fieldset");
  fieldset.className = "passk-quiz";
  fieldset.dataset.lmSuppressShortcuts = "true";
  fieldset.addEventListener("keydown", (event) => event.stopPropagation());
  const legend = document.createElement("legend");
  legend.textContent = text;
  const reply = document.createElement("p");
  reply.setAttribute("role", "status");
  const inputs = choices.map((choice, i) => {
    const label = document.createElement("label"), input = document.createElement("input");
    Object.assign(input, { type: "radio", name, value: String(i + 1), autocomplete: "off" });
    input.addEventListener("change", () => { model.set("choice", i + 1); model.save_changes(); });
    label.append(input, " ", choice.text);
    fieldset.append(label);
    return input;
  });
  const show = () => {
    const number = model.get("choice"), chosen = choices[number - 1];
    inputs.forEach((input, i) => { input.checked = i + 1 === number; });
    reply.textContent = chosen ? `${chosen.right ? "✓ Right." : "✗ Not quite."} ${chosen.reason}` : "";
  };
  fieldset.prepend(legend);
  fieldset.append(reply);
  el.append(fieldset);
  model.on("change:choice", show);
  show();
  return () => model.off("change:choice", show);
}

export default { render };
