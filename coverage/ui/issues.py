"""The list of issues."""

from __future__ import annotations

import streamlit as st

from coverage.tables import issue_table
from coverage.ui.frame import View
from coverage.ui.tables import choose_kinds, draw_table


def draw_issues(view: View) -> None:
    """Every issue with its reason and place."""
    table = issue_table(view.coverage.issues)
    if table.empty:
        st.success("No issues: every rule was read and every tag understood.", icon=":material/check_circle:")
        return
    shown = choose_kinds(table, "kind", "issues_kind")
    st.caption(f"{len(shown):,} of {len(table):,} issues. A rule with an issue is never dropped in silence.")
    draw_table(
        shown,
        {
            "kind": "Kind",
            "message": st.column_config.TextColumn("What is wrong", width="large"),
            "feed": "Source",
            "where": "Where",
            "rule": "Rule",
        },
        what="issues",
        sample=view.loaded.is_sample,
        alt="All issues",
    )
