"""Rules, issues, and what happens to two rules with one id."""

from dataclasses import FrozenInstanceError

import pytest

from coverage.model import SEVERITY_ORDER, Issue, IssueKind, Rule, RuleSet, RuleSetBuilder, Severity


def rule(rule_id="r1", *, enabled=True, origin="a.yml", name="A rule"):
    return Rule(rule_id, name, Severity.HIGH, enabled, (), ("T1059",), "Test", origin)


def test_severities_are_ordered_from_the_most_to_the_least_severe():
    words = ["unknown", "low", "critical", "informational", "medium", "high"]
    ordered = sorted(map(Severity, words), key=SEVERITY_ORDER.__getitem__)
    assert ordered == ["critical", "high", "medium", "low", "informational", "unknown"]


def test_a_rule_does_not_change():
    with pytest.raises(FrozenInstanceError):
        rule().enabled = False


def test_an_empty_set_has_no_rules_and_is_no_sample():
    assert RuleSet() == RuleSet(rules=(), issues=(), doubts=(), notes=(), sample=False)


def test_the_builder_keeps_rules_issues_doubts_and_notes_in_their_order():
    builder = RuleSetBuilder()
    first, second = rule("r1"), rule("r2", origin="b.yml")
    issue = Issue(IssueKind.UNREADABLE, "", "c.yml", "The file is not YAML.")
    builder.extend([first], [issue])
    builder.add(second)
    builder.issue(IssueKind.NO_NAME, "r2", "b.yml", "The rule has no name.")
    builder.doubts.append("The end of the answer could not be established.")
    builder.notes.append("Two other files were passed over.")
    assert builder.build() == RuleSet(
        rules=(first, second),
        issues=(issue, Issue(IssueKind.NO_NAME, "r2", "b.yml", "The rule has no name.")),
        doubts=("The end of the answer could not be established.",),
        notes=("Two other files were passed over.",),
    )


@pytest.mark.parametrize("enabled", [True, False])
def test_of_two_rules_with_one_id_the_first_stays_and_an_issue_names_both(enabled):
    builder = RuleSetBuilder()
    builder.add(rule(origin="a.yml", enabled=enabled))
    builder.add(rule(origin="b.yml", enabled=enabled))
    built = builder.build()
    assert [kept.origin for kept in built.rules] == ["a.yml"]
    (issue,) = built.issues
    assert (issue.kind, issue.rule, issue.where) == (IssueKind.DUPLICATE_ID, "r1", "b.yml")
    assert "a.yml" in issue.message


@pytest.mark.parametrize("enabled_one", ["a.yml", "b.yml"])
def test_of_two_rules_with_one_id_the_enabled_one_stays_wherever_it_stands(enabled_one):
    builder = RuleSetBuilder()
    for origin in ("a.yml", "b.yml"):
        builder.add(rule(origin=origin, enabled=origin == enabled_one))
    built = builder.build()
    assert [kept.origin for kept in built.rules] == [enabled_one]
    (issue,) = built.issues
    assert issue.where != enabled_one
    assert enabled_one in issue.message


def test_a_rule_that_takes_the_place_of_another_stands_where_that_one_stood():
    builder = RuleSetBuilder()
    builder.add(rule("r1", enabled=False))
    builder.add(rule("r2"))
    builder.add(rule("r1", origin="c.yml"))
    assert [(kept.rule_id, kept.origin) for kept in builder.build().rules] == [("r1", "c.yml"), ("r2", "a.yml")]


def test_every_one_of_three_rules_with_one_id_is_kept_or_has_an_issue():
    builder = RuleSetBuilder()
    for origin, enabled in (("a.yml", False), ("b.yml", True), ("c.yml", True)):
        builder.add(rule(origin=origin, enabled=enabled))
    built = builder.build()
    assert [kept.origin for kept in built.rules] == ["b.yml"]
    assert [issue.where for issue in built.issues] == ["a.yml", "c.yml"]
