"""Wazuh rules: XML without one root, of which each `<rule>` is parsed by itself.

https://documentation.wazuh.com/current/user-manual/ruleset/ruleset-xml-syntax/rules.html
https://documentation.wazuh.com/current/user-manual/ruleset/rules/rules-classification.html

A file of Wazuh is a row of groups, variables and comments, and its own parser takes what is no well-formed XML. So the
rules are cut out first, and one that is broken leaves the others as they are. `<mitre>` holds the ids of techniques;
the format has no field for a tactic. A rule of level 0, or with `noalert`, never alerts and counts as disabled. The
severities are those in which Wazuh's dashboard sums up the levels: low up to 6, medium up to 11, high up to 14,
critical above. A rule that overwrites another has the same id; of the two the enabled one counts, as everywhere.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.fields import Fields
from coverage.sources.text import UnreadableError, quoted

SOURCE = "Wazuh"

_BANDS = ((6, Severity.LOW), (11, Severity.MEDIUM), (14, Severity.HIGH), (16, Severity.CRITICAL))
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# A rule that is not closed ends where the next one starts.
_PART = re.compile(
    r"<group\s[^<>]*+>|<rule\b(?P<rest>(?:[^<]|<(?!/?rule\b|group\s))*+)(?P<end></rule\s*+>)?", re.IGNORECASE
)
_NAME = re.compile(r"""\bname\s*+=\s*+["']([^"']*+)""", re.IGNORECASE)
# What Wazuh's own parser takes: a bare & and a \<.
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)")


def read_wazuh(text: str, origin: str) -> tuple[list[Rule], list[Issue]]:
    """The rules of one file and what is wrong with them; a rule that is broken is an issue with its line.

    Raises UnreadableError for a file that declares entities or a document type, which no Wazuh file does.
    """
    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    if _DECLARATION.search(text):
        raise UnreadableError("The file declares a document type or entities, so it was not read.")
    rules: list[Rule] = []
    issues: list[Issue] = []
    groups, line, counted = "", 1, 0
    for part in _PART.finditer(text):
        line += text.count("\n", counted, part.start())
        counted = part.start()
        if part["rest"] is None:
            name = _NAME.search(part[0])
            groups = name[1] if name else ""
        elif part["end"] is None:
            message = f"The rule at line {line} is not closed; it does not count."
            issues.append(Issue(IssueKind.UNREADABLE, "", origin, message))
        else:
            try:
                element = _parsed(part[0], line)
            except UnreadableError as error:
                issues.append(Issue(IssueKind.UNREADABLE, "", origin, str(error)))
                continue
            rule, found = _rule(element, groups, origin, f"{origin}#{len(rules) + 1}")
            rules.append(rule)
            issues += found
    if not rules and not issues:
        issues.append(Issue(IssueKind.NOT_A_RULE, "", origin, "The file is XML, but it holds no rule of Wazuh."))
    return rules, issues


def _parsed(text: str, line: int) -> Element:
    for attempt in (text, _AMPERSAND.sub("&amp;", text).replace("\\<", "\\&lt;")):
        try:
            element: Element = fromstring(attempt)
        except (ParseError, DefusedXmlException, ValueError) as error:
            where = line + (error.position[0] - 1 if isinstance(error, ParseError) else 0)
        else:
            return element
    raise UnreadableError(f"The rule at line {line} is not valid XML (line {where}); it does not count.")


def _rule(element: Element, groups: str, origin: str, place: str) -> tuple[Rule, list[Issue]]:
    ids = [found.text for mitre in element.iter("mitre") for found in mitre.iter("id")]
    descriptions = [" ".join("".join(found.itertext()).split()) for found in element.findall("description")]
    fields = Fields({**element.attrib, "mitre": ids, "description": " ".join(descriptions), "group": groups})
    rule_id = fields.rule_id(place, "id")
    level = _level(fields)
    rule = Rule(
        rule_id=rule_id,
        name=fields.name(rule_id, "description"),
        severity=next((severity for most, severity in _BANDS if level is not None and level <= most), Severity.UNKNOWN),
        enabled=bool(level) and (fields.text("noalert") or "0") == "0",
        tactics=None,
        techniques=fields.texts("mitre"),
        source=SOURCE,
        origin=origin,
        logsource=", ".join(fields.texts("group")) or None,
    )
    return rule, fields.issues(rule_id, origin)


def _level(fields: Fields) -> int | None:
    """The level from 0 to 16, None where there is none that can be understood; the rule is then disabled."""
    stated = fields.text("level") or ""
    if stated.isascii() and stated.isdigit() and len(stated) < 4 and int(stated) <= _BANDS[-1][0]:
        return int(stated)
    what = f"The level {quoted(stated)} is not between 0 and 16" if stated else "The rule states no level"
    fields.problem(IssueKind.NO_SEVERITY, f"{what}, so the rule is treated as disabled.")
    return None
