"""YARA-L rules of Google SecOps (Chronicle): text, several rules a file, of which the section `meta` is read.

https://cloud.google.com/chronicle/docs/detection/yara-l-2-0-syntax
https://github.com/chronicle/detection-rules

The keys of `meta` are free; those of the public rules are read, and of the other sections only what sets them again, as
`$mitre_attack_technique_id = "T1562.008"` does. The public rules give a technique by its name and by its page, so names
count only where there is no id. A rule's name is unique in SecOps and is its id. Whether a rule is live is no part of
its text; each counts as enabled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from coverage.model import Issue, IssueKind, Rule
from coverage.sources.fields import Fields
from coverage.sources.tags import tags_in
from coverage.sources.text import cut

SOURCE = "Chronicle"

_TACTICS = ("mitre_attack_tactic", "mitre_attack_tactic_id", "mitre_tactic", "tactic", "tactics")
_TECHNIQUES = (
    "mitre_attack_technique_id",
    "mitre_attack_technique",
    "mitre_attack_url",
    "mitre_technique_id",
    "mitre_technique",
    "technique_id",
    "technique",
    "techniques",
)
_LOG_SOURCES = ("data_source", "log_source", "product")
_LISTS = frozenset({*_TACTICS, *_TECHNIQUES, *_LOG_SOURCES})
_SECTIONS = frozenset({"meta", "events", "match", "outcome", "condition", "options", "strings"})
_SET_AGAIN = "$mitre_"

_IGNORED = r"//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)"
# A regular expression stands where a value does; a division has an operand before it. What is not closed ends with its
# line: to look for an end from each start would take the square of a line's length.
_PATTERN = r"(?<=[=(,])[ \t]*+/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*+\]?)*+/?"
_TOKEN = re.compile(
    rf'{_IGNORED}|{_PATTERN}|"(?P<text>(?:[^"\\\n]|\\.)*+)"?|`(?P<raw>[^`]*+)`|(?P<word>[$#%@]?[\w.]++|[{{}}=:])',
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read_yaral(text: str, origin: str) -> tuple[list[Rule], list[Issue]]:
    """The rules of one file and what is wrong with them; a rule that breaks off before its condition is an issue."""
    rules: list[Rule] = []
    issues: list[Issue] = []
    for found in _Scan(text).rules():
        shown = f"The rule {cut(found.name, 60)} (line {found.line})"
        if "condition" not in found.sections:
            issues.append(Issue(IssueKind.UNREADABLE, "", origin, f"{shown} breaks off before its condition."))
        elif "events" not in found.sections:
            message = f"{shown} has no section events, so it is no rule of Google SecOps."
            issues.append(Issue(IssueKind.NOT_A_RULE, "", origin, message))
        else:
            fields = Fields(found.meta)
            rules.append(_rule(fields, found.name, origin))
            issues += fields.issues(found.name, origin)
    return rules, issues


@dataclass(slots=True)
class _Written:
    """One rule as it stands in the file; `meta` has the values of the keys that are read."""

    name: str
    line: int
    meta: dict[str, object] = field(default_factory=dict)
    sections: set[str] = field(default_factory=set)

    def set(self, key: str, value: str) -> None:
        if key not in self.meta:
            self.meta[key] = value
        elif key in _LISTS:
            self.meta[key] = [self.meta[key], value]


class _Scan:
    """One pass over a file: what stands in comments, texts and regular expressions opens and closes nothing."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.rule: _Written | None = None
        self.section = ""
        self.depth = 0
        self.before, self.last = "", ""  # the two signs or words before; "" for a text

    def rules(self) -> Iterator[_Written]:
        """The rules in their order, those that break off among them."""
        line, counted = 1, 0
        for match in _TOKEN.finditer(self.text):
            word = match["word"]
            if word is None and match["text"] is None and match["raw"] is None:
                continue
            if word == "{" and self.before == "rule":
                # Inside another rule: that one breaks off, or a brace in its regular expression was misunderstood.
                if self.rule is not None:
                    yield self.rule
                line += self.text.count("\n", counted, match.start())
                counted = match.start()
                self.rule, self.section, self.depth = _Written(self.last, line), "", 1
            elif self.rule is not None:
                if word is None:
                    self._value(self.rule, match)
                else:
                    self._word(self.rule, word)
                if self.depth == 0:
                    yield self.rule
                    self.rule = None
            self.before, self.last = self.last, word or ""
        if self.rule is not None:
            yield self.rule

    def _word(self, rule: _Written, word: str) -> None:
        self.depth += (word == "{") - (word == "}")
        if word == ":" and self.last in _SECTIONS:
            self.section = self.last
            rule.sections.add(self.section)

    def _value(self, rule: _Written, match: re.Match[str]) -> None:
        if self.last != "=":
            return
        value = match["raw"] if match["text"] is None else _ESCAPED.sub(r"\1", match["text"])
        if self.section == "meta":
            rule.set(self.before, value)
        elif self.before.startswith(_SET_AGAIN):
            rule.set(self.before[1:], value)


def _rule(fields: Fields, name: str, origin: str) -> Rule:
    return Rule(
        rule_id=name,
        name=fields.text("rule_name", "title") or name,
        severity=fields.severity(),
        enabled=True,
        tactics=fields.texts(*_TACTICS),
        techniques=tags_in(fields.texts(*_TECHNIQUES))[1],
        source=SOURCE,
        origin=origin,
        logsource=", ".join(fields.texts(*_LOG_SOURCES)) or None,
    )
