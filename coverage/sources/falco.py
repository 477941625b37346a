"""Falco rules: YAML, a list of rules, macros and lists in one document.

https://falco.org/docs/concepts/rules/

Tags name tactics as `mitre_execution` and techniques by their ids. A rule has no id but a unique name. An item that
comes later can replace a rule of the same name, or change it: with `append: true`, with `override`, or by stating no
more than `enabled`. Falco applies that across all files that it loads, in an order that its configuration gives and
the files do not, so here a change of a rule in another file does not count, and an issue says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from yaml.nodes import Node, SequenceNode

from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.fields import Fields
from coverage.sources.tags import ids_in, other_tags
from coverage.sources.text import quoted
from coverage.sources.yaml_nodes import Values

SOURCE = "Falco"

_ITEMS = frozenset({"rule", "macro", "list", "required_engine_version", "required_plugin_versions"})

_WANTED = ("rule", "tags", "priority", "enabled", "source", "append", "override")
_OWN = ("condition", "output", "desc", "priority")  # a rule that has all of these is whole
_SEVERITIES = {
    "emergency": Severity.CRITICAL,
    "alert": Severity.CRITICAL,
    "critical": Severity.CRITICAL,
    "error": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "notice": Severity.LOW,
    "info": Severity.INFORMATIONAL,
    "informational": Severity.INFORMATIONAL,
    "debug": Severity.INFORMATIONAL,
}
_TACTIC = "mitre_"
_ID = re.compile(r"ta?\d[\d./]*", re.IGNORECASE | re.ASCII)  # mistyped ones too
_DEFAULT_SOURCE = "syscall"


def read_falco(node: Node, origin: str, stand_in: str) -> tuple[list[Rule], list[Issue]]:
    """The rules of one document and what is wrong with them.

    Raises UnreadableError where the document repeats its values without end.
    """
    items: dict[str, dict[object, object]] = {}
    issues: list[Issue] = []
    values = Values()
    for number, item in enumerate(node.value if isinstance(node, SequenceNode) else (), start=1):
        place = f"{stand_in}#{number}"
        written = values.mapping(item)
        if _ITEMS.isdisjoint(written):
            message = f"Item {number} of the list is no rule, no macro and no list."
            issues.append(Issue(IssueKind.NOT_A_RULE, "", place, message))
        if "rule" not in written:
            continue
        fields = values.fields(written, _WANTED)
        name = Fields(fields).text("rule")
        if name is None:
            issues.append(
                Issue(IssueKind.NOT_A_RULE, "", place, f"Item {number} of the list is a rule without a name.")
            )
        elif not _is_change(written, fields):
            items[name] = fields
        elif name in items:
            items[name] = _changed(items[name], fields)
        else:
            message = f"The rule {quoted(name)} of another file is changed here; the change does not count."
            issues.append(Issue(IssueKind.NOT_A_RULE, "", place, message))
    rules = [_rule(name, Fields(fields), origin, issues) for name, fields in items.items()]
    if not rules and not issues:
        issues.append(Issue(IssueKind.NOT_A_RULE, "", origin, "The document holds macros and lists, but no rule."))
    return rules, issues


def _is_change(written: Mapping[str, Node], fields: Mapping[object, object]) -> bool:
    """Whether an item changes a rule rather than being one."""
    return fields.get("append") is True or "override" in fields or not any(name in written for name in _OWN)


def _changed(rule: dict[object, object], change: Mapping[object, object]) -> dict[object, object]:
    """The rule with one change; `append: true` reaches only its condition and exceptions."""
    ways: object = {} if change.get("append") is True else change.get("override", {"enabled": "replace"})
    fields = dict(rule)
    for name, way in ways.items() if isinstance(ways, Mapping) else ():
        if name in change:
            fields[name] = [rule.get(name), change[name]] if way == "append" else change[name]
    return fields


def _rule(name: str, fields: Fields, origin: str, issues: list[Issue]) -> Rule:
    tactics, techniques = _tags(fields)
    rule = Rule(
        rule_id=name,
        name=name,
        severity=fields.severity("priority", _SEVERITIES),
        enabled=fields.flag("enabled"),
        tactics=tactics,
        techniques=techniques,
        source=SOURCE,
        origin=origin,
        logsource=fields.text("source") or _DEFAULT_SOURCE,
        tags=other_tags(fields.texts("tags")),
    )
    issues += fields.issues(name, origin)
    return rule


def _tags(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tactics and the techniques among the tags; the others say where and how mature a rule is."""
    tactics: dict[str, None] = {}
    techniques: dict[str, None] = {}
    for tag in fields.texts("tags"):
        if tag.lower().startswith(_TACTIC):
            named = tag[len(_TACTIC) :]
            found = ids_in([named]) if any(map(str.isdigit, named)) else ((named,), ())
        elif _ID.fullmatch(tag):
            found = ids_in([tag])
        else:
            continue
        tactics.update(dict.fromkeys(found[0]))
        techniques.update(dict.fromkeys(found[1]))
    return tuple(tactics), tuple(techniques)
