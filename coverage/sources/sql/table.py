"""The table of rules as the database describes it, and each field of a rule as an expression to select."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from warnings import filterwarnings

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    Label,
    String,
    TableClause,
    Unicode,
    cast,
    column,
    inspect,
    table,
    type_coerce,
)
from sqlalchemy.exc import NoSuchTableError, SAWarning
from sqlalchemy.types import NullType, TypeEngine

from coverage.errors import SourceError
from coverage.sources.sql.names import FIELDS, TACTICS, TECHNIQUES, SqlNames
from coverage.sources.text import printable

SOURCE = "Database"
"""The `source` of each rule."""

COUNTED = (*TACTICS, *TECHNIQUES, "severity", "enabled")
"""The fields that say of what kind a rule is."""

# Oracle has no text without a length but its CLOB, and SQL Server loses letters of a text that is not Unicode.
TEXT = String().with_variant(String(4000), "oracle").with_variant(Unicode(), "mssql")
_MOST_TABLES = 10
_MOST_COLUMNS = 40

# Such a column is read as text, and nobody need care.
filterwarnings("ignore", "Did not recognize type", SAWarning)


@dataclass(frozen=True, slots=True)
class RuleTable:
    """The table, its name to be shown, and what to select for each field that it has."""

    name: str
    clause: TableClause
    fields: Mapping[str, Label[Any]]

    @property
    def order(self) -> tuple[ColumnElement[Any], ...]:
        """What rows are in order by: of two rules with one id the same one must count every time."""
        keys = [self.fields[field] for field in ("id", "tenant_id", "tenant") if field in self.fields]
        # As short texts, for there are databases that do not sort long ones.
        others = [field for field in self.fields if field in ("name", "title", *COUNTED)]
        return (*(key.element for key in keys), *(cast(self.fields[field].element, TEXT) for field in others))


def find_table(connection: Connection, names: SqlNames) -> RuleTable:
    """The operator's table. Raises SourceError if it is not there or has no column of techniques."""
    schema, _, name = names.table.rpartition(".")
    shown = printable(names.table)
    inspector = inspect(connection)
    try:
        types = {found["name"]: found["type"] for found in inspector.get_columns(name, schema=schema or None)}
    except NoSuchTableError:
        there = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
        raise SourceError(
            f"The database has no table {shown}; {_listed('table', sorted(there), _MOST_TABLES)}. "
            "COVERAGE_SQL_TABLE names the one to read, a schema before it."
        ) from None
    columns = {field: names.columns.get(field, field) for field in FIELDS}
    missing = [(field, of) for field, of in columns.items() if field in names.columns and of not in types]
    columns_there = _listed("column", list(types), _MOST_COLUMNS)
    if missing:
        field, of = missing[0]
        raise SourceError(
            f"The table {shown} has no column {printable(of)}, which COVERAGE_SQL_COLUMNS names for {field}; "
            f"{columns_there}."
        )
    fields = {field: _readable(of, types[of]).label(field) for field, of in columns.items() if of in types}
    if fields.keys().isdisjoint(TECHNIQUES):
        raise SourceError(
            f"The table {shown} has no column of techniques; {columns_there}. "
            f"COVERAGE_SQL_COLUMNS names it, e.g. {TECHNIQUES[0]}=attack_id."
        )
    clause = table(name, *(column(each) for each in types), schema=schema or None)
    return RuleTable(shown, clause, fields)


def _readable(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """A column as text, number, truth value or list of texts, each just as the driver brings it.

    What is something else the database makes a text of: a driver may not know the type, or refuse one of its values (a
    date after the year 9999), and there are types that no database groups by. Nor does SQLAlchemy convert what comes,
    for it takes the word "false" in a truth value of SQLite for true.
    """
    found: ColumnElement[Any] = column(name, kind)
    if isinstance(kind, ARRAY):
        found = cast(found, ARRAY(TEXT))
    elif not isinstance(kind, String | Integer | Boolean):
        found = cast(found, TEXT)
    return type_coerce(found, NullType())


def _listed(what: str, names: list[str], most: int) -> str:
    """What is there, as a part of a sentence."""
    if not names:
        return f"it has no {what} that this user can see"
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"its {what}s are {', '.join(printable(name) for name in names[:most])}{more}"
