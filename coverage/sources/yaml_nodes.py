"""YAML as a graph of nodes: the syntax of the whole text is checked, but only what is asked for becomes a value.

Building Python objects for every document takes three times as long as composing its nodes, and a library has
thousands of them of which a few fields count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from yaml.error import Mark, MarkedYAMLError, YAMLError
from yaml.loader import SafeLoader
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError
from yaml.scanner import ScannerError

from coverage.sources.text import UnreadableError, cut

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml
    CParser = None  # type: ignore[assignment,misc]

# libyaml's composer calls itself for each level and knows no limit, so a few kilobytes of "[" would end the process.
_DEEPEST = 100
_MOST_NODES = 1_000_000  # of one document; some 300 MB of memory
_MOST_DOCUMENTS = 10_000  # of one file
_MOST_TAG_DIRECTIVES = 100  # libyaml compares each with all others

# A flat text stays below both: of nodes, "[?,?,…" has most with three in two characters; of levels, a bracket is up to
# two, as in "[a: [b: …", and a column of what comes before a line's content is one.
_FLAT_BRACKETS = 20
_BEYOND_FLAT = re.compile(r"\n[ \t?:-]{50}")

_LONGEST_VALUES = 2_000_000  # characters of one document; a few bytes can repeat all of it, and again all of that

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# The truth values of YAML 1.1, which the products' own parsers read.
_TRUTHS: dict[str, object] = {
    word: truth
    for truth, words in ((True, ("true", "yes", "on")), (False, ("false", "no", "off")))
    for lower in words
    for word in (lower, lower.capitalize(), lower.upper())
}
_NULL_TAG = "tag:yaml.org,2002:null"


class _Hooks:
    """What a parser calls at each node: it counts, and skips finding out the type of values that nobody reads."""

    depth = 0
    nodes = 0

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        self.depth += 1
        self.nodes += 1
        if self.depth > _DEEPEST or self.nodes > _MOST_NODES:
            line = parent.start_mark.line + 1 if parent else 1
            what = "is nested too deeply" if self.depth > _DEEPEST else "holds too many values"
            raise UnreadableError(f"The file {what} (line {line}).")

    def ascend_resolver(self) -> None:
        self.depth -= 1

    @staticmethod
    def resolve(_kind: object, _value: object, _implicit: object) -> str:
        return ""


class PureComposer(_Hooks, SafeLoader):
    """The composer for a PyYAML without libyaml."""

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: Mark) -> list[str]:  # noqa: FBT001
        try:
            chunks: list[str] = super().scan_flow_scalar_non_spaces(double, start_mark)
            "".join(chunks).encode()
        except (ValueError, OverflowError) as error:  # libyaml refuses these itself
            problem = "found invalid Unicode character escape code"
            raise ScannerError(None, None, problem, self.get_mark()) from error
        return chunks


if CParser is None:
    Composer: Any = PureComposer
else:

    class _LibyamlComposer(_Hooks, CParser):
        """The composer on top of libyaml."""

    class _FlatComposer(CParser):
        """The same for flat texts. To count their nodes, in Python, would take as long as libyaml's parser does."""

        resolve = descend_resolver = ascend_resolver = "".format  # in C, takes anything and gives ""

    Composer = _LibyamlComposer


def documents(text: str) -> Iterator[Node]:
    """The root node of each document, in order; an empty document is a null scalar.

    Raises UnreadableError at the first document that is no valid YAML, with the line, or that is one too many.
    """
    if text.count("%TAG") > _MOST_TAG_DIRECTIVES:
        raise UnreadableError("The file has too many %TAG directives.")
    try:
        composer = _composer_of(text)
        for _ in range(_MOST_DOCUMENTS):
            if not composer.check_node():
                return
            composer.nodes = 0
            yield composer.get_node()
        if not composer.check_node():
            return
    except YAMLError as error:
        raise UnreadableError(_sentence(error, text)) from error
    except RecursionError:
        raise UnreadableError("The file is nested too deeply.") from None
    raise UnreadableError(f"The file holds more than {_MOST_DOCUMENTS:,} documents; the others do not count.")


def _composer_of(text: str) -> Any:  # noqa: ANN401  libyaml's or the pure one
    return _FlatComposer(text) if Composer is not PureComposer and is_flat(text) else Composer(text)


def is_flat(text: str) -> bool:
    """Whether a text cannot reach the limits on depth and number of nodes, whatever it says."""
    return (
        text.isascii()  # beyond it there are other line breaks, as a lone carriage return is one
        and "\r" not in text
        and len(text) <= _MOST_NODES // 2
        and text.count("[") + text.count("{") <= _FLAT_BRACKETS
        and not _BEYOND_FLAT.search(f"\n{text}")
    )


def is_null(node: Node) -> bool:
    """Whether the node is YAML's null, written or implied."""
    if not isinstance(node, ScalarNode):
        return False
    return node.tag == _NULL_TAG or (not node.tag and not node.style and node.value in _NULLS)


def scalar(node: Node | None) -> str | None:
    """A scalar as written, without spaces around it; None where there is none, or it is null or blank."""
    if not isinstance(node, ScalarNode) or is_null(node):
        return None
    return node.value.strip() or None


def mapping(node: Node | None) -> dict[str, Node] | None:
    """The values of a mapping by their keys, merge keys (`<<`) followed; None where the node is no mapping."""
    if not isinstance(node, MappingNode):
        return None
    fields = {key.value: value for key, value in node.value if isinstance(key, ScalarNode)}
    return _merged(node) if "<<" in fields else fields


def leaves(node: Node) -> Iterator[Node]:
    """The scalars and mappings inside sequences of any depth, in order, or the node itself if it is no sequence.

    Each sequence is entered once, so that aliases can neither multiply it nor lead around in circles.
    """
    stack, entered = [iter((node,))], set()
    while stack:
        for child in stack[-1]:
            if not isinstance(child, SequenceNode):
                yield child
            elif id(child) not in entered:
                entered.add(id(child))
                stack.append(iter(child.value))
                break
        else:
            stack.pop()


class Values:
    """What nodes of one document mean, in the types of JSON; scalars as written, but null, true and false as such.

    Raises UnreadableError where aliases multiply the values beyond all measure.
    """

    def __init__(self) -> None:
        self.left = _LONGEST_VALUES

    def of(self, node: Node, depth: int = 0) -> object:
        """The value of a node and of all below it."""
        self._spend(1 if depth <= _DEEPEST else self.left + 1, node)
        if isinstance(node, ScalarNode):
            text = scalar(node)
            self._spend(len(text or ""), node)
            return text if node.style or text is None else _TRUTHS.get(text, text)
        if isinstance(node, SequenceNode):
            return [self.of(child, depth + 1) for child in node.value]
        return {name: self.of(value, depth + 1) for name, value in self.mapping(node).items()}

    def mapping(self, node: Node) -> dict[str, Node]:
        """The fields of a mapping, merged ones too; none where the node is no mapping."""
        fields = mapping(node) or {}
        self._spend(len(fields), node)
        return fields

    def _spend(self, size: int, node: Node) -> None:
        self.left -= size
        if self.left < 0:
            raise UnreadableError(f"The document repeats its values without end (line {node.start_mark.line + 1}).")

    def fields(self, fields: Mapping[str, Node], wanted: Iterable[str]) -> dict[object, object]:
        """The values of the wanted fields of a mapping; where it has none, neither has the result."""
        return {name: self.of(fields[name]) for name in wanted if name in fields}


def _merged(node: MappingNode) -> dict[str, Node]:
    """A mapping with its merge keys: its own keys count before merged ones, and earlier merges before later ones."""
    fields: dict[str, Node] = {}
    stack: list[Node] = [node]
    entered = set()
    while stack:
        base = stack.pop()
        if not isinstance(base, MappingNode) or id(base) in entered:
            continue
        entered.add(id(base))
        own: dict[str, Node] = {}
        bases: list[Node] = []
        for key, value in base.value:
            if isinstance(key, ScalarNode):
                if key.value == "<<" and not key.style:
                    bases.extend(value.value if isinstance(value, SequenceNode) else [value])
                else:
                    own[key.value] = value
        fields = own | fields
        stack.extend(reversed(bases))
    return fields


def _sentence(error: YAMLError, text: str) -> str:
    line, problem = 1, "it cannot be parsed"
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        # "second occurrence" alone says nothing; what occurs twice is in the context.
        found = error.context and error.context.startswith("found ")
        problem = str(error.context).partition(";")[0] if found else error.problem or problem
    elif isinstance(error, ReaderError):
        # libyaml counts bytes and the pure reader characters; a line is near enough in both.
        line = text.encode()[: error.position].count(b"\n") + 1
        problem = str(error.reason)
    line = min(line, text.count("\n") + 1)
    return f"The file is not valid YAML (line {line}: {cut(problem, 120)})."
