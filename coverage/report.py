"""Coverage -> the JSON document that `score` prints. Field names: the specification's "Data Model"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from coverage.score import Coverage, TacticCoverage, TechniqueCoverage, Totals

_RULES_SHOWN = 5


def score_document(coverage: Coverage, *, generated_at: datetime, sample_data: bool) -> dict[str, Any]:
    """The document as JSON-ready values. An empty denominator makes a percentage null."""
    catalog, totals, counts = coverage.catalog, coverage.totals, coverage.rule_counts
    return {
        "generated_at": generated_at.isoformat(timespec="seconds"),
        "sample_data": sample_data,
        "catalog": {"name": catalog.name, "attack_version": catalog.attack.version},
        "settings": {"match": str(coverage.settings.match), "full": coverage.settings.full},
        "rules": {
            "read": counts.read,
            "enabled": counts.enabled,
            "disabled": counts.disabled,
            "counted": counts.counted,
        }
        | ({"copies": counts.copies} if counts.copies else {}),
        "overall": {
            "total_techniques": totals.total,
            "covered_techniques": totals.full,
            "partial_techniques": totals.partial,
            "uncovered_techniques": totals.none,
            "coverage_percent": totals.percent,
        },
        "unique": {
            "techniques": _unique(coverage.unique_techniques),
            "with_subtechniques": _unique(coverage.unique_with_subtechniques),
        },
        "tactics": [_tactic(column, sub_techniques=catalog.shows_sub_techniques) for column in coverage.tactics],
        "issues": [
            {"kind": str(issue.kind), "rule": issue.rule, "where": issue.where, "message": issue.message}
            | ({"source": issue.feed} if issue.feed else {})
            for issue in coverage.issues
        ],
    }


def _unique(totals: Totals) -> dict[str, Any]:
    return {
        "total": totals.total,
        "full": totals.full,
        "partial": totals.partial,
        "none": totals.none,
        "percent": totals.percent_1,
    }


def _tactic(column: TacticCoverage, *, sub_techniques: bool) -> dict[str, Any]:
    return {
        "tactic_id": column.tactic.id,
        "tactic_name": column.tactic.name,
        "total_techniques": column.totals.total,
        "covered_techniques": column.totals.full,
        "partial_techniques": column.totals.partial,
        "coverage_percent": column.totals.percent,
        "techniques": [
            _technique(cell)
            | ({"sub_techniques": [_technique(sub) for sub in cell.sub_techniques]} if sub_techniques else {})
            for cell in column.techniques
        ],
    }


def _technique(cell: TechniqueCoverage) -> dict[str, Any]:
    return {
        "technique_id": cell.technique_id,
        "technique_name": cell.technique_name,
        "coverage": str(cell.level),
        "rule_count": cell.rule_count,
        "rules": [
            {"id": rule.rule_id, "name": rule.name, "severity": str(rule.severity)}
            for rule in cell.rules[:_RULES_SHOWN]
        ],
    }
