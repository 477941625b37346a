"""The filters of the sidebar: which of the loaded rules count. Each is there where the rules state what it asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import streamlit as st

from coverage.filters import Facet, RuleFilter
from coverage.store import Load
from coverage.ui.caches import facets_of
from coverage.ui.links import Link, some_of
from coverage.ui.markup import count
from coverage.ui.reruns import touched

_MOST = 500  # values on offer; a link may name any
_LONGEST = 60  # characters of a value on offer


def choose_filter(load: Load, link: Link | None) -> RuleFilter:
    """Draw what the rules of a load can be filtered by, and return what the visitor chose."""
    found = facets_of(load)
    return RuleFilter(
        tenants=_choose("tenant", "tenant", found.tenants, link),
        logsources=_choose("logsource", "log source", found.logsources, link),
        tags=_choose("tag", "tag", found.tags, link),
    )


def _choose(key: str, what: str, facet: Facet, link: Link | None) -> frozenset[str]:
    # What no rule states any more stays chosen: in its place the rules of all the others would be shown.
    setting = some_of(key, facet.counts, [], others=True)
    setting.seed(link)
    if facet.counts or setting.value:
        offered = list(facet.counts)[:_MOST]
        known = len(facet.counts)
        cut = f" On offer are the {_MOST:,} most frequent of {known:,}." if known > _MOST else ""
        labels = _labels([*offered, *(value for value in setting.value if value not in offered)], facet.counts)
        st.multiselect(
            what.capitalize(),
            list(labels),
            format_func=lambda value: labels.get(value, value),
            key=key,
            placeholder="All",
            select_all=False,
            persist_state="session",
            on_change=touched,
            help=f"Only rules with one of these count. A rule that states no {what} counts only where none is chosen."
            + cut,
        )
    setting.say()
    if setting.value and facet.unstated:
        st.caption(f"Left out as well: {count(facet.unstated, 'rule')} that {_verb(facet.unstated)} no {what}.")
    return frozenset(setting.value)


def _labels(values: Iterable[str], counts: Mapping[str, int]) -> dict[str, str]:
    """What stands for each value in a menu, no two alike, because Streamlit tells options by what is shown."""
    labels: dict[str, str] = {}
    shown: Counter[str] = Counter()
    for value in values:
        short = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
        label = f"{short} ({counts.get(value, 0):,})"
        shown[label] += 1
        labels[value] = label if shown[label] == 1 else f"{label} · {shown[label]}"
    return labels


def _verb(rules: int) -> str:
    return "states" if rules == 1 else "state"
