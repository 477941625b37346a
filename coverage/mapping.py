"""What one rule's tactics and techniques mean in a catalog: the cells in which it counts, and what is wrong.

The rules of this module are the product's contract for ids, roll-up and columns; `tests/test_mapping.py` spells
them out and `tests/test_truth.py` holds them against coverage counted by separate code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from coverage.catalog.model import Attack, Catalog, ColumnsFrom
from coverage.ids import is_other_id, parent_id, technique_id
from coverage.model import IssueKind
from coverage.resolution import Resolved, Standing, resolve

CellKey = tuple[str, str]
"""(tactic id, technique id)"""

Finding = tuple[IssueKind, str]
"""What is wrong with a rule's tags, and the sentence that says so."""


class Match(StrEnum):
    """Whether a rule on a sub-technique counts for its parent technique too."""

    ROLLUP = "rollup"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class RuleMapping:
    """Where a rule counts.

    `exact` are the cells of the ids that the rule names; `cells` adds, under roll-up, those of their parents.
    `techniques` and `named` are the ids behind `cells` and `exact`, whether or not the matrix shows them.
    """

    cells: frozenset[CellKey]
    exact: frozenset[CellKey]
    techniques: frozenset[str]
    named: frozenset[str]
    findings: tuple[Finding, ...]


def map_tags(catalog: Catalog, tactics: Iterable[str] | None, techniques: Iterable[str], match: Match) -> RuleMapping:
    """Map one rule's tags. `tactics` is None where the rule's format has no field for a tactic."""
    findings: list[Finding] = []
    named = None if tactics is None else _tactics_named(catalog, tactics, findings)
    of_techniques: list[Finding] = []
    credited = _credited(catalog.attack, techniques, of_techniques)
    findings += of_techniques
    if not credited and not of_techniques:
        findings.append((IssueKind.NO_TECHNIQUE, "The rule names no ATT&CK technique; it counts in no cell."))

    exact: set[CellKey] = set()
    rolled_up: set[CellKey] = set()
    for technique in credited:
        # What the matrix leaves out says nothing about the part of its parent that stays.
        parent = None if technique in catalog.left_out.techniques else parent_id(technique)
        for tactic in _columns(catalog, technique, named):
            exact.add((tactic, technique))
            if parent is not None:
                rolled_up.add((tactic, parent))
    cells = exact | rolled_up if match is Match.ROLLUP else exact
    return RuleMapping(
        cells=catalog.cells & cells,
        exact=catalog.cells & exact,
        techniques=frozenset(technique for _, technique in cells),
        named=frozenset(technique for _, technique in exact),
        findings=tuple(findings),
    )


def columns_of(catalog: Catalog, tactics: Iterable[str] | None, technique: str) -> frozenset[str]:
    """The columns (tactic ids) in which a rule of these tactics counts for an active technique, be it shown or not."""
    named = None if tactics is None else _tactics_named(catalog, tactics, [])
    return _columns(catalog, technique, named)


def _tactics_named(catalog: Catalog, tactics: Iterable[str], findings: list[Finding]) -> frozenset[str]:
    named: set[str] = set()
    known = False
    for text in dict.fromkeys(tactics):
        columns = catalog.tactics_named(text)
        if columns is None:
            findings.append((IssueKind.UNKNOWN_TACTIC, f"{_quoted(text)} is not a tactic of Enterprise ATT&CK."))
        else:
            known = True
            named |= columns
    if not known and catalog.columns_from is ColumnsFrom.RULE:
        findings.append(
            (IssueKind.NO_TACTIC, "The rule names no tactic, and this matrix counts a rule under the tactics it names.")
        )
    return frozenset(named)


def _columns(catalog: Catalog, technique: str, named: frozenset[str] | None) -> frozenset[str]:
    """The columns in which a credited technique counts, and with it its parent."""
    if named is not None and catalog.columns_from is ColumnsFrom.RULE:
        return named
    own = catalog.columns_of(technique)
    return own if named is None else own & named or own


def _credited(attack: Attack, techniques: Iterable[str], findings: list[Finding]) -> Collection[str]:
    """The active ids that a rule's techniques stand for, each once."""
    ids: list[str] = []
    for text in dict.fromkeys(techniques):
        technique = technique_id(text)
        if technique is not None:
            ids.append(technique)
        elif not is_other_id(text):
            findings.append((IssueKind.UNKNOWN_ID, f"{_quoted(text)} is not the id of an ATT&CK technique."))
    if attack.techniques.keys() >= set(ids):  # nearly always
        return dict.fromkeys(ids)
    credited: dict[str, None] = {}
    for resolved in resolve(attack, ids):
        credited.update(dict.fromkeys(resolved.meant))
        if resolved.standing is not Standing.ACTIVE:
            findings.append(_finding(attack, resolved))
    return credited


def _finding(attack: Attack, resolved: Resolved) -> Finding:
    """What is wrong with an id that is not active."""
    technique, standing, meant = resolved
    since = attack.revoked_since.get(technique)
    revoked = f"{technique} is revoked since ATT&CK {since}" if since is not None else f"{technique} is revoked"
    if standing is Standing.REPLACED:
        return IssueKind.REVOKED_ID, f"{revoked}; it counts as {meant[0]}."
    if standing is Standing.IMPLIED:
        return IssueKind.REVOKED_ID, f"{revoked}; the sub-technique beside it says what is meant."
    if standing is Standing.LOST:
        return IssueKind.DEPRECATED_ID, f"{revoked} and has no active replacement; it counts nowhere."
    if standing is Standing.DEPRECATED:
        return IssueKind.DEPRECATED_ID, f"{technique} is deprecated in ATT&CK; it counts nowhere."
    return IssueKind.UNKNOWN_ID, f"{technique} is not an id of Enterprise ATT&CK {attack.version}; it counts nowhere."


def _quoted(text: str, most: int = 80) -> str:
    return repr(text if len(text) <= most else text[: most - 1] + "…")
