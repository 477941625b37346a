"""The colours: their contrast, and what they look like for every kind of colour vision."""

from itertools import combinations

import pytest

from coverage.figures import palette
from coverage.score import Level
from tests.figures.colours import contrast, linear, times

PALETTES = {
    f"{'safe' if safe else 'usual'}, {'dark' if dark else 'light'}": palette(colour_blind_safe=safe, dark=dark)
    for safe in (False, True)
    for dark in (False, True)
}
EACH_PALETTE = pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)


def test_the_contrast_of_black_and_white_is_21():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


@EACH_PALETTE
@pytest.mark.parametrize("level", Level)
def test_text_can_be_read_on_every_fill(colours, level):
    assert contrast(colours.levels[level].fill, colours.levels[level].text) >= 4.5


# What a colour looks like without one kind of cone: Machado, Oliveira and Fernandes 2009, severity 1.
VISION = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))


def lab(colour, vision):
    """CIE L*a*b* under D65, in which distances are about as large as they look; 2.3 is just noticeable."""
    seen = [min(max(part, 0), 1) for part in times(VISION[vision], linear(colour))]
    x, y, z = (
        value ** (1 / 3) if value > 216 / 24389 else (841 / 108) * value + 4 / 29
        for value in (part / sum(row) for part, row in zip(times(_XYZ, seen), _XYZ, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("vision", VISION)
def test_the_safe_levels_differ_for_every_kind_of_colour_vision(vision, dark):
    levels = palette(colour_blind_safe=True, dark=dark).levels
    for one, other in combinations([lab(colours.fill, vision) for colours in levels.values()], 2):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 20
