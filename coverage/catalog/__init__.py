"""Catalogs: the matrices that rules are held against, and the ATT&CK facts behind them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from coverage.catalog.available import (
    SHIPPED,
    attack_in,
    available_versions,
    default_version,
    facts_file,
    stored_problems,
)
from coverage.catalog.enterprise import enterprise_catalog
from coverage.catalog.files import FactsFile
from coverage.catalog.model import Attack, Catalog, Tactic, Technique
from coverage.catalog.threatops import threatops_catalog
from coverage.errors import CatalogError

if TYPE_CHECKING:
    from coverage.catalog.context import AttackContext

__all__ = [
    "CATALOGS",
    "SHIPPED",
    "Attack",
    "Catalog",
    "Tactic",
    "Technique",
    "available_versions",
    "default_version",
    "facts_file",
    "load_catalog",
    "load_context",
    "stored_problems",
]

CATALOGS = {"threatops": threatops_catalog, "enterprise": enterprise_catalog}
"""The catalogs by name, the default first; each makes a `Catalog` of the facts of one ATT&CK version."""


def load_catalog(name: str, attack_version: str | None = None) -> Catalog:
    """A catalog over an ATT&CK version at hand, by default the newest; the same object until its file is replaced.

    Raises CatalogError for a name or a version that there is not.
    """
    if name not in CATALOGS:
        raise CatalogError(f"There is no catalog {name!r}; choose one of {', '.join(CATALOGS)}.")
    return _catalog(name, facts_file(attack_version if attack_version is not None else default_version()))


def load_context(attack_version: str | None = None) -> AttackContext:
    """The context of an ATT&CK version at hand, by default the newest; the same object until its file is replaced.

    Raises CatalogError for a version that there is not, or whose context cannot be read.
    """
    from coverage.catalog.context_facts import context_of  # noqa: PLC0415  counting does without it

    return context_of(attack_version if attack_version is not None else default_version())


@lru_cache(maxsize=32)
def _catalog(name: str, file: FactsFile) -> Catalog:
    return CATALOGS[name](attack_in(file))
