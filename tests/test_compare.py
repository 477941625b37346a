"""Two coverages, the cells that differ, and whether ATT&CK or the rules are the cause."""

import json
from dataclasses import replace
from functools import cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import Technique, load_catalog
from coverage.catalog.enterprise import enterprise_catalog
from coverage.catalog.narrow import narrowed
from coverage.compare import Cause, CellState, Change, compare, split_change
from coverage.filters import RuleFilter
from coverage.mapping import Match
from coverage.model import Rule, RuleSet, Severity
from coverage.score import Level, Settings, Totals, score
from coverage.sources.library import read_path
from tests.shared import shared

OLD = load_catalog("enterprise", "18.1")
NEW = load_catalog("enterprise", "19.1")
# A version to come: Modify Registry withdrawn, BITS Jobs made a sub-technique, and T9000 come and gone since 19.1.
LATER = enterprise_catalog(
    replace(
        NEW.attack,
        version="20.0",
        techniques={name: each for name, each in NEW.attack.techniques.items() if name not in ("T1112", "T1197")},
        revoked={**NEW.attack.revoked, "T1197": "T1053.005", "T9000": "T1053.005"},
        deprecated={**NEW.attack.deprecated, "T1112": "Modify Registry"},
    )
)


def rule(rule_id, *techniques, tactics=None, severity=Severity.HIGH, enabled=True):
    return Rule(rule_id, rule_id, severity, enabled, tactics, techniques, "Test", f"{rule_id}.yml")


def compared(before, after, *, catalogs=(NEW, NEW), **settings):
    """The comparison of two lists of rules."""
    sides = [RuleSet(tuple(rules)) for rules in (before, after)]
    coverages = [score(rules, catalog, Settings(**settings)) for rules, catalog in zip(sides, catalogs, strict=True)]
    return compare(*coverages, rules_before=sides[0], rules_after=sides[1])


def differing(comparison):
    """The cells that differ, by `tactic/technique`."""
    return {f"{cell.tactic.id}/{cell.technique_id}": cell for cell in comparison.cells}


def causes(comparison, key):
    """What a cell's reasons are and concern."""
    return {reason.cause: reason.concerned for reason in differing(comparison)[key].causes}


def counts(comparison):
    """The number of rules before and after in each cell that differs; None where a side does not have it."""
    return {
        key: tuple(None if state is None else state.rule_count for state in (cell.before, cell.after))
        for key, cell in differing(comparison).items()
    }


# Which cells differ.


def test_the_same_rules_under_the_same_catalog_differ_nowhere():
    comparison = compared([rule("a", "T1003")], [rule("a", "T1003")])
    assert comparison.cells == ()
    assert comparison.cells_by_cause == {}
    assert (comparison.change.from_attack, comparison.change.from_rules) == (0.0, 0.0)


def test_a_cell_differs_by_its_level_or_its_number_of_rules():
    comparison = compared([rule("a", "T1003")], [rule("a", "T1003"), rule("b", "T1003")])
    (cell,) = comparison.cells
    assert (cell.tactic.name, cell.technique_id, cell.technique_name) == (
        "Credential Access",
        "T1003",
        "OS Credential Dumping",
    )
    assert (cell.before, cell.after) == (CellState(Level.PARTIAL, 1), CellState(Level.PARTIAL, 2))


def test_a_cell_in_which_as_many_other_rules_count_does_not_differ():
    assert compared([rule("a", "T1003")], [rule("b", "T1003")]).cells == ()


def test_a_cell_of_one_side_differs_even_if_no_rule_counts_there():
    found = differing(compared([], [], catalogs=(OLD, NEW)))
    assert (found["TA0043/T1682"].before, found["TA0043/T1682"].after) == (None, CellState(Level.NONE, 0))
    assert (found["TA0005/T1562"].before, found["TA0005/T1562"].after) == (CellState(Level.NONE, 0), None)


def test_the_cells_come_in_the_order_of_the_matrix_after_then_those_that_are_gone():
    keys = list(differing(compared([], [], catalogs=(OLD, NEW))))
    order = ["/".join(key) for key in (*score(RuleSet(), NEW).cells, *score(RuleSet(), OLD).cells)]
    assert keys == sorted(keys, key=order.index)


# Causes of the rules.

DUMPING = "TA0006/T1003"


@pytest.mark.parametrize(
    ("before", "after", "settings", "cause", "sentence"),
    [
        ([], [rule("a", "T1003")], {}, Cause.RULE_ADDED, "1 rule is new."),
        ([rule("a", "T1003")], [], {}, Cause.RULE_REMOVED, "1 rule is gone."),
        (
            [rule("a", "T1003", enabled=False)],
            [rule("a", "T1003")],
            {},
            Cause.RULE_ENABLED,
            "1 rule is enabled now.",
        ),
        (
            [rule("a", "T1003")],
            [rule("a", "T1003", enabled=False)],
            {},
            Cause.RULE_DISABLED,
            "1 rule is disabled now.",
        ),
        ([rule("a")], [rule("a", "T1003")], {}, Cause.TAG_CHANGED, "1 rule is tagged differently."),
        ([rule("a", "T1003")], [rule("a", "T9999")], {}, Cause.TAG_CHANGED, "1 rule is tagged differently."),
        (
            [rule("a", "T1003", severity=Severity.LOW)],
            [rule("a", "T1003")],
            {"severities": frozenset({Severity.HIGH})},
            Cause.RULE_ADDED,
            "1 rule is of a severity that counts now.",
        ),
        (
            [rule("a", "T1003")],
            [rule("a", "T1003", severity=Severity.LOW)],
            {"severities": frozenset({Severity.HIGH})},
            Cause.RULE_REMOVED,
            "1 rule is of a severity that no longer counts.",
        ),
        (
            [rule("a", "T1003", enabled=False)],
            [rule("a", enabled=False)],
            {"potential": True},
            Cause.TAG_CHANGED,
            "1 rule is tagged differently.",
        ),
    ],
)
def test_a_cause_of_the_rules(before, after, settings, cause, sentence):
    comparison = compared(before, after, **settings)
    assert causes(comparison, DUMPING) == {cause: ("a",)}
    assert differing(comparison)[DUMPING].causes[0].sentence == sentence
    assert comparison.cells_by_cause == {cause: 1}
    assert not cause.from_attack


@pytest.mark.parametrize(
    ("before", "after", "cause", "sentence"),
    [
        (None, 1_200, Cause.RULE_ADDED, "1,200 rules are new."),
        (5, None, Cause.RULE_REMOVED, "5 rules are gone."),
        (5, 8, Cause.RULE_ADDED, "3 rules are new."),
        (8, 7, Cause.RULE_REMOVED, "1 rule is gone."),
    ],
)
def test_of_rules_that_are_only_counted_it_is_said_how_many_more_or_fewer_there_are(before, after, cause, sentence):
    sides = [[replace(rule("kind", "T1055"), count=count)] if count else [] for count in (before, after)]
    comparison = compared(*sides)
    assert set(counts(comparison).values()) == {(before or 0, after or 0)}
    for cell in comparison.cells:
        (reason,) = cell.causes
        assert (reason.cause, reason.concerned, reason.sentence) == (cause, ("kind",), sentence)


def test_a_rule_that_names_another_of_its_technique_s_tactics_is_tagged_differently():
    comparison = compared([rule("a", "T1078", tactics=("persistence",))], [rule("a", "T1078", tactics=("stealth",))])
    assert counts(comparison) == {"TA0003/T1078": (1, 0), "TA0005/T1078": (0, 1)}
    assert comparison.cells_by_cause == {Cause.TAG_CHANGED: 2}


def test_a_rule_that_is_enabled_and_tagged_differently_has_both_causes():
    comparison = compared([rule("a", "T1486", enabled=False)], [rule("a", "T1003")])
    assert causes(comparison, DUMPING) == {Cause.RULE_ENABLED: ("a",), Cause.TAG_CHANGED: ("a",)}
    comparison = compared([rule("a", "T1003")], [rule("a", "T1486", enabled=False)])
    assert causes(comparison, DUMPING) == {Cause.RULE_DISABLED: ("a",), Cause.TAG_CHANGED: ("a",)}


def test_under_potential_enabling_and_disabling_change_nothing():
    off, on = [rule("a", "T1003", enabled=False)], [rule("a", "T1003")]
    assert compared(off, on, potential=True).cells == compared(on, off, potential=True).cells == ()


def test_all_causes_of_a_cell_are_said_in_one_order_and_its_rules_are_counted():
    before = [rule("gone", "T1003"), rule("off", "T1003", enabled=False), rule("other", "T1486")]
    after = [rule("new 2", "T1003.001"), rule("off", "T1003"), rule("other", "T1003"), rule("new 1", "T1003")]
    comparison = compared(before, after)
    assert causes(comparison, DUMPING) == {
        Cause.RULE_ADDED: ("new 1", "new 2"),
        Cause.RULE_REMOVED: ("gone",),
        Cause.RULE_ENABLED: ("off",),
        Cause.TAG_CHANGED: ("other",),
    }
    reasons = differing(comparison)[DUMPING].causes
    assert [reason.cause for reason in reasons] == [cause for cause in Cause if cause in causes(comparison, DUMPING)]
    assert reasons[0].sentence == "2 rules are new."


# Causes of ATT&CK.


def test_the_cell_of_a_revoked_technique_names_its_replacement():
    comparison = compared([rule("a", "T1562.004")], [rule("a", "T1562.004")], catalogs=(OLD, NEW))
    assert causes(comparison, "TA0005/T1562")[Cause.ID_REVOKED] == ("T1562", "T1562.004")
    sentence = differing(comparison)["TA0005/T1562"].causes[0].sentence
    assert sentence == (
        "T1562 is revoked in ATT&CK 19.1 in favour of T1685; T1562.004 is revoked in ATT&CK 19.1 in favour of T1686."
    )
    assert counts(comparison)["TA0112/T1686"] == (None, 1)
    assert causes(comparison, "TA0112/T1686")[Cause.ID_REVOKED] == ("T1562.004",)


def test_rules_that_come_to_a_cell_because_a_revoked_id_stands_for_it_now():
    # The sub-technique T1070.001 left its parent, whose cell both versions have.
    rules = [rule("a", "T1070.001"), rule("b", "T1070")]
    comparison = compared(rules, rules, catalogs=(OLD, NEW))
    assert counts(comparison)["TA0005/T1070"] == (2, 1)
    assert causes(comparison, "TA0005/T1070") == {Cause.ID_REVOKED: ("T1070.001",)}
    assert counts(comparison)["TA0112/T1685"] == (None, 1)
    rules = [rule("a", "T1197"), rule("b", "T9000")]
    comparison = compared(rules, rules, catalogs=(NEW, LATER))
    assert counts(comparison)["TA0002/T1053"] == (0, 2)
    assert causes(comparison, "TA0002/T1053") == {Cause.ID_REVOKED: ("T1197", "T9000")}


def test_a_rule_that_already_names_the_replacement_is_a_matter_of_the_revoked_id_too():
    comparison = compared([rule("a", "T1685")], [rule("a", "T1685")], catalogs=(OLD, NEW))
    assert causes(comparison, "TA0112/T1685") == {Cause.ID_REVOKED: ("T1562", "T1562.001", "T1562.006")}


def test_an_id_that_both_versions_revoke_stands_for_what_the_newer_one_revoked():
    assert (OLD.attack.revoked["T1089"], NEW.attack.revoked["T1089"]) == ("T1562.001", "T1685")
    comparison = compared([rule("a", "T1089")], [rule("a", "T1089")], catalogs=(OLD, NEW))
    assert causes(comparison, "TA0005/T1562") == {Cause.ID_REVOKED: ("T1562", "T1562.001")}
    assert causes(comparison, "TA0112/T1685") == {Cause.ID_REVOKED: ("T1562", "T1562.001", "T1562.006")}
    # The replacement of T1168 is revoked in turn, in favour of a technique that both versions have.
    later = enterprise_catalog(replace(LATER.attack, revoked={**LATER.attack.revoked, "T1168": "T1197"}))
    before = enterprise_catalog(replace(NEW.attack, revoked={**NEW.attack.revoked, "T1168": "T1197"}))
    comparison = compared([rule("a", "T1168")], [rule("a", "T1168")], catalogs=(before, later))
    assert causes(comparison, "TA0002/T1053") == {Cause.ID_REVOKED: ("T1197",)}


def test_a_technique_that_no_revocation_leads_to_is_new():
    comparison = compared([], [rule("a", "T1682")], catalogs=(OLD, NEW))
    (new, added) = differing(comparison)["TA0043/T1682"].causes
    assert (new.cause, new.concerned, new.sentence) == (
        Cause.TECHNIQUE_NEW,
        ("T1682",),
        "T1682 is not in ATT&CK 18.1.",
    )
    assert (added.cause, added.concerned) == (Cause.RULE_ADDED, ("a",))


def test_a_new_technique_whose_rules_come_by_a_revoked_id_has_both_causes():
    rules = [rule("a", "T1656")]
    assert causes(compared([], [], catalogs=(OLD, NEW)), "TA0005/T1684") == {Cause.TECHNIQUE_NEW: ("T1684",)}
    assert causes(compared(rules, rules, catalogs=(OLD, NEW)), "TA0005/T1684") == {
        Cause.ID_REVOKED: ("T1656",),
        Cause.TECHNIQUE_NEW: ("T1684",),
    }


def test_a_new_sub_technique_brings_rules_to_its_parent():
    rules = [rule("a", "T1027.018")]
    comparison = compared(rules, rules, catalogs=(OLD, NEW))
    assert counts(comparison)["TA0005/T1027"] == (0, 1)
    assert causes(comparison, "TA0005/T1027") == {Cause.TECHNIQUE_NEW: ("T1027.018",)}


def test_a_technique_that_the_newer_version_deprecates_is_withdrawn():
    rules = [rule("a", "T1112")]
    comparison = compared(rules, rules, catalogs=(NEW, LATER))
    assert counts(comparison)["TA0112/T1112"] == (1, None)
    (reason,) = differing(comparison)["TA0112/T1112"].causes
    assert (reason.cause, reason.sentence) == (Cause.TECHNIQUE_WITHDRAWN, "T1112 is deprecated in ATT&CK 20.0.")


def test_a_technique_under_other_tactics_has_moved_and_both_are_named():
    rules = [rule("a", "T1112", tactics=("defense-evasion",))]
    comparison = compared(rules, rules, catalogs=(OLD, NEW))
    assert counts(comparison)["TA0005/T1112"] == (1, None)
    assert counts(comparison)["TA0112/T1112"] == (None, 1)
    assert causes(comparison, "TA0005/T1112") == causes(comparison, "TA0112/T1112")
    (reason,) = differing(comparison)["TA0005/T1112"].causes
    assert reason.cause is Cause.TACTIC_MOVED
    assert reason.sentence == (
        "T1112 is under Persistence and Defense Evasion in ATT&CK 18.1 "
        "and under Persistence and Defense Impairment in ATT&CK 19.1."
    )


def test_a_rule_that_named_only_the_tactic_that_a_technique_left_counts_in_its_others():
    rules = [rule("a", "T1550.001", tactics=("defense-evasion",))]
    comparison = compared(rules, rules, catalogs=(OLD, NEW))
    assert counts(comparison)["TA0008/T1550"] == (0, 1)
    assert causes(comparison, "TA0008/T1550") == {Cause.TACTIC_MOVED: ("T1550.001",)}


def test_without_roll_up_a_sub_technique_is_no_cause_in_its_parent_s_cell():
    rules = [rule("a", "T1550", "T1550.001", tactics=("defense-evasion",))]
    for match, concerned in ((Match.EXACT, ("T1550",)), (Match.ROLLUP, ("T1550", "T1550.001"))):
        comparison = compared(rules, rules, catalogs=(OLD, NEW), match=match)
        assert causes(comparison, "TA0008/T1550") == {Cause.TACTIC_MOVED: concerned}


def test_the_split_of_a_tactic_moves_rules_even_of_a_technique_that_stayed():
    # Before the split, Defense Impairment stands for Defense Evasion; after it, it is no tactic of Process Injection.
    rules = [rule("a", "T1055", tactics=("defense-impairment",))]
    comparison = compared(rules, rules, catalogs=(OLD, NEW))
    assert counts(comparison)["TA0004/T1055"] == (0, 1)
    (reason,) = differing(comparison)["TA0004/T1055"].causes
    assert reason.cause is Cause.TACTIC_MOVED
    assert "Defense Evasion in ATT&CK 18.1" in reason.sentence
    assert "Stealth in ATT&CK 19.1" in reason.sentence


def test_a_technique_that_gains_a_chosen_platform_is_new_on_it():
    containers = Technique("T1003", "OS Credential Dumping", ("TA0006",), ("Containers",))
    later = enterprise_catalog(
        replace(
            NEW.attack,
            version="20.0",
            techniques={**NEW.attack.techniques, "T1003": containers},
            revoked={**NEW.attack.revoked, "T1555": "T1003"},
        )
    )
    catalogs = [narrowed(catalog, platforms=frozenset({"Containers"})) for catalog in (NEW, later)]
    (reason,) = differing(compared([], [], catalogs=catalogs))[DUMPING].causes
    assert (reason.cause, reason.sentence) == (
        Cause.TECHNIQUE_NEW,
        "T1003 is on none of the chosen platforms in ATT&CK 19.1.",
    )
    (reason,) = differing(compared([], [], catalogs=catalogs[::-1]))[DUMPING].causes
    assert reason.cause is Cause.TECHNIQUE_NEW


def test_in_threatops_the_technique_s_tactics_matter_only_to_rules_that_can_name_none():
    catalogs = [load_catalog("threatops", version) for version in ("18.1", "19.1")]
    named, unnamed = rule("a", "T1070.001", tactics=("Defense Evasion",)), rule("b", "T1548")
    assert counts(compared([named, unnamed], [named, unnamed], catalogs=catalogs)) == {"TA0005/T1070": (1, 0)}


def test_a_sentence_about_many_ids_names_the_first():
    ids = [f"T1574.{number:03}" for number in (1, 4, 5, 6, 7, 8, 9)]
    rules = [rule("a", *ids, tactics=("persistence",))]
    comparison = compared(rules, rules, catalogs=(OLD, NEW))
    (reason,) = differing(comparison)["TA0005/T1574"].causes
    assert reason.concerned == tuple(ids)
    assert reason.sentence.startswith("T1574.001, T1574.004, T1574.005, T1574.006, T1574.007 and 2 more are under ")


# Both at once.


def test_where_both_differ_each_rule_is_explained_by_the_step_that_moved_it():
    before = [rule("moved", "T1562.001"), rule("gone", "T1685"), rule("stays", "T1112")]
    after = [rule("moved", "T1562.001"), rule("new", "T1685"), rule("stays", "T1112", enabled=False)]
    comparison = compared(before, after, catalogs=(OLD, NEW))
    assert counts(comparison)["TA0112/T1685"] == (None, 2)
    assert causes(comparison, "TA0112/T1685") == {
        Cause.ID_REVOKED: ("T1562", "T1562.001", "T1562.006"),
        Cause.RULE_ADDED: ("new",),
    }
    assert counts(comparison)["TA0003/T1112"] == (1, 0)
    assert causes(comparison, "TA0003/T1112") == {Cause.RULE_DISABLED: ("stays",)}
    assert causes(comparison, "TA0005/T1112") == {Cause.TACTIC_MOVED: ("T1112",)}


def test_a_rule_that_follows_a_revoked_id_itself_is_att_ck_s_doing_not_a_changed_tag():
    comparison = compared([rule("a", "T1562.001")], [rule("a", "T1685")], catalogs=(OLD, NEW))
    assert all(cause.from_attack for cause in comparison.cells_by_cause)
    comparison = compared([rule("a", "T1197")], [rule("a", "T1053")], catalogs=(NEW, LATER))
    assert causes(comparison, "TA0002/T1053") == {Cause.ID_REVOKED: ("T1197",)}


def test_the_change_is_divided_into_the_step_of_att_ck_and_the_step_of_the_rules():
    before = RuleSet(tuple(rule(f"r{number}", "T1574") for number in range(3)))
    after = RuleSet((*before.rules, rule("new", "T1003")))
    sides = score(before, OLD), score(before, NEW), score(after, NEW)
    change = split_change(*sides)
    assert change == Change(Totals(4 - 1, 0, 247), Totals(2, 0, 252), Totals(2, 1, 251))
    assert (change.before.percent_1, change.between.percent_1, change.after.percent_1) == (1.2, 0.8, 1.0)
    assert (change.from_attack, change.from_rules) == (-0.4, 0.2)
    assert compare(sides[0], sides[2], rules_before=before, rules_after=after).change == change


def test_a_change_without_cells_has_no_points():
    empty = Change(Totals(0, 0, 0), Totals(0, 0, 0), Totals(1, 0, 0))
    assert (empty.from_attack, empty.from_rules) == (None, None)


# What cannot be compared.


def test_only_one_matrix_under_one_group_of_settings_is_compared():
    rules = RuleSet((rule("a", "T1003"),))
    plain = score(rules, NEW)
    others = (
        score(rules, NEW, Settings(match=Match.EXACT)),
        score(rules, load_catalog("threatops")),
        score(rules, narrowed(NEW, pre_compromise=False)),
    )
    for other in others:
        with pytest.raises(ValueError, match=r"^Two coverages can be compared only .+\.$"):
            compare(plain, other, rules_before=rules, rules_after=rules)


def test_the_step_between_must_be_under_the_catalog_after():
    rules = RuleSet((rule("a", "T1003"),))
    old, new = score(rules, OLD), score(rules, NEW)
    with pytest.raises(ValueError, match="between"):
        split_change(old, old, new)
    with pytest.raises(ValueError, match="between"):
        split_change(old, score(rules, NEW, Settings(full=1)), new)


# Properties.

FEW_PARENTS = ("T1027", "T1053", "T1055", "T1070", "T1112", "T1197", "T1548", "T1562", "T1574", "T1656", "T168")


@cache
def small(catalog):
    """A matrix of a few techniques, so that an example costs little."""
    version = {"18.1": OLD, "19.1": NEW, "20.0": LATER}[catalog].attack
    kept = {name: each for name, each in version.techniques.items() if name.startswith(FEW_PARENTS)}
    return enterprise_catalog(replace(version, techniques=kept))


MATRICES = {
    **{f"enterprise {version}": small(version) for version in ("18.1", "19.1", "20.0")},
    **{
        f"narrowed {version}": narrowed(small(version), platforms=frozenset({"Network Devices", "ESXi"}))
        for version in ("18.1", "19.1", "20.0")
    },
    **{f"threatops {version}": load_catalog("threatops", version) for version in ("18.1", "19.1")},
}
IDS = (
    *("T1027.018", "T1053", "T1053.005", "T1055", "T1070", "T1070.001", "T1089", "T1112", "T1197", "T1548.002"),
    *("T1562", "T1562.001", "T1562.004", "T1574", "T1574.001", "T1656", "T1682", "T1684", "T1685", "T0800", "T1003"),
)
TACTICS = ("Execution", "Persistence", "Defense Evasion", "stealth", "TA0112", "privilege-escalation", "Hacking")
RULES = st.dictionaries(
    st.sampled_from("abcdef"),
    st.builds(
        lambda techniques, tactics, severity, enabled: rule(
            "", *techniques, tactics=tactics, severity=severity, enabled=enabled
        ),
        techniques=st.lists(st.sampled_from(IDS), max_size=3),
        tactics=st.none() | st.lists(st.sampled_from(TACTICS), max_size=2).map(tuple),
        severity=st.sampled_from([Severity.HIGH, Severity.LOW]),
        enabled=st.booleans(),
    ),
).map(lambda rules: RuleSet(tuple(replace(each, rule_id=rule_id) for rule_id, each in rules.items())))
# By name: a catalog is too long to be shown with a failure.
PAIRS = st.sampled_from([pair for pair in product(MATRICES, MATRICES) if len({name.split()[0] for name in pair}) == 1])
SETTINGS = st.builds(
    Settings,
    match=st.sampled_from(Match),
    full=st.integers(1, 3),
    severities=st.sampled_from([frozenset(Severity), frozenset({Severity.HIGH})]),
    potential=st.booleans(),
)


def sides_of(rules, pair, settings):
    catalogs = [MATRICES[name] for name in pair]
    before, after = (score(each, catalog, settings) for each, catalog in zip(rules, catalogs, strict=True))
    return before, after, compare(before, after, rules_before=rules[0], rules_after=rules[1])


@given(rules=st.tuples(RULES, RULES), pair=PAIRS, settings=SETTINGS)
def test_exactly_the_cells_that_differ_are_listed_and_each_has_a_cause(rules, pair, settings):
    before, after, comparison = sides_of(rules, pair, settings)

    def seen(coverage):
        return {key: (cell.level, len(cell.rules)) for key, cell in coverage.cells.items()}

    old, new = seen(before), seen(after)
    found = {(cell.tactic.id, cell.technique_id): cell for cell in comparison.cells}
    assert len(found) == len(comparison.cells)
    assert found.keys() == {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    for key, cell in found.items():
        assert cell.before == (CellState(*old[key]) if key in old else None)
        assert cell.after == (CellState(*new[key]) if key in new else None)
        assert cell.causes
        assert all(reason.concerned and reason.sentence.endswith(".") for reason in cell.causes)
        assert (None in (cell.before, cell.after)) <= any(reason.cause.from_attack for reason in cell.causes)


@given(
    rules=st.tuples(RULES, RULES),
    numbers=st.lists(st.integers(1, 3), min_size=12, max_size=12),
    pair=PAIRS,
    settings=SETTINGS,
)
def test_each_cell_has_a_cause_also_where_rules_are_only_counted(rules, numbers, pair, settings):
    number = iter(numbers)
    counted = [RuleSet(tuple(replace(each, count=next(number)) for each in side.rules)) for side in rules]
    before, after, comparison = sides_of(counted, pair, settings)
    for cell in comparison.cells:
        assert cell.causes
    changed = {(cell.tactic.id, cell.technique_id) for cell in comparison.cells}
    for key in before.cells.keys() & after.cells.keys() - changed:
        assert before.cells[key].rule_count == after.cells[key].rule_count


@given(rules=st.tuples(RULES, RULES), pair=PAIRS, settings=SETTINGS)
def test_a_cause_of_the_rules_is_true_of_the_rules_that_it_concerns(rules, pair, settings):
    before, after, comparison = sides_of(rules, pair, settings)
    old, new = ({each.rule_id: each for each in side.rules if each.severity in settings.severities} for side in rules)
    true = {
        Cause.RULE_ADDED: lambda each: each not in old and each in new,
        Cause.RULE_REMOVED: lambda each: each in old and each not in new,
        Cause.RULE_ENABLED: lambda each: (old[each].enabled, new[each].enabled) == (False, True),
        Cause.RULE_DISABLED: lambda each: (old[each].enabled, new[each].enabled) == (True, False),
        Cause.TAG_CHANGED: lambda each: (
            (old[each].tactics, old[each].techniques) != (new[each].tactics, new[each].techniques)
        ),
    }
    for cell in comparison.cells:
        key = (cell.tactic.id, cell.technique_id)
        counting = [
            {each.rule_id for each in side.cells[key].rules} if key in side.cells else set() for side in (before, after)
        ]
        for reason in cell.causes:
            if not reason.cause.from_attack:
                assert set(reason.concerned) <= counting[0] ^ counting[1]
                assert all(true[reason.cause](each) for each in reason.concerned)
    if settings.potential:
        assert comparison.cells_by_cause.keys().isdisjoint({Cause.RULE_ENABLED, Cause.RULE_DISABLED})


def tactics_of(catalog, technique):
    own = catalog.attack.techniques[technique].tactics
    return {tactic.name for tactic in catalog.attack.tactics if tactic.id in own}


def assert_true_of_att_ck(reason, catalogs):
    """Hold a cause from ATT&CK against the facts of both versions."""
    older, newer = sorted(catalogs, key=lambda catalog: catalog.attack.version)
    for technique in reason.concerned:
        in_older, in_newer = (technique in catalog.attack.techniques for catalog in (older, newer))
        if reason.cause is Cause.ID_REVOKED:
            assert in_older
            assert technique in newer.attack.revoked
        elif reason.cause is Cause.TECHNIQUE_NEW:
            assert in_newer
            assert not in_older or technique in older.left_out.techniques
            assert all(old not in older.attack.techniques for old in newer.attack.replaces.get(technique, ()))
        elif reason.cause is Cause.TECHNIQUE_WITHDRAWN:
            assert in_older
            assert not in_newer or technique in newer.left_out.techniques
            assert technique not in newer.attack.revoked
        else:
            assert tactics_of(older, technique) != tactics_of(newer, technique)


@given(rules=RULES, pair=PAIRS, settings=SETTINGS)
def test_with_the_same_rules_every_cause_is_from_att_ck_and_true(rules, pair, settings):
    _, _, comparison = sides_of((rules, rules), pair, settings)
    assert comparison.change.from_rules == 0
    for cell in comparison.cells:
        for reason in cell.causes:
            assert reason.cause.from_attack
            assert_true_of_att_ck(reason, [MATRICES[name] for name in pair])


@given(rules=st.tuples(RULES, RULES), name=st.sampled_from(sorted(MATRICES)), settings=SETTINGS)
def test_under_one_catalog_no_cause_is_from_att_ck(rules, name, settings):
    _, _, comparison = sides_of(rules, (name, name), settings)
    assert comparison.change.from_attack == 0
    assert not any(cause.from_attack for cause in comparison.cells_by_cause)


MIRROR = {
    Cause.RULE_ADDED: Cause.RULE_REMOVED,
    Cause.RULE_REMOVED: Cause.RULE_ADDED,
    Cause.RULE_ENABLED: Cause.RULE_DISABLED,
    Cause.RULE_DISABLED: Cause.RULE_ENABLED,
}


@given(rules=st.tuples(RULES, RULES), pair=PAIRS, same=st.sampled_from(["rules", "catalog"]), settings=SETTINGS)
def test_the_other_way_round_the_same_cells_differ_for_the_mirrored_causes(rules, pair, same, settings):
    if same == "rules":
        rules = (rules[0], rules[0])
    else:
        pair = (pair[0], pair[0])
    there = differing(sides_of(rules, pair, settings)[2])
    back = differing(sides_of(rules[::-1], pair[::-1], settings)[2])
    assert there.keys() == back.keys()
    for key, cell in there.items():
        mirrored = {MIRROR.get(reason.cause, reason.cause): reason.concerned for reason in cell.causes}
        assert mirrored == {reason.cause: reason.concerned for reason in back[key].causes}
        assert (cell.before, cell.after) == (back[key].after, back[key].before)


@given(rules=st.tuples(RULES, RULES), pair=PAIRS, settings=SETTINGS)
def test_the_two_steps_make_the_whole_change(rules, pair, settings):
    before, after, comparison = sides_of(rules, pair, settings)
    change = comparison.change
    assert (change.before, change.after) == (before.totals, after.totals)
    assert change.between == score(rules[0], MATRICES[pair[1]], settings).totals
    whole = after.totals.percent_1 - before.totals.percent_1
    assert change.from_attack + change.from_rules == pytest.approx(whole)


# Two public rule libraries under the two shipped versions.


@pytest.mark.parametrize(
    ("library", "by_cause"),
    [
        ("sigma", {Cause.ID_REVOKED: 8, Cause.TECHNIQUE_NEW: 4, Cause.TACTIC_MOVED: 32}),
        ("elastic", {Cause.ID_REVOKED: 9, Cause.TECHNIQUE_NEW: 4, Cause.TACTIC_MOVED: 35}),
    ],
)
def test_every_difference_of_a_public_library_is_that_of_separately_counted_coverage_and_has_true_causes(
    library, by_cause
):
    rules = read_path(shared(f"rules/{library}.tar.gz"))
    comparison = compared(rules.rules, rules.rules, catalogs=(OLD, NEW))
    assert comparison.cells_by_cause == by_cause

    truth = []
    for catalog in (OLD, NEW):
        counted = json.loads(shared(f"truth/{library}-{catalog.attack.version}.json").read_text(encoding="utf-8"))
        ids = {tactic.shortname: tactic.id for tactic in catalog.tactics}
        places = ((*key.split("/"), number) for key, number in counted["cell_counts"].items())
        truth.append({f"{ids[tactic]}/{technique}": number for tactic, technique, number in places})
    changed = {key for key in truth[0].keys() | truth[1].keys() if truth[0].get(key) != truth[1].get(key)}
    assert changed == {key for key, (old, new) in counts(comparison).items() if old or new}
    for key, (old, new) in counts(comparison).items():
        assert (old or 0, new or 0) == (truth[0].get(key, 0), truth[1].get(key, 0))

    for cell in comparison.cells:
        for reason in cell.causes:
            assert_true_of_att_ck(reason, (OLD, NEW))


# Several sources.


def of(feed, one):
    return replace(one, feed=feed)


A, B, OTHER = (of(feed, rule("1", "T1486")) for feed in ("A", "B", "C"))
MINE = replace(OTHER, name="Mine")


def test_rules_of_several_sources_are_told_apart_and_named_with_their_source():
    comparison = compared([A], [A, MINE])
    assert counts(comparison) == {"TA0040/T1486": (1, 2)}
    assert causes(comparison, "TA0040/T1486") == {Cause.RULE_ADDED: ("C: 1",)}


def test_a_copy_in_another_source_is_no_difference():
    assert compared([A], [A, B]).cells == ()
    assert compared([A, B], [B]).cells == ()


def test_a_copy_that_counts_since_the_other_is_gone_is_a_cause_where_a_cell_differs():
    cell = differing(compared([A, B], [B, MINE]))["TA0040/T1486"]
    assert [reason.sentence for reason in cell.causes] == [
        "1 rule is no longer a copy of another source's; 1 rule is new.",
        "1 rule is gone.",
    ]


def test_a_rule_that_becomes_a_copy_is_a_cause():
    (reason,) = differing(compared([A, replace(B, name="Mine")], [A, B]))["TA0040/T1486"].causes
    assert (reason.cause, reason.concerned) == (Cause.RULE_REMOVED, ("B: 1",))
    assert reason.sentence == "1 rule is a copy of another source's now."


@pytest.mark.parametrize(("before", "after", "said"), [("x", "a", "that counts now"), ("a", "x", "that no longer")])
def test_a_rule_that_another_filter_lets_through_says_so(before, after, said):
    sides = [[replace(A, tenant=tenant)] for tenant in (before, after)]
    (cell,) = compared(*sides, only=RuleFilter(tenants=frozenset("a"))).cells
    assert f"1 rule is of a tenant, log source or tag {said}" in cell.causes[0].sentence


COPIES = st.lists(
    st.builds(
        lambda feed, name, enabled: replace(A, feed=feed, name=name, enabled=enabled),
        st.sampled_from("ABC"),
        st.sampled_from(["One", "Two"]),
        st.booleans(),
    ),
    unique_by=lambda one: one.feed,
)


@given(before=COPIES, after=COPIES)
def test_every_difference_of_several_sources_has_a_cause(before, after):
    for cell in compared(before, after).cells:
        assert cell.causes
