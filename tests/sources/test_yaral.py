"""YARA-L rules: what of `meta` is read, and that comments, texts and regular expressions do not fool the reader."""

from __future__ import annotations

import pytest

from coverage.model import IssueKind, Rule, Severity
from coverage.sources.documents import read_document
from coverage.sources.library import read_path
from tests.sources.rule_files import written

ORIGIN = "rules/a.yaral"
EVENTS = '$e.metadata.event_type = "USER_LOGIN"'


def yaral(name="a_rule", meta=None, events=EVENTS, outcome="$risk_score = max(75)", **more):
    """A rule with these values in `meta`, written as texts; one that is ... is taken away."""
    values = {
        "author": "Somebody",
        "rule_name": "A rule",
        "mitre_attack_tactic": "Credential Access",
        "mitre_attack_technique": "T1110.003",
        "severity": "High",
        "data_source": "AWS CloudTrail",
        **(meta or {}),
        **more,
    }
    lines = "".join(f'    {key} = "{value}"\n' for key, value in values.items() if value is not ...)
    return (
        f"rule {name} {{\n  meta:\n{lines}\n  events:\n    {events}\n\n  outcome:\n    {outcome}\n\n"
        "  condition:\n    $e\n}\n"
    )


def read(text):
    return read_document(text.encode(), ORIGIN)


def read_one(text):
    (rule,), issues = read(text)
    return rule, [(issue.kind, issue.message) for issue in issues]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\N{ZERO WIDTH NO-BREAK SPACE}", "\n// rule x {\n", "/*\n * rule y {\n **/\n"])
def test_a_whole_rule_is_read_without_issues(start, ends):
    assert read((start + yaral()).replace("\n", ends)) == (
        [
            Rule(
                rule_id="a_rule",
                name="A rule",
                severity=Severity.HIGH,
                enabled=True,
                tactics=("Credential Access",),
                techniques=("T1110.003",),
                source="Chronicle",
                origin=ORIGIN,
                logsource="AWS CloudTrail",
            )
        ],
        [],
    )


def test_files_of_the_suffix_are_candidates(tmp_path):
    assert len(read_path(written(tmp_path, {"a.yaral": yaral().encode()})).rules) == 1


@pytest.mark.parametrize(
    ("meta", "techniques"),
    [
        ({"mitre_attack_technique": "T1110, T1078.004"}, ("T1110", "T1078.004")),
        ({"mitre_attack_technique": "T1110.003 - Password Spraying"}, ("T1110.003",)),
        (
            {
                "mitre_attack_technique": "Brute Force: Password Spraying",
                "mitre_attack_url": "https://attack.mitre.org/techniques/T1110/003/",
            },
            ("T1110.003",),
        ),
        ({"mitre_attack_technique": "Brute Force", "mitre_attack_technique_id": "t1110"}, ("T1110",)),
        ({"mitre_attack_technique": ..., "technique": "T1110"}, ("T1110",)),
        ({"mitre_attack_technique": "Brute Force"}, ("Brute Force",)),
        ({"mitre_attack_technique": "T11, T1078"}, ("T11", "T1078")),
        ({"mitre_attack_technique": ""}, ()),
        ({"mitre_attack_technique": ...}, ()),
    ],
)
def test_ids_count_and_names_only_where_there_is_no_id(meta, techniques):
    rule, issues = read_one(yaral(meta=meta))
    assert rule.techniques == techniques
    assert issues == []


def test_the_outcome_can_name_the_technique():
    outcome = '$mitre_attack_tactic = "Persistence"\n $mitre_attack_technique_id = "T1098"\n $tactic = "x"'
    rule, _ = read_one(yaral(mitre_attack_technique="Account Manipulation", outcome=outcome))
    assert rule.tactics == ("Credential Access", "Persistence")
    assert rule.techniques == ("T1098",)


def test_tactics_are_comma_joined_and_as_written():
    rule, _ = read_one(yaral(mitre_attack_tactic="TA0006, Credental Access"))
    assert rule.tactics == ("TA0006", "Credental Access")


@pytest.mark.parametrize(
    "events",
    [
        '$e.x = "}" // }\n /* } severity = "Low" */ $e.y = "// rule x {"',
        "$e.x = /}[^a]{2}\\/}/ nocase",
        "re.regex($e.x, `}\nrule b {\n meta:`)",
        're.regex($e.x, /"}/)',
        '$e.x = "\\"}"',
        "$e.x = 4 / 2 and $e.y = 6 / 3",
        '$e.severity = "Low" and $severity = "Low"',
        '$e.x = /[/}"]/',
    ],
)
def test_braces_and_words_in_texts_comments_and_patterns_are_none(events):
    rules, issues = read(yaral(events=events) + yaral("second"))
    assert [(rule.rule_id, rule.severity, rule.techniques) for rule in rules] == [
        ("a_rule", Severity.HIGH, ("T1110.003",)),
        ("second", Severity.HIGH, ("T1110.003",)),
    ]
    assert issues == []


def test_quotes_in_a_text_are_unescaped():
    assert read_one(yaral(rule_name='The \\"rule\\" {'))[0].name == 'The "rule" {'


@pytest.mark.parametrize(
    ("severity", "expected", "kinds"),
    [
        ("CRITICAL", Severity.CRITICAL, []),
        ("info", Severity.INFORMATIONAL, []),
        ("Urgent", Severity.UNKNOWN, [IssueKind.NO_SEVERITY]),
        (..., Severity.UNKNOWN, [IssueKind.NO_SEVERITY]),
    ],
)
def test_severities_are_read(severity, expected, kinds):
    rule, issues = read_one(yaral(severity=severity))
    assert rule.severity is expected
    assert [kind for kind, _ in issues] == kinds


def test_a_rule_without_a_title_has_its_name():
    assert read_one(yaral(rule_name=...))[0].name == "a_rule"


def test_a_rule_that_breaks_off_is_said_and_those_before_it_count():
    rules, (issue,) = read(yaral() + yaral("broken").partition("condition")[0])
    assert [rule.rule_id for rule in rules] == ["a_rule"]
    assert issue.kind is IssueKind.UNREADABLE
    assert issue.message == "The rule broken (line 19) breaks off before its condition."


def test_a_rule_that_breaks_off_does_not_take_the_next_with_it():
    rules, (issue,) = read(yaral("broken").partition("events")[0] + yaral())
    assert [rule.rule_id for rule in rules] == ["a_rule"]
    assert issue.message == "The rule broken (line 1) breaks off before its condition."


def test_a_yara_rule_for_files_is_no_rule():
    rules, (issue,) = read('rule x {\n strings:\n $a = "T1059"\n condition:\n $a\n}\n')
    assert rules == []
    assert issue.kind is IssueKind.NOT_A_RULE
    assert issue.message == "The rule x (line 1) has no section events, so it is no rule of Google SecOps."


def test_an_endless_comment_takes_no_time_for_each_star():
    rules, issues = read(yaral() + "/*" + "*/*" * 100_000)
    assert len(rules) == 1
    assert issues == []


@pytest.mark.parametrize("piece", ["x = /[a", '"\\', "= /[[[[", "technique = `", "rule x {"])
def test_what_is_never_closed_takes_no_time_for_each(piece):
    # Looking for the end of the line from each of them would take minutes.
    rules, issues = read("rule a {\n meta:\n" + piece * 100_000)
    assert rules == []
    assert issues
