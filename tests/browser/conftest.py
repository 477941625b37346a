"""Chromium and the running app; without Chromium the browser tests are skipped, in CI they fail."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.app_server import AppServer
from tests.browser.coverage_page import CoveragePage
from tests.detection_api import DetectionApi, make_rules

_PATIENCE = 20_000  # ms

expect.set_options(timeout=_PATIENCE)


@pytest.fixture(scope="session")
def browser():
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        reason = "there is no Chromium on this machine"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # Without its sandbox Chromium also runs as root; the pages are our own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def new_tab(browser):
    """Opens tabs of visitors of their own: `new_tab(app)`."""
    contexts = []

    def open_tab(app, **options):
        context = browser.new_context(**({"viewport": {"width": 1400, "height": 900}} | options))
        context.set_default_timeout(_PATIENCE)
        contexts.append(context)
        return CoveragePage(context.new_page(), app.url)

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def sample_app(tmp_path_factory):
    """The app as it starts with no configuration at all."""
    with AppServer({}, tmp_path_factory.mktemp("app") / "log") as app:
        yield app


@pytest.fixture
def api():
    """An API whose rules cover twelve techniques, with twenty rules or so each."""
    with DetectionApi(make_rules(240)) as api:
        yield api


@pytest.fixture
def api_app(api, tmp_path):
    """The app, connected to the API."""
    with AppServer({"THREATOPS_API_URL": api.url}, tmp_path / "log") as app:
        yield app
