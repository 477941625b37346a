"""The whole matrix: sub-techniques shown and hidden, platforms, the tactics before a compromise."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def tab(sample_app, new_tab):
    return new_tab(sample_app)


def test_all_sub_techniques_are_shown_and_hidden_at_once(tab):
    tab.open("?catalog=enterprise")
    assert tab.tiles() == 254
    tab.key("expand_all").get_by_role("button", name="Expand all").click()
    tab.wait_for_tiles(872)
    tab.expect_in_address("expanded=all")
    tab.page.reload()
    tab.wait_for_matrix()
    assert tab.tiles() == 872
    tab.key("expand_all").get_by_role("button", name="Collapse all").click()
    tab.wait_for_tiles(254)
    tab.expect_in_address("expanded", there=False)


def test_every_corner_of_an_expanded_matrix_can_be_clicked(tab):
    tab.open("?catalog=enterprise&expanded=all")
    for technique, right, down in [("T1595.001", -0.9, 0.9), ("T1059.001", 0.9, 0.9), ("T1498.002", 0.9, -0.9)]:
        tab.click_cell(technique, right=right, down=down)
        tab.expect_dialog(f"{technique} · ")
        tab.close_dialog()


def test_the_strip_beside_a_technique_shows_and_hides_its_sub_techniques(tab):
    tab.open("?catalog=enterprise")
    tab.click_cell("T1566", "expand")
    tab.wait_for_tiles(258)
    tab.expect_in_address("expanded=T1566")
    expect(tab.dialog).to_have_count(0)
    tab.click_cell("T1566.001")
    tab.expect_dialog("Spearphishing Attachment")
    tab.close_dialog()
    tab.click_cell("T1566", "expand")
    tab.wait_for_tiles(254)


def test_the_detail_tells_direct_from_inherited_coverage(tab):
    tab.open("?catalog=enterprise&technique=T1566")
    tab.expect_dialog("2 of 4 sub-techniques", "0 of them on T1566 itself")


def test_a_click_below_a_column_opens_nothing(tab):
    tab.open("?catalog=enterprise")
    tab.click_cell("T1529", down=2)  # the last of Impact
    tab.page.wait_for_timeout(1000)
    expect(tab.dialog).to_have_count(0)


def test_platforms_make_the_denominator_smaller_and_it_is_stated(tab):
    tab.open("?catalog=enterprise&platforms=Linux,Windows")
    expect(tab.page.get_by_text("only Linux, Windows")).to_be_visible()
    expect(tab.key("overall")).to_contain_text("of 208 cells, 46 left out")
    expect(tab.key("tactic_bars")).not_to_contain_text("Reconnaissance")


def test_the_tactics_before_a_compromise_can_be_left_out(tab):
    tab.open("?catalog=enterprise")
    tab.key("pre_compromise").get_by_text("Pre-compromise tactics").click()
    expect(tab.key("overall")).to_contain_text("left out")
    expect(tab.key("tactic_bars")).not_to_contain_text("Reconnaissance")
    tab.expect_in_address("pre_compromise=no")


def test_the_tactics_have_the_names_of_the_chosen_version(tab):
    tab.open("?catalog=enterprise")
    expect(tab.key("tactic_bars")).to_contain_text("Defense Impairment")
    tab.choose("attack_version", "18.1")
    expect(tab.key("tactic_bars")).to_contain_text("Defense Evasion")
    expect(tab.key("tactic_bars")).not_to_contain_text("Stealth")
