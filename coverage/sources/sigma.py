"""Sigma rules: YAML, one rule a document.

https://sigmahq.io/sigma-specification/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from coverage.ids import is_other_id, technique_id
from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.text import UnreadableError, quoted
from coverage.sources.yaml_nodes import documents, is_null, leaves, mapping, scalar

SOURCE = "Sigma"

Fields = dict[str, Node]
"""The top level of one document."""

_OWN_FIELDS = frozenset({"detection", "correlation", "logsource"})
_RETIRED = frozenset({"deprecated", "unsupported"})
_SEVERITIES = {severity.value: severity for severity in Severity if severity is not Severity.UNKNOWN}

_ATTACK = "attack."
_TACTIC_ID = re.compile(r"ta\d+", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"[-+]?[\d.]+", re.ASCII)
# A tag has no comma in it, so a text with one is somebody's way to write a list.
_BETWEEN_TAGS = re.compile(r"[,;\n]|(?<!\s)\s++(?=attack\.)", re.IGNORECASE)
_LONGEST_CACHED = 256  # characters


def read_sigma(text: str, origin: str) -> tuple[list[Rule], list[Issue]]:
    """The rules of one YAML file and what is wrong with them; never raises.

    Each document becomes a rule or a `NOT_A_RULE` issue. From the first one that is no valid YAML on, the rest of the
    file is one `UNREADABLE` issue; the rules before it are kept.
    """
    rules: list[Rule] = []
    issues: list[Issue] = []
    number = 0
    try:
        for number, fields in enumerate(_with_global_documents(text), start=1):
            if isinstance(fields, str):
                issues.append(Issue(IssueKind.NOT_A_RULE, "", origin, fields))
            else:
                rules.append(_rule(fields, origin, number, issues))
    except UnreadableError as error:
        issues.append(Issue(IssueKind.UNREADABLE, "", origin, str(error)))
    else:
        if number == 0:
            issues.append(Issue(IssueKind.UNREADABLE, "", origin, "The file is empty but for comments."))
    return rules, issues


def _with_global_documents(text: str) -> Iterator[Fields | str]:
    """The fields of each document that is a rule, or the sentence why it is none.

    In the old form of multi-document rules, `action: global` holds what the documents after it share, `reset` ends
    that, and `repeat` is the rule before it with some fields changed.
    """
    shared: Fields = {}
    before: Fields = {}
    waiting = False  # a global document that no rule has used yet
    for node in documents(text):
        if is_null(node):
            continue
        fields = mapping(node)
        action = scalar(fields.get("action")) if fields else None
        if fields and action == "global":
            shared, waiting = _joined(shared, fields), True
        elif action == "reset":
            shared = {}
        elif fields and _is_sigma(fields | shared):
            before = _joined(before, fields) if action == "repeat" else _joined(shared, fields)
            waiting = False
            yield before
        else:
            yield _why_not(node, fields)
    if waiting:
        yield "The document is a global one, and no rule follows it."


def _joined(base: Fields, own: Fields) -> Fields:
    """A document's own fields before those it inherits; two mappings under one name become one."""
    if not base:
        return own
    fields = base | own
    for name in base.keys() & own.keys():
        inherited, value = base[name], own[name]
        if isinstance(inherited, MappingNode) and isinstance(value, MappingNode):
            fields[name] = MappingNode(tag="", value=[*inherited.value, *value.value])
    return fields


def _is_sigma(fields: Fields) -> bool:
    if "filter" in fields and fields.keys().isdisjoint(("detection", "correlation")):
        return False
    return not _OWN_FIELDS.isdisjoint(fields) or ("title" in fields and ("level" in fields or "tags" in fields))


def _why_not(node: Node, fields: Fields | None) -> str:
    if fields is None:
        what = "a list" if isinstance(node, SequenceNode) else "a text"
        return f"The document is no detection rule but {what}."
    if "filter" in fields and "logsource" in fields:
        return "The document is a Sigma filter, not a rule."
    keys = ", ".join(quoted(key, 30) for key in list(fields)[:3])
    return f"The document is no detection rule (its fields: {keys})." if keys else "The document is an empty mapping."


def _rule(fields: Fields, origin: str, number: int, issues: list[Issue]) -> Rule:
    rule_id = scalar(fields.get("id"))
    if rule_id is None:
        rule_id = origin if number == 1 else f"{origin}#{number}"
        issues.append(Issue(IssueKind.NO_ID, rule_id, origin, "The rule has no id; its place in the file stands in."))
    name = scalar(fields.get("title"))
    if name is None:
        name = origin.rpartition("/")[2]
        issues.append(Issue(IssueKind.NO_NAME, rule_id, origin, "The rule has no title; the file's name stands in."))
    severity, problem = _severity(fields.get("level"))
    if problem:
        issues.append(Issue(IssueKind.NO_SEVERITY, rule_id, origin, problem))
    techniques, tactics, problem = _tags(fields.get("tags"))
    if problem:
        issues.append(Issue(IssueKind.WRONG_TYPE, rule_id, origin, problem))
    status = scalar(fields.get("status"))
    return Rule(
        rule_id=rule_id,
        name=name,
        severity=severity,
        enabled=status is None or status.lower() not in _RETIRED,
        tactics=tactics,
        techniques=techniques,
        source=SOURCE,
        origin=origin,
        logsource=_logsource(fields.get("logsource")),
        updated_at=scalar(fields.get("modified")) or scalar(fields.get("date")),
    )


def _severity(node: Node | None) -> tuple[Severity, str | None]:
    """The severity, and what is wrong with it."""
    level = scalar(node)
    if level is None:
        return Severity.UNKNOWN, "The rule states no level."
    severity = _SEVERITIES.get(level.lower())
    if severity is None:
        return Severity.UNKNOWN, f"The level {quoted(level)} is none of {', '.join(_SEVERITIES)}."
    return severity, None


def _logsource(node: Node | None) -> str | None:
    """What the rule looks at, as `windows/process_creation` or `windows/powershell`."""
    fields = mapping(node)
    if fields is None:
        return scalar(node)
    return "/".join(filter(None, (scalar(fields.get(name)) for name in ("product", "category", "service")))) or None


def _tags(node: Node | None) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    """The techniques and the tactics among the tags, in their order and each once, and what is wrong with the tags."""
    techniques: dict[str, None] = {}
    tactics: dict[str, None] = {}
    wrong: list[Node] = []
    if node is None or is_null(node):
        return (), (), None
    for leaf in leaves(node):
        text = scalar(leaf)
        if text is None or (_NUMBER.fullmatch(text) and not getattr(leaf, "style", None)):
            wrong.append(leaf)
            continue
        more_techniques, more_tactics = (_meaning if len(text) <= _LONGEST_CACHED else _meaning.__wrapped__)(text)
        techniques.update(more_techniques)
        tactics.update(more_tactics)
    return tuple(techniques), tuple(tactics), _wrong_tags(wrong) if wrong else None


@lru_cache(maxsize=4096)
def _meaning(text: str) -> tuple[dict[str, None], dict[str, None]]:
    """The techniques and the tactics that a text names; both empty for a tag that says nothing about coverage."""
    techniques: dict[str, None] = {}
    tactics: dict[str, None] = {}
    for tag in map(str.strip, _BETWEEN_TAGS.split(text)):
        named = tag[len(_ATTACK) :].strip() if tag.lower().startswith(_ATTACK) else None
        technique = technique_id(named or tag)
        if technique is not None:
            techniques[technique] = None
        elif named and not is_other_id(named):
            # With a digit it was meant as an id, and the mapping will say that there is none such.
            is_tactic = not any(map(str.isdigit, named)) or _TACTIC_ID.fullmatch(named)
            (tactics if is_tactic else techniques)[named] = None
    return techniques, tactics


def _wrong_tags(wrong: list[Node]) -> str:
    first = wrong[0]
    if is_null(first) or (isinstance(first, ScalarNode) and not first.value.strip()):
        what = "empty"
    elif isinstance(first, ScalarNode):
        what = f"the number {quoted(first.value)}"
    else:
        what = "a mapping"
    more = f", and {len(wrong) - 1} more are no text either" if len(wrong) > 1 else ""
    return f"One of the tags is {what}, not a text such as attack.t1059{more}; the rest counts."
