"""What goes wrong with a database is one sentence that says what and where, and never a password."""

from __future__ import annotations

import logging
import socket
import sqlite3
import traceback
from contextlib import closing
from urllib.parse import quote

import pytest

from coverage.errors import SourceError
from coverage.sources import read_source, shown_source
from coverage.sources.sql.connection import SqlLimits
from coverage.sources.sql.names import SqlNames
from coverage.sources.sql.read import read_database
from tests.postgres import PASSWORD

QUICK = SqlLimits(connect=2, statement=1)
TABLE = "CREATE TABLE detection_rules (id INT, mitre_technique_id TEXT)"
MALFORMED = (
    "The database address {at} is malformed; write driver://user:password@host:port/database, and in the user and "
    "the password %40 for @, %3A for :, %2F for /, %3F for ?, %23 for # and %25 for %."
)


@pytest.fixture
def refusal(caplog):
    """The sentence that refuses an address; nothing in it, in the log or in the traceback repeats the password."""

    def read(url, **options):
        caplog.set_level(logging.DEBUG)
        with pytest.raises(SourceError) as failed:
            read_database(url, limits=QUICK, **options)
        said = "".join(traceback.format_exception(failed.value)) + caplog.text
        for secret in (PASSWORD, quote(PASSWORD, safe=""), "s3cret"):
            assert secret not in said
        assert "\n" not in str(failed.value)
        return str(failed.value)

    return read


def at(server, database="rules"):
    return f"postgresql+psycopg://127.0.0.1:{server.port}/{database}"


# Addresses.


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://user:s3cret@ss/w@host/db", "postgresql+psycopg://…"),
        ("postgresql+psycopg://user:s3cret@ss@host/db", "postgresql+psycopg://host/db"),
        ("postgresql+psycopg://user:s3cret@host:port/db", "postgresql+psycopg://…"),
        ("postgresql+psycopg://user:s3cret@[::1/db", "postgresql+psycopg://…"),
        ("post gres://user:s3cret@host/db", "post gres://…"),
        ("://user:s3cret@host/db", "://…"),
    ],
)
def test_an_address_that_is_unclear_is_not_tried(refusal, url, shown):
    assert shown_source(url) == shown
    assert refusal(url) == MALFORMED.format(at=shown)


@pytest.mark.parametrize("scheme", ["ftp", "postgres", "postgresql+nothing"])
def test_what_no_driver_is_for_is_named(refusal, scheme):
    assert refusal(f"{scheme}://user:s3cret@host/db") == (
        f"Rules cannot be read from {scheme}:// addresses; name a folder, a file, an http(s) URL, or a database whose "
        "SQLAlchemy driver is installed, e.g. postgresql+psycopg://…"
    )


def test_a_driver_that_is_not_installed_is_named(refusal):
    assert refusal("mysql+pymysql://user:s3cret@host/db") == (
        "The driver for mysql+pymysql:// addresses is not installed on this server: the Python module pymysql."
    )


@pytest.mark.parametrize("option", ["bogus=1", "sslmode=bogus"])
def test_an_option_that_the_driver_does_not_know_is_said(refusal, postgres, option):
    message = refusal(f"{postgres.address('postgres')}?{option}&password=s3cret")
    assert message == f"An option in the address of {at(postgres, 'postgres')} is not one that the driver knows."


# Servers.


def test_a_server_that_is_down_is_said(refusal):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}/db"
    assert refusal(f"postgresql+psycopg://user:s3cret@{address}") == (
        f"The database at postgresql+psycopg://{address} refuses the connection; check the address and that it runs."
    )


def test_a_server_that_does_not_answer_is_given_up(refusal):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}/db"
        assert refusal(f"postgresql+psycopg://user:s3cret@{address}") == (
            f"The database at postgresql+psycopg://{address} did not answer within 2 seconds; "
            "check that it runs, or try again later."
        )


def test_an_unknown_host_is_named(refusal):
    assert refusal("postgresql+psycopg://user:s3cret@no-such-host.invalid/db") == (
        "The host name in postgresql+psycopg://no-such-host.invalid/db is not known; check it."
    )


def test_a_wrong_password_and_an_unknown_user_are_one_sentence(refusal, postgres):
    for wrong in ({"password": "s3cret"}, {"user": "nobody"}, {"password": ""}):
        assert refusal(postgres.address(**wrong)) == (
            f"The database at {at(postgres, 'postgres')} does not let the user in; "
            "check the user and the password in its address."
        )


def test_a_missing_database_is_said(refusal, postgres):
    assert refusal(postgres.address("missing")) == f"There is no database of that name at {at(postgres, 'missing')}."


def test_a_server_without_tls_is_said_where_the_address_asks_for_it(refusal, postgres):
    assert refusal(f"{postgres.address()}?sslmode=require") == (
        f"No secure connection to {at(postgres, 'postgres')} can be made; check sslmode in its address."
    )


def test_a_table_that_the_user_may_not_read_is_said(refusal, postgres):
    postgres.database("rules", "DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN PASSWORD 's3cret'", TABLE)
    assert refusal(postgres.address("rules", "guest", "s3cret")) == (
        f"The user of {at(postgres)} may not read the table; let it SELECT from it."
    )


def test_an_answer_that_takes_too_long_is_given_up(refusal, postgres):
    url = postgres.database(
        "rules", "CREATE VIEW detection_rules AS SELECT 'T1059' AS mitre_technique_id FROM pg_sleep(60)"
    )
    assert refusal(url) == f"The database at {at(postgres)} took longer than 1 seconds for an answer; try again later."


def test_a_connection_that_breaks_is_said(refusal, postgres):
    url = postgres.database(
        "rules",
        "CREATE VIEW detection_rules AS SELECT 'T1059' AS mitre_technique_id "
        "FROM (SELECT pg_terminate_backend(pg_backend_pid()) OFFSET 0) AS ended",
    )
    assert refusal(url, names=SqlNames()) == (
        f"The connection to {at(postgres)} broke off before all rules were read; try again later."
    )


def test_text_in_no_encoding_is_said(refusal, postgres):
    with postgres.connect() as connection:
        connection.execute("DROP DATABASE IF EXISTS bytes")
        connection.execute("CREATE DATABASE bytes ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    with postgres.connect("bytes") as connection:
        connection.execute(TABLE)
        connection.execute("INSERT INTO detection_rules VALUES (1, 'T1059')")
    assert len(read_database(postgres.address("bytes")).rules) == 1
    with postgres.connect("bytes") as connection:
        connection.execute(b"INSERT INTO detection_rules VALUES (2, '\xe9')")
    assert refusal(postgres.address("bytes")) == (
        f"The database at {at(postgres, 'bytes')} holds text that is not UTF-8."
    )


def test_an_error_that_is_not_known_is_named_by_its_kind(refusal, postgres):
    url = postgres.database("rules", "CREATE VIEW detection_rules AS SELECT (1 / 0)::text AS mitre_technique_id")
    assert refusal(url) == (
        f"The database at {at(postgres)} cannot be read (DivisionByZero 22012); its own log may say why."
    )


# Tables.


def test_a_missing_table_is_said_with_those_that_are_there(refusal, database):
    assert refusal(database("CREATE TABLE b (id INT)", "CREATE VIEW a AS SELECT * FROM b")) == (
        "The database has no table detection_rules; its tables are a, b. "
        "COVERAGE_SQL_TABLE names the one to read, a schema before it."
    )


def test_of_many_tables_ten_are_named(refusal, database):
    message = refusal(database(*(f"CREATE TABLE t{number:02} (id INT)" for number in range(13))))
    assert "its tables are t00, t01, t02, t03, t04, t05, t06, t07, t08, t09 and 3 more." in message


@pytest.mark.parametrize("table", ["detection_rules", "soc.detection_rules"])
def test_an_empty_database_is_said(refusal, postgres, table):
    assert refusal(postgres.database("rules"), names=SqlNames(table)) == (
        f"The database has no table {table}; it has no table that this user can see. "
        "COVERAGE_SQL_TABLE names the one to read, a schema before it."
    )


def test_a_table_without_techniques_is_said_with_its_columns(refusal, database):
    assert refusal(database("CREATE TABLE detection_rules (id INT, attack TEXT)")) == (
        "The table detection_rules has no column of techniques; its columns are id, attack. "
        "COVERAGE_SQL_COLUMNS names it, e.g. mitre_technique_id=attack_id."
    )


def test_a_column_that_the_operator_names_and_the_table_lacks_is_said(refusal, database):
    assert refusal(database(TABLE), names=SqlNames(columns={"enabled": "is_active"})) == (
        "The table detection_rules has no column is_active, which COVERAGE_SQL_COLUMNS names for enabled; "
        "its columns are id, mitre_technique_id."
    )


# SQLite.


@pytest.mark.parametrize("folder", ["", "no folder/"])
def test_an_sqlite_file_that_is_not_there_is_not_made(refusal, tmp_path, folder):
    path = tmp_path / f"{folder}rules.db"
    assert refusal(f"sqlite:///{path}") == f"{path} does not exist."
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_sqlite_file(refusal, tmp_path):
    assert refusal(f"sqlite:///{tmp_path}") == f"{tmp_path} is no file."


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///"])
def test_sqlite_without_a_file_is_said(refusal, url):
    assert "names no SQLite file; write sqlite:///folder/rules.db." in refusal(url)


def test_a_file_that_is_no_database_is_said(refusal, tmp_path):
    path = tmp_path / "rules@work #100%.db"
    path.write_text("title: A Sigma rule\n" * 100)
    assert refusal(f"sqlite:///{path}") == f"{path} is no SQLite database."


def test_a_damaged_database_is_said(refusal, sqlite, tmp_path):
    url = sqlite(TABLE, *["INSERT INTO detection_rules VALUES (1, 'T1059')"] * 2_000)
    path = tmp_path / "rules.db"
    path.write_bytes(path.read_bytes()[:6_000] + b"\xff" * 20_000)
    assert refusal(url) == f"{path} is damaged; SQLite cannot read it."


def test_a_locked_database_is_said(refusal, sqlite, tmp_path):
    url, path = sqlite(TABLE), tmp_path / "rules.db"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert refusal(url) == f"{path} is locked by another program; try again later."


def test_an_sqlite_view_without_an_end_is_given_up(refusal, sqlite, tmp_path):
    url = sqlite(
        "CREATE VIEW detection_rules AS WITH RECURSIVE n(mitre_technique_id) AS "
        "(SELECT 1 UNION ALL SELECT mitre_technique_id + 1 FROM n) SELECT * FROM n"
    )
    path = tmp_path / "rules.db"
    assert refusal(url) == f"The database at {path} took longer than 1 seconds for an answer; try again later."


# As a SOURCE.


def test_a_source_with_another_scheme_than_http_is_a_database(sqlite):
    url = sqlite("CREATE TABLE soc (a TEXT)", "INSERT INTO soc VALUES ('T1059')")
    ruleset = read_source(url, names=SqlNames("soc", {"mitre_technique_id": "a"}))
    assert [rule.techniques for rule in ruleset.rules] == [("T1059",)]
