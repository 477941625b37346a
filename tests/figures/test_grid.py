"""The geometry of a grid of tiles: what is drawn where, and which tile a click reaches."""

import json
import re
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plotly import graph_objects as go

from coverage.figures import Grid, TileColours, grid_figure
from coverage.figures.grid import GUTTER, HEADER_HEIGHT, ROW_HEIGHT, TILE_WIDTH, Handle, Header, Tile
from tests.figures.drawing import clicked, fill_at, heat_map, points

COLOURS = {
    "first": TileColours("#110000", "#ff1111"),
    "second": TileColours("#001100", "#11ff11"),
    "third": TileColours("#000011", "#1111ff"),
}
PAGE = "#abcdef"
WIDEST = 1480  # pixels; of a matrix on the page


@dataclass(frozen=True)
class Made:
    grid: Grid
    figure: go.Figure

    @property
    def columns(self):
        return len(self.grid.headers)

    @property
    def rows(self):
        return self.grid.rows

    @property
    def tiles(self):
        return self.grid.tiles

    @property
    def handles(self):
        return self.grid.handles

    def width(self, share):
        """A width of a column in pixels, from the least to the one that fills the page."""
        least = self.grid.least_width / self.columns
        return least + share * max(WIDEST / self.columns - least, 0)

    @property
    def share(self):
        return 1 - GUTTER if self.handles else 1

    @property
    def taken(self):
        return {(tile.column, tile.row): tile for tile in self.tiles}

    @property
    def strips(self):
        """What is right of each tile that has a handle beside it or above that."""
        return {(handle.column, handle.row + down): handle for handle in self.handles for down in range(handle.rows)}

    def empty(self):
        return [
            (column, row)
            for column in range(self.columns)
            for row in range(self.rows)
            if (column, row) not in self.taken
        ]


def grid(*columns):
    """A grid whose columns are made of tiles: None is one without a handle, a number has as many inner ones below."""
    tiles, handles = [], []
    kinds = list(COLOURS)
    for number, column in enumerate(columns):
        row = 0
        for shown in column:
            for inner in range(1 + (shown or 0)):
                name = f"{number}/{row + inner}"
                kind = kinds[(number + row + inner) % 3]
                tiles.append(Tile(number, row + inner, kind, name, "1", f"at {name}", ("tile", name), inner=inner > 0))
            if shown is not None:
                beside = f"{number}/{row}"
                handles.append(Handle(number, row, 1 + shown, "+", f"beside {beside}", ("handle", beside)))
            row += 1 + (shown or 0)
    headers = tuple(Header(f"column {number}", "") for number in range(len(columns)))
    made = Grid(headers, tuple(tiles), COLOURS, tuple(handles))
    return Made(made, grid_figure(made, page=PAGE))


def grids(tile):
    return st.lists(st.lists(tile, max_size=5), min_size=1, max_size=4).filter(any).map(lambda made: grid(*made))


PLAIN = grids(st.none())
WITH_HANDLES = grids(st.none() | st.integers(0, 3)).filter(lambda made: made.handles)
GRIDS = PLAIN | WITH_HANDLES
FEW = settings(max_examples=25)  # grids alone differ less than places in them, and take longer to make
INSIDE = st.floats(0.001, 0.999)


# What a click reaches.


@given(made=GRIDS, wide=INSIDE, right=INSIDE, down=INSIDE, data=st.data())
def test_a_click_anywhere_in_a_tile_reaches_it(made, wide, right, down, data):
    tile = data.draw(st.sampled_from(made.tiles))
    x, y = tile.column - 0.5 + right * made.share, tile.row - 0.5 + down
    assert clicked(made.figure, x, y, made.width(wide)) == tile.click


@given(made=WITH_HANDLES, wide=INSIDE, right=INSIDE, down=INSIDE, data=st.data())
def test_a_click_anywhere_in_a_handle_reaches_it(made, wide, right, down, data):
    (column, row), handle = data.draw(st.sampled_from(sorted(made.strips.items(), key=lambda strip: strip[0])))
    x, y = column + 0.5 - right * (1 - made.share), row - 0.5 + down
    assert clicked(made.figure, x, y, made.width(wide)) == handle.click


@given(made=GRIDS, wide=INSIDE, right=INSIDE, down=INSIDE, data=st.data())
def test_a_click_anywhere_in_the_empty_space_reaches_nothing(made, wide, right, down, data):
    assume(made.empty())
    column, row = data.draw(st.sampled_from(made.empty()))
    assert clicked(made.figure, column - 0.5 + right, row - 0.5 + down, made.width(wide)) == ("", "")


def test_points_say_what_they_are_and_those_in_empty_space_say_nothing():
    made = grid([0], [None] * 3)
    says = {trace.name: (trace.hovertemplate, trace.hoverinfo) for trace in made.figure.data if trace.type == "scatter"}
    template = "%{hovertext}<extra></extra>"
    assert says == {"tiles": (template, None), "handles": (template, None), "guards": (None, "none")}


@FEW
@given(made=GRIDS)
def test_every_point_of_a_tile_says_what_the_tile_is(made):
    found = points(made.figure)
    for tile in made.tiles:
        own = [point for point in found if point.click == tile.click]
        assert {(point.place, point.trace, point.hover) for point in own} == {
            ((tile.column, tile.row), "tiles", tile.hover)
        }


@FEW
@given(made=GRIDS)
def test_every_point_of_a_handle_says_what_it_does(made):
    found = points(made.figure)
    for handle in made.handles:
        own = [point for point in found if point.click == handle.click]
        assert [point.place for point in own] == [(handle.column, handle.row + down) for down in range(handle.rows)]
        assert {point.hover for point in own} == {handle.hover}


def test_a_click_selects_and_points_leave_nothing_in_the_page():
    made = grid([1, None], [None])
    assert made.figure.layout.clickmode == "event+select"
    scatters = [trace for trace in made.figure.data if trace.type == "scatter"]
    assert {trace.mode for trace in scatters} == {"text"}
    assert {text for trace in scatters for text in trace.text} == {""}


# What is drawn.


@FEW
@given(made=GRIDS, right=INSIDE, down=INSIDE)
def test_every_tile_is_filled_with_the_colour_of_its_kind_and_inner_ones_bear_a_stripe(made, right, down):
    stripes = set()
    for tile in made.tiles:
        left, y = tile.column - 0.5, tile.row - 0.5 + down
        fill = COLOURS[tile.kind].fill
        assert fill_at(made.figure, left + (0.1 + 0.9 * right) * made.share, y) == fill
        edge = fill_at(made.figure, left + 0.02 * right, y)
        if tile.inner:
            stripes.add(edge)
        else:
            assert edge == fill
    assert len(stripes) == any(tile.inner for tile in made.tiles)
    assert stripes.isdisjoint({*(colours.fill for colours in COLOURS.values()), PAGE})


@FEW
@given(made=GRIDS, right=INSIDE, down=INSIDE)
def test_a_handle_is_filled_along_its_rows_and_what_is_empty_is_clear(made, right, down):
    gutters = {}
    for column in range(made.columns):
        for row in range(made.rows):
            y = row - 0.5 + down
            gutters[column, row] = fill_at(made.figure, column + 0.5 - right * max(1 - made.share, 0.1), y)
            if (column, row) not in made.taken:
                assert is_clear(fill_at(made.figure, column - 0.5 + right * made.share, y))
    shown = {place for place, colour in gutters.items() if not is_clear(colour)}
    if made.handles:
        assert shown == made.strips.keys()
        assert len({gutters[place] for place in shown}) == 1
        assert {gutters[place] for place in shown}.isdisjoint(colours.fill for colours in COLOURS.values())
    else:
        assert shown == made.taken.keys()


def is_clear(colour):
    """Whether the alpha of `#rrggbbaa` is 0."""
    return re.fullmatch("#[0-9a-f]{6}00", colour) is not None


@FEW
@given(made=GRIDS)
def test_the_heat_map_has_equal_steps_and_the_axes_end_where_it_does(made):
    cells = heat_map(made.figure)
    assert (cells.x, cells.y, cells.xgap, cells.ygap) == (None, None, None, None)  # each would take Plotly's slow way
    (width,) = {len(line) for line in cells.z}
    assert len(cells.z) == made.rows
    sides = (cells.x0 - cells.dx / 2, cells.x0 + (width - 0.5) * cells.dx)
    assert sides == pytest.approx((-0.5, made.columns - 0.5))
    assert tuple(made.figure.layout.xaxis.range) == (-0.5, made.columns - 0.5)
    assert tuple(made.figure.layout.yaxis.range) == (made.rows - 0.5, -0.5)  # the first row on top
    margin = made.figure.layout.margin
    assert (margin.l, margin.r, margin.t, margin.b, margin.pad) == (0, 0, HEADER_HEIGHT, 0, 0)
    assert cells.hoverinfo == "skip"  # the points speak for it


@FEW
@given(made=GRIDS)
def test_gaps_are_between_all_rows_and_between_columns_without_handles(made):
    (shape,) = made.figure.layout.shapes
    assert (shape.type, shape.line.color, shape.layer) == ("path", PAGE, "above")
    across = re.findall(r"M-0\.5,([\d.]+)H([\d.]+)", shape.path)
    down = re.findall(r"M([\d.]+),-0\.5V([\d.]+)", shape.path)
    assert "".join([*(f"M-0.5,{y}H{end}" for y, end in across), *(f"M{x},-0.5V{end}" for x, end in down)]) == shape.path
    # The last of each is the end of the grid.
    assert [float(y) for y, _ in across] == [row + 0.5 for row in range(made.rows)]
    assert {float(end) for _, end in across} == {made.columns - 0.5}
    assert [float(x) for x, _ in down] == ([] if made.handles else [column + 0.5 for column in range(made.columns)])
    assert {float(end) for _, end in down} <= {made.rows - 0.5}


def test_a_grid_without_tiles_has_no_traces():
    made = grid([], [])
    assert len(made.figure.data) == 0
    assert made.figure.layout.height == made.figure.layout.margin.t == HEADER_HEIGHT
    json.loads(made.figure.to_json())


@FEW
@given(made=GRIDS)
def test_the_height_is_that_of_the_header_and_the_rows(made):
    assert made.figure.layout.height == HEADER_HEIGHT + made.rows * ROW_HEIGHT


@pytest.mark.parametrize("columns", [[[None, None], [None]], [[1, None], [None]]], ids=["no handles", "handles"])
def test_at_the_least_width_of_a_grid_a_tile_has_its_own_least_width(columns):
    made = grid(*columns)
    line = heat_map(made.figure).z[0]
    kinds = line[: len(line) // made.columns].tolist()
    assert kinds.count(kinds[0]) / len(line) * made.grid.least_width == pytest.approx(TILE_WIDTH, abs=1)
