"""All sub-techniques shown: from the mouse-down on Expand all until all 872 tiles are drawn.

Beside a bare Streamlit page that redraws a heat-map of 697 cells at the click of a button.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.browser import BARE_SETTINGS, BarePage, chromium, elapsed, new_tab, watch_condition
from tests.benchmarks.measure import Measure, Result, interleaved
from tests.browser.app_server import AppServer
from tests.browser.coverage_page import CoveragePage

_ROUNDS = 10
_PAUSE = 500  # ms
_REDRAW = Path(__file__).parent / "bare" / "redraw.py"
_IMAGE = "document.querySelector('.st-key-matrix .hm image')?.getAttribute('href')"
_TILES = "document.querySelectorAll('.st-key-matrix .cov-tile').length"


def run() -> Iterator[Result]:
    with chromium() as browser, TemporaryDirectory() as folder:
        product = AppServer({}, Path(folder, "product.log"))
        bare = AppServer(BARE_SETTINGS, Path(folder, "bare.log"), script=_REDRAW)
        with product, bare:
            page, peer = new_tab(browser, product), new_tab(browser, bare, BarePage)
            page.open("?catalog=enterprise")
            peer.open()
            found = interleaved({"ours": _expand(page), "bare": _redraw(peer)}, _ROUNDS)
    yield Result(
        "Expand all, 872 tiles", found["ours"], "a heat-map of 697 cells drawn anew", found["bare"], "ratio at most 1.5"
    )


def _expand(tab: CoveragePage) -> Measure:
    def measure() -> float:
        tab.page.bring_to_front()
        before = tab.page.evaluate(_IMAGE)
        watch_condition(tab, f"{_TILES} >= 872 && {_IMAGE} !== '{before}'")
        tab.key("expand_all").get_by_role("button").click()
        milliseconds = elapsed(tab)
        tab.settle()
        tab.page.wait_for_timeout(_PAUSE)
        tab.key("expand_all").get_by_role("button").click()
        tab.page.wait_for_function(f"() => {_TILES} < 872")
        tab.settle()
        tab.page.wait_for_timeout(_PAUSE)
        return milliseconds

    return measure


def _redraw(tab: CoveragePage) -> Measure:
    def measure() -> float:
        tab.page.bring_to_front()
        before = tab.page.evaluate(_IMAGE)
        watch_condition(tab, f"{_IMAGE} !== '{before}'")
        tab.key("redraw").get_by_role("button").click()
        milliseconds = elapsed(tab)
        tab.settle()
        tab.page.wait_for_timeout(_PAUSE)
        return milliseconds

    return measure
