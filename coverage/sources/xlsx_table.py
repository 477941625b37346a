"""Tables in Excel's workbooks: the first sheet that has a column for techniques."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import TypeVar

from openpyxl import load_workbook

from coverage.model import Issue, Rule
from coverage.sources.corrections import NO_CORRECTIONS, Corrections
from coverage.sources.header import no_techniques
from coverage.sources.table import read_sheet
from coverage.sources.text import UnreadableError

T = TypeVar("T")
Sheets = Iterator[Iterator[Sequence[object]]]
"""The rows of each sheet of a workbook."""

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
    """The rules of the first sheet with a column for techniques, or the issue that no sheet has one.

    Raises UnreadableError for what is too large or no workbook.
    """

    def read(sheets: Sheets) -> tuple[list[Rule], list[Issue]]:
        columns: list[str] = []
        for rows in sheets:
            found = read_sheet(rows, origin, corrections)
            if not isinstance(found, list):
                return found
            columns += found
        return [], [no_techniques(columns, origin)]

    return with_sheets(data, read)


def with_sheets(data: bytes, use: Callable[[Sheets], T]) -> T:
    """What a function makes of the sheets; raises UnreadableError for what is too large or no workbook."""
    try:
        _check_sizes(data)
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        return use(sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True) for sheet in book.worksheets)
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
