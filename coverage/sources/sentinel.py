"""Microsoft Sentinel analytic rules: YAML, one rule a document, and the JSON of the portal's export and of the API.

https://github.com/Azure/Azure-Sentinel/wiki/Query-Style-Guide
https://learn.microsoft.com/azure/templates/microsoft.securityinsights/alertrules

In JSON the rules are the resources of an ARM template, nested templates among them, or a list as the API gives it, and
what the YAML has at its top is in `properties`. Sub-techniques have a field of their own there. What says nothing of
being enabled, as the YAML does, counts as enabled unless its status is deprecated or disabled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from yaml.nodes import Node

from coverage.model import Issue, IssueKind, Rule
from coverage.sources.fields import Fields, flat
from coverage.sources.tags import other_tags
from coverage.sources.yaml_nodes import Values, mapping

SOURCE = "Sentinel"

_WANTED = ("id", "name", "severity", "status", "enabled", "kind", "requiredDataConnectors", "tactics", "tags")
_TECHNIQUES = ("relevantTechniques", "relevantSubTechniques", "techniques", "subTechniques")
_ALERTING = frozenset({"severity", "kind", "triggerOperator", "queryFrequency"})
_RETIRED = frozenset({"deprecated", "disabled"})
_RESOURCE = re.compile(r"(?:^|/)(?:alertRules|alertRuleTemplates)$", re.IGNORECASE)
# The last part of an ARM name or id, which are often expressions: [concat(…, '/Microsoft.SecurityInsights/<id>')]
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_HOLDERS = ("value", "resources", "template", "mainTemplate")
_MOST_RESOURCES = 100_000


def read_sentinel(node: Node, origin: str, stand_in: str) -> tuple[list[Rule], list[Issue]]:
    """The rule of one YAML document and what is wrong with it, or the issue why it is none.

    Raises UnreadableError where the document repeats its values without end.
    """
    written = mapping(node) or {}
    if _ALERTING.isdisjoint(written):
        return [], [Issue(IssueKind.NOT_A_RULE, "", origin, "The document is a hunting query, not an analytic rule.")]
    fields = Fields(Values().fields(written, (*_WANTED, *_TECHNIQUES)))
    rule_id = fields.rule_id(stand_in, "id")
    return [_rule(fields, rule_id, origin)], fields.issues(rule_id, origin)


def read_sentinel_json(document: object, origin: str) -> tuple[list[Rule], list[Issue]]:
    """The rules among the resources of a JSON document; the other kinds of resources are left out."""
    rules: list[Rule] = []
    issues: list[Issue] = []
    for number, resource in enumerate(alert_rules(document), start=1):
        place = f"{origin}#{number}"
        if number > _MOST_RESOURCES:
            message = f"The file holds more than {_MOST_RESOURCES:,} rules; the others do not count."
            issues.append(Issue(IssueKind.UNREADABLE, "", origin, message))
            break
        properties = resource.get("properties")
        if not isinstance(properties, Mapping):
            issues.append(Issue(IssueKind.NOT_A_RULE, "", place, "The resource is an alert rule without properties."))
            continue
        fields = Fields({"kind": resource.get("kind"), **properties})
        rule_id = _resource_id(resource)
        if rule_id is None:
            rule_id = place
            fields.problem(IssueKind.NO_ID, f"The rule has no id; {place} stands in for it.")
        rules.append(_rule(fields, rule_id, origin))
        issues += fields.issues(rule_id, place)
    return rules, issues


def alert_rules(document: object) -> Iterator[Mapping[str, object]]:
    """The alert rules and templates of them anywhere among the resources of a document, nested templates followed."""
    stack = [document]
    while stack:
        found = stack.pop()
        if isinstance(found, list):
            stack.extend(reversed(found))
        elif isinstance(found, Mapping):
            kind = found.get("type")
            if isinstance(kind, str) and _RESOURCE.search(kind):
                yield found
                continue
            holders = [holder for holder in (found, found.get("properties")) if isinstance(holder, Mapping)]
            stack.extend(holder[name] for holder in reversed(holders) for name in reversed(_HOLDERS) if name in holder)


def _rule(fields: Fields, rule_id: str, origin: str) -> Rule:
    return Rule(
        rule_id=rule_id,
        name=fields.name(rule_id, "name", "displayName"),
        severity=fields.severity(),
        enabled=_enabled(fields),
        tactics=fields.texts("tactics"),
        techniques=fields.texts(*_TECHNIQUES),
        source=SOURCE,
        origin=origin,
        logsource=_logsource(fields),
        updated_at=fields.text("lastModifiedUtc", "lastUpdatedDateUTC"),
        tags=other_tags(tag for tag in flat(fields.values.get("tags")) if isinstance(tag, str)),  # others are mappings
    )


def _enabled(fields: Fields) -> bool:
    enabled = fields.flag("enabled")
    if isinstance(fields.values.get("status"), str | None):
        return enabled and (fields.text("status") or "").lower() not in _RETIRED
    fields.problem(IssueKind.WRONG_TYPE, "The field status is no text, so the rule is treated as disabled.")
    return False


def _logsource(fields: Fields) -> str | None:
    """The connectors that feed the rule."""
    connectors: dict[str, None] = {}
    for connector in flat(fields.values.get("requiredDataConnectors")):
        if isinstance(connector, Mapping) and (name := Fields(connector).text("connectorId")):
            connectors[name] = None
    return ", ".join(connectors) or None


def _resource_id(resource: Mapping[str, object]) -> str | None:
    """The GUID in a resource's name or id, else the whole name."""
    fields = Fields(resource)
    name, address = fields.text("name"), fields.text("id")
    for text in (name, address):
        found = _GUID.findall(text or "")
        if found:
            return str(found[-1]).lower()
    return name or address
