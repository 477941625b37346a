"""Catalogs: the matrices that rules are held against, and the ATT&CK facts behind them."""

from __future__ import annotations

from functools import cache

from coverage.catalog.enterprise import enterprise_catalog
from coverage.catalog.facts import SHIPPED, shipped_attack
from coverage.catalog.model import Attack, Catalog, Tactic, Technique
from coverage.catalog.threatops import threatops_catalog
from coverage.errors import CatalogError

__all__ = ["CATALOGS", "SHIPPED", "Attack", "Catalog", "Tactic", "Technique", "load_catalog"]

CATALOGS = {"threatops": threatops_catalog, "enterprise": enterprise_catalog}
"""The catalogs by name, the default first; each makes a `Catalog` of the facts of one ATT&CK version."""


@cache
def load_catalog(name: str, attack_version: str = SHIPPED[0]) -> Catalog:
    """A shipped catalog. Raises CatalogError for a name or a version that is not shipped."""
    if name not in CATALOGS:
        raise CatalogError(f"There is no catalog {name!r}; choose one of {', '.join(CATALOGS)}.")
    if attack_version not in SHIPPED:
        raise CatalogError(f"ATT&CK {attack_version} is not shipped; choose one of {', '.join(SHIPPED)}.")
    return CATALOGS[name](shipped_attack(attack_version))
