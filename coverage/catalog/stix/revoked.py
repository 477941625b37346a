"""A bundle -> which ids are revoked, in favour of what, and since which version of ATT&CK."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date
from typing import NamedTuple

from coverage.catalog.releases import release_with
from coverage.catalog.stix.objects import Bundle, day, technique_of


class Revocation(NamedTuple):
    """What MITRE named as the replacement of an id, and the day on which it wrote that; None where it is not told."""

    replacement: str
    written: date | None


def revocations(bundle: Bundle, active: Container[str]) -> dict[str, Revocation]:
    """The revoked ids in their order; an id that lives on under another object, an active one, is not revoked."""
    found: dict[str, Revocation] = {}
    for relation, source, target in bundle.relations("revoked-by"):
        old, new = technique_of(source), technique_of(target)
        if old is not None and new is not None and source.get("revoked") and old not in active:
            found[old] = Revocation(new, day(relation.get("created")))
    return dict(sorted(found.items()))


def revoked_since(revoked: Mapping[str, Revocation], version: str) -> dict[str, str]:
    """The ATT&CK version that revoked each id, where the bundle of a version tells it.

    No id is revoked in favour of one that is revoked already: where the days say so, MITRE wrote the relationship anew
    and nothing tells when it did so first. T1150 and T1162 are such, which 7.0 made T1547.011: their relationships are
    two days younger than the end of that one in 11.0.
    """
    since: dict[str, str] = {}
    for old, (replacement, written) in revoked.items():
        ended = revoked[replacement].written if replacement in revoked else None
        if written is None or (ended is not None and ended < written):
            continue
        release = release_with(written, version)
        if release is not None:
            since[old] = release
    return since
