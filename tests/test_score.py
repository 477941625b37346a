"""Rules + catalog -> coverage: levels, percentages, totals, and which rules are listed where."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog.enterprise import enterprise_catalog
from coverage.mapping import Match
from coverage.model import Issue, IssueKind, RuleSet, Severity
from coverage.score import Level, RuleCounts, Settings, TacticCoverage, Totals, score
from tests.rules import ENTERPRISE, THREATOPS, coverage_of, rule


def cell(coverage, tactic, technique):
    """The one cell, or sub-technique of a cell, at this place."""
    (found,) = (found for found in coverage.of_technique(technique) if found.tactic.id == tactic)
    return found


# Levels.


@pytest.mark.parametrize(
    ("rules", "level"), [(0, Level.NONE), (1, Level.PARTIAL), (2, Level.PARTIAL), (3, Level.FULL), (50, Level.FULL)]
)
def test_more_than_two_rules_are_full_one_or_two_partial_none_none(rules, level):
    coverage = coverage_of(*(rule("T1003") for _ in range(rules)))
    assert cell(coverage, "TA0006", "T1003").level is level
    assert cell(coverage, "TA0006", "T1003").rule_count == rules


@pytest.mark.parametrize(("full", "levels"), [(1, "nffff"), (2, "npfff"), (5, "npppp")])
def test_the_threshold_of_full_is_a_setting(full, levels):
    settings = Settings(full=full)
    assert "".join(settings.level(rules).value[0] for rules in range(5)) == levels


# Percentages.


@pytest.mark.parametrize(
    ("full", "partial", "none", "percent", "percent_1"),
    [
        (0, 0, 4, 0, 0.0),
        (4, 0, 0, 100, 100.0),
        (0, 4, 0, 50, 50.0),
        (1, 1, 2, 38, 37.5),  # half up
        (0, 1, 3, 13, 12.5),  # half up, where half to even would be 12
        (0, 1, 999, 1, 0.1),  # never 0 unless it is exactly that
        (999, 1, 0, 99, 99.9),  # never 100 unless it is exactly that
        (0, 1, 99_999, 1, 0.1),
        (99_999, 1, 0, 99, 99.9),
        (136, 35, 51, 69, 69.1),
    ],
)
def test_percent(full, partial, none, percent, percent_1):
    totals = Totals(full, partial, none)
    assert (totals.percent, totals.percent_1) == (percent, percent_1)


def test_an_empty_denominator_has_no_percentage():
    assert Totals(0, 0, 0).percent is None
    assert Totals(0, 0, 0).percent_1 is None
    assert TacticCoverage(ENTERPRISE.tactics[0], ()).totals.percent is None


COUNTS = st.integers(0, 10**6)


@given(full=COUNTS, partial=COUNTS, none=COUNTS)
def test_percent_is_the_exact_fraction_rounded_half_up_and_held_off_0_and_100(full, partial, none):
    totals = Totals(full, partial, none)
    for found, steps in ((totals.percent, 1), (totals.percent_1, 10)):
        if not totals.total:
            assert found is None
            continue
        exact = (full + Fraction(partial, 2)) / totals.total * 100 * steps
        rounded = int(exact + Fraction(1, 2))
        if exact not in (0, 100 * steps):
            rounded = min(max(rounded, 1), 100 * steps - 1)
        assert found == rounded / steps
        assert isinstance(found, int if steps == 1 else float)


@given(full=COUNTS, partial=COUNTS, none=COUNTS)
def test_percent_is_0_or_100_only_when_all_is_none_or_full(full, partial, none):
    totals = Totals(full, partial, none)
    assert (totals.percent == 0) == (totals.percent_1 == 0) == (totals.total > 0 and none == totals.total)
    assert (totals.percent == 100) == (totals.percent_1 == 100) == (totals.total > 0 and full == totals.total)


def test_percent_per_tactic_and_overall():
    rules = [rule("T1486", tactics=("impact",)) for _ in range(3)] + [rule("T1489", tactics=("impact",))]
    coverage = coverage_of(*rules, catalog=THREATOPS)
    columns = {column.tactic.id: column.totals for column in coverage.tactics}
    assert columns.pop("TA0040") == Totals(full=1, partial=1, none=3)
    assert all(totals.full == totals.partial == 0 for totals in columns.values())
    assert coverage.totals == Totals(full=1, partial=1, none=65)
    assert Totals(full=1, partial=1, none=3).percent == 30
    assert coverage.totals.percent == 2


# Enabled, potential, severity.


def test_only_enabled_rules_count_and_disabled_ones_stay_visible_as_potential():
    on, off = rule("T1003"), [rule("T1003", enabled=False) for _ in range(2)]
    found = cell(coverage_of(on, *off), "TA0006", "T1003")
    assert found.rules == (on,)
    assert found.disabled == tuple(off)
    assert (found.level, found.potential_level) == (Level.PARTIAL, Level.FULL)
    assert found.direct == 1


def test_under_potential_disabled_rules_count_as_if_they_were_enabled():
    rules = [rule("T1003", enabled=number == 0) for number in range(3)]
    coverage = coverage_of(*rules, potential=True)
    found = cell(coverage, "TA0006", "T1003")
    assert found.rules == tuple(rules)
    assert found.disabled == ()
    assert found.level is found.potential_level is Level.FULL
    assert coverage.rule_counts == RuleCounts(read=3, enabled=1, disabled=2, counted=3)
    assert coverage.unique_techniques.full == 1
    assert coverage.technique_rules["T1003"] == tuple(rules)


def test_only_rules_of_the_chosen_severities_count():
    rules = {severity: rule("T1003", severity=severity) for severity in Severity}
    coverage = coverage_of(*rules.values(), severities=frozenset({Severity.CRITICAL, Severity.UNKNOWN}))
    found = cell(coverage, "TA0006", "T1003")
    assert found.rules == (rules[Severity.CRITICAL], rules[Severity.UNKNOWN])
    assert coverage.unique_techniques.partial == 1


def test_all_severities_count_unless_some_are_chosen():
    rules = [rule("T1003", severity=severity) for severity in Severity]
    assert cell(coverage_of(*rules), "TA0006", "T1003").rule_count == len(rules)


# How many rules.


def test_how_many_rules_were_read_are_enabled_and_count_somewhere():
    coverage = coverage_of(
        rule("T1003"),
        rule("T1003", "T1059.001", "T1486"),
        rule("T0800"),
        rule(),
        rule("T1003", enabled=False),
        rule("T0800", enabled=False),
    )
    assert coverage.rule_counts == RuleCounts(read=6, enabled=4, disabled=2, counted=2)


def test_no_rules_at_all_are_a_coverage_of_nothing():
    coverage = score(RuleSet(), ENTERPRISE)
    assert coverage.rule_counts == RuleCounts(read=0, enabled=0, disabled=0, counted=0)
    assert coverage.totals == Totals(0, 0, 254)
    assert coverage.totals.percent == 0


# The shape of the matrix.


def test_cells_come_in_the_order_of_the_matrix():
    coverage = score(RuleSet(), ENTERPRISE)
    assert [column.tactic for column in coverage.tactics] == list(ENTERPRISE.tactics)
    assert list(coverage.cells) == [
        (tactic.id, technique) for tactic in ENTERPRISE.tactics for technique in ENTERPRISE.columns[tactic.id]
    ]


def test_every_cell_of_the_catalog_is_in_the_coverage_once():
    for catalog in (ENTERPRISE, THREATOPS):
        cells = score(RuleSet(), catalog).cells.values()
        found = [(one.tactic.id, one.technique_id) for top in cells for one in (top, *top.sub_techniques)]
        assert sorted(found) == sorted(catalog.cells)


def test_threatops_shows_its_sub_techniques_as_cells_of_their_own():
    coverage = coverage_of(rule("T1059.001", tactics=("Execution",)), catalog=THREATOPS)
    assert coverage.cells["TA0002", "T1059.001"].technique_name == "PowerShell"
    assert coverage.cells["TA0002", "T1059.001"].rule_count == 1
    assert coverage.cells["TA0002", "T1059"].rule_count == 1
    assert all(not found.sub_techniques for found in coverage.cells.values())


def test_a_technique_is_found_in_every_column_that_has_it():
    coverage = score(RuleSet(), ENTERPRISE)
    assert [found.tactic.id for found in coverage.of_technique("T1053")] == ["TA0002", "TA0003", "TA0004"]
    assert [found.tactic.id for found in coverage.of_technique("T1053.005")] == ["TA0002", "TA0003", "TA0004"]
    assert coverage.of_technique("T9999") == ()


# Roll-up and direct rules.


def test_a_rule_counts_once_for_the_parent_of_several_of_its_sub_techniques():
    coverage = coverage_of(rule("T1059", "T1059.001", "t1059/003"), rule("T1059.001"))
    found = cell(coverage, "TA0002", "T1059")
    assert found.rule_count == 2
    assert found.direct == 1
    assert {sub.technique_id: sub.rule_count for sub in found.sub_techniques if sub.rules} == {
        "T1059.001": 2,
        "T1059.003": 1,
    }


def test_direct_counts_the_rules_that_name_this_very_id():
    coverage = coverage_of(rule("T1059"), rule("T1059.001"), rule("T1059.001"))
    parent = cell(coverage, "TA0002", "T1059")
    assert (parent.rule_count, parent.direct) == (3, 1)
    sub = cell(coverage, "TA0002", "T1059.001")
    assert (sub.rule_count, sub.direct) == (2, 2)


def test_exact_does_not_roll_up():
    coverage = coverage_of(rule("T1059"), rule("T1059.001"), rule("T1059.001"), match=Match.EXACT)
    parent = cell(coverage, "TA0002", "T1059")
    assert (parent.rule_count, parent.direct) == (1, 1)


# Unique totals.


def test_unique_totals_count_a_technique_of_several_columns_once():
    coverage = coverage_of(*(rule("T1078") for _ in range(3)))
    assert coverage.totals == Totals(full=4, partial=0, none=250)
    assert coverage.unique_techniques == Totals(full=1, partial=0, none=221)


def test_unique_totals_count_a_rule_of_several_columns_once():
    coverage = coverage_of(rule("T1078"), rule("T1078"))
    assert coverage.unique_techniques == Totals(full=0, partial=1, none=221)


def test_unique_techniques_are_rolled_up_and_unique_sub_techniques_exact():
    coverage = coverage_of(*(rule("T1059.001") for _ in range(3)))
    assert coverage.unique_techniques == Totals(full=1, partial=0, none=221)
    assert coverage.unique_with_subtechniques == Totals(full=1, partial=0, none=696)


def test_unique_totals_of_threatops_are_those_of_its_own_techniques():
    coverage = score(RuleSet(), THREATOPS)
    names = {technique for column in THREATOPS.columns.values() for technique in column}
    assert coverage.unique_techniques.total == sum("." not in technique for technique in names)
    assert coverage.unique_with_subtechniques.total == len(names)


# Lists of rules.


def test_rules_come_from_the_most_to_the_least_severe_then_by_name():
    wanted = [
        rule("T1003", severity=Severity.CRITICAL, name="b"),
        rule("T1003", severity=Severity.HIGH, name="a"),
        rule("T1003", severity=Severity.HIGH, name="B"),
        rule("T1003.001", severity=Severity.HIGH, name="c"),
        rule("T1003", severity=Severity.LOW, name="a"),
        rule("T1003", severity=Severity.UNKNOWN, name="a"),
    ]
    mixed = random.Random(1).sample(wanted, len(wanted))  # noqa: S311  an order, not a secret
    coverage = coverage_of(*mixed)
    assert list(cell(coverage, "TA0006", "T1003").rules) == wanted
    assert list(coverage.technique_rules["T1003"]) == wanted


def test_disabled_rules_are_listed_in_the_same_order():
    low = rule("T1003", severity=Severity.LOW, enabled=False)
    high = rule("T1003.001", severity=Severity.HIGH, enabled=False)
    coverage = coverage_of(low, high)
    assert cell(coverage, "TA0006", "T1003").disabled == (high, low)
    assert coverage.technique_disabled["T1003"] == (high, low)
    assert coverage.technique_rules.get("T1003", ()) == ()


def test_the_rules_of_a_technique_are_listed_once_over_all_tactics():
    one = rule("T1078")
    assert coverage_of(one).technique_rules["T1078"] == (one,)


def test_the_rules_of_a_technique_that_the_matrix_does_not_show_are_listed():
    one = rule("T1003.001", tactics=("Credential Access",))
    assert coverage_of(one, catalog=THREATOPS).technique_rules["T1003.001"] == (one,)


def test_the_cells_of_each_rule_are_known_disabled_ones_among_them():
    on, off, nowhere = rule("T1059.001"), rule("T1486", enabled=False), rule("T0800")
    assert coverage_of(on, off, nowhere).cells_by_rule == {
        on.key: {("TA0002", "T1059"), ("TA0002", "T1059.001")},
        off.key: {("TA0040", "T1486")},
        nowhere.key: frozenset(),
    }


# Issues.


def test_issues_of_reading_and_of_mapping_are_together_and_name_the_rule():
    read = Issue(IssueKind.UNREADABLE, "", "broken.yml", "The file is not YAML.")
    bad, worse = rule("T0800"), rule("T0800", enabled=False)
    issues = score(RuleSet((bad, worse), (read,)), ENTERPRISE).issues
    assert issues[0] == read
    assert [(issue.kind, issue.rule, issue.where) for issue in issues[1:]] == [
        (IssueKind.UNKNOWN_ID, bad.rule_id, bad.origin),
        (IssueKind.UNKNOWN_ID, worse.rule_id, worse.origin),
    ]


def test_a_bad_rule_never_stops_the_others():
    assert cell(coverage_of(rule("T0800"), rule(""), rule("T1003")), "TA0006", "T1003").rule_count == 1


# Properties.

FEW_IDS = ("T1059", "T1059.001", "T1059.003", "T1078", "T1078.004", "T1562", "T1562.004", "T1685", "T1055", "T0800")
FEW_TACTICS = ("Execution", "Defense Evasion", "stealth", "Initial Access", "Hacking")
RULES = st.lists(
    st.builds(
        lambda techniques, tactics, severity, enabled: rule(
            *techniques, tactics=tactics, severity=severity, enabled=enabled
        ),
        techniques=st.lists(st.sampled_from(FEW_IDS), max_size=4),
        tactics=st.none() | st.lists(st.sampled_from(FEW_TACTICS), max_size=2).map(tuple),
        severity=st.sampled_from(Severity),
        enabled=st.booleans(),
    ),
    max_size=8,
)
FEW_PARENTS = ("T1055", "T1059", "T1078", "T1685", "T1686")
# A matrix of five techniques, so that an example costs little.
SMALL = enterprise_catalog(
    replace(
        ENTERPRISE.attack,
        techniques={
            technique: facts
            for technique, facts in ENTERPRISE.attack.techniques.items()
            if technique.startswith(FEW_PARENTS)
        },
    )
)
CATALOGS = st.sampled_from([SMALL, THREATOPS])
SETTINGS = st.builds(
    Settings,
    match=st.sampled_from(Match),
    full=st.integers(1, 4),
    severities=st.frozensets(st.sampled_from(Severity), min_size=3),
    potential=st.booleans(),
)


def everywhere(coverage):
    """All cells, sub-techniques among them, by their place."""
    return {
        (found.tactic.id, found.technique_id): found
        for top in coverage.cells.values()
        for found in (top, *top.sub_techniques)
    }


@given(rules=RULES, catalog=CATALOGS, settings=SETTINGS)
def test_every_list_holds_a_rule_once_and_the_numbers_agree(rules, catalog, settings):
    coverage = score(RuleSet(tuple(rules)), catalog, settings)
    for found in everywhere(coverage).values():
        assert len(set(found.rules)) == len(found.rules) == found.rule_count
        assert set(found.rules).isdisjoint(found.disabled)
        assert found.direct <= found.rule_count
        assert found.level is settings.level(found.rule_count)
        for sub in found.sub_techniques:
            assert settings.match is Match.EXACT or set(sub.rules) <= set(found.rules)
    for listed in (*coverage.technique_rules.values(), *coverage.technique_disabled.values()):
        assert len(set(listed)) == len(listed)
    for totals in (coverage.totals, *(column.totals for column in coverage.tactics)):
        assert totals.total == totals.full + totals.partial + totals.none
    counts = coverage.rule_counts
    assert counts.read == counts.enabled + counts.disabled
    counting = {found for one in everywhere(coverage).values() for found in one.rules}
    assert counts.counted == len(counting)


LEVELS = list(reversed(Level))


@given(rules=RULES, more=RULES, catalog=CATALOGS, settings=SETTINGS)
def test_more_rules_never_lower_a_level(rules, more, catalog, settings):
    before = score(RuleSet(tuple(rules)), catalog, settings)
    after = score(RuleSet((*rules, *more)), catalog, settings)
    cells_after = everywhere(after)
    for place, found in everywhere(before).items():
        grown = cells_after[place]
        assert LEVELS.index(grown.level) >= LEVELS.index(found.level)
        assert LEVELS.index(grown.potential_level) >= LEVELS.index(found.potential_level)
    assert after.totals.percent >= before.totals.percent
    assert after.unique_techniques.percent >= before.unique_techniques.percent


@given(rules=RULES, sides=st.lists(st.integers(0, 2), min_size=8, max_size=8), catalog=CATALOGS, settings=SETTINGS)
def test_the_parts_of_any_division_of_the_rules_make_the_whole(rules, sides, catalog, settings):
    whole = everywhere(score(RuleSet(tuple(rules)), catalog, settings))
    parts = [
        everywhere(
            score(RuleSet(tuple(one for one, its in zip(rules, sides, strict=False) if its == side)), catalog, settings)
        )
        for side in range(3)
    ]
    for place, found in whole.items():
        assert found.rule_count == sum(part[place].rule_count for part in parts)
        assert found.direct == sum(part[place].direct for part in parts)
        assert set(found.disabled) == {one for part in parts for one in part[place].disabled}


@given(rules=RULES, catalog=CATALOGS, settings=SETTINGS)
def test_potential_is_what_enabling_every_rule_would_make(rules, catalog, settings):
    now = everywhere(score(RuleSet(tuple(rules)), catalog, replace(settings, potential=False)))
    potential = everywhere(score(RuleSet(tuple(rules)), catalog, replace(settings, potential=True)))
    enabled = everywhere(score(RuleSet(tuple(replace(one, enabled=True) for one in rules)), catalog, settings))
    for place, found in now.items():
        assert found.potential_level is potential[place].level is enabled[place].level


@given(data=st.data(), rules=RULES, catalog=CATALOGS, settings=SETTINGS)
def test_the_order_of_the_rules_does_not_matter(data, rules, catalog, settings):
    shuffled = data.draw(st.permutations(rules))
    assert (
        score(RuleSet(tuple(shuffled)), catalog, settings).tactics
        == score(RuleSet(tuple(rules)), catalog, settings).tactics
    )


@given(rules=RULES, counts=st.lists(st.integers(1, 4), min_size=8, max_size=8), catalog=CATALOGS, settings=SETTINGS)
def test_a_rule_that_stands_for_several_counts_as_all_of_them(rules, counts, catalog, settings):
    pairs = list(zip(rules, counts, strict=False))
    as_one = RuleSet(tuple(replace(one, count=count) for one, count in pairs))
    each = RuleSet(tuple(replace(one, rule_id=f"{one.rule_id} {n}") for one, count in pairs for n in range(count)))
    assert as_one.rule_count == each.rule_count == len(each.rules)
    grouped, listed = score(as_one, catalog, settings), score(each, catalog, settings)
    cells = everywhere(grouped)
    for place, found in everywhere(listed).items():
        same = cells[place]
        assert (same.rule_count, same.direct, same.level) == (found.rule_count, found.direct, found.level)
        assert same.potential_level is found.potential_level
    assert grouped.rule_counts == listed.rule_counts
    assert grouped.technique_direct == listed.technique_direct
    assert (grouped.totals, grouped.unique_techniques) == (listed.totals, listed.unique_techniques)
    assert grouped.unique_with_subtechniques == listed.unique_with_subtechniques
