"""Cells that hang on one rule, or on rules of low severity."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.join import join
from coverage.model import RuleSet, Severity
from coverage.quality.cells import fragile_cells, holder, low_cells, unclear_cells
from coverage.score import Level, score
from tests.rules import ENTERPRISE, coverage_of, rule


def places(cells):
    return [(cell.tactic.id, cell.technique_id) for cell in cells]


def test_a_cell_with_exactly_one_rule_is_fragile_and_others_are_not():
    rules = [rule("T1110"), rule("T1003"), rule("T1003.001"), rule("T1047", enabled=False)]
    (cell,) = fragile_cells(coverage_of(*rules))
    assert (cell.technique_id, cell.rules) == ("T1110", (rules[0],))


def test_a_rule_that_stands_for_many_is_not_one_rule():
    assert fragile_cells(coverage_of(rule("T1110", count=2))) == ()
    assert len(fragile_cells(coverage_of(rule("T1110", count=1)))) == 1


def test_the_rule_that_holds_most_cells_comes_first():
    one, many = rule("T1110", rule_id="a"), rule("T1047", "T1486", rule_id="b")
    assert [cell.rules[0].rule_id for cell in fragile_cells(coverage_of(one, many))] == ["b", "b", "a"]


def test_a_rule_with_a_copy_in_another_source_is_one_rule():
    one = rule("T1110", rule_id="1", enabled=False)
    joined = join({"A": RuleSet((one,)), "B": RuleSet((replace(one, enabled=True),))})
    (cell,) = fragile_cells(score(joined, ENTERPRISE))
    assert (holder(cell).feed, holder(cell).count) == ("B", 1)
    copies = join({"A": RuleSet((replace(one, enabled=True),)), "B": RuleSet((replace(one, enabled=True),))})
    (cell,) = fragile_cells(score(copies, ENTERPRISE))
    assert (len(cell.rules), holder(cell).feed) == (2, "A")


TECHNIQUES = st.lists(st.sampled_from(["T1003", "T1003.001", "T1078", "T1110", "T1205"]), min_size=1, max_size=3)


@given(st.lists(st.tuples(TECHNIQUES, st.booleans(), st.integers(1, 2)), max_size=6))
def test_the_cells_of_a_rule_that_goes_are_empty_exactly_where_it_was_alone(made):
    rules = [rule(*tags, enabled=enabled, count=count) for tags, enabled, count in made]
    coverage = coverage_of(*rules)
    fragile = set(places(fragile_cells(coverage)))
    for gone in (each for each in rules if each.count == 1):
        without = score(RuleSet(tuple(each for each in rules if each is not gone)), ENTERPRISE)
        lost = {
            key
            for key, cell in coverage.cells.items()
            if cell.level is not Level.NONE and without.cells[key].level is Level.NONE
        }
        assert lost == {key for key in fragile if coverage.cells[key].rules[0].rule_id == gone.rule_id}


LOW, INFO, MEDIUM, UNKNOWN = Severity.LOW, Severity.INFORMATIONAL, Severity.MEDIUM, Severity.UNKNOWN


@pytest.mark.parametrize(
    ("severities", "low", "unclear"),
    [
        ([], False, False),
        ([LOW], True, False),
        ([INFO], True, False),
        ([LOW, INFO, LOW], True, False),
        ([LOW, MEDIUM], False, False),
        ([UNKNOWN], False, True),
        ([LOW, UNKNOWN], False, True),
        ([UNKNOWN, MEDIUM], False, False),
    ],
)
def test_unknown_severity_is_not_taken_for_low(severities, low, unclear):
    coverage = coverage_of(*(rule("T1110", severity=severity) for severity in severities), rule("T1047"))
    assert bool(low_cells(coverage)) is low
    assert bool(unclear_cells(coverage)) is unclear


def test_a_disabled_rule_holds_no_cell():
    coverage = coverage_of(rule("T1110", severity=LOW), rule("T1110", severity=MEDIUM, enabled=False))
    assert [cell.technique_id for cell in low_cells(coverage)] == ["T1110"]
    assert low_cells(coverage_of(rule("T1110", severity=LOW, enabled=False))) == ()
