"""A connection to a database that cannot change anything in it, and ends where the database does not answer."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from coverage.errors import SourceError
from coverage.sources import shown_source
from coverage.sources.sql import failure
from coverage.sources.text import printable


@dataclass(frozen=True, slots=True)
class SqlLimits:
    """What a load may take: seconds to connect and for one answer, rules to list, and kinds of rules to count."""

    connect: int = 10
    statement: int = 120
    listed: int = 100_000
    groups: int = 1_000_000


@contextmanager
def connected(source: str, limits: SqlLimits) -> Iterator[Connection]:
    """Connect to the database of an SQLAlchemy URL, in one transaction that only reads.

    Raises SourceError, also for what goes wrong inside the `with`; the texts of drivers and of SQLAlchemy, which
    repeat addresses and statements, are neither shown nor kept as its cause.
    """
    at = printable(shown_source(source))
    try:
        url = make_url(source)
    except Exception:  # noqa: BLE001  SQLAlchemy's own, and ValueErrors of what it parses with
        raise failure.malformed(at) from None
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite:
        at = printable(url.database or at)
    elif "@" in f"{url.host}{url.database}":  # a part of a password would be looked up as a host
        raise failure.malformed(at)
    try:
        engine = _sqlite(url, at, limits) if is_sqlite else _server(url, limits)
        connection = engine.connect()
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001  a driver may raise what it likes, with the address in its text
        raise failure.of_connection(error, url.drivername, at, limits.connect) from None
    try:
        with connection:
            if engine.dialect.name == "postgresql":
                # One snapshot for the number of rules and the rules; PostgreSQL itself refuses to write in it.
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                connection.execute(select(func.set_config("statement_timeout", f"{limits.statement}s", True)))  # noqa: FBT003  SQL knows no names
            yield connection
    except SQLAlchemyError as error:
        raise failure.of_statement(error, at, limits.statement) from None
    finally:
        engine.dispose()


def _server(url: URL, limits: SqlLimits) -> Engine:
    options: dict[str, Any] = {}
    if url.drivername == "postgresql" or url.get_driver_name().startswith("psycopg"):
        # What libpq takes. The probes end a wait for a server that vanished, which no statement timeout of its does;
        # a database that states no encoding brings bytes unless it is asked for one.
        libpq = {
            "connect_timeout": limits.connect,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "client_encoding": "utf8",
        }
        options = {name: value for name, value in libpq.items() if name not in url.query}
    return create_engine(url, poolclass=NullPool, connect_args=options, hide_parameters=True)


def _sqlite(url: URL, at: str, limits: SqlLimits) -> Engine:
    if not url.database or url.database == ":memory:":
        raise SourceError(f"The address {at} names no SQLite file; write sqlite:///folder/rules.db.")
    path = Path(url.database)
    if not path.is_file():  # SQLite would make an empty one
        raise SourceError(f"{at} {'is no file' if path.exists() else 'does not exist'}.")
    read_only = URL.create(url.drivername, database=path.absolute().as_uri(), query={"mode": "ro", "uri": "true"})
    engine = create_engine(read_only, poolclass=NullPool, connect_args={"timeout": limits.connect})

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        deadline = time.monotonic() + limits.statement
        connection.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)  # steps of its machine
        connection.text_factory = lambda data: data.decode(errors="replace")  # nothing holds its texts to UTF-8

    event.listen(engine, "connect", prepare)
    return engine
