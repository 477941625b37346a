"""What a page shows after its visitor cancelled a load; the click itself is tested in a browser."""

import pytest

from coverage.store import utc_now
from coverage.ui.caches import rule_store
from coverage.ui.cancel import REASON
from tests.sources.rule_files import sigma, written
from tests.ui.test_pages import every_page, is_well


@pytest.fixture
def library(tmp_path, monkeypatch, open_page):
    """A folder of one rule, which each fresh page loads again."""
    del open_page  # it unsets what is set here
    monkeypatch.setenv("COVERAGE_SOURCE", str(tmp_path / "rules"))
    monkeypatch.setenv("COVERAGE_MAX_AGE", "0")
    return written(tmp_path / "rules", {"a.yml": sigma("a")})


def cancel(test):
    """As the button does it."""
    known = rule_store().state("library").ended_at
    test.session_state["load_cancelled"] = {"library": (known, utc_now())}


def warnings(test):
    return [(warning.proto.title, warning.value.replace("\\", "")) for warning in test.warning]


@every_page
def test_after_a_cancelled_load_the_last_good_rules_stay_until_recalculate(open_page, library, page):
    test = open_page(page)
    assert warnings(test) == []
    cancel(test)
    written(library, {"b.yml": sigma("b")})
    for _ in range(2):  # no fresh page loads them
        test.run()
        assert is_well(test)
        ((title, text),) = warnings(test)
        assert title.startswith("These rules are less than a minute old")
        assert text == f"{REASON} Hit Recalculate to load them."
        assert rule_store().state("library").good.ruleset.rule_count == 1
    test.button(key="recalculate").click().run()
    assert warnings(test) == []
    assert rule_store().state("library").good.ruleset.rule_count == 2


def test_a_cancelled_load_is_over_when_another_visitor_loads_the_rules(open_page, library):
    test = open_page()
    cancel(test)
    test.run()
    assert warnings(test)
    written(library, {"b.yml": sigma("b")})
    open_page()
    test.run()
    assert warnings(test) == []
