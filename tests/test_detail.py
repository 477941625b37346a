"""What there is to say about one technique, in one cell and over all tactics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import load_catalog
from coverage.catalog.enterprise import enterprise_catalog
from coverage.catalog.stix import attack_from_bundle
from coverage.detail import SubTechniqueDetail, find_technique, technique_detail
from coverage.mapping import Match
from coverage.score import Level
from tests.catalog.bundles import small_bundle
from tests.rules import ENTERPRISE, THREATOPS, coverage_of, rule

EMPTY = coverage_of()


def counts(detail):
    """The sub-techniques that have rules, and how many."""
    return {sub.technique_id: sub.rule_count for sub in detail.sub_techniques if sub.rule_count}


# Finding a technique.


@pytest.mark.parametrize(
    ("text", "technique"),
    [
        ("T1003", "T1003"),
        (" t1059/001 ", "T1059.001"),
        ("attack.t1059.001", "T1059.001"),
        ("https://attack.mitre.org/techniques/T1059/001/", "T1059.001"),
        ("T1562.001", "T1685"),  # revoked
        ("T1150", "T1647"),  # revoked, and so is what replaced it
    ],
)
def test_a_technique_is_found_by_every_form_of_its_id_and_by_revoked_ones(text, technique):
    assert find_technique(EMPTY, text) == technique


@pytest.mark.parametrize(
    "text", ["", "T", "T9999", "T1059.999", "T0800", "T1066.1", "TA0006", "lsass", "\0", "T" * 10_000]
)
def test_what_is_no_active_technique_is_not_found(text):
    assert find_technique(EMPTY, text) is None


def test_a_deprecated_technique_is_not_found():
    deprecated = next(iter(ENTERPRISE.attack.deprecated))
    assert find_technique(EMPTY, deprecated) is None


def test_an_id_is_found_in_the_version_that_the_coverage_is_of():
    before = coverage_of(catalog=load_catalog("enterprise", "18.1"))
    assert find_technique(before, "T1562.001") == "T1562.001"
    assert find_technique(before, "T1685") is None


@given(st.text() | st.from_regex(r"[Tt][0-9]{4}([./][0-9]{3})?", fullmatch=True))
def test_whatever_is_found_has_a_detail(text):
    technique = find_technique(EMPTY, text)
    if technique is not None:
        assert technique_detail(EMPTY, technique).technique_id == technique


# The detail.


def test_a_detail_names_the_technique_its_page_and_its_platforms():
    detail = technique_detail(EMPTY, "T1059.001")
    assert (detail.technique_id, detail.name) == ("T1059.001", "PowerShell")
    assert detail.url == "https://attack.mitre.org/techniques/T1059/001/"
    assert "Windows" in detail.platforms
    assert detail.sub_techniques == ()


def test_the_name_is_the_one_that_the_matrix_shows():
    assert technique_detail(coverage_of(catalog=THREATOPS), "T1047").name == "WMI"
    assert technique_detail(EMPTY, "T1047").name == "Windows Management Instrumentation"


def test_rules_are_of_one_tactic_or_of_all():
    made = {tactic: rule("T1053", tactics=(tactic,)) for tactic in ("execution", "persistence", "privilege-escalation")}
    coverage = coverage_of(*made.values())
    one = technique_detail(coverage, "T1053", "TA0003")
    assert (one.rules, one.level, one.direct) == ((made["persistence"],), Level.PARTIAL, 1)
    over_all = technique_detail(coverage, "T1053")
    assert (set(over_all.rules), over_all.level, over_all.direct) == (set(made.values()), Level.FULL, 3)
    for detail in (one, over_all):
        assert [cell.tactic.id for cell in detail.cells] == ["TA0002", "TA0003", "TA0004"]


@pytest.mark.parametrize("tactic", ["TA0040", "TA9999", "", "persistence"])
def test_a_tactic_without_such_a_cell_gives_all_tactics(tactic):
    coverage = coverage_of(rule("T1053", tactics=("execution",)))
    assert technique_detail(coverage, "T1053", tactic) == technique_detail(coverage, "T1053")


@pytest.mark.parametrize("tactic", [None, "TA0006"])
def test_direct_rules_name_the_id_and_inherited_ones_a_sub_technique(tactic):
    coverage = coverage_of(rule("T1003"), rule("T1003.001"), rule("T1003", "T1003.002"))
    detail = technique_detail(coverage, "T1003", tactic)
    assert (len(detail.rules), detail.direct) == (3, 2)
    exact = technique_detail(coverage_of(*detail.rules, match=Match.EXACT), "T1003", tactic)
    assert (len(exact.rules), exact.direct) == (2, 2)


@pytest.mark.parametrize("tactic", [None, "TA0006"])
def test_disabled_rules_are_told_apart_and_make_the_potential_level(tactic):
    off = [rule("T1003", enabled=False) for _ in range(2)]
    detail = technique_detail(coverage_of(rule("T1003"), *off), "T1003", tactic)
    assert (len(detail.rules), detail.disabled) == (1, tuple(off))
    assert (detail.level, detail.potential_level) == (Level.PARTIAL, Level.FULL)


def test_levels_follow_the_threshold_of_the_settings():
    detail = technique_detail(coverage_of(rule("T1003.001"), full=1), "T1003")
    assert (detail.level, detail.potential_level, detail.sub_techniques[0].level) == (Level.FULL,) * 3


def test_a_technique_outside_the_matrix_has_rules_but_no_cell():
    made = rule("T1543.003", tactics=("Persistence",))
    detail = technique_detail(coverage_of(made, catalog=THREATOPS), "T1543", "TA0003")
    assert (detail.cells, detail.rules, detail.level, detail.direct) == ((), (made,), Level.PARTIAL, 0)
    assert counts(detail) == {"T1543.003": 1}


# Sub-techniques.


@pytest.mark.parametrize("tactic", [None, "TA0006"])
@pytest.mark.parametrize("match", Match)
def test_sub_techniques_have_levels_of_their_own(match, tactic):
    made = [*(rule("T1003.001") for _ in range(3)), rule("T1003.002"), rule("T1003")]
    detail = technique_detail(coverage_of(*made, match=match), "T1003", tactic)
    assert [sub.technique_id for sub in detail.sub_techniques] == list(ENTERPRISE.attack.sub_techniques["T1003"])
    assert detail.sub_techniques[:3] == (
        SubTechniqueDetail("T1003.001", "LSASS Memory", Level.FULL, 3),
        SubTechniqueDetail("T1003.002", "Security Account Manager", Level.PARTIAL, 1),
        SubTechniqueDetail("T1003.003", "NTDS", Level.NONE, 0),
    )


@pytest.mark.parametrize("catalog", [ENTERPRISE, THREATOPS], ids=["enterprise", "threatops"])
@pytest.mark.parametrize("match", Match)
def test_sub_techniques_are_counted_over_the_same_tactics_as_their_parent(catalog, match):
    made = [rule("T1053.005", tactics=(tactic,)) for tactic in ("Execution", "Persistence", "Persistence")]
    coverage = coverage_of(*made, catalog=catalog, match=match)
    assert counts(technique_detail(coverage, "T1053", "TA0002")) == {"T1053.005": 1}
    assert counts(technique_detail(coverage, "T1053", "TA0003")) == {"T1053.005": 2}
    assert counts(technique_detail(coverage, "T1053")) == {"T1053.005": 3}


def test_a_rule_whose_format_has_no_tactic_counts_its_sub_technique_in_each_of_its_tactics():
    coverage = coverage_of(rule("T1053.005", tactics=None), catalog=THREATOPS)
    for tactic in ("TA0002", "TA0003", None):
        assert counts(technique_detail(coverage, "T1053", tactic)) == {"T1053.005": 1}


@pytest.mark.parametrize(("tactic", "found"), [("TA0002", ["T1002.001"]), ("TA0040", []), (None, ["T1002.001"])])
def test_a_cell_lists_only_the_sub_techniques_that_serve_its_tactic(tactic, found):
    catalog = enterprise_catalog(attack_from_bundle(small_bundle(), version="9.9"))
    detail = technique_detail(coverage_of(rule("T1002"), catalog=catalog), "T1002", tactic)
    assert [sub.technique_id for sub in detail.sub_techniques] == found


def test_a_rule_that_stands_for_several_counts_as_all_of_them_and_is_listed_once():
    many = rule("T1053.005", tactics=("execution",), count=1_200)
    more = rule("T1053", tactics=("execution",), count=2, enabled=False)
    coverage = coverage_of(many, more, catalog=THREATOPS, full=1_201)
    for tactic in ("TA0002", None):
        detail = technique_detail(coverage, "T1053", tactic)
        assert (detail.rules, detail.disabled) == ((many,), (more,))
        assert (detail.rule_count, detail.disabled_count, detail.direct) == (1_200, 2, 0)
        assert (detail.level, detail.potential_level) == (Level.PARTIAL, Level.FULL)
        assert counts(detail) == {"T1053.005": 1_200}


RULES = st.lists(
    st.builds(
        rule,
        st.sampled_from(["T1053", "T1053.005", "T1053.003", "T1055", "T1547.001"]),
        tactics=st.sampled_from([None, (), ("execution",), ("persistence",), ("stealth", "execution")]),
        enabled=st.booleans(),
    ),
    max_size=8,
)


@given(rules=RULES, catalog=st.sampled_from([ENTERPRISE, THREATOPS]), match=st.sampled_from(Match))
def test_the_detail_of_a_cell_is_what_the_matrix_shows(rules, catalog, match):
    coverage = coverage_of(*rules, catalog=catalog, match=match)
    for (tactic, technique), cell in coverage.cells.items():
        if technique not in ("T1053", "T1055", "T1547", "T1547.001"):
            continue
        detail = technique_detail(coverage, technique, tactic)
        assert cell in detail.cells
        assert (detail.level, detail.rules, detail.disabled) == (cell.level, cell.rules, cell.disabled)
        assert (detail.direct, detail.potential_level) == (cell.direct, cell.potential_level)
        if match is Match.ROLLUP:
            assert all(sub.rule_count <= len(detail.rules) for sub in detail.sub_techniques)
        over_all = technique_detail(coverage, technique)
        assert set(detail.rules) <= set(over_all.rules)
