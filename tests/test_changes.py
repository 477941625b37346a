"""What two calculations differ in."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from coverage.changes import CellChange, RuleChanges, cell_changes, rule_changes
from coverage.model import Issue, IssueKind, RuleSet, Severity
from coverage.score import Level
from tests.rules import THREATOPS, coverage_of, rule

A, B, C = (rule("T1486", tactics=("Impact",), rule_id=letter) for letter in "abc")


def test_equal_rules_are_no_change():
    changes = rule_changes(RuleSet((A, B)), RuleSet((B, A)))
    assert changes == RuleChanges((), (), ())
    assert not changes


def test_rules_are_added_removed_and_changed_by_their_id():
    louder = replace(B, severity=Severity.CRITICAL)
    changes = rule_changes(RuleSet((A, B)), RuleSet((louder, C)))
    assert changes == RuleChanges(added=(C,), removed=(A,), changed=(louder,))
    assert changes


def test_a_rule_that_is_disabled_is_changed_and_not_removed():
    off = replace(A, enabled=False)
    assert rule_changes(RuleSet((A,)), RuleSet((off,))) == RuleChanges((), (), (off,))


def test_one_kind_of_change_is_enough():
    assert rule_changes(RuleSet(), RuleSet((A,)))
    assert rule_changes(RuleSet((A,)), RuleSet())
    assert rule_changes(RuleSet((A,)), RuleSet((replace(A, name="Renamed"),)))


def test_issues_and_notes_are_no_change_of_rules():
    issue = Issue(IssueKind.UNREADABLE, "", "x.yml", "The file is empty.")
    assert not rule_changes(RuleSet((A,)), RuleSet((A,), issues=(issue,), notes=("A note.",)))


SETS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["one", "two"])).map(
    lambda names: RuleSet(tuple(replace(A, rule_id=rule_id, name=name) for rule_id, name in names.items()))
)


@given(before=SETS, after=SETS)
def test_the_changes_lead_from_one_set_to_the_other(before, after):
    changes = rule_changes(before, after)
    now = {one.rule_id: one for one in before.rules}
    for one in changes.removed:
        assert now.pop(one.rule_id) == one
    for one in changes.changed:
        assert now[one.rule_id] != one
        now[one.rule_id] = one
    for one in changes.added:
        assert one.rule_id not in now
        now[one.rule_id] = one
    assert now == {one.rule_id: one for one in after.rules}
    assert bool(changes) == (set(before.rules) != set(after.rules))


def test_the_cells_whose_level_differs_come_in_the_order_of_the_matrix():
    phishing = [rule("T1566", tactics=("Initial Access",)) for _ in range(3)]
    before = coverage_of(A, catalog=THREATOPS)
    after = coverage_of(*phishing, catalog=THREATOPS)
    assert cell_changes(before, after) == (
        CellChange("Initial Access", "T1566", "Phishing", Level.NONE, Level.FULL),
        CellChange("Impact", "T1486", "Data Encrypted for Impact", Level.PARTIAL, Level.NONE),
    )


def test_more_rules_within_one_level_change_no_cell():
    assert cell_changes(coverage_of(A, catalog=THREATOPS), coverage_of(A, B, catalog=THREATOPS)) == ()


def test_a_technique_of_several_tactics_changes_in_each_of_its_cells():
    changes = cell_changes(coverage_of(), coverage_of(rule("T1055")))
    assert {change.technique_id for change in changes} == {"T1055"}
    assert len({change.tactic_name for change in changes}) == len(changes) == 2
