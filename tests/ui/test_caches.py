"""What visitors share."""

from __future__ import annotations

import gc

import pandas as pd
import pytest

from coverage.ui import caches
from coverage.ui.caches import one_for_all


def table(*names, column="name"):
    return pd.DataFrame({column: list(names), "count": range(len(names))})


@pytest.mark.parametrize(
    "other",
    [table("a", "c"), table("b", "a"), table("a"), table("a", "b", column="title"), table("a", "b").astype("object")],
)
def test_equal_tables_are_one_and_others_are_not(other):
    first = table("a", "b")
    assert one_for_all(first) is first
    assert one_for_all(table("a", "b")) is first
    assert one_for_all(other) is other


def test_tables_that_only_look_alike_are_not_taken_for_one(monkeypatch):
    monkeypatch.setattr(pd.util, "hash_pandas_object", lambda _, **__: pd.Series([0]))
    first, other = table("a", "b"), table("a", "c")
    assert one_for_all(first) is first
    assert one_for_all(other) is other


def test_a_table_that_nobody_holds_is_not_kept():
    before = len(caches._TABLES)
    held = one_for_all(table("held by one visitor alone"))
    assert len(caches._TABLES) == before + 1
    del held
    gc.collect()
    assert len(caches._TABLES) == before
