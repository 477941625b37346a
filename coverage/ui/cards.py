"""The four score cards and the bars per tactic."""

from __future__ import annotations

import html

import streamlit as st

from coverage.score import Level, Totals
from coverage.ui.choices import Choices
from coverage.ui.frame import View
from coverage.ui.markup import bar, rules_for, tactic_bars


def draw_cards(view: View) -> None:
    """Overall percentage with its formula, then the cells that are full, partial and uncovered."""
    totals = view.coverage.totals
    with st.container(horizontal=True, key="overall"):
        with st.container(border=True, key="card_overall", height="stretch"):
            st.metric(
                "Overall coverage",
                _percent(totals),
                help="(full + ½ · partial) ÷ all cells of the matrix.",
            )
            left_out = view.coverage.catalog.left_out.cells
            formula = f"({totals.full} full + ½ · {totals.partial} partial) of {totals.total} cells"
            _draw_bar(
                totals.percent,
                view.choices.colour(totals.percent),
                formula + (f", {left_out} left out" if left_out else ""),
            )
        colours = view.choices.colours
        for level, label, number, colour in (
            (Level.FULL, "Fully covered", totals.full, colours.good),
            (Level.PARTIAL, "Partial coverage", totals.partial, colours.fair),
            (Level.NONE, "Uncovered gaps", totals.none, colours.bad),
        ):
            with st.container(border=True, key=f"card_{level}", height="stretch"):
                st.metric(label, f"{number:,}")
                _draw_bar(
                    round(100 * number / totals.total) if totals.total else None,
                    colour,
                    f"of {totals.total} cells · {rules_for(level, view.choices.settings)}",
                )


def _draw_bar(percent: int | None, colour: str, text: str) -> None:
    st.html(f'{bar(percent, colour)}<div class="cov-formula">{html.escape(text)}</div>')


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
