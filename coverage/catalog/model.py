"""A catalog as values: the facts of one ATT&CK version, and a matrix of tactics and techniques over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from coverage.ids import parent_id, tactic_key

# Since version 19 of ATT&CK: MITRE split Defense Evasion into these two.
_SPLIT_TACTIC = "defense evasion"
_SPLIT_INTO = ("stealth", "defense impairment")
_SPLIT_IDS = ("ta0112",)


@dataclass(frozen=True, slots=True)
class Tactic:
    """One column of a matrix, e.g. `Tactic("TA0006", "credential-access", "Credential Access")`."""

    id: str
    shortname: str
    name: str


@dataclass(frozen=True, slots=True)
class Technique:
    """One active technique or sub-technique; `tactics` are the ids of the tactics it serves."""

    id: str
    name: str
    tactics: tuple[str, ...]
    platforms: tuple[str, ...] = ()

    @property
    def parent(self) -> str | None:
        """The id of the technique that this sub-technique belongs to."""
        return parent_id(self.id)


@dataclass(frozen=True)
class Attack:
    """The facts of one version of Enterprise ATT&CK.

    `techniques` holds the active ones by id; `revoked` maps an id to the id that MITRE names as its
    replacement (which may be revoked in turn); `deprecated` maps a withdrawn id to its name;
    `revoked_since` maps a revoked id to the version that revoked it, and lacks those of which that is unknown.
    """

    version: str
    tactics: tuple[Tactic, ...]
    techniques: Mapping[str, Technique]
    revoked: Mapping[str, str]
    deprecated: Mapping[str, str]
    revoked_since: Mapping[str, str] = field(default_factory=dict)

    def replacement(self, technique: str) -> str | None:
        """The last id on the chain of replacements of a revoked id, any other id itself.

        It is never a revoked one: of a chain that leads into a circle it is None.
        """
        seen = {technique}
        while technique in self.revoked:
            technique = self.revoked[technique]
            if technique in seen:
                return None
            seen.add(technique)
        return technique

    def meant(self, technique: str) -> str | None:
        """The active technique that an id stands for: itself or its last replacement; None if there is none."""
        replacement = self.replacement(technique)
        return replacement if replacement in self.techniques else None

    @cached_property
    def replaces(self) -> Mapping[str, tuple[str, ...]]:
        """The revoked ids that end at each replacement, in the order of their ids."""
        found: dict[str, list[str]] = {}
        for technique in sorted(self.revoked):
            replacement = self.replacement(technique)
            if replacement is not None:
                found.setdefault(replacement, []).append(technique)
        return {replacement: tuple(ids) for replacement, ids in found.items()}

    @cached_property
    def sub_techniques(self) -> Mapping[str, tuple[str, ...]]:
        """The sub-techniques of each technique that has some, in the order of their ids."""
        found: dict[str, list[str]] = {}
        for technique in sorted(self.techniques):
            parent = parent_id(technique)
            if parent is not None:
                found.setdefault(parent, []).append(technique)
        return {parent: tuple(ids) for parent, ids in found.items()}


class ColumnsFrom(Enum):
    """Which tactics decide in which columns of a matrix a rule counts."""

    RULE = "the tactics that the rule names"
    TECHNIQUE = "the tactics of its technique, narrowed by those that the rule names"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a narrowed matrix no longer shows, though rules may name it: such a rule counts nowhere, and is no issue.

    `techniques` are ids, those of sub-techniques among them; `cells` is the number of cells of the matrix,
    sub-techniques not among them, by which the denominator of its percentage is smaller.
    """

    tactics: tuple[Tactic, ...] = ()
    techniques: frozenset[str] = frozenset()
    cells: int = 0


@dataclass(frozen=True)
class Catalog:
    """A matrix: ordered tactics, and under each the techniques that it shows.

    `columns` maps each tactic id to its techniques' ids in the order of the rows; `names` gives the name
    under which a technique is shown; `left_out` is what `coverage.catalog.narrow` took away.
    """

    name: str
    title: str
    attack: Attack
    tactics: tuple[Tactic, ...]
    columns: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    columns_from: ColumnsFrom
    shows_sub_techniques: bool
    left_out: LeftOut = LeftOut()

    @cached_property
    def cells(self) -> frozenset[tuple[str, str]]:
        """All (tactic id, technique id) that a rule can count in, those of sub-techniques among them."""
        found = {(tactic, technique) for tactic, column in self.columns.items() for technique in column}
        if self.shows_sub_techniques:
            found |= {
                (tactic, sub)
                for tactic, technique in tuple(found)
                for sub in self.attack.sub_techniques.get(technique, ())
                if tactic in self.attack.techniques[sub].tactics and sub not in self.left_out.techniques
            }
        return frozenset(found)

    def sub_techniques(self, tactic: str, technique: str) -> tuple[str, ...]:
        """The sub-techniques that belong to one cell; empty where the matrix lists none of their own."""
        if not self.shows_sub_techniques:
            return ()
        return tuple(sub for sub in self.attack.sub_techniques.get(technique, ()) if (tactic, sub) in self.cells)

    def tactics_named(self, text: str) -> frozenset[str] | None:
        """The ids of the columns that a tactic's name, short name or id stands for.

        Empty for a tactic of ATT&CK that this matrix does not have; None for a word that is no tactic. A tactic
        that was left out keeps its id: were it unknown, a rule that names it would count in the technique's others.
        A name from a version before or after the split of Defense Evasion stands for what replaced it.
        """
        return self._tactics_by_key.get(tactic_key(text))

    def columns_of(self, technique: str) -> frozenset[str]:
        """The ids of the columns of an active technique's own tactics, whether or not the matrix shows it."""
        return self._columns_by_technique[technique]

    def technique_name(self, technique: str) -> str:
        """The name to show for an id, the id itself if it is not known."""
        if technique in self.names:
            return self.names[technique]
        known = self.attack.techniques.get(technique)
        return known.name if known is not None else technique

    @cached_property
    def _columns_by_technique(self) -> Mapping[str, frozenset[str]]:
        return {
            technique: frozenset().union(*(self.tactics_named(tactic) or () for tactic in facts.tactics))
            for technique, facts in self.attack.techniques.items()
        }

    @cached_property
    def _tactics_by_key(self) -> Mapping[str, frozenset[str]]:
        shown: dict[str, frozenset[str]] = {}
        for tactic in (*self.tactics, *self.left_out.tactics):
            for text in (tactic.id, tactic.shortname, tactic.name):
                shown[tactic_key(text)] = frozenset({tactic.id})
        before = shown.get(_SPLIT_TACTIC)
        after = frozenset().union(*(shown.get(key, frozenset()) for key in _SPLIT_INTO))
        if before is None and after:
            shown[_SPLIT_TACTIC] = after
        elif before is not None:
            for key in (*_SPLIT_INTO, *_SPLIT_IDS):
                shown.setdefault(key, before)
        for tactic in self.attack.tactics:
            for text in (tactic.id, tactic.shortname, tactic.name):
                shown.setdefault(tactic_key(text), frozenset())
        return shown
