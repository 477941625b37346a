"""Rows of a table that name a rule which another row has, told by the database; see `coverage.sources.repeated`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Label, Subquery, and_, case, cast, func, literal, null, select

from coverage.model import SEVERITY_ORDER
from coverage.sources.fields import SEVERITIES, Fields
from coverage.sources.sql.names import TACTICS, TECHNIQUES
from coverage.sources.sql.table import TEXT, RuleTable

DUPLICATES = "count_of_duplicates"
COPIES = "count_of_copies"

_ID, _TENANT, _NAME, _IS_ON, _RANK, _OF_TENANT, _OF_COPIES = (
    f"rule_{name}" for name in ("id", "tenant", "name", "is_on", "rank", "of_tenant", "of_copies")
)
_MOST_STATES = 100


def ids_repeat(connection: Connection, table: RuleTable) -> bool:
    """Whether two rows of the table have one id."""
    if "id" not in table.fields:
        return False
    rule_id = _stated(table, "id")
    query = select(rule_id).select_from(table.clause).where(rule_id.is_not(None))
    return connection.execute(query.group_by(rule_id).having(func.count() > 1).limit(1)).first() is not None


def told_apart(connection: Connection, table: RuleTable) -> tuple[Subquery, tuple[Label[int], Label[int]]]:
    """All rows with the fields that say of what kind they are, and how many of a group are duplicates and copies.

    Two names are the same as far as the database's `lower` knows, and tags are where they are written alike.
    """
    rows = (
        select(
            *(table.fields[field] for field in table.order),
            _stated(table, "id").label(_ID),
            _stated(table, "tenant_id", "tenant").label(_TENANT),
            func.lower(_stated(table, "name", "title")).label(_NAME),
            _is_on(connection, table).label(_IS_ON),
            _rank(table).label(_RANK),
        )
        .select_from(table.clause)
        .subquery()
    )
    order = [rows.c[_IS_ON].desc(), *(rows.c[field] for field in table.order)]
    place = func.row_number().over(partition_by=[rows.c[_ID], rows.c[_TENANT]], order_by=order)
    rows = select(rows, place.label(_OF_TENANT)).subquery()
    is_kept = case((rows.c[_OF_TENANT] == 1, 1), else_=0)
    tags = (rows.c[field] for field in (*TACTICS, *TECHNIQUES) if field in table.fields)
    order = [rows.c[_IS_ON].desc(), rows.c[_RANK], *(rows.c[field] for field in table.order)]
    place = func.row_number().over(partition_by=[rows.c[_ID], rows.c[_NAME], is_kept, *tags], order_by=order)
    rows = select(rows, place.label(_OF_COPIES)).subquery()
    has_id, is_first = rows.c[_ID].is_not(None), rows.c[_OF_TENANT] == 1
    return rows, (
        _number(and_(has_id, ~is_first)).label(DUPLICATES),
        _number(and_(has_id, is_first, rows.c[_OF_COPIES] > 1)).label(COPIES),
    )


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _stated(table: RuleTable, *fields: str) -> ColumnElement[str | None]:
    """The first of the fields that states a text, else NULL."""
    texts = [
        func.nullif(func.trim(cast(table.fields[field].element, TEXT)), "") for field in fields if field in table.fields
    ]
    return func.coalesce(*texts, null()) if texts else cast(null(), TEXT)


def _is_on(connection: Connection, table: RuleTable) -> ColumnElement[int]:
    """1 for an enabled rule, else 0; what the words for it mean is not left to the database."""
    if "enabled" not in table.fields:
        return literal(1)
    enabled = table.fields["enabled"].element
    there = connection.scalars(select(enabled).select_from(table.clause).distinct().limit(_MOST_STATES))
    words = [word for word in there if word is not None and Fields({"enabled": word}).flag("enabled")]
    return case((enabled.in_(words), 1), else_=0) if words else literal(0)


def _rank(table: RuleTable) -> ColumnElement[int]:
    """The place of a rule's severity, the most severe first."""
    ranks = {word: SEVERITY_ORDER[severity] for word, severity in SEVERITIES.items()}
    return case(ranks, value=func.lower(_stated(table, "severity")), else_=len(SEVERITY_ORDER))
