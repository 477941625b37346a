"""Which column of a table holds what: guessed from its header, and corrected by a person.

The guess is a value of its own, so that somebody who sees it can correct it before the rows are read with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from coverage.model import Issue, IssueKind
from coverage.sources.corrections import NO_CORRECTIONS, Corrections
from coverage.sources.text import quoted

HEADER_ROWS = 20
"""Among so many first rows the header is looked for: a title and a remark may stand above it."""

_SHOWN_COLUMNS = 10

# Words for one column each, the more telling first; all without case, spaces and signs.
_IDS = ("ruleid", "id", "uuid", "guid", "uid", "detectionid", "usecaseid", "analyticid", "identifier", "key")
_NAMES = (
    *("rulename", "name", "title", "ruletitle", "displayname", "detectionname", "usecasename", "alertname"),
    *("searchname", "analyticname", "rule", "detection", "usecase", "alert", "analytic"),
)
_SEVERITY = (
    *("severity", "ruleseverity", "alertseverity", "severitylevel", "sev", "level", "risklevel", "criticality"),
    *("priority", "risk"),
)
_ENABLED = ("enabled", "isenabled", "ruleenabled", "active", "isactive", "status", "rulestatus", "state", "rulestate")
_LOG_SOURCES = ("logsource", "logsources", "datasource", "datasources", "logtype", "source", "product", "platform")
_UPDATED = ("updatedat", "updated", "lastupdated", "lastmodified", "modifiedat", "modified", "date")
_TENANTS = (
    *("tenantid", "tenant", "tenantname", "customerid", "customer", "customername", "client", "clientname"),
    *("organization", "organisation", "org", "company"),
)
_TAGS = ("tags", "ruletags", "labels", "rulelabels", "keywords")
_TECHNIQUES = frozenset(
    {"mitre", "mitreid", "mitreids", "mitreattack", "mitreattackid", "mitreattackids", "mitreattackmapping"}
    | {"mitremapping", "mitretags", "attack", "attackid", "attackids", "attackmapping", "ttp", "ttps", "mitrettps"}
)
_ABOUT = ("url", "link", "description", "comment", "count")  # columns that say something about techniques


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which columns of a table hold what, by their names in its header; None and () where there is none."""

    rule_id: str | None = None
    name: str | None = None
    severity: str | None = None
    enabled: str | None = None
    tactics: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    logsource: str | None = None
    updated_at: str | None = None
    tenant: str | None = None
    tags: tuple[str, ...] = ()


def guess_columns(header: Iterable[str]) -> ColumnMapping:
    """The mapping that a header suggests; one column is never taken for two things."""
    keys = {name: _key(name) for name in header}
    tactics = tuple(name for name, key in keys.items() if "tactic" in key and not _is_about(key))
    techniques = tuple(
        name
        for name, key in keys.items()
        if name not in tactics and (key in _TECHNIQUES or "technique" in key) and not _is_about(key)
    )
    left = {key: name for name, key in reversed(keys.items()) if name not in (*tactics, *techniques)}

    def first(words: Iterable[str]) -> str | None:
        return next((left[word] for word in words if word in left), None)

    return ColumnMapping(
        rule_id=first(_IDS),
        name=first(_NAMES),
        severity=first(_SEVERITY),
        enabled=first(_ENABLED),
        tactics=tactics,
        techniques=techniques,
        logsource=first(_LOG_SOURCES),
        updated_at=first(_UPDATED),
        tenant=first(_TENANTS),
        tags=tuple(filter(None, [first(_TAGS)])),
    )


def columns_of(header: Iterable[str], corrections: Corrections) -> ColumnMapping:
    """The mapping that a header suggests, with what a person chose in its place; unnamed columns are none.

    A column that is chosen for a field is guessed for no other.
    """
    names = [name for name in header if name]
    guess = guess_columns(names)
    chosen = corrections.of(names)
    taken = {column for columns in chosen.values() for column in columns}

    def column(field: str) -> str | None:
        if field in chosen:
            return next(iter(chosen[field]), None)
        guessed: str | None = getattr(guess, field)
        return None if guessed in taken else guessed

    def columns(field: str) -> tuple[str, ...]:
        return chosen[field] if field in chosen else tuple(each for each in getattr(guess, field) if each not in taken)

    return ColumnMapping(
        rule_id=column("rule_id"),
        name=column("name"),
        severity=column("severity"),
        enabled=column("enabled"),
        tactics=columns("tactics"),
        techniques=columns("techniques"),
        logsource=column("logsource"),
        updated_at=column("updated_at"),
        tenant=column("tenant"),
        tags=columns("tags"),
    )


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, "" for those without one; what they hold; the number of the row, counted from 1."""

    names: list[str]
    mapping: ColumnMapping
    row: int

    @property
    def columns(self) -> list[str]:
        """The names of the columns that have one."""
        return [name for name in self.names if name]


def find_header(
    rows: Iterable[Sequence[object]], corrections: Corrections = NO_CORRECTIONS
) -> tuple[Header, Iterable[Sequence[object]]]:
    """The header among the first rows, and the rows below it.

    It is the first row with a column for techniques, or else with two names, or else with one.
    """
    rest = iter(rows)
    top = list(islice(rest, HEADER_ROWS))
    found = Header([], ColumnMapping(), 0)
    for number, row in enumerate(top, start=1):
        names = column_names(row)
        header = Header(names, columns_of(names, corrections), number)
        if header.mapping.techniques:
            found = header
            break
        if len(header.columns) > len(found.columns) < 2:
            found = header
    return found, chain(top[found.row :], rest)


def no_techniques(columns: Sequence[str], where: str) -> Issue:
    """The issue that a table has no column for techniques, with the names of those that it has."""
    shown = ", ".join(quoted(name, 24) for name in columns[:_SHOWN_COLUMNS])
    more = ", …" if len(columns) > _SHOWN_COLUMNS else ""
    what = f"its columns: {shown}{more}" if columns else "it has no columns at all"
    return Issue(IssueKind.NOT_A_RULE, "", where, f"The table has no column for techniques ({what}).")


def _key(name: str) -> str:
    """A column's name without case, spaces and signs; ATT&CK is a word with one."""
    return re.sub(r"[\W_]+", "", name.casefold()).replace("attck", "attack")


def _is_about(key: str) -> bool:
    return any(word in key for word in _ABOUT)


def column_names(row: Sequence[object]) -> list[str]:
    """The names in a header, each once: what is there twice gets a number."""
    names: list[str] = []
    seen: set[str] = set()
    for value in row:
        text = value.strip() if isinstance(value, str) else ""
        name, number = text, 1
        while name and name in seen:
            number += 1
            name = f"{text} ({number})"
        seen.add(name)
        names.append(name)
    return names
