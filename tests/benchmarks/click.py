"""A click in the matrix, from the mouse-down until the technique's detail can be read.

Beside a bare Streamlit page with a Plotly heat-map of the same size, whose cells open a dialog of one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle

from playwright.sync_api import Browser

from tests.benchmarks.browser import BarePage, Matrix, both_apps, chromium, elapsed, matrices, new_tab, watch_click
from tests.benchmarks.measure import Measure, Result, interleaved
from tests.browser.app_server import AppServer
from tests.browser.coverage_page import CoveragePage

_ROUNDS = 20
_STEP = 7  # cells of many columns and rows
_PAUSE = 500  # ms; the rerun after a dialog's end has begun by then
_LAST_LINE = "Open on attack.mitre.org"


def run() -> Iterator[Result]:
    with chromium() as browser, both_apps() as (product, bare):
        for matrix in matrices():
            yield from _results(browser, product, bare, matrix)


def _results(browser: Browser, product: AppServer, bare: AppServer, matrix: Matrix) -> Iterator[Result]:
    page, peer = new_tab(browser, product), new_tab(browser, bare, BarePage)
    page.open(matrix.query)
    peer.open(matrix.bare_query)
    cells = cycle(matrix.cells[::_STEP])
    found = interleaved(
        {
            "first": _click(page, cells, lambda technique: f"{technique} · "),
            "bare": _click(peer, cycle(matrix.bare_cells[::_STEP]), lambda technique: f"Cell {technique} of"),
            "last": _click(page, cells, lambda _: _LAST_LINE),
        },
        _ROUNDS,
    )
    page.page.context.close()
    peer.page.context.close()
    what = f"{matrix.name} ({matrix.size})"
    for name, line in (("first", "first line"), ("last", "last line")):
        yield Result(f"{what}: detail's {line}", found[name], "bare page's dialog", found["bare"], "ratio at most 1.5")


def _click(tab: CoveragePage, cells: Iterator[tuple[str, str]], text: Callable[[str], str]) -> Measure:
    def measure() -> float:
        tactic, technique = next(cells)
        tab.page.bring_to_front()
        watch_click(tab, "[role=dialog]", text(technique))
        tab.click_cell(technique, tactic)
        milliseconds = elapsed(tab)
        tab.settle()
        tab.close_dialog()
        tab.page.wait_for_timeout(_PAUSE)
        tab.wait_for_matrix()
        return milliseconds

    return measure
