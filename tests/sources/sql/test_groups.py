"""Very many rules are counted by the database, and every figure is the one that all of the rules give."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, event

from coverage.changes import rule_changes
from coverage.errors import SourceError
from coverage.join import join
from coverage.mapping import Match
from coverage.model import IssueKind, Severity
from coverage.score import Settings, score
from coverage.sources.sql.connection import SqlLimits
from coverage.sources.sql.read import read_database
from tests.rules import ENTERPRISE, THREATOPS, figures

COUNTED = SqlLimits(listed=0)
LISTED = SqlLimits(listed=1_000_000)
TABLE = (
    "CREATE TABLE detection_rules (id INT PRIMARY KEY, name TEXT, severity TEXT, mitre_tactic TEXT, "
    "mitre_technique_id TEXT, enabled BOOLEAN, tenant_id TEXT)"
)
# Whatever tags can be: sub-techniques, several in one text, revoked, deprecated, unknown, blank, null.
TAGS = (
    ("Execution", "T1059.001"),
    ("execution", " T1059.001"),
    ("Execution, Persistence", "T1053.005,T1059"),
    ("Defense Evasion", "T1562.001"),
    ("Stealth", "T1562"),
    ("Impact", "T1486"),
    ("Impact", '["T1486", "T1490"]'),
    ("Nonsense", "T9999"),
    ("Initial Access", "T1566"),
    ("", "T1003"),
    (None, "T1003.001"),
    ("Discovery", None),
    (None, None),
)


def fill(rows):
    """A statement that makes so many rules of all kinds; SQLite and PostgreSQL understand it alike."""

    def case(values):
        words = ("NULL" if value is None else f"'{value}'" for value in values)
        return " ".join(("CASE n % 13", *(f"WHEN {place} THEN {word}" for place, word in enumerate(words)), "END"))

    return (
        "INSERT INTO detection_rules WITH RECURSIVE numbers(n) AS "
        f"(SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows}) "
        "SELECT n, 'Rule', CASE n % 4 WHEN 0 THEN 'high' WHEN 1 THEN 'High' WHEN 2 THEN 'low' END, "
        f"{case(tactic for tactic, _ in TAGS)}, {case(technique for _, technique in TAGS)}, "
        "CASE n % 7 WHEN 0 THEN FALSE WHEN 1 THEN NULL ELSE TRUE END, 'tenant ' || (n % 100) FROM numbers"
    )


@pytest.fixture
def both(database):
    """The rules of one table, listed and counted."""

    def read(*statements):
        url = database(*statements)
        return read_database(url, limits=LISTED), read_database(url, limits=COUNTED)

    return read


def test_the_figures_of_150_000_rules_are_the_same_listed_and_counted(database):
    url = database(TABLE, fill(150_000))
    listed, counted = read_database(url, limits=LISTED), read_database(url)
    assert len(listed.rules) == listed.rule_count == counted.rule_count == 150_000
    assert len(counted.rules) < 100
    for catalog in (THREATOPS, ENTERPRISE):
        for settings in (
            Settings(),
            Settings(match=Match.EXACT, potential=True),
            Settings(full=7_000, severities=frozenset({Severity.HIGH})),
        ):
            assert figures(score(counted, catalog, settings)) == figures(score(listed, catalog, settings))


def test_only_a_row_for_each_kind_of_rule_leaves_the_database(database):
    said = []

    def hear(_connection, _cursor, statement, *_rest):
        said.append(statement)

    url = database(TABLE, fill(1_000))
    event.listen(Engine, "before_cursor_execute", hear)
    try:
        read_database(url, limits=COUNTED)
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    of_rules = [statement for statement in said if "FROM detection_rules" in statement]
    assert len(of_rules) == 3
    assert "count(*)" in of_rules[0]
    assert "HAVING" in of_rules[1]
    assert "GROUP BY" in of_rules[2]


@pytest.mark.parametrize(("rows", "is_counted"), [(10, False), (11, True)])
def test_rules_are_counted_from_one_above_the_limit(database, rows, is_counted):
    ruleset = read_database(database(TABLE, fill(rows)), limits=SqlLimits(listed=10))
    assert (ruleset.rules[0].name != "Rule") is is_counted
    assert ruleset.rule_count == rows
    assert bool(ruleset.notes) is is_counted


def test_a_kind_is_named_by_its_number_its_tags_and_its_state(both):
    rows = (
        "INSERT INTO detection_rules (id, severity, mitre_tactic, mitre_technique_id, enabled) VALUES "
        "(1, 'high', 'Impact', 'T1486', TRUE), (2, 'High', 'Impact', '[\"T1486\"]', TRUE), "
        "(3, 'high', 'Impact', 'T1486', FALSE), (4, 'low', NULL, NULL, TRUE)"
    )
    _, counted = both(TABLE, rows)
    assert [(rule.rule_id, rule.name, rule.origin, rule.count) for rule in counted.rules] == [
        ("detection_rules:  |  | low | enabled", "1 rule without tags", "detection_rules, 1 rule", 1),
        (
            "detection_rules: T1486 | Impact | high | disabled",
            "1 rule tagged T1486, Impact",
            "detection_rules, 1 rule",
            1,
        ),
        (
            "detection_rules: T1486 | Impact | high | enabled",
            "2 rules tagged T1486, Impact",
            "detection_rules, 2 rules",
            2,
        ),
    ]
    assert {rule.source for rule in counted.rules} == {"Database"}
    (note,) = counted.notes
    assert note == (
        "The table detection_rules has more than 0 rules, so the database counted them: those with the same tags, "
        "severity and state are one row, and their names and ids are not read."
    )


def test_an_issue_says_of_how_many_rules_it_is(both):
    listed, counted = both(TABLE, fill(2_000))
    kinds = {IssueKind.NO_SEVERITY, IssueKind.WRONG_TYPE}
    assert {issue.kind for issue in counted.issues} == {issue.kind for issue in listed.issues} == kinds
    for kind in kinds:
        told = [int(issue.where.split()[1]) for issue in counted.issues if issue.kind is kind]
        assert sum(told) == sum(issue.kind is kind for issue in listed.issues)
    assert {issue.rule for issue in counted.issues} <= {rule.rule_id for rule in counted.rules}


def test_arrays_and_json_of_postgresql_are_counted(postgres):
    url = postgres.database(
        "rules",
        "CREATE TABLE detection_rules (mitre_tactics JSON, mitre_techniques TEXT[], enabled JSONB)",
        """INSERT INTO detection_rules SELECT '["Impact", "Execution"]', '{T1486,T1059}', 'true' """
        "FROM generate_series(1, 5)",
        """INSERT INTO detection_rules SELECT '"Impact, Execution"', '{T1486,T1059}', 'true' """
        "FROM generate_series(1, 2)",
    )
    ruleset = read_database(url, limits=COUNTED)
    (rule,) = ruleset.rules
    assert (rule.tactics, rule.techniques, rule.enabled, rule.count) == (
        ("Impact", "Execution"),
        ("T1486", "T1059"),
        True,
        7,
    )
    assert "The table detection_rules has no column for the severity of a rule." in ruleset.notes
    assert ruleset.issues == ()


def test_too_many_kinds_are_refused(database):
    url = database(TABLE, fill(1_000))
    with pytest.raises(SourceError) as failed:
        read_database(url, limits=SqlLimits(listed=0, groups=10))
    assert str(failed.value) == (
        "The rules of the table detection_rules are of more than 10 kinds of tags, severity and state; "
        "COVERAGE_SQL_TABLE may name a view of fewer."
    )


def test_two_loads_of_the_same_rules_are_equal_and_of_others_name_the_kinds_that_changed(sqlite):
    url = sqlite(TABLE, fill(500))
    before = read_database(url, limits=COUNTED)
    assert read_database(url, limits=COUNTED) == before
    sqlite("DELETE FROM detection_rules WHERE id = 6")
    changes = rule_changes(before, read_database(url, limits=COUNTED))
    assert (changes.added, changes.removed) == ((), ())
    assert len(changes.changed) == 1


def test_the_same_kinds_of_two_databases_are_both_counted(sqlite):
    ruleset = read_database(sqlite(TABLE, fill(300)), limits=COUNTED)
    joined = join({"One": ruleset, "Two": ruleset})
    assert joined.rule_count == 600
    assert len({rule.rule_id for rule in joined.rules}) == len(joined.rules) == 2 * len(ruleset.rules)
    assert {issue.rule for issue in joined.issues} <= {rule.rule_id for rule in joined.rules}


def test_progress_counts_rules(database):
    said = []
    read_database(database(TABLE, fill(700)), limits=COUNTED, progress=lambda done, total: said.append((done, total)))
    assert said == [(0, 700), (700, 700)]
