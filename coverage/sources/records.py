"""Rules from records of the Detection Rules API's shape, whether the API or a file brought them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.text import quoted

_TACTICS = ("mitre_tactic", "mitre_tactics")
_TECHNIQUES = ("mitre_technique_id", "mitre_technique_ids", "mitre_techniques")
# An object that has none of these is an error document or something else altogether, not a rule without tags.
_TELLING = frozenset({"id", "name", "title", *_TACTICS, *_TECHNIQUES})

_SEVERITIES = {severity.value: severity for severity in Severity} | {"info": Severity.INFORMATIONAL}
_SWITCH = {"true": True, "1": True, "false": False, "0": False}
_SEPARATOR = re.compile(r"[,;|\n]")
_LONGEST_NUMBER = 128  # bits; a number beyond it is no id, and Python refuses to write the very long ones


def records_in(document: object) -> list[object] | None:
    """The records of an answer in one of the API's three shapes, None where the document holds none.

    The shapes are a plain array, `{"items": [...]}` and `{"data": [...]}`.
    """
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        for name in ("items", "data"):
            if isinstance(document.get(name), list):
                return list(document[name])
    return None


def rules_from_records(
    records: Iterable[object], *, source: str, where: str, origin_is_id: bool = False
) -> tuple[list[Rule], list[Issue]]:
    """Normalise records into rules; each record becomes a rule or a `NOT_A_RULE` issue, in the records' order.

    `where` names the place that the records come from: a file's path, or a word for the API. It is each rule's
    `origin`, or the rule's own id is with `origin_is_id`. An issue's `where` is `where#n`, with n counted from 1,
    and so is the id of a rule that states none. Ids that are used twice are left to `RuleSetBuilder`. Never raises.
    """
    rules: list[Rule] = []
    issues: list[Issue] = []
    for number, fields in enumerate(records, start=1):
        place = f"{where}#{number}"
        if not isinstance(fields, Mapping):
            message = f"Record {number} is no object but {_kind(fields)}."
            issues.append(Issue(IssueKind.NOT_A_RULE, "", place, message))
            continue
        if _TELLING.isdisjoint(fields):
            message = f"Record {number} has none of the fields of a rule: no id, no name, no tactic, no technique."
            issues.append(Issue(IssueKind.NOT_A_RULE, "", place, message))
            continue
        record = _Record(fields)
        rule_id = record.rule_id(place)
        rules.append(
            Rule(
                rule_id=rule_id,
                name=record.name(rule_id),
                severity=record.severity(),
                enabled=record.enabled(),
                tactics=record.texts(*_TACTICS),
                techniques=record.texts(*_TECHNIQUES),
                source=source,
                origin=rule_id if origin_is_id else where,
                logsource=record.logsource(),
                tenant=record.text("tenant_id", "tenant"),
                updated_at=record.text("updated_at"),
            )
        )
        issues.extend(Issue(kind, rule_id, place, message) for kind, message in record.problems)
    return rules, issues


class _Record:
    """One record while its fields are read; `problems` collects what is wrong with them."""

    def __init__(self, fields: Mapping[object, object]) -> None:
        self.fields = fields
        self.problems: list[tuple[IssueKind, str]] = []

    def rule_id(self, stand_in: str) -> str:
        found = self.text("id")
        if found is not None:
            return found.strip()
        self._problem(IssueKind.NO_ID, f"The rule has no id; {stand_in} stands in for it.")
        return stand_in

    def name(self, stand_in: str) -> str:
        found = self.text("name", "title")
        if found is not None:
            return found
        self._problem(IssueKind.NO_NAME, "The rule has no name; its id stands in for it.")
        return stand_in

    def severity(self) -> Severity:
        found = self.text("severity")
        if found is None:
            self._problem(IssueKind.NO_SEVERITY, "The rule states no severity.")
            return Severity.UNKNOWN
        severity = _SEVERITIES.get(found.strip().casefold())
        if severity is None:
            self._problem(IssueKind.NO_SEVERITY, f"The severity {quoted(found)} is not one that the product knows.")
            return Severity.UNKNOWN
        return severity

    def enabled(self) -> bool:
        """Whether the rule is active: yes where it does not say, no where what it says cannot be understood.

        A rule that counts by mistake shows coverage that is not there, which is worse than one that is missing.
        """
        value = self.fields.get("enabled", True)
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float) and value in (0, 1):
            return value == 1
        if isinstance(value, str) and value.strip().casefold() in _SWITCH:
            return _SWITCH[value.strip().casefold()]
        shown = quoted(value) if isinstance(value, str) else _kind(value)
        self._problem(
            IssueKind.WRONG_TYPE,
            f"The field enabled is {shown}, neither true nor false, so the rule is treated as disabled.",
        )
        return False

    def logsource(self) -> str | None:
        for name in ("logsource", "log_source"):
            value = self.fields.get(name)
            if isinstance(value, Mapping):  # Sigma's form
                parts = (value.get(part) for part in ("product", "category", "service"))
                value = "/".join(part for part in parts if isinstance(part, str) and part.strip())
            elif isinstance(value, list):
                value = ", ".join(part for part in value if isinstance(part, str) and part.strip())
            else:
                value = self.text(name)
            if value:
                return _clean(value)
        return None

    def text(self, *names: str) -> str | None:
        """The first of the fields that states a text; a whole number counts as one, empty texts do not."""
        for name in names:
            value = self.fields.get(name)
            if isinstance(value, str):
                if value.strip():
                    return _clean(value)
            elif isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= _LONGEST_NUMBER:
                return str(value)
            elif value is not None:
                self._problem(IssueKind.WRONG_TYPE, f"The field {name} is no text but {_kind(value)}; it is ignored.")
        return None

    def texts(self, *names: str) -> tuple[str, ...]:
        """All texts of the fields, in their order and each once, from lists, nested lists and joined texts alike."""
        found: dict[str, None] = {}
        for name in names:
            wrong = 0
            for value in _flat(self.fields.get(name)):
                if isinstance(value, str):
                    parts = (part.strip() for part in _SEPARATOR.split(_clean(value)))
                    found.update((part, None) for part in parts if part)
                else:
                    wrong += 1
            if wrong:
                what = "an entry that is" if wrong == 1 else f"{wrong:,} entries that are"
                self._problem(IssueKind.WRONG_TYPE, f"The field {name} has {what} no text; the rest of it counts.")
        return tuple(found)

    def _problem(self, kind: IssueKind, message: str) -> None:
        self.problems.append((kind, message))


def _flat(value: object) -> Iterator[object]:
    """The values inside lists of any depth, without nulls; a stack, because depth comes from outside."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, list | tuple):
            stack.extend(reversed(value))
        elif value is not None:
            yield value


def _clean(text: str) -> str:
    """The text with halves of surrogate pairs replaced: JSON can escape them, and no file or screen can hold them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _kind(value: object) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list | tuple):
        return "a list"
    return "an object" if isinstance(value, Mapping) else "something else"
