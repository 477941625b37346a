"""The tables of the Rules page."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from coverage.model import Severity
from coverage.rewrites import rewrites
from coverage.tables import issue_table, rewrite_table, rule_table
from coverage.ui.downloads import csv_download
from coverage.ui.frame import View
from coverage.ui.links import Shared, one_of, some_of, text
from coverage.ui.markup import count, markdown
from coverage.ui.reruns import touched

_HEIGHT = 480
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
    with st.container(border=True, key="panel_rules"):
        st.subheader("Rules", anchor=False)
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
            height=_HEIGHT,
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
                *_stated(shown, "tenant", "tags", "feed"),
                "source",
                "origin",
                "rule_id",
            ],
            alt="All rules with their mapping",
        )
        if shown.empty:
            st.info("No rule matches. Clear a filter to see more.", icon=":material/filter_alt_off:")
        csv_download(shown, "rules", sample=view.loaded.is_sample)


def _stated(table: pd.DataFrame, *columns: str) -> list[str]:
    """The columns in which any row has a text."""
    return [column for column in columns if table[column].any()]


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


def draw_issues(view: View) -> None:
    """Every issue with its reason and place."""
    table = issue_table(view.coverage.issues)
    with st.container(border=True, key="panel_issues"):
        st.subheader("Issues", anchor=False)
        if table.empty:
            st.success("No issues: every rule was read and every tag understood.", icon=":material/check_circle:")
        else:
            _issues(view, table)
        for note in view.loaded.load.ruleset.notes:
            st.caption(markdown(note, 500))


def _issues(view: View, table: pd.DataFrame) -> None:
    kinds = table["kind"].value_counts()
    chosen = st.pills(
        "Kinds",
        list(kinds.index),
        selection_mode="multi",
        format_func=lambda kind: f"{kind.replace('_', ' ').capitalize()} ({kinds[kind]:,})",
        key="issues_kind",
        label_visibility="collapsed",
        on_change=touched,
    )
    shown = table[table["kind"].isin(chosen)] if chosen else table
    st.caption(f"{len(shown):,} of {len(table):,} issues. A rule with an issue is never dropped in silence.")
    st.dataframe(
        shown,
        hide_index=True,
        height=min(_HEIGHT, 38 * (len(shown) + 1)),
        column_config={
            "kind": "Kind",
            "rule": "Rule",
            "where": "Where",
            "feed": "Source",
            "message": st.column_config.TextColumn("What is wrong", width="large"),
        },
        column_order=["kind", "message", *_stated(shown, "feed"), "where", "rule"],
        alt="All issues",
    )
    csv_download(shown, "issues", sample=view.loaded.is_sample)


def draw_rewrites(view: View) -> None:
    """Every revoked id that a rule names, and what to write instead; nothing where there is none."""
    attack = view.coverage.catalog.attack
    table = rewrite_table(rewrites(view.ruleset, attack))
    if table.empty:
        return
    with st.container(border=True, key="panel_rewrites"):
        st.subheader("Revoked ids", anchor=False)
        rules = count(len(table[["feed", "rule_id"]].drop_duplicates()), "rule")
        st.caption(
            f"{count(len(table), 'tag')} of {rules} name ids that ATT&CK {attack.version} has revoked. They count as "
            "their replacements, so no cell is lost; the list tells authors what to write instead."
        )
        st.dataframe(
            table,
            hide_index=True,
            height=min(_HEIGHT, 38 * (len(table) + 1)),
            column_config={
                "name": st.column_config.TextColumn("Rule", width="large"),
                "old_id": "Revoked id",
                "new_id": "Write instead",
                "since": "Revoked since ATT&CK",
                "feed": "Source",
                "origin": "Origin",
                "rule_id": "Id",
            },
            column_order=["name", "old_id", "new_id", "since", *_stated(table, "feed"), "origin", "rule_id"],
            alt="Revoked ids and their replacements",
        )
        csv_download(table, "revoked-ids", sample=view.loaded.is_sample)
