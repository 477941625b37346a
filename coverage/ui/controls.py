"""The sidebar's settings. Each is part of the page's link: Back, a reload and a shared link bring them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from coverage.catalog import CATALOGS, SHIPPED
from coverage.figures import Palette, palette
from coverage.mapping import Match
from coverage.model import Severity
from coverage.score import Settings
from coverage.ui.links import Link, Shared, one_of, some_of, switch
from coverage.ui.reruns import touched

_CATALOG_LABELS = {"threatops": "ThreatOps", "enterprise": "Enterprise"}
_MATCH_LABELS = {str(Match.ROLLUP): "Roll up", str(Match.EXACT): "Exact id"}
_SEVERITIES = [str(severity) for severity in Severity]
_MOST_RULES = 1000


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() and len(word) < 5 and 1 <= int(word) <= _MOST_RULES else None


def _percents(word: str) -> tuple[int, int] | None:
    low, _, high = word.partition("-")
    if not (low.isdecimal() and high.isdecimal() and len(word) <= 7):
        return None
    return (int(low), int(high)) if int(low) <= int(high) <= 100 else None


_CATALOG = one_of("catalog", CATALOGS, next(iter(CATALOGS)))
_ATTACK_VERSION = one_of("attack_version", SHIPPED, SHIPPED[0])
_SEVERITY = some_of("severity", _SEVERITIES, _SEVERITIES)
_POTENTIAL = switch("potential")
_MATCH = one_of("match", _MATCH_LABELS, str(Match.ROLLUP))
_FULL = Shared("full", Settings().full, _number, str)
_BARS = Shared("bars", (40, 70), _percents, lambda ends: f"{ends[0]}-{ends[1]}")
_SAFE_COLOURS = switch("safe_colours")
_SHARED: tuple[Shared[Any], ...] = (
    _CATALOG,
    _ATTACK_VERSION,
    _SEVERITY,
    _POTENTIAL,
    _MATCH,
    _FULL,
    _BARS,
    _SAFE_COLOURS,
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the visitor chose. A percentage is good from `good_from` and fair from `fair_from`."""

    catalog: str
    attack_version: str
    settings: Settings
    fair_from: int
    good_from: int
    colour_blind_safe: bool
    colours: Palette

    def colour(self, percent: int | None) -> str:
        """The colour of a percentage."""
        if percent is None or percent < self.fair_from:
            return self.colours.bad
        return self.colours.good if percent >= self.good_from else self.colours.fair

    def deviations(self) -> list[str]:
        """In words, what makes these figures other than the specification's own."""
        found: list[str] = []
        usual = Settings()
        if self.settings.severities != usual.severities:
            chosen = [severity for severity in Severity if severity in self.settings.severities]
            found.append(f"only {', '.join(chosen)} rules")
        if self.settings.potential:
            found.append("disabled rules counted as if enabled")
        if self.settings.match is Match.EXACT:
            found.append("sub-techniques not rolled up")
        if self.settings.full != usual.full:
            found.append(f"full from {self.settings.full} rules")
        return found


def choose(link: Link | None, place: str) -> Choices:
    """Draw the settings; `place` is the page's, "light" or "dark"."""
    for setting in _SHARED:
        setting.seed(link)
    st.segmented_control(
        "Matrix",
        list(CATALOGS),
        required=True,
        format_func=_CATALOG_LABELS.__getitem__,
        key=_CATALOG.key,
        persist_state="session",
        on_change=touched,
        width="stretch",
    )
    st.selectbox(
        "ATT&CK version",
        SHIPPED,
        key=_ATTACK_VERSION.key,
        persist_state="session",
        on_change=touched,
        help="Which version's ids are known. Revoked ids of older rules are followed to their replacement.",
    )
    st.divider()
    st.pills(
        "Severity",
        _SEVERITIES,
        selection_mode="multi",
        format_func=str.title,
        key=_SEVERITY.key,
        persist_state="session",
        on_change=touched,
        help="Only rules of these severities count. None chosen counts as all.",
    )
    st.toggle(
        "Count disabled rules too",
        key=_POTENTIAL.key,
        persist_state="session",
        on_change=touched,
        help="Shows the coverage as it would be if every disabled rule were enabled.",
    )
    st.segmented_control(
        "Sub-techniques",
        list(_MATCH_LABELS),
        required=True,
        format_func=_MATCH_LABELS.__getitem__,
        key=_MATCH.key,
        persist_state="session",
        on_change=touched,
        width="stretch",
        help="Roll up: a rule on a sub-technique counts for its technique too. Exact id: only where it is named.",
    )
    st.number_input(
        "Full coverage from … rules",
        min_value=1,
        max_value=_MOST_RULES,
        key=_FULL.key,
        persist_state="session",
        on_change=touched,
    )
    st.slider(
        "Yellow and green from … percent",
        0,
        100,
        format="%d %%",
        key=_BARS.key,
        persist_state="session",
        on_change=touched,
    )
    st.toggle("Colour-blind safe colours", key=_SAFE_COLOURS.key, persist_state="session", on_change=touched)
    for setting in _SHARED:
        setting.say()
    fair_from, good_from = _BARS.value
    colour_blind_safe = _SAFE_COLOURS.value
    return Choices(
        catalog=_CATALOG.value,
        attack_version=_ATTACK_VERSION.value,
        settings=Settings(
            match=Match(_MATCH.value),
            full=_FULL.value,
            severities=frozenset(map(Severity, _SEVERITY.value or _SEVERITIES)),
            potential=_POTENTIAL.value,
        ),
        fair_from=fair_from,
        good_from=good_from,
        colour_blind_safe=colour_blind_safe,
        colours=palette(colour_blind_safe=colour_blind_safe, dark=place == "dark"),
    )
