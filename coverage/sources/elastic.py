"""Elastic detection rules: TOML, one rule a file.

https://github.com/elastic/detection-rules
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time

import tomli

from coverage.ids import technique_id
from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.tags import other_tags
from coverage.sources.text import TOO_LONG_NUMBER, UnreadableError, cut, first_names, quoted

SOURCE = "Elastic"

_FRAMEWORK = "mitre att&ck"
_SEVERITIES = {severity.value: severity for severity in Severity if severity is not Severity.UNKNOWN}
_SHOWN_INDICES = 3

# tomli makes a kilobyte of each table, which is four bytes of text, so a rule of some 10 kB has a limit of its own.
_LONGEST = 1_000_000  # characters
# It takes time and memory with the square of a dotted key's parts: 40 kB of "a.a.a." hold a gigabyte.
_MOST_PARTS = 100
_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.){0,200}+"|'[^'\n]{0,200}+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![\w.-]){_PART}(?:\.[ \t]*+{_PART}){{{_MOST_PARTS}}}")
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_AT_END = " (at end of document)"


def read_elastic(text: str, origin: str) -> tuple[list[Rule], list[Issue]]:
    """The rule of one TOML file and what is wrong with it, or the issue why it is none.

    Raises UnreadableError, with the line, for what is no valid TOML.
    """
    document = _parsed(text)
    rule, metadata = document.get("rule"), document.get("metadata")
    if not isinstance(rule, dict) or (not isinstance(metadata, dict) and "rule_id" not in rule):
        message = f"The file is no detection rule (its tables and keys: {first_names(document)})."
        return [], [Issue(IssueKind.NOT_A_RULE, "", origin, message)]
    reading = _Reading(rule, metadata if isinstance(metadata, dict) else {}, origin)
    return [reading.rule()], reading.issues


def _parsed(text: str) -> dict[str, object]:
    if len(text) > _LONGEST:
        raise UnreadableError(f"The file is TOML of more than {_LONGEST:,} characters and was not read.")
    # The pattern takes half as long as tomli itself, so it is asked only about lines that have so many dots.
    if text.count(".") >= _MOST_PARTS and any(
        line.count(".") >= _MOST_PARTS and _LONG_KEY.search(line) for line in text.split("\n")
    ):
        raise UnreadableError(f"The file has a dotted key of more than {_MOST_PARTS} parts and was not read.")
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        problem = str(error)
        line = _AT_LINE.search(problem)
        place = f"line {line.group(1)}" if line else f"line {text.count(chr(10)) + 1}"
        problem = _AT_LINE.sub("", problem).removesuffix(_AT_END)
        raise UnreadableError(f"The file is not valid TOML ({place}: {cut(problem, 120)}).") from error
    except RecursionError:
        raise UnreadableError("The file is nested too deeply.") from None
    except ValueError:
        raise UnreadableError(TOO_LONG_NUMBER) from None


class _Reading:
    """One rule while its fields are read; `issues` collects what is wrong with them."""

    def __init__(self, fields: dict[str, object], metadata: dict[str, object], origin: str) -> None:
        self.fields = fields
        self.metadata = metadata
        self.origin = origin
        self.issues: list[Issue] = []
        self.rule_id = origin

    def rule(self) -> Rule:
        stated = self._text(self.fields, "rule_id")
        if stated is None:
            self._issue(IssueKind.NO_ID, "The rule has no rule_id; the file stands in.")
        else:
            self.rule_id = stated
        name = self._text(self.fields, "name")
        if name is None:
            name = self.origin.rpartition("/")[2]
            self._issue(IssueKind.NO_NAME, "The rule has no name; the file's name stands in.")
        tactics, techniques = self._threats()
        return Rule(
            rule_id=self.rule_id,
            name=name,
            severity=self._severity(),
            enabled=self._enabled(),
            tactics=tactics,
            techniques=techniques,
            source=SOURCE,
            origin=self.origin,
            logsource=self._logsource(),
            updated_at=self._text(self.metadata, "updated_date"),
            tags=other_tags(_texts(self.fields.get("tags"))),
        )

    def _severity(self) -> Severity:
        stated = self._text(self.fields, "severity")
        if stated is None:
            self._issue(IssueKind.NO_SEVERITY, "The rule states no severity.")
            return Severity.UNKNOWN
        severity = _SEVERITIES.get(stated.lower())
        if severity is None:
            message = f"The severity {quoted(stated)} is none of {', '.join(_SEVERITIES)}."
            self._issue(IssueKind.NO_SEVERITY, message)
            return Severity.UNKNOWN
        return severity

    def _enabled(self) -> bool:
        maturity = self._text(self.metadata, "maturity")
        if maturity is None:
            self._issue(IssueKind.WRONG_TYPE, "The rule states no maturity, so it is treated as disabled.")
        return maturity is not None and maturity.lower() == "production"

    def _logsource(self) -> str | None:
        """The integrations that feed the rule, else the first index patterns it searches."""
        integrations = _texts(self.metadata.get("integration"))
        if integrations:
            return ", ".join(integrations)
        indices = _texts(self.fields.get("index"))
        more = ["…"] if len(indices) > _SHOWN_INDICES else []
        return ", ".join(indices[:_SHOWN_INDICES] + more) or None

    def _threats(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The tactics and techniques of all entries that are of ATT&CK, in their order and each once."""
        tactics: dict[str, None] = {}
        techniques: dict[str, None] = {}
        for threat in self._tables(self.fields, "threat"):
            framework = threat.get("framework")
            if framework is None:
                self._issue(IssueKind.WRONG_TYPE, "A threat names no framework; it is read as one of MITRE ATT&CK.")
            elif not isinstance(framework, str):
                self._issue(IssueKind.WRONG_TYPE, "The framework of a threat is no text, so the threat is passed over.")
                continue
            elif framework.strip().lower() != _FRAMEWORK:
                continue
            for tactic in self._tables(threat, "tactic"):
                name = self._text(tactic, "name") or self._text(tactic, "id")
                if name:
                    tactics[name] = None
                else:
                    self._issue(IssueKind.WRONG_TYPE, "A tactic has neither name nor id.")
            for technique in self._tables(threat, "technique"):
                self._add_technique(technique, techniques)
                for sub_technique in self._tables(technique, "subtechnique"):
                    self._add_technique(sub_technique, techniques)
        return tuple(tactics), tuple(techniques)

    def _add_technique(self, table: dict[str, object], techniques: dict[str, None]) -> None:
        stated = self._text(table, "id")
        if stated:
            techniques[technique_id(stated) or stated] = None
        else:
            self._issue(IssueKind.WRONG_TYPE, "A technique has no id, so it is passed over.")

    def _tables(self, table: dict[str, object], name: str) -> Iterator[dict[str, object]]:
        """The tables in a list, where one table alone and a text that should be a table's id are taken as meant."""
        value = table.get(name)
        for entry in value if isinstance(value, list) else [] if value is None else [value]:
            if isinstance(entry, dict):
                yield entry
            elif isinstance(entry, str) and name != "threat":
                yield {"id": entry}
            else:
                self._issue(IssueKind.WRONG_TYPE, f"The field {name} has an entry that is no table; the rest counts.")

    def _text(self, table: dict[str, object], name: str) -> str | None:
        """A text without spaces around it, dates included; None where there is none, or it is blank."""
        value = table.get(name)
        if isinstance(value, str):
            return value.strip() or None
        if isinstance(value, date | time):
            return value.isoformat()
        if value is not None:
            self._issue(IssueKind.WRONG_TYPE, f"The field {name} is no text, so it is ignored.")
        return None

    def _issue(self, kind: IssueKind, message: str) -> None:
        issue = Issue(kind, self.rule_id, self.origin, message)
        if issue not in self.issues:
            self.issues.append(issue)


def _texts(value: object) -> list[str]:
    entries = value if isinstance(value, list) else [value]
    return [entry.strip() for entry in entries if isinstance(entry, str) and entry.strip()]
