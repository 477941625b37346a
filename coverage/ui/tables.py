"""A list as a page shows it: its kinds to choose from, its rows, its download."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from coverage.ui.downloads import csv_download
from coverage.ui.links import links_to_techniques
from coverage.ui.reruns import touched

HEIGHT = 480
"""The most pixels that a list is high; it scrolls inside."""


def choose_kinds(table: pd.DataFrame, column: str, key: str) -> pd.DataFrame:
    """The rows of the kinds that the visitor chooses, all of them if none is; `column` holds the kinds."""
    kinds = table[column].value_counts()
    if len(kinds) < 2:
        return table
    chosen = st.pills(
        "Kinds",
        list(kinds.index),
        selection_mode="multi",
        format_func=lambda kind: f"{kind.replace('_', ' ').capitalize()} ({kinds[kind]:,})",
        key=key,
        label_visibility="collapsed",
        on_change=touched,
    )
    return table[table[column].isin(chosen)] if chosen else table


def draw_table(table: pd.DataFrame, columns: Mapping[str, Any], *, what: str, sample: bool, alt: str) -> None:
    """Rows with the columns named, and all columns as a download; `what` names its file.

    A technique's id is a link. The source is shown where there are several.
    """
    order = [column for column in columns if column != "feed" or stated(table, column)]
    shown = table
    if "technique_id" in columns:
        shown = table.assign(technique_id=links_to_techniques(table["technique_id"]))
    st.dataframe(
        shown,
        hide_index=True,
        height=min(HEIGHT, 38 * (len(table) + 1)),
        column_config=dict(columns),
        column_order=order,
        alt=alt,
    )
    csv_download(table, what, sample=sample)


def stated(table: pd.DataFrame, *columns: str) -> list[str]:
    """The columns in which any row has a text."""
    return [column for column in columns if table[column].any()]


def technique_column() -> Any:  # noqa: ANN401  Streamlit's own type is not public
    """The column of techniques' ids, each a link to its detail."""
    return st.column_config.LinkColumn(
        "Technique", display_text=r"technique=(T[\d.]+)", alignment="left", help="Opens the technique's detail."
    )
