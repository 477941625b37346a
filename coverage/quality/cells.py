"""Cells whose coverage hangs on little: on one rule alone, or on rules of low severity alone."""

from __future__ import annotations

from collections import Counter

from coverage.model import Rule, Severity
from coverage.score import Coverage, TechniqueCoverage

_LOW = frozenset({Severity.LOW, Severity.INFORMATIONAL})
_NOT_KNOWN_HIGHER = _LOW | {Severity.UNKNOWN}


def fragile_cells(coverage: Coverage) -> tuple[TechniqueCoverage, ...]:
    """The cells with exactly one rule, which are empty without it; first those of the rules that hold the most.

    A rule of which another source has a copy is still one rule: what defeats the one defeats the other.
    """
    found = [cell for cell in coverage.cells.values() if cell.rule_count == 1]
    held = Counter(holder(cell).key for cell in found)
    return tuple(sorted(found, key=lambda cell: (-held[holder(cell).key], holder(cell).key)))


def holder(cell: TechniqueCoverage) -> Rule:
    """The one rule that counts in a fragile cell."""
    return next(rule for rule in cell.rules if rule.count)


def low_cells(coverage: Coverage) -> tuple[TechniqueCoverage, ...]:
    """The covered cells all of whose rules are of low or informational severity, in the order of the matrix."""
    return tuple(cell for cell in coverage.cells.values() if cell.rules and _LOW.issuperset(_severities(cell)))


def unclear_cells(coverage: Coverage) -> tuple[TechniqueCoverage, ...]:
    """The covered cells with rules of unknown severity, and none that is known to be above low."""
    return tuple(
        cell
        for cell in coverage.cells.values()
        if Severity.UNKNOWN in (severities := _severities(cell)) and _NOT_KNOWN_HIGHER.issuperset(severities)
    )


def _severities(cell: TechniqueCoverage) -> set[Severity]:
    return {rule.severity for rule in cell.rules}
