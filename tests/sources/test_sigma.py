"""Sigma rules: what of them is read, what is said where something is missing or wrong, and several in one file."""

from __future__ import annotations

import re
import tarfile
import tracemalloc
from datetime import date
from functools import cache

import pytest
import yaml

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources import sigma as sigma_module
from coverage.sources.documents import read_document
from coverage.sources.library import read_path
from tests.shared import shared
from tests.sources.rule_files import sigma

ORIGIN = "rules/windows/proc.yml"


def read(text):
    return read_document(text if isinstance(text, bytes) else text.encode(), ORIGIN)


def read_one(**fields):
    """The one rule of these fields, and its issues as (kind, message)."""
    (rule,), issues = read(sigma(**fields))
    assert {(issue.rule, issue.where) for issue in issues} <= {(rule.rule_id, ORIGIN)}
    return rule, [(issue.kind, issue.message) for issue in issues]


def not_a_rule(message):
    return Issue(IssueKind.NOT_A_RULE, "", ORIGIN, message)


def test_a_whole_rule_is_read_without_issues():
    assert read(
        sigma(date="2023-01-31", modified="2024-02-29", author="Somebody", tags="[attack.t1059, cve.2024-1]")
    ) == (
        [
            Rule(
                rule_id="s-1",
                name="A Sigma rule",
                severity=Severity.HIGH,
                enabled=True,
                tactics=(),
                techniques=("T1059",),
                source="Sigma",
                origin=ORIGIN,
                logsource="windows/process_creation",
                updated_at="2024-02-29",
                tags=("cve.2024-1",),
            )
        ],
        [],
    )


# Status, level, log source, date.


@pytest.mark.parametrize(
    ("status", "enabled"),
    [
        ("stable", True),
        ("test", True),
        ("experimental", True),
        ("something else", True),
        ("~", True),
        (..., True),
        ("deprecated", False),
        ("unsupported", False),
        ("'Deprecated '", False),
    ],
)
def test_a_rule_is_enabled_unless_its_status_is_deprecated_or_unsupported(status, enabled):
    rule, issues = read_one(status=status)
    assert rule.enabled is enabled
    assert issues == []


@pytest.mark.parametrize(("status", "kind"), [("[deprecated]", "a list"), ("{deprecated: true}", "a mapping")])
def test_a_rule_whose_status_cannot_be_understood_does_not_count(status, kind):
    rule, issues = read_one(status=status)
    assert not rule.enabled
    message = f"The field status is {kind}, not a text, so the rule is treated as disabled."
    assert issues == [(IssueKind.WRONG_TYPE, message)]


@pytest.mark.parametrize("severity", [severity for severity in Severity if severity is not Severity.UNKNOWN])
def test_a_level_is_a_severity_in_any_case(severity):
    assert read_one(level=f'" {severity.value.upper()}"') == (read_one(level=severity.value)[0], [])
    assert read_one(level=severity.value)[0].severity is severity


@pytest.mark.parametrize(
    ("level", "issues"),
    [
        (..., [(IssueKind.NO_SEVERITY, "The rule states no level.")]),
        ("~", [(IssueKind.NO_SEVERITY, "The rule states no level.")]),
        (
            "urgent",
            [(IssueKind.NO_SEVERITY, 'The level "urgent" is none of critical, high, medium, low, informational.')],
        ),
        ("5", [(IssueKind.NO_SEVERITY, 'The level "5" is none of critical, high, medium, low, informational.')]),
        (
            "[high]",
            [
                (IssueKind.WRONG_TYPE, "The field level is a list, not a text, so it is ignored."),
                (IssueKind.NO_SEVERITY, "The rule states no level."),
            ],
        ),
    ],
)
def test_a_level_that_is_none_is_unknown_and_said(level, issues):
    rule, found = read_one(level=level)
    assert rule.severity is Severity.UNKNOWN
    assert found == issues


@pytest.mark.parametrize(
    ("logsource", "shown"),
    [
        ("{category: process_creation, product: windows}", "windows/process_creation"),
        ("{product: windows, service: powershell, definition: x}", "windows/powershell"),
        ("{product: ~, category: dns}", "dns"),
        ("{definition: x}", None),
        ("windows", "windows"),
        ("~", None),
    ],
)
def test_the_log_source_is_its_product_category_and_service(logsource, shown):
    rule, issues = read_one(logsource=logsource)
    assert rule.logsource == shown
    assert issues == []


def test_a_log_source_of_the_wrong_type_is_ignored_and_said():
    rule, issues = read_one(logsource="[windows]")
    assert rule.logsource is None
    assert issues == [(IssueKind.WRONG_TYPE, "The field logsource is a list, not a text, so it is ignored.")]


def test_a_rule_that_was_never_modified_has_its_date():
    assert read_one(date="2020/01/31")[0].updated_at == "2020/01/31"
    assert read_one()[0].updated_at is None


# Id and title.


@pytest.mark.parametrize("value", [..., "~", "''", '" "'])
def test_a_rule_without_an_id_gets_one_from_its_place(value):
    rule, issues = read_one(id=value)
    assert rule.rule_id == ORIGIN
    assert issues == [(IssueKind.NO_ID, "The rule has no id; its place in the file stands in.")]


@pytest.mark.parametrize("value", [..., "~", "''"])
def test_a_rule_without_a_title_gets_the_name_of_its_file(value):
    rule, issues = read_one(title=value)
    assert rule.name == "proc.yml"
    assert issues == [(IssueKind.NO_NAME, "The rule has no title; the file's name stands in.")]


def test_ids_and_titles_of_the_wrong_type_are_ignored_and_said():
    rule, issues = read_one(id="[a]", title="{a: b}")
    assert (rule.rule_id, rule.name) == (ORIGIN, "proc.yml")
    assert issues == [
        (IssueKind.WRONG_TYPE, "The field id is a list, not a text, so it is ignored."),
        (IssueKind.NO_ID, "The rule has no id; its place in the file stands in."),
        (IssueKind.WRONG_TYPE, "The field title is a mapping, not a text, so it is ignored."),
        (IssueKind.NO_NAME, "The rule has no title; the file's name stands in."),
    ]


def test_numbers_dates_and_truth_values_are_texts_as_written():
    rule, issues = read_one(id="007", title="2024-01-31", modified="no")
    assert (rule.rule_id, rule.name, rule.updated_at) == ("007", "2024-01-31", "no")
    assert issues == []


# Tags.


@pytest.mark.parametrize(
    ("tags", "tactics", "techniques"),
    [
        ("[attack.t1059.001, ATTACK.T1003, attack.t1059/003]", (), ("T1059.001", "T1003", "T1059.003")),
        ("[t1059, T1003.001]", (), ("T1059", "T1003.001")),
        ("[attack.execution, attack.ta0011, attack.defense-evasion]", ("execution", "ta0011", "defense-evasion"), ()),
        ("[attack.t1059, attack.t1059, attack.execution, attack.execution]", ("execution",), ("T1059",)),
        ("attack.t1059", (), ("T1059",)),
        ("attack.execution, attack.t1059;t1003", ("execution",), ("T1059", "T1003")),
        ("attack.execution attack.t1059", ("execution",), ("T1059",)),
        ("|\n  attack.execution\n  attack.t1059\n", ("execution",), ("T1059",)),
        ("[[attack.t1059], [[attack.execution]]]", ("execution",), ("T1059",)),
        ("['attack.t1059 ', ' attack.command and control']", ("command and control",), ("T1059",)),
        ("[attack.1562.001, attack.t15]", (), ("1562.001", "t15")),
        ("[attack.s0029, attack.g0007, attack.c0001, cve.2021.44228, car.2013-05-002, tlp.red, attack., x]", (), ()),
        ("[]", (), ()),
        ("~", (), ()),
        (..., (), ()),
    ],
)
def test_tags_name_tactics_and_techniques_in_many_ways(tags, tactics, techniques):
    rule, issues = read_one(tags=tags)
    assert (rule.tactics, rule.techniques) == (tactics, techniques)
    assert issues == []


@pytest.mark.parametrize(
    ("tags", "what"),
    [
        ("[attack.t1003, 1059]", 'the number "1059", not a text such as attack.t1059; the rest counts'),
        ("[1059.001, attack.t1003]", 'the number "1059.001", not a text such as attack.t1059; the rest counts'),
        ("[~, attack.t1003]", "empty, not a text such as attack.t1059; the rest counts"),
        (
            "[attack.t1003, '', 7]",
            "empty, not a text such as attack.t1059, and 1 more are no text either; the rest counts",
        ),
        ("[attack.t1003, attack.t1059: x]", "a mapping, not a text such as attack.t1059; the rest counts"),
    ],
)
def test_a_tag_that_is_no_text_is_passed_over_and_said(tags, what):
    rule, issues = read_one(tags=tags)
    assert rule.techniques == ("T1003",)
    assert issues == [(IssueKind.WRONG_TYPE, f"One of the tags is {what}.")]


@pytest.mark.parametrize("tags", ["{attack.t1059: x}", "1059", "''"])
def test_tags_that_are_neither_a_list_nor_a_text_name_nothing(tags):
    rule, issues = read_one(tags=tags)
    assert rule.techniques == ()
    assert [kind for kind, _ in issues] == [IssueKind.WRONG_TYPE]


def test_of_endless_tags_only_the_first_count(monkeypatch):
    monkeypatch.setattr(sigma_module, "_LONGEST_TAGS", 30)
    rule, issues = read_one(tags="[attack.t1059, attack.t1003, attack.t1027]")
    assert rule.techniques == ("T1059", "T1003")
    message = "The tags have more than 30 characters; those after that do not count."
    assert issues == [(IssueKind.WRONG_TYPE, message)]


def test_merge_keys_and_anchors_bring_fields():
    rules, issues = read(
        "defaults: &defaults\n  level: low\n  tags: &tags [attack.t1059]\n"
        "<<: *defaults\ntitle: Merged\nid: m-1\nlevel: high\ndetection: {a: *tags}\n"
    )
    assert [(rule.severity, rule.techniques) for rule in rules] == [(Severity.HIGH, ("T1059",))]
    assert issues == []


def test_an_alias_bomb_in_the_tags_is_read_in_little_memory():
    bomb = "&a0 [attack.t1059, attack.t1003]"
    for number in range(1, 60):
        bomb = f"&a{number} [{bomb}, {', '.join([f'*a{number - 1}'] * 8)}]"
    tracemalloc.start()
    try:
        rule, issues = read_one(tags=bomb)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    assert rule.techniques == ("T1059", "T1003")
    assert issues == []


# What is a rule.


def test_a_correlation_rule_is_a_rule():
    rules, issues = read(
        "title: Many logons\nid: c-1\nlevel: medium\ntags: [attack.t1110]\n"
        "correlation:\n  type: event_count\n  rules: [s-1]\n  timespan: 5m\n"
    )
    assert [(rule.rule_id, rule.techniques, rule.logsource) for rule in rules] == [("c-1", ("T1110",), None)]
    assert issues == []


@pytest.mark.parametrize(
    "text",
    ["title: x\nlevel: low\n", "title: x\ntags: []\n", "detection: {}\n", "logsource: {}\nfilter: {}\ndetection: {}\n"],
)
def test_a_rule_that_lacks_much_is_still_a_rule(text):
    rules, issues = read(text)
    assert len(rules) == 1
    assert IssueKind.NOT_A_RULE not in {issue.kind for issue in issues}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n- b\n", "The document is no detection rule but a list."),
        ("just words\n", "The document is no detection rule but a text."),
        ("42\n", 'The document is no detection rule but the number "42".'),
        ("--- {}\n", "The document is an empty mapping."),
        ("a: 1\nb: 2\nc: 3\nd: 4\n", 'The document is no detection rule (its fields: "a", "b", "c").'),
        ("title: x\nlogsource: {}\nfilter: {}\n", "The document is a Sigma filter, not a rule."),
    ],
)
def test_a_document_that_is_no_rule_is_said_to_be_none(text, message):
    assert read(text) == ([], [not_a_rule(message)])


@pytest.mark.parametrize("text", ["# words\n", "---\n", "--- # a\n---\n", "~\n"])
def test_a_file_without_a_document_is_empty(text):
    assert read(text) == ([], [Issue(IssueKind.UNREADABLE, "", ORIGIN, "The file is empty but for comments.")])


# Several documents.


def test_every_document_of_a_file_is_a_rule_and_an_id_of_its_own_stands_in():
    rules, issues = read(sigma("s-1") + b"---\n" + sigma(id=...) + b"---\n---\n" + sigma(id=...))
    assert [rule.rule_id for rule in rules] == ["s-1", f"{ORIGIN}#2", f"{ORIGIN}#3"]
    assert {rule.origin for rule in rules} == {ORIGIN}
    assert [issue.kind for issue in issues] == [IssueKind.NO_ID, IssueKind.NO_ID]


def test_a_document_that_is_no_rule_does_not_stop_the_others():
    rules, issues = read(sigma("s-1") + b"---\n- a\n---\n" + sigma("s-2"))
    assert [rule.rule_id for rule in rules] == ["s-1", "s-2"]
    assert issues == [not_a_rule("The document is no detection rule but a list.")]


def test_the_rules_before_a_broken_document_are_kept():
    rules, issues = read(sigma("s-1") + b"---\n" + sigma("s-2") + b"---\ntitle: [\n---\n" + sigma("s-3"))
    assert [rule.rule_id for rule in rules] == ["s-1", "s-2"]
    (issue,) = issues
    assert (issue.kind, issue.rule, issue.where) == (IssueKind.UNREADABLE, "", ORIGIN)
    assert issue.message.startswith("The file is not valid YAML (line 18: ")


def test_windows_line_ends_change_nothing():
    text = sigma("s-1") + b"---\n" + sigma("s-2")
    assert read(text.replace(b"\n", b"\r\n")) == read(text)


# The old form: action global, reset, repeat.

GLOBAL = "action: global\ntitle: Shared\nlevel: high\ntags: [attack.t1059]\nlogsource: {product: windows}\n"


def test_a_global_document_gives_its_fields_to_those_after_it():
    rules, issues = read(
        f"{GLOBAL}---\nid: a\nlogsource: {{category: x}}\n---\nid: b\nlevel: low\nlogsource: {{product: linux}}\n"
    )
    assert [(rule.rule_id, rule.name, rule.severity, rule.techniques, rule.logsource) for rule in rules] == [
        ("a", "Shared", Severity.HIGH, ("T1059",), "windows/x"),
        ("b", "Shared", Severity.LOW, ("T1059",), "linux"),
    ]
    assert issues == []


def test_several_global_documents_add_up():
    rules, _ = read(
        f"{GLOBAL}---\naction: global\nlevel: low\nlogsource: {{service: y}}\n---\nid: a\ndetection: {{}}\n"
    )
    assert [(rule.name, rule.severity, rule.logsource) for rule in rules] == [("Shared", Severity.LOW, "windows/y")]


def test_reset_ends_what_is_shared():
    rules, issues = read(f"{GLOBAL}---\nid: a\n---\naction: reset\n---\nid: b\ntitle: Own\nlevel: low\n")
    assert [(rule.rule_id, rule.name, rule.techniques) for rule in rules] == [
        ("a", "Shared", ("T1059",)),
        ("b", "Own", ()),
    ]
    assert issues == []


def test_a_document_that_resets_and_is_a_rule_is_both():
    rules, issues = read(f"{GLOBAL}---\nid: a\n---\naction: reset\nid: b\ntitle: Own\nlevel: low\n")
    assert [(rule.rule_id, rule.name, rule.techniques) for rule in rules] == [
        ("a", "Shared", ("T1059",)),
        ("b", "Own", ()),
    ]
    assert issues == []


def test_repeat_is_the_rule_before_with_some_fields_changed():
    rules, issues = read(sigma("a").decode() + "---\naction: repeat\nid: b\nlevel: low\n---\naction: repeat\nid: c\n")
    assert [(rule.rule_id, rule.name, rule.severity, rule.techniques) for rule in rules] == [
        ("a", "A Sigma rule", Severity.HIGH, ("T1059.001",)),
        ("b", "A Sigma rule", Severity.LOW, ("T1059.001",)),
        ("c", "A Sigma rule", Severity.LOW, ("T1059.001",)),
    ]
    assert issues == []


def test_a_global_document_that_no_rule_follows_is_said():
    assert read(GLOBAL) == ([], [not_a_rule("The document is a global one, and no rule follows it.")])


def test_what_many_documents_inherit_takes_no_time_for_each():
    # Each of ten thousand documents inherits a hundred thousand empty lists and a text of a megabyte.
    shared_tags = "action: global\ntitle: x\nlevel: low\ntags: [" + "[]," * 100_000 + "x" * 1_000_000 + "]\n"
    rules, issues = read(shared_tags + "---\na: 1\n" * 9_999)
    assert len(rules) == 9_999
    assert {issue.kind for issue in issues} == {IssueKind.NO_ID, IssueKind.WRONG_TYPE}


# The public library, against a full parse.


@cache
def composed():
    return {rule.rule_id: rule for rule in read_path(shared("rules/sigma.tar.gz")).rules}


@cache
def parsed():
    """Every rule of the library as PyYAML loads it whole."""
    found = {}
    with tarfile.open(shared("rules/sigma.tar.gz")) as archive:
        for member in archive:
            if member.name.endswith(".yml"):
                for rule in yaml.load_all(archive.extractfile(member), Loader=yaml.CSafeLoader):
                    found[rule["id"]] = rule
    return found


def differing(expected, read_from):
    """The rules of which one field is not as a full parse has it; the second shows what of them is compared."""
    assert len(parsed()) == 3754
    rules = composed()
    assert rules.keys() == parsed().keys()
    return [rule_id for rule_id, rule in parsed().items() if expected(rule) != read_from(rules[rule_id])]


def tags(rule, is_wanted):
    named = [tag.removeprefix("attack.") for tag in rule.get("tags") or [] if tag.startswith("attack.")]
    return tuple(dict.fromkeys(name for name in named if is_wanted(name)))


def is_technique(name):
    return re.fullmatch(r"t\d{4}(\.\d{3})?", name)


def is_tactic(name):
    return re.fullmatch(r"(t|s|g|c|m|ds)\d{4}.*", name) is None


def changed(rule):
    value = rule.get("modified") or rule.get("date")
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize(
    ("expected", "read_from"),
    [
        (lambda rule: rule["title"].strip(), lambda rule: rule.name),
        (lambda rule: rule["level"], lambda rule: rule.severity),
        (lambda rule: rule.get("status") not in ("deprecated", "unsupported"), lambda rule: rule.enabled),
        (
            lambda rule: tuple(name.upper() for name in tags(rule, is_technique)),
            lambda rule: rule.techniques,
        ),
        (
            lambda rule: tags(rule, is_tactic),
            lambda rule: rule.tactics,
        ),
        (changed, lambda rule: rule.updated_at),
    ],
    ids=["title", "level", "status", "techniques", "tactics", "date"],
)
def test_every_rule_of_the_public_library_is_read_as_a_full_parse_reads_it(expected, read_from):
    assert differing(expected, read_from) == []


def test_the_public_library_has_no_issues():
    ruleset = read_path(shared("rules/sigma.tar.gz"))
    assert ruleset.issues == ()
    assert ruleset.doubts == ()
