"""Rules + coverage -> what there is to mend in the rules, as lists."""

from __future__ import annotations

from dataclasses import dataclass

from coverage.model import RuleSet
from coverage.quality.cells import fragile_cells, low_cells, unclear_cells
from coverage.quality.duplicates import Duplicate, duplicates
from coverage.quality.stale import StaleTag, stale_tags
from coverage.quality.unmapped import UnmappedRule, unmapped_rules
from coverage.score import Coverage, TechniqueCoverage, counted_rules


@dataclass(frozen=True, slots=True)
class Quality:
    """The lists of one coverage, each in the order in which to work through it.

    `unclear` are the cells that would be among the `low` ones if their rules of unknown severity were low.
    """

    unmapped: tuple[UnmappedRule, ...]
    stale: tuple[StaleTag, ...]
    fragile: tuple[TechniqueCoverage, ...]
    low: tuple[TechniqueCoverage, ...]
    unclear: tuple[TechniqueCoverage, ...]
    duplicates: tuple[Duplicate, ...]


def find_quality(ruleset: RuleSet, coverage: Coverage) -> Quality:
    """The lists of a rule set that was scored; rules that the coverage's settings leave out are in none of them."""
    rules = coverage.settings.kept(ruleset.rules)
    return Quality(
        unmapped=unmapped_rules(counted_rules(ruleset, coverage.settings), coverage),
        stale=stale_tags(rules, coverage.catalog.attack),
        fragile=fragile_cells(coverage),
        low=low_cells(coverage),
        unclear=unclear_cells(coverage),
        duplicates=duplicates(rules, ruleset.issues),
    )
