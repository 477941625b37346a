"""Several sources on the pages: chosen together or alone, one of them failing, filtered, linked and compared."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.sources.rule_files import elastic, sigma, written
from tests.ui.test_pages import every_page, is_well, texts

PHISHING = {
    "tags": "[attack.initial-access, attack.t1566, cve.2024-1]",
    "logsource": "{product: azure, category: mail}",
}
with_both = pytest.mark.usefixtures("both")


@pytest.fixture
def library(tmp_path):
    """Two Sigma rules, one on T1486 and one on T1566."""
    return written(
        tmp_path / "sigma",
        {
            "a.yml": sigma("a", title="Encrypts files", tags="[attack.impact, attack.t1486]"),
            "b.yml": sigma("b", title="Phishing mail", **PHISHING),
        },
    )


@pytest.fixture
def database(tmp_path):
    """A tenant's database: a copy of one of the library's rules, one rule of its own, and one that is disabled."""
    path = tmp_path / "tenant.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE detection_rules (id, name, severity, mitre_tactic, mitre_technique_id, enabled, tenant_id)"
        )
        connection.executemany(
            "INSERT INTO detection_rules VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                ("a", "Encrypts files", "high", "impact", "T1486", 1, "acme"),
                ("c", "Deletes shadow copies", "low", "Impact", "T1486", 1, "globex"),
                ("d", "Asks for a password", "high", "Initial Access", "T1566", 0, "acme"),
            ],
        )
    return f"sqlite:///{path}"


@pytest.fixture
def both(open_page, monkeypatch, library, database):
    """The operator configured both; `open_page` comes first, because it takes all settings away."""
    del open_page
    monkeypatch.setenv("COVERAGE_SOURCE", f"Sigma HQ = {library}\nCustomer A = {database}\n")


def names(test, table=0):
    return sorted(test.dataframe[table].value["name"])


def titles(test):
    return [warning.proto.title.replace("\\", "") for warning in test.warning]


@with_both
@every_page
def test_all_that_is_configured_is_shown_together(open_page, page):
    test = open_page(page)
    assert is_well(test)
    assert "**5 rules** from Sigma HQ and Customer A" in texts(test)
    assert list(test.warning) == []
    assert dict(test.query_params) == {}
    assert test.multiselect(key="source").options == ["Sigma HQ", "Customer A", "Sample data", "Upload rules"]
    assert test.multiselect(key="source").proto.placeholder == "All 2 sources"


@with_both
@every_page
@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("sigma-hq", "**2 rules** from Sigma HQ,"),
        ("customer-a", "**3 rules** from Customer A,"),
        ("customer-a,sigma-hq", "**5 rules** from Sigma HQ and Customer A,"),
        ("library", "**5 rules** from Sigma HQ and Customer A,"),
        ("sample", "**372 rules** from sample data,"),
    ],
)
def test_a_link_chooses_sources(open_page, page, word, said):
    test = open_page(page, source=word)
    assert is_well(test)
    assert said in texts(test)
    assert list(test.toast) == []


@with_both
@pytest.mark.parametrize("word", ["sample,sigma-hq", "sigma-hq,no-such", "api"])
def test_a_link_to_what_cannot_be_chosen_shows_all(open_page, word):
    test = open_page(source=word)
    assert len(test.toast) == 1
    assert "from Sigma HQ and Customer A" in texts(test)
    assert dict(test.query_params) == {}


@with_both
def test_a_choice_is_in_the_address_and_a_reload_keeps_it(open_page):
    test = open_page("pages/rules.py")
    test.multiselect(key="source").set_value(["customer-a"]).run()
    assert names(test) == ["Asks for a password", "Deletes shadow copies", "Encrypts files"]
    assert test.query_params["source"] in ("customer-a", ["customer-a"])
    again = open_page("pages/rules.py", source="customer-a")
    assert names(again) == names(test)
    test.multiselect(key="source").set_value([]).run()
    assert len(names(test)) == 5
    assert "source" not in test.query_params


@with_both
def test_sample_data_is_never_among_real_rules(open_page):
    test = open_page()
    test.multiselect(key="source").set_value(["customer-a", "sample"]).run()
    assert test.session_state["source"] == ["sample"]
    assert titles(test) == ["Sample data, not your rules: 372 made-up rules are shown"]
    test.multiselect(key="source").set_value(["sample", "sigma-hq"]).run()
    assert test.session_state["source"] == ["sigma-hq"]
    assert titles(test) == []


@with_both
def test_an_upload_stands_beside_the_configured_sources(open_page):
    test = open_page("pages/rules.py", source="sigma-hq,upload")
    assert titles(test) == ["No rules of Upload are in these figures"]
    rules = json.dumps([{"id": "a", "name": "Mine", "mitre_technique_id": "T1486", "mitre_tactic": "Impact"}])
    test.file_uploader(key="upload_files").set_value([("rules.json", rules.encode(), "application/json")]).run()
    assert is_well(test)
    assert titles(test) == []
    assert names(test) == ["Encrypts files", "Mine", "Phishing mail"]


def test_one_library_is_as_it_always_was(open_page, monkeypatch, library):
    monkeypatch.setenv("COVERAGE_SOURCE", str(library))
    test = open_page("pages/rules.py", source="library")
    assert "**2 rules** from Rule library" in texts(test)
    assert set(test.dataframe[0].value["feed"]) == {""}
    assert test.multiselect(key="source").options == ["Rule library", "Sample data", "Upload rules"]


@with_both
def test_a_rule_of_two_sources_counts_once_and_is_listed_with_both(open_page):
    test = open_page("pages/rules.py")
    assert names(test).count("Encrypts files") == 2
    test = open_page("pages/rules.py", rules_list="duplicates")
    (duplicate,) = test.dataframe[0].value.to_dict("records")
    assert (duplicate["original_feed"], duplicate["feed"]) == ("Sigma HQ", "Customer A")
    assert duplicate["likeness"] == "copy in another source"
    assert "counts once with the other" in texts(test)
    detail = open_page(technique="T1486")
    assert "2 rules" in texts(detail) + html(detail)
    assert "Copy of another source" in html(detail)


def html(test):
    return "\n".join(str(element.proto.body) for element in test.get("html"))


@pytest.mark.parametrize("state", ["missing", "broken"])
def test_one_of_two_sources_that_fails_is_named_and_the_other_counts(open_page, monkeypatch, library, tmp_path, state):
    path = tmp_path / "tenant.db"
    if state == "broken":
        path.write_text("no database")
    monkeypatch.setenv("COVERAGE_SOURCE", f"Sigma HQ = {library}\nCustomer *A* = sqlite:///{path}")
    test = open_page("pages/rules.py")
    assert is_well(test)
    assert titles(test) == ["No rules of Customer *A* are in these figures"]
    assert "hit Recalculate" in test.warning[0].value
    assert "**2 rules** from Sigma HQ," in texts(test)
    assert set(test.dataframe[0].value["feed"]) == {"Sigma HQ"}


@with_both
def test_the_last_good_rules_of_a_source_that_fails_still_count(open_page, tmp_path):
    test = open_page()
    (tmp_path / "tenant.db").write_text("no database")
    test.button(key="recalculate").click().run()
    assert is_well(test)
    (title,) = titles(test)
    assert title.startswith("These rules of Customer A are less than a minute old, loaded ")
    assert "**5 rules** from Sigma HQ and Customer A" in texts(test)
    assert "nothing changed" in texts(test)


def test_where_all_sources_fail_sample_data_stands_in(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("COVERAGE_SOURCE", f"One = {tmp_path}/one\nTwo = {tmp_path}/two")
    test = open_page()
    assert titles(test) == ["Sample data, not your rules: 372 made-up rules are shown"]
    assert "One: " in texts(test)
    assert "Two: " in texts(test)


@with_both
def test_what_changed_in_one_source_is_said(open_page, library):
    test = open_page()
    written(library, {"c.yml": sigma("c", title="Another")})
    test.button(key="recalculate").click().run()
    assert "1 rule added, 0 removed, 0 changed" in texts(test)


@with_both
@every_page
@pytest.mark.parametrize(
    ("parameters", "words", "rules"),
    [
        ({"tenant": "acme"}, "only tenant acme", 2),
        ({"tenant": "acme,globex"}, "only tenant acme or globex", 3),
        ({"logsource": "windows"}, "only log source windows", 1),
        ({"logsource": "azure/mail"}, "only log source azure/mail", 1),
        ({"tag": "cve.2024-1"}, "only tag cve.2024-1", 1),
        ({"tenant": "acme", "severity": "high"}, "only high rules", 2),
        ({"severity": "low", "source": "customer-a"}, "only low rules", 1),
    ],
)
def test_a_filter_of_a_link_goes_before_every_figure(open_page, page, parameters, words, rules):
    test = open_page(page, **parameters)
    assert is_well(test)
    assert words in texts(test)
    assert f"**{rules} of " in texts(test)
    assert {key: one(word) for key, word in dict(test.query_params).items()} == parameters
    if page == "pages/rules.py":
        assert len(test.dataframe[0].value) == rules


def one(word):
    return word[0] if isinstance(word, list) else word


@with_both
def test_a_filter_says_how_many_rules_it_leaves_out_because_they_are_unknown(open_page):
    test = open_page()
    assert test.multiselect(key="tenant").options == ["acme (2)", "globex (1)"]
    test.multiselect(key="tenant").set_value(["acme"]).run()
    assert "Left out as well: 2 rules that state no tenant." in texts(test)
    assert one(test.query_params["tenant"]) == "acme"


def test_there_are_no_filters_for_what_the_rules_do_not_state(open_page, monkeypatch, tmp_path):
    folder = written(tmp_path / "one", {"a.toml": elastic("a")})
    monkeypatch.setenv("COVERAGE_SOURCE", str(folder))
    test = open_page()
    assert {"tenant", "logsource", "tag"}.isdisjoint(each.key for each in test.multiselect)


@with_both
def test_a_filter_stays_when_no_rule_states_its_value_any_more(open_page, database):
    test = open_page()
    test.multiselect(key="tenant").set_value(["acme"]).run()
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("DELETE FROM detection_rules WHERE tenant_id = 'acme'")
    test.button(key="recalculate").click().run()
    assert is_well(test)
    assert test.multiselect(key="tenant").value == ["acme"]
    assert "acme (0)" in test.multiselect(key="tenant").options
    assert one(test.query_params["tenant"]) == "acme"
    assert "No rule is left by the filters in the sidebar" in titles(test)


@with_both
def test_what_a_link_filters_by_holds_though_it_is_partly_unknown(open_page):
    test = open_page(tenant="acme,nobody")
    assert "**2 of " in texts(test)
    assert test.multiselect(key="tenant").value == ["acme", "nobody"]


@with_both
def test_the_rules_of_a_source_that_comes_in_are_added_ones(open_page, database):
    path = Path(database.removeprefix("sqlite:///"))
    path.rename(path.with_suffix(".away"))
    test = open_page()
    path.with_suffix(".away").rename(path)
    test.button(key="recalculate").click().run()
    assert "3 rules added, 0 removed, 0 changed" in texts(test)


def test_values_of_strangers_come_back_from_the_address(open_page, monkeypatch, tmp_path):
    hostile = ["a,b", "100%2C", "**bold** [x](http://x)", "<script>", "ü & ?=#"]
    rules = [{"id": str(n), "mitre_technique_id": "T1486", "tenant": name} for n, name in enumerate(hostile)]
    path = tmp_path / "rules.json"
    path.write_text(json.dumps(rules))
    monkeypatch.setenv("COVERAGE_SOURCE", str(path))
    test = open_page("pages/rules.py")
    test.multiselect(key="tenant").set_value(hostile[:2]).run()
    word = one(test.query_params["tenant"])
    again = open_page("pages/rules.py", tenant=word)
    assert is_well(again)
    assert sorted(again.dataframe[0].value["tenant"]) == sorted(hostile[:2])
    every = open_page("pages/rules.py", tenant=",".join(name for name in hostile[2:]))
    assert is_well(every)
    assert len(every.dataframe[0].value) == 3


@with_both
def test_compare_holds_all_sources_against_one_of_them(open_page):
    test = open_page("pages/compare.py", before_rules="customer-a", before_version="19.1")
    assert is_well(test)
    assert "Sigma HQ and Customer A" in texts(test)
    (table,) = [each.value for each in test.dataframe]
    # The copy of a rule that the customer has already changes nothing.
    assert table["technique_id"].tolist() == ["T1566"]
    assert table["causes"].tolist() == ["rule added"]


@with_both
def test_compare_holds_two_single_sources_against_each_other_by_id(open_page):
    test = open_page("pages/compare.py", source="sigma-hq", before_rules="customer-a", before_version="19.1")
    assert is_well(test)
    table = test.dataframe[0].value.set_index("technique_id")
    assert "1 rule is gone" in table.loc["T1486", "explanation"]
    assert table.loc["T1486", "rules_before"] == 2
    assert table.loc["T1486", "rules_after"] == 1


@with_both
def test_compare_shows_what_a_recalculation_of_several_sources_changed(open_page, library):
    test = open_page("pages/compare.py")
    written(library, {"c.yml": sigma("c", tags="[attack.impact, attack.t1490]")})
    test.button(key="recalculate").click().run()
    options = test.selectbox(key="before_rules").options
    assert options[0] == "The same rules"
    assert options[1].startswith("The rules of ")
    assert options[2:] == ["Sigma HQ", "Customer A", "Sample data", "Uploaded rules"]
    test.selectbox(key="before_rules").set_value("last").run()
    test.selectbox(key="before_version").set_value("19.1").run()
    assert is_well(test)
    assert test.dataframe[0].value["technique_id"].tolist() == ["T1490"]
