"""Rules of tenants that a database counts: as many count as if they were listed."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import Engine, event

from coverage.join import join
from coverage.model import Issue, IssueKind
from coverage.quality.duplicates import duplicates
from coverage.score import Settings, score
from coverage.sources.kinds import COPIES_MESSAGE
from coverage.sources.sql.connection import SqlLimits
from coverage.sources.sql.read import read_database
from tests.rules import ENTERPRISE, THREATOPS, figures

COUNTED = SqlLimits(listed=0)
TABLE = (
    "CREATE TABLE detection_rules (id TEXT, name TEXT, title TEXT, severity TEXT, mitre_tactic TEXT, "
    "mitre_technique_id TEXT, enabled BOOLEAN, tenant_id TEXT, tenant TEXT)"
)
# What each column may hold, with what means the same and what means nothing.
CELLS = (
    ("1", "2", " 2", "3", "", None),
    ("A rule", "a RULE", "Another", "2", " ", None),
    ("A rule", None),
    ("high", "High", "low", "none such", None),
    ("Impact", "", None),
    ("T1486", " T1486", "T1486,T1490", "T1562", "T9999", None),
    (True, False, None),
    ("a", " a", "b", "c", "", None),
    ("d", None),
)
SIZES = (10, 20, 40, 60, 60, 60, 200, 600)


def literal(value):
    return "NULL" if value is None else str(value).upper() if isinstance(value, bool) else f"'{value}'"


def insert(*rows):
    values = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
    return f"INSERT INTO detection_rules VALUES {values}"


def both(url):
    return read_database(url), read_database(url, limits=COUNTED)


@pytest.mark.parametrize("seed", range(len(SIZES)))
def test_of_rules_of_tenants_as_many_count_when_they_are_counted(database, seed):
    draw = np.random.default_rng(seed)
    rows = [[values[draw.integers(len(values))] for values in CELLS] for _ in range(SIZES[seed])]
    listed, counted = both(database(TABLE, insert(*rows)))
    for catalog in (THREATOPS, ENTERPRISE):
        for settings in (Settings(), Settings(potential=True)):
            assert figures(score(counted, catalog, settings)) == figures(score(listed, catalog, settings))


ROWS = (
    ("1", "One", None, "low", None, "T1486", True, "a", None),
    ("1", "ONE", None, "high", None, "T1486", True, "b", None),
    ("1", "Another", None, "low", None, "T1486", True, "c", None),
    ("2", "Two", None, "low", None, "T1486", False, "a", None),
    ("2", "Two", None, "low", None, "T1486", True, None, "b"),
    ("3", "Three", None, "low", None, "T1486", True, "a", None),
)


def test_the_copies_of_tenants_count_once_and_that_is_said(database):
    _, counted = both(database(TABLE, insert(*ROWS)))
    assert [(rule.rule_id, rule.count) for rule in counted.rules] == [
        ("detection_rules: T1486 |  | high | enabled", 1),
        ("detection_rules: T1486 |  | low | enabled", 3),
    ]
    assert counted.issues == (Issue(IssueKind.DUPLICATE_ID, "", "detection_rules, 2 rules", COPIES_MESSAGE),)


def test_of_one_tenant_an_id_that_is_there_twice_counts_once(database):
    row = ("1", "One", None, "low", None, "T1486", False, "a", None)
    _, counted = both(database(TABLE, insert(row, (*row[:5], "T1490", True, *row[7:]))))
    assert [(rule.techniques, rule.count) for rule in counted.rules] == [(("T1490",), 1)]
    (issue,) = counted.issues
    assert (issue.kind, issue.where) == (IssueKind.DUPLICATE_ID, "detection_rules, 1 rule")


def test_without_a_column_for_tenants_an_id_counts_once(database):
    columns = "CREATE TABLE detection_rules (id INT, mitre_technique_id TEXT)"
    rows = "INSERT INTO detection_rules VALUES (1, 'T1486'), (1, 'T1490'), (2, 'T1486'), (NULL, 'T1486'), (NULL, NULL)"
    listed, counted = both(database(columns, rows))
    assert counted.rule_count == listed.rule_count == 4
    assert {issue.kind for issue in counted.issues} == {IssueKind.DUPLICATE_ID}


def test_no_constant_is_given_twice_for_what_must_be_the_same(database):
    """Most drivers give a database the constants by their places, and it cannot know that two of them are alike."""
    said = []

    def hear(_connection, _cursor, statement, *_rest):
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        both(database(TABLE, insert(*ROWS)))
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    grouped = [statement.partition("GROUP BY")[2] for statement in said if "GROUP BY" in statement]
    assert len(grouped) == 2
    for by in grouped:
        assert not {"?", "%", ":"} & set(by.partition("HAVING")[0])


def test_a_state_may_be_written_in_very_many_ways(database):
    rows = [(str(number), f"word {number}") for number in range(150)]
    values = ", ".join(f"('{rule}', 'T1110', NULL, '{word}')" for rule, word in rows)
    url = database(
        "CREATE TABLE detection_rules (id TEXT, mitre_technique_id TEXT, tenant TEXT, enabled TEXT)",
        f"INSERT INTO detection_rules VALUES {values}, ('x', 'T1486', 'a', 'False'), ('x', 'T1486', 'b', ' TRUE ')",
    )
    listed, counted = both(url)
    assert figures(score(counted, ENTERPRISE)) == figures(score(listed, ENTERPRISE))
    assert score(counted, ENTERPRISE).rule_counts.enabled == 1


def test_kinds_of_one_rule_each_are_those_of_their_source(database):
    rows = [("1", "One", None, "low", None, "T1486", True, tenant, None) for tenant in "ab"]
    _, counted = both(database(TABLE, insert(*rows)))
    joined = join({"One": counted, "Two": counted})
    assert joined.rule_count == 2
    assert [cell.rule_count for cell in score(joined, ENTERPRISE).of_technique("T1486")] == [2]
    assert [note for note in joined.notes if "more than one source" in note] == []
    assert duplicates(joined.rules, joined.issues) == ()


@pytest.mark.parametrize(
    "kind", ["BOOLEAN", "TEXT", "INT", "JSONB", "TEXT[]", "SWITCH"], ids=lambda kind: kind.rstrip("[]").lower()
)
def test_what_says_that_a_rule_is_enabled_may_have_any_type(postgres, kind):
    on, off = {"INT": ("1", "0"), "TEXT[]": ("'{true}'", "'{false}'")}.get(kind, ("'true'", "'false'"))
    url = postgres.database(
        "rules",
        "CREATE TYPE switch AS ENUM ('true', 'false')",
        f"CREATE TABLE detection_rules (id INT, mitre_techniques TEXT[], tenant TEXT, enabled {kind})",
        f"INSERT INTO detection_rules VALUES (1, '{{T1486}}', 'a', {off}), (1, '{{T1486}}', 'b', {on})",
    )
    listed, counted = both(url)
    assert figures(score(counted, ENTERPRISE)) == figures(score(listed, ENTERPRISE))
    assert counted.rule_count == 1
