"""The known gaps: which ones, in which order, and when one is closed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import SHIPPED, load_catalog
from coverage.gaps import KNOWN_GAPS, find_gaps
from coverage.model import SEVERITY_ORDER
from coverage.score import Level
from tests.rules import ENTERPRISE, THREATOPS, coverage_of, rule

# Technique, tactic and severity as the specification ranks them.
RANKED = [
    ("T1566", "Initial Access", "critical"),
    ("T1059", "Execution", "critical"),
    ("T1003", "Credential Access", "critical"),
    ("T1486", "Impact", "high"),
    ("T1021", "Lateral Movement", "high"),
    ("T1071", "Command & Control", "high"),
    ("T1543", "Persistence", "medium"),
    ("T1082", "Discovery", "low"),
]


def ids(gaps):
    return [gap.known.technique_id for gap in gaps]


def rules(technique, how_many, **fields):
    """So many rules on a technique, under the tactic that its gap names."""
    tactic = next(known.tactic for known in KNOWN_GAPS if known.technique_id == technique)
    return [rule(technique, tactics=(tactic,), **fields) for _ in range(how_many)]


def test_the_known_gaps_are_the_specification_s_eight():
    assert [(known.technique_id, known.tactic, known.severity) for known in KNOWN_GAPS] == RANKED


@pytest.mark.parametrize("version", SHIPPED)
def test_every_known_gap_is_an_active_technique_of_the_tactic_it_names(version):
    catalog = load_catalog("enterprise", version)
    for known in KNOWN_GAPS:
        assert catalog.tactics_named(known.tactic) <= set(catalog.attack.techniques[known.technique_id].tactics)


@pytest.mark.parametrize("known", KNOWN_GAPS, ids=lambda known: known.technique_id)
def test_every_known_gap_says_what_to_do(known):
    assert known.recommendation.strip()


@pytest.mark.parametrize("catalog", [THREATOPS, ENTERPRISE], ids=["threatops", "enterprise"])
def test_without_rules_all_are_open_from_critical_to_low(catalog):
    gaps = find_gaps(coverage_of(catalog=catalog))
    assert ids(gaps.open) == [technique for technique, _, _ in RANKED]
    assert {(gap.level, gap.rule_count, gap.potential) for gap in gaps.open} == {(Level.NONE, 0, 0)}
    assert gaps.closed == ()


@pytest.mark.parametrize("how_many", [1, 2])
def test_a_partly_covered_technique_stays_open_behind_the_empty_ones_of_its_severity(how_many):
    gaps = find_gaps(coverage_of(*rules("T1566", how_many), catalog=THREATOPS))
    assert ids(gaps.open) == ["T1059", "T1003", "T1566", "T1486", "T1021", "T1071", "T1543", "T1082"]
    found = gaps.open[2]
    assert (found.level, found.rule_count) == (Level.PARTIAL, how_many)


def test_a_fully_covered_technique_is_closed():
    gaps = find_gaps(coverage_of(*rules("T1082", 3), *rules("T1003", 3), catalog=THREATOPS))
    assert ids(gaps.closed) == ["T1003", "T1082"]
    assert "T1003" not in ids(gaps.open)
    assert [(gap.level, gap.rule_count) for gap in gaps.closed] == [(Level.FULL, 3)] * 2


def test_the_threshold_of_the_settings_decides_when_a_gap_is_closed():
    assert ids(find_gaps(coverage_of(*rules("T1486", 1), catalog=THREATOPS, full=1)).closed) == ["T1486"]
    assert find_gaps(coverage_of(*rules("T1486", 4), catalog=THREATOPS, full=5)).closed == ()


def test_rules_count_over_all_tactics_and_from_sub_techniques():
    found = find_gaps(
        coverage_of(rule("T1543"), rule("T1543.003", tactics=("privilege-escalation",)), rule("T1543.003"))
    )
    (gap,) = (gap for gap in found.closed if gap.known.technique_id == "T1543")
    assert (gap.rule_count, gap.in_matrix) == (3, True)


def test_a_technique_outside_the_matrix_counts_all_the_same_and_says_so():
    gaps = find_gaps(coverage_of(*rules("T1543", 2), catalog=THREATOPS))
    in_matrix = {gap.known.technique_id: gap.in_matrix for gap in gaps.open}
    assert [technique for technique, shown in in_matrix.items() if not shown] == ["T1543"]
    (gap,) = (gap for gap in gaps.open if gap.known.technique_id == "T1543")
    assert (gap.level, gap.rule_count) == (Level.PARTIAL, 2)
    assert all(gap.in_matrix for gap in find_gaps(coverage_of(catalog=ENTERPRISE)).open)


def test_disabled_rules_close_nothing_but_are_counted_as_potential():
    off = rules("T1071", 3, enabled=False)
    (gap,) = (gap for gap in find_gaps(coverage_of(*off)).open if gap.known.technique_id == "T1071")
    assert (gap.level, gap.rule_count, gap.potential) == (Level.NONE, 0, 3)
    assert ids(find_gaps(coverage_of(*off, potential=True)).closed) == ["T1071"]


@given(
    counts=st.lists(st.integers(0, 5), min_size=len(KNOWN_GAPS), max_size=len(KNOWN_GAPS)),
    catalog=st.sampled_from([THREATOPS, ENTERPRISE]),
    full=st.integers(1, 5),
)
def test_every_known_gap_is_listed_once_and_each_list_is_ranked(counts, catalog, full):
    made = [one for known, number in zip(KNOWN_GAPS, counts, strict=True) for one in rules(known.technique_id, number)]
    gaps = find_gaps(coverage_of(*made, catalog=catalog, full=full))
    assert sorted(ids(gaps.open + gaps.closed)) == sorted(known.technique_id for known in KNOWN_GAPS)
    assert {gap.level for gap in gaps.closed} <= {Level.FULL}
    assert Level.FULL not in {gap.level for gap in gaps.open}
    for found in (gaps.open, gaps.closed):
        ranks = [(SEVERITY_ORDER[gap.known.severity], gap.level is not Level.NONE) for gap in found]
        assert ranks == sorted(ranks)
    by_id = {gap.known.technique_id: gap.rule_count for gap in gaps.open + gaps.closed}
    assert [by_id[known.technique_id] for known in KNOWN_GAPS] == counts
