"""The list by which the authors of rules mend revoked, deprecated and unknown ids."""

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog import load_catalog
from coverage.mapping import Match, map_tags
from coverage.model import IssueKind, RuleSet
from coverage.quality.stale import StaleTag, stale_tags
from coverage.resolution import Standing
from coverage.score import Settings, score
from coverage.sources.library import read_path
from tests.rules import ENTERPRISE, rule
from tests.shared import shared

ATTACK = ENTERPRISE.attack


def of(*rules, attack=ATTACK):
    return stale_tags(rules, attack)


def rewritten(*techniques, attack=ATTACK):
    """The stale tags of one rule as (old id, new ids, since)."""
    return [(each.tag, each.new, each.since) for each in of(rule(*techniques), attack=attack)]


def test_an_entry_says_which_rule_names_what_and_what_to_write_instead():
    named = rule("T1562.001")
    assert of(named) == (StaleTag(named, "T1562.001", Standing.REPLACED, ("T1685",), "19.0"),)


@pytest.mark.parametrize(
    "written",
    ["T1562.001", " t1562/001 ", "attack.t1562.001", "https://attack.mitre.org/techniques/T1562/001/"],
)
def test_an_id_is_found_in_every_form_in_which_a_rule_writes_it(written):
    assert rewritten(written) == [("T1562.001", ("T1685",), "19.0")]


def test_an_id_that_a_rule_writes_twice_is_one_entry():
    assert rewritten("T1562.001", "t1562/001", "attack.t1562.001") == [("T1562.001", ("T1685",), "19.0")]


def test_entries_come_in_the_order_of_the_rules_and_of_their_ids():
    rules = [rule("T1656", "T1003", "T1086"), rule("T1003"), rule("T1086", "T1656", enabled=False)]
    assert [(each.rule.rule_id, each.tag) for each in of(*rules)] == [
        (rules[0].rule_id, "T1656"),
        (rules[0].rule_id, "T1086"),
        (rules[2].rule_id, "T1086"),
        (rules[2].rule_id, "T1656"),
    ]


@pytest.mark.parametrize("tag", ["T1685", "t1003/001", "attack.s0029", "cve.2021.44228"])
def test_active_ids_and_those_of_no_technique_are_not_stale(tag):
    assert rewritten(tag) == []


@pytest.mark.parametrize(
    ("tag", "shown", "standing"),
    [
        ("attack.t1064", "T1064", Standing.DEPRECATED),
        ("T9999", "T9999", Standing.UNKNOWN),
        ("attack.1562.001", "attack.1562.001", Standing.UNKNOWN),
        ("PowerShell", "PowerShell", Standing.UNKNOWN),
    ],
)
def test_what_counts_nowhere_is_listed_with_nothing_to_write_instead(tag, shown, standing):
    named = rule(tag, "T1003")
    assert of(named) == (StaleTag(named, shown, standing, (), None),)


def test_a_chain_is_followed_to_its_end_and_has_the_version_of_its_first_link():
    assert rewritten("T1073", "T1574.002") == [
        ("T1073", ("T1574.001",), "7.0"),
        ("T1574.002", ("T1574.001",), "17.0"),
    ]


def test_the_version_is_none_where_it_is_unknown():
    assert rewritten("T1150") == [("T1150", ("T1647",), None)]
    assert rewritten("T1086", attack=replace(ATTACK, revoked_since={})) == [("T1086", ("T1059.001",), None)]


def test_a_parent_beside_its_sub_techniques_becomes_what_they_became():
    assert rewritten("T1562") == [("T1562", ("T1685",), "19.0")]
    assert rewritten("T1562", "T1562.004") == [("T1562", ("T1686",), "19.0"), ("T1562.004", ("T1686",), "19.0")]
    assert rewritten("T1562", "T1562.001", "T1562.008")[0] == ("T1562", ("T1685", "T1685.002"), "19.0")


def test_what_has_no_active_replacement_is_listed_without_one():
    circle = replace(ATTACK, revoked={"T9001": "T9002", "T9002": "T9001"}, revoked_since={"T9001": "19.0"})
    assert rewritten("T9001", "T9002", attack=circle) == [("T9001", (), "19.0"), ("T9002", (), None)]


def test_an_id_is_rewritten_in_the_version_that_revoked_it_and_not_before():
    assert rewritten("T1562.001", attack=load_catalog("enterprise", "18.1").attack) == []


TAGS = st.lists(st.sampled_from([*ATTACK.revoked, "T1562", "T1562.004", "T1003", "T1064", "T9999", "x"]), max_size=5)


STALE = (IssueKind.REVOKED_ID, IssueKind.DEPRECATED_ID, IssueKind.UNKNOWN_ID)


@given(st.lists(TAGS, max_size=4))
def test_every_id_that_leaves_an_issue_is_listed_and_no_other(tags):
    rules = [rule(*each) for each in tags]
    coverage = score(RuleSet(rules=tuple(rules)), ENTERPRISE)
    issues = Counter(issue.rule for issue in coverage.issues if issue.kind in STALE)
    assert Counter(each.rule.rule_id for each in of(*rules)) == issues


def mended(named, found):
    """A rule with its stale tags written as the list says, and the others as they were."""
    instead = {each.tag: each.new for each in found}
    new = [tag for technique in named.techniques for tag in instead.get(technique, (technique,))]
    return replace(named, techniques=tuple(new))


@given(TAGS)
def test_a_mended_rule_counts_where_it_did_and_has_nothing_to_mend(tags):
    named = rule(*tags)
    new = mended(named, of(named))
    assert of(new) == ()
    before, after = (map_tags(ENTERPRISE, None, each.techniques, Match.EXACT) for each in (named, new))
    assert after.techniques == before.techniques
    assert not {kind for kind, _ in after.findings} & set(STALE)


# The public libraries.


@cache
def rules_of(library):
    return read_path(shared(f"rules/{library}.tar.gz"))


@pytest.mark.parametrize(
    ("library", "version", "by_version"),
    [
        ("elastic", "19.1", {"19.0": 333, "11.0": 2}),
        ("elastic", "18.1", {"11.0": 2}),
        ("sigma", "19.1", {}),
        ("sigma", "18.1", {}),
    ],
)
def test_the_revoked_ids_of_a_library_by_version(library, version, by_version):
    attack = load_catalog("enterprise", version).attack
    found = [each for each in stale_tags(rules_of(library).rules, attack) if each.standing.is_revoked]
    assert Counter(each.since for each in found) == by_version
    for each in found:
        assert each.tag in attack.revoked
        assert each.new
        assert attack.techniques.keys() >= set(each.new)


def test_164_enabled_elastic_rules_are_stale_and_mended_ones_lose_no_cell():
    ruleset = rules_of("elastic")
    found = {}
    for each in stale_tags(ruleset.rules, ATTACK):
        found.setdefault(each.rule.rule_id, []).append(each)
    concerned = [each for each in ruleset.rules if each.rule_id in found]
    assert sum(each.enabled for each in concerned) == 164
    new = [mended(each, found[each.rule_id]) for each in concerned]
    before, after = (
        score(RuleSet(tuple(rules)), ENTERPRISE, Settings(match=Match.EXACT)) for rules in (concerned, new)
    )
    assert all(before.cells_by_rule.values())
    assert after.cells_by_rule == before.cells_by_rule
    assert not [issue for issue in after.issues if issue.kind is IssueKind.REVOKED_ID]
