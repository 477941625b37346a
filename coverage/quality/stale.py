"""Tags that are no active technique of an ATT&CK version -> what to write in place of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coverage.catalog.model import Attack
from coverage.ids import is_other_id, technique_id
from coverage.model import Rule
from coverage.resolution import Standing, resolve


@dataclass(frozen=True, slots=True)
class StaleTag:
    """A revoked, deprecated or unknown id that a rule names, and the active ids as which it counts.

    `tag` is the id in the canonical form, or the text as written where it is none. `new` is one id for most of the
    revoked ones. It is empty where there is no active replacement, and it has what the sub-techniques became, one or
    several ids, where `tag` is the parent of sub-techniques that the rule names too: T1562 beside T1562.004 is T1686,
    and not T1685 as it would be alone. `since` is the ATT&CK version that revoked the id, None where it is unknown.
    """

    rule: Rule
    tag: str
    standing: Standing
    new: tuple[str, ...]
    since: str | None


_Tag = tuple[str, Standing, tuple[str, ...], str | None]


def stale_tags(rules: Iterable[Rule], attack: Attack) -> tuple[StaleTag, ...]:
    """One entry for each stale tag of each rule, enabled or not, in the order of the rules and of their tags."""
    seen: dict[tuple[str, ...], tuple[_Tag, ...]] = {}
    found: list[StaleTag] = []
    for rule in rules:
        tags = seen.get(rule.techniques)
        if tags is None:
            tags = seen[rule.techniques] = tuple(_stale(rule.techniques, attack))
        found += [StaleTag(rule, *tag) for tag in tags]
    return tuple(found)


def _stale(techniques: tuple[str, ...], attack: Attack) -> Iterator[_Tag]:
    ids = {text: technique_id(text) for text in techniques}
    resolved = {each.id: each for each in resolve(attack, filter(None, ids.values()))}
    for text, technique in ids.items():
        if technique is None:
            if not is_other_id(text):
                yield text, Standing.UNKNOWN, (), None
        elif (known := resolved.pop(technique, None)) is not None and known.standing is not Standing.ACTIVE:
            yield known.id, known.standing, known.meant, attack.revoked_since.get(known.id)
