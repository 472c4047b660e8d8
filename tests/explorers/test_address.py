"""A view as a text and back: every explorer that ships, every preset, and what people type by hand."""

import pytest

from passk_lab import explorers
from passk_lab.explorers import Description, Toggle, address
from tests.explorers.fourth import waves

SHIPPED = {name: make().description for name, make in explorers.BY_NAME.items()}
STATES = {
    f"{name}: {label}": (description, description.accept(changes))
    for name, description in SHIPPED.items()
    for label, changes in [("start", {}), *((preset.label, preset.state) for preset in description.presets)]
}


@pytest.mark.parametrize("at", STATES)
def test_a_state_comes_back_from_its_text(at):
    description, state = STATES[at]
    text = address.state_text(description, state)
    assert address.parsed(description, text) == state
    assert address.parsed(description, "#" + address.query(state)) == state
    assert address.parsed(description, text.replace("-", "_", description.name.count("-"))) == state
    assert explorers.from_state(text).state == text
    last = len(description.panels)
    view = address.View(state, panel=last, hides=True, presents=True, keys=False)
    assert address.view(description, address.state_text(description, state, view)) == view


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ("pass_at_k?k=16&p=.9", {"k": 16, "p": 0.9}),
        ("pass-at-k", {"k": 8, "p": 0.1}),
        ("#k=16", {"k": 16, "p": 0.1}),
        ("  k=1000&p=.333\n", {"k": 1024, "p": 0.33}),
        ("k=1e3", {"k": 1024, "p": 0.1}),
        ("k=4&k=8", {"k": 8, "p": 0.1}),
        ("p=0.90000000001&present=1&hide=answer&panel=3", {"k": 8, "p": 0.9}),
    ],
)
def test_what_is_typed_by_hand_is_understood(typed, state):
    assert address.parsed(SHIPPED["pass-at-k"], typed) == state


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("pass-at-k?q=1", r"there is no control called 'q'.*There are: k, p"),
        ("pass-at-k?k=2000", r"k = 2000 is not on this slider, which runs from 1 to 1024"),
        ("pass-at-k?panel=4", r"panel = '4' says nothing here; there is: 1, 2, 3\."),
        ("pass-at-k?keys=0", r"keys = '0' says nothing here; there is: off\."),
        ("pass-at-k?hide=all", r"hide = 'all' says nothing here; there is: answer\."),
        ("collapse?k=2", r"belongs to the explorer 'collapse', not to 'pass-at-k'"),
        ("pass-at-k?k", r"it is written as in 'pass-at-k\?k=8&p=0.1'"),
    ],
)
def test_what_is_not_understood_is_said(typed, says):
    with pytest.raises(ValueError, match=says):
        address.view(SHIPPED["pass-at-k"], typed)


def test_an_explorer_without_a_vote_has_no_answer_to_hide():
    with pytest.raises(ValueError, match=r"hide = 'answer' says nothing here: waves asks nothing, so there is no"):
        address.view(waves(), "waves?hide=answer")
    assert not address.view(waves(), "waves?hide=").hides


def test_no_control_is_called_as_what_an_address_says_besides():
    parts = {field: getattr(waves(), field) for field in Description.__dataclass_fields__ if field != "scope"}
    with pytest.raises(ValueError, match="no control can be called 'panel', which has a meaning in addresses"):
        Description(**{**parts, "controls": [*waves().controls, Toggle("panel", "in the way")]})
