"""Which rules count: a choice of tenants, log sources and tags, and what there is to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from coverage.model import Rule


@dataclass(frozen=True, slots=True)
class RuleFilter:
    """The values that a rule must have one of; a set that is empty asks for nothing.

    A rule that states no value at all is unknown, and no set that asks for something keeps it.
    """

    tenants: frozenset[str] = frozenset()
    logsources: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.tenants or self.logsources or self.tags)

    def keeps(self, rule: Rule) -> bool:
        """Whether a rule has one value of each set."""
        return (
            (not self.tenants or rule.tenant in self.tenants)
            and (not self.tags or not self.tags.isdisjoint(rule.tags))
            and (not self.logsources or not self.logsources.isdisjoint(logsources_of(rule)))
        )


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one kind that a set of rules has: how many rules have each, and how many state none."""

    counts: Mapping[str, int]
    unstated: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What `RuleFilter` can choose from."""

    tenants: Facet
    logsources: Facet
    tags: Facet


def facets(rules: Iterable[Rule]) -> Facets:
    """The values that the rules have, the most frequent first."""
    found = tuple(rules)
    return Facets(_facet(found, _tenants_of), _facet(found, logsources_of), _facet(found, _tags_of))


def logsources_of(rule: Rule) -> tuple[str, ...]:
    """Each log source that a rule states, and of `windows/sysmon` also `windows`."""
    parts: dict[str, None] = {}
    for part in (rule.logsource or "").split(", "):
        product, slash, _ = part.partition("/")
        if slash and product:
            parts[product] = None
        if part:
            parts[part] = None
    return tuple(parts)


def _tenants_of(rule: Rule) -> tuple[str, ...]:
    return (rule.tenant,) if rule.tenant else ()


def _tags_of(rule: Rule) -> tuple[str, ...]:
    return rule.tags


def _facet(rules: Iterable[Rule], values_of: Callable[[Rule], tuple[str, ...]]) -> Facet:
    counts: Counter[str] = Counter()
    unstated = 0
    for rule in rules:
        values = values_of(rule)
        for value in values:
            counts[value] += rule.count
        if not values:
            unstated += rule.count
    return Facet(dict(sorted(counts.items(), key=lambda found: (-found[1], found[0].casefold(), found[0]))), unstated)
