"""A table of a database -> rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, func, select

from coverage.model import IssueKind, Progress, RuleSet, RuleSetBuilder, no_progress
from coverage.sources.records import rules_from_records
from coverage.sources.sql.connection import SqlLimits, connected
from coverage.sources.sql.names import TACTICS, TECHNIQUES, SqlNames
from coverage.sources.sql.table import RuleTable, find_table

_SOURCE = "Database"
_CHUNK = 2_000  # rows
_MAY_BE_JSON = frozenset({*TACTICS, *TECHNIQUES, "logsource", "log_source"})
_JSON_STARTS = ("[", "{", '"', "null")
# What a table without a column for it leaves out for every rule, which one sentence says better than an issue a rule.
_COLUMN_OF = {IssueKind.NO_NAME: ("name", "title"), IssueKind.NO_SEVERITY: ("severity",)}


def read_database(
    url: str,
    *,
    names: SqlNames | None = None,
    limits: SqlLimits | None = None,
    progress: Progress = no_progress,
) -> RuleSet:
    """The rules of the database at an SQLAlchemy URL, in the order of their ids.

    Raises SourceError, in one sentence, for what cannot be read.
    """
    with connected(url, limits or SqlLimits()) as connection:
        table = find_table(connection, names or SqlNames())
        total = connection.scalar(select(func.count()).select_from(table.clause)) or 0
        return _listed(connection, table, total, progress)


def _listed(connection: Connection, table: RuleTable, total: int, progress: Progress) -> RuleSet:
    """Every rule by itself."""
    query = select(*table.fields.values()).select_from(table.clause)
    if "id" in table.fields:  # of two rules with one id the same one must count every time
        query = query.order_by(table.fields["id"])

    def records() -> Iterator[dict[str, Any]]:
        for done, row in enumerate(_rows(connection, query)):
            if done % _CHUNK == 0:
                progress(done, max(total, done))
            yield {field: _value(field, value) for field, value in zip(table.fields, row, strict=True)}

    rules, issues = rules_from_records(records(), source=_SOURCE, where=table.name, origin_is_id=True)
    progress(len(rules), len(rules))
    lacking = {kind for kind, fields in _COLUMN_OF.items() if table.fields.keys().isdisjoint(fields)}
    builder = RuleSetBuilder()
    builder.extend(rules, (issue for issue in issues if issue.kind not in lacking))
    for kind in sorted(lacking):
        builder.notes.append(f"The table {table.name} has no column for the {_COLUMN_OF[kind][0]} of a rule.")
    return builder.build()


def _rows(connection: Connection, query: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of an answer, of which no more than a chunk is here at a time."""
    for chunk in connection.execute(query, execution_options={"yield_per": _CHUNK}).partitions():
        yield from map(tuple, chunk)


def _value(field: str, value: object) -> object:
    """A value as the API would bring it: a text that is JSON in a field that may hold a list is what the JSON says."""
    if field in _MAY_BE_JSON and isinstance(value, str) and value.lstrip().startswith(_JSON_STARTS):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
