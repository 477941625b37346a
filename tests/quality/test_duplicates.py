"""Rules that are there twice."""

from dataclasses import replace

import pytest

from coverage.join import join
from coverage.model import Issue, IssueKind, RuleSetBuilder
from coverage.quality.duplicates import Duplicate, Likeness, duplicates
from tests.rules import rule


def of(*rules):
    builder = RuleSetBuilder()
    builder.extend(rules, ())
    built = builder.build()
    return duplicates(built.rules, built.issues)


def test_of_two_rules_with_one_id_the_one_that_counts_is_the_original():
    off = rule("T1003", rule_id="r", origin="a.yml", enabled=False)
    on = rule("T1047", rule_id="r", origin="b.yml", name="Another")
    assert of(off, on) == (Duplicate(Likeness.ID, "r", "a.yml", "", on),)


def test_rules_alike_in_name_and_tags_are_duplicates_of_the_first():
    rules = [rule("T1003", name=name) for name in ("LSASS access", "lsass-access", " LSASS  Access!")]
    assert of(*rules) == tuple(Duplicate(Likeness.NAME, each.rule_id, each.origin, "", rules[0]) for each in rules[1:])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("T1003", "T1047"), ("t1047", "attack.t1003")),
        (("T1059/001",), ("https://attack.mitre.org/techniques/T1059/001/",)),
        (("x",), ("X",)),
        ((), ()),
    ],
)
def test_tags_are_compared_in_whatever_form_and_order_they_are_written(one, other):
    assert len(of(rule(*one), rule(*other))) == 1
    assert len(of(rule(*one, tactics=("Defense Evasion",)), rule(*other, tactics=("attack.defense_evasion",)))) == 1


@pytest.mark.parametrize(
    "other",
    [
        rule("T1003", name="Another"),
        rule("T1003.001"),
        rule("T1003", "T1047"),
        rule("T1003", tactics=("Impact",)),
    ],
)
def test_rules_that_differ_in_name_or_tags_are_none(other):
    assert of(rule("T1003"), other) == ()


def test_names_of_signs_alone_are_compared_as_they_are():
    assert of(rule(name="!!!"), rule(name="???")) == ()
    assert len(of(rule(name="名前"), rule(name="名前"))) == 1


def test_what_a_database_counted_has_no_name_to_compare():
    counted = [rule("T1003", source="Database", name="1 rule tagged T1003") for _ in range(2)]
    assert len(of(*counted)) == 1
    assert of(*(replace(each, is_kind=True) for each in counted)) == ()


def test_ids_that_a_counted_table_uses_twice_are_left_to_the_issues():
    kind = rule("T1003", rule_id="t: T1003", is_kind=True)
    issue = Issue(IssueKind.DUPLICATE_ID, "t: T1003", "t, 3 rules", "Used twice.")
    assert duplicates([kind], [issue]) == ()
    assert len(duplicates([replace(kind, is_kind=False)], [issue])) == 1


def built(*rules):
    builder = RuleSetBuilder()
    builder.extend(rules, ())
    return builder.build()


def test_copies_in_several_sources_are_told_from_different_rules_with_one_id():
    one = rule("T1003", rule_id="1")
    joined = join({"A": built(one), "B": built(replace(one, enabled=False)), "C": built(rule("T1047", rule_id="1"))})
    first, copy, other = joined.rules
    assert duplicates(joined.rules, joined.issues) == (
        Duplicate(Likeness.COPY, "1", copy.origin, "B", first),
        Duplicate(Likeness.SHARED_ID, "1", other.origin, "C", first),
    )


def test_rules_alike_in_different_sources_with_different_ids_are_duplicates_by_name():
    joined = join({"A": built(rule("T1003")), "B": built(rule("T1003"))})
    (found,) = duplicates(joined.rules, joined.issues)
    assert (found.likeness, found.feed, found.original.feed) == (Likeness.NAME, "B", "A")


def test_an_id_that_is_used_twice_in_one_source_is_looked_up_there():
    twice = [rule("T1003", rule_id="1", name="A"), rule("T1047", rule_id="1", name="B")]
    joined = join({"A": built(rule("T1110", rule_id="1", name="C")), "B": built(*twice)})
    found = duplicates(joined.rules, joined.issues)
    assert [(each.likeness, each.feed, each.original.name) for each in found] == [
        (Likeness.ID, "B", "A"),
        (Likeness.SHARED_ID, "B", "C"),
    ]
