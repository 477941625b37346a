"""Clickable tiles in columns: what every matrix is drawn as.

A `Grid` says what lies where. Its figure has the coloured tiles and what a click and the mouse need; the words on the
tiles are the page's (`coverage.ui.tiles`), because a browser lays out hundreds of them ten times faster than Plotly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import plotly.graph_objects as go

from coverage.figures.palette import TileColours

HEADER_HEIGHT, ROW_HEIGHT = 64, 56
"""Heights in pixels: of the headers above the columns, and of a row of tiles."""
TILE_WIDTH = 84
"""The least width of a tile in pixels; below it the matrix scrolls sideways."""
# Shares of a column with handles, in steps: the heat-map's are equal, because Plotly draws those many times faster.
_STEPS, _STRIPE_STEPS, _GUTTER_STEPS = 20, 1, 3
GUTTER = _GUTTER_STEPS / _STEPS
"""The share of a column that its handles take, where there are any."""

_GAP = 2
_STRIPE = "#64748b"
_HANDLE = "#64748b38"
_CLEAR = "#00000000"
# Where the points of a column with handles lie, from its middle: the two of a tile are as far inside its sides as those
# of handles are outside.
_IN_TILE, _IN_HANDLE = (GUTTER / 2 - 0.5, 0.5 - 1.5 * GUTTER), 0.5 - GUTTER / 2


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above a column: a name, and a line below it."""

    name: str
    below: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: where it lies, its kind (which picks the colours), its texts, and what a click on it returns.

    `hover` is in Plotly's small HTML, the other texts are plain; the `number` carries the kind without colour. An
    `inner` tile belongs to the one above it and bears a stripe.
    """

    column: int
    row: int
    kind: str
    name: str
    number: str
    hover: str
    click: tuple[str, str]
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Handle:
    """A strip right of a tile, `rows` high with those below it, which can be clicked too; `hover` as that of a tile."""

    column: int
    row: int
    rows: int
    sign: str
    hover: str
    click: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix to draw: its columns' headers, its tiles in the colours of their kinds, and handles."""

    headers: tuple[Header, ...]
    tiles: tuple[Tile, ...]
    colours: Mapping[str, TileColours]
    handles: tuple[Handle, ...] = ()

    @property
    def rows(self) -> int:
        """The number of rows of the longest column."""
        return max((tile.row + 1 for tile in self.tiles), default=0)

    @property
    def least_width(self) -> int:
        """The least width in pixels at which its words can be read."""
        return round(len(self.headers) * TILE_WIDTH / (1 - GUTTER if self.handles else 1))


def grid_figure(grid: Grid, *, page: str) -> go.Figure:
    """The tiles as a figure without words, `HEADER_HEIGHT` + rows · `ROW_HEIGHT` high, on the colour `page`.

    A heat-map draws the tiles. It cannot be clicked in Streamlit, but points can: each tile has one in its middle, or
    beside handles one near each side, and Plotly takes a click to the nearest point, which belongs to the tile under
    the mouse, to its very corners, because they lie in a lattice; it goes on in the empty places around the tiles, to
    keep clicks there away. Points of empty text are the only kind that can be selected and yet leave nothing in the
    page. The gaps are lines on top: with gaps of its own a heat-map of hundreds of tiles takes ten times as long.
    """
    columns, rows, handles = len(grid.headers), grid.rows, grid.handles
    in_tile, in_handle = (_IN_TILE, (_IN_HANDLE,)) if handles else ((0.0,), ())
    figure = go.Figure()
    if grid.tiles:
        figure.add_trace(_fills(columns, rows, grid.tiles, grid.colours, handles))
        figure.add_trace(_points(grid.tiles, in_tile))
        figure.add_trace(_guards(grid, in_tile + in_handle))
    if handles:
        figure.add_trace(_handle_points(handles))
    figure.update_layout(
        clickmode="event+select",
        dragmode=False,
        hovermode="closest",
        hoverdistance=-1,  # however far: where there are few columns, they are wide
        showlegend=False,
        height=HEADER_HEIGHT + rows * ROW_HEIGHT,
        margin={"l": 0, "r": 0, "t": HEADER_HEIGHT, "b": 0, "pad": 0},
        paper_bgcolor=_CLEAR,
        plot_bgcolor=_CLEAR,
        hoverlabel={"align": "left"},
        shapes=[
            {
                "type": "path",
                "path": _gaps(columns, rows, vertical=not handles),
                "line": {"color": page, "width": _GAP},
                "layer": "above",
            }
        ],
    )
    # Without a range of its own Plotly pads an axis, and clicks in the first row hit nothing.
    axis = {"visible": False, "fixedrange": True, "automargin": False}
    figure.update_xaxes(**axis, range=[-0.5, columns - 0.5])
    figure.update_yaxes(**axis, range=[rows - 0.5, -0.5])
    return figure


def _fills(
    columns: int, rows: int, tiles: Iterable[Tile], colours: Mapping[str, TileColours], handles: Sequence[Handle]
) -> go.Heatmap:
    """The coloured rectangles: stripe, tile and handle in each column, or the tile alone where there are no handles."""
    fills = [*(fill.fill for fill in colours.values()), _STRIPE, _HANDLE, _CLEAR]
    order = list(colours)
    stripe, handle_fill, empty = range(len(order), len(fills))
    steps = _STEPS if handles else 1
    filled = np.full((rows, columns, steps), empty, dtype=np.int8)
    tile_end = steps - (_GUTTER_STEPS if handles else 0)
    for tile in tiles:
        filled[tile.row, tile.column, :tile_end] = order.index(tile.kind)
        if tile.inner:
            filled[tile.row, tile.column, :_STRIPE_STEPS] = stripe
    for handle in handles:
        filled[handle.row : handle.row + handle.rows, handle.column, tile_end:] = handle_fill
    return go.Heatmap(
        z=filled.reshape(rows, columns * steps),
        x0=-0.5 + 0.5 / steps,
        dx=1 / steps,
        zmin=-0.5,
        zmax=len(fills) - 0.5,
        colorscale=[((number + side) / len(fills), fill) for number, fill in enumerate(fills) for side in (0, 1)],
        showscale=False,
        hoverinfo="skip",
    )


def _gaps(columns: int, rows: int, *, vertical: bool) -> str:
    """The gaps between the tiles as a path; between columns with handles there is room without lines."""
    lines = [f"M-0.5,{row + 0.5}H{columns - 0.5}" for row in range(rows)]
    if vertical:
        lines += [f"M{column + 0.5},-0.5V{rows - 0.5}" for column in range(columns)]
    return "".join(lines)


def _points(tiles: Sequence[Tile], asides: tuple[float, ...]) -> go.Scatter:
    places = [(tile, aside) for tile in tiles for aside in asides]
    return go.Scatter(
        **_clickable("tiles", [tile.click for tile, _ in places]),
        x=[tile.column + aside for tile, aside in places],
        y=[tile.row for tile, _ in places],
        hovertext=[tile.hover for tile, _ in places],
    )


def _handle_points(handles: Sequence[Handle]) -> go.Scatter:
    places = [(handle, handle.row + down) for handle in handles for down in range(handle.rows)]
    return go.Scatter(
        **_clickable("handles", [handle.click for handle, _ in places]),
        x=[handle.column + _IN_HANDLE for handle, _ in places],
        y=[row for _, row in places],
        hovertext=[handle.hover for handle, _ in places],
    )


def _guards(grid: Grid, asides: tuple[float, ...]) -> go.Scatter:
    """Points in the empty places beside and below tiles, so that a click in any empty place reaches no tile."""
    taken = {(tile.column, tile.row) for tile in grid.tiles}
    around = {(column + right, row + down) for column, row in taken for right, down in ((-1, 0), (1, 0), (0, 1))}
    empty = sorted(around.intersection(product(range(len(grid.headers)), range(grid.rows))) - taken)
    places = [(column + aside, row) for column, row in empty for aside in asides]
    return go.Scatter(
        **_clickable("guards", [("", "")] * len(places)) | {"hovertemplate": None, "hoverinfo": "none"},
        x=[x for x, _ in places],
        y=[row for _, row in places],
    )


def _clickable(name: str, clicks: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What all traces of points share."""
    return {
        "name": name,
        "mode": "text",
        "text": [""] * len(clicks),
        "customdata": [list(click) for click in clicks],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
