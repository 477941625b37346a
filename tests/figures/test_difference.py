"""The difference matrix: every cell of both sides once, in the colour and with the sign of what became of it."""

import json
from dataclasses import replace
from itertools import combinations

import pytest

from coverage.catalog import load_catalog
from coverage.compare import compare
from coverage.figures import TREND_WORDS, Trend, difference_grid, grid_figure, trend, trend_colours
from coverage.model import RuleSet
from coverage.score import Settings, score
from tests.figures.colours import contrast
from tests.rules import ENTERPRISE, THREATOPS, rule

OLD = load_catalog("enterprise", "18.1")
HOSTILE = "<script>alert(1)</script>"


def compared(before, after, catalogs=(THREATOPS, THREATOPS)):
    rules = [RuleSet(tuple(each)) for each in (before, after)]
    sides = [score(each, catalog, Settings()) for each, catalog in zip(rules, catalogs, strict=True)]
    return compare(*sides, rules_before=rules[0], rules_after=rules[1])


def drawn(comparison):
    """The grid, and each tile's (number, hover, kind) by its (tactic, technique)."""
    grid = difference_grid(comparison, trend_colours(colour_blind_safe=False, dark=False))
    tiles = {tile.click: (tile.number, tile.hover, tile.kind) for tile in grid.tiles}
    assert len(tiles) == len(grid.tiles)
    return grid, tiles


def execution(count, technique="T1059"):
    return [rule(technique, tactics=("Execution",), rule_id=f"{technique}-{number}") for number in range(count)]


@pytest.mark.parametrize(
    ("before", "after", "kind", "number"),
    [
        (1, 3, Trend.BETTER, "▲ 1 → 3"),
        (3, 4, Trend.MORE, "△ 3 → 4"),
        (4, 3, Trend.FEWER, "▽ 4 → 3"),
        (3, 0, Trend.WORSE, "▼ 3 → 0"),
        (2, 2, Trend.SAME, "2"),
    ],
)
def test_a_tile_shows_what_became_of_its_cell_without_needing_colour(before, after, kind, number):
    _, tiles = drawn(compared(execution(before), execution(after)))
    text, hover, drawn_as = tiles["TA0002", "T1059"]
    assert drawn_as == kind
    assert text == number
    assert ("as before" in hover) == (kind is Trend.SAME)


def test_every_cell_of_both_sides_is_drawn_once():
    comparison = compared(execution(2), execution(3, "T1685"), (OLD, ENTERPRISE))
    grid, tiles = drawn(comparison)
    assert tiles.keys() == comparison.before.cells.keys() | comparison.after.cells.keys()
    assert len(grid.headers) == 15
    for cell in comparison.cells:
        assert tiles[cell.tactic.id, cell.technique_id][2] == trend(cell)
    kinds = [kind for _, _, kind in tiles.values()]
    assert {str(Trend.NEW), str(Trend.GONE)} <= set(kinds)
    assert kinds.count(str(Trend.SAME)) == len(tiles) - len(comparison.cells)


def test_a_tactic_that_only_one_side_has_has_no_percentage_on_the_other():
    grid, _ = drawn(compared([], [], (OLD, ENTERPRISE)))
    impairment = next(header for header in grid.headers if header.name == "Defense Impairment")
    assert impairment.below == "– → 0 %"


def test_who_points_at_a_tile_reads_the_cause():
    _, tiles = drawn(compared(execution(1), execution(2)))
    assert "partial (1) → partial (2)<br>rule added: 1 rule is new." in tiles["TA0002", "T1059"][1]


def test_nothing_differs_where_both_sides_are_one():
    _, tiles = drawn(compared(execution(3), execution(3)))
    assert {kind for _, _, kind in tiles.values()} == {str(Trend.SAME)}


def test_a_figure_can_be_written_as_json():
    grid, _ = drawn(compared([], execution(3), (OLD, ENTERPRISE)))
    assert json.loads(grid_figure(grid).to_json())["data"]


@pytest.mark.parametrize("safe", [False, True])
@pytest.mark.parametrize("dark", [False, True])
def test_every_trend_has_words_and_colours_of_its_own(safe, dark):
    colours = trend_colours(colour_blind_safe=safe, dark=dark)
    assert set(colours) == set(TREND_WORDS) == set(Trend)
    for one, other in combinations(colours.values(), 2):
        assert one.fill != other.fill


@pytest.mark.parametrize("safe", [False, True])
@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read_on_every_fill(safe, dark):
    for colours in trend_colours(colour_blind_safe=safe, dark=dark).values():
        assert contrast(colours.fill, colours.text) >= 4.5


def test_hostile_names_are_text():
    tactics = tuple(replace(tactic, name=HOSTILE) for tactic in THREATOPS.tactics)
    names = dict.fromkeys(THREATOPS.names, HOSTILE)
    hostile = replace(THREATOPS, tactics=tactics, names=names)
    _, tiles = drawn(compared(execution(1), execution(3), (hostile, hostile)))
    for _, hover, _ in tiles.values():
        assert "<script" not in hover
    assert "&lt;script&gt;" in tiles["TA0002", "T1059"][1]


def test_a_hostile_tactic_in_a_cause_is_text():
    sides = []
    for catalog in (OLD, ENTERPRISE):
        tactics = tuple(replace(tactic, name=HOSTILE) for tactic in catalog.attack.tactics)
        sides.append(replace(catalog, attack=replace(catalog.attack, tactics=tactics)))
    _, tiles = drawn(compared([], [], sides))
    causes = [hover.partition(" in ATT&CK")[0] for _, hover, _ in tiles.values() if "moved" in hover]
    assert causes
    assert all("&lt;script&gt;" in cause and "<script" not in cause for cause in causes)
