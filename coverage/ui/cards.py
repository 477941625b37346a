"""The four score cards and the bars per tactic."""

from __future__ import annotations

import streamlit as st

from coverage.score import Totals
from coverage.ui.controls import Choices
from coverage.ui.frame import View
from coverage.ui.markup import bar, tactic_bars


def draw_cards(view: View) -> None:
    """Overall percentage with its formula, then the cells that are full, partial and uncovered."""
    totals, full = view.coverage.totals, view.choices.settings.full
    with st.container(horizontal=True, key="overall"):
        with st.container(border=True, key="card_overall", height="stretch"):
            st.metric(
                "Overall coverage",
                _percent(totals),
                help="(full + ½ · partial) ÷ all cells of the matrix.",
            )
            st.html(bar(totals.percent, view.choices.colour(totals.percent)))
            st.caption(f"({totals.full} full + ½ · {totals.partial} partial) of {totals.total} cells")
        colours = view.choices.colours
        _count("full", "Fully covered", totals.full, totals.total, meaning=f"{full} rules or more", colour=colours.good)
        _count(
            "partial",
            "Partial coverage",
            totals.partial,
            totals.total,
            meaning=_partial_range(full),
            colour=colours.fair,
        )
        _count("none", "Uncovered gaps", totals.none, totals.total, meaning="no rule", colour=colours.bad)


def _count(key: str, label: str, count: int, total: int, *, meaning: str, colour: str) -> None:
    with st.container(border=True, key=f"card_{key}", height="stretch"):
        st.metric(label, f"{count:,}")
        st.html(bar(round(100 * count / total) if total else None, colour))
        st.caption(f"of {total} cells · {meaning}")


def _partial_range(full: int) -> str:
    if full == 1:
        return "not possible with full from 1 rule"
    return "1 rule" if full == 2 else f"1–{full - 1} rules"


def _percent(totals: Totals) -> str:
    return "n/a" if totals.percent is None else f"{totals.percent} %"


def _levels(totals: Totals) -> str:
    return f"{totals.full} full and {totals.partial} partial of {totals.total} techniques"


def draw_tactic_bars(view: View) -> None:
    """One bar a tactic, coloured by the visitor's thresholds."""
    choices: Choices = view.choices
    with st.container(border=True, key="panel_tactics"):
        st.subheader("Coverage by tactic", anchor=False)
        with st.container(key="tactic_bars"):
            st.html(
                tactic_bars(
                    (
                        column.tactic.name,
                        _levels(column.totals),
                        column.totals.percent,
                        choices.colour(column.totals.percent),
                    )
                    for column in view.coverage.tactics
                )
            )
