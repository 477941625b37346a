"""The pages in Streamlit's own test harness, each test with a server of its own."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.shared import ROOT

_SETTINGS = (
    *("THREATOPS_API_URL", "THREATOPS_API_TOKEN", "COVERAGE_SOURCE", "COVERAGE_MAX_AGE"),
    *("COVERAGE_SQL_TABLE", "COVERAGE_SQL_COLUMNS"),
)


@pytest.fixture
def open_page(monkeypatch, tmp_path):
    """Opens a page as a new visitor: `open_page("app.py", catalog="enterprise")`; the rest are URL parameters."""
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
    st.cache_resource.clear()

    def open_it(page="app.py", **parameters):
        # The app reads its secrets from the folder it runs in; the developer's own must not be found.
        monkeypatch.chdir(tmp_path)
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, word in parameters.items():
            test.query_params[name] = word
        if page != "app.py":
            test.switch_page(str(ROOT / page))
        return test.run()

    yield open_it
    st.cache_resource.clear()
