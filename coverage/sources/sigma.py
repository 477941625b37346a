"""Sigma rules: YAML, one rule a document, and the documents that several rules share.

https://sigmahq.io/sigma-specification/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from coverage.ids import is_other_id, technique_id
from coverage.model import Issue, IssueKind, Rule, Severity
from coverage.sources.text import first_names, quoted
from coverage.sources.yaml_nodes import is_null, leaves, mapping, scalar

SOURCE = "Sigma"

SigmaFields = dict[str, Node]

_OWN_FIELDS = frozenset({"detection", "correlation", "logsource"})
_FIELDS = _OWN_FIELDS | {"id", "title", "status", "level", "tags", "date", "modified", "filter"}
_LOGSOURCE = ("product", "category", "service")
_RETIRED = frozenset({"deprecated", "unsupported"})
_SEVERITIES = {severity.value: severity for severity in Severity if severity is not Severity.UNKNOWN}

_LONGEST_TAGS = 20_000  # characters of one rule; a few bytes can repeat the tags of another document

_ATTACK = "attack."
_TACTIC_ID = re.compile(r"ta\d+", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"[-+]?[\d.]+", re.ASCII)
# A tag has no comma in it, so a text with one is somebody's way to write a list.
_BETWEEN_TAGS = re.compile(r"[,;\n]|(?<!\s)\s++(?=attack\.)", re.IGNORECASE)


class NotSigma(NamedTuple):
    """A document that is no Sigma rule, and the sentence that says so."""

    node: Node
    why: str


def sigma_rule(fields: SigmaFields, origin: str, stand_in: str) -> tuple[Rule, list[Issue]]:
    """The rule of a document's fields and what is wrong with it; the `stand_in` is the id of a rule without one."""
    reading = _Reading(fields, origin, stand_in)
    return reading.rule(), reading.issues


def sigma_documents(nodes: Iterable[Node]) -> Iterator[SigmaFields | NotSigma]:
    """The fields of each document that is a rule, and the others as they are; empty documents are left out.

    In the old form of multi-document rules, `action: global` holds what the documents after it share, `reset` ends
    that, and `repeat` is the rule before it with some fields changed.
    """
    shared: SigmaFields = {}
    before: SigmaFields = {}
    waiting: Node | None = None  # a global document that no rule has used yet
    for node in nodes:
        if is_null(node):
            continue
        fields = mapping(node) or {}
        own = {name: value for name, value in fields.items() if name in _FIELDS}
        if "tags" in own and not is_null(own["tags"]):
            own["tags"] = SequenceNode("", [*leaves(own["tags"])])  # once for all documents that inherit them
        action = scalar(fields.get("action"))
        if action == "global":
            shared, waiting = _joined(shared, own), node
            continue
        if action == "reset":
            shared = {}
            if not own:
                continue
        rule = _joined(before if action == "repeat" else shared, own)
        if fields and _is_sigma(rule):
            before, waiting = rule, None
            yield rule
        else:
            yield NotSigma(node, _why_not(node, fields))
    if waiting:
        yield NotSigma(waiting, "The document is a global one, and no rule follows it.")


def _joined(base: SigmaFields, own: SigmaFields) -> SigmaFields:
    """A document's own fields before those it inherits; of the two log sources, each part by itself."""
    fields = base | own
    inherited, logsource = mapping(base.get("logsource")), mapping(own.get("logsource"))
    if inherited and logsource:
        parts = inherited | logsource
        fields["logsource"] = MappingNode(
            "", [(ScalarNode("", name), parts[name]) for name in _LOGSOURCE if name in parts]
        )
    return fields


def _is_sigma(fields: SigmaFields) -> bool:
    if "filter" in fields and fields.keys().isdisjoint(("detection", "correlation")):
        return False
    return not _OWN_FIELDS.isdisjoint(fields) or ("title" in fields and ("level" in fields or "tags" in fields))


def _why_not(node: Node, fields: SigmaFields) -> str:
    if not isinstance(node, MappingNode):
        return f"The document is no detection rule but {_kind(node)}."
    if "filter" in fields and "logsource" in fields:
        return "The document is a Sigma filter, not a rule."
    names = first_names(fields)
    return f"The document is no detection rule (its fields: {names})." if names else "The document is an empty mapping."


class _Reading:
    """One rule while its fields are read; `issues` collects what is wrong with them."""

    def __init__(self, fields: SigmaFields, origin: str, stand_in: str) -> None:
        self.fields = fields
        self.origin = origin
        self.rule_id = stand_in
        self.issues: list[Issue] = []

    def rule(self) -> Rule:
        stated = self._text("id")
        if stated is None:
            self._issue(IssueKind.NO_ID, "The rule has no id; its place in the file stands in.")
        else:
            self.rule_id = stated
        name = self._text("title")
        if name is None:
            name = self.origin.rpartition("/")[2]
            self._issue(IssueKind.NO_NAME, "The rule has no title; the file's name stands in.")
        tactics, techniques, others = self._tags()
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
            updated_at=self._text("modified") or self._text("date"),
            tags=others,
        )

    def _severity(self) -> Severity:
        level = self._text("level")
        if level is None:
            self._issue(IssueKind.NO_SEVERITY, "The rule states no level.")
            return Severity.UNKNOWN
        severity = _SEVERITIES.get(level.lower())
        if severity is None:
            self._issue(IssueKind.NO_SEVERITY, f"The level {quoted(level)} is none of {', '.join(_SEVERITIES)}.")
            return Severity.UNKNOWN
        return severity

    def _enabled(self) -> bool:
        """Whether the rule is active, also where it states no status, but not where the status cannot be understood."""
        node = self.fields.get("status")
        if node is None or isinstance(node, ScalarNode):
            return (scalar(node) or "").lower() not in _RETIRED
        message = f"The field status is {_kind(node)}, not a text, so the rule is treated as disabled."
        self._issue(IssueKind.WRONG_TYPE, message)
        return False

    def _logsource(self) -> str | None:
        """What the rule looks at, as `windows/process_creation` or `windows/powershell`."""
        parts = mapping(self.fields.get("logsource"))
        if parts is None:
            return self._text("logsource")
        return "/".join(filter(None, (scalar(parts.get(name)) for name in _LOGSOURCE))) or None

    def _tags(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """The tactics, the techniques and the rest of the tags, in their order and each once."""
        tactics: dict[str, None] = {}
        techniques: dict[str, None] = {}
        others: dict[str, None] = {}
        wrong: list[Node] = []
        left = _LONGEST_TAGS
        tags = self.fields.get("tags")
        for leaf in tags.value if isinstance(tags, SequenceNode) else ():
            text = scalar(leaf)
            left -= len(text or "") + 1
            if left < 0:
                message = f"The tags have more than {_LONGEST_TAGS:,} characters; those after that do not count."
                self._issue(IssueKind.WRONG_TYPE, message)
                break
            if text is None or (_NUMBER.fullmatch(text) and _is_plain(leaf)):
                wrong.append(leaf)
                continue
            for tag in _BETWEEN_TAGS.split(text):
                tactic, technique = _meaning(tag)
                if tactic:
                    tactics[tactic] = None
                if technique:
                    techniques[technique] = None
                if not (tactic or technique or tag.lstrip().lower().startswith(_ATTACK)):
                    others[tag.strip()] = None
        if wrong:
            more = f", and {len(wrong) - 1} more are no text either" if len(wrong) > 1 else ""
            message = f"One of the tags is {_kind(wrong[0])}, not a text such as attack.t1059{more}; the rest counts."
            self._issue(IssueKind.WRONG_TYPE, message)
        return tuple(tactics), tuple(techniques), tuple(filter(None, others))

    def _text(self, name: str) -> str | None:
        node = self.fields.get(name)
        if node is not None and not isinstance(node, ScalarNode):
            self._issue(IssueKind.WRONG_TYPE, f"The field {name} is {_kind(node)}, not a text, so it is ignored.")
        return scalar(node)

    def _issue(self, kind: IssueKind, message: str) -> None:
        self.issues.append(Issue(kind, self.rule_id, self.origin, message))


@lru_cache(maxsize=1024)
def _meaning(tag: str) -> tuple[str | None, str | None]:
    """The tactic or the technique that a tag names; neither for one that says nothing about coverage."""
    tag = tag.strip()
    technique = technique_id(tag)
    if technique is not None or not tag.lower().startswith(_ATTACK):
        return None, technique
    named = tag[len(_ATTACK) :].strip()
    if not named or is_other_id(named):
        return None, None
    # With a digit it was meant as an id, and the mapping will say that there is none such.
    is_tactic = not any(map(str.isdigit, named)) or _TACTIC_ID.fullmatch(named)
    return (named, None) if is_tactic else (None, named)


def _is_plain(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.style


def _kind(node: Node) -> str:
    """What a YAML value is, in words."""
    if isinstance(node, SequenceNode):
        return "a list"
    if not isinstance(node, ScalarNode):
        return "a mapping"
    value = scalar(node)
    if value is None:
        return "empty"
    return f"the number {quoted(value)}" if _is_plain(node) and _NUMBER.fullmatch(value) else "a text"
