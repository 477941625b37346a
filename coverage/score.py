"""Rules + catalog -> coverage: which rules count in which cell, levels, percentages.

Formulas: the specification's "Coverage Computation Pipeline"; the words are those of `coverage.model`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from coverage.catalog.model import Catalog, Tactic
from coverage.filters import RuleFilter
from coverage.ids import parent_id
from coverage.mapping import CellKey, Match, RuleMapping, map_tags
from coverage.model import SEVERITY_ORDER, Issue, Rule, RuleKey, RuleSet, Severity, count_rules


class Level(StrEnum):
    """How well a technique is covered."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Settings:
    """How rules are counted.

    `full` is the number of rules from which a technique is fully covered (the specification: more than 2);
    `severities` are those that count, and `only` says what else a rule must have to count; with `potential`, disabled
    rules count as if they were enabled.
    """

    match: Match = Match.ROLLUP
    full: int = 3
    severities: frozenset[Severity] = frozenset(Severity)
    potential: bool = False
    only: RuleFilter = field(default_factory=RuleFilter)

    def kept(self, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """The rules that count, or would if they were enabled."""
        if len(self.severities) < len(Severity):
            rules = tuple(rule for rule in rules if rule.severity in self.severities)
        return tuple(filter(self.only.keeps, rules)) if self.only else rules

    def level(self, rule_count: int) -> Level:
        """The level that a number of rules makes."""
        if rule_count <= 0:
            return Level.NONE
        return Level.FULL if rule_count >= self.full else Level.PARTIAL


@dataclass(frozen=True, slots=True)
class Totals:
    """How many cells or techniques are at each level."""

    full: int
    partial: int
    none: int

    @property
    def total(self) -> int:
        """The denominator of `percent`."""
        return self.full + self.partial + self.none

    @property
    def percent(self) -> int | None:
        """(full + 0.5·partial) / total · 100 as an integer; None where there is nothing to cover.

        Never 0 or 100 unless it is exactly that.
        """
        return self._percent(1)

    @property
    def percent_1(self) -> float | None:
        """`percent` with one decimal, under the same rule."""
        tenths = self._percent(10)
        return None if tenths is None else tenths / 10

    def _percent(self, steps: int) -> int | None:
        if not self.total:
            return None
        halves, whole = (2 * self.full + self.partial) * 100 * steps, 2 * self.total
        if halves in (0, whole * 100 * steps):
            return halves // whole
        return min(max((2 * halves + whole) // (2 * whole), 1), 100 * steps - 1)

    @staticmethod
    def of(levels: Iterable[Level]) -> Totals:
        """Count levels."""
        found = list(levels)
        return Totals(found.count(Level.FULL), found.count(Level.PARTIAL), found.count(Level.NONE))


@dataclass(frozen=True, slots=True)
class TechniqueCoverage:
    """One cell: a technique (or sub-technique) under one tactic.

    `rules` are those that count; `direct` is how many of them name this very id; `disabled` are rules that
    would count if they were enabled (none under `Settings.potential`, where they count already).
    """

    tactic: Tactic
    technique_id: str
    technique_name: str
    level: Level
    potential_level: Level
    rules: tuple[Rule, ...]
    direct: int
    disabled: tuple[Rule, ...]
    sub_techniques: tuple[TechniqueCoverage, ...] = ()

    @property
    def rule_count(self) -> int:
        """The number of rules that count here."""
        return count_rules(self.rules)


@dataclass(frozen=True)
class TacticCoverage:
    """One column of the matrix."""

    tactic: Tactic
    techniques: tuple[TechniqueCoverage, ...]

    @cached_property
    def totals(self) -> Totals:
        """The levels of the column's cells."""
        return Totals.of(technique.level for technique in self.techniques)


@dataclass(frozen=True, slots=True)
class RuleCounts:
    """How many rules were read, are enabled or disabled, and count in at least one cell.

    `copies` of those read are copies of a rule of another source or tenant, and no part of the other numbers.
    """

    read: int
    enabled: int
    disabled: int
    counted: int
    copies: int = 0


@dataclass(frozen=True)
class Coverage:
    """The coverage of a set of rules under one catalog and one group of settings.

    `technique_rules` and `technique_disabled` list the rules of each technique over all tactics, also of techniques
    that the matrix does not show; `technique_direct` counts those that name the very id. `cells_by_rule` lists the
    cells of each rule, disabled rules among them. Rules come from the most to the least severe, then by name; copies of
    a rule are listed beside it, with a count of 0.
    """

    catalog: Catalog
    settings: Settings
    tactics: tuple[TacticCoverage, ...]
    rule_counts: RuleCounts
    unique_techniques: Totals
    unique_with_subtechniques: Totals
    issues: tuple[Issue, ...]
    technique_rules: Mapping[str, tuple[Rule, ...]] = field(repr=False)
    technique_disabled: Mapping[str, tuple[Rule, ...]] = field(repr=False)
    technique_direct: Mapping[str, int] = field(repr=False)
    cells_by_rule: Mapping[RuleKey, frozenset[CellKey]] = field(repr=False)

    @cached_property
    def totals(self) -> Totals:
        """The levels of all cells of the matrix."""
        return Totals.of(cell.level for cell in self.cells.values())

    @cached_property
    def cells(self) -> Mapping[CellKey, TechniqueCoverage]:
        """The cells of the matrix in its order, sub-techniques not among them."""
        return {
            (column.tactic.id, technique.technique_id): technique
            for column in self.tactics
            for technique in column.techniques
        }

    def of_technique(self, technique: str) -> tuple[TechniqueCoverage, ...]:
        """The technique or sub-technique in every column that has it, in the order of the matrix."""
        return tuple(
            found
            for cell in self.cells.values()
            for found in (cell, *cell.sub_techniques)
            if found.technique_id == technique
        )


class _Tally:
    """The rules of each cell and technique while they are counted, by their places in the order of all rules."""

    def __init__(self) -> None:
        self.rules: dict[CellKey, list[int]] = defaultdict(list)
        self.disabled: dict[CellKey, list[int]] = defaultdict(list)
        self.counts: Counter[CellKey] = Counter()
        self.disabled_counts: Counter[CellKey] = Counter()
        self.direct: Counter[CellKey] = Counter()
        self.technique_rules: dict[str, list[int]] = defaultdict(list)
        self.technique_disabled: dict[str, list[int]] = defaultdict(list)
        self.technique_direct: Counter[str] = Counter()
        self.unique: Counter[str] = Counter()
        self.unique_exact: Counter[str] = Counter()

    def add(self, mapping: RuleMapping, rules: list[int], count: int) -> None:
        """Count rules that share one mapping; there is at least one."""
        for key in mapping.cells:
            self.rules[key] += rules
            self.counts[key] += count
        for technique in mapping.techniques:
            self.technique_rules[technique] += rules
        for technique in mapping.named:
            self.technique_direct[technique] += count
        for key in mapping.exact:
            self.direct[key] += count
        for technique in {technique for _, technique in mapping.cells}:
            self.unique[technique] += count
        for technique in {technique for _, technique in mapping.exact}:
            self.unique_exact[technique] += count

    def add_disabled(self, mapping: RuleMapping, rules: list[int], count: int) -> None:
        """Note rules that would count if they were enabled."""
        for key in mapping.cells:
            self.disabled[key] += rules
            self.disabled_counts[key] += count
        for technique in mapping.techniques:
            self.technique_disabled[technique] += rules


def score(ruleset: RuleSet, catalog: Catalog, settings: Settings | None = None) -> Coverage:
    """Count the rules in the catalog's cells. Rules that share their tags are mapped once."""
    settings = settings or Settings()
    rules = counted_rules(ruleset, settings)
    groups: dict[tuple[tuple[str, ...] | None, tuple[str, ...]], list[int]] = defaultdict(list)
    for place, rule in enumerate(rules):
        groups[rule.tactics, rule.techniques].append(place)

    tally = _Tally()
    issues = list(ruleset.issues)
    cells_by_rule: dict[RuleKey, frozenset[CellKey]] = {}
    keys = [rule.key for rule in rules]
    counts = [rule.count for rule in rules]
    are_counting = [rule.enabled or settings.potential for rule in rules]
    counted = 0
    for (tactics, techniques), group in groups.items():
        mapping = map_tags(catalog, tactics, techniques, settings.match)
        counting = [place for place in group if are_counting[place]]
        disabled = [place for place in group if not are_counting[place]]
        if counting:
            count = sum(map(counts.__getitem__, counting))
            tally.add(mapping, counting, count)
            if mapping.cells:
                counted += count
        if disabled:
            tally.add_disabled(mapping, disabled, sum(map(counts.__getitem__, disabled)))
        for place in group:
            cells_by_rule[keys[place]] = mapping.cells
            for kind, message in mapping.findings:
                rule = rules[place]
                issues.append(Issue(kind, rule.rule_id, rule.origin, message, rule.feed))

    def in_order(places: list[int]) -> tuple[Rule, ...]:
        return tuple(map(rules.__getitem__, sorted(places)))

    def cell(tactic: Tactic, technique: str) -> TechniqueCoverage:
        key = (tactic.id, technique)
        return TechniqueCoverage(
            tactic=tactic,
            technique_id=technique,
            technique_name=catalog.technique_name(technique),
            level=settings.level(tally.counts[key]),
            potential_level=settings.level(tally.counts[key] + tally.disabled_counts[key]),
            rules=in_order(tally.rules[key]),
            direct=tally.direct[key],
            disabled=in_order(tally.disabled[key]),
            sub_techniques=tuple(cell(tactic, sub) for sub in catalog.sub_techniques(tactic.id, technique)),
        )

    copies = counts.count(0)
    read, enabled = sum(counts), count_rules(rule for rule in rules if rule.enabled)
    matrix_techniques = {technique for _, technique in catalog.cells}
    return Coverage(
        catalog=catalog,
        settings=settings,
        tactics=tuple(
            TacticCoverage(tactic, tuple(cell(tactic, technique) for technique in catalog.columns[tactic.id]))
            for tactic in catalog.tactics
        ),
        rule_counts=RuleCounts(
            read=read + copies,
            enabled=enabled,
            disabled=read - enabled,
            counted=counted,
            copies=copies,
        ),
        unique_techniques=Totals.of(
            settings.level(tally.unique[technique]) for technique in matrix_techniques if parent_id(technique) is None
        ),
        unique_with_subtechniques=Totals.of(
            settings.level(tally.unique_exact[technique]) for technique in matrix_techniques
        ),
        issues=tuple(issues),
        technique_rules={technique: in_order(found) for technique, found in tally.technique_rules.items()},
        technique_disabled={technique: in_order(found) for technique, found in tally.technique_disabled.items()},
        technique_direct=tally.technique_direct,
        cells_by_rule=cells_by_rule,
    )


def counted_rules(ruleset: RuleSet, settings: Settings) -> list[Rule]:
    """The rules that count, or would if they were enabled, with their counts; the most severe first, then by name."""
    return _copies_once(
        sorted(
            settings.kept(ruleset.rules),
            key=lambda rule: (SEVERITY_ORDER[rule.severity], rule.name.casefold(), rule.rule_id),
        )
    )


def _copies_once(rules: list[Rule]) -> list[Rule]:
    """Of the copies of one rule in several sources or at several tenants the enabled one counts, else the first.

    The others count as 0: a rule that a tenant took from a library is no second detection, and would make a level that
    nobody has. Only an id that is there twice makes copies.
    """
    ids = Counter(rule.rule_id for rule in rules)
    if len(ids) == len(rules):
        return rules
    counting: dict[tuple[object, ...], Rule] = {}
    for rule in rules:
        if ids[rule.rule_id] > 1:
            known = counting.setdefault(rule.identity, rule)
            if rule.enabled and not known.enabled:
                counting[rule.identity] = rule
    return [rule if counting.get(rule.identity, rule) is rule else replace(rule, count=0) for rule in rules]
