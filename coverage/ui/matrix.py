"""The clickable matrix, its legend, and the search that finds a technique without a mouse."""

from __future__ import annotations

import streamlit as st

from coverage.figures import EXPAND, expandable
from coverage.score import Level
from coverage.ui.caches import matrix_of
from coverage.ui.detail import draw_detail, open_detail
from coverage.ui.frame import View
from coverage.ui.links import Shared
from coverage.ui.markup import legend, rules_for
from coverage.ui.reruns import part_of_page_runs, touched
from coverage.ui.tiles import draw_grid

_ALL = "all"


def draw_matrix(view: View) -> None:
    """Draw the matrix; a click in a cell opens its technique's detail, one beside it shows its sub-techniques."""
    _expanded(expandable(view.coverage)).seed(view.link)
    with st.container(border=True, key="panel_matrix"):
        _panel(view)


@st.fragment
def _panel(view: View) -> None:
    """The matrix with its detail: a part of the page, so that a click need not wait for the whole of it."""
    part_of_page_runs()
    draw_detail(view)  # first, because whoever clicked a cell waits for it
    techniques = expandable(view.coverage)
    setting = _expanded(techniques)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        _legend(view)
        with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
            if techniques:
                _draw_expand_all(setting, techniques)
            _search(view)
    setting.say()
    draw_grid(
        matrix_of(view.loaded.load, view.coverage, view.choices, tuple(sorted(setting.value))),
        "matrix",
        alt=_alt(view),
        clicked=lambda tactic, technique: _clicked(tactic, technique, setting, techniques),
    )


def _expanded(techniques: frozenset[str]) -> Shared[frozenset[str]]:
    """The techniques whose sub-techniques are shown: "all", or their ids, in the URL."""

    def read(words: str) -> frozenset[str] | None:
        chosen = techniques if words == _ALL else frozenset(words.split(",")) & techniques
        return chosen or None

    def write(chosen: frozenset[str]) -> str:
        return _ALL if chosen >= techniques else ",".join(sorted(chosen & techniques))

    return Shared("expanded", frozenset(), read, write)


def _draw_expand_all(setting: Shared[frozenset[str]], techniques: frozenset[str]) -> None:
    everything = setting.value >= techniques
    st.button(
        "Collapse all" if everything else "Expand all",
        icon=":material/unfold_less:" if everything else ":material/unfold_more:",
        key="expand_all",
        on_click=_expand,
        args=(setting, frozenset() if everything else techniques),
        help="Hides or shows all sub-techniques; the strip right of a technique does so for that one.",
    )


def _expand(setting: Shared[frozenset[str]], techniques: frozenset[str]) -> None:
    touched()
    st.session_state[setting.key] = techniques


def _clicked(tactic: str, technique: str, setting: Shared[frozenset[str]], techniques: frozenset[str]) -> None:
    if tactic == EXPAND:
        _expand(setting, setting.value ^ (techniques & {technique}))
    else:
        open_detail(technique, tactic)


def _legend(view: View) -> None:
    words = {Level.FULL: "Full", Level.PARTIAL: "Partial", Level.NONE: "None"}
    with st.container(key="legend", width="content"):
        st.html(
            '<h3 class="cov-title">ATT&amp;CK matrix</h3>'
            + legend(
                (f"{word}: {rules_for(level, view.choices.settings)}", view.choices.colours.levels[level].fill)
                for level, word in words.items()
            )
        )


def _search(view: View) -> None:
    attack = view.coverage.catalog.attack

    def label(technique: str) -> str:
        return f"{technique} {view.coverage.catalog.technique_name(technique)}"

    st.selectbox(
        "Find a technique",
        list(attack.techniques),
        index=None,
        filter_mode="contains",
        format_func=label,
        key="technique_search",
        placeholder="Find a technique by id or name",
        label_visibility="collapsed",
        on_change=_found,
        width=320,
    )


def _found() -> None:
    touched()
    technique = st.session_state["technique_search"]
    if technique:
        open_detail(technique)
    # Emptied, so that the same technique can be chosen again.
    st.session_state["technique_search"] = None


def _alt(view: View) -> str:
    totals = view.coverage.totals
    return (
        f"ATT&CK coverage matrix: {totals.full} cells full, {totals.partial} partial, {totals.none} uncovered. "
        "Use the field Find a technique to open a technique without a mouse."
    )
