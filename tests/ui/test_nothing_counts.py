"""What a page says where there are rules and none of them counts."""

import pytest

from tests.sources.rule_files import sigma, written
from tests.ui.test_pages import every_page, is_well

TABLE = b"id,name,severity,enabled,tactic,technique,tenant\n"


@pytest.fixture
def open_with(open_page, monkeypatch, tmp_path):
    """Opens a page over a folder of these files."""

    def open_it(files, page="app.py", **parameters):
        monkeypatch.setenv("COVERAGE_SOURCE", str(written(tmp_path / "rules", files)))
        test = open_page(page, **parameters)
        assert is_well(test)
        return test

    return open_it


def said(test):
    return [(warning.proto.title, warning.value.replace("\\", "")) for warning in test.warning]


@every_page
def test_why_no_rule_counts_is_said_above_the_figures(open_with, page):
    rows = b"1,A,high,yes,,T1059,\n2,B,high,yes,,T1003,\n3,C,low,yes,Impact,,\n"
    ((title, text),) = said(open_with({"rules.csv": TABLE + rows}, page))
    assert title == "No rule counts in this matrix"
    assert text == (
        "Why: no tactic is named, and this matrix counts rules under the tactics that they name (2 rules); no ATT&CK "
        "technique is named (1 rule). The Enterprise matrix has a place for every technique, also without a tactic. "
        "The Rules page lists them under *Unmapped*."
    )


def test_nothing_is_said_where_a_rule_counts(open_with):
    rows = TABLE + b"1,A,high,yes,,T1059,\n"
    assert said(open_with({"rules.csv": rows}, catalog="enterprise")) == []


def test_rules_that_are_all_disabled_are_no_coverage_of_zero_without_a_word(open_with):
    files = {"a.yml": sigma("a", status="deprecated")}
    ((title, text),) = said(open_with(files))
    assert (title, "disabled rules" in text) == ("No rule is enabled of 1 rule", True)
    assert said(open_with(files, potential="yes")) == []


def test_filters_that_leave_nothing_say_so(open_with):
    ((title, _),) = said(open_with({"a.yml": sigma("a", level="high")}, severity="low"))
    assert title == "No rule is left by the filters in the sidebar"


def test_techniques_that_the_chosen_platforms_leave_out_are_named_as_that(open_with):
    rows = TABLE + b"1,A,high,yes,,T1546.003,\n"  # WMI, of Windows alone
    ((_, text),) = said(open_with({"rules.csv": rows}, catalog="enterprise", platforms="Linux"))
    assert text.startswith("Why: the choice of platforms and tactics leaves the technique out (1 rule). The Rules")
