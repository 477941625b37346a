"""The meaning of a rule's tactics and techniques, one test a sentence of the product's semantics."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import Attack, Tactic, Technique, load_catalog
from coverage.catalog.enterprise import enterprise_catalog
from coverage.ids import parent_id, technique_id
from coverage.mapping import Match, columns_of, map_tags
from coverage.model import IssueKind

ENTERPRISE = load_catalog("enterprise", "19.1")
ENTERPRISE_18 = load_catalog("enterprise", "18.1")
THREATOPS = load_catalog("threatops", "19.1")
THREATOPS_18 = load_catalog("threatops", "18.1")
CATALOGS = (ENTERPRISE, ENTERPRISE_18, THREATOPS, THREATOPS_18)


def cells(techniques, tactics=None, *, catalog=ENTERPRISE, match=Match.ROLLUP):
    """The cells of a rule as `tactic/technique`, in order."""
    return sorted(map("/".join, map_tags(catalog, tactics, techniques, match).cells))


def credited(techniques, *, catalog=ENTERPRISE):
    """The ids that a rule is credited with, parents by roll-up not among them."""
    return set(map_tags(catalog, None, techniques, Match.EXACT).techniques)


def findings(techniques, tactics=None, *, catalog=ENTERPRISE):
    """The kinds of what is wrong, and the sentences."""
    found = map_tags(catalog, tactics, techniques, Match.ROLLUP).findings
    return [kind for kind, _ in found], " ".join(message for _, message in found)


# Ids.


def test_all_forms_of_an_id_are_one_id():
    assert credited(["t1059/001", "attack.t1059.001", "T1059.001"]) == {"T1059.001"}


@pytest.mark.parametrize("tag", ["attack.s0029", "attack.g0007", "cve.2021.44228"])
def test_software_groups_and_vulnerabilities_are_no_technique_and_no_issue(tag):
    assert credited([tag, "T1003"]) == {"T1003"}
    assert findings([tag, "T1003"]) == ([], "")


def test_a_rule_with_no_technique_at_all_counts_nowhere_and_leaves_an_issue():
    assert cells([]) == []
    assert findings([])[0] == [IssueKind.NO_TECHNIQUE]
    assert findings(["attack.s0029"])[0] == [IssueKind.NO_TECHNIQUE]


def test_a_revoked_id_counts_as_its_replacement_and_leaves_an_issue():
    assert credited(["T1562.001"]) == {"T1685"}
    kinds, message = findings(["T1562.001"])
    assert kinds == [IssueKind.REVOKED_ID]
    assert message == "T1562.001 is revoked since ATT&CK 19.0; it counts as T1685."


def test_the_version_that_revoked_an_id_is_left_unsaid_where_it_is_unknown():
    assert findings(["T1150"])[1] == "T1150 is revoked; it counts as T1647."
    of_old = enterprise_catalog(replace(ENTERPRISE.attack, revoked_since={}))
    assert findings(["T1562", "T1562.004"], catalog=of_old)[1] == (
        "T1562 is revoked; the sub-technique beside it says what is meant. T1562.004 is revoked; it counts as T1686."
    )


def test_a_chain_of_revoked_ids_names_the_version_of_its_first_link():
    assert findings(["T1073"])[1] == "T1073 is revoked since ATT&CK 7.0; it counts as T1574.001."


@pytest.mark.parametrize("catalog", [ENTERPRISE, ENTERPRISE_18])
def test_a_revoked_id_is_followed_to_the_end_of_a_chain_of_two(catalog):
    assert catalog.attack.revoked["T1150"] == "T1547.011"
    assert catalog.attack.revoked["T1547.011"] == "T1647"
    assert credited(["T1150"], catalog=catalog) == {"T1647"}
    kinds, message = findings(["T1150"], catalog=catalog)
    assert kinds == [IssueKind.REVOKED_ID]
    assert "T1647" in message


def test_an_id_is_revoked_in_the_version_that_revoked_it_and_not_before():
    assert credited(["T1562.001"], catalog=ENTERPRISE_18) == {"T1562.001"}
    assert findings(["T1562.001"], catalog=ENTERPRISE_18) == ([], "")


def test_a_revoked_id_is_followed_per_technique_and_not_by_the_name_of_its_tactic():
    # One rule, one tactic of old, two techniques: they went to the two halves of that tactic.
    assert cells(["T1562.001", "T1070"], ["defense-evasion"]) == ["TA0005/T1070", "TA0112/T1685"]


def test_a_revoked_parent_beside_its_own_sub_technique_is_implied_by_it():
    assert credited(["T1562"]) == {"T1685"}
    assert credited(["T1562", "T1562.004"]) == {"T1686"}
    kinds, message = findings(["T1562", "T1562.004"])
    assert kinds == [IssueKind.REVOKED_ID, IssueKind.REVOKED_ID]
    assert message == (
        "T1562 is revoked since ATT&CK 19.0; the sub-technique beside it says what is meant. "
        "T1562.004 is revoked since ATT&CK 19.0; it counts as T1686."
    )


def test_a_revoked_parent_beside_the_sub_technique_of_another_is_followed():
    assert credited(["T1562", "T1059.001"]) == {"T1685", "T1059.001"}


def test_a_revoked_parent_beside_a_sub_technique_that_does_not_exist_is_followed():
    assert credited(["T1562", "T1562.999"]) == {"T1685"}
    assert findings(["T1562", "T1562.999"])[0] == [IssueKind.REVOKED_ID, IssueKind.UNKNOWN_ID]


def test_an_active_parent_beside_its_own_sub_technique_counts_itself():
    assert credited(["T1562", "T1562.004"], catalog=ENTERPRISE_18) == {"T1562", "T1562.004"}


def test_two_ids_that_end_at_one_technique_count_once():
    assert credited(["T1562.001", "T1089", "T1685"]) == {"T1685"}
    assert cells(["T1562.001", "T1089", "T1685"]) == ["TA0112/T1685"]


def test_a_deprecated_id_leaves_an_issue_and_counts_nowhere():
    assert cells(["T1064"]) == []
    kinds, message = findings(["T1064"])
    assert kinds == [IssueKind.DEPRECATED_ID]
    assert "T1064" in message


@pytest.mark.parametrize("tag", ["T0800", "attack.1562.001", "T9999", "T1059.999", "PowerShell", ""])
@pytest.mark.parametrize("catalog", CATALOGS)
def test_an_unknown_id_leaves_an_issue_and_counts_nowhere(tag, catalog):
    assert cells([tag], ["Execution"], catalog=catalog) == []
    kinds, message = findings([tag], ["Execution"], catalog=catalog)
    assert kinds == [IssueKind.UNKNOWN_ID]
    assert tag in message


def test_a_bad_id_takes_nothing_from_the_good_ones_beside_it():
    assert credited(["T0800", "attack.1562.001", "T1064", "T1059"]) == {"T1059"}


def test_an_id_that_a_rule_repeats_leaves_one_issue():
    assert findings(["T9999", "t9999"])[0] == [IssueKind.UNKNOWN_ID]
    assert findings(["attack.1562.001", "attack.1562.001"])[0] == [IssueKind.UNKNOWN_ID]


def test_the_sentence_about_an_endless_id_is_short():
    assert len(findings(["x" * 100_000])[1]) < 200


def test_replacements_in_a_circle_count_nowhere_and_leave_an_issue():
    circle = {"T9001": "T9002", "T9002": "T9001", "T9003": "T9001", "T9004": "T9004"}
    catalog = enterprise_catalog(replace(ENTERPRISE.attack, revoked=circle))
    for technique in circle:
        assert cells([technique], catalog=catalog) == []
        assert findings([technique], catalog=catalog)[0] == [IssueKind.DEPRECATED_ID]
    dated = enterprise_catalog(replace(catalog.attack, revoked_since={"T9001": "19.0"}))
    assert findings(["T9001"], catalog=dated)[1] == (
        "T9001 is revoked since ATT&CK 19.0 and has no active replacement; it counts nowhere."
    )


# Roll-up.


def test_a_rule_on_a_sub_technique_counts_for_its_parent_too():
    assert cells(["T1059.001"]) == ["TA0002/T1059", "TA0002/T1059.001"]


def test_exact_counts_only_the_id_itself():
    assert cells(["T1059.001"], match=Match.EXACT) == ["TA0002/T1059.001"]
    assert cells(["T1059"], match=Match.EXACT) == ["TA0002/T1059"]


def test_a_parent_is_never_rolled_down():
    assert cells(["T1059"]) == ["TA0002/T1059"]


def test_the_exact_cells_are_known_under_roll_up_too():
    mapping = map_tags(ENTERPRISE, None, ["T1059.001"], Match.ROLLUP)
    assert mapping.exact == {("TA0002", "T1059.001")}
    assert mapping.techniques == {"T1059", "T1059.001"}


# Columns of `enterprise`.


def test_a_rule_counts_in_each_tactic_of_its_technique():
    everywhere = ["TA0001/T1078", "TA0003/T1078", "TA0004/T1078", "TA0005/T1078"]
    assert cells(["T1078"], ()) == everywhere
    assert cells(["T1078"], None) == everywhere


def test_a_rule_that_names_tactics_of_its_technique_counts_only_in_those():
    assert cells(["T1078"], ["initial-access"]) == ["TA0001/T1078"]
    assert cells(["T1078"], ["Persistence", "TA0001"]) == ["TA0001/T1078", "TA0003/T1078"]
    assert cells(["T1078"], ["impact", "initial-access"]) == ["TA0001/T1078"]


def test_a_rule_that_names_no_tactic_of_its_technique_counts_in_each():
    assert cells(["T1078"], ["impact"]) == cells(["T1078"])


def test_tactics_narrow_each_technique_by_itself():
    assert cells(["T1078", "T1486"], ["initial-access"]) == ["TA0001/T1078", "TA0040/T1486"]


def test_a_word_that_is_no_tactic_narrows_nothing_and_leaves_an_issue():
    assert cells(["T1078"], ["Hacking"]) == cells(["T1078"])
    kinds, message = findings(["T1078"], ["Hacking"])
    assert kinds == [IssueKind.UNKNOWN_TACTIC]
    assert "Hacking" in message


def test_a_rule_without_a_tactic_is_no_issue_where_the_technique_says_it():
    assert findings(["T1078"], ())[0] == []
    assert findings(["T1078"], None)[0] == []


@pytest.mark.parametrize("written", ["defense-evasion", "Defense Evasion", "attack.defense_evasion"])
def test_defense_evasion_stands_for_what_replaced_it_from_19_on(written):
    assert cells(["T1055"], [written]) == ["TA0005/T1055"]
    assert cells(["T1112"], [written]) == ["TA0112/T1112"]
    assert findings(["T1055"], [written])[0] == []


@pytest.mark.parametrize("written", ["stealth", "Defense Impairment", "attack.defense-impairment", "TA0112"])
def test_what_replaced_defense_evasion_stands_for_it_before(written):
    assert cells(["T1055"], [written], catalog=ENTERPRISE_18) == ["TA0005/T1055"]
    assert cells(["T1112"], [written], catalog=ENTERPRISE_18) == ["TA0005/T1112"]
    assert findings(["T1055"], [written], catalog=ENTERPRISE_18)[0] == []


def test_the_halves_of_defense_evasion_are_not_each_other_from_19_on():
    assert cells(["T1112"], ["stealth"]) == cells(["T1112"])
    assert cells(["T1112"], ["defense-impairment"]) == ["TA0112/T1112"]


def test_a_parent_takes_the_columns_that_the_named_tactics_leave_its_sub_technique():
    assert cells(["T1547.001"], ["privilege-escalation"]) == ["TA0004/T1547", "TA0004/T1547.001"]


def test_a_parent_takes_the_columns_of_the_sub_technique_and_not_its_own():
    techniques = (Technique("T9000", "Parent", ("TA9001", "TA9002")), Technique("T9000.001", "Sub", ("TA9002",)))
    attack = Attack(
        version="1.0",
        tactics=(Tactic("TA9001", "one", "One"), Tactic("TA9002", "two", "Two")),
        techniques={technique.id: technique for technique in techniques},
        revoked={},
        deprecated={},
    )
    catalog = enterprise_catalog(attack)
    assert cells(["T9000.001"], catalog=catalog) == ["TA9002/T9000", "TA9002/T9000.001"]
    assert cells(["T9000.001"], ["one"], catalog=catalog) == ["TA9002/T9000", "TA9002/T9000.001"]


# Columns of `threatops`.


def test_a_rule_counts_in_the_columns_of_the_tactics_that_it_names():
    assert cells(["T1055"], ["Privilege Escalation"], catalog=THREATOPS) == ["TA0004/T1055"]
    assert cells(["T1053"], ["Execution", "Persistence"], catalog=THREATOPS) == ["TA0002/T1053", "TA0003/T1053"]


def test_a_rule_counts_nowhere_else_whatever_the_tactics_of_its_technique():
    assert cells(["T1055"], ["Impact"], catalog=THREATOPS) == []


@pytest.mark.parametrize(
    "written", ["Command & Control", "command and control", "COMMAND AND CONTROL", "command-and-control", "TA0011"]
)
def test_case_and_the_form_of_and_do_not_matter(written):
    assert cells(["T1071"], [written], catalog=THREATOPS) == ["TA0011/T1071"]


@pytest.mark.parametrize("catalog", [THREATOPS, THREATOPS_18])
@pytest.mark.parametrize("written", ["Defense Evasion", "Stealth", "Defense Impairment", "TA0112"])
def test_the_column_defense_evasion_also_takes_what_replaced_it(catalog, written):
    assert cells(["T1036"], [written], catalog=catalog) == ["TA0005/T1036"]
    assert findings(["T1036"], [written], catalog=catalog)[0] == []


def test_a_rule_without_a_tactic_does_not_contribute_and_an_issue_says_so():
    assert cells(["T1566"], (), catalog=THREATOPS) == []
    assert findings(["T1566"], (), catalog=THREATOPS)[0] == [IssueKind.NO_TACTIC]


def test_a_rule_whose_only_tactic_is_unknown_does_not_contribute_and_both_are_said():
    assert cells(["T1566"], ["Hacking"], catalog=THREATOPS) == []
    assert findings(["T1566"], ["Hacking"], catalog=THREATOPS)[0] == [IssueKind.UNKNOWN_TACTIC, IssueKind.NO_TACTIC]


def test_a_tactic_of_attack_that_the_matrix_does_not_show_is_no_issue():
    assert cells(["T1595"], ["Reconnaissance"], catalog=THREATOPS) == []
    assert findings(["T1595"], ["Reconnaissance"], catalog=THREATOPS)[0] == []


def test_a_format_that_has_no_tactic_takes_the_technique_s():
    assert cells(["T1055"], None, catalog=THREATOPS) == ["TA0004/T1055", "TA0005/T1055"]
    assert cells(["T1055"], None, catalog=THREATOPS_18) == ["TA0004/T1055", "TA0005/T1055"]
    assert findings(["T1055"], None, catalog=THREATOPS)[0] == []


def test_roll_up_in_threatops():
    assert cells(["T1059.001"], ["Execution"], catalog=THREATOPS) == ["TA0002/T1059", "TA0002/T1059.001"]
    assert cells(["T1003.001"], ["Credential Access"], catalog=THREATOPS) == ["TA0006/T1003"]
    assert cells(["T1003.001"], ["Credential Access"], catalog=THREATOPS, match=Match.EXACT) == []
    assert cells(["T1558.003"], ["Credential Access"], catalog=THREATOPS) == ["TA0006/T1558.003"]


# Singular and plural.


def test_all_entries_of_the_arrays_count():
    assert cells(["T1566", "T1059", "T1486"], ["Initial Access", "Execution", "Impact"], catalog=THREATOPS) == [
        "TA0001/T1566",
        "TA0002/T1059",
        "TA0040/T1486",
    ]


# Properties.

KNOWN_IDS = sorted(
    {
        technique
        for catalog in CATALOGS
        for facts in (catalog.attack.techniques, catalog.attack.revoked, catalog.attack.deprecated)
        for technique in facts
    }
)
KNOWN_TACTICS = sorted(
    {text for catalog in CATALOGS for tactic in catalog.attack.tactics for text in (tactic.id, tactic.name)}
)
FORMS = (str, str.lower, "attack.{}".format, lambda text: text.replace(".", "/"), " {} ".format)


def written(words):
    """The words in any of the forms in which rules write them."""
    return st.builds(lambda form, word: form(word), st.sampled_from(FORMS), st.sampled_from(words))


ANY_TECHNIQUES = st.lists(
    written(KNOWN_IDS)
    | st.sampled_from(["T0800", "T1562", "T1562.004", "T1150", "attack.s0029"])
    | st.text(max_size=9),
    max_size=6,
)
ANY_TACTICS = st.none() | st.lists(written(KNOWN_TACTICS) | st.text(max_size=9), max_size=4)
ANY_CATALOG = st.sampled_from(CATALOGS)
ANY_MATCH = st.sampled_from(Match)


@given(catalog=ANY_CATALOG, tactics=ANY_TACTICS, techniques=ANY_TECHNIQUES, match=ANY_MATCH)
def test_whatever_a_rule_says_it_counts_only_in_cells_and_as_active_techniques(catalog, tactics, techniques, match):
    mapping = map_tags(catalog, tactics, techniques, match)
    assert mapping.exact <= mapping.cells <= catalog.cells
    assert {technique for _, technique in mapping.cells} <= mapping.techniques
    assert mapping.techniques <= catalog.attack.techniques.keys()
    assert mapping.techniques.isdisjoint(catalog.attack.revoked)
    assert mapping.techniques.isdisjoint(catalog.attack.deprecated)


@given(catalog=ANY_CATALOG, tactics=ANY_TACTICS, techniques=ANY_TECHNIQUES)
def test_roll_up_adds_exactly_the_parents(catalog, tactics, techniques):
    rolled_up = map_tags(catalog, tactics, techniques, Match.ROLLUP)
    exact = map_tags(catalog, tactics, techniques, Match.EXACT)
    assert exact.cells == exact.exact == rolled_up.exact
    parents = {parent_id(technique) for technique in exact.techniques} - {None}
    assert rolled_up.techniques == exact.techniques | parents
    assert {technique for _, technique in rolled_up.cells - exact.cells} <= parents


@given(catalog=ANY_CATALOG, techniques=ANY_TECHNIQUES)
def test_what_was_resolved_resolves_to_itself(catalog, techniques):
    once = map_tags(catalog, None, techniques, Match.EXACT)
    again = map_tags(catalog, None, sorted(once.techniques), Match.EXACT)
    assert again.techniques == once.techniques
    assert again.cells == once.cells
    assert not once.techniques or again.findings == ()


@given(data=st.data(), catalog=ANY_CATALOG, tactics=ANY_TACTICS, techniques=ANY_TECHNIQUES, match=ANY_MATCH)
def test_order_and_case_of_tags_do_not_matter(data, catalog, tactics, techniques, match):
    def shuffled(tags):
        case = data.draw(st.sampled_from([str.upper, str.lower, str.title]))
        return [case(tag) for tag in data.draw(st.permutations(tags))]

    other = map_tags(catalog, None if tactics is None else shuffled(tactics), shuffled(techniques), match)
    assert other.cells == map_tags(catalog, tactics, techniques, match).cells


@given(catalog=ANY_CATALOG, tactics=ANY_TACTICS, techniques=ANY_TECHNIQUES, match=ANY_MATCH)
def test_saying_it_twice_changes_nothing(catalog, tactics, techniques, match):
    twice = map_tags(catalog, None if tactics is None else tactics * 2, techniques * 2, match)
    assert twice == map_tags(catalog, tactics, techniques, match)


@given(catalog=st.sampled_from([ENTERPRISE, ENTERPRISE_18]), tag=written(KNOWN_IDS) | st.text(max_size=9))
def test_no_tag_is_changed_or_dropped_in_silence(catalog, tag):
    mapping = map_tags(catalog, None, [tag], Match.EXACT)
    assert mapping.findings or mapping.techniques == {technique_id(tag)}


@given(catalog=ANY_CATALOG, tactics=ANY_TACTICS, technique=st.sampled_from(["T1055", "T1055.001", "T1543", "T1486"]))
def test_the_columns_of_a_technique_hold_every_cell_in_which_a_rule_on_it_counts(catalog, tactics, technique):
    columns = columns_of(catalog, tactics, technique)
    assert columns <= {tactic.id for tactic in catalog.tactics}
    shown = {(tactic, technique) for tactic in columns} & catalog.cells
    assert shown == map_tags(catalog, tactics, [technique], Match.EXACT).exact
