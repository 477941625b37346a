"""Rules from records of the Detection Rules API's shape, whether the API or a file brought them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coverage.model import Issue, IssueKind, Rule
from coverage.sources.fields import Fields, clean, kind_of
from coverage.sources.tags import other_tags

_TACTICS = ("mitre_tactic", "mitre_tactics")
_TECHNIQUES = ("mitre_technique_id", "mitre_technique_ids", "mitre_techniques")
_TAGS = frozenset({*_TACTICS, *_TECHNIQUES})
# An object that has none of these is an error document or something else altogether, not a rule without tags.
_TELLING = _TAGS | {"id", "name", "title"}


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


def is_api_record(record: object) -> bool:
    """Whether a record names tactics or techniques as the API does."""
    return isinstance(record, Mapping) and not _TAGS.isdisjoint(record)


def rules_from_records(
    records: Iterable[object], *, source: str, where: str, origin_is_id: bool = False, first: int = 1
) -> tuple[list[Rule], list[Issue]]:
    """Normalise records into rules; each record becomes a rule or a `NOT_A_RULE` issue, in the records' order.

    `where` names the place that the records come from: a file's path, or a word for the API. It is each rule's
    `origin`, or the rule's own id is with `origin_is_id`. An issue's `where` is `where#n`, with n counted from
    `first`, and so is the id of a rule that states none. Ids that are used twice are left to `RuleSetBuilder`. Never
    raises.
    """
    rules: list[Rule] = []
    issues: list[Issue] = []
    for number, fields in enumerate(records, start=first):
        place = f"{where}#{number}"
        if not isinstance(fields, Mapping):
            message = f"Record {number} is no object but {kind_of(fields)}."
            issues.append(Issue(IssueKind.NOT_A_RULE, "", place, message))
            continue
        if _TELLING.isdisjoint(fields):
            message = f"Record {number} has none of the fields of a rule: no id, no name, no tactic, no technique."
            issues.append(Issue(IssueKind.NOT_A_RULE, "", place, message))
            continue
        record = Fields(fields)
        rule_id = record.rule_id(place, "id")
        rules.append(
            Rule(
                rule_id=rule_id,
                name=record.name(rule_id, "name", "title"),
                severity=record.severity(),
                enabled=record.flag("enabled"),
                tactics=record.texts(*_TACTICS),
                techniques=record.texts(*_TECHNIQUES),
                source=source,
                origin=rule_id if origin_is_id else where,
                logsource=_logsource(record),
                tenant=record.text("tenant_id", "tenant"),
                updated_at=record.text("updated_at"),
                tags=other_tags(record.texts("tags")),
            )
        )
        issues += record.issues(rule_id, place)
    return rules, issues


def _logsource(record: Fields) -> str | None:
    for name in ("logsource", "log_source"):
        value = record.values.get(name)
        if isinstance(value, Mapping):  # Sigma's form
            parts = (value.get(part) for part in ("product", "category", "service"))
            value = "/".join(part for part in parts if isinstance(part, str) and part.strip())
        elif isinstance(value, list):
            value = ", ".join(part for part in value if isinstance(part, str) and part.strip())
        else:
            value = record.text(name)
        if value:
            return clean(value)
    return None
