"""Datadog detection rules: what of them is read, and what is said where something is missing or wrong."""

from __future__ import annotations

import json

import pytest

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.documents import read_document

ORIGIN = "datadog.json"
RULE = {
    "id": "abc-123",
    "name": "A rule",
    "isEnabled": True,
    "type": "log_detection",
    "queries": [{"query": "source:cloudtrail"}],
    "cases": [{"status": "medium"}, {"status": "high"}, {"status": "info"}],
    "tags": [
        "source:cloudtrail",
        "security:attack",
        "tactic:TA0001-initial-access",
        "technique:T1078-valid-accounts",
        "sub-technique:T1078.004-cloud-accounts",
    ],
}


def read(document):
    return read_document(json.dumps(document).encode(), ORIGIN)


def read_one(**fields):
    (rule,), issues = read({name: value for name, value in (RULE | fields).items() if value is not ...})
    assert {(issue.rule, issue.where) for issue in issues} <= {(rule.rule_id, f"{ORIGIN}#1")}
    return rule, [(issue.kind, issue.message) for issue in issues]


@pytest.mark.parametrize("document", [RULE, [RULE], {"data": [RULE], "meta": {}}])
def test_a_whole_rule_is_read_without_issues(document):
    assert read(document) == (
        [
            Rule(
                rule_id="abc-123",
                name="A rule",
                severity=Severity.HIGH,
                enabled=True,
                tactics=("TA0001",),
                techniques=("T1078", "T1078.004"),
                source="Datadog",
                origin=ORIGIN,
                logsource="cloudtrail",
                tags=("security:attack",),
            )
        ],
        [],
    )


@pytest.mark.parametrize(
    ("fields", "enabled"),
    [
        ({"isEnabled": False}, False),
        ({"isEnabled": "true"}, True),
        ({"isDeleted": True}, False),
        ({"isDeprecated": True}, False),
        ({"isDeleted": False}, True),
    ],
)
def test_enabled_is_read(fields, enabled):
    rule, issues = read_one(**fields)
    assert rule.enabled is enabled
    assert issues == []


@pytest.mark.parametrize(
    ("cases", "severity", "messages"),
    [
        ([{"status": "critical"}], Severity.CRITICAL, []),
        ({"status": "Low"}, Severity.LOW, []),
        ([{"status": "info"}, {}], Severity.INFORMATIONAL, []),
        ([], Severity.UNKNOWN, ["No case of the rule states a status."]),
        ([7, {"status": None}], Severity.UNKNOWN, ["No case of the rule states a status."]),
        (
            [{"status": "urgent"}, {"status": "low"}],
            Severity.LOW,
            ['The status "urgent" of a case is not one that the product knows.'],
        ),
    ],
)
def test_the_severity_is_that_of_the_most_severe_case(cases, severity, messages):
    rule, issues = read_one(cases=cases)
    assert rule.severity is severity
    assert issues == [(IssueKind.NO_SEVERITY, message) for message in messages]


@pytest.mark.parametrize(
    ("tags", "tactics", "techniques"),
    [
        ("tactic:TA0001-x,technique:T1078_valid_accounts", ("TA0001",), ("T1078",)),
        (["tactic:ta0001", ["technique: t1078 "], None], ("TA0001",), ("T1078",)),
        (["tactic:initial-acess", "technique:T15-x"], ("initial-acess",), ("T15",)),
        (["technique:", "team:T1078"], (), ()),
        (None, (), ()),
        (..., (), ()),
    ],
)
def test_tactics_and_techniques_are_among_the_tags(tags, tactics, techniques):
    rule, issues = read_one(tags=tags)
    assert (rule.tactics, rule.techniques) == (tactics, techniques)
    assert issues == []


def test_what_is_missing_or_wrong_is_said_and_the_rest_counts():
    rule, issues = read_one(id=None, name=..., tags=["technique:T1078", 7])
    assert (rule.rule_id, rule.name, rule.techniques) == (f"{ORIGIN}#1", f"{ORIGIN}#1", ("T1078",))
    assert [kind for kind, _ in issues] == [IssueKind.NO_ID, IssueKind.WRONG_TYPE, IssueKind.NO_NAME]


def test_records_of_another_shape_among_the_rules_are_said():
    rules, issues = read([RULE, 7, {"id": "x"}])
    assert [rule.rule_id for rule in rules] == ["abc-123"]
    assert issues == [
        Issue(IssueKind.NOT_A_RULE, "", f"{ORIGIN}#2", "Record 2 is no object but a number."),
        Issue(IssueKind.NOT_A_RULE, "", f"{ORIGIN}#3", "Record 3 is no Datadog rule."),
    ]
