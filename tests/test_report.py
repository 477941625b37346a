"""The JSON document of `score`: its fields are what other programs hold on to."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import load_catalog
from coverage.mapping import Match
from coverage.model import Issue, IssueKind, RuleSet, Severity
from coverage.report import score_document
from coverage.score import Settings, score
from tests.rules import ENTERPRISE, THREATOPS, coverage_of, rule

AT = datetime(2026, 3, 1, 12, 30, 15, 999, tzinfo=UTC)
CATALOGS = pytest.mark.parametrize("catalog", [THREATOPS, ENTERPRISE], ids=["threatops", "enterprise"])

TOTALS = {"total", "full", "partial", "none", "percent"}
FIELDS = {
    "catalog": {"name", "attack_version"},
    "settings": {"match", "full"},
    "rules": {"read", "enabled", "disabled", "counted"},
    "overall": {
        "total_techniques",
        "covered_techniques",
        "partial_techniques",
        "uncovered_techniques",
        "coverage_percent",
    },
    "unique": {"techniques", "with_subtechniques"},
}
TACTIC = {
    "tactic_id",
    "tactic_name",
    "total_techniques",
    "covered_techniques",
    "partial_techniques",
    "coverage_percent",
    "techniques",
}
TECHNIQUE = {"technique_id", "technique_name", "coverage", "rule_count", "rules"}


def document_of(coverage, *, sample_data=False):
    return score_document(coverage, generated_at=AT, sample_data=sample_data)


def technique(document, tactic_id, technique_id):
    (column,) = (column for column in document["tactics"] if column["tactic_id"] == tactic_id)
    (found,) = (found for found in column["techniques"] if found["technique_id"] == technique_id)
    return found


def everything(document):
    """Every technique of the document, sub-techniques among them."""
    for column in document["tactics"]:
        for top in column["techniques"]:
            yield from (top, *top.get("sub_techniques", ()))


# The fields.


@CATALOGS
def test_the_document_has_exactly_its_fields(catalog):
    document = document_of(coverage_of(rule("T1003"), catalog=catalog))
    assert set(document) == {"generated_at", "sample_data", *FIELDS, "tactics", "issues"}
    for name, fields in FIELDS.items():
        assert set(document[name]) == fields
    for totals in document["unique"].values():
        assert set(totals) == TOTALS
    for column in document["tactics"]:
        assert set(column) == TACTIC


def test_a_technique_has_exactly_the_specification_s_fields():
    document = document_of(coverage_of(rule("T1566", tactics=("Initial Access",)), catalog=THREATOPS))
    for found in everything(document):
        assert set(found) == TECHNIQUE
    (listed,) = technique(document, "TA0001", "T1566")["rules"]
    assert set(listed) == {"id", "name", "severity"}


def test_under_enterprise_each_technique_has_its_sub_techniques_too():
    document = document_of(coverage_of())
    for column in document["tactics"]:
        for top in column["techniques"]:
            assert set(top) == {*TECHNIQUE, "sub_techniques"}
            assert all(set(sub) == TECHNIQUE for sub in top["sub_techniques"])
    subs = technique(document, "TA0006", "T1003")["sub_techniques"]
    assert [sub["technique_id"] for sub in subs] == list(ENTERPRISE.attack.sub_techniques["T1003"])


def test_an_issue_says_what_is_wrong_with_what_and_where():
    issue = Issue(IssueKind.UNREADABLE, "", "broken.yml", "The file is empty.")
    document = document_of(score(RuleSet((rule("T9999", rule_id="r", origin="r.yml"),), (issue,)), ENTERPRISE))
    assert document["issues"][0] == {
        "kind": "unreadable",
        "rule": "",
        "where": "broken.yml",
        "message": "The file is empty.",
    }
    assert (document["issues"][1]["kind"], document["issues"][1]["rule"]) == ("unknown_id", "r")


# The values.


def test_what_was_counted_how_and_when_is_stated():
    document = document_of(
        coverage_of(rule("T1003"), catalog=load_catalog("enterprise", "18.1"), match=Match.EXACT, full=2),
        sample_data=True,
    )
    assert document["generated_at"] == "2026-03-01T12:30:15+00:00"
    assert document["sample_data"] is True
    assert document["catalog"] == {"name": "enterprise", "attack_version": "18.1"}
    assert document["settings"] == {"match": "exact", "full": 2}
    assert document_of(coverage_of())["sample_data"] is False


def test_the_numbers_of_rules():
    made = [rule("T1003"), rule(), rule("T1003", enabled=False)]
    assert document_of(coverage_of(*made))["rules"] == {"read": 3, "enabled": 2, "disabled": 1, "counted": 1}


def test_the_tactics_are_those_of_the_matrix_in_its_order():
    found = [(column["tactic_id"], column["tactic_name"]) for column in document_of(coverage_of())["tactics"]]
    assert found == [(tactic.id, tactic.name) for tactic in ENTERPRISE.tactics]


def test_the_numbers_of_a_tactic_and_of_the_whole():
    made = [*(rule("T1486", tactics=("Impact",)) for _ in range(3)), rule("T1489", tactics=("Impact",))]
    document = document_of(coverage_of(*made, catalog=THREATOPS))
    impact = document["tactics"][-1]
    assert {name: impact[name] for name in TACTIC - {"techniques"}} == {
        "tactic_id": "TA0040",
        "tactic_name": "Impact",
        "total_techniques": 5,
        "covered_techniques": 1,
        "partial_techniques": 1,
        "coverage_percent": 30,
    }
    assert document["overall"] == {
        "total_techniques": 67,
        "covered_techniques": 1,
        "partial_techniques": 1,
        "uncovered_techniques": 65,
        "coverage_percent": 2,
    }


def test_unique_counts_each_technique_once_with_one_decimal():
    document = document_of(coverage_of(*(rule("T1055.001") for _ in range(3))))
    unique = document["unique"]
    assert (unique["techniques"]["full"], unique["techniques"]["percent"]) == (1, 0.5)
    assert unique["with_subtechniques"]["full"] == 1
    assert document["overall"]["covered_techniques"] == 2  # it serves two tactics
    for totals in unique.values():
        assert isinstance(totals["percent"], float)


@pytest.mark.parametrize(("rules", "word"), [(0, "none"), (1, "partial"), (2, "partial"), (3, "full")])
def test_a_technique_states_its_level_and_its_number_of_rules(rules, word):
    found = technique(document_of(coverage_of(*(rule("T1003") for _ in range(rules)))), "TA0006", "T1003")
    assert (found["technique_name"], found["coverage"], found["rule_count"]) == ("OS Credential Dumping", word, rules)
    assert len(found["rules"]) == rules


def test_at_most_five_rules_are_listed_the_most_severe_first():
    made = [rule("T1003", severity=severity, rule_id=severity.value) for severity in reversed(Severity)]
    found = technique(document_of(coverage_of(*made)), "TA0006", "T1003")
    assert found["rule_count"] == 6
    assert found["rules"] == [
        {"id": word, "name": "A rule", "severity": word}
        for word in ("critical", "high", "medium", "low", "informational")
    ]


def test_the_percentage_of_nothing_is_null():
    nothing = replace(THREATOPS, columns={tactic.id: () for tactic in THREATOPS.tactics})
    document = json.loads(json.dumps(document_of(coverage_of(catalog=nothing))))
    assert document["overall"]["coverage_percent"] is None
    assert {column["coverage_percent"] for column in document["tactics"]} == {None}
    assert {totals["percent"] for totals in document["unique"].values()} == {None}


@given(
    names=st.lists(st.text(st.characters(exclude_categories=[])), max_size=7),
    settings=st.builds(Settings, match=st.sampled_from(Match), full=st.integers(1, 4)),
    catalog=st.sampled_from([THREATOPS, ENTERPRISE]),
)
def test_the_document_is_json_whatever_the_rules_are_called_and_its_numbers_agree(names, settings, catalog):
    made = tuple(rule("T1003", "T1003.001", tactics=("Credential Access",), name=name) for name in names)
    document = document_of(score(RuleSet(made), catalog, settings))
    assert json.loads(json.dumps(document)) == document
    for found in everything(document):
        assert len(found["rules"]) == min(found["rule_count"], 5)
        assert found["coverage"] == settings.level(found["rule_count"])
    for count, word in (("covered_techniques", "full"), ("partial_techniques", "partial")):
        for column in document["tactics"]:
            assert column[count] == sum(found["coverage"] == word for found in column["techniques"])
        assert document["overall"][count] == sum(column[count] for column in document["tactics"])
    overall = document["overall"]
    assert overall["total_techniques"] == sum(column["total_techniques"] for column in document["tactics"])
    assert overall["total_techniques"] == sum(
        overall[f"{word}_techniques"] for word in ("covered", "partial", "uncovered")
    )
