"""Wazuh rules: several roots, XML that only Wazuh reads, what is refused, and what a rule's level means."""

from __future__ import annotations

import pytest

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.documents import read_document
from coverage.sources.library import read_path
from tests.sources.rule_files import written

ORIGIN = "rules/0365-auditd_rules.xml"


def wazuh(rule_id="80700", level="10", mitre="<mitre><id>T1110</id></mitre>", more="", attributes=""):
    return (
        f'  <rule id="{rule_id}" level="{level}"{attributes}>\n    <if_sid>1</if_sid>\n'
        f"    <description>A rule.</description>\n    {mitre}\n{more}"
        "    <group>pci_dss_10.6.1,gdpr,</group>\n  </rule>\n"
    )


def group(*rules, name="audit,"):
    return f'<group name="{name}">\n{"".join(rules)}</group>\n'


def read(text):
    return read_document(text.encode(), ORIGIN)


def read_one(**fields):
    (rule,), issues = read(group(wazuh(**fields)))
    return rule, [(issue.kind, issue.message) for issue in issues]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "start", ["", "\N{ZERO WIDTH NO-BREAK SPACE}", '<?xml version="1.0"?>\n', "\n<!-- <rule> -->\n"]
)
def test_a_whole_rule_is_read_without_issues(start, ends):
    assert read((start + group(wazuh())).replace("\n", ends)) == (
        [
            Rule(
                rule_id="80700",
                name="A rule.",
                severity=Severity.MEDIUM,
                enabled=True,
                tactics=None,
                techniques=("T1110",),
                source="Wazuh",
                origin=ORIGIN,
                logsource="audit",
            )
        ],
        [],
    )


def test_files_of_the_suffix_are_candidates(tmp_path):
    assert len(read_path(written(tmp_path, {"a.xml": group(wazuh()).encode()})).rules) == 1


def test_a_file_has_several_roots():
    text = '<var name="X">1</var>\n' + group(wazuh("1"), wazuh("2")) + group(wazuh("3"), name="sshd,syslog,")
    rules, issues = read(text)
    assert [(rule.rule_id, rule.logsource) for rule in rules] == [("1", "audit"), ("2", "audit"), ("3", "sshd, syslog")]
    assert issues == []


@pytest.mark.parametrize(
    ("level", "enabled", "severity"),
    [
        ("0", False, Severity.LOW),
        ("1", True, Severity.LOW),
        ("6", True, Severity.LOW),
        ("7", True, Severity.MEDIUM),
        ("11", True, Severity.MEDIUM),
        ("12", True, Severity.HIGH),
        ("14", True, Severity.HIGH),
        (" 15 ", True, Severity.CRITICAL),
        ("16", True, Severity.CRITICAL),
    ],
)
def test_the_level_gives_the_severity_and_0_is_disabled(level, enabled, severity):
    rule, issues = read_one(level=level)
    assert (rule.enabled, rule.severity) == (enabled, severity)
    assert issues == []


@pytest.mark.parametrize("level", ["17", "-1", "high", "9999999", "1.5"])
def test_a_level_that_cannot_be_understood_disables_the_rule(level):
    rule, issues = read_one(level=level)
    assert (rule.enabled, rule.severity) == (False, Severity.UNKNOWN)
    message = f'The level "{level}" is not between 0 and 16, so the rule is treated as disabled.'
    assert issues == [(IssueKind.NO_SEVERITY, message)]


@pytest.mark.parametrize(("attributes", "enabled"), [(' noalert="1"', False), (' noalert="0"', True)])
def test_a_rule_that_never_alerts_does_not_count(attributes, enabled):
    assert read_one(attributes=attributes)[0].enabled is enabled


@pytest.mark.parametrize(
    ("mitre", "techniques"),
    [
        ("<mitre>\n<id>T1110</id>\n<id> T1078.004 </id></mitre>", ("T1110", "T1078.004")),
        ("<mitre><id>T1110, T1078</id></mitre>", ("T1110", "T1078")),
        ("<mitre><id>T1110</id></mitre><mitre><id>T15</id></mitre>", ("T1110", "T15")),
        ("<mitre><id/></mitre>", ()),
        ("<mitre></mitre>", ()),
        ("", ()),
        ("<!-- <mitre><id>T1110</id></mitre> -->", ()),
        ("<id>T1110</id>", ()),
    ],
)
def test_techniques_are_the_ids_in_mitre(mitre, techniques):
    rule, issues = read_one(mitre=mitre)
    assert rule.techniques == techniques
    assert issues == []


@pytest.mark.parametrize("more", ["<match>a & b</match>", r"<regex>\<script & x</regex>", "<url>?a=1&b=2&amp;c</url>"])
def test_what_only_wazuh_s_parser_takes_is_read(more):
    rule, issues = read_one(more=more)
    assert rule.techniques == ("T1110",)
    assert issues == []


def test_a_broken_rule_leaves_the_others_as_they_are():
    broken = wazuh("2", mitre="<mitre><id>T1110</mitre>")
    rules, issues = read(group(wazuh("1"), broken, wazuh("3").replace("  </rule>\n", ""), wazuh("4")))
    assert [rule.rule_id for rule in rules] == ["1", "4"]
    assert issues == [
        Issue(IssueKind.UNREADABLE, "", ORIGIN, "The rule at line 8 is not valid XML (line 11); it does not count."),
        Issue(IssueKind.UNREADABLE, "", ORIGIN, "The rule at line 14 is not closed; it does not count."),
    ]


def test_what_is_missing_is_said():
    (rule,), issues = read("<rule><mitre><id>T1110</id></mitre></rule>")
    assert (rule.rule_id, rule.name, rule.enabled, rule.logsource) == (f"{ORIGIN}#1", f"{ORIGIN}#1", False, None)
    assert [issue.kind for issue in issues] == [IssueKind.NO_ID, IssueKind.NO_SEVERITY, IssueKind.NO_NAME]


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n'
        + group(wazuh(mitre="<mitre><id>&b;</id></mitre>")),
        group(wazuh(more='<!ENTITY a SYSTEM "file:///etc/passwd">')),
    ],
)
def test_entities_are_refused(text):
    message = "The file declares a document type or entities, so it was not read."
    assert read(text) == ([], [Issue(IssueKind.UNREADABLE, "", ORIGIN, message)])


def test_entities_that_nobody_declares_are_text():
    assert read_one(mitre="<mitre><id>&b;</id></mitre>")[0].techniques == ("&b",)


@pytest.mark.parametrize(
    "text", ["<html><body>x</body></html>", "<decoder name='x'><parent>y</parent></decoder>", "<a"]
)
def test_other_xml_holds_no_rule(text):
    message = "The file is XML, but it holds no rule of Wazuh."
    assert read(text) == ([], [Issue(IssueKind.NOT_A_RULE, "", ORIGIN, message)])


@pytest.mark.parametrize("piece", ["<rule ", "<rule>", "<rule><a>", "<!-", "<group name='x' ", "<rule></rule"])
def test_what_is_never_closed_takes_no_time_for_each(piece):
    # Looking for the end of the file from each of them would take minutes.
    rules, issues = read("<a/>" + piece * 50_000)
    assert rules == []
    assert issues


def test_deep_nesting_is_no_harm():
    rules, issues = read(group(wazuh(more="<a>" * 50_000 + "</a>" * 50_000)))
    assert len(rules) + len(issues) == 1
