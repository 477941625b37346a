from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest


@pytest.fixture
def sqlite(tmp_path):
    """Makes an SQLite file by statements and gives its address."""

    def make(*statements: str) -> str:
        path = tmp_path / "rules.db"
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        return f"sqlite:///{path}"

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """Makes a database by statements that both kinds understand, and gives its address."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite")
    server = request.getfixturevalue("postgres")
    return lambda *statements: server.database("rules", *statements)
