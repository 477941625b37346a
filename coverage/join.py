"""Several sources -> one set of rules, in which each rule is known by its source and its id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from coverage.model import IssueKind, Rule, RuleSet


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An id that several sources use; `rules` has all of its rules, of several tenants too, in the set's order."""

    rule_id: str
    rules: tuple[Rule, ...]

    @property
    def is_copy(self) -> bool:
        """Whether two sources have copies of one rule, with the same name and the same tags."""
        return len({rule.identity for rule in self.rules}) < len({(rule.identity, rule.feed) for rule in self.rules})


def join(parts: Mapping[str, RuleSet]) -> RuleSet:
    """The rule sets of sources by their labels as one set.

    No rule takes another's place: rules of two sources that share an id are both in the set. `coverage.score` counts
    copies of one rule once, and `duplicates` lists what is shared.
    """
    found = [labelled(label, ruleset) for label, ruleset in parts.items()]
    rules = tuple(rule for ruleset in found for rule in ruleset.rules)
    return RuleSet(
        rules=rules,
        issues=tuple(issue for ruleset in found for issue in ruleset.issues),
        doubts=tuple(doubt for ruleset in found for doubt in ruleset.doubts),
        notes=(*(note for ruleset in found for note in ruleset.notes), *_notes(duplicates(rules))),
        sample=any(ruleset.sample for ruleset in found),
    )


def labelled(label: str, ruleset: RuleSet) -> RuleSet:
    """The rule set of a source as a part of a joined one: rules, issues and sentences say where they are from.

    An id that stands in for a missing one is a place in its source, or says what a database counted. Another source
    may have that, too, and it says nothing of whether the rules are the same; so the label becomes a part of it.
    """
    without_id = {issue.rule for issue in ruleset.issues if issue.kind is IssueKind.NO_ID}
    without_id |= {rule.rule_id for rule in ruleset.rules if rule.is_kind}
    ids = {stand_in: f"{label}: {stand_in}" for stand_in in without_id}
    return replace(
        ruleset,
        rules=tuple(replace(rule, rule_id=ids.get(rule.rule_id, rule.rule_id), feed=label) for rule in ruleset.rules),
        issues=tuple(replace(issue, rule=ids.get(issue.rule, issue.rule), feed=label) for issue in ruleset.issues),
        doubts=tuple(f"{label}: {doubt}" for doubt in ruleset.doubts),
        notes=tuple(f"{label}: {note}" for note in ruleset.notes),
    )


def duplicates(rules: Iterable[Rule]) -> tuple[Duplicate, ...]:
    """The ids that rules of several sources share, in the order in which they first occur."""
    by_id: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.feed:
            by_id.setdefault(rule.rule_id, []).append(rule)
    return tuple(
        Duplicate(rule_id, tuple(found)) for rule_id, found in by_id.items() if len({rule.feed for rule in found}) > 1
    )


def _notes(found: tuple[Duplicate, ...]) -> list[str]:
    copies = sum(duplicate.is_copy for duplicate in found)
    others = len(found) - copies
    notes: list[str] = []
    if copies:
        rules, each = ("1 rule is", "it counts") if copies == 1 else (f"{copies:,} rules are", "each counts")
        notes.append(f"{rules} in more than one source, with the same id, name and tags; {each} once.")
    if others:
        ids = "1 id stands" if others == 1 else f"{others:,} ids stand"
        notes.append(f"{ids} for different rules in different sources; each of these rules counts.")
    return notes
