"""Tables as text: CSV with a comma, a semicolon, a tab or a bar between the cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice

from coverage.model import Issue, IssueKind, Rule
from coverage.sources.corrections import NO_CORRECTIONS, Corrections
from coverage.sources.header import HEADER_ROWS, guess_columns, no_techniques
from coverage.sources.table import read_sheet

_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"\n]*+"')
_STATED = re.compile(rf"sep=([{_DELIMITERS}])\r?\n", re.IGNORECASE)  # Excel's own first line
_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")
_LONGEST_ROW = 2_000_000  # characters; a row of nothing but commas would be a list of 200 million cells
_LONGEST_HEADER = 100_000  # characters; a longer cell than Python's 131,072 is an error


def is_table(text: str) -> bool:
    """Whether the first line of a text is a header with a column for techniques."""
    body, delimiter = _opened(text)
    try:
        header = next(csv.reader(_first_lines(body)[:1], delimiter=delimiter), [])
    except csv.Error:
        return False
    return bool(guess_columns(header).techniques)


def read_csv(text: str, origin: str, corrections: Corrections = NO_CORRECTIONS) -> tuple[list[Rule], list[Issue]]:
    """The rules of one table and what is wrong with them, or the issue that it has no column for techniques.

    From a row on that is no valid CSV, the rest is one `UNREADABLE` issue; the rows before it are kept.
    """
    broken: list[Issue] = []
    found = read_sheet(csv_rows(text, origin, broken), origin, corrections)
    if isinstance(found, list):
        return [], [no_techniques(found, origin), *broken]
    rules, issues = found
    return rules, issues + broken


def _opened(text: str) -> tuple[str, str]:
    """The rows as text, and the delimiter: what is stated, or else that of the first line that looks like a header."""
    stated = _STATED.match(text)
    if stated:
        return text[stated.end() :], stated[1]
    lines = _first_lines(text)
    header = next(filter(_names_techniques, lines), lines[0])
    return text, _delimiter(header)


def _names_techniques(line: str) -> bool:
    try:
        return bool(guess_columns(next(csv.reader([line], delimiter=_delimiter(line)), [])).techniques)
    except csv.Error:
        return False


def _delimiter(line: str) -> str:
    """The sign that most stand of in a line, outside of quotes."""
    return max(_DELIMITERS, key=_QUOTED.sub("", line).count)


def _first_lines(text: str) -> list[str]:
    """The first lines that are not blank, at least one; Excel on a Mac once ended them with a carriage return alone."""
    head = text[:_LONGEST_HEADER].replace("\r\n", "\n").replace("\r", "\n")
    return list(islice(filter(str.strip, head.split("\n")), HEADER_ROWS)) or [""]


def csv_rows(text: str, origin: str, broken: list[Issue]) -> Iterator[list[str]]:
    """The rows of a table; where they stop being valid CSV, they end, and `broken` gets the issue that says so."""
    body, delimiter = _opened(text)
    size = 0  # of the row that is being read

    def lines() -> Iterator[str]:
        """One line after the other: io.StringIO would hold the text a second time, with four bytes a character."""
        nonlocal size
        for line in _LINE.finditer(body):
            size += len(line[0])
            if size > _LONGEST_ROW:
                raise csv.Error
            yield line[0]

    reader = csv.reader(lines(), delimiter=delimiter)
    try:
        for row in reader:
            size = 0
            yield row
    except csv.Error:
        message = f"The table is not valid CSV at line {reader.line_num}; the rows after that do not count."
        broken.append(Issue(IssueKind.UNREADABLE, "", origin, message))
