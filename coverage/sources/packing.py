"""Rules and issues as lists of texts and numbers, for another process and for the cache: quick to write and to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import islice
from operator import attrgetter
from typing import Any

from coverage.model import Issue, IssueKind, Rule, Severity

Reading = tuple[list[Rule], list[Issue]]
"""What one file brought."""

NONSENSE = (LookupError, TypeError, ValueError, AttributeError)
"""What unpacking raises for what was never packed."""

_TYPES = {field.name: str(field.type) for field in fields(Rule)}
_SEVERITIES: dict[object, Severity] = {severity.value: severity for severity in Severity}
_KINDS: dict[object, IssueKind] = {kind.value: kind for kind in IssueKind}


def pack(readings: Iterable[Reading]) -> list[Any]:
    """The readings as `[columns, tuples, counts, issues]`, of the types that JSON has.

    `columns` has a list for each field of a rule. Fields that are tuples are places in `tuples`, which has each once.
    `counts` are the rules of each reading, `issues` those of each reading.
    """
    rules: list[Rule] = []
    counts: list[int] = []
    issues: list[list[tuple[str, str, str, str]]] = []
    for found, wrong in readings:
        rules += found
        counts.append(len(found))
        issues.append([(issue.kind.value, issue.rule, issue.where, issue.message) for issue in wrong])
    tuples: dict[object, int] = {}
    columns: list[list[object]] = []
    for name, kind in _TYPES.items():
        column: list[object] = list(map(attrgetter(name), rules))
        if kind.startswith("tuple"):
            column = [tuples.setdefault(value, len(tuples)) for value in column]
        elif kind == "Severity":
            column = [str(value) for value in column]
        columns.append(column)
    return [columns, list(tuples), counts, issues]


def unpack(packed: Sequence[Any]) -> list[Reading]:
    """The readings that were packed. Raises one of `NONSENSE` for what `pack` never makes."""
    columns, lists, counts, issues = packed
    tuples = [None if value is None else tuple(value) for value in lists]
    _expect({type(text) for texts in lists for text in texts or ()}, "str")
    values: list[Iterable[Any]] = []
    for column, kind in zip(columns, _TYPES.values(), strict=True):
        if len(column) != sum(counts):
            raise ValueError("the columns are not of one length")
        if kind.startswith("tuple"):
            _expect(set(map(type, column)), "int")
            values.append(map(tuples.__getitem__, column))
        elif kind == "Severity":
            values.append(map(_SEVERITIES.__getitem__, column))
        else:
            _expect(set(map(type, column)), kind)
            values.append(column)
    rules = map(Rule, *values)
    return [
        (
            list(islice(rules, count)),
            [Issue(_KINDS[kind], rule, where, message) for kind, rule, where, message in wrong],
        )
        for count, wrong in zip(counts, issues, strict=True)
    ]


def _expect(found: set[type], wanted: str) -> None:
    """Raise ValueError where there are other types than those of an annotation such as `str | None`."""
    if not {kind.__name__ for kind in found} <= set(wanted.replace("None", "NoneType").split(" | ")):
        raise ValueError(f"not {wanted}")
