"""Figures: coverage in, a `Grid` out, and the `go.Figure` of a grid. They return values and draw nothing."""

from coverage.figures.difference import TREND_WORDS, Trend, difference_grid, trend, trend_colours
from coverage.figures.grid import Grid, grid_figure
from coverage.figures.matrix import EXPAND, expandable, matrix_grid
from coverage.figures.palette import Palette, TileColours, palette

__all__ = [
    "EXPAND",
    "TREND_WORDS",
    "Grid",
    "Palette",
    "TileColours",
    "Trend",
    "difference_grid",
    "expandable",
    "grid_figure",
    "matrix_grid",
    "palette",
    "trend",
    "trend_colours",
]
