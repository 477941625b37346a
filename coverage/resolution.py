"""What the technique ids that one rule names stand for in a version of ATT&CK."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from coverage.catalog.model import Attack
from coverage.ids import parent_id


class Standing(Enum):
    """What became of an id."""

    ACTIVE = "active"
    REPLACED = "revoked, and stands for its replacement"
    IMPLIED = "revoked, and implied by a sub-technique of its own in the same rule"
    LOST = "revoked, without an active replacement"
    DEPRECATED = "deprecated"
    UNKNOWN = "unknown"

    @property
    def is_revoked(self) -> bool:
        """Whether MITRE revoked the id, whatever came of that."""
        return self in (Standing.REPLACED, Standing.IMPLIED, Standing.LOST)


class Resolved(NamedTuple):
    """An id as a rule names it, and the active ids that it stands for there.

    An implied one stands for what its sub-techniques in the rule stand for, and adds nothing to them.
    """

    id: str
    standing: Standing
    meant: tuple[str, ...]


def resolve(attack: Attack, ids: Iterable[str]) -> tuple[Resolved, ...]:
    """Resolve the canonical ids that one rule names, each once, in their order."""
    named = dict.fromkeys(ids)
    subs: dict[str, list[str]] = {}
    for technique in named:
        parent = parent_id(technique)
        # A mistyped sub-technique says nothing about its parent.
        if parent is not None and (technique in attack.techniques or technique in attack.revoked):
            subs.setdefault(parent, []).append(technique)
    return tuple(_resolved(attack, technique, subs.get(technique, ())) for technique in named)


def _resolved(attack: Attack, technique: str, subs: Sequence[str]) -> Resolved:
    if technique in attack.techniques:
        return Resolved(technique, Standing.ACTIVE, (technique,))
    if technique not in attack.revoked:
        return Resolved(technique, Standing.DEPRECATED if technique in attack.deprecated else Standing.UNKNOWN, ())
    meant = tuple(dict.fromkeys(filter(None, map(attack.meant, subs or (technique,)))))
    if subs:
        return Resolved(technique, Standing.IMPLIED, meant)
    return Resolved(technique, Standing.REPLACED if meant else Standing.LOST, meant)
