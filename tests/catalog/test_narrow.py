"""A matrix without what does not concern an organisation, and what becomes of the rules on what went."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import SHIPPED, Attack, Tactic, Technique, load_catalog
from coverage.catalog.enterprise import enterprise_catalog
from coverage.catalog.model import ColumnsFrom
from coverage.catalog.narrow import narrowed, platforms_of
from coverage.errors import CatalogError
from coverage.figures import matrix_grid, palette
from coverage.mapping import Match, map_tags
from coverage.model import IssueKind, Rule, RuleSet, Severity
from coverage.score import score

ENTERPRISE = load_catalog("enterprise", "19.1")
THREATOPS = load_catalog("threatops", "19.1")
CATALOGS = tuple(load_catalog(name, version) for name in ("enterprise", "threatops") for version in SHIPPED)
PRE_COMPROMISE = ("TA0043", "TA0042")

# T9001 is on Linux by a sub-technique alone; T9002 serves a tactic before a compromise and one after.
SMALL = enterprise_catalog(
    Attack(
        version="9.9",
        tactics=(
            Tactic("TA0043", "reconnaissance", "Reconnaissance"),
            Tactic("TA0002", "execution", "Execution"),
            Tactic("TA0040", "impact", "Impact"),
        ),
        techniques={
            technique.id: technique
            for technique in (
                Technique("T9001", "Parent", ("TA0002",), ("Windows",)),
                Technique("T9001.001", "Of Windows", ("TA0002",), ("Windows",)),
                Technique("T9001.002", "Of Linux", ("TA0002",), ("Linux",)),
                Technique("T9002", "Of both", ("TA0043", "TA0002"), ("PRE", "Linux")),
                Technique("T9003", "Of Windows alone", ("TA0040",), ("Windows",)),
                Technique("T9004", "Before", ("TA0043",), ("PRE",)),
            )
        },
        revoked={},
        deprecated={},
    )
)


def cells(catalog, techniques, tactics=None, match=Match.ROLLUP):
    """The cells of a rule as `tactic/technique`, in order."""
    return sorted(map("/".join, map_tags(catalog, tactics, techniques, match).cells))


def kinds(catalog, techniques, tactics=None):
    return [kind for kind, _ in map_tags(catalog, tactics, techniques, Match.ROLLUP).findings]


def size(catalog):
    """The denominator of the percentage."""
    return sum(map(len, catalog.columns.values()))


# Platforms.


def test_a_technique_stays_if_it_shares_a_platform_with_those_chosen():
    catalog = narrowed(SMALL, platforms=frozenset({"Windows"}))
    assert catalog.columns == {"TA0002": ("T9001",), "TA0040": ("T9003",)}


def test_a_parent_stays_where_only_one_of_its_sub_techniques_has_the_platform():
    catalog = narrowed(SMALL, platforms=frozenset({"Linux"}))
    assert catalog.columns == {"TA0043": ("T9002",), "TA0002": ("T9002", "T9001")}


def test_sub_techniques_stay_by_their_own_platforms():
    catalog = narrowed(SMALL, platforms=frozenset({"Linux"}))
    assert catalog.sub_techniques("TA0002", "T9001") == ("T9001.002",)
    assert catalog.cells == {
        ("TA0043", "T9002"),
        ("TA0002", "T9002"),
        ("TA0002", "T9001"),
        ("TA0002", "T9001.002"),
    }


@pytest.mark.parametrize("whole", [SMALL, replace(SMALL, columns_from=ColumnsFrom.RULE, shows_sub_techniques=False)])
def test_a_rule_on_a_left_out_sub_technique_does_not_count_for_its_parent(whole):
    catalog = narrowed(whole, platforms=frozenset({"Windows"}))
    assert "TA0002/T9001" in cells(whole, ["T9001.002"], ["execution"])
    assert cells(catalog, ["T9001.002"], ["execution"]) == []
    assert cells(catalog, ["T9001.002", "T9001"], ["execution"]) == ["TA0002/T9001"]
    assert kinds(catalog, ["T9001.002"], ["execution"]) == []


def test_a_technique_that_states_no_platform_stays():
    techniques = dict(SMALL.attack.techniques) | {"T9003": Technique("T9003", "Anywhere", ("TA0040",))}
    catalog = enterprise_catalog(replace(SMALL.attack, techniques=techniques))
    assert narrowed(catalog, platforms=frozenset({"Linux"})).columns["TA0040"] == ("T9003",)


def test_a_technique_of_a_matrix_that_its_attack_version_does_not_know_stays():
    catalog = replace(SMALL, columns={**SMALL.columns, "TA0040": ("T9003", "T9999")})
    assert narrowed(catalog, platforms=frozenset({"Linux"})).columns["TA0040"] == ("T9999",)


def test_no_platform_chosen_is_all_platforms():
    for catalog in CATALOGS:
        assert narrowed(catalog) == catalog


def test_the_cells_of_threatops_stay_by_the_platforms_of_their_techniques():
    catalog = narrowed(THREATOPS, platforms=frozenset({"Windows"}))
    assert THREATOPS.cells - catalog.cells == {("TA0004", "T1548.003")}


def test_the_platforms_of_a_matrix_come_in_the_order_of_the_alphabet():
    assert platforms_of(SMALL) == ("Linux", "PRE", "Windows")
    assert platforms_of(ENTERPRISE) == (
        "Containers",
        "ESXi",
        "IaaS",
        "Identity Provider",
        "Linux",
        "macOS",
        "Network Devices",
        "Office Suite",
        "PRE",
        "SaaS",
        "Windows",
    )
    assert "PRE" not in platforms_of(THREATOPS)


def test_the_platforms_of_what_was_left_out_are_none_of_the_matrix():
    techniques = dict(SMALL.attack.techniques) | {"T9001": Technique("T9001", "Parent", ("TA0002",), ("macOS",))}
    catalog = enterprise_catalog(replace(SMALL.attack, techniques=techniques))
    assert platforms_of(narrowed(catalog, platforms=frozenset({"Linux"}))) == ("Linux", "macOS", "PRE")


@pytest.mark.parametrize(
    ("catalog", "platform"),
    [
        (ENTERPRISE, "Windos"),
        (ENTERPRISE, "windows"),
        (ENTERPRISE, ""),
        (THREATOPS, "PRE"),
        (narrowed(ENTERPRISE, pre_compromise=False), "PRE"),
    ],
)
def test_what_is_no_platform_of_the_matrix_is_named_with_those_that_are(catalog, platform):
    with pytest.raises(CatalogError, match=rf"^'{platform}' is not a platform of .+; choose one of .*Windows\.$"):
        narrowed(catalog, platforms=frozenset({"Linux", platform}))


def test_the_sentence_about_an_endless_platform_is_short():
    with pytest.raises(CatalogError) as error:
        narrowed(ENTERPRISE, platforms=frozenset({"x" * 100_000}))
    assert len(str(error.value)) < 250


# Before a compromise.


@pytest.mark.parametrize(("version", "left", "left_out"), [("19.1", 233, 21), ("18.1", 231, 19)])
def test_without_the_tactics_before_a_compromise(version, left, left_out):
    whole = load_catalog("enterprise", version)
    catalog = narrowed(whole, pre_compromise=False)
    assert [tactic.name for tactic in whole.tactics[:2]] == ["Reconnaissance", "Resource Development"]
    assert catalog.tactics == whole.tactics[2:]
    assert list(catalog.columns) == [tactic.id for tactic in catalog.tactics]
    assert catalog.left_out.tactics == whole.tactics[:2]
    assert (size(catalog), catalog.left_out.cells) == (left, left_out)


def test_threatops_has_no_tactic_before_a_compromise_to_leave_out():
    assert narrowed(THREATOPS, pre_compromise=False) == THREATOPS


def test_a_rule_on_a_left_out_tactic_counts_nowhere_and_is_no_issue():
    catalog = narrowed(ENTERPRISE, pre_compromise=False)
    for named in (None, (), ("Reconnaissance",), ("attack.reconnaissance",), ("TA0043",), ("impact",)):
        assert cells(catalog, ["T1595.002"], named) == []
        assert kinds(catalog, ["T1595.002"], named) == []


def test_a_rule_that_names_a_left_out_tactic_does_not_slip_into_another_of_its_technique():
    catalog = narrowed(SMALL, pre_compromise=False)
    assert cells(SMALL, ["T9002"], ["reconnaissance"]) == ["TA0043/T9002"]
    assert cells(catalog, ["T9002"], ["reconnaissance"]) == []
    assert cells(catalog, ["T9002"], ["reconnaissance", "execution"]) == ["TA0002/T9002"]
    assert cells(catalog, ["T9002"], ["impact"]) == cells(catalog, ["T9002"]) == ["TA0002/T9002"]


def test_a_word_that_is_no_tactic_is_still_an_issue():
    assert kinds(narrowed(ENTERPRISE, pre_compromise=False), ["T1003"], ["Hacking"]) == [IssueKind.UNKNOWN_TACTIC]


# Both, and what follows.


def test_a_tactic_of_which_nothing_stays_goes_too_and_its_name_stays_known():
    catalog = narrowed(SMALL, platforms=frozenset({"Linux"}))
    assert [tactic.id for tactic in catalog.tactics] == ["TA0043", "TA0002"]
    assert catalog.left_out.tactics == (SMALL.tactics[2],)
    assert cells(catalog, ["T9001.002"], ["impact"]) == ["TA0002/T9001", "TA0002/T9001.002"]
    assert cells(catalog, ["T9003"], ["impact"]) == []
    assert kinds(catalog, ["T9003"], ["impact"]) == []


def test_defense_evasion_still_stands_for_what_replaced_it_where_only_one_of_these_stays():
    techniques = {name: each for name, each in ENTERPRISE.attack.techniques.items() if name in ("T1055", "T1112")}
    techniques["T1112"] = replace(techniques["T1112"], platforms=("Windows",))
    techniques["T1055"] = replace(techniques["T1055"], platforms=("Linux",))
    catalog = narrowed(
        enterprise_catalog(replace(ENTERPRISE.attack, techniques=techniques)), platforms=frozenset({"Linux"})
    )
    assert "TA0112" in {tactic.id for tactic in catalog.left_out.tactics}
    assert catalog.tactics_named("defense-evasion") == {"TA0005", "TA0112"}
    assert cells(catalog, ["T1055"], ["defense-evasion"]) == ["TA0005/T1055"]


def test_the_denominators_of_a_narrowed_matrix_are_its_own():
    catalog = narrowed(ENTERPRISE, platforms=frozenset({"Linux", "macOS"}), pre_compromise=False)
    techniques = ("T1059.004", "T1059.001", "T1595")
    rule = Rule("r1", "A rule", Severity.HIGH, enabled=True, tactics=None, techniques=techniques, source="", origin="")
    coverage = score(RuleSet((rule,)), catalog)
    assert coverage.totals.total == size(catalog) == size(ENTERPRISE) - catalog.left_out.cells
    assert coverage.unique_with_subtechniques.total == len({technique for _, technique in catalog.cells})
    assert {found.technique_id for found in coverage.cells["TA0002", "T1059"].sub_techniques}.isdisjoint({"T1059.001"})
    assert coverage.cells_by_rule == {("", "", "r1"): {("TA0002", "T1059"), ("TA0002", "T1059.004")}}
    assert coverage.issues == ()


def test_the_grid_of_a_narrowed_matrix_has_its_columns():
    catalog = narrowed(ENTERPRISE, platforms=frozenset({"Containers"}))
    colours = palette(dark=False, colour_blind_safe=False)
    grid = matrix_grid(score(RuleSet(), catalog), colours)
    assert len(grid.headers) == len(catalog.tactics) < len(ENTERPRISE.tactics)


ANY_NARROWING = st.sampled_from(CATALOGS).flatmap(
    lambda catalog: st.tuples(
        st.just(catalog),
        st.frozensets(st.sampled_from(sorted(set(platforms_of(catalog)) - {"PRE"}))),
        st.booleans(),
    )
)
TACTICS = sorted({text for catalog in CATALOGS for each in catalog.attack.tactics for text in (each.id, each.name)})
TECHNIQUES = sorted(
    {each for catalog in CATALOGS for facts in (catalog.attack.techniques, catalog.attack.revoked) for each in facts}
)


@given(narrowing=ANY_NARROWING)
def test_a_narrowed_matrix_agrees_with_itself_and_with_the_whole(narrowing):
    whole, platforms, pre_compromise = narrowing
    catalog = narrowed(whole, platforms=platforms, pre_compromise=pre_compromise)
    assert list(catalog.columns) == [tactic.id for tactic in catalog.tactics]
    assert all(catalog.columns.values())
    assert catalog.cells <= whole.cells
    assert size(catalog) + catalog.left_out.cells == size(whole)
    assert sorted(tactic.id for tactic in (*catalog.tactics, *catalog.left_out.tactics)) == sorted(whole.columns)
    assert pre_compromise or catalog.columns.keys().isdisjoint(PRE_COMPROMISE)
    for tactic, technique in whole.cells:
        subs = whole.attack.sub_techniques.get(technique, ())
        met = not platforms or any(
            platforms & set(whole.attack.techniques[each].platforms) for each in (technique, *subs)
        )
        stays = met and (pre_compromise or tactic not in PRE_COMPROMISE)
        assert ((tactic, technique) in catalog.cells) == stays


@given(narrowing=ANY_NARROWING)
def test_narrowing_again_by_the_same_changes_nothing(narrowing):
    whole, platforms, pre_compromise = narrowing
    catalog = narrowed(whole, platforms=platforms, pre_compromise=pre_compromise)
    assert narrowed(catalog, platforms=platforms, pre_compromise=pre_compromise) == catalog


@given(
    narrowing=ANY_NARROWING,
    tactics=st.none() | st.lists(st.sampled_from(TACTICS), max_size=3),
    techniques=st.lists(st.sampled_from(TECHNIQUES), max_size=4),
    match=st.sampled_from(Match),
)
def test_a_rule_counts_only_where_it_did_and_has_the_same_issues(narrowing, tactics, techniques, match):
    whole, platforms, pre_compromise = narrowing
    catalog = narrowed(whole, platforms=platforms, pre_compromise=pre_compromise)
    before, after = (map_tags(each, tactics, techniques, match) for each in (whole, catalog))
    assert after.exact == before.exact & catalog.cells
    assert after.exact <= after.cells <= before.cells & catalog.cells
    assert after.findings == before.findings
