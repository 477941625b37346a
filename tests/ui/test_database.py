"""A database on the page, where only the operator can name it."""

from __future__ import annotations

from tests.postgres import PASSWORD, SOC_NAMES, SOC_RULES


def test_the_rules_of_a_database_are_shown(postgres, open_page, monkeypatch):
    settings = SOC_NAMES | {"COVERAGE_SOURCE": postgres.database("rules", *SOC_RULES)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    test = open_page()
    assert list(test.exception) == []
    assert list(test.warning) == []
    assert test.multiselect(key="source").options[0] == "Database"
    said = "\n".join(str(element.value) for element in (*test.markdown, *test.caption))
    assert "**4 rules** from Database" in said


def test_why_a_database_cannot_be_read_is_said_without_its_password(postgres, open_page, monkeypatch):
    monkeypatch.setenv("COVERAGE_SOURCE", postgres.address("missing"))
    test = open_page()
    assert list(test.exception) == []
    (warning,) = test.warning
    assert "There is no database of that name" in warning.value
    assert "Sample data, not your rules" in warning.proto.title
    assert PASSWORD not in "\n".join(str(element.proto) for element in (*test.main, *test.sidebar))


def test_rules_that_the_database_counted_are_counted_on_every_page_and_listed_by_kind(postgres, open_page, monkeypatch):
    url = postgres.database(
        "rules",
        "CREATE TABLE detection_rules (id INT, name TEXT, severity TEXT, mitre_tactic TEXT, mitre_technique_id TEXT)",
        "INSERT INTO detection_rules SELECT n, 'Rule', 'high', 'Credential Access', "
        "CASE WHEN n <= 120000 THEN 'T1003.001' ELSE 'T1110' END FROM generate_series(1, 150000) AS n",
    )
    monkeypatch.setenv("COVERAGE_SOURCE", url)
    test = open_page()
    assert list(test.exception) == []
    assert any("**150,000 rules** from Database" in element.value for element in test.markdown)
    test = open_page("pages/rules.py")
    captions = [caption.value for caption in test.caption]
    assert "150,000 of 150,000 rules" in captions
    assert any("so the database counted them" in caption for caption in captions)
