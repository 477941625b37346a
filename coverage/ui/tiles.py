"""A grid on the page: its figure, and over it the words on its tiles, which let every click through."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from coverage.figures import Grid, grid_figure
from coverage.figures.grid import GUTTER, HEADER_HEIGHT, ROW_HEIGHT
from coverage.ui.reruns import touched

# Without a delay no two quick clicks are a double click, which would take the selection back.
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "doubleClickDelay": 0}


@dataclass(frozen=True, slots=True)
class DrawnGrid:
    """A grid ready for the page; `words` is HTML."""

    figure: go.Figure
    words: str
    least_width: int


def drawn(grid: Grid, *, page: str) -> DrawnGrid:
    """Make a grid ready for a page of the colour `page`."""
    return DrawnGrid(grid_figure(grid, page=page), _words(grid), grid.least_width)


def draw_grid(grid: DrawnGrid, key: str, *, chart: str, alt: str, clicked: Callable[[str, str], None]) -> None:
    """Draw a grid in a container of this key; `clicked` gets what the tile or handle under a click returns.

    The selection outlives a click, and the same place could not be clicked again; a chart of another name has none.
    """
    last = f"{key}_last_click"

    def selected() -> None:
        touched()
        state: Any = st.session_state.get(chart)
        points = state.selection.points if state else []
        click = (chart, *points[-1]["customdata"]) if points else None
        # A browser may still send the selection of a chart that another one has just replaced.
        if click is not None and click != st.session_state.get(last):
            st.session_state[last] = click
            clicked(*click[1:])

    with st.container(key=key), st.container(key=f"{key}_grid", gap=None):
        with st.container(key=f"{key}_words"):
            st.html(f"<style>.st-key-{key}_grid {{ min-width: {grid.least_width}px; }}</style>{grid.words}")
        st.plotly_chart(grid.figure, key=chart, on_select=selected, selection_mode="points", config=_CONFIG, alt=alt)


def _words(grid: Grid) -> str:
    """Headers, names and numbers in the lattice of the figure; CSS cuts what is too long.

    Each row is an element, because a browser need not lay out one that is out of sight.
    """
    kinds = {kind: f"cov-kind-{number}" for number, kind in enumerate(grid.colours)}
    colours = "".join(f".{name} {{ color: {grid.colours[kind].text}; }}" for kind, name in kinds.items())
    style = (
        f"--columns: {len(grid.headers)}; --head: {HEADER_HEIGHT}px; --row: {ROW_HEIGHT}px; "
        f"--gutter: {100 * GUTTER if grid.handles else 0:g}%"
    )
    rows: list[list[str]] = [[] for _ in range(grid.rows)]
    for tile in grid.tiles:
        rows[tile.row].append(
            f'<div class="cov-tile {kinds[tile.kind]}" style="grid-column: {tile.column + 1}">'
            f"<span>{html.escape(tile.name).replace('/', '/<wbr>')}</span><b>{html.escape(tile.number)}</b></div>"
        )
    for handle in grid.handles:
        rows[handle.row].append(f'<div class="cov-handle" style="grid-column: {handle.column + 1}">{handle.sign}</div>')
    heads = "".join(
        f'<div class="cov-head"><b>{html.escape(header.name)}</b><span>{html.escape(header.below)}</span></div>'
        for header in grid.headers
    )
    lines = "".join(f'<div class="cov-row">{"".join(row)}</div>' for row in rows)
    tiles = f'<div class="cov-tiles" style="{style}"><div class="cov-row">{heads}</div>{lines}</div>'
    return f"<style>{colours}</style>{tiles}"
