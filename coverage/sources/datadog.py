"""Datadog detection rules: the JSON of the Security Monitoring API and of the rule editor's export.

https://docs.datadoghq.com/api/latest/security-monitoring/
https://docs.datadoghq.com/security/cloud_siem/detect_and_monitor/mitre_attack_map/

Tags name the tactic and the technique, as `tactic:TA0001-initial-access` and `technique:T1078-valid-accounts`. Each
case of a rule has a status, which is a severity; that of the rule is the most severe of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coverage.model import SEVERITY_ORDER, Issue, IssueKind, Rule, Severity
from coverage.sources.fields import SEVERITIES, Fields, flat, kind_of
from coverage.sources.tags import ids_in, other_tags
from coverage.sources.text import quoted

SOURCE = "Datadog"

_TACTIC = "tactic"
_TECHNIQUES = ("technique", "subtechnique", "sub-technique", "sub_technique")
_LOG_SOURCE = "source"
_OWN_TAGS = frozenset({_TACTIC, *_TECHNIQUES, _LOG_SOURCE})


def is_datadog(record: object) -> bool:
    """Whether a JSON record is a Datadog rule."""
    return isinstance(record, Mapping) and "isEnabled" in record and ("cases" in record or "queries" in record)


def read_datadog(records: Iterable[object], origin: str) -> tuple[list[Rule], list[Issue]]:
    """The rules of a list of records, and what is wrong with them; each becomes a rule or an issue."""
    rules: list[Rule] = []
    issues: list[Issue] = []
    for number, record in enumerate(records, start=1):
        place = f"{origin}#{number}"
        if not isinstance(record, Mapping) or not is_datadog(record):
            what = "no Datadog rule" if isinstance(record, Mapping) else f"no object but {kind_of(record)}"
            issues.append(Issue(IssueKind.NOT_A_RULE, "", place, f"Record {number} is {what}."))
            continue
        fields = Fields(record)
        rule_id = fields.rule_id(place, "id")
        tags = _tags(fields)
        tactics, others = ids_in(tags.get(_TACTIC, ()))
        also, techniques = ids_in(tag for name in _TECHNIQUES for tag in tags.get(name, ()))
        rules.append(
            Rule(
                rule_id=rule_id,
                name=fields.name(rule_id, "name"),
                severity=_severity(fields),
                enabled=fields.flag("isEnabled") and not _is_retired(record),
                tactics=tuple(dict.fromkeys((*tactics, *others, *also))),
                techniques=techniques,
                source=SOURCE,
                origin=origin,
                logsource=", ".join(tags.get(_LOG_SOURCE, ())) or None,
                tags=other_tags(tag for tag in fields.texts("tags") if tag.partition(":")[0].lower() not in _OWN_TAGS),
            )
        )
        issues += fields.issues(rule_id, place)
    return rules, issues


def _is_retired(record: Mapping[object, object]) -> bool:
    return record.get("isDeleted") is True or record.get("isDeprecated") is True


def _tags(fields: Fields) -> dict[str, list[str]]:
    """The values of the tags by their keys."""
    found: dict[str, list[str]] = {}
    for tag in fields.texts("tags"):
        key, colon, value = tag.partition(":")
        if colon and value.strip():
            found.setdefault(key.strip().lower(), []).append(value.strip())
    return found


def _severity(fields: Fields) -> Severity:
    found: list[Severity] = []
    for case in flat(fields.values.get("cases")):
        status = Fields(case).text("status") if isinstance(case, Mapping) else None
        if status is None:
            continue
        severity = SEVERITIES.get(status.casefold())
        if severity is None:
            message = f"The status {quoted(status)} of a case is not one that the product knows."
            fields.problem(IssueKind.NO_SEVERITY, message)
        else:
            found.append(severity)
    if not found and not any(kind is IssueKind.NO_SEVERITY for kind, _ in fields.problems):
        fields.problem(IssueKind.NO_SEVERITY, "No case of the rule states a status.")
    return min(found, key=SEVERITY_ORDER.__getitem__, default=Severity.UNKNOWN)
