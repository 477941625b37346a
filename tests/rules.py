"""Made-up rules and what they cover."""

from dataclasses import replace
from itertools import count

from coverage.catalog import load_catalog
from coverage.gaps import find_gaps
from coverage.model import Rule, RuleSet, Severity
from coverage.score import Settings, score

ENTERPRISE = load_catalog("enterprise", "19.1")
THREATOPS = load_catalog("threatops", "19.1")

_number = count(1)


def rule(*techniques, tactics=None, **fields):
    """A rule with an id and an origin of its own, unless `fields` gives them."""
    rule_id = f"r{next(_number):04}"
    made = Rule(
        rule_id=rule_id,
        name="A rule",
        severity=Severity.HIGH,
        enabled=True,
        tactics=tactics,
        techniques=techniques,
        source="Test",
        origin=f"{rule_id}.yml",
    )
    return replace(made, **fields)


def coverage_of(*rules, catalog=ENTERPRISE, **settings):
    return score(RuleSet(rules), catalog, Settings(**settings))


def figures(coverage):
    """Every number that a coverage has; rules that are copies are not among those that were read."""
    rules = coverage.rule_counts
    cells = [found for cell in coverage.cells.values() for found in (cell, *cell.sub_techniques)]
    return {
        "rules": replace(rules, read=rules.read - rules.copies, copies=0),
        "totals": (coverage.totals, coverage.unique_techniques, coverage.unique_with_subtechniques),
        "tactics": [column.totals for column in coverage.tactics],
        "cells": [
            (cell.tactic.id, cell.technique_id, cell.rule_count, cell.direct, cell.level, cell.potential_level)
            for cell in cells
        ],
        "direct": {technique: count for technique, count in coverage.technique_direct.items() if count},
        "gaps": find_gaps(coverage),
    }
