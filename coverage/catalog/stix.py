"""Reads an official ATT&CK Enterprise bundle (STIX 2.1) into the facts that the product uses.

Format: https://github.com/mitre-attack/attack-stix-data/blob/master/USAGE.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from coverage.catalog.model import Attack, Tactic, Technique
from coverage.errors import CatalogError
from coverage.ids import technique_id

_DOMAIN = "enterprise-attack"
_KILL_CHAIN = "mitre-attack"
# The version becomes part of a file's name.
_VERSION = re.compile(r"\d[\w.\-]{0,19}", re.ASCII)


def attack_from_bundle(bundle: object, *, version: str | None = None) -> Attack:
    """The facts of one bundle; an object that lacks what it must have is left out.

    `version` names the ATT&CK version of a bundle that does not say it (19.1's official file does not).
    Raises CatalogError, and nothing else, for what is no bundle, is of another domain, or names no version.
    """
    objects = _objects(bundle)
    version = version or _version(objects)
    if _VERSION.fullmatch(version) is None:
        raise CatalogError(f"{version[:40]!r} is not an ATT&CK version such as 19.1.")
    tactics = _tactics(objects)
    tactic_ids = {tactic.shortname: tactic.id for tactic in tactics}
    patterns = {item["id"]: item for item in objects if item.get("type") == "attack-pattern"}

    techniques: dict[str, Technique] = {}
    withdrawn: dict[str, str] = {}
    for item in patterns.values():
        technique = technique_id(_external_id(item))
        if technique is None:
            continue
        name = _text(item.get("name")) or technique
        if _withdrawn(item):
            withdrawn[technique] = name
            continue
        techniques[technique] = Technique(
            technique,
            name,
            tuple(sorted({tactic_ids[phase] for phase in _phases(item) if phase in tactic_ids})),
            tuple(sorted({_text(platform) for platform in _list(item.get("x_mitre_platforms"))} - {""})),
        )
    if not any(technique.tactics and technique.parent is None for technique in techniques.values()):
        raise CatalogError("The file holds no tactics or no techniques of Enterprise ATT&CK.")

    revoked: dict[str, str] = {}
    for item in objects:
        if item.get("type") != "relationship" or item.get("relationship_type") != "revoked-by":
            continue
        source, target = patterns.get(_text(item.get("source_ref"))), patterns.get(_text(item.get("target_ref")))
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
        # Revoked without a word of what replaced it is as good as deprecated.
        {old: name for old, name in sorted(withdrawn.items()) if old not in techniques and old not in revoked},
    )


def _objects(bundle: object) -> list[dict[str, Any]]:
    objects = bundle.get("objects") if isinstance(bundle, Mapping) and bundle.get("type") == "bundle" else None
    if not isinstance(objects, list):
        raise CatalogError("The file is not a STIX bundle: it has no list of objects.")
    return [item for item in objects if isinstance(item, dict) and isinstance(item.get("id"), str)]


def _version(objects: list[dict[str, Any]]) -> str:
    for item in objects:
        if item.get("type") == "x-mitre-collection" and _text(item.get("x_mitre_version")):
            return _text(item.get("x_mitre_version"))
    raise CatalogError("The bundle does not say its ATT&CK version: it has no x-mitre-collection object.")


def _tactics(objects: list[dict[str, Any]]) -> tuple[Tactic, ...]:
    """The tactics in the order of the matrix; those that the matrix does not list come last."""
    by_ref: dict[str, Tactic] = {}
    order: list[object] = []
    for item in objects:
        if _withdrawn(item):
            continue
        external_id = _external_id(item)
        if item.get("type") == "x-mitre-matrix":
            if external_id not in ("", _DOMAIN):
                raise CatalogError(f"The bundle is of the domain {external_id[:40]!r}; only {_DOMAIN} can be loaded.")
            order += _list(item.get("tactic_refs"))
        elif item.get("type") == "x-mitre-tactic":
            shortname = _text(item.get("x_mitre_shortname"))
            if external_id and shortname:
                by_ref[item["id"]] = Tactic(external_id, shortname, _text(item.get("name")) or shortname)
    listed = [by_ref.pop(ref) for ref in order if isinstance(ref, str) and ref in by_ref]
    return tuple({tactic.id: tactic for tactic in (*listed, *by_ref.values())}.values())


def _withdrawn(item: Mapping[str, Any]) -> bool:
    return bool(item.get("revoked") or item.get("x_mitre_deprecated"))


def _external_id(item: Mapping[str, Any]) -> str:
    for reference in _list(item.get("external_references")):
        if isinstance(reference, Mapping) and reference.get("source_name") == _KILL_CHAIN:
            return _text(reference.get("external_id"))
    return ""


def _phases(item: Mapping[str, Any]) -> Iterator[str]:
    for phase in _list(item.get("kill_chain_phases")):
        if isinstance(phase, Mapping) and phase.get("kill_chain_name") == _KILL_CHAIN:
            yield _text(phase.get("phase_name"))


def _text(value: object) -> str:
    """A field's text; empty where it is missing or of another type."""
    # JSON can escape half a surrogate pair, which no file and no page can hold.
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    """A field's list; empty where it is missing or of another type."""
    return value if isinstance(value, list) else []
