"""The second facts file of one ATT&CK version, its context. Entities and log sources are listed once, then numbered."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import lru_cache
from operator import attrgetter
from typing import Any

from coverage.catalog.available import SHIPPED, facts_file
from coverage.catalog.context import AttackContext, Entity, LogSource, TechniqueContext
from coverage.catalog.factfile import compact, damage_told, rows, text, texts, write_document
from coverage.catalog.files import SHIPPED_FOLDER, FactsFile, context_path
from coverage.errors import CatalogError

_ENTITIES = ("groups", "software", "campaigns", "mitigations")
_FIELDS = (*_ENTITIES, "log_sources")
"""The fields of `TechniqueContext` in their order."""


def write_context(context: AttackContext) -> str:
    """The context as a file's text."""
    tables: dict[str, tuple[Any, ...]] = {field: context.every(attrgetter(field)) for field in _FIELDS}
    places = {field: {entry: place for place, entry in enumerate(table)} for field, table in tables.items()}
    components = sorted({source.component for source in tables["log_sources"]})
    return write_document(
        context.version,
        {
            **{field: compact([[entity.id, entity.name] for entity in tables[field]]) for field in _ENTITIES},
            "components": compact([[component.id, component.name] for component in components]),
            "log_sources": rows(
                [components.index(source.component), source.name, source.channel] for source in tables["log_sources"]
            ),
            "techniques": rows(
                [technique, *([places[field][entry] for entry in getattr(known, field)] for field in _FIELDS)]
                for technique, known in context.techniques.items()
            ),
        },
    )


def read_context(content: str) -> AttackContext:
    """The context that `write_context` wrote. Raises CatalogError for any other text."""
    with damage_told():
        data = json.loads(content)
        components = [Entity(*texts(row)) for row in data["components"]]
        tables: list[list[Any]] = [[Entity(*texts(row)) for row in data[field]] for field in _ENTITIES]
        tables.append([LogSource(components[row[0]], text(row[1]), text(row[2])) for row in data["log_sources"]])
        return AttackContext(
            text(data["attack_version"]),
            {
                text(row[0]): TechniqueContext(
                    *(tuple(table[place] for place in places) for table, places in zip(tables, row[1:], strict=True))
                )
                for row in data["techniques"]
            },
        )


def context_of(version: str) -> AttackContext:
    """The context of a version at hand, from beside its other facts. Raises CatalogError."""
    folders = [facts_file(version).path.parent]
    if version in SHIPPED:
        folders.append(SHIPPED_FOLDER)  # for a stored version whose context is damaged
    for folder in folders:
        with suppress(CatalogError):
            context = _context_in(FactsFile.at(context_path(folder, version)))
            if context.version == version:
                return context
    raise CatalogError(
        f"{context_path(folders[0], version)} holds no readable context of ATT&CK {version}; "
        "`python -m coverage attack update` stores it again."
    )


@lru_cache(maxsize=8)
def _context_in(file: FactsFile) -> AttackContext:
    return read_context(file.text())
