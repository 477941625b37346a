"""Sentinel analytic rules, as YAML and as JSON resources: what of them is read, and what is said of the rest."""

from __future__ import annotations

import json

import pytest

from coverage.catalog import load_catalog
from coverage.mapping import Match, map_tags
from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.documents import read_document
from coverage.sources.library import read_path
from tests.shared import shared

ORIGIN = "Detections/a.yaml"
GUID = "7b907bf7-77d4-41d0-a208-5643ff75bf9a"
TYPE = "Microsoft.OperationalInsights/workspaces/providers/alertRules"
PROPERTIES = {
    "displayName": "A rule",
    "severity": "High",
    "enabled": True,
    "tactics": ["DefenseEvasion"],
    "techniques": ["T1562"],
    "subTechniques": ["T1562.001"],
    "query": "x",
}


def sentinel(**fields):
    """A rule of these fields, written as they are; a field that is ... is taken away."""
    values = {
        "id": "m-1",
        "name": "A rule",
        "severity": "Medium",
        "requiredDataConnectors": "[{connectorId: AWS, dataTypes: [AWSCloudTrail]}, {connectorId: Okta}]",
        "queryFrequency": "1d",
        "tactics": "[DefenseEvasion, Persistence]",
        "relevantTechniques": "[T1098, T1562.001]",
        "query": "x | where y",
        "kind": "Scheduled",
        **fields,
    }
    return "".join(f"{name}: {value}\n" for name, value in values.items() if value is not ...)


def resource(properties=PROPERTIES, **fields):
    return {"type": TYPE, "name": f"[concat(parameters('w'), '/Microsoft.SecurityInsights/{GUID}')]"} | {
        "kind": "Scheduled",
        "properties": properties,
        **fields,
    }


def read(text):
    return read_document((text if isinstance(text, str) else json.dumps(text)).encode(), ORIGIN)


def read_one(text):
    (rule,), issues = read(text)
    return rule, [(issue.kind, issue.message) for issue in issues]


def test_a_whole_rule_is_read_without_issues():
    assert read(sentinel()) == (
        [
            Rule(
                rule_id="m-1",
                name="A rule",
                severity=Severity.MEDIUM,
                enabled=True,
                tactics=("DefenseEvasion", "Persistence"),
                techniques=("T1098", "T1562.001"),
                source="Sentinel",
                origin=ORIGIN,
                logsource="AWS, Okta",
            )
        ],
        [],
    )


def test_tactics_without_spaces_are_those_of_attack():
    rule, _ = read_one(sentinel())
    catalog = load_catalog("enterprise", "18.1")
    mapped = map_tags(catalog, rule.tactics, rule.techniques, Match.EXACT)
    assert mapped.findings == ()
    assert {tactic for tactic, _ in mapped.cells} == {"TA0003", "TA0005"}


@pytest.mark.parametrize(
    ("status", "enabled"),
    [(..., True), ("Available", True), ("Preview", True), ("null", True), ("Deprecated", False), ("disabled", False)],
)
def test_a_rule_counts_unless_its_status_says_that_it_is_retired(status, enabled):
    rule, issues = read_one(sentinel(status=status))
    assert rule.enabled is enabled
    assert issues == []


def test_a_status_that_cannot_be_understood_disables_the_rule():
    rule, issues = read_one(sentinel(status="[Available]"))
    assert not rule.enabled
    assert issues == [(IssueKind.WRONG_TYPE, "The field status is no text, so the rule is treated as disabled.")]


@pytest.mark.parametrize(
    ("fields", "techniques"),
    [
        ({"relevantTechniques": "T1098"}, ("T1098",)),
        ({"relevantTechniques": "'T1098, T1078'"}, ("T1098", "T1078")),
        ({"relevantTechniques": "[[T1098], null]"}, ("T1098",)),
        ({"relevantSubTechniques": "[T1098.001]"}, ("T1098", "T1562.001", "T1098.001")),
        ({"relevantTechniques": "null"}, ()),
        ({"relevantTechniques": "[T15]"}, ("T15",)),
    ],
)
def test_techniques_are_read_in_every_form_of_a_list(fields, techniques):
    rule, issues = read_one(sentinel(**fields))
    assert rule.techniques == techniques
    assert issues == []


def test_what_is_missing_or_wrong_is_said_and_the_rest_counts():
    rule, issues = read_one(sentinel(id=..., name=..., severity="urgent", tactics="{a: b}"))
    assert (rule.rule_id, rule.tactics, rule.techniques) == (ORIGIN, (), ("T1098", "T1562.001"))
    assert {kind for kind, _ in issues} == {
        IssueKind.NO_ID,
        IssueKind.NO_NAME,
        IssueKind.NO_SEVERITY,
        IssueKind.WRONG_TYPE,
    }


def test_a_hunting_query_is_no_rule():
    message = "The document is a hunting query, not an analytic rule."
    text = sentinel(severity=..., kind=..., queryFrequency=...)
    assert read(text) == ([], [Issue(IssueKind.NOT_A_RULE, "", ORIGIN, message)])


@pytest.mark.parametrize(
    "document",
    [
        resource(),
        [resource()],
        {"resources": [{"type": "Microsoft.Web/sites"}, resource()]},
        {"value": [resource(type="Microsoft.SecurityInsights/alertRules", name=GUID.upper())]},
        {"value": [resource(type="Microsoft.SecurityInsights/alertRules", name=None, id=f"/subscriptions/x/{GUID}")]},
        {"resources": [{"type": "x/deployments", "properties": {"template": {"resources": [resource()]}}}]},
        {"resources": [{"type": "x/contentTemplates", "properties": {"mainTemplate": {"resources": [resource()]}}}]},
        {"resources": [resource(type="Microsoft.SecurityInsights/AlertRuleTemplates")]},
    ],
)
def test_rules_are_found_among_the_resources_of_a_template(document):
    assert read(document) == (
        [
            Rule(
                rule_id=GUID,
                name="A rule",
                severity=Severity.HIGH,
                enabled=True,
                tactics=("DefenseEvasion",),
                techniques=("T1562", "T1562.001"),
                source="Sentinel",
                origin=ORIGIN,
            )
        ],
        [],
    )


def test_a_disabled_resource_does_not_count():
    assert not read_one(resource(PROPERTIES | {"enabled": False}))[0].enabled


def test_rules_of_one_template_come_in_their_order_and_each_problem_has_its_place():
    names = [GUID[:-1] + str(number) for number in range(3)]
    resources = [resource(name=name) for name in names] + [resource("x"), resource(name=None), {"type": None}]
    rules, issues = read({"resources": resources})
    assert [rule.rule_id for rule in rules] == [*names, f"{ORIGIN}#5"]
    assert [(issue.kind, issue.where) for issue in issues] == [
        (IssueKind.NOT_A_RULE, f"{ORIGIN}#4"),
        (IssueKind.NO_ID, f"{ORIGIN}#5"),
    ]


def test_nulls_in_a_resource_are_no_values():
    rule, issues = read_one(resource(PROPERTIES | {"tactics": None, "techniques": None, "subTechniques": None}))
    assert (rule.tactics, rule.techniques) == ((), ())
    assert issues == []


def test_a_template_without_rules_is_said_to_hold_none():
    rules, (issue,) = read({"resources": [{"type": "Microsoft.Web/sites"}]})
    assert rules == []
    assert issue.kind is IssueKind.NOT_A_RULE


def test_every_rule_of_the_public_sample_is_read():
    ruleset = read_path(shared("rules/sentinel-sample.tar.gz"))
    assert len(ruleset.rules) == 16
    assert ruleset.issues == ()
    assert all(rule.enabled for rule in ruleset.rules)
    assert sum(bool(rule.techniques) for rule in ruleset.rules) == 12
    assert sum(bool(rule.tactics) for rule in ruleset.rules) == 15


def test_tags_are_texts_and_the_schemas_among_them_are_none():
    assert read_one(sentinel(tags="[Solorigate, {Schema: ASIM}, T1098]"))[0].tags == ("Solorigate",)
    assert read_one({"resources": [resource({**PROPERTIES, "tags": ["NOBELIUM"]})]})[0].tags == ("NOBELIUM",)
