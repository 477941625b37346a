"""What rows become rules, in SQLite and in a real PostgreSQL server."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import Engine, event

from coverage.errors import SourceError
from coverage.model import IssueKind, Severity
from coverage.sources.records import rules_from_records
from coverage.sources.sql.connection import SqlLimits
from coverage.sources.sql.names import SqlNames
from coverage.sources.sql.read import read_database

TABLE = (
    "CREATE TABLE detection_rules (id TEXT PRIMARY KEY, name TEXT, severity TEXT, mitre_tactic TEXT, "
    "mitre_technique_id TEXT, enabled BOOLEAN, tenant_id TEXT)"
)
ROWS = (
    "INSERT INTO detection_rules VALUES "
    "('r3', 'Three', 'critical', 'Impact', 'T1486', FALSE, NULL), "
    "('r1', 'One', 'high', 'Execution', 'T1059.001', TRUE, 'acme'), "
    "('r2', 'Two', 'Low', 'Persistence, Execution', 'T1053; T1059', TRUE, 'globex')"
)


def tags(ruleset):
    return [(rule.tactics, rule.techniques) for rule in ruleset.rules]


def table_of(columns, values):
    return f"CREATE TABLE detection_rules (id TEXT, {columns})", f"INSERT INTO detection_rules VALUES ('r1', {values})"


def test_rows_are_rules_in_the_order_of_their_ids(database):
    ruleset = read_database(database(TABLE, ROWS))
    shown = [(rule.rule_id, rule.name, rule.severity, rule.enabled, rule.tenant) for rule in ruleset.rules]
    assert shown == [
        ("r1", "One", Severity.HIGH, True, "acme"),
        ("r2", "Two", Severity.LOW, True, "globex"),
        ("r3", "Three", Severity.CRITICAL, False, None),
    ]
    assert tags(ruleset) == [
        (("Execution",), ("T1059.001",)),
        (("Persistence", "Execution"), ("T1053", "T1059")),
        (("Impact",), ("T1486",)),
    ]
    assert {(rule.source, rule.origin == rule.rule_id) for rule in ruleset.rules} == {("Database", True)}
    assert (ruleset.issues, ruleset.doubts, ruleset.notes, ruleset.sample) == ((), (), (), False)


def test_rows_of_several_tenants_with_one_id_come_in_one_order(database):
    values = [f"('r1', 'One', 'high', 'Execution', 'T1059', TRUE, '{tenant}')" for tenant in ("b", "a", "c")]
    table = TABLE.replace(" PRIMARY KEY", "")
    ruleset = read_database(database(table, f"INSERT INTO detection_rules VALUES {', '.join(values)}"))
    assert [rule.tenant for rule in ruleset.rules] == ["a", "b", "c"]
    assert ruleset.issues == ()


def test_an_empty_table_has_no_rules(database):
    assert read_database(database(TABLE)).rules == ()


def test_a_view_is_as_good_as_a_table(database):
    url = database(TABLE, ROWS, "CREATE VIEW active AS SELECT * FROM detection_rules WHERE enabled")
    assert [rule.rule_id for rule in read_database(url, names=SqlNames("active")).rules] == ["r1", "r2"]


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ("mitre_tactics TEXT[], mitre_techniques TEXT[]", "ARRAY['Execution','Impact'], ARRAY['T1059',NULL,'T1486']"),
        ("mitre_tactics VARCHAR(99)[], mitre_techniques TEXT[][]", "'{Execution,Impact}', '{{T1059},{T1486}}'"),
        ("mitre_tactics JSON, mitre_techniques JSONB", """'["Execution","Impact"]', '["T1059",["T1486"]]'"""),
        ("mitre_tactics tactic[], mitre_techniques JSON", """'{Execution,Impact}', '"T1059,T1486"'"""),
    ],
    ids=["arrays", "arrays of arrays", "json", "array of an enum"],
)
def test_arrays_and_json_of_postgresql_are_lists(postgres, columns, values):
    kind = "CREATE TYPE tactic AS ENUM ('Execution', 'Impact')"
    ruleset = read_database(postgres.database("rules", kind, *table_of(columns, values)))
    assert tags(ruleset) == [(("Execution", "Impact"), ("T1059", "T1486"))]


@pytest.mark.parametrize("kind", ["JSON", "TEXT", ""])
@pytest.mark.parametrize(
    ("value", "techniques"),
    [
        ('["T1059", "T1486"]', ("T1059", "T1486")),
        (' ["T1059"] ', ("T1059",)),
        ('"T1059"', ("T1059",)),
        ("null", ()),
        ("[]", ()),
        ("T1059, T1486", ("T1059", "T1486")),
        ('["T1059", ', ('["T1059"',)),
    ],
)
def test_json_and_joined_texts_of_sqlite_are_lists(sqlite, kind, value, techniques):
    ruleset = read_database(sqlite(*table_of(f"mitre_techniques {kind}", f"'{value}'")))
    assert [rule.techniques for rule in ruleset.rules] == [techniques]


@pytest.mark.parametrize(
    "value", ["[" * 100_000, "[" + "9" * 10_000 + "]", '{"T1059": 1}'], ids=["deep", "long", "object"]
)
def test_json_that_cannot_be_a_list_of_techniques_is_an_issue_of_its_rule_at_most(database, value):
    ruleset = read_database(database(*table_of("mitre_techniques TEXT", f"'{value}'")))
    assert [rule.rule_id for rule in ruleset.rules] == ["r1"]
    assert "T1059" not in ruleset.rules[0].techniques


def test_null_is_nothing_said_and_a_rule_that_does_not_say_that_it_is_enabled_does_not_count(database):
    ruleset = read_database(database(TABLE, "INSERT INTO detection_rules (id) VALUES ('r1')"))
    (rule,) = ruleset.rules
    assert (rule.tactics, rule.techniques, rule.enabled, rule.severity) == ((), (), False, Severity.UNKNOWN)
    kinds = {issue.kind for issue in ruleset.issues}
    assert kinds == {IssueKind.NO_NAME, IssueKind.NO_SEVERITY, IssueKind.WRONG_TYPE}
    assert {issue.where for issue in ruleset.issues} == {"detection_rules#1"}


@pytest.mark.parametrize(
    ("kind", "value", "enabled"),
    [
        ("BOOLEAN", "TRUE", True),
        ("BOOLEAN", "FALSE", False),
        ("INTEGER", "1", True),
        ("INTEGER", "0", False),
        ("TEXT", "'true'", True),
        ("TEXT", "'false'", False),
        ("TEXT", "'off'", False),
        ("NUMERIC", "1", True),
    ],
)
def test_a_rule_is_enabled_by_a_truth_value_a_number_or_a_word(database, kind, value, enabled):
    url = database(*table_of(f"mitre_technique_id TEXT, enabled {kind}", f"'T1059', {value}"))
    assert [rule.enabled for rule in read_database(url).rules] == [enabled]


def test_the_word_false_in_a_truth_value_of_sqlite_is_not_true(sqlite):
    url = sqlite(*table_of("mitre_technique_id TEXT, enabled BOOLEAN", "'T1059', 'false'"))
    assert [rule.enabled for rule in read_database(url).rules] == [False]


def test_ids_and_dates_of_every_kind_are_texts(postgres):
    url = postgres.database(
        "rules",
        "CREATE TABLE detection_rules (id UUID, tenant_id BIGINT, mitre_technique_id NAME, updated_at TIMESTAMPTZ)",
        "INSERT INTO detection_rules VALUES "
        "('00000000-0000-0000-0000-00000000000a', 7, 'T1059', '2026-01-02 03:04:05+00'), "
        "('00000000-0000-0000-0000-00000000000b', 8, 'T1486', 'infinity')",
        "ALTER DATABASE rules SET timezone TO 'UTC'",
    )
    assert [(rule.rule_id[-1], rule.tenant, rule.updated_at) for rule in read_database(url).rules] == [
        ("a", "7", "2026-01-02 03:04:05+00"),
        ("b", "8", "infinity"),
    ]


def test_a_log_source_may_be_json(database):
    value = json.dumps({"product": "windows", "category": "process_creation"})
    url = database(*table_of("mitre_technique_id TEXT, logsource TEXT", f"'T1059', '{value}'"))
    assert [rule.logsource for rule in read_database(url).rules] == ["windows/process_creation"]


def test_text_that_is_no_utf_8_is_read_with_a_mark_in_its_place(sqlite):
    url = sqlite(*table_of("name TEXT, mitre_technique_id TEXT", "CAST(X'41FF42' AS TEXT), 'T1059'"))
    assert [rule.name for rule in read_database(url).rules] == ["A\N{REPLACEMENT CHARACTER}B"]


def test_a_value_of_no_kind_that_a_rule_may_have_is_an_issue(sqlite):
    url = sqlite(*table_of("name TEXT, mitre_technique_id TEXT", "X'41FF42', X'00'"))
    ruleset = read_database(url)
    assert [rule.name for rule in ruleset.rules] == ["r1"]
    assert IssueKind.WRONG_TYPE in {issue.kind for issue in ruleset.issues}


def test_columns_that_the_table_lacks_are_one_note_each_and_no_issue_of_every_rule(database):
    rows = "INSERT INTO detection_rules VALUES ('r1', 'T1059', 'Execution'), ('r2', 'T1486', 'Impact')"
    ruleset = read_database(
        database("CREATE TABLE detection_rules (id TEXT, mitre_technique_id TEXT, mitre_tactic TEXT)", rows)
    )
    assert [(rule.name, rule.enabled) for rule in ruleset.rules] == [("r1", True), ("r2", True)]
    assert ruleset.issues == ()
    assert ruleset.notes == (
        "The table detection_rules has no column for the name of a rule.",
        "The table detection_rules has no column for the severity of a rule.",
    )


def test_a_table_without_ids_counts_all_of_its_rules(database):
    rows = "INSERT INTO detection_rules VALUES ('T1059'), ('T1059')"
    ruleset = read_database(database("CREATE TABLE detection_rules (mitre_technique_id TEXT)", rows))
    assert [rule.rule_id for rule in ruleset.rules] == ["detection_rules#1", "detection_rules#2"]
    assert {issue.kind for issue in ruleset.issues} == {IssueKind.NO_ID}


def test_of_two_rows_with_one_id_the_enabled_one_counts(database):
    rows = "INSERT INTO detection_rules VALUES ('r1', 'T1059', FALSE), ('r1', 'T1486', TRUE)"
    table = "CREATE TABLE detection_rules (id TEXT, mitre_technique_id TEXT, enabled BOOLEAN)"
    ruleset = read_database(database(table, rows))
    assert [rule.techniques for rule in ruleset.rules] == [("T1486",)]
    assert [issue.kind for issue in ruleset.issues] == [IssueKind.DUPLICATE_ID]


# Names.


@pytest.mark.parametrize("name", ["Detection Rules", 'a"b', "select", "x'; DROP TABLE t; --", "%s", ":x", "ü"])
def test_names_are_quoted_whatever_is_in_them(database, name):
    quoted = '"' + name.replace('"', '""') + '"'
    url = database(f"CREATE TABLE {quoted} ({quoted} TEXT, id TEXT)", f"INSERT INTO {quoted} VALUES ('T1059', 'r1')")
    ruleset = read_database(url, names=SqlNames(name, {"mitre_technique_id": name}))
    assert [rule.techniques for rule in ruleset.rules] == [("T1059",)]


def test_a_table_may_be_in_another_schema(postgres):
    columns = {"mitre_technique_id": "attack_ids", "enabled": "is_active"}
    url = postgres.database(
        "rules",
        'CREATE SCHEMA "the soc"',
        'CREATE TABLE "the soc"."Rules" (id INT, attack_ids TEXT[], is_active BOOL)',
        """INSERT INTO "the soc"."Rules" VALUES (1, '{T1059}', FALSE)""",
    )
    ruleset = read_database(url, names=SqlNames("the soc.Rules", columns))
    assert [(rule.rule_id, rule.techniques, rule.enabled) for rule in ruleset.rules] == [("1", ("T1059",), False)]


def test_the_column_that_the_operator_names_is_read_in_place_of_the_usual_one(database):
    url = database(*table_of("mitre_technique_id TEXT, attack_id TEXT", "'T1059', 'T1486'"))
    ruleset = read_database(url, names=SqlNames(columns={"mitre_technique_id": "attack_id"}))
    assert [rule.techniques for rule in ruleset.rules] == [("T1486",)]


# Streaming.


def test_progress_is_told_with_the_total_from_the_beginning(database):
    values = ", ".join(f"('r{number:05}', 'T1059')" for number in range(5_000))
    url = database(
        "CREATE TABLE detection_rules (id TEXT, mitre_technique_id TEXT)",
        f"INSERT INTO detection_rules VALUES {values}",
    )
    said = []
    ruleset = read_database(url, progress=lambda done, total: said.append((done, total)))
    assert len(ruleset.rules) == 5_000
    assert said == [(0, 5_000), (2_000, 5_000), (4_000, 5_000), (5_000, 5_000)]


def test_rows_are_what_the_same_records_of_the_api_are(database):
    records = [
        {
            "id": f"r{number}",
            "name": f"Rule {number}",
            "severity": ["high", "odd", None][number % 3],
            "mitre_tactic": ["Execution", "Impact,Execution", ""][number % 3],
            "mitre_technique_id": f"T105{number}",
            "enabled": number % 2 == 0,
            "tenant_id": None,
        }
        for number in range(9)
    ]
    rows = ", ".join(
        "(" + ", ".join("NULL" if value is None else f"'{value}'" for value in record.values()) + ")"
        for record in records
    )
    ruleset = read_database(database(TABLE.replace("BOOLEAN", "TEXT"), f"INSERT INTO detection_rules VALUES {rows}"))
    expected = rules_from_records(records, source="Database", where="detection_rules", origin_is_id=True)
    assert (list(ruleset.rules), list(ruleset.issues)) == expected


# Reading only.


def test_nothing_but_questions_is_said_to_a_database(database):
    said = []

    def hear(_connection, _cursor, statement, *_rest):
        said.append(statement.split(maxsplit=1)[0].upper())

    url = database(TABLE, ROWS)
    event.listen(Engine, "before_cursor_execute", hear)
    try:
        read_database(url)
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    assert said.count("SELECT") >= 2
    assert set(said) <= {"SELECT", "PRAGMA", "SHOW"}  # SQLite describes a table by a pragma


def test_postgresql_itself_refuses_what_a_view_would_write(postgres):
    url = postgres.database(
        "rules",
        "CREATE TABLE written (id INT)",
        "CREATE FUNCTION write() RETURNS TEXT LANGUAGE sql AS 'INSERT INTO written VALUES (1); SELECT ''T1''::text'",
        "CREATE VIEW detection_rules AS SELECT write() AS mitre_technique_id",
    )
    with pytest.raises(SourceError, match="ReadOnlySqlTransaction"):
        read_database(url)
    with postgres.connect("rules") as connection:
        assert connection.execute("SELECT count(*) FROM written").fetchone() == (0,)


def test_an_sqlite_file_is_the_same_byte_for_byte_afterwards(sqlite, tmp_path):
    url = sqlite(TABLE, ROWS)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    read_database(url)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_database_that_is_written_to_meanwhile_is_read(sqlite, tmp_path):
    url = sqlite("PRAGMA journal_mode=WAL", TABLE, ROWS)
    with closing(sqlite3.connect(tmp_path / "rules.db")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM detection_rules")
        assert len(read_database(url, limits=SqlLimits(connect=1)).rules) == 3


@pytest.mark.parametrize("value", ["lab, attack.t1059", '["lab"]', "lab"])
def test_tags_may_be_joined_or_json(database, value):
    columns, values = "mitre_technique_id TEXT, tags TEXT", f"'T1486', '{value}'"
    (rule,) = read_database(database(*table_of(columns, values))).rules
    assert rule.tags == ("lab",)
