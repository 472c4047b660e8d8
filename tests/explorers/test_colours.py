"""Colours that stand together are told apart by every kind of eye, and dashes tell lines apart without any colour.

How an eye without one kind of cone sees is simulated as Machado, Oliveira and Fernandes do at full severity (IEEE TVCG
15(6), 2009, table of matrices in linear RGB); colours are compared in OKLab (Ottosson 2020), times 100, where a step of
2 is just seen.
"""

from itertools import combinations

import numpy as np
import pytest

from passk_lab import explorers, look
from passk_lab.explorers.description import Heat, Line, Tiles

EYES = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
APART = 8.0
"""Least distance of two colours in one panel."""
TILES_APART = 4.0
"""The same of areas side by side, whose colour is let through and whose names stand on them."""
READABLE = 4.5
"""Least contrast of a text and its ground (WCAG 2, success criterion 1.4.3)."""
THROUGH = 0.4
"""How strongly tiles are coloured."""


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def gamma(light):
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 0) ** (1 / 2.4) - 0.055)


def oklab(light):
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    ) @ np.clip(light, 0, 1)
    mixed = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return 100 * np.array(mixed) @ np.cbrt(cones)


def apart(one, other, eye):
    """Distance of two colours, in linear RGB, to an eye."""
    return float(np.linalg.norm(oklab(EYES[eye] @ one) - oklab(EYES[eye] @ other)))


def over_ground(colour, theme):
    """A colour let through to its ground, as a canvas mixes them: in the coded values."""
    mixed = THROUGH * gamma(linear(colour)) + (1 - THROUGH) * gamma(linear(look.GROUND[theme]))
    return np.where(mixed <= 0.04045, mixed / 12.92, ((mixed + 0.055) / 1.055) ** 2.4)


PANELS = [
    pytest.param(panel, id=f"{name}: {panel.name}")
    for name, make in explorers.BY_NAME.items()
    for panel in make().description.panels
]


def test_the_measure_is_the_one_that_is_named():
    # White is 100 from black to every eye, and red and green of one lightness are one to an eye without green cones.
    for eye in EYES:
        assert apart(linear("#FFFFFF"), linear("#000000"), eye) == pytest.approx(100, abs=0.1)
    assert apart(linear("#007A59"), linear("#B3456B"), "all cones") > 25
    assert apart(linear("#007A59"), linear("#B3456B"), "deuteranopia") < 5  # "never" and "always", as they were


def too_close(panel, theme):
    """Pairs of roles in one panel that some eye takes for each other."""
    # A guide is a thin grey line with a label or none; what it is does not depend on its colour.
    roles = {mark.role for mark in panel.marks if not isinstance(mark, Tiles | Heat)} - {"guide"}
    return {
        (one, other, eye): round(distance, 1)
        for one, other in combinations(sorted(roles), 2)
        for eye in EYES
        if (distance := apart(*(linear(getattr(look.ROLES[role], theme)) for role in (one, other)), eye)) < APART
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("panel", PANELS)
def test_colours_in_one_panel_are_told_apart_by_every_eye(panel, theme):
    assert not too_close(panel, theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_text_in_any_colour_of_the_lab_can_be_read(theme):
    # On a canvas a text has a rim of its ground, so what it lies over does not count (labels.js).
    plain = {"ink": look.INK[theme], "quiet": look.QUIET[theme]}
    on_ground = {**plain, **{name: getattr(role, theme) for name, role in look.ROLES.items()}}
    grounds = ((look.GROUND, on_ground), (look.GRID, plain))  # a button under the mouse has the colour of the grid
    faint = {
        (name, ground[theme]): round(contrast, 2)
        for ground, colours in grounds
        for name, colour in colours.items()
        if (contrast := look.contrast(colour, ground[theme])) < READABLE
    }
    assert not faint


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_areas_side_by_side_are_told_apart_by_every_eye(theme):
    kinds = [mark.kinds for panel in PANELS for mark in panel.values[0].marks if isinstance(mark, Tiles)]
    assert kinds
    for names in kinds:
        for (_, one), (_, other) in combinations(names, 2):
            for eye in EYES:
                colours = (over_ground(getattr(look.ROLES[role], theme), theme) for role in (one, other))
                assert apart(*colours, eye) >= TILES_APART, (one, other, eye)


@pytest.mark.parametrize("eye", EYES)
def test_a_larger_number_is_a_lighter_colour_to_every_eye(eye):
    lightness = [oklab(EYES[eye] @ linear(colour))[0] for colour in look.HEAT]
    assert (np.diff(lightness) > 3).all()


@pytest.mark.parametrize("panel", PANELS)
def test_lines_in_one_panel_differ_in_their_dashes_too(panel):
    roles = {mark.role for mark in panel.marks if isinstance(mark, Line)}
    drawn = {role: (look.ROLES[role].dash, look.ROLES[role].width) for role in roles}
    same = [pair for pair in combinations(sorted(roles), 2) if drawn[pair[0]] == drawn[pair[1]]]
    assert not same
