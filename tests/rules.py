"""Made-up rules and what they cover."""

from dataclasses import replace
from itertools import count

from coverage.catalog import load_catalog
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
