from __future__ import annotations

import pytest

from coverage.model import Issue, IssueKind, Rule, RuleSet, Severity
from coverage.sources.api import fetch
from tests.detection_api import SHAPES, DetectionApi, make_rules


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_gives_the_same_rules_with_one_question(shape):
    with DetectionApi(make_rules(372), shape=shape) as api:
        ruleset = fetch(api.url)
    assert len(ruleset.rules) == 372
    assert ruleset.rules[0] == Rule(
        rule_id="00000000-0000-4000-8000-000000000000",
        name="Initial Access by T1566, rule 1",
        severity=Severity.CRITICAL,
        enabled=True,
        tactics=("Initial Access",),
        techniques=("T1566",),
        source="ThreatOps API",
        origin="00000000-0000-4000-8000-000000000000",
        tenant="tenant-0",
        updated_at="2026-01-15T08:30:00Z",
    )
    assert (ruleset.issues, ruleset.doubts, ruleset.sample) == ((), (), False)
    assert [(request.path, request.query) for request in api.requests] == [
        ("/api/v1/detection-rules/", {"limit": "1000"})
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_an_api_without_rules_gives_an_empty_set(shape):
    with DetectionApi(shape=shape, total=True) as api:
        assert fetch(api.url) == RuleSet()


def test_bad_records_do_not_stop_the_others(api):
    api.rules = [None, *make_rules(1), {"name": "No id"}, {"error": "x"}]
    ruleset = fetch(api.url)
    assert [rule.rule_id for rule in ruleset.rules] == ["00000000-0000-4000-8000-000000000000", "detection-rules#3"]
    assert Issue(IssueKind.NOT_A_RULE, "", "detection-rules#1", "Record 1 is no object but null.") in ruleset.issues
    assert {issue.kind for issue in ruleset.issues if issue.rule} == {IssueKind.NO_ID, IssueKind.NO_SEVERITY}


def test_an_id_used_twice_counts_once_and_is_said(api):
    api.rules = [*make_rules(2), {**make_rules(1)[0], "name": "Another"}]
    ruleset = fetch(api.url)
    assert [rule.name for rule in ruleset.rules] == [
        "Initial Access by T1566, rule 1",
        "Execution by T1059.001, rule 2",
    ]
    assert [issue.kind for issue in ruleset.issues] == [IssueKind.DUPLICATE_ID]


def test_a_new_load_sees_what_has_changed(api):
    assert len(fetch(api.url).rules) == 3
    api.rules = make_rules(4)
    assert len(fetch(api.url).rules) == 4
