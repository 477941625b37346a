"""Recalculate with 1,000 rules of a local API, one of which is another than before.

Beside one bare requests.get of the same rules and its JSON. The core is what the server does: RuleStore.load, score and
the changes. The page is the whole: from the mouse-down on Recalculate until the page says so. The bare page is one of
Streamlit's with nothing but a button that does the same requests.get: what is left to it is Streamlit's own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from playwright.sync_api import Browser

from coverage.catalog import CATALOGS, load_catalog
from coverage.changes import cell_changes, rule_changes
from coverage.model import Progress, RuleSet
from coverage.score import score
from coverage.sources import read_source
from coverage.store import RuleStore
from tests.benchmarks.browser import BARE_SETTINGS, chromium, elapsed, new_tab, watch_click
from tests.benchmarks.measure import Measure, Result, interleaved
from tests.browser.app_server import AppServer
from tests.browser.coverage_page import CoveragePage
from tests.detection_api import PATH, DetectionApi, make_rules

_FETCH = Path(__file__).parent / "bare" / "fetch.py"
_COUNT = 1000
_ROUNDS = 9
_APIS: dict[str, dict[str, Any]] = {
    "states its total": {"shape": "items", "total": True},
    "states no total": {"shape": "array"},
}
_NEVER_OLD = "86400"  # seconds
_turns = count(1)


def run() -> Iterator[Result]:
    with chromium() as browser:
        for name, options in _APIS.items():
            yield from _results(browser, name, options)


def _results(browser: Browser, api_name: str, options: dict[str, Any]) -> Iterator[Result]:
    with ExitStack() as stack:
        api = stack.enter_context(DetectionApi(make_rules(_COUNT), **options))
        folder = Path(stack.enter_context(TemporaryDirectory()))
        read_source(api.url)
        asked = len(api.requests)
        url = f"{api.url}{PATH}?limit={_COUNT}"
        settings = {"THREATOPS_API_URL": api.url, "COVERAGE_MAX_AGE": _NEVER_OLD}
        app = stack.enter_context(AppServer(settings, folder / "app.log"))
        bare = stack.enter_context(AppServer(BARE_SETTINGS | {"RULES_URL": url}, folder / "bare.log", script=_FETCH))
        measures = {"get": _get(url), "bare page": _page(new_tab(browser, bare), api, "", ".st-key-recalculate")}
        for catalog in CATALOGS:
            measures[f"core, {catalog}"] = _core(api, catalog)
            tab = new_tab(browser, app)
            measures[f"page, {catalog}"] = _page(tab, api, f"?catalog={catalog}", ".st-key-matrix .heatmaplayer image")
        found = interleaved(measures, _ROUNDS)
    peer = found.pop("get")
    for name, values in found.items():
        what = f"{name}; API that {api_name}, {asked} requests"
        target = "none" if name == "bare page" else "difference at most 150 ms"
        yield Result(what, values, "requests.get and json, once", peer, target)


def _change(api: DetectionApi) -> None:
    """Give the API's first rule a name that it never had."""
    first, *others = api.rules
    api.rules = [{**first, "name": f"Rule of turn {next(_turns)}"}, *others]


def _get(url: str) -> Measure:
    def measure() -> float:
        started = time.perf_counter()
        requests.get(url, timeout=60).json()
        return 1000 * (time.perf_counter() - started)

    return measure


def _core(api: DetectionApi, catalog_name: str) -> Measure:
    store, catalog = RuleStore(), load_catalog(catalog_name)

    def read(progress: Progress) -> RuleSet:
        return read_source(api.url, progress=progress)

    before = store.load("api", read).good
    coverage_before = score(before.ruleset, catalog)

    def measure() -> float:
        nonlocal coverage_before
        _change(api)
        started = time.perf_counter()
        state = store.load("api", read)
        coverage = score(state.good.ruleset, catalog)
        changes = rule_changes(state.before.ruleset, state.good.ruleset)
        cell_changes(coverage_before, coverage)
        milliseconds = 1000 * (time.perf_counter() - started)
        assert len(changes.changed) == 1, "the rules were not loaded again"
        coverage_before = coverage
        return milliseconds

    return measure


def _page(tab: CoveragePage, api: DetectionApi, query: str, drawn: str) -> Measure:
    def measure() -> float:
        tab.page.goto(f"{tab.base}/{query}")  # a new session, whose page does not say "Recalculated" yet
        tab.page.wait_for_selector(drawn, state="attached")
        tab.settle()
        _change(api)
        tab.page.bring_to_front()
        watch_click(tab, ".st-key-banner", "Recalculated")
        tab.key("recalculate").get_by_role("button").click()
        milliseconds = elapsed(tab)
        tab.settle()
        return milliseconds

    return measure
