"""Tables: what their cells mean, row by row and counted."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.model import Issue, IssueKind, Rule, RuleSetBuilder, Severity, duplicate_message
from coverage.score import Settings, score
from coverage.sources import table
from coverage.sources.documents import read_document
from coverage.sources.header import ColumnMapping
from coverage.sources.kinds import COPIES_MESSAGE, COUNTED_NOTE
from coverage.sources.library import read_uploads
from coverage.sources.table import read_sheet, read_table
from tests.rules import ENTERPRISE, figures

FULL = ColumnMapping(
    rule_id="ID",
    name="Name",
    severity="Severity",
    enabled="Enabled",
    tactics=("Tactics",),
    techniques=("Techniques",),
)
ROW = {
    "ID": "t-1",
    "Name": "A rule",
    "Severity": "High",
    "Enabled": "yes",
    "Tactics": "Execution; Persistence",
    "Techniques": "T1059.001, T1547",
}


def read_one(mapping=FULL, **cells):
    (rule,), issues = read_table([ROW | cells], mapping, where="t.csv", first=2)
    assert {issue.where for issue in issues} <= {"t.csv#2"}
    return rule, [(issue.kind, issue.message) for issue in issues]


# The cells.


def test_a_whole_row_is_a_rule_without_issues():
    assert read_one() == (
        Rule(
            rule_id="t-1",
            name="A rule",
            severity=Severity.HIGH,
            enabled=True,
            tactics=("Execution", "Persistence"),
            techniques=("T1059.001", "T1547"),
            source="Table",
            origin="t.csv",
        ),
        [],
    )


@pytest.mark.parametrize(
    ("cell", "techniques"),
    [
        ("T1059", ("T1059",)),
        ("t1059/001|T1003\nT1547", ("T1059.001", "T1003", "T1547")),
        ("T1059 - Command and Scripting Interpreter", ("T1059",)),
        ("T1059: Command, Scripting", ("T1059",)),
        ("https://attack.mitre.org/techniques/T1059/001/", ("T1059.001",)),
        ("Brute Force", ("Brute Force",)),
        ("T1059, 1562.001", ("T1059", "1562.001")),
        ("T1059, T15", ("T1059", "T15")),
        (["T1059", ["T1003"], None], ("T1059", "T1003")),
        ("", ()),
        (None, ()),
    ],
)
def test_techniques_are_read_as_people_write_them(cell, techniques):
    rule, issues = read_one(Techniques=cell)
    assert rule.techniques == techniques
    assert issues == []


def test_a_number_is_no_technique_and_that_is_said():
    rule, issues = read_one(Techniques=1059.0)
    assert rule.techniques == ()
    assert [kind for kind, _ in issues] == [IssueKind.WRONG_TYPE]


def test_tactics_can_stand_beside_the_techniques():
    rule, _ = read_one(Tactics="Executoin", Techniques="TA0003:T1547")
    assert rule.tactics == ("Executoin", "TA0003")


@pytest.mark.parametrize(("cell", "tactics"), [("T1059", None), ("TA0002:T1059", ("TA0002",))])
def test_without_a_column_for_tactics_there_is_no_field_for_them(cell, tactics):
    assert read_one(ColumnMapping(techniques=("Techniques",)), Techniques=cell)[0].tactics == tactics


def test_an_empty_cell_for_tactics_names_none():
    assert read_one(Tactics="")[0].tactics == ()


@pytest.mark.parametrize(
    ("cell", "enabled"),
    [
        *((cell, True) for cell in (True, "TRUE", 1, 1.0, "1", "Active", "Production", " on ")),
        *((cell, False) for cell in (False, "no", 0, "Disabled", "deprecated", "Draft")),
    ],
)
def test_enabled_is_read_as_people_write_it(cell, enabled):
    rule, issues = read_one(Enabled=cell)
    assert rule.enabled is enabled
    assert issues == []


@pytest.mark.parametrize("cell", ["perhaps", None, ""])
def test_an_enabled_that_cannot_be_understood_disables_the_rule(cell):
    rule, issues = read_one(Enabled=cell)
    assert not rule.enabled
    assert [kind for kind, _ in issues] == [IssueKind.WRONG_TYPE]


@pytest.mark.parametrize(
    ("cell", "severity"), [("CRIT", Severity.CRITICAL), ("med", Severity.MEDIUM), ("Info", Severity.INFORMATIONAL)]
)
def test_severities_are_read_as_people_write_them(cell, severity):
    rule, issues = read_one(Severity=cell)
    assert rule.severity is severity
    assert issues == []


def test_what_is_missing_is_said_with_the_row():
    rule, issues = read_one(ColumnMapping(techniques=("Techniques",)))
    assert (rule.rule_id, rule.name, rule.enabled) == ("t.csv#2", "t.csv#2", True)
    assert [kind for kind, _ in issues] == [IssueKind.NO_ID, IssueKind.NO_NAME, IssueKind.NO_SEVERITY]


def test_the_tenant_and_the_tags_of_a_row_are_those_of_its_rule():
    mapping = replace(FULL, tenant="Customer", tags=("Tags", "Labels"))
    rule, issues = read_one(mapping, Customer=" ACME ", Tags="pci; attack.t1059, T1003\ncloud", Labels="cloud|T1-x")
    assert (rule.tenant, rule.tags, issues) == ("ACME", ("pci", "cloud", "T1-x"), [])
    rule, issues = read_one(mapping, Customer=7, Tags=["pci", 3])
    assert (rule.tenant, rule.tags) == ("7", ("pci",))
    assert [kind for kind, _ in issues] == [IssueKind.WRONG_TYPE]
    assert read_one(mapping)[0] == read_one()[0]


def test_a_row_for_each_tenant_is_a_rule_of_each():
    text = "id,name,severity,tactic,technique,tenant\n" + "1,A,high,Impact,T1486,{}\n" * 2
    found = read_uploads([("t.csv", text.format("a", "b").encode())])
    assert [(rule.tenant, rule.rule_id) for rule in found.rules] == [("a", "1"), ("b", "1")]
    assert found.issues == ()
    (cell,) = score(found, ENTERPRISE).of_technique("T1486")
    assert cell.rule_count == 1


def test_ids_can_be_whole_numbers():
    assert read_one(ID=7.0)[0].rule_id == "7"


def test_blank_rows_are_passed_over_and_counted():
    rules, issues = read_table(
        [{}, {"ID": " "}, {"Techniques": "T1059"}], ColumnMapping(techniques=("Techniques",)), where="t"
    )
    assert [rule.rule_id for rule in rules] == ["t#3"]
    assert {issue.where for issue in issues} == {"t#3"}


# Sheets.


def test_a_title_can_stand_above_the_header():
    rows = [["Our detections"], [], ["Name", "Technique", "Technique"], ["A", "T1059", "T1003"], ["B"]]
    rules, issues = read_sheet(rows, "t.xlsx")
    assert [(rule.rule_id, rule.techniques) for rule in rules] == [("t.xlsx#4", ("T1059", "T1003")), ("t.xlsx#5", ())]
    assert issues


def test_without_a_column_for_techniques_there_are_the_names_of_the_columns():
    assert read_sheet([[], ["Name", None, "Owner"], ["A", "", "x"]], "t.xlsx") == ["Name", "Owner"]


def test_a_header_alone_holds_no_rules():
    message = "The table has a header but no rows."
    assert read_sheet([["Technique"]], "t") == ([], [Issue(IssueKind.NOT_A_RULE, "", "t", message)])


# Records of JSON.


def test_records_that_are_no_api_s_are_a_table():
    records = [
        {"Rule Name": "A", "Technique ID": ["T1059"], "level": "low"},
        {"Rule Name": "B", "Technique ID": "T1003"},
    ]
    rules, issues = read_document(json.dumps(records).encode(), "r.json")
    assert [(rule.name, rule.techniques, rule.source) for rule in rules] == [
        ("A", ("T1059",), "Table"),
        ("B", ("T1003",), "Table"),
    ]
    assert {issue.kind for issue in issues} == {IssueKind.NO_ID, IssueKind.NO_SEVERITY}


def test_records_of_the_api_are_none():
    records = [{"id": "a", "mitre_techniques": ["T1059"], "technique": "T1003"}]
    (rule,), _ = read_document(json.dumps(records).encode(), "r.json")
    assert (rule.techniques, rule.source) == (("T1059",), "JSON")


# Very many rows.


@pytest.fixture
def counted(monkeypatch):
    """The rules of rows, of which there are more than are listed."""

    def read(rows, mapping=FULL):
        with monkeypatch.context() as patch:
            patch.setattr(table, "LISTED", 0)
            return read_table(rows, mapping, where="t.csv", first=2)

    return read


def test_of_more_rows_than_are_listed_the_kinds_are_counted(counted):
    rules, issues = counted([ROW, {}, ROW | {"ID": "t-2", "Severity": "HIGH"}, {"Techniques": ["T1003", {}]}])
    assert [(rule.rule_id, rule.name, rule.origin, rule.count) for rule in rules] == [
        ("t.csv: T1003 |  | unknown | disabled", "1 rule tagged T1003", "t.csv, 1 rule", 1),
        (
            "t.csv: T1059.001, T1547 | Execution, Persistence | high | enabled",
            "2 rules tagged T1059.001, T1547, Execution, Persistence",
            "t.csv, 2 rules",
            2,
        ),
    ]
    assert [(issue.kind, issue.rule, issue.where) for issue in issues] == [
        (IssueKind.NO_SEVERITY, rules[0].rule_id, "t.csv, 1 rule"),
        (IssueKind.WRONG_TYPE, rules[0].rule_id, "t.csv, 1 rule"),
        (IssueKind.WRONG_TYPE, rules[0].rule_id, "t.csv, 1 rule"),
    ]


cells = st.fixed_dictionaries(
    {},
    optional={
        "ID": st.sampled_from(("a", "b", " a", 1, "1", True)),
        "Severity": st.sampled_from(("low", "Low", "none such", 1, True)),
        "Enabled": st.sampled_from(("yes", "no", True, 0, "perhaps")),
        "Tactics": st.sampled_from(("Execution", "Stealth", "x")),
        "Techniques": st.lists(st.sampled_from(("T1059", "T1059.001", "T1562", "TA0002:T1003", "T9", "x"))).map(
            ", ".join
        ),
    },
)


def same_figures(rows, mapping, settings):
    def read(listed):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(table, "LISTED", listed)
            builder = RuleSetBuilder()
            builder.extend(*read_table(rows, mapping, where="t"))
            return builder.build()

    for each in settings:
        assert figures(score(read(0), ENTERPRISE, each)) == figures(score(read(1_000), ENTERPRISE, each))


@given(st.lists(cells, min_size=1))
def test_every_figure_is_the_same_listed_and_counted(rows):
    same_figures(rows, FULL, [Settings(), Settings(severities=frozenset({Severity.LOW}), potential=True)])


of_tenants = st.tuples(
    cells,
    st.fixed_dictionaries(
        {},
        optional={
            "Name": st.sampled_from(("Name", "NAME ", "Another")),
            "Tenant": st.sampled_from(("t1", " t1", "t2", 3)),
        },
    ),
)


@given(st.lists(of_tenants.map(lambda parts: parts[0] | parts[1]), min_size=1))
def test_of_rules_of_tenants_as_many_count_when_they_are_counted(rows):
    same_figures(rows, replace(FULL, tenant="Tenant"), [Settings(), Settings(potential=True)])


def test_the_copies_of_tenants_count_once_and_that_is_said(counted):
    mapping = replace(FULL, tenant="Tenant")
    rows = [ROW | {"Tenant": tenant, "Name": name} for tenant, name in (("a", "X"), ("b", "x"), ("c", "Y"), ("a", "X"))]
    (rule,), issues = counted(rows, mapping)
    assert rule.count == 2
    assert [(issue.kind, issue.rule, issue.where, issue.message) for issue in issues] == [
        (IssueKind.DUPLICATE_ID, "", "t.csv, 1 rule", COPIES_MESSAGE),
        (IssueKind.DUPLICATE_ID, rule.rule_id, "t.csv, 1 rule", duplicate_message("t.csv")),
    ]


def test_rows_beyond_the_most_do_not_count_and_that_is_said(monkeypatch):
    monkeypatch.setattr(table, "_MOST_ROWS", 2)
    rules, issues = read_table([ROW, {}, ROW | {"ID": "t-2"}], FULL, where="t.csv")
    assert len(rules) == 1
    message = "The table has more than 2 rows; the others do not count."
    assert issues == [Issue(IssueKind.UNREADABLE, "", "t.csv", message)]


def test_a_table_that_is_counted_says_so(monkeypatch):
    rows = [("t.csv", b"id,technique\n1,T1059\n2,T1059\n")]
    assert read_uploads(rows).notes == ()
    monkeypatch.setattr(table, "LISTED", 1)
    assert read_uploads(rows).notes == (COUNTED_NOTE,)
