"""Rules that a visitor uploads."""

import json

import pytest
from playwright.sync_api import expect

SIGMA = b"""
title: Uploaded rule
id: 4d8b9ac5-5b1e-4f5e-9a43-3f6c3e3e0001
level: high
tags: [attack.execution, attack.t1047]
logsource: {product: windows, category: process_creation}
detection: {selection: {Image: wmic.exe}, condition: selection}
"""
API_RULES = [
    {"id": "j1", "name": "From JSON", "severity": "low", "mitre_tactic": "Execution", "mitre_technique_id": "T1047"}
]


@pytest.fixture
def tab(sample_app, new_tab):
    tab = new_tab(sample_app)
    tab.open("?source=upload")
    return tab


def upload(tab, *files):
    chosen = [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files]
    tab.key("upload_files").locator("input[type=file]").set_input_files(chosen)


def test_before_an_upload_the_page_says_what_to_do(tab):
    expect(tab.key("banner")).to_contain_text("Sample data, not your rules")
    expect(tab.key("banner")).to_contain_text("choose one in the sidebar")


def test_an_upload_counts_and_survives_a_reload(tab):
    upload(tab, ("rule.yml", SIGMA), ("rules.json", json.dumps(API_RULES).encode()))
    expect(tab.page.get_by_text("2 rules from Upload")).to_be_visible()
    tab.wait_for_matrix()
    tab.click_cell("T1047")
    tab.expect_dialog("Uploaded rule", "From JSON")
    tab.close_dialog()
    tab.expect_in_address("upload_id=")
    tab.page.reload()
    tab.wait_for_matrix()
    expect(tab.page.get_by_text("2 rules from Upload")).to_be_visible()


def test_an_upload_that_is_no_rule_says_which_file_and_why(tab):
    upload(tab, ("broken.yml", b"title: [unclosed\n"))
    expect(tab.key("banner")).to_contain_text("broken.yml")
    expect(tab.key("banner")).to_contain_text("not valid YAML")
    expect(tab.page.get_by_text("Traceback")).to_have_count(0)


def test_a_link_to_an_upload_that_the_server_has_forgotten_says_so(sample_app, new_tab):
    tab = new_tab(sample_app)
    tab.open("?source=upload&upload_id=0123456789abcdef0123456789abcdef")
    expect(tab.key("banner")).to_contain_text("no longer on this server")


TABLE = b"Rule :smile:,<b>Mapping</b>,Prio\nFrom a table,T1047,high\nAnother,T1059.001,low\n"


def test_the_columns_of_a_table_are_chosen_in_the_sidebar_and_kept(tab):
    upload(tab, ("rules.csv", TABLE))
    expect(tab.key("banner")).to_contain_text("no column for techniques")
    menu = tab.key("upload_columns_0_techniques")
    menu.locator("input").click()
    tab.page.get_by_role("option", name="<b>Mapping</b>").click()
    tab.page.keyboard.press("Escape")  # the menu stays open for more
    expect(tab.page.get_by_text("2 rules from Upload")).to_be_visible()
    tab.expect_in_address("upload_columns=")
    tab.page.get_by_role("link", name="Rules").click()
    expect(tab.key("panel_rules")).to_be_visible()
    expect(tab.page.get_by_text("2 rules from Upload")).to_be_visible()
    tab.settle()
    expect(tab.key("upload_columns_0_severity")).to_be_visible()
    tab.choose("upload_columns_0_severity", "Prio")
    tab.expect_in_address("severity-2")
    tab.key("rules_list").get_by_text("Fragile cells").click()
    expect(tab.key("panel_fragile")).to_be_visible()
    tab.settle()
    tab.page.reload()
    expect(tab.page.get_by_text("2 rules from Upload")).to_be_visible()
    expect(tab.key("panel_fragile")).to_be_visible()
    expect(tab.key("upload_columns_0_severity")).to_have_count(0)
    tab.key("columns").locator("summary").click()
    expect(tab.key("upload_columns_0_severity").locator("input")).to_have_value("Prio")
