"""Panther detections: YAML, one detection a document, whatever language its logic is written in.

https://docs.panther.com/panther-developer-workflows/detections-repo

`Reports` names frameworks; that of ATT&CK has entries such as `TA0005:T1562.001`. Only `Enabled: true` is enabled.
"""

from __future__ import annotations

from yaml.nodes import Node

from coverage.model import Issue, IssueKind, Rule
from coverage.sources.fields import Fields
from coverage.sources.tags import ids_in, other_tags
from coverage.sources.text import quoted
from coverage.sources.yaml_nodes import Values, mapping

SOURCE = "Panther"

_WANTED = ("AnalysisType", "RuleID", "PolicyID", "DisplayName", "Enabled", "Severity", "Reports", "LogTypes")
_MORE = ("ResourceTypes", "ScheduledQueries")
_TAGS = "Tags"
_DETECTIONS = frozenset({"rule", "scheduled_rule", "correlation_rule", "policy"})
_FRAMEWORK = "mitre att&ck"


def read_panther(node: Node, origin: str, stand_in: str) -> tuple[list[Rule], list[Issue]]:
    """The rule of one document and what is wrong with it, or the issue why it is none.

    Raises UnreadableError where the document repeats its values without end.
    """
    fields = Fields(Values().fields(mapping(node) or {}, (*_WANTED, *_MORE, _TAGS)))
    kind = fields.text("AnalysisType")
    if kind is None or kind.lower() not in _DETECTIONS:
        message = f"The document is of Panther's type {quoted(kind or '')}, no detection."
        return [], [Issue(IssueKind.NOT_A_RULE, "", origin, message)]
    rule_id = fields.rule_id(stand_in, "RuleID", "PolicyID")
    reports = fields.part("Reports")
    of_attack = Fields({name: entries for name, entries in reports.items() if name.strip().lower() == _FRAMEWORK})
    tactics, techniques = ids_in(of_attack.texts(*of_attack.values))
    rule = Rule(
        rule_id=rule_id,
        name=fields.name(rule_id, "DisplayName"),
        severity=fields.severity("Severity"),
        enabled=_enabled(fields),
        tactics=tactics,
        techniques=techniques,
        source=SOURCE,
        origin=origin,
        logsource=", ".join(fields.texts("LogTypes", *_MORE)) or None,
        tags=other_tags(fields.texts(_TAGS)),
    )
    return [rule], [*fields.issues(rule_id, origin), *of_attack.issues(rule_id, origin)]


def _enabled(fields: Fields) -> bool:
    if fields.values.get("Enabled") is None:
        fields.problem(IssueKind.WRONG_TYPE, "The rule does not state Enabled, so it is treated as disabled.")
        return False
    return fields.flag("Enabled")
