"""A bundle -> the tactics and techniques of its ATT&CK version."""

from __future__ import annotations

from collections.abc import Iterator

from coverage.catalog.model import Attack, Tactic, Technique
from coverage.catalog.stix.objects import Bundle, Item, attack_id, is_withdrawn, listed, technique_of, text
from coverage.catalog.stix.revoked import revocations, revoked_since
from coverage.catalog.stix.version import version_of
from coverage.catalog.version import is_version
from coverage.errors import CatalogError

_DOMAIN = "enterprise-attack"
_KILL_CHAIN = "mitre-attack"
_OTHER_DOMAINS = {"mitre-mobile-attack": "mobile-attack", "mitre-ics-attack": "ics-attack"}
"""The domains of MITRE's other kill chains."""


def attack_from_bundle(document: object, *, version: str | None = None, name: str = "") -> Attack:
    """The facts of one bundle; an object that lacks what it must have is left out.

    `version` is the ATT&CK version where the caller knows it; else the bundle tells it, or its `name` (a file's or a
    URL, see `stix.version`). Raises CatalogError, and nothing else, for what is no bundle, is of another domain, or
    tells no version.
    """
    bundle = Bundle(document)
    tactics = _tactics(bundle)
    tactic_ids = {tactic.shortname: tactic.id for tactic in tactics}

    techniques: dict[str, Technique] = {}
    withdrawn: dict[str, str] = {}
    for item in bundle.of_type("attack-pattern"):
        technique = technique_of(item)
        if technique is None:
            continue
        title = text(item.get("name")) or technique
        if is_withdrawn(item):
            withdrawn[technique] = title
            continue
        techniques[technique] = Technique(
            technique,
            title,
            tuple(sorted({tactic_ids[phase] for phase in _phases(item, _KILL_CHAIN) if phase in tactic_ids})),
            tuple(sorted({text(platform) for platform in listed(item.get("x_mitre_platforms"))} - {""})),
        )
    if not any(technique.tactics and technique.parent is None for technique in techniques.values()):
        raise CatalogError(_no_techniques(bundle))

    version = version_of(bundle, name) if version is None else version
    if not is_version(version):
        raise CatalogError(f"{version[:40]!r} is not an ATT&CK version such as 19.1.")
    revoked = revocations(bundle, techniques)
    return Attack(
        version,
        tactics,
        dict(sorted(techniques.items())),
        {old: revocation.replacement for old, revocation in revoked.items()},
        # Revoked without a word of what replaced it is as good as deprecated.
        {old: title for old, title in sorted(withdrawn.items()) if old not in techniques and old not in revoked},
        revoked_since(revoked, version),
    )


def _tactics(bundle: Bundle) -> tuple[Tactic, ...]:
    """The tactics in the order of the matrix; those that the matrix does not list come last."""
    by_ref: dict[str, Tactic] = {}
    order: list[object] = []
    for item in bundle.objects:
        if is_withdrawn(item):
            continue
        if item.get("type") == "x-mitre-matrix":
            domain = attack_id(item)
            if domain not in ("", _DOMAIN):
                raise CatalogError(_of_other_domain(domain))
            order += listed(item.get("tactic_refs"))
        elif item.get("type") == "x-mitre-tactic":
            shortname = text(item.get("x_mitre_shortname"))
            if attack_id(item) and shortname:
                by_ref[item["id"]] = Tactic(attack_id(item), shortname, text(item.get("name")) or shortname)
    in_order = [by_ref.pop(ref) for ref in order if isinstance(ref, str) and ref in by_ref]
    return tuple({tactic.id: tactic for tactic in (*in_order, *by_ref.values())}.values())


def _no_techniques(bundle: Bundle) -> str:
    """Why a bundle without techniques of Enterprise ATT&CK is refused."""
    for chain, domain in _OTHER_DOMAINS.items():
        if any(True for item in bundle.of_type("attack-pattern") for _ in _phases(item, chain)):
            return _of_other_domain(domain)
    return "The file holds no tactics or no techniques of Enterprise ATT&CK."


def _of_other_domain(domain: str) -> str:
    return f"The bundle is of the domain {domain[:40]!r}; only {_DOMAIN} can be loaded."


def _phases(item: Item, kill_chain: str) -> Iterator[str]:
    for phase in listed(item.get("kill_chain_phases")):
        if isinstance(phase, dict) and phase.get("kill_chain_name") == kill_chain:
            yield text(phase.get("phase_name"))
