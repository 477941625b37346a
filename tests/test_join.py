"""Several sources as one set: each rule known by its source and its id, copies counted once."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.changes import rule_changes
from coverage.join import duplicates, join, labelled
from coverage.model import Issue, IssueKind, RuleSet, Severity
from coverage.score import Settings, score
from coverage.sources import read_source
from tests.rules import ENTERPRISE, rule


def sources(**rulesets):
    """A joined set of sources of these names, each with these rules."""
    return join({name: RuleSet(tuple(rules)) for name, rules in rulesets.items()})


def cell(ruleset, technique="T1486", **settings):
    (found,) = score(ruleset, ENTERPRISE, Settings(**settings)).of_technique(technique)
    return found


def test_several_sources_are_one_set_in_their_order():
    one, two, three = rule(), rule(), rule()
    first_issue = Issue(IssueKind.UNREADABLE, "", "a.yml", "The file is empty.")
    second_issue = Issue(IssueKind.NO_NAME, two.rule_id, "b.yml", "The rule has no name.")
    joined = join(
        {
            "A": RuleSet((one,), (first_issue,), doubts=("A doubt.",), notes=("A note.",)),
            "B": RuleSet((two, three), (second_issue,), doubts=("Another doubt.",), notes=("Another note.",)),
        }
    )
    assert joined == RuleSet(
        (replace(one, feed="A"), replace(two, feed="B"), replace(three, feed="B")),
        (replace(first_issue, feed="A"), replace(second_issue, feed="B")),
        doubts=("A: A doubt.", "B: Another doubt."),
        notes=("A: A note.", "B: Another note."),
    )


def test_nothing_joined_is_nothing():
    assert join({}) == RuleSet()


@pytest.mark.parametrize("parts", [(True, False), (False, True), (True, True), (False, False), (True,), (False,)])
def test_a_set_is_sample_data_as_soon_as_a_part_is(parts):
    joined = join({str(number): RuleSet((rule(),), sample=sample) for number, sample in enumerate(parts)})
    assert joined.sample is any(parts)


def test_rules_of_two_sources_with_one_id_are_both_in_the_set_and_told_apart():
    one, other = rule("T1486", rule_id="1", name="One"), rule("T1486", rule_id="1", name="Other")
    joined = sources(A=[one], B=[other])
    assert [each.key for each in joined.rules] == [("A", "", "1"), ("B", "", "1")]
    assert cell(joined).rule_count == 2
    coverage = score(joined, ENTERPRISE)
    assert coverage.cells_by_rule.keys() == {("A", "", "1"), ("B", "", "1")}
    assert (coverage.rule_counts.read, coverage.rule_counts.copies) == (2, 0)


def test_copies_of_one_rule_count_once_and_are_both_listed():
    one = rule("T1486", rule_id="1")
    joined = sources(A=[one], B=[one, rule("T1486")], C=[replace(one, name="A RULE")])
    found = cell(joined)
    assert found.rule_count == 2
    assert sorted(each.key for each in found.rules if each.rule_id == "1") == [
        ("A", "", "1"),
        ("B", "", "1"),
        ("C", "", "1"),
    ]
    counts = score(joined, ENTERPRISE).rule_counts
    assert (counts.read, counts.enabled, counts.disabled, counts.counted, counts.copies) == (4, 2, 0, 2, 2)


@pytest.mark.parametrize("other", [{"name": "Another"}, {"techniques": ("T1486", "T1490")}, {"tactics": ("Impact",)}])
def test_what_differs_in_more_than_state_and_severity_is_no_copy(other):
    one = rule("T1486", rule_id="1")
    assert cell(sources(A=[one], B=[replace(one, **other)])).rule_count == 2
    alike = replace(one, severity=Severity.LOW, updated_at="2025-01-01", tenant="b", origin="elsewhere.yml")
    assert cell(sources(A=[one], B=[alike])).rule_count == 1


@pytest.mark.parametrize("states", [(True, True), (False, True), (True, False), (False, False)])
@pytest.mark.parametrize("potential", [False, True])
def test_of_two_copies_the_enabled_one_counts(states, potential):
    one = rule("T1486", rule_id="1")
    a, b = (replace(one, enabled=enabled) for enabled in states)
    found = cell(sources(A=[a], B=[b]), potential=potential)
    counted = [each for each in (*found.rules, *found.disabled) if each.count]
    assert len(counted) == 1
    assert counted[0].enabled is any(states)
    assert found.rule_count == (any(states) or potential)


def test_a_copy_counts_where_the_other_one_is_filtered_away():
    one = rule("T1486", rule_id="1", severity=Severity.HIGH)
    joined = sources(A=[one], B=[replace(one, severity=Severity.LOW)])
    for severity, feed in ((Severity.HIGH, "A"), (Severity.LOW, "B")):
        found = cell(joined, severities=frozenset({severity}))
        assert [(each.feed, each.count) for each in found.rules] == [(feed, 1)]


def test_the_same_source_has_no_copies_in_itself():
    one = rule("T1486")
    assert cell(RuleSet((one, replace(one, rule_id="2")))).rule_count == 2


def test_duplicates_name_the_rules_of_all_sources():
    one, alone = rule("T1486", rule_id="1"), rule("T1486")
    joined = sources(A=[one, rule("T1003", rule_id="2")], B=[one, alone], C=[replace(one, rule_id="2")])
    found = duplicates(joined.rules)
    assert [(each.rule_id, [held.feed for held in each.rules], each.is_copy) for each in found] == [
        ("1", ["A", "B"], True),
        ("2", ["A", "C"], False),
    ]
    assert joined.notes == (
        "1 rule is in more than one source, with the same id, name and tags; it counts once.",
        "1 id stands for different rules in different sources; each of these rules counts.",
    )
    assert duplicates((one, one)) == ()


def test_rules_without_ids_of_two_sources_are_no_copies(tmp_path):
    record = {"name": "No id", "severity": "low", "mitre_tactic": "Impact", "mitre_technique_id": "T1486"}
    rulesets = {}
    for name in ("one", "two", "three"):
        path = tmp_path / name / "rules.json"
        path.parent.mkdir()
        path.write_text(json.dumps([record, record]), encoding="utf-8")
        rulesets[name] = read_source(str(path))
    joined = join(rulesets)
    ids = [one.rule_id for one in joined.rules]
    assert len(set(ids)) == len(ids) == 6
    assert {issue.kind for issue in joined.issues} == {IssueKind.NO_ID}
    assert [issue.rule for issue in joined.issues] == ids
    assert ids[:2] == ["one: rules.json#1", "one: rules.json#2"]
    assert cell(joined).rule_count == 6


def test_issues_of_the_mapping_say_their_source():
    joined = sources(A=[rule("T9999", rule_id="1")], B=[rule("T9998", rule_id="1")])
    issues = score(joined, ENTERPRISE).issues
    assert [(issue.feed, issue.rule, issue.kind) for issue in issues] == [
        ("A", "1", IssueKind.UNKNOWN_ID),
        ("B", "1", IssueKind.UNKNOWN_ID),
    ]


def test_what_changes_in_one_source_is_no_change_of_another():
    one = rule("T1486", rule_id="1")
    louder = replace(one, severity=Severity.CRITICAL)
    changes = rule_changes(sources(A=[one], B=[one]), sources(A=[one], B=[louder]))
    assert [each.key for each in changes.changed] == [("B", "", "1")]
    assert (changes.added, changes.removed) == ((), ())
    gone = rule_changes(sources(A=[one], B=[one]), labelled("A", RuleSet((one,))))
    assert [each.key for each in gone.removed] == [("B", "", "1")]


RULES = st.builds(
    lambda number, name, enabled, severity: rule(
        "T1486", rule_id=str(number), name=name, enabled=enabled, severity=severity
    ),
    st.integers(1, 4),
    st.sampled_from(["One", "Two"]),
    st.booleans(),
    st.sampled_from(Severity),
)
PARTS = st.dictionaries(st.sampled_from("ABC"), st.lists(RULES, max_size=4, unique_by=lambda each: each.rule_id))


@given(parts=PARTS)
def test_a_cell_counts_each_rule_of_all_sources_once_and_lists_them_all(parts):
    joined = sources(**parts)
    found = cell(joined, potential=True)
    everything = [each for rules in parts.values() for each in rules]
    assert found.rule_count == len({each.identity for each in everything})
    assert len(found.rules) == len(everything)
    alone = [cell(RuleSet(tuple(rules)), potential=True).rule_count for rules in parts.values()]
    assert max(alone, default=0) <= found.rule_count <= sum(alone)


@given(parts=PARTS)
def test_an_enabled_rule_counts_as_long_as_one_source_has_it_enabled(parts):
    found = cell(sources(**parts))
    enabled = {each.identity for rules in parts.values() for each in rules if each.enabled}
    others = {each.identity for rules in parts.values() for each in rules} - enabled
    assert found.rule_count == len(enabled)
    assert sum(each.count for each in found.disabled) == len(others)
