"""Chromium, the two pages that are compared in it, and a stopwatch that runs inside the page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from coverage.catalog import load_catalog
from tests.browser.app_server import AppServer
from tests.browser.coverage_page import CoveragePage

BARE_PAGE = Path(__file__).parent / "bare" / "page.py"
# Those of .streamlit/config.toml that a server without a screen needs; the others are Streamlit's own.
BARE_SETTINGS = {
    "STREAMLIT_SERVER_HEADLESS": "true",
    "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}
_PATIENCE = 60_000  # ms
# Looks once a frame, as an eye would. `started` is 0 for the start of the navigation, null for the next mouse-down.
_WATCH = """
window.watch = (started, isDone) => {
    window.elapsed = undefined;
    if (started === null)
        addEventListener('mousedown', event => { started = event.timeStamp; }, {capture: true, once: true});
    const look = () => {
        if (started !== null && isDone()) window.elapsed = performance.now() - started;
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
};
window.isShown = (selector, text) => [...document.querySelectorAll(selector)].some(element =>
    element.textContent.includes(text) && element.checkVisibility({visibilityProperty: true, opacityProperty: true}));
"""


# The middle of a cell of the bare page, after it was scrolled into view.
_BARE_CELL = """
([tactic, technique]) => {
    const plot = document.querySelector('.st-key-matrix .js-plotly-plot');
    const trace = plot._fullData.find(each => each.customdata), {xaxis, yaxis} = plot._fullLayout;
    const place = trace.customdata.findIndex(([inTactic, id]) => inTactic === tactic && id === technique);
    const x = xaxis._offset + xaxis.d2p(trace.x[place]), y = yaxis._offset + yaxis.d2p(trace.base[place] + 0.5);
    const main = document.querySelector('[data-testid="stMain"]');
    const above = plot.getBoundingClientRect().top + y - main.clientHeight / 2;
    if (Math.abs(above) > main.clientHeight / 3) main.scrollTop += above;
    const box = plot.getBoundingClientRect();
    return [box.left + x, box.top + y];
}
"""
_BARE_DRAWN = "() => document.querySelector('.st-key-matrix .js-plotly-plot')?._fullData?.length > 0"


class BarePage(CoveragePage):
    """The bare page as a visitor uses it."""

    def wait_for_matrix(self, matrix: str = "matrix") -> None:  # noqa: ARG002
        self.page.wait_for_function(_BARE_DRAWN)
        self.settle()

    def click_cell(self, technique: str, tactic: str = "", **_: object) -> None:
        x, y = self.page.evaluate(_BARE_CELL, [tactic, technique])
        self.page.mouse.move(x, y)
        # Plotly takes a click to what it saw under the mouse before.
        self.page.wait_for_function("() => document.querySelector('.st-key-matrix .hoverlayer .hovertext')")
        self.page.mouse.click(x, y)


@dataclass(frozen=True, slots=True)
class Matrix:
    """One catalog: how the two pages are asked for it, and cells to click as (tactic id, technique id)."""

    name: str
    query: str
    bare_query: str
    size: str
    cells: list[tuple[str, str]]
    bare_cells: list[tuple[str, str]]


def matrices() -> Iterator[Matrix]:
    """Both catalogs with the sample data."""
    for name in ("threatops", "enterprise"):
        catalog = load_catalog(name)
        columns = [catalog.columns[tactic.id] for tactic in catalog.tactics]
        counts = [len(column) for column in columns]
        yield Matrix(
            name,
            f"?catalog={name}",
            f"?columns={','.join(map(str, counts))}",
            f"{max(counts)} × {len(counts)}, {sum(counts)} cells",
            [(tactic.id, technique) for tactic in catalog.tactics for technique in catalog.columns[tactic.id]],
            [(f"A{x}", f"C{x}.{y}") for x, count in enumerate(counts) for y in range(count)],
        )


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        # Without its sandbox Chromium also runs as root; the pages are our own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def new_tab(browser: Browser, app: AppServer, kind: type[CoveragePage] = CoveragePage) -> CoveragePage:
    """A tab of a new visitor, who has nothing in the browser's caches."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(_PATIENCE)
    context.add_init_script(_WATCH)
    return kind(context.new_page(), app.url)


@contextmanager
def both_apps() -> Iterator[tuple[AppServer, AppServer]]:
    """The product with its sample data, and the bare page."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        product = stack.enter_context(AppServer({}, folder / "product.log"))
        bare = stack.enter_context(AppServer(BARE_SETTINGS, folder / "bare.log", script=BARE_PAGE))
        yield product, bare


def watch_click(tab: CoveragePage, selector: str, text: str) -> None:
    """Start the stopwatch at the next mouse-down, and stop it when such an element shows this text."""
    tab.page.evaluate("([selector, text]) => watch(null, () => isShown(selector, text))", [selector, text])


def watch_condition(tab: CoveragePage, condition: str) -> None:
    """Start the stopwatch at the next mouse-down, and stop it when a JavaScript expression holds."""
    tab.page.evaluate(f"() => watch(null, () => {condition})")


def elapsed(tab: CoveragePage) -> float:
    """What the stopwatch of the page says once it has stopped, in ms."""
    return float(tab.page.wait_for_function("() => window.elapsed").json_value())
