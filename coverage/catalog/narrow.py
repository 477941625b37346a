"""A matrix without the cells that do not concern an organisation: those before a compromise, and by platform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from coverage.catalog.model import Catalog, LeftOut
from coverage.errors import CatalogError

# Reconnaissance and Resource Development; ATT&CK's platform of their techniques is "PRE".
_PRE_COMPROMISE = frozenset({"TA0043", "TA0042"})


def narrowed(catalog: Catalog, *, platforms: frozenset[str] = frozenset(), pre_compromise: bool = True) -> Catalog:
    """The catalog without the cells that the chosen platforms (none chosen: all) cannot meet.

    A technique stays if one of its own platforms, or of its sub-techniques', is chosen; a sub-technique stays by its
    own; what states no platform stays. With `pre_compromise` False the two tactics before a compromise go as a whole.
    A tactic of which no technique stays goes too. The catalog's `left_out` says what went, its `cells` how many.
    Raises CatalogError for a platform that no technique of the matrix has, so that something always stays.
    """
    if not pre_compromise:
        catalog = _without(catalog, tactics=_PRE_COMPROMISE)
    known = platforms_of(catalog)
    unknown = sorted(platforms.difference(known))
    if unknown:
        raise CatalogError(
            f"{unknown[0][:40]!r} is not a platform of {catalog.title}; choose one of {', '.join(known)}."
        )
    if not platforms:
        return catalog
    unmet = frozenset(
        technique
        for technique in catalog.attack.techniques
        if (stated := set(_platforms(catalog, technique))) and platforms.isdisjoint(stated)
    )
    return _without(catalog, techniques=unmet)


def has_pre_compromise(catalog: Catalog) -> bool:
    """Whether the matrix has one of the two tactics before a compromise."""
    return not _PRE_COMPROMISE.isdisjoint(catalog.columns)


def platforms_of(catalog: Catalog) -> tuple[str, ...]:
    """The platforms of the techniques of a matrix and of their sub-techniques, in the order of the alphabet."""
    shown = {technique for column in catalog.columns.values() for technique in column}
    return tuple(sorted({name for technique in shown for name in _platforms(catalog, technique)}, key=str.casefold))


def _platforms(catalog: Catalog, technique: str) -> Iterator[str]:
    """The platforms of a technique and of its sub-techniques."""
    for each in (technique, *catalog.attack.sub_techniques.get(technique, ())):
        if each in catalog.attack.techniques and each not in catalog.left_out.techniques:
            yield from catalog.attack.techniques[each].platforms


def _without(
    catalog: Catalog, *, tactics: frozenset[str] = frozenset(), techniques: frozenset[str] = frozenset()
) -> Catalog:
    columns = {
        tactic: staying
        for tactic, column in catalog.columns.items()
        if tactic not in tactics and (staying := tuple(each for each in column if each not in techniques))
    }
    cells_before, cells_after = (sum(map(len, each.values())) for each in (catalog.columns, columns))
    return replace(
        catalog,
        tactics=tuple(tactic for tactic in catalog.tactics if tactic.id in columns),
        columns=columns,
        left_out=LeftOut(
            tactics=(*catalog.left_out.tactics, *(tactic for tactic in catalog.tactics if tactic.id not in columns)),
            techniques=catalog.left_out.techniques | techniques,
            cells=catalog.left_out.cells + cells_before - cells_after,
        ),
    )
