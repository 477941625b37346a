"""How the operator's database names what the product reads; apart from the reader, as it needs no SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from coverage.errors import CoverageError

TECHNIQUES = ("mitre_technique_id", "mitre_technique_ids", "mitre_techniques")
TACTICS = ("mitre_tactic", "mitre_tactics")
FIELDS = (
    *("id", "name", "title", "severity", "enabled"),
    *TACTICS,
    *TECHNIQUES,
    *("tenant_id", "tenant", "updated_at", "logsource", "log_source", "tags"),
)
"""The fields of a rule, each read from the column of its name unless `SqlNames.columns` says another."""


@dataclass(frozen=True, slots=True)
class SqlNames:
    """The table, `schema.table` where it is not in the default schema, and the columns of fields named otherwise."""

    table: str = "detection_rules"
    columns: Mapping[str, str] = field(default_factory=dict)


def read_names(table: str | None, columns: str | None) -> SqlNames:
    """The names out of `COVERAGE_SQL_TABLE` and `COVERAGE_SQL_COLUMNS` (`field=column,field=column`).

    Raises CoverageError for columns that are written otherwise, or whose field is none of a rule.
    """
    found: dict[str, str] = {}
    for part in (columns or "").split(","):
        name, _, column = (text.strip() for text in part.partition("="))
        if name in FIELDS and column and name not in found:
            found[name] = column
        elif part.strip():
            raise CoverageError(
                f"COVERAGE_SQL_COLUMNS holds {part.strip()!r}; write field=column with commas between, each field "
                f"once. The fields are {', '.join(FIELDS)}."
            )
    return SqlNames(table or SqlNames().table, found)
