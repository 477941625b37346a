"""The gap cards: what to close first, and what to do about it."""

from __future__ import annotations

import streamlit as st

from coverage.gaps import Gap, find_gaps
from coverage.ui.detail import open_detail
from coverage.ui.frame import View
from coverage.ui.markup import badge, count, level_badge, plain


def draw_gaps(view: View) -> None:
    """Draw the open gaps from critical to low, and the closed ones in a folded list."""
    gaps = find_gaps(view.coverage)
    with st.container(border=True, key="panel_gaps"):
        st.subheader("Gaps to close first", anchor=False)
        st.caption("Techniques that attackers use most and detections miss most, by the risk of missing them.")
        with st.container(key="gap_cards"):
            if not gaps.open:
                st.success("All eight are fully covered. Look for uncovered cells in the matrix next.")
            for gap in gaps.open:
                _card(gap)
        if gaps.closed:
            with st.expander(f"Closed: {len(gaps.closed)} of {len(gaps.open) + len(gaps.closed)}"):
                for gap in gaps.closed:
                    _card(gap)


def _card(gap: Gap) -> None:
    known = gap.known
    with st.container(border=True, key=f"gap_{known.technique_id}"):
        notes = [known.tactic, count(gap.rule_count, "rule")]
        if gap.potential:
            notes.append(f"{gap.potential} more disabled")
        if not gap.in_matrix:
            notes.append("not a cell of this matrix")
        st.html(
            f'<div class="cov-line">{badge(known.severity.title(), known.severity)}'
            f"<strong>{known.technique_id} {known.technique_name}</strong>"
            f'<span class="cov-muted">{" · ".join(notes)}</span>'
            f"{level_badge(gap.level)}</div>"
            f'<p class="cov-advice">{plain(known.recommendation)}</p>'
        )
        st.button(
            f"Open {known.technique_id} {known.technique_name}",
            key=f"open_gap_{known.technique_id}",
            on_click=open_detail,
            args=(known.technique_id,),
        )
