"""Filters: which rules count, what there is to choose from, and that what is unknown is left out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.filters import RuleFilter, facets, logsources_of
from coverage.model import RuleSet, Severity
from coverage.score import Settings, score
from tests.rules import ENTERPRISE, rule

FULL = rule("T1486", tenant="a", logsource="windows/sysmon", tags=("cve.2021-1", "lab"))
NONE = rule("T1486")
COUNTED = rule("T1486", count=5000)


def some(*values):
    return frozenset(values)


def test_no_filter_keeps_every_rule():
    assert not RuleFilter()
    assert all(map(RuleFilter().keeps, (FULL, NONE, COUNTED)))


@pytest.mark.parametrize(
    "asked",
    [
        RuleFilter(tenants=some("a", "b")),
        RuleFilter(logsources=some("windows/sysmon")),
        RuleFilter(logsources=some("windows")),
        RuleFilter(tags=some("lab", "x")),
        RuleFilter(tenants=some("a"), logsources=some("windows"), tags=some("cve.2021-1")),
    ],
)
def test_a_rule_with_one_value_of_each_is_kept_and_an_unknown_one_is_not(asked):
    assert asked
    assert asked.keeps(FULL)
    assert not asked.keeps(NONE)
    assert not asked.keeps(COUNTED)


@pytest.mark.parametrize(
    "asked",
    [
        RuleFilter(tenants=some("A")),
        RuleFilter(logsources=some("sysmon")),
        RuleFilter(tags=some("cve")),
        RuleFilter(tenants=some("a"), tags=some("x")),
    ],
)
def test_a_rule_that_lacks_one_is_not_kept(asked):
    assert not asked.keeps(FULL)


@pytest.mark.parametrize(
    ("logsource", "values"),
    [
        (None, ()),
        ("", ()),
        ("windows", ("windows",)),
        ("windows/process_creation", ("windows", "windows/process_creation")),
        ("endpoint, windows", ("endpoint", "windows")),
        ("linux/auditd, linux/auth", ("linux", "linux/auditd", "linux/auth")),
        ("/var/log", ("/var/log",)),
    ],
)
def test_a_log_source_is_each_of_its_parts_and_its_product(logsource, values):
    assert logsources_of(rule(logsource=logsource)) == values


def test_facets_count_the_most_frequent_first_and_the_unknown():
    found = facets([FULL, NONE, COUNTED, replace(FULL, tenant="b", tags=("lab", "lab2"))])
    assert list(found.tenants.counts.items()) == [("a", 1), ("b", 1)]
    assert list(found.tags.counts.items()) == [("lab", 2), ("cve.2021-1", 1), ("lab2", 1)]
    assert list(found.logsources.counts.items()) == [("windows", 2), ("windows/sysmon", 2)]
    assert found.tenants.unstated == found.tags.unstated == found.logsources.unstated == 5001


def test_a_filter_goes_before_the_score():
    ruleset = RuleSet((FULL, NONE, replace(FULL, rule_id="off", enabled=False)))
    coverage = score(ruleset, ENTERPRISE, Settings(only=RuleFilter(tenants=some("a"))))
    (cell,) = coverage.of_technique("T1486")
    assert (cell.rule_count, len(cell.disabled)) == (1, 1)
    assert (coverage.rule_counts.read, coverage.rule_counts.enabled) == (2, 1)


def test_a_setting_without_filters_keeps_the_very_rules():
    rules = (FULL, NONE)
    assert Settings().kept(rules) is rules
    assert Settings(severities=some(Severity.LOW)).kept(rules) == ()


RULES = st.lists(
    st.builds(
        lambda technique, tenant, logsource, severity, enabled, count: rule(
            technique, tenant=tenant, logsource=logsource, severity=severity, enabled=enabled, count=count
        ),
        st.sampled_from(["T1486", "T1490", "T1003.001", "T9999"]),
        st.sampled_from([None, "a", "b"]),
        st.sampled_from([None, "windows", "linux"]),
        st.sampled_from(Severity),
        st.booleans(),
        st.integers(1, 3),
    )
).map(tuple)
PARTITIONS = {
    "tenant": lambda value: {"only": RuleFilter(tenants=some(value))},
    "logsource": lambda value: {"only": RuleFilter(logsources=some(value))},
    "severity": lambda value: {"severities": some(value)},
}


@pytest.mark.parametrize("by", PARTITIONS)
@given(rules=RULES)
def test_the_parts_of_any_partition_are_the_whole(by, rules):
    whole = score(RuleSet(rules), ENTERPRISE)
    values = {getattr(each, by) for each in rules} - {None}
    unknown = RuleSet(tuple(each for each in rules if getattr(each, by) is None))
    parts = [score(RuleSet(rules), ENTERPRISE, Settings(**PARTITIONS[by](value))) for value in values]
    parts.append(score(unknown, ENTERPRISE))
    for key, cell in whole.cells.items():
        assert sum(part.cells[key].rule_count for part in parts) == cell.rule_count
        held = [each for part in parts for each in (*part.cells[key].rules, *part.cells[key].disabled)]
        assert {each.key for each in held} == {each.key for each in (*cell.rules, *cell.disabled)}
        assert len(held) == len(cell.rules) + len(cell.disabled)
    assert sum(part.rule_counts.read for part in parts) == whole.rule_counts.read
    assert sum(part.rule_counts.counted for part in parts) == whole.rule_counts.counted
