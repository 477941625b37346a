"""The first paint of the Coverage page: a new visitor, from the start of the navigation until the matrix is drawn.

Beside a bare Streamlit page with a Plotly heat-map of the same size; both servers are warm.
"""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Browser

from tests.benchmarks.browser import both_apps, chromium, elapsed, matrices, new_tab
from tests.benchmarks.measure import Measure, Result, interleaved
from tests.browser.app_server import AppServer

_ROUNDS = 9


def run() -> Iterator[Result]:
    with chromium() as browser, both_apps() as (product, bare):
        for matrix in matrices():
            ours = _visit(browser, product, matrix.query, "document.querySelector('.st-key-matrix .cov-tile')")
            theirs = _visit(browser, bare, matrix.bare_query)
            ours(), theirs()  # from here on the servers are warm
            found = interleaved({"ours": ours, "theirs": theirs}, _ROUNDS)
            what = f"{matrix.name} ({matrix.size})"
            yield Result(what, found["ours"], "bare page", found["theirs"], "ratio at most 1.5")


def _visit(browser: Browser, app: AppServer, query: str, more: str = "true") -> Measure:
    # What else a figure has is drawn in one go with its heat-map.
    drawn = "document.querySelector('.st-key-matrix .heatmaplayer image')?.getAttribute('href')"

    def measure() -> float:
        tab = new_tab(browser, app)
        tab.page.add_init_script(f"watch(0, () => {drawn} && {more})")
        tab.page.goto(f"{app.url}/{query}")
        milliseconds = elapsed(tab)
        tab.settle()
        tab.page.context.close()
        return milliseconds

    return measure
