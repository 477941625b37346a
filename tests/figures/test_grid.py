"""The geometry of a grid of tiles: what its heat-map shows where."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plotly import graph_objects as go

from coverage.figures import Grid, grid_figure
from coverage.figures.grid import GUTTER, HEADER_HEIGHT, ROW_HEIGHT, TILE_WIDTH
from tests.figures.drawing import fill_at, heat_map
from tests.figures.grids import COLOURS, grid


@dataclass(frozen=True)
class Made:
    grid: Grid
    figure: go.Figure

    @property
    def taken(self):
        return {(tile.column, tile.row): tile for tile in self.grid.tiles}

    def places(self):
        return [(column, row) for column in range(len(self.grid.headers)) for row in range(self.grid.rows)]


def made(*columns):
    found = grid(*columns)
    return Made(found, grid_figure(found))


GRIDS = (
    st.lists(st.lists(st.none() | st.integers(0, 3), max_size=5), min_size=1, max_size=4)
    .filter(any)
    .map(lambda columns: made(*columns))
)
FEW = settings(max_examples=25)


@FEW
@given(found=GRIDS)
def test_every_tile_is_filled_with_the_colour_of_its_kind_and_nothing_else_is(found):
    for place in found.places():
        tile = found.taken.get(place)
        assert fill_at(found.figure, *place) == (COLOURS[tile.kind].fill if tile else None)


@FEW
@given(found=GRIDS)
def test_every_tile_says_what_it_is_under_the_mouse_and_nothing_else_says_anything(found):
    cells = heat_map(found.figure)
    for column, row in found.places():
        tile = found.taken.get((column, row))
        assert cells.hovertext[row][column] == (tile.hover if tile else "")
    assert cells.hovertemplate == "%{hovertext}<extra></extra>"
    assert cells.hoverongaps is False


@FEW
@given(found=GRIDS)
def test_the_heat_map_fills_its_axes_and_the_first_row_is_on_top(found):
    cells, layout = heat_map(found.figure), found.figure.layout
    assert (cells.x, cells.y, cells.xgap, cells.ygap) == (None, None, None, None)  # each would take Plotly's slow way
    assert {len(line) for line in cells.z} == {len(found.grid.headers)}
    assert len(cells.z) == found.grid.rows
    assert tuple(layout.xaxis.range) == (-0.5, len(found.grid.headers) - 0.5)
    assert tuple(layout.yaxis.range) == (found.grid.rows - 0.5, -0.5)
    margin = layout.margin
    assert (margin.l, margin.r, margin.t, margin.b, margin.pad) == (0, 0, HEADER_HEIGHT, 0, 0)
    assert layout.height == HEADER_HEIGHT + found.grid.rows * ROW_HEIGHT


def test_a_grid_without_tiles_has_no_traces():
    found = made([], [])
    assert len(found.figure.data) == 0
    assert found.figure.layout.height == found.figure.layout.margin.t == HEADER_HEIGHT
    json.loads(found.figure.to_json())


@pytest.mark.parametrize(("columns", "share"), [([[None, None], [None]], 1), ([[1, None], [None]], 1 - GUTTER)])
def test_at_the_least_width_of_a_grid_a_tile_has_its_own_least_width(columns, share):
    found = grid(*columns)
    assert found.least_width / len(found.headers) * share == pytest.approx(TILE_WIDTH, abs=1)
