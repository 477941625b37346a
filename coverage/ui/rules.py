"""The list of all rules."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from coverage.model import Severity
from coverage.tables import rule_table
from coverage.ui.downloads import csv_download
from coverage.ui.frame import View
from coverage.ui.links import Shared, one_of, some_of, text
from coverage.ui.reruns import touched
from coverage.ui.tables import HEIGHT, stated

_SEVERITIES = [str(severity) for severity in Severity]
_STATES = ("all", "enabled", "disabled")
_COUNTS = ("all", "yes", "no")
_FIND = text("rules_find")
_SEVERITY = some_of("rules_severity", _SEVERITIES, [])
_STATE = one_of("rules_state", _STATES, "all")
_COUNT = one_of("rules_count", _COUNTS, "all")
_SHARED: tuple[Shared[Any], ...] = (_FIND, _SEVERITY, _STATE, _COUNT)


def draw_rules(view: View) -> None:
    """Every rule, filtered by words, severity, state and whether it counts anywhere."""
    for setting in _SHARED:
        setting.seed(view.link)
    table = rule_table(view.ruleset.rules, view.coverage)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            "Search",
            key=_FIND.key,
            placeholder="Words, ids, techniques, e.g. lsass T1003",
            persist_state="session",
            on_change=touched,
        )
        severities = st.multiselect(
            "Severity of rules",
            _SEVERITIES,
            key=_SEVERITY.key,
            format_func=str.title,
            persist_state="session",
            on_change=touched,
        )
        state = st.selectbox(
            "State",
            _STATES,
            key=_STATE.key,
            format_func=str.title,
            persist_state="session",
            on_change=touched,
        )
        counts = st.selectbox(
            "Counts in the matrix",
            _COUNTS,
            key=_COUNT.key,
            format_func=str.title,
            persist_state="session",
            on_change=touched,
        )
    for setting in _SHARED:
        setting.say()
    shown = _filtered(table, words, severities, state, counts)
    st.caption(f"{shown['count'].sum():,} of {table['count'].sum():,} rules")
    st.dataframe(
        shown,
        hide_index=True,
        height=HEIGHT,
        column_config={
            "rule_id": "Id",
            "name": st.column_config.TextColumn("Name", width="large"),
            "severity": "Severity",
            "enabled": "Enabled",
            "tactics": "Tactics",
            "techniques": "Techniques",
            "cells": st.column_config.NumberColumn("Cells", help="Cells of the matrix in which the rule counts"),
            "logsource": "Log source",
            "tags": "Tags",
            "tenant": "Tenant",
            "source": "Format",
            "feed": "Source",
            "origin": "Origin",
            "updated_at": "Updated",
        },
        column_order=[
            "name",
            "severity",
            "enabled",
            "techniques",
            "tactics",
            "cells",
            "logsource",
            *stated(shown, "tenant", "tags", "feed"),
            "source",
            "origin",
            "rule_id",
        ],
        alt="All rules with their mapping",
    )
    if shown.empty:
        st.info("No rule matches. Clear a filter to see more.", icon=":material/filter_alt_off:")
    csv_download(shown, "rules", sample=view.loaded.is_sample)


def _filtered(table: pd.DataFrame, words: str, severities: list[str], state: str, counts: str) -> pd.DataFrame:
    keep = pd.Series(data=True, index=table.index)
    haystack = table["name"] + "\n" + table["techniques"] + "\n" + table["tactics"] + "\n" + table["rule_id"]
    for column in ("origin", "logsource", "tags", "tenant", "feed"):
        haystack += "\n" + table[column]
    for word in words.split():
        keep &= haystack.str.contains(word, case=False, regex=False)
    if severities:
        keep &= table["severity"].isin(severities)
    if state != "all":
        keep &= table["enabled"] == (state == "enabled")
    if counts != "all":
        keep &= (table["cells"] > 0) == (counts == "yes")
    return table[keep]
