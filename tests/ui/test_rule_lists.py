"""The lists of rule quality on the Rules page, under the sidebar's settings."""

import json

import pytest

from tests.detection_api import DetectionApi

PAGE = "pages/rules.py"
LISTS = ("rules", "unmapped", "stale", "fragile", "low", "duplicates", "issues")


def api_rule(number, technique, **fields):
    made = {"id": str(number), "name": f"Rule {number}", "severity": "low", "mitre_tactic": "Execution"}
    return made | {"mitre_technique_id": technique} | fields


RULES = [
    api_rule(1, "T1059"),
    api_rule(2, "T1047", severity="high"),
    api_rule(3, "T1047", severity="high", name="<b>Rule</b> 2"),
    api_rule(4, "T1562.001", severity="high"),
    api_rule(5, "T9999", severity="unheard of"),
    api_rule(5, "T1053"),
    api_rule(6, "T1047", severity="high", name="Rule 2"),
    api_rule(7, "T1203", severity="high", enabled=False),
]


@pytest.fixture
def open_list(open_page, monkeypatch):
    """Opens one list of the rules of an API."""
    with DetectionApi(RULES) as api:
        monkeypatch.setenv("THREATOPS_API_URL", api.url)
        yield lambda name, **settings: open_page(PAGE, rules_list=name, **settings)


def sizes(test):
    """What stands on the buttons."""
    (control,) = [each for each in test.button_group if each.key == "rules_list"]
    return dict(zip(LISTS, (int(label.split("**")[1].replace(",", "")) for label in control.options), strict=True))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_as_long_as_its_button_says(open_list, name):
    test = open_list(name)
    assert list(test.exception) == []
    assert len(test.dataframe[0].value) == sizes(test)[name]
    assert list(sizes(test).values()) == [7, 2, 2, 1, 1, 2, 4]


def test_a_list_follows_the_sidebar_s_settings(open_list):
    test = open_list("unmapped")
    assert set(test.dataframe[0].value["rule_id"]) == {"4", "5"}
    test.button_group(key="catalog").set_value("enterprise").run()
    assert set(test.dataframe[0].value["rule_id"]) == {"5"}
    test.button_group(key="severity").set_value(["high"]).run()
    assert [each.value for each in test.exception] == []
    assert sizes(test)["low"] == sizes(test)["unmapped"] == 0
    assert "Every rule that is enabled counts" in test.success[0].value
    assert "only high rules" in test.success[0].value
    assert test.query_params["rules_list"] == "unmapped"


@pytest.mark.parametrize("severity", ["high", "low"])
def test_the_list_of_all_rules_is_as_long_as_its_button_says_under_a_filter(open_list, severity):
    test = open_list("rules", severity=severity)
    assert len(test.dataframe[0].value) == sizes(test)["rules"] < len(RULES)


def test_a_technique_s_id_is_a_link_to_its_detail_with_the_settings(open_list):
    test = open_list("fragile", catalog="enterprise", technique="T1047")
    links = set(test.dataframe[0].value["technique_id"])
    assert "?technique=T1059&rules_list=fragile&catalog=enterprise" in links
    assert len(test.get("dialog")) == 1


def test_the_kinds_of_a_list_can_be_chosen(open_list):
    test = open_list("stale")
    test.button_group(key="stale_standing").set_value(["unknown"]).run()
    assert test.dataframe[0].value["tag"].tolist() == ["T9999"]


@pytest.mark.parametrize("name", LISTS[1:6])
def test_a_list_of_nothing_says_what_that_means(open_page, monkeypatch, tmp_path, name):
    rules = [api_rule(n, "T1059", severity="high") for n in range(2)]
    (tmp_path / "rules.json").write_text(json.dumps(rules))
    monkeypatch.setenv("COVERAGE_SOURCE", str(tmp_path / "rules.json"))
    test = open_page(PAGE, rules_list=name)
    assert list(test.exception) == []
    assert list(test.dataframe) == []
    assert len(test.success) == 1
    assert list(test.warning) == []


def test_a_set_in_which_no_rule_is_enabled_is_not_praised(open_page, monkeypatch, tmp_path):
    (tmp_path / "rules.json").write_text(json.dumps([api_rule(1, "T1059", enabled=False)]))
    monkeypatch.setenv("COVERAGE_SOURCE", str(tmp_path / "rules.json"))
    for name in ("unmapped", "fragile", "low"):
        test = open_page(PAGE, rules_list=name)
        assert list(test.success) == []
        assert "No " in test.info[0].value
