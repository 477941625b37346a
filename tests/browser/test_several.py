"""Several sources beside each other, chosen and filtered in the sidebar."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.app_server import AppServer


def record(rule_id, tenant, technique="T1059"):
    return {"id": rule_id, "name": f"Rule {rule_id} of {tenant}", "severity": "low", "tenant_id": tenant} | {
        "mitre_tactic": "Execution",
        "mitre_technique_id": technique,
    }


@pytest.fixture
def two_sources(tmp_path):
    """The app with two sources of two tenants each, five rules in all; one id is in both."""
    (tmp_path / "one.json").write_text(json.dumps([record("1", "acme"), record("2", "globex")]))
    (tmp_path / "two.json").write_text(json.dumps([record("1", "initech"), record("3", "acme"), record("4", "acme")]))
    sources = f"Customer A = {tmp_path}/one.json\nCustomer B = {tmp_path}/two.json"
    with AppServer({"COVERAGE_SOURCE": sources}, tmp_path / "log") as app:
        yield app


def test_two_sources_one_of_them_a_filter_and_the_way_back(two_sources, new_tab):
    tab = new_tab(two_sources)
    tab.open()
    subtitle = tab.page.get_by_text("calculated")
    expect(subtitle).to_contain_text("5 rules from Customer A and Customer B")
    tab.choose_more("source", "Customer B")
    expect(subtitle).to_contain_text("3 rules from Customer B")
    tab.expect_in_address("source=customer-b")
    tab.choose_more("source", "Customer A")
    expect(subtitle).to_contain_text("5 rules from Customer A and Customer B")
    tab.expect_in_address("source=customer-a%2Ccustomer-b")
    tab.choose_more("tenant", "acme (3)")
    expect(subtitle).to_contain_text("3 of 5 rules from Customer A and Customer B")
    expect(subtitle).to_contain_text("only tenant acme")
    tab.expect_in_address("tenant=acme")
    tab.wait_for_matrix()
    tab.click_cell("T1059")
    tab.expect_dialog("Rule 3 of acme", "Customer B: two.json")
    tab.close_dialog()

    # A link to another page takes both along; Back brings the page before, and a reload the page as it is.
    tab.page.get_by_role("link", name="Rules").click()
    expect(tab.key("panel_rules")).to_contain_text("3 of 3 rules")
    tab.page.go_back()
    tab.wait_for_matrix()
    expect(subtitle).to_contain_text("only tenant acme")
    tab.page.reload()
    tab.wait_for_matrix()
    expect(subtitle).to_contain_text("3 of 5 rules from Customer A and Customer B")
    expect(subtitle).to_contain_text("only tenant acme")
