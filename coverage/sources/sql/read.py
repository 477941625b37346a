"""A table of a database -> rules: each by itself, or counted by the database where they are very many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from coverage.model import Issue, IssueKind, Progress, Rule, RuleSet, RuleSetBuilder, no_progress
from coverage.sources.records import rules_from_records
from coverage.sources.sql.connection import SqlLimits, connected
from coverage.sources.sql.groups import rule_groups
from coverage.sources.sql.names import SqlNames
from coverage.sources.sql.records import CHUNK, records
from coverage.sources.sql.table import SOURCE, RuleTable, find_table

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

    Of more than `limits.listed` rules, those that share tags, severity and state are one `Rule` with their `count`.
    Raises SourceError, in one sentence, for what cannot be read.
    """
    limits = limits or SqlLimits()
    builder = RuleSetBuilder()
    with connected(url, limits) as connection:
        table = find_table(connection, names or SqlNames())
        total = connection.scalar(select(func.count()).select_from(table.clause)) or 0
        if total > limits.listed:
            found = rule_groups(connection, table, total, most=limits.groups, progress=progress)
            builder.notes.append(
                f"The table {table.name} has more than {limits.listed:,} rules, so the database counted them: "
                "those with the same tags, severity and state are one row, and their names and ids are not read."
            )
        else:
            found = _listed(connection, table, total, progress)
    rules, issues = found
    lacking = {kind for kind, fields in _COLUMN_OF.items() if table.fields.keys().isdisjoint(fields)}
    builder.extend(rules, (issue for issue in issues if issue.kind not in lacking))
    for kind in sorted(lacking):
        builder.notes.append(f"The table {table.name} has no column for the {_COLUMN_OF[kind][0]} of a rule.")
    return builder.build()


def _listed(connection: Connection, table: RuleTable, total: int, progress: Progress) -> tuple[list[Rule], list[Issue]]:
    """Every rule by itself."""
    query = select(*table.fields.values()).select_from(table.clause)
    if "id" in table.fields:
        query = query.order_by(*table.order)

    def told() -> Iterator[dict[str, Any]]:
        for done, record in enumerate(records(connection, query)):
            if done % CHUNK == 0:
                progress(done, max(total, done))
            yield record

    found = rules_from_records(told(), source=SOURCE, where=table.name, origin_is_id=True)
    progress(len(found[0]), len(found[0]))
    return found
