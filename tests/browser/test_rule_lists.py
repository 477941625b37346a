"""The lists of rule quality, worked through with the mouse."""

from playwright.sync_api import expect

RULES = [
    {"id": "1", "name": "One", "severity": "high", "mitre_tactic": "Execution", "mitre_technique_id": "T1047"},
    {"id": "2", "name": "=Two", "severity": "low", "mitre_tactic": "Persistence", "mitre_technique_id": "T1562.001"},
]


def test_a_list_is_chosen_by_its_button_kept_on_back_and_downloaded(api, api_app, new_tab):
    api.rules = RULES
    tab = new_tab(api_app)
    tab.page.goto(f"{api_app.url}/rules")
    expect(tab.key("panel_rules")).to_be_visible()
    tab.key("rules_list").get_by_text("Stale tags").click()
    expect(tab.key("panel_stale")).to_contain_text("1 tag of 1 rule")
    tab.expect_in_address("rules_list=stale")
    with tab.page.expect_download() as started:
        tab.key("download_stale-tags").get_by_role("button").click()
    table = started.value.path().read_text(encoding="utf-8-sig")
    assert "revoked,'=Two,T1562.001,T1685,19.0" in table
    tab.settle()
    tab.page.reload()
    expect(tab.key("panel_stale")).to_be_visible()
    tab.page.go_back()
    expect(tab.key("panel_rules")).to_be_visible()


def test_a_technique_in_a_list_opens_its_detail_in_a_tab_of_its_own(api, api_app, new_tab):
    api.rules = RULES[:1]
    tab = new_tab(api_app)
    tab.page.goto(f"{api_app.url}/rules?rules_list=fragile")
    rows = tab.key("panel_fragile").locator(".dvn-scroller")
    expect(rows).to_be_visible()
    tab.settle()
    first = {"x": 24, "y": 53}  # the first cell, under the header
    rows.hover(position=first)
    with tab.page.context.expect_page() as opened:
        rows.click(position=first, delay=50)
    expect(opened.value.locator(".st-key-technique_detail")).to_contain_text("T1047")
    assert "/rules?technique=T1047" in opened.value.url
