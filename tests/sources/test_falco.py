"""Falco rules: what of a list of rules, macros and lists is read, and how later items change earlier ones."""

from __future__ import annotations

import pytest

from coverage.model import IssueKind, Rule, Severity
from coverage.sources.documents import read_document

ORIGIN = "rules/falco_rules.yaml"
MACRO = "- macro: spawned\n  condition: x\n- list: shells\n  items: [sh]\n- required_engine_version: 0.31.0\n"


def falco(name="Shell", **fields):
    """A rule of these fields, written as they are; a field that is ... is taken away."""
    values = {
        "desc": "x",
        "condition": "spawned",
        "output": "x",
        "priority": "NOTICE",
        "tags": "[maturity_stable, container, mitre_credential_access, T1003, NIST_800-53_AC-6]",
        **fields,
    }
    return item(name, **values)


def item(name="Shell", **fields):
    return f"- rule: {name}\n" + "".join(f"  {key}: {value}\n" for key, value in fields.items() if value is not ...)


def read(text):
    return read_document(text.encode(), ORIGIN)


def read_one(text):
    (rule,), issues = read(text)
    return rule, [(issue.kind, issue.where, issue.message) for issue in issues]


def test_the_rules_of_a_list_are_read_and_its_macros_and_lists_are_none():
    rules, issues = read(MACRO + falco() + falco("Other", source="k8s_audit", enabled="false"))
    assert rules == [
        Rule(
            rule_id="Shell",
            name="Shell",
            severity=Severity.LOW,
            enabled=True,
            tactics=("credential_access",),
            techniques=("T1003",),
            source="Falco",
            origin=ORIGIN,
            logsource="syscall",
            tags=("maturity_stable", "container", "NIST_800-53_AC-6"),
        ),
        Rule(
            rule_id="Other",
            name="Other",
            severity=Severity.LOW,
            enabled=False,
            tactics=("credential_access",),
            techniques=("T1003",),
            source="Falco",
            origin=ORIGIN,
            logsource="k8s_audit",
            tags=("maturity_stable", "container", "NIST_800-53_AC-6"),
        ),
    ]
    assert issues == []


@pytest.mark.parametrize(
    ("priority", "severity"),
    [
        ("EMERGENCY", Severity.CRITICAL),
        ("Alert", Severity.CRITICAL),
        ("critical", Severity.CRITICAL),
        ("ERROR", Severity.HIGH),
        ("WARNING", Severity.MEDIUM),
        ("NOTICE", Severity.LOW),
        ("INFO", Severity.INFORMATIONAL),
        ("INFORMATIONAL", Severity.INFORMATIONAL),
        ("DEBUG", Severity.INFORMATIONAL),
    ],
)
def test_the_severity_comes_from_the_priority(priority, severity):
    rule, issues = read_one(falco(priority=priority))
    assert rule.severity is severity
    assert issues == []


@pytest.mark.parametrize(
    ("tags", "tactics", "techniques"),
    [
        ("[mitre_execution, T1059.004]", ("execution",), ("T1059.004",)),
        ("mitre_execution", ("execution",), ()),
        ("[mitre_persistence, TA0003]", ("persistence", "TA0003"), ()),
        ("[mitre_excecution]", ("excecution",), ()),
        ("[[mitre_execution], null, T15]", ("execution",), ("T15",)),
        ("[mitre_t1059]", (), ("T1059",)),
        ("[PCI_DSS_11.5.1, host, T-shirt]", (), ()),
        ("null", (), ()),
        (..., (), ()),
    ],
)
def test_tactics_and_techniques_are_among_the_tags(tags, tactics, techniques):
    rule, issues = read_one(falco(tags=tags))
    assert (rule.tactics, rule.techniques) == (tactics, techniques)
    assert issues == []


# Later items.


def test_a_later_rule_of_the_same_name_replaces_the_earlier_one():
    rule, issues = read_one(falco() + falco(priority="ERROR", tags="[T1059]"))
    assert (rule.severity, rule.tactics, rule.techniques) == (Severity.HIGH, (), ("T1059",))
    assert issues == []


def test_a_later_item_can_switch_a_rule_off():
    rule, issues = read_one(falco() + item(enabled="false"))
    assert (rule.enabled, rule.techniques) == (False, ("T1003",))
    assert issues == []


def test_an_override_changes_what_it_names_and_nothing_else():
    change = item(
        tags="[T1059]",
        priority="CRITICAL",
        enabled="false",
        condition="or x",
        override="{tags: append, priority: replace, condition: append}",
    )
    rule, issues = read_one(falco() + change)
    assert (rule.severity, rule.enabled, rule.techniques) == (Severity.CRITICAL, True, ("T1003", "T1059"))
    assert issues == []


def test_an_override_can_replace_the_tags():
    rule, _ = read_one(falco() + item(tags="[T1059]", override="{tags: replace}"))
    assert (rule.tactics, rule.techniques) == ((), ("T1059",))


def test_an_append_reaches_only_the_condition():
    change = item(condition="and not x", tags="[T1059]", append="true")
    assert read_one(falco() + change) == read_one(falco())


@pytest.mark.parametrize(
    "change", [item("Away", enabled="false"), item("Away", condition="x", append="true"), item("Away", override="{}")]
)
def test_a_change_of_a_rule_in_another_file_does_not_count_and_that_is_said(change):
    rule, issues = read_one(falco() + change)
    assert rule.rule_id == "Shell"
    message = 'The rule "Away" of another file is changed here; the change does not count.'
    assert issues == [(IssueKind.NOT_A_RULE, f"{ORIGIN}#2", message)]


# What is wrong.


def test_what_is_no_item_has_its_place_and_the_others_count():
    rules, issues = read(falco() + "- x\n- {a: b}\n- {rule: null, condition: x}\n" + falco("Other", priority="LOUD"))
    assert [rule.rule_id for rule in rules] == ["Shell", "Other"]
    assert [(issue.kind, issue.where) for issue in issues] == [
        (IssueKind.NOT_A_RULE, f"{ORIGIN}#2"),
        (IssueKind.NOT_A_RULE, f"{ORIGIN}#3"),
        (IssueKind.NOT_A_RULE, f"{ORIGIN}#4"),
        (IssueKind.NO_SEVERITY, ORIGIN),
    ]


def test_an_enabled_that_cannot_be_understood_disables_the_rule():
    rule, issues = read_one(falco(enabled="maybe"))
    assert not rule.enabled
    assert [kind for kind, _, _ in issues] == [IssueKind.WRONG_TYPE]


def test_a_file_of_macros_alone_is_said_to_hold_no_rule():
    rules, (issue,) = read(MACRO)
    assert rules == []
    assert (issue.kind, issue.message) == (
        IssueKind.NOT_A_RULE,
        "The document holds macros and lists, but no rule.",
    )


@pytest.mark.parametrize("text", ["- a\n- b\n", "- {name: x, hosts: all}\n"])
def test_other_lists_are_no_rules(text):
    rules, (issue,) = read(text)
    assert rules == []
    assert (issue.kind, issue.message) == (IssueKind.NOT_A_RULE, "The document is no detection rule but a list.")


FIELDS = ", ".join(f"k{number}: x" for number in range(10_000))


@pytest.mark.parametrize("item", ["- *a\n", "- {rule: x, condition: x, <<: *a}\n", "- {x: y, <<: *a}\n"])
@pytest.mark.parametrize("first", ["rule: x", "y: x"])
def test_aliases_take_no_time_for_each_field_that_they_repeat(item, first):
    rules, issues = read(f"- &a {{{first}, {FIELDS}}}\n" + item * 30_000)
    assert len(rules) < 2
    assert len({issue.kind for issue in issues}) == 1
