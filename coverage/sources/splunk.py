"""Splunk detections in the form of `security_content`: YAML, one detection a document.

https://github.com/splunk/security_content

A detection names techniques but has no field for a tactic, so its tactics are None. Its severity is that which Splunk's
own tool, contentctl, gives to its risk score: informational up to 20, low up to 40, medium up to 60, high up to 80,
critical above. The score is stated, or confidence times impact, or the highest of those that the detection gives to
the objects at risk. A hunting search has none in the newer form, and its severity is unknown.
"""

from __future__ import annotations

from yaml.nodes import Node

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.fields import Fields, flat
from coverage.sources.tags import other_tags
from coverage.sources.text import quoted
from coverage.sources.yaml_nodes import Values, mapping

SOURCE = "Splunk"

_WANTED = ("name", "id", "status", "type", "date", "tags", "data_source", "rba")
_DETECTIONS = ("ttp", "anomaly", "hunting", "correlation")
_BANDS = (
    (20, Severity.INFORMATIONAL),
    (40, Severity.LOW),
    (60, Severity.MEDIUM),
    (80, Severity.HIGH),
    (100, Severity.CRITICAL),
)


def read_splunk(node: Node, origin: str, stand_in: str) -> tuple[list[Rule], list[Issue]]:
    """The rule of one document and what is wrong with it, or the issue why it is none.

    Raises UnreadableError where the document repeats its values without end.
    """
    fields = Fields(Values().fields(mapping(node) or {}, _WANTED))
    kind = fields.text("type")
    if kind is not None and kind.lower() not in _DETECTIONS:
        message = f"The document is of Splunk's type {quoted(kind)}, no detection."
        return [], [Issue(IssueKind.NOT_A_RULE, "", origin, message)]
    rule_id = fields.rule_id(stand_in, "id")
    tags = Fields(fields.part("tags"))
    rule = Rule(
        rule_id=rule_id,
        name=fields.name(rule_id, "name"),
        severity=_severity(fields, tags),
        enabled=_enabled(fields),
        tactics=None,
        techniques=tags.texts("mitre_attack_id"),
        source=SOURCE,
        origin=origin,
        logsource=", ".join(fields.texts("data_source")) or None,
        updated_at=fields.text("date"),
        tags=other_tags(tags.texts("analytic_story", "asset_type", "security_domain")),
    )
    return [rule], [*fields.issues(rule_id, origin), *tags.issues(rule_id, origin)]


def _enabled(fields: Fields) -> bool:
    status = fields.text("status")
    if status is None:
        fields.problem(IssueKind.WRONG_TYPE, "The rule states no status, so it is treated as disabled.")
    return status is not None and status.lower() == "production"


def _severity(fields: Fields, tags: Fields) -> Severity:
    score = _risk_score(fields, tags)
    if score is None:
        fields.problem(IssueKind.NO_SEVERITY, "The rule states no risk score.")
        return Severity.UNKNOWN
    for most, severity in _BANDS:
        if 0 <= score <= most:
            return severity
    fields.problem(IssueKind.NO_SEVERITY, f"The risk score {score:g} is not between 0 and 100.")
    return Severity.UNKNOWN


def _risk_score(fields: Fields, tags: Fields) -> float | None:
    stated = _number(tags.values.get("risk_score"))
    if stated is not None:
        return stated
    confidence, impact = _number(tags.values.get("confidence")), _number(tags.values.get("impact"))
    if confidence is not None and impact is not None:
        return round(confidence * impact / 100)
    objects = flat(fields.part("rba").get("risk_objects"))
    scores = [_number(found.get("score")) for found in objects if isinstance(found, dict)]
    return max((score for score in scores if score is not None), default=None)


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None
