"""The built-in sample data: valid, always the same, and worth looking at."""

import re
import subprocess
import sys
from collections import Counter

import pytest

from coverage.catalog import CATALOGS, SHIPPED, load_catalog
from coverage.gaps import find_gaps
from coverage.model import Severity
from coverage.score import Level, score
from coverage.sources import SAMPLE, read_source
from coverage.sources.sample import sample_rules
from tests.shared import ROOT

SAMPLE_RULES = sample_rules()
RULES = SAMPLE_RULES.rules
COVERAGE = score(SAMPLE_RULES, load_catalog("threatops", "19.1"))


def test_it_is_372_rules_that_say_they_are_sample_data():
    assert SAMPLE_RULES.sample
    assert (SAMPLE_RULES.issues, SAMPLE_RULES.notes) == ((), ())
    assert [rule.rule_id for rule in RULES] == [f"sample-{number:03}" for number in range(1, 373)]
    assert {(rule.source, rule.origin == rule.rule_id) for rule in RULES} == {("Sample data", True)}


def test_it_is_the_same_at_every_call_and_in_every_process():
    assert sample_rules() == SAMPLE_RULES
    script = "from coverage.sources.sample import sample_rules; print(sample_rules())"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == repr(SAMPLE_RULES)


def test_it_is_read_by_its_name_without_anything_heavy():
    script = f"import sys; from coverage.sources import read_source; read_source({SAMPLE!r}); print(*sys.modules)"
    command = [sys.executable, "-c", script]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert "coverage.sources.sample" in loaded
    assert {"pandas", "numpy", "plotly", "requests", "streamlit", "yaml"}.isdisjoint(loaded)
    assert read_source(SAMPLE) == SAMPLE_RULES


def test_every_rule_has_a_name_of_its_own_that_reads_as_one():
    assert len({rule.name.casefold() for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"[A-Z][\w\s.,#'-]+\w", rule.name), rule.name  # nothing of the table's notation is left
        assert len(rule.name.split()) >= 3, rule.name
        assert not re.search(r"\b\d+\b|#\d", rule.name), rule.name


def test_every_rule_has_tags_a_log_source_and_a_date():
    for rule in RULES:
        assert rule.tactics
        assert rule.techniques
        assert re.fullmatch(r"[a-z0-9]+/[a-z_]+", rule.logsource)
        assert re.fullmatch(r"2025-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T08:00:00Z", rule.updated_at)
    assert any("." in technique for rule in RULES for technique in rule.techniques)
    assert any(len(rule.techniques) == 2 for rule in RULES)
    assert any(len(rule.tactics) == 2 for rule in RULES)


def test_medium_rules_are_the_most_and_critical_ones_few():
    found = Counter(rule.severity for rule in RULES)
    assert found.keys() == set(Severity) - {Severity.UNKNOWN}
    assert found.most_common(1)[0][0] is Severity.MEDIUM
    assert found[Severity.CRITICAL] <= len(RULES) // 10


@pytest.mark.parametrize("version", SHIPPED)
@pytest.mark.parametrize("name", CATALOGS)
def test_no_tag_is_an_issue_and_every_enabled_rule_of_a_whole_matrix_counts(name, version):
    coverage = score(SAMPLE_RULES, load_catalog(name, version))
    assert coverage.issues == ()
    assert 25 <= coverage.rule_counts.disabled <= 30
    assert (coverage.rule_counts.counted == coverage.rule_counts.enabled) == (name == "enterprise")


@pytest.mark.parametrize("version", SHIPPED)
def test_every_technique_serves_a_tactic_that_its_rule_names(version):
    catalog = load_catalog("enterprise", version)
    for rule in RULES:
        named = frozenset().union(*(catalog.tactics_named(tactic) for tactic in rule.tactics))
        for technique in rule.techniques:
            assert named.intersection(catalog.attack.techniques[technique].tactics), (rule.name, technique)


def test_the_first_page_has_every_colour_and_every_level():
    assert 55 <= COVERAGE.totals.percent <= 62
    percents = [column.totals.percent for column in COVERAGE.tactics]
    assert len(percents) == 12
    assert sum(percent >= 70 for percent in percents) >= 2
    assert sum(40 <= percent < 70 for percent in percents) >= 2
    assert sum(percent < 40 for percent in percents) >= 2
    assert 10 <= COVERAGE.totals.none <= 14
    assert COVERAGE.totals.partial >= 10
    assert COVERAGE.totals.full >= 10


def test_disabled_rules_would_fill_some_of_the_empty_cells():
    empty = [cell for cell in COVERAGE.cells.values() if cell.level is Level.NONE]
    assert len([cell for cell in empty if cell.disabled]) >= 3
    assert {cell.potential_level for cell in empty} == set(Level)


def test_most_of_the_known_gaps_are_open_and_some_are_closed():
    gaps = find_gaps(COVERAGE)
    assert 4 <= len(gaps.open) <= 6
    assert len(gaps.closed) >= 2
