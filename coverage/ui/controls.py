"""The sidebar's settings. Each is kept in the URL, so that back, reload and a shared link bring them again."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from coverage.catalog import CATALOGS, SHIPPED
from coverage.figures import Palette, palette
from coverage.mapping import Match
from coverage.model import Severity
from coverage.score import Settings
from coverage.ui.reruns import touched

_CATALOG_LABELS = {"threatops": "ThreatOps", "enterprise": "Enterprise"}
_MATCH_LABELS = {Match.ROLLUP: "Roll up", Match.EXACT: "Exact id"}
_SEVERITIES = [str(severity) for severity in Severity]


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


def choose(place: str) -> Choices:
    """Draw the settings; `place` is the page's, "light" or "dark"."""
    st.segmented_control(
        "Matrix",
        list(CATALOGS),
        default=next(iter(CATALOGS)),
        required=True,
        format_func=_CATALOG_LABELS.__getitem__,
        key="catalog",
        bind="query-params",
        on_change=touched,
        width="stretch",
    )
    st.selectbox(
        "ATT&CK version",
        SHIPPED,
        key="attack_version",
        bind="query-params",
        on_change=touched,
        help="Which version's ids are known. Revoked ids of older rules are followed to their replacement.",
    )
    st.divider()
    severities = st.pills(
        "Severity",
        _SEVERITIES,
        selection_mode="multi",
        default=_SEVERITIES,
        format_func=str.title,
        key="severity",
        bind="query-params",
        on_change=touched,
        help="Only rules of these severities count. None chosen counts as all.",
    )
    potential = st.toggle(
        "Count disabled rules too",
        key="potential",
        bind="query-params",
        on_change=touched,
        help="Shows the coverage as it would be if every disabled rule were enabled.",
    )
    match = st.segmented_control(
        "Sub-techniques",
        [str(match) for match in Match],
        default=str(Match.ROLLUP),
        required=True,
        format_func=lambda name: _MATCH_LABELS[Match(name)],
        key="match",
        bind="query-params",
        on_change=touched,
        width="stretch",
        help="Roll up: a rule on a sub-technique counts for its technique too. Exact id: only where it is named.",
    )
    full = st.number_input(
        "Full coverage from … rules",
        min_value=1,
        max_value=1000,
        value=Settings().full,
        key="full",
        bind="query-params",
        on_change=touched,
    )
    fair_from, good_from = st.slider(
        "Yellow and green from … percent",
        0,
        100,
        (40, 70),
        format="%d %%",
        key="bars",
        bind="query-params",
        on_change=touched,
    )
    colour_blind_safe = st.toggle(
        "Colour-blind safe colours", key="safe_colours", bind="query-params", on_change=touched
    )
    return Choices(
        catalog=st.session_state["catalog"],
        attack_version=st.session_state["attack_version"],
        settings=Settings(
            match=Match(match),
            full=int(full),
            severities=frozenset(map(Severity, severities or _SEVERITIES)),
            potential=potential,
        ),
        fair_from=fair_from,
        good_from=good_from,
        colour_blind_safe=colour_blind_safe,
        colours=palette(colour_blind_safe=colour_blind_safe, dark=place == "dark"),
    )
