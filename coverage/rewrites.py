"""Rules that name revoked ids -> what to write in place of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coverage.catalog.model import Attack
from coverage.ids import technique_id
from coverage.model import RuleSet
from coverage.resolution import resolve


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A revoked id that a rule names, in the canonical form, and the active ids as which it counts.

    `new` is one id in most cases. It is empty where there is no active replacement, and it has what the sub-techniques
    became, one or several ids, where `old` is the parent of sub-techniques that the rule names too: T1562 beside
    T1562.004 is T1686, and not T1685 as it would be alone. `since` is the ATT&CK version that revoked `old`, None where
    it is unknown. `feed` is that of the rule.
    """

    rule_id: str
    rule_name: str
    origin: str
    old: str
    new: tuple[str, ...]
    since: str | None
    feed: str = ""


def rewrites(ruleset: RuleSet, attack: Attack) -> tuple[Rewrite, ...]:
    """One entry for each revoked id of each rule, enabled or not, in the order of the rules and of their ids."""
    return tuple(_rewrites(ruleset, attack))


def _rewrites(ruleset: RuleSet, attack: Attack) -> Iterator[Rewrite]:
    for rule in ruleset.rules:
        for old, standing, new in resolve(attack, filter(None, map(technique_id, rule.techniques))):
            if standing.is_revoked:
                since = attack.revoked_since.get(old)
                yield Rewrite(rule.rule_id, rule.name, rule.origin, old, new, since, rule.feed)
