"""What the browser gets to draw over a matrix; what it makes of it is in `tests/browser/test_tiles.py`."""

import json
from types import SimpleNamespace

import pytest
import streamlit as st

from coverage.figures import expandable, matrix_grid, palette
from coverage.ui import tiles
from coverage.ui.tiles import draw_grid, drawn
from tests.rules import THREATOPS, coverage_of, rule

LIGHT = palette(colour_blind_safe=False, dark=False)


def test_every_header_tile_and_handle_is_there():
    coverage = coverage_of(rule("T1059.001"))
    grid = matrix_grid(coverage, LIGHT, expandable(coverage))
    words = json.loads(drawn(grid).words)
    assert words["headers"] == [[header.name, header.below] for header in grid.headers]
    assert [(column, row, name, number) for column, row, _, name, number, *_ in words["tiles"]] == [
        (tile.column, tile.row, tile.name, tile.number) for tile in grid.tiles
    ]
    assert [tuple(click) for *_, click, _ in words["tiles"]] == [tile.click for tile in grid.tiles]
    assert words["handles"] == [
        [handle.column, handle.row, handle.rows, handle.sign, handle.hover, list(handle.click)]
        for handle in grid.handles
    ]
    assert (len(words["tiles"]), words["rows"]) == (872, grid.rows)


def test_each_kind_of_tile_has_its_own_colour_of_text():
    grid = matrix_grid(coverage_of(rule("T1059"), catalog=THREATOPS), LIGHT)
    words = json.loads(drawn(grid).words)
    assert {tile.kind for tile in grid.tiles} == {"none", "partial"}
    for tile, (_, _, kind, *_) in zip(grid.tiles, words["tiles"], strict=True):
        assert words["inks"][kind] == grid.colours[tile.kind].text


@pytest.mark.parametrize("sent", [None, "TA0002/T1059", ["TA0002"], ["TA0002", None], ["a", "b", "c"], [["a"], "b"], 7])
def test_what_is_no_click_is_passed_over(monkeypatch, sent):
    assert clicks(monkeypatch, sent) == []


def test_a_click_is_passed_on(monkeypatch):
    assert clicks(monkeypatch, ["TA0002", "T1059"]) == [("TA0002", "T1059")]


def clicks(monkeypatch, sent):
    """What a page hears of a value that its browser sends."""
    found, callbacks = [], []
    monkeypatch.setattr(tiles, "_words", lambda **named: callbacks.append(named["on_clicked_change"]))
    monkeypatch.setattr(st, "session_state", {"matrix_words": SimpleNamespace(clicked=sent)})
    grid = drawn(matrix_grid(coverage_of(catalog=THREATOPS), LIGHT))
    draw_grid(grid, "matrix", alt="", clicked=lambda *click: found.append(click))
    callbacks[0]()
    return found
