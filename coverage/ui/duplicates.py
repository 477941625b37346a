"""The list of the rules that several sources have."""

from __future__ import annotations

import streamlit as st

from coverage.join import duplicates
from coverage.tables import duplicate_table
from coverage.ui.downloads import csv_download
from coverage.ui.frame import View
from coverage.ui.markup import count

_HEIGHT = 480


def draw_duplicates(view: View) -> None:
    """Every rule whose id another source has, too, with both; nothing where there is none."""
    found = duplicates(view.ruleset.rules)
    if not found:
        return
    table = duplicate_table(found)
    with st.container(border=True, key="panel_duplicates"):
        st.subheader("In several sources", anchor=False)
        copies = sum(duplicate.is_copy for duplicate in found)
        st.caption(
            f"{count(len(found), 'id')} in more than one source. Copies of one rule, with the same name and tags "
            f"({copies:,} of these ids), count once: the enabled one, else the first. A rule that shares no more than "
            "the id counts by itself."
        )
        st.dataframe(
            table,
            hide_index=True,
            height=min(_HEIGHT, 38 * (len(table) + 1)),
            column_config={
                "name": st.column_config.TextColumn("Name", width="large"),
                "feed": "Source",
                "enabled": "Enabled",
                "severity": "Severity",
                "techniques": "Techniques",
                "counts": "Counts",
                "origin": "Origin",
                "rule_id": "Id",
            },
            column_order=["name", "feed", "enabled", "severity", "techniques", "counts", "origin", "rule_id"],
            alt="Rules that several sources have",
        )
        csv_download(table, "duplicates", sample=view.loaded.is_sample)
