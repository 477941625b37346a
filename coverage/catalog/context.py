"""What ATT&CK knows around a technique: who uses it, what mitigates it, and which logs show it.

Only what MITRE states of the very technique: nothing is passed on from a campaign to its group, from a piece of
software to the group that uses it, or from a sub-technique to its parent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar


@dataclass(frozen=True, slots=True, order=True)
class Entity:
    """A group, software, campaign, mitigation or data component, e.g. `Entity("G0016", "APT29")`.

    `id` is empty for data components before version 18, which gave them ids.
    """

    id: str
    name: str


@dataclass(frozen=True, slots=True, order=True)
class LogSource:
    """Where a technique shows, e.g. Process Creation (`DC0032`) in `WinEventLog:Security`, channel `EventCode=4688`.

    `name` and `channel` are empty where ATT&CK names the data component alone (before version 18).
    """

    component: Entity
    name: str
    channel: str


@dataclass(frozen=True, slots=True)
class TechniqueContext:
    """What is stated of one technique or sub-technique, each in the order of the ids."""

    groups: tuple[Entity, ...] = ()
    software: tuple[Entity, ...] = ()
    campaigns: tuple[Entity, ...] = ()
    mitigations: tuple[Entity, ...] = ()
    log_sources: tuple[LogSource, ...] = ()


_NOTHING = TechniqueContext()
T = TypeVar("T", Entity, LogSource)


@dataclass(frozen=True, slots=True)
class AttackContext:
    """The context of one ATT&CK version; `techniques` holds the active techniques that have any, by id."""

    version: str
    techniques: Mapping[str, TechniqueContext] = field(repr=False)

    def of(self, technique: str) -> TechniqueContext:
        """The context of a technique, an empty one where nothing is known of it."""
        return self.techniques.get(technique, _NOTHING)

    def every(self, of: Callable[[TechniqueContext], tuple[T, ...]]) -> tuple[T, ...]:
        """What `of` takes of all techniques, each once, in order: `every(lambda known: known.groups)`."""
        return tuple(sorted({found for known in self.techniques.values() for found in of(known)}))
