"""Rules from the rows of a table, whatever brought it: each listed, or of very many the kinds counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from coverage.model import Issue, IssueKind, Rule
from coverage.sources.cells import KindReader, Once, cell
from coverage.sources.corrections import NO_CORRECTIONS, Corrections
from coverage.sources.counted import Counted
from coverage.sources.fields import Fields, clean
from coverage.sources.header import ColumnMapping, Header, find_header
from coverage.sources.kinds import LISTED
from coverage.sources.tags import other_tags

SOURCE = "Table"

Row = Mapping[str, object]
"""The cells of a row by the names of their columns."""

_MOST_ROWS = 5_000_000


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


def read_sheet(
    rows: Iterable[Sequence[object]], where: str, corrections: Corrections = NO_CORRECTIONS
) -> tuple[list[Rule], list[Issue]] | list[str]:
    """What `read_table` makes of rows with a header among the first ones, or else the names of the columns."""
    header, below = find_header(rows, corrections)
    return read_below(header, below, where) if header.mapping.techniques else header.columns


def read_below(header: Header, rows: Iterable[Sequence[object]], where: str) -> tuple[list[Rule], list[Issue]]:
    """What `read_table` makes of the rows below a header."""
    table = (dict(zip(header.names, cells, strict=False)) for cells in rows)
    return read_table(table, header.mapping, where=where, first=header.row + 1)


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
    reader, read_tags = kind_reader(mapping), Once(_read_tags)
    rules: list[Rule] = []
    issues: list[Issue] = []
    for number, cells in rows:
        place = f"{where}#{number}"
        fields = _fields(cells, mapping)
        rule_id = fields.rule_id(place, "id")
        reading = reader.read(cells)
        kind = reading.kind
        tags, wrong = read_tags(tuple(cells.get(name) for name in mapping.tags))
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
                tenant=fields.text("tenant"),
                updated_at=fields.text("updated_at"),
                tags=tags,
            )
        )
        fields.problems += (*reading.problems, *wrong)
        issues += fields.issues(rule_id, place)
    return rules, issues


def _counted(rows: Iterable[tuple[int, Row]], mapping: ColumnMapping, where: str) -> tuple[list[Rule], list[Issue]]:
    """A rule with a count for each kind; of rows with one id only those count which would if they were listed."""
    reader = kind_reader(mapping)
    counted = Counted(where, SOURCE)
    # Only between tenants the name tells whether it is the same rule.
    telling = (mapping.rule_id, mapping.tenant, None if mapping.tenant is None else mapping.name)
    for _, cells in rows:
        counted.add(reader.read(cells), *(None if column is None else stated(cells.get(column)) for column in telling))
    return counted.read()


def stated(value: object) -> str | None:
    """The id, the name or the tenant in a cell, None where it states none."""
    if isinstance(value, str):  # nearly always, and `cell` took the space around it away
        return clean(value) or None
    return Fields({"text": value}).text("text")


def _fields(cells: Row, mapping: ColumnMapping) -> Fields:
    """The fields that only a listed rule has."""
    columns = {
        "id": mapping.rule_id,
        "name": mapping.name,
        "logsource": mapping.logsource,
        "tenant": mapping.tenant,
        "updated_at": mapping.updated_at,
    }
    return Fields({name: cells.get(column) for name, column in columns.items() if column is not None})


def _read_tags(cells: tuple[object, ...]) -> tuple[tuple[str, ...], list[tuple[IssueKind, str]]]:
    """The tags in the cells for them, and what is wrong with these."""
    fields = Fields({"tags": cells})
    return other_tags(fields.texts("tags")), fields.problems
