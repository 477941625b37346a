"""`score` of a database."""

from __future__ import annotations

import json

import pytest

from coverage.cli import main
from tests.postgres import PASSWORD, SOC_NAMES, SOC_RULES


@pytest.fixture(autouse=True)
def _names(monkeypatch):
    for name, value in SOC_NAMES.items():
        monkeypatch.setenv(name, value)


def test_a_database_is_scored_with_the_operator_s_names(postgres, capsys):
    assert main(["score", postgres.database("rules", *SOC_RULES)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["rules"] == {"read": 4, "enabled": 3, "disabled": 1, "counted": 3}
    assert document["issues"] == []


def test_a_database_that_cannot_be_read_is_one_line_without_its_password(postgres, capsys):
    assert main(["score", postgres.address("missing")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: There is no database of that name at postgresql+psycopg://127.0.0.1:")
    assert said.err.count("\n") == 1
    assert PASSWORD not in said.err
