"""The heads of tables, for somebody who checks which column was taken for what: header, guess and some cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from coverage.errors import SourceError
from coverage.model import RuleSet
from coverage.sources.corrections import Corrections
from coverage.sources.csv_table import csv_rows
from coverage.sources.documents import JSON_SOURCE, ZIP_MARK, is_csv, is_json, json_columns, json_document, json_rows
from coverage.sources.entries import DEFAULT_LIMITS, Entry, Intake, read_bounded
from coverage.sources.fields import flat
from coverage.sources.header import ColumnMapping, columns_of, find_header
from coverage.sources.library import file_batch, upload_entries
from coverage.sources.table import SOURCE
from coverage.sources.text import UnreadableError, cut, decode, printable

_SUFFIXES = (".csv", ".tsv", ".xlsx", ".json")
_MOST_FILES = 1_000
_ROWS = 50  # in which cells are looked for
_SAMPLES = 3  # of one column
_LONGEST_SAMPLE = 40  # characters
_MOST_HEADS = 20


@dataclass(frozen=True, slots=True)
class TableHead:
    """The named columns of one table in their order, what they were taken for, and the first cells of each.

    `origin` is the file, as it is that of its rules.
    """

    origin: str
    columns: tuple[str, ...]
    mapping: ColumnMapping
    samples: Mapping[str, tuple[str, ...]]


def tables_in(ruleset: RuleSet) -> frozenset[str]:
    """The files that are tables, or may be ones without a column for techniques, by what reading them brought."""
    read = {rule.origin for rule in ruleset.rules if rule.source in (SOURCE, JSON_SOURCE)}
    # Of a table whose rules were only counted, and of a workbook's further sheets, the file stands before a sign.
    read |= {table for origin in read for sign in (", ", "#") if (table := origin.rpartition(sign)[0])}
    refused = {issue.where.partition("#")[0] for issue in ruleset.issues if not issue.rule}
    return frozenset(read | {origin for origin in refused if origin.lower().endswith(_SUFFIXES)})


def upload_heads(
    files: Iterable[tuple[str, bytes]], corrections: Corrections, only: frozenset[str] | None = None
) -> tuple[TableHead, ...]:
    """The heads of the tables in uploaded files, of those whose origins are in `only` if it is given; never raises."""
    return _heads(upload_entries(files, Intake(DEFAULT_LIMITS)), corrections, only)


def path_heads(path: Path, corrections: Corrections, only: frozenset[str] | None = None) -> tuple[TableHead, ...]:
    """The heads of the tables in a folder, a file or an archive, likewise."""
    intake = Intake(DEFAULT_LIMITS)
    try:
        if path.is_dir():
            return _heads(_files(path, only, intake), corrections, only)
        with path.open("rb") as stream:
            return _heads(file_batch(str(path), stream, intake).entries, corrections, only)
    except (OSError, SourceError):
        return ()


def _files(root: Path, only: frozenset[str] | None, intake: Intake) -> Iterator[Entry]:
    """Those files of a folder that are asked for, or all that may be tables."""
    for origin in sorted(only) if only is not None else _candidates(root):
        path = root / origin
        try:
            with path.open("rb") as stream:
                yield Entry(origin, read_bounded(stream.read, intake.limit(path.name)))
        except (OSError, UnreadableError):
            continue


def _candidates(root: Path) -> list[str]:
    found = (path for suffix in _SUFFIXES for path in root.rglob(f"*{suffix}"))
    return sorted(path.relative_to(root).as_posix() for path in islice(found, _MOST_FILES))


def _heads(entries: Iterator[Entry], corrections: Corrections, only: frozenset[str] | None) -> tuple[TableHead, ...]:
    if only is not None and not only:
        return ()
    wanted = (entry for entry in entries if only is None or entry.origin in only)
    heads = (_head_of(entry, corrections) for entry in wanted)
    return tuple(islice((head for head in heads if head is not None), _MOST_HEADS))


def _head_of(entry: Entry, corrections: Corrections) -> TableHead | None:
    origin, data = entry
    try:
        if data.startswith(ZIP_MARK):
            from coverage.sources.xlsx_table import with_sheets  # noqa: PLC0415  few libraries hold workbooks

            return with_sheets(data, lambda sheets: _of_sheets((sheet.rows for sheet in sheets), origin, corrections))
        text, _ = decode(data)
        if is_json(text):
            rows = json_rows(json_document(text))
            columns = [name for name in json_columns(rows) if name]
            return _head(origin, columns, columns_of(columns, corrections), rows)
        if is_csv(text, origin):
            return _of_sheets([csv_rows(text, origin, [])], origin, corrections)
    except UnreadableError:
        pass
    return None


def _of_sheets(sheets: Iterable[Iterable[Sequence[object]]], origin: str, corrections: Corrections) -> TableHead | None:
    """The head of the sheet that is read, or else of the one with the most columns."""
    best: TableHead | None = None
    for rows in sheets:
        header, below = find_header(rows, corrections)
        cells = (dict(zip(header.names, row, strict=False)) for row in below)
        head = _head(origin, header.columns, header.mapping, cells)
        if head is not None and (best is None or head.mapping.techniques or len(head.columns) > len(best.columns)):
            best = head
        if header.mapping.techniques:
            break
    return best


def _head(
    origin: str, columns: Sequence[str], mapping: ColumnMapping, rows: Iterable[Mapping[str, object]]
) -> TableHead | None:
    if not columns:
        return None
    found: dict[str, dict[str, None]] = {column: {} for column in columns}
    for row in islice(rows, _ROWS):
        for column in columns:
            text = ", ".join(str(value) for value in flat(row.get(column))).strip()
            if text and len(found[column]) < _SAMPLES:
                found[column][cut(printable(" ".join(text.split())), _LONGEST_SAMPLE)] = None
    return TableHead(origin, tuple(columns), mapping, {column: tuple(texts) for column, texts in found.items()})
