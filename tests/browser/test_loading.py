"""Loading, recalculating and falling back, with a Detection Rules API that changes and fails."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.app_server import AppServer
from tests.detection_api import DetectionApi, make_rules

NEW = {"id": "new", "name": "New rule", "severity": "high", "mitre_tactic": "Execution", "mitre_technique_id": "T1047"}
HOSTILE = (
    "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>",
    "**bold** [link](javascript:alert(1)) :smile: $x^2$ -> `code`",
    '=HYPERLINK("http://example.org","click")',
    "A" * 10_000,
    "\u202eright to left\u202c שלום עולם",
)


def test_recalculate_says_what_came_and_what_changed(api, api_app, new_tab):
    tab = new_tab(api_app)
    tab.open()
    expect(tab.page.get_by_text("Recalculated")).to_have_count(0)
    api.rules = [*api.rules[1:], NEW]
    tab.key("recalculate").get_by_role("button").click()
    expect(tab.key("banner")).to_contain_text("Recalculated: 240 rules in")
    expect(tab.key("banner")).to_contain_text("1 rule added, 1 removed, 0 changed, 1 cell with another level")
    tab.settle()
    tab.click_cell("T1047")
    tab.expect_dialog("New rule")


def test_recalculate_without_a_change_says_so(api_app, new_tab):
    tab = new_tab(api_app)
    tab.open()
    tab.key("recalculate").get_by_role("button").click()
    expect(tab.key("banner")).to_contain_text("nothing changed since")


def test_a_changed_filter_and_a_second_visitor_fetch_nothing(api, api_app, new_tab):
    one, other = new_tab(api_app), new_tab(api_app)
    one.open()
    asked = len(api.requests)
    assert asked > 0
    other.open()
    one.key("catalog").get_by_text("Enterprise").click()
    expect(one.key("overall")).to_contain_text("of 254 cells")
    one.page.get_by_role("link", name="Rules").click()
    expect(one.key("panel_rules")).to_be_visible()
    one.settle()
    one.press_r()
    assert len(api.requests) == asked


def test_streamlit_s_own_rerun_loads_rules_again_once_they_are_old(api, new_tab, tmp_path):
    with AppServer({"THREATOPS_API_URL": api.url, "COVERAGE_MAX_AGE": "1"}, tmp_path / "log") as app:
        tab = new_tab(app)
        tab.open()
        asked = len(api.requests)
        time.sleep(1.1)
        tab.key("potential").get_by_text("Count disabled rules too").click()
        expect(tab.page.get_by_text("disabled rules counted as if enabled")).to_be_visible()
        tab.wait_for_matrix()
        tab.page.wait_for_timeout(500)  # until that run has ended
        assert len(api.requests) == asked
        api.rules = [*api.rules, NEW]
        tab.press_r()
        expect(tab.key("banner")).to_contain_text("1 rule added")
        assert len(api.requests) > asked


def test_a_failing_api_leaves_the_last_good_rules_under_a_banner_until_it_recovers(api, api_app, new_tab):
    tab = new_tab(api_app)
    tab.open()
    api.fail("401")
    tab.key("recalculate").get_by_role("button").click()
    expect(tab.key("banner")).to_contain_text("These rules are less than a minute old")
    expect(tab.key("banner")).to_contain_text("401")
    expect(tab.key("banner")).not_to_contain_text("Sample data")
    tab.settle()
    tab.click_cell("T1566")
    tab.expect_dialog("Initial Access by T1566")
    tab.close_dialog()
    api.recover()
    tab.key("recalculate").get_by_role("button").click()
    expect(tab.key("banner")).to_contain_text("Recalculated: 240 rules")
    expect(tab.key("banner")).not_to_contain_text("401")


def test_an_api_that_fails_from_the_start_brings_sample_data_until_it_recovers(api, api_app, new_tab):
    api.stop()
    tab = new_tab(api_app)
    tab.open()
    expect(tab.key("banner")).to_contain_text("Sample data, not your rules")
    expect(tab.key("banner")).to_contain_text("then hit Recalculate")
    expect(tab.page.get_by_text("from sample data")).to_be_visible()
    api.start()
    tab.key("recalculate").get_by_role("button").click()
    expect(tab.key("banner")).to_contain_text("Recalculated: 240 rules")
    expect(tab.page.get_by_text("from ThreatOps API")).to_be_visible()


def test_an_api_without_rules_is_no_coverage_of_zero(api, api_app, new_tab):
    api.rules = []
    tab = new_tab(api_app)
    tab.open()
    expect(tab.key("banner")).to_contain_text("Sample data, not your rules")
    expect(tab.key("banner")).to_contain_text("no rules")


def test_hostile_rule_names_show_to_the_letter(api, api_app, new_tab):
    api.rules = [{**NEW, "id": str(number), "name": name} for number, name in enumerate(HOSTILE)]
    tab = new_tab(api_app)
    tab.open()
    tab.click_cell("T1047")
    tab.expect_dialog(*(name[:200] for name in HOSTILE))
    assert tab.dialog.locator(".cov-rules").first.locator("img, script, a, strong").count() == 0
    assert tab.page.evaluate("window.hacked") is None
    width = "element => element.scrollWidth - element.clientWidth"
    assert tab.dialog.locator(".cov-rules").first.evaluate(width) <= 0


def test_hostile_rule_names_are_defused_in_the_download(api, api_app, new_tab):
    api.rules = [{**NEW, "id": str(number), "name": name} for number, name in enumerate(HOSTILE)]
    tab = new_tab(api_app)
    tab.page.goto(f"{api_app.url}/rules")
    with tab.page.expect_download() as started:
        tab.key("download_rules").get_by_role("button").click()
    lines = started.value.path().read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in lines
    assert "\n=HYPERLINK" not in lines
    assert started.value.suggested_filename == "attack-coverage-rules.csv"


def test_the_token_is_sent_and_never_shown(new_tab, tmp_path):
    token = "s3cret-t0ken-of-the-test"
    with DetectionApi(make_rules(24), token=token) as api:
        settings = {"THREATOPS_API_URL": api.url, "THREATOPS_API_TOKEN": token}
        with AppServer(settings, tmp_path / "log") as app:
            tab = new_tab(app)
            tab.open()
            expect(tab.page.get_by_text("24 rules from ThreatOps API")).to_be_visible()
            api.fail("500")
            tab.key("recalculate").get_by_role("button").click()
            expect(tab.key("banner")).to_contain_text("500")
            assert token not in tab.page.content()
            assert token not in app.log


@pytest.mark.parametrize("mode", ["html", "truncated"])
def test_an_answer_that_is_no_answer_is_one_clear_sentence(mode, api, api_app, new_tab):
    api.fail(mode)
    tab = new_tab(api_app)
    tab.open()
    expect(tab.key("banner")).to_contain_text("Sample data, not your rules")
    expect(tab.page.get_by_text("Traceback")).to_have_count(0)
    assert "Traceback" not in api_app.log
