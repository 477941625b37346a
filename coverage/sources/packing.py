"""Rules and issues as lists of texts and numbers, for another process and for the cache: quick to write and to read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import islice, repeat
from operator import attrgetter
from typing import Any

from coverage.model import Issue, IssueKind, Rule, Severity

Reading = tuple[list[Rule], list[Issue]]
"""What one file brought, or several."""

NONSENSE = (LookupError, TypeError, ValueError, AttributeError, RecursionError)
"""What unpacking raises for what was never packed."""

_TYPES = {field.name: str(field.type) for field in fields(Rule)}
_SEVERITIES: dict[object, Severity] = {severity.value: severity for severity in Severity}


def joined(readings: Iterable[Reading]) -> Reading:
    """Several readings as one."""
    rules: list[Rule] = []
    issues: list[Issue] = []
    for found, wrong in readings:
        rules += found
        issues += wrong
    return rules, issues


def pack(readings: Iterable[Reading]) -> list[Any]:
    """The readings as `[columns, tuples, issues, rule_counts, issue_counts]`, of texts, numbers, lists and tuples.

    `columns` has a list for each field of a rule; but for the ids it is of a single value where all rules have the
    same. Fields that are tuples are places in `tuples`, which has each once. The counts are those of each reading.
    """
    rules: list[Rule] = []
    issues: list[tuple[str, ...]] = []
    counts = []
    for found, wrong in readings:
        rules += found
        issues += [(issue.kind.value, issue.rule, issue.where, issue.message, issue.feed) for issue in wrong]
        counts.append((len(found), len(wrong)))
    tuples: dict[object, int] = {}
    columns: list[list[object]] = []
    for name, kind in _TYPES.items():
        column: list[object] = list(map(attrgetter(name), rules))
        if kind.startswith("tuple"):
            column = [tuples.setdefault(value, len(tuples)) for value in column]
        elif kind == "Severity":
            column = [str(value) for value in column]
        columns.append(column[:1] if columns and column and column.count(column[0]) == len(column) else column)
    return [columns, list(tuples), issues, [count for count, _ in counts], [count for _, count in counts]]


def unpack_all(packed: Sequence[Any]) -> Reading:
    """What was packed, as one reading. Raises one of `NONSENSE` for what `pack` never makes."""
    columns, lists, issues, *counts = packed
    tuples = [None if value is None else tuple(value) for value in lists]
    _expect("str", {type(text) for texts in lists for text in texts or ()})
    number = sum(counts[0])
    if len(columns[0]) != number or {*map(len, columns)} - {1, number} or len(issues) != sum(counts[1]):
        raise ValueError("the counts are others")
    values: list[Iterable[Any]] = []
    for column, kind in zip(columns, _TYPES.values(), strict=True):
        if kind.startswith("tuple"):
            values.append(map(tuples.__getitem__, column))
        elif kind == "Severity":
            values.append(map(_SEVERITIES.__getitem__, column))
        else:
            _expect(kind, set(map(type, column)))
            values.append(column)
        if len(column) == 1:
            values[-1] = repeat(next(iter(values[-1])), number)
    rules = [Rule.__new__(Rule) for _ in range(number)]
    # Column by column, in C: the initializer of a frozen dataclass takes longer than reading and parsing the cache.
    for name, value in zip(_TYPES, values, strict=True):
        deque(map(Rule.__dict__[name].__set__, rules, value), maxlen=0)
    return rules, [Issue(IssueKind(kind), *map(str, texts)) for kind, *texts in issues]


def unpack(packed: Sequence[Any]) -> list[Reading]:
    """The readings that were packed. Raises one of `NONSENSE` for what `pack` never makes."""
    found, wrong = unpack_all(packed)
    rules, issues = iter(found), iter(wrong)
    counts = zip(*packed[3:], strict=True)
    return [([*islice(rules, some)], [*islice(issues, others)]) for some, others in counts]


def _expect(wanted: str, found: set[type]) -> None:
    """Raise ValueError where there are other types than those of an annotation such as `str | None`."""
    if not {kind.__name__ for kind in found} <= set(wanted.replace("None", "NoneType").split(" | ")):
        raise ValueError(f"not {wanted}")
