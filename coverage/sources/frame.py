"""Rules from a pandas DataFrame with a row for each; of very many the kinds are counted, column by column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coverage.model import RuleSet, RuleSetBuilder
from coverage.sources.cells import Reading, cell
from coverage.sources.collection import rare_collection
from coverage.sources.fields import flat
from coverage.sources.header import ColumnMapping, column_names, guess_columns, no_techniques
from coverage.sources.kinds import COUNTED_NOTE, LISTED, Kinds
from coverage.sources.table import SOURCE, kind_reader, read_table, stated

_Columns = Mapping[str, pd.Series]
_Numbers = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]
_Coded = tuple[_Numbers, list[object]]
"""A column as a number for each row, and the cell that each number stands for."""

_LARGEST = 2**62


def read_frame(
    frame: pd.DataFrame, mapping: ColumnMapping | None = None, *, where: str = "frame", listed: int = LISTED
) -> RuleSet:
    """The rules of a frame, by a mapping that is guessed from its columns unless one is given; `where` is its name.

    A cell may be a text, also of several tags, a list or an array of them, a number, a truth value or null. Of more
    than `listed` rows there is a rule for each kind, see `coverage.sources.kinds`, and every figure is the same as if
    each row were listed. The frame is not changed, and nothing that a cell holds raises an error.
    """
    with rare_collection():
        return _rules(frame, mapping, where, listed)


def _rules(frame: pd.DataFrame, mapping: ColumnMapping | None, where: str, listed: int) -> RuleSet:
    names = column_names([str(name) for name in frame.columns])
    columns = dict(zip(names, (column for _, column in frame.items()), strict=True))
    mapping = mapping or guess_columns(names)
    builder = RuleSetBuilder()
    if not mapping.techniques:
        builder.issues.append(no_techniques(names, where))
    elif len(frame) > listed:
        kinds = _kinds(columns, mapping, where)
        builder.extend(kinds.rules(), kinds.issues())
        builder.notes.append(COUNTED_NOTE)
    else:
        rows = zip(*(map(_plain, column.tolist()) for column in columns.values()), strict=True)
        builder.extend(*read_table((dict(zip(columns, row, strict=True)) for row in rows), mapping, where=where))
    return builder.build()


def _kinds(columns: _Columns, mapping: ColumnMapping, where: str) -> Kinds:
    reader = kind_reader(mapping)
    telling = [name for name in reader.columns if name in columns]
    groups, cells = _grouped([_coded(columns[name]) for name in telling])
    readings = [reader.read(dict(zip(telling, row, strict=True))) for row in cells]
    is_rule = ~_are_blank(columns, groups, cells)
    counts = np.bincount(groups[is_rule], minlength=len(cells)).tolist()
    duplicates, copies = (
        np.bincount(groups[rows], minlength=len(cells)).tolist()
        for rows in _repeated(columns, mapping, groups, readings)
    )
    kinds = Kinds(where, SOURCE)
    for reading, number, double, copied in zip(readings, counts, duplicates, copies, strict=True):
        if number:
            kinds.add(reading.kind, reading.problems, number, duplicates=double, copies=copied)
    return kinds


def _coded(column: pd.Series) -> _Coded:
    if column.dtype != object:
        codes, found = pd.factorize(column, use_na_sentinel=True)
        cells = [cell(_plain(value)) for value in found.tolist()]
        return np.where(codes < 0, len(cells), codes), [*cells, ""]
    values = column.tolist()
    try:  # lists of texts, nearly always
        number = _numbering()
        numbers = [number(tuple(value) if type(value) is list else _key(value)) for value in values]
    except TypeError:
        number = _numbering()
        numbers = [number(_key(value)) for value in values]
    codes = np.array(numbers, dtype=np.int64)
    return codes, [cell(_plain(values[place])) for place in _first_places(codes).tolist()]


def _numbering() -> Callable[[object], int]:
    """Gives each key its number, which is that of its first appearance from 0 up."""
    numbers: dict[object, int] = defaultdict(count().__next__)
    return numbers.__getitem__


def _first_places(numbers: _Numbers) -> _Numbers:
    """For each number from 0 up, the first row that has it."""
    places = np.empty(numbers.max(initial=-1) + 1, dtype=np.int64)
    places[numbers[::-1]] = np.arange(len(numbers))[::-1]  # of several rows the one that is written last stays
    return places


def _grouped(coded: Sequence[_Coded]) -> tuple[_Numbers, list[tuple[object, ...]]]:
    """For each row the number of its group, of rows that have the same cells, and the cells of each group."""
    groups, size = np.zeros(len(coded[0][0]), dtype=np.int64), 1
    for codes, cells in coded:
        if size * len(cells) > _LARGEST:
            groups, found = pd.factorize(groups)
            size = len(found)
        groups = groups * len(cells) + codes
        size *= len(cells)
    groups, _ = pd.factorize(groups)
    firsts = _first_places(groups)
    columns = [[cells[code] for code in codes[firsts].tolist()] for codes, cells in coded]
    return groups, list(zip(*columns, strict=True))


def _are_blank(columns: _Columns, groups: _Numbers, cells: Sequence[tuple[object, ...]]) -> _Flags:
    """Whether each row is blank in all of its columns; those of its group alone do not say so."""
    blank = np.array([all(value == "" for value in row) for row in cells])[groups]
    rows = np.flatnonzero(blank)
    for column in columns.values():
        blank[rows] &= np.fromiter((cell(_plain(value)) == "" for value in column.iloc[rows].tolist()), dtype=bool)
    return blank


def _repeated(
    columns: _Columns, mapping: ColumnMapping, groups: _Numbers, readings: Sequence[Reading]
) -> tuple[_Numbers, _Numbers]:
    """The rows of duplicates and of copies, as `coverage.sources.counted` tells them, column by column."""
    none = np.empty(0, dtype=np.int64)
    ids, tenants, names = (
        None if name is None else columns.get(name) for name in (mapping.rule_id, mapping.tenant, mapping.name)
    )
    if ids is None or _are_unique(ids):
        return none, none
    ids_of = _texts(ids)
    rows = np.flatnonzero(ids_of >= 0)
    is_disabled = np.array([not reading.kind.enabled for reading in readings])[groups]
    of_tenant = [ids_of] if tenants is None else [ids_of, _texts(tenants)]
    duplicates = _all_but_one(rows, of_tenant, is_disabled)
    if tenants is None:
        return duplicates, none
    known: dict[str, int] = {}
    named = _texts(ids, known, str.casefold)  # an id stands in for a name
    if names is not None:
        stated_names = _texts(names, known, str.casefold)
        named = np.where(stated_names < 0, named, stated_names)
    number = _numbering()
    tags = np.array([number((reading.kind.tactics, reading.kind.techniques)) for reading in readings])[groups]
    standings = sorted({reading.kind.standing for reading in readings})
    standing = np.array([standings.index(reading.kind.standing) for reading in readings])[groups]
    kept = np.setdiff1d(rows, duplicates, assume_unique=True)
    return duplicates, _all_but_one(kept, [ids_of, named, tags], standing)


def _are_unique(ids: pd.Series) -> bool:
    """Whether no two rows can have one id; cheap where they have not."""
    if ids.dtype == object and pd.api.types.infer_dtype(ids) == "string":
        with suppress(UnicodeError):  # half of a surrogate pair
            ids = ids.astype("str")
    if ids.dtype == object or isinstance(ids.dtype, pd.CategoricalDtype):
        return False
    if pd.api.types.is_string_dtype(ids.dtype):
        ids = ids.str.strip()
    return ids.nunique() == len(ids)


def _texts(column: pd.Series, known: dict[str, int] | None = None, same: Callable[[str], str] = str) -> _Numbers:
    """A number for the text that each row states in a column, equal for `same` texts; -1 where it states none.

    Columns that share what is `known` have the same numbers.
    """
    codes, cells = _coded(column)
    numbers = {} if known is None else known
    texts = (stated(value) for value in cells)
    found = [-1 if text is None else numbers.setdefault(same(text), len(numbers)) for text in texts]
    return np.array(found, dtype=np.int64)[codes]


def _all_but_one(rows: _Numbers, same: Sequence[_Numbers], order: npt.NDArray[Any]) -> _Numbers:
    """Of the rows those that equal another one, which goes before them in an order."""
    rows = rows[np.argsort(order[rows], kind="stable")]
    is_one_more = pd.DataFrame({place: values[rows] for place, values in enumerate(same)}).duplicated()
    return rows[np.flatnonzero(is_one_more)]


def _key(value: object) -> object:
    """Equal for what means the same in a cell; 1 is equal to True, and means another thing."""
    value = _plain(value)
    if value is None or isinstance(value, str | tuple):
        return value
    try:
        hash(value)
    except TypeError:
        return type(value)
    return type(value), value


def _plain(value: object) -> object:
    """A value as `cell` knows it: nulls of all kinds are None, and lists and arrays are tuples with a hash."""
    if isinstance(value, str):
        return value
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return tuple(part if isinstance(part, str) else type(part) for part in flat(value) if not _is_null(part))
    return None if _is_null(value) else value


def _is_null(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and isnan(value))
