"""Navigator layers: techniques with scores become rules, and all else is said."""

from __future__ import annotations

import json

import pytest

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.documents import read_document

ORIGIN = "layer.json"


def read(*techniques, **fields):
    layer = {"name": "Blue", "domain": "enterprise-attack", "versions": {"layer": "4.5"}, "techniques": techniques}
    return read_document(json.dumps(layer | fields).encode(), ORIGIN)


def technique(technique_id="T1059", score=75, **fields):
    return {"techniqueID": technique_id, "score": score, **fields}


def test_each_technique_with_a_score_is_one_rule():
    rules, issues = read(technique(), technique("T1003.001", 0.5, tactic="credential-access"))
    assert rules == [
        Rule(
            rule_id="layer.json/T1059",
            name='T1059 (layer "Blue", score 75)',
            severity=Severity.UNKNOWN,
            enabled=True,
            tactics=None,
            techniques=("T1059",),
            source="Navigator layer",
            origin=ORIGIN,
        ),
        Rule(
            rule_id="layer.json/credential-access/T1003.001",
            name='T1003.001 (layer "Blue", score 0.5)',
            severity=Severity.UNKNOWN,
            enabled=True,
            tactics=("credential-access",),
            techniques=("T1003.001",),
            source="Navigator layer",
            origin=ORIGIN,
        ),
    ]
    assert issues == []


def test_a_technique_can_have_a_score_under_each_of_its_tactics():
    rules, issues = read(*(technique("T1078", tactic=tactic) for tactic in ("persistence", "initial-access")))
    assert [rule.tactics for rule in rules] == [("persistence",), ("initial-access",)]
    assert len({rule.rule_id for rule in rules}) == 2
    assert issues == []


@pytest.mark.parametrize("score", [0, -1, None, ""])
def test_without_a_score_above_zero_there_is_no_rule(score):
    rules, issues = read(technique(), technique("T1003", score))
    assert [rule.techniques for rule in rules] == [("T1059",)]
    assert issues == []


def test_a_disabled_entry_does_not_count():
    (rule,), issues = read(technique(enabled=False))
    assert not rule.enabled
    assert issues == []


@pytest.mark.parametrize(
    ("entry", "kind", "message"),
    [
        (
            technique(score="7"),
            IssueKind.WRONG_TYPE,
            'The score of "T1059" is no number but a text; it does not count.',
        ),
        (technique(score=[]), IssueKind.WRONG_TYPE, 'The score of "T1059" is no number but a list; it does not count.'),
        (technique(None), IssueKind.NOT_A_RULE, "Entry 2 of the layer names no technique."),
        ("T1059", IssueKind.NOT_A_RULE, "Entry 2 of the layer names no technique."),
    ],
)
def test_entries_that_cannot_be_understood_are_said_with_their_place(entry, kind, message):
    rules, issues = read(technique("T1003"), entry)
    assert [rule.techniques for rule in rules] == [("T1003",)]
    assert issues == [Issue(kind, "", f"{ORIGIN}#2", message)]


def test_colours_without_scores_are_said():
    rules, issues = read(technique(), *(technique(f"T100{number}", None, color="#f00") for number in range(3)))
    assert len(rules) == 1
    message = "The layer gives 3 techniques a colour but no score; that does not count."
    assert [(issue.kind, issue.message) for issue in issues] == [(IssueKind.NO_TECHNIQUE, message)]


@pytest.mark.parametrize("domain", ["mobile-attack", "ics-attack", "mitre-mobile"])
def test_layers_of_other_matrices_do_not_count(domain):
    message = f'The layer is of the domain "{domain}", not of Enterprise ATT&CK; it does not count.'
    assert read(technique(), domain=domain) == ([], [Issue(IssueKind.NOT_A_RULE, "", ORIGIN, message)])


@pytest.mark.parametrize("domain", ["mitre-enterprise", " Enterprise-ATTACK ", None])
def test_layers_of_older_versions_count(domain):
    rules, issues = read(technique(), domain=domain)
    assert len(rules) == 1
    assert issues == []


@pytest.mark.parametrize("techniques", [[], [technique(score=0)]])
def test_a_layer_without_scores_is_said_to_have_none(techniques):
    message = "The layer gives no technique a score above 0."
    assert read(*techniques) == ([], [Issue(IssueKind.NOT_A_RULE, "", ORIGIN, message)])


def test_a_layer_without_a_name_is_named_by_its_file():
    (rule,), issues = read(technique(), name=None)
    assert rule.name == 'T1059 (layer "layer.json", score 75)'
    assert issues == []


def test_an_endless_score_is_cut_in_the_name():
    (rule,), _ = read(technique(score=10**400))
    assert rule.name == f'T1059 (layer "Blue", score 1{"0" * 19}…)'
