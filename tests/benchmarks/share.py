"""What a rerun and another visitor read again: nothing, neither of an API's answers nor of a folder's files.

Requests are counted at the API. What a server reads of files is its process's rchar in /proc; it also reads Streamlit's
frontend for a new visitor's browser, therefore beside the same steps with the sample data, which has no files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser

from coverage.sources import read_source
from tests.benchmarks.browser import chromium, new_tab
from tests.benchmarks.measure import Measure, Result, interleaved
from tests.browser.app_server import AppServer
from tests.browser.coverage_page import CoveragePage
from tests.detection_api import DetectionApi, make_rules

_COUNT = 1000
_ROUNDS = 3
_SETTLING = 500  # ms until a page has begun to answer
_ONE = "one load"
_AGAIN = "Recalculate"

Step = Callable[[], None]


def run() -> Iterator[Result]:
    with chromium() as browser, TemporaryDirectory() as folder:
        yield from _requests(browser, Path(folder))
        yield from _file_reads(browser, Path(folder))


def _requests(browser: Browser, folder: Path) -> Iterator[Result]:
    with DetectionApi(make_rules(_COUNT)) as api, AppServer({"THREATOPS_API_URL": api.url}, folder / "api.log") as app:

        def asked(step: Step) -> float:
            api.requests.clear()
            step()
            return float(len(api.requests))

        one_load = asked(lambda: read_source(api.url))
        one, other = new_tab(browser, app), new_tab(browser, app)
        both = asked(lambda: _open_at_once(one, other))
        yield Result("two visitors at once, cold server", [both], _ONE, [one_load], "as many", "requests")
        for name, step in _steps(browser, app, one).items():
            target = "as many" if name == _AGAIN else "none"
            yield Result(name, [asked(step)], _ONE, [one_load], target, "requests")


def _file_reads(browser: Browser, folder: Path) -> Iterator[Result]:
    if not Path("/proc/self/io").exists():
        pytest.skip("this system has no /proc/<pid>/io, so what is read of files cannot be counted")
    library = folder / "library"
    library.mkdir()
    for number, rule in enumerate(make_rules(_COUNT)):
        (library / f"{number}.json").write_text(json.dumps([rule]))
    size = sum(file.stat().st_size for file in library.iterdir()) / 1000
    with (
        AppServer({"COVERAGE_SOURCE": str(library)}, folder / "library.log") as app,
        AppServer({}, folder / "sample.log") as sample,
    ):
        ours, theirs = (_kilobytes_read(browser, each) for each in (app, sample))
        for name in ours:
            found = interleaved({"ours": ours[name], "theirs": theirs[name]}, _ROUNDS)
            target = f"difference {size if name == _AGAIN else 0:,.0f} kB, the folder has {size:,.0f}"
            yield Result(
                f"{name}, folder", found["ours"], "the same with the sample data", found["theirs"], target, "kB"
            )


def _open_at_once(*tabs: CoveragePage) -> None:
    for tab in tabs:
        tab.page.goto(tab.base, wait_until="commit")
    for tab in tabs:
        tab.wait_for_matrix()


def _steps(browser: Browser, app: AppServer, tab: CoveragePage) -> dict[str, Step]:
    """What visitors do. Recalculate is the last: it alone loads again, and shows that the meter would see it."""
    matrices = cycle(("Enterprise", "ThreatOps"))

    def click(key: str, words: str) -> None:
        tab.key(key).get_by_text(words).first.click()
        tab.page.wait_for_timeout(_SETTLING)
        tab.settle()

    def visit() -> None:
        other = new_tab(browser, app)
        other.open()
        other.page.context.close()

    return {
        "filter changed": lambda: click("potential", "Count disabled rules too"),
        "matrix changed": lambda: click("catalog", next(matrices)),
        "another visitor": visit,
        _AGAIN: lambda: click("recalculate", "Recalculate"),
    }


def _kilobytes_read(browser: Browser, app: AppServer) -> dict[str, Measure]:
    """What the server reads of files during each step, in kB."""
    tab = new_tab(browser, app)
    tab.open()
    counters = Path(f"/proc/{app._process.pid}/io")

    def read_so_far() -> float:
        return int(counters.read_text().partition("rchar:")[2].split()[0]) / 1000

    def during(step: Step) -> float:
        before = read_so_far()
        step()
        return read_so_far() - before

    return {name: partial(during, step) for name, step in _steps(browser, app, tab).items()}
