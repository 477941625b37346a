"""The clickable matrix, its legend, and the search that finds a technique without a mouse."""

from __future__ import annotations

from typing import Any

import streamlit as st

from coverage.figures import COLUMN_WIDTH
from coverage.score import Level
from coverage.ui.caches import matrix_of
from coverage.ui.detail import open_detail, times_closed
from coverage.ui.frame import View
from coverage.ui.markup import legend, rules_for
from coverage.ui.reruns import touched

# Without a delay no two quick clicks are a double click, which would take the selection back.
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "doubleClickDelay": 0}


def draw_matrix(view: View) -> None:
    """Draw the matrix; a click in a cell opens its technique's detail."""
    with st.container(border=True, key="panel_matrix"):
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            with st.container(width="content"):
                st.subheader("ATT&CK matrix", anchor=False)
                _legend(view)
            _search(view)
        columns = len(view.coverage.tactics)
        st.html(f"<style>.st-key-matrix > * {{ min-width: {columns * COLUMN_WIDTH}px; }}</style>")
        with st.container(key="matrix"):
            # The selection outlives the dialog, and the same cell could not be clicked again: a chart with another
            # key has none.
            key = f"matrix_chart_{times_closed()}"
            st.plotly_chart(
                matrix_of(
                    view.loaded.load,
                    view.coverage,
                    (view.choices.colour_blind_safe, st.context.theme.type == "dark"),
                    view.choices.colours,
                ),
                key=key,
                on_select=lambda: _clicked(key),
                selection_mode="points",
                config=_CONFIG,
                alt=_alt(view),
            )


def _clicked(key: str) -> None:
    touched()
    state: Any = st.session_state.get(key)
    points = state.selection.points if state else []
    if points:
        tactic, technique = points[-1]["customdata"]
        open_detail(technique, tactic)


def _legend(view: View) -> None:
    words = {Level.FULL: "Full", Level.PARTIAL: "Partial", Level.NONE: "None"}
    with st.container(key="legend"):
        st.html(
            legend(
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
