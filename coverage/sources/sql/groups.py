"""Very many rules of a table, counted where they are: only a row for each kind of rule leaves the database."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, func, select

from coverage.errors import SourceError
from coverage.model import Issue, IssueKind, Progress, Rule, Severity
from coverage.sources.records import rules_from_records
from coverage.sources.sql.names import TACTICS, TECHNIQUES
from coverage.sources.sql.records import CHUNK, records
from coverage.sources.sql.table import SOURCE, RuleTable

_FIELDS = (*TACTICS, *TECHNIQUES, "severity", "enabled")
_COUNT = "count_of_rules"

_Kind = tuple[tuple[str, ...], tuple[str, ...], Severity, bool]
"""Tactics, techniques, severity, enabled: all that says where a rule counts."""


def rule_groups(
    connection: Connection, table: RuleTable, total: int, *, most: int, progress: Progress
) -> tuple[list[Rule], list[Issue]]:
    """A `Rule` with its `count` for the rules of one kind, in the order of their ids, and what is wrong with them.

    An id is made of the tags, so that it is the same in the next load. Raises SourceError where the rules are of more
    than `most` kinds.
    """
    columns = [column for field, column in table.fields.items() if field in _FIELDS]
    query = select(*columns, func.count().label(_COUNT)).select_from(table.clause).group_by(*columns)
    counts: Counter[_Kind] = Counter()
    wrong: Counter[tuple[_Kind, IssueKind, str]] = Counter()
    done = 0
    for number, record in enumerate(records(connection, query)):
        if number % CHUNK == 0:
            progress(done, total)
        count = record.pop(_COUNT)
        done += count
        # The database tells "high" from "High" and a text from a list of one, which are one kind of rule.
        named = record | {"id": table.name, "name": table.name}
        (rule,), issues = rules_from_records([named], source=SOURCE, where=table.name)
        kind = (rule.tactics or (), rule.techniques, rule.severity, rule.enabled)
        counts[kind] += count
        wrong.update({(kind, issue.kind, issue.message): count for issue in issues})
        if len(counts) > most:
            raise SourceError(
                f"The rules of the table {table.name} are of more than {most:,} kinds of tags, severity and state; "
                "COVERAGE_SQL_TABLE may name a view of fewer."
            )
    progress(done, done)
    rules = sorted((_rule(table.name, kind, count) for kind, count in counts.items()), key=lambda rule: rule.rule_id)
    issues = [
        Issue(what, _id(table.name, kind), _place(table.name, count), message)
        for (kind, what, message), count in wrong.items()
    ]
    return rules, sorted(issues, key=lambda issue: (issue.rule, issue.kind, issue.message))


def _rule(table: str, kind: _Kind, count: int) -> Rule:
    tactics, techniques, severity, enabled = kind
    tagged = f"tagged {', '.join((*techniques, *tactics))}" if techniques or tactics else "without tags"
    return Rule(
        rule_id=_id(table, kind),
        name=f"{_rules(count)} {tagged}",
        severity=severity,
        enabled=enabled,
        tactics=tactics,
        techniques=techniques,
        source=SOURCE,
        origin=_place(table, count),
        count=count,
    )


def _id(table: str, kind: _Kind) -> str:
    """A name for one kind; neither of the separators can be in a tag, at which tags are told apart."""
    tactics, techniques, severity, enabled = kind
    state = "enabled" if enabled else "disabled"
    return f"{table}: {' | '.join((', '.join(techniques), ', '.join(tactics), severity, state))}"


def _place(table: str, count: int) -> str:
    return f"{table}, {_rules(count)}"


def _rules(count: int) -> str:
    return "1 rule" if count == 1 else f"{count:,} rules"
