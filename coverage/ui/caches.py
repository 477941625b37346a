"""What all visitors of one server share. Every input is an argument; a load's serial stands for its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakValueDictionary

import pandas as pd
import streamlit as st

from coverage.catalog import Catalog, facts_file, load_catalog
from coverage.catalog.files import FactsFile
from coverage.catalog.narrow import narrowed
from coverage.compare import Comparison, compare
from coverage.config import Config, load_config
from coverage.figures import Palette, matrix_grid
from coverage.filters import Facets, facets
from coverage.join import join
from coverage.model import RuleSet
from coverage.quality import Quality, find_quality
from coverage.score import Coverage, Settings, score
from coverage.shelf import Shelf
from coverage.store import Load, RuleStore, new_serial
from coverage.ui.choices import Choices, MatrixChoice
from coverage.ui.tiles import DrawnGrid, drawn


@dataclass(frozen=True, slots=True)
class Side:
    """The rules of a load in a matrix, e.g. as one side of a comparison."""

    load: Load
    matrix: MatrixChoice
    settings: Settings

    @property
    def coverage(self) -> Coverage:
        """The coverage of this side. Raises CatalogError."""
        return coverage_of(self.load, self.matrix, self.settings)

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this side from others. Raises CatalogError."""
        return (self.load.serial, self.matrix, str(facts_file(self.matrix.attack_version)), self.settings)


@st.cache_resource
def config() -> Config:
    """The operator's configuration, read once a server."""
    return load_config()


@st.cache_resource
def rule_store() -> RuleStore:
    """The rules of the sources that the operator configured, and the sample data."""
    return RuleStore()


@st.cache_resource
def upload_store() -> RuleStore:
    """The rules that visitors uploaded: kept for reloads and links, the least recently used go first."""
    return RuleStore(keep=16)


@st.cache_resource
def upload_shelf() -> Shelf:
    """The files of small uploads, such as tables are, of which a visitor may correct the columns after a reload."""
    return Shelf(64 * 1024 * 1024)


def joined(loads: Mapping[str, Load]) -> Load:
    """The loads of sources by their labels as one, as old as the oldest of them; joined once for all visitors."""
    key = tuple((label, load.serial) for label, load in loads.items())
    ruleset, serial = _joined(key, {label: load.ruleset for label, load in loads.items()})
    return Load(
        ruleset=ruleset,
        serial=serial,
        loaded_at=min(load.loaded_at for load in loads.values()),
        seconds=sum(load.seconds for load in loads.values()),
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _joined(key: tuple[tuple[str, int], ...], _rulesets: Mapping[str, RuleSet]) -> tuple[RuleSet, int]:
    del key
    return join(_rulesets), new_serial()


def facets_of(load: Load) -> Facets:
    """What the rules of a load can be filtered by, found once for all visitors."""
    return _facets(load.serial, load.ruleset)


@st.cache_resource(max_entries=16, show_spinner=False)
def _facets(serial: int, _ruleset: RuleSet) -> Facets:
    del serial  # the key of the cache
    return facets(_ruleset.rules)


def catalog_of(matrix: MatrixChoice) -> Catalog:
    """The catalog of a choice; the same object until its facts file is replaced. Raises CatalogError."""
    return _catalog(matrix, facts_file(matrix.attack_version))


@lru_cache(maxsize=64)
def _catalog(matrix: MatrixChoice, file: FactsFile) -> Catalog:
    del file  # the key of the cache
    catalog = load_catalog(matrix.catalog, matrix.attack_version)
    return narrowed(catalog, platforms=frozenset(matrix.platforms), pre_compromise=matrix.pre_compromise)


@st.cache_resource(max_entries=64, show_spinner=False)
def _coverage(
    serial: int, matrix: MatrixChoice, file: str, settings: Settings, _ruleset: RuleSet, _catalog: Catalog
) -> Coverage:
    del serial, matrix, file  # the key of the cache
    return score(_ruleset, _catalog, settings)


def coverage_of(load: Load, matrix: MatrixChoice, settings: Settings) -> Coverage:
    """The coverage of one load, computed once for all visitors; it must not be changed. Raises CatalogError."""
    file = str(facts_file(matrix.attack_version))
    return _coverage(load.serial, matrix, file, settings, load.ruleset, catalog_of(matrix))


@st.cache_resource(max_entries=16, show_spinner=False)
def _comparison(key: tuple[object, ...], _before: Side, _after: Side) -> Comparison:
    del key
    return compare(
        _before.coverage,
        _after.coverage,
        rules_before=_before.load.ruleset,
        rules_after=_after.load.ruleset,
    )


def comparison_of(before: Side, after: Side) -> Comparison:
    """The comparison of two sides, made once for all visitors; it must not be changed. Raises CatalogError."""
    return _comparison((before.key, after.key), before, after)


@st.cache_resource(max_entries=64, show_spinner=False)
def _quality(key: tuple[object, ...], _side: Side) -> Quality:
    del key
    return find_quality(_side.load.ruleset, _side.coverage)


def quality_of(load: Load, choices: Choices) -> Quality:
    """The lists of rule quality, made once for all visitors; they must not be changed. Raises CatalogError."""
    side = Side(load, choices.matrix, choices.settings)
    return _quality(side.key, side)


@st.cache_resource(max_entries=64, show_spinner=False)
def _matrix(  # noqa: PLR0917  Streamlit hashes the arguments, whatever their kind
    serial: int,
    matrix: MatrixChoice,
    file: str,
    settings: Settings,
    palette_key: tuple[bool, bool],
    expanded: tuple[str, ...],
    _coverage: Coverage,
    _colours: Palette,
) -> DrawnGrid:
    del serial, matrix, file, settings, palette_key  # the key of the cache
    return drawn(matrix_grid(_coverage, _colours, frozenset(expanded)))


def matrix_of(load: Load, coverage: Coverage, choices: Choices, expanded: tuple[str, ...]) -> DrawnGrid:
    """The matrix of one coverage, built once for all visitors; it must not be changed."""
    return _matrix(
        load.serial,
        choices.matrix,
        str(facts_file(choices.matrix.attack_version)),
        choices.settings,
        (choices.colour_blind_safe, choices.dark),
        expanded,
        coverage,
        choices.colours,
    )


_TABLES: WeakValueDictionary[tuple[object, ...], pd.DataFrame] = WeakValueDictionary()


def one_for_all(table: pd.DataFrame) -> pd.DataFrame:
    """The table, or an equal one that another visitor holds already; it must not be changed.

    What a session keeps it keeps for hours, and the table of a library's rules has more than a megabyte.
    """
    contents = pd.util.hash_pandas_object(table, index=False).sum()
    known = _TABLES.setdefault((*table.columns, len(table), int(contents)), table)
    return known if known.equals(table) else table
