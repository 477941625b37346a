"""Two coverages -> the cells that differ, and why: what came from ATT&CK, and what from the rules.

A comparison goes two steps: from the catalog before to the catalog after with the rules before, then from the rules
before to the rules after. A rule that counts in a cell on one side only does so since exactly one of the two steps.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from coverage.catalog.model import Attack, Catalog, Tactic
from coverage.ids import parent_id, technique_id
from coverage.mapping import CellKey, Match
from coverage.model import Rule, RuleKey, RuleSet
from coverage.score import Coverage, Level, TechniqueCoverage, Totals, score

_MOST_WORDS = 6  # of a sentence; a reason lists all that it concerns


class Cause(StrEnum):
    """Why a cell differs. A technique that only one version has on the chosen platforms is new or withdrawn too."""

    ID_REVOKED = "id revoked"
    TECHNIQUE_NEW = "technique new"
    TECHNIQUE_WITHDRAWN = "technique withdrawn"
    TACTIC_MOVED = "tactic moved"
    RULE_ADDED = "rule added"
    RULE_REMOVED = "rule removed"
    RULE_ENABLED = "rule enabled"
    RULE_DISABLED = "rule disabled"
    TAG_CHANGED = "tag changed"

    @property
    def from_attack(self) -> bool:
        """Whether MITRE's change of ATT&CK is the cause, not a change of the rules."""
        return self in (Cause.ID_REVOKED, Cause.TECHNIQUE_NEW, Cause.TECHNIQUE_WITHDRAWN, Cause.TACTIC_MOVED)


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause of one cell's difference.

    `concerned` are ids of techniques where the cause is from ATT&CK (the old ones where an id was revoked), else ids
    of rules, with the source before them where there are several; `sentence` says it to a person.
    """

    cause: Cause
    concerned: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class CellState:
    """What one side makes of a cell."""

    level: Level
    rule_count: int


@dataclass(frozen=True, slots=True)
class CellDifference:
    """A cell whose level or number of rules differs, or that one side does not have (`before` or `after` is None).

    `causes` has one reason a cause, at least one, in the order of `Cause`. The names are those of the side after,
    where it has the cell: ATT&CK 19 calls TA0005 Stealth that was Defense Evasion.
    """

    tactic: Tactic
    technique_id: str
    technique_name: str
    before: CellState | None
    after: CellState | None
    causes: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The levels of all cells before, after the first step (ATT&CK's) and after the second (the rules')."""

    before: Totals
    between: Totals
    after: Totals

    @property
    def from_attack(self) -> float | None:
        """Percentage points of the first step, one decimal; None where a side has no cells."""
        return _points(self.before, self.between)

    @property
    def from_rules(self) -> float | None:
        """Percentage points of the second step, likewise."""
        return _points(self.between, self.after)


@dataclass(frozen=True)
class Comparison:
    """What `compare` found; `between` is the coverage of the rules before under the catalog after."""

    before: Coverage
    between: Coverage
    after: Coverage
    cells: tuple[CellDifference, ...]

    @cached_property
    def cells_by_cause(self) -> Mapping[Cause, int]:
        """How many cells differ for each cause that occurs; a cell with two causes is counted under both."""
        found = Counter(reason.cause for cell in self.cells for reason in cell.causes)
        return {cause: found[cause] for cause in Cause if cause in found}

    @property
    def change(self) -> Change:
        """The change of the overall coverage, divided into its two steps."""
        return split_change(self.before, self.between, self.after)


def compare(before: Coverage, after: Coverage, *, rules_before: RuleSet, rules_after: RuleSet) -> Comparison:
    """The cells that differ, in the order of the matrix after, then those that only the matrix before has.

    A cell in which as many other rules count does not differ. The rule sets are those that were scored. Both sides
    are one matrix, narrowed alike if at all, of any two versions of ATT&CK, under the same settings; raises ValueError
    if they are not.
    """
    if before.settings != after.settings:
        raise ValueError("Two coverages can be compared only under the same settings.")
    if before.catalog.name != after.catalog.name or (
        before.catalog.attack == after.catalog.attack and before.catalog.columns != after.catalog.columns
    ):
        raise ValueError("Two coverages can be compared only of the same matrix.")
    if before.catalog == after.catalog:
        between = before
    elif rules_before.rules == rules_after.rules:
        between = after
    else:
        between = score(rules_before, after.catalog, after.settings)
    key_of = _common_keys(rules_before, rules_after)
    steps = _Steps(
        _Catalogs(before.catalog, after.catalog, after.settings.match),
        _Side.of(between, rules_before, key_of),
        _Side.of(after, rules_after, key_of),
        key_of,
    )
    cells: list[CellDifference] = []
    for key in dict.fromkeys((*after.cells, *before.cells)):
        old, new = before.cells.get(key), after.cells.get(key)
        if _state(old) != _state(new):
            shown = new or before.cells[key]
            causes = _reasons(steps.findings(key, old, new))
            cells.append(
                CellDifference(shown.tactic, shown.technique_id, shown.technique_name, _state(old), _state(new), causes)
            )
    return Comparison(before, between, after, tuple(cells))


def split_change(before: Coverage, between: Coverage, after: Coverage) -> Change:
    """The change of the overall coverage in two steps, `between` being of the rules before under the catalog after.

    Raises ValueError where `between` is not under that catalog, or the settings differ.
    """
    if between.catalog != after.catalog or not before.settings == between.settings == after.settings:
        raise ValueError("The step between must be under the catalog after, and all under the same settings.")
    return Change(before.totals, between.totals, after.totals)


class _Finding(NamedTuple):
    """One id with what is said of it: "T1562 is" `said`."""

    cause: Cause
    concerned: str
    said: str
    rules: int = 1  # that `concerned` stands for


@dataclass(frozen=True, slots=True)
class _Catalogs:
    """What ATT&CK alone changes: where a cell exists, and where a rule with the same tags counts."""

    before: Catalog
    after: Catalog
    match: Match

    def existence(self, key: CellKey, *, appears: bool) -> Iterator[_Finding]:
        """Why only one side has a cell."""
        here, there = self._sides(appears=appears)
        if _has(there, key[1]):
            yield self._moved(key[1])
        else:
            yield from self._absence(key[1], here, there)

    def counting(self, rule: Rule, key: CellKey, *, appears: bool) -> Iterator[_Finding]:
        """Why a rule counts in a cell on one side only."""
        here, there = self._sides(appears=appears)
        for technique in filter(None, map(technique_id, rule.techniques)):
            meant, elsewhere = here.attack.meant(technique), there.attack.meant(technique)
            if meant is None or not (meant == key[1] or (self.match is Match.ROLLUP and parent_id(meant) == key[1])):
                continue
            if not _has(there, meant):
                yield from self._absence(meant, here, there)
            elif elsewhere is not None and elsewhere in here.attack.revoked:
                yield _revoked(here.attack, elsewhere)
            elif elsewhere != meant:
                yield _revoked(here.attack, technique)
            else:
                yield self._moved(meant)

    def _sides(self, *, appears: bool) -> tuple[Catalog, Catalog]:
        """The catalog that has what is asked about, and the other."""
        return (self.after, self.before) if appears else (self.before, self.after)

    def _absence(self, technique: str, here: Catalog, there: Catalog) -> Iterator[_Finding]:
        """Why a technique that `here` has does not exist `there`."""
        replaced = [old for old in here.attack.replaces.get(technique, ()) if old in there.attack.techniques]
        if technique in there.attack.revoked:
            yield _revoked(there.attack, technique)
        elif technique not in there.attack.techniques and replaced:
            for old in replaced:
                yield _revoked(here.attack, old)
        else:
            version = there.attack.version
            said = f"not in ATT&CK {version}"
            if technique in there.attack.techniques:
                said = f"on none of the chosen platforms in ATT&CK {version}"
            elif technique in there.attack.deprecated:
                said = f"deprecated in ATT&CK {version}"
            there_is_older = (there is self.before) == (_order(self.before.attack) <= _order(self.after.attack))
            yield _Finding(Cause.TECHNIQUE_NEW if there_is_older else Cause.TECHNIQUE_WITHDRAWN, technique, said)

    def _moved(self, technique: str) -> _Finding:
        under = [
            f"under {_tactics(catalog.attack, technique)} in ATT&CK {catalog.attack.version}"
            for catalog in (self.before, self.after)
        ]
        return _Finding(Cause.TACTIC_MOVED, technique, " and ".join(under))


_KeyOf = Callable[[Rule], RuleKey]


@dataclass(frozen=True, slots=True)
class _Side:
    """A coverage with all of its rules and the cells of those that its filters keep, by `_common_keys`."""

    coverage: Coverage
    rules: Mapping[RuleKey, Rule]
    cells: Mapping[RuleKey, frozenset[CellKey]]

    @classmethod
    def of(cls, coverage: Coverage, ruleset: RuleSet, key_of: _KeyOf) -> _Side:
        """The coverage of a rule set."""
        kept = coverage.cells_by_rule
        # Of copies the last one stays: the one that counts, if any does.
        rules = {
            key_of(rule): rule for rule in sorted(ruleset.rules, key=lambda rule: (rule.key in kept, rule.enabled))
        }
        return cls(coverage, rules, {key_of(rule): kept[rule.key] for rule in ruleset.rules if rule.key in kept})


@dataclass(frozen=True, slots=True)
class _Steps:
    """Both steps; `between` and `after` are under the same catalog."""

    catalogs: _Catalogs
    between: _Side
    after: _Side
    key_of: _KeyOf

    def findings(
        self, key: CellKey, old: TechniqueCoverage | None, new: TechniqueCoverage | None
    ) -> Iterator[_Finding]:
        """Why a cell differs, rule by rule."""
        one_sided = old is None or new is None
        if one_sided:
            yield from self.catalogs.existence(key, appears=old is None)
        was, now = self._rules(old), self._rules(new)
        between = self._rules(self.between.coverage.cells.get(key))
        for rule in now.keys() & was.keys():
            more = now[rule].count - was[rule].count
            if more:
                cause, said = (Cause.RULE_ADDED, "new") if more > 0 else (Cause.RULE_REMOVED, "gone")
                yield _Finding(cause, _named(rule), said, abs(more))
        for rule in now.keys() ^ was.keys():
            appears = rule in now
            if appears != (rule in between):
                yield from self._rule(rule, key, appears=appears)
                continue
            for finding in self.catalogs.counting((between if appears else was)[rule], key, appears=appears):
                # That the cell exists on one side only says why its rules count there, but not whence they came.
                if not one_sided or finding.cause is Cause.ID_REVOKED:
                    yield finding

    def _rules(self, cell: TechniqueCoverage | None) -> Mapping[RuleKey, Rule]:
        """The rules that count in a cell; a copy of one counts nowhere."""
        return {} if cell is None else {self.key_of(rule): rule for rule in cell.rules if rule.count}

    def _rule(self, rule: RuleKey, key: CellKey, *, appears: bool) -> Iterator[_Finding]:
        """What about a rule itself makes it count in a cell on one side only."""
        here, other = (self.after, self.between) if appears else (self.between, self.after)
        count, name = here.rules[rule].count, _named(rule)
        cells = other.cells.get(rule)
        gone = Cause.RULE_ADDED if appears else Cause.RULE_REMOVED
        if cells is None:
            yield _Finding(gone, name, self._filtered(other.rules.get(rule), appears=appears), count)
            return
        is_off = not (other.rules[rule].enabled or other.coverage.settings.potential)
        if is_off:
            cause = Cause.RULE_ENABLED if appears else Cause.RULE_DISABLED
            yield _Finding(cause, name, f"{'enabled' if appears else 'disabled'} now", count)
        if key not in cells:
            yield _Finding(Cause.TAG_CHANGED, name, "tagged differently", count)
        elif not is_off:
            whose = "source's or tenant's" if here.rules[rule].tenant else "source's"
            said = f"no longer a copy of another {whose}" if appears else f"a copy of another {whose} now"
            yield _Finding(gone, name, said, count)

    def _filtered(self, other: Rule | None, *, appears: bool) -> str:
        """Why a rule is under no filter of the other side: it is not there, or it is not what it is here."""
        if other is None:
            return "new" if appears else "gone"
        severities = self.after.coverage.settings.severities
        what = "severity" if other.severity not in severities else "tenant, log source or tag"
        return f"of a {what} that {'counts now' if appears else 'no longer counts'}"


def _reasons(findings: Iterable[_Finding]) -> tuple[Reason, ...]:
    """One reason a cause; ids of which the same is said share a part of its sentence."""
    said: dict[Cause, dict[str, dict[str, int]]] = {}
    for finding in findings:
        said.setdefault(finding.cause, {}).setdefault(finding.said, {})[finding.concerned] = finding.rules
    reasons: list[Reason] = []
    for cause in Cause:
        if cause in said:
            parts = sorted((sorted(counts), text, sum(counts.values())) for text, counts in said[cause].items())
            concerned = sorted({each for ids, *_ in parts for each in ids})
            reasons.append(Reason(cause, tuple(concerned), "; ".join(_part(cause, *part) for part in parts) + "."))
    return tuple(reasons)


def _part(cause: Cause, ids: list[str], said: str, count: int) -> str:
    one = count == 1
    subject = _listed(ids) if cause.from_attack else f"{count:,} {'rule' if one else 'rules'}"
    return f"{subject} {'is' if one else 'are'} {said}"


def _revoked(attack: Attack, technique: str) -> _Finding:
    meant = attack.meant(technique)
    instead = "without an active replacement" if meant is None else f"in favour of {meant}"
    return _Finding(Cause.ID_REVOKED, technique, f"revoked in ATT&CK {attack.version} {instead}")


def _has(catalog: Catalog, technique: str) -> bool:
    return technique in catalog.attack.techniques and technique not in catalog.left_out.techniques


def _tactics(attack: Attack, technique: str) -> str:
    own = attack.techniques[technique].tactics
    return _listed([tactic.name for tactic in attack.tactics if tactic.id in own]) or "no tactic"


def _order(attack: Attack) -> tuple[int, ...]:
    """A version as a key: 9.0 before 18.1."""
    return tuple(int(number) for number in re.findall(r"\d+", attack.version))


def _listed(words: list[str]) -> str:
    """Words as in a sentence; of many ids the first few."""
    if len(words) > _MOST_WORDS:
        words = [*words[: _MOST_WORDS - 1], f"{len(words) - _MOST_WORDS + 1} more"]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _state(cell: TechniqueCoverage | None) -> CellState | None:
    return None if cell is None else CellState(cell.level, cell.rule_count)


def _common_keys(*rulesets: RuleSet) -> _KeyOf:
    """What a rule is known by on both sides: its source and id, and its tenant where rules of that id differ.

    What a tenant has of a library, or another one took over, is the same rule.
    """
    varied: set[tuple[str, str]] = set()
    for ruleset in rulesets:
        found: dict[tuple[str, str], Rule] = {}
        for rule in ruleset.rules:
            first = found.setdefault((rule.feed, rule.rule_id), rule)
            if first is not rule and first.identity != rule.identity:
                varied.add((rule.feed, rule.rule_id))
    return lambda rule: rule.key if (rule.feed, rule.rule_id) in varied else (rule.feed, "", rule.rule_id)


def _named(rule: RuleKey) -> str:
    return ": ".join(filter(None, rule))


def _points(before: Totals, after: Totals) -> float | None:
    if before.percent_1 is None or after.percent_1 is None:
        return None
    return round(after.percent_1 - before.percent_1, 1)
