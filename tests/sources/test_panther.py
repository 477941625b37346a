"""Panther detections: what of them is read, and what is said where something is missing or wrong."""

from __future__ import annotations

import pytest

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.documents import read_document

ORIGIN = "rules/okta/a.yml"


def panther(reports="{MITRE ATT&CK: ['TA0005:T1562.001', 'TA0006:T1539']}", **fields):
    """A detection of these fields, written as they are; a field that is ... is taken away."""
    values = {
        "AnalysisType": "rule",
        "RuleID": "Okta.Rule",
        "DisplayName": "A rule",
        "Enabled": "true",
        "LogTypes": "[Okta.SystemLog, AWS.CloudTrail]",
        "Reports": reports,
        "Severity": "High",
        "Tags": "[Okta]",
        **fields,
    }
    return "".join(f"{name}: {value}\n" for name, value in values.items() if value is not ...)


def read(text):
    return read_document(text.encode(), ORIGIN)


def read_one(*reports, **fields):
    (rule,), issues = read(panther(*reports, **fields))
    assert {(issue.rule, issue.where) for issue in issues} <= {(rule.rule_id, ORIGIN)}
    return rule, [(issue.kind, issue.message) for issue in issues]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\N{ZERO WIDTH NO-BREAK SPACE}", "---\n"])
def test_a_whole_detection_is_read_without_issues(start, ends):
    assert read((start + panther()).replace("\n", ends)) == (
        [
            Rule(
                rule_id="Okta.Rule",
                name="A rule",
                severity=Severity.HIGH,
                enabled=True,
                tactics=("TA0005", "TA0006"),
                techniques=("T1562.001", "T1539"),
                source="Panther",
                origin=ORIGIN,
                logsource="Okta.SystemLog, AWS.CloudTrail",
                tags=("Okta",),
            )
        ],
        [],
    )


@pytest.mark.parametrize("kind", ["rule", "scheduled_rule", "correlation_rule"])
def test_each_kind_of_detection_is_one(kind):
    assert read_one(AnalysisType=kind) == read_one()


def test_a_policy_has_an_id_of_its_own():
    rule, issues = read_one(
        AnalysisType="policy", RuleID=..., PolicyID="AWS.S3", ResourceTypes="AWS.S3.Bucket", LogTypes=...
    )
    assert (rule.rule_id, rule.logsource) == ("AWS.S3", "AWS.S3.Bucket")
    assert issues == []


@pytest.mark.parametrize("kind", ["global", "datamodel", "pack", "lookup_table", "saved_query", "null", "[rule]"])
def test_other_documents_are_no_detections(kind):
    rules, (issue,) = read(panther(AnalysisType=kind))
    assert rules == []
    shown = kind if kind.isidentifier() and kind != "null" else ""
    message = f'The document is of Panther\'s type "{shown}", no detection.'
    assert issue == Issue(IssueKind.NOT_A_RULE, "", ORIGIN, message)


@pytest.mark.parametrize(
    ("enabled", "expected"), [("true", True), ("True", True), ("yes", True), ("false", False), ("'true'", True)]
)
def test_enabled_is_read(enabled, expected):
    rule, issues = read_one(Enabled=enabled)
    assert rule.enabled is expected
    assert issues == []


@pytest.mark.parametrize(
    ("enabled", "message"),
    [
        (..., "The rule does not state Enabled, so it is treated as disabled."),
        ("null", "The rule does not state Enabled, so it is treated as disabled."),
        ("maybe", 'The field Enabled is "maybe", neither true nor false, so the rule is treated as disabled.'),
    ],
)
def test_an_enabled_that_is_missing_or_unclear_disables_the_rule(enabled, message):
    rule, issues = read_one(Enabled=enabled)
    assert not rule.enabled
    assert issues == [(IssueKind.WRONG_TYPE, message)]


@pytest.mark.parametrize(
    ("reports", "tactics", "techniques"),
    [
        ("{MITRE ATT&CK: 'TA0005:T1562'}", ("TA0005",), ("T1562",)),
        ("{MITRE ATT&CK: 'TA0005:T1562, TA0006:T1539'}", ("TA0005", "TA0006"), ("T1562", "T1539")),
        ("{mitre att&ck: [['TA0005:T1562'], null]}", ("TA0005",), ("T1562",)),
        ("{CIS: ['1.1'], MITRE ATT&CK: [T1562]}", (), ("T1562",)),
        ("{CIS: ['1.1']}", (), ()),
        ("{MITRE ATT&CK: ['TA0005:T15']}", ("TA0005",), ("T15",)),
        ("{MITRE ATT&CK: ['Evasion']}", (), ("Evasion",)),
        ("{MITRE ATT&CK: null}", (), ()),
        ("null", (), ()),
        (..., (), ()),
    ],
)
def test_tactics_and_techniques_come_from_the_report_on_attack(reports, tactics, techniques):
    rule, issues = read_one(reports)
    assert (rule.tactics, rule.techniques) == (tactics, techniques)
    assert issues == []


def test_what_is_missing_or_wrong_is_said_and_the_rest_counts():
    rule, issues = read_one("[TA0005]", RuleID=..., DisplayName=..., Severity="Sev1")
    assert (rule.rule_id, rule.name, rule.severity, rule.enabled) == (ORIGIN, ORIGIN, Severity.UNKNOWN, True)
    assert [kind for kind, _ in issues] == [
        IssueKind.NO_ID,
        IssueKind.WRONG_TYPE,
        IssueKind.NO_NAME,
        IssueKind.NO_SEVERITY,
    ]
