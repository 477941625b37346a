from __future__ import annotations

import pytest

from coverage.sources.api import ApiLimits
from tests.detection_api import DetectionApi, make_rules


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def api():
    """An API of three rules."""
    with DetectionApi(make_rules(3)) as api:
        yield api


@pytest.fixture
def quick():
    """Limits that let failing loads end at once."""
    return ApiLimits(backoff=0.001, longest_wait=2, deadline=30)
