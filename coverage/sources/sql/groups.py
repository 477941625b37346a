"""Very many rules of a table, counted where they are: only a row for each kind of rule leaves the database."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from coverage.errors import SourceError
from coverage.model import Issue, Progress, Rule
from coverage.sources.kinds import Kind, Kinds
from coverage.sources.records import rules_from_records
from coverage.sources.sql.names import TACTICS, TECHNIQUES
from coverage.sources.sql.records import CHUNK, records
from coverage.sources.sql.table import SOURCE, RuleTable

_FIELDS = (*TACTICS, *TECHNIQUES, "severity", "enabled")
_COUNT = "count_of_rules"


def rule_groups(
    connection: Connection, table: RuleTable, total: int, *, most: int, progress: Progress
) -> tuple[list[Rule], list[Issue]]:
    """A `Rule` with its `count` for the rules of one kind, in the order of their ids, and what is wrong with them.

    An id is made of the tags, so that it is the same in the next load. Raises SourceError where the rules are of more
    than `most` kinds.
    """
    columns = [column for field, column in table.fields.items() if field in _FIELDS]
    query = select(*columns, func.count().label(_COUNT)).select_from(table.clause).group_by(*columns)
    kinds = Kinds(table.name, SOURCE)
    done = 0
    for number, record in enumerate(records(connection, query)):
        if number % CHUNK == 0:
            progress(done, total)
        count = record.pop(_COUNT)
        done += count
        # The database tells "high" from "High" and a text from a list of one, which are one kind of rule.
        named = record | {"id": table.name, "name": table.name}
        (rule,), issues = rules_from_records([named], source=SOURCE, where=table.name)
        kind = Kind(rule.tactics, rule.techniques, rule.severity, rule.enabled)
        kinds.add(kind, ((issue.kind, issue.message) for issue in issues), count)
        if len(kinds) > most:
            raise SourceError(
                f"The rules of the table {table.name} are of more than {most:,} kinds of tags, severity and state; "
                "COVERAGE_SQL_TABLE may name a view of fewer."
            )
    progress(done, done)
    return kinds.rules(), kinds.issues()
