"""The matrix as a grid: which techniques are where, what their tiles say, and what shows their sub-techniques."""

import html
import json
from dataclasses import replace

import pytest

from coverage.figures import EXPAND, expandable, grid_figure, matrix_grid, palette
from coverage.mapping import Match
from coverage.score import Level
from tests.figures.drawing import fill_at
from tests.rules import ENTERPRISE, THREATOPS, coverage_of, rule

LIGHT = palette(colour_blind_safe=False, dark=False)
RULES = [
    *(rule("T1566", tactics=("Initial Access",)) for _ in range(3)),
    rule("T1059.001", tactics=("Execution",)),
    rule("T1486", tactics=("Impact",), enabled=False),
]
WHOLE = coverage_of(*RULES)
COVERAGES = {
    "threatops": coverage_of(*RULES, catalog=THREATOPS),
    "enterprise": WHOLE,
    "exact": coverage_of(*RULES, match=Match.EXACT),
    "no rules": coverage_of(catalog=THREATOPS),
}
EXPANDABLE = sorted(expandable(WHOLE))
CHOICES = {"nothing": [], "one": ["T1059"], "every third": EXPANDABLE[::3], "everything": EXPANDABLE}
EACH = pytest.mark.parametrize("coverage", COVERAGES.values(), ids=COVERAGES)
EACH_CHOICE = pytest.mark.parametrize("expanded", CHOICES.values(), ids=CHOICES)


def cells_by_place(coverage, expanded=()):
    """Which cell belongs at which (column, row): techniques in the order of their column, the expanded with theirs."""
    places = {}
    for number, column in enumerate(coverage.tactics):
        shown = []
        for cell in column.techniques:
            shown += [cell, *(cell.sub_techniques if cell.technique_id in expanded else ())]
        places |= {(number, row): cell for row, cell in enumerate(shown)}
    return places


def key_of(cell):
    return cell.tactic.id, cell.technique_id


def tile_of(grid, tactic, technique):
    (found,) = (tile for tile in grid.tiles if tile.click == (tactic, technique))
    return found


def handle_of(grid, technique):
    """The handle of the technique in the first column that has it."""
    return next(handle for handle in grid.handles if handle.click == (EXPAND, technique))


# Which tiles there are, and where.


@EACH
@EACH_CHOICE
def test_every_technique_has_one_tile_in_its_order_and_expanded_ones_have_theirs_right_below(coverage, expanded):
    found = [((tile.column, tile.row), tile.click) for tile in matrix_grid(coverage, LIGHT, expanded).tiles]
    assert sorted(found) == sorted((place, key_of(cell)) for place, cell in cells_by_place(coverage, expanded).items())


@EACH
def test_without_anything_expanded_the_tiles_are_the_cells(coverage):
    assert sorted(tile.click for tile in matrix_grid(coverage, LIGHT).tiles) == sorted(coverage.cells)


@pytest.mark.parametrize(
    ("catalog", "expanded", "columns", "tiles"),
    [
        (THREATOPS, [], 12, 67),
        (THREATOPS, EXPANDABLE, 12, 67),
        (ENTERPRISE, [], 15, 254),
        (ENTERPRISE, EXPANDABLE, 15, 872),
    ],
)
def test_the_matrix_is_whole(catalog, expanded, columns, tiles):
    grid = matrix_grid(coverage_of(catalog=catalog), LIGHT, expanded)
    assert len(grid.headers) == columns
    assert len(grid.tiles) == tiles


def test_what_cannot_be_expanded_changes_nothing():
    assert matrix_grid(WHOLE, LIGHT, ["T1059.001", "T9999", ""]) == matrix_grid(WHOLE, LIGHT)


@EACH
def test_techniques_with_sub_techniques_can_be_expanded(coverage):
    with_more = {cell.technique_id for cell in coverage.cells.values() if cell.sub_techniques}
    assert expandable(coverage) == with_more
    assert len(with_more) == (101 if coverage.catalog == ENTERPRISE else 0)


# Handles.


@EACH
@EACH_CHOICE
def test_a_handle_is_beside_each_technique_with_sub_techniques_and_those_that_it_shows(coverage, expanded):
    grid = matrix_grid(coverage, LIGHT, expanded)
    beside = {}
    for place, cell in cells_by_place(coverage, expanded).items():
        technique = cell.technique_id.partition(".")[0]
        if technique in expandable(coverage):
            beside[place] = (EXPAND, technique)
    strips = {(each.column, each.row + down): each.click for each in grid.handles for down in range(each.rows)}
    assert strips == beside
    assert {(handle.column, handle.row) for handle in grid.handles} == {
        place for place, cell in cells_by_place(coverage, expanded).items() if cell.sub_techniques
    }


def test_no_technique_of_threatops_has_a_handle():
    assert matrix_grid(COVERAGES["threatops"], LIGHT).handles == ()


@pytest.mark.parametrize(
    ("technique", "expanded", "sign", "hover"),
    [
        ("T1059", [], "+", "Show 13 sub-techniques of T1059"),
        ("T1059", ["T1059"], "−", "Hide 13 sub-techniques of T1059"),
        ("T1059", ["T1566"], "+", "Show 13 sub-techniques of T1059"),
        ("T1485", [], "+", "Show 1 sub-technique of T1485"),
        ("T1485", ["T1485"], "−", "Hide 1 sub-technique of T1485"),
    ],
)
def test_a_handle_says_what_a_click_on_it_does(technique, expanded, sign, hover):
    handle = handle_of(matrix_grid(WHOLE, LIGHT, expanded), technique)
    assert handle.sign == sign
    assert handle.hover == hover


# Colours.

PALETTES = {
    f"{'safe' if safe else 'usual'}, {'dark' if dark else 'light'}": palette(colour_blind_safe=safe, dark=dark)
    for safe in (False, True)
    for dark in (False, True)
}


@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
def test_each_tile_is_drawn_in_the_colours_of_its_level(colours):
    grid = matrix_grid(WHOLE, colours, ["T1059"])
    figure = grid_figure(grid)
    for tile in grid.tiles:
        level = cells_by_place(WHOLE, ["T1059"])[tile.column, tile.row].level
        assert tile.kind == level
        assert grid.colours[tile.kind] == colours.levels[level]
        assert fill_at(figure, tile.column, tile.row) == colours.levels[level].fill
    assert {tile.kind for tile in grid.tiles} == set(map(str, Level))


def test_sub_techniques_bear_a_stripe():
    inner = {tile.click for tile in matrix_grid(WHOLE, LIGHT, ["T1059"]).tiles if tile.inner}
    assert inner == {key_of(sub) for sub in WHOLE.cells["TA0002", "T1059"].sub_techniques}


# Texts.


@EACH
@EACH_CHOICE
def test_each_tile_shows_its_name_and_its_number_of_rules(coverage, expanded):
    cells = cells_by_place(coverage, expanded)
    for tile in matrix_grid(coverage, LIGHT, expanded).tiles:
        cell = cells[tile.column, tile.row]
        assert (tile.name, tile.number) == (cell.technique_name, str(cell.rule_count))


def test_a_large_number_of_rules_has_commas():
    grid = matrix_grid(coverage_of(*(rule("T1566") for _ in range(1200))), LIGHT)
    tile = tile_of(grid, "TA0001", "T1566")
    assert tile.number == "1,200"
    assert "full · 1,200 rules" in tile.hover


def test_a_header_shows_the_tactic_and_how_many_of_its_techniques_are_fully_covered():
    headers = matrix_grid(COVERAGES["threatops"], LIGHT).headers
    assert (headers[0].name, headers[0].below) == ("Initial Access", "1/6")
    assert (headers[9].name, headers[9].below) == ("Command & Control", "0/6")


def test_a_header_counts_techniques_alone_also_where_sub_techniques_are_shown():
    headers = [matrix_grid(WHOLE, LIGHT, expanded).headers for expanded in ((), EXPANDABLE)]
    assert headers[0] == headers[1]


@pytest.mark.parametrize(
    ("tactic", "technique", "lines"),
    [
        (
            "TA0001",
            "T1566",
            [
                "<b>Phishing</b>",
                "T1566 · Initial Access",
                "full · 3 rules",
                "0 of 4 sub-techniques, 3 rules, 3 of them on the parent itself",
            ],
        ),
        (
            "TA0002",
            "T1059",
            [
                "<b>Command and Scripting Interpreter</b>",
                "T1059 · Execution",
                "partial · 1 rule",
                "1 of 13 sub-techniques, 1 rule, 0 of them on the parent itself",
            ],
        ),
        ("TA0002", "T1059.001", ["<b>PowerShell</b>", "T1059.001 · Execution", "partial · 1 rule"]),
        (
            "TA0040",
            "T1486",
            ["<b>Data Encrypted for Impact</b>", "T1486 · Impact", "none · 0 rules", "partial with 1 disabled"],
        ),
    ],
)
def test_who_points_at_a_tile_reads_what_it_is(tactic, technique, lines):
    grid = matrix_grid(WHOLE, LIGHT, ["T1059"])
    assert tile_of(grid, tactic, technique).hover.split("<br>") == lines


def test_disabled_rules_that_were_only_counted_are_all_of_them():
    coverage = coverage_of(rule("T1486", enabled=False, count=12_345))
    tile = tile_of(matrix_grid(coverage, LIGHT), "TA0040", "T1486")
    assert "full with 12,345 disabled" in tile.hover.split("<br>")


# What catalogs may bring.


@EACH
@EACH_CHOICE
def test_a_figure_can_be_written_as_json(coverage, expanded):
    figure = grid_figure(matrix_grid(coverage, LIGHT, expanded))
    document = json.loads(figure.to_json())
    assert sorted({trace["type"] for trace in document["data"]}) == ["heatmap"]


@pytest.mark.parametrize("catalog", [THREATOPS, ENTERPRISE], ids=["threatops", "enterprise"])
@pytest.mark.parametrize("with_tactics", [True, False], ids=["no techniques", "no tactics"])
def test_a_catalog_without_cells_is_an_empty_grid(catalog, with_tactics):
    tactics = catalog.tactics if with_tactics else ()
    empty = replace(catalog, tactics=tactics, columns={tactic.id: () for tactic in tactics})
    coverage = coverage_of(*RULES, catalog=empty)
    grid = matrix_grid(coverage, LIGHT, ["T1059"])
    assert expandable(coverage) == frozenset()
    assert (grid.tiles, grid.handles, grid.rows) == ((), (), 0)
    assert [header.below for header in grid.headers] == ["0/0"] * len(tactics)
    json.loads(grid_figure(grid).to_json())


HOSTILE = '<script>alert(1)</script><br>"quoted" & <b>bold</b>'


def test_a_hostile_name_is_text():
    names = {**ENTERPRISE.names, "T1566": HOSTILE, "T1566.001": HOSTILE}
    tactics = tuple(replace(tactic, name=HOSTILE) for tactic in ENTERPRISE.tactics)
    coverage = coverage_of(*RULES, catalog=replace(ENTERPRISE, names=names, tactics=tactics))
    grid = matrix_grid(coverage, LIGHT, ["T1566"])
    hovers = [tile_of(grid, "TA0001", technique).hover for technique in ("T1566", "T1566.001")]
    for text in hovers:
        assert html.escape(HOSTILE, quote=False) in text
        assert "<script" not in text
        assert "&quot;" not in text  # Plotly would show it as it stands
