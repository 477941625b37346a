"""The colours of levels and percentages, on a light and on a dark page."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.score import Level


@dataclass(frozen=True, slots=True)
class TileColours:
    """Fill and text colour of one kind of tile; the text has a contrast of at least 4.5:1 on the fill (WCAG AA)."""

    fill: str
    text: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of levels on a light or a dark page, and of bars from good to bad."""

    levels: dict[Level, TileColours]
    good: str
    fair: str
    bad: str


_NO_RULES = {False: TileColours("#e2e8f0", "#334155"), True: TileColours("#1e293b", "#cbd5e1")}


def palette(*, colour_blind_safe: bool, dark: bool) -> Palette:
    """The specification's green, yellow and grey, or blue, yellow and grey for every kind of colour vision.

    The second palette is of Okabe and Ito, https://jfly.uni-koeln.de/color/.
    """
    if colour_blind_safe:
        return Palette(
            {
                Level.FULL: TileColours("#0072b2", "#ffffff"),
                Level.PARTIAL: TileColours("#f0e442", "#1c1917"),
                Level.NONE: _NO_RULES[dark],
            },
            good="#0072b2",
            fair="#f0e442",
            bad="#d55e00",
        )
    return Palette(
        {
            Level.FULL: TileColours("#22c55e", "#052e16"),
            Level.PARTIAL: TileColours("#facc15", "#422006"),
            Level.NONE: _NO_RULES[dark],
        },
        good="#22c55e",
        fair="#eab308",
        bad="#ef4444",
    )
