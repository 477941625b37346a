"""Rows of a table that name a rule which another row has, told by the database; see `coverage.sources.counted`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Subquery, and_, case, cast, func, literal, null, select

from coverage.model import SEVERITY_ORDER
from coverage.sources.fields import SEVERITIES, TRUE_WORDS
from coverage.sources.sql.names import TACTICS, TECHNIQUES
from coverage.sources.sql.table import COUNTED, TEXT, RuleTable

DUPLICATES = "count_of_duplicates"
COPIES = "count_of_copies"

_ID, _TENANT, _NAME, _IS_ON, _RANK, _OF_TENANT, _OF_COPIES = (
    f"rule_{name}" for name in ("id", "tenant", "name", "is_on", "rank", "of_tenant", "of_copies")
)


def ids_repeat(connection: Connection, table: RuleTable) -> bool:
    """Whether two rows of the table have one id."""
    if "id" not in table.fields:
        return False
    # A subquery, for a database that is given the constants by their places takes two of them for different ones.
    ids = select(_stated(table, "id").label(_ID)).select_from(table.clause).subquery().c[_ID]
    query = select(ids).where(ids.is_not(None)).group_by(ids).having(func.count() > 1).limit(1)
    return connection.execute(query).first() is not None


def told_apart(table: RuleTable) -> tuple[Subquery, tuple[Label[int], Label[int]]]:
    """All rows with the fields that say of what kind they are, and how many of a group are duplicates and copies.

    What is the same text is left to the database, which may know of fewer blanks and fewer capital letters.
    """
    fields = [field for field in table.fields if field in COUNTED]
    tags = {f"rule_{field}": _stated(table, field) for field in (*TACTICS, *TECHNIQUES) if field in fields}
    places = {f"rule_place_{number}": place for number, place in enumerate(table.order)}
    told = {
        _ID: _stated(table, "id"),
        _TENANT: _stated(table, "tenant_id", "tenant"),
        _NAME: func.lower(_stated(table, "name", "title", "id")),
        _IS_ON: _is_on(table),
        _RANK: _rank(table),
        **tags,
        **places,
    }
    columns = (*(table.fields[field] for field in fields), *(value.label(name) for name, value in told.items()))
    rows = select(*columns).select_from(table.clause).subquery()
    rows = _numbered(rows, _OF_TENANT, [rows.c[_ID], rows.c[_TENANT]], places)
    is_kept = case((rows.c[_OF_TENANT] == 1, 1), else_=0)
    same = [is_kept, *(rows.c[name] for name in (_ID, _NAME, *tags))]
    rows = _numbered(rows, _OF_COPIES, same, (_RANK, *places))
    has_id, is_first = rows.c[_ID].is_not(None), rows.c[_OF_TENANT] == 1
    return rows, (
        _number(and_(has_id, ~is_first)).label(DUPLICATES),
        _number(and_(has_id, is_first, rows.c[_OF_COPIES] > 1)).label(COPIES),
    )


def _numbered(rows: Subquery, name: str, same: Sequence[ColumnElement[Any]], order: Iterable[str]) -> Subquery:
    """The rows with the place of each among the same ones: those that are enabled first, then by some columns."""
    by = [rows.c[_IS_ON].desc(), *(rows.c[column] for column in order)]
    return select(rows, func.row_number().over(partition_by=same, order_by=by).label(name)).subquery()


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _stated(table: RuleTable, *fields: str) -> ColumnElement[str | None]:
    """The first of the fields that states a text, else NULL."""
    texts = [
        func.nullif(func.trim(cast(table.fields[field].element, TEXT)), "") for field in fields if field in table.fields
    ]
    return func.coalesce(*texts, null()) if texts else cast(null(), TEXT)


def _is_on(table: RuleTable) -> ColumnElement[int]:
    """1 for a rule that `Fields.flag` takes for enabled, else 0."""
    if "enabled" not in table.fields:
        return literal(1)
    return case((func.lower(_stated(table, "enabled")).in_(TRUE_WORDS), 1), else_=0)


def _rank(table: RuleTable) -> ColumnElement[int]:
    """The place of a rule's severity, the most severe first."""
    ranks = {word: SEVERITY_ORDER[severity] for word, severity in SEVERITIES.items()}
    return case(ranks, value=func.lower(_stated(table, "severity")), else_=len(SEVERITY_ORDER))
