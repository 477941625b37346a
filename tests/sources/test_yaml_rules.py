"""YAML of several formats: each document is told by its own fields, and what is of none is said to be none."""

from __future__ import annotations

import pytest

from coverage.model import IssueKind
from coverage.sources.yaml_rules import read_yaml
from tests.sources.rule_files import sigma

SPLUNK = "name: A\nid: p\nstatus: production\ntype: TTP\nsearch: x\ntags: {risk_score: 50}\n"
PANTHER = "AnalysisType: rule\nRuleID: r\nDisplayName: A\nEnabled: true\nSeverity: Low\n"


@pytest.mark.parametrize(
    "text",
    [
        "name: a macro\ndefinition: x\ndescription: y\n",
        "name: a play\nhosts: all\ntasks: []\n",
        "search: x\nname: y\n",
        "query: x\ntactics: [Impact]\n",
        "RuleID: r\nSeverity: Low\n",
        "rule: x\ncondition: y\n",
        "- name: x\n  query: y\n",
        "openapi: 3.0.0\ntags: []\n",
    ],
)
def test_unknown_yaml_is_no_rule(text):
    rules, (issue,) = read_yaml(text, "a.yml")
    assert rules == []
    assert issue.kind is IssueKind.NOT_A_RULE


def test_documents_are_numbered_through_all_formats():
    text = "---\n".join([SPLUNK.replace("id: p\n", ""), PANTHER.replace("RuleID: r\n", ""), sigma(id=...).decode()])
    rules, _ = read_yaml(text, "a.yml")
    assert [(rule.source, rule.rule_id) for rule in rules] == [
        ("Splunk", "a.yml"),
        ("Panther", "a.yml#2"),
        ("Sigma", "a.yml#3"),
    ]
