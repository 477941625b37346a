"""Clickable tiles in columns: what every matrix is drawn as.

A `Grid` says what lies where. Its figure has the coloured tiles and what they say under the mouse; the words on the
tiles, the gaps between them and their clicks are the page's (`coverage.ui.tiles`), because a browser lays out hundreds
of words ten times faster than Plotly, and because a heat-map cannot be clicked in Streamlit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from coverage.figures.palette import TileColours

HEADER_HEIGHT, ROW_HEIGHT = 64, 56
"""Heights in pixels: of the headers above the columns, and of a row of tiles."""
TILE_WIDTH = 84
"""The least width of a tile in pixels; below it the matrix scrolls sideways."""
GUTTER = 0.15
"""The share of a column that its handles take, where there are any."""

_CLEAR = "#00000000"


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
    """A strip right of a tile, `rows` high with those below it, which can be clicked too; `hover` is plain text."""

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


def grid_figure(grid: Grid) -> go.Figure:
    """The tiles as a heat-map without words, `HEADER_HEIGHT` + rows · `ROW_HEIGHT` high.

    The tiles touch: gaps of its own take a heat-map of hundreds of tiles ten times as long.
    """
    columns, rows = len(grid.headers), grid.rows
    figure = go.Figure()
    if grid.tiles:
        figure.add_trace(_heat_map(grid))
    figure.update_layout(
        dragmode=False,
        height=HEADER_HEIGHT + rows * ROW_HEIGHT,
        margin={"l": 0, "r": 0, "t": HEADER_HEIGHT, "b": 0, "pad": 0},
        paper_bgcolor=_CLEAR,
        plot_bgcolor=_CLEAR,
        hoverlabel={"align": "left"},
    )
    axis = {"visible": False, "fixedrange": True, "automargin": False}
    figure.update_xaxes(**axis, range=[-0.5, columns - 0.5])
    figure.update_yaxes(**axis, range=[rows - 0.5, -0.5])
    return figure


def _heat_map(grid: Grid) -> go.Heatmap:
    fills = [fill.fill for fill in grid.colours.values()]
    order = {kind: number for number, kind in enumerate(grid.colours)}
    kinds: list[list[int | None]] = [[None] * len(grid.headers) for _ in range(grid.rows)]
    hovers = [[""] * len(grid.headers) for _ in range(grid.rows)]
    for tile in grid.tiles:
        kinds[tile.row][tile.column] = order[tile.kind]
        hovers[tile.row][tile.column] = tile.hover
    return go.Heatmap(
        z=kinds,
        zmin=-0.5,
        zmax=len(fills) - 0.5,
        colorscale=[((number + side) / len(fills), fill) for number, fill in enumerate(fills) for side in (0, 1)],
        showscale=False,
        hovertext=hovers,
        hovertemplate="%{hovertext}<extra></extra>",
        hoverongaps=False,
    )
