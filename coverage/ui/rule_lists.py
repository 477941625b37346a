"""The lists of the Rules page, one shown at a time; how long each is stands on its button."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import streamlit as st

from coverage.model import count_rules
from coverage.quality import Quality
from coverage.quality.stale import StaleTag
from coverage.quality.unmapped import UnmappedRule
from coverage.ui.caches import quality_of
from coverage.ui.frame import View
from coverage.ui.issues import draw_issues
from coverage.ui.links import one_of
from coverage.ui.markup import markdown
from coverage.ui.quality import draw_duplicates, draw_fragile, draw_low, draw_stale, draw_unmapped
from coverage.ui.reruns import touched
from coverage.ui.rules import draw_rules


@dataclass(frozen=True, slots=True)
class _List:
    """One list: the word on its button, how many entries it has, and how it is drawn."""

    label: str
    size: Callable[[View, Quality], int]
    draw: Callable[[View, Quality], None]


_LISTS = {
    "rules": _List(
        "All rules",
        lambda view, _: view.ruleset.rule_count,
        lambda view, _: draw_rules(view),
    ),
    "unmapped": _List("Unmapped", lambda _, quality: _rules(quality.unmapped), draw_unmapped),
    "stale": _List("Stale tags", lambda _, quality: _rules(quality.stale), draw_stale),
    "fragile": _List("Fragile cells", lambda _, quality: len(quality.fragile), draw_fragile),
    "low": _List("Low-severity cells", lambda _, quality: len(quality.low), draw_low),
    "duplicates": _List("Duplicates", lambda _, quality: len(quality.duplicates), draw_duplicates),
    "issues": _List("Issues", lambda view, _: len(view.coverage.issues), lambda view, _: draw_issues(view)),
}
_LIST = one_of("rules_list", _LISTS, "rules")


def draw_lists(view: View) -> None:
    """The choice of a list, and the chosen one."""
    quality = quality_of(view.loaded.load, view.choices)
    _LIST.seed(view.link)
    st.segmented_control(
        "List",
        list(_LISTS),
        required=True,
        format_func=lambda key: f"{_LISTS[key].label} **{_LISTS[key].size(view, quality):,}**",
        key=_LIST.key,
        label_visibility="collapsed",
        persist_state="session",
        on_change=touched,
    )
    _LIST.say()
    with st.container(border=True, key=f"panel_{_LIST.value}"):
        _LISTS[_LIST.value].draw(view, quality)
    for note in view.loaded.load.ruleset.notes:
        st.caption(markdown(note, 500))


def _rules(entries: Iterable[StaleTag | UnmappedRule]) -> int:
    return count_rules(each.rule for each in entries)
