"""A grid on the page: its heat-map, and over it the words on its tiles and the clicks that reach them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from coverage.figures import Grid, grid_figure
from coverage.figures.grid import GUTTER, HEADER_HEIGHT, ROW_HEIGHT
from coverage.ui.reruns import touched

_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
_words = st.components.v2.component(
    "coverage_tiles",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,  # the page's style sheet is for the words too
)


@dataclass(frozen=True, slots=True)
class DrawnGrid:
    """A grid ready for the page; `words` is the JSON for `tiles.js`."""

    figure: go.Figure
    words: str


def drawn(grid: Grid) -> DrawnGrid:
    """Make a grid ready for the page."""
    return DrawnGrid(grid_figure(grid), _json(grid))


def draw_grid(grid: DrawnGrid, key: str, *, alt: str, clicked: Callable[[str, str], None]) -> None:
    """Draw a grid in a container of this key; `clicked` gets what the tile or handle under a click returns."""
    words = f"{key}_words"

    def has_click() -> None:
        touched()
        click = st.session_state[words].clicked
        if isinstance(click, list) and len(click) == 2 and all(isinstance(each, str) for each in click):
            clicked(*click)

    with st.container(key=key), st.container(key=f"{key}_grid", gap=None):
        _words(key=words, data=grid.words, on_clicked_change=has_click)
        st.plotly_chart(grid.figure, key=f"{key}_chart", config=_CONFIG, alt=alt)


def _json(grid: Grid) -> str:
    """As text, because Streamlit hands the browser's code the same text only once."""
    kinds = {kind: number for number, kind in enumerate(grid.colours)}
    return json.dumps(
        {
            "width": grid.least_width,
            "head": HEADER_HEIGHT,
            "row": ROW_HEIGHT,
            "rows": grid.rows,
            "gutter": GUTTER if grid.handles else 0,
            "headers": [[header.name, header.below] for header in grid.headers],
            "inks": [colours.text for colours in grid.colours.values()],
            "tiles": [
                [tile.column, tile.row, kinds[tile.kind], tile.name, tile.number, tile.click, tile.inner]
                for tile in grid.tiles
            ],
            "handles": [
                [handle.column, handle.row, handle.rows, handle.sign, handle.hover, handle.click]
                for handle in grid.handles
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
