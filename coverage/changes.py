"""What changed between two calculations: rules and levels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coverage.model import Rule, RuleKey, RuleSet
from coverage.score import Coverage, Level


@dataclass(frozen=True, slots=True)
class RuleChanges:
    """Rules by what became of them; `changed` are those with the same id and another content."""

    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[Rule, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell whose level is another than before."""

    tactic_name: str
    technique_id: str
    technique_name: str
    before: Level
    after: Level


def rule_changes(before: RuleSet, after: RuleSet) -> RuleChanges:
    """Compare two loads of the same sources, rule by rule; a rule that went to another tenant is a changed one."""
    old = {rule.key: rule for rule in before.rules}
    new = {rule.key: rule for rule in after.rules}
    gone, come = _by_id(old.keys() - new.keys()), _by_id(new.keys() - old.keys())
    for rule_id, keys in gone.items():
        if len(keys) == len(come.get(rule_id, ())) == 1:
            old[come[rule_id][0]] = old.pop(keys[0])
    return RuleChanges(
        added=tuple(rule for key, rule in new.items() if key not in old),
        removed=tuple(rule for key, rule in old.items() if key not in new),
        changed=tuple(rule for key, rule in new.items() if key in old and old[key] != rule),
    )


def _by_id(keys: Iterable[RuleKey]) -> dict[tuple[str, str], list[RuleKey]]:
    found: dict[tuple[str, str], list[RuleKey]] = {}
    for key in keys:
        feed, _, rule_id = key
        found.setdefault((feed, rule_id), []).append(key)
    return found


def cell_changes(before: Coverage, after: Coverage) -> tuple[CellChange, ...]:
    """The cells whose level differs, in the order of the matrix; both under one catalog."""
    return tuple(
        CellChange(cell.tactic.name, cell.technique_id, cell.technique_name, before.cells[key].level, cell.level)
        for key, cell in after.cells.items()
        if key in before.cells and before.cells[key].level is not cell.level
    )
