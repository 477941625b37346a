"""Rules that are there twice: with one id, or with one name and the same tags under different ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from coverage.ids import tactic_key, technique_id
from coverage.join import duplicates as shared_ids
from coverage.model import Issue, IssueKind, Rule


class Likeness(StrEnum):
    """In what two rules are the same, and what follows from it."""

    ID = "same id"  # in one source: only the original counts
    COPY = "copy in another source"  # they count once
    SHARED_ID = "same id in another source"  # they are different rules, and both count
    NAME = "same name and tags"  # under different ids: both count


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A rule that repeats another one, the `original`. Of two with one id in one source only its place is known."""

    likeness: Likeness
    rule_id: str
    origin: str
    feed: str
    original: Rule


def duplicates(rules: Sequence[Rule], issues: Iterable[Issue]) -> tuple[Duplicate, ...]:
    """The repeated rules among those given, in the order of `Likeness`; `issues` are what reading them brought.

    Rules that were only counted have no names and no ids of their own, so they are no one's duplicates; how many of
    them share an id is in the issues. Nor are those that several tenants of one source have: it is there for them all.
    """
    rules = [rule for rule in rules if not rule.is_kind]
    by_key = {rule.key: rule for rule in rules}
    same_id = [
        Duplicate(Likeness.ID, issue.rule, issue.where, issue.feed, by_key[key])
        for issue in issues
        if issue.kind is IssueKind.DUPLICATE_ID and (key := (issue.feed, issue.tenant, issue.rule)) in by_key
    ]
    shared = sorted(_across_sources(rules), key=lambda each: each.likeness is not Likeness.COPY)
    return (*same_id, *shared, *_alike(rules))


def _across_sources(rules: Iterable[Rule]) -> Iterator[Duplicate]:
    for shared in shared_ids(rules):
        first = shared.rules[0]
        originals: dict[tuple[object, ...], Rule] = {}
        of_source: dict[tuple[object, ...], Rule] = {}  # of the copies of several tenants one
        for rule in shared.rules:
            of_source.setdefault((rule.feed, rule.identity), rule)
        for rule in of_source.values():
            original = originals.setdefault(rule.identity, rule)
            if original is not rule:
                yield _duplicate(Likeness.COPY, rule, original)
            elif rule.feed != first.feed:
                yield _duplicate(Likeness.SHARED_ID, rule, first)


def _alike(rules: Iterable[Rule]) -> Iterator[Duplicate]:
    groups: dict[object, dict[str, Rule]] = {}
    for rule in rules:
        groups.setdefault(_likeness(rule), {}).setdefault(rule.rule_id, rule)
    for first, *others in (group.values() for group in groups.values()):
        for rule in others:
            yield _duplicate(Likeness.NAME, rule, first)


def _duplicate(likeness: Likeness, rule: Rule, original: Rule) -> Duplicate:
    return Duplicate(likeness, rule.rule_id, rule.origin, rule.feed, original)


def _likeness(rule: Rule) -> object:
    """What rules have in common that are the same but for their ids: case, signs and the order of tags aside."""
    words = " ".join(re.findall(r"\w+", rule.name.casefold())) or rule.name
    techniques = frozenset(technique_id(text) or text.casefold() for text in rule.techniques)
    return words, techniques, frozenset(map(tactic_key, rule.tactics or ()))
