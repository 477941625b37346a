"""Elastic rules: what of them is read, and what is said where something is missing or wrong."""

from __future__ import annotations

import tarfile
import tomllib

import pytest

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.documents import read_document
from coverage.sources.library import read_path
from tests.shared import shared
from tests.sources.rule_files import elastic

ORIGIN = "rules/windows/a.toml"


def read(text):
    return read_document(text if isinstance(text, bytes) else text.encode(), ORIGIN)


def read_one(**fields):
    """The one rule of these fields, and its issues as (kind, message)."""
    (rule,), issues = read(elastic(**fields))
    assert {issue.where for issue in issues} <= {ORIGIN}
    return rule, [(issue.kind, issue.message) for issue in issues]


def unreadable(text):
    rules, (issue,) = read(text)
    assert rules == []
    assert (issue.kind, issue.rule, issue.where) == (IssueKind.UNREADABLE, "", ORIGIN)
    return issue.message


THREATS = """
[[rule.threat]]
framework = "MITRE ATT&CK"
[rule.threat.tactic]
id = "TA0002"
name = "Execution"
[[rule.threat.technique]]
id = "T1059"
[[rule.threat.technique.subtechnique]]
id = "t1059/001"
[[rule.threat.technique.subtechnique]]
id = "T1059.003"
[[rule.threat]]
framework = "MITRE ATT&CK"
[rule.threat.tactic]
id = "TA0006"
name = "Credential Access"
[[rule.threat.technique]]
id = "T1003"
[[rule.threat.technique]]
id = "T1059"
"""


def test_a_whole_rule_is_read_without_issues():
    text = elastic(threat=THREATS).replace(
        b"[metadata]\n", b'[metadata]\nupdated_date = "2026/01/31"\nintegration = ["a", "b"]\n'
    )
    assert read(text) == (
        [
            Rule(
                rule_id="e-1",
                name="An Elastic rule",
                severity=Severity.MEDIUM,
                enabled=True,
                tactics=("Execution", "Credential Access"),
                techniques=("T1059", "T1059.001", "T1059.003", "T1003"),
                source="Elastic",
                origin=ORIGIN,
                logsource="a, b",
                updated_at="2026/01/31",
            )
        ],
        [],
    )


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("start", [b"", b"\n\n", b"# a comment = x\n\n", b"\xef\xbb\xbf"])
def test_the_format_is_told_whatever_comes_first(start, ends):
    text = (start + elastic()).replace(b"\n", ends)
    assert [rule.rule_id for rule in read(text)[0]] == ["e-1"]


@pytest.mark.parametrize(
    ("maturity", "enabled"),
    [
        ('"production"', True),
        ('" Production "', True),
        ('"development"', False),
        ('"deprecated"', False),
        ('"beta"', False),
    ],
)
def test_only_rules_in_production_are_enabled(maturity, enabled):
    rule, issues = read_one(maturity=maturity)
    assert rule.enabled is enabled
    assert issues == []


@pytest.mark.parametrize("maturity", [..., '""', "true"])
def test_a_rule_without_a_maturity_does_not_count_and_that_is_said(maturity):
    rule, issues = read_one(maturity=maturity)
    assert not rule.enabled
    assert issues[-1] == (IssueKind.WRONG_TYPE, "The rule states no maturity, so it is treated as disabled.")


def test_a_rule_without_metadata_is_one_if_it_has_an_id():
    rules, issues = read('[rule]\nrule_id = "e-1"\nname = "x"\nseverity = "low"\n')
    assert [rule.enabled for rule in rules] == [False]
    assert [issue.kind for issue in issues] == [IssueKind.WRONG_TYPE]


@pytest.mark.parametrize("severity", [severity for severity in Severity if severity is not Severity.UNKNOWN])
def test_severities_are_read_in_any_case(severity):
    rule, issues = read_one(severity=f'" {severity.value.upper()} "')
    assert rule.severity is severity
    assert issues == []


@pytest.mark.parametrize(
    ("fields", "issues"),
    [
        ({"severity": ...}, [(IssueKind.NO_SEVERITY, "The rule states no severity.")]),
        (
            {"severity": '"urgent"'},
            [(IssueKind.NO_SEVERITY, 'The severity "urgent" is none of critical, high, medium, low, informational.')],
        ),
        (
            {"severity": "73"},
            [
                (IssueKind.WRONG_TYPE, "The field severity is no text, so it is ignored."),
                (IssueKind.NO_SEVERITY, "The rule states no severity."),
            ],
        ),
        ({"rule_id": ...}, [(IssueKind.NO_ID, "The rule has no rule_id; the file stands in.")]),
        ({"rule_id": '" "'}, [(IssueKind.NO_ID, "The rule has no rule_id; the file stands in.")]),
        (
            {"rule_id": "7"},
            [
                (IssueKind.WRONG_TYPE, "The field rule_id is no text, so it is ignored."),
                (IssueKind.NO_ID, "The rule has no rule_id; the file stands in."),
            ],
        ),
        ({"name": ...}, [(IssueKind.NO_NAME, "The rule has no name; the file's name stands in.")]),
    ],
)
def test_what_is_missing_or_of_the_wrong_type_is_said(fields, issues):
    rule, found = read_one(**fields)
    assert found == issues
    assert rule.severity is (Severity.UNKNOWN if "severity" in fields else Severity.MEDIUM)
    assert rule.rule_id == (ORIGIN if "rule_id" in fields else "e-1")
    assert rule.name == ("a.toml" if "name" in fields else "An Elastic rule")


@pytest.mark.parametrize(
    ("index", "logsource"),
    [
        ('["logs-a-*", "winlogbeat-*"]', "logs-a-*, winlogbeat-*"),
        ('["a", "b", "c", "d"]', "a, b, c, …"),
        ('"logs-*"', "logs-*"),
        ('["a", 7, " "]', "a"),
        ("[]", None),
        ("7", None),
        (..., None),
    ],
)
def test_without_an_integration_the_log_source_is_the_first_indices(index, logsource):
    rule, issues = read_one(index=index)
    assert rule.logsource == logsource
    assert issues == []


def test_a_date_is_a_text():
    text = elastic().replace(b"[metadata]\n", b"[metadata]\nupdated_date = 2026-01-31\n")
    assert [rule.updated_at for rule in read(text)[0]] == ["2026-01-31"]


# Threats.

TACTIC = 'tactic = {id = "TA0002", name = "Execution"}'


@pytest.mark.parametrize(
    ("threat", "tactics", "techniques", "issues"),
    [
        ("[]", (), (), []),
        (f'[{{framework = "MITRE ATT&CK", {TACTIC}}}]', ("Execution",), (), []),
        (f'[{{framework = " mitre att&ck ", {TACTIC}}}]', ("Execution",), (), []),
        (f'[{{framework = "MITRE ATLAS", {TACTIC}}}]', (), (), []),
        (f'{{framework = "MITRE ATT&CK", {TACTIC}}}', ("Execution",), (), []),
        (
            '[{framework = "MITRE ATT&CK", tactic = {id = "TA0002"}, technique = {id = "T1059"}}]',
            ("TA0002",),
            ("T1059",),
            [],
        ),
        ('[{framework = "MITRE ATT&CK", tactic = "TA0002", technique = ["t1003"]}]', ("TA0002",), ("T1003",), []),
        ('[{framework = "MITRE ATT&CK", technique = [{id = "T9"}]}]', (), ("T9",), []),
        (
            f"[{{{TACTIC}}}]",
            ("Execution",),
            (),
            ["A threat names no framework; it is read as one of MITRE ATT&CK."],
        ),
        (
            f"[{{framework = 7, {TACTIC}}}]",
            (),
            (),
            ["The framework of a threat is no text, so the threat is passed over."],
        ),
        (
            '[{framework = "MITRE ATT&CK", tactic = {}, technique = [{name = "x"}, {id = "T1003"}]}]',
            (),
            ("T1003",),
            ["A tactic has neither name nor id.", "A technique has no id, so it is passed over."],
        ),
        (
            '[{framework = "MITRE ATT&CK", technique = [7, {id = "T1003", subtechnique = 8}]}]',
            (),
            ("T1003",),
            [
                "The field technique has an entry that is no table; the rest counts.",
                "The field subtechnique has an entry that is no table; the rest counts.",
            ],
        ),
        ('"T1003"', (), (), ["The field threat has an entry that is no table; the rest counts."]),
        (
            '[{framework = "MITRE ATT&CK", technique = [1, 2, 3]}, {framework = "MITRE ATT&CK", technique = [4]}]',
            (),
            (),
            ["The field technique has an entry that is no table; the rest counts."],
        ),
    ],
)
def test_tactics_and_techniques_come_from_the_threats_of_attack(threat, tactics, techniques, issues):
    rule, found = read_one(threat=f"threat = {threat}\n")
    assert (rule.tactics, rule.techniques) == (tactics, techniques)
    assert found == [(IssueKind.WRONG_TYPE, message) for message in issues]


# What is no rule, and what cannot be read.


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[hunt]\nauthor = 'x'\n", '"hunt"'),
        ("a = 1\nb = 2\n[c]\n[d]\n", '"a", "b", "c"'),
        ("rule = 'x'\n[metadata]\n", '"rule", "metadata"'),
        ("[rule]\nname = 'x'\n", '"rule"'),
    ],
)
def test_a_file_that_is_no_rule_is_said_to_be_none(text, names):
    message = f"The file is no detection rule (its tables and keys: {names})."
    assert read(text) == ([], [Issue(IssueKind.NOT_A_RULE, "", ORIGIN, message)])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[metadata]\nmaturity = production\n", 2),
        ("[metadata\nmaturity = 'x'\n", 1),
        ("[rule]\nname = 'x'\nname = 'y'\n", 3),
        ("[rule]\nname = '''x\n\n", 4),
        ("[rule]\ndate = 2026-02-30\n", 2),
        ('[rule]\nname = "\\ud800"\n', 2),
        ("[rule]\n[rule]\n", 2),
    ],
)
def test_broken_toml_is_refused_with_its_line(text, line):
    assert unreadable(text).startswith(f"The file is not valid TOML (line {line}: ")


def test_what_is_wrong_is_not_repeated_at_length():
    assert len(unreadable(f"[{'a' * 10_000}]\n" * 2)) < 200


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "{a=" * 100_000])
def test_deep_nesting_is_refused(text):
    assert unreadable(text) == "The file is nested too deeply."


def test_endless_numbers_are_refused():
    assert unreadable("a = " + "1" * 10_000) == "The file holds a number of thousands of digits."


@pytest.mark.parametrize("part", ["a", '"a"', "'a'", '"\\""', "a ", "\ta"])
@pytest.mark.parametrize("start", ["", "[", "[rule]\nx = {", "[rule]\nx = ['''\n\" ''', {"])
def test_a_dotted_key_that_would_fill_the_memory_is_refused(part, start):
    message = unreadable("[first]\n" + start + ".".join([part] * 40_000) + " = 1\n")
    assert message == "The file has a dotted key of more than 100 parts and was not read."


def test_long_dotted_values_are_no_keys():
    names = ".".join("0123456789abcdef" * 2) + ".ip6.arpa"
    paths = ", ".join(f'"C:\\\\a{number}.dll"' for number in range(3_000))
    rule, issues = read_one(query=f'"""\n{names}\n"""', index=f"[{paths}]")
    assert rule.rule_id == "e-1"
    assert issues == []


def test_quotes_without_an_end_take_no_time_for_each():
    # Looking for the end of the text from each of them would take minutes.
    assert unreadable('[rule]\na = "' + '\\"' * 100_000).startswith("The file is not valid TOML (line 2: ")


def test_a_file_larger_than_any_rule_is_not_parsed():
    message = "The file is TOML of more than 1,000,000 characters and was not read."
    assert unreadable(elastic() + b"#" * 1_000_000) == message


# The public library.


def test_every_rule_of_the_public_library_is_read_as_its_file_says():
    rules = {rule.origin: rule for rule in read_path(shared("rules/elastic.tar.gz")).rules}
    assert len(rules) == 2192
    assert sum(rule.enabled for rule in rules.values()) == 2068
    with tarfile.open(shared("rules/elastic.tar.gz")) as archive:
        files = [member for member in archive if member.name.endswith(".toml")]
        for member in files[::20]:
            document = tomllib.loads(archive.extractfile(member).read().decode())
            rule, stated = rules[member.name], document["rule"]
            threats = [threat for threat in stated.get("threat", []) if threat["framework"] == "MITRE ATT&CK"]
            named = [technique for threat in threats for technique in threat.get("technique", [])]
            assert (rule.rule_id, rule.name, rule.severity) == (stated["rule_id"], stated["name"], stated["severity"])
            assert rule.enabled == (document["metadata"]["maturity"] == "production")
            assert set(rule.tactics) == {threat["tactic"]["name"] for threat in threats}
            assert set(rule.techniques) == {
                found["id"] for technique in named for found in (technique, *technique.get("subtechnique", []))
            }
    assert len(files) == 2192


def test_tags_are_those_that_say_nothing_of_attack():
    rule, issues = read_one(tags='["Domain: Endpoint", "OS: Windows", "Tactic: Execution", 7]')
    assert rule.tags == ("Domain: Endpoint", "OS: Windows")
    assert issues == []
