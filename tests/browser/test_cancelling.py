"""A load that takes long shows how far it is, and the visitor who cancels it harms nobody."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.app_server import AppServer
from tests.detection_api import DetectionApi, make_rules

_GRACE = 2_000  # ms after which a load that nobody waits for is over


@pytest.fixture
def slow_app(tmp_path):
    """The app, connected to an API that takes half a second for each of twelve pages while its rules are slow."""
    with DetectionApi(make_rules(240), paging="offset", shape="items", total=True, cap=20) as api:
        api.on_request = lambda _: time.sleep(0.5)
        with AppServer({"THREATOPS_API_URL": api.url}, tmp_path / "log") as app:
            app.api = api
            yield app


def cancel(tab):
    button = tab.page.get_by_role("button", name="Cancel")
    expect(button).to_be_visible()
    expect(tab.page.get_by_text("of 240")).to_be_visible()
    button.click()


def test_a_source_that_says_nothing_can_be_cancelled_too(slow_app, new_tab):
    slow_app.api.on_request = lambda _: time.sleep(8)
    tab = new_tab(slow_app)
    tab.page.goto(tab.base)
    expect(tab.page.get_by_text("Loading rules: ThreatOps API …")).to_be_visible()
    tab.page.get_by_role("button", name="Cancel").click()
    expect(tab.key("banner")).to_contain_text("You cancelled the loading of the rules.", timeout=4_000)
    assert len(slow_app.api.requests) == 1


def test_a_click_elsewhere_does_not_begin_a_load_again(slow_app, new_tab):
    slow_app.api.on_request = None
    tab = new_tab(slow_app)
    tab.open()
    slow_app.api.requests.clear()
    slow_app.api.on_request = lambda _: time.sleep(0.5)
    tab.key("recalculate").get_by_role("button").click()
    expect(tab.page.get_by_text("of 240")).to_be_visible()
    tab.key("catalog").get_by_text("Enterprise").click()
    expect(tab.key("overall")).to_contain_text("of 254 cells")
    expect(tab.page.get_by_text("Loading rules")).to_have_count(0)
    assert len(slow_app.api.requests) == 12
    expect(tab.key("recalculate")).to_be_visible()


def test_a_cancelled_first_load_shows_sample_data_until_recalculate_loads_the_rules(slow_app, new_tab):
    tab = new_tab(slow_app)
    tab.page.goto(tab.base)
    cancel(tab)
    expect(tab.key("banner")).to_contain_text("You cancelled the loading of the rules. Hit Recalculate to load them.")
    expect(tab.key("banner")).to_contain_text("Sample data, not your rules")
    tab.wait_for_matrix()
    expect(tab.page.get_by_role("button", name="Cancel")).to_have_count(0)
    tab.page.wait_for_timeout(_GRACE)
    asked = len(slow_app.api.requests)
    assert asked < 12
    tab.key("catalog").get_by_text("Enterprise").click()
    expect(tab.key("overall")).to_contain_text("of 254 cells")
    tab.press_r()
    assert len(slow_app.api.requests) == asked
    slow_app.api.on_request = None
    tab.key("recalculate").get_by_role("button").click()
    expect(tab.key("banner")).not_to_contain_text("You cancelled")
    expect(tab.page.get_by_text("240 rules").first).to_be_visible()


def test_a_cancelled_recalculation_leaves_the_rules_that_were_there(slow_app, new_tab):
    slow_app.api.on_request = None
    tab = new_tab(slow_app)
    tab.open()
    slow_app.api.on_request = lambda _: time.sleep(0.5)
    tab.key("recalculate").get_by_role("button").click()
    cancel(tab)
    expect(tab.key("banner")).to_contain_text("These rules are less than a minute old")
    expect(tab.key("banner")).to_contain_text("You cancelled")
    expect(tab.page.get_by_text("240 rules").first).to_be_visible()


def test_for_who_waits_for_a_load_that_another_visitor_cancels_it_goes_on(slow_app, new_tab):
    one, other = new_tab(slow_app), new_tab(slow_app)
    one.page.goto(one.base)
    expect(one.page.get_by_role("button", name="Cancel")).to_be_visible()
    other.page.goto(other.base)
    expect(other.page.get_by_text("Loading rules")).to_be_visible()
    one.page.bring_to_front()
    cancel(one)
    expect(one.key("banner")).to_contain_text("You cancelled")
    other.page.bring_to_front()
    other.wait_for_matrix()
    expect(other.page.get_by_text("Sample data, not your rules")).to_have_count(0)
    expect(other.page.get_by_text("240 rules").first).to_be_visible()
    assert len(slow_app.api.requests) == 12
    one.page.bring_to_front()
    one.press_r()  # what another visitor loaded is there for all
    expect(one.page.get_by_text("You cancelled")).to_have_count(0)
