"""Rules that count in no cell, and the reason that a person can act on."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverage.catalog.narrow import narrowed
from coverage.mapping import Match
from coverage.model import RuleSet, Severity, count_rules
from coverage.quality.unmapped import Reason, unmapped_rules
from coverage.score import Settings, counted_rules, score
from tests.rules import ENTERPRISE, THREATOPS, rule


def of(*rules, catalog=THREATOPS, **settings):
    coverage = score(RuleSet(rules), catalog, Settings(**settings))
    return unmapped_rules(counted_rules(RuleSet(rules), coverage.settings), coverage)


@pytest.mark.parametrize(
    ("techniques", "tactics", "reason", "words"),
    [
        ((), ("Execution",), Reason.NO_TECHNIQUE, "names no ATT&CK technique"),
        (("attack.g0007",), ("Execution",), Reason.NO_TECHNIQUE, "names no ATT&CK technique"),
        (("T9999", "T1064"), ("Execution",), Reason.NO_ACTIVE_ID, "T1064 is deprecated"),
        (("T9999", "T1064"), ("Execution",), Reason.NO_ACTIVE_ID, "T9999 is not an id"),
        (("T1059",), (), Reason.NO_TACTIC, "names no tactic"),
        (("T1059",), ("Exekution",), Reason.NO_TACTIC, "'Exekution' is not a tactic"),
        (("T1059.003",), ("Impact",), Reason.OTHER_TACTIC, "has T1059 under Execution; the rule names Impact"),
        (("T1059.001",), ("Impact",), Reason.OTHER_TACTIC, "has T1059.001 under Execution; T1059 under Execution;"),
        (("T1059",), ("Reconnaissance",), Reason.OTHER_TACTIC, "the rule names Reconnaissance"),
        (("T1098.001", "T1098"), ("Persistence",), Reason.NOT_IN_MATRIX, "does not have T1098.001 and T1098"),
    ],
)
def test_the_reason_is_what_its_author_can_act_on(techniques, tactics, reason, words):
    (found,) = of(rule(*techniques, tactics=tactics))
    assert found.reason is reason
    assert words in found.sentence


def test_what_only_rolling_up_would_count_is_said():
    named = rule("T1059.003", tactics=("Execution",))
    assert of(named) == ()
    (found,) = of(named, match=Match.EXACT)
    assert found.reason is Reason.NOT_IN_MATRIX
    assert "has T1059 but not T1059.003" in found.sentence


def test_what_platforms_and_tactics_leave_out_is_said():
    windows = narrowed(ENTERPRISE, platforms=frozenset({"Windows"}))
    (found,) = of(rule("T1578"), catalog=windows)
    assert (found.reason, found.sentence) == (
        Reason.LEFT_OUT,
        "The chosen platforms and tactics leave out T1578.",
    )
    after = narrowed(ENTERPRISE, pre_compromise=False)
    assert [each.reason for each in of(rule("T1595", tactics=("Reconnaissance",)), catalog=after)] == [Reason.LEFT_OUT]


def test_only_rules_that_would_count_are_listed():
    counts, off = rule("T1059", tactics=("Execution",)), rule(enabled=False)
    assert of(counts, off) == ()
    (found,) = of(counts, off, potential=True)
    assert found.rule is off


def test_of_copies_in_several_sources_one_is_listed():
    one = rule(rule_id="1", feed="A")
    (found,) = of(one, replace(one, feed="B"))
    assert (found.rule.feed, found.rule.count) == ("A", 1)


def test_they_come_by_reason_then_severity_then_name():
    rules = [
        rule("T1098", tactics=("Persistence",), severity=Severity.CRITICAL),
        rule(name="b", severity=Severity.LOW),
        rule(name="B", severity=Severity.HIGH),
        rule(name="a", severity=Severity.HIGH),
    ]
    assert [each.rule for each in of(*rules)] == [rules[3], rules[2], rules[1], rules[0]]


TAGS = st.lists(
    st.sampled_from(["T1059", "T1059.001", "T1098", "T1064", "T1562", "T9999", "x", "", "s0029"]), max_size=4
)
TACTICS = st.none() | st.lists(st.sampled_from(["execution", "TA0005", "Impact", "stealth", "?", ""]), max_size=3)


@given(
    st.lists(st.tuples(TAGS, TACTICS, st.booleans(), st.integers(1, 5)), max_size=6),
    st.sampled_from([THREATOPS, ENTERPRISE, narrowed(ENTERPRISE, platforms=frozenset({"IaaS"}), pre_compromise=False)]),
    st.sampled_from(Match),
    st.booleans(),
)
def test_counted_and_unmapped_rules_are_all_that_would_count(made, catalog, match, potential):
    rules = [
        rule(*tags, tactics=None if tactics is None else tuple(tactics), enabled=enabled, count=count)
        for tags, tactics, enabled, count in made
    ]
    coverage = score(RuleSet(tuple(rules)), catalog, Settings(match=match, potential=potential))
    found = unmapped_rules(counted_rules(RuleSet(tuple(rules)), coverage.settings), coverage)
    would = coverage.rule_counts.read if potential else coverage.rule_counts.enabled
    assert count_rules(each.rule for each in found) + coverage.rule_counts.counted == would
    assert all(each.sentence.endswith(".") for each in found)
