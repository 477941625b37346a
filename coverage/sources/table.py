"""Rules from the rows of a table, whatever brought it: which column holds what is guessed from the header.

The guess is a value of its own, so that somebody who sees it can correct it before the rows are read with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from coverage.model import Issue, IssueKind, Rule
from coverage.sources.cells import KindReader, Reading, cell
from coverage.sources.corrections import NO_CORRECTIONS, Corrections
from coverage.sources.fields import Fields
from coverage.sources.kinds import LISTED, Kinds
from coverage.sources.text import quoted

SOURCE = "Table"

Row = Mapping[str, object]
"""The cells of a row by the names of their columns."""

_MOST_ROWS = 5_000_000
_HEADER_ROWS = 20  # a title and a remark may stand above the header
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
    )


def read_table(
    rows: Iterable[Row], mapping: ColumnMapping, *, where: str, first: int = 1
) -> tuple[list[Rule], list[Issue]]:
    """A rule for each row that is not blank, and what is wrong with them; never raises.

    `where` is the file, and `first` the number of the first row; an issue's `where` is `where#n`, with n the row's
    number. Without a column for tactics the rules' tactics are None, unless they are named beside the techniques.
    Of more than `LISTED` rows there is a rule for each kind, see `coverage.sources.kinds`.
    """
    beyond: list[Issue] = []
    numbered = _numbered(rows, where, first, beyond)
    head = list(islice(numbered, LISTED + 1))
    read = _listed if len(head) <= LISTED else _counted
    rules, issues = read(chain(head, numbered), mapping, where)
    issues += beyond
    if not rules and not issues:
        issues.append(Issue(IssueKind.NOT_A_RULE, "", where, "The table has a header but no rows."))
    return rules, issues


def kind_reader(mapping: ColumnMapping) -> KindReader:
    """The reader of a row's kind for a mapping."""
    return KindReader(
        tactics=mapping.tactics, techniques=mapping.techniques, severity=mapping.severity, enabled=mapping.enabled
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
    top = list(islice(rest, _HEADER_ROWS))
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


def read_sheet(
    rows: Iterable[Sequence[object]], where: str, corrections: Corrections = NO_CORRECTIONS
) -> tuple[list[Rule], list[Issue]] | list[str]:
    """What `read_table` makes of rows with a header among the first ones, or else the names of the columns."""
    header, below = find_header(rows, corrections)
    if not header.mapping.techniques:
        return header.columns
    table = (dict(zip(header.names, cells, strict=False)) for cells in below)
    return read_table(table, header.mapping, where=where, first=header.row + 1)


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


def _numbered(rows: Iterable[Row], where: str, first: int, beyond: list[Issue]) -> Iterator[tuple[int, Row]]:
    """The number and the cells of each row that is not blank, without the blank cells."""
    for number, row in enumerate(rows, start=first):
        if number - first == _MOST_ROWS:
            message = f"The table has more than {_MOST_ROWS:,} rows; the others do not count."
            beyond.append(Issue(IssueKind.UNREADABLE, "", where, message))
            break
        cells = {name: value for name, value in ((name, cell(value)) for name, value in row.items()) if value != ""}
        if cells:
            yield number, cells


def _listed(rows: Iterable[tuple[int, Row]], mapping: ColumnMapping, where: str) -> tuple[list[Rule], list[Issue]]:
    """Each row as a rule of its own."""
    reader = kind_reader(mapping)
    rules: list[Rule] = []
    issues: list[Issue] = []
    for number, cells in rows:
        place = f"{where}#{number}"
        fields = _fields(cells, mapping)
        rule_id = fields.rule_id(place, "id")
        reading = reader.read(cells)
        kind = reading.kind
        rules.append(
            Rule(
                rule_id=rule_id,
                name=fields.name(rule_id, "name"),
                severity=kind.severity,
                enabled=kind.enabled,
                tactics=kind.tactics,
                techniques=kind.techniques,
                source=SOURCE,
                origin=where,
                logsource=fields.text("logsource"),
                updated_at=fields.text("updated_at"),
            )
        )
        fields.problems += reading.problems
        issues += fields.issues(rule_id, place)
    return rules, issues


def _counted(rows: Iterable[tuple[int, Row]], mapping: ColumnMapping, where: str) -> tuple[list[Rule], list[Issue]]:
    """A rule with a count for each kind; of rows with one id only that counts which would if they were listed."""
    reader = kind_reader(mapping)
    counts: Counter[Reading] = Counter()
    duplicates: Counter[Reading] = Counter()
    by_id: dict[str, Reading] = {}
    for _, cells in rows:
        reading = reader.read(cells)
        counts[reading] += 1
        rule_id = stated_id(cells.get(mapping.rule_id)) if mapping.rule_id is not None else None
        if rule_id is None:
            continue
        kept = by_id.get(rule_id)
        if kept is None:
            by_id[rule_id] = reading
        elif reading.kind.enabled and not kept.kind.enabled:
            by_id[rule_id] = reading
            duplicates[kept] += 1
        else:
            duplicates[reading] += 1
    kinds = Kinds(where, SOURCE)
    for reading, count in counts.items():
        kinds.add(reading.kind, reading.problems, count, duplicates[reading])
    return kinds.rules(), kinds.issues()


def stated_id(value: object) -> str | None:
    """The id in a cell, None where it states none."""
    found = Fields({"id": value}).text("id")
    return None if found is None else found.strip()


def _fields(cells: Row, mapping: ColumnMapping) -> Fields:
    """The fields that only a listed rule has."""
    columns = {
        "id": mapping.rule_id,
        "name": mapping.name,
        "logsource": mapping.logsource,
        "updated_at": mapping.updated_at,
    }
    return Fields({name: cells.get(column) for name, column in columns.items() if column is not None})
