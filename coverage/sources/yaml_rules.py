"""Rules in YAML files, each document told by its fields: Sigma, Splunk, Sentinel, Panther, Falco."""

from __future__ import annotations

from collections.abc import Callable

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from coverage.model import Issue, IssueKind, Rule
from coverage.sources.sigma import NotSigma, sigma_documents, sigma_rule
from coverage.sources.text import UnreadableError
from coverage.sources.yaml_nodes import documents, mapping

_Reading = tuple[list[Rule], list[Issue]]

_FALCO = frozenset({"rule", "macro", "list"})
_SPLUNK = frozenset({"type", "how_to_implement", "known_false_positives", "data_source"})
_SENTINEL = frozenset({"relevantTechniques", "requiredDataConnectors", "queryFrequency", "triggerOperator"})


def read_yaml(text: str, origin: str) -> _Reading:
    """The rules of one YAML file and what is wrong with them; never raises.

    Each document becomes a rule or a `NOT_A_RULE` issue. From the first one that is no valid YAML on, the rest of the
    file is one `UNREADABLE` issue; the rules before it are kept. A rule without an id takes its place in the file.
    """
    rules: list[Rule] = []
    issues: list[Issue] = []
    number = 0
    try:
        for number, document in enumerate(sigma_documents(documents(text)), start=1):
            place = origin if number == 1 else f"{origin}#{number}"
            if not isinstance(document, NotSigma):
                rule, found = sigma_rule(document, origin, place)
                rules.append(rule)
                issues += found
            elif (read := _reader_of(document.node)) is not None:
                others, found = read(document.node, origin, place)
                rules += others
                issues += found
            else:
                issues.append(Issue(IssueKind.NOT_A_RULE, "", origin, document.why))
    except UnreadableError as error:
        issues.append(Issue(IssueKind.UNREADABLE, "", origin, str(error)))
    else:
        if number == 0:
            issues.append(Issue(IssueKind.UNREADABLE, "", origin, "The file is empty but for comments."))
    return rules, issues


def _reader_of(node: Node) -> Callable[[Node, str, str], _Reading] | None:
    """The reader of a document that is no Sigma rule, None if it is of no known format."""
    if isinstance(node, SequenceNode):
        # Each mapping once, and without merge keys: aliases must not multiply them.
        items = {id(item): item for item in node.value if isinstance(item, MappingNode)}.values()
        if not any(key.value in _FALCO for item in items for key, _ in item.value if isinstance(key, ScalarNode)):
            return None
        from coverage.sources.falco import read_falco  # noqa: PLC0415  a Sigma library needs none of these

        return read_falco
    fields = mapping(node) or {}
    if "search" in fields and not _SPLUNK.isdisjoint(fields):
        from coverage.sources.splunk import read_splunk  # noqa: PLC0415

        return read_splunk
    if "query" in fields and not _SENTINEL.isdisjoint(fields):
        from coverage.sources.sentinel import read_sentinel  # noqa: PLC0415

        return read_sentinel
    if "AnalysisType" in fields:
        from coverage.sources.panther import read_panther  # noqa: PLC0415

        return read_panther
    return None
