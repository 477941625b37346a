"""Rules that count in no cell of a matrix, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from coverage.catalog.model import Catalog
from coverage.ids import parent_id, technique_id
from coverage.mapping import Match, columns_of, map_tags
from coverage.model import SEVERITY_ORDER, IssueKind, Rule
from coverage.resolution import resolve
from coverage.score import Coverage


class Reason(StrEnum):
    """Why a rule counts in no cell: first what its author can mend, then what the choice of the matrix does."""

    NO_TECHNIQUE = "no technique"
    NO_ACTIVE_ID = "no active id"
    NO_TACTIC = "no tactic"
    OTHER_TACTIC = "other tactic"
    NOT_IN_MATRIX = "not in the matrix"
    LEFT_OUT = "left out"


_PLACE = {reason: place for place, reason in enumerate(Reason)}
_OF_IDS = frozenset({IssueKind.UNKNOWN_ID, IssueKind.DEPRECATED_ID, IssueKind.REVOKED_ID})
_OF_TACTICS = frozenset({IssueKind.UNKNOWN_TACTIC, IssueKind.NO_TACTIC})
_Why = tuple[Reason, str]


@dataclass(frozen=True, slots=True)
class UnmappedRule:
    """A rule that counts nowhere, and the sentence that says why."""

    rule: Rule
    reason: Reason
    sentence: str


def unmapped_rules(rules: Iterable[Rule], coverage: Coverage) -> tuple[UnmappedRule, ...]:
    """Those of the `counted_rules` of a coverage that are enabled, and count in no cell; of copies one is listed.

    They come by reason, then from the most to the least severe, then by name.
    """
    seen: dict[tuple[tuple[str, ...] | None, tuple[str, ...]], _Why] = {}
    found: list[UnmappedRule] = []
    for rule in rules:
        counts = rule.count and (rule.enabled or coverage.settings.potential)
        if coverage.cells_by_rule[rule.key] or not counts:
            continue
        tags = (rule.tactics, rule.techniques)
        if tags not in seen:
            seen[tags] = _why(coverage.catalog, rule, coverage.settings.match)
        found.append(UnmappedRule(rule, *seen[tags]))
    found.sort(key=lambda each: (_PLACE[each.reason], SEVERITY_ORDER[each.rule.severity], each.rule.name.casefold()))
    return tuple(found)


def _why(catalog: Catalog, rule: Rule, match: Match) -> _Why:
    findings = map_tags(catalog, rule.tactics, rule.techniques, match).findings
    ids = resolve(catalog.attack, filter(None, map(technique_id, rule.techniques)))
    active = list(dict.fromkeys(technique for each in ids for technique in each.meant))
    if not active:
        of_ids = " ".join(sentence for kind, sentence in findings if kind in _OF_IDS)
        return (Reason.NO_ACTIVE_ID, of_ids) if of_ids else (Reason.NO_TECHNIQUE, "The rule names no ATT&CK technique.")
    if any(kind is IssueKind.NO_TACTIC for kind, _ in findings):
        return Reason.NO_TACTIC, " ".join(sentence for kind, sentence in findings if kind in _OF_TACTICS)
    if all(_is_left_out(catalog, rule, technique) for technique in active):
        return Reason.LEFT_OUT, f"The chosen platforms and tactics leave out {_listed(active)}."
    parents = list(dict.fromkeys(filter(None, map(parent_id, active))))
    shown = _shown(catalog, active if match is Match.EXACT else dict.fromkeys((*active, *parents)))
    if shown:
        there = "; ".join(f"{technique} under {_listed(tactics)}" for technique, tactics in shown.items())
        return Reason.OTHER_TACTIC, f"The matrix has {there}; the rule names {_listed(rule.tactics or ())}."
    if rolled_up := _shown(catalog, parents):
        only = f"The matrix has {_listed(rolled_up)} but not {_listed(active)}, and ids count exactly, not rolled up."
        return Reason.NOT_IN_MATRIX, only
    return Reason.NOT_IN_MATRIX, f"The matrix does not have {_listed(active)}."


def _is_left_out(catalog: Catalog, rule: Rule, technique: str) -> bool:
    columns = columns_of(catalog, rule.tactics, technique)
    tactics = {tactic.id for tactic in catalog.left_out.tactics}
    return technique in catalog.left_out.techniques or (bool(columns) and columns <= tactics)


def _shown(catalog: Catalog, techniques: Iterable[str]) -> dict[str, list[str]]:
    """Those of the techniques that have cells in the matrix, with the names of their tactics there."""
    found = {
        technique: [tactic.name for tactic in catalog.tactics if (tactic.id, technique) in catalog.cells]
        for technique in techniques
    }
    return {technique: tactics for technique, tactics in found.items() if tactics}


def _listed(words: Iterable[str]) -> str:
    *most, last = [*words] or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last
