"""Very many rules of a table, counted where they are: only a row for each kind of rule leaves the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, select

from coverage.errors import SourceError
from coverage.model import Issue, Progress, Rule
from coverage.sources.kinds import Kind, Kinds
from coverage.sources.records import rules_from_records
from coverage.sources.sql.records import CHUNK, records
from coverage.sources.sql.repeated import COPIES, DUPLICATES, ids_repeat, told_apart
from coverage.sources.sql.table import COUNTED, SOURCE, RuleTable

_COUNT = "count_of_rules"


def rule_groups(
    connection: Connection, table: RuleTable, total: int, *, most: int, progress: Progress
) -> tuple[list[Rule], list[Issue]]:
    """A `Rule` with its `count` for the rules of one kind, in the order of their ids, and what is wrong with them.

    An id is made of the tags, so that it is the same in the next load. Raises SourceError where the rules are of more
    than `most` kinds.
    """
    kinds = Kinds(table.name, SOURCE)
    done = 0
    for number, record in enumerate(records(connection, _query(connection, table))):
        if number % CHUNK == 0:
            progress(done, total)
        count, duplicates, copies = (int(record.pop(name, 0)) for name in (_COUNT, DUPLICATES, COPIES))
        done += count
        # The database tells "high" from "High" and a text from a list of one, which are one kind of rule.
        named = record | {"id": table.name, "name": table.name}
        (rule,), issues = rules_from_records([named], source=SOURCE, where=table.name)
        kind = Kind(rule.tactics, rule.techniques, rule.severity, rule.enabled)
        problems = ((issue.kind, issue.message) for issue in issues)
        kinds.add(kind, problems, count, duplicates=duplicates, copies=copies)
        if len(kinds) > most:
            raise SourceError(
                f"The rules of the table {table.name} are of more than {most:,} kinds of tags, severity and state; "
                "COVERAGE_SQL_TABLE may name a view of fewer."
            )
    progress(done, done)
    return kinds.rules(), kinds.issues()


def _query(connection: Connection, table: RuleTable) -> Select[Any]:
    """How many rules there are of each kind, and how many of them do not count, where ids are there more than once."""
    telling = [field for field in table.fields if field in COUNTED]
    count = func.count().label(_COUNT)
    if not ids_repeat(connection, table):
        columns = [table.fields[field] for field in telling]
        return select(*columns, count).select_from(table.clause).group_by(*columns)
    rows, repeated = told_apart(table)
    told = [rows.c[field] for field in telling]
    return select(*told, count, *repeated).group_by(*told)
