"""Rules that are there twice: with one id, or with one name and the same tags under different ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from coverage.ids import tactic_key, technique_id
from coverage.model import Issue, IssueKind, Rule


class Likeness(StrEnum):
    """In what two rules are the same."""

    ID = "same id"
    NAME = "same name and tags"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A rule that repeats another one, the `original`.

    Of two rules with one id only the original counts, and of the other only the id and the place are known; of rules
    with one name and the same tags all count.
    """

    likeness: Likeness
    rule_id: str
    origin: str
    original: Rule


def duplicates(rules: Sequence[Rule], issues: Iterable[Issue]) -> tuple[Duplicate, ...]:
    """The repeated rules among those given, those with one id first; `issues` are what reading them brought.

    Rules that a database has only counted have no names, so they are no one's duplicates.
    """
    by_id = {rule.rule_id: rule for rule in rules}
    same_id = (
        Duplicate(Likeness.ID, issue.rule, issue.where, by_id[issue.rule])
        for issue in issues
        if issue.kind is IssueKind.DUPLICATE_ID and issue.rule in by_id
    )
    counted = {rule.source for rule in rules if rule.count > 1}
    groups: dict[object, list[Rule]] = {}
    for rule in rules:
        if rule.source not in counted:
            groups.setdefault(_likeness(rule), []).append(rule)
    same_name = (
        Duplicate(Likeness.NAME, rule.rule_id, rule.origin, first)
        for first, *others in groups.values()
        for rule in others
    )
    return (*same_id, *same_name)


def _likeness(rule: Rule) -> object:
    """What rules have in common that are the same but for their ids: case, signs and the order of tags aside."""
    words = " ".join(re.findall(r"\w+", rule.name.casefold())) or rule.name
    techniques = frozenset(technique_id(text) or text.casefold() for text in rule.techniques)
    return words, techniques, frozenset(map(tactic_key, rule.tactics or ()))
