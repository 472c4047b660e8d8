"""address.js reads and writes as address.py does: every explorer and preset, and what is typed by hand."""

import pytest

from passk_lab import explorers
from passk_lab.explorers import address
from passk_lab.explorers.payload import FRONT, pack
from passk_lab.front import joined
from tests.explorers.fourth import waves

SHIPPED = [make().description for make in explorers.BY_NAME.values()]
KNOWN = {description.name: description for description in (*SHIPPED, waves())}
"""Those that ship, and one that asks nothing."""

TYPED = (
    "k=17&p=.904", "k=1e3", "k=1_0", "k=0x10", "k=+8", "k=", "?k", "k=4&k=8", "k=nan", "k=-1", "p=1.5", "t=2.5",
    "t=.5.", "speed=1", "panel=2", "panel=9", "panel=0", "hide=answer", "hide=all", "present=1", "present=yes",
    "keys=off", "keys=on", "keys=0",
    "bands=0", "bands=FALSE", "bands=maybe", "constructor=1", "__proto__=1", "a=%ED%A0%80", "method=pass%40k+loo",
)  # fmt: skip
READ = """([specs, texts]) => { FRONT
return texts.map(([name, text]) => { const spec = specs[name], { state, view, missed } = front.readView(spec, text);
  const start = Object.fromEntries(spec.controls.map((control) => [control.name, control.start]));
  const whole = { ...start, ...state };
  const words = front.missedWords(spec, missed);
  return { state: whole, view, missed, words, text: front.stateText(spec, whole, view) }; }); }"""


@pytest.fixture(scope="module")
def read(browser):
    page = browser.new_page()
    specs = {name: pack(description)[0] for name, description in KNOWN.items()}
    script = READ.replace("FRONT", joined(FRONT / "address.js"))
    yield lambda texts: page.evaluate(script, [specs, texts])
    page.close()


def test_every_preset_comes_back_from_its_text(read):
    states = []
    for description in SHIPPED:
        states += [(description, description.accept(preset.state)) for preset in description.presets]
        states.append((description, description.start))
    assert [description.name for description in SHIPPED] == list(explorers.BY_NAME)
    views = [address.View(state, i % 2, i % 3 == 0, i % 5 == 0, i % 7 > 0) for i, (_, state) in enumerate(states)]
    texts = [address.state_text(about, view.state, view) for (about, _), view in zip(states, views, strict=True)]
    found = read([[about.name, text] for (about, _), text in zip(states, texts, strict=True)])
    for one, text, view in zip(found, texts, views, strict=True):
        assert one["text"] == text
        assert {"state": one["state"], **one["view"]} == vars(view)
        assert one["missed"] == []


def test_what_python_refuses_the_page_leaves_out_and_names(read):
    asked = [[name, text] for name in KNOWN for text in TYPED]
    refused = 0
    for (name, text), one in zip(asked, read(asked), strict=True):
        description = KNOWN[name]
        assert ("no answer to hide" in one["words"]) == (name == "waves" and text == "hide=answer")
        try:
            view = address.view(description, text)
        except ValueError:
            refused += 1
            assert one["missed"], (name, text)
            assert "&" in text or one["state"] == description.start
        else:
            assert one["missed"] == [], (name, text)
            assert one["state"] == view.state
            assert one["text"] == address.state_text(description, view.state, view)
    assert len(KNOWN) < refused < len(asked)
