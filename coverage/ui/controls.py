"""The sidebar's settings. Each is part of the page's link: Back, a reload and a shared link bring them again."""

from __future__ import annotations

from typing import Any

import streamlit as st

from coverage.catalog import CATALOGS, Catalog, available_versions, load_catalog, stored_problems
from coverage.catalog.narrow import has_pre_compromise, platforms_of
from coverage.figures import palette
from coverage.mapping import Match
from coverage.model import Severity
from coverage.score import Settings
from coverage.ui.choices import Choices, MatrixChoice
from coverage.ui.links import Link, Shared, one_of, some_of, switch
from coverage.ui.markup import markdown
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
_SEVERITY = some_of("severity", _SEVERITIES, _SEVERITIES)
_PRE_COMPROMISE = switch("pre_compromise", default=True)
_POTENTIAL = switch("potential")
_MATCH = one_of("match", _MATCH_LABELS, str(Match.ROLLUP))
_FULL = Shared("full", Settings().full, _number, str)
_BARS = Shared("bars", (40, 70), _percents, lambda ends: f"{ends[0]}-{ends[1]}")
_SAFE_COLOURS = switch("safe_colours")
_SHARED: tuple[Shared[Any], ...] = (
    _CATALOG,
    _PRE_COMPROMISE,
    _SEVERITY,
    _POTENTIAL,
    _MATCH,
    _FULL,
    _BARS,
    _SAFE_COLOURS,
)


def choose(link: Link | None, *, dark: bool) -> Choices:
    """Draw the settings and return what they say; `dark` says how the page is drawn.

    Raises CatalogError if an ATT&CK version can no longer be read.
    """
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
    attack_version = _choose_attack_version(link)
    platforms = _choose_platforms(link, load_catalog(_CATALOG.value, attack_version))
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
        matrix=MatrixChoice(_CATALOG.value, attack_version, tuple(platforms), _PRE_COMPROMISE.value),
        settings=Settings(
            match=Match(_MATCH.value),
            full=_FULL.value,
            severities=frozenset(map(Severity, _SEVERITY.value or _SEVERITIES)),
            potential=_POTENTIAL.value,
        ),
        fair_from=fair_from,
        good_from=good_from,
        colour_blind_safe=colour_blind_safe,
        dark=dark,
        colours=palette(colour_blind_safe=colour_blind_safe, dark=dark),
    )


def _choose_attack_version(link: Link | None) -> str:
    versions = available_versions()
    setting = one_of("attack_version", versions, versions[0])
    setting.seed(link)
    st.selectbox(
        "ATT&CK version",
        versions,
        key=setting.key,
        persist_state="session",
        on_change=touched,
        help="Which version's ids are known. Revoked ids of older rules are followed to their replacement.",
    )
    for problem in stored_problems():
        st.caption(f":material/warning: {markdown(problem)}")
    setting.say()
    return setting.value


def _choose_platforms(link: Link | None, catalog: Catalog) -> list[str]:
    platforms = platforms_of(catalog)
    setting = some_of("platforms", platforms, [])
    setting.seed(link)
    st.multiselect(
        "Platforms",
        platforms,
        key=setting.key,
        placeholder="All",
        persist_state="session",
        on_change=touched,
        help="Leaves out the techniques that none of these platforms has, and makes the denominator smaller by them.",
    )
    if has_pre_compromise(catalog):
        st.toggle(
            "Pre-compromise tactics",
            key=_PRE_COMPROMISE.key,
            persist_state="session",
            on_change=touched,
            help="Reconnaissance and Resource Development, which happen where few detections can see them.",
        )
    setting.say()
    return setting.value
