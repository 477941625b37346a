"""Download buttons. Sample data is stamped in the file's name."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from coverage.tables import csv_bytes
from coverage.ui.caches import one_for_all


def csv_download(table: pd.DataFrame, what: str, *, sample: bool) -> None:
    """A button that makes a CSV of a table when it is clicked; `what` names the file and the button's keys."""
    kept = one_for_all(table)
    stamp = "sample-data-" if sample else ""
    with st.container(key=f"downloads_{what}"):
        st.download_button(
            "Download as CSV",
            lambda: csv_bytes(kept),
            file_name=f"attack-coverage-{stamp}{what}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"download_{what}",
            on_click="ignore",
        )
