"""The Coverage page with the sample data: what it shows, what a click opens, what a link brings."""

import pytest
from playwright.sync_api import expect

KEYS = (
    "banner",
    "recalculate",
    "overall",
    "tactic_bars",
    "matrix",
    "legend",
    "technique_search",
    "gap_cards",
    "source",
    "catalog",
    "attack_version",
)


@pytest.fixture
def tab(sample_app, new_tab):
    return new_tab(sample_app)


def test_a_first_visit_without_configuration_shows_sample_data_and_says_so(tab):
    tab.open()
    for key in KEYS:
        expect(tab.key(key).first).to_be_visible()
    expect(tab.key("banner")).to_contain_text("Sample data, not your rules: 372 made-up rules are shown")
    expect(tab.key("banner")).to_contain_text("THREATOPS_API_URL")
    expect(tab.key("overall")).to_contain_text("of 67 cells")
    expect(tab.key("tactic_bars").locator("li")).to_have_count(12)
    expect(tab.page.get_by_test_id("stException")).to_have_count(0)


def test_everything_the_page_needs_comes_from_its_own_server(tab, sample_app):
    asked = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.open()
    assert [url for url in asked if not url.startswith((sample_app.url, "data:", "blob:"))] == []


@pytest.mark.parametrize(
    ("right", "down"),
    [(0, 0), (0.9, 0.9), (-0.9, -0.9), (0.9, -0.9), (-0.9, 0.9)],
    ids=["middle", "se", "nw", "ne", "sw"],
)
def test_a_click_anywhere_in_a_cell_opens_its_technique(tab, right, down):
    tab.open()
    tab.click_cell("T1059", right=right, down=down)
    tab.expect_dialog("Command & Scripting Interpreter", "T1059 · Execution", "Full coverage", "Sample data")
    tab.expect_in_address("technique=T1059")


def test_the_mouse_over_a_cell_shows_what_it_is_above_all_words(tab):
    tab.open()
    tab.hover_cell("T1059", "TA0002")
    label = tab.key("matrix").locator(".hovertext")
    expect(label).to_contain_text("T1059 · Execution")
    order = "element => Number(getComputedStyle(element).zIndex)"
    svg = label.locator("xpath=ancestor::*[name()='svg']")
    assert svg.evaluate(order) > tab.key("matrix_words").evaluate(order)


def test_the_detail_lists_five_rules_and_all_of_them_in_a_table(tab):
    tab.open()
    tab.click_cell("T1059")
    expect(tab.dialog.locator(".cov-rules").first.locator("li")).to_have_count(5)
    tab.dialog.get_by_text("rules", exact=False).filter(has_text="All ").first.click()
    expect(tab.dialog.get_by_test_id("stDataFrame")).to_be_visible()
    tab.dialog.get_by_placeholder("Search in name, id and origin").fill("no such rule")
    tab.page.keyboard.press("Enter")
    tab.expect_dialog("No rule matches")
    link = tab.dialog.get_by_role("link", name="attack.mitre.org")
    expect(link).to_have_attribute("href", "https://attack.mitre.org/techniques/T1059/")


def test_a_cell_without_rules_says_what_to_do(tab):
    tab.open()
    tab.click_cell("T1020")
    tab.expect_dialog("No detection rules mapped", "Write or import a rule that is tagged T1020")


def test_a_cell_with_disabled_rules_shows_its_potential(tab):
    tab.open()
    tab.click_cell("T1486")
    tab.expect_dialog("No detection rules mapped", "review and enable", "Disabled rules")


@pytest.mark.parametrize("way", ["escape", "cross", "outside"])
def test_the_detail_closes_and_the_same_cell_opens_again(tab, way):
    tab.open()
    for _ in range(2):
        tab.click_cell("T1055", "TA0004")
        tab.expect_dialog("Process Injection")
        if way == "escape":
            tab.page.keyboard.press("Escape")
        elif way == "cross":
            tab.dialog.get_by_role("button", name="Close").click()
        else:
            tab.page.mouse.click(20, 450)
        tab.expect_no_dialog()
        tab.expect_in_address("technique", there=False)


def test_nothing_but_a_click_in_a_cell_opens_the_detail_again(tab):
    tab.open()
    tab.click_cell("T1055", "TA0004")
    tab.expect_dialog("Process Injection")
    tab.close_dialog()
    tab.key("potential").get_by_text("Count disabled rules too").click()
    tab.settle()
    expect(tab.page.get_by_text("disabled rules counted as if enabled")).to_be_visible()
    tab.expect_no_dialog()
    tab.press_r()
    tab.expect_no_dialog()


@pytest.mark.parametrize("_round", range(4))  # whether the second click interrupts the first is chance
def test_several_quick_clicks_end_at_the_last_one(tab, _round):
    tab.open()
    last = tab.click_cells_quickly(["T1566", "T1047", "T1136", "T1134"])
    tab.expect_dialog(f"{last} · ")
    tab.settle()
    expect(tab.dialog).to_have_count(1)
    tab.expect_dialog(f"{last} · ")
    tab.expect_in_address(f"technique={last}")


def test_a_technique_is_found_without_a_mouse(tab):
    tab.open()
    for words in ("T1003.001", "lsass mem", "LSASS Memory"):
        tab.key("technique_search").locator("input").focus()
        tab.page.keyboard.type(words)
        expect(tab.page.get_by_role("option")).to_have_count(1)
        tab.page.keyboard.press("Enter")
        tab.expect_dialog("LSASS Memory", "T1003.001")
        tab.close_dialog()


def test_a_gap_card_opens_its_technique(tab):
    tab.open()
    tab.key("gap_T1486").get_by_role("button").click()
    tab.expect_dialog("Data Encrypted for Impact")


@pytest.mark.parametrize(("asked", "shown"), [("T1003", "T1003"), ("t1059/001", "T1059.001"), ("T1562.001", "T1685")])
def test_a_link_opens_a_technique(tab, asked, shown):
    tab.open(f"?technique={asked}")
    tab.expect_dialog(shown)
    tab.settle()
    tab.expect_in_address(f"technique={shown}")
    tab.close_dialog()
    tab.expect_in_address("technique", there=False)


def test_a_link_to_what_does_not_exist_says_so_and_shows_the_page(tab):
    tab.open("?technique=T9999&catalog=nonsense&full=-1")
    expect(tab.page.get_by_text("has no technique T9999")).to_be_visible()
    expect(tab.page.get_by_text("which means nothing here")).to_have_count(2)
    expect(tab.key("overall")).to_contain_text("of 67 cells")
    tab.settle()
    tab.expect_in_address("?", there=False)


def test_back_forward_and_reload_keep_what_was_chosen(tab):
    tab.open()
    tab.key("catalog").get_by_text("Enterprise").click()
    expect(tab.key("overall")).to_contain_text("of 254 cells")
    tab.choose("attack_version", "18.1")
    expect(tab.key("overall")).to_contain_text("of 250 cells")
    tab.page.get_by_role("link", name="Rules").click()
    expect(tab.key("panel_rules")).to_be_visible()
    tab.settle()
    tab.page.go_back()
    tab.wait_for_matrix()
    expect(tab.key("overall")).to_contain_text("of 250 cells")
    tab.expect_in_address("/?catalog=enterprise&attack_version=18.1")
    tab.page.reload()
    tab.wait_for_matrix()
    expect(tab.key("overall")).to_contain_text("of 250 cells")
    tab.page.go_back()
    tab.wait_for_matrix()
    expect(tab.key("overall")).to_contain_text("of 254 cells")
    tab.page.go_forward()
    expect(tab.key("overall")).to_contain_text("of 250 cells")


def test_settings_that_nobody_touched_are_the_same_on_every_page(tab):
    tab.open()
    for page, there in (("Rules", "rules"), ("Compare", "compare"), ("Coverage", "")):
        tab.page.get_by_role("link", name=page, exact=True).click()
        tab.page.wait_for_url(f"{tab.base}/{there}")
        tab.settle()
        expect(tab.key("full").locator("input")).to_have_value("3")
        expect(tab.key("catalog").get_by_role("radio", name="ThreatOps")).to_be_checked()
        assert tab.page.url == f"{tab.base}/{there}"
    expect(tab.key("legend")).to_contain_text("Full: 3 rules or more")


def test_back_to_the_page_after_a_reload_of_another_one(tab):
    tab.open("?full=2")
    tab.page.get_by_role("link", name="Rules").click()
    expect(tab.page.get_by_role("heading", name="Detection rules")).to_be_visible()
    tab.settle()
    tab.page.reload()
    expect(tab.page.get_by_role("heading", name="Detection rules")).to_be_visible()
    tab.settle()
    tab.page.go_back()
    tab.wait_for_matrix()
    expect(tab.page.get_by_test_id("stException")).to_have_count(0)
    expect(tab.key("legend")).to_contain_text("Full: 2 rules or more")
    expect(tab.key("catalog").get_by_role("radio", name="ThreatOps")).to_be_checked()


def test_two_tabs_do_not_disturb_each_other(sample_app, new_tab):
    one, other = new_tab(sample_app), new_tab(sample_app)
    one.open()
    other.open("?catalog=enterprise")
    one.click_cell("T1055", "TA0004")
    one.expect_dialog("Process Injection")
    expect(other.dialog).to_have_count(0)
    expect(other.key("overall")).to_contain_text("of 254 cells")
    expect(one.key("overall")).to_contain_text("of 67 cells")


def test_the_whole_of_enterprise_is_clickable_on_a_narrow_window(sample_app, new_tab):
    tab = new_tab(sample_app, viewport={"width": 800, "height": 700})
    tab.open("?catalog=enterprise")
    for technique, tactic, name in [
        ("T1595", "TA0043", "Active Scanning"),
        ("T1497", "TA0007", "Virtualization/Sandbox Evasion"),
        ("T1657", "TA0040", "Financial Theft"),
    ]:
        tab.click_cell(technique, tactic)
        tab.expect_dialog(name)
        tab.close_dialog()


def test_the_colours_change_with_the_palette_and_the_counts_stay(tab):
    plot = "document.querySelector('.st-key-matrix .js-plotly-plot')"
    fill = f"() => JSON.stringify({plot}?._fullData?.[0]?.colorscale)"  # a changed figure is a new element
    texts = "() => [...document.querySelectorAll('.st-key-matrix .cov-tile')].map(tile => tile.textContent)"
    tab.open()
    before, counts = tab.page.evaluate(fill), tab.page.evaluate(texts)
    tab.key("safe_colours").get_by_text("Colour-blind safe colours").click()
    tab.page.wait_for_function(f"before => ![before, undefined].includes(({fill})())", arg=before)
    tab.wait_for_matrix()
    assert tab.page.evaluate(fill) != before
    assert tab.page.evaluate(texts) == counts
    assert len(counts) == 67


def test_in_the_dark_the_page_is_dark(sample_app, new_tab):
    tab = new_tab(sample_app, color_scheme="dark")
    tab.open("?technique=T1059")
    tab.expect_dialog("Full coverage")
    shade = "element => getComputedStyle(element).backgroundColor"
    assert tab.page.get_by_test_id("stApp").evaluate(shade) == "rgb(11, 18, 32)"
