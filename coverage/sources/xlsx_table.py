"""Tables in Excel's workbooks: the first sheet that has a column for techniques, and those with the same header."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import NamedTuple, TypeVar

from openpyxl import load_workbook

from coverage.model import Issue, IssueKind, Rule
from coverage.sources.corrections import NO_CORRECTIONS, Corrections
from coverage.sources.header import find_header, no_techniques
from coverage.sources.table import read_below
from coverage.sources.text import UnreadableError, printable, quoted

T = TypeVar("T")


class Sheet(NamedTuple):
    """A sheet of a workbook that is not hidden."""

    title: str
    rows: Iterator[Sequence[object]]


Sheets = Iterator[Sheet]

_MB = 1024 * 1024
_WORKBOOK = "xl/workbook.xml"
_LONGEST = 100 * _MB  # unpacked
_LONGEST_PART = 5 * _MB  # of what is not a sheet or its texts; openpyxl makes a tree of it, of ten times the size
_STREAMED = ("xl/worksheets/", "xl/sharedStrings.xml")
# zipfile unpacks with the other methods as much as comes at once.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MOST_COLUMNS = 200
_DAMAGED = "The workbook is damaged, or protected with a password."


def is_xlsx(data: bytes) -> bool:
    """Whether a file is a workbook."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _WORKBOOK in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def read_xlsx(data: bytes, origin: str, corrections: Corrections = NO_CORRECTIONS) -> tuple[list[Rule], list[Issue]]:
    """The rules of the sheets with a column for techniques, or the issue that no sheet has one.

    Of several such sheets those are read that have the header of the first, for another may list what there is to
    detect; an issue names each that is passed over, and blank and hidden ones are no tables. Rules of the second sheet
    and on have the sheet's name in their `origin`. Raises UnreadableError for what is too large or no workbook.
    """

    def read(sheets: Sheets) -> tuple[list[Rule], list[Issue]]:
        rules: list[Rule] = []
        issues: list[Issue] = []
        columns: list[str] = []
        first: list[str] | None = None
        for title, rows in sheets:
            header, below = find_header(rows, corrections)
            columns += header.columns
            if not header.columns:
                continue
            if header.mapping.techniques and first in (None, header.columns):
                where = origin if first is None else f"{origin}#{printable(title)}"
                first = header.columns
                found, wrong = read_below(header, below, where)
                rules += found
                issues += wrong
            else:
                lacks = "another header" if header.mapping.techniques else "no column for techniques"
                message = (
                    f"The sheet {quoted(title)} has {lacks}, so it is passed over; saved on its own it can be read."
                )
                issues.append(Issue(IssueKind.NOT_A_RULE, "", origin, message))
        return (rules, issues) if first is not None else ([], [no_techniques(columns, origin)])

    return with_sheets(data, read)


def with_sheets(data: bytes, use: Callable[[Sheets], T]) -> T:
    """What a function makes of the sheets that are not hidden.

    Raises UnreadableError for what is too large or no workbook.
    """
    try:
        _check_sizes(data)
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        shown = (sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        return use(Sheet(sheet.title, sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True)) for sheet in shown)
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(_DAMAGED) from error


def _check_sizes(data: bytes) -> None:
    """Raise UnreadableError for a workbook that would unpack to too much; zipfile unpacks no more than is stated."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
    if any(part.compress_type not in _METHODS for part in parts):
        raise UnreadableError("The workbook is packed in a way that is not supported.")
    others = (part.file_size for part in parts if not part.filename.startswith(_STREAMED))
    if sum(part.file_size for part in parts) > _LONGEST or max(others, default=0) > _LONGEST_PART:
        raise UnreadableError(f"The workbook unpacks to more than {_LONGEST // _MB} MB and was not read.")
