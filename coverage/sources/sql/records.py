"""Rows of an answer -> records as the API would bring them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select

from coverage.sources.sql.names import TACTICS, TECHNIQUES

CHUNK = 2_000
"""How many rows of an answer are here at a time."""

_MAY_BE_JSON = frozenset({*TACTICS, *TECHNIQUES, "logsource", "log_source", "tags"})
_JSON_STARTS = ("[", "{", '"', "null")


def records(connection: Connection, query: Select[Any]) -> Iterator[dict[str, Any]]:
    """The rows of an answer by the labels of its columns; a text that is JSON, where it may be, is what it says."""
    result = connection.execute(query, execution_options={"yield_per": CHUNK})
    names = list(result.keys())
    for chunk in result.partitions():
        for row in chunk:
            yield {name: _value(name, value) for name, value in zip(names, row, strict=True)}


def _value(name: str, value: object) -> object:
    if name in _MAY_BE_JSON and isinstance(value, str) and value.lstrip().startswith(_JSON_STARTS):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
