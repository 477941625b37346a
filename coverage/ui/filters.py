"""The filters of the sidebar: which of the loaded rules count. Each is there where the rules state what it asks for."""

from __future__ import annotations

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
    setting = some_of(key, facet.counts, [])
    setting.seed(link)
    if facet.counts:
        offered = list(facet.counts)[:_MOST]
        known = len(facet.counts)
        cut = f" On offer are the {_MOST:,} most frequent of {known:,}." if known > _MOST else ""
        st.multiselect(
            what.capitalize(),
            [*offered, *(value for value in setting.value if value not in offered)],
            format_func=lambda value: f"{_short(value)} ({facet.counts[value]:,})",
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


def _verb(rules: int) -> str:
    return "states" if rules == 1 else "state"


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
