"""Reads an official ATT&CK Enterprise bundle (STIX 2.1) into the facts that the product uses.

Format: https://github.com/mitre-attack/attack-stix-data/blob/master/USAGE.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coverage.catalog.model import Attack, Tactic, Technique
from coverage.errors import CatalogError
from coverage.ids import technique_id

_DOMAIN = "enterprise-attack"
_KILL_CHAIN = "mitre-attack"


def attack_from_bundle(bundle: object, *, version: str | None = None) -> Attack:
    """The facts of one bundle.

    `version` names the ATT&CK version of a bundle that does not say it (19.1's official file does not).
    Raises CatalogError for what is no bundle, is of another domain, or names no version.
    """
    objects = [item for item in _objects(bundle) if isinstance(item.get("id"), str)]
    version = version or _version(objects)
    tactics = _tactics(objects)
    tactic_ids = {tactic.shortname: tactic.id for tactic in tactics}
    patterns = {item["id"]: item for item in objects if item.get("type") == "attack-pattern" and _external_id(item)}
    if not tactics or not patterns:
        raise CatalogError("The file holds no tactics or no techniques of Enterprise ATT&CK.")

    techniques: dict[str, Technique] = {}
    deprecated: dict[str, str] = {}
    for item in patterns.values():
        technique = technique_id(_external_id(item))
        if technique is None or item.get("revoked"):
            continue
        if item.get("x_mitre_deprecated"):
            deprecated[technique] = str(item.get("name", technique))
            continue
        techniques[technique] = Technique(
            technique,
            str(item.get("name", technique)),
            tuple(sorted(tactic_ids[name] for name in _phases(item) if name in tactic_ids)),
            tuple(sorted(str(platform) for platform in item.get("x_mitre_platforms") or ())),
        )
    revoked: dict[str, str] = {}
    for item in objects:
        if item.get("type") != "relationship" or item.get("relationship_type") != "revoked-by":
            continue
        source, target = patterns.get(item.get("source_ref", "")), patterns.get(item.get("target_ref", ""))
        if source is None or target is None or not source.get("revoked"):
            continue
        old, new = technique_id(_external_id(source)), technique_id(_external_id(target))
        # An id that lives on under another object is not revoked.
        if old is not None and new is not None and old not in techniques:
            revoked[old] = new
    return Attack(
        version,
        tactics,
        dict(sorted(techniques.items())),
        dict(sorted(revoked.items())),
        dict(sorted(deprecated.items())),
    )


def _objects(bundle: object) -> list[dict[str, Any]]:
    objects = bundle.get("objects") if isinstance(bundle, Mapping) and bundle.get("type") == "bundle" else None
    if not isinstance(objects, list):
        raise CatalogError("The file is not a STIX bundle: it has no list of objects.")
    return [item for item in objects if isinstance(item, dict)]


def _version(objects: list[dict[str, Any]]) -> str:
    for item in objects:
        if item.get("type") == "x-mitre-collection" and item.get("x_mitre_version"):
            return str(item["x_mitre_version"])
    raise CatalogError("The bundle does not say its ATT&CK version: it has no x-mitre-collection object.")


def _tactics(objects: list[dict[str, Any]]) -> tuple[Tactic, ...]:
    """The tactics in the order of the matrix; those that the matrix does not list come last."""
    by_ref = {
        item["id"]: Tactic(_external_id(item), str(item.get("x_mitre_shortname", "")), str(item.get("name", "")))
        for item in objects
        if item.get("type") == "x-mitre-tactic" and not _withdrawn(item) and _external_id(item)
    }
    matrices = [item for item in objects if item.get("type") == "x-mitre-matrix" and not _withdrawn(item)]
    for matrix in matrices:
        if _external_id(matrix) != _DOMAIN:
            raise CatalogError(f"The bundle is of the domain {_external_id(matrix)}; only {_DOMAIN} can be loaded.")
    order = [ref for matrix in matrices for ref in matrix.get("tactic_refs") or ()]
    listed = [by_ref.pop(ref) for ref in order if ref in by_ref]
    return (*listed, *by_ref.values())


def _withdrawn(item: Mapping[str, Any]) -> bool:
    return bool(item.get("revoked") or item.get("x_mitre_deprecated"))


def _external_id(item: Mapping[str, Any]) -> str:
    for reference in item.get("external_references") or ():
        if isinstance(reference, Mapping) and reference.get("source_name") == _KILL_CHAIN:
            return str(reference.get("external_id", ""))
    return ""


def _phases(item: Mapping[str, Any]) -> Iterator[str]:
    for phase in item.get("kill_chain_phases") or ():
        if isinstance(phase, Mapping) and phase.get("kill_chain_name") == _KILL_CHAIN:
            yield str(phase.get("phase_name", ""))
