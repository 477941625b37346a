"""The Compare page: two versions, two rule sets, and why cells differ."""

import json

from playwright.sync_api import expect

RULES = [
    {"id": "kept", "name": "Kept", "mitre_tactic": "Execution", "mitre_technique_id": "T1059", "severity": "low"},
    {"id": "new", "name": "New", "mitre_tactic": "Stealth", "mitre_technique_id": "T1036", "severity": "low"},
]


def open_comparison(tab, query):
    tab.page.goto(f"{tab.base}/compare{query}")
    expect(tab.key("panel_cells")).to_be_visible()
    tab.settle()


def test_the_same_rules_under_two_versions(sample_app, new_tab):
    tab = new_tab(sample_app)
    open_comparison(tab, "?catalog=enterprise")
    expect(tab.key("card_rules")).to_contain_text("no change")
    expect(tab.key("panel_causes")).to_contain_text("Tactic moved")
    expect(tab.key("panel_causes")).to_contain_text("Sample data")
    expect(tab.key("panel_tactics")).to_contain_text("Defense Evasion → Stealth")
    tab.choose("before_version", "19.1")
    expect(tab.key("panel_cells")).to_contain_text("Both sides cover the same")
    tab.expect_in_address("before_version=19.1")


def test_uploaded_rules_before_and_a_click_in_the_difference(sample_app, new_tab):
    tab = new_tab(sample_app)
    tab.page.goto(f"{tab.base}/compare?before_rules=upload&before_version=19.1")
    expect(tab.page.get_by_text("No rule file is uploaded yet")).to_be_visible()
    upload = {"name": "rules.json", "mimeType": "application/json", "buffer": json.dumps(RULES).encode()}
    tab.key("before_upload_files").locator("input[type=file]").set_input_files([upload])
    expect(tab.key("panel_causes")).to_contain_text("Rule removed: 2")
    tab.wait_for_matrix("difference")
    tab.click_cell("T1036", matrix="difference")
    tab.expect_dialog("Masquerading")


def test_two_rule_sets(api, api_app, new_tab):
    api.rules = RULES[:1]
    tab = new_tab(api_app)
    tab.open()
    api.rules = RULES
    tab.key("recalculate").get_by_role("button").click()
    expect(tab.key("banner")).to_contain_text("1 rule added")
    tab.page.get_by_role("link", name="Compare").click()
    expect(tab.key("panel_sides")).to_be_visible()
    tab.key("before_rules").locator("input").click()
    tab.page.get_by_role("option", name="The rules of").click()
    expect(tab.key("panel_causes")).to_contain_text("Rule added: 1")
    tab.choose("before_version", "19.1")
    with tab.page.expect_download() as started:
        tab.key("download_comparison").get_by_role("button").click()
    assert "rule added" in started.value.path().read_text(encoding="utf-8-sig")
