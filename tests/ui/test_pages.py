"""Every page under every kind of source and setting, in Streamlit's own test harness."""

import json

import pytest
from streamlit.runtime.state.session_state import SessionState

from tests.detection_api import DetectionApi, make_rules
from tests.shared import ROOT, shared

PAGES = ["app.py", *sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))]
HOSTILE = ("<script>alert(1)</script>", "**b** [l](http://x) :smile:", '=HYPERLINK("x")', "A" * 10_000, "\u202eabc", "")

every_page = pytest.mark.parametrize("page", PAGES)


def texts(test):
    """All that a page says, as one text."""
    found = [*test.markdown, *test.warning, *test.success, *test.error, *test.info, *test.caption]
    return "\n".join(str(element.value) for element in found).replace("\\", "")  # Markdown's escapes


def is_well(test):
    """Whether a page came to its end; what it complains of otherwise."""
    assert [error.value for error in test.exception] == []
    assert [error.value for error in test.error] == []
    return True


@every_page
def test_a_page_without_configuration_shows_sample_data(open_page, page):
    test = open_page(page)
    assert is_well(test)
    assert "Upload rules" in test.multiselect(key="source").options
    assert any("372 made-up rules" in warning.proto.title for warning in test.warning)


@every_page
@pytest.mark.parametrize("catalog", ["threatops", "enterprise"])
@pytest.mark.parametrize("attack_version", ["19.1", "18.1"])
def test_a_page_shows_every_catalog(open_page, page, catalog, attack_version):
    test = open_page(page, catalog=catalog, attack_version=attack_version)
    assert is_well(test)
    assert attack_version in texts(test)


@every_page
@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"severity": "critical"}, "only critical rules"),
        ({"potential": "yes"}, "disabled rules counted as if enabled"),
        ({"match": "exact"}, "sub-techniques not rolled up"),
        ({"full": "1"}, "full from 1 rule"),
    ],
)
def test_a_page_says_what_makes_its_figures_unusual(open_page, page, parameters, words):
    assert words in texts(open_page(page, **parameters))


@every_page
@pytest.mark.parametrize("shape", ["array", "items", "data"])
def test_a_page_shows_the_rules_of_an_api_in_every_shape(open_page, monkeypatch, page, shape):
    with DetectionApi(make_rules(60), shape=shape) as api:
        monkeypatch.setenv("THREATOPS_API_URL", api.url)
        test = open_page(page)
    assert is_well(test)
    assert "**60 rules** from ThreatOps API" in texts(test)
    assert list(test.warning) == []


@every_page
def test_a_page_shows_hostile_rules(open_page, monkeypatch, page):
    rules = [{"id": str(n), "name": name, "mitre_tactic": name, "mitre_technique_id": name, "severity": name}
             for n, name in enumerate(HOSTILE)]  # fmt: skip
    rules += [{"mitre_tactic": "Execution", "mitre_technique_id": "T1059", "name": name} for name in HOSTILE]
    with DetectionApi([*rules, None, 7, "text", []]) as api:
        monkeypatch.setenv("THREATOPS_API_URL", api.url)
        assert is_well(open_page(page, technique="T1059", source="api"))


@every_page
@pytest.mark.parametrize("mode", ["401", "403", "404", "html", "truncated"])
def test_a_page_whose_source_fails_shows_sample_data_and_why(open_page, monkeypatch, page, mode):
    with DetectionApi(make_rules(3)) as api:
        api.fail(mode)
        monkeypatch.setenv("THREATOPS_API_URL", api.url)
        test = open_page(page)
    assert is_well(test)
    (banner,) = test.warning
    assert "Sample data, not your rules" in banner.proto.title
    assert "hit Recalculate" in banner.value


@every_page
@pytest.mark.parametrize("library", ["sigma", "elastic"])
def test_a_page_shows_a_real_library(open_page, monkeypatch, page, library):
    monkeypatch.setenv("COVERAGE_SOURCE", str(shared(f"rules/{library}.tar.gz")))
    assert is_well(open_page(page, catalog="enterprise"))


@every_page
def test_a_broken_configuration_is_one_sentence(open_page, monkeypatch, page):
    monkeypatch.setenv("COVERAGE_MAX_AGE", "soon")
    test = open_page(page)
    assert [error.value for error in test.exception] == []
    (error,) = test.error
    assert "COVERAGE" in error.value
    assert "number of seconds" in error.value


@every_page
def test_every_widget_of_a_page_announces_its_run(open_page, page):
    test = open_page(page)
    state = test.session_state
    while not isinstance(state, SessionState):
        state = state._state
    registered = state._new_widget_state.widget_metadata
    silent = {
        widget.rpartition("-")[2]
        for widget, metadata in registered.items()
        if metadata.callback is None and metadata.callbacks is None
    }
    assert len(registered) > 10
    assert {name for name in silent if not name.startswith("download_")} == set()


@every_page
def test_a_changed_setting_reads_nothing_again(open_page, monkeypatch, page):
    with DetectionApi(make_rules(60)) as api:
        monkeypatch.setenv("THREATOPS_API_URL", api.url)
        monkeypatch.setenv("COVERAGE_MAX_AGE", "0")
        test = open_page(page)
        asked = len(api.requests)
        test.number_input(key="full").set_value(7).run()
        assert "full from 7 rules" in texts(test)
        assert len(api.requests) == asked
        test.run()  # as the R key does
        assert len(api.requests) > asked


@every_page
def test_recalculate_reads_again_and_says_what_changed(open_page, monkeypatch, page):
    with DetectionApi(make_rules(60)) as api:
        monkeypatch.setenv("THREATOPS_API_URL", api.url)
        test = open_page(page)
        api.rules = api.rules[:-12]
        test.button(key="recalculate").click().run()
        assert is_well(test)
        assert "**48 rules**" in texts(test)
        assert "12 removed" in texts(test)


def test_the_rules_page_filters(open_page):
    test = open_page("pages/rules.py", rules_find="powershell t1059.001", rules_state="enabled")
    table = test.dataframe[0].value
    assert 0 < len(table) < 372
    assert table["techniques"].str.contains("T1059.001").all()
    assert table["enabled"].all()
    test.selectbox(key="rules_state").set_value("disabled").run()
    assert not test.dataframe[0].value["enabled"].any()
    assert test.query_params["rules_state"] == "disabled"


def test_a_filter_that_nothing_passes_says_so(open_page):
    test = open_page("pages/rules.py", rules_find="no rule has these words")
    assert any("No rule matches" in info.value for info in test.info)


def test_the_rules_page_lists_issues_with_reason_and_place(open_page, monkeypatch, tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    good = {"id": "1", "name": "Good", "severity": "low", "mitre_tactic": "Execution", "mitre_technique_id": "T9999"}
    (folder / "rules.json").write_text(json.dumps([good, 7]))
    (folder / "README.md").write_text("no rule")
    monkeypatch.setenv("COVERAGE_SOURCE", str(folder))
    test = open_page("pages/rules.py", rules_list="issues")
    issues = test.dataframe[0].value
    assert set(issues["kind"]) == {"unknown_id", "not_a_rule"}
    assert "rules.json#2" in set(issues["where"])
    assert "1 other file was passed over" in texts(test)


def test_links_that_mean_nothing_leave_the_usual_settings(open_page):
    test = open_page(catalog="x", attack_version="1.0", severity="a,b", match="x", full="0", bars="9", source="x")
    assert is_well(test)
    assert len(test.toast) == 7
    assert dict(test.query_params) == {}


def test_links_bring_their_settings(open_page):
    test = open_page(severity="high,low", match="exact", full="4", bars="10-90", potential="yes", safe_colours="yes")
    assert test.session_state["severity"] == ["high", "low"]
    assert (test.session_state["match"], test.session_state["full"]) == ("exact", 4)
    assert (test.session_state["bars"], test.session_state["potential"]) == ((10, 90), True)
