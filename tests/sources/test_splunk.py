"""Splunk detections: what of them is read, and what is said where something is missing or wrong."""

from __future__ import annotations

from collections import Counter

import pytest

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.documents import read_document
from coverage.sources.library import read_path
from tests.shared import shared

ORIGIN = "detections/endpoint/a.yml"
TAGS = {"mitre_attack_id": "[T1059.001, t1003]", "risk_score": "64"}


def splunk(tags=TAGS, **fields):
    """A detection of these fields, written as they are; a field that is ... is taken away."""
    values = {
        "name": "A detection",
        "id": "p-1",
        "status": "production",
        "type": "TTP",
        "date": "'2024-09-30'",
        "data_source": "[Sysmon EventID 1]",
        "search": "index=main",
        "tags": tags if isinstance(tags, str) else f"{{{', '.join(f'{name}: {tags[name]}' for name in tags)}}}",
        **fields,
    }
    return "".join(f"{name}: {value}\n" for name, value in values.items() if value is not ...)


def read(text):
    return read_document(text.encode(), ORIGIN)


def read_one(tags=TAGS, **fields):
    (rule,), issues = read(splunk(tags, **fields))
    assert {(issue.rule, issue.where) for issue in issues} <= {(rule.rule_id, ORIGIN)}
    return rule, [(issue.kind, issue.message) for issue in issues]


def test_a_whole_detection_is_read_without_issues():
    assert read(splunk()) == (
        [
            Rule(
                rule_id="p-1",
                name="A detection",
                severity=Severity.HIGH,
                enabled=True,
                tactics=None,
                techniques=("T1059.001", "t1003"),
                source="Splunk",
                origin=ORIGIN,
                logsource="Sysmon EventID 1",
                updated_at="2024-09-30",
            )
        ],
        [],
    )


@pytest.mark.parametrize(
    ("status", "enabled"),
    [("production", True), ("Production", True), ("experimental", False), ("deprecated", False), ("removed", False)],
)
def test_only_detections_in_production_are_enabled(status, enabled):
    rule, issues = read_one(status=status)
    assert rule.enabled is enabled
    assert issues == []


def test_a_detection_without_a_status_does_not_count_and_that_is_said():
    rule, issues = read_one(status=...)
    assert not rule.enabled
    assert issues == [(IssueKind.WRONG_TYPE, "The rule states no status, so it is treated as disabled.")]


@pytest.mark.parametrize(
    ("tags", "severity"),
    [
        ({"risk_score": "0"}, Severity.INFORMATIONAL),
        ({"risk_score": "20"}, Severity.INFORMATIONAL),
        ({"risk_score": "25.0"}, Severity.LOW),
        ({"risk_score": "'60'"}, Severity.MEDIUM),
        ({"risk_score": "61"}, Severity.HIGH),
        ({"risk_score": "100"}, Severity.CRITICAL),
        ({"confidence": "90", "impact": "100"}, Severity.CRITICAL),
        ({"risk_score": "10", "confidence": "90", "impact": "100"}, Severity.INFORMATIONAL),
    ],
)
def test_the_severity_comes_from_the_risk_score(tags, severity):
    rule, issues = read_one(tags)
    assert rule.severity is severity
    assert issues == []


def test_the_severity_of_the_newer_form_is_that_of_the_object_most_at_risk():
    rba = "{message: x, risk_objects: [{field: user, score: 20}, {field: dest, score: 56}, 7]}"
    assert read_one({}, rba=rba)[0].severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({}, "The rule states no risk score."),
        ({"risk_score": "high"}, "The rule states no risk score."),
        ({"risk_score": "[1]"}, "The rule states no risk score."),
        ({"confidence": "90"}, "The rule states no risk score."),
        ({"risk_score": "101"}, "The risk score 101 is not between 0 and 100."),
        ({"risk_score": "-1"}, "The risk score -1 is not between 0 and 100."),
        ({"risk_score": ".nan"}, "The rule states no risk score."),
        ({"risk_score": "nan"}, "The risk score nan is not between 0 and 100."),
    ],
)
def test_without_a_risk_score_the_severity_is_unknown_and_that_is_said(tags, message):
    rule, issues = read_one(tags)
    assert rule.severity is Severity.UNKNOWN
    assert issues == [(IssueKind.NO_SEVERITY, message)]


@pytest.mark.parametrize(
    ("ids", "techniques"),
    [
        ("T1059", ("T1059",)),
        ("'T1059, T1003'", ("T1059", "T1003")),
        ("[T1059, [T1003, null], T1059]", ("T1059", "T1003")),
        ("[https://attack.mitre.org/techniques/T1059/001/]", ("https://attack.mitre.org/techniques/T1059/001/",)),
        ("[1059]", ("1059",)),
        ("null", ()),
        ("[]", ()),
    ],
)
def test_techniques_are_read_in_every_form_of_a_list(ids, techniques):
    rule, issues = read_one(TAGS | {"mitre_attack_id": ids})
    assert rule.techniques == techniques
    assert rule.tactics is None
    assert issues == []


def test_entries_that_are_no_texts_are_said():
    rule, issues = read_one(TAGS | {"mitre_attack_id": "[T1059, {a: b}]"})
    assert rule.techniques == ("T1059",)
    message = "The field mitre_attack_id has an entry that is no text; the rest of it counts."
    assert issues == [(IssueKind.WRONG_TYPE, message)]


def test_what_is_missing_or_wrong_is_said_and_the_rest_counts():
    rule, issues = read_one("[]", id=..., name="[x]")
    assert (rule.rule_id, rule.name, rule.techniques, rule.enabled) == (ORIGIN, ORIGIN, (), True)
    assert [kind for kind, _ in issues] == [
        IssueKind.NO_ID,
        IssueKind.WRONG_TYPE,
        IssueKind.WRONG_TYPE,
        IssueKind.NO_NAME,
        IssueKind.NO_SEVERITY,
    ]


def test_a_document_of_another_type_is_no_detection():
    message = 'The document is of Splunk\'s type "Baseline", no detection.'
    assert read(splunk(type="Baseline")) == ([], [Issue(IssueKind.NOT_A_RULE, "", ORIGIN, message)])


@pytest.mark.parametrize(
    "text", ["search: x\ntags: {}\n", "name: a macro\ndefinition: x\n", "- search: x\n  type: TTP\n"]
)
def test_what_only_looks_like_a_detection_is_none(text):
    rules, (issue,) = read(text)
    assert rules == []
    assert issue.kind is IssueKind.NOT_A_RULE


def test_of_several_documents_those_before_the_broken_one_count():
    rules, issues = read(splunk() + "---\n" + splunk(id=...) + "---\nname: [\n")
    assert [rule.rule_id for rule in rules] == ["p-1", f"{ORIGIN}#2"]
    assert [issue.kind for issue in issues] == [IssueKind.NO_ID, IssueKind.UNREADABLE]
    assert "line 19" in issues[1].message


def test_aliases_cannot_multiply_a_document():
    bomb = "x0: &x0 [a, a]\n" + "".join(f"x{n}: &x{n} [*x{n - 1}, *x{n - 1}]\n" for n in range(1, 40))
    rules, (issue,) = read(bomb + splunk(tags="{mitre_attack_id: *x39}"))
    assert rules == []
    assert issue.kind is IssueKind.UNREADABLE
    assert "repeats its values without end" in issue.message


def test_every_detection_of_the_public_sample_is_read():
    ruleset = read_path(shared("rules/splunk-sample.tar.gz"))
    assert len(ruleset.rules) == 42
    assert ruleset.issues == ()
    assert sum(rule.enabled for rule in ruleset.rules) == 37
    assert {rule.tactics for rule in ruleset.rules} == {None}
    assert sum(not rule.techniques for rule in ruleset.rules) == 1
    severities = Counter(rule.severity.value for rule in ruleset.rules)
    assert severities == {"critical": 3, "high": 5, "medium": 18, "low": 9, "informational": 7}


def test_tags_are_the_stories_and_what_the_detection_is_for():
    tags = {"analytic_story": "[Credential Dumping, Ransomware]", "asset_type": "Endpoint", **TAGS}
    rule, _ = read_one({**tags, "security_domain": "endpoint"})
    assert rule.tags == ("Credential Dumping", "Ransomware", "Endpoint", "endpoint")
