"""A bundle -> what ATT&CK knows around each technique.

Log sources, from version 18 on: a detection strategy `detects` the technique; its analytics name data components with
log sources and their channels. Before, data components `detects` the technique themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from coverage.catalog.context import AttackContext, Entity, LogSource, TechniqueContext
from coverage.catalog.model import Attack
from coverage.catalog.stix.objects import Bundle, Item, attack_id, is_withdrawn, listed, technique_of, text

_RELATIONS = {
    "groups": ("uses", ("intrusion-set",)),
    "software": ("uses", ("malware", "tool")),
    "campaigns": ("uses", ("campaign",)),
    "mitigations": ("mitigates", ("course-of-action",)),
}
"""The fields of `TechniqueContext` by the relationship, and the types of its source, that state them."""

_STRATEGY, _COMPONENT = "x-mitre-detection-strategy", "x-mitre-data-component"


def context_from_bundle(document: object, attack: Attack) -> AttackContext:
    """The context of the active techniques in `attack`, which was read from the same bundle.

    Whatever is revoked or deprecated, or lacks what it must have, is left out. Raises CatalogError for no bundle.
    """
    bundle = Bundle(document)
    entities: dict[str, dict[str, set[Entity]]] = {}
    for field, (relation, kinds) in _RELATIONS.items():
        for source, technique in _stated(bundle, attack, relation):
            entity = _entity(source)
            if source.get("type") in kinds and entity is not None:
                entities.setdefault(technique, {}).setdefault(field, set()).add(entity)
    log_sources: dict[str, set[LogSource]] = {}
    for source, technique in _stated(bundle, attack, "detects"):
        if found := set(_log_sources(bundle, source)):
            log_sources.setdefault(technique, set()).update(found)
    return AttackContext(
        attack.version,
        {
            technique: TechniqueContext(
                **{field: tuple(sorted(found)) for field, found in entities.get(technique, {}).items()},
                log_sources=tuple(sorted(log_sources.get(technique, ()))),
            )
            for technique in sorted(entities.keys() | log_sources.keys())
        },
    )


def _stated(bundle: Bundle, attack: Attack, relation: str) -> Iterator[tuple[Item, str]]:
    """The active source and the id of the active technique of each relationship of a type."""
    for _, source, target in bundle.relations(relation):
        technique = None if is_withdrawn(source) or is_withdrawn(target) else technique_of(target)
        if technique is not None and technique in attack.techniques:
            yield source, technique


def _log_sources(bundle: Bundle, source: Item) -> Iterator[LogSource]:
    if source.get("type") == _COMPONENT and (component := _entity(source)) is not None:
        yield LogSource(component, "", "")
    if source.get("type") != _STRATEGY:
        return
    for reference in listed(source.get("x_mitre_analytic_refs")):
        analytic = bundle.get(reference)
        if analytic is None or is_withdrawn(analytic):
            continue
        for log in listed(analytic.get("x_mitre_log_source_references")):
            stated = bundle.get(log.get("x_mitre_data_component_ref")) if isinstance(log, dict) else None
            component = None if stated is None or is_withdrawn(stated) else _entity(stated)
            if component is not None:
                yield LogSource(component, text(log.get("name")).strip(), text(log.get("channel")).strip())


def _entity(item: Item) -> Entity | None:
    found = Entity(attack_id(item), text(item.get("name")).strip() or attack_id(item))
    return found if found.name else None
