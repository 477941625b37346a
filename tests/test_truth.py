"""Two public rule libraries, held cell by cell against coverage that was counted by separate code."""

import json
from functools import cache

import pytest

from coverage.catalog import load_catalog
from coverage.ids import parent_id
from coverage.mapping import Match
from coverage.model import IssueKind, RuleSet
from coverage.score import Coverage, Settings, Totals, score
from coverage.sources.library import read_path
from tests.shared import shared

CASES = [(library, version) for library in ("sigma", "elastic") for version in ("19.1", "18.1")]


@cache
def rules_of(library) -> RuleSet:
    return read_path(shared(f"rules/{library}.tar.gz"))


@cache
def coverage_of(library, version, match=Match.ROLLUP) -> Coverage:
    return score(rules_of(library), load_catalog("enterprise", version), Settings(match=match))


@cache
def truth_of(library, version):
    return json.loads(shared(f"truth/{library}-{version}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("library", "read"), [("sigma", 3754), ("elastic", 2192)])
def test_every_rule_is_read(library, read):
    assert len(rules_of(library).rules) == read


@pytest.mark.parametrize(("library", "version"), CASES)
def test_the_number_of_enabled_rules(library, version):
    assert coverage_of(library, version).rule_counts.enabled == truth_of(library, version)["enabled"]


@pytest.mark.parametrize(("library", "version"), CASES)
def test_every_technique_has_its_rules_exactly_and_rolled_up(library, version):
    truth = truth_of(library, version)["techniques"]
    exact = _by_technique(coverage_of(library, version, Match.EXACT))
    rolled_up = _by_technique(coverage_of(library, version, Match.ROLLUP))
    found = {technique: [exact.get(technique, 0), count] for technique, count in rolled_up.items()}
    assert found == truth


@pytest.mark.parametrize(("library", "version"), CASES)
def test_every_cell_has_its_rules(library, version):
    found = {
        f"{cell.tactic.shortname}/{cell.technique_id}": cell.rule_count
        for cell in coverage_of(library, version).cells.values()
        if cell.rule_count
    }
    assert found == truth_of(library, version)["cell_counts"]


@pytest.mark.parametrize(("library", "version"), CASES)
def test_the_totals(library, version):
    coverage, truth = coverage_of(library, version), truth_of(library, version)
    _agree(coverage.totals, truth["cells"])
    _agree(coverage.unique_techniques, truth["unique"]["techniques"])
    _agree(coverage.unique_with_subtechniques, truth["unique"]["with_subtechniques"])


def test_the_revoked_ids_of_164_elastic_rules_lose_no_cell():
    before, after = coverage_of("elastic", "18.1", Match.EXACT), coverage_of("elastic", "19.1")
    revoked = after.catalog.attack.revoked
    with_revoked_id = {issue.rule for issue in after.issues if issue.kind is IssueKind.REVOKED_ID}
    rules = [rule for rule in rules_of("elastic").rules if rule.rule_id in with_revoked_id and rule.enabled]
    assert len(rules) == 164
    names = {tactic.id: tactic.name for tactic in before.catalog.tactics}
    for rule in rules:
        was, now = before.cells_by_rule[rule.key], after.cells_by_rule[rule.key]
        implied = {parent_id(technique) for _, technique in was}
        followed = {(tactic, technique) for tactic, technique in was if technique in revoked.keys() - implied}
        assert now
        for tactic, technique in followed:
            columns = after.catalog.tactics_named(names[tactic])
            replacement = after.catalog.attack.replacement(technique)
            assert any((column, replacement) in now for column in columns), (rule.origin, technique)


def _by_technique(coverage):
    return {technique: len(rules) for technique, rules in coverage.technique_rules.items() if rules}


def _agree(totals: Totals, truth):
    assert (totals.total, totals.full, totals.partial, totals.none) == (
        truth["total"],
        truth["full"],
        truth["partial"],
        truth["none"],
    )
    assert totals.percent_1 == pytest.approx(truth["score"], abs=0.05)
