"""All lists of one coverage."""

import pytest

from coverage.catalog import load_catalog
from coverage.model import IssueKind, RuleSetBuilder, Severity
from coverage.quality import find_quality
from coverage.score import Settings, score
from coverage.sources.library import read_path
from tests.rules import ENTERPRISE, rule
from tests.shared import shared


def of(*rules, **settings):
    builder = RuleSetBuilder()
    builder.extend(rules, ())
    ruleset = builder.build()
    return find_quality(ruleset, score(ruleset, ENTERPRISE, Settings(**settings)))


def test_a_rule_can_be_in_every_list():
    rules = [
        rule("T1110", "T9999", severity=Severity.LOW, rule_id="r"),
        rule(rule_id="r"),
        rule("T1205", "T9999", severity=Severity.UNKNOWN),
        rule(name="Nowhere"),
    ]
    quality = of(*rules)
    assert [each.rule for each in quality.unmapped] == [rules[3]]
    assert [each.tag for each in quality.stale] == ["T9999", "T9999"]
    assert {cell.technique_id for cell in quality.fragile} == {"T1110", "T1205"}
    assert {cell.technique_id for cell in quality.low} == {"T1110"}
    assert {cell.technique_id for cell in quality.unclear} == {"T1205"}
    assert [each.original for each in quality.duplicates] == [rules[0]]


def test_rules_of_severities_that_do_not_count_are_in_no_list():
    low = [rule("T1110", "T9999", severity=Severity.LOW), rule("T9999", "T1110", severity=Severity.LOW), rule()]
    quality = of(*low[:2], severities=frozenset({Severity.HIGH}))
    assert [getattr(quality, name) for name in quality.__slots__] == [()] * 6
    assert len(of(*low[:2]).duplicates) == 1


@pytest.mark.parametrize(
    ("library", "figures"), [("sigma", (468, 0, 21, 10, 0, 0)), ("elastic", (85, 335, 18, 19, 0, 0))]
)
def test_the_lists_of_a_public_library_agree_with_what_is_counted_elsewhere(library, figures):
    ruleset = read_path(shared(f"rules/{library}.tar.gz"))
    coverage = score(ruleset, load_catalog("enterprise", "19.1"))
    quality = find_quality(ruleset, coverage)
    assert tuple(len(getattr(quality, name)) for name in quality.__slots__) == figures
    assert len(quality.unmapped) == coverage.rule_counts.enabled - coverage.rule_counts.counted
    assert len(quality.stale) == sum(issue.kind is IssueKind.REVOKED_ID for issue in coverage.issues)
    assert len(quality.fragile) == sum(cell.rule_count == 1 for cell in coverage.cells.values())
