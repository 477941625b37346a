"""What all visitors of one server share. Every input is an argument; a load's serial stands for its rules."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from coverage.catalog import load_catalog
from coverage.config import Config, load_config
from coverage.figures import Palette, matrix_figure
from coverage.model import RuleSet
from coverage.score import Coverage, Settings, score
from coverage.store import Load, RuleStore


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


@st.cache_resource(max_entries=64, show_spinner=False)
def _coverage(serial: int, catalog: str, attack_version: str, settings: Settings, _ruleset: RuleSet) -> Coverage:
    del serial  # the key of the cache
    return score(_ruleset, load_catalog(catalog, attack_version), settings)


def coverage_of(load: Load, catalog: str, attack_version: str, settings: Settings) -> Coverage:
    """The coverage of one load, computed once for all visitors; it must not be changed."""
    return _coverage(load.serial, catalog, attack_version, settings, load.ruleset)


@st.cache_resource(max_entries=64, show_spinner=False)
def _matrix(
    serial: int,
    catalog: str,
    attack_version: str,
    settings: Settings,
    palette_key: tuple[bool, bool],
    _coverage: Coverage,
    _colours: Palette,
) -> go.Figure:
    del serial, catalog, attack_version, settings, palette_key  # the key of the cache
    return matrix_figure(_coverage, _colours)


def matrix_of(load: Load, coverage: Coverage, palette_key: tuple[bool, bool], colours: Palette) -> go.Figure:
    """The matrix of one coverage, built once for all visitors; it must not be changed."""
    attack_version = coverage.catalog.attack.version
    return _matrix(
        load.serial, coverage.catalog.name, attack_version, coverage.settings, palette_key, coverage, colours
    )
